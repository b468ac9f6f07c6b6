//! Mapping *Test*: changes every top-level value in one way, so that a web service can be tried out.
//!
//! One difference on purpose: the reference system writes the address in memory of a list or hash (`HASH(0X55D…)`) in
//! its place; ours leaves it as it is.

use compat::{Map, Value};

use super::Refusal;

/// Maps a hash as the setting `TestOption` says: `ToUpper`, `ToLower` or `Empty`. Other options change nothing.
pub fn map(config: Option<&Map>, data: Value) -> Result<Value, Refusal> {
    let refusal = |message: &str| {
        Err(Refusal::Data {
            message: message.to_owned(),
            details: String::new(),
        })
    };
    let data = match data {
        Value::Map(data) => data,
        Value::Undef => return Ok(Value::Map(Map::new())),
        Value::Text(text) if text.is_empty() => return Ok(Value::Map(Map::new())),
        _ => return refusal("Got Data but it is not a hash ref in Mapping Test backend!"),
    };
    let option = match config.and_then(|config| config.get("TestOption")) {
        None | Some(Value::Undef) => return Ok(Value::Map(data)),
        Some(option) => option.as_string().unwrap_or_default(),
    };
    let change: fn(&str) -> String = match option.as_str() {
        "" => return refusal("Got no TestOption as string with value!"),
        "ToUpper" => str::to_uppercase,
        "ToLower" => str::to_lowercase,
        "Empty" => |_| String::new(),
        _ => return Ok(Value::Map(data)),
    };
    let changed = data.into_iter().map(|(key, value)| {
        let value = match value {
            Value::List(_) | Value::Map(_) if option != "Empty" => value,
            scalar => Value::Text(change(&scalar.as_string().unwrap_or_default())),
        };
        (key, value)
    });
    Ok(Value::Map(changed.collect()))
}

#[cfg(test)]
mod tests {
    use compat::json;

    use super::*;

    fn mapped(option: &str, data: &str) -> String {
        let config = Map::from([("TestOption".to_owned(), Value::text(option))]);
        match map(Some(&config), json::read(data).unwrap()) {
            Ok(data) => json::write(&data),
            Err(Refusal::Data { message, .. } | Refusal::Settings(message)) => message,
        }
    }

    #[test]
    fn values_are_changed_as_the_option_says() {
        let data = r#"{"a":"xY\u00e4","b":{"C":"d"},"i":5,"n":null,"z":""}"#;
        for (option, expected) in [
            (
                "ToUpper",
                r#"{"a":"XYÄ","b":{"C":"d"},"i":"5","n":"","z":""}"#,
            ),
            (
                "ToLower",
                r#"{"a":"xyä","b":{"C":"d"},"i":"5","n":"","z":""}"#,
            ),
            ("Empty", r#"{"a":"","b":"","i":"","n":"","z":""}"#),
            (
                "toupper",
                r#"{"a":"xYä","b":{"C":"d"},"i":5,"n":null,"z":""}"#,
            ),
            ("", "Got no TestOption as string with value!"),
        ] {
            assert_eq!(mapped(option, data), expected, "{option}");
        }
        assert_eq!(
            mapped("", "[1]"),
            "Got Data but it is not a hash ref in Mapping Test backend!"
        );
        assert_eq!(mapped("ToUpper", r#"{"a":"ß"}"#), r#"{"a":"SS"}"#);
    }
}
