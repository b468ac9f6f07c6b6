//! What happened to a ticket, in the order in which it happened.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{Ticket, TicketId, article::ArticleId, lookup::Lookups};
use crate::directory::UserId;

/// One entry of `ticket_history`, with the ticket's state of that moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub name: String,
    pub kind: String,
    pub kind_id: i16,
    pub article_id: Option<ArticleId>,
    pub type_id: i16,
    pub queue_id: i32,
    pub owner_id: UserId,
    pub priority_id: i16,
    pub state_id: i16,
    pub created: NaiveDateTime,
    pub created_by: UserId,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    ticket_id: i64,
    name: String,
    kind: String,
    history_type_id: i16,
    article_id: Option<i64>,
    type_id: i16,
    queue_id: i32,
    owner_id: i32,
    priority_id: i16,
    state_id: i16,
    create_time: NaiveDateTime,
    create_by: i32,
}

/// The histories of these tickets. One statement.
pub async fn list(
    tx: &mut Tx,
    tickets: &[TicketId],
) -> Result<HashMap<TicketId, Vec<Entry>>, DbError> {
    let history = |column: t::TicketHistory| (t::TicketHistory::Table, column);
    let query = Query::select()
        .columns([
            history(t::TicketHistory::TicketId),
            history(t::TicketHistory::Name),
            history(t::TicketHistory::HistoryTypeId),
            history(t::TicketHistory::ArticleId),
            history(t::TicketHistory::TypeId),
            history(t::TicketHistory::QueueId),
            history(t::TicketHistory::OwnerId),
            history(t::TicketHistory::PriorityId),
            history(t::TicketHistory::StateId),
            history(t::TicketHistory::CreateTime),
            history(t::TicketHistory::CreateBy),
        ])
        .expr_as(
            Expr::col((t::TicketHistoryType::Table, t::TicketHistoryType::Name)),
            "kind",
        )
        .from(t::TicketHistory::Table)
        .inner_join(
            t::TicketHistoryType::Table,
            Expr::col(history(t::TicketHistory::HistoryTypeId))
                .equals((t::TicketHistoryType::Table, t::TicketHistoryType::Id)),
        )
        .and_where(Expr::col(history(t::TicketHistory::TicketId)).is_in(tickets.iter().copied()))
        .order_by(history(t::TicketHistory::CreateTime), Order::Asc)
        .order_by(history(t::TicketHistory::Id), Order::Asc)
        .to_owned();
    let rows: Vec<EntryRow> = tx.fetch_all(&query).await?;
    let mut histories: HashMap<TicketId, Vec<Entry>> = HashMap::new();
    for row in rows {
        histories
            .entry(TicketId(row.ticket_id))
            .or_default()
            .push(Entry {
                name: row.name,
                kind: row.kind,
                kind_id: row.history_type_id,
                article_id: row.article_id.map(ArticleId),
                type_id: row.type_id,
                queue_id: row.queue_id,
                owner_id: UserId(row.owner_id),
                priority_id: row.priority_id,
                state_id: row.state_id,
                created: row.create_time,
                created_by: UserId(row.create_by),
            });
    }
    Ok(histories)
}

/// The kinds of entries, under the names of `ticket_history_type`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HistoryType {
    NewTicket,
    FollowUp,
    SendAutoReject,
    SendAutoReply,
    SendAutoFollowUp,
    Forward,
    Bounce,
    SendAnswer,
    SendAgentNotification,
    SendCustomerNotification,
    EmailAgent,
    EmailCustomer,
    PhoneCallAgent,
    PhoneCallCustomer,
    AddNote,
    Move,
    Lock,
    Unlock,
    Remove,
    TimeAccounting,
    CustomerUpdate,
    PriorityUpdate,
    OwnerUpdate,
    LoopProtection,
    Misc,
    SetPendingTime,
    StateUpdate,
    TicketDynamicFieldUpdate,
    WebRequestCustomer,
    TicketLinkAdd,
    TicketLinkDelete,
    SystemRequest,
    Merged,
    ResponsibleUpdate,
    Subscribe,
    Unsubscribe,
    TypeUpdate,
    ServiceUpdate,
    SlaUpdate,
    ArchiveFlagUpdate,
    EscalationSolutionTimeStop,
    EscalationResponseTimeStart,
    EscalationUpdateTimeStart,
    EscalationSolutionTimeStart,
    EscalationResponseTimeNotifyBefore,
    EscalationUpdateTimeNotifyBefore,
    EscalationSolutionTimeNotifyBefore,
    EscalationResponseTimeStop,
    EscalationUpdateTimeStop,
    TitleUpdate,
    EmailResend,
    Bulk,
}

