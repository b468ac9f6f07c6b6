//! What both systems are asked over HTTP.

use std::error::Error;

use lab::{
    client::Target,
    load::{Question, ask},
};
use schema::{Db, tables as t};
use sea_query::{Expr, ExprTrait as _, Func, Order, Query};

use super::Options;

/// Requests by what they measure.
pub(super) type Named = Vec<(&'static str, Vec<Question>)>;

/// Who new tickets are for: a customer user that the generator of tickets makes. Source: `demo-data`.
const CUSTOMER: &str = "camille";

/// Tickets that are read in turn.
const TICKETS: i64 = 500;

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

/// How many tickets there are, and some of them, spread evenly.
pub(super) async fn tickets(url: &str) -> Result<(i64, Vec<i64>), Box<dyn Error>> {
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
pub(super) fn writes(
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
pub(super) fn reads(
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
