#![forbid(unsafe_code)]
//! Arguments and output for tests. They panic where the engine asks for what the format
//! does not say: another type of argument, one more than there are, memory beyond a bound.

use crate::fmt::Arguments;
use crate::fmt::Output;
use crate::fmt::Place;
use crate::status::Result;
use crate::status::VI_ERROR_USER_BUF;
use crate::status::fail;

/// One argument.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Arg {
    Int(i32),
    LongLong(i64),
    Double(f64),
    LongDouble(f64),
    /// A pointer to these bytes and no more.
    Memory(Vec<u8>),
    /// A pointer to these elements and no more.
    LongDoubles(Vec<f64>),
    /// A pointer that must not be followed.
    Address(usize),
    Null,
}

/// A list of arguments.
#[derive(Debug)]
pub(super) struct List {
    pub(super) args: Vec<Arg>,
    next: usize,
}

impl List {
    pub(super) fn new(args: &[Arg]) -> Self {
        Self { args: args.to_vec(), next: 0 }
    }

    pub(super) fn of(args: &[&Arg]) -> Self {
        Self { args: args.iter().map(|arg| (*arg).clone()).collect(), next: 0 }
    }

    /// How many arguments have been taken.
    pub(super) fn taken(&self) -> usize {
        self.next
    }

    fn take(&mut self) -> Arg {
        self.next += 1;
        self.args.get(self.next - 1).cloned().expect("the format has no more arguments")
    }

    fn at(&self, place: Place) -> Result<&Arg> {
        match place.0 {
            0 => fail(VI_ERROR_USER_BUF, "null"),
            place => Ok(&self.args[place - 1]),
        }
    }

    fn at_mut(&mut self, place: Place) -> Result<&mut Arg> {
        match place.0 {
            0 => fail(VI_ERROR_USER_BUF, "null"),
            place => Ok(&mut self.args[place - 1]),
        }
    }
}

impl Arguments for List {
    fn int(&mut self) -> i32 {
        match self.take() {
            Arg::Int(value) => value,
            other => panic!("{other:?} taken as int"),
        }
    }

    fn long_long(&mut self) -> i64 {
        match self.take() {
            Arg::LongLong(value) => value,
            other => panic!("{other:?} taken as long long"),
        }
    }

    fn double(&mut self) -> f64 {
        match self.take() {
            Arg::Double(value) => value,
            other => panic!("{other:?} taken as double"),
        }
    }

    fn long_double(&mut self) -> f64 {
        match self.take() {
            Arg::LongDouble(value) => value,
            other => panic!("{other:?} taken as long double"),
        }
    }

    fn pointer(&mut self) -> Place {
        match self.take() {
            Arg::Memory(_) | Arg::LongDoubles(_) => Place(self.next),
            Arg::Address(address) => Place(address),
            Arg::Null => Place(0),
            other => panic!("{other:?} taken as a pointer"),
        }
    }

    fn string(&self, place: Place, most: usize) -> Result<&[u8]> {
        let Arg::Memory(bytes) = self.at(place)? else { panic!("no bytes at {place:?}") };
        let end = bytes.iter().take(most).position(|byte| *byte == 0).unwrap_or(most);
        Ok(&bytes[..end])
    }

    fn bytes(&self, place: Place, count: usize) -> Result<&[u8]> {
        if count == 0 {
            return Ok(&[]);
        }
        let Arg::Memory(bytes) = self.at(place)? else { panic!("no bytes at {place:?}") };
        Ok(&bytes[..count])
    }

    fn long_double_at(&self, place: Place, index: usize) -> Result<f64> {
        let Arg::LongDoubles(values) = self.at(place)? else { panic!("none at {place:?}") };
        Ok(values[index])
    }

    fn store(&mut self, place: Place, offset: usize, bytes: &[u8]) -> Result {
        let Arg::Memory(memory) = self.at_mut(place)? else { panic!("no bytes at {place:?}") };
        memory[offset..][..bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn store_long_double(&mut self, place: Place, index: usize, value: f64) -> Result {
        let Arg::LongDoubles(values) = self.at_mut(place)? else { panic!("none at {place:?}") };
        values[index] = value;
        Ok(())
    }
}

/// A null-terminated string argument.
pub(super) fn text(text: &str) -> Arg {
    Arg::Memory([text.as_bytes(), b"\0"].concat())
}

/// Declares for each type the argument that points to an array of it.
macro_rules! arrays {
    ($($name:ident $type:ty),*) => {$(
        pub(super) fn $name(values: &[$type]) -> Arg {
            Arg::Memory(values.iter().flat_map(|value| value.to_ne_bytes()).collect())
        }
    )*};
}
arrays!(shorts i16, ints i32, longs i64, floats f32, doubles f64);

/// Stands for END in expected bytes, behind the byte that it goes with.
pub(super) const END: u8 = 0xff;

/// Output, with END written as [`END`].
#[derive(Debug, Default)]
pub(super) struct Sent(pub(super) Vec<u8>);

impl Output for Sent {
    fn put(&mut self, bytes: &[u8], end: bool) -> Result {
        self.0.extend(bytes);
        if end {
            assert!(!bytes.is_empty(), "END goes with a byte");
            self.0.push(END);
        }
        Ok(())
    }
}
