//! Passwords as OTRS keeps them in `users.pw` and `customer_user.pw`.
//!
//! Which form is written depends on a setting (`AuthModule::DB::CryptType`, `Customer::AuthModule::DB::CryptType`).
//! When a password is checked, the stored text itself tells its form, with one exception: plain texts count only
//! while the setting is `plain`, and then nothing else does. So a stolen hash cannot be used as a password.
//!
//! Passwords are hashed as UTF-8. Source: the reference system; its own hashes are in the tests below, and which
//! stored forms it accepts was asked by signing in.

mod des;
mod md5_crypt;

use std::borrow::Cow;

use base64::{Engine, alphabet, engine::general_purpose};
use sha1::Digest;
use subtle::ConstantTimeEq;

/// Stored bcrypt hashes with a cost outside this range are refused: more would keep a processor busy for minutes.
pub const BCRYPT_COSTS: std::ops::RangeInclusive<u32> = 4..=17;

/// The forms that the setting can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CryptType {
    /// The password itself.
    Plain,
    /// DES crypt: eight letters count.
    Crypt,
    /// Apache's variant of MD5 crypt, `$apr1$`.
    Apr1,
    /// MD5 crypt, `$1$`.
    Md5,
    /// SHA-1 in hexadecimal digits.
    Sha1,
    /// SHA-256 in hexadecimal digits.
    Sha2,
    /// SHA-512 in hexadecimal digits.
    Sha512,
    /// `BCRYPT:cost:salt:hash`; the cost is the binary logarithm of the rounds.
    Bcrypt { cost: u32 },
}

impl CryptType {
    /// The form for a value of the setting and the one of its neighbour `bcryptCost`; `None` for an unknown value.
    pub fn from_setting(name: &str, bcrypt_cost: u32) -> Option<Self> {
        Some(match name {
            "plain" => Self::Plain,
            "crypt" => Self::Crypt,
            "apr1" => Self::Apr1,
            "md5" => Self::Md5,
            "sha1" => Self::Sha1,
            "sha2" => Self::Sha2,
            "sha512" => Self::Sha512,
            "bcrypt" => Self::Bcrypt {
                cost: bcrypt_cost.clamp(*BCRYPT_COSTS.start(), *BCRYPT_COSTS.end()),
            },
            _ => return None,
        })
    }
}

/// The form of a stored text, or `None` when it is none of the hashes (a plain password, or an unusable entry).
pub fn looks_like(stored: &str) -> Option<CryptType> {
    if let Some(bcrypt) = Bcrypt::read(stored) {
        return Some(CryptType::Bcrypt { cost: bcrypt.cost });
    }
    if stored.starts_with("$1$") {
        return Some(CryptType::Md5);
    }
    if stored.starts_with("$apr1$") {
        return Some(CryptType::Apr1);
    }
    let is_hex = stored
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    match stored.len() {
        13 if des::is_hash(stored) => Some(CryptType::Crypt),
        40 if is_hex => Some(CryptType::Sha1),
        64 if is_hex => Some(CryptType::Sha2),
        128 if is_hex => Some(CryptType::Sha512),
        _ => None,
    }
}

/// Whether a password belongs to a stored text; `setting` is the form in which passwords are kept now.
///
/// The comparison takes the same time wherever the texts differ. An empty password belongs to nothing.
pub fn verify(setting: CryptType, stored: &str, password: &str) -> bool {
    if password.is_empty() || stored.is_empty() {
        return false;
    }
    let expected = match (setting, looks_like(stored)) {
        (CryptType::Plain, _) => Some(password.to_owned()),
        (_, None | Some(CryptType::Plain)) => None,
        (_, Some(CryptType::Crypt)) => des::crypt(password, stored),
        (_, Some(CryptType::Md5)) => Some(md5_crypt::crypt(
            password,
            "$1$",
            md5_crypt::salt_of(stored, "$1$"),
        )),
        (_, Some(CryptType::Apr1)) => Some(md5_crypt::crypt(
            password,
            "$apr1$",
            md5_crypt::salt_of(stored, "$apr1$"),
        )),
        (_, Some(CryptType::Sha1)) => Some(hex(&sha1::Sha1::digest(password))),
        (_, Some(CryptType::Sha2)) => Some(hex(&sha2::Sha256::digest(password))),
        (_, Some(CryptType::Sha512)) => Some(hex(&sha2::Sha512::digest(password))),
        (_, Some(CryptType::Bcrypt { .. })) => {
            // The cost may be written with a leading zero, so only the hash itself is compared.
            return Bcrypt::read(stored).is_some_and(|bcrypt| {
                equal(
                    bcrypt.hash,
                    &bcrypt_hash(bcrypt.cost, bcrypt.salt, password),
                )
            });
        }
    };
    expected.is_some_and(|expected| equal(&expected, stored))
}

