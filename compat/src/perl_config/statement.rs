//! The file, statement by statement.

use super::expression::{expression, path};
use super::source::{Result, Source, Unknown};
use super::{Change, Line, PerlConfig};
use crate::Map;

/// Reads the text of a configuration file. It never fails: what it cannot tell is in
/// [`PerlConfig::not_understood`].
pub fn read(text: &str) -> PerlConfig {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let letters: Vec<char> = text.chars().collect();
    let mut reader = Reader {
        source: Source::new(&letters),
        known: Map::new(),
        config: PerlConfig::default(),
        spans: Vec::new(),
        blocks: 0,
        returned: false,
    };
    while reader.statement() {}
    let Reader {
        mut config, spans, ..
    } = reader;
    config.not_understood = lines(&text, &letters, &spans);
    config
}

struct Reader<'a> {
    source: Source<'a>,
    /// The settings so far, for those that are used in others.
    known: Map,
    config: PerlConfig,
    /// From where to where nothing was understood, in letters.
    spans: Vec<(usize, usize)>,
    blocks: usize,
    /// What follows a `return` in its block is never run.
    returned: bool,
}

impl Reader<'_> {
    /// Reads one statement; false at the end of the file.
    fn statement(&mut self) -> bool {
        self.source.space();
        if self.source.documentation() {
            return true;
        }
        let start = self.source.clone();
        let Some(letter) = start.peek() else {
            return false;
        };
        if start.is_word("__END__") || start.is_word("__DATA__") {
            return false;
        }
        if letter == ';' || letter == '}' {
            self.source.next();
            if letter == '}' {
                self.returned = false;
                if self.blocks == 0 {
                    self.spans.push((start.position(), self.source.position()));
                }
                self.blocks = self.blocks.saturating_sub(1);
            }
            return true;
        }
        if self.returned {
            self.source.skip_statement();
            return self.moved_from(&start);
        }
        if self.known_frame() {
            return true;
        }
        self.source = start.clone();
        if let Ok(change) = self.change() {
            change.apply(&mut self.known);
            self.config.changes.push(change);
            return true;
        }
        self.source = start.clone();
        self.source.skip_statement();
        self.spans.push((start.position(), self.source.end()));
        self.moved_from(&start)
    }

    /// Nothing can make the reader stand still, not even a bracket without its counterpart.
    fn moved_from(&mut self, start: &Source<'_>) -> bool {
        self.source.position() > start.position() || self.source.next().is_some()
    }

    /// What every such file has around its settings.
    fn known_frame(&mut self) -> bool {
        let mut ahead = self.source.clone();
        if ahead.eat_word("sub") {
            ahead.space();
            if ahead.eat_word("Load") && ahead.expect("{").is_ok() {
                self.source = ahead;
                self.blocks += 1;
                return true;
            }
            return false;
        }
        let start = self.source.position();
        let mut ahead = self.source.clone();
        let (is_return, is_import) = (
            ahead.is_word("return"),
            ahead.is_word("use") || ahead.is_word("no") || ahead.is_word("package"),
        );
        ahead.skip_statement();
        let statement = self.source.until(ahead.position());
        let words: String = statement
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != ';')
            .collect();
        let known = matches!(
            words.as_str(),
            "1" | "return1"
                | "return"
                | "my$Self=shift"
                | "my($Self)=@_"
                | "my($Self,%Param)=@_"
                | "my($File,$Self)=@_"
                | "my($Class,$Self)=@_"
        ) || (is_import && !words.contains('{') && ahead.position() > start)
            || [
                "our$VERSION",
                "our@ISA",
                "@ISA=",
                "push@ISA",
                "push(@ISA",
                "our$ObjectManagerDisabled",
            ]
            .iter()
            .any(|frame| words.starts_with(frame));
        if known {
            self.returned = is_return && self.blocks > 0;
            self.source = ahead;
        }
        known
    }

    fn change(&mut self) -> Result<Change> {
        let source = &mut self.source;
        let change = if source.eat_word("delete") {
            source.space();
            let parenthesis = source.eat("(");
            source.space();
            let path = path(source, &self.known, 0)?;
            if parenthesis {
                source.expect(")")?;
            }
            Change::Delete { path }
        } else {
            let path = path(source, &self.known, 0)?;
            source.expect("=")?;
            if matches!(source.peek(), Some('=' | '~' | '>')) {
                return Err(Unknown);
            }
            let value = expression(source, &self.known, 0)?;
            Change::Set { path, value }
        };
        source.space();
        if source.eat(";") || matches!(source.peek(), None | Some('}')) {
            Ok(change)
        } else {
            Err(Unknown)
        }
    }
}

/// The lines of the spans, without those that are empty or only a comment.
fn lines(text: &str, letters: &[char], spans: &[(usize, usize)]) -> Vec<Line> {
    let mut found: Vec<Line> = Vec::new();
    let all: Vec<&str> = text.split('\n').collect();
    let (mut line, mut counted) = (0, 0);
    for &(start, end) in spans {
        line += letters[counted..start]
            .iter()
            .filter(|letter| **letter == '\n')
            .count();
        counted = start;
        let last = letters[start..end]
            .iter()
            .rposition(|letter| !letter.is_whitespace())
            .map_or(start, |last| start + last);
        let height = letters[start..last]
            .iter()
            .filter(|letter| **letter == '\n')
            .count();
        for number in line..=line + height {
            let text = all.get(number).copied().unwrap_or_default().trim();
            if !text.is_empty() && !text.starts_with('#') {
                found.push(Line {
                    number: number + 1,
                    text: text.to_owned(),
                });
            }
        }
    }
    found.sort_by_key(|line| line.number);
    found.dedup();
    found
}
