//! Names of attachments, made fit for a row or for a file.
//!
//! Senders choose them, so nothing of a name may reach beyond the folder of its article. Source: what the reference
//! system makes of some seventy odd names. Where it loses an attachment (two overlong names that are cut to the same one,
//! names of its own side files), ours gets another name instead.

use regex::Regex;

/// Bytes of a name at most; a file's side files have longer ones, and file systems end at 255.
const LONGEST: usize = 220;
/// The name of a file whose own one has nothing left.
const NAMELESS: &str = "attachment";
/// The mail as it came in, beside the attachments.
pub const PLAIN: &str = "plain.txt";
/// What stands behind a file's name in the names of the files that describe it.
pub const SIDES: [&str; 4] = [
    ".content_alternative",
    ".content_id",
    ".content_type",
    ".disposition",
];

/// The name as a row keeps it.
pub fn for_database(name: &str) -> String {
    let name: String = name.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    cut(name.trim_matches(' ').trim_start_matches('.'), LONGEST)
}

/// The name as a file has it: letters, digits and marks of any script, and few others.
pub fn for_file(name: &str) -> String {
    let name = for_database(name);
    let mut name = match Regex::new(r"[^\w.#+-]") {
        Ok(odd) => odd.replace_all(&name, "_").into_owned(),
        Err(_) => name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '.', "_"),
    };
    if name.is_empty() {
        NAMELESS.clone_into(&mut name);
    }
    if is_side(&name) {
        name.push('_');
    }
    name
}

/// Whether a file with this name describes another one.
pub fn is_side(name: &str) -> bool {
    SIDES.iter().any(|side| name.ends_with(side))
}

/// Whether a file with this name is no attachment: hidden, the source, or describing another one. The reference takes
/// any character for the dot in `plain.txt`.
pub fn is_hidden(name: &str) -> bool {
    let is_plain = name.starts_with("plain")
        && name.ends_with("txt")
        && name.chars().count() == PLAIN.chars().count();
    name.starts_with('.') || is_side(name) || is_plain
}

/// The name, or with the first number for which it is free: `a.txt`, `a-1.txt`, `a-2.txt`.
pub fn free(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(name) {
        return name.to_owned();
    }
    let (base, suffix) = match name.rsplit_once('.') {
        Some((base, suffix)) if !suffix.is_empty() => (base, format!(".{suffix}")),
        _ => (name, String::new()),
    };
    (1..=u32::MAX)
        .map(|number| {
            let tail = format!("-{number}{suffix}");
            match LONGEST.checked_sub(tail.len()) {
                Some(room) => format!("{}{tail}", start(base, room)),
                // A suffix that fills the name has no room for a number behind the base.
                None => format!("{number}-{}", start(name, LONGEST - 21)),
            }
        })
        .find(|name| !is_taken(name))
        .unwrap_or_default()
}

/// At most so many bytes, the suffix kept as far as possible.
fn cut(name: &str, longest: usize) -> String {
    if name.len() <= longest {
        return name.to_owned();
    }
    match name.rsplit_once('.') {
        Some((base, suffix)) if suffix.len() + 1 < longest => {
            format!("{}.{suffix}", start(base, longest - suffix.len() - 1))
        }
        _ => start(name, longest).to_owned(),
    }
}

/// The characters that begin within the first bytes.
fn start(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes.min(text.len()))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_as_the_reference_names_them() {
        for (name, file) in [
            ("a.txt", "a.txt"),
            ("ümläut ß.pdf", "ümläut_ß.pdf"),
            ("日本語.txt", "日本語.txt"),
            ("emoji😀.txt", "emoji_.txt"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("/etc/passwd", "_etc_passwd"),
            (".hidden", "hidden"),
            ("..a", "a"),
            ("a/b.txt", "a_b.txt"),
            ("a\\b.txt", "a_b.txt"),
            ("with space  two.txt", "with_space__two.txt"),
            (" lead.txt", "lead.txt"),
            ("trail .txt ", "trail_.txt"),
            ("tab\tx.txt", "tab_x.txt"),
            ("nl\nx.txt", "nlx.txt"),
            ("a\rb.txt", "ab.txt"),
            ("a\0b.txt", "a_b.txt"),
            ("a\u{7f}b\u{1}c.txt", "a_b_c.txt"),
            ("a:b*c?d<e>f|g.txt", "a_b_c_d_e_f_g.txt"),
            ("a..b.txt", "a..b.txt"),
            ("-dash.txt", "-dash.txt"),
            ("comma,plus+eq=.txt", "comma_plus+eq_.txt"),
            (
                "A!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~.txt",
                "A__#_______+_-.__________________.txt",
            ),
            ("\u{20000}\u{1d4b3}x.txt", "\u{20000}\u{1d4b3}x.txt"),
            (
                "é\u{301}²½٣ªⅧ‿〱ー\u{20dd}.txt",
                "é\u{301}__٣ªⅧ‿〱ー\u{20dd}.txt",
            ),
            ("nb\u{a0}sp.txt", "nb_sp.txt"),
            ("zero\u{200b}w.txt", "zero_w.txt"),
            (".content_type", "content_type"),
        ] {
            assert_eq!(for_file(name), file, "{name:?}");
        }
        let long = for_file(&format!("{}{}.docx", "x".repeat(120), "日".repeat(60)));
        assert_eq!(long, format!("{}{}.docx", "x".repeat(120), "日".repeat(31)));
        assert_eq!(for_file(&format!("a.{}", "e".repeat(240))).len(), 220);
    }

    #[test]
    fn names_that_would_be_lost_become_others() {
        for (name, file) in [
            ("", "attachment"),
            ("..", "attachment"),
            ("...", "attachment"),
            ("a.txt.content_type", "a.txt.content_type_"),
            ("z.content_id", "z.content_id_"),
        ] {
            assert_eq!(for_file(name), file, "{name:?}");
        }
        assert_eq!(free("plain.txt", is_hidden), "plain-1.txt");
        let long = for_file(&"x".repeat(300));
        let second = free(&long, |name| name == long);
        assert_eq!((long.len(), second.len()), (220, 220));
        assert!(second.ends_with("x-1"));
        let suffix = for_file(&format!("a.{}", "e".repeat(240)));
        assert!(free(&suffix, |name| name == suffix).len() <= LONGEST);
    }

    #[test]
    fn equal_names_get_a_number() {
        let second = |name: &str| free(name, |other| other == name);
        assert_eq!(second("a.txt"), "a-1.txt");
        assert_eq!(second("a-1.txt"), "a-1-1.txt");
        assert_eq!(second("nodot"), "nodot-1");
        assert_eq!(second("y.tar.gz"), "y.tar-1.gz");
        assert_eq!(second("_.._etc_passwd"), "_.-1._etc_passwd");
        assert_eq!(free("a", |name| name == "a" || name == "a-1"), "a-2");
    }

    #[test]
    fn files_beside_the_attachments_are_none() {
        for name in [
            "plain.txt",
            "plainXtxt",
            ".hidden",
            "a.disposition",
            "a.content_alternative",
        ] {
            assert!(is_hidden(name), "{name}");
        }
        for name in [
            "PLAIN.TXT",
            "plain.txt.bak",
            "xplain.txt",
            "a.content_size",
            "A.CONTENT_TYPE",
        ] {
            assert!(!is_hidden(name), "{name}");
        }
    }
}
