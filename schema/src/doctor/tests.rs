use chrono::NaiveDateTime;

use super::*;
use crate::{
    create::{self, Plan},
    db::Dialect,
    flavours::{self, ZNUNY_6_5},
    testing,
};

/// Flavours with the same tables are one to the doctor, who names the newest of them.
fn looks_like(flavour: &'static Flavour, dialect: Dialect) -> &'static str {
    match flavour.name {
        "znuny-6.0" => "otrs-6.0",
        // What these lack is an index that MySQL makes by itself, for the foreign key of the same column.
        "otrs-6.0.4" if dialect == Dialect::MySql => "otrs-6.0",
        other => other,
    }
}

#[tokio::test]
async fn a_fresh_database_of_every_flavour_is_recognised_and_has_no_differences() {
    // A server takes its time to create and drop two thousand tables; there, those that differ most will do.
    let differing = [
        "otrs-6.0.1",
        "otrs-ce-centuran-6.0.37",
        "znuny-6.3",
        "znuny-6.5.26",
    ];
    let all = testing::fresh().await.url.starts_with("sqlite");
    let chosen = |flavour: &&&Flavour| all || differing.contains(&flavour.name);
    for flavour in flavours::ALL.iter().filter(chosen) {
        let (_database, db) =
            testing::fresh_with_schema(flavour, "", NaiveDateTime::default()).await;
        let report = examine(&db).await.unwrap();
        assert_eq!(report.flavour, Some(looks_like(flavour, db.dialect())));
        assert_eq!(report.findings, []);
        assert!(report.can_run());
    }
}

#[tokio::test]
async fn an_empty_database_can_not_be_run_on() {
    let database = testing::fresh().await;
    let db = Db::connect(&database.url).await.unwrap();
    let report = examine(&db).await.unwrap();
    assert!(!report.can_run());
    assert!(report.to_string().contains("otterdesk schema create"));
}

async fn changed(statements: &[&str]) -> Report {
    let (_database, db) =
        testing::fresh_with_schema(&ZNUNY_6_5, "", NaiveDateTime::default()).await;
    let mut tx = db.read().await.unwrap();
    for statement in statements {
        tx.execute_raw(statement).await.unwrap();
    }
    drop(tx);
    examine(&db).await.unwrap()
}

#[tokio::test]
async fn what_packages_and_updates_leave_behind_is_harmless() {
    let report = changed(&[
        "CREATE TABLE faq_item (id INTEGER NOT NULL)",
        "CREATE TABLE otterdesk_outbox (id INTEGER NOT NULL)",
        "ALTER TABLE service ADD COLUMN criticality VARCHAR(200)",
        "CREATE INDEX ticket_of_mine ON ticket (customer_id, create_time)",
        "CREATE UNIQUE INDEX service_criticality ON service (criticality)",
    ])
    .await;
    assert!(report.can_run());
    let lines: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn a_database_without_what_the_server_needs_is_refused_in_detail() {
    let drop_column = "ALTER TABLE ticket_watcher DROP COLUMN change_time";
    let drop_index = |dialect| match dialect {
        Dialect::MySql => "DROP INDEX article_data_mime_message_id_md5 ON article_data_mime",
        Dialect::Postgres | Dialect::Sqlite => "DROP INDEX article_data_mime_message_id_md5",
    };
    let (_database, db) =
        testing::fresh_with_schema(&ZNUNY_6_5, "", NaiveDateTime::default()).await;
    let mut tx = db.read().await.unwrap();
    for statement in [
        drop_column,
        drop_index(db.dialect()),
        "DROP TABLE ticket_number_counter",
    ] {
        tx.execute_raw(statement).await.unwrap();
    }
    drop(tx);
    let mut report = examine(&db).await.unwrap();
    assert!(!report.can_run());
    report.database = "each of the three";
    insta::assert_json_snapshot!(report);
    let text = report.to_string();
    assert!(text.ends_with("Otterdesk can not run on this database.\n"));
}

#[tokio::test]
async fn widths_and_nulls_are_weighed() {
    let changes: &[&str] = match testing::fresh().await.url.split(':').next() {
        Some("mysql") => &[
            "ALTER TABLE ticket MODIFY title VARCHAR(100)",
            "ALTER TABLE ticket MODIFY customer_id VARCHAR(300)",
            "ALTER TABLE ticket MODIFY archive_flag SMALLINT NULL",
            "ALTER TABLE ticket MODIFY until_time SMALLINT NOT NULL",
            "ALTER TABLE ticket_flag DROP FOREIGN KEY FK_ticket_flag_create_by_id",
        ],
        Some("postgres") => &[
            "ALTER TABLE ticket ALTER title TYPE VARCHAR(100)",
            "ALTER TABLE ticket ALTER customer_id TYPE VARCHAR(300)",
            "ALTER TABLE ticket ALTER archive_flag DROP NOT NULL, ALTER archive_flag DROP DEFAULT",
            "ALTER TABLE ticket ALTER until_time TYPE SMALLINT",
            "ALTER TABLE ticket_flag DROP CONSTRAINT fk_ticket_flag_create_by_id",
        ],
        // SQLite can not change columns, and does not mind widths.
        _ => return,
    };
    let report = changed(changes).await;
    assert!(!report.can_run());
    let lines: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    let lines = lines.join("\n").replace("character varying", "varchar");
    insta::assert_snapshot!(
        lines
            .replace("smallint(6)", "smallint")
            .replace("integer", "int")
    );
}

#[tokio::test]
async fn a_database_of_an_update_that_stopped_is_refused() {
    let database = testing::fresh().await;
    let db = Db::connect(&database.url).await.unwrap();
    let plan = Plan {
        flavour: &flavours::OTRS_6_0,
        admin_password_hash: String::new(),
        now: NaiveDateTime::default(),
    };
    create::create(&db, &plan).await.unwrap();
    let mut tx = db.read().await.unwrap();
    tx.execute_raw("CREATE TABLE article_type (id INTEGER)")
        .await
        .unwrap();
    drop(tx);
    let report = examine(&db).await.unwrap();
    assert!(report.refusal.unwrap().contains("stopped half-way"));
}
