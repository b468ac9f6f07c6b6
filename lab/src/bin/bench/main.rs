//! `bench`: the reference system and us on the same database, under the same load.

use std::{error::Error, fmt::Write as _, io::Write as _, time::Duration};

use clap::{Parser, ValueEnum};
use lab::{
    client::Target,
    load::{self, Question, ask, press},
};
use schema::{Db, Dialect, Tx};
use sea_query::{Alias, Expr, ExprTrait as _, Query};

mod mail;
mod questions;
mod server;

use questions::{reads, tickets, writes};
use server::{program, start};

/// Measures how many requests each system answers, how long they take, and what memory ours needs.
///
/// Both work on the reference system's database, which must have its tickets already:
/// `cargo run --release -p otterdesk-lab --bin fill -- --tickets 20000 --database-url …`.
#[derive(Parser)]
struct Options {
    /// The reference system's web service over REST.
    #[arg(long, env = "ZNUNY_REST", value_name = "URL")]
    reference: Option<String>,
    /// The database of both.
    #[arg(long, env = "ZNUNY_DSN", value_name = "URL", hide_env_values = true)]
    database_url: String,
    #[arg(long, env = "ZNUNY_AGENT", default_value = "root@localhost")]
    agent: String,
    #[arg(
        long,
        env = "ZNUNY_PASSWORD",
        default_value = "root",
        hide_env_values = true
    )]
    password: String,
    /// Path of the web service on our side; by default that of the reference.
    #[arg(long)]
    path: Option<String>,
    /// How long each measurement takes.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Connections to us.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Connections to the reference system, which has a process for each.
    #[arg(long, default_value_t = 4)]
    reference_connections: usize,
    /// Connections to either while tickets are created and changed.
    #[arg(long, default_value_t = 8)]
    writers: usize,
    /// Measure only these.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PARTS")]
    only: Vec<Part>,
    /// A command for the shell that takes a message on its standard input to the reference system's postmaster.
    #[arg(long, env = "ZNUNY_PIPE", value_name = "COMMAND")]
    reference_pipe: Option<String>,
    /// Messages that go through pipes, some at a time.
    #[arg(long, default_value_t = 1000)]
    piped: usize,
    /// The same for the reference system, whose rate needs fewer.
    #[arg(long, default_value_t = 1000)]
    reference_piped: usize,
    /// Messages over LMTP.
    #[arg(long, default_value_t = 10_000)]
    over_lmtp: usize,
    /// Another database of the same installation, with more or fewer tickets: ours creates and changes there, too.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    beside: Option<String>,
    /// Where ours listens; 0 for any free port.
    #[arg(long, default_value_t = 8398)]
    port: u16,
}

/// What is measured.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Part {
    /// Signing in, reading and searching over HTTP.
    Reads,
    /// Creating and changing tickets over HTTP.
    Writes,
    /// Messages through pipes and over LMTP.
    Mail,
}

