//! Merging and deleting tickets. What is expected here the reference system did with tickets like these, on its screen
//! `AgentTicketMerge` and with its command `Maint::Ticket::Delete`.

use compat::Value;
use otterdesk::{
    directory::{self, UserId},
    settings::{Origin, Settings},
    ticket::{
        self, Ticket, TicketId, article, dynamic_field, flag, integrity,
        link::{self, LinkType},
        merge::{self, MergeError},
        time_accounting, watcher,
        work::Work,
    },
};
use schema::{Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, IntoColumnRef, IntoTableRef, Query};

use crate::support::{TestApp, history, insert, new_ticket, now};

async fn count(
    tx: &mut Tx,
    table: impl IntoTableRef,
    column: impl IntoColumnRef + Clone,
    id: i64,
) -> i64 {
    let query = Query::select()
        .expr(Expr::col(column.clone()).count())
        .from(table)
        .and_where(Expr::col(column).eq(id))
        .to_owned();
    let (count,): (i64,) = tx.fetch_one(&query).await.unwrap();
    count
}

async fn text_field(tx: &mut Tx, name: &str) -> otterdesk::dynamic_field::Definition {
    use otterdesk::dynamic_field::{ObjectType, definitions};
    use t::DynamicField as F;
    let columns = [
        (F::InternalField, 0.into()),
        (F::Name, name.into()),
        (F::Label, name.into()),
        (F::FieldOrder, 1.into()),
        (F::FieldType, "Text".into()),
        (F::ObjectType, "Ticket".into()),
        (F::ValidId, 1.into()),
        (F::CreateTime, now().into()),
        (F::CreateBy, 1.into()),
        (F::ChangeTime, now().into()),
        (F::ChangeBy, 1.into()),
    ];
    insert(tx, F::Table, &columns).await;
    let fields = definitions(tx, &[ObjectType::Ticket]).await.unwrap();
    fields[name].clone()
}

/// A ticket that has something in every table.
async fn full_ticket(work: &mut Work<'_>, other: &Ticket) -> Ticket {
    use t::{ArticleSearchIndex as I, Mention as M};
    let (mut ticket, article) = new_ticket(work, "Full").await;
    let time = time_accounting::SpokenUnits::read("5").unwrap();
    time_accounting::add(work, &mut ticket, Some(article), &time)
        .await
        .unwrap();
    let agent = directory::agent(&mut work.tx, UserId::SYSTEM)
        .await
        .unwrap()
        .unwrap();
    watcher::subscribe(work, &mut ticket, &agent).await.unwrap();
    flag::set(work, &mut ticket, UserId::SYSTEM, "mine", "1")
        .await
        .unwrap();
    link::add(work, &ticket, other, LinkType::Normal)
        .await
        .unwrap();
    let columns = [
        (I::TicketId, ticket.id.0.into()),
        (I::ArticleId, article.0.into()),
        (I::ArticleKey, "MIMEBase_Extra".into()),
        (I::ArticleValue, "fire".into()),
    ];
    insert(&mut work.tx, I::Table, &columns).await;
    let key = |id: i64| i32::try_from(id).unwrap();
    let columns = [
        (M::UserId, 1.into()),
        (M::TicketId, key(ticket.id.0).into()),
        (M::ArticleId, key(article.0).into()),
        (M::CreateTime, now().into()),
    ];
    insert(&mut work.tx, M::Table, &columns).await;
    ticket
}

async fn load(work: &mut Work<'_>, id: TicketId) -> Ticket {
    let found = ticket::list(&mut work.tx, &work.app.recent, &[id])
        .await
        .unwrap();
    found.into_iter().next().unwrap()
}

