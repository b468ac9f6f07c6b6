//! The small tables that tickets and articles point to, read as a whole by three statements.
//!
//! [`super::lookup`] and [`super::choices`] are two views of the same rows.

use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, IntoColumnRef, IntoTableRef, Query, SelectStatement, UnionType};

use super::escalation::{Limit, Rule};

/// The row of `valid` that means *valid*.
pub const VALID: i32 = 1;

/// A table of keys and names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    Channel,
    StateType,
    HistoryType,
    Lock,
    Type,
    Service,
    Priority,
    /// Its third number is the key of its type.
    State,
    /// Agents, by login.
    Agent,
    SenderType,
    AutoResponseType,
}

/// A row of a table of keys and names.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Named {
    kind: i32,
    pub id: i64,
    pub name: String,
    pub valid_id: i32,
    pub more: i32,
}

/// The limits of a queue or of a service level agreement.
#[derive(Clone, Debug, sqlx::FromRow)]
struct RuleRow {
    first_response_time: Option<i32>,
    first_response_notify: Option<i16>,
    update_time: Option<i32>,
    update_notify: Option<i16>,
    solution_time: Option<i32>,
    solution_notify: Option<i16>,
    calendar_name: Option<String>,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct QueueRow {
    pub id: i32,
    pub name: String,
    pub group_id: i32,
    pub valid_id: i16,
    #[sqlx(flatten)]
    rule: RuleRow,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SlaRow {
    pub id: i32,
    pub name: String,
    pub valid_id: i16,
    #[sqlx(flatten)]
    rule: RuleRow,
}

impl QueueRow {
    pub fn rule(&self) -> Rule {
        self.rule.rule()
    }

    pub fn is_valid(&self) -> bool {
        i32::from(self.valid_id) == VALID
    }
}

impl SlaRow {
    pub fn rule(&self) -> Rule {
        self.rule.rule()
    }

    pub fn is_valid(&self) -> bool {
        i32::from(self.valid_id) == VALID
    }
}

impl RuleRow {
    fn rule(&self) -> Rule {
        let limit = |minutes: Option<i32>, notify_percent: Option<i16>| Limit {
            minutes: minutes.unwrap_or_default(),
            notify_percent: notify_percent.unwrap_or_default(),
        };
        Rule {
            first_response: limit(self.first_response_time, self.first_response_notify),
            update: limit(self.update_time, self.update_notify),
            solution: limit(self.solution_time, self.solution_notify),
            calendar: self.calendar_name.clone().unwrap_or_default(),
        }
    }
}

/// The rows, those that are not valid too.
#[derive(Clone, Debug, Default)]
pub struct SmallTables {
    named: Vec<Named>,
    pub queues: Vec<QueueRow>,
    pub slas: Vec<SlaRow>,
}

impl SmallTables {
    /// The rows of one table.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Named> {
        let number = kind as i32;
        self.named.iter().filter(move |row| row.kind == number)
    }

    /// Its keys, which are 32 bits wide but for channels.
    pub fn keys(&self, kind: Kind) -> impl Iterator<Item = (i32, &Named)> {
        self.of(kind)
            .filter_map(|row| Some((i32::try_from(row.id).ok()?, row)))
    }
}

/// Reads them. Three statements.
pub async fn read(tx: &mut Tx) -> Result<SmallTables, DbError> {
    Ok(SmallTables {
        named: tx.fetch_all(&named(tx)).await?,
        queues: tx.fetch_all(&queues()).await?,
        slas: tx.fetch_all(&slas()).await?,
    })
}

fn named(tx: &Tx) -> SelectStatement {
    use t::{
        ArticleSenderType as Sender, AutoResponseType as Auto, CommunicationChannel as Channel,
        Service, TicketHistoryType as History, TicketLockType as Lock, TicketPriority as Priority,
        TicketState as State, TicketStateType as StateType, TicketType as Type, Users,
    };
    let always = || Expr::cust(VALID.to_string());
    let nothing = || Expr::cust("0");
    let mut all = part(
        tx,
        Kind::Channel,
        (Channel::Table, Channel::Id, Channel::Name),
        Expr::col(Channel::ValidId),
        nothing(),
    );
    macro_rules! add {
        ($($kind:ident: $table:ident, $name:ident, $valid:expr, $more:expr;)+) => {
            $(all.union(
                UnionType::All,
                part(tx, Kind::$kind, ($table::Table, $table::Id, $table::$name), $valid, $more),
            );)+
        };
    }
    add! {
        StateType: StateType, Name, always(), nothing();
        HistoryType: History, Name, always(), nothing();
        Lock: Lock, Name, Expr::col(Lock::ValidId), nothing();
        Type: Type, Name, Expr::col(Type::ValidId), nothing();
        Service: Service, Name, Expr::col(Service::ValidId), nothing();
        Priority: Priority, Name, Expr::col(Priority::ValidId), nothing();
        State: State, Name, Expr::col(State::ValidId), Expr::col(State::TypeId);
        Agent: Users, Login, Expr::col(Users::ValidId), nothing();
        SenderType: Sender, Name, always(), nothing();
        AutoResponseType: Auto, Name, Expr::col(Auto::ValidId), nothing();
    }
    all
}

/// One table of the union. Names are converted, for tables that were made at different times may compare texts differently.
fn part(
    tx: &Tx,
    kind: Kind,
    (table, id, name): (impl IntoTableRef, impl IntoColumnRef, impl IntoColumnRef),
    valid: Expr,
    more: Expr,
) -> SelectStatement {
    Query::select()
        .expr_as(Expr::cust((kind as i32).to_string()), "kind")
        .expr_as(Expr::col(id), "id")
        .expr_as(tx.dialect().as_text(Expr::col(name)), "name")
        .expr_as(valid, "valid_id")
        .expr_as(more, "more")
        .from(table)
        .to_owned()
}

fn queues() -> SelectStatement {
    use t::Queue as Q;
    Query::select()
        .columns([
            Q::Id,
            Q::Name,
            Q::GroupId,
            Q::ValidId,
            Q::FirstResponseTime,
            Q::FirstResponseNotify,
            Q::UpdateTime,
            Q::UpdateNotify,
            Q::SolutionTime,
            Q::SolutionNotify,
            Q::CalendarName,
        ])
        .from(Q::Table)
        .to_owned()
}

fn slas() -> SelectStatement {
    use t::Sla as S;
    Query::select()
        .columns([
            S::Id,
            S::Name,
            S::ValidId,
            S::FirstResponseTime,
            S::FirstResponseNotify,
            S::UpdateTime,
            S::UpdateNotify,
            S::SolutionTime,
            S::SolutionNotify,
            S::CalendarName,
        ])
        .from(S::Table)
        .to_owned()
}
