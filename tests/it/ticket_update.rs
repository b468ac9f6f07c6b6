//! `Ticket::TicketUpdate` and what it writes. Answers, rows and histories are those of the reference system for the same
//! requests.

use actix_web::{App as Actix, http::Method, test, test::TestRequest};
use chrono::NaiveDateTime;
use compat::{Value, json};
use otterdesk::{
    app::{App, AppConfig, SharedApp},
    clock::Clock,
    directory::UserId,
    recent::Recent,
    server,
    ticket::{
        self, Ticket, TicketId,
        create::{Customer, NewTicket},
        history,
        work::Work,
    },
};
use schema::{flavours, testing};

use crate::support::answer;

/// sha256 of `root`.
const ADMIN_PASSWORD_HASH: &str =
    "4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2";

const RAW: i32 = 2;
const OPS: i32 = 11;

/// A server with the people, queues, services and fields of the recorded answers.
struct Lab {
    app: SharedApp,
    _database: testing::TestDatabase,
}

fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
}

impl Lab {
    /// The clock stands at a Tuesday, ten o'clock and seven seconds.
    async fn start() -> Self {
        let (database, db) = testing::fresh_with_schema(
            &flavours::ZNUNY_6_5,
            ADMIN_PASSWORD_HASH,
            NaiveDateTime::default(),
        )
        .await;
        let rows =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/compat/rows.jsonl");
        lab::fixture::load(&db, &rows).await.unwrap();
        db.close().await;
        let mut app = App::build(AppConfig {
            database_url: Some(database.url.clone()),
            ..AppConfig::default()
        })
        .await
        .unwrap();
        app.clock = Clock::fixed(at("2026-11-17 10:00:07"));
        Self {
            app: SharedApp::new(app),
            _database: database,
        }
    }

    /// A new ticket without articles.
    async fn ticket(&self, queue: i32, customer: &str) -> TicketId {
        let mut work = Work::begin(&self.app, UserId::SYSTEM).await.unwrap();
        let mut new = NewTicket::new("change probe", queue, 3, 1);
        new.customer = Some(Customer {
            company: String::new(),
            user: customer.to_owned(),
        });
        let ticket = ticket::create::create(&mut work, new).await.unwrap();
        work.commit().await.unwrap();
        ticket.id
    }

    async fn read(&self, id: TicketId) -> Ticket {
        let mut tx = self.app.db.read().await.unwrap();
        let mut found = ticket::list(&mut tx, &Recent::default(), &[id])
            .await
            .unwrap();
        found.remove(0)
    }

    /// The history behind its first entries, as `kind name`.
    async fn history(&self, id: TicketId, skipped: usize) -> Vec<String> {
        let mut tx = self.app.db.read().await.unwrap();
        let mut histories = history::list(&mut tx, &[id]).await.unwrap();
        let entries = histories.remove(&id).unwrap_or_default();
        entries
            .iter()
            .skip(skipped)
            .map(|entry| format!("{} {}", entry.kind, entry.name))
            .collect()
    }

    /// Asks as somebody; the body is JSON without the credentials.
    async fn ask_as(&self, who: (&str, &str, &str), path: &str, body: &str) -> String {
        let mut data = json::read(body).unwrap();
        let (kind, login, password) = who;
        if let Value::Map(map) = &mut data {
            map.insert(kind.to_owned(), Value::text(login));
            map.insert("Password".to_owned(), Value::text(password));
        }
        let payload = json::write(&data);
        let service = test::init_service(
            Actix::new()
                .app_data(self.app.clone())
                .configure(|services| server::configure(services, "otrs/")),
        )
        .await;
        let uri = format!(
            "/otrs/nph-genericinterface.pl/Webservice/GenericTicketConnectorREST/Ticket/{path}"
        );
        let request = TestRequest::default()
            .method(Method::PATCH)
            .uri(&uri)
            .insert_header(("content-type", "application/json"))
            .insert_header(("content-length", payload.len()))
            .set_payload(payload)
            .to_request();
        let response = test::call_service(&service, request).await;
        answer(response).await.line()
    }

    async fn ask(&self, id: TicketId, body: &str) -> String {
        let root = ("UserLogin", "root@localhost", "root");
        self.ask_as(root, &id.to_string(), body).await
    }

