//! What goes wrong, and what is said of it.

use super::{call, log, other_side::OtherSide, service};
use crate::support::TestApp;

async fn rest(side: &OtherSide, controller: &str) -> (TestApp, String) {
    let config = format!(
        "DefaultCommand: POST\nHost: http://{}\nInvokerControllerMapping:\n  Echo:\n    Controller: {controller}\nTimeout: '1'\n",
        side.address
    );
    on(&service("HTTP::REST", &config)).await
}

async fn soap(side: &OtherSide, path: &str) -> (TestApp, String) {
    let config = format!(
        "Endpoint: http://{}{path}\nNameSpace: urn:x\nTimeout: '1'\nResponseNameScheme: Response\n",
        side.address
    );
    on(&service("HTTP::SOAP", &config)).await
}

/// Calls the invoker of a web service, which fails.
async fn on(config: &str) -> (TestApp, String) {
    let app = TestApp::start().await;
    app.web_service(
        "Out",
        &config.replace("Threshold: debug", "Threshold: error"),
    )
    .await;
    let failure = call(&app, "Echo", r#"{"a":"b"}"#).await.unwrap_err();
    (app, failure.to_string())
}

#[actix_web::test]
async fn statuses_that_are_no_success_fail() {
    let side = OtherSide::start();
    for status in ["401", "404", "500", "302"] {
        let (app, message) = rest(&side, &format!("/status/{status}")).await;
        let expected = format!(
            "Error while performing REST 'POST' request to Controller '/status/{status}' on Host 'http://{}'. Response code '{status}'.",
            side.address
        );
        assert_eq!(message, expected);
        assert_eq!(
            log(&app).await,
            format!(
                "error|{expected}|Response content: '{{\"Got\":\"it\",\"N\":1}}'\nerror|{expected}|{expected}\n"
            )
        );
    }
}

#[actix_web::test]
async fn redirects_are_not_followed() {
    let side = OtherSide::start();
    let (_, message) = rest(&side, "/redirect").await;
    assert!(message.ends_with("Response code '302'."), "{message}");
    let arrived = side.arrived();
    assert_eq!(arrived.matches("HTTP/1.1").count(), 1, "{arrived}");
}

#[actix_web::test]
async fn answers_without_data_fail() {
    let side = OtherSide::start();
    let (app, message) = rest(&side, "/empty").await;
    assert_eq!(message, " No content provided.");
    assert_eq!(
        log(&app).await,
        "error| No content provided.|No content provided.\nerror| No content provided.| No content provided.\n"
    );
    let (app, message) = rest(&side, "/html").await;
    assert!(
        message.ends_with("Error while parsing JSON data."),
        "{message}"
    );
    assert_eq!(
        log(&app).await,
        format!("error|{message}|No data provided\nerror|{message}|{message}\n")
    );
}

#[actix_web::test]
async fn silence_ends_with_the_time_out() {
    let side = OtherSide::start();
    let (app, message) = rest(&side, "/slow").await;
    assert!(message.ends_with("Response code '500'."), "{message}");
    let log = log(&app).await;
    assert!(log.contains("|Response content: 'read timeout'\n"), "{log}");
    let (_, message) = soap(&side, "/slow").await;
    assert_eq!(message, "Error in SOAP call: 500 read timeout");
}

#[actix_web::test]
async fn nobody_there_is_said() {
    let mut side = OtherSide::start();
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    side.address = free.local_addr().unwrap().to_string();
    drop(free);
    let (app, _) = rest(&side, "/x").await;
    let log = log(&app).await;
    let expected = format!(
        "|Response content: 'Can't connect to {} (Connection refused)'\n",
        side.address
    );
    assert!(log.contains(&expected), "{log}");
    let (_, message) = soap(&side, "/soap").await;
    assert_eq!(
        message,
        format!(
            "Error in SOAP call: 500 Can't connect to {} (Connection refused)",
            side.address
        )
    );
}

#[actix_web::test]
async fn faults_and_other_answers_are_failures_of_soap() {
    let side = OtherSide::start();
    let (_, message) = soap(&side, "/fault").await;
    assert_eq!(message, "faultcode: soap:Server, faultstring: broken thing");
    let (_, message) = soap(&side, "/status/401/fault").await;
    assert_eq!(message, "faultcode: soap:Server, faultstring: broken thing");
    let (_, message) = soap(&side, "/status/401").await;
    assert_eq!(message, "Error in SOAP call: HTTP status 401");
    let (app, message) = soap(&side, "/badxml").await;
    assert!(message.starts_with("Error in SOAP call: "), "{message}");
    let log = log(&app).await;
    assert!(log.contains("'Payload' => {\n    'a' => 'b'\n  }"), "{log}");
}

#[actix_web::test]
async fn incomplete_settings_are_named() {
    let side = OtherSide::start();
    let whole = format!(
        "DefaultCommand: POST\nHost: http://{}\nInvokerControllerMapping:\n  Echo:\n    Controller: /x\nTimeout: '1'\n",
        side.address
    );
    for (without, message) in [
        (
            "DefaultCommand: POST\n",
            "REST Transport: Have no DefaultCommand in config",
        ),
        (
            "Timeout: '1'\n",
            "REST Transport: Have no Timeout in config",
        ),
        (
            "    Controller: /x\n",
            "REST Transport: Have no Invoker <-> Controller mapping for Invoker 'Echo'.",
        ),
    ] {
        let (_, said) = on(&service("HTTP::REST", &whole.replace(without, ""))).await;
        assert_eq!(said, message);
    }
    let (app, said) = on(&service("HTTP::Nope", &whole)).await;
    assert_eq!(
        said,
        "Backend Kernel::GenericInterface::Transport::HTTP::Nope not found."
    );
    insta::assert_snapshot!(log(&app).await);
    assert_eq!(side.arrived(), "");
}

#[actix_web::test]
async fn a_host_does_not_change_with_the_data() {
    let side = OtherSide::start();
    let (_, message) = rest(&side, "'@127.0.0.1:1/x'").await;
    assert!(
        message.ends_with("The data would lead to another host."),
        "{message}"
    );
    assert_eq!(side.arrived(), "");
}
