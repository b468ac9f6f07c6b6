//! Settings that are changed in the tables. What is expected here the reference system wrote for the same command lines.

use otterdesk::settings::{Origin, Sources};
use schema::{LongText, Tx, new_row, tables as t};
use sea_query::{Expr, Order, Query};

use super::{complaint, run, run_words, said};
use crate::support::{TestApp, now};

/// Said where no home of the Perl system is known.
const HINT: &str = "The Perl system sees this after Maint::Cache::Delete and Maint::Config::Sync of its own; with \
    --otrs-home both are done here.";

const TEXT: &str = "# OTRS config file (automatically generated)\nsub Load {\n    my ($File, $Self) = @_;\n\
    $Self->{'CurrentDeploymentID'} = '1';\n$Self->{'SessionMaxTime'} =  '57600';\n$Self->{'Ticket::HookDivider'} =  '';\n    \
    return;\n}\n1;\n";

/// A setting as it was delivered, with its version.
async fn setting(tx: &mut Tx, name: &str, value: &str, item: &str) {
    use t::{SysconfigDefault as D, SysconfigDefaultVersion as V};
    let parsed = format!("---\nName: {name}\nValue:\n- Item:\n  - {item}\n");
    let [empty, value, parsed] = ["", value, &parsed].map(|text| tx.long_text(text));
    let row = new_row(
        D::Table,
        [
            (D::Name, name.into()),
            (D::Description, Expr::val(empty.clone())),
            (D::Navigation, "Core".into()),
            (D::IsInvisible, 0_i16.into()),
            (D::IsReadonly, 0_i16.into()),
            (D::IsRequired, 0_i16.into()),
            (D::IsValid, 1_i16.into()),
            (D::HasConfiglevel, 0_i16.into()),
            (D::UserModificationPossible, 0_i16.into()),
            (D::UserModificationActive, 0_i16.into()),
            (D::XmlContentRaw, Expr::val(empty.clone())),
            (D::XmlContentParsed, Expr::val(parsed.clone())),
            (D::XmlFilename, "Ticket.xml".into()),
            (D::EffectiveValue, Expr::val(value.clone())),
            (D::IsDirty, 0_i16.into()),
            (D::ExclusiveLockGuid, "abc".into()),
            (D::CreateTime, now().into()),
            (D::CreateBy, 1.into()),
            (D::ChangeTime, now().into()),
            (D::ChangeBy, 1.into()),
        ],
    );
    let id = i32::try_from(tx.insert(&row).await.unwrap()).unwrap();
    let row = new_row(
        V::Table,
        [
            (V::SysconfigDefaultId, id.into()),
            (V::Name, name.into()),
            (V::Description, Expr::val(empty.clone())),
            (V::Navigation, "Core".into()),
            (V::IsInvisible, 0_i16.into()),
            (V::IsReadonly, 0_i16.into()),
            (V::IsRequired, 0_i16.into()),
            (V::IsValid, 1_i16.into()),
            (V::HasConfiglevel, 0_i16.into()),
            (V::UserModificationPossible, 0_i16.into()),
            (V::UserModificationActive, 0_i16.into()),
            (V::XmlContentRaw, Expr::val(empty)),
            (V::XmlContentParsed, Expr::val(parsed)),
            (V::XmlFilename, "Ticket.xml".into()),
            (V::EffectiveValue, Expr::val(value)),
            (V::CreateTime, now().into()),
            (V::CreateBy, 1.into()),
            (V::ChangeTime, now().into()),
            (V::ChangeBy, 1.into()),
        ],
    );
    tx.execute_one(&row).await.unwrap();
}

