//! Jobs that events start: a consumer of the outbox, so that each operation on a ticket has its jobs after its commit.

use futures_util::future::BoxFuture;
use schema::{DbError, Tx};

use super::{JobError, NAME};
use crate::{
    app::App,
    outbox::{Consumer, Delivery, Failure, Interest},
    ticket::handler,
};

/// Runs the valid jobs that name an event in `EventValues`, over the ticket of the event, while
/// `Ticket::EventModulePost` names the module `GenericAgent`.
#[derive(Clone, Copy, Debug)]
pub struct Jobs;

impl Consumer for Jobs {
    fn name(&self) -> &'static str {
        NAME
    }

    fn interest<'a>(
        &'a self,
        app: &'a App,
        tx: &'a mut Tx,
    ) -> BoxFuture<'a, Result<Interest, DbError>> {
        Box::pin(async move {
            let handlers = handler::Table::of(&app.settings.current());
            let read = async || {
                let jobs = super::list(tx).await?;
                let valid = jobs.iter().filter(|job| job.is_valid());
                Ok(valid.flat_map(|job| job.events().iter().cloned()).collect())
            };
            let handled = |event: &str| handlers.runs_jobs(event);
            Interest::of_rows(&app.recent.job_events, read, handled).await
        })
    }

    fn consume<'a>(&'a self, delivery: &'a mut Delivery<'_>) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let app = delivery.app;
            let jobs = super::list(&mut app.db.read().await?).await?;
            for event in delivery.operation.events() {
                let started = jobs.iter().filter(|job| job.is_valid());
                for job in started.filter(|job| job.events().contains(&event.name)) {
                    match super::run(app, job, Some(event.ticket)).await {
                        Ok(_) => {}
                        Err(JobError::Database(error)) => return Err(error.into()),
                        // Said once for each operation; the same job would be refused each time.
                        Err(refused) => tracing::error!(error = %refused, "{refused}"),
                    }
                }
            }
            Ok(())
        })
    }
}
