//! The little language in which people search texts: `(apple* && !*pie) || "banana split"`.
//!
//! Words are patterns (`*` and `%` stand for any text) that the whole text must fit. `&&`, `+` and ` AND ` join,
//! `||` and ` OR ` choose, `!` negates the next word only, even when a parenthesis stands between them; joining binds
//! closer than choosing. A backslash takes its meaning from the next character, unless that is a wildcard. A condition
//! that makes no sense finds nothing. Source: the reference system, asked word by word.

use schema::{Dialect, Pattern};
use sea_query::{Cond, Expr, ExprTrait as _};

/// Nobody types more; a longer condition makes no sense to us.
const MOST_WORDS: usize = 1_000;
const DEEPEST: usize = 50;

/// A condition on one text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Condition {
    /// The text fits the pattern, or does not.
    Word {
        pattern: Pattern,
        wanted: bool,
    },
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Token {
    Word(Pattern),
    Not,
    And,
    Or,
    Open,
    Close,
}

impl Condition {
    /// Reads a condition; `None` when it makes no sense.
    pub fn parse(text: &str) -> Option<Self> {
        Parser::new(tokens(text)?)?.parse()
    }

    /// Whether a text in this column meets the condition.
    pub fn on(&self, column: &Expr, dialect: Dialect) -> Cond {
        match self {
            Self::Word {
                pattern,
                wanted: true,
            } => Cond::all().add(dialect.like_text(column.clone(), pattern)),
            Self::Word {
                pattern,
                wanted: false,
            } => Cond::all().add(dialect.like_text(column.clone(), pattern).not()),
            Self::All(parts) => parts
                .iter()
                .fold(Cond::all(), |all, part| all.add(part.on(column, dialect))),
            Self::Any(parts) => parts
                .iter()
                .fold(Cond::any(), |any, part| any.add(part.on(column, dialect))),
        }
    }
}

/// Spells every operator in one way: ` AND ` and `+` as `&&`, ` OR ` as `||`, white space as blanks.
fn normalized(text: &str) -> String {
    let text: String = text
        .trim()
        .chars()
        .map(|it| if it.is_whitespace() { ' ' } else { it })
        .collect();
    let text = spelled_out(&text, "AND", "&&");
    spelled_out(&text, "OR", "||").replace('+', "&&")
}

/// Replaces an operator that is a word of its own. A blank belongs to one operator only, so the second one of
/// `a OR OR b` is a plain word.
fn spelled_out(text: &str, word: &str, sign: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    let mut rest = text;
    let mut at_start = true;
    while !rest.is_empty() {
        let after_blank = if at_start || rest.starts_with(' ') {
            Some(rest.trim_start_matches(' '))
        } else {
            None
        };
        if let Some(tail) = after_blank.and_then(|it| it.strip_prefix(word))
            && (tail.is_empty() || tail.starts_with(' '))
        {
            spelled.push_str(sign);
            rest = tail.trim_start_matches(' ');
        } else {
            let mut characters = rest.chars();
            spelled.extend(characters.next());
            rest = characters.as_str();
        }
        at_start = false;
    }
    spelled
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let text = normalized(text);
    let mut characters = text.chars().peekable();
    let mut tokens = Vec::new();
    let mut word = Draft::default();
    while let Some(character) = characters.next() {
        let doubled = characters.peek() == Some(&character);
        match character {
            '&' | '|' if doubled => {
                characters.next();
                word.finish(&mut tokens);
                tokens.push(if character == '&' {
                    Token::And
                } else {
                    Token::Or
                });
            }
            '(' | ')' => {
                word.finish(&mut tokens);
                tokens.push(if character == '(' {
                    Token::Open
                } else {
                    Token::Close
                });
            }
            '!' => {
                if !word.is_blank() {
                    return None;
                }
                word = Draft::default();
                tokens.push(Token::Not);
                word.after_not = true;
            }
            '"' => {
                if !word.is_blank() {
                    return None;
                }
                let mut quoted = Draft::default();
                loop {
                    match characters.next()? {
                        '"' => break,
                        other => quoted.add(other),
                    }
                }
                if quoted.text.is_empty() {
                    return None;
                }
                quoted.quoted = true;
                word = quoted;
            }
            '\\' => word.add_escaped(characters.next()?)?,
            other => {
                if word.quoted {
                    if other == ' ' {
                        continue;
                    }
                    return None;
                }
                word.add(other);
            }
        }
    }
    word.finish(&mut tokens);
    Some(tokens)
}

