//! `notifications`: keeps what the reference system writes for the cases of `fixtures/notification`.

use std::{error::Error, io::Write as _, path::PathBuf, process::ExitCode};

use clap::Parser;
use lab::{
    mail::record::path,
    notification::{cases, record::Reference},
    rows::record::{Entry, Recorded},
    server::kind,
};

/// Lets the reference system play the cases, and keeps the rows that it wrote for each.
///
/// Its database must hold the rows of the comparison, prepared for writing; see `scripts/compat.sh`.
#[derive(Parser)]
struct Options {
    /// The program that controls the reference system.
    #[arg(long, env = "ZNUNY", default_value = "znuny")]
    control: String,
    /// Its address.
    #[arg(long, env = "ZNUNY_URL", default_value = "http://127.0.0.1:8100/otrs")]
    reference: String,
    #[arg(
        long,
        env = "ZNUNY_DSN",
        default_value = "mysql://otrs:otrs@127.0.0.1:13306/otrs"
    )]
    database_url: String,
    /// Puts the rows of the cases into the database, and ends.
    #[arg(long)]
    load: bool,
    /// Only cases whose `group: name` contains this.
    #[arg(long, default_value = "")]
    only: String,
    #[arg(long, default_value = "fixtures/notification")]
    cases: PathBuf,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "notifications: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    if options.load {
        return load(options);
    }
    let reference = Reference {
        control: options.control.clone(),
        database_url: options.database_url.clone(),
        address: options.reference.clone(),
    };
    let kind = kind(&options.database_url);
    for group in cases(&options.cases)? {
        let wanted = |name: &str| format!("{}: {name}", group.name).contains(&options.only);
        if !group.cases.iter().any(|case| wanted(&case.name)) {
            continue;
        }
        let file = path(&options.cases, &group.name);
        let mut recorded = Recorded::read(&file)?;
        let names: Vec<&str> = group.cases.iter().map(|case| case.name.as_str()).collect();
        let mut count = 0;
        reference.record(&group, wanted, &mut |name: &str, entry: Entry| {
            recorded.set(name, kind, entry);
            count += 1;
        })?;
        recorded.write_all(&file, &names)?;
        writeln!(std::io::stdout(), "{}: {count}", group.name)?;
    }
    Ok(())
}

fn load(options: &Options) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let db = schema::Db::connect(&options.database_url).await?;
        lab::notification::load(&db, &options.cases).await
    })?;
    Ok(())
}
