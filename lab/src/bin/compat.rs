//! `compat`: the reference system and us, side by side.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use lab::case::Case;
use lab::client::Target;
use lab::debug_log::DebugLog;
use lab::deviation::{self, Deviations, Verdict};
use lab::rows::{
    self, Rows,
    record::{Entry, Recorded},
};
use lab::run::{Outcome, Run};
use lab::sequence;
use lab::server::{self, kind, next_second, now};
use lab::snapshot::{self, Group};

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
    /// Prepares the loaded database for the cases that write, and ends.
    #[arg(long)]
    for_writing: bool,
    /// The cases: those that read, those that write, or recorded random sequences.
    #[arg(long, value_enum, default_value = "read")]
    part: Part,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Read,
    Write,
    Sequences,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = if options.load {
        load(&options)
    } else if options.for_writing {
        for_writing(&options)
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

/// Every case of the chosen part, in its order.
fn all(options: &Options) -> std::io::Result<Vec<Case>> {
    Ok(match options.part {
        Part::Read => lab::cases::all(),
        Part::Write => lab::cases::that_write(),
        Part::Sequences => sequence::recorded(&options.answers)?,
    })
}

fn is_selected(options: &Options, case: &Case) -> bool {
    format!("{}: {}", case.group, case.name).contains(&options.only)
}

fn for_writing(options: &Options) -> Result<bool, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let db = schema::Db::connect(&options.database_url).await?;
        lab::fixture::for_writing(&db).await
    })?;
    Ok(true)
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
    let all = all(options)?;
    let mut by_group: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in &all {
        by_group.entry(case.group).or_default().push(case);
    }
    let mut groups: BTreeMap<&str, (Group, Recorded)> = BTreeMap::new();
    for group in by_group.keys() {
        groups.insert(group, recorded(&options.answers, group)?);
    }
    let kind = kind(&options.database_url);
    let started = now();
    let log = DebugLog::connect(&options.database_url)?;
    let rows = Rows::connect(&options.database_url)?;
    let mut run = Run::new(Target::new(&options.reference), &now, &log)
        .pausing(&next_second)
        .watching(&rows)?;
    if options.part != Part::Read {
        run.warm_up()?;
    }
    let mut count = 0;
    for case in all.iter().filter(|case| is_selected(options, case)) {
        let outcome = run
            .ask(case)
            .map_err(|e| format!("{}: {}: {e}", case.group, case.name))?;
        if let Some((answers, rows)) = groups.get_mut(case.group) {
            answers.set(&case.name, kind, outcome.answer);
            let at = if case.writes { outcome.at } else { 0 };
            let entry = Entry {
                at,
                rows: outcome.rows,
            };
            rows.set(&case.name, kind, entry);
        }
        count += 1;
        if count % 200 == 0 {
            keep(options, &groups, &by_group)?;
        }
    }
    keep(options, &groups, &by_group)?;
    if options.only.is_empty() && options.part == Part::Read {
        // Relative times in the answers count from here; a replay sets its clock to it.
        fs::write(
            options.answers.join(format!("{kind}.recorded-at")),
            format!("{started}\n"),
        )?;
    }
    writeln!(std::io::stdout(), "recorded {count} answers on {kind}")?;
    Ok(true)
}

fn keep(
    options: &Options,
    groups: &BTreeMap<&str, (Group, Recorded)>,
    cases: &BTreeMap<&str, Vec<&Case>>,
) -> std::io::Result<()> {
    for (name, (answers, recorded)) in groups {
        answers.write(&snapshot::path(&options.answers, name), &cases[name])?;
        recorded.write(&rows::record::path(&options.answers, name), &cases[name])?;
    }
    Ok(())
}

fn recorded(answers: &Path, group: &str) -> std::io::Result<(Group, Recorded)> {
    Ok((
        Group::read(&snapshot::path(answers, group))?,
        Recorded::read(&rows::record::path(answers, group))?,
    ))
}

