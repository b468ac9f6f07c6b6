//! Statements on the tables `communication_log*`.

use chrono::NaiveDateTime;
use rand::{Rng as _, distr::Alphanumeric};
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{
    Account, CommunicationLog, Direction, Door, Entry, Lookup, Object, ObjectKind, Status, Target,
};

/// The only transport that the reference system logs.
const TRANSPORT: &str = "Email";
/// Entries in one statement: their values stay below what each database takes.
const AT_ONCE: usize = 500;

/// Writes the communication and its objects, then all entries and lookups; those that are there already are changed.
pub(super) async fn write(tx: &mut Tx, log: &mut CommunicationLog) -> Result<i64, DbError> {
    let id = match log.id {
        Some(id) if log.changed => {
            update(tx, id, log).await?;
            id
        }
        Some(id) => id,
        None => insert(tx, log).await?,
    };
    log.id = Some(id);
    log.changed = false;
    for object in log.objects.iter_mut().filter(|object| object.changed) {
        match object.id {
            Some(id) => update_object(tx, id, object).await?,
            None => object.id = Some(insert_object(tx, id, object).await?),
        }
        object.changed = false;
    }
    let ids: Vec<i64> = log.objects.iter().filter_map(|object| object.id).collect();
    for entries in log.entries.chunks(AT_ONCE) {
        insert_entries(tx, &ids, entries).await?;
    }
    insert_lookups(tx, &ids, &log.lookups).await?;
    log.entries.clear();
    log.lookups.clear();
    Ok(id)
}

/// As the reference system marks its rows: process, and 32 letters.
fn fingerprint() -> String {
    let letters: String = rand::rng()
        .sample_iter(Alphanumeric)
        .take(32)
        .map(char::from)
        .collect();
    format!("{}-{letters}", std::process::id())
}

fn account(log: &CommunicationLog) -> (Option<&str>, Option<&str>) {
    let account = log.account.as_ref();
    (
        account.map(|account| account.kind.as_str()),
        account.and_then(|account| account.id.as_deref()),
    )
}

async fn insert(tx: &mut Tx, log: &CommunicationLog) -> Result<i64, DbError> {
    use t::CommunicationLog as C;
    let (kind, id) = account(log);
    let insert = Query::insert()
        .into_table(C::Table)
        .columns([
            C::InsertFingerprint,
            C::Transport,
            C::Direction,
            C::Status,
            C::AccountType,
            C::AccountId,
            C::StartTime,
            C::EndTime,
        ])
        .values_panic([
            fingerprint().into(),
            TRANSPORT.into(),
            log.direction.name().into(),
            log.status.name().into(),
            kind.into(),
            id.into(),
            log.started.into(),
            log.ended.into(),
        ])
        .to_owned();
    tx.insert(&insert).await
}

async fn update(tx: &mut Tx, id: i64, log: &CommunicationLog) -> Result<(), DbError> {
    use t::CommunicationLog as C;
    let (kind, account) = account(log);
    let update = Query::update()
        .table(C::Table)
        .value(C::Status, log.status.name())
        .value(C::AccountType, kind)
        .value(C::AccountId, account)
        .value(C::EndTime, log.ended)
        .and_where(Expr::col(C::Id).eq(id))
        .to_owned();
    tx.execute(&update).await.map(drop)
}

async fn insert_object(tx: &mut Tx, log: i64, object: &Object) -> Result<i64, DbError> {
    use t::CommunicationLogObject as O;
    let insert = Query::insert()
        .into_table(O::Table)
        .columns([
            O::InsertFingerprint,
            O::CommunicationId,
            O::ObjectType,
            O::Status,
            O::StartTime,
            O::EndTime,
        ])
        .values_panic([
            fingerprint().into(),
            log.into(),
            object.kind.name().into(),
            object.status.name().into(),
            object.started.into(),
            object.ended.into(),
        ])
        .to_owned();
    tx.insert(&insert).await
}

async fn update_object(tx: &mut Tx, id: i64, object: &Object) -> Result<(), DbError> {
    use t::CommunicationLogObject as O;
    let update = Query::update()
        .table(O::Table)
        .value(O::Status, object.status.name())
        .value(O::EndTime, object.ended)
        .and_where(Expr::col(O::Id).eq(id))
        .to_owned();
    tx.execute(&update).await.map(drop)
}

