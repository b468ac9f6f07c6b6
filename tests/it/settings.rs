//! The settings of a running server: what is deployed counts, changes are seen without a restart.

use std::time::{Duration, Instant};

use otterdesk::app::{App, AppConfig};
use schema::{Db, flavours::ZNUNY_6_5, tables as t, testing};
use sea_query::{Expr, ExprTrait as _, Query, Value};

use crate::support::now;

/// A row of `sysconfig_default`; gives its id.
async fn add_default(db: &Db, name: &str, is_valid: i16, yaml: &str) -> i64 {
    use t::SysconfigDefault as C;
    let mut tx = db.begin().await.unwrap();
    let (text, empty) = (tx.long_text(yaml), tx.long_text(""));
    let pairs: Vec<(C, Value)> = vec![
        (C::Name, name.into()),
        (C::Description, empty.clone()),
        (C::Navigation, "".into()),
        (C::IsInvisible, 0.into()),
        (C::IsReadonly, 0.into()),
        (C::IsRequired, 0.into()),
        (C::IsValid, is_valid.into()),
        (C::HasConfiglevel, 0.into()),
        (C::UserModificationPossible, 0.into()),
        (C::UserModificationActive, 0.into()),
        (C::XmlContentRaw, empty.clone()),
        (C::XmlContentParsed, empty),
        (C::XmlFilename, "".into()),
        (C::EffectiveValue, text),
        (C::IsDirty, 0.into()),
        (C::ExclusiveLockGuid, "0".into()),
        (C::CreateTime, now().into()),
        (C::CreateBy, 1.into()),
        (C::ChangeTime, now().into()),
        (C::ChangeBy, 1.into()),
    ];
    let insert = Query::insert()
        .into_table(C::Table)
        .columns(pairs.iter().map(|(column, _)| *column))
        .values_panic(pairs.iter().map(|(_, value)| Expr::val(value.clone())))
        .to_owned();
    let id = tx.insert(&insert).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn modify(db: &Db, default_id: i64, name: &str, is_valid: i16, is_dirty: i16, yaml: &str) {
    use t::SysconfigModified as C;
    let mut tx = db.begin().await.unwrap();
    let text = tx.long_text(yaml);
    let pairs: Vec<(C, Value)> = vec![
        (C::SysconfigDefaultId, default_id.into()),
        (C::Name, name.into()),
        (C::IsValid, is_valid.into()),
        (C::UserModificationActive, 0.into()),
        (C::EffectiveValue, text),
        (C::IsDirty, is_dirty.into()),
        (C::ResetToDefault, 0.into()),
        (C::CreateTime, now().into()),
        (C::CreateBy, 1.into()),
        (C::ChangeTime, now().into()),
        (C::ChangeBy, 1.into()),
    ];
    let insert = Query::insert()
        .into_table(C::Table)
        .columns(pairs.iter().map(|(column, _)| *column))
        .values_panic(pairs.iter().map(|(_, value)| Expr::val(value.clone())))
        .to_owned();
    tx.execute(&insert).await.unwrap();
    tx.commit().await.unwrap();
}

/// Deploys what is waiting, as far as the settings themselves go.
async fn deploy(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    let update = Query::update()
        .table(t::SysconfigModified::Table)
        .value(t::SysconfigModified::IsDirty, 0)
        .and_where(Expr::col(t::SysconfigModified::IsDirty).eq(1))
        .to_owned();
    tx.execute(&update).await.unwrap();
    tx.commit().await.unwrap();
}

#[actix_web::test]
async fn only_deployed_and_valid_settings_count_and_changes_come_within_two_seconds() {
    let (database, db) = testing::fresh_with_schema(&ZNUNY_6_5, "", now()).await;
    add_default(&db, "ScriptAlias", 1, "--- help/\n").await;
    add_default(&db, "SessionCheckRemoteIP", 0, "--- '1'\n").await;
    let idle = add_default(&db, "SessionMaxIdleTime", 1, "--- '7200'\n").await;
    let age = add_default(&db, "SessionMaxTime", 1, "--- '57600'\n").await;
    add_default(
        &db,
        "PreferencesGroups###Password",
        1,
        "---\nPasswordMaxLoginFailed: '5'\n",
    )
    .await;
    modify(&db, age, "SessionMaxTime", 1, 0, "--- '600'\n").await;
    modify(&db, idle, "SessionMaxIdleTime", 1, 1, "--- '60'\n").await;

    let app = App::build(AppConfig {
        database_url: Some(database.url.clone()),
        ..AppConfig::default()
    })
    .await
    .unwrap();

    let settings = app.settings.current();
    assert_eq!(settings.text("ScriptAlias"), "help/");
    assert!(!settings.is_on("SessionCheckRemoteIP"), "not valid");
    assert_eq!(settings.integer("SessionMaxTime"), 600, "modified");
    assert_eq!(
        settings.integer("SessionMaxIdleTime"),
        7_200,
        "not deployed"
    );
    let password = settings.value("PreferencesGroups###Password");
    assert_eq!(
        password.get("PasswordMaxLoginFailed"),
        Some(&compat::Value::text("5"))
    );

    deploy(&db).await;
    let start = Instant::now();
    while app.settings.current().integer("SessionMaxIdleTime") != 60 {
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "two seconds are over"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
