//! From an image to a value.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{MAX_DEPTH, MAX_VALUES, Problem, StorableError, code, key};
use crate::{Map, Value};

/// Reads an image; the value is what the reference points to that Perl's `thaw` returns.
pub fn read(image: &[u8]) -> Result<Value, StorableError> {
    let mut reader = Reader {
        image,
        at: 0,
        order: Order::Network,
        tags: Vec::new(),
        open: Vec::new(),
        values: 0,
    };
    let mut run = || {
        reader.header()?;
        let value = reader.value(0, true)?;
        if reader.at < image.len() {
            Err(Problem::Trailing)
        } else {
            Ok(value)
        }
    };
    let result = run();
    result.map_err(|problem| StorableError {
        offset: reader.at,
        problem,
    })
}

/// Reads an image from base 64; line breaks in it do not count.
pub fn from_base64(text: &str) -> Result<Value, StorableError> {
    let letters: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let image = BASE64_STANDARD.decode(letters).map_err(|_| StorableError {
        offset: 0,
        problem: Problem::Base64,
    })?;
    read(&image)
}

/// The order of bytes in numbers, and for an image in the machine's own order the size of its integers and floats.
#[derive(Clone, Copy)]
enum Order {
    Network,
    Little { integer: usize, float: usize },
    Big { integer: usize, float: usize },
}

struct Reader<'a> {
    image: &'a [u8],
    at: usize,
    order: Order,
    /// Where each value of the image starts, for those that are referred to again.
    tags: Vec<usize>,
    /// Where the values start that are being read now.
    open: Vec<usize>,
    values: usize,
}

impl<'a> Reader<'a> {
    fn header(&mut self) -> Result<(), Problem> {
        if self.image.starts_with(b"pst0") {
            self.at = 4;
        }
        let version = self.byte()?;
        if version >> 1 != 2 {
            return Err(Problem::Version);
        }
        let minor = self.byte()?;
        if version & 1 == 1 {
            return Ok(());
        }
        let length = usize::from(self.byte()?);
        let order = self.take(length)?;
        let (int, long, pointer) = (self.byte()?, self.byte()?, self.byte()?);
        let float = if minor >= 2 {
            usize::from(self.byte()?)
        } else {
            8
        };
        if int != 4 || !matches!(long, 4 | 8) || !matches!(pointer, 4 | 8) {
            return Err(Problem::Machine);
        }
        self.order = match order {
            b"12345678" | b"1234" => Order::Little {
                integer: length,
                float,
            },
            b"87654321" | b"4321" => Order::Big {
                integer: length,
                float,
            },
            _ => return Err(Problem::Machine),
        };
        Ok(())
    }

    /// One value. When a shared value is read `first` not for the first time, what is in it was numbered before.
    fn value(&mut self, depth: usize, first: bool) -> Result<Value, Problem> {
        let start = self.at;
        let kind = self.byte()?;
        if kind == code::SHARED {
            return self.shared(depth);
        }
        self.count(1)?;
        if first {
            self.tags.push(start);
        }
        Ok(match kind {
            code::UNDEF | code::THE_UNDEF | code::UNDEF_ELEMENT => Value::Undef,
            code::YES | code::TRUE => Value::Integer(1),
            code::NO | code::FALSE => Value::text(""),
            code::BYTE => Value::Integer(i64::from(self.byte()?) - 128),
            code::NETWORK_INTEGER => Value::Integer(i32::from_be_bytes(self.array()?).into()),
            code::INTEGER => self.integer()?,
            code::DOUBLE => self.double()?,
            code::SCALAR | code::LONG_SCALAR => bytes(self.text(kind == code::LONG_SCALAR)?),
            code::UTF8 | code::LONG_UTF8 => {
                let text = self.text(kind == code::LONG_UTF8)?;
                // Perl's own UTF-8 is wider than the standard's; what does not fit stays as bytes.
                std::str::from_utf8(text).map_or_else(|_| Value::Bytes(text.to_vec()), Value::text)
            }
            code::VERSION | code::LONG_VERSION => {
                // The source text of a `v1.2.3` comes first; the value itself follows.
                self.text(kind == code::LONG_VERSION)?;
                match self.byte()? {
                    code::SCALAR => bytes(self.text(false)?),
                    code::UTF8 => std::str::from_utf8(self.text(false)?)
                        .map(Value::text)
                        .map_err(|_| Problem::Refused("a version"))?,
                    _ => return Err(Problem::Refused("a version")),
                }
            }
            code::ARRAY => self.nested(start, depth, |reader| reader.array_of(depth, first))?,
            code::HASH => self.nested(start, depth, |reader| reader.hash(depth, first, false))?,
            code::FLAG_HASH => {
                self.nested(start, depth, |reader| reader.hash(depth, first, true))?
            }
            code::REFERENCE | code::WEAK_REFERENCE | code::OVERLOADED | code::WEAK_OVERLOADED => {
                self.reference(depth, first)?
            }
            code::BLESSED => return Err(self.object()),
            code::BLESSED_AGAIN | code::HOOK => return Err(Problem::Refused("an object")),
            code::CODE => return Err(Problem::Refused("code")),
            code::PATTERN => return Err(Problem::Refused("a pattern")),
            code::TIED_ARRAY
            | code::TIED_HASH
            | code::TIED_SCALAR
            | code::TIED_KEY
            | code::TIED_INDEX => {
                return Err(Problem::Refused("a tied variable"));
            }
            other => return Err(Problem::Type(other)),
        })
    }

