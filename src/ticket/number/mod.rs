//! Ticket numbers: which number a new ticket gets, such that no other has it, ours or the Perl system's.
//!
//! Three of the four generators count in `ticket_number_counter`, see [`counter`]. Which one, `Ticket::NumberGenerator` says.
//! Source: numbers and counter rows of the reference system.

use chrono::{NaiveDate, NaiveDateTime};
use rand::Rng as _;
use schema::{DbError, Dialect, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::work::Work;
use crate::settings::Settings;

pub mod counter;

pub use counter::Counter;

/// A number that was tried is taken: how often another one is.
const ATTEMPTS: i64 = 1_000;

/// How numbers are made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Generator {
    AutoIncrement,
    Date,
    DateChecksum,
    Random,
}

/// A generator with its settings.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Format {
    pub generator: Generator,
    pub system_id: String,
    /// Digits of a counter that is padded.
    pub min_counter_size: usize,
    /// Whether the generator `Date` pads its counter.
    pub pad_date_counter: bool,
}

impl Format {
    /// What the settings say; `None` for a generator that OTRS does not bring along.
    pub fn from_settings(settings: &Settings) -> Option<Self> {
        let module = settings.text("Ticket::NumberGenerator");
        let generator = match module.rsplit("::").next().unwrap_or_default() {
            "AutoIncrement" => Generator::AutoIncrement,
            "Date" => Generator::Date,
            "DateChecksum" => Generator::DateChecksum,
            "Random" => Generator::Random,
            _ => return None,
        };
        let size = settings.integer("Ticket::NumberGenerator::MinCounterSize");
        Some(Self {
            generator,
            system_id: settings.text("SystemID"),
            min_counter_size: usize::try_from(size)
                .ok()
                .filter(|size| *size > 0)
                .unwrap_or(5),
            pad_date_counter: settings.is_on("Ticket::NumberGenerator::Date::UseFormattedCounter"),
        })
    }

    /// The number for a counter on a day; a random generator takes the counter for its random part.
    pub fn number(&self, day: NaiveDate, counter: i64) -> String {
        let system = &self.system_id;
        let size = self.min_counter_size;
        let day = day.format("%Y%m%d");
        match self.generator {
            Generator::AutoIncrement => format!("{system}{counter:0size$}"),
            Generator::Date if self.pad_date_counter => format!("{day}{system}{counter:0size$}"),
            Generator::Date => format!("{day}{system}{counter}"),
            Generator::DateChecksum => with_check_digit(format!("{day}{system}{counter:0size$}")),
            Generator::Random => format!("{system}{counter:010}"),
        }
    }

    /// Whether counting begins anew each day.
    fn is_daily(&self) -> bool {
        matches!(self.generator, Generator::Date | Generator::DateChecksum)
    }
}

/// The digits weighted by one and two in turn; what their sum lacks to the next ten is the check digit, and one for ten.
fn with_check_digit(mut number: String) -> String {
    let weights = [1, 2].into_iter().cycle();
    let digits = number
        .chars()
        .map(|digit| digit.to_digit(10).unwrap_or_default());
    let sum: u32 = digits
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    let check = match 10 - sum % 10 {
        10 => 1,
        digit => digit,
    };
    number.push_str(&check.to_string());
    number
}

/// The number for the next ticket.
///
/// A number is taken at once and for good, outside the ticket's transaction: others do not wait for the ticket, and a
/// ticket that is rolled back leaves a gap, never a number that comes twice. On SQLite, where only one writes at a time,
/// it is taken within the transaction.
///
/// Errors: [`DbError::Inconsistent`] when a thousand numbers in a row belong to tickets.
pub async fn next(work: &mut Work<'_>, format: &Format) -> Result<String, DbError> {
    let now = work.stamp.at;
    let mut last = 0;
    for attempt in 1..=ATTEMPTS {
        last = match format.generator {
            Generator::Random => rand::rng().random_range(0..10_000_000_000),
            _ => count(work, format, now, attempt).await?,
        };
        // The first row of an empty table goes on where the tickets are.
        if format.generator == Generator::AutoIncrement && (attempt, last) == (1, 1) {
            let newest = newest_counter(&mut work.tx, format).await?;
            if newest > 0 {
                last = count(work, format, now, newest).await?;
            }
        }
        let number = format.number(now.date(), last);
        if !is_taken(&mut work.tx, &number).await? {
            return Ok(number);
        }
    }
    Err(DbError::Inconsistent {
        table: "ticket_number_counter",
        column: "counter",
        row: last,
    })
}

async fn count(
    work: &mut Work<'_>,
    format: &Format,
    now: NaiveDateTime,
    step: i64,
) -> Result<i64, DbError> {
    let since = format
        .is_daily()
        .then(|| now.date().and_time(chrono::NaiveTime::MIN));
    let request = counter::Request { now, since, step };
    if work.tx.dialect() == Dialect::Sqlite {
        return counter::take_one(&mut work.tx, request).await;
    }
    work.app.numbers.take(request).await
}

/// The counter in the number of the newest ticket, 0 when it has another form.
async fn newest_counter(tx: &mut Tx, format: &Format) -> Result<i64, DbError> {
    let query = Query::select()
        .column(t::Ticket::Tn)
        .from(t::Ticket::Table)
        .order_by(t::Ticket::Id, Order::Desc)
        .limit(1)
        .to_owned();
    let newest: Option<(String,)> = tx.fetch_optional(&query).await?;
    let counter = newest.and_then(|(tn,)| tn.strip_prefix(&format.system_id)?.parse().ok());
    Ok(counter.unwrap_or_default())
}

async fn is_taken(tx: &mut Tx, number: &str) -> Result<bool, DbError> {
    let query = Query::select()
        .column(t::Ticket::Id)
        .from(t::Ticket::Table)
        .and_where(Expr::col(t::Ticket::Tn).eq(number))
        .to_owned();
    let found: Option<(i64,)> = tx.fetch_optional(&query).await?;
    Ok(found.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(generator: Generator) -> Format {
        Format {
            generator,
            system_id: "10".to_owned(),
            min_counter_size: 5,
            pad_date_counter: false,
        }
    }

    #[test]
    fn numbers_look_like_those_of_the_reference_system() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let checked = format(Generator::DateChecksum);
        for (counter, number) in [
            (36, "2026112110000364"),
            (37, "2026112110000373"),
            (48, "2026112110000481"),
            (49, "2026112110000499"),
            (100, "2026112110001005"),
            (122, "2026112110001229"),
        ] {
            assert_eq!(checked.number(day, counter), number);
        }
        let date = format(Generator::Date);
        assert_eq!(date.number(day, 1), "20261121101");
        assert_eq!(format(Generator::AutoIncrement).number(day, 200), "1000200");
        assert_eq!(
            format(Generator::Random).number(day, 134_424_677),
            "100134424677"
        );
        let padded = Format {
            pad_date_counter: true,
            ..date
        };
        assert_eq!(padded.number(day, 1), "202611211000001");
    }
}
