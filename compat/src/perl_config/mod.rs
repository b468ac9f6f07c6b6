//! `Kernel/Config.pm`: the settings that an OTRS installation keeps in Perl.
//!
//! The file is a Perl module, and people write code in it. [`read`] takes what has one meaning without running
//! anything: assignments to `$Self->{...}` of texts, numbers, lists and hashes, here-documents, concatenations and
//! simple sums of literals, other settings of the same file where they are known, and `delete`. Everything else
//! (conditions, loops, calls, variables) is left out and listed line by line, so that a person can decide.
//!
//! ```
//! let config = compat::perl_config::read("$Self->{Home} = '/opt/otrs';\n$Self->{'Ticket::Hook'} = pick();\n");
//! assert_eq!(config.settings().get("Home"), Some(&compat::Value::text("/opt/otrs")));
//! assert_eq!(config.not_understood[0].number, 2);
//! ```
//!
//! Source: perl's manual (perldata, perlop); nothing is taken for granted about the installation.

mod expression;
mod source;
mod statement;

use crate::{Map, Value};

pub use statement::read;

/// Lists and hashes in the file may be nested this deep; a statement that goes deeper is not understood.
pub const MAX_DEPTH: usize = 100;

/// What a configuration file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PerlConfig {
    /// In the order of the file. A later change wins over an earlier one.
    pub changes: Vec<Change>,
    /// Lines that carry code with a meaning that only Perl could tell, in the order of the file.
    pub not_understood: Vec<Line>,
}

/// One statement; a path has at least one key, the setting's name first.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// `$Self->{A}->{B} = ...;`
    Set { path: Vec<String>, value: Value },
    /// `delete $Self->{A}->{B};`
    Delete { path: Vec<String> },
}

/// A line of the file, counted from 1, without the white space around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub number: usize,
    pub text: String,
}

impl PerlConfig {
    /// The settings of this file alone, from name to value.
    pub fn settings(&self) -> Map {
        let mut settings = Map::new();
        self.apply(&mut settings);
        settings
    }

    /// Carries the changes out on settings from elsewhere, as Perl does on those that were loaded before: a whole
    /// value replaces, `$Self->{A}->{B} = ...` changes one entry of the hash that is there.
    pub fn apply(&self, settings: &mut Map) {
        for change in &self.changes {
            change.apply(settings);
        }
    }

    /// The settings that the file takes away and does not set again.
    pub fn removed(&self) -> Vec<&[String]> {
        let settings = self.settings();
        let deleted = self.changes.iter().filter_map(|change| match change {
            Change::Delete { path } if find(&settings, path).is_none() => Some(path.as_slice()),
            _ => None,
        });
        deleted.collect()
    }
}

impl Change {
    fn apply(&self, settings: &mut Map) {
        let (Self::Set { path, .. } | Self::Delete { path }) = self;
        let Some((last, parents)) = path.split_last() else {
            return;
        };
        let mut map = settings;
        for key in parents {
            let next = match self {
                Self::Set { .. } => map.entry(key.clone()).or_default(),
                Self::Delete { .. } => match map.get_mut(key) {
                    Some(next) => next,
                    None => return,
                },
            };
            if matches!(self, Self::Set { .. }) && !matches!(next, Value::Map(_)) {
                *next = Value::Map(Map::new());
            }
            let Value::Map(next) = next else { return };
            map = next;
        }
        match self {
            Self::Set { value, .. } => {
                map.insert(last.clone(), value.clone());
            }
            Self::Delete { .. } => {
                map.remove(last);
            }
        }
    }
}

