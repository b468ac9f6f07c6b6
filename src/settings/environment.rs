//! Settings from the environment: `OTTERDESK_SET_TICKET_HOOK` is `Ticket::Hook`.

use compat::Value;

use super::{SettingsError, Shape, definitions};

const PREFIX: &str = "OTTERDESK_SET_";

/// The settings among these variables; a variable with our prefix that names none is an error.
pub fn settings(
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Vec<(String, Value)>, SettingsError> {
    variables
        .into_iter()
        .filter(|(variable, _)| variable.starts_with(PREFIX))
        .map(|(variable, text)| one(&variable, text))
        .collect()
}

fn one(variable: &str, text: String) -> Result<(String, Value), SettingsError> {
    let wrong = |message: String| SettingsError::Environment {
        variable: variable.to_owned(),
        message,
    };
    let definition = definitions::all()
        .find(|definition| name_of(definition.name) == variable)
        .ok_or_else(|| wrong("no setting has this name".to_owned()))?;
    let value = match definition.shape {
        Shape::List(_) => Value::List(text.split(',').map(|item| item.trim().into()).collect()),
        Shape::Hash(_) | Shape::Tree(_) | Shape::Group(_) => {
            return Err(wrong(
                "this setting is a structure; set it in otterdesk.toml".to_owned(),
            ));
        }
        Shape::Text(_) | Shape::Switch(_) | Shape::Integer(_) | Shape::Unset => Value::Text(text),
    };
    definition
        .shape
        .check(&value)
        .map_err(|wanted| wrong(format!("the value must be {wanted}")))?;
    Ok((definition.name.to_owned(), value))
}

/// The variable for a setting: upper case, with `_` for every run of other characters.
pub fn name_of(setting: &str) -> String {
    let words: Vec<_> = setting
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    format!("{PREFIX}{}", words.join("_").to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_variable_sets_a_setting() {
        let found = settings(variables(&[
            ("PATH", "/bin"),
            ("OTTERDESK_SET_SESSIONMAXTIME", "60"),
        ]))
        .unwrap();

        assert_eq!(found, [("SessionMaxTime".to_owned(), Value::text("60"))]);
    }

    #[test]
    fn a_variable_that_names_nothing_is_refused() {
        let error = settings(variables(&[("OTTERDESK_SET_NOTHING", "1")])).unwrap_err();

        assert_eq!(
            error.to_string(),
            "environment variable OTTERDESK_SET_NOTHING: no setting has this name"
        );
    }

    #[test]
    fn no_two_settings_share_a_variable() {
        let mut names: Vec<_> = definitions::all()
            .map(|definition| name_of(definition.name))
            .collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();

        assert_eq!(names.len(), count);
    }
}
