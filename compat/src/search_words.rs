//! The words of a text that OTRS's full-text index keeps: in lower case, each once, without those that say nothing.
//!
//! Source: what the reference system made of the texts in `fixtures/article/search_words.json`.

use std::collections::HashSet;

use regex::Regex;

/// What is kept.
#[derive(Debug, Default)]
pub struct Words {
    filters: Vec<Regex>,
    left_out: HashSet<String>,
    /// Characters of a word at least, and at most.
    pub shortest: usize,
    pub longest: usize,
    /// Words of a text that are looked at, of those that pass everything else.
    pub most: usize,
}

impl Words {
    /// `filters` are regular expressions of what is taken out of words, in this order; those that are none are given
    /// back. `stop_words` are left out as they are written here.
    pub fn new(
        filters: impl IntoIterator<Item = String>,
        stop_words: impl IntoIterator<Item = String>,
    ) -> (Self, Vec<String>) {
        let mut words = Self {
            left_out: stop_words.into_iter().collect(),
            shortest: 3,
            longest: 30,
            most: 1000,
            ..Self::default()
        };
        let mut refused = Vec::new();
        for filter in filters {
            match Regex::new(&filter) {
                Ok(filter) => words.filters.push(filter),
                Err(_) => refused.push(filter),
            }
        }
        (words, refused)
    }

    /// The words, with a space between them, in the order in which they first come.
    pub fn of(&self, text: &str) -> String {
        let mut seen = HashSet::new();
        let mut kept = String::new();
        let words = text.split_whitespace().filter_map(|word| self.kept(word));
        for word in words.take(self.most) {
            if seen.contains(&word) {
                continue;
            }
            if !kept.is_empty() {
                kept.push(' ');
            }
            kept.push_str(&word);
            seen.insert(word);
        }
        kept
    }

    fn kept(&self, word: &str) -> Option<String> {
        let mut word = lower_case(word);
        for filter in &self.filters {
            if let std::borrow::Cow::Owned(filtered) = filter.replace_all(&word, "") {
                word = filtered;
            }
        }
        let length = word.chars().count();
        let fits = length >= self.shortest && length <= self.longest;
        (fits && !self.left_out.contains(&word)).then_some(word)
    }
}

/// In lower case, character by character: a sigma stays one, also at the end of a word.
pub fn lower_case(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sigma_at_the_end_stays_one() {
        assert_eq!(lower_case("ΣΑΣ"), "σασ");
    }

    #[test]
    fn a_filter_that_is_none_is_given_back() {
        let (_, refused) = Words::new(["[".to_owned(), "a".to_owned()], []);
        assert_eq!(refused, ["["]);
    }
}
