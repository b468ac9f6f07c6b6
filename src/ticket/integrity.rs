//! Whether the rows about tickets fit together: what a crash, a failed disk or a hand at the database may have broken.
//!
//! Everything here reads. Foreign keys keep most of it from happening, but not every installation has them.

use std::{cmp::Ordering, collections::BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};
use schema::{DbError, Tx, tables as t};
use sea_query::{
    Cond, DynIden, Expr, ExprTrait as _, Func, IntoIden, Order, Query, SelectStatement,
};

use super::number::{Format, Generator};
use crate::{outbox, settings::Settings};

/// This many rows are named of each kind.
pub const NAMED: usize = 10;

/// Tickets whose keys are asked for in one statement.
const AT_ONCE: usize = 1_000;

/// Something that does not fit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// In words, such as `tickets without history`.
    pub what: String,
    /// Keys or numbers, [`NAMED`] at most.
    pub which: Vec<String>,
    /// Whether there are others.
    pub more: bool,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let more = if self.more { " and others" } else { "" };
        write!(f, "{}: {}{more}", self.what, self.which.join(", "))
    }
}

impl Finding {
    fn of<T: ToString>(what: impl Into<String>, found: &[T]) -> Option<Self> {
        if found.is_empty() {
            return None;
        }
        Some(Self {
            what: what.into(),
            which: found.iter().take(NAMED).map(T::to_string).collect(),
            more: found.len() > NAMED,
        })
    }
}

/// Looks at every ticket and everything that points to one; an empty list is the good news.
pub async fn check(tx: &mut Tx, settings: &Settings) -> Result<Vec<Finding>, DbError> {
    let mut findings = Vec::new();
    let no_history = Orphan {
        what: "tickets without history",
        from: (t::Ticket::Table.into_iden(), t::Ticket::Id.into_iden()),
        to: (
            t::TicketHistory::Table.into_iden(),
            t::TicketHistory::TicketId.into_iden(),
        ),
    };
    findings.extend(no_history.find(tx).await?);
    findings.extend(shared_numbers(tx).await?);
    findings.extend(without_data(tx).await?);
    for orphan in orphans() {
        findings.extend(orphan.find(tx).await?);
    }
    findings.extend(mentions(tx).await?);
    findings.extend(elsewhere(tx).await?);
    findings.extend(values(tx).await?);
    findings.extend(links(tx).await?);
    findings.extend(counter(tx, settings).await?);
    Ok(findings)
}

/// How long a row of the outbox may wait before somebody should look, in seconds.
const OUTBOX_PATIENCE: i64 = 3_600;

/// Rows of the outbox that failed for good, or that nobody took for an hour because no server runs or none knows their
/// consumer. `now` in seconds since 1970.
pub async fn check_outbox(tx: &mut Tx, now: i64) -> Result<Option<Finding>, DbError> {
    let stuck = outbox::store::stuck(tx, now, OUTBOX_PATIENCE, NAMED as u64 + 1).await?;
    Ok(Finding::of(
        "operations whose consequences failed or wait (otterdesk outbox list)",
        &stuck,
    ))
}

/// Numbers that more than one ticket has; a unique index forbids that, where it was not dropped.
async fn shared_numbers(tx: &mut Tx) -> Result<Option<Finding>, DbError> {
    let query = Query::select()
        .column(t::Ticket::Tn)
        .from(t::Ticket::Table)
        .group_by_col(t::Ticket::Tn)
        .and_having(Func::count(Expr::col(t::Ticket::Id)).gt(1))
        .order_by(t::Ticket::Tn, Order::Asc)
        .limit(NAMED as u64 + 1)
        .to_owned();
    let rows: Vec<(String,)> = tx.fetch_all(&query).await?;
    let found: Vec<String> = rows.into_iter().map(|(number,)| number).collect();
    Ok(Finding::of("numbers of several tickets", &found))
}

/// Rows whose column names something that another table has not.
struct Orphan {
    what: &'static str,
    from: (DynIden, DynIden),
    to: (DynIden, DynIden),
}

