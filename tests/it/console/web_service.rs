//! Web services.

use compat::yaml;

use super::{complaint, run_words, said};
use crate::support::TestApp;

const WEB_SERVICE: &str = include_str!("../../../fixtures/web_service/rest.yml");

#[actix_web::test]
async fn web_services_are_added_changed_dumped_and_deleted() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (source, target, broken) = (path("source.yml"), path("target.yml"), path("broken.yml"));
    std::fs::write(&source, WEB_SERVICE).unwrap();
    std::fs::write(&broken, "a: [").unwrap();
    let words =
        |words: &[&str]| -> Vec<String> { words.iter().map(|it| (*it).to_owned()).collect() };
    let add = words(&[
        "Admin::WebService::Add",
        "--name",
        "new",
        "--source-path",
        &source,
    ]);

    let added = run_words(&app, &add).await;
    assert_eq!(
        (added.code, added.out.as_str()),
        (0, "Creating web service...\nDone."),
        "{added:?}"
    );
    let again = run_words(&app, &add).await;
    assert_eq!(
        (again.code, again.err.as_str()),
        (
            1,
            "Error: A web service with name new already exists in this system."
        )
    );
    assert_eq!(
        said(&app, "Admin::WebService::List").await,
        "Listing all web services...\n  new (1)\nDone."
    );
    for _ in 0..2 {
        let update = words(&[
            "Admin::WebService::Update",
            "--webservice-id",
            "1",
            "--source-path",
            &source,
        ]);
        let updated = run_words(&app, &update).await;
        assert_eq!(
            (updated.code, updated.out.as_str()),
            (0, "Updating web service...\nDone.")
        );
    }
    let dump = words(&[
        "Admin::WebService::Dump",
        "--webservice-id=1",
        "--target-path",
        &target,
    ]);
    assert_eq!(
        run_words(&app, &dump).await.out,
        "Dumping web service...\nDone."
    );
    let dumped = std::fs::read_to_string(&target).unwrap();
    assert_eq!(
        yaml::read(&dumped).unwrap(),
        yaml::read(WEB_SERVICE).unwrap()
    );

    let wrong = words(&[
        "Admin::WebService::Add",
        "--name",
        "other",
        "--source-path",
        &broken,
    ]);
    let wrong = run_words(&app, &wrong).await;
    assert_eq!(
        (wrong.code, wrong.out.as_str()),
        (1, "Creating web service...")
    );
    for (line, expected) in [
        (
            "Admin::WebService::Add --name x --source-path /nope",
            "Error: Source file /nope does not exist / is not readable.",
        ),
        (
            "Admin::WebService::Delete --webservice-id 99",
            "Error: A web service with the ID 99 does not exists in this system.",
        ),
        (
            "Admin::WebService::Delete --webservice-id x",
            "Error: please provide a valid value for option '--webservice-id'.",
        ),
    ] {
        assert_eq!(complaint(&app, line).await, expected);
    }
    assert_eq!(
        said(&app, "Admin::WebService::Delete --webservice-id 1").await,
        "Deleting web service...\nDone."
    );
    assert_eq!(
        said(&app, "Admin::WebService::List").await,
        "Listing all web services...\nDone."
    );
}
