//! The words of a text, as `article_search_index` keeps them.

use std::collections::HashSet;

/// Words that say nothing about a matter; the Perl side has longer lists of its own, per language.
const STOP_WORDS: &[&str] = &[
    "and", "are", "but", "for", "from", "has", "have", "here", "not", "our", "that", "the", "them",
    "there", "this", "was", "were", "what", "which", "with", "you", "your", "aber", "auf", "bei",
    "das", "dem", "den", "der", "die", "ein", "eine", "für", "ist", "mit", "nicht", "und", "uns",
    "unser", "von", "wie", "zum", "des", "est", "les", "nous", "pas", "pour", "que", "une", "vous",
];

/// Lower case, each word once, three to thirty characters, in the order of their first appearance.
///
/// Source: rows that the reference system wrote for mails (`MIMEBase_Body` and its siblings).
pub(crate) fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut seen = HashSet::new();
    let mut out = String::with_capacity(lower.len());
    let parts = lower.split(|character: char| {
        character.is_whitespace() || matches!(character, ',' | '!' | '?' | '"' | ';' | '(' | ')')
    });
    for part in parts {
        let word = part.trim_matches(['.', ':', '\'', '-', '%']);
        let length = word.chars().count();
        if (3..=30).contains(&length) && !STOP_WORDS.contains(&word) && seen.insert(word) {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_counts_once() {
        insta::assert_snapshot!(
            words("Hello World, this is PLAIN text.\nThe second line, with e-mail foo@bar.example: hello!"),
            @"hello world plain text second line e-mail foo@bar.example"
        );
    }
}
