//! `compat`: the reference system and us, side by side.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::Parser;
use lab::case::Case;
use lab::client::Target;
use lab::debug_log::DebugLog;
use lab::deviation::{self, Deviations, Verdict};
use lab::run::Run;
use lab::snapshot::{self, Group};

/// How long our server may take to answer for the first time.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Sends the same requests to the reference system and to us, on the same database, and shows the differences.
///
/// The reference system must be up and hold the rows of the comparison; `scripts/compat.sh` sees to both.
#[derive(Parser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
struct Options {
    /// Address of the reference system.
    #[arg(long, env = "ZNUNY_URL", default_value = "http://127.0.0.1:8100/otrs")]
    reference: String,
    /// Its database, which our server is started on.
    #[arg(
        long,
        env = "ZNUNY_DSN",
        default_value = "mysql://otrs:otrs@127.0.0.1:13306/otrs"
    )]
    database_url: String,
    /// Address of a server of ours that runs already; without it, one is started.
    #[arg(long)]
    ours: Option<String>,
    /// The port for the server that is started.
    #[arg(long, default_value_t = 8399)]
    port: u16,
    /// Puts the rows of the comparison into the database, which must be fresh, and ends.
    #[arg(long)]
    load: bool,
    /// Where those rows are kept.
    #[arg(long, default_value = "fixtures/compat/rows.jsonl")]
    rows: PathBuf,
    /// Keeps the reference's answers instead of comparing.
    #[arg(long)]
    record: bool,
    /// Compares our server with recorded answers instead of a live reference system.
    #[arg(long)]
    replay: bool,
    /// Only groups or cases whose `group: name` contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Where recorded answers are kept.
    #[arg(long, default_value = "fixtures/compat/answers")]
    answers: PathBuf,
    /// Keeps our answers to the cases that differ on purpose, to be looked at before they are committed.
    #[arg(long)]
    keep_deviations: bool,
    /// Writes every unequal case with both answers to this file.
    #[arg(long)]
    report: Option<PathBuf>,
}

fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}

/// A server of ours that ends with this program.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is left to do when it has ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(options: &Options) -> Result<(Server, String), Box<dyn Error>> {
    let program = std::env::current_exe()?.with_file_name("otterdesk");
    let address = format!("127.0.0.1:{}", options.port);
    let child = Command::new(&program)
        .args([
            "serve",
            "--listen",
            &address,
            "--database-url",
            &options.database_url,
        ])
        .spawn()
        .map_err(|e| {
            format!(
                "cannot start {}: {e}; build it with `cargo build --release`",
                program.display()
            )
        })?;
    let mut server = Server(child);
    let started = Instant::now();
    while TcpStream::connect(&address).is_err() {
        if let Some(status) = server.0.try_wait()? {
            return Err(format!("our server ended at once: {status}").into());
        }
        if started.elapsed() > START_LIMIT {
            return Err("our server does not listen".into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok((server, address))
}

fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = if options.load {
        load(&options)
    } else if options.record {
        record(&options)
    } else {
        compare(&options)
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "compat: {error}");
            ExitCode::from(2)
        }
    }
}

fn kind(options: &Options) -> &'static str {
    if options.database_url.starts_with("postgres") {
        "postgresql"
    } else {
        "mysql"
    }
}

fn selected(options: &Options) -> Vec<Case> {
    lab::cases::all()
        .into_iter()
        .filter(|c| format!("{}: {}", c.group, c.name).contains(&options.only))
        .collect()
}

fn load(options: &Options) -> Result<bool, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let rows = runtime.block_on(async {
        let db = schema::Db::connect(&options.database_url).await?;
        Ok::<_, Box<dyn Error>>(lab::fixture::load(&db, &options.rows).await?)
    })?;
    writeln!(std::io::stdout(), "loaded {rows} rows")?;
    Ok(true)
}

fn record(options: &Options) -> Result<bool, Box<dyn Error>> {
    fs::create_dir_all(&options.answers)?;
    let all = lab::cases::all();
    let mut by_group: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in &all {
        by_group.entry(case.group).or_default().push(case);
    }
    let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
    for group in by_group.keys() {
        groups.insert(
            group,
            Group::read(&snapshot::path(&options.answers, group))?,
        );
    }
    let kind = kind(options);
    let started = now();
    let log = DebugLog::connect(&options.database_url)?;
    let mut run = Run::new(Target::new(&options.reference), &now, &log);
    let chosen = selected(options);
    for case in &chosen {
        let answer = run
            .ask(case)
            .map_err(|e| format!("{}: {}: {e}", case.group, case.name))?;
        if let Some(group) = groups.get_mut(case.group) {
            group.set(&case.name, kind, answer);
        }
    }
    for (name, group) in &groups {
        group.write(&snapshot::path(&options.answers, name), &by_group[name])?;
    }
    if options.only.is_empty() {
        // Relative times in the answers count from here; a replay sets its clock to it.
        fs::write(
            options.answers.join(format!("{kind}.recorded-at")),
            format!("{started}\n"),
        )?;
    }
    writeln!(
        std::io::stdout(),
        "recorded {} answers on {kind}",
        chosen.len()
    )?;
    Ok(true)
}

