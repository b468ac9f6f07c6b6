//! Access control lists beside the reference system: which lists match in a situation, and what they leave of the
//! choices in its forms. `fixtures/acl` has the lists, the situations and the reference system's answers.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use actix_web::test::TestRequest;
use compat::Value as Perl;
use otterdesk::{
    access::{
        Permission,
        acl::{Acls, Given, Situation, Subject},
    },
    app::{App, AppConfig, SharedApp},
    auth::Principal,
    clock::Clock,
    directory,
    ticket::{self, Ticket, TicketId, choices::offer, lookup},
};
use schema::{Tx, flavours, tables as t, testing};
use sea_query::{Expr, Query};
use serde_json::Value;

use crate::support::{TestApp, now};

fn fixture(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name);
    fs::read_to_string(file).unwrap()
}

fn cases() -> Value {
    serde_json::from_str(&fixture("acl/cases.json")).unwrap()
}

fn answers() -> Vec<Value> {
    let text = fixture("acl/answers.jsonl");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A server on the rows of the recordings.
async fn start() -> TestApp {
    let (database, db) = testing::fresh_with_schema(&flavours::ZNUNY_6_5, "", now()).await;
    let rows = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/compat/rows.jsonl");
    lab::fixture::load(&db, &rows).await.unwrap();
    db.close().await;
    let mut app = App::build(AppConfig {
        database_url: Some(database.url.clone()),
        ..AppConfig::default()
    })
    .await
    .unwrap();
    app.clock = Clock::fixed(now());
    TestApp::on(SharedApp::new(app), database)
}

fn perl(value: &Value) -> Perl {
    match value {
        Value::Array(items) => Perl::List(items.iter().map(perl).collect()),
        Value::Object(pairs) => {
            Perl::map(pairs.iter().map(|(key, value)| (key.as_str(), perl(value))))
        }
        Value::String(text) => Perl::text(text.as_str()),
        Value::Number(number) => Perl::from(number.as_i64().unwrap()),
        Value::Null | Value::Bool(_) => Perl::Undef,
    }
}

/// Makes these the only lists.
async fn write(tx: &mut Tx, lists: &[Value]) {
    use t::Acl as A;
    tx.execute(&Query::delete().from_table(A::Table).to_owned())
        .await
        .unwrap();
    for (number, list) in lists.iter().enumerate() {
        let name = list["name"]
            .as_str()
            .map_or_else(|| format!("acl{number:03}"), str::to_owned);
        let small = |key: &str, otherwise: i64| {
            Expr::val(i16::try_from(list[key].as_i64().unwrap_or(otherwise)).unwrap())
        };
        let text = |key: &str| Expr::val(tx.long_text(&compat::yaml::write(&perl(&list[key]))));
        let row = [
            Expr::val(name),
            small("valid", 1),
            small("stop", 0),
            text("match"),
            text("change"),
            Expr::val(now()),
            Expr::val(1_i32),
            Expr::val(now()),
            Expr::val(1_i32),
        ];
        let insert = Query::insert()
            .into_table(A::Table)
            .columns([
                A::Name,
                A::ValidId,
                A::StopAfterMatch,
                A::ConfigMatch,
                A::ConfigChange,
                A::CreateTime,
                A::CreateBy,
                A::ChangeTime,
                A::ChangeBy,
            ])
            .values_panic(row)
            .to_owned();
        tx.insert(&insert).await.unwrap();
    }
}

/// The people and tickets of the situations.
struct Cast {
    people: BTreeMap<String, Principal>,
    tickets: BTreeMap<i64, Ticket>,
}

impl Cast {
    async fn of(tx: &mut Tx, app: &App, cases: &Value) -> Self {
        let mut cast = Self {
            people: BTreeMap::new(),
            tickets: BTreeMap::new(),
        };
        for situation in cases["situations"].as_object().unwrap().values() {
            let login = situation["by"].as_str().unwrap();
            let person = if situation["customer"] == true {
                Principal::Customer(
                    directory::customer_user(tx, &app.settings.current(), login)
                        .await
                        .unwrap()
                        .unwrap(),
                )
            } else {
                Principal::Agent(directory::agent_by_login(tx, login).await.unwrap().unwrap())
            };
            cast.people.insert(login.to_owned(), person);
            if let Some(id) = situation["ticket"].as_i64() {
                let found = ticket::list(tx, &app.recent, &[TicketId(id)])
                    .await
                    .unwrap();
                cast.tickets
                    .extend(found.into_iter().map(|ticket| (id, ticket)));
            }
        }
        cast
    }

    fn situation<'a>(&'a self, situation: &'a Value) -> Situation<'a> {
        let given = &situation["given"];
        let key = |name: &str| given[name].as_i64().map(|id| i32::try_from(id).unwrap());
        let fields = given["fields"].as_object().into_iter().flatten();
        let given = Given {
            queue: key("queue"),
            kind: key("type"),
            service: key("service"),
            sla: key("sla"),
            state: key("state"),
            priority: key("priority"),
            owner: key("owner"),
            responsible: key("responsible"),
            customer_user: given["customer_user"].as_str().map(str::to_owned),
            dynamic_fields: fields
                .map(|(name, value)| (name.clone(), perl(value)))
                .collect(),
            ..Given::default()
        };
        let ticket = situation["ticket"].as_i64().map(|id| &self.tickets[&id]);
        Situation::new(&self.people[situation["by"].as_str().unwrap()], ticket)
            .on(situation["action"].as_str().unwrap())
            .with(given)
    }
}

#[actix_web::test]
async fn lists_match_where_they_match_in_the_reference_system() {
    let app = start().await;
    let cases = cases();
    let mut tx = app.app.db.begin().await.unwrap();
    // Each list takes its own name away.
    let lists: Vec<Value> = cases["matching"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| {
            serde_json::json!({
                "match": case["match"],
                "change": {"PossibleNot": {"Ticket": {"Probe": [format!("_{}", case["name"].as_str().unwrap())]}}}
            })
        })
        .collect();
    write(&mut tx, &lists).await;
    let acls = Acls::read(&mut tx, &app.app.settings.current())
        .await
        .unwrap();
    let cast = Cast::of(&mut tx, &app.app, &cases).await;
    let expected: Vec<Value> = answers()
        .into_iter()
        .filter(|answer| answer["matches"].is_boolean())
        .collect();
    let mut complaint = String::new();
    for (name, situation) in cases["situations"].as_object().unwrap() {
        let names: Vec<String> = expected
            .iter()
            .filter(|answer| answer["situation"] == *name)
            .map(|answer| format!("_{}", answer["case"].as_str().unwrap()))
            .collect();
        let mut situation = cast.situation(situation);
        let left = acls
            .limit(
                &mut tx,
                &app.app,
                &mut situation,
                Subject::Ticket("Probe"),
                names,
                |name| name,
            )
            .await
            .unwrap();
        for answer in expected
            .iter()
            .filter(|answer| answer["situation"] == *name)
        {
            let case = format!("_{}", answer["case"].as_str().unwrap());
            let matches = !left.contains(&case);
            if matches != answer["matches"].as_bool().unwrap() {
                let _ = writeln!(complaint, "{name}: {case} matches here: {matches}");
            }
        }
    }
    assert!(complaint.is_empty(), "{complaint}");
    assert!(expected.len() > 1_500, "{}", expected.len());
}

/// What lists call a choice, from its key.
fn name(lookups: &lookup::Lookups, subject: &str, key: &str) -> String {
    let Ok(id) = key.parse::<i32>() else {
        return key.to_owned();
    };
    match subject {
        "Priority" => lookups.priorities[&id].clone(),
        "State" => lookups.states[&id].name.clone(),
        "Queue" => lookups.queues[&id].name.clone(),
        "Type" => lookups.types[&id].clone(),
        "Service" => lookups.services[&id].clone(),
        "SLA" => lookups.slas[&id].name.clone(),
        "Owner" | "NewOwner" | "Responsible" => lookups.logins[&id].clone(),
        _ => key.to_owned(),
    }
}

#[actix_web::test]
async fn lists_leave_the_choices_that_the_reference_system_leaves() {
    let app = start().await;
    let cases = cases();
    let mut tx = app.app.db.begin().await.unwrap();
    let cast = Cast::of(&mut tx, &app.app, &cases).await;
    let lookups = lookup::current(&mut tx, &app.app.recent).await.unwrap();
    let answers = answers();
    let (mut complaint, mut asked) = (String::new(), 0);
    for case in cases["changing"].as_array().unwrap() {
        write(&mut tx, case["acls"].as_array().unwrap()).await;
        let acls = Acls::read(&mut tx, &app.app.settings.current())
            .await
            .unwrap();
        for answer in answers
            .iter()
            .filter(|answer| answer["case"] == case["name"])
        {
            let subject = answer["subject"].as_str().unwrap();
            let about = match subject {
                "Action" => Subject::Action,
                attribute => Subject::Ticket(attribute),
            };
            let choices: Vec<(String, String)> = answer["base"]
                .as_array()
                .unwrap()
                .iter()
                .map(|key| key.as_str().unwrap().to_owned())
                .map(|key| (name(&lookups, subject, &key), key))
                .collect();
            let situation = &cases["situations"][answer["situation"].as_str().unwrap()];
            let mut situation = cast.situation(situation);
            let left = acls
                .limit(
                    &mut tx,
                    &app.app,
                    &mut situation,
                    about,
                    choices,
                    |(name, _)| name,
                )
                .await
                .unwrap();
            let left: Vec<&String> = left.iter().map(|(_, key)| key).collect();
            // A ticket that may not be opened has no menu at all.
            let shows_nothing =
                subject == "Action" && !left.iter().any(|key| *key == "AgentTicketZoom");
            let left = if shows_nothing { Vec::new() } else { left };
            asked += 1;
            if serde_json::json!(left) != answer["left"] {
                let _ = writeln!(
                    complaint,
                    "{}, {}, {subject}\n  expected: {}\n  left:     {left:?}",
                    case["name"], answer["situation"], answer["left"]
                );
            }
        }
    }
    assert!(complaint.is_empty(), "{complaint}");
    assert!(asked > 120, "{asked}");
}

/// What the forms offer before any list: the choices that the recordings call `base`.
#[actix_web::test]
async fn forms_offer_what_the_reference_systems_forms_offer() {
    let app = start().await;
    let cases = cases();
    let mut tx = app.app.db.begin().await.unwrap();
    let cast = Cast::of(&mut tx, &app.app, &cases).await;
    let mut asked = BTreeMap::new();
    for answer in answers().iter().filter(|answer| answer["base"].is_array()) {
        let situation = &cases["situations"][answer["situation"].as_str().unwrap()];
        let by = &cast.people[situation["by"].as_str().unwrap()];
        let given = |name: &str| {
            situation["given"][name]
                .as_i64()
                .map(|id| i32::try_from(id).unwrap())
        };
        let ticket = situation["ticket"].as_i64().map(|id| &cast.tickets[&id]);
        let queue = ticket.map_or_else(|| given("queue").unwrap(), |ticket| ticket.queue.id);
        let screen = situation["action"].as_str().unwrap();
        let customer = match (by, ticket) {
            (Principal::Customer(customer), _) => customer.login.as_str(),
            (_, Some(ticket)) => ticket.customer_user_id.as_deref().unwrap(),
            (_, None) => situation["given"]["customer_user"]
                .as_str()
                .unwrap_or_default(),
        };
        let right = if ticket.is_some() {
            Permission::MoveInto
        } else {
            Permission::Create
        };
        let (tx, app) = (&mut tx, &app.app);
        let subject = answer["subject"].as_str().unwrap();
        let offered = match subject {
            "Queue" => offer::queues(tx, app, by, right).await,
            "State" => offer::states(tx, app, screen).await,
            "Priority" => offer::priorities(tx, app).await,
            "Type" => offer::kinds(tx, app).await,
            "Service" => offer::services(tx, app, customer).await,
            "SLA" => offer::slas(tx, app, given("service")).await,
            "Owner" | "NewOwner" => offer::agents(tx, app, queue, Permission::Owner).await,
            "Responsible" => offer::agents(tx, app, queue, Permission::Responsible).await,
            _ => continue,
        };
        let mut offered: Vec<String> = offered
            .unwrap()
            .into_iter()
            .map(|choice| choice.id.to_string())
            .collect();
        // Agents and some trees are sorted by what people see; here the names in the lists count.
        offered.sort();
        let base = answer["base"].as_array().unwrap().iter();
        let mut base: Vec<String> = base.map(|key| key.as_str().unwrap().to_owned()).collect();
        base.sort();
        assert_eq!(offered, base, "{subject}, {}", answer["situation"]);
        asked.insert(subject.to_owned(), offered.len());
    }
    assert_eq!(asked.len(), 9, "{asked:?}");
}

/// `TicketUpdate` of ticket 2, which is in the queue Ops with the priority `4 high`.
async fn update(app: &TestApp, login: &str, field: &str, value: &str) -> String {
    let mut fields = serde_json::Map::new();
    fields.insert(field.to_owned(), value.into());
    let request =
        serde_json::json!({"UserLogin": login, "Password": lab::case::PASSWORD, "Ticket": fields});
    let url = "/otrs/nph-genericinterface.pl/Webservice/GenericTicketConnectorREST/Ticket/2";
    let request = TestRequest::patch()
        .uri(url)
        .insert_header(("Content-Type", "application/json"))
        .set_payload(request.to_string());
    app.call(request).await.body
}

const CHANGED: &str = r#"{"TicketID":"2","TicketNumber":"2026112110000015"}"#;
const CANCELLED: &str = r#"{"faultcode":"Server","faultstring":"OperationObject returned an error, cancelling Request"}"#;
const NOT_MOVED: &str = r#"{"faultcode":"Server","faultstring":"Ticket queue could not be updated, please contact system administrator!"}"#;

async fn write_lists(app: &TestApp, lists: Value) {
    let mut tx = app.app.db.begin().await.unwrap();
    write(&mut tx, lists.as_array().unwrap()).await;
    tx.commit().await.unwrap();
    app.app.recent.acls.forget(&());
}

/// Source: the same requests to the reference system. It keeps what a refused request changed before; we keep nothing.
#[actix_web::test]
async fn updates_keep_to_the_lists_but_for_owners_and_locks() {
    let app = start().await;
    let changes = [
        ("Priority", "5 very high", CANCELLED),
        ("State", "closed successful", CANCELLED),
        ("Type", "Unclassified", CANCELLED),
        ("Service", "Web", CANCELLED),
        ("SLA", "Silver", CANCELLED),
        ("Queue", "Sales", NOT_MOVED),
        ("Owner", "lab-tz", CHANGED),
        ("Responsible", "lab-tz", CHANGED),
        ("Lock", "unlock", CHANGED),
        ("Title", "Fire is out", CHANGED),
    ];
    for (field, value, expected) in changes {
        write_lists(
            &app,
            serde_json::json!([
                {"change": {"PossibleNot": {"Ticket": {field: ["[RegExp]."]}}}}
            ]),
        )
        .await;
        assert_eq!(
            update(&app, "lab-full", field, value).await,
            expected,
            "{field}"
        );
    }
    // What stays as it is is no change.
    write_lists(
        &app,
        serde_json::json!([
            {"change": {"PossibleNot": {"Ticket": {"Priority": ["[RegExp]."]}}}}
        ]),
    )
    .await;
    assert_eq!(
        update(&app, "lab-full", "Priority", "4 high").await,
        CHANGED
    );
    write_lists(&app, serde_json::json!([])).await;
    assert_eq!(
        update(&app, "lab-full", "Priority", "5 very high").await,
        CHANGED
    );
}

#[actix_web::test]
async fn lists_see_the_new_value_and_the_old_one_of_an_update() {
    let app = start().await;
    assert_eq!(update(&app, "lab-full", "Priority", "2 low").await, CHANGED);
    let list = |side: &str, priority: &str| {
        serde_json::json!([{
            "match": {side: {"Priority": {"Name": [priority]}}},
            "change": {"PossibleNot": {"Ticket": {"Priority": ["4 high"]}}}
        }])
    };
    for (side, priority, expected) in [
        ("Properties", "2 low", CHANGED),
        ("Properties", "4 high", CANCELLED),
        ("PropertiesDatabase", "4 high", CHANGED),
        ("PropertiesDatabase", "2 low", CANCELLED),
    ] {
        write_lists(&app, list(side, priority)).await;
        assert_eq!(
            update(&app, "lab-full", "Priority", "4 high").await,
            expected,
            "{side} {priority}"
        );
        write_lists(&app, serde_json::json!([])).await;
        assert_eq!(update(&app, "lab-full", "Priority", "2 low").await, CHANGED);
    }
}

#[actix_web::test]
async fn a_ticket_goes_only_where_its_mover_may_move_tickets() {
    let app = start().await;
    // Everything in Ops, and nothing in the group of Secret.
    assert_eq!(update(&app, "lab-full", "Queue", "Secret").await, NOT_MOVED);
    assert_eq!(update(&app, "lab-full", "Queue", "Sales").await, CHANGED);
}
