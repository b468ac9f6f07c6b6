//! The right side of an assignment: literals, and what can be worked out of them.

use super::source::{Quoted, Result, Source, Unknown};
use super::{MAX_DEPTH, find};
use crate::{Map, Value, perl_number};

/// An expression up to the `;`, `,` or bracket behind it; `known` are the settings so far.
pub fn expression(source: &mut Source<'_>, known: &Map, depth: usize) -> Result<Value> {
    let mut left = product(source, known, depth)?;
    loop {
        source.space();
        let Some(operator @ ('.' | '+' | '-')) = source.peek() else {
            return Ok(left);
        };
        let before = source.clone();
        source.next();
        // `..`, `.=`, `++` and their like are other operators.
        if matches!(source.peek(), Some('.' | '=' | '+' | '-' | '>')) {
            *source = before;
            return Ok(left);
        }
        let right = product(source, known, depth)?;
        left = match operator {
            '.' => Value::Text(scalar(&left)? + &scalar(&right)?),
            '+' => calculate(&left, &right, i64::checked_add)?,
            _ => calculate(&left, &right, i64::checked_sub)?,
        };
    }
}

fn product(source: &mut Source<'_>, known: &Map, depth: usize) -> Result<Value> {
    let mut left = term(source, known, depth)?;
    loop {
        source.space();
        if source.peek() != Some('*') || source.starts_with("**") {
            return Ok(left);
        }
        source.next();
        let right = term(source, known, depth)?;
        left = calculate(&left, &right, i64::checked_mul)?;
    }
}

/// Only whole numbers are calculated: `16 * 60 * 60` is what people write.
fn calculate(left: &Value, right: &Value, with: impl Fn(i64, i64) -> Option<i64>) -> Result<Value> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => {
            with(*left, *right).map(Value::Integer).ok_or(Unknown)
        }
        _ => Err(Unknown),
    }
}

fn scalar(value: &Value) -> Result<String> {
    match value {
        Value::Undef => Ok(String::new()),
        other => other.as_string().ok_or(Unknown),
    }
}

fn term(source: &mut Source<'_>, known: &Map, depth: usize) -> Result<Value> {
    if depth > MAX_DEPTH {
        return Err(Unknown);
    }
    source.space();
    if let Some(quoted) = source.quoted()? {
        return text(&quoted, known, depth + 1).map(Value::Text);
    }
    match source.peek().ok_or(Unknown)? {
        '{' => {
            source.next();
            hash(list(source, known, '}', depth + 1)?)
        }
        '[' => {
            source.next();
            list(source, known, ']', depth + 1).map(Value::List)
        }
        '(' => {
            source.next();
            let value = expression(source, known, depth + 1)?;
            source.expect(")")?;
            Ok(value)
        }
        '$' => {
            let path = path(source, known, depth + 1)?;
            find(known, &path).cloned().ok_or(Unknown)
        }
        '-' => {
            source.next();
            match number(source)? {
                Value::Integer(number) => Ok(Value::Integer(-number)),
                Value::Float(number) => Ok(Value::Float(-number)),
                _ => Err(Unknown),
            }
        }
        '+' => {
            source.next();
            term(source, known, depth + 1)
        }
        '0'..='9' | '.' => number(source),
        _ if source.eat_word("undef") => Ok(Value::Undef),
        _ => Err(Unknown),
    }
}

/// The elements up to the closing bracket; a comma and `=>` separate alike, and a bare word before `=>` is a text.
fn list(source: &mut Source<'_>, known: &Map, close: char, depth: usize) -> Result<Vec<Value>> {
    let mut items = Vec::new();
    if depth > MAX_DEPTH {
        return Err(Unknown);
    }
    loop {
        source.space();
        if source.peek() == Some(close) {
            source.next();
            return Ok(items);
        }
        if let Some(word) = key_word(source) {
            items.push(Value::Text(word));
        } else if source.eat_word("qw") {
            let words = source.delimited(false)?.text;
            let words: String = words.into_iter().collect();
            items.extend(words.split_whitespace().map(Value::text));
        } else if source.peek() == Some('(') {
            source.next();
            items.extend(list(source, known, ')', depth + 1)?);
        } else {
            items.push(expression(source, known, depth)?);
        }
        source.space();
        let separated = source.eat("=>") || source.eat(",");
        if !separated && source.peek() != Some(close) {
            return Err(Unknown);
        }
    }
}

/// A bare word, when `=>` follows it.
fn key_word(source: &mut Source<'_>) -> Option<String> {
    let mut ahead = source.clone();
    let sign = if ahead.eat("-") { "-" } else { "" };
    let word: String = ahead.word().iter().collect();
    if word.is_empty() {
        return None;
    }
    ahead.eat(&word);
    let end = ahead.clone();
    ahead.space();
    if !ahead.starts_with("=>") {
        return None;
    }
    *source = end;
    Some(format!("{sign}{word}"))
}

fn hash(items: Vec<Value>) -> Result<Value> {
    if items.len() % 2 == 1 {
        return Err(Unknown);
    }
    let mut pairs = Map::new();
    let mut items = items.into_iter();
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        pairs.insert(scalar(&name)?, value);
    }
    Ok(Value::Map(pairs))
}

/// `$Self->{A}->{'B'}{"C"}`, the arrow between brackets being optional.
pub fn path(source: &mut Source<'_>, known: &Map, depth: usize) -> Result<Vec<String>> {
    if !source.eat("$Self") || !source.word().is_empty() {
        return Err(Unknown);
    }
    let mut path = Vec::new();
    loop {
        let before = source.clone();
        source.space();
        let arrow = source.eat("->");
        if arrow {
            source.space();
        }
        if source.peek() != Some('{') || (path.is_empty() && !arrow) {
            if arrow || path.is_empty() || source.peek() == Some('[') {
                return Err(Unknown);
            }
            *source = before;
            return Ok(path);
        }
        source.next();
        path.push(key(source, known, depth)?);
        source.expect("}")?;
    }
}