/// The text to store for a new password.
///
/// As in the reference system, the login is the salt of `crypt`, `md5` and `apr1`. `random`, 16 fresh random bytes,
/// makes that of bcrypt, and steps in for logins that are no good as a salt: there the reference writes entries that
/// nobody can sign in with (`*0` for DES), or that work for customers but not for agents (letters beyond ASCII).
pub fn hash(form: CryptType, login: &str, password: &str, random: [u8; 16]) -> String {
    match form {
        CryptType::Plain => password.to_owned(),
        CryptType::Crypt => des::crypt(password, login)
            .or_else(|| des::crypt(password, &letters(random)))
            .unwrap_or_default(),
        CryptType::Apr1 => md5_crypt::crypt(password, "$apr1$", &salt(login, random)),
        CryptType::Md5 => md5_crypt::crypt(password, "$1$", &salt(login, random)),
        CryptType::Sha1 => hex(&sha1::Sha1::digest(password)),
        CryptType::Sha2 => hex(&sha2::Sha256::digest(password)),
        CryptType::Sha512 => hex(&sha2::Sha512::digest(password)),
        CryptType::Bcrypt { cost } => {
            let cost = cost.clamp(*BCRYPT_COSTS.start(), *BCRYPT_COSTS.end());
            let salt = letters(random);
            let mut bytes = [0; 16];
            bytes.copy_from_slice(salt.as_bytes());
            format!(
                "BCRYPT:{cost:02}:{salt}:{}",
                bcrypt_hash(cost, bytes, password)
            )
        }
    }
}

/// The salt of the two MD5 forms.
fn salt(login: &str, random: [u8; 16]) -> Cow<'_, str> {
    let usable = !login.is_empty()
        && login
            .chars()
            .take(8)
            .all(|letter| letter.is_ascii_graphic())
        && !login.starts_with('$');
    if usable {
        Cow::Borrowed(login)
    } else {
        Cow::Owned(letters(random))
    }
}

/// The parts of `BCRYPT:cost:salt:hash`; the salt is sixteen letters, the hash 31 in bcrypt's own base 64.
struct Bcrypt<'a> {
    cost: u32,
    salt: [u8; 16],
    hash: &'a str,
}

impl<'a> Bcrypt<'a> {
    fn read(stored: &'a str) -> Option<Self> {
        let (cost, rest) = stored.strip_prefix("BCRYPT:")?.split_once(':')?;
        // The salt may hold any letter, a colon too, so it is counted rather than searched.
        let (salt, hash) = rest.split_at_checked(16)?;
        let hash = hash.strip_prefix(':')?;
        if cost.len() > 2 || !cost.bytes().all(|byte| byte.is_ascii_digit()) || hash.len() != 31 {
            return None;
        }
        let cost = cost
            .parse()
            .ok()
            .filter(|cost| BCRYPT_COSTS.contains(cost))?;
        Some(Self {
            cost,
            salt: salt.as_bytes().try_into().ok()?,
            hash,
        })
    }
}

/// The 31 letters of bcrypt's first 23 bytes; as everywhere, 72 bytes of the password count, its end mark included.
fn bcrypt_hash(cost: u32, salt: [u8; 16], password: &str) -> String {
    const ENGINE: general_purpose::GeneralPurpose =
        general_purpose::GeneralPurpose::new(&alphabet::BCRYPT, general_purpose::NO_PAD);
    let mut key = password.as_bytes().to_vec();
    key.push(0);
    key.truncate(72);
    ENGINE.encode(&bcrypt::bcrypt(cost, salt, &key)[..23])
}

/// Sixteen letters and digits from sixteen random bytes.
fn letters(random: [u8; 16]) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    random
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