async fn insert_entries(tx: &mut Tx, objects: &[i64], entries: &[Entry]) -> Result<(), DbError> {
    use t::CommunicationLogObjectEntry as E;
    let mut insert = Query::insert()
        .into_table(E::Table)
        .columns([
            E::CommunicationLogObjectId,
            E::LogKey,
            E::LogValue,
            E::Priority,
            E::CreateTime,
        ])
        .to_owned();
    for entry in entries {
        let Some(object) = objects.get(entry.object) else {
            continue;
        };
        insert.values_panic([
            (*object).into(),
            entry.key.as_str().into(),
            entry.text.as_str().into(),
            entry.priority.name().into(),
            entry.at.into(),
        ]);
    }
    tx.execute(&insert).await.map(drop)
}

async fn insert_lookups(tx: &mut Tx, objects: &[i64], lookups: &[Lookup]) -> Result<(), DbError> {
    use t::CommunicationLogObjLookup as L;
    if lookups.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert()
        .into_table(L::Table)
        .columns([L::CommunicationLogObjectId, L::ObjectType, L::ObjectId])
        .to_owned();
    for lookup in lookups {
        let Some(object) = objects.get(lookup.object) else {
            continue;
        };
        insert.values_panic([
            (*object).into(),
            lookup.target.name().into(),
            lookup.id.into(),
        ]);
    }
    tx.execute(&insert).await.map(drop)
}

#[derive(sqlx::FromRow)]
struct LogRow {
    id: i64,
    direction: String,
    status: String,
    account_type: Option<String>,
    account_id: Option<String>,
    start_time: NaiveDateTime,
    end_time: Option<NaiveDateTime>,
    object: i64,
    object_type: String,
    object_status: String,
    object_start: NaiveDateTime,
    object_end: Option<NaiveDateTime>,
}

fn newest_about(target: Target, id: i64) -> sea_query::SelectStatement {
    use t::{CommunicationLog as C, CommunicationLogObjLookup as L, CommunicationLogObject as O};
    Query::select()
        .columns([
            (C::Table, C::Id),
            (C::Table, C::Direction),
            (C::Table, C::Status),
            (C::Table, C::AccountType),
            (C::Table, C::AccountId),
            (C::Table, C::StartTime),
            (C::Table, C::EndTime),
        ])
        .expr_as(Expr::col((O::Table, O::Id)), "object")
        .column((O::Table, O::ObjectType))
        .expr_as(Expr::col((O::Table, O::Status)), "object_status")
        .expr_as(Expr::col((O::Table, O::StartTime)), "object_start")
        .expr_as(Expr::col((O::Table, O::EndTime)), "object_end")
        .from(L::Table)
        .inner_join(
            O::Table,
            Expr::col((O::Table, O::Id)).equals((L::Table, L::CommunicationLogObjectId)),
        )
        .inner_join(
            C::Table,
            Expr::col((C::Table, C::Id)).equals((O::Table, O::CommunicationId)),
        )
        .and_where(Expr::col((L::Table, L::ObjectType)).eq(target.name()))
        .and_where(Expr::col((L::Table, L::ObjectId)).eq(id))
        .order_by((O::Table, O::Id), Order::Desc)
        .limit(1)
        .to_owned()
}

pub(super) async fn find(
    tx: &mut Tx,
    target: Target,
    id: i64,
) -> Result<Option<CommunicationLog>, DbError> {
    let row: Option<LogRow> = tx.fetch_optional(&newest_about(target, id)).await?;
    row.map(read).transpose()
}

fn read(row: LogRow) -> Result<CommunicationLog, DbError> {
    let unknown = |column| DbError::Inconsistent {
        table: "communication_log",
        column,
        row: row.id,
    };
    let status = |name: &str| {
        let known = [
            Status::Processing,
            Status::Successful,
            Status::Warning,
            Status::Failed,
        ];
        let found = known.into_iter().find(|status| status.name() == name);
        found.ok_or_else(|| unknown("status"))
    };
    let kind = [ObjectKind::Connection, ObjectKind::Message]
        .into_iter()
        .find(|kind| kind.name() == row.object_type)
        .ok_or_else(|| unknown("object_type"))?;
    let direction = [Direction::Incoming, Direction::Outgoing]
        .into_iter()
        .find(|direction| direction.name() == row.direction)
        .ok_or_else(|| unknown("direction"))?;
    Ok(CommunicationLog {
        door: Door::default(),
        id: Some(row.id),
        direction,
        status: status(&row.status)?,
        objects: vec![Object {
            id: Some(row.object),
            kind,
            status: status(&row.object_status)?,
            started: row.object_start,
            ended: row.object_end,
            changed: false,
        }],
        account: row.account_type.map(|kind| Account {
            kind,
            id: row.account_id,
        }),
        started: row.start_time,
        ended: row.end_time,
        changed: false,
        entries: Vec::new(),
        lookups: Vec::new(),
    })
}
