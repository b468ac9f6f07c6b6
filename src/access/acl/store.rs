//! Statements on `acl`, `acl_sync` and the rows whose attributes lists ask for.

use std::{collections::BTreeMap, fmt::Display};

use chrono::NaiveDateTime;
use compat::{
    Value,
    acl::{Acl, Fact, Facts},
};
use schema::{DbError, LongText, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, IntoIden, Query, UnionType};

use crate::directory::UserId;

/// The row of `valid` that means *valid*.
const VALID: i16 = 1;

#[derive(sqlx::FromRow)]
struct AclRow {
    name: String,
    stop_after_match: Option<i16>,
    config_match: Option<LongText>,
    config_change: Option<LongText>,
}

/// The valid lists, in no order. One statement.
pub async fn list(tx: &mut Tx) -> Result<Vec<Acl>, DbError> {
    use t::Acl as A;
    let query = Query::select()
        .columns([A::Name, A::StopAfterMatch, A::ConfigMatch, A::ConfigChange])
        .from(A::Table)
        .and_where(Expr::col(A::ValidId).eq(VALID))
        .to_owned();
    let rows: Vec<AclRow> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(read).collect())
}

/// A list that can not be read has no change, so that it does nothing, and says so.
fn read(row: AclRow) -> Acl {
    let mut complaints = Vec::new();
    let mut part = |column: &str, text: Option<LongText>| {
        let text = text.map(String::from).unwrap_or_default();
        if text.is_empty() {
            return Value::Undef;
        }
        compat::yaml::read(&text).unwrap_or_else(|error| {
            complaints.push(format!("{column}: {error}"));
            Value::Undef
        })
    };
    let matching = part("config_match", row.config_match);
    let change = part("config_change", row.config_change);
    let stop = row.stop_after_match.is_some_and(|stop| stop != 0);
    let mut acl = Acl::new(&row.name, stop, &matching, &change);
    if !complaints.is_empty() {
        acl.changes.clear();
        acl.complaints.append(&mut complaints);
    }
    for complaint in &acl.complaints {
        tracing::debug!(acl.name = %acl.name, "access control list {}: {complaint}", acl.name);
    }
    acl
}

/// Names of lists that were saved since the last deployment; those that are gone under their numbers. One statement.
pub async fn list_not_deployed(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    let query = Query::select()
        .distinct()
        .column(t::AclSync::AclId)
        .from(t::AclSync::Table)
        .to_owned();
    let waiting: Vec<(String,)> = tx.fetch_all(&query).await?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let query = Query::select()
        .columns([t::Acl::Id, t::Acl::Name])
        .from(t::Acl::Table)
        .to_owned();
    let names: Vec<(i32, String)> = tx.fetch_all(&query).await?;
    let names: BTreeMap<String, String> = names
        .into_iter()
        .map(|(id, name)| (id.to_string(), name))
        .collect();
    let found = waiting.into_iter();
    Ok(found
        .map(|(id,)| names.get(&id).cloned().unwrap_or(id))
        .collect())
}

fn put(facts: &mut Facts, key: &str, value: impl Display) {
    facts.insert(key.to_owned(), Fact::One(value.to_string()));
}

fn put_text(facts: &mut Facts, key: &str, value: Option<String>) {
    put(facts, key, value.unwrap_or_default());
}

fn put_number(facts: &mut Facts, key: &str, value: Option<impl Display>) {
    put_text(facts, key, value.map(|value| value.to_string()));
}

#[derive(sqlx::FromRow)]
struct QueueRow {
    name: String,
    group_id: i32,
    unlock_timeout: Option<i32>,
    first_response_time: Option<i32>,
    first_response_notify: Option<i16>,
    update_time: Option<i32>,
    update_notify: Option<i16>,
    solution_time: Option<i32>,
    solution_notify: Option<i16>,
    system_address_id: i16,
    calendar_name: Option<String>,
    default_sign_key: Option<String>,
    salutation_id: i16,
    signature_id: i16,
    follow_up_id: i16,
    follow_up_lock: i16,
    comments: Option<String>,
    valid_id: i16,
    create_time: NaiveDateTime,
    change_time: NaiveDateTime,
    value0: Option<String>,
    value1: Option<String>,
}

