//! `bench`: the reference system and us on the same database, under the same load.

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    io::Write as _,
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use clap::Parser;
use lab::{
    client::Target,
    load::{self, Question, ask, press},
};
use schema::{Db, Dialect, Tx, tables as t};
use sea_query::{Alias, Expr, ExprTrait as _, Func, Order, Query};

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
    /// Measure only creating and changing, not reading.
    #[arg(long)]
    writes_only: bool,
    /// Another database of the same installation, with more or fewer tickets: ours creates and changes there, too.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    beside: Option<String>,
    /// Where ours listens; 0 for any free port.
    #[arg(long, default_value_t = 8398)]
    port: u16,
}

/// Who new tickets are for: a customer user that the generator of tickets makes. Source: `demo-data`.
const CUSTOMER: &str = "camille";

/// Tickets that are read in turn.
const TICKETS: i64 = 500;

/// Requests that are counted at once, and how often; others at the database can only add to a count.
const COUNTED: usize = 20;
const COUNTS: usize = 5;

/// What is searched for: names that the generator of tickets gives. Source: `demo-data`.
const QUEUES: &[&str] = &["Support", "Support::Sensors", "Billing", "Orders", "IT"];
const STATES: &[&str] = &["new", "open", "pending%20reminder", "closed%20unsuccessful"];
const COMPANIES: &[&str] = &[
    "mossy-creek",
    "c00001",
    "c00002",
    "c00008",
    "c00011",
    "c00017",
    "c00026",
    "c00053",
];
const WORDS: &[&str] = &[
    "spider", "invoice", "sensor", "password", "delivery", "printer",
];

