//! Customers in tables that an administrator named in `Kernel/Config.pm`; what is expected is what the reference system
//! answered with the same file and the same rows.

use std::collections::BTreeMap;

use compat::Value;
use otterdesk::{
    app::{App, SharedApp},
    auth::{
        Principal, password,
        session::{self, Entry},
    },
    clock::Clock,
    directory::{self, attributes, backend::Backends, name, record},
    dynamic_field::{self, ObjectType},
    settings::{Settings, Sources, Store},
};
use schema::{Texts, flavours::ZNUNY_6_5, tables as t, testing};
use sea_query::{Expr, ExprTrait as _, Order, Query, SimpleExpr};

use crate::{
    console::{complaint, run, said},
    people::{INVALID, VALID},
    support::{TestApp, insert, now},
};

const TABLES: [&str; 3] = [
    "CREATE TABLE extern_people (uid VARCHAR(100) PRIMARY KEY, mail VARCHAR(100), mail2 VARCHAR(100), firm VARCHAR(50), \
     vname VARCHAR(50), nname VARCHAR(50), town VARCHAR(50), shoe INTEGER, secret VARCHAR(100), active SMALLINT)",
    "CREATE TABLE bare_people (login VARCHAR(100) PRIMARY KEY, email VARCHAR(100), customer_id VARCHAR(50), \
     more_ids VARCHAR(200), first_name VARCHAR(50), last_name VARCHAR(50), secret VARCHAR(50))",
    "CREATE TABLE firms (number VARCHAR(50) PRIMARY KEY, title VARCHAR(100), town VARCHAR(50), active SMALLINT, \
     create_time TIMESTAMP NULL, create_by INTEGER, change_time TIMESTAMP NULL, change_by INTEGER)",
];

const ROWS: [&str; 3] = [
    "INSERT INTO extern_people VALUES \
     ('xena','xena@firm.example','x2@firm.example','f-1','Xena','Xerxes','Köln',38,'pass',1), \
     ('yuri','yuri@firm.example',NULL,'f-2','Yuri',NULL,NULL,NULL,'pass',1), \
     ('zed','zed@firm.example',NULL,'ACME','Zed','Zulu','Bonn',44,'pass',2), \
     ('alice','other-alice@firm.example',NULL,'f-1','Second','Alice','Ulm',40,'second',1)",
    "INSERT INTO bare_people VALUES \
     ('bert','bert@bare.example','ACME','globex; f-1;none ;  ','Bert','Bare','pass'), \
     ('xena','xena@bare.example','b','','Other','Xena','pass')",
    "INSERT INTO firms VALUES ('f-1','Firma Eins','Köln',1,'2026-01-01 00:00:00',1,'2026-01-01 00:00:00',1), \
     ('f-2','Firma Zwei',NULL,2,'2026-01-01 00:00:00',1,'2026-01-01 00:00:00',1)",
];

/// An app with the settings of `fixtures/perl_config/customers.pm`, its tables, and Alice in OTRS's own.
async fn start() -> TestApp {
    let app = start_with(include_str!("../../fixtures/perl_config/customers.pm")).await;
    app.add_customer("alice", VALID).await;
    app.add_customer("erin", INVALID).await;
    app
}

/// An app with the settings of a `Kernel/Config.pm`, and the tables.
async fn start_with(config_pm: &str) -> TestApp {
    let (database, db) = testing::fresh_with_schema(&ZNUNY_6_5, "", now()).await;
    let mut tx = db.begin().await.unwrap();
    for statement in TABLES.iter().chain(&ROWS) {
        tx.execute_raw(statement).await.unwrap();
    }
    tx.commit().await.unwrap();
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("Kernel")).unwrap();
    std::fs::write(home.path().join("Kernel/Config.pm"), config_pm).unwrap();
    let sources = Sources::new(None, Some(home.path().to_owned()), []).unwrap();
    let mut tx = db.read().await.unwrap();
    let settings = sources.load(&mut tx).await.unwrap();
    assert_eq!(settings.unsupported(|_| None), None);
    assert_eq!(Backends::complaint(&settings, &mut tx).await, None);
    let app = App::new(
        db,
        Store::new(std::sync::Arc::new(settings)),
        Clock::fixed(now()),
    );
    TestApp::on(SharedApp::new(app), database)
}

