//! The rows of a fresh installation: lookups, queues, notifications, a first ticket.
//!
//! Names and numbers are those of the reference system, because programs rely on them. Where it has prose (salutation,
//! signature, automatic answers, the texts of notifications, the first mail) the texts are ours, in English, and for
//! notifications in German too; the reference also has them in seven more languages.
//! Source: the rows of a fresh Znuny 6.5.1 on PostgreSQL and MariaDB, and what the other releases insert otherwise.

mod lookup;
mod notification;
mod queue;
mod ticket;

use chrono::NaiveDateTime;
use sea_query::{
    Alias, Expr, MysqlQueryBuilder, PostgresQueryBuilder, Query, SqliteQueryBuilder, Value,
};

use crate::{
    db::Dialect,
    flavours::{Flavour, Table, ZNUNY_6_5_12, ZNUNY_6_5_26},
    tables::Type,
};

/// Rows of one table. Columns that are not named get what every row has: valid, made by the first user, now.
#[derive(Debug)]
pub struct Rows {
    pub table: &'static str,
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<Value>>,
}

/// What an installation decides about its first rows.
#[derive(Clone, Debug)]
pub struct Installation {
    /// The password of `root@localhost` as a hash in one of OTRS's notations.
    pub admin_password_hash: String,
    /// The time of installation (UTC).
    pub now: NaiveDateTime,
}

/// The tables whose first rows are those of the ticket that welcomes people.
pub(crate) const TICKET_TABLES: [&str; 5] = [
    "ticket",
    "article",
    "article_data_mime",
    "article_data_mime_plain",
    "ticket_history",
];

/// Every first row of this flavour, in an order in which tables can be filled.
pub fn of(flavour: &Flavour, installation: &Installation) -> Vec<Rows> {
    let release = Release::of(flavour);
    let mut all = lookup::rows(release, flavour.groups_table(), installation);
    all.extend(queue::rows(release));
    all.extend(ticket::rows(release));
    all.extend(notification::rows(release));
    all
}

/// Which of the optional rows a flavour has.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "rows that came or went independently of each other"
)]
struct Release {
    /// The product's name in its own addresses: `otrs`, `otrsce` or `znuny`.
    product: Product,
    /// The internal dynamic field of process management for attachments (Znuny 6.2).
    attachment_field: bool,
    /// The history type `Bulk` (Znuny 6.3).
    bulk: bool,
    /// The notification for mentions and the dynamic fields of the ticket calendar (Znuny 6.4).
    mentions: bool,
    /// Items that name a template for two notifications, until Znuny 6.5.6.
    notification_templates: bool,
    /// The group `timeaccounting_webservice` and the user's name (Znuny 6.5.26).
    newest: bool,
    /// `ticket_priority.color` (Centuran).
    colors: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Product {
    Otrs,
    Centuran,
    Znuny,
}

impl Release {
    fn of(flavour: &Flavour) -> Self {
        let product = if flavour.name.starts_with("znuny") {
            Product::Znuny
        } else if flavour.name.starts_with("otrs-ce") {
            Product::Centuran
        } else {
            Product::Otrs
        };
        let newest = flavour.descends_from(&ZNUNY_6_5_26);
        Self {
            product,
            attachment_field: flavour.has_table("acl_ticket_attribute_relations"),
            bulk: flavour.has_table("calendar_appointment_plugin")
                || flavour.name == "otrs-ce-centuran-6.0.37",
            mentions: flavour.has_table("mention"),
            notification_templates: !flavour.descends_from(&ZNUNY_6_5_12),
            newest,
            colors: product == Product::Centuran,
        }
    }
}

impl Rows {
    /// Rows `1`, `2`, ... that consist of a name.
    fn named(table: &'static str, names: &[&str]) -> Self {
        let rows = (1..)
            .zip(names)
            .map(|(id, name)| vec![Value::Int(Some(id)), text(name)])
            .collect();
        Self {
            table,
            columns: vec!["id", "name"],
            rows,
        }
    }