type Named = Vec<(&'static str, Vec<Question>)>;
type Measured = Vec<(&'static str, load::Result)>;

/// Our server; it ends with this program.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is left to do when it has ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
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
            &options,
            &ids,
            options.reference_connections,
        )?),
        None => None,
    };

    let (server, target, start) = start(&options, &options.database_url, &path)?;
    let ours = measure_all(&target, &path, &options, &ids, options.connections)?;
    let memory = peak_memory(server.0.id())?;
    let report = report(total, theirs.as_ref(), &ours, memory, start);
    write!(std::io::stdout(), "{report}")?;
    if let Some(counts) = statements(&target, &path, &options, &ids).await? {
        write!(std::io::stdout(), "{counts}")?;
    }
    drop(server);

    if let Some(url) = &options.beside {
        let beside = beside(url, &path, &options, &ours).await?;
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
    if !options.writes_only {
        let reads = questions(target, path, options, ids)?;
        measured = measure(target, &reads, connections, options.seconds)?;
    }
    let writes = writes(target, path, options, ids)?;
    measured.extend(measure(target, &writes, options.writers, options.seconds)?);
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

/// How many tickets there are, and some of them, spread evenly.
async fn tickets(url: &str) -> Result<(i64, Vec<i64>), Box<dyn Error>> {
    let db = Db::connect(url).await?;
    let mut tx = db.read().await?;
    let key = || Expr::col(t::Ticket::Id);
    let count = Query::select()
        .expr(Func::count(key()))
        .from(t::Ticket::Table)
        .to_owned();
    let (total,): (i64,) = tx.fetch_one(&count).await?;
    let ends = Query::select()
        .expr(Func::min(key()))
        .expr(Func::max(key()))
        .from(t::Ticket::Table)
        .to_owned();
    let ends: (Option<i64>, Option<i64>) = tx.fetch_one(&ends).await?;
    let (Some(first), Some(last)) = ends else {
        return Err("the database has no tickets".into());
    };
    let mut ids = Vec::new();
    for number in 0..std::cmp::min(TICKETS, total) {
        let one = Query::select()
            .column(t::Ticket::Id)
            .from(t::Ticket::Table)
            .and_where(key().gte(first + (last - first) * number / TICKETS))
            .order_by(t::Ticket::Id, Order::Asc)
            .limit(1)
            .to_owned();
        let (id,): (i64,) = tx.fetch_one(&one).await?;
        ids.push(id);
    }
    drop(tx);
    db.close().await;
    Ok((total, ids))
}

fn session_question(path: &str, options: &Options) -> Question {
    Question {
        method: "POST",
        path: format!("{path}/Session"),
        body: format!(
            "{{\"UserLogin\":\"{}\",\"Password\":\"{}\"}}",
            options.agent, options.password
        ),
    }
}

fn session(target: &Target, path: &str, options: &Options) -> Result<String, Box<dyn Error>> {
    let answer = ask(target, &session_question(path, options))?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let session = text
        .split("\"SessionID\":\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .ok_or_else(|| format!("no session at {}: {text}", target.authority))?;
    Ok(session.to_owned())
}

/// New tickets with an article, and notes to tickets that are there. What they write stays.
fn writes(
    target: &Target,
    path: &str,
    options: &Options,
    ids: &[i64],
) -> Result<Named, Box<dyn Error>> {
    let session = session(target, path, options)?;
    let article = |number: &dyn std::fmt::Display| {
        format!(
            r#""Article":{{"CommunicationChannel":"Internal","Subject":"Note {number}","Body":"The {} by the {} makes a noise since this morning; please have a look at number {number}.","ContentType":"text/plain; charset=utf8"}}"#,
            WORDS[0], WORDS[5]
        )
    };
    let create = |number: &i64| Question {
        method: "POST",
        path: format!("{path}/Ticket"),
        body: format!(
            r#"{{"SessionID":"{session}","Ticket":{{"Title":"Measured {number}","Queue":"Raw","Type":"Unclassified","State":"open","Priority":"3 normal","CustomerUser":"{CUSTOMER}"}},{}}}"#,
            article(number)
        ),
    };
    let update = |id: &i64| Question {
        method: "PATCH",
        path: format!("{path}/Ticket/{id}"),
        body: format!(r#"{{"SessionID":"{session}",{}}}"#, article(id)),
    };
    Ok(vec![
        (
            "TicketCreate, one article",
            ids.iter().map(create).collect(),
        ),
        ("TicketUpdate, a note", ids.iter().map(update).collect()),
    ])
}

/// The requests of each measurement of reading, in a session of their own.
fn questions(
    target: &Target,
    path: &str,
    options: &Options,
    ids: &[i64],
) -> Result<Named, Box<dyn Error>> {
    let open = session_question(path, options);
    let session = session(target, path, options)?;
    let get = |path: String| Question {
        method: "GET",
        path,
        body: String::new(),
    };
    let reads = ids
        .iter()
        .map(|id| {
            get(format!(
                "{path}/Ticket/{id}?SessionID={session}&AllArticles=1"
            ))
        })
        .collect();
    // Different ones in turn, so that nobody answers from what they remember of the last one.
    let search = |what: String| get(format!("{path}/Ticket?SessionID={session}&{what}"));
    let queues_and_states = QUEUES
        .iter()
        .flat_map(|queue| STATES.iter().map(move |state| (queue, state)))
        .map(|(queue, state)| search(format!("Queues={queue}&States={state}")))
        .collect();
    let companies = COMPANIES
        .iter()
        .map(|company| search(format!("CustomerID={company}&SortBy=Changed&Limit=50")))
        .collect();
    let words = WORDS
        .iter()
        .map(|word| search(format!("MIMEBase_Body=*{word}*&Limit=50")))
        .collect();
    Ok(vec![
        ("SessionCreate", vec![open]),
        ("TicketGet with articles", reads),
        ("TicketSearch, queue and state", queues_and_states),
        ("TicketSearch, customer", companies),
        ("TicketSearch, words", words),
    ])
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

/// Starts our server; the time is that from the start of the process to its first read ticket.
fn start(
    options: &Options,
    database_url: &str,
    path: &str,
) -> Result<(Server, Target, Duration), Box<dyn Error>> {
    let program = std::env::current_exe()?.with_file_name("otterdesk");
    // The listener ends here, and hardly anybody else gets its port so soon.
    let address = TcpListener::bind(("127.0.0.1", options.port))?.local_addr()?;
    let target = Target {
        authority: address.to_string(),
    };
    let started = Instant::now();
    let child = Command::new(&program)
        .args([
            "serve",
            "--listen",
            &target.authority,
            "--database-url",
            database_url,
        ])
        .env("OTTERDESK_LOG", "warn")
        .spawn()
        .map_err(|error| format!("can not start {}: {error}", program.display()))?;
    let mut server = Server(child);
    while TcpStream::connect(&target.authority).is_err() {
        if let Some(status) = server.0.try_wait()? {
            return Err(format!("our server ended at once: {status}").into());
        }
        thread::sleep(Duration::from_millis(2));
    }
    let first = Question {
        method: "GET",
        path: format!(
            "{path}/Ticket/1?UserLogin={}&Password={}",
            options.agent, options.password
        ),
        body: String::new(),
    };
    let answer = ask(&target, &first)?;
    let elapsed = started.elapsed();
    if answer.status != 200 {
        return Err(format!("the first answer was {}", answer.status).into());
    }
    Ok((server, target, elapsed))
}

/// The highest resident memory of a process so far, in bytes. Source: proc(5), `VmHWM`.
fn peak_memory(process: u32) -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .ok_or("the system does not say how much memory a process has")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes * 1024)
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
        let line = match theirs.map(|theirs| &theirs[number].1) {
            Some(their) => format!(
                "{name:<30} reference {}   ours {}   {}",
                columns(their),
                columns(our),
                times(our, their)
            ),
            None => format!("{name:<30} ours {}", columns(our)),
        };
        text.push_str(&line);
        text.push('\n');
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
