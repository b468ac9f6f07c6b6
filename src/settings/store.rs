//! The settings of a running server, exchanged as a whole when something changes.

use std::{
    sync::{Arc, PoisonError, RwLock, Weak},
    time::Duration,
};

use schema::Db;

use super::{Settings, SettingsError, Sources, sources::State};

/// Changes are looked for this often; OTRS's own processes need up to ten seconds.
const EVERY: Duration = Duration::from_secs(1);

/// Gives the settings of the moment. Cheap to clone; all clones see a change at once.
#[derive(Clone, Debug, Default)]
pub struct Store {
    current: Arc<RwLock<Arc<Settings>>>,
}

impl Store {
    pub fn new(settings: Arc<Settings>) -> Self {
        Self {
            current: Arc::new(RwLock::new(settings)),
        }
    }

    /// The settings of this moment; take them once for each request, so that one answer follows one set of rules.
    pub fn current(&self) -> Arc<Settings> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts other settings into force.
    pub fn replace(&self, settings: Settings) {
        put(&self.current, settings);
    }

    /// Follows the sources until the last clone of this store is gone.
    pub fn follow(&self, db: Db, sources: Sources, state: State) {
        let store = Arc::downgrade(&self.current);
        tokio::spawn(follow(store, db, sources, state));
    }
}

fn put(current: &RwLock<Arc<Settings>>, settings: Settings) {
    *current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
}

async fn follow(store: Weak<RwLock<Arc<Settings>>>, db: Db, sources: Sources, mut state: State) {
    let mut reported = None;
    loop {
        tokio::time::sleep(EVERY).await;
        if store.strong_count() == 0 {
            return;
        }
        match look(&db, &sources, &state).await {
            Ok(None) => reported = None,
            Ok(Some((settings, now))) => {
                let Some(current) = store.upgrade() else {
                    return;
                };
                put(&current, settings);
                state = now;
                reported = None;
                tracing::info!("the settings have changed and are in force");
            }
            // The old settings stay in force; the same trouble is told once.
            Err(error) => {
                let text = error.to_string();
                if reported.as_ref() != Some(&text) {
                    tracing::error!("the settings can not be read again: {text}");
                    reported = Some(text);
                }
            }
        }
    }
}

async fn look(
    db: &Db,
    sources: &Sources,
    state: &State,
) -> Result<Option<(Settings, State)>, SettingsError> {
    let now = sources.state(db).await?;
    if now == *state {
        return Ok(None);
    }
    Ok(Some((sources.load(db).await?, now)))
}
