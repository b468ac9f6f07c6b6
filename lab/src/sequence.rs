//! Random sequences: a ticket is created and then changed a few times. The same seed gives the same requests, so the
//! same sequence runs on both systems, each on a ticket of its own, and both must end with the same rows.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::case::Case;
use crate::cases::writing::{self, parts};

/// The group of all sequences in recordings and reports.
pub const GROUP: &str = "sequences";

/// Numbers that follow from a seed alone (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(1);
        usize::try_from(self.roll() % end).unwrap_or(0)
    }

    fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

const QUEUES: [&str; 5] = ["Raw", "Ops", "Ops::Night", "Sales", "Secret"];
const STATES: [&str; 8] = [
    "new",
    "open",
    "closed successful",
    "closed unsuccessful",
    "pending reminder",
    "pending auto close+",
    "removed",
    "merged",
];
const PRIORITIES: [&str; 5] = ["1 very low", "2 low", "3 normal", "4 high", "5 very high"];
const TYPES: [&str; 3] = ["Unclassified", "Incident", "Problem::Größer"];
const PEOPLE: [&str; 7] = [
    "root@localhost",
    "lab-full",
    "lab-ro",
    "lab-role",
    "lab-tz",
    "lab-both",
    "lab-ümlaut",
];
const CUSTOMERS: [&str; 5] = ["alice", "bob", "carol", "zoë", "stranger@else.example"];

/// Everybody who calls may change tickets in most queues.
const CALLERS: [&str; 4] = ["root@localhost", "root@localhost", "lab-full", "lab-both"];

fn caller(dice: &mut Dice) -> Value {
    let login = *dice.one_of(&CALLERS);
    let password = if login == "root@localhost" {
        "root"
    } else {
        crate::case::PASSWORD
    };
    json!({"UserLogin": login, "Password": password})
}

/// One change of a ticket's fields.
fn field(dice: &mut Dice) -> Value {
    match dice.below(12) {
        0 => json!({"Title": format!("Title {}", dice.below(4))}),
        1 | 2 => json!({"Queue": dice.one_of(&QUEUES)}),
        3..=5 => {
            let state = *dice.one_of(&STATES);
            if state.starts_with("pending") {
                let due = match dice.below(3) {
                    0 => json!({"Diff": 60 * (1 + dice.below(100))}),
                    1 => {
                        json!({"Year": 2036, "Month": 1 + dice.below(12), "Day": 1 + dice.below(28), "Hour": 9, "Minute": 30})
                    }
                    _ => json!({"Year": 2025, "Month": 3, "Day": 4, "Hour": 5, "Minute": 6}),
                };
                json!({"State": state, "PendingTime": due})
            } else {
                json!({"State": state})
            }
        }
        6 => json!({"Priority": dice.one_of(&PRIORITIES)}),
        7 => json!({"Type": dice.one_of(&TYPES)}),
        8 => match dice.below(3) {
            0 => json!({"Service": "Mail", "SLA": "Gold", "CustomerUser": "alice"}),
            1 => json!({"Service": "Mail::IMAP", "CustomerUser": "alice"}),
            _ => json!({"Service": "Mail", "SLA": "Silver", "CustomerUser": "bob"}),
        },
        9 => match dice.below(2) {
            0 => json!({"Owner": dice.one_of(&PEOPLE)}),
            _ => json!({"Owner": dice.one_of(&PEOPLE), "Lock": "lock"}),
        },
        10 => match dice.below(2) {
            0 => json!({"Lock": dice.one_of(&["lock", "unlock"])}),
            _ => json!({"Responsible": dice.one_of(&PEOPLE)}),
        },
        _ => json!({"CustomerUser": dice.one_of(&CUSTOMERS)}),
    }
}

