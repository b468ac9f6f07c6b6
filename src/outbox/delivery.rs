//! One operation on its way to one consumer.

use schema::{DbError, Tx};

use super::{Failure, Operation, store};
use crate::{app::App, ticket::work::Written};

/// What a consumer gets. Its row in the outbox ends with the transaction that [`Delivery::tx`] opens; without one, when the
/// consumer has returned.
pub struct Delivery<'a> {
    pub app: &'a App,
    pub operation: Operation,
    /// The row, and the mark of who claimed it.
    id: i64,
    mark: &'a str,
    tx: Option<Tx>,
    written: Option<Written<'a>>,
}

impl<'a> Delivery<'a> {
    pub(super) fn new(app: &'a App, operation: Operation, id: i64, mark: &'a str) -> Self {
        Self {
            app,
            operation,
            id,
            mark,
            tx: None,
            written: None,
        }
    }

    /// The transaction of the result, which is committed when the consumer returns without error. Rows that are written
    /// with it are there exactly once. A consumer that acts outside of the database does that before its first call.
    ///
    /// Errors: [`Failure::ForNow`] when another process has taken the row over; it does the work.
    pub async fn tx(&mut self) -> Result<&mut Tx, Failure> {
        if self.tx.is_none() {
            let mut tx = self.app.db.begin().await?;
            if !store::delete(&mut tx, self.id, self.mark).await? {
                return Err(Failure::ForNow("another process took it over".to_owned()));
            }
            self.tx = Some(tx);
        }
        match &mut self.tx {
            Some(tx) => Ok(tx),
            None => Err(DbError::NotOneRow(0).into()),
        }
    }

    /// The transaction of [`Delivery::tx`] for whoever needs it as its own, until [`Delivery::give_back`].
    pub async fn take_tx(&mut self) -> Result<Tx, Failure> {
        self.tx().await?;
        self.tx.take().ok_or_else(|| DbError::NotOneRow(0).into())
    }

    /// Gives the transaction back; it is committed when the consumer returns, and then others hear of what was written.
    pub fn give_back(&mut self, tx: Tx, written: Written<'a>) {
        self.tx = Some(tx);
        self.written = Some(written);
    }

    /// Ends the row with everything that was written.
    pub(super) async fn finish(mut self) -> Result<(), Failure> {
        self.tx().await?;
        if let Some(tx) = self.tx {
            tx.commit().await?;
        }
        if let Some(written) = self.written {
            written.told().await;
        }
        Ok(())
    }
}
