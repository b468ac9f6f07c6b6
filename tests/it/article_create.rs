//! Articles as they are written. The rows are those that the reference system wrote for the same input, times aside.

use chrono::TimeDelta;
use otterdesk::{
    directory::UserId,
    ticket::{
        self, NewTicket, Ticket,
        article::{
            self, ArticleId, AttachmentsCome, Channel, Content, NewArticle, NewAttachment,
            NewChatMessage, SenderType, flag, search_index,
        },
        history::HistoryType,
        time_accounting::SpokenUnits,
        work::Work,
    },
};
use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Order, Query};

use crate::support::TestApp;

/// The queue `Raw`, priority `3 normal` and state `new` of every new database.
async fn ticket(app: &TestApp) -> Ticket {
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let ticket = ticket::create(&mut work, NewTicket::new("artx", 2, 3, 1))
        .await
        .unwrap();
    work.commit().await.unwrap();
    ticket
}

fn note() -> NewArticle {
    NewArticle {
        channel: Channel::Internal,
        visible_for_customer: true,
        from: "\"F L\" <x9139a6@fmt.example>".to_owned(),
        to: "Raw".to_owned(),
        subject: "artx subj".to_owned(),
        body: "artx <b>Hello</b> world, the quick brown fox".to_owned(),
        content_type: "text/plain; charset=utf8".to_owned(),
        history_type: HistoryType::NewTicket,
        history_comment: "%%GenericInterface Create".to_owned(),
        ..NewArticle::default()
    }
}

async fn write(app: &TestApp, ticket: &mut Ticket, new: NewArticle) -> ArticleId {
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let id = article::create(&mut work, ticket, new).await.unwrap();
    work.commit().await.unwrap();
    id
}

async fn history(app: &TestApp, ticket: &Ticket) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    let mut histories = ticket::history::list(&mut tx, &[ticket.id]).await.unwrap();
    let entries = histories.remove(&ticket.id).unwrap_or_default();
    entries
        .into_iter()
        .map(|entry| {
            let of_article = if entry.article_id.is_some() { " +" } else { "" };
            format!("{} {}{of_article}", entry.kind, entry.name)
        })
        .collect()
}

async fn index(app: &TestApp, article: ArticleId) -> Vec<String> {
    let query = Query::select()
        .columns([
            t::ArticleSearchIndex::ArticleKey,
            t::ArticleSearchIndex::ArticleValue,
        ])
        .from(t::ArticleSearchIndex::Table)
        .and_where(Expr::col(t::ArticleSearchIndex::ArticleId).eq(article))
        .order_by(t::ArticleSearchIndex::Id, Order::Asc)
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(String, Option<String>)> = tx.fetch_all(&query).await.unwrap();
    rows.into_iter()
        .map(|(key, value)| format!("{key}={}", value.unwrap_or_default()))
        .collect()
}

async fn parts(app: &TestApp, article: ArticleId) -> Vec<String> {
    type Row = (String, String, String, Option<String>, Option<String>);
    use t::ArticleDataMimeAttachment as A;
    let query = Query::select()
        .columns([
            A::Filename,
            A::ContentType,
            A::ContentSize,
            A::ContentId,
            A::Disposition,
        ])
        .from(A::Table)
        .and_where(Expr::col(A::ArticleId).eq(article))
        .order_by(A::Id, Order::Asc)
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<Row> = tx.fetch_all(&query).await.unwrap();
    rows.into_iter()
        .map(|(name, kind, size, id, disposition)| {
            format!(
                "{name} | {kind} | {size} | {} | {}",
                id.unwrap_or_default(),
                disposition.unwrap_or_default()
            )
        })
        .collect()
}

/// The agents who have read the ticket.
async fn readers(app: &TestApp, ticket: &Ticket) -> Vec<i32> {
    let query = Query::select()
        .column(t::TicketFlag::CreateBy)
        .from(t::TicketFlag::Table)
        .and_where(Expr::col(t::TicketFlag::TicketId).eq(ticket.id))
        .and_where(Expr::col(t::TicketFlag::TicketKey).eq(flag::SEEN))
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(i32,)> = tx.fetch_all(&query).await.unwrap();
    rows.into_iter().map(|(agent,)| agent).collect()
}