/// A queue with its address. One statement.
pub async fn queue(tx: &mut Tx, id: i32) -> Result<Facts, DbError> {
    use t::{Queue as Q, SystemAddress as S};
    let query = Query::select()
        .columns(
            [
                Q::Name,
                Q::GroupId,
                Q::UnlockTimeout,
                Q::FirstResponseTime,
                Q::FirstResponseNotify,
                Q::UpdateTime,
                Q::UpdateNotify,
                Q::SolutionTime,
                Q::SolutionNotify,
                Q::SystemAddressId,
                Q::CalendarName,
                Q::DefaultSignKey,
                Q::SalutationId,
                Q::SignatureId,
                Q::FollowUpId,
                Q::FollowUpLock,
                Q::Comments,
                Q::ValidId,
                Q::CreateTime,
                Q::ChangeTime,
            ]
            .map(|column| (Q::Table, column)),
        )
        .columns([(S::Table, S::Value0), (S::Table, S::Value1)])
        .from(Q::Table)
        .left_join(
            S::Table,
            Expr::col((S::Table, S::Id)).equals((Q::Table, Q::SystemAddressId)),
        )
        .and_where(Expr::col((Q::Table, Q::Id)).eq(id))
        .to_owned();
    let mut facts = Facts::new();
    let Some(row) = tx.fetch_optional::<QueueRow>(&query).await? else {
        return Ok(facts);
    };
    put(&mut facts, "QueueID", id);
    put(&mut facts, "Name", row.name);
    put(&mut facts, "GroupID", row.group_id);
    put_number(&mut facts, "UnlockTimeout", row.unlock_timeout);
    put_number(&mut facts, "FirstResponseTime", row.first_response_time);
    put_number(&mut facts, "FirstResponseNotify", row.first_response_notify);
    put_number(&mut facts, "UpdateTime", row.update_time);
    put_number(&mut facts, "UpdateNotify", row.update_notify);
    put_number(&mut facts, "SolutionTime", row.solution_time);
    put_number(&mut facts, "SolutionNotify", row.solution_notify);
    put(&mut facts, "SystemAddressID", row.system_address_id);
    put_text(&mut facts, "Calendar", row.calendar_name);
    put_text(&mut facts, "DefaultSignKey", row.default_sign_key);
    put(&mut facts, "SalutationID", row.salutation_id);
    put(&mut facts, "SignatureID", row.signature_id);
    put(&mut facts, "FollowUpID", row.follow_up_id);
    put(&mut facts, "FollowUpLock", row.follow_up_lock);
    put_text(&mut facts, "Comment", row.comments);
    put(&mut facts, "ValidID", row.valid_id);
    put(&mut facts, "CreateTime", row.create_time);
    put(&mut facts, "ChangeTime", row.change_time);
    put_text(&mut facts, "Email", row.value0);
    put_text(&mut facts, "RealName", row.value1);
    Ok(facts)
}

#[derive(sqlx::FromRow)]
struct PlainRow {
    name: String,
    valid_id: i16,
    create_time: NaiveDateTime,
    create_by: i32,
    change_time: NaiveDateTime,
    change_by: i32,
}

impl PlainRow {
    fn facts(self, key: &str, id: i32) -> Facts {
        let mut facts = Facts::new();
        put(&mut facts, key, id);
        put(&mut facts, "Name", self.name);
        put(&mut facts, "ValidID", self.valid_id);
        put(&mut facts, "CreateTime", self.create_time);
        put(&mut facts, "CreateBy", self.create_by);
        put(&mut facts, "ChangeTime", self.change_time);
        put(&mut facts, "ChangeBy", self.change_by);
        facts
    }
}

/// A ticket type. One statement.
pub async fn kind(tx: &mut Tx, id: i32) -> Result<Facts, DbError> {
    use t::TicketType as K;
    let columns = [
        K::Name,
        K::ValidId,
        K::CreateTime,
        K::CreateBy,
        K::ChangeTime,
        K::ChangeBy,
    ];
    plain(tx, K::Table, K::Id, columns, id).await
}

/// A priority. One statement.
pub async fn priority(tx: &mut Tx, id: i32) -> Result<Facts, DbError> {
    use t::TicketPriority as P;
    let columns = [
        P::Name,
        P::ValidId,
        P::CreateTime,
        P::CreateBy,
        P::ChangeTime,
        P::ChangeBy,
    ];
    plain(tx, P::Table, P::Id, columns, id).await
}

