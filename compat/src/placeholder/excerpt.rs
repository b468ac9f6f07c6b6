//! Pieces of what somebody wrote.

/// Columns at which words that are quoted are broken.
pub const QUOTE_WIDTH: usize = 86;

/// The first lines of a text, each with its end; all for 0.
pub fn lines(text: &str, count: usize) -> String {
    let count = if count == 0 { usize::MAX } else { count };
    let mut excerpt = String::new();
    for line in text.lines().take(count) {
        excerpt.push_str(line);
        excerpt.push('\n');
    }
    excerpt
}

/// `> ` before each line; the last one has no end.
pub fn quoted(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("> {line}")).collect();
    lines.join("\n")
}

/// A subject as far as this many letters, with `[...]` for the rest.
pub fn shortened(subject: &str, letters: usize) -> String {
    match subject.char_indices().nth(letters) {
        Some((end, _)) => format!("{} [...]", &subject[..end]),
        _ => subject.to_owned(),
    }
}

/// Lines of at most `width` letters, broken at blanks; a word that is longer stays whole. A last line without an end has
/// none.
pub fn wrapped(text: &str, width: usize) -> String {
    let mut wrapped = String::with_capacity(text.len() + text.len() / width.max(1));
    for line in text.lines() {
        let mut rest = line;
        while let Some((cut, after)) = cut(rest, width) {
            wrapped.push_str(&rest[..cut]);
            wrapped.push('\n');
            rest = &rest[after..];
        }
        wrapped.push_str(rest);
        wrapped.push('\n');
    }
    if !text.ends_with('\n') {
        wrapped.pop();
    }
    wrapped
}

/// Where a line that is too long ends, and where the next one begins.
fn cut(line: &str, width: usize) -> Option<(usize, usize)> {
    let (limit, _) = line.char_indices().nth(width)?;
    let blank = line[..limit]
        .rfind(' ')
        .filter(|at| !line[..*at].trim().is_empty())
        .or_else(|| line[limit..].find(' ').map(|at| limit + at))?;
    let after = blank + 1;
    (after < line.len()).then_some((blank, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_or_all() {
        assert_eq!(lines("a\nb\nc", 2), "a\nb\n");
        assert_eq!(lines("a\nb\nc", 0), "a\nb\nc\n");
        assert_eq!(lines("a", 9), "a\n");
    }

    #[test]
    fn a_subject_is_cut_by_letters() {
        assert_eq!(shortened("Größe und mehr", 5), "Größe [...]");
        assert_eq!(shortened("Größe", 5), "Größe");
        assert_eq!(shortened("Größe", 0), " [...]");
    }

    #[test]
    fn long_lines_are_broken_at_blanks() {
        assert_eq!(wrapped("aaa bbb ccc", 7), "aaa\nbbb ccc");
        assert_eq!(wrapped("aaaaaaaaaa bb", 4), "aaaaaaaaaa\nbb");
        assert_eq!(wrapped("aaaaaaaaaa\n", 4), "aaaaaaaaaa\n");
        assert_eq!(wrapped("a\n\nb", 4), "a\n\nb");
        let long = "x ".repeat(100_000);
        assert!(wrapped(&long, 80).len() >= long.len());
    }
}
