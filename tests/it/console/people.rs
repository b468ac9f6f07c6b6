//! Agents, groups, roles, customer users and companies.

use otterdesk::{
    access::{self, Permission},
    auth::password,
    directory::{self, UserId},
};
use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{complaint, run, said};
use crate::support::TestApp;

#[actix_web::test]
async fn an_agent_is_added_and_can_sign_in_and_use_the_groups() {
    let app = TestApp::start().await;
    let out = said(
        &app,
        "Admin::User::Add --user-name a1 --first-name A --last-name=One --email-address a1@mail.example \
         --password geheim --group users --group admin",
    )
    .await;
    assert_eq!(
        out,
        "Adding a new user...\nUser added to group 'users'\nUser added to group 'admin'\nDone."
    );
    let agent = password::agent(&app.app, None, "a1", "geheim")
        .await
        .unwrap()
        .unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    let admin = access::in_group(&mut tx, &app.app.recent, &agent, "admin", Permission::Rw)
        .await
        .unwrap();
    assert!(admin);
    let known =
        directory::preferences::list(&mut tx, directory::preferences::Owner::Agent(agent.id))
            .await
            .unwrap();
    assert_eq!(known["UserEmail"].as_deref(), Some("a1@mail.example"));
    drop(tx);

    let again = "Admin::User::Add --user-name a1 --first-name A --last-name One --email-address b@mail.example";
    assert_eq!(
        complaint(&app, again).await,
        "A user with the username 'a1' already exists.\nError: Can't add user."
    );
    let wrong = "Admin::User::Add --user-name a2 --first-name A --last-name One --email-address a@example.com";
    assert_eq!(
        complaint(&app, wrong).await,
        "Email address (a@example.com) not valid!\nError: Can't add user."
    );
    let group = "Admin::User::Add --user-name a3 --first-name A --last-name One --email-address a3@mail.example --group nope";
    assert_eq!(
        complaint(&app, group).await,
        "Error: Group 'nope' does not exist."
    );
    let mut tx = app.app.db.read().await.unwrap();
    assert!(
        directory::agent_by_login(&mut tx, "a3")
            .await
            .unwrap()
            .is_none()
    );
}

