//! Changing a setting in the tables, so that the Perl system and this one take it over.
//!
//! A change is a row of `sysconfig_modified` that is dirty until it is deployed. A deployment gives each dirty row a version
//! and adds a row to `sysconfig_deployment` with the whole `ZZZAAuto.pm`, which the Perl system's daemon writes to the
//! disk of each of its machines. We make it from the one before, statement by statement.
//! Source: rows that the reference system's `Admin::Config::Update` wrote.

use compat::{Value, pattern::Pattern, yaml};
use schema::{DbError, LongText, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::deployment;
use crate::clock::Stamp;

/// What is wanted of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Value(Value),
    Valid(bool),
    /// As it was delivered.
    Reset,
}

/// Why a setting is not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error("Setting {0} is invalid!")]
    Unknown(String),
    #[error("EffectiveValue is invalid! {0}")]
    Unfit(String),
    #[error("there is no deployment yet to start from; the Perl system makes the first one")]
    NoDeployment,
    #[error(transparent)]
    Database(#[from] DbError),
}

#[derive(sqlx::FromRow)]
struct DefaultRow {
    id: i32,
    is_valid: i16,
    effective_value: LongText,
    xml_content_parsed: LongText,
}

#[derive(sqlx::FromRow)]
struct ModifiedRow {
    id: i32,
    is_valid: i16,
    effective_value: LongText,
}

/// Whether there is such a setting. One statement.
pub async fn is_known(tx: &mut Tx, name: &str) -> Result<bool, DbError> {
    Ok(find(tx, name).await?.is_some())
}

async fn find(tx: &mut Tx, name: &str) -> Result<Option<DefaultRow>, DbError> {
    use t::SysconfigDefault as D;
    let query = Query::select()
        .columns([D::Id, D::IsValid, D::EffectiveValue, D::XmlContentParsed])
        .from(D::Table)
        .and_where(Expr::col(D::Name).eq(name))
        .to_owned();
    tx.fetch_optional(&query).await
}

/// Writes the change down; it counts with the next [`deploy`]. Three statements at most.
pub async fn set(
    tx: &mut Tx,
    stamp: Stamp,
    name: &str,
    change: &Change,
) -> Result<(), ChangeError> {
    use t::SysconfigModified as M;
    let unknown = || ChangeError::Unknown(name.to_owned());
    let delivered = find(tx, name).await?.ok_or_else(unknown)?;
    let query = Query::select()
        .columns([M::Id, M::IsValid, M::EffectiveValue])
        .from(M::Table)
        .and_where(Expr::col(M::SysconfigDefaultId).eq(delivered.id))
        .and_where(Expr::col(M::UserId).is_null())
        .to_owned();
    let modified: Option<ModifiedRow> = tx.fetch_optional(&query).await?;
    let (valid, text) = modified.as_ref().map_or(
        (delivered.is_valid, delivered.effective_value.0.as_str()),
        |row| (row.is_valid, row.effective_value.0.as_str()),
    );
    let (new_valid, new_text, reset) = match change {
        Change::Value(value) => {
            let parsed = yaml::read(&delivered.xml_content_parsed.0).unwrap_or_default();
            check(&parsed, value).map_err(ChangeError::Unfit)?;
            (valid, yaml::write(value), 0_i16)
        }
        Change::Valid(valid) => (i16::from(*valid), text.to_owned(), 0),
        Change::Reset if modified.is_none() => return Ok(()),
        Change::Reset => (delivered.is_valid, delivered.effective_value.0.clone(), 1),
    };
    if reset == 0 && (new_valid, yaml::read(&new_text)) == (valid, yaml::read(text)) {
        return Ok(());
    }
    let new_value = tx.long_text(&new_text);
    if let Some(row) = modified {
        let update = Query::update()
            .table(M::Table)
            .value(M::IsValid, new_valid)
            .value(M::EffectiveValue, new_value)
            .value(M::IsDirty, 1_i16)
            .value(M::ResetToDefault, reset)
            .value(M::ChangeTime, stamp.at)
            .value(M::ChangeBy, stamp.by.0)
            .and_where(Expr::col(M::Id).eq(row.id))
            .to_owned();
        tx.execute_one(&update).await?;
        return Ok(());
    }
    let insert = new_row(
        M::Table,
        [
            (M::SysconfigDefaultId, delivered.id.into()),
            (M::Name, name.into()),
            (M::IsValid, new_valid.into()),
            (M::UserModificationActive, 0_i16.into()),
            (M::EffectiveValue, Expr::val(new_value)),
            (M::IsDirty, 1_i16.into()),
            (M::ResetToDefault, 0_i16.into()),
            (M::CreateTime, stamp.at.into()),
            (M::CreateBy, stamp.by.0.into()),
            (M::ChangeTime, stamp.at.into()),
            (M::ChangeBy, stamp.by.0.into()),
        ],
    );
    tx.execute_one(&insert).await?;
    Ok(())
}