#[actix_web::test]
async fn everything_said_goes_to_the_main_ticket() {
    let app = TestApp::start().await;
    let fields = Value::List(vec!["Copied".into(), "Kept".into()]);
    app.app.settings.replace(Settings::with([(
        "Ticket::MergeDynamicFields".to_owned(),
        fields,
        Origin::Database,
    )]));
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (copied, kept) = (
        text_field(&mut work.tx, "Copied").await,
        text_field(&mut work.tx, "Kept").await,
    );
    let (other, _) = new_ticket(&mut work, "Other").await;
    let (mut main, _) = new_ticket(&mut work, "Main").await;
    let mut merged = full_ticket(&mut work, &other).await;
    link::add(&mut work, &other, &main, LinkType::Normal)
        .await
        .unwrap();
    link::add(&mut work, &main, &merged, LinkType::Normal)
        .await
        .unwrap();
    let (mine, theirs) = (Value::text("mine"), Value::text("theirs"));
    dynamic_field::write(&mut work, &mut merged, &[(&copied, &mine), (&kept, &mine)])
        .await
        .unwrap();
    dynamic_field::write(&mut work, &mut main, &[(&kept, &theirs)])
        .await
        .unwrap();
    work.flush_history().await.unwrap();
    work.commit().await.unwrap();

    app.app.clock.advance(chrono::TimeDelta::minutes(1));
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let before = history(&mut work.tx, main.id).await;
    merge::merge(&mut work, &mut merged, &mut main)
        .await
        .unwrap();
    work.flush_rows().await.unwrap();
    work.flush_history().await.unwrap();

    // The entries of the articles that came over stand before the new ones.
    let after = history(&mut work.tx, main.id).await;
    let pair = format!(
        "{}%%{}%%{}%%{}",
        merged.number, merged.id, main.number, main.id
    );
    let mut known = before;
    let mut new = after;
    new.retain(|entry| {
        let old = known.iter().position(|old| old == entry);
        old.is_none_or(|old| {
            known.remove(old);
            false
        })
    });
    assert_eq!(
        new,
        [
            "AddNote %%Note",
            "TimeAccounting %%5%%5",
            &format!("Merged %%{pair}"),
            &format!(
                "TicketLinkAdd %%{}%%{}%%{}",
                merged.number, merged.id, main.id
            ),
            "TicketDynamicFieldUpdate %%FieldName%%Copied%%Value%%mine%%OldValue%%",
        ]
    );
    let left = history(&mut work.tx, merged.id).await;
    let end = left
        .iter()
        .position(|entry| entry == "AddNote %%Note")
        .unwrap();
    assert_eq!(
        left[end..],
        [
            "AddNote %%Note".to_owned(),
            "Misc Reset of unlock time.".to_owned(),
            format!("Merged %%{pair}"),
            format!(
                "TicketLinkAdd %%{}%%{}%%{}",
                main.number, main.id, merged.id
            ),
            "StateUpdate %%open%%merged%%".to_owned(),
            "SetPendingTime %%00-00-00 00:00".to_owned(),
        ]
    );

    let articles = article::list(&mut work.tx, &work.app.recent, &[main.id, merged.id])
        .await
        .unwrap();
    assert_eq!(
        (articles[&main.id].len(), articles[&merged.id].len()),
        (2, 1)
    );
    let article::Content::Mime(note) = &articles[&merged.id][0].content else {
        panic!("no note");
    };
    assert_eq!(note.subject.as_deref(), Some("Ticket Merged"));
    assert_eq!(
        note.body,
        Some(format!(
            "Merged Ticket {} to {}.",
            merged.number, main.number
        ))
    );
    assert!(articles[&merged.id][0].visible_for_customer);

    let tx = &mut work.tx;
    for (what, from, to) in [
        (
            "accounted time",
            count(
                tx,
                t::TimeAccounting::Table,
                t::TimeAccounting::TicketId,
                merged.id.0,
            )
            .await,
            count(
                tx,
                t::TimeAccounting::Table,
                t::TimeAccounting::TicketId,
                main.id.0,
            )
            .await,
        ),
        (
            "watchers",
            count(
                tx,
                t::TicketWatcher::Table,
                t::TicketWatcher::TicketId,
                merged.id.0,
            )
            .await,
            count(
                tx,
                t::TicketWatcher::Table,
                t::TicketWatcher::TicketId,
                main.id.0,
            )
            .await,
        ),
    ] {
        assert_eq!((from, to), (0, 1), "{what}");
    }
    let extra = |ticket: TicketId| {
        Query::select()
            .expr(Expr::col(t::ArticleSearchIndex::Id).count())
            .from(t::ArticleSearchIndex::Table)
            .and_where(Expr::col(t::ArticleSearchIndex::TicketId).eq(ticket))
            .and_where(Expr::col(t::ArticleSearchIndex::ArticleKey).eq("MIMEBase_Extra"))
            .to_owned()
    };
    let found: (i64,) = tx.fetch_one(&extra(main.id)).await.unwrap();
    assert_eq!(found, (1,));
    assert_eq!(
        count(tx, t::Mention::Table, t::Mention::TicketId, merged.id.0).await,
        1
    );
    let flags = flag::list(tx, merged.id, UserId::SYSTEM).await.unwrap();
    assert_eq!(flags.keys().collect::<Vec<_>>(), ["Seen", "mine"]);
    let flags = flag::list(tx, main.id, UserId::SYSTEM).await.unwrap();
    assert_eq!(flags.get("Seen"), None);

    let mut links: Vec<_> = link::list(tx, main.id)
        .await
        .unwrap()
        .into_iter()
        .map(|link| (link.source, link.target, link.kind))
        .collect();
    links.sort_by_key(|(source, target, _)| (*source, *target));
    let mut expected = [
        (other.id, main.id, LinkType::Normal),
        (main.id, other.id, LinkType::Normal),
        (main.id, merged.id, LinkType::ParentChild),
    ];
    expected.sort_by_key(|(source, target, _)| (*source, *target));
    assert_eq!(links, expected);

    let read = load(&mut work, merged.id).await;
    assert_eq!(
        (
            read.state.name.as_str(),
            read.state_type.as_str(),
            read.lock.name.as_str()
        ),
        ("merged", "merged", "unlock")
    );
    assert_eq!(read, merged);
    let read = load(&mut work, main.id).await;
    assert_eq!(read.changed, work.stamp.at);
    assert_eq!(read, main);
}

