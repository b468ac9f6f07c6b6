//! `acl`: asks the reference system which choices its forms leave under access control lists, and keeps the answers.
//!
//! `fixtures/acl/cases.json` has the lists and the situations, `answers.jsonl` what the reference system left of the
//! choices; `make test` replays them. `scripts/acl.sh` prepares a reference system and runs this.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    error::Error,
    fmt::Write as _,
    fs,
    path::PathBuf,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use chrono::NaiveDateTime;
use clap::Parser;
use lab::client::{Answer, Target};
use regex::Regex;
use schema::{Db, tables as t};
use sea_query::{Expr, Query};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The field whose values tell which of many lists matched: `v01`, `v02` …
const FIELD: &str = "LabMany";
const VALUES: usize = 99;

/// Records what the reference system's forms leave under access control lists.
#[derive(Parser)]
struct Options {
    #[arg(long, env = "ZNUNY_URL", default_value = "http://127.0.0.1:8100/otrs")]
    reference: String,
    #[arg(long, env = "ZNUNY_DSN", hide_env_values = true)]
    database_url: String,
    /// The control script of the reference system, for its console.
    #[arg(long, env = "ZNUNY", default_value = "znuny")]
    znuny: String,
    #[arg(long, default_value = "fixtures/acl")]
    directory: PathBuf,
    /// Only adds the dynamic field that the cases need, and ends.
    #[arg(long)]
    prepare: bool,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let options = Options::parse();
    let db = Db::connect(&options.database_url).await?;
    if options.prepare {
        add_field(&db).await?;
        return Ok(());
    }
    let cases: Value = serde_json::from_slice(&fs::read(options.directory.join("cases.json"))?)?;
    let mut reference = Reference::new(&options, db).await?;
    let mut answers = String::new();
    matching(&mut reference, &cases, &mut answers).await?;
    changing(&mut reference, &cases, &mut answers).await?;
    reference.deploy(&[]).await?;
    fs::write(options.directory.join("answers.jsonl"), &answers)?;
    eprintln!("{} answers", answers.lines().count());
    Ok(())
}

async fn add_field(db: &Db) -> Outcome<()> {
    use t::DynamicField as D;
    let mut config = String::from("---\nDefaultValue: ''\nPossibleNone: '0'\nPossibleValues:\n");
    for number in 1..=VALUES {
        writeln!(config, "  v{number:02}: V{number:02}")?;
    }
    let now = NaiveDateTime::default();
    let mut tx = db.begin().await?;
    let insert = Query::insert()
        .into_table(D::Table)
        .columns([
            D::InternalField,
            D::Name,
            D::Label,
            D::FieldOrder,
            D::FieldType,
            D::ObjectType,
            D::Config,
            D::ValidId,
            D::CreateTime,
            D::CreateBy,
            D::ChangeTime,
            D::ChangeBy,
        ])
        .values_panic([
            Expr::val(0_i16),
            Expr::val(FIELD),
            Expr::val("Many"),
            Expr::val(40_i32),
            Expr::val("Dropdown"),
            Expr::val("Ticket"),
            Expr::val(tx.long_text(&config)),
            Expr::val(1_i16),
            Expr::val(now),
            Expr::val(1_i32),
            Expr::val(now),
            Expr::val(1_i32),
        ])
        .to_owned();
    tx.insert(&insert).await?;
    tx.commit().await?;
    Ok(())
}

/// Which requirements are met: each list takes one value of one field away.
async fn matching(reference: &mut Reference, cases: &Value, answers: &mut String) -> Outcome<()> {
    let all = cases["matching"].as_array().ok_or("no matching cases")?;
    let situations = cases["situations"].as_object().ok_or("no situations")?;
    for batch in all.chunks(VALUES) {
        let lists: Vec<Value> = batch
            .iter()
            .enumerate()
            .map(|(at, case)| {
                let value = format!("v{:02}", at + 1);
                let change = json!({"PossibleNot": {"Ticket": {"DynamicField_LabMany": [value]}}});
                json!({"match": case["match"], "change": change})
            })
            .collect();
        reference.deploy(&lists).await?;
        for (name, situation) in situations {
            // The first agent is never limited, and a menu has no fields.
            if situation["action"] == "AgentTicketZoom" || situation["by"] == "root@localhost" {
                continue;
            }
            let left = reference.options(situation, "DynamicField_LabMany")?;
            for (at, case) in batch.iter().enumerate() {
                let matches = !left.contains(&format!("v{:02}", at + 1));
                let answer = json!({"case": case["name"], "situation": name, "matches": matches});
                writeln!(answers, "{answer}")?;
            }
        }
    }
    Ok(())
}

