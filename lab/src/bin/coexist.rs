//! `coexist`: the reference system and ours take turns on the same tickets, and neither shows what the other has
//! changed meanwhile as it was before.

use std::{
    collections::BTreeSet, error::Error, fmt::Write as _, io::Write as _, path::PathBuf,
    process::ExitCode, thread,
};

use clap::Parser;
use lab::{client::Target, server};
use serde_json::{Value, json};

/// Where both systems have the web service that a fresh reference system gets.
const SERVICE: &str = "/otrs/nph-genericinterface.pl/Webservice/GenericTicketConnectorREST";

/// What two questions a moment apart may tell differently.
const MOVING: [&str; 9] = [
    "Age",
    "UntilTime",
    "EscalationTime",
    "EscalationTimeWorkingTime",
    "EscalationDestinationIn",
    "FirstResponseTime",
    "FirstResponseTimeWorkingTime",
    "UpdateTime",
    "SolutionTime",
];

/// Lets the reference system and ours take turns on the same tickets, on one database and under one OTRS home. After
/// each change both are asked for the ticket at once, and must say the same.
#[derive(Parser)]
struct Options {
    /// Address of the reference system.
    #[arg(long, env = "ZNUNY_URL", default_value = "http://127.0.0.1:8100/otrs")]
    reference: String,
    /// Its database, which our server is started on.
    #[arg(
        long,
        env = "ZNUNY_DSN",
        default_value = "mysql://otrs:otrs@127.0.0.1:13306/otrs",
        hide_env_values = true
    )]
    database_url: String,
    /// Its home, with the file cache that must not show what is old.
    #[arg(long, env = "OTTERDESK_OTRS_HOME")]
    otrs_home: PathBuf,
    #[arg(long, env = "ZNUNY_AGENT", default_value = "root@localhost")]
    agent: String,
    #[arg(
        long,
        env = "ZNUNY_PASSWORD",
        default_value = "root",
        hide_env_values = true
    )]
    password: String,
    /// The port for our server.
    #[arg(long, default_value_t = 8397)]
    port: u16,
    /// How often each change is made, by each of the two in turn.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Tickets that both create at the same moment, each so many.
    #[arg(long, default_value_t = 20)]
    at_once: usize,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "coexist: {error}");
            ExitCode::from(2)
        }
    }
}

/// One of the two systems.
#[derive(Clone, Debug)]
struct Side {
    name: &'static str,
    target: Target,
    agent: String,
    password: String,
}

impl Side {
    fn send(&self, method: &str, path: &str, body: &str) -> Result<Value, Box<dyn Error>> {
        let request = format!(
            "{method} {SERVICE}{path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.target.authority,
            body.len()
        );
        let answer = self.target.send(request.as_bytes())?;
        let text = String::from_utf8_lossy(&answer.body);
        let value: Value = serde_json::from_str(&text)
            .map_err(|_| format!("{} answers {} {text}", self.name, answer.status))?;
        match value.get("Error").or_else(|| value.get("faultstring")) {
            Some(refusal) => {
                Err(format!("{} refuses {method} {path}: {refusal}", self.name).into())
            }
            None => Ok(value),
        }
    }

    /// With the agent's credentials.
    fn post(&self, method: &str, path: &str, mut body: Value) -> Result<Value, Box<dyn Error>> {
        body["UserLogin"] = json!(self.agent);
        body["Password"] = json!(self.password);
        self.send(method, path, &body.to_string())
    }

    /// Creates a ticket; its number and its key.
    fn create(&self, title: &str) -> Result<(String, String), Box<dyn Error>> {
        let answer = self.post(
            "POST",
            "/Ticket",
            json!({
                "Ticket": {
                    "Title": title, "Queue": "Raw", "Type": "Unclassified", "State": "new", "Priority": "3 normal",
                    "CustomerUser": "somebody@localhost.localdomain", "CustomerID": "somebody",
                },
                "Article": note("created"),
            }),
        )?;
        let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
        Ok((text("TicketNumber"), text("TicketID")))
    }

    /// Everything that it says of a ticket, without what the clock changes.
    fn shows(&self, id: &str) -> Result<Value, Box<dyn Error>> {
        let path = format!(
            "/Ticket/{id}?UserLogin={}&Password={}&AllArticles=1&Attachments=1&DynamicFields=1&Extended=1",
            self.agent.replace('@', "%40"),
            self.password
        );
        let mut answer = self.send("GET", &path, "")?;
        let mut ticket = answer["Ticket"][0].take();
        if let Some(hash) = ticket.as_object_mut() {
            for key in MOVING
                .iter()
                .chain(&["UpdateTimeWorkingTime", "SolutionTimeWorkingTime"])
            {
                hash.remove(*key);
            }
        }
        Ok(ticket)
    }
}

fn note(body: &str) -> Value {
    json!({
        "CommunicationChannel": "Internal", "SenderType": "agent", "IsVisibleForCustomer": 1,
        "Subject": "coexistence", "Body": body, "ContentType": "text/plain; charset=utf-8",
    })
}