fn equal(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LONG: &str =
        "a-very-long-password-of-more-than-72-bytes-0123456789-0123456789-0123456789-0123456789";
    const BCRYPT: CryptType = CryptType::Bcrypt { cost: 12 };

    /// Form, login, password, and what the reference system stored.
    const STORED: &[(CryptType, &str, &str, &str)] = &[
        (CryptType::Plain, "fmt.alice", "Grüße€", "Grüße€"),
        (CryptType::Crypt, "fmt.alice", "Secret-1", "fmxyn47K/BDKM"),
        (CryptType::Crypt, "fmt.alice", "Grüße€", "fmMcZNw5RCCrs"),
        (CryptType::Crypt, "fmt.alice", LONG, "fm4.QUOqpWoYw"),
        (
            CryptType::Apr1,
            "fmt.alice",
            "Secret-1",
            "$apr1$fmt.alic$rbh5DBXz26YpcwkIDTkML0",
        ),
        (
            CryptType::Apr1,
            "f",
            "Secret-1",
            "$apr1$f$OKkQZaqiAnwA7KK8DcDFI.",
        ),
        (
            CryptType::Apr1,
            "fmtüser",
            "Secret-1",
            "$apr1$fmtüser$A.Eaw0PMe9sOjju8Gb4Ba0",
        ),
        (
            CryptType::Apr1,
            "fmt.alice",
            "Grüße€",
            "$apr1$fmt.alic$oyzxSk8OaE6aJpzoUN/gi0",
        ),
        (
            CryptType::Apr1,
            "fmt.alice",
            LONG,
            "$apr1$fmt.alic$ny9NUSl3ATduBvPE601KR1",
        ),
        (
            CryptType::Md5,
            "fmt.alice",
            "Secret-1",
            "$1$fmt.alic$nLVpOEdHCNAl/c7jU31HI/",
        ),
        (
            CryptType::Md5,
            "f",
            "Secret-1",
            "$1$f$VX16QP2MtMAi.V3aLjJRm0",
        ),
        (
            CryptType::Md5,
            "fmtüser",
            "Secret-1",
            "$1$fmtüser$Wl.zsY3huBugHVjm0.ini0",
        ),
        (
            CryptType::Md5,
            "fmt.alice",
            "Grüße€",
            "$1$fmt.alic$JTexUHTu2tce4vLrH5ibJ0",
        ),
        (
            CryptType::Md5,
            "fmt.alice",
            LONG,
            "$1$fmt.alic$Wi3dn7l28u1nRZItqw.530",
        ),
        (
            CryptType::Sha1,
            "fmt.alice",
            "Secret-1",
            "0852ec092c28f9f3ef5e3106f798fa60295dfacb",
        ),
        (
            CryptType::Sha1,
            "fmt.alice",
            "Grüße€",
            "1d965d7fb4524035fb6186b04d84c333256059c6",
        ),
        (
            CryptType::Sha2,
            "fmt.alice",
            "Secret-1",
            "83aeb0c6678c4184dfad301844e867c0e1a756e674c66f1e8eb217b585eaf3b6",
        ),
        (
            CryptType::Sha2,
            "fmt.alice",
            "Grüße€",
            "c9910796a0d9106de64c9af67763abf9d335628b77e60818243bff0521dc0147",
        ),
        (
            CryptType::Sha512,
            "fmt.alice",
            "Secret-1",
            "052530936cdd6ad7a7a87c52e956ff739b8f8a5ce2903a208716750cda10a7e7173605e153c3ca4e946432e2951653ac8ca3aa2db114bbe33d9caa7261562484",
        ),
        (
            CryptType::Sha512,
            "fmt.alice",
            "Grüße€",
            "b5230b714c4fdea1803713e27bf0aba9c3bef85a3829a80977d5ff4b5e5bacdeec24d3c7c8beaba261a1fae8468916bc7c07f25001c88286c1b3c38f544902ae",
        ),
        (
            BCRYPT,
            "fmt.alice",
            "Secret-1",
            "BCRYPT:12:T3zGqXJOB9ac2YPx:9dweXIl45a5.GSD69UHbdzPPj5e2LS.",
        ),
        (
            BCRYPT,
            "fmt.alice",
            "Grüße€",
            "BCRYPT:12:bdkeY2d5owSnem0Z:ctyzC7FltA1YfNaFvoSaWqHhe4rzAyO",
        ),
        (
            BCRYPT,
            "fmt.alice",
            LONG,
            "BCRYPT:12:Az3XdbV2lFtjet2A:OOTjfIArN9tui84jkEbVF3fB6k.eGDC",
        ),
    ];

    #[test]
    fn what_the_reference_stored_verifies() {
        for &(form, _, password, stored) in STORED {
            if form != CryptType::Plain {
                assert_eq!(looks_like(stored), Some(form), "{stored}");
                assert!(!verify(CryptType::Plain, stored, password), "{stored}");
                if form != BCRYPT {
                    assert!(!verify(CryptType::Sha2, stored, stored), "{stored}");
                }
            }
            assert!(verify(form, stored, password), "{stored}");
            if form != BCRYPT || password == LONG {
                // A wrong password for each slow hash would show nothing more.
                assert!(!verify(form, stored, "secret-1"), "{stored}");
            }
            assert!(!verify(form, stored, ""), "{stored}");
        }
    }

    #[test]
    fn what_we_store_is_what_the_reference_stored() {
        for &(form, login, password, stored) in STORED {
            let ours = hash(form, login, password, *b"0123456789abcdef");
            if form == BCRYPT || !login.is_ascii() {
                assert_eq!(looks_like(&ours), Some(form), "{stored}");
                assert!(verify(CryptType::Sha2, &ours, password), "{ours}");
            } else {
                assert_eq!(ours, stored);
            }
        }
    }

    #[test]
    fn plain_texts_count_only_while_the_setting_is_plain() {
        for text in [
            "Grüße€1",
            "abc ",
            "abcdefghijklm",
            "$1$abc$def",
            "BCRYPT:x",
            "*0",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert!(verify(CryptType::Plain, text, text), "{text}");
            assert!(!verify(CryptType::Sha2, text, text), "{text}");
        }
        assert!(!verify(CryptType::Plain, "Abc", "abc"));
        assert!(!verify(CryptType::Plain, "", ""));
    }

    #[test]
    fn forms_that_the_reference_refuses_are_refused() {
        let password = "Grüße€1";
        for stored in [
            "5c3a8054a4c59faf5a8306dd9f6bb73e",
            "D1817C335B9CF8C6BFBB81B077882F18D3337DB7",
            "F81A87F0B39CB168693134CDC65A9459F6C6F6212ADE12C4A9C9F414DFD62CAE",
            "$2a$05$abcdefghijklmnopqrstuuOl5FK/zp59Gew7xjdymAabogVpSgCn2",
            "$5$other$l9x2Jg4THIII6Kra0s3/4R3VDUBq3191VQ8Sv1yZwY5",
        ] {
            assert!(!verify(CryptType::Sha2, stored, password), "{stored}");
        }
    }

    #[test]
    fn any_salt_and_cost_verify() {
        assert!(verify(CryptType::Sha2, "XymvUScBaprAc", "Grüße€1"));
        assert!(verify(CryptType::Sha2, "XyxHBD6w8xjIk", "Secret-1more"));
        assert!(verify(
            CryptType::Sha2,
            "$1$other$tFTe1z3EMbnkX.8xoDKXg1",
            "Grüße€1"
        ));
        assert!(verify(
            CryptType::Sha2,
            "BCRYPT:5:abcdefghijklmnop:IsxRU09WVvnKqTGxCCM9qhsAXNbJysK",
            "Grüße€1"
        ));
        assert!(verify(
            CryptType::Sha2,
            "BCRYPT:05:abcdefghijklmnop:IsxRU09WVvnKqTGxCCM9qhsAXNbJysK",
            "Grüße€1"
        ));
    }

    #[test]
    fn a_forged_cost_is_refused() {
        for cost in ["0", "3", "18", "31", "99", "-5", "+5", "4294967301", ""] {
            assert_eq!(
                looks_like(&format!(
                    "BCRYPT:{cost}:abcdefghijklmnop:IsxRU09WVvnKqTGxCCM9qhsAXNbJysK"
                )),
                None,
                "{cost}"
            );
        }
    }

    #[test]
    fn a_login_that_is_no_salt_still_gets_a_usable_hash() {
        for login in ["f", "@x", "", "ü"] {
            let stored = hash(CryptType::Crypt, login, "Secret-1", [7; 16]);
            assert!(
                verify(CryptType::Crypt, &stored, "Secret-1"),
                "{login} {stored}"
            );
        }
        for (form, login) in [
            (CryptType::Md5, "a$b"),
            (CryptType::Apr1, ""),
            (CryptType::Md5, "abcdefgü"),
        ] {
            let stored = hash(form, login, "Secret-1", [7; 16]);
            assert!(verify(form, &stored, "Secret-1"), "{login} {stored}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_stored_text_is_answered(
            stored in prop_oneof![any::<String>(), r"BCRYPT:[0-9]{0,2}:[!-~ü]{0,18}:[./A-Za-z0-9]{29,32}".prop_filter("slow", |text| !text.starts_with("BCRYPT:1")), r"(\$1\$|\$apr1\$)[!-~]{0,30}", "[./0-9A-Za-z]{13}"],
            password in any::<String>(),
        ) {
            verify(CryptType::Sha2, &stored, &password);
            verify(CryptType::Plain, &stored, &password);
        }

        #[test]
        fn a_new_hash_verifies(
            form in prop::sample::select(vec![CryptType::Plain, CryptType::Crypt, CryptType::Apr1, CryptType::Md5, CryptType::Sha1, CryptType::Sha2, CryptType::Sha512, CryptType::Bcrypt { cost: 4 }]),
            login in any::<String>(), password in ".{1,90}", random in any::<[u8; 16]>(),
        ) {
            let stored = hash(form, &login, &password, random);
            prop_assert!(verify(form, &stored, &password), "{}", stored);
        }
    }
}
