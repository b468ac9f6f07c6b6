//! `fill`: any number of plausible tickets, in a database of any kind.

use std::{
    error::Error,
    io::Write as _,
    time::{Instant, SystemTime},
};

use chrono::{DateTime, NaiveDateTime};
use clap::Parser;
use compat::password::{self, CryptType};
use demo_data::Plan;
use schema::{
    Db,
    create::{self, CreateError},
    flavours,
};

/// Fills a database with tickets; an empty one gets the schema first.
#[derive(Parser)]
struct Options {
    /// mysql://…, postgres://… or sqlite:FILE
    #[arg(long, env = "OTTERDESK_DATABASE_URL", hide_env_values = true)]
    database_url: String,
    #[arg(long, default_value_t = 20_000)]
    tickets: u32,
    /// Another seed gives other tickets.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Everybody's password.
    #[arg(long, default_value = "otter")]
    password: String,
}

fn now() -> NaiveDateTime {
    DateTime::<chrono::Utc>::from(SystemTime::now()).naive_utc()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let db = Db::connect_for_loading(&options.database_url).await?;
    let hash = password::hash(CryptType::Sha2, "", &options.password, [0; 16]);
    let installation = create::Plan {
        flavour: &flavours::ZNUNY_6_5,
        admin_password_hash: hash.clone(),
        now: now(),
    };
    match create::create_without_tickets(&db, &installation).await {
        Ok(()) | Err(CreateError::NotEmpty { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let started = Instant::now();
    let plan = Plan {
        seed: options.seed,
        ..Plan::bulk(options.tickets, now(), hash)
    };
    let filled = demo_data::fill(&db, &plan).await?;
    db.close().await;
    let seconds = started.elapsed().as_secs_f64();
    writeln!(
        std::io::stdout(),
        "{} tickets with {} articles in {seconds:.1} s, {:.0} tickets per second",
        filled.tickets,
        filled.articles,
        f64::from(options.tickets) / seconds
    )?;
    Ok(())
}
