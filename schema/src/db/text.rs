//! Texts, decimals and upserts: what databases disagree about, under one name each.

use sea_query::{
    Alias, Expr, ExprTrait as _, Func, InsertStatement, IntoIden, LikeExpr, OnConflict,
};

use super::{DbError, Dialect, Tx};

/// What a text has to look like, for [`Tx::like_text`].
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Pattern(String);

/// A backslash would mean itself in one dialect and an escape in the literals of another.
const ESCAPE: char = '!';

impl Pattern {
    /// OTRS's notation of searches: `*` stands for any characters, everything else for itself.
    pub fn wildcards(text: &str) -> Self {
        Self(text.chars().fold(String::new(), |mut pattern, character| {
            match character {
                '*' => pattern.push('%'),
                other => push_literal(&mut pattern, other),
            }
            pattern
        }))
    }

    /// The text anywhere.
    pub fn containing(text: &str) -> Self {
        Self(format!("%{}%", literal(text)))
    }

    /// Adds a character that stands for itself.
    pub fn push(&mut self, character: char) {
        push_literal(&mut self.0, character);
    }

    /// Adds a place for any characters.
    pub fn push_any(&mut self) {
        self.0.push('%');
    }

    /// The text at the beginning.
    pub fn starting_with(text: &str) -> Self {
        Self(format!("{}%", literal(text)))
    }
}

fn literal(text: &str) -> String {
    text.chars().fold(String::new(), |mut pattern, character| {
        push_literal(&mut pattern, character);
        pattern
    })
}

fn push_literal(pattern: &mut String, character: char) {
    if matches!(character, '%' | '_' | ESCAPE) {
        pattern.push(ESCAPE);
    }
    pattern.push(character);
}

impl Dialect {
    /// See [`Tx::same_text`].
    pub fn same_text(self, column: impl Into<Expr>, text: &str) -> Expr {
        same_text(self, column.into(), text)
    }

    /// See [`Tx::like_text`].
    pub fn like_text(self, column: impl Into<Expr>, pattern: &Pattern) -> Expr {
        like_text(self, column.into(), pattern)
    }

    /// Any value as text; a moment as `2026-01-23 10:00:00`.
    pub fn as_text(self, value: impl Into<Expr>) -> Expr {
        value.into().cast_as(Alias::new(match self {
            Self::MySql => "char",
            Self::Postgres | Self::Sqlite => "text",
        }))
    }

    /// A text as it is compared without case: as it is where the collation does that, else in small letters.
    pub fn folded(self, text: impl Into<Expr>) -> Expr {
        match self {
            Self::MySql => text.into(),
            Self::Postgres | Self::Sqlite => Func::lower(text.into()).into(),
        }
    }
}

impl Tx {
    /// Compares a column with a text the way OTRS does: without case, on each database.
    ///
    /// On SQLite only ASCII letters lose their case, elsewhere the rules of the database's collation apply.
    pub fn same_text(&self, column: impl Into<Expr>, text: &str) -> Expr {
        same_text(self.dialect(), column.into(), text)
    }

    /// `LIKE` without case, see [`Self::same_text`].
    pub fn like_text(&self, column: impl Into<Expr>, pattern: &Pattern) -> Expr {
        like_text(self.dialect(), column.into(), pattern)
    }

    /// A decimal, such as `time_accounting.time_unit` or a sum of it, as exact text with two digits: `1.50`.
    ///
    /// To be read as `Option<String>` when it can be NULL. The databases' own decimals can not be read as floating
    /// point numbers.
    pub fn decimal_text(&self, value: impl Into<Expr>) -> Expr {
        decimal_text(self.dialect(), value.into())
    }

    /// A decimal as a floating point number (`f64`).
    pub fn decimal(&self, value: impl Into<Expr>) -> Expr {
        decimal(self.dialect(), value.into())
    }

    /// Inserts a row, or changes these columns of the row that has the same key.
    ///
    /// `keys` must be the columns of a primary key or a unique index; on MySQL any unique index counts.
    pub async fn upsert<C>(
        &mut self,
        insert: &InsertStatement,
        keys: impl IntoIterator<Item = C>,
        change: impl IntoIterator<Item = C>,
    ) -> Result<(), DbError>
    where
        C: IntoIden,
    {
        let statement = with_conflict(insert, keys, change);
        self.execute(&statement).await.map(drop)
    }
}

fn with_conflict<C: IntoIden>(
    insert: &InsertStatement,
    keys: impl IntoIterator<Item = C>,
    change: impl IntoIterator<Item = C>,
) -> InsertStatement {
    let keys = keys.into_iter().map(IntoIden::into_iden);
    let change = change.into_iter().map(IntoIden::into_iden);
    insert
        .clone()
        .on_conflict(OnConflict::columns(keys).update_columns(change).to_owned())
        .to_owned()
}