fn key(source: &mut Source<'_>, known: &Map, depth: usize) -> Result<String> {
    source.space();
    let start = source.clone();
    let sign = if source.eat("-") { "-" } else { "" };
    let word: String = source.word().iter().collect();
    source.eat(&word);
    source.space();
    if !word.is_empty() && source.peek() == Some('}') {
        return Ok(format!("{sign}{word}"));
    }
    *source = start;
    match expression(source, known, depth + 1)? {
        value @ (Value::Text(_) | Value::Integer(_)) => scalar(&value),
        _ => Err(Unknown),
    }
}

/// A number as Perl writes it: `1_000`, `0x1F`, `0b11`, `017`, `1.5e3`.
fn number(source: &mut Source<'_>) -> Result<Value> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut digits = source.run(is_part);
    let whole = digits.replace('_', "");
    let radix = match whole.as_bytes() {
        [b'0', b'x' | b'X', ..] => Some((16, 2)),
        [b'0', b'b' | b'B', ..] => Some((2, 2)),
        [b'0', _, ..] => Some((8, 1)),
        _ => None,
    };
    if let Some((radix, prefix)) = radix {
        return i64::from_str_radix(&whole[prefix..], radix)
            .map(Value::Integer)
            .map_err(|_| Unknown);
    }
    if source.peek() == Some('.') && !source.starts_with("..") {
        source.next();
        digits = format!("{digits}.{}", source.run(is_part));
        // `1.2.3` is a version, made of letters with these numbers.
        if source.peek() == Some('.') && !source.starts_with("..") {
            return Err(Unknown);
        }
    }
    if digits.ends_with(['e', 'E']) && matches!(source.peek(), Some('+' | '-')) {
        digits.extend(source.next());
        digits.push_str(&source.run(|letter| letter.is_ascii_digit()));
    }
    let digits = digits.replace('_', "");
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        || !perl_number::looks_like_number(&digits)
    {
        return Err(Unknown);
    }
    Ok(perl_number::parse(&digits))
}

/// What a quoted text means.
fn text(quoted: &Quoted, known: &Map, depth: usize) -> Result<String> {
    if !quoted.escapes {
        return Ok(quoted.text.iter().collect());
    }
    if quoted.interpolates {
        return interpolated(&quoted.text, known, depth);
    }
    let mut out = String::new();
    let mut letters = quoted.text.iter().copied().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek() {
            Some(next) if letter == '\\' && (*next == '\\' || quoted.quotes.contains(next)) => {
                out.extend(letters.next());
            }
            _ => out.push(letter),
        }
    }
    Ok(out)
}

fn interpolated(text: &[char], known: &Map, depth: usize) -> Result<String> {
    let mut out = String::new();
    let mut source = Source::new(text);
    while let Some(letter) = source.peek() {
        match letter {
            '\\' => {
                source.next();
                out.push(escape(&mut source)?);
            }
            '$' => {
                let mut ahead = source.clone();
                ahead.next();
                if ahead.peek().is_none_or(char::is_whitespace) {
                    out.push('$');
                    source.next();
                } else {
                    out.push_str(&variable(&mut source, known, depth)?);
                }
            }
            '@' => {
                source.next();
                if source.peek().is_some_and(|next| {
                    next.is_alphanumeric() || matches!(next, '_' | '{' | '$' | ':' | '-' | '+')
                }) {
                    return Err(Unknown);
                }
                out.push('@');
            }
            _ => {
                out.push(letter);
                source.next();
            }
        }
    }
    Ok(out)
}

/// `$Self->{Name}` within a text. White space and comments mean nothing special there, unlike in code.
fn variable(source: &mut Source<'_>, known: &Map, depth: usize) -> Result<String> {
    if !source.eat("$Self->{") {
        return Err(Unknown);
    }
    let mut path = Vec::new();
    loop {
        path.push(key(source, known, depth)?);
        source.expect("}")?;
        if source.starts_with("[") || source.starts_with("->[") {
            return Err(Unknown);
        }
        if !source.eat("->{") && !source.eat("{") {
            break;
        }
    }
    scalar(find(known, &path).ok_or(Unknown)?)
}

fn escape(source: &mut Source<'_>) -> Result<char> {
    Ok(match source.next().ok_or(Unknown)? {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'e' => '\x1b',
        'x' => {
            let digits = if source.eat("{") {
                let digits = source.run(|letter| letter.is_ascii_hexdigit());
                source.expect("}")?;
                digits
            } else {
                let mut digits = String::new();
                while let Some(digit) = source
                    .peek()
                    .filter(|letter| letter.is_ascii_hexdigit() && digits.len() < 2)
                {
                    digits.push(digit);
                    source.next();
                }
                digits
            };
            code_point(&digits, 16)?
        }
        first @ '0'..='7' => {
            let mut digits = String::from(first);
            while let Some(digit) = source
                .peek()
                .filter(|letter| letter.is_digit(8) && digits.len() < 3)
            {
                digits.push(digit);
                source.next();
            }
            code_point(&digits, 8)?
        }
        // `\U`, `\Q`, `\N` and the rest change what follows.
        letter if letter.is_ascii_alphanumeric() => return Err(Unknown),
        letter => letter,
    })
}

fn code_point(digits: &str, radix: u32) -> Result<char> {
    u32::from_str_radix(digits, radix)
        .ok()
        .and_then(char::from_u32)
        .ok_or(Unknown)
}
