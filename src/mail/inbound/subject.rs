//! Subjects without what answers and ticket systems put around them.

use crate::settings::Settings;

/// What answers and forwarded mails begin with, beside the words that settings name.
const MARKS: [&str; 2] = ["Re", "Fwd"];

/// The subject without the hook with a number in brackets, and without marks such as `Re:` at its beginning.
pub fn cleaned(subject: &str, settings: &Settings) -> String {
    let hook = settings.text("Ticket::Hook");
    let without_number = without_hook(subject, &hook);
    let mut rest = without_number.trim();
    while let Some(shorter) = without_mark(rest) {
        rest = shorter;
    }
    rest.to_owned()
}

fn without_hook(subject: &str, hook: &str) -> String {
    let lower = subject.to_ascii_lowercase();
    let start = format!("[{}", hook.to_ascii_lowercase());
    let mut out = String::new();
    let mut at = 0;
    while let Some(found) = lower[at..].find(&start) {
        let open = at + found;
        let Some(length) = lower[open..].find(']') else {
            break;
        };
        out.push_str(&subject[at..open]);
        at = open + length + 1;
        at += subject[at..].len() - subject[at..].trim_start().len();
    }
    out.push_str(&subject[at..]);
    out
}

/// The text behind `Re:`, `Re[2]:` and the like at its beginning.
fn without_mark(text: &str) -> Option<&str> {
    MARKS.iter().find_map(|mark| {
        let head = text.get(..mark.len())?;
        if !head.eq_ignore_ascii_case(mark) {
            return None;
        }
        let rest = &text[mark.len()..];
        let rest = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']')?.1,
            None => rest,
        };
        rest.strip_prefix(':').map(str::trim_start)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_numbers_go() {
        let settings = Settings::default();
        for (subject, expected) in [
            ("Re: [Ticket#123] x", "x"),
            ("RE: Re[2]: FWD: x", "x"),
            ("plain", "plain"),
            ("[Ticket#1] Re: y", "y"),
            ("Regards: z", "Regards: z"),
        ] {
            assert_eq!(cleaned(subject, &settings), expected, "{subject}");
        }
    }
}