/// Whether a value fits the form that the setting was delivered with; says what is wrong.
pub(super) fn check(parsed: &Value, value: &Value) -> Result<(), String> {
    let first = |value: &Value, key: &str| value.get(key)?.as_list()?.first().cloned();
    let item = first(parsed, "Value").and_then(|outer| first(&outer, "Item"));
    let Some(item) = item else {
        return Ok(());
    };
    let text = |key: &str| item.get(key).and_then(Value::as_string).unwrap_or_default();
    let kind = text("ValueType");
    let given = value.as_string();
    match kind.as_str() {
        "Checkbox" if !matches!(given.as_deref(), Some("0" | "1" | "")) => {
            Err("EffectiveValue must be 0 or 1 for Checkbox!".to_owned())
        }
        "String" | "Textarea" | "Password" if given.is_none() => {
            Err(format!("EffectiveValue for {kind} must be a scalar!"))
        }
        "String" => {
            let regex = text("ValueRegex");
            let pattern = Pattern::new(&regex).ok().filter(|_| !regex.is_empty());
            match pattern {
                Some(pattern) if !pattern.is_match(given.as_deref().unwrap_or_default()) => {
                    Err(format!("EffectiveValue not valid - regex '{regex}'!"))
                }
                _ => Ok(()),
            }
        }
        "Select" => {
            let options = item
                .get("Item")
                .and_then(Value::as_list)
                .unwrap_or_default();
            let mut options = options
                .iter()
                .filter_map(|option| option.get("Value")?.as_string());
            match given {
                Some(given) if options.any(|option| option == given) => Ok(()),
                _ => Err("EffectiveValue is not one of the options!".to_owned()),
            }
        }
        "VacationDays" | "VacationDaysOneTime" | "WorkingHours" if value.as_map().is_none() => {
            Err(format!("EffectiveValue for {kind} must be a hash!"))
        }
        _ if item.get("Hash").is_some() && value.as_map().is_none() => {
            Err("EffectiveValue must be a hash!".to_owned())
        }
        _ if item.get("Array").is_some() && value.as_list().is_none() => {
            Err("EffectiveValue must be an array!".to_owned())
        }
        _ => Ok(()),
    }
}

#[derive(sqlx::FromRow)]
struct DirtyRow {
    id: i32,
    sysconfig_default_id: i32,
    name: String,
    is_valid: i16,
    user_modification_active: i16,
    effective_value: LongText,
    reset_to_default: i16,
}

