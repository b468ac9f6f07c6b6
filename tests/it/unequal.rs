//! Lists of recorded cases that do not end as on the reference system. A case that becomes equal has to leave its list, so
//! the lists only shrink: a run with `OTTERDESK_UPDATE_UNEQUAL=1` writes them anew.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

/// For each case its name, and what was expected and done when that differs.
pub type Outcomes = Vec<(String, Option<String>)>;

/// Compares what differs with a list of names. Names in the list that `is_mine` does not want belong to another test.
///
/// `at_least` so many cases must have been played, so that a lost recording is no success.
pub fn judge(list: &Path, is_mine: impl Fn(&str) -> bool, at_least: usize, outcomes: &Outcomes) {
    assert!(outcomes.len() >= at_least, "{}", outcomes.len());
    let known = fs::read_to_string(list).unwrap();
    let (mine, others): (BTreeSet<&str>, BTreeSet<&str>) =
        known.lines().partition(|name| is_mine(name));
    if std::env::var_os("OTTERDESK_UPDATE_UNEQUAL").is_some() {
        let unequal = outcomes
            .iter()
            .filter(|(_, difference)| difference.is_some());
        let mut all = others;
        all.extend(unequal.map(|(name, _)| name.as_str()));
        let mut lines = String::new();
        for name in all {
            lines.push_str(name);
            lines.push('\n');
        }
        fs::write(list, lines).unwrap();
        return;
    }
    let mut complaint = String::new();
    for (name, difference) in outcomes {
        match (difference, mine.contains(name.as_str())) {
            (Some(difference), false) => {
                let _ = writeln!(complaint, "{name}\n{difference}");
            }
            (None, true) => {
                let _ = writeln!(
                    complaint,
                    "{name}\n  is equal now: take it out of {}\n",
                    list.display()
                );
            }
            _ => {}
        }
    }
    assert!(complaint.is_empty(), "{complaint}");
}

/// Writes every difference into the file that an environment variable names, when it names one.
pub fn report(variable: &str, outcomes: &Outcomes) {
    let Some(file) = std::env::var_os(variable) else {
        return;
    };
    let mut report = String::new();
    for (name, difference) in outcomes {
        if let Some(difference) = difference {
            let _ = writeln!(report, "## {name}\n{difference}");
        }
    }
    fs::write(file, report).unwrap();
}
