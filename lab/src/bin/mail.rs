//! `mail`: keeps what the reference system writes for the mails of `fixtures/mail`.

use std::{error::Error, io::Write as _, path::PathBuf, process::ExitCode};

use clap::Parser;
use lab::{
    mail::{
        corpus,
        record::{Reference, path},
    },
    rows::record::{Entry, Recorded},
    server::kind,
};

/// Lets the reference system fetch the mails of the corpus, and keeps the rows that it wrote for each.
///
/// Its database must hold the rows of the comparison, prepared for writing; see `scripts/compat.sh`.
#[derive(Parser)]
struct Options {
    /// The program that controls the reference system.
    #[arg(long, env = "ZNUNY", default_value = "znuny")]
    reference: String,
    #[arg(
        long,
        env = "ZNUNY_DSN",
        default_value = "mysql://otrs:otrs@127.0.0.1:13306/otrs"
    )]
    database_url: String,
    /// The address on whose port 110 the mails wait.
    #[arg(long, default_value = "127.0.0.77")]
    host: String,
    /// Puts the rows of the corpus into the database, and ends.
    #[arg(long)]
    load: bool,
    /// Only these groups.
    #[arg(long)]
    only: Vec<String>,
    #[arg(long, default_value = "fixtures/mail")]
    corpus: PathBuf,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "mail: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    if options.load {
        return load(options);
    }
    let reference = Reference {
        control: options.reference.clone(),
        database_url: options.database_url.clone(),
        host: options.host.clone(),
    };
    let kind = kind(&options.database_url);
    for group in corpus(&options.corpus)? {
        if !options.only.is_empty() && !options.only.contains(&group.name) {
            continue;
        }
        let file = path(&options.corpus, &group.name);
        let mut recorded = Recorded::read(&file)?;
        let names: Vec<&str> = group.mails.iter().map(|mail| mail.name.as_str()).collect();
        let mut count = 0;
        let mut failure = None;
        reference.record(&group, &mut |name: &str, entry: Entry| {
            recorded.set(name, kind, entry);
            count += 1;
            if let Err(error) = recorded.write_all(&file, &names) {
                failure = Some(error);
            }
        })?;
        if let Some(error) = failure {
            return Err(error.into());
        }
        writeln!(
            std::io::stdout(),
            "{}: {count} of {} mails",
            group.name,
            group.mails.len()
        )?;
    }
    Ok(())
}

fn load(options: &Options) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let db = schema::Db::connect(&options.database_url).await?;
        lab::fixture::add(&db, &options.corpus.join("rows.jsonl")).await
    })?;
    Ok(())
}
