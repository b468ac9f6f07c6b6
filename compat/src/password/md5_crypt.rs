//! MD5 crypt, as FreeBSD introduced it (`$1$`) and Apache varied it (`$apr1$`): a thousand rounds of MD5.

use md5::{Digest, Md5};

const LETTERS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// This many bytes of a salt count.
const SALT: usize = 8;
/// The order in which the digest's bytes are written, three at a time.
const ORDER: [[usize; 3]; 5] = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]];

/// The salt within a stored text, all that follows `prefix` up to the next `$`.
pub fn salt_of<'a>(stored: &'a str, prefix: &str) -> &'a str {
    let rest = stored.strip_prefix(prefix).unwrap_or_default();
    rest.split('$').next().unwrap_or_default()
}

/// `prefix`, salt, `$` and 22 letters. The salt ends at its first `$` or after eight bytes.
pub fn crypt(password: &str, prefix: &str, salt: &str) -> String {
    // What is behind a zero byte never reached the C function behind this format.
    let password = password.split('\0').next().unwrap_or_default().as_bytes();
    let salt = salt.split(['$', '\0']).next().unwrap_or_default();
    let salt = &salt[..salt.floor_char_boundary(SALT)];

    let mut inner = Md5::new();
    for part in [password, salt.as_bytes(), password] {
        inner.update(part);
    }
    let inner = inner.finalize();
    let mut first = Md5::new();
    for part in [password, prefix.as_bytes(), salt.as_bytes()] {
        first.update(part);
    }
    for at in (0..password.len()).step_by(inner.len()) {
        first.update(&inner[..inner.len().min(password.len() - at)]);
    }
    let mut length = password.len();
    while length > 0 {
        first.update(if length & 1 == 1 {
            &[0]
        } else {
            &password[..1]
        });
        length >>= 1;
    }
    let mut digest = first.finalize();
    for round in 0..1000 {
        let mut next = Md5::new();
        next.update(if round % 2 == 1 { password } else { &digest });
        if round % 3 != 0 {
            next.update(salt);
        }
        if round % 7 != 0 {
            next.update(password);
        }
        next.update(if round % 2 == 1 {
            digest.as_slice()
        } else {
            password
        });
        digest = next.finalize();
    }

    let mut out = format!("{prefix}{salt}$");
    for [high, middle, low] in ORDER {
        letters(
            &mut out,
            u32::from(digest[high]) << 16 | u32::from(digest[middle]) << 8 | u32::from(digest[low]),
            4,
        );
    }
    letters(&mut out, u32::from(digest[11]), 2);
    out
}

fn letters(out: &mut String, mut bits: u32, count: usize) {
    for _ in 0..count {
        out.push(char::from(LETTERS[(bits & 63) as usize]));
        bits >>= 6;
    }
}
