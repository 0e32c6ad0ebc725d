#![forbid(unsafe_code)]
//! Input of characters and strings.

use super::Flow;
use super::counts::Limit;
use super::reader::Reader;
use super::reader::is_space;
use super::set::Set;
use crate::fmt::Arguments;
use crate::fmt::Place;
use crate::fmt::spec::Spec;
use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::fail;

/// `%c %s %[ %t %T`.
pub(super) fn scan(
    spec: &Spec,
    arguments: &mut dyn Arguments,
    reader: &mut Reader,
) -> Result<Flow> {
    let mut target = Target::resolve(spec, arguments)?;
    let comes = match spec.code {
        b's' => reader.begin()?,
        // What takes nothing does not wait for anything.
        b'c' | b'[' if target.room == 0 => true,
        _ => reader.first()?.is_some(),
    };
    if !comes {
        if target.limit.by_argument() {
            target.finish(arguments)?;
        }
        return Ok(Flow::End);
    }
    let room = target.room as u64;
    let before = reader.consumed();
    let sink = |bytes: &[u8]| target.put(bytes, arguments);
    let result = match spec.code {
        b'c' => reader.copy(room, |_| None, sink),
        b's' => reader.copy(u64::MAX, |shown| shown.iter().position(|byte| is_space(*byte)), sink),
        b'[' => {
            let set = Set::parse(spec.set);
            reader.copy(room, |shown| shown.iter().position(|byte| !set.contains(*byte)), sink)
        }
        b't' => reader.copy(u64::MAX, |_| None, sink),
        _ => reader.copy(u64::MAX, |shown| memchr::memchr(b'\n', shown).map(|at| at + 1), sink),
    };
    if spec.code == b'[' && room > 0 && result.is_ok() && reader.consumed() == before {
        return fail(VI_ERROR_INV_FMT, "the input has no member of the scan set");
    }
    // A device that fails in the middle leaves a string that ends.
    if result.is_ok() || target.stored > 0 {
        target.finish(arguments)?;
    }
    result.map(|()| Flow::On)
}

/// Where the bytes go.
struct Target {
    limit: Limit,
    /// `None`: nowhere.
    place: Option<Place>,
    /// How many bytes may be stored, without a NUL.
    room: usize,
    /// Whether a NUL follows.
    terminated: bool,
    stored: usize,
}

impl Target {
    fn resolve(spec: &Spec, arguments: &mut dyn Arguments) -> Result<Self> {
        let limit = Limit::resolve(spec.width, arguments)?;
        let place = (!spec.suppress).then(|| arguments.pointer());
        let characters = spec.code == b'c';
        let room = limit.most.unwrap_or(if characters { 1 } else { usize::MAX });
        // A width is one of characters, a capacity one of memory: the NUL needs its part of it.
        let (room, terminated) = match limit.by_argument() && !characters {
            true => (room.saturating_sub(1), room > 0),
            false => (room, !characters),
        };
        Ok(Self { limit, place, room, terminated, stored: 0 })
    }

    /// Stores `bytes` as far as there is room; what is beyond is lost.
    fn put(&mut self, bytes: &[u8], arguments: &mut dyn Arguments) -> Result {
        let bytes = &bytes[..bytes.len().min(self.room - self.stored)];
        if let Some(place) = self.place
            && !bytes.is_empty()
        {
            arguments.store(place, self.stored, bytes)?;
        }
        self.stored += bytes.len();
        Ok(())
    }

    fn finish(&self, arguments: &mut dyn Arguments) -> Result {
        if let Some(place) = self.place
            && self.terminated
        {
            arguments.store(place, self.stored, b"\0")?;
        }
        self.limit.report(self.stored, arguments)
    }
}
