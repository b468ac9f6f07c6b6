//! Defaults of settings that hold structures; the values of a fresh Znuny 6.5.

use compat::{Map, Value};

fn rule(module: &str, granted: &str, required: &str) -> Value {
    Value::map([
        ("Module", module),
        ("Granted", granted),
        ("Required", required),
    ])
}

/// `Ticket::Permission`.
pub fn agent_rules() -> Value {
    let rule = |name: &str| {
        rule(
            &format!("Kernel::System::Ticket::Permission::{name}"),
            "1",
            "0",
        )
    };
    Value::map([
        ("1-OwnerCheck", rule("OwnerCheck")),
        ("2-ResponsibleCheck", rule("ResponsibleCheck")),
        ("3-GroupCheck", rule("GroupCheck")),
        ("4-WatcherCheck", rule("WatcherCheck")),
        ("6-MentionCheck", rule("MentionCheck")),
    ])
}

/// `CustomerTicket::Permission`.
pub fn customer_rules() -> Value {
    let rule = |name: &str, granted: &str, required: &str| {
        rule(
            &format!("Kernel::System::Ticket::CustomerPermission::{name}"),
            granted,
            required,
        )
    };
    Value::map([
        ("1-GroupCheck", rule("GroupCheck", "0", "1")),
        (
            "2-CustomerUserIDCheck",
            rule("CustomerUserIDCheck", "1", "0"),
        ),
        ("3-CustomerIDCheck", rule("CustomerIDCheck", "1", "0")),
        ("4-CustomerGroupCheck", rule("CustomerGroupCheck", "1", "0")),
    ])
}

/// `CustomerGroupPermissionContext`.
pub fn customer_contexts() -> Value {
    let same = Value::map([
        ("Name", "Same Customer"),
        ("Value", "Ticket::CustomerID::Same"),
    ]);
    Value::map([("001-CustomerID-same", same)])
}

/// `TimeWorkingHours`: Monday to Friday, 8 to 21 o'clock.
pub fn working_hours() -> Value {
    let worked: Vec<Value> = (8..=20).map(|hour| Value::text(hour.to_string())).collect();
    let mut week = Map::new();
    for day in ["Mon", "Tue", "Wed", "Thu", "Fri"] {
        week.insert(day.to_owned(), Value::List(worked.clone()));
    }
    for day in ["Sat", "Sun"] {
        week.insert(day.to_owned(), Value::List(Vec::new()));
    }
    Value::Map(week)
}

/// `TimeVacationDays`.
pub fn vacation_days() -> Value {
    Value::map([
        ("1", Value::map([("1", "New Year's Day")])),
        ("5", Value::map([("1", "International Workers' Day")])),
        (
            "12",
            Value::map([
                ("24", "Christmas Eve"),
                ("25", "First Christmas Day"),
                ("26", "Second Christmas Day"),
                ("31", "New Year's Eve"),
            ]),
        ),
    ])
}

/// `TimeVacationDaysOneTime`.
pub fn vacation_days_one_time() -> Value {
    let first = Value::map([("1", "test")]);
    Value::map([("2004", Value::map([("1", first)]))])
}
