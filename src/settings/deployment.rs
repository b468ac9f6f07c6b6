//! The file that a deployment is: Perl statements, one for each setting, as the Perl system reads them.
//!
//! Source: `sysconfig_deployment.effective_value` of the reference system.

use std::{io, path::Path};

use compat::{Value, dumper};
use schema::{DbError, LongText, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

/// Below the home of an OTRS installation.
const FILE: &str = "Kernel/Config/Files/ZZZAAuto.pm";

/// What the last deployment wrote; none before the first. One statement.
pub async fn last(tx: &mut Tx) -> Result<Option<String>, DbError> {
    use t::SysconfigDeployment as D;
    let query = Query::select()
        .column(D::EffectiveValue)
        .from(D::Table)
        .order_by(D::Id, Order::Desc)
        .limit(1)
        .to_owned();
    let row: Option<(LongText,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(text,)| text.0).filter(|text| !text.is_empty()))
}

/// Deletes all deployments but so many of the newest; gives how many. Two statements.
///
/// Source: what the reference system's `ConfigurationDeployCleanup` left behind.
pub async fn clean_up(tx: &mut Tx, keep: u64) -> Result<u64, DbError> {
    use t::SysconfigDeployment as D;
    let newest = Query::select()
        .column(D::Id)
        .from(D::Table)
        .and_where(Expr::col(D::UserId).is_null())
        .order_by(D::Id, Order::Desc)
        .limit(std::cmp::max(keep, 1))
        .to_owned();
    let newest: Vec<(i32,)> = tx.fetch_all(&newest).await?;
    let Some((oldest,)) = newest.last() else {
        return Ok(0);
    };
    let delete = Query::delete()
        .from_table(D::Table)
        .and_where(Expr::col(D::Id).lt(*oldest))
        .and_where(Expr::col(D::UserId).is_null())
        .to_owned();
    tx.execute(&delete).await
}

/// Gives a setting another value, or takes it away; all other statements stay as they are.
pub fn with_setting(text: &str, name: &str, value: Option<&Value>) -> String {
    let keys: Vec<String> = name
        .split("###")
        .map(|key| format!("{{{}}}", quoted(key)))
        .collect();
    let path = format!("$Self->{}", keys.join("->"));
    let statement = match value {
        Some(value) => {
            let dump = dumper::write(value);
            let dump = dump.strip_prefix("$VAR1 = ").unwrap_or(&dump);
            // The number of the deployment is set apart, by one blank.
            let gap = if name == "CurrentDeploymentID" {
                " "
            } else {
                "  "
            };
            format!("{path} ={gap}{dump}")
        }
        None => format!("delete {path};\n"),
    };
    let mut lines = text.split_inclusive('\n').peekable();
    let mut out = String::with_capacity(text.len() + statement.len());
    let mut written = false;
    while let Some(line) = lines.next() {
        let is_it =
            line.starts_with(&format!("{path} =")) || line.trim_end() == format!("delete {path};");
        if is_it {
            while lines.next_if(|line| !begins_statement(line)).is_some() {}
            if !written {
                out.push_str(&statement);
            }
            written = true;
            continue;
        }
        if !written && line.trim_end() == "    return;" {
            out.push_str(&statement);
            written = true;
        }
        out.push_str(line);
    }
    out
}

fn begins_statement(line: &str) -> bool {
    line.starts_with("$Self->{")
        || line.starts_with("delete $Self->{")
        || line.starts_with("    return;")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Writes a deployment to the disk, under the home of an OTRS installation; in one go, for the Perl system may read it.
pub async fn write(home: &Path, text: &str) -> io::Result<()> {
    let path = home.join(FILE);
    let unfinished = path.with_extension(format!("pm.{}", std::process::id()));
    tokio::fs::write(&unfinished, text).await?;
    if let Ok(old) = tokio::fs::metadata(&path).await {
        tokio::fs::set_permissions(&unfinished, old.permissions()).await?;
    }
    tokio::fs::rename(&unfinished, &path).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "sub Load {\n    my ($File, $Self) = @_;\n$Self->{'CurrentDeploymentID'} = '29';\n\
        $Self->{'A'} =  '1';\n$Self->{'A::B'}->{'x'} =  {\n  'k' => 'v'\n};\ndelete $Self->{'Gone'};\n    return;\n}\n1;\n";

    #[test]
    fn one_statement_changes_and_the_others_stay() {
        let one = with_setting(TEXT, "A", Some(&Value::text("it's")));
        assert_eq!(one, TEXT.replace("'A'} =  '1'", "'A'} =  'it\\'s'"));
        let hash = with_setting(TEXT, "A::B###x", None);
        assert_eq!(
            hash,
            TEXT.replace(
                "$Self->{'A::B'}->{'x'} =  {\n  'k' => 'v'\n};",
                "delete $Self->{'A::B'}->{'x'};"
            )
        );
        let back = with_setting(&hash, "A::B###x", Some(&Value::map([("k", "v")])));
        assert_eq!(back, TEXT);
        let new = with_setting(TEXT, "New", Some(&Value::List(vec![])));
        assert_eq!(
            new,
            TEXT.replace("    return;", "$Self->{'New'} =  [];\n    return;")
        );
        let number = with_setting(TEXT, "CurrentDeploymentID", Some(&Value::text("30")));
        assert_eq!(number, TEXT.replace("'29'", "'30'"));
    }
}
