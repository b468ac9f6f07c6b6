//! Links between tickets: rows of `link_relation`, with what the histories of both say.

use schema::{DbError, Tx, tables as t};
use sea_query::{Cond, Expr, ExprTrait as _, IntoColumnRef, IntoTableRef, Order, Query};

use super::{Ticket, TicketId, history::HistoryType, work::Work};
use crate::settings::Settings;

/// Under this name tickets stand in `link_object`.
const OBJECT: &str = "Ticket";

/// What a link means, under the names of `link_type`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LinkType {
    /// Both belong together; neither comes first.
    Normal,
    /// The source is the parent of the target.
    ParentChild,
}

impl LinkType {
    /// As `link_type.name` says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::ParentChild => "ParentChild",
        }
    }

    /// The type with this name, case as in the table.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Normal, Self::ParentChild]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// Whether a link counts already, under the names of `link_state`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LinkState {
    Valid,
    /// Made on a screen that was not sent yet.
    Temporary,
}

impl LinkState {
    /// As `link_state.name` says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "Valid",
            Self::Temporary => "Temporary",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Valid, Self::Temporary]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// What became of a link that was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Added {
    Now,
    /// The two are linked in this way already, in one direction or the other.
    Before,
    /// The two have a link of a type that excludes this one (`LinkObject::TypeGroup`).
    Excluded(LinkType),
    /// A ticket is not linked with itself.
    Itself,
}

/// A link between two tickets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Link {
    pub source: TicketId,
    pub target: TicketId,
    pub kind: LinkType,
    pub state: LinkState,
}

/// Links two tickets for good; both histories say so, the source's first. Neither ticket counts as changed.
///
/// Source: the reference system's screen `AgentLinkObject`; rows in `tests/it/link.rs`.
#[tracing::instrument(name = "ticket.link.add", skip_all, fields(ticket.number = %source.number))]
pub async fn add(
    work: &mut Work<'_>,
    source: &Ticket,
    target: &Ticket,
    kind: LinkType,
) -> Result<Added, DbError> {
    if source.id == target.id {
        return Ok(Added::Itself);
    }
    for link in between(&mut work.tx, source.id, target.id).await? {
        match link.state {
            LinkState::Valid if link.kind == kind => return Ok(Added::Before),
            LinkState::Valid if exclude_each_other(&work.settings, link.kind, kind) => {
                return Ok(Added::Excluded(link.kind));
            }
            LinkState::Valid | LinkState::Temporary => {}
        }
    }
    work.links_change();
    insert(work, source.id, target.id, kind, LinkState::Valid).await?;
    tell(work, source, target, HistoryType::TicketLinkAdd);
    tell(work, target, source, HistoryType::TicketLinkAdd);
    Ok(Added::Now)
}

/// Takes the links of this type between two tickets away, whatever their direction; says whether there was one.
#[tracing::instrument(name = "ticket.link.remove", skip_all, fields(ticket.number = %first.number))]
pub async fn remove(
    work: &mut Work<'_>,
    first: &Ticket,
    second: &Ticket,
    kind: LinkType,
) -> Result<bool, DbError> {
    let links = between(&mut work.tx, first.id, second.id).await?;
    let mut any = false;
    work.links_change();
    for link in links.into_iter().filter(|link| link.kind == kind) {
        delete(&mut work.tx, link).await?;
        if link.state == LinkState::Valid {
            any = true;
            let (source, target) = if link.source == first.id {
                (first, second)
            } else {
                (second, first)
            };
            tell(work, source, target, HistoryType::TicketLinkDelete);
            tell(work, target, source, HistoryType::TicketLinkDelete);
        }
    }
    Ok(any)
}

