//! `sequences`: random sequences of operations on both systems, and whether they end in equal rows.

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use lab::case::Case;
use lab::client::Target;
use lab::debug_log::DebugLog;
use lab::deviation;
use lab::rows::{self, Rows};
use lab::run::{Outcome, Run};
use lab::sequence;
use lab::server::{self, kind, now};

/// Runs random sequences of requests against the reference system and against us, on one database, and compares the
/// answers and the rows at the end. A sequence that differs is shrunk and shown.
///
/// The reference system must hold the rows of the comparison (`compat --load`, then `compat --for-writing`).
#[derive(Parser)]
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
    #[arg(long, default_value_t = 8398)]
    port: u16,
    /// How many sequences.
    #[arg(long, default_value_t = 500)]
    count: u64,
    /// The first seed; the others follow it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "sequences: {error}");
            ExitCode::from(2)
        }
    }
}

/// Both systems.
struct Pair<'a> {
    reference: Run<'a>,
    ours: Run<'a>,
}

impl Pair<'_> {
    /// Both outcomes, when they differ.
    fn differs(&mut self, case: &Case) -> std::io::Result<Option<(Outcome, Outcome)>> {
        let expected = self.reference.ask(case)?;
        let ours = self
            .ours
            .ask(case)
            .unwrap_or_else(|error| Outcome::failed(&error));
        let equal = deviation::same(&expected.answer, &ours.answer)
            && rows::same(&expected.rows, expected.at, &ours.rows, ours.at);
        Ok((!equal).then_some((expected, ours)))
    }

    /// The shortest sequence that still differs when single steps are left out; the creation stays.
    fn shrunk(&mut self, mut steps: Vec<Case>) -> std::io::Result<Vec<Case>> {
        let mut at = steps.len();
        while at > 1 && steps.len() > 2 {
            at -= 1;
            let mut fewer = steps.clone();
            fewer.remove(at);
            let Some(case) = sequence::case("fewer".to_owned(), fewer.clone()) else {
                break;
            };
            if self.differs(&case)?.is_some() {
                steps = fewer;
            }
        }
        Ok(steps)
    }
}

fn run(options: &Options) -> Result<bool, Box<dyn Error>> {
    let started;
    let ours = if let Some(url) = &options.ours {
        url
    } else {
        started = server::serve(&options.database_url, options.port)?;
        &started.address
    };
    let log = DebugLog::connect(&options.database_url)?;
    let rows = Rows::connect(&options.database_url)?;
    let mut pair = Pair {
        reference: Run::new(Target::new(&options.reference), &now, &log).watching(&rows)?,
        ours: Run::new(Target::new(ours), &now, &log).watching(&rows)?,
    };
    pair.reference.warm_up()?;
    pair.ours.warm_up()?;
    let mut out = std::io::stdout();
    let mut different = Vec::new();
    let mut requests = 0;
    for seed in options.seed..options.seed + options.count {
        let steps = sequence::steps(seed);
        requests += steps.len();
        let Some(case) = sequence::case(format!("seed {seed}"), steps.clone()) else {
            continue;
        };
        if pair.differs(&case)?.is_none() {
            continue;
        }
        different.push(seed);
        writeln!(out, "seed {seed} differs; the shortest that does:")?;
        let steps = pair.shrunk(steps)?;
        for step in &steps {
            writeln!(out, "  {}", String::from_utf8_lossy(&step.body))?;
        }
        let shortest = sequence::case("shortest".to_owned(), steps);
        if let Some(case) = shortest
            && let Some((expected, ours)) = pair.differs(&case)?
        {
            if !deviation::same(&expected.answer, &ours.answer) {
                writeln!(
                    out,
                    "reference:\n{}\nours:\n{}",
                    expected.answer, ours.answer
                )?;
            }
            writeln!(out, "{}", rows::difference(&expected.rows, &ours.rows))?;
        }
    }
    writeln!(
        out,
        "{} sequences of {requests} requests on {}: {} differ {different:?}",
        options.count,
        kind(&options.database_url),
        different.len()
    )?;
    Ok(different.is_empty())
}