#[actix_web::test]
async fn passwords_are_set_and_made() {
    let app = TestApp::start().await;
    said(
        &app,
        "Admin::User::Add --user-name a1 --first-name A --last-name One --email-address a1@mail.example",
    )
    .await;
    assert_eq!(
        said(&app, "Admin::User::SetPassword a1 new").await,
        "Successfully set password for user 'a1'."
    );
    assert!(
        password::agent(&app.app, None, "a1", "new")
            .await
            .unwrap()
            .is_some()
    );
    let out = said(&app, "Admin::User::SetPassword a1").await;
    let made = out.split('\'').nth(1).unwrap();
    assert_eq!(made.len(), 12);
    assert!(
        password::agent(&app.app, None, "a1", made)
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(
        complaint(&app, "Admin::User::SetPassword nobody").await,
        "Error: No user found with login 'nobody'!"
    );

    said(
        &app,
        "Admin::CustomerUser::Add --user-name c1 --first-name C --last-name One --email-address c1@mail.example \
         --customer-id comp --password geheim",
    )
    .await;
    assert!(
        password::customer(&app.app, None, "c1", "geheim")
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(
        said(&app, "Admin::CustomerUser::SetPassword c1 neu").await,
        "Setting password for user c1...\nSuccessfully set password for customer user 'c1'."
    );
    assert!(
        password::customer(&app.app, None, "c1", "neu")
            .await
            .unwrap()
            .is_some()
    );
    let nobody = run(&app, "Admin::CustomerUser::SetPassword nope").await;
    assert_eq!(nobody.out, "Setting password for user nope...");
    assert_eq!(
        nobody.err,
        "Error: No customer user found with login 'nope'!"
    );
}

/// Rights of an agent in the group `stats`.
async fn rights(app: &TestApp, agent: UserId) -> Vec<String> {
    use t::{GroupUser as G, PermissionGroups as P};
    let query = Query::select()
        .column((G::Table, G::PermissionKey))
        .from(G::Table)
        .inner_join(
            P::Table,
            Expr::col((P::Table, P::Id)).equals((G::Table, G::GroupId)),
        )
        .and_where(Expr::col((P::Table, P::Name)).eq("stats"))
        .and_where(Expr::col((G::Table, G::UserId)).eq(agent))
        .order_by((G::Table, G::PermissionKey), Order::Asc)
        .to_owned();
    let rows: Vec<(String,)> = app
        .app
        .db
        .read()
        .await
        .unwrap()
        .fetch_all(&query)
        .await
        .unwrap();
    rows.into_iter().map(|(key,)| key).collect()
}

#[actix_web::test]
async fn agents_get_rights_by_groups_and_by_roles() {
    let app = TestApp::start().await;
    said(
        &app,
        "Admin::User::Add --user-name a1 --first-name A --last-name One --email-address a1@mail.example",
    )
    .await;
    let mut tx = app.app.db.read().await.unwrap();
    let agent = directory::agent_by_login(&mut tx, "a1")
        .await
        .unwrap()
        .unwrap();
    drop(tx);
    for permission in ["ro", "ro", "create"] {
        let line = format!(
            "Admin::Group::UserLink --user-name a1 --group-name stats --permission {permission}"
        );
        assert_eq!(
            said(&app, &line).await,
            "Trying to link user a1 to group stats...\nDone."
        );
        assert_eq!(
            rights(&app, agent.id).await,
            [permission],
            "nothing but the last one"
        );
    }
    assert_eq!(
        said(&app, "Admin::Role::Add --name r1").await,
        "Adding a new role...\nDone"
    );
    assert_eq!(
        complaint(&app, "Admin::Role::Add --name r1").await,
        "A role with the name 'r1' already exists.\nError: Can't add role"
    );
    for _ in 0..2 {
        assert_eq!(
            said(&app, "Admin::Role::UserLink --user-name a1 --role-name r1").await,
            "Trying to link user a1 to role r1...\nDone."
        );
    }
    assert_eq!(
        said(
            &app,
            "Admin::Group::Add --name sales --comment For_sales --quiet"
        )
        .await,
        ""
    );
    let words = [
        "Admin::Group::RoleLink",
        "--role-name",
        "r1",
        "--group-name",
        "sales",
    ];
    for permissions in [&["ro", "note"][..], &["move_into"]] {
        let mut words: Vec<String> = words.map(str::to_owned).into();
        for permission in permissions {
            words.push(format!("--permission={permission}"));
        }
        let answer = super::run_words(&app, &words).await;
        assert_eq!(answer.code, 0, "{answer:?}");
        for (key, permission) in [
            ("note", Permission::Note),
            ("move_into", Permission::MoveInto),
        ] {
            let mut tx = app.app.db.read().await.unwrap();
            let has = access::in_group(&mut tx, &app.app.recent, &agent, "sales", permission)
                .await
                .unwrap();
            assert_eq!(has, permissions.contains(&key), "{permissions:?}");
        }
    }
    for (line, expected) in [
        (
            "Admin::Group::Add --name users",
            "A group with the name 'users' already exists.\nError: Can't create group.",
        ),
        (
            "Admin::Group::UserLink --user-name nope --group-name stats --permission ro",
            "Error: User nope does not exist.",
        ),
        (
            "Admin::Group::UserLink --user-name a1 --group-name nope --permission ro",
            "Error: Group nope does not exist.",
        ),
        (
            "Admin::Group::UserLink --user-name a1 --group-name stats --permission note",
            "Error: please provide a valid value for option '--permission'.",
        ),
        (
            "Admin::Group::RoleLink --role-name nope --group-name stats --permission ro",
            "Error: Role nope does not exist.",
        ),
        (
            "Admin::Role::UserLink --user-name a1 --role-name nope",
            "Error: Role nope does not exist.",
        ),
        (
            "Admin::Group::CustomerLink --customer-user-login nope --group-name stats --permission ro",
            "Error: Customer nope does not exist.",
        ),
    ] {
        assert_eq!(complaint(&app, line).await, expected);
    }
}

#[actix_web::test]
async fn customer_users_and_companies_are_added_once() {
    let app = TestApp::start().await;
    let add = "Admin::CustomerUser::Add --first-name C --last-name One --customer-id comp";
    assert_eq!(
        said(
            &app,
            &format!("{add} --user-name c1 --email-address c1@mail.example")
        )
        .await,
        "Adding a new customer user...\nDone."
    );
    assert_eq!(
        complaint(
            &app,
            &format!("{add} --user-name c1 --email-address c2@mail.example")
        )
        .await,
        "Customer user \"c1\" already exists.\nError: Can't add customer user."
    );
    assert_eq!(
        complaint(
            &app,
            &format!("{add} --user-name c2 --email-address C1@mail.example")
        )
        .await,
        "This email address is already in use for another customer user.\nError: Can't add customer user."
    );
    let mut tx = app.app.db.read().await.unwrap();
    let settings = app.app.settings.current();
    let row = directory::record::customer(&mut tx, &settings, "c1")
        .await
        .unwrap()
        .unwrap();
    let column = |name: &str| row.column(name).flatten();
    let columns = ["title", "comments", "change_by"].map(column);
    assert_eq!(columns, ["", "", "1"].map(|text| Some(text.to_owned())));
    assert_eq!((row.customer_id.as_str(), row.valid), ("comp", true));
    drop(tx);
    said(
        &app,
        "Admin::Group::CustomerLink --customer-user-login c1 --group-name stats --permission rw",
    )
    .await;

    let company = "Admin::CustomerCompany::Add --customer-id comp --name Company --zip 1";
    assert_eq!(
        said(&app, company).await,
        "Adding a new customer company...\nDone."
    );
    for line in [
        company,
        "Admin::CustomerCompany::Add --customer-id other --name Company",
    ] {
        let text = complaint(&app, line).await;
        assert!(
            text.ends_with("\nError: Can't add customer company."),
            "{text}"
        );
    }
    let mut tx = app.app.db.read().await.unwrap();
    let settings = app.app.settings.current();
    let row = directory::record::company(&mut tx, &settings, "comp")
        .await
        .unwrap()
        .unwrap();
    let column = |name: &str| row.column(name).flatten();
    assert_eq!(
        (column("zip").as_deref(), column("city")),
        (Some("1"), None)
    );
}
