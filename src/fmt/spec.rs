#![forbid(unsafe_code)]
//! The conversion specification, what stands between `%` and its code: read once for both
//! directions. Modifiers may come in any order; each may be given once.

use super::legal;
use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::fail;

/// Which of the two grammars a format follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Print,
    Scan,
}

/// A number of a specification: width, precision, array size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// Not given.
    None,
    /// Given in the format, at most `i32::MAX`.
    Fixed(u32),
    /// Given by an argument: `*` in output formats, `#` in input formats.
    Argument,
}

/// The length modifier: the size of the argument, or of each element behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    None,
    /// `h`: 16 bits.
    Short,
    /// `l`: 32 bits, or double.
    Long,
    /// `ll`: 64 bits.
    LongLong,
    /// `L`: long double.
    LongDouble,
    /// `z`: 32-bit floating point in blocks.
    Float32,
    /// `Z`: 64-bit floating point in blocks.
    Float64,
}

/// The `@` modifier: a number format of IEEE 488.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    /// `@1`: an integer.
    Nr1,
    /// `@2`: fixed point.
    Nr2,
    /// `@3`: with an exponent.
    Nr3,
    /// `@H`: `#H` and hexadecimal digits.
    Hex,
    /// `@Q`: `#Q` and octal digits.
    Octal,
    /// `@B`: `#B` and binary digits.
    Binary,
}

/// The `!` modifier: which byte of an element comes first on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Big,
    Little,
}

/// C's flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    /// `-`: to the left of the field.
    pub(super) left: bool,
    /// `+`: a sign in any case.
    pub(super) plus: bool,
    /// A space where there is no sign.
    pub(super) space: bool,
    /// `0`: filled with zeros.
    pub(super) zero: bool,
    /// `#`: C's alternate form.
    pub(super) alternate: bool,
}

/// A conversion specification.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spec<'f> {
    /// The flags of an output format.
    pub(super) flags: Flags,
    /// `*` of an input format: nothing is stored and no argument taken.
    pub(super) suppress: bool,
    /// The field width; the number of elements for the codes b, B and y.
    pub(super) width: Count,
    pub(super) precision: Count,
    /// The array size, behind a comma.
    pub(super) array: Count,
    pub(super) notation: Option<Notation>,
    pub(super) order: Option<ByteOrder>,
    pub(super) length: Length,
    pub(super) code: u8,
    /// What stands between the brackets of `%[`.
    pub(super) set: &'f [u8],
}

impl Length {
    /// The size of an element of a block in bytes.
    pub(super) fn element(self) -> usize {
        match self {
            Length::None => 1,
            Length::Short => 2,
            Length::Long | Length::Float32 => 4,
            Length::LongLong | Length::Float64 => 8,
            Length::LongDouble => unreachable!("no block has elements of long double"),
        }
    }

    /// The size of an integer in bytes.
    pub(super) fn integer(self) -> usize {
        match self {
            Length::Short => 2,
            Length::LongLong => 8,
            _ => 4,
        }
    }
}

impl<'f> Spec<'f> {
    /// Reads the specification whose `%` stands just before `text`, and checks that its code takes
    /// its modifiers. Gives it and the number of bytes of `text` that belong to it.
    ///
    /// # Errors
    /// VI_ERROR_INV_FMT for what is no specification; VI_ERROR_NSUP_FMT for `%n` in output and
    /// for a modifier that the code does not take.
    pub(super) fn parse(text: &'f [u8], direction: Direction) -> Result<(Self, usize)> {
        let mut spec = Spec {
            flags: Flags::default(),
            suppress: false,
            width: Count::None,
            precision: Count::None,
            array: Count::None,
            notation: None,
            order: None,
            length: Length::None,
            code: 0,
            set: &[],
        };
        let mut cursor = Cursor { rest: text };
        while spec.code == 0 {
            let byte = cursor.next()?;
            match direction {
                Direction::Print => spec.read_print(byte, &mut cursor)?,
                Direction::Scan => spec.read_scan(byte, &mut cursor)?,
            }
        }
        let used = text.len() - cursor.rest.len();
        // No code takes modifiers that it could not do with: `%%` is these two characters.
        if spec.code == b'%' && used != 1 {
            return fail(VI_ERROR_INV_FMT, "%% with modifiers");
        }
        legal::check(&spec, direction)?;
        Ok((spec, used))
    }

    fn read_print(&mut self, byte: u8, cursor: &mut Cursor<'f>) -> Result {
        match byte {
            b'-' => self.flags.left = true,
            b'+' => self.flags.plus = true,
            b' ' => self.flags.space = true,
            b'#' => self.flags.alternate = true,
            b'0' if self.width == Count::None => self.flags.zero = true,
            b'*' => once(&mut self.width, Count::None, Count::Argument)?,
            b'.' => {
                // C: a point without a number is precision 0.
                let count = cursor.count(b'*')?;
                let count = if count == Count::None { Count::Fixed(0) } else { count };
                once(&mut self.precision, Count::None, count)?;
            }
            b',' => self.read_array(b'*', cursor)?,
            b'@' => {
                let notation = match cursor.next()? {
                    b'1' => Notation::Nr1,
                    b'2' => Notation::Nr2,
                    b'3' => Notation::Nr3,
                    b'H' => Notation::Hex,
                    b'Q' => Notation::Octal,
                    b'B' => Notation::Binary,
                    _ => return fail(VI_ERROR_INV_FMT, "@ without 1, 2, 3, H, Q or B"),
                };
                once(&mut self.notation, None, Some(notation))?;
            }
            _ => self.read_common(byte, cursor)?,
        }
        Ok(())
    }

