#![forbid(unsafe_code)]
//! The formatted I/O write buffer.

use crate::iface::Transfer;
use crate::status::{Result, VI_ERROR_ALLOC, fail};

/// Bytes on their way to the device, collected until the buffer is full, a message ends or
/// somebody flushes.
pub struct WriteBuffer {
    bytes: Vec<u8>,
    size: usize,
}

/// How far bytes put into the buffer go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upto {
    /// What the buffer has no room for makes room by sending full ones (VI_FLUSH_WHEN_FULL).
    Full,
    /// All is sent, and the message goes on (VI_FLUSH_ON_ACCESS).
    Now,
    /// The message ends with these bytes: all is sent, with END on the last byte.
    End,
}

/// Sends bytes, with END on the last one or without.
pub type Send<'a> = dyn FnMut(&[u8], bool) -> Transfer<()> + 'a;

impl WriteBuffer {
    /// An empty one for `size` bytes; memory is taken when first needed.
    pub const fn new(size: usize) -> Self {
        Self { bytes: Vec::new(), size }
    }

    /// Takes `data` and sends as much as `upto` says. What is beyond the buffer's size goes past
    /// it without being copied.
    ///
    /// The count is how much of `data` was taken. On failure it is what left of `data`; the rest
    /// and all the buffer held is dropped, since nobody knows what of it has arrived.
    pub fn put(&mut self, data: &[u8], upto: Upto, send: &mut Send) -> Transfer<()> {
        let all = upto != Upto::Full;
        let end = upto == Upto::End;
        if !all && self.bytes.len() + data.len() <= self.size {
            self.bytes.extend_from_slice(data);
            return Transfer::done(data.len(), ());
        }
        let mut done = 0;
        if !self.bytes.is_empty() {
            let held = self.bytes.len();
            done = data.len().min(self.size.saturating_sub(held));
            self.bytes.extend_from_slice(&data[..done]);
            let sent = self.send_held(end && done == data.len(), send);
            if sent.outcome.is_err() {
                return Transfer { count: sent.count.saturating_sub(held), ..sent };
            }
        }
        let rest = &data[done..];
        let beyond = if all || self.size == 0 {
            rest.len()
        } else {
            // Full buffers, but not the last one: a flush may find that it ends a message.
            rest.len().saturating_sub(1) / self.size * self.size
        };
        if beyond > 0 {
            let sent = send(&rest[..beyond], end);
            if sent.outcome.is_err() {
                return Transfer { count: done + sent.count, ..sent };
            }
        }
        self.bytes.extend_from_slice(&rest[beyond..]);
        Transfer::done(data.len(), ())
    }

    /// Sends what is held. A line feed as the last byte ends the message, and END goes with it;
    /// else the message goes on. The buffer is empty afterwards, whatever happens.
    pub fn flush(&mut self, send: &mut Send) -> Transfer<()> {
        let end = self.bytes.last() == Some(&b'\n');
        self.send_held(end, send)
    }

    /// Whether something is held that [`WriteBuffer::flush`] sends without END.
    pub fn is_unended(&self) -> bool {
        self.bytes.last().is_some_and(|last| *last != b'\n')
    }

    fn send_held(&mut self, end: bool, send: &mut Send) -> Transfer<()> {
        if self.bytes.is_empty() {
            return Transfer::done(0, ());
        }
        let sent = send(&self.bytes, end);
        self.bytes.clear();
        sent
    }

    /// Drops what is held.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Gives an empty buffer another size; 0 makes it send everything at once.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC: the size stays as it was.
    pub fn resize(&mut self, size: usize) -> Result {
        debug_assert!(self.bytes.is_empty());
        self.bytes = room_for(size)?;
        self.size = size;
        Ok(())
    }
}

