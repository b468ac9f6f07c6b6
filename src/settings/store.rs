//! The settings of a running server, exchanged as a whole when something changes.

use std::sync::{Arc, PoisonError, RwLock};

use super::Settings;

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
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }
}
