//! The console: what commands say, with which exit code they end, and which rows they leave. What is expected here the
//! reference system's console did with the same command lines.

mod config;
mod link;
mod maintenance;
mod people;
mod queue;
mod ticket;
mod web_service;

use otterdesk::console::{self, Output, Program};

use crate::support::TestApp;

/// What a command line did.
#[derive(Debug, Eq, PartialEq)]
pub struct Answer {
    pub code: u8,
    pub out: String,
    pub err: String,
}

/// Runs a command line; its words are separated by blanks, and an underscore stands for a blank within a word.
pub async fn run(app: &TestApp, line: &str) -> Answer {
    let words: Vec<String> = line
        .split_whitespace()
        .map(|word| word.replace('_', " "))
        .collect();
    run_words(app, &words).await
}

pub async fn run_words(app: &TestApp, words: &[String]) -> Answer {
    let program = Program {
        name: "otrs.Console.pl".to_owned(),
    };
    let mut out = Output::keeping();
    let state = app.app.get_ref().clone();
    let code = console::run(&program, words, &mut out, async || Ok(state)).await;
    let (said, complained) = out.kept();
    Answer {
        code,
        out: said.trim_end().to_owned(),
        err: complained.trim_end().to_owned(),
    }
}

/// The standard output of a command that succeeds.
pub async fn said(app: &TestApp, line: &str) -> String {
    let answer = run(app, line).await;
    assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{line}");
    answer.out
}

/// The error output of a command that fails with 1, without the usage that may follow.
pub async fn complaint(app: &TestApp, line: &str) -> String {
    let answer = run(app, line).await;
    assert_eq!(answer.code, 1, "{line}: {answer:?}");
    let complaint = answer.err.split("\n\n").next().unwrap_or_default();
    complaint.to_owned()
}

#[actix_web::test]
async fn an_unknown_command_ends_with_127_and_names_similar_ones() {
    let app = TestApp::start().await;
    let answer = run(&app, "Admin::Role::Ad --name x").await;
    assert_eq!(answer.code, 127);
    assert_eq!(
        answer.err,
        "Error: Could not find Kernel::System::Console::Command::Admin::Role::Ad."
    );
    assert!(answer.out.contains(" Admin::Role::Add "), "{}", answer.out);
    assert!(!answer.out.contains("Admin::Queue::"), "{}", answer.out);
    let answer = run(&app, "xyzzy").await;
    assert!(answer.out.contains("Admin::Queue::Add"), "all of them");
}

#[actix_web::test]
async fn help_shows_options_and_arguments_in_the_form_of_otrs() {
    let app = TestApp::start().await;
    insta::assert_snapshot!(said(&app, "Admin::Group::RoleLink --help").await, @r"
    Give a role rights in a group, in place of those that it has there.

    Usage:
     otrs.Console.pl Admin::Group::RoleLink --role-name ... --group-name ... --permission ... (--permission ...)

    Options:
     --role-name ...                - The role.
     --group-name ...               - The group.
     --permission ... (--permission ...) - A right (ro|move_into|create|note|owner|priority|rw).
     [--help]                       - Show how this command is used.
     [--no-ansi]                    - Do not colour the output.
     [--quiet]                      - Say nothing but what went wrong.
    ");
    insta::assert_snapshot!(said(&app, "Help Admin::User::SetPassword").await, @r"
    Set an agent's password.

    Usage:
     otrs.Console.pl Admin::User::SetPassword user [password]

    Options:
     [--help]                       - Show how this command is used.
     [--no-ansi]                    - Do not colour the output.
     [--quiet]                      - Say nothing but what went wrong.

    Arguments:
     user                           - The agent's login.
     [password]                     - The new password; one is made and shown when it is left out.
    ");
    insta::assert_snapshot!(said(&app, "Search role").await, @r"
    Searching for commands similar to 'role'...
    Admin
     Admin::Group::RoleLink                   - Give a role rights in a group, in place of those that it has there.
     Admin::Role::Add                         - Add a role.
     Admin::Role::UserLink                    - Give an agent a role.
    ");
    assert_eq!(
        said(&app, "Search zzz").await,
        "Searching for commands similar to 'zzz'...\nNo commands found."
    );
    assert_eq!(said(&app, "List --quiet").await, "");
    assert!(said(&app, "").await.contains("\nAdmin\n Admin::"));
}

#[actix_web::test]
async fn wrong_command_lines_get_the_usage_on_the_error_output() {
    let app = TestApp::start().await;
    for (line, expected) in [
        (
            "Admin::Group::Add",
            "Error: please provide option '--name'.",
        ),
        (
            "Admin::Group::Add --foo 1 --name g1",
            "Error: found unknown arguments on the command line ('--foo', '1').",
        ),
        (
            "Search",
            "Error: please provide a value for argument 'searchterm'.",
        ),
    ] {
        let answer = run(&app, line).await;
        assert_eq!((answer.code, answer.out.as_str()), (1, ""), "{line}");
        assert!(answer.err.starts_with(expected), "{}", answer.err);
        assert!(answer.err.contains("\n\nUsage:\n otrs.Console.pl "));
    }
}