    /// One insert with every value written out, since it becomes part of a script.
    pub(crate) fn insert(
        &self,
        dialect: Dialect,
        definition: &Table,
        now: NaiveDateTime,
    ) -> String {
        let mut columns = self.columns.clone();
        let mut common: Vec<Value> = Vec::new();
        for column in &definition.columns {
            let value = match column.name {
                "create_time" | "change_time" => Value::ChronoDateTime(Some(now)),
                "create_by" | "change_by" | "valid_id" => Value::Int(Some(1)),
                _ => continue,
            };
            if !columns.contains(&column.name) {
                columns.push(column.name);
                common.push(value);
            }
        }
        let mut insert = Query::insert()
            .into_table(Alias::new(self.table))
            .columns(columns.iter().map(|name| Alias::new(*name)))
            .to_owned();
        for row in &self.rows {
            let values = row
                .iter()
                .chain(&common)
                .zip(&columns)
                .map(|(value, name)| {
                    let long =
                        definition.column(name).map(|column| column.kind) == Some(Type::LongBlob);
                    Expr::from(match value {
                        Value::String(Some(text)) if long && dialect != Dialect::Postgres => {
                            Value::from(text.as_bytes().to_vec())
                        }
                        other => other.clone(),
                    })
                });
            insert.values_panic(values);
        }
        match dialect {
            Dialect::MySql => insert.to_string(MysqlQueryBuilder),
            Dialect::Postgres => insert.to_string(PostgresQueryBuilder),
            Dialect::Sqlite => insert.to_string(SqliteQueryBuilder),
        }
    }
}

fn text(text: &str) -> Value {
    Value::from(text)
}

/// `row![1, "name"]`: integers and texts as they come.
macro_rules! row {
    ($($value:expr),+ $(,)?) => { vec![$(sea_query::Value::from($value)),+] };
}
use row;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flavours::{OTRS_6_0, ZNUNY_6_5};

    fn counts(flavour: &Flavour) -> Vec<(&'static str, usize)> {
        let installation = Installation {
            admin_password_hash: String::new(),
            now: NaiveDateTime::default(),
        };
        let mut counts: Vec<_> = of(flavour, &installation)
            .iter()
            .map(|rows| (rows.table, rows.rows.len()))
            .collect();
        counts.sort_unstable();
        counts
    }

    /// As counted after an installation of Znuny 6.5.1, but for the texts of notifications (113 there, in nine languages).
    #[test]
    fn a_fresh_znuny_has_as_many_rows_in_each_table() {
        assert_eq!(
            counts(&ZNUNY_6_5),
            [
                ("article", 1),
                ("article_data_mime", 1),
                ("article_data_mime_plain", 1),
                ("article_sender_type", 3),
                ("auto_response", 4),
                ("auto_response_type", 5),
                ("communication_channel", 4),
                ("dynamic_field", 5),
                ("follow_up_possible", 3),
                ("group_user", 3),
                ("link_state", 2),
                ("link_type", 2),
                ("notification_event", 16),
                ("notification_event_item", 119),
                ("notification_event_message", 32),
                ("permission_groups", 3),
                ("queue", 4),
                ("queue_standard_template", 4),
                ("salutation", 1),
                ("signature", 1),
                ("standard_template", 2),
                ("system_address", 1),
                ("ticket", 1),
                ("ticket_history", 1),
                ("ticket_history_type", 52),
                ("ticket_lock_type", 3),
                ("ticket_priority", 5),
                ("ticket_state", 9),
                ("ticket_state_type", 7),
                ("ticket_type", 1),
                ("users", 1),
                ("valid", 3),
            ]
        );
    }

    #[test]
    fn an_older_release_lacks_what_came_later() {
        let older = counts(&OTRS_6_0);
        for expected in [
            ("dynamic_field", 2),
            ("groups", 3),
            ("notification_event", 15),
            ("notification_event_item", 112),
            ("ticket_history_type", 51),
        ] {
            assert!(older.contains(&expected), "{expected:?}");
        }
    }
}
