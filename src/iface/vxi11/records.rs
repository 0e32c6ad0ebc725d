#![forbid(unsafe_code)]
//! The incoming stream, cut into records by their marks.
//!
//! The position in the stream is kept here and is right after every failure, so that a record
//! given up half way can be skipped by a later call. The usual reply never comes here: see
//! [`Landing`](super::landing::Landing).

use std::collections::VecDeque;
use std::io::Read;

use crate::os::Wait;
use crate::os::net::Stream;
use crate::status::{Result, VI_ERROR_CONN_LOST, VI_ERROR_TMO, fail};
use crate::wire::rpc::MARK;
use crate::wire::rpc::Mark;

/// The longest record that is believed, four times the most that a read asks for. A longer one
/// means that what was taken for a mark was none.
const MAX_RECORD: usize = 64 << 20;

/// Bytes discarded at a time.
const BIN: usize = 16 << 10;

/// Where in the stream of records the next byte stands.
#[derive(Default)]
pub struct Records {
    /// Received, but beyond what its receiver could use.
    ahead: VecDeque<u8>,
    /// The part of the next mark that has arrived.
    mark: [u8; MARK],
    mark_len: usize,
    /// Inside a record.
    inside: bool,
    /// Bytes left of the current fragment.
    left: usize,
    /// Whether that is the last of its record.
    last: bool,
    /// Bytes of the record so far, as its marks claim.
    size: usize,
    /// What was taken for a mark was none: nobody knows any more where a record begins.
    out_of_step: bool,
}

/// What one receive has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A mark, or part of one.
    Mark,
    /// So many bytes of the record.
    Bytes(usize),
    /// Nothing; the record had ended.
    End,
}

impl Records {
    /// Whether what came made no sense as records.
    pub fn is_out_of_step(&self) -> bool {
        self.out_of_step
    }

    /// Whether the next byte received from the system is the first of a record.
    pub fn at_border(&self) -> bool {
        !self.inside && self.mark_len == 0 && self.ahead.is_empty()
    }

    /// Whether something can be read without a receive that blocks.
    pub fn has_arrived(&self, stream: &Stream) -> bool {
        !self.ahead.is_empty() || stream.is_readable()
    }

    /// Takes received bytes back, to be read again, behind any taken back before.
    pub fn put_back(&mut self, bytes: &[u8]) {
        self.ahead.extend(bytes);
    }

    /// Notes that a record was received elsewhere but for its last `left` bytes.
    pub fn enter(&mut self, left: usize) {
        (self.inside, self.left, self.last) = (true, left, true);
    }

    /// Reads bytes of the current record, or of the next when outside; 0 at its end.
    ///
    /// # Errors
    /// As [`Stream::recv`]; VI_ERROR_CONN_LOST when the stream makes no sense.
    pub fn read(&mut self, stream: &Stream, buf: &mut [u8], wait: &Wait) -> Result<usize> {
        loop {
            match self.step(stream, buf, wait)? {
                Step::Mark => {}
                Step::Bytes(count) => return Ok(count),
                Step::End => return Ok(0),
            }
        }
    }

    /// Skips to the end of the current record, if inside one.
    ///
    /// # Errors
    /// As [`Records::read`].
    pub fn finish(&mut self, stream: &Stream, wait: &Wait) -> Result {
        let mut bin = [0; BIN];
        while self.inside {
            self.step(stream, &mut bin, wait)?;
        }
        Ok(())
    }

    /// Discards what has arrived, up to the end of one record; whether that was reached.
    ///
    /// # Errors
    /// As [`Records::read`].
    pub fn discard_arrived(&mut self, stream: &Stream, wait: &Wait) -> Result<bool> {
        let mut bin = [0; BIN];
        // The end of a record needs no more bytes to be noticed.
        while self.has_arrived(stream) || self.at_end() {
            if self.step(stream, &mut bin, wait)? == Step::End {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn at_end(&self) -> bool {
        self.inside && self.left == 0 && self.last
    }

    /// One step forward, with one receive at most.
    fn step(&mut self, stream: &Stream, buf: &mut [u8], wait: &Wait) -> Result<Step> {
        if self.at_end() {
            (self.inside, self.size) = (false, 0);
            return Ok(Step::End);
        }
        // A receive alone would not notice that time is up while bytes keep coming.
        if wait.deadline.has_passed() {
            return fail(VI_ERROR_TMO, "reply goes on after the deadline");
        }
        if self.left > 0 {
            let most = buf.len().min(self.left);
            let count = self.take(stream, &mut buf[..most], wait)?;
            self.left -= count;
            return Ok(Step::Bytes(count));
        }
        let mut mark = self.mark;
        self.mark_len += self.take(stream, &mut mark[self.mark_len..], wait)?;
        self.mark = mark;
        if self.mark_len == MARK {
            let mark = Mark::decode(mark);
            self.mark_len = 0;
            self.size += mark.len;
            if self.size > MAX_RECORD {
                self.out_of_step = true;
                return fail(VI_ERROR_CONN_LOST, "record mark beyond reason: out of step");
            }
            (self.inside, self.left, self.last) = (true, mark.len, mark.last);
        }
        Ok(Step::Mark)
    }

    fn take(&mut self, stream: &Stream, buf: &mut [u8], wait: &Wait) -> Result<usize> {
        if self.ahead.is_empty() {
            return stream.recv(buf, wait);
        }
        // Reading from memory does not fail.
        let count = self.ahead.read(buf).unwrap_or(0);
        if self.ahead.is_empty() {
            self.ahead = VecDeque::new();
        }
        Ok(count)
    }
}
