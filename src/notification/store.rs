//! Statements on addresses, automatic answers and their count by address and day.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::VALID;

/// An address of the system: name and mailbox.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Address {
    pub name: String,
    pub mailbox: String,
}

impl Address {
    /// As headers have it: `Znuny System <znuny@localhost>`.
    pub fn header(&self) -> String {
        if self.name.is_empty() {
            return self.mailbox.clone();
        }
        let is_plain = |c: char| c.is_alphanumeric() || " !#$%&'*+-/=?^_`{|}~".contains(c);
        if self.name.chars().all(is_plain) {
            format!("{} <{}>", self.name, self.mailbox)
        } else {
            // The reference system escapes nothing within.
            format!("\"{}\" <{}>", self.name, self.mailbox)
        }
    }
}

/// The address that a queue writes with. One statement.
pub async fn address_of_queue(tx: &mut Tx, queue: i32) -> Result<Option<Address>, DbError> {
    use t::{Queue as Q, SystemAddress as S};
    let query = Query::select()
        .columns([(S::Table, S::Value1), (S::Table, S::Value0)])
        .from(S::Table)
        .inner_join(
            Q::Table,
            Expr::col((Q::Table, Q::SystemAddressId)).equals((S::Table, S::Id)),
        )
        .and_where(Expr::col((Q::Table, Q::Id)).eq(queue))
        .to_owned();
    let row: Option<(String, String)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(name, mailbox)| Address { name, mailbox }))
}

/// The addresses of the system itself. One statement.
pub async fn own_addresses(tx: &mut Tx) -> Result<BTreeSet<String>, DbError> {
    use t::SystemAddress as S;
    let query = Query::select()
        .column(S::Value0)
        .from(S::Table)
        .and_where(Expr::col(S::ValidId).eq(VALID))
        .to_owned();
    let rows: Vec<(String,)> = tx.fetch_all(&query).await?;
    Ok(rows
        .into_iter()
        .map(|(address,)| address.to_lowercase())
        .collect())
}

/// A text that answers by itself.
#[derive(Clone, Debug)]
pub struct Answer {
    pub subject: String,
    pub text: String,
    pub content_type: String,
    pub address: Address,
}

#[derive(sqlx::FromRow)]
struct AnswerRow {
    text0: Option<String>,
    text1: Option<String>,
    content_type: Option<String>,
    value0: String,
    value1: String,
}

/// The valid answer of this kind in a queue. One statement.
pub async fn answer(tx: &mut Tx, queue: i32, kind: &str) -> Result<Option<Answer>, DbError> {
    use t::{AutoResponse as A, AutoResponseType as K, QueueAutoResponse as Q, SystemAddress as S};
    let query = Query::select()
        .columns([
            (A::Table, A::Text0),
            (A::Table, A::Text1),
            (A::Table, A::ContentType),
        ])
        .columns([(S::Table, S::Value0), (S::Table, S::Value1)])
        .from(Q::Table)
        .inner_join(
            A::Table,
            Expr::col((A::Table, A::Id)).equals((Q::Table, Q::AutoResponseId)),
        )
        .inner_join(
            K::Table,
            Expr::col((K::Table, K::Id)).equals((A::Table, A::TypeId)),
        )
        .inner_join(
            S::Table,
            Expr::col((S::Table, S::Id)).equals((A::Table, A::SystemAddressId)),
        )
        .and_where(Expr::col((Q::Table, Q::QueueId)).eq(queue))
        .and_where(Expr::col((K::Table, K::Name)).eq(kind))
        .and_where(Expr::col((A::Table, A::ValidId)).eq(VALID))
        .order_by((Q::Table, Q::Id), Order::Desc)
        .limit(1)
        .to_owned();
    let row: Option<AnswerRow> = tx.fetch_optional(&query).await?;
    Ok(row.map(|row| Answer {
        subject: row.text1.unwrap_or_default(),
        text: row.text0.unwrap_or_default(),
        content_type: row.content_type.unwrap_or_default(),
        address: Address {
            name: row.value1,
            mailbox: row.value0,
        },
    }))
}

/// How many automatic answers an address got on a day, counted up to a limit. One statement.
pub async fn sent_to(
    tx: &mut Tx,
    address: &str,
    day: NaiveDate,
    limit: u64,
) -> Result<u64, DbError> {
    use t::TicketLoopProtection as L;
    let query = Query::select()
        .column(L::SentTo)
        .from(L::Table)
        .and_where(Expr::col(L::SentTo).eq(address))
        .and_where(Expr::col(L::SentDate).eq(day.to_string()))
        .limit(limit)
        .to_owned();
    let rows: Vec<(String,)> = tx.fetch_all(&query).await?;
    Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
}

/// Counts one more answer to an address, and forgets those of other days. Two statements.
pub async fn count_sent(tx: &mut Tx, address: &str, day: NaiveDate) -> Result<(), DbError> {
    use t::TicketLoopProtection as L;
    let forget = Query::delete()
        .from_table(L::Table)
        .and_where(Expr::col(L::SentDate).ne(day.to_string()))
        .to_owned();
    tx.execute(&forget).await?;
    let insert = Query::insert()
        .into_table(L::Table)
        .columns([L::SentTo, L::SentDate])
        .values_panic([address.into(), day.to_string().into()])
        .to_owned();
    tx.execute(&insert).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_signs_are_quoted() {
        let header = |name: &str| {
            Address {
                name: name.to_owned(),
                mailbox: "a@x.example".to_owned(),
            }
            .header()
        };
        assert_eq!(header(""), "a@x.example");
        assert_eq!(header("Znuny System"), "Znuny System <a@x.example>");
        assert_eq!(header("Help, Desk"), "\"Help, Desk\" <a@x.example>");
    }
}
