//! Keeps what the reference system writes for each mail of the corpus.

use std::{
    collections::BTreeMap,
    error::Error,
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
};

use schema::{Db, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};
use tokio::runtime::Runtime;

use super::{Group, pop3, prepare, set_settings};
use crate::{
    rows::{Rows, State, record::Entry},
    server::now,
};

/// The account that the reference system fetches.
const ACCOUNT: i32 = 1;

/// The reference system.
pub struct Reference {
    /// The program that controls it, see `scripts/compat.sh`.
    pub control: String,
    pub database_url: String,
    /// An address on which port 110 is free.
    pub host: String,
}

impl Reference {
    fn console(&self, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
        let output = Command::new(&self.control)
            .arg("console")
            .args(arguments)
            .output()?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr))
    }

    /// Lets the reference system fetch a group; gives for each mail what it wrote, mails that failed left out.
    pub fn record(
        &self,
        group: &Group,
        keep: &mut impl FnMut(&str, Entry),
    ) -> Result<(), Box<dyn Error>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let db = runtime.block_on(Db::connect(&self.database_url))?;
        runtime.block_on(async {
            set_settings(&db, &group.settings).await?;
            account(&db, group, &self.host).await
        })?;
        self.console(&["Maint::Cache::Delete"])?;
        self.console(&["Maint::Config::Rebuild"])?;
        let listener = TcpListener::bind((self.host.as_str(), 110))?;
        let mails: Vec<&[u8]> = group.mails.iter().map(|mail| mail.raw.as_slice()).collect();
        let rows = Rows::connect(&self.database_url)?;
        let now_there = rows.read()?;
        let mut watch = Watch {
            runtime: &runtime,
            db: &db,
            group,
            start: now_there.clone(),
            before: now_there,
            rows,
            at: 0,
            keep,
            failure: None,
        };
        let mut gone = vec![false; mails.len()];
        let account = ACCOUNT.to_string();
        while gone.contains(&false) {
            let before = gone.clone();
            let mut fetch = Command::new(&self.control)
                .args([
                    "console",
                    "Maint::PostMaster::MailAccountFetch",
                    "--force-pid",
                ])
                .args(["--timeout", "7200", "--mail-account-id", &account])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()?;
            let at_most = if group.together { usize::MAX } else { 1 };
            let served = pop3::session(&listener, &mails, &mut gone, at_most, &mut watch);
            fetch.wait()?;
            // What the reference does when it ends belongs to its last mail.
            if let Some(last) = served? {
                pop3::Watch::after(&mut watch, last);
            }
            if gone == before {
                break;
            }
        }
        watch.failure.map_or(Ok(()), Err)
    }
}

struct Watch<'a, K> {
    runtime: &'a Runtime,
    db: &'a Db,
    group: &'a Group,
    rows: Rows,
    /// Before the ticket of the mail was made.
    start: State,
    before: State,
    at: i64,
    keep: &'a mut K,
    failure: Option<Box<dyn Error>>,
}

impl<K: FnMut(&str, Entry)> Watch<'_, K> {
    fn prepared(&mut self, mail: usize) -> Result<(), Box<dyn Error>> {
        if let Some(ticket) = &self.group.mails[mail].ticket {
            self.runtime.block_on(prepare(self.db, ticket))?;
            self.before = self.rows.read()?;
        } else {
            self.before = self.start.clone();
        }
        self.at = now();
        Ok(())
    }

    fn written(&mut self, mail: usize) -> Result<(), Box<dyn Error>> {
        let after = self.rows.read()?;
        let window = (self.at, now());
        let written = self.rows.written(&self.start, &self.before, &after, window);
        let entry = Entry {
            at: self.at,
            rows: written.lines,
        };
        (self.keep)(&self.group.mails[mail].name, entry);
        self.start = after;
        Ok(())
    }
}

impl<K: FnMut(&str, Entry)> pop3::Watch for Watch<'_, K> {
    fn before(&mut self, mail: usize) {
        if let Err(error) = self.prepared(mail) {
            self.failure.get_or_insert(error);
        }
    }

    fn after(&mut self, mail: usize) {
        if let Err(error) = self.written(mail) {
            self.failure.get_or_insert(error);
        }
    }
}

async fn account(db: &Db, group: &Group, host: &str) -> Result<(), schema::DbError> {
    use t::MailAccount as M;
    let now = chrono::NaiveDateTime::default();
    let mut tx = db.begin().await?;
    tx.execute(Query::delete().from_table(M::Table)).await?;
    let queue: i32 = match &group.queue {
        Some(name) => {
            let query = Query::select()
                .column(t::Queue::Id)
                .from(t::Queue::Table)
                .and_where(Expr::col(t::Queue::Name).eq(name.as_str()))
                .to_owned();
            let row: Option<(i32,)> = tx.fetch_optional(&query).await?;
            row.map_or(0, |(id,)| id)
        }
        None => 0,
    };
    let columns: BTreeMap<&str, (M, sea_query::Value)> = BTreeMap::from([
        ("id", (M::Id, ACCOUNT.into())),
        ("login", (M::Login, "lab".into())),
        ("pw", (M::Pw, "lab".into())),
        ("host", (M::Host, host.into())),
        ("type", (M::AccountType, "POP3".into())),
        ("queue", (M::QueueId, queue.into())),
        ("trusted", (M::Trusted, i16::from(group.trusted).into())),
        ("auth", (M::AuthenticationType, "password".into())),
        ("valid", (M::ValidId, 1_i16.into())),
        ("create_time", (M::CreateTime, now.into())),
        ("create_by", (M::CreateBy, 1.into())),
        ("change_time", (M::ChangeTime, now.into())),
        ("change_by", (M::ChangeBy, 1.into())),
    ]);
    let insert = Query::insert()
        .into_table(M::Table)
        .columns(columns.values().map(|(column, _)| *column))
        .values_panic(columns.into_values().map(|(_, value)| Expr::val(value)))
        .to_owned();
    tx.insert(&insert).await?;
    tx.commit().await
}

/// Where the recorded rows of a group are.
pub fn path(directory: &Path, group: &str) -> std::path::PathBuf {
    directory.join("rows").join(format!("{group}.jsonl"))
}
