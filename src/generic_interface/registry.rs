//! The web services of `gi_webservice_config`, kept in memory and looked after once a second.

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};

use compat::{Value, yaml};
use schema::{Db, DbError, LongText, Tx, tables as t};
use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};

use super::{
    Compiled, WebService,
    requester::event::{self, Trigger},
};

/// How old the copy in memory may become: a change in the table is noticed after this time at the latest.
const FRESH_FOR: Duration = Duration::from_secs(1);

/// The only value of `valid_id` that lets a web service answer.
const VALID: i16 = 1;

/// A web service as a request names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    Name(String),
    Id(i32),
}

/// All web services; cheap to share.
#[derive(Debug, Default)]
pub struct Registry {
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    read_at: Option<Instant>,
    services: HashMap<i32, Entry>,
    triggers: Arc<[Trigger]>,
}

#[derive(Clone, Debug)]
struct Entry {
    name: String,
    text: String,
    service: Arc<WebService>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i32,
    name: String,
    config: LongText,
}

fn valid_services() -> SelectStatement {
    Query::select()
        .columns([
            t::GiWebserviceConfig::Id,
            t::GiWebserviceConfig::Name,
            t::GiWebserviceConfig::Config,
        ])
        .from(t::GiWebserviceConfig::Table)
        .and_where(Expr::col(t::GiWebserviceConfig::ValidId).eq(VALID))
        .order_by(t::GiWebserviceConfig::Id, Order::Asc)
        .to_owned()
}

impl Registry {
    /// The valid web service with this name or id, no older than a second.
    pub async fn find(&self, db: &Db, named: &Named) -> Result<Option<Arc<WebService>>, DbError> {
        if !self.is_fresh() {
            self.refresh(&mut db.read().await?).await?;
        }
        let known = self
            .known
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(match named {
            Named::Id(id) => known.services.get(id),
            Named::Name(name) => known.services.values().find(|entry| entry.name == *name),
        }
        .map(|entry| Arc::clone(&entry.service)))
    }

    /// The invokers of all valid web services that events call, no older than a second.
    pub async fn triggers(&self, tx: &mut Tx) -> Result<Arc<[Trigger]>, DbError> {
        if !self.is_fresh() {
            self.refresh(tx).await?;
        }
        let known = self
            .known
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(Arc::clone(&known.triggers))
    }

    fn is_fresh(&self) -> bool {
        let known = self
            .known
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        known.read_at.is_some_and(|at| at.elapsed() < FRESH_FOR)
    }

    async fn refresh(&self, tx: &mut Tx) -> Result<(), DbError> {
        let read_at = Instant::now();
        let rows: Vec<Row> = tx.fetch_all(&valid_services()).await?;
        let mut known = self
            .known
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut services = HashMap::with_capacity(rows.len());
        let mut triggers = Vec::new();
        for row in rows {
            let text = String::from(row.config);
            let entry = match known.services.remove(&row.id) {
                Some(entry) if entry.name == row.name && entry.text == text => entry,
                _ => read(row.id, row.name, text),
            };
            triggers.extend(event::triggers(&entry.service));
            services.insert(row.id, entry);
        }
        *known = Known {
            read_at: Some(read_at),
            services,
            triggers: triggers.into(),
        };
        Ok(())
    }
}

/// A configuration that is no YAML leaves a web service without transport, which answers that it can not work.
fn read(id: i32, name: String, text: String) -> Entry {
    let config = yaml::read(&text).unwrap_or_else(|error| {
        tracing::error!(web_service.name = %name, %error, "the configuration of web service {name} can not be read");
        Value::Undef
    });
    let service = Arc::new(WebService {
        id,
        name: name.clone(),
        config,
        compiled: Compiled::default(),
    });
    Entry {
        name,
        text,
        service,
    }
}
