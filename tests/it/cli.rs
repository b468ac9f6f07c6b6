//! The command line, as people type it.

use std::process::{Command, Output};

use otterdesk::server::{self, ROUTES};
use schema::testing;

use crate::support::TestApp;

const WEB_SERVICE: &str = include_str!("../../fixtures/web_service/rest.yml");

fn otterdesk(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_otterdesk"))
        .args(arguments)
        .env_remove("OTTERDESK_DATABASE_URL")
        .env_remove("OTTERDESK_OTRS_HOME")
        .env_remove("OTTERDESK_CONFIG")
        .env("OTTERDESK_ADMIN_PASSWORD", "secret")
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().to_owned()
}

/// One line on the error output, nothing else, and a failure.
fn complaint(arguments: &[&str]) -> String {
    let output = otterdesk(arguments);
    assert!(!output.status.success(), "{arguments:?}");
    assert_eq!(text(&output.stdout), "");
    let complaint = text(&output.stderr);
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    complaint
}

#[test]
fn the_manifest_names_every_url() {
    let output = otterdesk(&["routes"]);
    insta::assert_snapshot!(text(&output.stdout), @r"
    GET  /health                                                        whether the server and its database answer
    any  /otrs/nph-genericinterface.pl/Webservice/{name}/{route}        a web service by its name
    any  /otrs/nph-genericinterface.pl/WebserviceID/{id}/{route}        a web service by its number
    ");
}

#[actix_web::test]
async fn the_manifest_is_what_the_server_serves() {
    let app = TestApp::start().await;
    let id = app.web_service("Example", WEB_SERVICE).await;
    for route in ROUTES {
        let alias = if route.under_alias { "/otrs" } else { "" };
        let path = route.path.replace("{name}", "Example");
        let path = path.replace("{id}", &id.to_string());
        let uri = format!("{alias}{}", path.replace("{route}", "Session"));
        let answer = app
            .call(actix_web::test::TestRequest::get().uri(&uri))
            .await;
        // A web service that is found speaks for itself, here about a route that it does not have.
        assert_ne!(answer.body, "", "{uri}");
    }
    let nowhere = actix_web::test::TestRequest::get().uri("/otrs/nowhere.pl");
    assert_eq!(app.call(nowhere).await.line(), "404 ");
    assert_eq!(server::script_path("otrs/"), "/otrs");
}

#[test]
fn wrong_input_gets_one_clear_line() {
    assert_eq!(
        complaint(&[
            "settings",
            "get",
            "Ticket::Hoook",
            "--database-url",
            "sqlite:x"
        ]),
        "otterdesk: `Ticket::Hoook` is no setting that this server knows; try `otterdesk settings list`"
    );
    assert_eq!(
        complaint(&["settings", "list"]),
        "otterdesk: which database? Give --database-url, or --otrs-home for the one in Kernel/Config.pm, or `url` under [database] in otterdesk.toml"
    );
    assert_eq!(
        complaint(&["serve", "--database-url", "oracle://u:secret@host/x"]),
        "otterdesk: the database address `oracle://u:…@host/x` is not understood: it starts with mysql://, postgres:// or sqlite:"
    );
    let complaint = complaint(&["settings", "list", "--otrs-home", "/nowhere"]);
    assert!(
        complaint.starts_with("otterdesk: /nowhere/Kernel/Config.pm: "),
        "{complaint}"
    );
    let unknown = otterdesk(&["server"]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[actix_web::test]
async fn a_new_database_is_created_examined_and_read() {
    let database = testing::fresh().await;
    let on = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["--database-url", &database.url]);
        otterdesk(&all)
    };
    let empty = on(&["settings", "list"]);
    assert!(
        text(&empty.stderr).contains("the database is empty"),
        "{empty:?}"
    );

    let created = on(&["schema", "create"]);
    assert!(created.status.success(), "{created:?}");
    let again = on(&["schema", "create"]);
    assert!(!again.status.success());
    assert!(text(&again.stderr).contains("not empty"), "{again:?}");
    let checked = on(&["schema", "check", "--format", "json"]);
    assert!(checked.status.success(), "{checked:?}");

    let setting = on(&["settings", "get", "ScriptAlias"]);
    insta::assert_snapshot!(text(&setting.stdout), @r"
    otrs/
    # The path under which the scripts are served, without the leading slash.
    # from: default
    ");
}
