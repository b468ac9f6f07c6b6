//! From the two structures of a row, or of an entry in `Kernel/Config.pm`, to a list.

use super::{Acl, Change, How, Requirement, Side, Test};
use crate::Value;

impl Acl {
    /// `matching` has `Properties` and `PropertiesDatabase`, `change` has `Possible`, `PossibleAdd` and `PossibleNot`;
    /// either may be `Undef`. A single text counts as a list of one.
    pub fn new(name: &str, stop: bool, matching: &Value, change: &Value) -> Self {
        let mut acl = Self {
            name: name.to_owned(),
            stop,
            ..Self::default()
        };
        for side in [Side::Given, Side::Stored] {
            let objects = matching.get(side.name()).and_then(Value::as_map);
            for (object, keys) in objects.into_iter().flatten() {
                acl.require(side, object, keys);
            }
        }
        for how in How::ALL {
            let areas = change.get(how.name()).and_then(Value::as_map);
            for (area, choices) in areas.into_iter().flatten() {
                acl.change(how, area, choices);
            }
        }
        acl
    }

    fn require(&mut self, side: Side, object: &str, keys: &Value) {
        let mut require = |key: &str, tests| {
            self.requirements.push(Requirement {
                side,
                object: object.to_owned(),
                key: key.to_owned(),
                tests,
            });
        };
        // An object without attributes is never met.
        let Some(keys) = keys.as_map().filter(|keys| !keys.is_empty()) else {
            require("", Vec::new());
            return;
        };
        let mut complaints = Vec::new();
        for (key, wanted) in keys {
            require(key, tests(wanted, &mut complaints));
        }
        self.complaints.append(&mut complaints);
    }

    fn change(&mut self, how: How, area: &str, choices: &Value) {
        let mut complaints = Vec::new();
        let mut change = |attribute: &str, wanted: &Value| {
            let is_list = matches!(wanted, Value::List(_));
            if is_list || wanted.as_string().is_some() {
                self.changes.push(Change {
                    how,
                    area: area.to_owned(),
                    attribute: attribute.to_owned(),
                    tests: tests(wanted, &mut complaints),
                });
            }
        };
        if area == "Ticket" {
            for (attribute, wanted) in choices.as_map().into_iter().flatten() {
                change(attribute, wanted);
            }
        } else if choices.as_list().is_some_and(|list| !list.is_empty()) {
            // Unlike a ticket's attribute, an empty list of screens is no list.
            change("", choices);
        }
        self.complaints.append(&mut complaints);
    }
}

fn tests(wanted: &Value, complaints: &mut Vec<String>) -> Vec<Test> {
    let one = std::slice::from_ref(wanted);
    let texts = wanted.as_list().unwrap_or(one).iter();
    let texts = texts.filter_map(Value::as_string);
    texts
        .map(|text| {
            Test::new(&text).unwrap_or_else(|error| {
                complaints.push(error.to_string());
                Test::never(&text)
            })
        })
        .collect()
}
