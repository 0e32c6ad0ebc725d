#![forbid(unsafe_code)]
//! The formatted I/O read buffer.

use crate::iface::{Stop, Transfer};
use crate::session::buffer::write::room_for;
use crate::status::{Error, Result, VI_ERROR_TMO};

/// What the first receive of a buffer asks for at most. A larger buffer is put to use as messages
/// turn out to be longer: its memory is not touched before.
const FIRST: usize = 64 << 10;

/// Bytes that came from the device ahead of the caller's asking.
pub struct ReadBuffer {
    /// Room for what is received; as long as it has been of use so far.
    bytes: Vec<u8>,
    /// Bytes of it that have been received.
    count: usize,
    /// Those of them already taken.
    at: usize,
    /// What the next receive asks for at most.
    window: usize,
    /// END stands behind the last byte.
    end: bool,
    /// Bytes of the message that comes next have been taken: it is the rest of one.
    begun: bool,
    size: usize,
}

/// What marks the end of what is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marks {
    /// The termination character, when enabled.
    pub term_char: Option<u8>,
    /// END does.
    pub end: bool,
}

impl Marks {
    /// Whether a message has an end that can be seen.
    pub fn any(self) -> bool {
        self.end || self.term_char.is_some()
    }
}

/// Receives bytes, as [`Link::read`](crate::iface::Link::read) does, or as
/// [`Link::read_on`](crate::iface::Link::read_on) when told that the message has begun.
pub type Receive<'a> = dyn FnMut(&mut [u8], bool) -> Transfer<Stop> + 'a;

impl ReadBuffer {
    /// An empty one for `size` bytes; memory is taken when first needed.
    pub const fn new(size: usize) -> Self {
        let window = if size < FIRST { size } else { FIRST };
        Self { bytes: Vec::new(), count: 0, at: 0, window, end: false, begun: false, size }
    }

    /// Moves bytes into `room`, first those held and then the device's, until it is full or a
    /// mark ends it.
    ///
    /// Reads ahead, a buffer at a time, only where `marks` end a message: else a read for more
    /// than the device has would wait in vain. What is beyond the buffer's size is received in
    /// place. On failure the count says what `room` has; the buffer is empty.
    pub fn take(&mut self, room: &mut [u8], marks: Marks, receive: &mut Receive) -> Transfer<Stop> {
        let mut count = 0;
        let mut failure: Option<Error> = None;
        loop {
            let (more, stop) = self.deliver(&mut room[count..], marks);
            count += more;
            if let Some(stop) = stop {
                return Transfer::done(count, stop);
            }
            if let Some(error) = failure {
                return Transfer::failed(count, error);
            }
            let left = &mut room[count..];
            if left.len() < self.size && marks.any() {
                failure = self.fill(count > 0, receive).err();
                continue;
            }
            let got = receive(left, count > 0);
            count += got.count;
            self.begun = got.outcome == Ok(Stop::Count);
            return Transfer { count, ..got };
        }
    }

    /// Drops what is held. If that was the beginning of a message with a visible end, receives and
    /// drops the rest of it too.
    ///
    /// # Errors
    /// What receiving answers; VI_ERROR_TMO when the end did not come. The buffer is empty.
    pub fn flush(&mut self, marks: Marks, receive: &mut Receive) -> Result {
        let begun = self.at < self.count && !self.ends(marks);
        self.clear();
        if !begun || !marks.any() {
            return Ok(());
        }
        let mut bin = [0; 4096];
        while receive(&mut bin, true).outcome? == Stop::Count {}
        Ok(())
    }

    /// Drops what is held.
    pub fn clear(&mut self) {
        self.reuse();
        self.begun = false;
    }

    /// Starts anew behind bytes that have all been taken.
    fn reuse(&mut self) {
        (self.count, self.at, self.end) = (0, 0, false);
    }

    /// Gives an empty buffer another size; 0 makes it never read ahead.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC: the size stays as it was.
    pub fn resize(&mut self, size: usize) -> Result {
        debug_assert!(self.count == 0);
        self.bytes = room_for(size)?;
        (self.size, self.window) = (size, size.min(FIRST));
        Ok(())
    }

    /// Whether what is held goes to the end of a message.
    fn ends(&self, marks: Marks) -> bool {
        self.end && marks.end
            || marks.term_char.is_some() && marks.term_char == self.held().last().copied()
    }

    /// Moves held bytes into `room`; how the read ends with them, if it does.
    fn deliver(&mut self, room: &mut [u8], marks: Marks) -> (usize, Option<Stop>) {
        let held = self.held();
        let held = &held[..held.len().min(room.len())];
        let place = marks.term_char.and_then(|c| memchr::memchr(c, held));
        let count = place.map_or(held.len(), |place| place + 1);
        room[..count].copy_from_slice(&held[..count]);
        self.at += count;
        let mut ended = false;
        if self.at == self.count {
            ended = self.end && marks.end;
            self.reuse();
        }
        // In the order of rules 6.1.1 to 6.1.3, as for viRead.
        let stop = match () {
            () if ended => Some(Stop::End),
            () if place.is_some() => Some(Stop::TermChar),
            () if count == room.len() => Some(Stop::Count),
            () => None,
        };
        self.begun = !matches!(stop, Some(Stop::End | Stop::TermChar)) && (count > 0 || self.begun);
        (count, stop)
    }

    /// Bytes received and not taken.
    pub fn held(&self) -> &[u8] {
        &self.bytes[self.at..self.count]
    }

    /// Takes `count` of the bytes held, none of them beyond a termination character; how the
    /// message ends with them, if it does.
    fn skip(&mut self, count: usize, marks: Marks) -> Option<Stop> {
        let last = self.held()[..count].last().copied()?;
        self.at += count;
        let all = self.at == self.count;
        let stop = match () {
            () if all && self.end && marks.end => Some(Stop::End),
            () if marks.term_char == Some(last) => Some(Stop::TermChar),
            () => None,
        };
        self.begun = stop.is_none();
        if all {
            self.reuse();
        }
        stop
    }

    /// Receives as much as the empty buffer holds, or less when a message ends; at least one byte,
    /// also where there is no buffer.
    fn fill(&mut self, begun: bool, receive: &mut Receive) -> Result {
        let room = self.window.max(1);
        if self.bytes.len() < room {
            self.bytes.resize(room, 0);
        }
        let got = receive(&mut self.bytes[..room], begun);
        self.count = got.count;
        if got.count == room {
            self.window = self.size.min(2 * room);
        }
        self.end = got.outcome? == Stop::End;
        if got.count == 0 && !self.end {
            // Such a receive ends no loop.
            return Err(Error::new(VI_ERROR_TMO, "device sends nothing"));
        }
        Ok(())
    }
}

mod message;
pub use message::Message;

#[cfg(test)]
mod tests;
