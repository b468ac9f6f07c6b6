//! Access control lists as administrators configure them: which of several choices are left in a situation.
//!
//! An [`Acl`] has two halves. What it requires is compared with the [`Known`] attributes of the situation: those that a
//! person has put into a form (`Properties`) and those that the database holds (`PropertiesDatabase`). What it changes
//! is a list of choices, such as the states of a ticket or the names of screens.
//! Source: the reference system's forms under some hundred lists, kept in `fixtures/acl`.

use std::collections::BTreeMap;

use crate::Value;

mod apply;
mod read;
mod test;

pub use apply::{Step, limit, steps};
pub use test::Test;

/// One access control list.
#[derive(Clone, Debug, Default)]
pub struct Acl {
    pub name: String,
    /// Whether lists behind this one are left out where this one had its say.
    pub stop: bool,
    pub requirements: Vec<Requirement>,
    pub changes: Vec<Change>,
    /// Parts that could not be read, in words; they require what never is, and change nothing.
    pub complaints: Vec<String>,
}

/// Where attributes come from.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Side {
    /// `Properties`: the database's with what somebody has just chosen on top.
    Given,
    /// `PropertiesDatabase`.
    Stored,
}

impl Side {
    /// OTRS's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Given => "Properties",
            Self::Stored => "PropertiesDatabase",
        }
    }
}

/// One attribute that has to pass one of the tests.
#[derive(Clone, Debug)]
pub struct Requirement {
    pub side: Side,
    /// Such as `Queue`.
    pub object: String,
    /// Such as `Name`; empty for an object without any attribute, which is never met.
    pub key: String,
    pub tests: Vec<Test>,
}

/// What happens to a list of choices.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum How {
    /// Of all the choices that there were at first, those that pass.
    Possible,
    /// Those that pass come back.
    PossibleAdd,
    /// Those that pass go.
    PossibleNot,
}

impl How {
    /// In the order in which one list applies them.
    pub const ALL: [Self; 3] = [Self::Possible, Self::PossibleAdd, Self::PossibleNot];

    /// OTRS's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Possible => "Possible",
            Self::PossibleAdd => "PossibleAdd",
            Self::PossibleNot => "PossibleNot",
        }
    }
}

/// Which choices are meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Subject<'a> {
    /// Values of a ticket's attribute, such as `State`, `NewOwner` or `DynamicField_Name`.
    Ticket(&'a str),
    /// Screens.
    Action,
    /// Keys of processes.
    Process,
    /// Keys of activity dialogs.
    ActivityDialog,
}

impl Subject<'_> {
    /// OTRS's word for the kind of choices.
    pub const fn area(self) -> &'static str {
        match self {
            Self::Ticket(_) => "Ticket",
            Self::Action => "Action",
            Self::Process => "Process",
            Self::ActivityDialog => "ActivityDialog",
        }
    }
}

/// One change of one list of choices.
#[derive(Clone, Debug)]
pub struct Change {
    pub how: How,
    /// `Ticket`, `Action`, `Process` or `ActivityDialog`.
    pub area: String,
    /// The attribute of the ticket; empty for the other areas.
    pub attribute: String,
    pub tests: Vec<Test>,
}

/// An attribute's value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fact {
    One(String),
    Many(Vec<String>),
}

impl From<&str> for Fact {
    fn from(text: &str) -> Self {
        Self::One(text.to_owned())
    }
}

impl From<String> for Fact {
    fn from(text: String) -> Self {
        Self::One(text)
    }
}

impl From<&Value> for Fact {
    /// What is no text counts as the empty one.
    fn from(value: &Value) -> Self {
        match value {
            Value::List(items) => Self::Many(
                items
                    .iter()
                    .map(|item| item.as_string().unwrap_or_default())
                    .collect(),
            ),
            other => Self::One(other.as_string().unwrap_or_default()),
        }
    }
}

/// The attributes of one object by their names.
pub type Facts = BTreeMap<String, Fact>;

/// The attributes of a situation: by side and object.
#[derive(Clone, Debug, Default)]
pub struct Known(BTreeMap<(Side, String), Facts>);

impl Known {
    pub fn set(&mut self, side: Side, object: &str, facts: Facts) {
        self.0.insert((side, object.to_owned()), facts);
    }

    /// Whether the object was looked at, also when nothing is known of it.
    pub fn has(&self, side: Side, object: &str) -> bool {
        self.0.contains_key(&(side, object.to_owned()))
    }

    pub fn get(&self, side: Side, object: &str, key: &str) -> Option<&Fact> {
        self.0.get(&(side, object.to_owned()))?.get(key)
    }
}

/// Whether a situation is the one that a list is for.
#[derive(Clone, Copy, Debug)]
pub enum Verdict<'a> {
    Matches,
    /// The attribute is not known in the situation.
    Unknown(&'a Requirement),
    /// The attribute has a value that passes no test.
    Differs(&'a Requirement, &'a Fact),
}

impl Verdict<'_> {
    pub fn is_match(&self) -> bool {
        matches!(self, Self::Matches)
    }
}

impl Acl {
    /// Whether the list says anything about these choices.
    pub fn concerns(&self, subject: Subject<'_>) -> bool {
        self.changes.iter().any(|change| change.is_about(subject))
    }

    /// Compares what is required with what is known; the first requirement that is not met decides.
    pub fn verdict<'a>(&'a self, known: &'a Known) -> Verdict<'a> {
        for requirement in &self.requirements {
            let fact = known.get(requirement.side, &requirement.object, &requirement.key);
            let Some(fact) = fact else {
                return Verdict::Unknown(requirement);
            };
            if !requirement.tests.iter().any(|test| test.passes(fact)) {
                return Verdict::Differs(requirement, fact);
            }
        }
        Verdict::Matches
    }
}

impl Change {
    /// Whether the change is about these choices.
    pub fn is_about(&self, subject: Subject<'_>) -> bool {
        let attribute = match subject {
            Subject::Ticket(name) => name,
            Subject::Action | Subject::Process | Subject::ActivityDialog => "",
        };
        self.area == subject.area() && self.attribute == attribute
    }
}