/// A row of a table that has nothing but names; its columns are those of [`PlainRow`].
async fn plain<I: IntoIden>(
    tx: &mut Tx,
    table: I,
    key: I,
    columns: [I; 6],
    id: i32,
) -> Result<Facts, DbError> {
    let query = Query::select()
        .columns(columns.map(IntoIden::into_iden))
        .from(table.into_iden())
        .and_where(Expr::col(key.into_iden()).eq(id))
        .to_owned();
    let row: Option<PlainRow> = tx.fetch_optional(&query).await?;
    Ok(row.map(|row| row.facts("ID", id)).unwrap_or_default())
}

#[derive(sqlx::FromRow)]
struct ServiceRow {
    #[sqlx(flatten)]
    plain: PlainRow,
    comments: Option<String>,
}

/// A service; the one above it by the names. Two statements.
pub async fn service(tx: &mut Tx, id: i32) -> Result<Facts, DbError> {
    use t::Service as S;
    let query = Query::select()
        .columns([
            S::Name,
            S::ValidId,
            S::Comments,
            S::CreateTime,
            S::CreateBy,
            S::ChangeTime,
            S::ChangeBy,
        ])
        .from(S::Table)
        .and_where(Expr::col(S::Id).eq(id))
        .to_owned();
    let Some(row) = tx.fetch_optional::<ServiceRow>(&query).await? else {
        return Ok(Facts::new());
    };
    let parts = row.plain.name.rsplit_once("::");
    let above = parts.map(|(above, _)| above.to_owned());
    let short = parts
        .map_or(row.plain.name.as_str(), |(_, short)| short)
        .to_owned();
    let mut facts = row.plain.facts("ServiceID", id);
    put(&mut facts, "NameShort", short);
    put_text(&mut facts, "Comment", row.comments);
    if let Some(above) = above {
        let query = Query::select()
            .column(S::Id)
            .from(S::Table)
            .and_where(Expr::col(S::Name).eq(above))
            .to_owned();
        if let Some((parent,)) = tx.fetch_optional::<(i32,)>(&query).await? {
            put(&mut facts, "ParentID", parent);
        }
    }
    Ok(facts)
}

#[derive(sqlx::FromRow)]
struct SlaRow {
    #[sqlx(flatten)]
    plain: PlainRow,
    comments: Option<String>,
    calendar_name: Option<String>,
    first_response_time: i32,
    first_response_notify: Option<i16>,
    update_time: i32,
    update_notify: Option<i16>,
    solution_time: i32,
    solution_notify: Option<i16>,
}

/// A service level agreement with its services. Two statements.
pub async fn sla(tx: &mut Tx, id: i32) -> Result<Facts, DbError> {
    use t::{ServiceSla, Sla as S};
    let query = Query::select()
        .columns([
            S::Name,
            S::ValidId,
            S::Comments,
            S::CalendarName,
            S::FirstResponseTime,
            S::FirstResponseNotify,
            S::UpdateTime,
            S::UpdateNotify,
            S::SolutionTime,
            S::SolutionNotify,
            S::CreateTime,
            S::CreateBy,
            S::ChangeTime,
            S::ChangeBy,
        ])
        .from(S::Table)
        .and_where(Expr::col(S::Id).eq(id))
        .to_owned();
    let Some(row) = tx.fetch_optional::<SlaRow>(&query).await? else {
        return Ok(Facts::new());
    };
    let mut facts = row.plain.facts("SLAID", id);
    put_text(&mut facts, "Comment", row.comments);
    put_text(&mut facts, "Calendar", row.calendar_name);
    put(&mut facts, "FirstResponseTime", row.first_response_time);
    put_number(&mut facts, "FirstResponseNotify", row.first_response_notify);
    put(&mut facts, "UpdateTime", row.update_time);
    put_number(&mut facts, "UpdateNotify", row.update_notify);
    put(&mut facts, "SolutionTime", row.solution_time);
    put_number(&mut facts, "SolutionNotify", row.solution_notify);
    let query = Query::select()
        .column(ServiceSla::ServiceId)
        .from(ServiceSla::Table)
        .and_where(Expr::col(ServiceSla::SlaId).eq(id))
        .to_owned();
    let services: Vec<(i32,)> = tx.fetch_all(&query).await?;
    let services = services.into_iter().map(|(id,)| id.to_string()).collect();
    facts.insert("ServiceIDs".to_owned(), Fact::Many(services));
    Ok(facts)
}

