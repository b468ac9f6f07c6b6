//! Web services (OTRS's *GenericInterface*). As a provider: a request comes in by REST or SOAP, is mapped, answered by
//! an operation, mapped again and sent back. As a requester: an invoker's data is mapped and sent, and the answer
//! mapped again.
//!
//! What a web service is made of stands in `gi_webservice_config`, one row each. This room translates; what
//! operations do with tickets and sessions belongs to those rooms.

use compat::Value;

pub mod administration;
mod authentication;
mod compiled;
pub mod debugger;
mod mapping;
pub mod operation;
pub mod provider;
mod registry;
pub mod requester;
mod transport;

pub use compiled::Compiled;
pub use registry::{Named, Registry};

/// One web service, as its row in `gi_webservice_config` describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct WebService {
    pub id: i32,
    pub name: String,
    /// The whole configuration as it stands in the row; see [`WebService::setting`].
    pub config: Value,
    pub compiled: Compiled,
}

impl WebService {
    /// One entry of the configuration, found by the keys that lead to it: `["Provider", "Transport", "Type"]`.
    pub fn setting(&self, path: &[&str]) -> Option<&Value> {
        path.iter()
            .try_fold(&self.config, |value, key| value.get(key))
    }

    /// One entry of the part that serves requests.
    pub fn provider(&self, path: &[&str]) -> Option<&Value> {
        path.iter()
            .try_fold(self.config.get("Provider")?, |value, key| value.get(key))
    }

    /// One entry of the part that serves requests, as text; an empty text counts as not set.
    pub fn provider_text(&self, path: &[&str]) -> Option<String> {
        self.provider(path)
            .and_then(Value::as_string)
            .filter(|text| !text.is_empty())
    }

    /// One entry of the part that sends requests.
    pub fn requester(&self, path: &[&str]) -> Option<&Value> {
        path.iter()
            .try_fold(self.config.get("Requester")?, |value, key| value.get(key))
    }

    /// One entry of the part that sends requests, as text; an empty text counts as not set.
    pub fn requester_text(&self, path: &[&str]) -> Option<String> {
        self.requester(path)
            .and_then(Value::as_string)
            .filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_found_by_its_keys() {
        let transport = Value::map([("Type", "HTTP::REST")]);
        let provider = Value::map([("Transport", transport)]);
        let service = WebService {
            id: 1,
            name: "Example".to_owned(),
            config: Value::map([("Provider", provider)]),
            compiled: Compiled::default(),
        };

        assert_eq!(
            service.setting(&["Provider", "Transport", "Type"]),
            Some(&Value::text("HTTP::REST"))
        );
        assert_eq!(service.setting(&["Provider", "Nothing", "Type"]), None);
    }
}
