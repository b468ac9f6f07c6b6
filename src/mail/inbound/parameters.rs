//! What the postmaster decides by: the headers that it looks at, and what filters add to them.

use crate::settings::Settings;

use super::parse::{Message, header::names_people};

/// The beginning of the headers that tell the postmaster what to do.
const OWN: &str = "x-otrs-";
/// Those that name dynamic fields; `FollowUp-` ones for tickets that are there.
pub const FIELD: &str = "X-OTRS-DynamicField-";
pub const FOLLOW_UP_FIELD: &str = "X-OTRS-FollowUp-DynamicField-";

/// Values by name, without regard to case.
#[derive(Clone, Debug, Default)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The headers of a message that `PostmasterX-Header` names and those of dynamic fields. Several of one name are one.
    /// Whoever is not trusted can not say what to do.
    pub fn of(message: &Message, settings: &Settings, is_trusted: bool) -> Self {
        let wanted = settings.list("PostmasterX-Header");
        let is_wanted = |name: &str| {
            let is_field = [FIELD, FOLLOW_UP_FIELD].iter().any(|start| {
                name.get(..start.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(start))
            });
            is_field || wanted.iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        let mut parameters = Self::default();
        for (name, value) in &message.headers {
            let is_own = name.to_ascii_lowercase().starts_with(OWN);
            if is_own && !is_trusted || !is_wanted(name) {
                continue;
            }
            parameters.add(name, value);
        }
        if parameters.get("Reply-To").is_empty() {
            let other = parameters.get("ReplyTo").to_owned();
            parameters.set("Reply-To", &other);
        }
        parameters.set("Body", &message.body);
        parameters
    }

    fn add(&mut self, name: &str, value: &str) {
        let mut known = self.0.iter_mut();
        match known.find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, old)) if old.is_empty() => value.clone_into(old),
            Some((_, old)) if !value.is_empty() => {
                old.push_str(if names_people(name) { ", " } else { " " });
                old.push_str(value);
            }
            Some(_) => {}
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }

    /// The value; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        let found = self
            .0
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The value, unless it is empty.
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    pub fn set(&mut self, name: &str, value: &str) {
        match self
            .0
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            Some((_, old)) => value.clone_into(old),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }

    /// The names behind a beginning, with their values.
    pub fn starting_with<'a>(&'a self, start: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| {
            let head = name.get(..start.len())?;
            head.eq_ignore_ascii_case(start)
                .then(|| (&name[start.len()..], value.as_str()))
        })
    }
}