/// Puts the changes of these settings into force, others go on waiting; gives the new `ZZZAAuto.pm`. The caller commits.
pub async fn deploy(
    tx: &mut Tx,
    stamp: Stamp,
    names: &[&str],
    comments: &str,
) -> Result<String, ChangeError> {
    use t::{SysconfigDeployment as D, SysconfigModified as M};
    let mut text = deployment::last(tx)
        .await?
        .ok_or(ChangeError::NoDeployment)?;
    let query = Query::select()
        .columns([
            M::Id,
            M::SysconfigDefaultId,
            M::Name,
            M::IsValid,
            M::UserModificationActive,
            M::EffectiveValue,
            M::ResetToDefault,
        ])
        .from(M::Table)
        .and_where(Expr::col(M::IsDirty).eq(1_i16))
        .and_where(Expr::col(M::Name).is_in(names.iter().copied()))
        .and_where(Expr::col(M::UserId).is_null())
        .to_owned();
    let dirty: Vec<DirtyRow> = tx.fetch_all(&query).await?;
    for row in &dirty {
        keep_version(tx, stamp, row).await?;
        let value = yaml::read(&row.effective_value.0).unwrap_or_default();
        let value = (row.is_valid == 1).then_some(&value);
        text = deployment::with_setting(&text, &row.name, value);
        let is = Expr::col(M::Id).eq(row.id);
        if row.reset_to_default == 1 {
            let delete = Query::delete()
                .from_table(M::Table)
                .and_where(is)
                .to_owned();
            tx.execute_one(&delete).await?;
        } else {
            let update = Query::update()
                .table(M::Table)
                .value(M::IsDirty, 0_i16)
                .and_where(is)
                .to_owned();
            tx.execute_one(&update).await?;
        }
    }
    let value = tx.long_text(&text);
    let insert = new_row(
        D::Table,
        [
            (
                D::Comments,
                comments.chars().take(250).collect::<String>().into(),
            ),
            (D::EffectiveValue, Expr::val(value)),
            (D::CreateTime, stamp.at.into()),
            (D::CreateBy, stamp.by.0.into()),
        ],
    );
    let id = tx.insert(&insert).await?;
    let number = Value::text(id.to_string());
    text = deployment::with_setting(&text, "CurrentDeploymentID", Some(&number));
    let value = tx.long_text(&text);
    let update = Query::update()
        .table(D::Table)
        .value(D::EffectiveValue, value)
        .and_where(Expr::col(D::Id).eq(i32::try_from(id).unwrap_or_default()))
        .to_owned();
    tx.execute_one(&update).await?;
    Ok(text)
}

async fn keep_version(tx: &mut Tx, stamp: Stamp, row: &DirtyRow) -> Result<(), ChangeError> {
    use t::{SysconfigDefaultVersion as D, SysconfigModifiedVersion as V};
    let query = Query::select()
        .expr(Expr::col(D::Id).max())
        .from(D::Table)
        .and_where(Expr::col(D::SysconfigDefaultId).eq(row.sysconfig_default_id))
        .to_owned();
    let (version,): (Option<i32>,) = tx.fetch_one(&query).await?;
    let version = version.ok_or_else(|| ChangeError::Unknown(row.name.clone()))?;
    let value = tx.long_text(&row.effective_value.0);
    let insert = new_row(
        V::Table,
        [
            (V::SysconfigDefaultVersionId, version.into()),
            (V::Name, row.name.as_str().into()),
            (V::IsValid, row.is_valid.into()),
            (
                V::UserModificationActive,
                row.user_modification_active.into(),
            ),
            (V::EffectiveValue, Expr::val(value)),
            (V::ResetToDefault, row.reset_to_default.into()),
            (V::CreateTime, stamp.at.into()),
            (V::CreateBy, stamp.by.0.into()),
            (V::ChangeTime, stamp.at.into()),
            (V::ChangeBy, stamp.by.0.into()),
        ],
    );
    tx.execute_one(&insert).await?;
    Ok(())
}

/// Takes every setting from those who edit it; gives how many. One statement.
pub async fn unlock_all(tx: &mut Tx) -> Result<u64, DbError> {
    use t::SysconfigDefault as D;
    let update = Query::update()
        .table(D::Table)
        .value(D::ExclusiveLockGuid, "0")
        .value(D::ExclusiveLockUserId, None::<i32>)
        .value(D::ExclusiveLockExpiryTime, None::<chrono::NaiveDateTime>)
        .and_where(Expr::col(D::ExclusiveLockGuid).ne("0"))
        .to_owned();
    tx.execute(&update).await
}
