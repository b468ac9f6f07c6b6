//! Who takes messages in these tests: tickets are made, and nothing of the mail is understood.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::future::BoxFuture;
use otterdesk::{
    app::App,
    directory::UserId,
    mail::{
        communication_log::{CommunicationLog, ObjectKind, Target},
        door::{Options, Receiver, Refused},
    },
    ticket::work::Work,
};

use crate::support::new_ticket;

/// Makes a ticket of each message, and does with some of them what their text asks for.
#[derive(Debug, Default)]
pub struct Tickets {
    pub seen: Mutex<Vec<(Vec<u8>, Options)>>,
    pub calls: AtomicUsize,
}

impl Tickets {
    /// The messages that became tickets.
    pub fn texts(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .map(|(raw, _)| String::from_utf8_lossy(raw).into_owned())
            .collect()
    }
}

impl Receiver for Tickets {
    fn receive<'a>(
        &'a self,
        app: &'a App,
        raw: &'a [u8],
        options: &'a Options,
        log: &'a mut CommunicationLog,
    ) -> BoxFuture<'a, Result<String, Refused>> {
        Box::pin(async move {
            self.calls.fetch_add(1, Ordering::Relaxed);
            let text = String::from_utf8_lossy(raw);
            if text.contains("X-Test: later") {
                return Err(Refused::Later("the database is away".to_owned()));
            }
            if text.contains("X-Test: fails") {
                return Err(Refused::Failed("nobody understands this".to_owned()));
            }
            assert!(!text.contains("X-Test: panics"), "as this message wants it");
            let mut work = Work::begin(app, UserId::SYSTEM).await?;
            let (ticket, article) = new_ticket(&mut work, "by mail").await;
            log.lookup(
                ObjectKind::Message,
                Target::Article,
                article.0,
                app.clock.now(),
            );
            log.write_in(&mut work.tx).await?;
            work.commit().await?;
            let mut seen = self.seen.lock().unwrap();
            seen.push((raw.to_vec(), options.clone()));
            Ok(format!("new ticket {}", ticket.number))
        })
    }
}