#[actix_web::test]
async fn an_article_is_written_with_attachment_history_and_time() {
    use t::ArticleDataMime as M;
    type Row = (
        String,
        String,
        String,
        String,
        String,
        String,
        String,
        String,
    );
    let app = TestApp::start().await;
    let mut ticket = ticket(&app).await;
    let mut new = note();
    new.attachments.push(NewAttachment {
        filename: "hi.txt".to_owned(),
        content_type: "text/plain".to_owned(),
        content: b"hello".to_vec(),
        ..NewAttachment::default()
    });
    new.attachments_come = AttachmentsCome::After;
    new.message_id = "<artx1.385@example.com>".to_owned();
    new.time_units = SpokenUnits::read("5");
    let id = write(&app, &mut ticket, new).await;

    let query = Query::select()
        .columns([
            M::AFrom,
            M::AReplyTo,
            M::ATo,
            M::ASubject,
            M::AMessageIdMd5,
            M::AContentType,
            M::ABody,
            M::ContentPath,
        ])
        .from(M::Table)
        .and_where(Expr::col(M::ArticleId).eq(id))
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let row: Row = tx.fetch_one(&query).await.unwrap();
    drop(tx);
    insta::assert_debug_snapshot!(row, @r#"
    (
        "\"F L\" <x9139a6@fmt.example>",
        "",
        "Raw",
        "artx subj",
        "4b1cf14b98f9956704b0147e570ce625",
        "text/plain; charset=utf8",
        "artx <b>Hello</b> world, the quick brown fox",
        "2026/01/23",
    )
    "#);
    assert_eq!(parts(&app, id).await, ["hi.txt | text/plain | 5 |  | "]);
    assert_eq!(
        history(&app, &ticket).await[1..],
        [
            "NewTicket %%GenericInterface Create +",
            "Misc Reset of unlock time.",
            "TimeAccounting %%5%%5 +"
        ]
    );
    assert_eq!(
        index(&app, id).await,
        [
            "MIMEBase_Body=artx bhello/b world quick brown fox",
            "MIMEBase_From=\"f l\" <x9139a6@fmt.example>",
            "MIMEBase_Subject=artx subj",
            "MIMEBase_To=raw",
        ]
    );
    assert_eq!(readers(&app, &ticket).await, [1]);
}

#[actix_web::test]
async fn html_is_kept_as_text_and_as_the_first_attachment() {
    let app = TestApp::start().await;
    let mut ticket = ticket(&app).await;
    let mut new = note();
    new.subject = "html\r\n one".to_owned();
    new.content_type = "text/html; charset=utf-8".to_owned();
    new.body = "<p>Hello <b>World</b></p><img src=\"cid:inline1@x\"><ul><li>a</li></ul>".to_owned();
    new.attachments = vec![
        NewAttachment {
            filename: "i.png".to_owned(),
            content_type: "image/png".to_owned(),
            content: b"hello".to_vec(),
            content_id: Some("<inline1@x>".to_owned()),
            disposition: Some("inline".to_owned()),
            ..NewAttachment::default()
        },
        NewAttachment {
            filename: "file-2".to_owned(),
            content_type: "image/png".to_owned(),
            content: b"hello".to_vec(),
            ..NewAttachment::default()
        },
    ];
    let id = write(&app, &mut ticket, new).await;

    let mut tx = app.app.db.read().await.unwrap();
    let articles = article::list(&mut tx, &app.app.recent, &[ticket.id])
        .await
        .unwrap();
    drop(tx);
    let Content::Mime(mime) = &articles[&ticket.id][0].content else {
        panic!("no text");
    };
    assert_eq!(mime.subject.as_deref(), Some("html one"));
    assert_eq!(mime.body.as_deref(), Some("\nHello World\n\n - a\n\n"));
    assert_eq!(
        mime.content_type.as_deref(),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(
        parts(&app, id).await,
        [
            "file-2 | text/html; charset=\"utf-8\" | 69 |  | ",
            "i.png | image/png | 5 | <inline1@x> | inline",
            "file-2-1 | image/png | 5 |  | ",
        ]
    );

    // Later the index gets the names of attachments too.
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let settings = work.settings.clone();
    search_index::rebuild(&mut work.tx, &settings, ticket.id, id, mime)
        .await
        .unwrap();
    work.commit().await.unwrap();
    let rows = index(&app, id).await;
    assert_eq!(rows.len(), 5);
    assert_eq!(
        rows[..2],
        [
            "MIMEBase_AttachmentName=file-2-1",
            "MIMEBase_Body=hello world"
        ],
        "neither the text in HTML nor the picture in it"
    );
}

#[actix_web::test]
async fn names_of_attachments_are_indexed_at_once_when_they_come_with_the_article() {
    let app = TestApp::start().await;
    let mut ticket = ticket(&app).await;
    let file = |filename: &str| NewAttachment {
        filename: filename.to_owned(),
        content_type: "text/plain".to_owned(),
        content: b"abc".to_vec(),
        ..NewAttachment::default()
    };
    let name_of = |rows: Vec<String>| {
        let name = rows[0].strip_prefix("MIMEBase_AttachmentName=");
        name.map(str::to_owned)
    };

    let mut new = note();
    new.attachments = vec![file("b.TXT"), file("a.txt")];
    let mut following = new.clone();
    following.attachments_come = AttachmentsCome::After;
    let id = write(&app, &mut ticket, new).await;
    assert_eq!(
        name_of(index(&app, id).await).as_deref(),
        Some("a.txt b.txt")
    );
    let id = write(&app, &mut ticket, following).await;
    assert_eq!(name_of(index(&app, id).await), None);

    let mut picture = note();
    picture.content_type = "image/png".to_owned();
    picture.attachments_come = AttachmentsCome::After;
    let id = write(&app, &mut ticket, picture).await;
    assert_eq!(name_of(index(&app, id).await).as_deref(), Some("unknown"));
}

#[actix_web::test]
async fn the_unlock_time_starts_again_with_agents_and_the_first_answer_of_a_customer() {
    use SenderType::{Agent, Customer, System};
    let app = TestApp::start().await;
    let mut ticket = ticket(&app).await;
    let mut resets = Vec::new();
    for sender_type in [
        Customer, Customer, Agent, System, Customer, Customer, Agent, Agent,
    ] {
        app.app.clock.advance(TimeDelta::seconds(1));
        let before = history(&app, &ticket).await.len();
        let new = NewArticle {
            sender_type,
            ..note()
        };
        write(&app, &mut ticket, new).await;
        let added = history(&app, &ticket).await.split_off(before);
        resets.push(added.contains(&"Misc Reset of unlock time.".to_owned()));
    }
    assert_eq!(resets, [false, false, true, false, true, false, true, true]);
}

#[actix_web::test]
async fn a_ticket_is_read_by_who_has_seen_every_article() {
    let app = TestApp::start().await;
    let mut ticket = ticket(&app).await;
    let first = write(&app, &mut ticket, note()).await;
    assert_eq!(readers(&app, &ticket).await, [1]);

    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    flag::delete(&mut work, first, flag::SEEN).await.unwrap();
    work.commit().await.unwrap();
    write(&app, &mut ticket, note()).await;
    assert_eq!(readers(&app, &ticket).await, [0; 0]);

    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    flag::mark_seen(&mut work, &[first]).await.unwrap();
    flag::mark_seen(&mut work, &[first]).await.unwrap();
    assert!(flag::all_seen(&mut work, ticket.id).await.unwrap());
    work.commit().await.unwrap();
}

#[actix_web::test]
async fn a_chat_is_kept_line_by_line() {
    let app = TestApp::start().await;
    let mut ticket = ticket(&app).await;
    let new = NewArticle {
        channel: Channel::Chat,
        chat: vec![NewChatMessage {
            chatter_id: "1".to_owned(),
            chatter_name: "Ann".to_owned(),
            chatter_type: "User".to_owned(),
            text: "Hello".to_owned(),
            ..NewChatMessage::default()
        }],
        ..note()
    };
    write(&app, &mut ticket, new).await;
    let mut tx = app.app.db.read().await.unwrap();
    let articles = article::list(&mut tx, &app.app.recent, &[ticket.id])
        .await
        .unwrap();
    let Content::Chat(lines) = &articles[&ticket.id][0].content else {
        panic!("no chat");
    };
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].text.as_deref(), Some("Hello"));
}
