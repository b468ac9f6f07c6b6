//! The doctor: compares a database with the flavour that it belongs to, and says whether the server can run on it.
//!
//! What a live database has decides, never its age or the names of its constraints: databases that went through updates
//! differ from fresh ones in the order of columns, in names, in what may be NULL, and packages add what they need.

mod compare;
mod report;

#[cfg(test)]
mod tests;

pub use compare::compare;
pub use report::{Finding, Report, Severity};

use crate::{
    db::{Db, DbError},
    detect::{self, Refusal},
    flavours::Flavour,
    live::{self, Live},
};

/// Examines a database.
///
/// Errors: only those of reading; what is wrong with the tables is in the report.
pub async fn examine(db: &Db) -> Result<Report, DbError> {
    let mut tx = db.read().await?;
    let live = live::read(&mut tx).await?;
    let family = match detect::family(&live.outline()) {
        Ok(family) => family.narrowed_by_rows(&mut tx).await?,
        Err(refusal) => return Ok(Report::refused(db.dialect(), &live, &refusal)),
    };
    let closest = closest(db, &family.flavours, &live);
    Ok(match closest {
        Some((flavour, findings)) => Report::new(db.dialect(), flavour, &live, findings),
        None => Report::refused(
            db.dialect(),
            &live,
            &Refusal::Foreign {
                tables: live.tables.len(),
            },
        ),
    })
}

/// Of flavours that differ in details, the one with the fewest and lightest findings; of equals the newest.
fn closest(
    db: &Db,
    flavours: &[&'static Flavour],
    live: &Live,
) -> Option<(&'static Flavour, Vec<Finding>)> {
    let weight = |findings: &[Finding]| -> usize {
        findings
            .iter()
            .map(|finding| match finding.severity {
                Severity::Harmless => 1,
                Severity::Limiting => 10,
                Severity::Harmful => 1000,
            })
            .sum()
    };
    flavours
        .iter()
        .rev()
        .map(|flavour| (*flavour, compare(db.dialect(), flavour, live)))
        .min_by_key(|(_, findings)| weight(findings))
}