/// Changes in an order in which each of them changes something, whoever made the one before.
fn change(number: usize) -> Value {
    let odd = number % 2 == 1;
    let one_of = |first: &str, second: &str| {
        if odd {
            first.to_owned()
        } else {
            second.to_owned()
        }
    };
    match number % 8 {
        0 => json!({"Ticket": {"Title": format!("title {number}")}}),
        1 => json!({"Article": note(&format!("note {number}"))}),
        2 => json!({"Ticket": {"State": if number % 16 == 2 { "open" } else { "new" }}}),
        3 => json!({"Ticket": {"Priority": if number % 16 == 3 { "4 high" } else { "2 low" }}}),
        4 => json!({"Ticket": {"Queue": if number % 16 == 4 { "Misc" } else { "Raw" }}}),
        5 => json!({"Ticket": {"Lock": "lock"}}),
        6 => json!({"Ticket": {"CustomerID": one_of("acme", "beta") + &number.to_string()}}),
        _ => json!({"Ticket": {"Lock": "unlock"}, "Article": note("unlocked")}),
    }
}

/// How many comparisons failed.
fn run(options: &Options) -> Result<usize, Box<dyn Error>> {
    let home = options.otrs_home.to_string_lossy();
    let server = server::serve_with(
        &[
            "--database-url",
            &options.database_url,
            "--otrs-home",
            &home,
        ],
        options.port,
    )?;
    let side = |name, target| Side {
        name,
        target,
        agent: options.agent.clone(),
        password: options.password.clone(),
    };
    let ours = side("ours", Target::new(&server.address));
    let theirs = side("the reference", Target::new(&options.reference));
    let mut out = std::io::stdout();
    let mut failures = String::new();
    let turns = take_turns(&ours, &theirs, options.rounds, &mut failures)?;
    let sessions = share_sessions(&ours, &theirs, &mut failures)?;
    let created = create_at_once(&ours, &theirs, options.at_once, &mut failures)?;
    write!(out, "{failures}")?;
    let failed = failures.lines().count();
    writeln!(
        out,
        "{turns} changes in turn, {sessions} sessions, {created} tickets at once: {failed} failures"
    )?;
    Ok(failed)
}

/// Each change by one of the two, then by the other; both are asked right before, so that their caches hold the ticket,
/// and right after.
fn take_turns(
    ours: &Side,
    theirs: &Side,
    rounds: usize,
    failures: &mut String,
) -> Result<usize, Box<dyn Error>> {
    let mut made = 0;
    for creator in [ours, theirs] {
        let (_, id) = creator.create("coexistence")?;
        for number in 0..rounds * 16 {
            let actor = if (number / 8 + number) % 2 == 0 {
                ours
            } else {
                theirs
            };
            let before = theirs.shows(&id)?;
            let change = change(number);
            actor.post("PATCH", &format!("/Ticket/{id}"), change.clone())?;
            let (theirs, ours) = (theirs.shows(&id)?, ours.shows(&id)?);
            made += 1;
            if theirs == before {
                writeln!(
                    failures,
                    "ticket {id}: the reference shows nothing new after {} made {change}",
                    actor.name
                )?;
            } else if theirs != ours {
                writeln!(
                    failures,
                    "ticket {id}: different after {} made {change}: {}",
                    actor.name,
                    difference(&theirs, &ours)
                )?;
            }
        }
    }
    Ok(made)
}

/// The entries of two hashes that differ.
fn difference(theirs: &Value, ours: &Value) -> String {
    let keys: BTreeSet<&String> = [theirs, ours]
        .into_iter()
        .filter_map(Value::as_object)
        .flat_map(serde_json::Map::keys)
        .collect();
    let different = keys
        .into_iter()
        .filter(|key| theirs.get(*key) != ours.get(*key));
    let shown = different.map(|key| {
        let value = |side: &Value| {
            side.get(key)
                .map_or_else(|| "nothing".to_owned(), Value::to_string)
        };
        format!("{key} is {} there and {} here", value(theirs), value(ours))
    });
    shown.collect::<Vec<_>>().join("; ")
}

/// A session that one of them opened is good for the other.
fn share_sessions(
    ours: &Side,
    theirs: &Side,
    failures: &mut String,
) -> Result<usize, Box<dyn Error>> {
    let (_, id) = ours.create("sessions")?;
    for (opener, user) in [(ours, theirs), (theirs, ours)] {
        let session = opener.post("POST", "/Session", json!({}))?;
        let session = session["SessionID"].as_str().unwrap_or_default().to_owned();
        if let Err(error) = user.send("GET", &format!("/Ticket/{id}?SessionID={session}"), "") {
            writeln!(failures, "a session of {}: {error}", opener.name)?;
        }
    }
    Ok(2)
}

/// Both create tickets at the same moment; no number is given twice.
fn create_at_once(
    ours: &Side,
    theirs: &Side,
    each: usize,
    failures: &mut String,
) -> Result<usize, Box<dyn Error>> {
    let workers: Vec<_> = [ours, ours, theirs, theirs]
        .into_iter()
        .map(|side| {
            let side = side.clone();
            thread::spawn(move || {
                let created = (0..each).map(|_| side.create("at once"));
                let numbers = created.map(|created| created.map(|(number, _)| number));
                numbers
                    .collect::<Result<Vec<String>, _>>()
                    .map_err(|error| error.to_string())
            })
        })
        .collect();
    let mut numbers = Vec::new();
    for worker in workers {
        let created = worker.join().map_err(|_| "a worker panicked")?;
        numbers.extend(created?);
    }
    let distinct: BTreeSet<&String> = numbers.iter().collect();
    if distinct.len() != numbers.len() {
        writeln!(
            failures,
            "{} numbers were given twice",
            numbers.len() - distinct.len()
        )?;
    }
    Ok(numbers.len())
}
