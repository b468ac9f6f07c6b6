//! A second server as the other side: our own binary in a process of its own, on a database of its own.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use schema::{flavours::ZNUNY_6_5, testing};

use super::{call, service};
use crate::{
    generic_interface::{REST, SOAP},
    support::{TestApp, now},
};

/// Ends with the test.
struct Server {
    child: Child,
    address: String,
    _database: TestApp,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn start() -> Server {
    let (database, db) = testing::fresh_with_schema(&ZNUNY_6_5, "", now()).await;
    let url = database.url.clone();
    let app = TestApp::on(
        otterdesk::app::SharedApp::new(otterdesk::app::App::new(
            db,
            otterdesk::settings::Settings::default().into(),
            otterdesk::clock::Clock::system(),
        )),
        database,
    );
    app.web_service("Rest", REST).await;
    app.web_service("Soap", SOAP).await;
    let mut child = Command::new(env!("CARGO_BIN_EXE_otterdesk"))
        .args(["serve", "--listen", "127.0.0.1:0", "--database-url", &url])
        .env_remove("OTTERDESK_OTRS_HOME")
        .env_remove("OTTERDESK_CONFIG")
        .current_dir(std::env::temp_dir())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = lines
        .find_map(|line| {
            let line = line.unwrap();
            let (_, behind) = line.split_once("serving http://")?;
            behind.split('/').next().map(str::to_owned)
        })
        .unwrap();
    // Nobody reads on; the server must not wait for its log to be taken.
    std::thread::spawn(move || lines.for_each(drop));
    Server {
        child,
        address,
        _database: app,
    }
}

#[actix_web::test]
async fn data_comes_back_from_another_server_over_both_transports() {
    let server = start().await;
    let base = format!(
        "http://{}/otrs/nph-genericinterface.pl/Webservice",
        server.address
    );
    let data = r#"{"Text":"äö <&>","List":["1","2"],"Hash":{"a":"b"}}"#;

    let app = TestApp::start().await;
    let config = format!(
        "DefaultCommand: POST\nHost: {base}/Rest\nInvokerControllerMapping:\n  Echo:\n    Controller: /Echo\nTimeout: '10'\n"
    );
    app.web_service("Out", &service("HTTP::REST", &config))
        .await;
    let answer = call(&app, "Echo", data).await.unwrap();
    assert_eq!(
        answer,
        r#"{"Hash":{"a":"b"},"List":["1","2"],"Text":"äö <&>"}"#
    );

    let app = TestApp::start().await;
    let config = format!(
        "Endpoint: {base}/Soap\nNameSpace: http://ns/x\nSOAPAction: No\nRequestNameScheme: Request\nResponseNameScheme: Response\nTimeout: '10'\n"
    );
    app.web_service("Out", &service("HTTP::SOAP", &config))
        .await;
    let answer = call(&app, "Echo", data).await.unwrap();
    assert_eq!(
        answer,
        r#"{"Hash":{"a":"b"},"List":["1","2"],"Text":"äö <&>"}"#
    );
}
