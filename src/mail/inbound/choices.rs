//! What headers name, as keys of rows.

use std::sync::Arc;

use schema::{DbError, Dialect};

use crate::ticket::{
    choices::{self, Choices},
    lookup::Lookups,
    work::Work,
};

/// The valid rows, and how the database compares their names.
pub struct Named {
    pub rows: Arc<Choices>,
    all: Arc<Lookups>,
    dialect: Dialect,
}

/// Names of rows, such as those of queues.
macro_rules! by_name {
    ($($function:ident => $rows:ident),+ $(,)?) => {
        impl Named {
            $(pub fn $function(&self, name: &str) -> Option<i32> {
                self.rows.$rows.by_name_in(self.dialect, name)
            })+
        }
    };
}

impl Named {
    /// Queues and types count as they are written, also those that are not valid any more.
    pub fn queue(&self, name: &str) -> Option<i32> {
        let mut queues = self.all.queues.values();
        queues
            .find(|queue| queue.name == name)
            .map(|queue| queue.id)
    }

    pub fn kind(&self, name: &str) -> Option<i32> {
        let mut types = self.all.types.iter();
        types.find(|(_, known)| *known == name).map(|(id, _)| *id)
    }
}

by_name! {
    state => states,
    priority => priorities,
    lock => locks,
    service => services,
    sla => slas,
}

/// The rows as they were a moment ago.
pub async fn named(work: &mut Work<'_>) -> Result<Named, DbError> {
    let app = work.app;
    Ok(Named {
        dialect: work.tx.dialect(),
        all: work.lookups().await?,
        rows: choices::current(&mut work.tx, &app.recent).await?,
    })
}
