//! The doors for mail as processes of their own.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    os::unix::fs::symlink,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use schema::{Db, flavours::ZNUNY_6_5, tables as t, testing};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use crate::{
    notification::{event::notification, mails},
    support::now,
};

const BINARY: &str = env!("CARGO_BIN_EXE_otterdesk");
const MESSAGE: &str = "From: Anna <anna@example.com>\nTo: help@example.com\nSubject: one\nX-OTRS-Priority: 5 very high\n\nHello\n";

fn command(program: &Path, arguments: &[&str], url: &str) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("OTTERDESK_DATABASE_URL", url)
        .env_remove("OTTERDESK_OTRS_HOME")
        .env_remove("OTTERDESK_CONFIG")
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn pipe(program: &Path, arguments: &[&str], url: &str, message: &str) -> (Option<i32>, Output) {
    let mut child = command(program, arguments, url).spawn().unwrap();
    // A process that looks at its options only does not read.
    let _ = child.stdin.take().unwrap().write_all(message.as_bytes());
    let output = child.wait_with_output().unwrap();
    (output.status.code(), output)
}

/// Queue and priority of each ticket with this title.
async fn tickets(db: &Db) -> Vec<(i32, i16)> {
    let query = Query::select()
        .columns([t::Ticket::QueueId])
        .column(t::Ticket::TicketPriorityId)
        .from(t::Ticket::Table)
        .and_where(Expr::col(t::Ticket::Title).eq("one"))
        .order_by(t::Ticket::Id, Order::Asc)
        .to_owned();
    db.read().await.unwrap().fetch_all(&query).await.unwrap()
}

#[actix_web::test]
async fn gateways_need_not_know_that_the_program_behind_the_pipe_is_another() {
    let (database, db) = testing::fresh_with_schema(&ZNUNY_6_5, "", now()).await;
    let folder = tempfile::tempdir().unwrap();
    let [post_master, console] = ["otrs.PostMaster.pl", "otrs.Console.pl"].map(|name| {
        let path = folder.path().join(name);
        symlink(BINARY, &path).unwrap();
        path
    });
    let read = "Maint::PostMaster::Read";
    let calls: [(&Path, Vec<&str>, (i32, i16)); 5] = [
        (Path::new(BINARY), vec!["mail", "read"], (2, 5)),
        (&post_master, vec![], (2, 5)),
        (&post_master, vec!["-q", "Junk", "-t", "0"], (3, 3)),
        (
            &console,
            vec![read, "--target-queue", "Junk", "--untrusted", "--quiet"],
            (3, 3),
        ),
        (
            Path::new(BINARY),
            vec!["console", read, "--no-ansi"],
            (2, 5),
        ),
    ];
    let mut expected = Vec::new();
    for (program, arguments, ticket) in calls {
        let (code, output) = pipe(program, &arguments, &database.url, MESSAGE);
        assert_eq!(code, Some(0), "{arguments:?}: {output:?}");
        assert!(output.stdout.is_empty());
        expected.push(ticket);
        assert_eq!(tickets(&db).await, expected, "{arguments:?}");
    }
    let (code, _) = pipe(&console, &[read], &database.url, "");
    assert_eq!(code, Some(1));
    for wrong in ["--nope", "word"] {
        let (code, _) = pipe(&console, &[read, wrong], &database.url, MESSAGE);
        assert_eq!(code, Some(1));
    }
    assert_eq!(tickets(&db).await.len(), 5);
    db.close().await;
}

#[actix_web::test]
async fn people_are_told_of_a_mail_also_where_no_server_runs() {
    let (database, db) = testing::fresh_with_schema(&ZNUNY_6_5, "", now()).await;
    let mut tx = db.begin().await.unwrap();
    let items = [
        ("Events", "TicketCreate"),
        ("RecipientEmail", "team@desk.example"),
        ("Transports", "Email"),
    ];
    notification(&mut tx, 100, &items, "s", "new").await;
    tx.commit().await.unwrap();
    let (code, output) = pipe(Path::new(BINARY), &["mail", "read"], &database.url, MESSAGE);
    assert_eq!(code, Some(0), "{output:?}");
    let mut tx = db.read().await.unwrap();
    assert_eq!(mails(&mut tx).await, ["team@desk.example"]);
    drop(tx);
    db.close().await;
}

#[actix_web::test]
async fn nothing_bounces_when_the_database_is_away() {
    for url in [
        "postgres://nobody@127.0.0.1:1/otrs",
        "mysql://nobody@127.0.0.1:1/otrs",
        "sqlite:/nowhere/at/all.db",
        "what:is/this",
    ] {
        let (code, output) = pipe(Path::new(BINARY), &["mail", "read"], url, MESSAGE);
        assert_eq!(code, Some(75), "{url}: {output:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("otterdesk: "), "{error}");
    }
}

#[actix_web::test]
async fn a_process_that_is_killed_leaves_nothing_behind() {
    let (database, db) = testing::fresh_with_schema(&ZNUNY_6_5, "", now()).await;
    let mut child: Child = command(Path::new(BINARY), &["mail", "read"], &database.url)
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(MESSAGE.as_bytes()).unwrap();
    input.flush().unwrap();
    std::thread::sleep(Duration::from_millis(200));
    // Half a message is none: it ends with the input.
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(tickets(&db).await, []);
    db.close().await;
}

#[actix_web::test]
async fn a_listening_process_ends_when_it_is_told_to() {
    let (database, db) = testing::fresh_with_schema(&ZNUNY_6_5, "", now()).await;
    let arguments = [
        "mail",
        "listen",
        "--at",
        "127.0.0.1:0",
        "--target-queue",
        "Junk",
    ];
    let mut child = command(Path::new(BINARY), &arguments, &database.url)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    let port: u16 = line.rsplit_once(' ').unwrap().1.parse().unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let message = MESSAGE.replace('\n', "\r\n");
    write!(
        stream,
        "LHLO test\r\nMAIL FROM:<a@b>\r\nRCPT TO:<b@b>\r\nDATA\r\n{message}.\r\nQUIT\r\n"
    )
    .unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert!(
        answers.contains("250 2.0.0 the message is in the database"),
        "{answers}"
    );
    // Who is not trusted has no say in priorities.
    assert_eq!(tickets(&db).await, [(3, 3)]);
    let pid = child.id().to_string();
    assert!(Command::new("kill").arg(pid).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    db.close().await;
}