/// Who signs in with this password.
async fn signed_in(app: &TestApp, login: &str, password: &str) -> Option<String> {
    let customer = password::customer(&app.app, None, login, password);
    let customer = customer.await.unwrap()?;
    customer.valid.then_some(customer.login)
}

#[actix_web::test]
async fn the_first_back_end_that_knows_a_login_is_the_one() {
    let app = start().await;
    let settings = app.app.settings.current();
    let mut tx = app.app.db.read().await.unwrap();
    let mut found = Vec::new();
    for login in ["alice", "xena", "yuri", "zed", "bert", "nobody"] {
        let record = record::customer(&mut tx, &settings, login).await.unwrap();
        let line = record.map(|it| {
            let signature = name::signature(&it);
            let (source, company) = (&it.backend.name, &it.customer_id);
            format!(
                "{} {source} {company} {signature} {} {}",
                it.login,
                it.mail_string(),
                it.valid
            )
        });
        found.push(line.unwrap_or_else(|| format!("{login}: nobody")));
    }
    insta::assert_snapshot!(found.join("\n"), @r#"
    alice CustomerUser ACME "Carl Customer" <alice@example.com> "Carl Customer" <alice@example.com> true
    xena CustomerUser1 f-1 "Xerxes Xena" <xena@firm.example> "Xena Xerxes" <xena@firm.example> true
    yuri CustomerUser1 f-2 "Yuri" <yuri@firm.example> "Yuri" <yuri@firm.example> true
    zed CustomerUser1 ACME "Zulu Zed" <zed@firm.example> "Zed Zulu" <zed@firm.example> false
    bert CustomerUser3 ACME "Bert Bare" <bert@bare.example> bert@bare.example true
    nobody: nobody
    "#);
}

#[actix_web::test]
async fn an_address_is_looked_for_in_every_column_that_has_addresses() {
    let app = start().await;
    let settings = app.app.settings.current();
    let mut tx = app.app.db.read().await.unwrap();
    for (address, expected) in [
        ("X2@firm.example", Some("xena CustomerUser1")),
        // Known by the third back end only, but the login is one of the first.
        ("xena@bare.example", Some("xena CustomerUser1")),
        ("other-alice@firm.example", Some("alice CustomerUser")),
        ("zed@firm.example", None),
        ("bert@bare.example", Some("bert CustomerUser3")),
    ] {
        let found = record::customer_with_address(&mut tx, &settings, address)
            .await
            .unwrap();
        let found = found.map(|it| format!("{} {}", it.login, it.backend.name));
        assert_eq!(found.as_deref(), expected, "{address}");
    }
}

#[actix_web::test]
async fn companies_come_from_their_back_ends_and_a_column_may_name_more_of_them() {
    let app = start().await;
    let settings = app.app.settings.current();
    let mut tx = app.app.db.read().await.unwrap();
    let firm = record::company(&mut tx, &settings, "F-2")
        .await
        .unwrap()
        .unwrap();
    let attributes: BTreeMap<_, _> = firm.attributes().collect();
    assert_eq!(firm.backend.name, "CustomerCompany1");
    assert!(!firm.valid);
    assert_eq!(attributes["CustomerCompanyName"], Some("Firma Zwei"));
    assert_eq!(attributes["CustomerCompanyCity"], None);

    let bert = directory::customer_user(&mut tx, &settings, "bert")
        .await
        .unwrap();
    let ids = bert.unwrap().customer_ids;
    assert_eq!(ids, ["ACME", "globex", "f-1", "none"]);
}

#[actix_web::test]
async fn each_way_in_has_passwords_of_its_own() {
    let app = start().await;
    for (login, password, expected) in [
        ("xena", "pass", Some("xena")),
        ("alice", "second", Some("alice")),
        ("alice", crate::people::PASSWORD, Some("alice")),
        ("bert", "pass", Some("bert")),
        ("zed", "pass", None),
        ("zed", "wrong", None),
        ("xena", "second", None),
    ] {
        let found = signed_in(&app, login, password).await;
        assert_eq!(found.as_deref(), expected, "{login} {password}");
    }
    let owner = directory::preferences::Owner::Customer("bert");
    let way = app.preference(owner, "UserAuthBackend").await;
    assert_eq!(way.as_deref(), Some("2"));
}

#[actix_web::test]
async fn sessions_carry_what_the_back_ends_know() {
    let app = start().await;
    let settings = app.app.settings.current();
    let mut tx = app.app.db.read().await.unwrap();
    let mut lines = Vec::new();
    for login in ["xena", "yuri", "bert"] {
        let data = session::of_customer(&mut tx, &settings, login)
            .await
            .unwrap();
        for (key, entry) in data.unwrap() {
            if let Entry::Text(value) = entry {
                lines.push(format!(
                    "{login} {key}: {}",
                    value.unwrap_or("NULL".to_owned())
                ));
            }
        }
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    xena ChangeBy: 1
    xena ChangeTime: 2026-01-01 00:00:00
    xena CreateBy: 1
    xena CreateTime: 2026-01-01 00:00:00
    xena CustomerCompanyCity: Köln
    xena CustomerCompanyName: Firma Eins
    xena CustomerCompanyValidID: 1
    xena CustomerID: f-1
    xena Source: CustomerUser1
    xena UserCity: Köln
    xena UserCustomerID: f-1
    xena UserEmail: xena@firm.example
    xena UserFirstname: Xena
    xena UserFullname: Xerxes Xena
    xena UserID: xena
    xena UserLastViewsLimit: 5
    xena UserLastname: Xerxes
    xena UserLogin: xena
    xena UserMailString: "Xena Xerxes" <xena@firm.example>
    xena UserPassword: pass
    xena UserRefreshTime: 0
    xena UserShoe: 38
    xena UserShowTickets: 25
    xena ValidID: 1
    yuri ChangeBy: 1
    yuri ChangeTime: 2026-01-01 00:00:00
    yuri CreateBy: 1
    yuri CreateTime: 2026-01-01 00:00:00
    yuri CustomerCompanyCity: NULL
    yuri CustomerCompanyName: Firma Zwei
    yuri CustomerCompanyValidID: 2
    yuri CustomerID: f-2
    yuri Source: CustomerUser1
    yuri UserCity: NULL
    yuri UserCustomerID: f-2
    yuri UserEmail: yuri@firm.example
    yuri UserFirstname: Yuri
    yuri UserFullname: Yuri
    yuri UserID: yuri
    yuri UserLastViewsLimit: 5
    yuri UserLastname: NULL
    yuri UserLogin: yuri
    yuri UserMailString: "Yuri" <yuri@firm.example>
    yuri UserPassword: pass
    yuri UserRefreshTime: 0
    yuri UserShoe: NULL
    yuri UserShowTickets: 25
    yuri ValidID: 1
    bert Source: CustomerUser3
    bert UserCustomerID: ACME
    bert UserCustomerIDs: globex; f-1;none ;  
    bert UserEmail: bert@bare.example
    bert UserFirstname: Bert
    bert UserFullname: Bert Bare
    bert UserID: bert
    bert UserLastViewsLimit: 5
    bert UserLastname: Bare
    bert UserLogin: bert
    bert UserMailString: bert@bare.example
    bert UserRefreshTime: 0
    bert UserShowTickets: 25
    "#);
}

#[actix_web::test]
async fn a_table_that_is_not_there_is_named() {
    let app = TestApp::start().await;
    let config = compat::json::read(
        r#"{"Module":"Kernel::System::CustomerUser::DB","Params":{"Table":"missing"},"CustomerKey":"login","Map":[]}"#,
    );
    let settings = Settings::with([(
        "CustomerUser4".to_owned(),
        config.unwrap(),
        otterdesk::settings::Origin::File,
    )]);
    let mut tx = app.app.db.read().await.unwrap();
    let complaint = Backends::complaint(&settings, &mut tx).await.unwrap();
    assert!(complaint.starts_with("CustomerUser4: "), "{complaint}");
    assert!(complaint.contains("missing"), "{complaint}");
}

#[actix_web::test]
async fn who_reads_a_ticket_may_be_in_another_table() {
    let app = start().await;
    let settings = app.app.settings.current();
    let mut tx = app.app.db.read().await.unwrap();
    let xena = directory::customer_user(&mut tx, &settings, "XENA")
        .await
        .unwrap();
    let principal = Principal::Customer(xena.unwrap());
    assert!(principal.is_valid());
}

#[actix_web::test]
async fn dynamic_fields_of_customers_stand_among_their_attributes() {
    let field =
        |name: &str| format!(r#"["DynamicField_{name}",null,"{name}",0,0,"dynamic_field",null,0]"#);
    let config = format!(
        r#"{{"Module":"Kernel::System::CustomerUser::DB","Params":{{"Table":"customer_user"}},"CustomerKey":"login",
        "Map":[["UserLogin","x","login",1,1,"var","",0],{},{},{}]}}"#,
        field("Shoe"),
        field("Colours"),
        field("Born")
    );
    let app = TestApp::with([("CustomerUser", compat::json::read(&config).unwrap())]).await;
    app.add_customer("alice", VALID).await;
    let mut tx = app.app.db.begin().await.unwrap();
    for (name, kind) in [
        ("Shoe", "Text"),
        ("Colours", "Multiselect"),
        ("Born", "Date"),
        ("Hidden", "Text"),
    ] {
        add_field(&mut tx, name, kind).await;
    }
    let fields = dynamic_field::definitions(&mut tx, &[ObjectType::CustomerUser])
        .await
        .unwrap();
    let colours = Value::List(vec!["red".into(), "blue".into()]);
    let values = [
        (&fields["Shoe"], &Value::text("42")),
        (&fields["Colours"], &colours),
        (&fields["Hidden"], &Value::text("x")),
    ];
    let changes = dynamic_field::write_named(&mut tx, ObjectType::CustomerUser, "alice", &values);
    assert_eq!(changes.await.unwrap().len(), 3);
    tx.commit().await.unwrap();

    let settings = app.app.settings.current();
    let mut tx = app.app.db.read().await.unwrap();
    let found = attributes::of_customer_user(&mut tx, &settings, "alice")
        .await
        .unwrap();
    assert_eq!(found["DynamicField_Shoe"], Value::text("42"));
    assert_eq!(found["DynamicField_Colours"], colours);
    assert_eq!(found["DynamicField_Born"], Value::Undef);
    assert!(!found.contains_key("DynamicField_Hidden"), "not in the map");
    let data = session::of_customer(&mut tx, &settings, "alice")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(data["DynamicField_Colours"], Entry::Structure(colours));
    assert_eq!(data["DynamicField_Born"], Entry::Text(None));
}

async fn add_field(tx: &mut schema::Tx, name: &str, kind: &str) {
    use t::DynamicField as F;
    let config = tx.long_text("---\nDefaultValue: ''\n");
    let columns: Vec<(F, SimpleExpr)> = vec![
        (F::InternalField, 0_i16.into()),
        (F::Name, name.into()),
        (F::Label, name.into()),
        (F::FieldOrder, 1.into()),
        (F::FieldType, kind.into()),
        (F::ObjectType, "CustomerUser".into()),
        (F::Config, SimpleExpr::Value(config)),
        (F::ValidId, 1_i16.into()),
        (F::CreateTime, now().into()),
        (F::CreateBy, 1.into()),
        (F::ChangeTime, now().into()),
        (F::ChangeBy, 1.into()),
    ];
    insert(tx, F::Table, &columns).await;
}

/// The rows of the reference system with the same file, after the same commands.
#[actix_web::test]
async fn the_console_adds_customers_where_they_are_kept() {
    let config_pm = include_str!("../../fixtures/perl_config/customers_elsewhere.pm");
    let app = start_with(config_pm).await;
    let add = "Admin::CustomerUser::Add --first-name F --last-name L --customer-id f1";
    let one = format!("{add} --user-name u1 --email-address u1@x.example");
    said(&app, &one).await;
    let two = format!("{add} --user-name u2 --email-address u2@x.example --password geheim");
    said(&app, &two).await;
    let same_address = format!("{add} --user-name u3 --email-address U2@x.example");
    assert_eq!(
        complaint(&app, &same_address).await,
        "This email address is already in use for another customer user.\nError: Can't add customer user."
    );
    let company = "Admin::CustomerCompany::Add --street S --zip 1 --name Firm";
    said(&app, &format!("{company} --customer-id n1 --city Town")).await;
    said(&app, &format!("{company} --customer-id n2")).await;

    let mut tx = app.app.db.read().await.unwrap();
    let people = Query::select()
        .columns([
            "uid", "mail", "mail2", "firm", "vname", "nname", "town", "secret",
        ])
        .expr(tx.dialect().as_text(Expr::col("shoe")))
        .expr(tx.dialect().as_text(Expr::col("active")))
        .from("extern_people")
        .and_where(Expr::col("mail").like("%x.example"))
        .order_by("uid", Order::Asc)
        .to_owned();
    let people: Vec<Texts> = tx.fetch_all(&people).await.unwrap();
    let firms = Query::select()
        .columns(["number", "title", "town"])
        .expr(tx.dialect().as_text(Expr::col("active")))
        .expr(tx.dialect().as_text(Expr::col("create_by")))
        .expr(tx.dialect().as_text(Expr::col("change_by")))
        .from("firms")
        .and_where(Expr::col("title").eq("Firm"))
        .order_by("number", Order::Asc)
        .to_owned();
    let firms: Vec<Texts> = tx.fetch_all(&firms).await.unwrap();
    let lines = people.iter().chain(&firms).map(|row| {
        let texts = row.0.iter().map(|text| text.as_deref().unwrap_or("NULL"));
        texts.collect::<Vec<_>>().join("|")
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    u1|u1@x.example|NULL|f1|F|L||NULL|0|1
    u2|u2@x.example|NULL|f1|F|L||addb0f5e7826c857d7376d1bd9bc33c0c544790a2eac96144a8af22b1298c940|0|1
    n1|Firm|Town|1|1|1
    n2|Firm|NULL|1|1|1
    ");
    drop(tx);

    said(&app, "Admin::CustomerUser::SetPassword u1 neu").await;
    assert_eq!(
        signed_in(&app, "u1", "neu").await,
        None,
        "the way in looks elsewhere"
    );
}

/// A table that is only read gets nobody, and the passwords in it stay.
#[actix_web::test]
async fn the_console_leaves_what_is_only_read() {
    let config_pm = include_str!("../../fixtures/perl_config/customers_elsewhere.pm");
    let read_only = config_pm.replacen("CustomerValid =>", "ReadOnly => 1, CustomerValid =>", 1);
    let app = start_with(&read_only).await;
    assert_eq!(
        complaint(
            &app,
            "Admin::CustomerUser::Add --user-name r1 --first-name F --last-name L --email-address r1@x.example \
             --customer-id f1"
        )
        .await,
        "Customer backend is read only!\nError: Can't add customer user."
    );
    let told = run(&app, "Admin::CustomerUser::SetPassword yuri neu").await;
    assert_eq!(
        told.err,
        "Customer backend is read only!\nError: Failed to set password!"
    );
}