/// A word under way. Wildcards are marked, so that trimming and escaping can wait for its end.
#[derive(Default)]
struct Draft {
    text: Vec<Piece>,
    quoted: bool,
    /// Blanks between `!` and its word belong to the word.
    after_not: bool,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Piece {
    Literal(char),
    Any,
}

impl Draft {
    fn add(&mut self, character: char) {
        self.text.push(if matches!(character, '*' | '%') {
            Piece::Any
        } else {
            Piece::Literal(character)
        });
    }

    /// A backslash can not be searched for.
    fn add_escaped(&mut self, character: char) -> Option<()> {
        if self.quoted || character == '\\' {
            return None;
        }
        self.add(character);
        Some(())
    }

    fn is_blank(&self) -> bool {
        !self.quoted && self.text.iter().all(|it| *it == Piece::Literal(' '))
    }

    /// Adds the word to the tokens, if there is one, and starts the next.
    fn finish(&mut self, tokens: &mut Vec<Token>) {
        let draft = std::mem::take(self);
        if draft.is_blank() {
            return;
        }
        let mut pieces = &draft.text[..];
        if !draft.quoted {
            while let [rest @ .., Piece::Literal(' ')] = pieces {
                pieces = rest;
            }
            while !draft.after_not
                && let [Piece::Literal(' '), rest @ ..] = pieces
            {
                pieces = rest;
            }
        }
        let mut pattern = Pattern::default();
        for piece in pieces {
            match piece {
                Piece::Literal(character) => pattern.push(*character),
                Piece::Any => pattern.push_any(),
            }
        }
        tokens.push(Token::Word(pattern));
    }
}

/// Reads tokens with a stack of its own, so that a thousand parentheses cost no more than a thousand tokens.
struct Parser {
    tokens: Vec<Token>,
    /// One entry for each open parenthesis: the alternatives, each a list of conditions that belong together.
    open: Vec<Vec<Vec<Condition>>>,
    negated: bool,
}

impl Parser {
    fn new(mut tokens: Vec<Token>) -> Option<Self> {
        let is_join = |token: Option<&Token>| matches!(token, Some(Token::And | Token::Or));
        while is_join(tokens.last()) {
            tokens.pop();
        }
        let first = tokens.iter().position(|token| !is_join(Some(token)))?;
        tokens.drain(..first);
        tokens.dedup_by(|b, a| a == b && matches!(a, Token::And | Token::Or));
        let words = tokens.iter().filter(|it| matches!(it, Token::Word(_)));
        (words.count() <= MOST_WORDS).then_some(Self {
            tokens,
            open: vec![vec![vec![]]],
            negated: false,
        })
    }

    fn parse(mut self) -> Option<Condition> {
        let mut before = Token::Open;
        for token in std::mem::take(&mut self.tokens) {
            self.step(&before, &token)?;
            before = token;
        }
        if matches!(before, Token::Not | Token::And | Token::Or | Token::Open) {
            return None;
        }
        let whole = self.open.pop()?;
        self.open.is_empty().then(|| joined(whole))
    }

    fn step(&mut self, before: &Token, token: &Token) -> Option<()> {
        let after_operand = matches!(before, Token::Word(_) | Token::Close);
        match token {
            Token::Word(pattern) => {
                if matches!(before, Token::Word(_)) {
                    return None;
                }
                let wanted = !std::mem::take(&mut self.negated);
                let pattern = pattern.clone();
                self.alternative()?
                    .push(Condition::Word { pattern, wanted });
            }
            Token::Not => {
                if matches!(before, Token::Word(_)) {
                    return None;
                }
                self.negated = true;
            }
            Token::And if after_operand => {}
            Token::Or if after_operand => self.open.last_mut()?.push(vec![]),
            Token::And | Token::Or => return None,
            Token::Open => {
                if self.open.len() > DEEPEST {
                    return None;
                }
                self.open.push(vec![vec![]]);
            }
            Token::Close => {
                if !after_operand || self.open.len() < 2 {
                    return None;
                }
                let inner = joined(self.open.pop()?);
                self.alternative()?.push(inner);
            }
        }
        Some(())
    }