fn same_text(dialect: Dialect, column: Expr, text: &str) -> Expr {
    match dialect {
        Dialect::MySql => column.eq(text),
        // Both sides by the database: where its rules know ASCII only, a text must still equal itself.
        Dialect::Postgres | Dialect::Sqlite => {
            dialect.folded(column).eq(dialect.folded(Expr::value(text)))
        }
    }
}

fn like_text(dialect: Dialect, column: Expr, pattern: &Pattern) -> Expr {
    match dialect {
        Dialect::MySql | Dialect::Sqlite => {
            column.like(LikeExpr::new(pattern.0.as_str()).escape(ESCAPE))
        }
        Dialect::Postgres => {
            let lower = pattern.0.to_lowercase();
            Expr::from(Func::lower(column)).like(LikeExpr::new(lower).escape(ESCAPE))
        }
    }
}

fn decimal_text(dialect: Dialect, value: Expr) -> Expr {
    match dialect {
        Dialect::MySql => value.cast_as(Alias::new("char")),
        Dialect::Postgres => value.cast_as(Alias::new("text")),
        // SQLite keeps a decimal as an integer or a float, whichever is exact enough; `printf` makes NULL zero.
        Dialect::Sqlite => {
            let formatted = Func::cust(Alias::new("printf"))
                .arg("%.2f")
                .arg(value.clone());
            sea_query::CaseStatement::new()
                .case(value.is_not_null(), formatted)
                .into()
        }
    }
}

fn decimal(dialect: Dialect, value: Expr) -> Expr {
    match dialect {
        // Older MySQL has no cast to a floating point number; a sum with one is one.
        Dialect::MySql => value.add(Expr::cust("0e0")),
        Dialect::Postgres => value.cast_as(Alias::new("double precision")),
        Dialect::Sqlite => value.cast_as(Alias::new("real")),
    }
}

#[cfg(test)]
mod tests {
    use sea_query::{Query, Value};

    use super::*;
    use crate::{flavours, tables as t, testing};

    const DIALECTS: [Dialect; 3] = [Dialect::MySql, Dialect::Postgres, Dialect::Sqlite];

    fn each(expression: impl Fn(Dialect) -> Expr) -> String {
        DIALECTS
            .map(|dialect| {
                let query = Query::select().expr(expression(dialect)).to_owned();
                testing::in_dialect(dialect, &query)
            })
            .join("\n")
    }