async fn start() -> TestApp {
    use t::SysconfigDeployment as D;
    let app = TestApp::start().await;
    let mut tx = app.app.db.begin().await.unwrap();
    let text = "ValueRegex: ''\n    ValueType: String";
    setting(&mut tx, "Ticket::HookDivider", "--- ''\n", text).await;
    let number = "ValueRegex: ^[0-9]{1,8}$\n    ValueType: String";
    setting(&mut tx, "SessionMaxTime", "--- '57600'\n", number).await;
    let value = tx.long_text(TEXT);
    let row = new_row(
        D::Table,
        [
            (D::EffectiveValue, Expr::val(value)),
            (D::CreateTime, now().into()),
            (D::CreateBy, 1.into()),
        ],
    );
    tx.execute_one(&row).await.unwrap();
    tx.commit().await.unwrap();
    app
}

/// Name, value, whether it is dirty.
async fn modified(app: &TestApp) -> Vec<(String, String, i16)> {
    use t::SysconfigModified as M;
    let query = Query::select()
        .columns([M::Name, M::EffectiveValue, M::IsDirty])
        .from(M::Table)
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(String, LongText, i16)> = tx.fetch_all(&query).await.unwrap();
    rows.into_iter()
        .map(|(name, value, dirty)| (name, value.0, dirty))
        .collect()
}

/// Value, whether it was reset.
async fn versions(app: &TestApp) -> Vec<(String, i16)> {
    use t::SysconfigModifiedVersion as V;
    let query = Query::select()
        .columns([V::EffectiveValue, V::ResetToDefault])
        .from(V::Table)
        .order_by(V::Id, Order::Asc)
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(LongText, i16)> = tx.fetch_all(&query).await.unwrap();
    rows.into_iter()
        .map(|(value, reset)| (value.0, reset))
        .collect()
}

async fn deployments(app: &TestApp) -> Vec<(Option<String>, String)> {
    use t::SysconfigDeployment as D;
    let query = Query::select()
        .columns([D::Comments, D::EffectiveValue])
        .from(D::Table)
        .order_by(D::Id, Order::Asc)
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(Option<String>, LongText)> = tx.fetch_all(&query).await.unwrap();
    rows.into_iter()
        .map(|(comments, text)| (comments, text.0))
        .collect()
}

#[actix_web::test]
async fn a_setting_is_changed_deployed_and_reset() {
    let app = start().await;
    let update = "Admin::Config::Update --setting-name Ticket::HookDivider";
    let done = format!("Updating setting value...\n\n{HINT}\n\nDone.");
    assert_eq!(said(&app, &format!("{update} --value -x-")).await, done);
    let row = |value: &str, dirty| {
        (
            "Ticket::HookDivider".to_owned(),
            format!("--- {value}\n"),
            dirty,
        )
    };
    assert_eq!(modified(&app).await, [row("-x-", 0)]);
    assert_eq!(versions(&app).await, [("--- -x-\n".to_owned(), 0)]);
    let deployed = deployments(&app).await;
    let comments = Some("Admin::Config::Update Ticket::HookDivider".to_owned());
    let text = TEXT
        .replace("= '1'", "= '2'")
        .replace("Divider'} =  ''", "Divider'} =  '-x-'");
    assert_eq!(deployed[1..], [(comments, text)]);
    let mut tx = app.app.db.read().await.unwrap();
    let settings = Sources::default().load(&mut tx).await.unwrap();
    assert_eq!(settings.text("Ticket::HookDivider"), "-x-");
    assert_eq!(settings.origin("Ticket::HookDivider"), Origin::Database);

    said(&app, &format!("{update} --value -z- --no-deploy")).await;
    assert_eq!(modified(&app).await, [row("-z-", 1)]);
    let mut tx = app.app.db.read().await.unwrap();
    let settings = Sources::default().load(&mut tx).await.unwrap();
    assert_eq!(
        settings.text("Ticket::HookDivider"),
        "-x-",
        "what is not deployed does not count"
    );

    assert_eq!(
        said(&app, &format!("{update} --reset")).await,
        format!("Resetting setting value...\n\n{HINT}\n\nDone.")
    );
    assert_eq!(modified(&app).await, []);
    assert_eq!(versions(&app).await[1..], [("--- ''\n".to_owned(), 1)]);
    assert_eq!(deployments(&app).await[2].1, TEXT.replace("= '1'", "= '3'"));
    assert_eq!(
        said(&app, &format!("{update} --valid 0")).await,
        format!("Updating setting valid state...\n\n{HINT}\n\nDone.")
    );
    assert!(
        deployments(&app).await[3]
            .1
            .contains("\ndelete $Self->{'Ticket::HookDivider'};\n")
    );
    said(&app, "Admin::Config::UnlockAll").await;
    said(&app, "Maint::Config::Sync").await;
}

