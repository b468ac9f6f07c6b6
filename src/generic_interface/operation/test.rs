//! `Test::Test`: answers with what it was sent, so that transports and mappings can be tried out.

use compat::{Map, Value};

use super::{Answer, Request};

/// Answers with the request's own data, which must be a hash or nothing; `TestError` asks for a failure instead.
pub fn test(request: Request<'_>) -> Answer {
    match request.data {
        Value::Map(data) => match data.get("TestError").filter(|error| error.is_true()) {
            Some(error) => {
                let code = error.as_string().unwrap_or_default();
                Answer::FailureWithData {
                    message: format!("Error message for error code: {code}"),
                    data: Value::map([("ErrorData", Value::Undef)]),
                }
            }
            None => Answer::Data(data),
        },
        Value::Undef => Answer::Data(Map::new()),
        Value::Text(text) if text.is_empty() => Answer::Data(Map::new()),
        _ => Answer::Failure(
            "Got Data but it is not a hash ref in Operation Test backend)!".to_owned(),
        ),
    }
}
