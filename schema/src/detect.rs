//! Recognising which release line a database belongs to.
//!
//! No table holds the version of the framework (the Perl code reads it from a file), so names of tables and columns decide.
//! The rules were tried on the schema of every release from OTRS 5 to Znuny 7 and OTOBO 11.

use sea_query::{Expr, ExprTrait as _, Query};

use crate::{
    db::{DbError, Tx},
    flavours::{self, Flavour},
    live::{self, Outline},
    tables as t,
};

/// The flavours that have these tables, and what the table of groups is called.
#[derive(Clone, Debug)]
pub struct Family {
    /// From the oldest to the newest; which one it is takes a closer look at columns and indexes.
    pub flavours: Vec<&'static Flavour>,
    pub groups_table: &'static str,
}

/// Why Otterdesk can not work with a database.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "the database is empty: `otterdesk schema create` makes the tables, or the address names another database than the one of OTRS"
    )]
    Empty,
    #[error("there are {tables} tables, but none of OTRS: is this the right database?")]
    Foreign { tables: usize },
    #[error(
        "this is {product}, which Otterdesk does not work with: it knows OTRS 6.0 and Znuny 6.0 to 6.5"
    )]
    Unsupported { product: &'static str },
    #[error(
        "this is OTRS 5: update it to OTRS 6 or Znuny 6.0 with its own update script first, since articles are kept differently there"
    )]
    Otrs5,
    #[error(
        "an update from OTRS 5 to 6 stopped half-way here (tables `article_type` and `article_data_mime` are both there): finish it, or go back to the backup"
    )]
    HalfUpdated,
}

const UNSUPPORTED: &[(&[(&str, &str)], &str)] = &[
    (&[("groups_table", ""), ("article_version", "")], "OTOBO 11"),
    (&[("groups_table", ""), ("data_storage", "")], "OTOBO 10.1"),
    (&[("groups_table", "")], "OTOBO 10.0"),
];

const UNSUPPORTED_ZNUNY: &[(&[(&str, &str)], &str)] = &[
    (
        &[
            ("permission_groups", ""),
            ("ticket_flag", "id"),
            ("article_color", ""),
            ("sendmail_config", ""),
        ],
        "Znuny 7.3",
    ),
    (
        &[
            ("permission_groups", ""),
            ("ticket_flag", "id"),
            ("article_color", ""),
            ("translation", ""),
        ],
        "Znuny 7.2",
    ),
    (
        &[("permission_groups", ""), ("ticket_flag", "id")],
        "Znuny 7.1",
    ),
    (
        &[
            ("permission_groups", ""),
            ("ticket_state", "color"),
            ("activity", ""),
        ],
        "Znuny 7.0",
    ),
];

/// Recognises the family; the first rule that fits wins.
pub fn family(outline: &Outline) -> Result<Family, Refusal> {
    let has = |names: &[(&str, &str)]| {
        names.iter().all(|(table, column)| {
            if column.is_empty() {
                outline.has_table(table)
            } else {
                debug_assert!(
                    live::TELLING.contains(table),
                    "the columns of {table} are not read"
                );
                outline.has_column(table, column)
            }
        })
    };
    if outline.0.is_empty() {
        return Err(Refusal::Empty);
    }
    if let Some((_, product)) = UNSUPPORTED.iter().find(|(names, _)| has(names)) {
        return Err(Refusal::Unsupported { product });
    }
    if has(&[("article_type", ""), ("article_data_mime", "")]) {
        return Err(Refusal::HalfUpdated);
    }
    if has(&[("article_type", ""), ("notification_event_message", "")]) {
        return Err(Refusal::Otrs5);
    }
    if has(&[("article_type", "")]) {
        return Err(Refusal::Unsupported {
            product: "OTRS 4 or older",
        });
    }
    if let Some((_, product)) = UNSUPPORTED_ZNUNY.iter().find(|(names, _)| has(names)) {
        return Err(Refusal::Unsupported { product });
    }
    if has(&[("permission_groups", "")]) {
        return Ok(Family {
            flavours: znuny(&has),
            groups_table: "permission_groups",
        });
    }
    if has(&[("groups", ""), ("pm_sequence_flow", "")]) {
        return Err(Refusal::Unsupported {
            product: "OTRS 7 or newer",
        });
    }
    let names: &[&str] = if has(&[("groups", ""), ("mail_account", "auth_method")]) {
        &["otrs-ce-centuran-6.0.37"]
    } else if has(&[("groups", ""), ("ticket_priority", "color")]) {
        &["otrs-ce-centuran-6.0.36"]
    } else if has(&[("groups", ""), ("communication_channel", "")]) {
        &["otrs-6.0.1", "otrs-6.0.4", "otrs-6.0"]
    } else {
        return Err(Refusal::Foreign {
            tables: outline.0.len(),
        });
    };
    Ok(Family {
        flavours: named(names),
        groups_table: "groups",
    })
}

