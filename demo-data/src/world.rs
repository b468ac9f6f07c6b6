//! Who and what tickets can be about, with the keys that they have in this database.

use std::{collections::HashMap, ops::Index};

use schema::{Tx, tables::TableDef, tables::Type};
use sea_query::{Alias, Query};

use crate::{FillError, texts::Texts};

#[derive(Debug)]
pub(crate) struct Agent {
    pub id: i64,
    pub login: String,
    pub first: String,
    pub last: String,
    /// Groups in which the agent may do everything.
    pub groups: Vec<String>,
    pub named: bool,
}

impl Agent {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub login: String,
    pub first: String,
    pub last: String,
    pub mail: String,
    pub company_id: String,
    pub company: String,
    pub language: String,
    pub own_staff: bool,
    pub named: bool,
}

impl Customer {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

/// The keys of a lookup table by name.
#[derive(Debug)]
pub(crate) struct Keys {
    table: &'static str,
    by_name: HashMap<String, i64>,
}

impl Keys {
    /// Reads a table with the columns `id` and `name`, and makes sure that it has these rows.
    pub(crate) async fn read(
        tx: &mut Tx,
        table: &TableDef,
        needed: &[&str],
    ) -> Result<Self, FillError> {
        let select = Query::select()
            .columns(["id", "name"].map(Alias::new))
            .from(Alias::new(table.name))
            .to_owned();
        let is_wide = table
            .column("id")
            .is_some_and(|column| column.kind == Type::BigInt);
        let by_name = if is_wide {
            let rows: Vec<(i64, String)> = tx.fetch_all(&select).await?;
            rows.into_iter().map(|(id, name)| (name, id)).collect()
        } else {
            // Keys of two bytes are `serial` on PostgreSQL: four there too.
            let rows: Vec<(i32, String)> = tx.fetch_all(&select).await?;
            rows.into_iter()
                .map(|(id, name)| (name, i64::from(id)))
                .collect()
        };
        let keys = Self {
            table: table.name,
            by_name,
        };
        for name in needed {
            keys.get(name)?;
        }
        Ok(keys)
    }

    pub(crate) fn get(&self, name: &str) -> Result<i64, FillError> {
        self.by_name
            .get(name)
            .copied()
            .ok_or_else(|| FillError::Missing {
                table: self.table,
                name: name.to_owned(),
            })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    pub(crate) fn add(&mut self, name: &str, id: i64) {
        self.by_name.insert(name.to_owned(), id);
    }
}

/// For names that were asked for when the table was read.
impl Index<&str> for Keys {
    type Output = i64;

    fn index(&self, name: &str) -> &i64 {
        &self.by_name[name]
    }
}

/// Everything that tickets refer to.
#[derive(Debug)]
pub(crate) struct World {
    pub texts: Texts,
    pub agents: Vec<Agent>,
    pub customers: Vec<Customer>,
    pub queues: Keys,
    pub states: Keys,
    pub priorities: Keys,
    pub types: Keys,
    pub locks: Keys,
    pub senders: Keys,
    pub channels: Keys,
    pub history: Keys,
    pub fields: Keys,
    /// The highest keys so far.
    pub last_ticket: i64,
    pub last_article: i64,
}
