//! The header SOAPAction, and how names of operations and elements belong together.

use thiserror::Error;

/// What a web service expects in SOAPAction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Anything, as long as what can be read of it fits.
    Anything,
    /// Name space, separator and operation. Without a separator in the settings `#` and `/` are both taken.
    NameSpaceSeparatorOperation(Option<String>),
    SeparatorOperation(Option<String>),
    Operation,
    FreeText(String),
}

/// Why a request's SOAPAction does not fit.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ActionError {
    #[error(
        "Namespace from SOAPAction '{found}' does not match namespace from configuration '{configured}'"
    )]
    NameSpace { found: String, configured: String },
    #[error(
        "Operation from SOAP data '{element}' does not match operation from SOAPAction '{found}'"
    )]
    Operation { element: String, found: String },
    #[error("SOAPAction '{found}' does not match expected result '{expected}'")]
    Whole { found: String, expected: String },
}

/// A header, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action<'a> {
    /// The header without the quotes around it.
    pub text: &'a str,
    pub name_space: Option<&'a str>,
    pub operation: Option<&'a str>,
}

const QUOTES: [char; 2] = ['"', '\''];
const SEPARATORS: [char; 2] = ['#', '/'];

impl<'a> Action<'a> {
    /// Takes a header apart; `None` when it is empty, with or without quotes.
    pub fn parse(header: &'a str) -> Option<Self> {
        let header = header.trim();
        let unquoted = QUOTES
            .iter()
            .find_map(|quote| header.strip_prefix(*quote)?.strip_suffix(*quote));
        let text = unquoted.unwrap_or(header);
        if text.is_empty() {
            return None;
        }
        let (name_space, operation) = match split(header) {
            Some((name_space, operation)) => (Some(name_space), Some(operation)),
            None => (None, unquoted.filter(|text| !text.contains(SEPARATORS))),
        };
        Some(Self {
            text,
            name_space,
            operation,
        })
    }

    /// Checks what needs no body: the name space.
    pub fn check_name_space(&self, configured: &str) -> Result<(), ActionError> {
        match self.name_space {
            Some(found) if found != configured => Err(ActionError::NameSpace {
                found: found.to_owned(),
                configured: configured.to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// Checks the operation against the element in the body, and the whole text against what the web service expects
    /// for an operation.
    pub fn check(
        &self,
        element: &str,
        operation: &str,
        name_space: &str,
        expected: &Expected,
    ) -> Result<(), ActionError> {
        if let Some(found) = self.operation.filter(|found| *found != element) {
            return Err(ActionError::Operation {
                element: element.to_owned(),
                found: found.to_owned(),
            });
        }
        let (accepted, shown) = match expected {
            Expected::Anything => return Ok(()),
            Expected::NameSpaceSeparatorOperation(Some(separator)) => {
                let text = format!("{name_space}{separator}{operation}");
                (self.text == text, text)
            }
            Expected::NameSpaceSeparatorOperation(None) => {
                let accepted = SEPARATORS
                    .iter()
                    .any(|separator| self.text == format!("{name_space}{separator}{operation}"));
                (accepted, format!("{name_space}#{operation}"))
            }
            Expected::SeparatorOperation(separator) => {
                let text = format!("{}{operation}", separator.as_deref().unwrap_or("#"));
                (self.text == text, text)
            }
            Expected::Operation => (self.text == operation, operation.to_owned()),
            Expected::FreeText(text) => (self.text == text, text.clone()),
        };
        if accepted {
            return Ok(());
        }
        Err(ActionError::Whole {
            found: self.text.to_owned(),
            expected: shown,
        })
    }
}

/// Name space and operation around the last separator; a quote at either end is left out where something else remains.
fn split(header: &str) -> Option<(&str, &str)> {
    let at = header.rfind(SEPARATORS)?;
    let name_space = header.get(..at)?;
    let operation = header.get(at + 1..)?;
    let operation = operation.strip_suffix(QUOTES).unwrap_or(operation);
    let name_space = match name_space.strip_prefix(QUOTES) {
        Some(rest) if !rest.is_empty() => rest,
        _ => name_space,
    };
    let usable = !name_space.is_empty() && !operation.is_empty() && !operation.contains(QUOTES);
    usable.then_some((name_space, operation))
}

/// How an element's name follows from an operation's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NameScheme {
    #[default]
    Plain,
    /// `Request` or `Response` behind the name.
    Suffix(String),
    /// Another text in place of the name.
    Replace(String),
}

impl NameScheme {
    /// The scheme from the settings `RequestNameScheme` or `ResponseNameScheme`, whose `own` value is `Request` or
    /// `Response`, and the free text beside it.
    pub fn from_settings(scheme: Option<&str>, own: &str, free_text: Option<&str>) -> Self {
        match (scheme, free_text) {
            (Some(scheme), _) if scheme == own => Self::Suffix(own.to_owned()),
            (Some("Append"), Some(text)) => Self::Suffix(text.to_owned()),
            (Some("Replace"), Some(text)) => Self::Replace(text.to_owned()),
            _ => Self::Plain,
        }
    }

    /// The element that answers an operation.
    pub fn element(&self, operation: &str) -> String {
        match self {
            Self::Plain => operation.to_owned(),
            Self::Suffix(suffix) => format!("{operation}{suffix}"),
            Self::Replace(text) => text.clone(),
        }
    }

    /// The operation that an element calls. A replaced name can not be turned back; it stands for itself.
    pub fn operation<'a>(&self, element: &'a str) -> &'a str {
        match self {
            Self::Suffix(suffix) => element.strip_suffix(suffix.as_str()).unwrap_or(element),
            Self::Plain | Self::Replace(_) => element,
        }
    }
}