#[derive(sqlx::FromRow)]
struct StateRow {
    name: String,
    comments: Option<String>,
    type_id: i16,
    type_name: String,
    valid_id: i16,
    create_time: NaiveDateTime,
    change_time: NaiveDateTime,
}

/// A state with its type. One statement.
pub async fn state(tx: &mut Tx, id: i32) -> Result<Facts, DbError> {
    use t::{TicketState as S, TicketStateType as K};
    let query = Query::select()
        .columns(
            [
                S::Name,
                S::Comments,
                S::TypeId,
                S::ValidId,
                S::CreateTime,
                S::ChangeTime,
            ]
            .map(|column| (S::Table, column)),
        )
        .expr_as(Expr::col((K::Table, K::Name)), "type_name")
        .from(S::Table)
        .inner_join(
            K::Table,
            Expr::col((K::Table, K::Id)).equals((S::Table, S::TypeId)),
        )
        .and_where(Expr::col((S::Table, S::Id)).eq(id))
        .to_owned();
    let mut facts = Facts::new();
    if let Some(row) = tx.fetch_optional::<StateRow>(&query).await? {
        put(&mut facts, "ID", id);
        put(&mut facts, "Name", row.name);
        put_text(&mut facts, "Comment", row.comments);
        put(&mut facts, "TypeID", row.type_id);
        put(&mut facts, "TypeName", row.type_name);
        put(&mut facts, "ValidID", row.valid_id);
        put(&mut facts, "CreateTime", row.create_time);
        put(&mut facts, "ChangeTime", row.change_time);
    }
    Ok(facts)
}

/// Rights of an agent in valid groups, by themselves and by their roles: names of groups by the rights' names. One
/// statement.
pub async fn rights(tx: &mut Tx, agent: UserId) -> Result<BTreeMap<String, Vec<String>>, DbError> {
    use t::{GroupRole, GroupUser, PermissionGroups as G, RoleUser, Roles};
    let mut own = Query::select();
    own.column((G::Table, G::Name))
        .column((GroupUser::Table, GroupUser::PermissionKey))
        .from(GroupUser::Table)
        .inner_join(
            G::Table,
            Expr::col((G::Table, G::Id)).equals((GroupUser::Table, GroupUser::GroupId)),
        )
        .and_where(Expr::col((GroupUser::Table, GroupUser::UserId)).eq(agent))
        .and_where(Expr::col((G::Table, G::ValidId)).eq(VALID));
    let by_role = Query::select()
        .column((G::Table, G::Name))
        .column((GroupRole::Table, GroupRole::PermissionKey))
        .from(RoleUser::Table)
        .inner_join(
            Roles::Table,
            Expr::col((Roles::Table, Roles::Id)).equals((RoleUser::Table, RoleUser::RoleId)),
        )
        .inner_join(
            GroupRole::Table,
            Expr::col((GroupRole::Table, GroupRole::RoleId))
                .equals((RoleUser::Table, RoleUser::RoleId)),
        )
        .inner_join(
            G::Table,
            Expr::col((G::Table, G::Id)).equals((GroupRole::Table, GroupRole::GroupId)),
        )
        .and_where(Expr::col((RoleUser::Table, RoleUser::UserId)).eq(agent))
        .and_where(Expr::col((Roles::Table, Roles::ValidId)).eq(VALID))
        .and_where(Expr::col((GroupRole::Table, GroupRole::PermissionValue)).eq(1_i16))
        .and_where(Expr::col((G::Table, G::ValidId)).eq(VALID))
        .to_owned();
    let rows: Vec<(String, String)> = tx
        .fetch_all(&own.union(UnionType::Distinct, by_role).to_owned())
        .await?;
    let mut rights: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (group, key) in rows {
        rights.entry(key).or_default().push(group);
    }
    Ok(rights)
}

/// Names of an agent's valid roles. One statement.
pub async fn roles(tx: &mut Tx, agent: UserId) -> Result<Vec<String>, DbError> {
    use t::{RoleUser, Roles};
    let query = Query::select()
        .column((Roles::Table, Roles::Name))
        .from(RoleUser::Table)
        .inner_join(
            Roles::Table,
            Expr::col((Roles::Table, Roles::Id)).equals((RoleUser::Table, RoleUser::RoleId)),
        )
        .and_where(Expr::col((RoleUser::Table, RoleUser::UserId)).eq(agent))
        .and_where(Expr::col((Roles::Table, Roles::ValidId)).eq(VALID))
        .to_owned();
    let rows: Vec<(String,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}
