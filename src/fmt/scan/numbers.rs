#![forbid(unsafe_code)]
//! Input of numbers: one, or an array of them with commas in between.

use super::Flow;
use super::counts::Limit;
use super::kind::Kind;
use super::kind::Value;
use super::number::Field;
use super::number::Syntax;
use super::reader::Reader;
use super::reader::is_space;
use crate::fmt::Arguments;
use crate::fmt::Place;
use crate::fmt::spec::Count;
use crate::fmt::spec::Spec;
use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::fail;

/// `%d %i %u %o %x %X %p %f %e %E %g %G`.
pub(super) fn scan(
    spec: &Spec,
    arguments: &mut dyn Arguments,
    reader: &mut Reader,
) -> Result<Flow> {
    let limit = Limit::resolve(spec.array, arguments)?;
    let width = match spec.width {
        Count::Fixed(width) => Some(width as usize),
        _ => None,
    };
    let place = (!spec.suppress).then(|| arguments.pointer());
    let mut list =
        List { syntax: syntax(spec.code), kind: Kind::new(spec), width, place, stored: 0 };
    let result = list.read(limit.most.unwrap_or(1), arguments, reader);
    if result.is_ok() || list.stored > 0 {
        limit.report(list.stored, arguments)?;
    }
    result
}

/// `%n`: how many bytes have been taken.
pub(super) fn store_consumed(
    spec: &Spec,
    arguments: &mut dyn Arguments,
    reader: &Reader,
) -> Result {
    if spec.suppress {
        return Ok(());
    }
    let place = arguments.pointer();
    // As in C: a program may look whether the format was used up to here.
    if reader.is_over() {
        return Ok(());
    }
    store_integer(reader.consumed(), spec.length.integer(), place, 0, arguments)
}

fn syntax(code: u8) -> Syntax {
    match code {
        b'o' => Syntax::Octal,
        b'x' | b'X' => Syntax::Hex,
        b'p' => Syntax::Pointer,
        b'i' => Syntax::DecimalOrHex,
        b'd' | b'u' => Syntax::Decimal,
        _ => Syntax::Float,
    }
}

/// Numbers on their way from the input to memory.
struct List {
    syntax: Syntax,
    kind: Kind,
    /// How many bytes each may take.
    width: Option<usize>,
    /// `None`: nowhere.
    place: Option<Place>,
    stored: usize,
}

impl List {
    fn read(
        &mut self,
        most: usize,
        arguments: &mut dyn Arguments,
        reader: &mut Reader,
    ) -> Result<Flow> {
        if most > 0 && !reader.begin()? {
            return Ok(Flow::End);
        }
        while self.stored < most {
            if self.stored > 0 && !next_follows(reader)? {
                break;
            }
            if !self.in_sight(most, arguments, reader)? {
                self.one(arguments, reader)?;
                self.stored += 1;
            }
        }
        Ok(Flow::On)
    }

    /// Reads the plain numbers that the input shows in one piece, with nothing but a comma between
    /// them. Whether there was any. This is only faster than one number after the other.
    fn in_sight(
        &mut self,
        most: usize,
        arguments: &mut dyn Arguments,
        reader: &mut Reader,
    ) -> Result<bool> {
        if self.width.is_some() {
            return Ok(false);
        }
        let shown = reader.look()?;
        let before = self.stored;
        let (mut taken, mut next) = (0, 0);
        while self.stored < most
            && let Some((value, length)) = self.kind.quick(self.syntax, &shown[next..])
        {
            self.store(value, arguments)?;
            self.stored += 1;
            taken = next + length;
            if shown[taken] != b',' {
                break;
            }
            next = taken + 1;
        }
        reader.take(taken);
        Ok(self.stored > before)
    }

    fn one(&mut self, arguments: &mut dyn Arguments, reader: &mut Reader) -> Result {
        let mut field = Field { reader, left: self.width.unwrap_or(usize::MAX) };
        match field.number(self.syntax)? {
            Some(number) => self.store(self.kind.value(&number), arguments),
            None => fail(VI_ERROR_INV_FMT, "the input has no number here"),
        }
    }

    fn store(&self, value: Value, arguments: &mut dyn Arguments) -> Result {
        let (index, Some(place)) = (self.stored, self.place) else { return Ok(()) };
        match value {
            Value::Integer { bits, size } => {
                store_integer(bits, size, place, index * size, arguments)
            }
            Value::Float(value) => arguments.store(place, index * 4, &value.to_ne_bytes()),
            Value::Double(value) => arguments.store(place, index * 8, &value.to_ne_bytes()),
            Value::LongDouble(value) => arguments.store_long_double(place, index, value),
        }
    }
}

/// Stores the low `size` bytes of `bits`.
fn store_integer(
    bits: u64,
    size: usize,
    place: Place,
    offset: usize,
    arguments: &mut dyn Arguments,
) -> Result {
    match size {
        2 => arguments.store(place, offset, &(bits as u16).to_ne_bytes()),
        4 => arguments.store(place, offset, &(bits as u32).to_ne_bytes()),
        _ => arguments.store(place, offset, &bits.to_ne_bytes()),
    }
}

/// Passes over a comma and the white space around it. False if there is none, or nothing behind
/// it. A line feed in front of it ends the array: it ends the device's response.
fn next_follows(reader: &mut Reader) -> Result<bool> {
    reader.skip(|byte| is_space(byte) && byte != b'\n')?;
    if reader.first()? != Some(b',') {
        return Ok(false);
    }
    reader.take(1);
    reader.skip_space()
}