/// The value at a path.
fn find<'a>(settings: &'a Map, path: &[String]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter()
        .try_fold(settings.get(first)?, |value, key| value.get(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const INSTALLED: &str = include_str!("../../../fixtures/perl_config/installed.pm");
    const SITE: &str = include_str!("../../../fixtures/perl_config/site.pm");

    /// The value of the only setting in a statement's right side, `None` when it is not understood.
    fn value(right: &str) -> Option<Value> {
        let config = read(&format!(
            "$Self->{{A}} = 'known';\n$Self->{{X}} = {right};\n"
        ));
        assert_eq!(
            config.not_understood.is_empty(),
            config.changes.len() == 2,
            "{right}"
        );
        config.settings().remove("X")
    }

    #[test]
    fn an_installed_file_is_understood_completely() {
        let config = read(INSTALLED);
        assert_eq!(config.not_understood, []);
        insta::assert_snapshot!(crate::yaml::write(&Value::Map(config.settings())), @r"
        ---
        CheckMXRecord: 0
        Database: otrs
        DatabaseDSN: DBI:mysql:database=otrs;host=127.0.0.1;port=13306;
        DatabaseHost: 127.0.0.1
        DatabasePw: otrs
        DatabaseUser: otrs
        FQDN: localhost
        Home: /usr/share/otrs
        SecureMode: 1
        ");
    }

    #[test]
    fn a_file_with_a_history_gives_its_values() {
        insta::assert_snapshot!(crate::yaml::write(&Value::Map(read(SITE).settings())));
    }

    #[test]
    fn code_is_listed_line_by_line() {
        let lines: Vec<String> = read(SITE)
            .not_understood
            .iter()
            .map(|line| format!("{}: {}", line.number, line.text))
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn deleted_settings_are_named() {
        let config = read(SITE);
        assert_eq!(
            config.removed(),
            [
                &[
                    "Frontend::NotifyModule".to_owned(),
                    "100-CheckCron".to_owned()
                ][..],
                &["Unwanted".to_owned()]
            ]
        );
        assert_eq!(
            read("delete $Self->{A}; $Self->{A} = 1;").removed(),
            [] as [&[String]; 0]
        );
    }

    #[test]
    fn changes_apply_to_settings_from_elsewhere() {
        let mut settings = Map::from([
            (
                "Module".to_owned(),
                Value::map([("A", 1), ("B", 2), ("C", 3)]),
            ),
            ("Whole".to_owned(), Value::map([("A", 1)])),
        ]);
        read("$Self->{Module}->{B} = 5; delete $Self->{Module}{C}; $Self->{Whole} = { Z => 9 }; delete $Self->{No}->{Thing};").apply(&mut settings);
        assert_eq!(settings["Module"], Value::map([("A", 1), ("B", 5)]));
        assert_eq!(settings["Whole"], Value::map([("Z", 9)]));
    }

    #[test]
    fn literals_have_one_meaning() {
        for (right, expected) in [
            ("'a\\'b\\\\c\\n'", "a'b\\c\\n"),
            (
                "\"a\\tb\\\"\\$\\@\\x41\\x{20ac}\\101\\e\"",
                "a\tb\"$@A€A\x1b",
            ),
            ("q{a {b} \\} c}", "a {b} } c"),
            ("q!a\\!b!", "a!b"),
            ("qq(x $Self->{A} y)", "x known y"),
            ("\"5$ a @ b\"", "5$ a @ b"),
            ("\"$Self->{'A'}\" . 'x' . 1", "knownx1"),
            ("$Self->{A}", "known"),
            ("<<'E'\na # b\n\\n $x\nE\n", "a # b\n\\n $x\n"),
            ("<<E . 'x'\n$Self->{A}\nE\n", "known\nx"),
            ("<<~'E'\n    a\n\n      b\n    E\n", "a\n\n  b\n"),
        ] {
            assert_eq!(value(right), Some(expected.into()), "{right}");
        }
        for (right, expected) in [
            ("1_000", 1000),
            ("-5", -5),
            ("0x1F", 31),
            ("0b11", 3),
            ("0640", 416),
            ("60 * 60 * 24", 86_400),
            ("1 + 2 * 3 - 4", 3),
            ("(2)", 2),
            ("0", 0),
        ] {
            assert_eq!(value(right), Some(Value::Integer(expected)), "{right}");
        }
        for (right, expected) in [
            ("1.5", 1.5),
            (".5", 0.5),
            ("1.", 1.0),
            ("1.5e3", 1500.0),
            ("1e-2", 0.01),
            ("-1_0.2_5", -10.25),
        ] {
            let number = value(right).and_then(|value| value.as_string()?.parse().ok());
            assert_eq!(number, Some(expected), "{right}");
        }
        assert_eq!(value("undef"), Some(Value::Undef));
        assert_eq!(
            value("[ 1, (2, 3), qw(a b), ]"),
            Some(Value::List(vec![
                1.into(),
                2.into(),
                3.into(),
                "a".into(),
                "b".into()
            ]))
        );
        assert_eq!(
            value("{ a => 1, -b => 2, 'c', 3, 4 => { }, q => 5 }"),
            Some(Value::map([
                ("a", Value::from(1)),
                ("-b", 2.into()),
                ("c", 3.into()),
                ("4", Value::Map(Map::new())),
                ("q", 5.into())
            ]))
        );
    }

    #[test]
    fn guesses_are_refused() {
        for right in [
            "f()",
            "$x",
            "$Self->{Unknown}",
            "\"$x\"",
            "\"a@b.c\"",
            "\"$Self->{Unknown}\"",
            "\"$Self->{A}[0]\"",
            "\"\\Uabc\"",
            "1 if $y",
            "1 ? 2 : 3",
            "'a' x 3",
            "1.2.3",
            "08",
            "2 ** 3",
            "6 / 2",
            "{ a => 1, 'b' }",
            "{ %{ $Self->{A} } }",
            "[ @list ]",
            "\\'a'",
            "sub { 1 }",
            "qr/x/",
            "9223372036854775807 + 1",
            "`date`",
            "<<E",
            "time",
            "1, 2",
            "-'a'",
            "Translatable('x')",
        ] {
            assert_eq!(value(right), None, "{right}");
        }
    }

    #[test]
    fn statements_that_are_no_plain_assignments_are_listed() {
        for statement in [
            "$Self->{A} .= 'x';",
            "$Self->{A} ||= 1;",
            "$Self->{A}->[0] = 1;",
            "$Other->{A} = 1;",
            "$Self = {};",
            "$Self->{A} == 1;",
            "$Self->{f()} = 1;",
            "@{$Self->{A}} = (1);",
            "delete $Self->{A}, 1;",
            "$$Self{A} = 1;",
            "}",
        ] {
            let config = read(statement);
            assert_eq!(config.changes, [], "{statement}");
            assert_eq!(
                config.not_understood,
                [Line {
                    number: 1,
                    text: statement.to_owned()
                }],
                "{statement}"
            );
        }
    }

    #[test]
    fn what_follows_code_is_read_again() {
        let config = read(
            "my %h = ( 'a;}' => \"}\" ); # ;\nif ($x =~ /[;}]/) { y() } elsif ($#a) { 1 }\n$Self->{A} = 1;\nprint <<X . 'y';\n$Self->{B} = 2;\nX\n$Self->{C} = 3;",
        );
        assert_eq!(
            config.settings(),
            Map::from([("A".to_owned(), 1.into()), ("C".to_owned(), 3.into())])
        );
        let numbers: Vec<usize> = config
            .not_understood
            .iter()
            .map(|line| line.number)
            .collect();
        assert_eq!(numbers, [1, 2, 4, 5, 6]);
    }

    #[test]
    fn deep_nesting_is_not_understood() {
        let deep = |levels: usize| {
            format!(
                "$Self->{{A}} = {}{};",
                "[".repeat(levels),
                "]".repeat(levels)
            )
        };
        assert_eq!(read(&deep(MAX_DEPTH)).not_understood, []);
        assert_eq!(read(&deep(100_000)).changes, []);
        assert_eq!(
            read(&format!("$Self->{{A}} = {}1;", "+".repeat(100_000))).changes,
            []
        );
        assert_eq!(
            read(&format!("$Self->{}A", "{$Self->".repeat(100_000))).changes,
            []
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            read(&text);
        }

        #[test]
        fn perl_like_texts_are_read(parts in prop::collection::vec(prop::sample::select(vec![
            "$Self->{A}", "$Self->{'B'}{C}", " = ", "'", "\"", "q(", "qq{", "qw<", "<<E", "<<~'E'", "\nE\n", "\n", ";", "{", "}", "(", ")", "[", "]", "=>", ",", ".", "-", "+", "*", "1_0", "0x", "1e", "undef",
            "delete ", "if ", "sub Load {", "return 1;", "#", "=pod\n", "\n=cut\n", "\\", "$", "@", "s/", "a", "ü", "use x", "package ", "__END__", "->",
        ]), 0..40)) {
            read(&parts.concat());
        }

        #[test]
        fn a_damaged_file_is_read(at in any::<prop::sample::Index>(), cut in 0_usize..30, with in "[;{}()'\"<=#\n$@\\\\a]{0,3}") {
            let mut letters: Vec<char> = SITE.chars().collect();
            let start = at.index(letters.len());
            let end = (start + cut).min(letters.len());
            letters.splice(start..end, with.chars());
            read(&letters.into_iter().collect::<String>());
        }

        #[test]
        fn quoted_texts_come_back(text in any::<String>()) {
            let text = text.replace('\r', "");
            let quoted = text.replace('\\', "\\\\").replace('\'', "\\'");
            prop_assert_eq!(value(&format!("'{quoted}'")), Some(Value::Text(text)));
        }
    }
}