    fn alternative(&mut self) -> Option<&mut Vec<Condition>> {
        self.open.last_mut()?.last_mut()
    }
}

fn joined(alternatives: Vec<Vec<Condition>>) -> Condition {
    let mut any: Vec<Condition> = alternatives.into_iter().map(all).collect();
    if any.len() == 1 {
        any.remove(0)
    } else {
        Condition::Any(any)
    }
}

fn all(mut conditions: Vec<Condition>) -> Condition {
    if conditions.len() == 1 {
        conditions.remove(0)
    } else {
        Condition::All(conditions)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use schema::tables as t;
    use sea_query::{MysqlQueryBuilder, Query};

    use super::*;

    fn sql(text: &str) -> String {
        let Some(condition) = Condition::parse(text) else {
            return "nothing".to_owned();
        };
        let statement = Query::select()
            .from(t::Ticket::Table)
            .cond_where(condition.on(&Expr::col(t::Ticket::Title), Dialect::MySql))
            .to_string(MysqlQueryBuilder);
        let (_, condition) = statement.split_once(" WHERE ").unwrap();
        condition.replace("`title` ", "").replace(" ESCAPE '!'", "")
    }

    #[test]
    fn words_join_and_choose() {
        insta::assert_snapshot!(sql("*a* && !*b* || c"), @"(LIKE '%a%' AND (NOT LIKE '%b%')) OR LIKE 'c'");
        insta::assert_snapshot!(sql("(a OR b)+c AND d"), @"(LIKE 'a' OR LIKE 'b') AND LIKE 'c' AND LIKE 'd'");
        insta::assert_snapshot!(sql("(a)(b)c(d)"), @"LIKE 'a' AND LIKE 'b' AND LIKE 'c' AND LIKE 'd'");
        insta::assert_snapshot!(sql("!(a||b)"), @"(NOT LIKE 'a') OR LIKE 'b'");
        insta::assert_snapshot!(sql("&&a&&&&b||"), @"LIKE 'a' AND LIKE 'b'");
        insta::assert_snapshot!(sql("a OR OR b"), @"LIKE 'a' OR LIKE 'OR b'");
        insta::assert_snapshot!(sql("a OR AND b"), @"LIKE 'a OR' AND LIKE 'b'");
    }

    #[test]
    fn wildcards_quotes_and_escapes() {
        insta::assert_snapshot!(sql(" under_score 50% "), @"LIKE 'under!_score 50%'");
        insta::assert_snapshot!(sql(r#""two words"&&"c++""#), @"LIKE 'two words' AND LIKE 'c&&&&'");
        insta::assert_snapshot!(sql(r"\(a\) \* it's"), @r#"LIKE '(a) % it\'s'"#);
        insta::assert_snapshot!(sql("! a"), @"NOT LIKE ' a'");
        insta::assert_snapshot!(sql("a&b|c;d"), @"LIKE 'a&b|c;d'");
    }

    #[test]
    fn what_makes_no_sense_finds_nothing() {
        for text in [
            "", "&&", "()", "(a", "a)", "a&&||b", "a!b", "\"\"", "\"a", "a\"", "a\\", "a\\\\b", "!",
        ] {
            assert_eq!(sql(text), "nothing", "{text}");
        }
        assert_eq!(Condition::parse(&"(".repeat(100_000)), None);
        assert_eq!(Condition::parse(&"a&&".repeat(100_000)), None);
    }

    proptest! {
        #[test]
        fn any_input_is_read_and_every_word_is_bound(text in r#"([a-c*%_!()"'\\&|+; -]|AND| OR |--|/\*){0,40}"#) {
            if let Some(condition) = Condition::parse(&text) {
                let (statement, _) = Query::select()
                    .from(t::Ticket::Table)
                    .cond_where(condition.on(&Expr::col(t::Ticket::Title), Dialect::MySql))
                    .build(MysqlQueryBuilder);
                let rest = statement.replace("`title` LIKE ? ESCAPE '!'", "");
                prop_assert!(!rest.contains(['\'', '"', '%', ';']), "{}", rest);
            }
        }

        #[test]
        fn no_input_is_too_strange(text in any::<String>()) {
            let _ = Condition::parse(&text);
        }
    }
}
