//! Files with certificates and private keys: PEM, or DER.
//!
//! A key with a password is not opened: that needs ciphers that nothing else here needs.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Why a file can not be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyError {
    #[error("it is no PEM, and no DER")]
    NoPem,
    #[error(
        "the key has a password, which is not supported: store it without one, readable for this server only"
    )]
    Password,
    #[error(
        "it is PKCS#12, which is not supported: make PEM of it with `openssl pkcs12 -nodes -in FILE -out FILE.pem`"
    )]
    Pkcs12,
}

/// One block of a PEM file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Block {
    /// Such as `RSA PRIVATE KEY`.
    pub label: String,
    pub der: Vec<u8>,
}

impl Block {
    pub fn is_key(&self) -> bool {
        self.label.ends_with("PRIVATE KEY")
    }

    fn write(&self, out: &mut String) {
        // Writing to a String can not fail.
        let _ = writeln!(out, "-----BEGIN {}-----", self.label);
        let encoded = STANDARD.encode(&self.der);
        let mut rest = encoded.as_str();
        while !rest.is_empty() {
            let (line, tail) = rest.split_at(rest.len().min(64));
            out.push_str(line);
            out.push('\n');
            rest = tail;
        }
        let _ = writeln!(out, "-----END {}-----", self.label);
    }
}

/// The blocks of a PEM file, or the one that DER is, called `label`.
pub fn read(bytes: &[u8], label: &str) -> Result<Vec<Block>, KeyError> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains("-----BEGIN ") => blocks(text),
        _ if is_pkcs12(bytes) => Err(KeyError::Pkcs12),
        _ if bytes.first() == Some(&0x30) => Ok(vec![Block {
            label: label.to_owned(),
            der: bytes.to_vec(),
        }]),
        _ => Err(KeyError::NoPem),
    }
}

/// As one file.
pub fn pem(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        block.write(&mut out);
    }
    out
}

/// A sequence that begins with the version 3.
fn is_pkcs12(bytes: &[u8]) -> bool {
    let content = match bytes {
        [0x30, length, ..] if *length < 0x80 => bytes.get(2..),
        [0x30, length, ..] => bytes.get(2 + usize::from(length & 0x7f)..),
        _ => None,
    };
    content.is_some_and(|content| content.starts_with(&[2, 1, 3]))
}

fn blocks(text: &str) -> Result<Vec<Block>, KeyError> {
    let mut found = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let label = line.strip_prefix("-----BEGIN ");
        let Some(label) = label.and_then(|label| label.strip_suffix("-----")) else {
            continue;
        };
        let mut encoded = String::new();
        for line in lines
            .by_ref()
            .take_while(|line| !line.starts_with("-----END "))
        {
            if line.starts_with("DEK-Info:") {
                return Err(KeyError::Password);
            }
            encoded.push_str(line);
        }
        if label == "ENCRYPTED PRIVATE KEY" {
            return Err(KeyError::Password);
        }
        found.push(Block {
            label: label.to_owned(),
            der: STANDARD.decode(&encoded).map_err(|_| KeyError::NoPem)?,
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = include_str!("../../../../fixtures/keys/plain.pem");

    #[test]
    fn pem_comes_back_as_it_was_and_der_becomes_pem() {
        let blocks = read(PLAIN.as_bytes(), "CERTIFICATE").unwrap();
        assert_eq!(pem(&blocks), PLAIN);
        assert!(blocks[0].is_key());
        let der = read(&blocks[0].der, "PRIVATE KEY").unwrap();
        assert_eq!(der, blocks);
    }

    #[test]
    fn what_can_not_be_used_is_named() {
        let encrypted = include_str!("../../../../fixtures/keys/encrypted.pem");
        let old = include_str!("../../../../fixtures/keys/encrypted_old.pem");
        for (bytes, expected) in [
            (encrypted.as_bytes(), KeyError::Password),
            (old.as_bytes(), KeyError::Password),
            (b"nothing", KeyError::NoPem),
            (&[0x30, 0x82, 9, 9, 2, 1, 3, 0x30][..], KeyError::Pkcs12),
        ] {
            assert_eq!(read(bytes, "PRIVATE KEY"), Err(expected));
        }
    }
}
