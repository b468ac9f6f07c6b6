//! Statements on notifications, on who is to get them, and on who got them today.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, IntoColumnRef, IntoTableRef, Order, Query};

use super::{Definition, Message};
use crate::{
    directory::UserId,
    notification::VALID,
    ticket::{TicketId, article::ArticleId, history::HistoryType},
};

/// The events that any valid notification waits for. One statement.
pub async fn events(tx: &mut Tx) -> Result<BTreeSet<String>, DbError> {
    use t::{NotificationEvent as N, NotificationEventItem as I};
    let query = Query::select()
        .distinct()
        .column((I::Table, I::EventValue))
        .from(I::Table)
        .inner_join(
            N::Table,
            Expr::col((N::Table, N::Id)).equals((I::Table, I::NotificationId)),
        )
        .and_where(Expr::col((I::Table, I::EventKey)).eq("Events"))
        .and_where(Expr::col((N::Table, N::ValidId)).eq(VALID))
        .to_owned();
    let rows: Vec<(String,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(event,)| event).collect())
}

/// The valid notifications in the order of their keys. Three statements.
pub async fn list(tx: &mut Tx) -> Result<Vec<Definition>, DbError> {
    use t::{NotificationEvent as N, NotificationEventItem as I, NotificationEventMessage as M};
    let query = Query::select()
        .columns([N::Id, N::Name])
        .from(N::Table)
        .and_where(Expr::col(N::ValidId).eq(VALID))
        .order_by(N::Id, Order::Asc)
        .to_owned();
    let rows: Vec<(i32, String)> = tx.fetch_all(&query).await?;
    let items = Query::select()
        .columns([I::NotificationId, I::EventKey, I::EventValue])
        .from(I::Table)
        .to_owned();
    let items: Vec<(i32, String, String)> = tx.fetch_all(&items).await?;
    let messages = Query::select()
        .columns([
            M::NotificationId,
            M::Language,
            M::Subject,
            M::Text,
            M::ContentType,
        ])
        .from(M::Table)
        .order_by(M::Language, Order::Asc)
        .to_owned();
    let messages: Vec<(i32, String, String, String, String)> = tx.fetch_all(&messages).await?;
    let mut definitions: Vec<Definition> = rows
        .into_iter()
        .map(|(id, name)| Definition {
            id,
            name,
            items: HashMap::new(),
            messages: Vec::new(),
        })
        .collect();
    let place = |definitions: &[Definition], id: i32| {
        definitions.binary_search_by_key(&id, |known| known.id).ok()
    };
    for (id, key, value) in items {
        if let Some(at) = place(&definitions, id) {
            definitions[at].items.entry(key).or_default().push(value);
        }
    }
    for (id, language, subject, text, content_type) in messages {
        if let Some(at) = place(&definitions, id) {
            definitions[at].messages.push(Message {
                language,
                subject,
                text,
                content_type,
            });
        }
    }
    Ok(definitions)
}

/// Agents whose own table names this row: *My Queues*, *My Services*, watchers, members of a role. One statement.
async fn agents_of<T, C>(
    tx: &mut Tx,
    table: T,
    user: C,
    key: C,
    id: i64,
) -> Result<Vec<UserId>, DbError>
where
    T: IntoTableRef,
    C: IntoColumnRef + Copy,
{
    let query = Query::select()
        .distinct()
        .column(user)
        .from(table)
        .and_where(Expr::col(key).eq(id))
        .order_by(user, Order::Asc)
        .to_owned();
    let rows: Vec<(i32,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| UserId(id)).collect())
}

pub async fn with_queue(tx: &mut Tx, queue: i32) -> Result<Vec<UserId>, DbError> {
    use t::PersonalQueues as P;
    agents_of(tx, P::Table, P::UserId, P::QueueId, queue.into()).await
}

pub async fn with_service(tx: &mut Tx, service: i32) -> Result<Vec<UserId>, DbError> {
    use t::PersonalServices as P;
    agents_of(tx, P::Table, P::UserId, P::ServiceId, service.into()).await
}

pub async fn watchers(tx: &mut Tx, ticket: TicketId) -> Result<Vec<UserId>, DbError> {
    use t::TicketWatcher as W;
    agents_of(tx, W::Table, W::UserId, W::TicketId, ticket.0).await
}

/// Agents who may read in a group by themselves, whatever their roles say.
pub async fn in_group_themselves(tx: &mut Tx, group: i32) -> Result<Vec<UserId>, DbError> {
    use t::GroupUser as G;
    let query = Query::select()
        .distinct()
        .column(G::UserId)
        .from(G::Table)
        .and_where(Expr::col(G::GroupId).eq(group))
        .and_where(Expr::col(G::PermissionKey).is_in(["ro", "rw"]))
        .order_by(G::UserId, Order::Asc)
        .to_owned();
    let rows: Vec<(i32,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| UserId(id)).collect())
}

pub async fn in_role(tx: &mut Tx, role: i32) -> Result<Vec<UserId>, DbError> {
    use t::RoleUser as R;
    agents_of(tx, R::Table, R::UserId, R::RoleId, role.into()).await
}

/// Agents who are mentioned on a ticket, or in one article of it. One statement.
pub async fn mentioned(
    tx: &mut Tx,
    ticket: TicketId,
    article: Option<ArticleId>,
) -> Result<Vec<UserId>, DbError> {
    use t::Mention as M;
    // The columns are narrower than the keys that they hold.
    let narrow = |id: i64| i32::try_from(id).unwrap_or_default();
    let mut query = Query::select()
        .distinct()
        .column(M::UserId)
        .from(M::Table)
        .and_where(Expr::col(M::TicketId).eq(narrow(ticket.0)))
        .order_by(M::UserId, Order::Asc)
        .to_owned();
    if let Some(article) = article {
        query.and_where(Expr::col(M::ArticleId).eq(narrow(article.0)));
    }
    let rows: Vec<(Option<i32>,)> = tx.fetch_all(&query).await?;
    Ok(rows
        .into_iter()
        .filter_map(|(id,)| id.map(UserId))
        .collect())
}

/// The valid agents, by key. One statement.
pub async fn valid_agents(tx: &mut Tx) -> Result<Vec<UserId>, DbError> {
    use t::Users as U;
    let query = Query::select()
        .column(U::Id)
        .from(U::Table)
        .and_where(Expr::col(U::ValidId).eq(VALID))
        .order_by(U::Id, Order::Asc)
        .to_owned();
    let rows: Vec<(i32,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| UserId(id)).collect())
}

/// Whether the history tells, from a moment on, that a notification went out with this text. One statement.
pub async fn was_sent(
    tx: &mut Tx,
    ticket: TicketId,
    kind: HistoryType,
    text: &str,
    since: NaiveDateTime,
) -> Result<bool, DbError> {
    use t::{TicketHistory as H, TicketHistoryType as K};
    let query = Query::select()
        .column((H::Table, H::Id))
        .from(H::Table)
        .inner_join(
            K::Table,
            Expr::col((K::Table, K::Id)).equals((H::Table, H::HistoryTypeId)),
        )
        .and_where(Expr::col((H::Table, H::TicketId)).eq(ticket))
        .and_where(Expr::col((K::Table, K::Name)).eq(kind.name()))
        .and_where(Expr::col((H::Table, H::Name)).eq(text))
        .and_where(Expr::col((H::Table, H::CreateTime)).gte(since))
        .limit(1)
        .to_owned();
    let row: Option<(i64,)> = tx.fetch_optional(&query).await?;
    Ok(row.is_some())
}