async fn changing(reference: &mut Reference, cases: &Value, answers: &mut String) -> Outcome<()> {
    let all = cases["changing"].as_array().ok_or("no changing cases")?;
    reference.deploy(&[]).await?;
    let mut bases: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for ask in all
        .iter()
        .flat_map(|case| case["asks"].as_array().into_iter().flatten())
    {
        if let Entry::Vacant(base) = bases.entry(ask.to_string()) {
            base.insert(reference.ask(cases, ask)?);
        }
    }
    for case in all {
        let lists = case["acls"].as_array().ok_or("no lists")?;
        reference.deploy(lists).await?;
        for ask in case["asks"].as_array().ok_or("no questions")? {
            let left = reference.ask(cases, ask)?;
            let base = &bases[&ask.to_string()];
            let (situation, subject) = (&ask[0], &ask[1]);
            let answer = json!({
                "case": case["name"], "situation": situation, "subject": subject, "base": base, "left": left
            });
            writeln!(answers, "{answer}")?;
        }
    }
    Ok(())
}

/// Somebody who signed in.
struct Person {
    door: &'static str,
    cookies: String,
    token: String,
}

struct Reference {
    target: Target,
    path: String,
    znuny: String,
    db: Db,
    people: BTreeMap<String, Person>,
    /// It sees a new deployment only when the clock shows another second.
    deployed: Option<Instant>,
}

impl Reference {
    async fn new(options: &Options, db: Db) -> Outcome<Self> {
        let rest = options.reference.trim_start_matches("http://");
        let path = rest.split_once('/').map_or("", |(_, path)| path);
        // Old sessions would count against the limit of sessions.
        let mut tx = db.begin().await?;
        tx.execute(&Query::delete().from_table(t::Sessions::Table).to_owned())
            .await?;
        tx.commit().await?;
        Ok(Self {
            target: Target::new(&options.reference),
            path: format!("/{path}"),
            znuny: options.znuny.clone(),
            db,
            people: BTreeMap::new(),
            deployed: None,
        })
    }

    fn send(&self, door: &str, cookies: &str, form: &str) -> Outcome<Answer> {
        let raw = format!(
            "POST {}/{door} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {cookies}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.path,
            form.len()
        );
        Ok(self.target.send(raw.as_bytes())?)
    }

    fn sign_in(&mut self, login: &str, is_customer: bool) -> Outcome<()> {
        if self.people.contains_key(login) {
            return Ok(());
        }
        let door = if is_customer {
            "customer.pl"
        } else {
            "index.pl"
        };
        let password = if login == "root@localhost" {
            "root"
        } else {
            lab::case::PASSWORD
        };
        let form =
            json!({"Action": "Login", "User": login, "Password": password, "TimeZoneOffset": "0"});
        let answer = self.send(door, "", &urlencoded(&form))?;
        let cookies: Vec<&str> = answer
            .headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("Set-Cookie"))
            .filter_map(|(_, value)| value.split(';').next())
            .collect();
        let cookies = cookies.join("; ");
        let start = if is_customer {
            "CustomerTicketMessage"
        } else {
            "AgentDashboard"
        };
        let page = self.send(door, &cookies, &urlencoded(&json!({"Action": start})))?;
        let page = String::from_utf8_lossy(&page.body).into_owned();
        let token = Regex::new(r#""ChallengeToken":"(\w+)""#)?
            .captures(&page)
            .ok_or_else(|| format!("{login} can not sign in"))?[1]
            .to_owned();
        let person = Person {
            door,
            cookies,
            token,
        };
        self.people.insert(login.to_owned(), person);
        Ok(())
    }

    /// Makes these the only lists, and has the reference system take them over.
    async fn deploy(&mut self, lists: &[Value]) -> Outcome<()> {
        self.write(lists).await?;
        let status = Command::new(&self.znuny)
            .args(["console", "Maint::Cache::Delete", "--type", "ACLEditor_ACL"])
            .output()?
            .status;
        if !status.success() {
            return Err("the reference system's console failed".into());
        }
        if let Some(wait) = self
            .deployed
            .and_then(|at| Duration::from_millis(1_150).checked_sub(at.elapsed()))
        {
            thread::sleep(wait);
        }
        self.sign_in("root@localhost", false)?;
        let person = &self.people["root@localhost"];
        let form =
            json!({"Action": "AdminACL", "Subaction": "ACLDeploy", "ChallengeToken": person.token});
        self.send(person.door, &person.cookies, &urlencoded(&form))?;
        self.deployed = Some(Instant::now());
        Ok(())
    }

