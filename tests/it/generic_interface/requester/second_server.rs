//! A second server as the other side: our own binary in a process of its own, on a database of its own.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use otterdesk::dynamic_field;
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
    database: TestApp,
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
    let rows = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/compat/rows.jsonl");
    lab::fixture::load(&app.app.db, &rows).await.unwrap();
    app.web_service("Rest", REST).await;
    app.web_service("Soap", SOAP).await;
    let roomy = regex::Regex::new("MaxLength: .*")
        .unwrap()
        .replace_all(REST, "MaxLength: '1000000'");
    app.web_service("Roomy", &roomy).await;
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
        database: app,
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

/// The request of an invoker that opens a ticket on the other server.
const NEW_TICKET: &str = r#"{"UserLogin":"lab-full","Password":"lab-pw","Ticket":{"Title":"from afar","Queue":"Raw",
    "State":"new","Type":"Unclassified","Priority":"3 normal","CustomerUser":"alice"},"Article":{"Subject":"Größe",
    "Body":"text","ContentType":"text/plain; charset=utf8"},"DynamicField":{"Name":"LabText","Value":"kept"}}"#;

#[actix_web::test]
async fn tickets_are_created_on_another_server_over_both_transports() {
    let server = start().await;
    let base = format!(
        "http://{}/otrs/nph-genericinterface.pl/Webservice",
        server.address
    );
    let rest = format!(
        "DefaultCommand: POST\nHost: {base}/GenericTicketConnectorREST\nInvokerControllerMapping:\n  TicketCreate:\n    Controller: /Ticket\nTimeout: '20'\n"
    );
    let soap = format!(
        "Endpoint: {base}/GenericTicketConnectorSOAP\nNameSpace: http://www.otrs.org/TicketConnector/\nSOAPAction: No\nRequestNameScheme: Plain\nResponseNameScheme: Response\nTimeout: '20'\n"
    );
    for (transport, config) in [("HTTP::REST", rest), ("HTTP::SOAP", soap)] {
        let app = TestApp::start().await;
        let config = service(transport, &config).replace("    Echo:\n", "    TicketCreate:\n");
        app.web_service("Out", &config).await;
        let answer = call(&app, "TicketCreate", NEW_TICKET).await.unwrap();
        let answer = compat::json::read(&answer).unwrap();
        let number = answer
            .get("TicketNumber")
            .and_then(compat::Value::as_string);
        let number = number.unwrap_or_else(|| panic!("{transport}: {answer:?}"));

        let there = &server.database.app;
        let mut tx = there.db.read().await.unwrap();
        let id = otterdesk::ticket::with_number(&mut tx, &number)
            .await
            .unwrap()
            .unwrap();
        let found = otterdesk::ticket::list(&mut tx, &there.recent, &[id])
            .await
            .unwrap();
        assert_eq!(found[0].title.as_deref(), Some("from afar"), "{transport}");
        assert_eq!(found[0].customer_id.as_deref(), Some("acme"));
        let object = dynamic_field::ObjectType::Ticket;
        let values = dynamic_field::values(&mut tx, object, &[id.0])
            .await
            .unwrap();
        let kept = values
            .of(id.0)
            .find(|(name, _)| *name == "LabText")
            .unwrap()
            .1;
        assert_eq!(kept, compat::Value::text("kept"), "{transport}");
    }
}

