//! Keeps what the reference system writes for each case.

use std::{error::Error, fs, process::Command, thread, time::Duration};

use schema::Db;
use tokio::runtime::Runtime;

use super::{Case, Group, Step, clean, prepare};
use crate::{
    client::Target,
    mail::set_settings,
    rows::{Rows, record::Entry},
    server::now,
};

/// How long the reference system goes on writing after its answer.
const SETTLE: Duration = Duration::from_secs(1);

/// The reference system.
pub struct Reference {
    /// The program that controls it, see `scripts/compat.sh`.
    pub control: String,
    pub database_url: String,
    /// `http://host:port`
    pub address: String,
}

impl Reference {
    fn control(&self, arguments: &[&str]) -> Result<(), Box<dyn Error>> {
        Command::new(&self.control).args(arguments).output()?;
        Ok(())
    }

    /// Plays the cases of a group that are wanted; gives for each what the reference system wrote.
    pub fn record(
        &self,
        group: &Group,
        wanted: impl Fn(&str) -> bool,
        keep: &mut impl FnMut(&str, Entry),
    ) -> Result<(), Box<dyn Error>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let db = runtime.block_on(Db::connect(&self.database_url))?;
        runtime.block_on(async {
            clean(&db).await?;
            set_settings(&db, &group.settings).await
        })?;
        self.control(&["console", "Maint::Cache::Delete"])?;
        self.control(&["console", "Maint::Config::Rebuild"])?;
        self.control(&["restart"])?;
        let rows = Rows::connect(&self.database_url)?;
        for case in group.cases.iter().filter(|case| wanted(&case.name)) {
            let entry = self.play(&runtime, &db, &rows, case)?;
            keep(&case.name, entry);
        }
        Ok(())
    }

    fn play(
        &self,
        runtime: &Runtime,
        db: &Db,
        rows: &Rows,
        case: &Case,
    ) -> Result<Entry, Box<dyn Error>> {
        let start = rows.read()?;
        let at = now();
        runtime.block_on(prepare(db, case, at))?;
        self.control(&["console", "Maint::Cache::Delete"])?;
        let before = rows.read()?;
        for step in &case.steps {
            self.take(step)?;
        }
        thread::sleep(SETTLE);
        let after = rows.read()?;
        let written = rows.written(&start, &before, &after, (at, now()));
        rows.restore(&start, &after)?;
        runtime.block_on(clean(db))?;
        Ok(Entry {
            at,
            rows: super::compared(&written.lines),
        })
    }

    fn take(&self, step: &Step) -> Result<(), Box<dyn Error>> {
        match step {
            Step::Request(request) => {
                let target = Target::new(&self.address);
                let wire = request.wire(&target.authority, |_| String::new());
                let answer = target.send(&wire)?;
                let body = String::from_utf8_lossy(&answer.body);
                if !answer.status.starts_with("200") || body.contains("\"Error\"") {
                    return Err(format!("{}: {} {body}", request.name, answer.status).into());
                }
            }
            Step::Mail(raw) => {
                let file = std::env::temp_dir().join(format!("lab-{}.eml", std::process::id()));
                fs::write(&file, raw)?;
                self.control(&["mail", &file.display().to_string()])?;
                fs::remove_file(&file)?;
            }
            Step::Console(words) => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                self.control(&[&["console"][..], &words].concat())?;
            }
        }
        Ok(())
    }
}
