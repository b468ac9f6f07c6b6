//! Mail addresses as the settings want them.

use compat::{mail_address, pattern::Pattern};

use crate::settings::Settings;

/// Whether each address in a text may be one: `CheckEmailAddresses` says whether that is looked at, `CheckEmailValidAddress`
/// which ones are right in any case, and `CheckEmailInvalidAddress` which hosts are none. Whether a host takes mail
/// (`CheckMXRecord`) is not asked.
///
/// Source: answers of the reference system for some forty addresses.
pub fn is_acceptable(settings: &Settings, text: &str) -> bool {
    if !settings.is_on("CheckEmailAddresses") {
        return true;
    }
    let matches = |setting: &str, address: &str| {
        let pattern = settings.text(setting);
        !pattern.is_empty() && Pattern::new(&pattern).is_ok_and(|it| it.is_match(address))
    };
    mail_address::each(text).iter().all(|address| {
        matches("CheckEmailValidAddress", address)
            || mail_address::is_one(address) && !matches("CheckEmailInvalidAddress", address)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_examples_are_none_and_the_administrator_is_always_right() {
        let settings = Settings::default();

        for right in [
            "a@mail.example",
            "root@localhost",
            "Ann <a@sub.example.com>",
        ] {
            assert!(is_acceptable(&settings, right), "{right}");
        }
        for wrong in [
            "a@example.com",
            "a@example.org",
            "other@localhost",
            "nobody",
        ] {
            assert!(!is_acceptable(&settings, wrong), "{wrong}");
        }
    }
}
