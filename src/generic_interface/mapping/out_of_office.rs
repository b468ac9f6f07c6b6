//! Mapping *OutOfOffice*: makes entries for the operation `User::OutOfOffice` of a table in CSV.
//!
//! `OutOfOfficeEntriesCSVString` holds lines with commas, the first one with the names of the columns; the lines become
//! `OutOfOfficeEntries`, a list of hashes. Source: answers and debug logs of the reference system.

use compat::{Map, Value};

use super::Refusal;

const TABLE: &str = "OutOfOfficeEntriesCSVString";
const ENTRIES: &str = "OutOfOfficeEntries";

/// Adds the entries of the table to the data.
pub fn map(data: Value) -> Result<Value, Refusal> {
    let refusal = |message: String| {
        Err(Refusal::Data {
            message,
            details: String::new(),
        })
    };
    let Value::Map(mut data) = data else {
        return refusal(format!("Parameter {TABLE} is missing."));
    };
    let table = match data.get(TABLE) {
        Some(table) if table.is_true() => table.as_string().unwrap_or_default(),
        _ => return refusal(format!("Parameter {TABLE} is missing.")),
    };
    let Some(lines) = lines(&table) else {
        return refusal(format!(
            "Error while parsing CSV string of parameter {TABLE}."
        ));
    };
    let entries: Vec<Value> = match lines.split_first() {
        Some((names, lines)) => lines.iter().map(|line| entry(names, line)).collect(),
        None => Vec::new(),
    };
    if entries.is_empty() {
        return refusal(format!(
            "CSV in parameter {TABLE} does not contain any entries."
        ));
    }
    data.insert(ENTRIES.to_owned(), Value::List(entries));
    Ok(Value::Map(data))
}

/// A line under the names of the columns; of two columns with one name the last one counts.
fn entry(names: &[String], line: &[String]) -> Value {
    let mut cells = line.iter();
    let pairs = names.iter().map(|name| {
        let cell = cells.next().map(Value::text);
        (name.clone(), cell.unwrap_or(Value::Undef))
    });
    Value::Map(pairs.collect::<Map>())
}

/// The cells of each line. `None` when a quotation mark stands where none may; a line at the end whose quotation is
/// never closed is left out.
fn lines(table: &str) -> Option<Vec<Vec<String>>> {
    // A mark of the byte order is no part of a name.
    if table.starts_with('\u{feff}') {
        return None;
    }
    let table = table.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines = Vec::new();
    let mut line: Vec<String> = Vec::new();
    let mut characters = table.chars().peekable();
    while characters.peek().is_some() {
        match cell(&mut characters) {
            Cell::Text(text) => line.push(text),
            Cell::Endless => return Some(lines),
            Cell::Wrong => return None,
        }
        match characters.next() {
            Some(',') if characters.peek().is_none() => line.push(String::new()),
            Some(',') => continue,
            _ => {}
        }
        lines.push(std::mem::take(&mut line));
    }
    Some(lines)
}

/// What stands up to a comma or the end of a line.
enum Cell {
    Text(String),
    /// A quotation without end.
    Endless,
    /// A quotation mark where none may be.
    Wrong,
}

fn cell(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Cell {
    let mut cell = String::new();
    if characters.next_if_eq(&'"').is_none() {
        while let Some(character) = characters.next_if(|next| !matches!(next, ',' | '\n')) {
            if character == '"' {
                return Cell::Wrong;
            }
            cell.push(character);
        }
        return Cell::Text(cell);
    }
    loop {
        match characters.next() {
            None => return Cell::Endless,
            Some('"') if characters.next_if_eq(&'"').is_some() => cell.push('"'),
            Some('"') => break,
            Some(character) => cell.push(character),
        }
    }
    match characters.peek() {
        None | Some(',' | '\n') => Cell::Text(cell),
        Some(_) => Cell::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use compat::json;

    use super::*;

    const NAMES: &str = "UserLogin,OutOfOffice,StartDate";

    /// The entries as JSON, or the refusal.
    fn entries(table: &str) -> String {
        match map(Value::map([(TABLE, table)])) {
            Ok(data) => {
                assert_eq!(data.get(TABLE), Some(&Value::text(table)), "it stays");
                json::write(data.get(ENTRIES).unwrap())
            }
            Err(Refusal::Data { message, .. } | Refusal::Settings(message)) => message,
        }
    }

    #[test]
    fn lines_become_entries() {
        let alice = r#"[{"OutOfOffice":"1","StartDate":"2026-11-01","UserLogin":"alice"}]"#;
        for table in [
            format!("{NAMES}\nalice,1,2026-11-01"),
            format!("{NAMES}\r\nalice,1,2026-11-01\r\n"),
            format!("{NAMES}\ralice,1,2026-11-01"),
            format!(
                "\"{}\"\n\"alice\",\"1\",2026-11-01",
                NAMES.replace(',', "\",\"")
            ),
            format!("{NAMES}\nalice,1,2026-11-01,more"),
            format!("{NAMES}\nalice,1,2026-11-01\n\"bob,1,2026-11-01"),
        ] {
            assert_eq!(entries(&table), alice, "{table}");
        }
        assert_eq!(
            entries("UserLogin,UserLogin\n\"a\"\"b\",\"c,\nd\""),
            r#"[{"UserLogin":"c,\nd"}]"#
        );
        assert_eq!(
            entries(&format!("{NAMES}\nalice,")),
            r#"[{"OutOfOffice":"","StartDate":null,"UserLogin":"alice"}]"#
        );
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let missing = "Parameter OutOfOfficeEntriesCSVString is missing.";
        let wrong = "Error while parsing CSV string of parameter OutOfOfficeEntriesCSVString.";
        let empty = "CSV in parameter OutOfOfficeEntriesCSVString does not contain any entries.";
        for (table, refusal) in [
            ("", missing),
            ("hello", empty),
            (NAMES, empty),
            ("\u{feff}a\nb", wrong),
            ("a\n\"b\"c", wrong),
            ("a\nb\"c", wrong),
            ("a\n \"b\"", wrong),
            ("\"a\";\"b\"\n1;2", wrong),
            ("a\n\"b", empty),
        ] {
            assert_eq!(entries(table), refusal, "{table}");
        }
    }
}