impl Options {
    fn measures(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

/// Requests that are counted at once, and how often; others at the database can only add to a count.
const COUNTED: usize = 20;
const COUNTS: usize = 5;

type Measured = Vec<(&'static str, load::Result)>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    if options.measures(Part::Reads) || options.measures(Part::Writes) {
        over_http(&options).await?;
    }
    if options.measures(Part::Mail) {
        let report = mail::measure(&options).await?;
        write!(std::io::stdout(), "{report}")?;
    }
    Ok(())
}

async fn over_http(options: &Options) -> Result<(), Box<dyn Error>> {
    let (total, ids) = tickets(&options.database_url).await?;
    let reference = options
        .reference
        .as_deref()
        .map(|url| (Target::new(url), path_of(url)));
    let path = match (&options.path, &reference) {
        (Some(path), _) | (None, Some((_, path))) => path.clone(),
        (None, None) => return Err("give --reference, or --path for our side alone".into()),
    };

    let theirs = match &reference {
        Some((target, path)) => Some(measure_all(
            target,
            path,
            options,
            &ids,
            options.reference_connections,
        )?),
        None => None,
    };

    let (server, target, start) = start(options, &options.database_url, &path)?;
    let ours = measure_all(&target, &path, options, &ids, options.connections)?;
    let memory = server.memory("VmHWM")?;
    let report = report(total, theirs.as_ref(), &ours, memory, start);
    write!(std::io::stdout(), "{report}")?;
    if options.measures(Part::Writes)
        && let Some(counts) = statements(&target, &path, options, &ids).await?
    {
        write!(std::io::stdout(), "{counts}")?;
    }
    drop(server);

    if let Some(url) = &options.beside {
        let beside = beside(url, &path, options, &ours).await?;
        write!(std::io::stdout(), "{beside}")?;
    }
    Ok(())
}

/// Everything that one system is asked.
fn measure_all(
    target: &Target,
    path: &str,
    options: &Options,
    ids: &[i64],
    connections: usize,
) -> Result<Measured, Box<dyn Error>> {
    let mut measured = Vec::new();
    if options.measures(Part::Reads) {
        let reads = reads(target, path, options, ids)?;
        measured = measure(target, &reads, connections, options.seconds)?;
    }
    if options.measures(Part::Writes) {
        let writes = writes(target, path, options, ids)?;
        measured.extend(measure(target, &writes, options.writers, options.seconds)?);
    }
    Ok(measured)
}

/// How ours writes on another database, compared with `ours`.
async fn beside(
    url: &str,
    path: &str,
    options: &Options,
    ours: &Measured,
) -> Result<String, Box<dyn Error>> {
    let (total, ids) = tickets(url).await?;
    let (_server, target, _) = start(options, url, path)?;
    let questions = writes(&target, path, options, &ids)?;
    let measured = measure(&target, &questions, options.writers, options.seconds)?;
    let mut text = format!("\non {total} tickets\n");
    for (name, there) in &measured {
        let here = ours.iter().find(|(known, _)| known == name);
        let rate = here.map_or(0.0, |(_, here)| there.per_second / here.per_second);
        // Writing to a String can not fail.
        let _ = writeln!(
            text,
            "{name:<30} ours {}   {rate:>6.2} of the rate above",
            columns(there)
        );
    }
    Ok(text)
}

/// How many statements the database gets for each of our writes; `None` when it does not say.
///
/// Source: MariaDB's status variable `Questions`, which leaves out the preparing of statements.
async fn statements(
    target: &Target,
    path: &str,
    options: &Options,
    ids: &[i64],
) -> Result<Option<String>, Box<dyn Error>> {
    let db = Db::connect(&options.database_url).await?;
    if db.dialect() != Dialect::MySql {
        return Ok(None);
    }
    let mut tx = db.read().await?;
    let mut text = String::new();
    for (name, questions) in writes(target, path, options, ids)? {
        let mut least = f64::MAX;
        for _ in 0..COUNTS {
            let before = statements_so_far(&mut tx).await?;
            for question in questions.iter().cycle().take(COUNTED) {
                ask(target, question)?;
            }
            let after = statements_so_far(&mut tx).await?;
            #[expect(
                clippy::cast_precision_loss,
                reason = "a number of statements for a table"
            )]
            let each = (after - before - 1) as f64 / COUNTED as f64;
            least = least.min(each);
        }
        let _ = writeln!(text, "{name:<30} ours {least:>9.1} statements each");
    }
    Ok(Some(text))
}

async fn statements_so_far(tx: &mut Tx) -> Result<i64, Box<dyn Error>> {
    let name = Alias::new("variable_name");
    let query = Query::select()
        .column(Alias::new("variable_value"))
        .from((
            Alias::new("information_schema"),
            Alias::new("global_status"),
        ))
        .and_where(Expr::col(name).eq("QUESTIONS"))
        .to_owned();
    let (count,): (String,) = tx.fetch_one(&query).await?;
    Ok(count.parse()?)
}

fn path_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let start = rest.find('/').unwrap_or(rest.len());
    rest[start..].trim_end_matches('/').to_owned()
}

fn measure(
    target: &Target,
    questions: &[(&'static str, Vec<Question>)],
    connections: usize,
    seconds: u64,
) -> Result<Measured, Box<dyn Error>> {
    let mut measured = Vec::new();
    for (name, questions) in questions {
        // The first answers fill caches and pools; they do not count.
        press(target, questions, connections, Duration::from_secs(2))?;
        let result = press(target, questions, connections, Duration::from_secs(seconds))?;
        measured.push((*name, result));
    }
    Ok(measured)
}

fn report(
    total: i64,
    theirs: Option<&Measured>,
    ours: &Measured,
    memory: u64,
    start: Duration,
) -> String {
    let mut text = format!("{total} tickets; times are median and 99th percentile\n\n");
    for (number, (name, our)) in ours.iter().enumerate() {
        let their = theirs.map(|theirs| &theirs[number].1);
        text.push_str(&line(name, our, their));
    }
    // Writing to a String can not fail.
    let _ = writeln!(
        text,
        "\nours: {} MB resident at most, {:.0} ms from start to first ticket",
        memory / 1_000_000,
        milliseconds(start)
    );
    text
}

/// One line of the table.
fn line(name: &str, our: &load::Result, their: Option<&load::Result>) -> String {
    match their {
        Some(their) => format!(
            "{name:<30} reference {}   ours {}   {}\n",
            columns(their),
            columns(our),
            times(our, their)
        ),
        None => format!("{name:<30} ours {}\n", columns(our)),
    }
}

fn columns(result: &load::Result) -> String {
    let refused = if result.refused > 0 {
        format!(" ({} refused)", result.refused)
    } else {
        String::new()
    };
    format!(
        "{:>9.1}/s {:>8.1} {:>8.1} ms{refused}",
        result.per_second,
        milliseconds(result.median),
        milliseconds(result.p99)
    )
}

/// How many times as fast we are; refusals cost other work, and say nothing of it.
fn times(our: &load::Result, their: &load::Result) -> String {
    if our.refused + their.refused > 0 {
        return "not comparable: some were refused".to_owned();
    }
    format!("{:>6.1} times", our.per_second / their.per_second)
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