    #[test]
    fn texts_are_compared_without_case() {
        let title = || Expr::col(t::Ticket::Title);
        insta::assert_snapshot!(each(|dialect| same_text(dialect, title(), "Ünder")), @r#"
        MySQL: SELECT `title` = 'Ünder'
        PostgreSQL: SELECT LOWER("title") = LOWER('Ünder')
        SQLite: SELECT LOWER("title") = LOWER('Ünder')
        "#);
        insta::assert_snapshot!(
            each(|dialect| like_text(dialect, title(), &Pattern::wildcards("50%*'\\_"))), @r#"
        MySQL: SELECT `title` LIKE '50!%%\'\\!_' ESCAPE '!'
        PostgreSQL: SELECT LOWER("title") LIKE E'50!%%\'\\!_' ESCAPE '!'
        SQLite: SELECT "title" LIKE '50!%%''\!_' ESCAPE '!'
        "#);
    }

    #[test]
    fn decimals_are_read_as_text_or_number() {
        let unit = || Expr::col(t::TimeAccounting::TimeUnit).sum();
        insta::assert_snapshot!(each(|dialect| decimal_text(dialect, unit())), @r#"
        MySQL: SELECT CAST(SUM(`time_unit`) AS char)
        PostgreSQL: SELECT CAST(SUM("time_unit") AS text)
        SQLite: SELECT (CASE WHEN (SUM("time_unit") IS NOT NULL) THEN printf('%.2f', SUM("time_unit")) END)
        "#);
        insta::assert_snapshot!(each(|dialect| decimal(dialect, unit())), @r#"
        MySQL: SELECT SUM(`time_unit`) + (0e0)
        PostgreSQL: SELECT CAST(SUM("time_unit") AS double precision)
        SQLite: SELECT CAST(SUM("time_unit") AS real)
        "#);
    }

    #[test]
    fn an_upsert_in_each_dialect() {
        let insert = Query::insert()
            .into_table(t::SystemData::Table)
            .columns([t::SystemData::DataKey, t::SystemData::DataValue])
            .values_panic([Expr::from("key"), Expr::from("value")])
            .to_owned();
        let upsert = with_conflict(
            &insert,
            [t::SystemData::DataKey],
            [t::SystemData::DataValue],
        );
        insta::assert_snapshot!(testing::in_each_dialect(&upsert), @r#"
        MySQL: INSERT INTO `system_data` (`data_key`, `data_value`) VALUES ('key', 'value') ON DUPLICATE KEY UPDATE `data_value` = VALUES(`data_value`)
        PostgreSQL: INSERT INTO "system_data" ("data_key", "data_value") VALUES ('key', 'value') ON CONFLICT ("data_key") DO UPDATE SET "data_value" = "excluded"."data_value"
        SQLite: INSERT INTO "system_data" ("data_key", "data_value") VALUES ('key', 'value') ON CONFLICT ("data_key") DO UPDATE SET "data_value" = "excluded"."data_value"
        "#);
    }

    #[tokio::test]
    async fn texts_are_found_without_case_on_each_database() {
        let (_database, db) =
            testing::fresh_with_schema(&flavours::ZNUNY_6_5, "", chrono::NaiveDateTime::default())
                .await;
        let mut tx = db.begin().await.unwrap();
        let head = Query::insert()
            .into_table(t::SystemData::Table)
            .columns([
                t::SystemData::DataKey,
                t::SystemData::DataValue,
                t::SystemData::CreateTime,
                t::SystemData::CreateBy,
                t::SystemData::ChangeTime,
                t::SystemData::ChangeBy,
            ])
            .to_owned();
        let one = tx.long_text("1");
        let row = |key: &str| -> Vec<Value> {
            let now = chrono::NaiveDateTime::default();
            vec![
                key.into(),
                one.clone(),
                now.into(),
                1.into(),
                now.into(),
                1.into(),
            ]
        };
        let keys = ["Plain", "ÜBER", "50%", "50_", "a!b", "back\\slash"];
        let mut all = head.clone();
        for key in keys {
            all.values_panic(row(key).into_iter().map(Expr::from));
        }
        tx.execute(&all).await.unwrap();
        let mut changed = head.clone();
        let mut values = row("Plain");
        values[1] = tx.long_text("2");
        changed.values_panic(values.into_iter().map(Expr::from));
        tx.upsert(
            &changed,
            [t::SystemData::DataKey],
            [t::SystemData::DataValue],
        )
        .await
        .unwrap();

        let found = async |tx: &mut Tx, condition: Expr| -> String {
            let query = Query::select()
                .columns([t::SystemData::DataKey, t::SystemData::DataValue])
                .from(t::SystemData::Table)
                .and_where(condition)
                .order_by(t::SystemData::DataKey, sea_query::Order::Asc)
                .to_owned();
            let rows: Vec<(String, crate::LongText)> = tx.fetch_all(&query).await.unwrap();
            rows.into_iter()
                .map(|(key, value)| format!("{key}={}", value.0))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let key = || Expr::col(t::SystemData::DataKey);
        let same = tx.same_text(key(), "pLAIN");
        assert_eq!(found(&mut tx, same).await, "Plain=2");
        let same = tx.same_text(key(), "ÜBER");
        assert_eq!(found(&mut tx, same).await, "ÜBER=1");
        for (pattern, expected) in [
            (Pattern::wildcards("pl*N"), "Plain=2"),
            (Pattern::starting_with("50%"), "50%=1"),
            (Pattern::containing("0_"), "50_=1"),
            (Pattern::containing("A!b"), "a!b=1"),
            (Pattern::containing("K\\s"), "back\\slash=1"),
        ] {
            let like = tx.like_text(key(), &pattern);
            assert_eq!(found(&mut tx, like).await, expected);
        }
    }

    #[tokio::test]
    async fn times_add_up_exactly_on_each_database() {
        let (_database, db) =
            testing::fresh_with_schema(&flavours::ZNUNY_6_5, "", chrono::NaiveDateTime::default())
                .await;
        let mut tx = db.begin().await.unwrap();
        let mut unit = Query::insert()
            .into_table(t::TimeAccounting::Table)
            .columns([
                t::TimeAccounting::TicketId,
                t::TimeAccounting::TimeUnit,
                t::TimeAccounting::CreateTime,
                t::TimeAccounting::CreateBy,
                t::TimeAccounting::ChangeTime,
                t::TimeAccounting::ChangeBy,
            ])
            .to_owned();
        for amount in [1.5, 2.25] {
            let now = chrono::NaiveDateTime::default();
            unit.values_panic([
                Expr::from(1_i64),
                Expr::from(amount),
                Expr::from(now),
                Expr::from(1),
                Expr::from(now),
                Expr::from(1),
            ]);
        }
        tx.execute(&unit).await.unwrap();
        let sum = || Expr::col(t::TimeAccounting::TimeUnit).sum();
        let query = Query::select()
            .expr(tx.decimal_text(sum()))
            .expr(tx.decimal(sum()))
            .from(t::TimeAccounting::Table)
            .to_owned();
        let total: (String, f64) = tx.fetch_one(&query).await.unwrap();
        assert_eq!(total, ("3.75".to_owned(), 3.75));
        let none = query
            .clone()
            .and_where(Expr::col(t::TimeAccounting::TicketId).eq(2))
            .to_owned();
        let total: (Option<String>, Option<f64>) = tx.fetch_one(&none).await.unwrap();
        assert_eq!(total, (None, None));
    }
}
