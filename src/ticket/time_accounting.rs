//! Time that agents spent, in units that the setting `Ticket::Frontend::TimeUnits` names.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{Ticket, TicketId, article::ArticleId, history::HistoryType, work::Work};

/// Hundredths of a time unit: the column keeps two decimals, and sums of them stay exact.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct TimeUnits(pub i64);

impl TimeUnits {
    /// From what the database writes: `12.00`, `3.5` or `12`.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction: String = fraction.chars().chain("00".chars()).take(2).collect();
        let whole: i64 = whole.parse().ok()?;
        let fraction: i64 = fraction.parse().ok()?;
        let units = whole.checked_mul(100)?.checked_add(fraction)?;
        Some(Self(sign * units))
    }
}

impl std::fmt::Display for TimeUnits {
    /// Always with two decimals, as a `DECIMAL(10,2)` is written.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.abs() / 100, self.0.abs() % 100)
    }
}

impl TimeUnits {
    /// As history entries have it: without zeros that say nothing, `5` or `0.5`.
    pub fn short(self) -> String {
        let text = self.to_string();
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// Time that somebody says they spent, with their spelling, which the history keeps.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SpokenUnits {
    pub units: TimeUnits,
    /// With a point and at most two digits behind it: `3.10`, `007`.
    pub spoken: String,
}

impl SpokenUnits {
    /// Reads digits with a fraction behind a point or a comma, of which two digits count; `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let are_digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (whole, fraction) = match text.split_once(['.', ',']) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        if !are_digits(whole) || !fraction.is_none_or(are_digits) {
            return None;
        }
        let spoken = match fraction {
            Some(fraction) => format!("{whole}.{}", &fraction[..fraction.len().min(2)]),
            None => whole.to_owned(),
        };
        let units = TimeUnits::parse(&spoken)?;
        Some(Self { units, spoken })
    }
}

/// Accounts time to a ticket, and to an article of it. Two entries of history texts are the units just spent and the
/// sum so far. Three statements.
///
/// Source: rows of the reference system.
pub async fn add(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    article: Option<ArticleId>,
    time: &SpokenUnits,
) -> Result<(), DbError> {
    use t::TimeAccounting as T;
    let units = time.units;
    let before = spent(&mut work.tx, &[ticket.id]).await?;
    let before = before.by_ticket.get(&ticket.id).copied();
    let insert = Query::insert()
        .into_table(T::Table)
        .columns([
            T::TicketId,
            T::ArticleId,
            T::TimeUnit,
            T::CreateTime,
            T::CreateBy,
            T::ChangeTime,
            T::ChangeBy,
        ])
        .values_panic([
            ticket.id.0.into(),
            article.map(|article| article.0).into(),
            Expr::val(units.to_string()).cast_as("decimal(10, 2)"),
            work.stamp.at.into(),
            work.stamp.by.0.into(),
            work.stamp.at.into(),
            work.stamp.by.0.into(),
        ])
        .to_owned();
    work.tx.execute(&insert).await?;
    let sum = TimeUnits(before.unwrap_or_default().0 + units.0);
    let text = format!("%%{}%%{}", time.spoken, sum.short());
    work.history(ticket, HistoryType::TimeAccounting, text, article);
    work.emit(ticket, "TicketAccountTime", article).await
}

/// What was spent on some tickets.
#[derive(Clone, Debug, Default)]
pub struct Spent {
    pub by_ticket: HashMap<TicketId, TimeUnits>,
    pub by_article: HashMap<ArticleId, TimeUnits>,
}

const TIME_UNIT: (t::TimeAccounting, t::TimeAccounting) =
    (t::TimeAccounting::Table, t::TimeAccounting::TimeUnit);