impl Orphan {
    fn statement(&self) -> SelectStatement {
        Query::select()
            .distinct()
            .column(self.from.clone())
            .from(self.from.0.clone())
            .left_join(
                self.to.0.clone(),
                Expr::col(self.from.clone()).equals(self.to.clone()),
            )
            .and_where(Expr::col(self.to.clone()).is_null())
            .and_where(Expr::col(self.from.clone()).is_not_null())
            .order_by(self.from.clone(), Order::Asc)
            .limit(NAMED as u64 + 1)
            .to_owned()
    }

    async fn find(&self, tx: &mut Tx) -> Result<Option<Finding>, DbError> {
        let rows: Vec<(i64,)> = tx.fetch_all(&self.statement()).await?;
        let found: Vec<i64> = rows.into_iter().map(|(key,)| key).collect();
        Ok(Finding::of(self.what, &found))
    }
}

macro_rules! orphan {
    ($what:literal, $table:ident.$column:ident, $to:ident) => {
        Orphan {
            what: $what,
            from: (t::$table::Table.into_iden(), t::$table::$column.into_iden()),
            to: (t::$to::Table.into_iden(), t::$to::Id.into_iden()),
        }
    };
}

fn orphans() -> Vec<Orphan> {
    vec![
        orphan!(
            "tickets that do not exist, with articles",
            Article.TicketId,
            Ticket
        ),
        orphan!(
            "tickets that do not exist, with history",
            TicketHistory.TicketId,
            Ticket
        ),
        orphan!(
            "tickets that do not exist, with flags",
            TicketFlag.TicketId,
            Ticket
        ),
        orphan!(
            "tickets that do not exist, with watchers",
            TicketWatcher.TicketId,
            Ticket
        ),
        orphan!(
            "tickets that do not exist, with accounted time",
            TimeAccounting.TicketId,
            Ticket
        ),
        orphan!(
            "tickets that do not exist, in the index",
            TicketIndex.TicketId,
            Ticket
        ),
        orphan!(
            "tickets that do not exist, in the index of locks",
            TicketLockIndex.TicketId,
            Ticket
        ),
        orphan!(
            "tickets that do not exist, in the search index",
            ArticleSearchIndex.TicketId,
            Ticket
        ),
        orphan!(
            "articles that do not exist, with data",
            ArticleDataMime.ArticleId,
            Article
        ),
        orphan!(
            "articles that do not exist, with a source",
            ArticleDataMimePlain.ArticleId,
            Article
        ),
        orphan!(
            "articles that do not exist, with attachments",
            ArticleDataMimeAttachment.ArticleId,
            Article
        ),
        orphan!(
            "articles that do not exist, with chat lines",
            ArticleDataOtrsChat.ArticleId,
            Article
        ),
        orphan!(
            "articles that do not exist, with flags",
            ArticleFlag.ArticleId,
            Article
        ),
        orphan!(
            "articles that do not exist, with history",
            TicketHistory.ArticleId,
            Article
        ),
        orphan!(
            "articles that do not exist, with accounted time",
            TimeAccounting.ArticleId,
            Article
        ),
        orphan!(
            "articles that do not exist, in the search index",
            ArticleSearchIndex.ArticleId,
            Article
        ),
    ]
}

/// Articles that say nothing: without the row that their channel keeps its texts in.
async fn without_data(tx: &mut Tx) -> Result<Option<Finding>, DbError> {
    use t::{
        Article as A, ArticleDataMime as M, ArticleDataOtrsChat as H, CommunicationChannel as C,
    };
    let query = Query::select()
        .distinct()
        .column((A::Table, A::Id))
        .from(A::Table)
        .inner_join(
            C::Table,
            Expr::col((A::Table, A::CommunicationChannelId)).equals((C::Table, C::Id)),
        )
        .left_join(
            M::Table,
            Expr::col((M::Table, M::ArticleId)).equals((A::Table, A::Id)),
        )
        .left_join(
            H::Table,
            Expr::col((H::Table, H::ArticleId)).equals((A::Table, A::Id)),
        )
        .cond_where(
            Cond::any()
                .add(
                    Cond::all()
                        .add(Expr::col((C::Table, C::Name)).is_in(["Email", "Phone", "Internal"]))
                        .add(Expr::col((M::Table, M::Id)).is_null()),
                )
                .add(
                    Cond::all()
                        .add(Expr::col((C::Table, C::Name)).eq("Chat"))
                        .add(Expr::col((H::Table, H::Id)).is_null()),
                ),
        )
        .order_by((A::Table, A::Id), Order::Asc)
        .limit(NAMED as u64 + 1)
        .to_owned();
    let rows: Vec<(i64,)> = tx.fetch_all(&query).await?;
    let found: Vec<i64> = rows.into_iter().map(|(key,)| key).collect();
    Ok(Finding::of("articles without data", &found))
}

