//! Statements on `generic_agent_jobs`.

use std::collections::BTreeMap;

use schema::{DbError, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::Job;

/// Every job by name. One statement.
pub async fn list(tx: &mut Tx) -> Result<Vec<Job>, DbError> {
    use t::GenericAgentJobs as J;
    let query = Query::select()
        .columns([J::JobName, J::JobKey, J::JobValue])
        .from(J::Table)
        .order_by(J::JobName, Order::Asc)
        .order_by(J::JobKey, Order::Asc)
        .order_by(J::JobValue, Order::Asc)
        .to_owned();
    let rows: Vec<(String, String, Option<String>)> = tx.fetch_all(&query).await?;
    let mut jobs: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (name, key, value) in rows {
        let values = jobs.entry(name).or_default();
        values.push((key, value.unwrap_or_default()));
    }
    Ok(jobs
        .into_iter()
        .map(|(name, values)| Job::new(&name, values))
        .collect())
}

/// The job with this name. One statement.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<Job>, DbError> {
    let jobs = list(tx).await?;
    Ok(jobs.into_iter().find(|job| job.name == name))
}

/// Sets a key of a job that is there, in place of what it was.
pub async fn set(tx: &mut Tx, name: &str, key: &str, value: &str) -> Result<(), DbError> {
    use t::GenericAgentJobs as J;
    let delete = Query::delete()
        .from_table(J::Table)
        .and_where(Expr::col(J::JobName).eq(name))
        .and_where(Expr::col(J::JobKey).eq(key))
        .to_owned();
    tx.execute(&delete).await?;
    let row = new_row(
        J::Table,
        [
            (J::JobName, name.into()),
            (J::JobKey, key.into()),
            (J::JobValue, value.into()),
        ],
    );
    tx.execute_one(&row).await
}