    fn nested(
        &mut self,
        start: usize,
        depth: usize,
        read: impl FnOnce(&mut Self) -> Result<Value, Problem>,
    ) -> Result<Value, Problem> {
        if self.open.contains(&start) {
            return Err(Problem::Cycle);
        }
        if depth >= MAX_DEPTH {
            return Err(Problem::Depth);
        }
        self.open.push(start);
        let value = read(self)?;
        self.open.pop();
        Ok(value)
    }

    fn array_of(&mut self, depth: usize, first: bool) -> Result<Value, Problem> {
        let size = self.size()?;
        // Each element has at least its type, so a forged size cannot reserve more than the image is long.
        let mut items = Vec::with_capacity(self.fits(size, 1)?);
        for _ in 0..size {
            items.push(self.value(depth + 1, first)?);
        }
        Ok(Value::List(items))
    }

    fn hash(&mut self, depth: usize, first: bool, marked: bool) -> Result<Value, Problem> {
        if marked {
            // The mark of the whole hash tells only that its keys are fixed.
            self.byte()?;
        }
        let size = self.size()?;
        self.fits(size, 5)?;
        let mut pairs = Map::new();
        for _ in 0..size {
            let value = self.value(depth + 1, first)?;
            let marks = if marked { self.byte()? } else { 0 };
            if marks & key::VALUE != 0 {
                return Err(Problem::Refused("a key with a value of its own"));
            }
            let length = self.size()?;
            let bytes = self.take(length)?;
            self.count(length / 64)?;
            let name = if marks & key::UTF8 == 0 {
                bytes.iter().copied().map(char::from).collect()
            } else {
                std::str::from_utf8(bytes)
                    .map_err(|_| Problem::Key)?
                    .to_owned()
            };
            if marks & key::PLACEHOLDER == 0 {
                pairs.insert(name, value);
            }
        }
        Ok(Value::Map(pairs))
    }

    fn reference(&mut self, depth: usize, first: bool) -> Result<Value, Problem> {
        if matches!(
            self.image.get(self.at),
            Some(
                &(code::REFERENCE
                    | code::WEAK_REFERENCE
                    | code::OVERLOADED
                    | code::WEAK_OVERLOADED)
            )
        ) {
            return Err(Problem::Refused("a reference to a reference"));
        }
        match self.value(depth, first)? {
            value @ (Value::List(_) | Value::Map(_)) => Ok(value),
            _ => Err(Problem::Refused("a reference to a scalar")),
        }
    }

    /// A value that was there before, read again from where it started.
    fn shared(&mut self, depth: usize) -> Result<Value, Problem> {
        let tag = u32::from_be_bytes(self.array()?);
        let start = usize::try_from(tag)
            .ok()
            .and_then(|tag| self.tags.get(tag))
            .copied()
            .ok_or(Problem::Tag)?;
        let back = std::mem::replace(&mut self.at, start);
        let value = self.value(depth, false)?;
        self.at = back;
        Ok(value)
    }

    fn object(&mut self) -> Problem {
        let length = match self.byte() {
            Ok(length) if length < 0x80 => Ok(usize::from(length)),
            Ok(_) => self.size(),
            Err(problem) => Err(problem),
        };
        match length.and_then(|length| self.take(length)) {
            Ok(class) => {
                Problem::Object(String::from_utf8_lossy(class).chars().take(100).collect())
            }
            Err(problem) => problem,
        }
    }

    fn integer(&mut self) -> Result<Value, Problem> {
        Ok(Value::Integer(match self.order {
            Order::Little { integer: 8, .. } => i64::from_le_bytes(self.array()?),
            Order::Big { integer: 8, .. } => i64::from_be_bytes(self.array()?),
            Order::Little { .. } => i32::from_le_bytes(self.array()?).into(),
            Order::Big { .. } => i32::from_be_bytes(self.array()?).into(),
            Order::Network => return Err(Problem::Machine),
        }))
    }