    /// Asks, and gives what the history has behind what it had.
    async fn change(&self, id: TicketId, body: &str) -> Vec<String> {
        let before = self.history(id, 0).await.len();
        let number = self.read(id).await.number;
        assert_eq!(
            self.ask(id, body).await,
            format!(r#"200 {{"TicketID":"{id}","TicketNumber":"{number}"}}"#),
            "{body}"
        );
        self.history(id, before).await
    }
}

fn refusal(code: &str, message: &str) -> String {
    format!(r#"200 {{"Error":{{"ErrorCode":"TicketUpdate.{code}","ErrorMessage":"{message}"}}}}"#)
}

#[actix_web::test]
async fn each_field_writes_its_history() {
    let lab = Lab::start().await;
    let id = lab.ticket(RAW, "change@example.com").await;
    let long = "ä".repeat(51);
    let cases: Vec<(String, Vec<String>)> = [
        (r#"{"Title":"new title"}"#, &["TitleUpdate %%change probe%%new title"][..]),
        (r#"{"Title":"new title"}"#, &[]),
        (r#"{"Title":""}"#, &[]),
        (r#"{"Queue":"Junk"}"#, &["Move %%Junk%%3%%Raw%%2"]),
        (r#"{"QueueID":3}"#, &[]),
        (r#"{"QueueID":"2"}"#, &["Move %%Raw%%2%%Junk%%3"]),
        (
            r#"{"State":"open"}"#,
            &["StateUpdate %%new%%open%%", "SetPendingTime %%00-00-00 00:00"],
        ),
        (r#"{"State":"open"}"#, &[]),
        (
            r#"{"State":"pending reminder","PendingTime":{"Year":2027,"Month":3,"Day":4,"Hour":5,"Minute":6}}"#,
            &[
                "SetPendingTime %%2027-03-04 05:06",
                "StateUpdate %%open%%pending reminder%%",
            ],
        ),
        (r#"{"PendingTime":{"Diff":"60"}}"#, &[]),
        (
            r#"{"State":"pending reminder","PendingTime":{"Diff":"60"}}"#,
            &["SetPendingTime %%2026-11-17 11:00"],
        ),
        (
            r#"{"State":"closed successful"}"#,
            &[
                "StateUpdate %%pending reminder%%closed successful%%",
                "SetPendingTime %%00-00-00 00:00",
            ],
        ),
        (r#"{"Priority":"1 very low"}"#, &["PriorityUpdate %%3 normal%%3%%1 very low%%1"]),
        (r#"{"PriorityID":1}"#, &[]),
        (r#"{"Type":"Incident"}"#, &["TypeUpdate %%Incident%%11%%Unclassified%%1"]),
        (r#"{"Lock":"lock"}"#, &["Lock %%lock", "Misc Reset of unlock time."]),
        (r#"{"Lock":"lock"}"#, &[]),
        (r#"{"LockID":1}"#, &["Unlock %%unlock"]),
        (r#"{"Lock":"tmp_lock"}"#, &["Misc %%tmp_lock"]),
        (
            r#"{"Queue":"Junk"}"#,
            &["Move %%Junk%%3%%Raw%%2", "Unlock %%unlock"],
        ),
        (r#"{"Owner":"lab-full"}"#, &["OwnerUpdate %%lab-full%%11"]),
        (r#"{"OwnerID":11}"#, &[]),
        (r#"{"Responsible":"lab-full"}"#, &["ResponsibleUpdate %%lab-full%%11"]),
        (
            r#"{"CustomerUser":"alice"}"#,
            &["CustomerUpdate %%CustomerID=acme;CustomerUser=alice;"],
        ),
        (
            r#"{"CustomerUser":"alice"}"#,
            &["CustomerUpdate %%CustomerID=acme;CustomerUser=alice;"],
        ),
        (r#"{"Service":"Mail"}"#, &["ServiceUpdate %%Mail%%11%%NULL%%"]),
        (r#"{"SLA":"Gold"}"#, &["SLAUpdate %%Gold%%11%%NULL%%"]),
        (
            r#"{"Service":"Web","SLA":"Silver"}"#,
            &[
                "SLAUpdate %%NULL%%%%Gold%%11",
                "ServiceUpdate %%Web%%13%%Mail%%11",
                "SLAUpdate %%Silver%%12%%NULL%%",
            ],
        ),
        (r#"{"Service":"Mail"}"#, &["ServiceUpdate %%Mail%%11%%Web%%13"]),
        (
            r#"{"CustomerUser":"carol","CustomerID":"foo"}"#,
            &["CustomerUpdate %%CustomerID=foo;CustomerUser=carol;"],
        ),
        (
            r#"{"CustomerID":"bar"}"#,
            &["CustomerUpdate %%CustomerID=bar;CustomerUser=;"],
        ),
    ]
    .into_iter()
    .map(|(fields, history)| {
        let history = history.iter().map(|&line| line.to_owned()).collect();
        (fields.to_owned(), history)
    })
    .chain([(
        format!(r#"{{"Title":"{long}"}}"#),
        vec![format!("TitleUpdate %%new title%%{}...", "ä".repeat(50))],
    )])
    .collect();
    for (fields, expected) in cases {
        let body = format!(r#"{{"Ticket":{fields}}}"#);
        assert_eq!(lab.change(id, &body).await, expected, "{fields}");
    }
    let ticket = lab.read(id).await;
    assert_eq!(ticket.title.as_deref(), Some(long.as_str()));
    assert_eq!(ticket.customer_id.as_deref(), Some("bar"));
    assert_eq!(ticket.customer_user_id.as_deref(), Some(""));
    assert_eq!(ticket.pending_until, 0);
    assert_eq!(ticket.unlock_timeout, 1_794_909_607);
}

#[actix_web::test]
async fn several_fields_are_written_in_a_fixed_order() {
    let lab = Lab::start().await;
    let id = lab.ticket(RAW, "alice").await;

    let history = lab
        .change(
            id,
            r#"{"Ticket":{"Title":"all","Queue":"Ops","State":"open","Priority":"4 high","Type":"Incident","Lock":"lock",
                "Owner":"lab-full","Responsible":"lab-full","CustomerUser":"alice","CustomerID":"acme","Service":"Mail",
                "SLA":"Gold","PendingTime":{"Diff":"60"}},"DynamicField":{"Name":"LabText","Value":"vv"}}"#,
        )
        .await;

    assert_eq!(
        history,
        [
            "TitleUpdate %%change probe%%all",
            "Move %%Ops%%11%%Raw%%2",
            "Lock %%lock",
            "Misc Reset of unlock time.",
            "TypeUpdate %%Incident%%11%%Unclassified%%1",
            "StateUpdate %%new%%open%%",
            "SetPendingTime %%00-00-00 00:00",
            "ServiceUpdate %%Mail%%11%%NULL%%",
            "SLAUpdate %%Gold%%11%%NULL%%",
            "CustomerUpdate %%CustomerID=acme;CustomerUser=alice;",
            "PriorityUpdate %%3 normal%%3%%4 high%%4",
            "OwnerUpdate %%lab-full%%11",
            "ResponsibleUpdate %%lab-full%%11",
            "TicketDynamicFieldUpdate %%FieldName%%LabText%%Value%%vv%%OldValue%%",
        ]
    );
}

#[actix_web::test]
async fn a_ticket_that_is_closed_is_free_before() {
    let lab = Lab::start().await;
    let id = lab.ticket(RAW, "alice").await;
    lab.change(id, r#"{"Ticket":{"State":"open","Lock":"lock"}}"#)
        .await;

    let history = lab
        .change(id, r#"{"Ticket":{"State":"closed successful"}}"#)
        .await;

    assert_eq!(
        history,
        [
            "Unlock %%unlock",
            "StateUpdate %%open%%closed successful%%",
            "SetPendingTime %%00-00-00 00:00",
        ]
    );
}

#[actix_web::test]
async fn a_request_that_is_wrong_is_refused_and_leaves_nothing() {
    let lab = Lab::start().await;
    let id = lab.ticket(RAW, "alice").await;
    let before = lab.read(id).await;
    let article = r#""Subject":"s","Body":"b","ContentType":"text/plain; charset=utf8""#;
    let with = |more: &str| format!(r#"{{"Article":{{{article},{more}}}}}"#);
    let field = |name: &str| {
        format!("TicketUpdate: Ticket->{name}ID or Ticket->{name} parameter is invalid!")
    };
    let mut cases = vec![
        (r#"{"Ticket":{}}"#.to_owned(), "InvalidParameter", "TicketUpdate: Ticket parameter is not valid!".to_owned()),
        (r#"{"Ticket":"x"}"#.to_owned(), "InvalidParameter", "TicketUpdate: Ticket parameter is not valid!".to_owned()),
        (r#"{"Article":[]}"#.to_owned(), "InvalidParameter", "TicketUpdate: Article parameter is not valid!".to_owned()),
        (r#"{"DynamicField":"x","Attachment":"x"}"#.to_owned(), "MissingParameter", "TicketUpdate: DynamicField parameter is missing or not valid!".to_owned()),
        (r#"{"Attachment":{}}"#.to_owned(), "MissingParameter", "TicketUpdate: Attachment parameter is missing or not valid!".to_owned()),
        (r#"{"Ticket":{"Title":"x","State":"pending reminder"}}"#.to_owned(), "MissingParameter", "Can't set a ticket on a pending state without pendig time!".to_owned()),
        (r#"{"Ticket":{"State":"pending reminder","PendingTime":{"Diff":"x"}}}"#.to_owned(), "InvalidParameter", "TicketUpdate: Ticket->PendingTime parameter is invalid!".to_owned()),
        (r#"{"Ticket":{"PendingTime":{"Year":2026,"Month":2,"Day":31,"Hour":1,"Minute":1}}}"#.to_owned(), "InvalidParameter", "TicketUpdate: Ticket->PendingTime parameter is invalid!".to_owned()),
        (r#"{"Ticket":{"CustomerUser":"erin"}}"#.to_owned(), "InvalidParameter", "TicketUpdate: Ticket->CustomerUser parameter is invalid!".to_owned()),
        (r#"{"Article":{"Subject":"s"}}"#.to_owned(), "MissingParameter", "TicketUpdate: Article->Body parameter is missing!".to_owned()),
        (r#"{"Article":{"Subject":"s","Body":"b","Charset":"utf8"}}"#.to_owned(), "MissingParameter", "TicketUpdate: Article->MimeType is required!".to_owned()),
        (r#"{"Article":{"Subject":"s","Body":"b","Charset":"xx","MimeType":"text/plain"}}"#.to_owned(), "InvalidParameter", "TicketUpdate: Article->Charset is invalid!".to_owned()),
        (with(r#""SenderType":"x""#), "InvalidParameter", "TicketUpdate: Article->SenderTypeID or Ticket->SenderType parameter is invalid!".to_owned()),
        (with(r#""CommunicationChannel":"Chat""#), "InvalidParameter", "TicketUpdate: Article->CommunicationChannel or Article->CommunicationChannelID parameter is invalid or not supported!".to_owned()),
        (with(r#""HistoryType":"x""#), "InvalidParameter", "TicketUpdate: Article->HistoryType parameter is invalid!".to_owned()),
        (with(r#""AutoResponseType":"x""#), "InvalidParameter", "TicketUpdate: Article->AutoResponseType parameter is invalid!".to_owned()),
        (with(r#""TimeUnit":"-1""#), "InvalidParameter", "TicketUpdate: Article->TimeUnit parameter is invalid!".to_owned()),
        (with(r#""NoAgentNotify":"x""#), "InvalidParameter", "TicketUpdate: Article->NoAgent parameter is invalid!".to_owned()),
        (with(r#""ForceNotificationToUserID":["999"]"#), "InvalidParameter", "TicketUpdate: Article->ForceNotificationToUserID UserID=999 parameter is invalid!".to_owned()),
        (r#"{"DynamicField":{"Name":"LabText"}}"#.to_owned(), "MissingParameter", "TicketUpdate: DynamicField->Value parameter is missing!".to_owned()),
        (r#"{"DynamicField":{"Name":"Nope","Value":"x"}}"#.to_owned(), "InvalidParameter", "TicketUpdate: DynamicField->Name parameter is invalid!".to_owned()),
        (r#"{"DynamicField":{"Name":"LabDate","Value":"x"}}"#.to_owned(), "InvalidParameter", "TicketUpdate: DynamicField->Value parameter is invalid!".to_owned()),
        (r#"{"DynamicField":{"Name":"LabArticleText","Value":"5"}}"#.to_owned(), "MissingParameter", "TicketUpdate: To create an article DynamicField an article is required!".to_owned()),
        (r#"{"Attachment":{"Content":"x"}}"#.to_owned(), "MissingParameter", "TicketUpdate: To create an attachment an article is needed!".to_owned()),
        (format!(r#"{{"Article":{{{article}}},"Attachment":{{"Filename":"x"}}}}"#), "MissingParameter", "TicketUpdate: Attachment->Content parameter is missing!".to_owned()),
        (format!(r#"{{"Article":{{{article}}},"Attachment":{{"Content":"eA==","ContentType":"xx","Filename":"a"}}}}"#), "InvalidParameter", "TicketUpdate: Attachment->ContentType is invalid!".to_owned()),
    ];
    for name in [
        "Queue",
        "State",
        "Priority",
        "Type",
        "Lock",
        "Owner",
        "Responsible",
        "Service",
        "SLA",
    ] {
        for value in [format!(r#""{name}":"xx""#), format!(r#""{name}ID":"9999""#)] {
            cases.push((
                format!(r#"{{"Ticket":{{{value}}}}}"#),
                "InvalidParameter",
                field(name),
            ));
        }
    }
    for (body, code, message) in cases {
        assert_eq!(lab.ask(id, &body).await, refusal(code, &message), "{body}");
    }
    assert_eq!(lab.read(id).await, before);
}

#[actix_web::test]
async fn who_asks_needs_a_right_for_every_part() {
    let lab = Lab::start().await;
    let id = lab.ticket(OPS, "alice").await;
    let reader = ("UserLogin", "lab-ro", "lab-pw");
    let path = id.to_string();
    // He sees tickets of this queue, and no more.
    let of_bob = lab.ticket(OPS, "bob").await.to_string();
    let article =
        r#""Article":{"Subject":"s","Body":"b","ContentType":"text/plain; charset=utf8"}"#;
    let field = r#""DynamicField":{"Name":"LabText","Value":"z"}"#;
    for (body, what) in [
        (
            format!(r#"{{"Ticket":{{"Queue":"Raw"}},{article},{field}}}"#),
            "create new articles",
        ),
        (
            format!(r#"{{"Ticket":{{"Queue":"Raw"}},{field}}}"#),
            "update dynamic fields",
        ),
        (
            r#"{"Ticket":{"Queue":"Ops","Owner":"lab-full"}}"#.to_owned(),
            "update queue",
        ),
        (
            r#"{"Ticket":{"Owner":"lab-full","Responsible":"lab-full"}}"#.to_owned(),
            "update owner",
        ),
        (
            r#"{"Ticket":{"Priority":"2 low","Responsible":"lab-full"}}"#.to_owned(),
            "update responsibe",
        ),
        (
            r#"{"Ticket":{"Priority":"2 low","State":"closed successful"}}"#.to_owned(),
            "update priority",
        ),
        (
            r#"{"Ticket":{"State":"closed successful"}}"#.to_owned(),
            "update state",
        ),
    ] {
        let message = format!("TicketUpdate: Does not have permissions to {what}!");
        // The reference system, 6.5.1, asks customers for no right at all: CVE-2025-26846.
        for (who, path) in [
            (reader, &path),
            (("CustomerUserLogin", "bob", "lab-pw"), &of_bob),
        ] {
            assert_eq!(
                lab.ask_as(who, path, &body).await,
                refusal("AccessDenied", &message),
                "{who:?} {body}"
            );
        }
    }
    let no_access = refusal(
        "AccessDenied",
        "TicketUpdate: User does not have access to the ticket!",
    );
    let title = r#"{"Ticket":{"Title":"t"}}"#;
    for who in [
        ("UserLogin", "lab-none", "lab-pw"),
        ("UserLogin", "lab-create", "lab-pw"),
        ("CustomerUserLogin", "carol", "lab-pw"),
    ] {
        assert_eq!(lab.ask_as(who, &path, title).await, no_access, "{who:?}");
    }
    for who in [
        ("UserLogin", "lab-ro", "wrong"),
        ("CustomerUserLogin", "erin", "lab-pw"),
    ] {
        assert_eq!(
            lab.ask_as(who, &path, title).await,
            refusal("AuthFail", "TicketUpdate: User could not be authenticated!"),
            "{who:?}"
        );
    }
    let before = lab.history(id, 0).await.len();
    let number = lab.read(id).await.number;
    let done = format!(r#"200 {{"TicketID":"{id}","TicketNumber":"{number}"}}"#);
    for body in [title, r#"{"Ticket":{"State":"open","Type":"Incident"}}"#] {
        assert_eq!(lab.ask_as(reader, &path, body).await, done);
    }
    assert_eq!(
        lab.history(id, before).await,
        [
            "TitleUpdate %%change probe%%t",
            "TypeUpdate %%Incident%%11%%Unclassified%%1",
            "StateUpdate %%new%%open%%",
            "SetPendingTime %%00-00-00 00:00",
        ]
    );
    assert_eq!(lab.read(id).await.changed_by, UserId(12));
}

#[actix_web::test]
async fn a_ticket_escalates_by_what_agents_and_customers_say() {
    let lab = Lab::start().await;
    let id = lab.ticket(OPS, "alice").await;
    let number = lab.read(id).await.number;
    let article = |sender: &str| {
        format!(
            r#"{{"Article":{{"Subject":"s","Body":"b","ContentType":"text/plain; charset=utf8","SenderType":"{sender}"}}}}"#
        )
    };
    let state = |state: &str| {
        format!(r#"{{"Ticket":{{"State":"{state}","PendingTime":{{"Diff":"60"}}}}}}"#)
    };
    // When it is, what is asked, and when update, first response and solution are due then.
    let steps = [
        (
            "10:00:07",
            article("customer"),
            "12:00:07 11:00:07 14:00:07",
        ),
        (
            "11:00:00",
            article("customer"),
            "12:00:07 11:00:07 14:00:07",
        ),
        ("11:40:00", article("system"), "12:00:07 11:00:07 14:00:07"),
        ("12:00:00", article("agent"), "14:00:00 - 14:00:07"),
        ("13:00:00", article("customer"), "15:00:00 - 14:00:07"),
        ("14:00:00", article("customer"), "15:00:00 - 14:00:07"),
        ("17:00:00", article("agent"), "19:00:00 - 14:00:07"),
        ("17:00:01", state("pending reminder"), "- - 14:00:07"),
        ("17:00:02", state("open"), "19:00:00 - 14:00:07"),
        ("17:00:03", state("closed successful"), "- - -"),
        ("17:00:04", state("open"), "19:00:00 - -"),
    ];
    for (time, body, expected) in steps {
        lab.app.clock.set(at(&format!("2026-11-17 {time}")));
        let answer = lab.ask(id, &body).await;
        assert!(
            answer.ends_with(&format!(r#""TicketID":"{id}","TicketNumber":"{number}"}}"#)),
            "{answer}"
        );
        let due = lab.read(id).await.escalation;
        let shown = |at: i32| match chrono::DateTime::from_timestamp(at.into(), 0) {
            Some(at) if at.timestamp() != 0 => at.format("%H:%M:%S").to_string(),
            _ => "-".to_owned(),
        };
        let found = [due.update, due.first_response, due.solution].map(shown);
        assert_eq!(found.join(" "), expected, "{time} {body}");
        let next = [due.update, due.first_response, due.solution];
        let next = next.into_iter().filter(|at| *at != 0).min();
        assert_eq!(due.next, next.unwrap_or_default());
    }
}

#[actix_web::test]
async fn an_article_answers_with_its_number() {
    let lab = Lab::start().await;
    let id = lab.ticket(RAW, "alice").await;
    let number = lab.read(id).await.number;
    let before = lab.history(id, 0).await.len();

    let answer = lab
        .ask(
            id,
            r#"{"Article":{"Subject":" s ","Body":" b ","Charset":"utf8","MimeType":"text/plain","TimeUnit":"1,5"},
                "Attachment":{"Content":"eA==","ContentType":"text/plain","Filename":"a.txt"},
                "DynamicField":{"Name":"LabArticleText","Value":"at"}}"#,
        )
        .await;

    let rest = format!(r#","TicketID":"{id}","TicketNumber":"{number}"}}"#);
    let article = answer
        .strip_prefix(r#"200 {"ArticleID":"#)
        .and_then(|answer| answer.strip_suffix(&rest))
        .unwrap_or_else(|| panic!("{answer}"));
    assert!(article.parse::<i64>().is_ok(), "a number: {article}");
    assert_eq!(
        lab.history(id, before).await,
        [
            "AddNote %%GenericInterface Note",
            "Misc Reset of unlock time.",
            "TimeAccounting %%1.5%%1.5",
        ]
    );
}

#[actix_web::test]
async fn a_ticket_is_found_by_its_number_too() {
    let lab = Lab::start().await;
    let id = lab.ticket(RAW, "alice").await;
    let number = lab.read(id).await.number;
    let root = ("UserLogin", "root@localhost", "root");

    let by_number = format!(r#"{{"TicketNumber":"{number}","Ticket":{{"Title":"x"}}}}"#);
    assert_eq!(
        lab.ask_as(root, "99999", &by_number).await,
        format!(r#"200 {{"TicketID":{id},"TicketNumber":"{number}"}}"#)
    );
    let title = r#"{"Ticket":{"Title":"y"}}"#;
    let no_access = refusal(
        "AccessDenied",
        "TicketUpdate: User does not have access to the ticket!",
    );
    for path in ["99999", "abc"] {
        assert_eq!(lab.ask_as(root, path, title).await, no_access);
    }
    assert_eq!(
        lab.ask_as(root, "0", title).await,
        refusal(
            "MissingParameter",
            "TicketUpdate: TicketID or TicketNumber is required!"
        )
    );
}