fn znuny(has: &impl Fn(&[(&str, &str)]) -> bool) -> Vec<&'static Flavour> {
    if has(&[("mention", ""), ("smime_keys", "")]) {
        named(&[
            "znuny-6.4",
            "znuny-6.5",
            "znuny-6.5.4",
            "znuny-6.5.5",
            "znuny-6.5.12",
            "znuny-6.5.19",
            "znuny-6.5.26",
        ])
    } else if has(&[("oauth2_token", ""), ("calendar_appointment_plugin", "")]) {
        named(&["znuny-6.3"])
    } else if has(&[("acl_ticket_attribute_relations", "")]) {
        named(&["znuny-6.2"])
    } else {
        named(&["znuny-6.1"])
    }
}

fn named(names: &[&str]) -> Vec<&'static Flavour> {
    names
        .iter()
        .filter_map(|name| Flavour::named(name))
        .collect()
}

/// A setting that came with Znuny 6.5, the only trace of the step from 6.4.
const SETTING_OF_6_5: &str = "Ticket::Frontend::AgentTicketNoteToLinkedTicket###Permission";

impl Family {
    /// Drops flavours that only the rows of the database can rule out.
    pub async fn narrowed_by_rows(mut self, tx: &mut Tx) -> Result<Self, DbError> {
        if self.flavours.first().map(|flavour| flavour.name) == Some(flavours::ZNUNY_6_4.name) {
            let query = Query::select()
                .column(t::SysconfigDefault::Name)
                .from(t::SysconfigDefault::Table)
                .and_where(Expr::col(t::SysconfigDefault::Name).eq(SETTING_OF_6_5))
                .to_owned();
            let found: Option<(String,)> = tx.fetch_optional(&query).await?;
            if found.is_some() {
                self.flavours.remove(0);
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn outline(names: &[&str]) -> Outline {
        let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for name in names {
            let (table, column) = name.split_once('.').unwrap_or((name, "id_of_another"));
            tables
                .entry(table.to_owned())
                .or_default()
                .insert(column.to_owned());
        }
        Outline(tables)
    }

    #[test]
    fn every_flavour_is_recognised_by_its_own_tables() {
        for flavour in flavours::ALL {
            let tables = flavour.tables();
            let outline = Outline(
                tables
                    .iter()
                    .map(|table| {
                        let columns = table.columns.iter().map(|column| column.name.to_owned());
                        (table.name.to_owned(), columns.collect())
                    })
                    .collect(),
            );
            let family = family(&outline).unwrap();
            assert_eq!(family.groups_table, flavour.groups_table());
            let same_tables = |other: &&Flavour| other.tables() == tables;
            assert!(family.flavours.iter().any(same_tables), "{}", flavour.name);
        }
    }

    #[test]
    fn other_products_are_refused_by_name() {
        let refusals = [
            &["groups_table", "article_version"][..],
            &["groups_table"],
            &["article_type", "article_data_mime"],
            &["article_type", "notification_event_message"],
            &["article_type"],
            &["permission_groups", "ticket_flag.id"],
            &["permission_groups", "ticket_state.color", "activity"],
            &["groups", "pm_sequence_flow"],
            &["wp_posts", "wp_users"],
            &[],
        ]
        .map(|names| family(&outline(names)).unwrap_err().to_string());
        insta::assert_snapshot!(refusals.join("\n"));
    }
}