/// The columns of `mention` are narrower than the keys that they name.
async fn mentions(tx: &mut Tx) -> Result<Vec<Finding>, DbError> {
    let mut findings = Vec::new();
    for orphan in [
        orphan!(
            "tickets that do not exist, with mentions",
            Mention.TicketId,
            Ticket
        ),
        orphan!(
            "articles that do not exist, with mentions",
            Mention.ArticleId,
            Article
        ),
    ] {
        let rows: Vec<(i32,)> = tx.fetch_all(&orphan.statement()).await?;
        let found: Vec<i32> = rows.into_iter().map(|(key,)| key).collect();
        findings.extend(Finding::of(orphan.what, &found));
    }
    Ok(findings)
}

/// Rows that say another ticket than their article does: what a merge that broke off would leave.
async fn elsewhere(tx: &mut Tx) -> Result<Vec<Finding>, DbError> {
    let sides: [(&str, DynIden, DynIden, DynIden); 2] = [
        (
            "articles in the search index of another ticket",
            t::ArticleSearchIndex::Table.into_iden(),
            t::ArticleSearchIndex::ArticleId.into_iden(),
            t::ArticleSearchIndex::TicketId.into_iden(),
        ),
        (
            "articles whose accounted time is on another ticket",
            t::TimeAccounting::Table.into_iden(),
            t::TimeAccounting::ArticleId.into_iden(),
            t::TimeAccounting::TicketId.into_iden(),
        ),
    ];
    let mut findings = Vec::new();
    for (what, table, article, ticket) in sides {
        let query = Query::select()
            .distinct()
            .column((t::Article::Table, t::Article::Id))
            .from(t::Article::Table)
            .inner_join(
                table.clone(),
                Expr::col((table.clone(), article)).equals((t::Article::Table, t::Article::Id)),
            )
            .and_where(
                Expr::col((table, ticket)).ne(Expr::col((t::Article::Table, t::Article::TicketId))),
            )
            .order_by((t::Article::Table, t::Article::Id), Order::Asc)
            .limit(NAMED as u64 + 1)
            .to_owned();
        let rows: Vec<(i64,)> = tx.fetch_all(&query).await?;
        let found: Vec<i64> = rows.into_iter().map(|(key,)| key).collect();
        findings.extend(Finding::of(what, &found));
    }
    Ok(findings)
}

/// Values of dynamic fields for objects that do not exist.
async fn values(tx: &mut Tx) -> Result<Vec<Finding>, DbError> {
    use t::{DynamicField as F, DynamicFieldValue as V};
    let objects: [(&str, &str, DynIden, DynIden); 2] = [
        (
            "Ticket",
            "tickets that do not exist, with dynamic fields",
            t::Ticket::Table.into_iden(),
            t::Ticket::Id.into_iden(),
        ),
        (
            "Article",
            "articles that do not exist, with dynamic fields",
            t::Article::Table.into_iden(),
            t::Article::Id.into_iden(),
        ),
    ];
    let mut findings = Vec::new();
    for (object, what, table, id) in objects {
        let query = Query::select()
            .distinct()
            .column((V::Table, V::ObjectId))
            .from(V::Table)
            .inner_join(
                F::Table,
                Expr::col((F::Table, F::Id)).equals((V::Table, V::FieldId)),
            )
            .left_join(
                table.clone(),
                Expr::col((table.clone(), id.clone())).equals((V::Table, V::ObjectId)),
            )
            .and_where(Expr::col((F::Table, F::ObjectType)).eq(object))
            .and_where(Expr::col((table, id)).is_null())
            .order_by((V::Table, V::ObjectId), Order::Asc)
            .limit(NAMED as u64 + 1)
            .to_owned();
        let rows: Vec<(i64,)> = tx.fetch_all(&query).await?;
        let found: Vec<i64> = rows.into_iter().map(|(key,)| key).collect();
        findings.extend(Finding::of(what, &found));
    }
    Ok(findings)
}

