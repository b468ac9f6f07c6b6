//! Plausible help desk data: some hundred tickets to look at, or a million to measure with.
//!
//! Brookside, an invented maker of weather stations, has queues, agents with different rights, customers in nine languages,
//! and conversations with them (`texts/`). [`fill`] writes them into a database that has the schema and its first rows.
//! The same [`Plan`] on the same empty database gives the same rows.
//!
//! This crate leaves the rules of the domain alone: it writes rows as they would stand there afterwards, because a million
//! tickets one by one through every rule would take days.

mod attachment;
mod batch;
mod case;
mod index;
mod number;
mod organisation;
mod texts;
mod world;

use chrono::{Duration, NaiveDateTime, NaiveTime};
use schema::{Db, DbError, Load};
use tokio::task::JoinError;

use batch::Batch;
use case::Cases;
use world::World;

/// What to write.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Different seeds give different tickets.
    pub seed: u64,
    pub tickets: u32,
    /// Agents beside the eight named ones.
    pub further_agents: u16,
    /// Customer users beside the named ones, in companies of five.
    pub further_customers: u32,
    /// Tickets are created between these two times (UTC); nothing happens after the second.
    pub from: NaiveDateTime,
    pub to: NaiveDateTime,
    /// What [`fill`] writes as everybody's password: a hash in one of OTRS's notations.
    pub password_hash: String,
    /// Whether mails are kept in their raw form too, and agents have read what they wrote.
    pub complete: bool,
    /// Whether articles get a few more sentences, so that texts differ.
    pub vary_texts: bool,
}

impl Plan {
    /// For looking at: 300 tickets of the two months before `now` (UTC).
    pub fn demonstration(now: NaiveDateTime, password_hash: String) -> Self {
        let to = last_midnight(now);
        Self {
            seed: 1,
            tickets: 300,
            further_agents: 0,
            further_customers: 0,
            from: to - Duration::days(60),
            to,
            password_hash,
            complete: true,
            vary_texts: false,
        }
    }

    /// For measuring: any number of tickets, of the three years before `now` (UTC).
    pub fn bulk(tickets: u32, now: NaiveDateTime, password_hash: String) -> Self {
        let to = last_midnight(now);
        Self {
            seed: 1,
            tickets,
            further_agents: 40,
            further_customers: (tickets / 50).clamp(100, 20_000),
            from: to - Duration::days(3 * 365),
            to,
            password_hash,
            complete: false,
            vary_texts: true,
        }
    }
}

/// Numbers of today are left to the tickets that people will make today.
fn last_midnight(now: NaiveDateTime) -> NaiveDateTime {
    now.date().and_time(NaiveTime::MIN)
}

/// The web service over REST that a filled database has.
pub const WEB_SERVICE: &str = organisation::WEB_SERVICE;

/// Somebody who can sign in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Login {
    pub login: String,
    pub name: String,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Filled {
    pub tickets: u64,
    pub articles: u64,
    /// The valid agents of Brookside.
    pub agents: Vec<Login>,
    /// The named customer users.
    pub customers: Vec<Login>,
}

/// Why a database could not be filled.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    #[error("table `{table}` has no row named `{name}`: has this database its first rows?")]
    Missing { table: &'static str, name: String },
    #[error("the texts of the demonstration are damaged: {0}")]
    Texts(#[from] toml::de::Error),
    #[error("making the tickets failed: {0}")]
    Stopped(#[from] JoinError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Tickets that are made and written at a time.
const CHUNK: u32 = 2_000;

/// Writes what the plan says. Groups, queues, agents and customers that are there already, by name, are used as they are.
///
/// A database without any ticket is filled by a [`Load`], which needs minutes for a million tickets, and shows them all at
/// once at the end. Where there are tickets already, some thousand are committed at a time, and those that were written before
/// an error stay. Nobody else may write tickets at the same time.
pub async fn fill(db: &Db, plan: &Plan) -> Result<Filled, FillError> {
    let mut tx = db.begin().await?;
    let world = organisation::ensure(&mut tx, plan).await?;
    tx.commit().await?;
    let (agents, customers) = logins(&world);
    let mut filled = Filled {
        tickets: 0,
        articles: 0,
        agents,
        customers,
    };

    let mut target = Target::of(db).await?;
    let dialect = db.dialect();
    let mut cases = Cases::new(world, plan.clone());
    let mut next = tokio::task::spawn_blocking(move || {
        let batch = cases.batch(dialect, CHUNK);
        (cases, batch)
    });
    loop {
        let (mut cases, batch) = next.await?;
        if batch.is_empty() {
            break;
        }
        // While the database takes this batch, the next one is made.
        next = tokio::task::spawn_blocking(move || {
            let batch = cases.batch(dialect, CHUNK);
            (cases, batch)
        });
        filled.tickets += batch.tickets();
        filled.articles += batch.articles();
        target.write(batch).await?;
    }
    target.finish().await?;
    Ok(filled)
}

/// How the rows get into the database.
enum Target<'a> {
    /// All at once, into tables that have no rows.
    Load(Load),
    /// Batch after batch, to what is there.
    Batches(&'a Db),
}

impl<'a> Target<'a> {
    async fn of(db: &'a Db) -> Result<Self, FillError> {
        let load = db.load(&batch::TABLES).await?;
        Ok(load.map_or(Self::Batches(db), Self::Load))
    }

    async fn write(&mut self, batch: Batch) -> Result<(), FillError> {
        match self {
            Self::Load(load) => {
                for rows in batch.into_rows() {
                    load.write(rows).await?;
                }
            }
            Self::Batches(db) => {
                let mut tx = db.begin().await?;
                tx.trust_references().await?;
                for rows in batch.into_rows() {
                    tx.write(rows).await?;
                }
                tx.commit().await?;
            }
        }
        Ok(())
    }

    async fn finish(self) -> Result<(), FillError> {
        match self {
            Self::Load(load) => load.commit().await?,
            Self::Batches(db) => {
                let mut tx = db.begin().await?;
                for table in batch::TABLES {
                    tx.continue_keys(table).await?;
                }
                tx.commit().await?;
            }
        }
        Ok(())
    }
}

fn logins(world: &World) -> (Vec<Login>, Vec<Login>) {
    let agents = world.agents.iter().filter(|agent| agent.named);
    let customers = world.customers.iter().filter(|customer| customer.named);
    (
        agents
            .map(|agent| Login {
                login: agent.login.clone(),
                name: agent.name(),
            })
            .collect(),
        customers
            .map(|customer| Login {
                login: customer.login.clone(),
                name: customer.name(),
            })
            .collect(),
    )
}
