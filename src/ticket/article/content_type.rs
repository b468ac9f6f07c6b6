//! What a stored `Content-Type` says, read as leniently as OTRS reads it.
//!
//! Source: answers of the reference system for some twenty well-formed and broken types.

/// The type without its parameters: `text/plain`. Only word characters count, so `application/vnd.ms-excel` gives
/// `application/vnd`; empty when the text does not begin with a type.
pub fn mime_type(content_type: &str) -> &str {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let Some((main, rest)) = content_type.split_once('/') else {
        return "";
    };
    let sub = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    if main.is_empty() || sub == 0 || !main.chars().all(is_word) {
        return "";
    }
    &content_type[..=main.len() + sub]
}

const KEY: &str = "charset=";

/// The character set, empty when none is named.
///
/// With several of them, or with none behind the word, the answer is as odd as the reference's.
pub fn charset(content_type: &str) -> String {
    let lower = content_type.to_ascii_lowercase();
    if !lower.contains(KEY) {
        return String::new();
    }
    let mut kept = without_keys(content_type, &lower);
    kept.retain(|c| c != '"' && c != '\'');
    match kept.char_indices().skip(1).find(|(_, c)| *c == ';') {
        Some((end, _)) => {
            kept.truncate(end);
            kept
        }
        None => kept,
    }
}

/// Drops everything up to and with `charset=` and an opening quote, wherever a word follows and something stands
/// before it on the same line.
fn without_keys(content_type: &str, lower: &str) -> String {
    let mut kept = String::new();
    let mut position = 0;
    while let Some(word) = next_word(lower, position) {
        let line = content_type[position..word.key]
            .rfind('\n')
            .map_or(position, |newline| position + newline + 1);
        kept.push_str(&content_type[position..line]);
        kept.push_str(&content_type[word.start..word.end]);
        position = word.end;
    }
    kept.push_str(&content_type[position..]);
    kept
}

struct Word {
    key: usize,
    start: usize,
    end: usize,
}

fn next_word(lower: &str, position: usize) -> Option<Word> {
    let mut from = position;
    loop {
        let key = from + lower[from..].find(KEY)?;
        let value = key + KEY.len();
        let start = value + usize::from(lower[value..].starts_with(['"', '\'']));
        let rest = &lower[start..];
        let length = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        let something_before = key > position && !lower[..key].ends_with('\n');
        if length > 0 && something_before {
            return Some(Word {
                key,
                start,
                end: start + length,
            });
        }
        from = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_the_reference_reads_them() {
        let cases = [
            ("text/plain; charset=utf-8", "text/plain", "utf-8"),
            (
                "text/plain; charset=\"ISO-8859-1\"; format=flowed",
                "text/plain",
                "ISO-8859-1",
            ),
            ("text/html", "text/html", ""),
            ("TEXT/Plain;charset=UTF-8", "TEXT/Plain", "UTF-8"),
            (
                "multipart/mixed; boundary=x; charset=us-ascii",
                "multipart/mixed",
                "us-ascii",
            ),
            ("garbage", "", ""),
            (" text/plain ; charset = utf-8 ", "", ""),
            ("text/plain; charset='utf-8'; x=y", "text/plain", "utf-8"),
            ("charset=utf-8", "", "charset=utf-8"),
            (
                "text/plain; charset=utf-8; charset=latin1",
                "text/plain",
                "utflatin1",
            ),
            ("application/x-zip; charset=utf-8", "application/x", "utf-8"),
            ("application/vnd.ms-excel", "application/vnd", ""),
            ("text/plain;", "text/plain", ""),
            ("text/", "", ""),
            ("text/plain charset=utf-8", "text/plain", "utf-8"),
            ("text/plain; x=charset=\"utf-8", "text/plain", "utf-8"),
            ("", "", ""),
            (
                "text/plain; CHARSET=utf-8;format=flowed",
                "text/plain",
                "utf-8",
            ),
            ("text/plain; charset=", "text/plain", "text/plain"),
            ("text/plain; charset=;x", "text/plain", "text/plain"),
            ("text/plain; charset=\"\"", "text/plain", "text/plain"),
            ("a/b/c; charset=x y", "a/b", "x y"),
            ("text/html+x", "text/html", ""),
            ("text/plain; charset=-x", "text/plain", "text/plain"),
            ("te xt/plain; charset=utf-8", "", "utf-8"),
            (
                "text/plain\ncharset=utf-8",
                "text/plain",
                "text/plain\ncharset=utf-8",
            ),
            ("xcharset=utf8", "", "utf8"),
            ("text/x_y; charset=a;charset=b;charset=c", "text/x_y", "abc"),
        ];
        for (content_type, mime, charset_name) in cases {
            assert_eq!(mime_type(content_type), mime, "{content_type:?}");
            assert_eq!(charset(content_type), charset_name, "{content_type:?}");
        }
    }
}