impl HistoryType {
    const ALL: [Self; 52] = [
        Self::NewTicket,
        Self::FollowUp,
        Self::SendAutoReject,
        Self::SendAutoReply,
        Self::SendAutoFollowUp,
        Self::Forward,
        Self::Bounce,
        Self::SendAnswer,
        Self::SendAgentNotification,
        Self::SendCustomerNotification,
        Self::EmailAgent,
        Self::EmailCustomer,
        Self::PhoneCallAgent,
        Self::PhoneCallCustomer,
        Self::AddNote,
        Self::Move,
        Self::Lock,
        Self::Unlock,
        Self::Remove,
        Self::TimeAccounting,
        Self::CustomerUpdate,
        Self::PriorityUpdate,
        Self::OwnerUpdate,
        Self::LoopProtection,
        Self::Misc,
        Self::SetPendingTime,
        Self::StateUpdate,
        Self::TicketDynamicFieldUpdate,
        Self::WebRequestCustomer,
        Self::TicketLinkAdd,
        Self::TicketLinkDelete,
        Self::SystemRequest,
        Self::Merged,
        Self::ResponsibleUpdate,
        Self::Subscribe,
        Self::Unsubscribe,
        Self::TypeUpdate,
        Self::ServiceUpdate,
        Self::SlaUpdate,
        Self::ArchiveFlagUpdate,
        Self::EscalationSolutionTimeStop,
        Self::EscalationResponseTimeStart,
        Self::EscalationUpdateTimeStart,
        Self::EscalationSolutionTimeStart,
        Self::EscalationResponseTimeNotifyBefore,
        Self::EscalationUpdateTimeNotifyBefore,
        Self::EscalationSolutionTimeNotifyBefore,
        Self::EscalationResponseTimeStop,
        Self::EscalationUpdateTimeStop,
        Self::TitleUpdate,
        Self::EmailResend,
        Self::Bulk,
    ];

    /// The kind with this name, case as in the table.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// As `ticket_history_type.name` says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NewTicket => "NewTicket",
            Self::FollowUp => "FollowUp",
            Self::SendAutoReject => "SendAutoReject",
            Self::SendAutoReply => "SendAutoReply",
            Self::SendAutoFollowUp => "SendAutoFollowUp",
            Self::Forward => "Forward",
            Self::Bounce => "Bounce",
            Self::SendAnswer => "SendAnswer",
            Self::SendAgentNotification => "SendAgentNotification",
            Self::SendCustomerNotification => "SendCustomerNotification",
            Self::EmailAgent => "EmailAgent",
            Self::EmailCustomer => "EmailCustomer",
            Self::PhoneCallAgent => "PhoneCallAgent",
            Self::PhoneCallCustomer => "PhoneCallCustomer",
            Self::AddNote => "AddNote",
            Self::Move => "Move",
            Self::Lock => "Lock",
            Self::Unlock => "Unlock",
            Self::Remove => "Remove",
            Self::TimeAccounting => "TimeAccounting",
            Self::CustomerUpdate => "CustomerUpdate",
            Self::PriorityUpdate => "PriorityUpdate",
            Self::OwnerUpdate => "OwnerUpdate",
            Self::LoopProtection => "LoopProtection",
            Self::Misc => "Misc",
            Self::SetPendingTime => "SetPendingTime",
            Self::StateUpdate => "StateUpdate",
            Self::TicketDynamicFieldUpdate => "TicketDynamicFieldUpdate",
            Self::WebRequestCustomer => "WebRequestCustomer",
            Self::TicketLinkAdd => "TicketLinkAdd",
            Self::TicketLinkDelete => "TicketLinkDelete",
            Self::SystemRequest => "SystemRequest",
            Self::Merged => "Merged",
            Self::ResponsibleUpdate => "ResponsibleUpdate",
            Self::Subscribe => "Subscribe",
            Self::Unsubscribe => "Unsubscribe",
            Self::TypeUpdate => "TypeUpdate",
            Self::ServiceUpdate => "ServiceUpdate",
            Self::SlaUpdate => "SLAUpdate",
            Self::ArchiveFlagUpdate => "ArchiveFlagUpdate",
            Self::EscalationSolutionTimeStop => "EscalationSolutionTimeStop",
            Self::EscalationResponseTimeStart => "EscalationResponseTimeStart",
            Self::EscalationUpdateTimeStart => "EscalationUpdateTimeStart",
            Self::EscalationSolutionTimeStart => "EscalationSolutionTimeStart",
            Self::EscalationResponseTimeNotifyBefore => "EscalationResponseTimeNotifyBefore",
            Self::EscalationUpdateTimeNotifyBefore => "EscalationUpdateTimeNotifyBefore",
            Self::EscalationSolutionTimeNotifyBefore => "EscalationSolutionTimeNotifyBefore",
            Self::EscalationResponseTimeStop => "EscalationResponseTimeStop",
            Self::EscalationUpdateTimeStop => "EscalationUpdateTimeStop",
            Self::TitleUpdate => "TitleUpdate",
            Self::EmailResend => "EmailResend",
            Self::Bulk => "Bulk",
        }
    }
}