/// The sums for these tickets and their articles. One statement.
pub async fn spent(tx: &mut Tx, tickets: &[TicketId]) -> Result<Spent, DbError> {
    let units = tx.decimal_text(Expr::col(TIME_UNIT));
    let query = Query::select()
        .columns([t::TimeAccounting::TicketId, t::TimeAccounting::ArticleId])
        .expr(units)
        .from(t::TimeAccounting::Table)
        .and_where(Expr::col(t::TimeAccounting::TicketId).is_in(tickets.iter().copied()))
        .to_owned();
    let rows: Vec<(i64, Option<i64>, String)> = tx.fetch_all(&query).await?;
    let mut spent = Spent::default();
    for (ticket, article, units) in rows {
        let units = TimeUnits::parse(&units).unwrap_or_default();
        spent.by_ticket.entry(TicketId(ticket)).or_default().0 += units.0;
        if let Some(article) = article {
            spent.by_article.entry(ArticleId(article)).or_default().0 += units.0;
        }
    }
    Ok(spent)
}

/// Time that one agent accounted, with the ticket it went to.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub created: NaiveDateTime,
    pub units: TimeUnits,
    pub ticket_number: String,
    pub ticket_title: Option<String>,
    pub customer_id: Option<String>,
    /// Where the ticket was at that time; `None` when its history begins later.
    pub queue: Option<String>,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    ticket_id: i64,
    create_time: NaiveDateTime,
    time_unit: String,
    tn: String,
    title: Option<String>,
    customer_id: Option<String>,
    queue: String,
}

/// What the agent with this login accounted between two moments (both included), oldest first. Two statements.
///
/// Source: the reference system's `TimeAccountingGet`; a login is found without case.
pub async fn list_of_agent(
    tx: &mut Tx,
    login: &str,
    from: NaiveDateTime,
    to: NaiveDateTime,
) -> Result<Vec<Entry>, DbError> {
    let created = (t::TimeAccounting::Table, t::TimeAccounting::CreateTime);
    let units = tx.decimal_text(Expr::col(TIME_UNIT));
    let same_login = tx.same_text(Expr::col((t::Users::Table, t::Users::Login)), login);
    let query = Query::select()
        .column((t::TimeAccounting::Table, t::TimeAccounting::TicketId))
        .column(created)
        .expr_as(units, "time_unit")
        .column((t::Ticket::Table, t::Ticket::Tn))
        .column((t::Ticket::Table, t::Ticket::Title))
        .column((t::Ticket::Table, t::Ticket::CustomerId))
        .expr_as(Expr::col((t::Queue::Table, t::Queue::Name)), "queue")
        .from(t::TimeAccounting::Table)
        .inner_join(
            t::Users::Table,
            Expr::col((t::TimeAccounting::Table, t::TimeAccounting::CreateBy))
                .equals((t::Users::Table, t::Users::Id)),
        )
        .inner_join(
            t::Ticket::Table,
            Expr::col((t::TimeAccounting::Table, t::TimeAccounting::TicketId))
                .equals((t::Ticket::Table, t::Ticket::Id)),
        )
        .inner_join(
            t::Queue::Table,
            Expr::col((t::Ticket::Table, t::Ticket::QueueId))
                .equals((t::Queue::Table, t::Queue::Id)),
        )
        .and_where(same_login)
        .and_where(Expr::col(created).gte(from))
        .and_where(Expr::col(created).lte(to))
        .order_by(created, Order::Asc)
        .order_by(
            (t::TimeAccounting::Table, t::TimeAccounting::Id),
            Order::Asc,
        )
        .to_owned();
    let rows: Vec<EntryRow> = tx.fetch_all(&query).await?;
    let tickets: BTreeSet<i64> = rows.iter().map(|row| row.ticket_id).collect();
    let moves = moves(tx, &tickets).await?;
    Ok(rows
        .into_iter()
        .map(|row| Entry {
            queue: queue_at(
                moves.get(&row.ticket_id).map_or(&[], Vec::as_slice),
                row.create_time,
                &row.queue,
            ),
            created: row.create_time,
            units: TimeUnits::parse(&row.time_unit).unwrap_or_default(),
            ticket_number: row.tn,
            ticket_title: row.title,
            customer_id: row.customer_id,
        })
        .collect())
}

/// An entry of the history that says where a ticket was.
#[derive(sqlx::FromRow)]
struct MoveRow {
    ticket_id: i64,
    name: String,
    kind: String,
    create_time: NaiveDateTime,
}

