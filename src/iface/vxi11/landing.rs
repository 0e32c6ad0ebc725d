#![forbid(unsafe_code)]
//! The fast way in for the usual reply: one fragment, accepted, no verifier, no more data than
//! asked for. One receive puts its header here and its data into the caller's buffer.

use std::io::IoSliceMut;

use crate::iface::vxi11::channel::Reply;
use crate::iface::vxi11::records::Records;
use crate::os::Wait;
use crate::os::net::Stream;
use crate::status::Result;
use crate::wire::rpc;
use crate::wire::rpc::{MARK, Mark, REPLY_HEADER};
use crate::wire::vxi11::{MAX_RESULTS, READ_RESULTS};
use crate::wire::xdr;
use crate::wire::xdr::Reader;

/// Where results begin in a usual reply.
const RESULTS: usize = MARK + REPLY_HEADER;

/// Where data begin in a usual reply to device_read.
const DATA: usize = RESULTS + READ_RESULTS;

/// Room for one reply.
pub struct Landing<'b> {
    head: [u8; RESULTS + MAX_RESULTS],
    /// For device_read the head ends where the data begin.
    head_len: usize,
    body: &'b mut [u8],
    pad: [u8; xdr::UNIT - 1],
    /// Bytes received, over all three.
    have: usize,
}

/// What has landed.
pub enum Landed {
    /// Part of what may become a usual reply.
    Part,
    /// A usual reply with so many bytes of results, data not counted, and so many of data.
    Reply(usize, usize),
    /// Something else, to be put back and read with care.
    Other,
}

impl<'b> Landing<'b> {
    /// An empty one. Without `body` the reply is to a call whose results are all of fixed size.
    pub fn new(body: &'b mut [u8]) -> Self {
        let head_len = if body.is_empty() { RESULTS + MAX_RESULTS } else { DATA };
        Self { head: [0; RESULTS + MAX_RESULTS], head_len, body, pad: [0; 3], have: 0 }
    }

    /// Receives once.
    ///
    /// # Errors
    /// As [`Stream::recv_parts`].
    pub fn receive(&mut self, stream: &Stream, wait: &Wait) -> Result {
        // One buffer is received with less ado than several.
        let used = if self.body.is_empty() { 1 } else { 3 };
        let mut parts = [
            IoSliceMut::new(&mut self.head[..self.head_len]),
            IoSliceMut::new(self.body),
            IoSliceMut::new(&mut self.pad),
        ];
        let mut rest = &mut parts[..used];
        IoSliceMut::advance_slices(&mut rest, self.have);
        self.have += stream.recv_parts(rest, wait)?;
        Ok(())
    }

    /// What has landed, when the reply to `xid` is expected.
    pub fn look(&self, xid: u32) -> Landed {
        let Some(mark) = self.mark() else { return Landed::Part };
        // Without data there is nothing to be padded.
        let pad = if self.body.is_empty() { 0 } else { self.pad.len() };
        let room = self.head_len - MARK + self.body.len() + pad;
        if !mark.last || !(REPLY_HEADER..=room).contains(&mark.len) {
            return Landed::Other;
        }
        let head = &self.head[MARK..self.have.clamp(MARK, self.head_len)];
        if head.len() < REPLY_HEADER {
            return Landed::Part;
        }
        if !rpc::is_plain_success(head, xid) {
            return Landed::Other;
        }
        let results = mark.len - REPLY_HEADER;
        let (fixed, data) = if self.body.is_empty() || results < READ_RESULTS {
            (results, 0)
        } else {
            if head.len() < DATA - MARK {
                return Landed::Part;
            }
            (READ_RESULTS, self.data_len())
        };
        let padded = fixed + data + xdr::padding(data);
        // Missing padding is forgiven; everything must have its place here.
        let fits = fixed <= self.head_len - RESULTS && data <= self.body.len();
        if !fits || !(fixed + data..=padded).contains(&results) {
            return Landed::Other;
        }
        if self.have < MARK + mark.len { Landed::Part } else { Landed::Reply(fixed, data) }
    }

    /// The usual reply that has landed. What was received beyond it goes back.
    pub fn reply(&self, fixed: usize, data: usize, records: &mut Records) -> Reply {
        let end = MARK + self.mark().map_or(0, |mark| mark.len);
        if self.have > end {
            self.put_back(end, records);
        }
        Reply::new(&self.head[RESULTS..RESULTS + fixed], data, Vec::new())
    }

    /// Gives up a reply of which only part has landed; the number of bytes of data that did.
    pub fn abandon(&self, records: &mut Records) -> usize {
        match self.mark() {
            // So far it was a usual reply, of one fragment. The rest of it nobody wants.
            Some(mark) if !self.body.is_empty() && self.have >= DATA => {
                records.enter(MARK + mark.len - self.have);
                (self.have - DATA).min(self.data_len())
            }
            _ => {
                self.put_back(0, records);
                0
            }
        }
    }

    /// Hands the bytes from `start` on to `records`.
    pub fn put_back(&self, start: usize, records: &mut Records) {
        let mut at = 0;
        for part in [&self.head[..self.head_len], &*self.body, &self.pad] {
            let within = |position: usize| position.clamp(at, at + part.len()) - at;
            records.put_back(&part[within(start)..within(self.have)]);
            at += part.len();
        }
    }

    fn mark(&self) -> Option<Mark> {
        let (mark, _) = self.head[..self.have.min(self.head_len)].split_first_chunk()?;
        Some(Mark::decode(*mark))
    }

    /// The length of the data, once the head of a reply to device_read is complete.
    fn data_len(&self) -> usize {
        Reader::new(&self.head[DATA - xdr::UNIT..]).u32().map_or(0, |len| len as usize)
    }
}