fn article(dice: &mut Dice) -> Value {
    let channel = *dice.one_of(&["Internal", "Phone", "Email"]);
    let sender = *dice.one_of(&["agent", "customer", "agent", "system"]);
    let mut article = json!({
        "Subject": format!("Subject {}", dice.below(5)),
        "Body": *dice.one_of(&["A few words.", "Two\nlines", "Umlauts äöü and 😀", "The quick brown fox"]),
        "ContentType": "text/plain; charset=utf8",
        "CommunicationChannel": channel,
        "SenderType": sender,
        "IsVisibleForCustomer": dice.below(2),
    });
    if dice.below(3) == 0 {
        article["TimeUnit"] = json!(format!("{}.{}", dice.below(20), dice.below(100)));
    }
    if dice.below(4) == 0 {
        article["ContentType"] = json!("text/html; charset=utf8");
        article["Body"] = json!("<p>Some <b>bold</b> words</p><ul><li>one</li></ul>");
    }
    if dice.below(4) == 0 {
        article["From"] = json!("Somebody <some@body.example>");
        article["To"] = json!("other@body.example");
    }
    article
}

fn change(dice: &mut Dice) -> Value {
    let mut body = caller(dice);
    match dice.below(10) {
        0..=4 => body["Ticket"] = field(dice),
        5 => {
            let both = writing::merged(field(dice), &field(dice));
            body["Ticket"] = both;
        }
        6 | 7 => body["Article"] = article(dice),
        8 => {
            body["Ticket"] = field(dice);
            body["Article"] = article(dice);
        }
        _ => {
            let fields = parts::fields();
            let chosen = dice.one_of(&fields).1.clone();
            body["DynamicField"] = chosen["DynamicField"].clone();
            if dice.below(2) == 0 {
                body["Article"] = article(dice);
            }
        }
    }
    if body.get("Article").is_some() && dice.below(5) == 0 {
        let files = parts::attachments();
        body["Attachment"] = dice.one_of(&files).1["Attachment"].clone();
    }
    body
}

/// The requests of a seed: a creation and three to nine changes.
pub fn steps(seed: u64) -> Vec<Case> {
    let mut dice = Dice(seed.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1));
    let mut ticket = json!({
        "Title": "A sequence", "Queue": *dice.one_of(&QUEUES), "State": *dice.one_of(&["new", "open"]),
        "Priority": *dice.one_of(&PRIORITIES), "CustomerUser": *dice.one_of(&CUSTOMERS), "Type": *dice.one_of(&TYPES),
    });
    if dice.below(3) == 0 {
        writing::merge(&mut ticket, &field(&mut dice));
    }
    let mut body = json!({"UserLogin": "root@localhost", "Password": "root"});
    body["Ticket"] = ticket;
    body["Article"] = article(&mut dice);
    let mut steps = vec![
        Case::rest(GROUP, "create", "POST", "/Ticket")
            .json(&body)
            .writing(),
    ];
    for _ in 0..3 + dice.below(7) {
        let body = change(&mut dice);
        steps.push(
            Case::rest(GROUP, "change", "PATCH", "/Ticket/{made ticket}")
                .json(&body)
                .writing(),
        );
    }
    steps
}

/// These steps as one case, whose answer and rows are those of all of them.
pub fn case(name: String, mut steps: Vec<Case>) -> Option<Case> {
    let mut last = steps.pop()?;
    last.name = name;
    last.before = steps;
    last.whole = true;
    Some(last)
}

/// The sequence of a seed.
pub fn of_seed(seed: u64) -> Option<Case> {
    case(format!("seed {seed}"), steps(seed))
}

/// The sequences that were recorded, by `seeds.txt` beside the directory of the answers: a seed on each line.
pub fn recorded(answers: &Path) -> io::Result<Vec<Case>> {
    let seeds = fs::read_to_string(answers.with_file_name("seeds.txt"))?;
    Ok(seeds
        .lines()
        .filter_map(|line| line.parse().ok())
        .filter_map(of_seed)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_requests_again() {
        let bodies = |seed| {
            steps(seed)
                .into_iter()
                .map(|step| step.body)
                .collect::<Vec<_>>()
        };
        assert_eq!(bodies(7), bodies(7));
        assert_ne!(bodies(7), bodies(8));
    }
}
