//! Web services, as a client sees them. What is expected here the reference system answered to the same requests.

use crate::support::TestApp;

mod debugger;
mod included_ticket;
mod out_of_office;
mod provider;
mod replay;
pub mod requester;
mod rest;
mod soap;

const REST: &str = include_str!("../../../fixtures/web_service/rest.yml");
const SOAP: &str = include_str!("../../../fixtures/web_service/soap.yml");

/// A server with the web services `Rest` and `Soap` of `fixtures/web_service`.
async fn app() -> TestApp {
    let app = TestApp::start().await;
    app.web_service("Rest", REST).await;
    app.web_service("Soap", SOAP).await;
    app
}

/// The address of something behind a web service.
fn uri(service: &str, rest: &str) -> String {
    format!("/otrs/nph-genericinterface.pl/Webservice/{service}{rest}")
}