    fn read_scan(&mut self, byte: u8, cursor: &mut Cursor<'f>) -> Result {
        match byte {
            b'*' => once(&mut self.suppress, false, true),
            b'#' => once(&mut self.width, Count::None, Count::Argument),
            b',' => self.read_array(b'#', cursor),
            b'[' => {
                self.set = cursor.set()?;
                self.code = b'[';
                Ok(())
            }
            _ => self.read_common(byte, cursor),
        }
    }

    /// What both grammars share.
    fn read_common(&mut self, byte: u8, cursor: &mut Cursor<'f>) -> Result {
        match byte {
            b'0'..=b'9' => {
                let width = cursor.number(byte)?;
                once(&mut self.width, Count::None, Count::Fixed(width))
            }
            b'!' => {
                let order = match (cursor.next()?, cursor.next()?) {
                    (b'o', b'b') => ByteOrder::Big,
                    (b'o', b'l') => ByteOrder::Little,
                    _ => return fail(VI_ERROR_INV_FMT, "! without ob or ol"),
                };
                once(&mut self.order, None, Some(order))
            }
            b'h' => once(&mut self.length, Length::None, Length::Short),
            b'l' => {
                let length = if cursor.follows(b'l') { Length::LongLong } else { Length::Long };
                once(&mut self.length, Length::None, length)
            }
            b'L' => once(&mut self.length, Length::None, Length::LongDouble),
            b'z' => once(&mut self.length, Length::None, Length::Float32),
            b'Z' => once(&mut self.length, Length::None, Length::Float64),
            // A byte of 0 cannot be told from "no code yet", and is none.
            0 => fail(VI_ERROR_INV_FMT, "NUL as a code"),
            code => {
                self.code = code;
                Ok(())
            }
        }
    }

    fn read_array(&mut self, by_argument: u8, cursor: &mut Cursor<'f>) -> Result {
        match cursor.count(by_argument)? {
            Count::None => fail(VI_ERROR_INV_FMT, "a comma without an array size"),
            count => once(&mut self.array, Count::None, count),
        }
    }
}

/// Sets a modifier that is still at `unset`.
fn once<T: PartialEq>(modifier: &mut T, unset: T, value: T) -> Result {
    if *modifier != unset {
        return fail(VI_ERROR_INV_FMT, "a modifier given twice");
    }
    *modifier = value;
    Ok(())
}

struct Cursor<'f> {
    rest: &'f [u8],
}

impl<'f> Cursor<'f> {
    fn next(&mut self) -> Result<u8> {
        let Some((&first, rest)) = self.rest.split_first() else {
            return fail(VI_ERROR_INV_FMT, "an incomplete specification ends the format");
        };
        self.rest = rest;
        Ok(first)
    }

    /// Steps over `byte` if it comes next.
    fn follows(&mut self, byte: u8) -> bool {
        let follows = self.rest.first() == Some(&byte);
        if follows {
            self.rest = &self.rest[1..];
        }
        follows
    }

    /// A number in the format, `by_argument`, or neither.
    fn count(&mut self, by_argument: u8) -> Result<Count> {
        match self.rest.first() {
            Some(byte) if *byte == by_argument => {
                self.rest = &self.rest[1..];
                Ok(Count::Argument)
            }
            Some(b'0'..=b'9') => {
                let first = self.next()?;
                Ok(Count::Fixed(self.number(first)?))
            }
            _ => Ok(Count::None),
        }
    }

    /// The decimal number that begins with the digit `first`.
    fn number(&mut self, first: u8) -> Result<u32> {
        let mut value = i32::from(first - b'0');
        while let Some(digit @ b'0'..=b'9') = self.rest.first() {
            let more = value.checked_mul(10).and_then(|ten| ten.checked_add((digit - b'0').into()));
            let Some(more) = more else {
                return fail(VI_ERROR_INV_FMT, "a number above 2147483647");
            };
            value = more;
            self.rest = &self.rest[1..];
        }
        Ok(value.unsigned_abs())
    }

    /// The inside of a scan set. As in C, a `]` at its beginning is a member.
    fn set(&mut self) -> Result<&'f [u8]> {
        let first = if self.rest.first() == Some(&b'^') { 1 } else { 0 };
        let close = self.rest.iter().skip(first + 1).position(|byte| *byte == b']');
        let Some(close) = close else {
            return fail(VI_ERROR_INV_FMT, "a scan set without its end");
        };
        let (set, rest) = self.rest.split_at(first + 1 + close);
        self.rest = &rest[1..];
        Ok(set)
    }
}
