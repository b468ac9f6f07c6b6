//! `requests`: keeps what the reference system sends to other systems.
//!
//! ```sh
//! requests --reference http://127.0.0.1:8100/otrs --database-url mysql://… \
//!     --forget 'otrs.Console.pl Maint::Cache::Delete'
//! ```
//!
//! It adds the web services of [`lab::requests`] to the reference system's database, lets it forget what it keeps of the
//! old ones, gives the first ticket another title, and writes what arrived to `fixtures/requests/sent.txt`. The web
//! services are removed at the end.

use std::{
    error::Error,
    io::{self, Write as _},
    path::Path,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use chrono::{DateTime, NaiveDateTime};
use clap::Parser;
use lab::{
    client::Target,
    requests::{self, OtherSide, PREFIX},
};
use schema::{Db, DbError, tables as t};
use sea_query::{Expr, ExprTrait as _, LikeExpr, Query, SimpleExpr};

#[derive(Parser)]
struct Options {
    /// The reference system, http://HOST:PORT/otrs
    #[arg(long)]
    reference: String,
    /// Its database
    #[arg(long, env = "OTTERDESK_DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// A command that makes it forget the web services that it keeps in its cache
    #[arg(long)]
    forget: String,
    #[arg(long, default_value = "root@localhost")]
    user: String,
    #[arg(long, default_value = "root")]
    password: String,
}

fn now() -> NaiveDateTime {
    DateTime::<chrono::Utc>::from(SystemTime::now()).naive_utc()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let db = Db::connect(&options.database_url).await?;
    let side = OtherSide::start()?;
    remove(&db).await?;
    add(&db, &side).await?;
    let outcome = forget(&options.forget).and_then(|()| change_title(&options));
    remove(&db).await?;
    outcome?;
    forget(&options.forget)?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/requests/sent.txt");
    let arrived = side.arrived();
    std::fs::write(&path, &arrived)?;
    let count = arrived.lines().filter(|line| line.starts_with('/')).count();
    writeln!(
        io::stdout(),
        "{count} of {} cases arrived",
        requests::cases().count()
    )?;
    Ok(())
}

async fn remove(db: &Db) -> Result<(), DbError> {
    use t::GiWebserviceConfig as W;
    let mut tx = db.begin().await?;
    let services = Query::select()
        .column(W::Id)
        .from(W::Table)
        .and_where(Expr::col(W::Name).like(LikeExpr::new(format!("{PREFIX}%"))))
        .to_owned();
    let services: Vec<(i32,)> = tx.fetch_all(&services).await?;
    for (id,) in services {
        use t::{GiDebuggerEntry as E, GiDebuggerEntryContent as C};
        let entries = Query::select()
            .column(E::Id)
            .from(E::Table)
            .and_where(Expr::col(E::WebserviceId).eq(id))
            .to_owned();
        let contents = Query::delete()
            .from_table(C::Table)
            .and_where(Expr::col(C::GiDebuggerEntryId).in_subquery(entries))
            .to_owned();
        tx.execute(&contents).await?;
        let entries = Query::delete()
            .from_table(E::Table)
            .and_where(Expr::col(E::WebserviceId).eq(id))
            .to_owned();
        tx.execute(&entries).await?;
        let service = Query::delete()
            .from_table(W::Table)
            .and_where(Expr::col(W::Id).eq(id))
            .to_owned();
        tx.execute(&service).await?;
    }
    tx.commit().await
}

async fn add(db: &Db, side: &OtherSide) -> Result<(), DbError> {
    use t::GiWebserviceConfig as W;
    let mut tx = db.begin().await?;
    for case in requests::cases() {
        let config = tx.long_text(&case.yaml(&side.authority));
        let insert = Query::insert()
            .into_table(W::Table)
            .columns([
                W::Name,
                W::Config,
                W::ValidId,
                W::CreateTime,
                W::CreateBy,
                W::ChangeTime,
                W::ChangeBy,
            ])
            .values_panic([
                case.service().into(),
                SimpleExpr::Value(config),
                1.into(),
                now().into(),
                1.into(),
                now().into(),
                1.into(),
            ])
            .to_owned();
        tx.execute(&insert).await?;
    }
    tx.commit().await
}

fn forget(command: &str) -> Result<(), Box<dyn Error>> {
    let status = Command::new("sh").args(["-c", command]).status()?;
    if !status.success() {
        return Err(format!("`{command}` failed: {status}").into());
    }
    Ok(())
}

fn change_title(options: &Options) -> Result<(), Box<dyn Error>> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let body = format!(
        r#"{{"UserLogin":"{}","Password":"{}","Ticket":{{"Title":"Title of {seconds}"}}}}"#,
        options.user, options.password
    );
    let path = options
        .reference
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
        .map_or("otrs", |(_, path)| path);
    let target = Target::new(&options.reference);
    let request = format!(
        "PATCH /{path}/nph-genericinterface.pl/Webservice/GenericTicketConnectorREST/Ticket/1 HTTP/1.1\r\nHost: {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        target.authority,
        body.len()
    );
    let answer = target.send(request.as_bytes())?;
    let body = String::from_utf8_lossy(&answer.body);
    if !body.contains("\"TicketID\"") {
        return Err(format!("the ticket was not changed: {body}").into());
    }
    Ok(())
}