fn compare(options: &Options) -> Result<bool, Box<dyn Error>> {
    let started;
    let ours = if let Some(url) = &options.ours {
        url
    } else {
        started = server::serve(&options.database_url, options.port)?;
        &started.address
    };
    let kind = kind(&options.database_url);
    let log = DebugLog::connect(&options.database_url)?;
    let rows = Rows::connect(&options.database_url)?;
    let mut reference = Run::new(Target::new(&options.reference), &now, &log)
        .pausing(&next_second)
        .watching(&rows)?;
    let mut we = Run::new(Target::new(ours), &now, &log)
        .pausing(&next_second)
        .watching(&rows)?;
    if options.part != Part::Read {
        if !options.replay {
            reference.warm_up()?;
        }
        we.warm_up()?;
        reference = reference.watching(&rows)?;
    }
    let file = deviation::path(&options.answers);
    let mut deviations = Deviations::read(&file)?;
    let mut table = Table::default();
    let mut out = std::io::stdout();
    let all = all(options)?;
    let mut known = (String::new(), (Group::default(), Recorded::default()));
    for case in all.iter().filter(|case| is_selected(options, case)) {
        let expected = if options.replay {
            if known.0 != case.group {
                known = (
                    case.group.to_owned(),
                    recorded(&options.answers, case.group)?,
                );
            }
            let (answers, rows) = &known.1;
            let answer = answers.answer(&case.name, kind);
            let entry = rows.entry(case, kind).unwrap_or_default();
            Outcome {
                answer: answer.unwrap_or("(not recorded)").to_owned(),
                rows: entry.rows,
                at: entry.at,
            }
        } else {
            reference.ask(case)?
        };
        let answer = we.ask(case).unwrap_or_else(|error| Outcome::failed(&error));
        if options.keep_deviations {
            deviations.keep(case, kind, &answer);
        }
        let verdict = deviations.judge(case, kind, &expected, &answer);
        writeln!(out, "{}", table.line(case, verdict, &expected, &answer))?;
    }
    if options.keep_deviations {
        let mut every = lab::cases::all();
        every.extend(lab::cases::that_write());
        deviations.write(&file, &every)?;
    }
    let summary = table.summary(kind);
    write!(out, "\n{summary}")?;
    if let Some(file) = &options.report {
        let report = &table.report;
        fs::write(
            file,
            format!("# Unequal answers and rows\n\n```\n{summary}```\n\n{report}"),
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
    fn line(
        &mut self,
        case: &Case,
        verdict: Verdict,
        expected: &Outcome,
        answer: &Outcome,
    ) -> String {
        let (word, place, difference) = match verdict {
            Verdict::Equal => ("equal", 0, String::new()),
            Verdict::OnPurpose(reason) => ("differs", 1, format!("on purpose: {reason}")),
            Verdict::Unequal => {
                let shown = shown_difference(expected, answer);
                self.report(case, expected, answer);
                ("UNEQUAL", 2, shown)
            }
        };
        self.counts.entry(case.group).or_default()[place] += 1;
        format!(
            "{word:<8} {:<20} {:<60} {difference}",
            case.group,
            shorten(&case.name, 60)
        )
    }

    fn report(&mut self, case: &Case, expected: &Outcome, answer: &Outcome) {
        // Writing to a String can not fail.
        let _ = writeln!(self.report, "## {}: {}\n", case.group, case.name);
        for step in case.before.iter().chain([case]) {
            let _ = writeln!(
                self.report,
                "`{} {}` {}\n",
                step.method,
                shorten(&step.target, 400),
                shorten(&String::from_utf8_lossy(&step.body), 800)
            );
        }
        if !deviation::same(&expected.answer, &answer.answer) {
            let _ = writeln!(
                self.report,
                "reference:\n```\n{}\n```\nours:\n```\n{}\n```\n",
                shorten(&expected.answer, 3000),
                shorten(&answer.answer, 3000)
            );
        }
        let rows = rows::difference(&expected.rows, &answer.rows);
        let _ = writeln!(self.report, "rows:\n```\n{rows}```\n");
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

fn shown_difference(expected: &Outcome, answer: &Outcome) -> String {
    if !deviation::same(&expected.answer, &answer.answer) {
        return first_difference(&expected.answer, &answer.answer);
    }
    let rows = rows::difference(&expected.rows, &answer.rows);
    shorten(&format!("rows: {}", rows.replace('\n', " ⏎ ")), 400)
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
