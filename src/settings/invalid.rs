//! Settings whose value does not fit the form that they were delivered with, after an update or by hand.
//!
//! Source: the reference system's `Admin::Config::ListInvalid` and `FixInvalid`.

use compat::{Value, yaml};
use schema::{DbError, LongText, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::change;

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    effective_value: LongText,
    xml_content_parsed: LongText,
}

/// A setting that counts with a value that it can not have.
#[derive(Clone, Debug, PartialEq)]
pub struct Invalid {
    pub name: String,
    pub value: Value,
    /// What is wrong with it.
    pub reason: String,
    /// What was delivered.
    delivered: Value,
}

impl Invalid {
    /// Whether the setting may have this value.
    pub fn takes(&self, value: &Value) -> bool {
        change::check(&self.delivered, value).is_ok()
    }
}

/// Changed settings that are valid and have such a value, by name. One statement.
pub async fn list(tx: &mut Tx) -> Result<Vec<Invalid>, DbError> {
    use t::{SysconfigDefault as D, SysconfigModified as M};
    let query = Query::select()
        .column((M::Table, M::Name))
        .column((M::Table, M::EffectiveValue))
        .column((D::Table, D::XmlContentParsed))
        .from(M::Table)
        .inner_join(
            D::Table,
            Expr::col((M::Table, M::SysconfigDefaultId)).equals((D::Table, D::Id)),
        )
        .and_where(Expr::col((M::Table, M::IsValid)).eq(1_i16))
        .and_where(Expr::col((M::Table, M::UserId)).is_null())
        .order_by((M::Table, M::Name), Order::Asc)
        .to_owned();
    let rows: Vec<Row> = tx.fetch_all(&query).await?;
    let invalid = rows.into_iter().filter_map(|row| {
        let delivered = yaml::read(&row.xml_content_parsed.0).unwrap_or_default();
        let value = yaml::read(&row.effective_value.0).unwrap_or_default();
        let reason = change::check(&delivered, &value).err()?;
        Some(Invalid {
            name: row.name,
            value,
            reason,
            delivered,
        })
    });
    Ok(invalid.collect())
}
