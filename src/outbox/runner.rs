//! Hands the rows of the outbox to their consumers; as many processes as there are share the work.

use std::{sync::Arc, time::Duration};

use futures_util::{FutureExt as _, StreamExt as _, stream};
use rand::Rng as _;
use schema::DbError;
use tokio::{sync::watch, task::JoinHandle};

use super::{Consumer, Delivery, Failure, Operation, Registered, store};
use crate::app::App;

/// How long a consumer may take for one operation.
pub const TIME_LIMIT: Duration = Duration::from_mins(10);
/// How often the table is looked at for what other processes left, or what is to be tried again.
const LOOK: Duration = Duration::from_secs(2);
/// How often the rows under way are claimed anew; several times in [`store::LEASE`].
const RENEW: Duration = Duration::from_secs(4);
/// Rows that are claimed together for each one that a consumer takes at the same time.
const BATCH: usize = 8;

/// The work going on; ends with [`Runner::stop`], or with the process.
#[derive(Debug)]
pub struct Runner {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// Begins to hand out rows, each consumer's for itself.
pub fn start(app: &App) -> Runner {
    let (stop, stopped) = watch::channel(false);
    let tasks = app.outbox.0.iter().map(|registered| {
        let work = run(app.clone(), registered.clone(), stopped.clone());
        tokio::spawn(work)
    });
    Runner {
        tasks: tasks.collect(),
        stop,
    }
}

impl Runner {
    /// Ends when what is under way is done.
    pub async fn stop(self) {
        // Without receivers every task has ended already.
        let _ = self.stop.send(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a consumer of the outbox ended badly");
            }
        }
    }
}

async fn run(app: App, registered: Registered, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match round(&app, &registered.consumer).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => {
                tracing::warn!(consumer.name = registered.consumer.name(), %error, "the outbox can not be read");
            }
        }
        tokio::select! {
            () = registered.wake.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Hands out everything that is due now, and gives the number of operations, those that failed included.
pub async fn run_due(app: &App) -> Result<usize, DbError> {
    let mut count = 0;
    for registered in app.outbox.0.iter() {
        loop {
            match round(app, &registered.consumer).await? {
                0 => break,
                done => count += done,
            }
        }
    }
    Ok(count)
}

/// Hands out what is due now to the consumers that this process wrote something for, and gives the number of operations. A
/// process that ends soon says this; it may be dropped at any moment, then the rows are due again when their claim has run out.
pub async fn run_woken(app: &App) -> Result<usize, DbError> {
    let mut count = 0;
    for registered in app.outbox.0.iter() {
        if registered.wake.notified().now_or_never().is_none() {
            continue;
        }
        loop {
            match round(app, &registered.consumer).await? {
                0 => break,
                done => count += done,
            }
        }
    }
    Ok(count)
}

/// The same within a time limit; what takes longer waits in the outbox.
pub async fn follow(app: &App, limit: Duration) {
    match tokio::time::timeout(limit, run_woken(app)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "what follows from this work waits in the outbox"),
        Err(_) => tracing::warn!("what follows from this work takes long, and waits in the outbox"),
    }
}

/// Claims some rows and hands them out.
async fn round(app: &App, consumer: &Arc<dyn Consumer>) -> Result<usize, DbError> {
    let mark = format!("{:032x}", rand::rng().random::<u128>());
    let at_once = consumer.at_once().max(1);
    let mut tx = app.db.read().await?;
    let now = app.clock.timestamp();
    let rows = store::claim(&mut tx, consumer.name(), &mark, now, at_once * BATCH).await?;
    drop(tx);
    if rows.is_empty() {
        return Ok(0);
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let work = stream::iter(&rows).for_each_concurrent(at_once, async |row| {
        deliver(app, consumer, &mark, row).await;
    });
    tokio::select! {
        () = work => {}
        () = keep(app, &mark, &ids) => {}
    }
    Ok(rows.len())
}

/// Keeps rows claimed; never ends.
async fn keep(app: &App, mark: &str, ids: &[i64]) {
    loop {
        tokio::time::sleep(RENEW).await;
        let renewed = async {
            let mut tx = app.db.read().await?;
            store::renew(&mut tx, mark, ids, app.clock.timestamp()).await
        };
        if let Err(error) = renewed.await {
            tracing::warn!(%error, "rows of the outbox can not be kept; another process may take them over");
        }
    }
}

async fn deliver(app: &App, consumer: &Arc<dyn Consumer>, mark: &str, row: &store::Claimed) {
    let Err(failure) = attempt(app, consumer, mark, row).await else {
        return;
    };
    let for_good = matches!(failure, Failure::ForGood(_)) || row.attempts >= store::ATTEMPTS;
    tracing::warn!(
        consumer.name = consumer.name(),
        outbox.id = row.id,
        attempts = row.attempts,
        "an operation of the outbox failed{}: {failure}",
        if for_good {
            " and is not tried again"
        } else {
            ""
        }
    );
    let put_back = async {
        let mut tx = app.db.read().await?;
        let now = app.clock.timestamp();
        let error = (&*failure.to_string(), for_good);
        store::put_back(&mut tx, row, mark, now, error).await
    };
    if let Err(error) = put_back.await {
        // It is due again when the claim has run out.
        tracing::warn!(outbox.id = row.id, %error, "the failure can not be kept");
    }
}

async fn attempt(
    app: &App,
    consumer: &Arc<dyn Consumer>,
    mark: &str,
    row: &store::Claimed,
) -> Result<(), Failure> {
    if row.attempts > store::ATTEMPTS {
        let often = format!("the process ended {} times in it", store::ATTEMPTS);
        return Err(Failure::ForGood(often));
    }
    let operation: Operation = serde_json::from_str(&row.content)
        .map_err(|error| Failure::ForGood(format!("its content can not be read: {error}")))?;
    let mut delivery = Delivery::new(app, operation, row.id, mark);
    tokio::time::timeout(TIME_LIMIT, consumer.consume(&mut delivery))
        .await
        .map_err(|_| Failure::ForNow("it took too long".to_owned()))??;
    delivery.finish().await
}
