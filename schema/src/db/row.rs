//! One new row, written as pairs of columns and values.

use sea_query::{Expr, InsertStatement, IntoIden, IntoTableRef, Query};

/// The statement that adds a row with these columns.
pub fn new_row<C: IntoIden>(
    table: impl IntoTableRef,
    pairs: impl IntoIterator<Item = (C, Expr)>,
) -> InsertStatement {
    let (columns, values): (Vec<C>, Vec<Expr>) = pairs.into_iter().unzip();
    Query::insert()
        .into_table(table)
        .columns(columns)
        .values_panic(values)
        .to_owned()
}
