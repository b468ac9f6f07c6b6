//! Messages of the corpus, cut, mixed and damaged at random: each becomes an article with all of its bytes, or is ignored
//! because it says so. `make fuzz` plays as many as one likes.

use lab::mail;
use otterdesk::{
    clock::Clock,
    mail::inbound::{self, Options, Outcome},
};
use rand::{RngCore, SeedableRng as _, rngs::StdRng};
use schema::{Db, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::inbound::{app, corpus, database, log};

/// Pieces that decide how a message is read.
const PIECES: [&str; 24] = [
    "\n",
    "\n\n",
    "\r\n",
    "\n ",
    ":",
    "--",
    "--sep",
    "--sep--",
    "=",
    "=?",
    "?=",
    "=?utf-8?Q?",
    "\"",
    ";",
    "<",
    ">",
    ", ",
    "\0",
    "\u{fffd}",
    "Content-Type: multipart/mixed; boundary=sep\n",
    "Content-Type: text/html; charset=utf-16\n",
    "Content-Transfer-Encoding: base64\n",
    "Subject: [Ticket#",
    "X-OTRS-State-PendingTime: +",
];

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// A number below the limit.
fn below(random: &mut impl RngCore, limit: usize) -> usize {
    usize::try_from(random.next_u64() % u64::try_from(limit.max(1)).unwrap()).unwrap()
}

/// A message with a few things wrong.
fn damaged(random: &mut impl RngCore, messages: &[Vec<u8>]) -> Vec<u8> {
    let mut raw = messages[below(random, messages.len())].clone();
    for _ in 0..=below(random, 6) {
        let at = below(random, raw.len() + 1);
        let end = at + below(random, (raw.len() - at + 1).min(200));
        match below(random, 6) {
            0 => drop(raw.drain(at..end)),
            1 => {
                let again = raw[at..end].to_vec();
                drop(raw.splice(at..at, again));
            }
            2 if at < raw.len() => raw[at] = random.next_u32().to_le_bytes()[0],
            3 => {
                let other = &messages[below(random, messages.len())];
                let from = below(random, other.len() + 1);
                raw.truncate(at);
                raw.extend_from_slice(&other[from..]);
            }
            4 => raw.truncate(end),
            _ => {
                let piece = PIECES[below(random, PIECES.len())];
                drop(raw.splice(at..at, piece.bytes()));
            }
        }
    }
    raw
}

/// What is kept of the message of an article.
async fn kept(db: &Db, article: i64) -> Vec<u8> {
    use t::ArticleDataMimePlain as P;
    let query = Query::select()
        .column(P::Body)
        .from(P::Table)
        .and_where(Expr::col(P::ArticleId).eq(article))
        .to_owned();
    let mut tx = db.read().await.unwrap();
    let row: Option<(schema::Blob,)> = tx.fetch_optional(&query).await.unwrap();
    row.unwrap().0.0
}

fn with_line_feeds(raw: &[u8]) -> Vec<u8> {
    let mut lines = Vec::new();
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(content) => {
                lines.extend_from_slice(content);
                lines.push(b'\n');
            }
            None => lines.extend_from_slice(line),
        }
    }
    lines
}

#[actix_web::test]
async fn damaged_messages_are_kept_with_all_of_their_bytes() {
    let (database, db) = database().await;
    let app = app(&database.url, &Clock::system()).await;
    let groups = mail::corpus(&corpus()).unwrap();
    let messages: Vec<Vec<u8>> = groups
        .into_iter()
        .flat_map(|group| group.mails)
        .map(|mail| mail.raw)
        .collect();
    let seed = number("OTTERDESK_FUZZ_SEED", 1);
    let mut random = StdRng::seed_from_u64(seed);
    for round in 0..number("OTTERDESK_FUZZ_ROUNDS", 150) {
        let raw = damaged(&mut random, &messages);
        let options = Options {
            trusted: round % 2 == 0,
            ..Options::default()
        };
        let mut log = log(&app);
        let received = inbound::receive(&app, &raw, &options, &mut log).await;
        let told = || {
            format!(
                "seed {seed}, round {round}: {}",
                String::from_utf8_lossy(&raw)
            )
        };
        let received = received.unwrap_or_else(|error| panic!("{error}\n{}", told()));
        if received.outcome == Outcome::Ignored {
            continue;
        }
        let article = received.article.unwrap_or_else(|| panic!("{}", told()));
        let kept = kept(&db, article.0).await;
        assert!(kept == with_line_feeds(&raw), "{}", told());
    }
}