#[actix_web::test]
async fn the_ticket_of_an_event_is_sent_with_everything_around_it() {
    let server = start().await;
    let there = &server.database.app;
    let config = format!(
        "DefaultCommand: POST\nHost: http://{}/otrs/nph-genericinterface.pl/Webservice/Roomy\nInvokerControllerMapping:\n  Echo:\n    Controller: /Echo\nTimeout: '20'\n",
        server.address
    );
    let config = service("HTTP::REST", &config).replacen("Generic::Tunnel", "Ticket::Generic", 1);
    server.database.web_service("Out", &config).await;
    let mut tx = there.db.read().await.unwrap();
    let id = otterdesk::ticket::with_number(&mut tx, "2026112110000015")
        .await
        .unwrap();
    drop(tx);
    let event = format!(
        r#"{{"Event":"TicketTitleUpdate","TicketID":"{}"}}"#,
        id.unwrap()
    );
    let answer = call(&server.database, "Echo", &event).await.unwrap();
    let sent = compat::json::read(&answer).unwrap();
    let ticket = sent.get("Ticket").unwrap();
    let keys = |part: &str| {
        let map = ticket.get(part).and_then(compat::Value::as_map);
        map.map_or_else(String::new, |map| {
            map.keys().cloned().collect::<Vec<_>>().join(" ")
        })
    };
    let mut lines = Vec::new();
    for part in [
        "QueueData",
        "PriorityData",
        "TypeData",
        "ServiceData",
        "SLAData",
        "OwnerData",
        "CustomerUser",
        "CustomerCompany",
        "Article",
    ] {
        lines.push(format!("{part}: {}", keys(part)));
    }
    insta::assert_snapshot!(lines.join("\n"), @"
    QueueData: Calendar ChangeTime Comment CreateTime DefaultSignKey Email FirstResponseNotify FirstResponseTime FollowUpID FollowUpLock GroupID Name QueueID RealName SalutationID SignatureID SolutionNotify SolutionTime SystemAddressID UnlockTimeout UpdateNotify UpdateTime ValidID
    PriorityData: ChangeBy ChangeTime CreateBy CreateTime ID Name ValidID
    TypeData: ChangeBy ChangeTime CreateBy CreateTime ID Name ValidID
    ServiceData: ChangeBy ChangeTime Comment CreateBy CreateTime Name NameShort ServiceID ValidID
    SLAData: Calendar ChangeBy ChangeTime Comment CreateBy CreateTime FirstResponseNotify FirstResponseTime Name SLAID ServiceIDs SolutionNotify SolutionTime UpdateNotify UpdateTime ValidID
    OwnerData: AdminCommunicationLogPageShown AdminDynamicFieldsOverviewPageShown ChangeTime CreateTime OutOfOffice OutOfOfficeDaysRemaining OutOfOfficeEndDay OutOfOfficeEndMonth OutOfOfficeEndYear OutOfOfficeStartDay OutOfOfficeStartMonth OutOfOfficeStartYear UserCreateNextMask UserEmail UserFirstname UserFullname UserID UserLastViewsLimit UserLastViewsPosition UserLastname UserLogin UserMobile UserRefreshTime UserTicketOverviewMediumPageShown UserTicketOverviewPreviewPageShown UserTicketOverviewSmallPageShown UserTitle ValidID
    CustomerUser: ChangeBy ChangeTime CreateBy CreateTime CustomerCompanyCity CustomerCompanyComment CustomerCompanyCountry CustomerCompanyName CustomerCompanyStreet CustomerCompanyURL CustomerCompanyValidID CustomerCompanyZIP CustomerID Source UserCity UserComment UserCountry UserCustomerID UserEmail UserFax UserFirstname UserFullname UserID UserLanguage UserLastViewsLimit UserLastname UserLogin UserMailString UserMobile UserPhone UserRefreshTime UserShowTickets UserStreet UserTimeZone UserTitle UserZip ValidID
    CustomerCompany: ChangeBy ChangeTime CreateBy CreateTime CustomerCompanyCity CustomerCompanyComment CustomerCompanyCountry CustomerCompanyName CustomerCompanyStreet CustomerCompanyURL CustomerCompanyZIP CustomerID Source ValidID
    Article: ArticleID ArticleNumber Attachment Bcc Body Cc ChangeBy ChangeTime Charset CommunicationChannelID ContentCharset ContentType CreateBy CreateTime DynamicField_LabArticleMulti DynamicField_LabArticleText From FromRealname InReplyTo IncomingTime IsVisibleForCustomer MessageID MimeType References ReplyTo SenderType SenderTypeID Subject TicketID To
    ");

    let nothing = call(&server.database, "Echo", r#"{"Event":"X"}"#)
        .await
        .unwrap_err();
    assert_eq!(nothing.message, "Got no TicketID");
}
