//! Merging: everything said on one ticket goes to another, the main one.

use schema::{DbError, tables as t};
use sea_query::{Cond, Expr, ExprTrait as _, Query};

use super::{
    Ticket, article,
    article::{Channel, NewArticle, storage::StorageError},
    change, dynamic_field, flag,
    history::HistoryType,
    link::{self, LinkType},
    store,
    work::Work,
};
use crate::dynamic_field::{ObjectType, WriteError, definitions, values};

/// Why tickets were not merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    #[error("ticket {0} can not be merged with itself")]
    Itself(String),
    #[error(transparent)]
    Article(#[from] StorageError),
    #[error(transparent)]
    DynamicField(#[from] WriteError),
    #[error(transparent)]
    Database(#[from] DbError),
}

/// Merges a ticket into the main one.
///
/// Articles with their history, search index and accounted time, watchers and links go to `main`. `merged` keeps its
/// flags, mentions and dynamic fields, gets a note that says where everything is, the state *merged* and its lock
/// opened, and is the child of `main`. Dynamic fields of `Ticket::MergeDynamicFields` that `main` has not are copied.
/// Nobody has seen `main` any more.
///
/// Source: the reference system's screen `AgentTicketMerge`; rows in `tests/it/merge.rs`.
#[tracing::instrument(name = "ticket.merge", skip_all, fields(ticket.number = %merged.number, ticket.main = %main.number))]
pub async fn merge(
    work: &mut Work<'_>,
    merged: &mut Ticket,
    main: &mut Ticket,
) -> Result<(), MergeError> {
    if merged.id == main.id {
        return Err(MergeError::Itself(main.number.clone()));
    }
    // Entries that wait would stay behind.
    work.flush_history().await?;
    work.fresh.forget(merged.id);
    work.fresh.forget(main.id);
    move_rows(work, merged, main).await?;
    move_watchers(work, merged, main).await?;
    flag::delete(work, main, None, article::flag::SEEN).await?;
    write_note(work, merged, main).await?;
    let name = format!(
        "%%{}%%{}%%{}%%{}",
        merged.number, merged.id, main.number, main.id
    );
    work.history(merged, HistoryType::Merged, name.clone(), None);
    work.history(main, HistoryType::Merged, name, None);
    store::touch(&mut work.tx, work.stamp, main).await?;
    move_links(work, merged, main).await?;
    link::add(work, main, merged, LinkType::ParentChild).await?;
    close(work, merged).await?;
    copy_dynamic_fields(work, merged, main).await?;
    work.emit(merged, "TicketMerge", None).await?;
    Ok(())
}

/// Everything that hangs on articles.
async fn move_rows(work: &mut Work<'_>, merged: &Ticket, main: &Ticket) -> Result<(), DbError> {
    use t::{Article as A, ArticleSearchIndex as I, TicketHistory as H, TimeAccounting as T};
    let stamp = work.stamp;
    let index = Query::update()
        .table(I::Table)
        .value(I::TicketId, main.id)
        .and_where(Expr::col(I::TicketId).eq(merged.id))
        .to_owned();
    let history = Query::update()
        .table(H::Table)
        .value(H::TicketId, main.id)
        .value(H::ChangeTime, stamp.at)
        .value(H::ChangeBy, stamp.by)
        .and_where(Expr::col(H::TicketId).eq(merged.id))
        .and_where(Expr::col(H::ArticleId).is_not_null())
        .to_owned();
    let times = Query::update()
        .table(T::Table)
        .value(T::TicketId, main.id)
        .value(T::ChangeTime, stamp.at)
        .value(T::ChangeBy, stamp.by)
        .and_where(Expr::col(T::TicketId).eq(merged.id))
        .to_owned();
    let articles = Query::update()
        .table(A::Table)
        .value(A::TicketId, main.id)
        .value(A::ChangeTime, stamp.at)
        .value(A::ChangeBy, stamp.by)
        .and_where(Expr::col(A::TicketId).eq(merged.id))
        .to_owned();
    for update in [articles, index, history, times] {
        work.tx.execute(&update).await?;
    }
    Ok(())
}

/// An agent who watches both tickets has two rows afterwards, as on the reference system.
async fn move_watchers(work: &mut Work<'_>, merged: &Ticket, main: &Ticket) -> Result<(), DbError> {
    use t::TicketWatcher as W;
    let rest = Query::update()
        .table(W::Table)
        .value(W::TicketId, main.id)
        .and_where(Expr::col(W::TicketId).eq(merged.id))
        .to_owned();
    work.tx.execute(&rest).await.map(drop)
}

async fn write_note(
    work: &mut Work<'_>,
    merged: &mut Ticket,
    main: &Ticket,
) -> Result<(), StorageError> {
    let text = work.settings.text("Ticket::Frontend::AutomaticMergeText");
    let note = NewArticle {
        channel: Channel::Internal,
        visible_for_customer: true,
        subject: work
            .settings
            .text("Ticket::Frontend::AutomaticMergeSubject"),
        body: text
            .replace("<OTRS_TICKET>", &merged.number)
            .replace("<OTRS_MERGE_TO_TICKET>", &main.number),
        content_type: "text/plain; charset=ascii".to_owned(),
        history_type: HistoryType::AddNote,
        history_comment: "%%Note".to_owned(),
        ..NewArticle::default()
    };
    article::create(work, merged, note).await.map(drop)
}

/// Links go over with the time at which they were made; those between the two go away, and so do those that the
/// main ticket has already. No history.
async fn move_links(work: &mut Work<'_>, merged: &Ticket, main: &Ticket) -> Result<(), DbError> {
    use t::LinkRelation as L;
    work.links_change();
    let object = link::object(&mut work.tx).await?;
    let (old, new) = (merged.id.to_string(), main.id.to_string());
    let mut either = Cond::any();
    for (source, target) in [(&old, &new), (&new, &old)] {
        either = either.add(
            Cond::all()
                .add(Expr::col(L::SourceKey).eq(source.as_str()))
                .add(Expr::col(L::TargetKey).eq(target.as_str())),
        );
    }
    let between = Query::delete()
        .from_table(L::Table)
        .and_where(Expr::col(L::SourceObjectId).eq(object))
        .and_where(Expr::col(L::TargetObjectId).eq(object))
        .cond_where(either)
        .to_owned();
    work.tx.execute(&between).await?;
    let sides = [
        (
            L::SourceObjectId,
            L::SourceKey,
            L::TargetObjectId,
            L::TargetKey,
        ),
        (
            L::TargetObjectId,
            L::TargetKey,
            L::SourceObjectId,
            L::SourceKey,
        ),
    ];
    for (own_object, own_key, other_object, other_key) in sides {
        let of = |key: &str| {
            Query::select()
                .columns([other_object, other_key, L::TypeId])
                .from(L::Table)
                .and_where(Expr::col(own_object).eq(object))
                .and_where(Expr::col(own_key).eq(key))
                .to_owned()
        };
        let known: Vec<(i16, String, i16)> = work.tx.fetch_all(&of(&new)).await?;
        for (other, key, kind) in known {
            let twice = Query::delete()
                .from_table(L::Table)
                .and_where(Expr::col(own_object).eq(object))
                .and_where(Expr::col(own_key).eq(old.as_str()))
                .and_where(Expr::col(other_object).eq(other))
                .and_where(Expr::col(other_key).eq(key))
                .and_where(Expr::col(L::TypeId).eq(kind))
                .to_owned();
            work.tx.execute(&twice).await?;
        }
        let rest = Query::update()
            .table(L::Table)
            .value(own_key, new.as_str())
            .and_where(Expr::col(own_object).eq(object))
            .and_where(Expr::col(own_key).eq(old.as_str()))
            .to_owned();
        work.tx.execute(&rest).await?;
    }
    Ok(())
}

/// The state *merged*, and nobody's lock. That nothing is pending any more is a handler's work.
async fn close(work: &mut Work<'_>, merged: &mut Ticket) -> Result<(), DbError> {
    let lookups = work.lookups().await?;
    let states = lookups.states.iter();
    let state = states
        .filter(|(_, state)| state.type_name == "merged")
        .map(|(id, _)| *id)
        .min()
        .ok_or(DbError::Missing {
            table: "ticket_state",
            name: "merged",
        })?;
    let mut locks = lookups.locks.iter();
    let unlock = locks
        .find(|(_, name)| *name == "unlock")
        .map(|(id, _)| *id)
        .ok_or(DbError::Missing {
            table: "ticket_lock_type",
            name: "unlock",
        })?;
    change::state(work, merged, state).await?;
    change::lock(work, merged, unlock).await
}

async fn copy_dynamic_fields(
    work: &mut Work<'_>,
    merged: &Ticket,
    main: &mut Ticket,
) -> Result<(), WriteError> {
    let names = work.settings.list("Ticket::MergeDynamicFields");
    if names.is_empty() {
        return Ok(());
    }
    let fields = definitions(&mut work.tx, &[ObjectType::Ticket]).await?;
    let known = values(&mut work.tx, ObjectType::Ticket, &[merged.id.0, main.id.0]).await?;
    let value = |ticket: &Ticket, name: &str| {
        known
            .of(ticket.id.0)
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
            .filter(|value| match value {
                compat::Value::Undef => false,
                compat::Value::Text(text) => !text.is_empty(),
                _ => true,
            })
    };
    let copied: Vec<_> = names
        .iter()
        .filter(|name| value(main, name).is_none())
        .filter_map(|name| Some((fields.get(name)?, value(merged, name)?)))
        .collect();
    let copied: Vec<_> = copied
        .iter()
        .map(|(field, value)| (*field, value))
        .collect();
    dynamic_field::write(work, main, &copied).await
}