/// Memory for `size` bytes.
///
/// # Errors
/// VI_ERROR_ALLOC.
pub fn room_for(size: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match bytes.try_reserve_exact(size) {
        Ok(()) => Ok(bytes),
        Err(_) => fail(VI_ERROR_ALLOC, "no memory for a buffer of that size"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::{Error, VI_ERROR_TMO};

    /// What was sent: the pieces, and which carried END.
    #[derive(Default)]
    struct Wire(Vec<(String, bool)>);

    impl Wire {
        fn put(&mut self, buffer: &mut WriteBuffer, data: &str, upto: Upto) -> usize {
            let put = buffer.put(data.as_bytes(), upto, &mut |bytes, end| {
                self.0.push((String::from_utf8_lossy(bytes).into(), end));
                Transfer::done(bytes.len(), ())
            });
            assert!(put.outcome.is_ok());
            put.count
        }

        fn flush(&mut self, buffer: &mut WriteBuffer) {
            let flushed = buffer.flush(&mut |bytes, end| {
                self.0.push((String::from_utf8_lossy(bytes).into(), end));
                Transfer::done(bytes.len(), ())
            });
            assert!(flushed.outcome.is_ok());
        }

        fn take(&mut self) -> Vec<(String, bool)> {
            std::mem::take(&mut self.0)
        }
    }

    fn sent(text: &str, end: bool) -> (String, bool) {
        (text.into(), end)
    }

    #[test]
    fn nothing_is_sent_before_the_buffer_is_full_or_flushed() {
        let (mut wire, mut buffer) = (Wire::default(), WriteBuffer::new(8));
        assert_eq!(wire.put(&mut buffer, "*IDN", Upto::Full), 4);
        assert_eq!(wire.put(&mut buffer, "?\n", Upto::Full), 2);
        assert!(wire.take().is_empty());
        wire.flush(&mut buffer);
        assert_eq!(wire.take(), [sent("*IDN?\n", true)]);
        wire.flush(&mut buffer);
        assert!(wire.take().is_empty(), "an empty buffer is not sent");
        wire.put(&mut buffer, "12345", Upto::Full);
        wire.put(&mut buffer, "678", Upto::Full);
        assert!(wire.take().is_empty(), "all has room");
        wire.put(&mut buffer, "9", Upto::Full);
        assert_eq!(wire.take(), [sent("12345678", false)], "full");
        wire.flush(&mut buffer);
        assert_eq!(wire.take(), [sent("9", false)], "no line feed, no END");
    }

    #[test]
    fn data_longer_than_the_buffer_streams_through() {
        let (mut wire, mut buffer) = (Wire::default(), WriteBuffer::new(4));
        wire.put(&mut buffer, "ab", Upto::Full);
        assert_eq!(wire.put(&mut buffer, "cdefghijklm", Upto::Full), 11);
        assert_eq!(wire.take(), [sent("abcd", false), sent("efghijkl", false)]);
        wire.flush(&mut buffer);
        assert_eq!(wire.take(), [sent("m", false)]);
        wire.put(&mut buffer, "abcdefg\n", Upto::Full);
        assert_eq!(wire.take(), [sent("abcd", false)]);
        wire.flush(&mut buffer);
        assert_eq!(wire.take(), [sent("efg\n", true)], "END is not lost to a full buffer");
    }

    #[test]
    fn the_end_of_a_message_sends_everything_and_stands_on_the_last_byte_only() {
        let (mut wire, mut buffer) = (Wire::default(), WriteBuffer::new(4));
        wire.put(&mut buffer, "ab", Upto::Full);
        wire.put(&mut buffer, "\n", Upto::End);
        assert_eq!(wire.take(), [sent("ab\n", true)]);
        wire.put(&mut buffer, "abc", Upto::Full);
        wire.put(&mut buffer, "\n", Upto::End);
        assert_eq!(wire.take(), [sent("abc\n", true)], "END and full at once");
        wire.put(&mut buffer, "abc", Upto::Full);
        wire.put(&mut buffer, "de\n", Upto::End);
        assert_eq!(wire.take(), [sent("abcd", false), sent("e\n", true)]);
        wire.put(&mut buffer, "whole message\n", Upto::End);
        assert_eq!(wire.take(), [sent("whole message\n", true)]);
    }

    #[test]
    fn on_access_all_is_sent_without_end() {
        let (mut wire, mut buffer) = (Wire::default(), WriteBuffer::new(4));
        wire.put(&mut buffer, "a", Upto::Full);
        wire.put(&mut buffer, "b", Upto::Now);
        assert_eq!(wire.take(), [sent("ab", false)]);
        wire.put(&mut buffer, "abcdef", Upto::Now);
        assert_eq!(wire.take(), [sent("abcdef", false)]);
    }

    #[test]
    fn size_0_sends_at_once() {
        let (mut wire, mut buffer) = (Wire::default(), WriteBuffer::new(4));
        buffer.resize(0).unwrap();
        wire.put(&mut buffer, "a", Upto::Full);
        assert_eq!(wire.take(), [sent("a", false)]);
    }

    #[test]
    fn a_failure_empties_the_buffer_and_counts_only_the_callers_bytes_that_left() {
        let mut buffer = WriteBuffer::new(4);
        buffer.put(b"ab", Upto::Full, &mut |_, _| unreachable!());
        let cut = |count| Transfer::failed(count, Error::new(VI_ERROR_TMO, "test"));
        let put = buffer.put(b"cdef", Upto::Full, &mut |_, _| cut(3));
        assert_eq!(put.outcome.unwrap_err().code, VI_ERROR_TMO);
        assert_eq!(put.count, 1, "of abcd two were there before");
        let put = buffer.put(b"cdefg", Upto::Full, &mut |bytes, _| {
            assert_eq!(bytes, b"cdef", "what was held is gone");
            cut(0)
        });
        assert_eq!(put.count, 0);
        buffer.flush(&mut |_, _| unreachable!());
    }

    #[test]
    fn a_size_beyond_memory_is_refused_and_changes_nothing() {
        let mut buffer = WriteBuffer::new(4);
        assert_eq!(buffer.resize(usize::MAX).unwrap_err().code, VI_ERROR_ALLOC);
        assert_eq!(buffer.size, 4);
    }
}
