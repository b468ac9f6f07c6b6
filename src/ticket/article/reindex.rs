//! The full-text index of all articles: how much of it is up to date, and bringing the rest up to date.
//!
//! Source: rows and output of the reference system's `Maint::Ticket::FulltextIndex` and `FulltextIndexRebuildWorker`.

use schema::{DbError, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{ArticleId, Content, search_index};
use crate::{app::App, ticket::TicketId};

/// So many marks are read at once.
const PAGE: u64 = 500;

/// Articles in the index, and articles.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Status {
    pub indexed: i64,
    pub total: i64,
}

impl Status {
    /// 100 when there are no articles.
    pub fn percent(self) -> f64 {
        if self.total == 0 {
            return 100.0;
        }
        let rounded = (self.indexed.saturating_mul(1000) + self.total / 2) / self.total;
        let permille = i32::try_from(rounded);
        f64::from(permille.unwrap_or_default()) / 10.0
    }
}

/// How many articles are not marked. Two statements.
pub async fn status(app: &App) -> Result<Status, DbError> {
    use t::Article as A;
    let count = Query::select()
        .expr(Expr::col(A::Id).count())
        .from(A::Table)
        .to_owned();
    let marked = count
        .clone()
        .and_where(Expr::col(A::SearchIndexNeedsRebuild).eq(1_i16))
        .to_owned();
    let mut tx = app.db.read().await?;
    let (total,): (i64,) = tx.fetch_one(&count).await?;
    let (marked,): (i64,) = tx.fetch_one(&marked).await?;
    Ok(Status {
        indexed: total - marked,
        total,
    })
}

/// Marks every article. One statement.
pub async fn mark_all(app: &App) -> Result<(), DbError> {
    use t::Article as A;
    let update = Query::update()
        .table(A::Table)
        .value(A::SearchIndexNeedsRebuild, 1_i16)
        .to_owned();
    let mut tx = app.db.begin().await?;
    tx.execute(&update).await?;
    tx.commit().await
}

/// Indexes articles that are marked, at most so many; gives how many. Chats keep their mark and their words.
#[tracing::instrument(name = "ticket.article.reindex", skip_all)]
pub async fn run(app: &App, at_most: u64) -> Result<u64, DbError> {
    let settings = app.settings.current();
    let (mut after, mut done) = (0, 0);
    loop {
        let marked = marked(app, after).await?;
        let Some((last, _)) = marked.last() else {
            return Ok(done);
        };
        after = *last;
        for (id, ticket) in marked {
            if done >= at_most {
                return Ok(done);
            }
            let (id, ticket) = (ArticleId(id), TicketId(ticket));
            let mut tx = app.db.begin().await?;
            let article = super::find(&mut tx, &app.recent, ticket, id).await?;
            if let Some(Content::Mime(mime)) = article.map(|article| article.content) {
                search_index::rebuild(&mut tx, &settings, ticket, id, &mime).await?;
                tx.commit().await?;
                done += 1;
            }
        }
    }
}

async fn marked(app: &App, after: i64) -> Result<Vec<(i64, i64)>, DbError> {
    use t::Article as A;
    let query = Query::select()
        .columns([A::Id, A::TicketId])
        .from(A::Table)
        .and_where(Expr::col(A::SearchIndexNeedsRebuild).eq(1_i16))
        .and_where(Expr::col(A::Id).gt(after))
        .order_by(A::Id, Order::Asc)
        .limit(PAGE)
        .to_owned();
    app.db.read().await?.fetch_all(&query).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_told_in_tenths_of_a_percent() {
        let percent = |indexed, total| format!("{:.1}", Status { indexed, total }.percent());
        assert_eq!(percent(51_687, 77_413), "66.8");
        assert_eq!(percent(0, 0), "100.0");
        assert_eq!(percent(0, 5), "0.0");
        assert_eq!(percent(5, 5), "100.0");
    }
}
