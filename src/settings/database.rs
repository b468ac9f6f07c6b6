//! Settings from the sysconfig tables.
//!
//! Only what is deployed counts: a row of `sysconfig_modified` that is dirty has been changed since the last
//! deployment, and the value in force is the last one in `sysconfig_modified_version`. A setting that is not valid is
//! not set at all. (Seen in the reference system, with its rows before and after each step.)

use std::collections::BTreeMap;

use compat::Value;
use schema::{DbError, LongText, Tx, tables as t};
use sea_query::{CaseStatement, Cond, Condition, Expr, ExprTrait as _, Order, Query};

use super::{Definition, Shape, definitions};

/// A cheap value that differs whenever the settings in force may differ.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Marker {
    deployment: Option<i32>,
    /// Last id, number of rows, number of dirty ones.
    modified: (Option<i32>, i64, i64),
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    is_valid: i16,
    effective_value: LongText,
}

#[derive(sqlx::FromRow)]
struct ModifiedRow {
    name: String,
    is_valid: i16,
    is_dirty: i16,
    effective_value: LongText,
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    name: String,
    is_valid: i16,
    reset_to_default: i16,
    effective_value: LongText,
}

/// Where the tables stand now.
pub async fn marker(tx: &mut Tx) -> Result<Marker, DbError> {
    use t::{SysconfigDeployment as Deployment, SysconfigModified as Modified};
    let deployment = Query::select()
        .expr(Expr::col(Deployment::Id).max())
        .from(Deployment::Table)
        .to_owned();
    let dirty = CaseStatement::new().case(Expr::col(Modified::IsDirty).eq(1), 1);
    let query = Query::select()
        .expr(Expr::SubQuery(None, Box::new(deployment.into())))
        .expr(Expr::col(Modified::Id).max())
        .expr(Expr::col(Modified::Id).count())
        .expr(Expr::expr(dirty).count())
        .from(Modified::Table)
        .to_owned();
    let (deployment, last, rows, dirty) = tx
        .fetch_one::<(Option<i32>, Option<i32>, i64, i64)>(&query)
        .await?;
    Ok(Marker {
        deployment,
        modified: (last, rows, dirty),
    })
}

/// The values in force of the settings that we know, under their names in the tables.
pub async fn settings(tx: &mut Tx) -> Result<BTreeMap<String, Value>, DbError> {
    let mut found = BTreeMap::new();
    for row in defaults(tx).await? {
        found.insert(row.name, (row.is_valid, row.effective_value.0));
    }
    let (dirty, deployed): (Vec<_>, Vec<_>) = modified(tx)
        .await?
        .into_iter()
        .filter(|row| is_known(&row.name))
        .partition(|row| row.is_dirty != 0);
    for row in deployed {
        found.insert(row.name, (row.is_valid, row.effective_value.0));
    }
    for row in versions(tx, dirty.iter().map(|row| row.name.as_str())).await? {
        if row.reset_to_default == 0 {
            found.insert(row.name, (row.is_valid, row.effective_value.0));
        }
    }
    Ok(found
        .into_iter()
        .filter_map(|(name, (is_valid, yaml))| {
            let value = if is_valid == 1 {
                read_value(&name, &yaml)?
            } else {
                Value::Undef
            };
            Some((name, value))
        })
        .collect())
}

/// A value that can not be read leaves the setting as if the row were not there.
fn read_value(name: &str, yaml: &str) -> Option<Value> {
    match compat::yaml::read(yaml) {
        Ok(value) => Some(value),
        Err(error) => {
            tracing::warn!(setting.name = name, %error, "the value of setting {name} in the database is not readable");
            None
        }
    }
}

/// The names that we know: each as it is, a group by its prefix.
fn known(column: impl sea_query::IntoColumnRef + Copy) -> Condition {
    let (groups, plain): (Vec<&Definition>, Vec<_>) =
        definitions::all().partition(|definition| matches!(definition.shape, Shape::Group(_)));
    let mut any =
        Cond::any().add(Expr::col(column).is_in(plain.iter().map(|definition| definition.name)));
    for group in groups {
        any = any.add(Expr::col(column).like(format!("{}###%", group.name)));
    }
    any
}

fn is_known(name: &str) -> bool {
    definitions::find(name).is_some()
        || name
            .split_once("###")
            .and_then(|(group, _)| definitions::find(group))
            .is_some_and(Definition::is_group)
}

async fn defaults(tx: &mut Tx) -> Result<Vec<Row>, DbError> {
    let query = Query::select()
        .columns([
            t::SysconfigDefault::Name,
            t::SysconfigDefault::IsValid,
            t::SysconfigDefault::EffectiveValue,
        ])
        .from(t::SysconfigDefault::Table)
        .cond_where(known(t::SysconfigDefault::Name))
        .to_owned();
    tx.fetch_all(&query).await
}

/// What the administrators have changed, other settings than ours too: few, and a list of our names is long.
async fn modified(tx: &mut Tx) -> Result<Vec<ModifiedRow>, DbError> {
    let query = Query::select()
        .columns([
            t::SysconfigModified::Name,
            t::SysconfigModified::IsValid,
            t::SysconfigModified::IsDirty,
            t::SysconfigModified::EffectiveValue,
        ])
        .from(t::SysconfigModified::Table)
        .and_where(Expr::col(t::SysconfigModified::UserId).is_null())
        .order_by(t::SysconfigModified::Id, Order::Asc)
        .to_owned();
    tx.fetch_all(&query).await
}

/// The last deployed version of each of these settings.
async fn versions(
    tx: &mut Tx,
    names: impl Iterator<Item = &str>,
) -> Result<Vec<VersionRow>, DbError> {
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let query = Query::select()
        .columns([
            t::SysconfigModifiedVersion::Name,
            t::SysconfigModifiedVersion::IsValid,
            t::SysconfigModifiedVersion::ResetToDefault,
            t::SysconfigModifiedVersion::EffectiveValue,
        ])
        .from(t::SysconfigModifiedVersion::Table)
        .and_where(Expr::col(t::SysconfigModifiedVersion::UserId).is_null())
        .and_where(Expr::col(t::SysconfigModifiedVersion::Name).is_in(names))
        .order_by(t::SysconfigModifiedVersion::Id, Order::Asc)
        .to_owned();
    let rows: Vec<VersionRow> = tx.fetch_all(&query).await?;
    let mut last: BTreeMap<String, VersionRow> = BTreeMap::new();
    for row in rows {
        last.insert(row.name.clone(), row);
    }
    Ok(last.into_values().collect())
}
