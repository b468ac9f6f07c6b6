//! Which web service an address means, and what stands before it.

use std::time::{Duration, Instant};

use actix_web::{App as Actix, dev::Service as _, test, test::TestRequest};
use otterdesk::server;
use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Query};

use super::{REST, SOAP, app, uri};
use crate::support::answer;

#[actix_web::test]
async fn web_services_are_found_by_name_and_by_number() {
    let app = app().await;
    let id = app.web_service("Named", REST).await;
    for (address, status) in [
        (
            format!("/otrs/nph-genericinterface.pl/WebserviceID/{id}/Echo"),
            200,
        ),
        (
            "/otrs/nph-genericinterface.pl/Webservice/N%61med/Echo".to_owned(),
            200,
        ),
        (
            "/otrs/nph-genericinterface.pl/Webservice/named/Echo".to_owned(),
            404,
        ),
        (
            "/otrs/nph-genericinterface.pl/WebserviceID/999/Echo".to_owned(),
            404,
        ),
        (
            "/otrs/nph-genericinterface.pl/WebserviceID/abc/Echo".to_owned(),
            404,
        ),
        ("/otrs/nph-genericinterface.pl/Webservice/".to_owned(), 404),
        ("/otrs/nph-genericinterface.pl".to_owned(), 404),
        (
            "/otrs/nph-genericinterface.pl/foo/Webservice/Named/Echo".to_owned(),
            404,
        ),
    ] {
        assert_eq!(
            app.call(TestRequest::get().uri(&address)).await.status,
            status,
            "{address}"
        );
    }
}

#[actix_web::test]
async fn a_change_in_the_table_is_noticed_within_two_seconds() {
    let app = app().await;
    let id = app.web_service("Short", REST).await;
    let service = test::init_service(
        Actix::new()
            .app_data(app.app.clone())
            .configure(|services| server::configure(services, "otrs/")),
    )
    .await;
    let status = async || {
        let request = TestRequest::get().uri(&uri("Short", "/Echo")).to_request();
        answer(service.call(request).await.unwrap()).await.status
    };
    assert_eq!(status().await, 200);

    let mut tx = app.app.db.begin().await.unwrap();
    let invalid = Query::update()
        .table(t::GiWebserviceConfig::Table)
        .value(t::GiWebserviceConfig::ValidId, 2)
        .and_where(Expr::col(t::GiWebserviceConfig::Id).eq(id))
        .to_owned();
    tx.execute_one(&invalid).await.unwrap();
    tx.commit().await.unwrap();

    let changed = Instant::now();
    while status().await == 200 {
        assert!(
            changed.elapsed() < Duration::from_secs(2),
            "the change was not noticed"
        );
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
}

#[actix_web::test]
async fn a_web_service_that_asks_for_credentials_gets_them() {
    let app = app().await;
    let closed = "      Authentication:\n        AuthType: BasicAuth\n        BasicAuthUser: u\n        BasicAuthPassword: p\n      MaxLength";
    app.web_service("Closed", &REST.replacen("      MaxLength", closed, 1))
        .await;
    let request = || TestRequest::get().uri(&uri("Closed", "/Echo"));

    let without = app.call(request()).await;
    assert_eq!(without.status, 401);
    assert_eq!(
        without.header("www-authenticate"),
        Some("Basic realm=\"Closed\", charset=\"UTF-8\"")
    );
    let with = app
        .call(request().insert_header(("authorization", "Basic dTpw")))
        .await;
    assert_eq!(with.status, 200);
    let wrong = app
        .call(request().insert_header(("authorization", "Basic dTpx")))
        .await;
    assert_eq!(wrong.line(), "401 Unauthorized");

    app.web_service("ClosedSoap", &SOAP.replacen("      MaxLength", closed, 1))
        .await;
    for (credentials, status) in [("", 401), ("Basic dTpx", 401), ("Basic dTpw", 411)] {
        let request = TestRequest::post()
            .uri(&uri("ClosedSoap", ""))
            .insert_header(("authorization", credentials));
        assert_eq!(app.call(request).await.status, status, "{credentials}");
    }
}
