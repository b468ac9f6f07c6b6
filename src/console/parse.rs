//! Reading a command line as the reference system's console does.
//!
//! Names are whole, with one dash or two, values follow as `--name value` or `--name=value`. Of an option that is given
//! twice the last value counts. What is no option of the command is an argument, whatever it looks like.

use super::{Allowed, Argument, Command, CommandOption, Kind};

/// What somebody typed after the name of a command.
#[derive(Clone, Debug, Default)]
pub struct Given {
    pub help: bool,
    pub quiet: bool,
    options: Vec<(&'static str, String)>,
    flags: Vec<&'static str>,
    /// In the order of the command's arguments.
    arguments: Vec<String>,
    /// What the command has no place for.
    unknown: Vec<String>,
}

/// Puts every word where it belongs; [`Given::check`] says what is wrong with it.
pub fn read(command: &Command, words: &[String]) -> Given {
    let mut given = Given::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let named = word.strip_prefix("--").or_else(|| word.strip_prefix('-'));
        let (name, value) = match named.map(|named| (named, named.split_once('='))) {
            Some((_, Some((name, value)))) => (name, Some(value.to_owned())),
            Some((name, None)) => (name, None),
            None => {
                given.argument(command, word);
                continue;
            }
        };
        let option = command
            .options
            .iter()
            .find(|option| option.name.eq_ignore_ascii_case(name));
        match (option, name) {
            (Some(option), _) if matches!(option.kind, Kind::Flag) => given.flags.push(option.name),
            (Some(option), _) => {
                let value = match value {
                    Some(value) => Some(value).filter(|value| !value.is_empty()),
                    None => words.next().cloned(),
                };
                given
                    .options
                    .extend(value.map(|value| (option.name, value)));
            }
            (None, "help") => given.help = true,
            (None, "quiet") => given.quiet = true,
            // Nothing is coloured.
            (None, "no-ansi" | "allow-root") => {}
            (None, _) => given.argument(command, word),
        }
    }
    given
}

impl Given {
    fn argument(&mut self, command: &Command, word: &str) {
        if self.arguments.len() < command.arguments.len() {
            self.arguments.push(word.to_owned());
        } else {
            self.unknown.push(word.to_owned());
        }
    }

    /// What is missing, wrong or too much, as the reference system says it.
    pub fn check(&self, command: &Command) -> Result<(), String> {
        for option in command.options {
            self.check_option(option)?;
        }
        for (position, argument) in command.arguments.iter().enumerate() {
            let complaint = match self.arguments.get(position) {
                None if argument.required => "a value",
                Some(value) if !argument.allowed.is_right(value) => "a valid value",
                _ => continue,
            };
            return Err(format!(
                "please provide {complaint} for argument '{}'.",
                argument.name
            ));
        }
        if self.unknown.is_empty() {
            return Ok(());
        }
        let unknown: Vec<String> = self.unknown.iter().map(|it| format!("'{it}'")).collect();
        Err(format!(
            "found unknown arguments on the command line ({}).",
            unknown.join(", ")
        ))
    }

    fn check_option(&self, option: &CommandOption) -> Result<(), String> {
        let (Kind::Value(allowed) | Kind::Values(allowed)) = option.kind else {
            return Ok(());
        };
        let all: Vec<&str> = self.all(option.name).collect();
        let values = match option.kind {
            Kind::Values(_) => all.as_slice(),
            _ => all.last().map_or(&[][..], std::slice::from_ref),
        };
        if option.required && values.is_empty() {
            return Err(format!("please provide option '--{}'.", option.name));
        }
        if values.iter().all(|value| allowed.is_right(value)) {
            return Ok(());
        }
        Err(format!(
            "please provide a valid value for option '--{}'.",
            option.name
        ))
    }

    /// The value of an option; `None` when it was not given.
    pub fn option(&self, name: &str) -> Option<&str> {
        let mut options = self.options.iter().rev();
        let (_, value) = options.find(|(known, _)| *known == name)?;
        Some(value)
    }

    /// The value of an option that the check wanted; empty when it was not given.
    pub fn text(&self, name: &str) -> &str {
        self.option(name).unwrap_or_default()
    }

    /// A whole number; `None` when it was not given, or is too large.
    pub fn number(&self, name: &str) -> Option<i32> {
        self.option(name)?.parse().ok()
    }

    /// Every value of an option.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.options
            .iter()
            .filter(move |(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn has(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    /// The argument at a position; `None` when it was not given.
    pub fn argument_at(&self, position: usize) -> Option<&str> {
        self.arguments.get(position).map(String::as_str)
    }
}

impl Allowed {
    fn is_right(self, value: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Number => !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Date => has_form(value, "0000-00-00"),
            Self::Moment => has_form(value, "0000-00-00 00:00:00"),
            Self::OneOf(values) => values.contains(&value),
            Self::OneOfInAnyCase(values) => {
                values.iter().any(|known| known.eq_ignore_ascii_case(value))
            }
        }
    }
}

/// Whether a value has digits where the form has zeros, and its other characters where the form has them.
fn has_form(value: &str, form: &str) -> bool {
    value.len() == form.len()
        && value.bytes().zip(form.bytes()).all(|pair| match pair {
            (byte, b'0') => byte.is_ascii_digit(),
            (byte, wanted) => byte == wanted,
        })
}

impl Argument {
    pub const fn required(name: &'static str, about: &'static str) -> Self {
        Self {
            required: true,
            ..Self::optional(name, about)
        }
    }

    pub const fn optional(name: &'static str, about: &'static str) -> Self {
        Self {
            name,
            about,
            allowed: Allowed::Anything,
            required: false,
        }
    }

    /// The same for these values only.
    #[must_use]
    pub const fn allowed(self, allowed: Allowed) -> Self {
        Self { allowed, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Run;

    const COMMAND: Command = Command {
        name: "Test",
        about: "",
        options: &[
            CommandOption::required("name", ""),
            CommandOption::optional("group", "").many(),
            CommandOption::optional("minutes", "").allowed(Allowed::Number),
        ],
        arguments: &[Argument::optional("file", "")],
        run: Run::Alone(|_, _, _| ()),
    };

    fn check(line: &str) -> (Given, Result<(), String>) {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let given = read(&COMMAND, &words);
        let checked = given.check(&COMMAND);
        (given, checked)
    }

    #[test]
    fn options_stand_in_any_order_and_the_last_one_counts() {
        let (given, checked) =
            check("--name one --group=a x -name=two --group b --quiet --no-ansi");
        assert_eq!(checked, Ok(()));
        assert_eq!(given.option("name"), Some("two"));
        assert_eq!(given.all("group").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(given.argument_at(0), Some("x"));
        assert!(given.quiet);
    }

    #[test]
    fn what_is_wrong_is_said_in_the_words_of_otrs() {
        for (line, complaint) in [
            ("", "please provide option '--name'."),
            ("--name", "please provide option '--name'."),
            ("--name=", "please provide option '--name'."),
            ("--nam=g1", "please provide option '--name'."),
            (
                "--name a --minutes x",
                "please provide a valid value for option '--minutes'.",
            ),
            (
                "--name a f --foo 1",
                "found unknown arguments on the command line ('--foo', '1').",
            ),
        ] {
            assert_eq!(check(line).1, Err(complaint.to_owned()), "{line}");
        }
    }
}