#[actix_web::test]
async fn wrong_values_and_names_are_told() {
    let app = start().await;
    let wrong = run(
        &app,
        "Admin::Config::Update --setting-name SessionMaxTime --value abc",
    )
    .await;
    assert_eq!(
        (wrong.code, wrong.err.as_str()),
        (
            0,
            "EffectiveValue is invalid! EffectiveValue not valid - regex '^[0-9]{1,8}$'!"
        )
    );
    assert_eq!(modified(&app).await, []);
    let update = "Admin::Config::Update --setting-name";
    for (line, expected) in [
        (
            "Nope --value x",
            "Setting Nope is invalid!\nError: setting-name is invalid!",
        ),
        ("SessionMaxTime", "Error: source-path or value is required!"),
        (
            "SessionMaxTime --value 1 --source-path /nowhere",
            "Error: source-path or value is required but not both!",
        ),
        (
            "SessionMaxTime --source-path /nowhere",
            "Error: File /nowhere does not exists!",
        ),
        (
            "SessionMaxTime --valid 2",
            "Error: please provide a valid value for option '--valid'.",
        ),
    ] {
        assert_eq!(complaint(&app, &format!("{update} {line}")).await, expected);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("value");
    std::fs::write(&path, "--- '60'\n").unwrap();
    let words = [
        "Admin::Config::Update",
        "--setting-name",
        "SessionMaxTime",
        "--source-path",
        path.to_str().unwrap(),
    ];
    let answer = run_words(&app, &words.map(str::to_owned)).await;
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(modified(&app).await[0].1, "--- '60'\n");
}

/// Lists, files and codes are those of the reference system.
#[actix_web::test]
async fn values_that_do_not_fit_are_listed_and_replaced() {
    use t::SysconfigModified as M;
    let app = start().await;
    assert_eq!(
        said(&app, "Admin::Config::ListInvalid").await,
        "All settings are valid."
    );
    said(
        &app,
        "Admin::Config::Update --setting-name SessionMaxTime --value 5",
    )
    .await;
    let mut tx = app.app.db.begin().await.unwrap();
    let value = tx.long_text("--- abc\n");
    let update = Query::update()
        .table(M::Table)
        .value(M::EffectiveValue, value)
        .to_owned();
    tx.execute_one(&update).await.unwrap();
    tx.commit().await.unwrap();

    let listed = run(&app, "Admin::Config::ListInvalid").await;
    assert_eq!(listed.code, 1);
    assert_eq!(
        listed.out,
        "The following settings have an invalid value:\n    SessionMaxTime = 'abc';"
    );
    let left = said(&app, "Admin::Config::FixInvalid --non-interactive").await;
    assert!(
        left.starts_with("Warning: SessionMaxTime is not an entity value type, skipping..."),
        "{left}"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("values.yml");
    std::fs::write(&path, "---\nSessionMaxTime: '55'\n").unwrap();
    let words = [
        "Admin::Config::FixInvalid",
        "--values-from-path",
        path.to_str().unwrap(),
    ];
    let fixed = run_words(&app, &words.map(str::to_owned)).await;
    assert_eq!(fixed.code, 0, "{fixed:?}");
    assert!(
        fixed
            .out
            .starts_with("Corrected setting via input file: SessionMaxTime")
            && fixed.out.ends_with("Deployment successful."),
        "{}",
        fixed.out
    );
    assert_eq!(
        said(&app, "Admin::Config::ListInvalid").await,
        "All settings are valid."
    );
    let rebuilt = said(&app, "Maint::Config::Rebuild --cleanup").await;
    assert!(rebuilt.starts_with("Rebuilding the system configuration..."));
}
