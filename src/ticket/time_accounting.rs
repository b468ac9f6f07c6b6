//! Time that agents spent, in units that the setting `Ticket::Frontend::TimeUnits` names.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{TicketId, article::ArticleId};

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
        Some(Self(sign * (whole * 100 + fraction)))
    }
}

impl std::fmt::Display for TimeUnits {
    /// Always with two decimals, as a `DECIMAL(10,2)` is written.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.abs() / 100, self.0.abs() % 100)
    }
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
    pub queue: String,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    create_time: NaiveDateTime,
    time_unit: String,
    tn: String,
    title: Option<String>,
    customer_id: Option<String>,
    queue: String,
}

/// What the agent with this login accounted between two moments (both included), oldest first. One statement.
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
    Ok(rows
        .into_iter()
        .map(|row| Entry {
            created: row.create_time,
            units: TimeUnits::parse(&row.time_unit).unwrap_or_default(),
            ticket_number: row.tn,
            ticket_title: row.title,
            customer_id: row.customer_id,
            queue: row.queue,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

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