/// By ticket the entries that say where it was, oldest first.
async fn moves(
    tx: &mut Tx,
    tickets: &BTreeSet<i64>,
) -> Result<HashMap<i64, Vec<MoveRow>>, DbError> {
    let history = |column: t::TicketHistory| (t::TicketHistory::Table, column);
    let kind = (t::TicketHistoryType::Table, t::TicketHistoryType::Name);
    let query = Query::select()
        .column(history(t::TicketHistory::TicketId))
        .column(history(t::TicketHistory::Name))
        .expr_as(Expr::col(kind), "kind")
        .column(history(t::TicketHistory::CreateTime))
        .from(t::TicketHistory::Table)
        .inner_join(
            t::TicketHistoryType::Table,
            Expr::col(history(t::TicketHistory::HistoryTypeId))
                .equals((t::TicketHistoryType::Table, t::TicketHistoryType::Id)),
        )
        .and_where(Expr::col(history(t::TicketHistory::TicketId)).is_in(tickets.iter().copied()))
        .and_where(Expr::col(kind).is_in(["NewTicket", "Move", "PhoneCallCustomer"]))
        .order_by(history(t::TicketHistory::CreateTime), Order::Asc)
        .order_by(history(t::TicketHistory::Id), Order::Asc)
        .to_owned();
    let rows: Vec<MoveRow> = tx.fetch_all(&query).await?;
    let mut moves: HashMap<i64, Vec<MoveRow>> = HashMap::new();
    for row in rows {
        moves.entry(row.ticket_id).or_default().push(row);
    }
    Ok(moves)
}

/// The queue by the words of the history, which keeps the name that the queue had then. Entries of a creation that do
/// not say it count as the queue of today.
/// Source: the reference system, asked for times around entries of each type.
fn queue_at(moves: &[MoveRow], at: NaiveDateTime, today: &str) -> Option<String> {
    let mut queue = None;
    for entry in moves.iter().take_while(|entry| entry.create_time <= at) {
        let parts: Vec<&str> = entry.name.split("%%").collect();
        // Both begin with the separator: `%%number%%queue%%priority%%state%%id` and `%%queue%%id%%old%%id`.
        let said = match (entry.kind.as_str(), parts.as_slice()) {
            ("NewTicket", ["", _, queue, _, _, _, ..]) | ("Move", ["", queue, _, _, _, ..]) => {
                Some(*queue).filter(|queue| !queue.is_empty())
            }
            _ => None,
        };
        match said {
            Some(said) => queue = Some(said.to_owned()),
            None if entry.kind != "Move" => {
                queue.get_or_insert_with(|| today.to_owned());
            }
            None => {}
        }
    }
    queue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_says_where_a_ticket_was() {
        let at = |second: i64| NaiveDateTime::default() + chrono::TimeDelta::seconds(second);
        let entry = |second: i64, kind: &str, name: &str| MoveRow {
            ticket_id: 1,
            name: name.to_owned(),
            kind: kind.to_owned(),
            create_time: at(second),
        };
        let moves = [
            entry(10, "NewTicket", "%%20%%Raw%%3 normal%%new%%1"),
            entry(11, "NewTicket", "%%GenericInterface Create"),
            entry(20, "Move", "%%Sales%%3%%Raw%%2"),
            entry(30, "Move", "moved by hand"),
        ];
        let asked = |second: i64| queue_at(&moves, at(second), "Today");
        assert_eq!(asked(9), None);
        assert_eq!(asked(10).as_deref(), Some("Raw"));
        assert_eq!(asked(19).as_deref(), Some("Raw"));
        assert_eq!(asked(20).as_deref(), Some("Sales"));
        assert_eq!(asked(99).as_deref(), Some("Sales"));

        let old = [entry(10, "NewTicket", "New Ticket [20] created.")];
        assert_eq!(queue_at(&old, at(10), "Today").as_deref(), Some("Today"));
    }

    #[test]
    fn a_decimal_is_read_and_written_with_two_places() {
        for (written, shown) in [
            ("12.00", "12.00"),
            ("3.5", "3.50"),
            ("12", "12.00"),
            ("-0.25", "-0.25"),
            (" 7.10 ", "7.10"),
        ] {
            assert_eq!(TimeUnits::parse(written).unwrap().to_string(), shown);
        }
        assert_eq!(TimeUnits::parse("many"), None);
    }
}