fn compare(options: &Options) -> Result<bool, Box<dyn Error>> {
    let (_server, ours) = match &options.ours {
        Some(url) => (None, url.clone()),
        None => serve(options).map(|(server, address)| (Some(server), address))?,
    };
    let kind = kind(options);
    let log = DebugLog::connect(&options.database_url)?;
    let mut reference = Run::new(Target::new(&options.reference), &now, &log);
    let mut we = Run::new(Target::new(&ours), &now, &log);
    let file = deviation::path(&options.answers);
    let mut deviations = Deviations::read(&file)?;
    let mut table = Table::default();
    let mut out = std::io::stdout();
    for case in &selected(options) {
        let expected = if options.replay {
            let group = Group::read(&snapshot::path(&options.answers, case.group))?;
            group
                .answer(&case.name, kind)
                .unwrap_or("(not recorded)")
                .to_owned()
        } else {
            reference.ask(case)?
        };
        let answer = we.ask(case).unwrap_or_else(|error| error.to_string());
        if options.keep_deviations {
            deviations.keep(case, kind, &answer);
        }
        let verdict = deviations.judge(case, kind, &expected, &answer);
        writeln!(out, "{}", table.line(case, verdict, &expected, &answer))?;
    }
    if options.keep_deviations {
        deviations.write(&file, &lab::cases::all())?;
    }
    let summary = table.summary(kind);
    write!(out, "\n{summary}")?;
    if let Some(file) = &options.report {
        let report = &table.report;
        fs::write(
            file,
            format!("# Unequal answers\n\n```\n{summary}```\n\n{report}"),
        )?;
    }
    Ok(table.all_equal())
}

/// What was compared: how many answers of each group were equal, differ on purpose, are unequal.
#[derive(Default)]
struct Table {
    counts: BTreeMap<&'static str, [usize; 3]>,
    /// Both answers to each unequal case.
    report: String,
}

impl Table {
    /// Counts a case and gives its line.
    fn line(&mut self, case: &Case, verdict: Verdict, expected: &str, answer: &str) -> String {
        let (word, place, difference) = match verdict {
            Verdict::Equal => ("equal", 0, String::new()),
            Verdict::OnPurpose(reason) => ("differs", 1, format!("on purpose: {reason}")),
            Verdict::Unequal => {
                self.report(case, expected, answer);
                ("UNEQUAL", 2, first_difference(expected, answer))
            }
        };
        self.counts.entry(case.group).or_default()[place] += 1;
        format!(
            "{word:<8} {:<20} {:<60} {difference}",
            case.group,
            shorten(&case.name, 60)
        )
    }

    fn report(&mut self, case: &Case, expected: &str, answer: &str) {
        let body = shorten(&String::from_utf8_lossy(&case.body), 800);
        // Writing to a String can not fail.
        let _ = writeln!(
            self.report,
            "## {}: {}\n\n`{} {}`\n\nbody: `{body}`\n\nreference:\n```\n{}\n```\nours:\n```\n{}\n```\n",
            case.group,
            case.name,
            case.method,
            shorten(&case.target, 400),
            shorten(expected, 3000),
            shorten(answer, 3000)
        );
    }

    fn all_equal(&self) -> bool {
        self.counts.values().all(|counts| counts[2] == 0)
    }

    fn summary(&self, kind: &str) -> String {
        let mut all = [0; 3];
        let mut summary = format!("{:<22} equal  differs on purpose  UNEQUAL\n", "");
        let mut line = |name: &str, counts: &[usize; 3]| {
            let _ = writeln!(
                summary,
                "{name:<22} {:>5}  {:>18}  {:>7}",
                counts[0], counts[1], counts[2]
            );
        };
        for (group, counts) in &self.counts {
            line(group, counts);
            for (sum, count) in all.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        line(&format!("all on {kind}"), &all);
        summary
    }
}

fn shorten(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(length - 1).collect();
    short.push('…');
    short
}

/// What stands where the two begin to differ.
fn first_difference(expected: &str, answer: &str) -> String {
    let at = expected
        .chars()
        .zip(answer.chars())
        .take_while(|(a, b)| a == b)
        .count();
    let around = |text: &str| {
        let part: String = text.chars().skip(at.saturating_sub(12)).take(60).collect();
        part.replace(['\n', '\r'], "⏎")
    };
    format!("reference «{}» ours «{}»", around(expected), around(answer))
}