/// An entry that is to be written, with the ticket as it was when the entry was made.
#[derive(Clone, Debug, PartialEq)]
pub struct New {
    ticket_id: TicketId,
    kind: HistoryType,
    name: String,
    article_id: Option<ArticleId>,
    type_id: i32,
    queue_id: i32,
    owner_id: i32,
    priority_id: i32,
    state_id: i32,
    by: UserId,
}

/// Characters that `ticket_history.name` holds; the rest of a longer text is lost.
const NAME_LENGTH: usize = 200;

impl New {
    pub fn of(
        ticket: &Ticket,
        kind: HistoryType,
        mut name: String,
        article_id: Option<ArticleId>,
        by: UserId,
    ) -> Self {
        if let Some((end, _)) = name.char_indices().nth(NAME_LENGTH) {
            name.truncate(end);
        }
        Self {
            ticket_id: ticket.id,
            kind,
            name,
            article_id,
            type_id: ticket.kind.id,
            queue_id: ticket.queue.id,
            owner_id: ticket.owner.id,
            priority_id: ticket.priority.id,
            state_id: ticket.state.id,
            by,
        }
    }
}

/// Writes entries in their order, all of the same moment. One statement.
///
/// Errors: [`DbError::Missing`] when the database has no such kind of entry.
pub async fn insert(
    tx: &mut Tx,
    lookups: &Lookups,
    at: NaiveDateTime,
    entries: &[New],
) -> Result<(), DbError> {
    use t::TicketHistory as H;
    let mut insert = Query::insert()
        .into_table(H::Table)
        .columns([
            H::Name,
            H::HistoryTypeId,
            H::TicketId,
            H::ArticleId,
            H::TypeId,
            H::QueueId,
            H::OwnerId,
            H::PriorityId,
            H::StateId,
            H::CreateTime,
            H::CreateBy,
            H::ChangeTime,
            H::ChangeBy,
        ])
        .to_owned();
    for entry in entries {
        let kind = entry.kind.name();
        let kind = lookups
            .history_types
            .get(kind)
            .copied()
            .ok_or(DbError::Missing {
                table: "ticket_history_type",
                name: kind,
            })?;
        insert.values_panic([
            entry.name.as_str().into(),
            kind.into(),
            entry.ticket_id.0.into(),
            entry.article_id.map(|id| id.0).into(),
            entry.type_id.into(),
            entry.queue_id.into(),
            entry.owner_id.into(),
            entry.priority_id.into(),
            entry.state_id.into(),
            at.into(),
            entry.by.0.into(),
            at.into(),
            entry.by.0.into(),
        ]);
    }
    tx.execute(&insert).await?;
    Ok(())
}
