//! What headers name, as keys of valid rows.

use std::sync::Arc;

use schema::{DbError, Dialect};

use crate::ticket::{
    choices::{self, Choices},
    work::Work,
};

/// The valid rows, and how the database compares their names.
pub struct Named {
    pub rows: Arc<Choices>,
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

by_name! {
    queue => queues,
    state => states,
    priority => priorities,
    lock => locks,
    kind => types,
    service => services,
    sla => slas,
}

/// The valid rows as they were a moment ago.
pub async fn named(work: &mut Work<'_>) -> Result<Named, DbError> {
    let app = work.app;
    Ok(Named {
        dialect: work.tx.dialect(),
        rows: choices::current(&mut work.tx, &app.recent).await?,
    })
}