/// Links name tickets by text, so the texts are read and compared here.
async fn links(tx: &mut Tx) -> Result<Option<Finding>, DbError> {
    use t::{LinkObject as O, LinkRelation as L};
    let mut linked = BTreeSet::new();
    for (object, key) in [
        (L::SourceObjectId, L::SourceKey),
        (L::TargetObjectId, L::TargetKey),
    ] {
        let query = Query::select()
            .distinct()
            .column((L::Table, key))
            .from(L::Table)
            .inner_join(
                O::Table,
                Expr::col((O::Table, O::Id)).equals((L::Table, object)),
            )
            .and_where(Expr::col((O::Table, O::Name)).eq("Ticket"))
            .to_owned();
        let rows: Vec<(String,)> = tx.fetch_all(&query).await?;
        linked.extend(
            rows.into_iter()
                .filter_map(|(key,)| key.parse::<i64>().ok()),
        );
    }
    let linked: Vec<i64> = linked.into_iter().collect();
    let mut missing = Vec::new();
    for keys in linked.chunks(AT_ONCE) {
        let query = Query::select()
            .column(t::Ticket::Id)
            .from(t::Ticket::Table)
            .and_where(Expr::col(t::Ticket::Id).is_in(keys.iter().copied()))
            .to_owned();
        let rows: Vec<(i64,)> = tx.fetch_all(&query).await?;
        let known: BTreeSet<i64> = rows.into_iter().map(|(key,)| key).collect();
        missing.extend(keys.iter().copied().filter(|key| !known.contains(key)));
    }
    Ok(Finding::of(
        "tickets that do not exist, with links",
        &missing,
    ))
}

/// A ticket with a number that the counter has not reached; that number would come again.
async fn counter(tx: &mut Tx, settings: &Settings) -> Result<Option<Finding>, DbError> {
    use t::TicketNumberCounter as C;
    let Some(format) = Format::from_settings(settings) else {
        return Ok(None);
    };
    if format.generator == Generator::Random {
        return Ok(None);
    }
    let newest = Query::select()
        .columns([C::Counter, C::CreateTime])
        .from(C::Table)
        .and_where(Expr::col(C::Counter).gt(0))
        .order_by(C::Id, Order::Desc)
        .limit(1)
        .to_owned();
    let newest: Option<(i64, Option<NaiveDateTime>)> = tx.fetch_optional(&newest).await?;
    let Some((counter, Some(at))) = newest else {
        return Ok(None);
    };
    let reached = format.number(at.date(), counter);
    let Some(highest) = highest_number(tx, &prefix(&format, at.date())).await? else {
        return Ok(None);
    };
    if compare(&highest, &reached) == Ordering::Greater {
        let what = format!("the counter of ticket numbers stands at {reached}, behind");
        return Ok(Finding::of(what, &[highest]));
    }
    Ok(None)
}

/// What all numbers of that day begin with, or all numbers.
fn prefix(format: &Format, day: NaiveDate) -> String {
    let system = &format.system_id;
    match format.generator {
        Generator::Date | Generator::DateChecksum => format!("{}{system}", day.format("%Y%m%d")),
        Generator::AutoIncrement | Generator::Random => system.clone(),
    }
}

async fn highest_number(tx: &mut Tx, prefix: &str) -> Result<Option<String>, DbError> {
    let length = Func::char_length(Expr::col(t::Ticket::Tn));
    let query = Query::select()
        .column(t::Ticket::Tn)
        .from(t::Ticket::Table)
        .and_where(Expr::col(t::Ticket::Tn).like(format!("{prefix}%")))
        .order_by_expr(length.into(), Order::Desc)
        .order_by(t::Ticket::Tn, Order::Desc)
        .limit(1)
        .to_owned();
    let row: Option<(String,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(number,)| number))
}

/// Numbers of the same form: the longer one is higher.
fn compare(one: &str, other: &str) -> Ordering {
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}