/// The links of a ticket with other tickets, in the order in which they were made.
pub async fn list(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Link>, DbError> {
    use t::LinkRelation as L;
    let key = ticket.to_string();
    read(
        tx,
        Cond::any()
            .add(Expr::col((L::Table, L::SourceKey)).eq(key.as_str()))
            .add(Expr::col((L::Table, L::TargetKey)).eq(key.as_str())),
    )
    .await
}

async fn between(tx: &mut Tx, one: TicketId, other: TicketId) -> Result<Vec<Link>, DbError> {
    use t::LinkRelation as L;
    let direction = |source: TicketId, target: TicketId| {
        Cond::all()
            .add(Expr::col((L::Table, L::SourceKey)).eq(source.to_string()))
            .add(Expr::col((L::Table, L::TargetKey)).eq(target.to_string()))
    };
    let either = Cond::any()
        .add(direction(one, other))
        .add(direction(other, one));
    read(tx, either).await
}

/// Links between tickets, those of types and states that we do not know left out.
async fn read(tx: &mut Tx, which: Cond) -> Result<Vec<Link>, DbError> {
    use t::{LinkObject as O, LinkRelation as L, LinkState as S, LinkType as T};
    let tickets = Query::select()
        .column(O::Id)
        .from(O::Table)
        .and_where(Expr::col(O::Name).eq(OBJECT))
        .to_owned();
    let query = Query::select()
        .column((L::Table, L::SourceKey))
        .column((L::Table, L::TargetKey))
        .expr_as(Expr::col((T::Table, T::Name)), "kind")
        .expr_as(Expr::col((S::Table, S::Name)), "state")
        .from(L::Table)
        .inner_join(
            T::Table,
            Expr::col((L::Table, L::TypeId)).equals((T::Table, T::Id)),
        )
        .inner_join(
            S::Table,
            Expr::col((L::Table, L::StateId)).equals((S::Table, S::Id)),
        )
        .and_where(Expr::col((L::Table, L::SourceObjectId)).in_subquery(tickets.clone()))
        .and_where(Expr::col((L::Table, L::TargetObjectId)).in_subquery(tickets))
        .cond_where(which)
        .order_by((L::Table, L::CreateTime), Order::Asc)
        .order_by((L::Table, L::SourceKey), Order::Asc)
        .order_by((L::Table, L::TargetKey), Order::Asc)
        .to_owned();
    let rows: Vec<(String, String, String, String)> = tx.fetch_all(&query).await?;
    Ok(rows
        .into_iter()
        .filter_map(|(source, target, kind, state)| {
            Some(Link {
                source: TicketId(source.parse().ok()?),
                target: TicketId(target.parse().ok()?),
                kind: LinkType::from_name(&kind)?,
                state: LinkState::from_name(&state)?,
            })
        })
        .collect())
}

fn exclude_each_other(settings: &Settings, one: LinkType, other: LinkType) -> bool {
    let groups = settings.value("LinkObject::TypeGroup");
    let Some(groups) = groups.as_map() else {
        return false;
    };
    groups.values().any(|group| {
        let has = |kind: LinkType| {
            let names = group.as_list().unwrap_or_default();
            names
                .iter()
                .any(|name| name.as_string().as_deref() == Some(kind.name()))
        };
        has(one) && has(other)
    })
}

/// `%%NUMBER%%ID%%ID`: the other ticket, and this one.
fn tell(work: &mut Work<'_>, ticket: &Ticket, other: &Ticket, what: HistoryType) {
    let name = format!("%%{}%%{}%%{}", other.number, other.id, ticket.id);
    work.history(ticket, what, name, None);
}

/// Adds the row, or gives the one that is there this state.
pub async fn insert(
    work: &mut Work<'_>,
    source: TicketId,
    target: TicketId,
    kind: LinkType,
    state: LinkState,
) -> Result<(), DbError> {
    use t::LinkRelation as L;
    let object = object(&mut work.tx).await?;
    let kind = key(
        &mut work.tx,
        t::LinkType::Table,
        t::LinkType::Id,
        t::LinkType::Name,
        kind.name(),
    )
    .await?
    .ok_or(DbError::Missing {
        table: "link_type",
        name: kind.name(),
    })?;
    let state = key(
        &mut work.tx,
        t::LinkState::Table,
        t::LinkState::Id,
        t::LinkState::Name,
        state.name(),
    )
    .await?
    .ok_or(DbError::Missing {
        table: "link_state",
        name: state.name(),
    })?;
    let insert = Query::insert()
        .into_table(L::Table)
        .columns([
            L::SourceObjectId,
            L::SourceKey,
            L::TargetObjectId,
            L::TargetKey,
            L::TypeId,
            L::StateId,
            L::CreateTime,
            L::CreateBy,
        ])
        .values_panic([
            object.into(),
            source.to_string().into(),
            object.into(),
            target.to_string().into(),
            kind.into(),
            state.into(),
            work.stamp.at.into(),
            work.stamp.by.0.into(),
        ])
        .to_owned();
    work.tx
        .upsert(
            &insert,
            [
                L::SourceObjectId,
                L::SourceKey,
                L::TargetObjectId,
                L::TargetKey,
                L::TypeId,
            ],
            [L::StateId, L::CreateTime, L::CreateBy],
        )
        .await
}

/// The key of tickets in `link_object`; its row comes with the first link.
pub(super) async fn object(tx: &mut Tx) -> Result<i32, DbError> {
    use t::LinkObject as O;
    if let Some(id) = key(tx, O::Table, O::Id, O::Name, OBJECT).await? {
        return Ok(id);
    }
    let insert = Query::insert()
        .into_table(O::Table)
        .columns([O::Name])
        .values_panic([OBJECT.into()])
        .to_owned();
    // Somebody may add it at the same moment.
    tx.upsert(&insert, [O::Name], [O::Name]).await?;
    key(tx, O::Table, O::Id, O::Name, OBJECT)
        .await?
        .ok_or(DbError::Missing {
            table: "link_object",
            name: OBJECT,
        })
}

async fn key(
    tx: &mut Tx,
    table: impl IntoTableRef,
    id: impl IntoColumnRef,
    name_column: impl IntoColumnRef,
    name: &str,
) -> Result<Option<i32>, DbError> {
    let query = Query::select()
        .column(id)
        .from(table)
        .and_where(Expr::col(name_column).eq(name))
        .to_owned();
    let row: Option<(i32,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(id,)| id))
}

async fn delete(tx: &mut Tx, link: Link) -> Result<(), DbError> {
    use t::{LinkRelation as L, LinkType as T};
    let object = object(tx).await?;
    let kind = Query::select()
        .column(T::Id)
        .from(T::Table)
        .and_where(Expr::col(T::Name).eq(link.kind.name()))
        .to_owned();
    let delete = Query::delete()
        .from_table(L::Table)
        .and_where(Expr::col(L::SourceObjectId).eq(object))
        .and_where(Expr::col(L::SourceKey).eq(link.source.to_string()))
        .and_where(Expr::col(L::TargetObjectId).eq(object))
        .and_where(Expr::col(L::TargetKey).eq(link.target.to_string()))
        .and_where(Expr::col(L::TypeId).in_subquery(kind))
        .to_owned();
    tx.execute(&delete).await.map(drop)
}
