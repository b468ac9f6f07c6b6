//! What the reference system sent, and what we send with the same web services.

use compat::Value;
use lab::requests::{self, INVOKER, OtherSide};
use otterdesk::generic_interface::requester::{self, Call};

use super::find;
use crate::support::TestApp;

#[actix_web::test]
async fn requests_are_those_of_the_reference_system() {
    let app = TestApp::start().await;
    let side = OtherSide::start().unwrap();
    for case in requests::cases() {
        app.web_service(&case.service(), &case.yaml(&side.authority))
            .await;
        let service = find(&app, &case.service()).await;
        let call = Call {
            service: &service,
            invoker: INVOKER,
            data: Value::map([("TicketID", Value::Integer(1))]),
            past: None,
            may_repeat: false,
        };
        let answer = requester::run(&app.app, call).await;
        assert_eq!(answer, Ok(Value::map([("A", "1")])), "{}", case.name);
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/requests/sent.txt");
    let recorded = std::fs::read_to_string(path).unwrap();
    compare(&recorded, &side.arrived());
}

/// Compares request by request, so that a difference is small enough to read.
fn compare(recorded: &str, arrived: &str) {
    let split = |text: &str| -> Vec<String> { text.split("\n\n").map(str::to_owned).collect() };
    let (recorded, arrived) = (split(recorded), split(arrived));
    for (recorded, arrived) in recorded.iter().zip(&arrived) {
        assert_eq!(recorded, arrived);
    }
    assert_eq!(recorded.len(), arrived.len());
    assert!(recorded.len() > 20, "{}", recorded.len());
}