    async fn write(&self, lists: &[Value]) -> Outcome<()> {
        use t::Acl as A;
        let mut tx = self.db.begin().await?;
        tx.execute(&Query::delete().from_table(t::AclSync::Table).to_owned())
            .await?;
        tx.execute(&Query::delete().from_table(A::Table).to_owned())
            .await?;
        let now = NaiveDateTime::default();
        for (number, list) in lists.iter().enumerate() {
            let name = list["name"]
                .as_str()
                .map_or_else(|| format!("acl{number:03}"), str::to_owned);
            let text = |part: &Value| match part {
                Value::Null => tx.long_text("--- ~\n"),
                part => tx.long_text(&compat::yaml::write(&perl(part))),
            };
            let number = |key: &str, otherwise: i16| {
                let number = list[key]
                    .as_i64()
                    .and_then(|number| i16::try_from(number).ok());
                Expr::val(number.unwrap_or(otherwise))
            };
            let row = [
                Expr::val(name),
                number("valid", 1),
                number("stop", 0),
                Expr::val(text(&list["match"])),
                Expr::val(text(&list["change"])),
                Expr::val(now),
                Expr::val(1_i32),
                Expr::val(now),
                Expr::val(1_i32),
            ];
            let insert = Query::insert()
                .into_table(A::Table)
                .columns([
                    A::Name,
                    A::ValidId,
                    A::StopAfterMatch,
                    A::ConfigMatch,
                    A::ConfigChange,
                    A::CreateTime,
                    A::CreateBy,
                    A::ChangeTime,
                    A::ChangeBy,
                ])
                .values_panic(row)
                .to_owned();
            tx.insert(&insert).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// `[situation, subject, field]`: the keys of the choices that are left.
    fn ask(&mut self, cases: &Value, ask: &Value) -> Outcome<Vec<String>> {
        let name = ask[0].as_str().ok_or("no situation")?;
        let situation = &cases["situations"][name];
        let field = ask[2].as_str().ok_or("no field")?;
        if ask[1] == "Action" {
            return self.menu(situation);
        }
        let mut left = self.options(situation, field)?;
        if !field.starts_with("DynamicField_") {
            left.retain(|key| !key.is_empty());
        }
        // A queue is KEY||NAME in forms for new tickets.
        let key = |key: String| match key.split_once("||") {
            Some((key, _)) => key.to_owned(),
            None => key,
        };
        Ok(left.into_iter().map(key).collect())
    }

    fn person(&mut self, situation: &Value) -> Outcome<&Person> {
        let login = situation["by"].as_str().ok_or("nobody")?;
        self.sign_in(login, situation["customer"] == true)?;
        Ok(&self.people[login])
    }

    /// The keys of a field's choices after the form was changed.
    fn options(&mut self, situation: &Value, field: &str) -> Outcome<Vec<String>> {
        let person = self.person(situation)?;
        let mut form = situation["form"].clone();
        form["Action"] = situation["action"].clone();
        form["Subaction"] = "AJAXUpdate".into();
        form["ChallengeToken"] = person.token.as_str().into();
        let (door, cookies) = (person.door, person.cookies.clone());
        let answer = self.send(door, &cookies, &urlencoded(&form))?;
        let fields: Value = serde_json::from_slice(&answer.body)
            .map_err(|error| format!("{}: {error}", answer.status))?;
        let options = fields[field]
            .as_array()
            .ok_or_else(|| format!("no field {field}"))?;
        Ok(options
            .iter()
            .filter_map(|option| option[0].as_str().map(str::to_owned))
            .collect())
    }

    /// The screens that a ticket's page leads to.
    fn menu(&mut self, situation: &Value) -> Outcome<Vec<String>> {
        let person = self.person(situation)?;
        let mut form = situation["form"].clone();
        form["Action"] = situation["action"].clone();
        let ticket = form["TicketID"].as_str().unwrap_or_default().to_owned();
        let (door, cookies) = (person.door, person.cookies.clone());
        let answer = self.send(door, &cookies, &urlencoded(&form))?;
        let page = String::from_utf8_lossy(&answer.body).into_owned();
        let link = Regex::new(&format!(
            r#"Action=(AgentTicket\w+);(?:[^"]*;)?TicketID={ticket}\b"#
        ))?;
        // What is left of articles has rules of its own.
        let of_articles = ["AgentTicketArticleContent", "AgentTicketAttachment"];
        let mut screens: Vec<String> = link
            .captures_iter(&page)
            .map(|found| found[1].to_owned())
            .filter(|screen| !of_articles.contains(&screen.as_str()))
            .collect();
        screens.sort();
        screens.dedup();
        Ok(screens)
    }
}

fn perl(value: &Value) -> compat::Value {
    match value {
        Value::Null => compat::Value::Undef,
        Value::Array(items) => compat::Value::List(items.iter().map(perl).collect()),
        Value::Object(pairs) => {
            compat::Value::map(pairs.iter().map(|(key, value)| (key.as_str(), perl(value))))
        }
        Value::String(text) => compat::Value::text(text.as_str()),
        Value::Number(number) => compat::Value::from(number.as_i64().unwrap_or_default()),
        Value::Bool(is_on) => compat::Value::from(i64::from(*is_on)),
    }
}

/// A form's bytes; a list is a name with several values.
fn urlencoded(form: &Value) -> String {
    let mut pairs = Vec::new();
    for (name, value) in form.as_object().into_iter().flatten() {
        let one = std::slice::from_ref(value);
        for value in value.as_array().map_or(one, Vec::as_slice) {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            pairs.push(format!("{}={}", escaped(name), escaped(&value)));
        }
    }
    pairs.join("&")
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