#[actix_web::test]
async fn of_a_deleted_article_nothing_stays_and_the_others_keep_everything() {
    use t::{Article as A, ArticleDataMime as D, ArticleSearchIndex as I, Mention as M};
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (mut ticket, first) = new_ticket(&mut work, "Two articles").await;
    let new = article::NewArticle {
        subject: "second".to_owned(),
        body: "something that must go".to_owned(),
        attachments: vec![article::NewAttachment {
            filename: "secret.txt".to_owned(),
            content_type: "text/plain".to_owned(),
            content: b"secret".to_vec(),
            ..article::NewAttachment::default()
        }],
        time_units: time_accounting::SpokenUnits::read("4"),
        ..article::NewArticle::default()
    };
    let second = article::create(&mut work, &mut ticket, new).await.unwrap();
    let columns = [
        (M::UserId, 1.into()),
        (M::TicketId, i32::try_from(ticket.id.0).unwrap().into()),
        (M::ArticleId, i32::try_from(second.0).unwrap().into()),
        (M::CreateTime, now().into()),
    ];
    insert(&mut work.tx, M::Table, &columns).await;
    work.commit().await.unwrap();

    let mut tx = app.app.db.read().await.unwrap();
    let before = history(&mut tx, ticket.id).await;
    assert_eq!(count(&mut tx, I::Table, I::ArticleId, second.0).await, 3);
    drop(tx);
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let leftover = article::delete(&mut work, &ticket, second).await.unwrap();
    work.commit().await.unwrap();
    leftover.delete().await.unwrap();

    let mut tx = app.app.db.read().await.unwrap();
    let left = article::list(&mut tx, &app.app.recent, &[ticket.id])
        .await
        .unwrap();
    let left: Vec<_> = left[&ticket.id].iter().map(|article| article.id).collect();
    assert_eq!(left, [first]);
    assert_eq!(count(&mut tx, A::Table, A::Id, second.0).await, 0);
    assert_eq!(count(&mut tx, D::Table, D::ArticleId, second.0).await, 0);
    assert_eq!(count(&mut tx, I::Table, I::ArticleId, second.0).await, 0);
    assert_eq!(count(&mut tx, M::Table, M::ArticleId, second.0).await, 0);
    assert!(count(&mut tx, I::Table, I::ArticleId, first.0).await > 0);
    let after = history(&mut tx, ticket.id).await;
    assert!(
        after.len() < before.len() && !after.iter().any(|entry| entry.contains("%%4%%")),
        "{before:?} {after:?}"
    );
    let settings = app.app.settings.current();
    assert_eq!(integrity::check(&mut tx, &settings).await.unwrap(), []);
}

#[actix_web::test]
async fn a_ticket_is_not_merged_with_itself() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (mut ticket, _) = new_ticket(&mut work, "Alone").await;
    let mut same = ticket.clone();

    let error = merge::merge(&mut work, &mut ticket, &mut same)
        .await
        .unwrap_err();

    assert!(matches!(error, MergeError::Itself(number) if number == ticket.number));
}

#[actix_web::test]
async fn nothing_of_a_deleted_ticket_stays() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (other, _) = new_ticket(&mut work, "Other").await;
    let field = text_field(&mut work.tx, "Field").await;
    let mut ticket = full_ticket(&mut work, &other).await;
    let value = Value::text("v");
    dynamic_field::write(&mut work, &mut ticket, &[(&field, &value)])
        .await
        .unwrap();

    let deleted = ticket::delete::delete(&mut work, &mut ticket)
        .await
        .unwrap();
    work.commit().await.unwrap();
    deleted.delete_files().await.unwrap();

    let mut tx = app.app.db.read().await.unwrap();
    let gone = ticket::list(&mut tx, &app.app.recent, &[ticket.id])
        .await
        .unwrap();
    assert_eq!(gone, []);
    assert_eq!(history(&mut tx, ticket.id).await, [] as [String; 0]);
    let findings = integrity::check(&mut tx, &app.app.settings.current())
        .await
        .unwrap();
    assert_eq!(findings, []);
    assert_eq!(link::list(&mut tx, other.id).await.unwrap(), []);
}