    fn double(&mut self) -> Result<Value, Problem> {
        Ok(Value::Float(match self.order {
            Order::Little { float: 8, .. } => f64::from_le_bytes(self.array()?),
            Order::Big { float: 8, .. } => f64::from_be_bytes(self.array()?),
            _ => return Err(Problem::Machine),
        }))
    }

    fn text(&mut self, long: bool) -> Result<&'a [u8], Problem> {
        let length = if long {
            self.size()?
        } else {
            usize::from(self.byte()?)
        };
        let text = self.take(length)?;
        self.count(length / 64)?;
        Ok(text)
    }

    fn size(&mut self) -> Result<usize, Problem> {
        let bytes = self.array()?;
        let size = if matches!(self.order, Order::Little { .. }) {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        };
        usize::try_from(size).map_err(|_| Problem::Truncated)
    }

    /// `count` when that many parts of at least `least` bytes can still follow.
    fn fits(&self, count: usize, least: usize) -> Result<usize, Problem> {
        if count > (self.image.len() - self.at) / least {
            Err(Problem::Truncated)
        } else {
            Ok(count)
        }
    }

    fn count(&mut self, values: usize) -> Result<(), Problem> {
        self.values += values;
        if self.values > MAX_VALUES {
            Err(Problem::Values)
        } else {
            Ok(())
        }
    }

    fn byte(&mut self) -> Result<u8, Problem> {
        Ok(self.array::<1>()?[0])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Problem> {
        self.take(N)?.try_into().map_err(|_| Problem::Truncated)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Problem> {
        let (taken, _) = self.image[self.at..]
            .split_at_checked(length)
            .ok_or(Problem::Truncated)?;
        self.at += length;
        Ok(taken)
    }
}

/// A text without Perl's UTF-8 mark.
fn bytes(text: &[u8]) -> Value {
    match std::str::from_utf8(text) {
        Ok(ascii) if ascii.is_ascii() => Value::text(ascii),
        _ => Value::Bytes(text.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{freeze, nfreeze};
    use super::*;
    use proptest::prelude::*;

    fn image(hex: &str) -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    /// Images that Storable 3.26 made on a 64-bit machine, and what is in them.
    fn samples() -> Vec<(&'static str, Value)> {
        let list = || {
            Value::List(vec![
                1.into(),
                Value::Undef,
                "x".into(),
                Value::List(vec![]),
                Value::Map(Map::new()),
            ])
        };
        vec![
            ("050b0885", 5.into()),
            ("050b0800", Value::Integer(-128)),
            ("050b09ffffff7f", Value::Integer(-129)),
            ("050b08ff", 127.into()),
            ("050b0900000080", 128.into()),
            ("050b0980000000", Value::Integer(-2_147_483_648)),
            ("050b0a0a32313437343833363438", "2147483648".into()),
            (
                "050b0a1339323233333732303336383534373735383037",
                "9223372036854775807".into(),
            ),
            (
                "040b08313233343536373804080808068000000000000000",
                128.into(),
            ),
            (
                "040b0831323334353637380408080806ffffffffffffff7f",
                i64::MAX.into(),
            ),
            (
                "040b0831323334353637380408080807000000000000f83f",
                1.5.into(),
            ),
            ("050b0a03312e35", "1.5".into()),
            ("050b0a03616263", "abc".into()),
            ("050b1705c3bce282ac", "ü€".into()),
            (
                "050b02000000010a02fffe",
                Value::List(vec![Value::Bytes(vec![0xff, 0xfe])]),
            ),
            ("050b02000000050881050a0178040200000000040300000000", list()),
            (
                "040b0831323334353637380408080802050000000881050a0178040200000000040300000000",
                list(),
            ),
            (
                "050b030000000208810000000161050000000162",
                Value::map([("a", Value::from(1)), ("b", Value::Undef)]),
            ),
            (
                "050b1900000000021702c3bc00000000016208810200000001fc",
                Value::map([("b", Value::from("ü")), ("ü", 1.into())]),
            ),
            (
                "040b083132333435363738040808081900020000001702c3bc00010000006208810201000000fc",
                Value::map([("b", Value::from("ü")), ("ü", 1.into())]),
            ),
            (
                "050b02000000020a01310a00",
                Value::List(vec!["1".into(), "".into()]),
            ),
            (
                "050b020000000408810e0e0e",
                Value::List(vec![1.into(), Value::Undef, Value::Undef, Value::Undef]),
            ),
            (
                "70737430050b030000000104020000000208810a01780000000161",
                Value::map([("a", Value::List(vec![1.into(), "x".into()]))]),
            ),
            (
                "70737430040b08313233343536373804080808030100000004020200000008810a01780100000061",
                Value::map([("a", Value::List(vec![1.into(), "x".into()]))]),
            ),
        ]
    }

    #[test]
    fn perls_images_are_read() {
        for (hex, value) in samples() {
            assert_eq!(read(&image(hex)), Ok(value), "{hex}");
        }
    }

    #[test]
    fn a_shared_value_is_read_twice() {
        let one = Value::List(vec![1.into()]);
        assert_eq!(
            read(&image("050b02000000020402000000010881040000000002")),
            Ok(Value::List(vec![one.clone(), one]))
        );
    }

    #[test]
    fn a_version_is_its_text() {
        assert_eq!(
            read(&image("050b02000000011d0976312e32322e33333317040116c58d")),
            Ok(Value::List(vec!["\u{1}\u{16}\u{14d}".into()]))
        );
    }

    #[test]
    fn what_is_no_plain_data_is_refused_by_name() {
        for (hex, problem) in [
            (
                "050b1108466f6f3a3a426172030000000108810000000161",
                Problem::Object("Foo::Bar".to_owned()),
            ),
            (
                "050b02000000020411014102000000000412000200000000",
                Problem::Object("A".to_owned()),
            ),
            ("050b0200000001040000000000", Problem::Cycle),
            ("050b02000000010402000000010000000001", Problem::Cycle),
            ("050b040a0178", Problem::Refused("a reference to a scalar")),
            (
                "050b0200000002040a0171040000000002",
                Problem::Refused("a reference to a scalar"),
            ),
            (
                "050b04040a0178",
                Problem::Refused("a reference to a reference"),
            ),
            ("050b1a0a0178", Problem::Refused("code")),
            ("050b63", Problem::Type(0x63)),
            ("050b0000000007", Problem::Tag),
            ("050b0885ff", Problem::Trailing),
            ("060b0885", Problem::Version),
            ("040b0431323334040808080885", Problem::Truncated),
            ("050b06ffffffffffffff7f", Problem::Machine),
            ("", Problem::Truncated),
        ] {
            match read(&image(hex)) {
                Err(error) if error.problem == problem => {}
                // A four-byte order is a valid header of an older machine.
                Ok(value) if hex.starts_with("040b04") => assert_eq!(value, 5.into()),
                other => panic!("{hex}: {other:?}"),
            }
        }
    }

    #[test]
    fn forged_lengths_reserve_nothing() {
        for hex in [
            "050b02ffffffff",
            "050b03ffffffff",
            "050b01ffffffff61",
            "050b1900ffffffff",
            "050b0301000000088100000001",
            "050b1885ffffff",
        ] {
            assert_eq!(
                read(&image(hex)).unwrap_err().problem,
                Problem::Truncated,
                "{hex}"
            );
        }
    }

    #[test]
    fn depth_and_repetition_are_bounded() {
        let deep = format!("050b{}", "020000000104".repeat(MAX_DEPTH + 1));
        assert_eq!(read(&image(&deep)).unwrap_err().problem, Problem::Depth);

        // Each list holds the one before it ten times: twelve of them would be 10^12 values.
        let mut bomb = image("050b020000000d0402000000000402");
        bomb.truncate(2 + 5);
        bomb.extend(image("040200000000"));
        for level in 0..12_u32 {
            bomb.extend(image("04020000000a"));
            let tag = if level == 0 { 2 } else { 2 + level * 12 - 10 };
            for _ in 0..10 {
                bomb.extend(image("0400"));
                bomb.extend(tag.to_be_bytes());
            }
        }
        assert!(matches!(
            read(&bomb).unwrap_err().problem,
            Problem::Values | Problem::Depth | Problem::Cycle | Problem::Refused(_)
        ));
    }

    #[test]
    fn columns_hold_base_64() {
        assert_eq!(
            from_base64("BQsDAAAA\nAQiBAAAA\nAWE=\n"),
            Ok(Value::map([("a", 1)]))
        );
        assert_eq!(from_base64("BQs*").unwrap_err().problem, Problem::Base64);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(image in any::<Vec<u8>>(), header in prop::sample::select(vec!["", "050b", "040b0831323334353637380408080", "pst0"])) {
            let _ = read(&[&self::image(if header == "pst0" { "70737430050b" } else { header })[..], &image].concat());
        }

        #[test]
        fn opcodes_in_any_order_are_answered(body in prop::collection::vec(prop_oneof![0_u8..36, Just(0), Just(4), Just(2), Just(255)], 0..60)) {
            let _ = read(&[&[5, 11], &body[..]].concat());
        }

        #[test]
        fn damaged_samples_are_answered(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
            let samples = samples();
            let mut image = image(samples[which.index(samples.len())].0);
            let at = at.index(image.len());
            if cut { image.truncate(at); } else { image[at] = byte; }
            if let Ok(value) = read(&image) {
                prop_assert!(read(&nfreeze(&value)).is_ok());
                prop_assert!(read(&freeze(&value)).is_ok());
            }
        }
    }
}
