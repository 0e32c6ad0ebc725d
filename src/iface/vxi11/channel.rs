#![forbid(unsafe_code)]
//! An RPC connection: one call at a time, its reply, and staying in step when a call is given up.

use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use crate::iface::vxi11::landing::{Landed, Landing};
use crate::iface::vxi11::records::Records;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::cancel::Blocked;
use crate::os::memory;
use crate::os::net::{Cut, Meanwhile, Stream};
use crate::status::{
    Error, Result, VI_ERROR_ABORT, VI_ERROR_ALLOC, VI_ERROR_CONN_LOST, VI_ERROR_TMO,
    VI_ERROR_USER_BUF,
};
use crate::wire::rpc;
use crate::wire::vxi11;
use crate::wire::vxi11::MAX_RESULTS;
use crate::wire::xdr;

/// How long after the caller's deadline a reply is still taken. A device is told the same timeout
/// and starts counting later by the way there, so its error 15 is late by the way there and back.
/// Taking it spares the next call an abort; the caller does not notice the difference.
const GRACE: Duration = Duration::from_millis(5);

/// One connection to an RPC server.
pub struct Channel {
    stream: Arc<Stream>,
    records: Records,
    xid: u32,
    /// Replies that are still to come, as far as is known.
    owed: u32,
    /// The rest of a call that was cut in the middle; nothing else may be sent before it.
    unsent: Unsent,
    lost: bool,
}

/// The results of a call.
pub struct Reply {
    fixed: [u8; MAX_RESULTS],
    fixed_len: usize,
    /// Bytes of data put into the caller's buffer.
    pub count: usize,
    /// Data beyond the caller's buffer: the server sent more than it was asked for.
    pub surplus: Vec<u8>,
}

impl Reply {
    /// A reply with the leading bytes of `fixed` that any call needs.
    pub fn new(fixed: &[u8], count: usize, surplus: Vec<u8>) -> Self {
        let fixed_len = fixed.len().min(MAX_RESULTS);
        let mut reply = Self { fixed: [0; MAX_RESULTS], fixed_len, count, surplus };
        reply.fixed[..fixed_len].copy_from_slice(&fixed[..fixed_len]);
        reply
    }

    /// The results of fixed size.
    pub fn fixed(&self) -> &[u8] {
        &self.fixed[..self.fixed_len]
    }
}

impl Channel {
    /// A channel over a fresh connection.
    pub fn new(stream: Arc<Stream>) -> Self {
        Self {
            stream,
            records: Records::default(),
            xid: 0,
            owed: 0,
            unsent: Unsent::default(),
            lost: false,
        }
    }

    /// Whether the reply to an earlier call, given up, has not been seen yet.
    pub fn is_owed(&self) -> bool {
        self.owed > 0
    }

    /// Whether the connection was lost because what came on it made no sense.
    pub fn is_out_of_step(&self) -> bool {
        self.records.is_out_of_step()
    }

    /// Whether a call was given up in the middle of being sent.
    pub fn is_cut(&self) -> bool {
        !self.unsent.bytes.is_empty()
    }

    /// Sends the rest of a call that was cut.
    ///
    /// # Errors
    /// VI_ERROR_TMO and VI_ERROR_ABORT while the server does not take it; VI_ERROR_CONN_LOST.
    pub fn finish_cut_call(&mut self, wait: &Wait) -> Result {
        let mut unsent = std::mem::take(&mut self.unsent);
        if unsent.bytes.is_empty() || self.lost {
            return Ok(());
        }
        match self.send(&mut [IoSlice::new(&unsent.bytes[unsent.sent..])], wait) {
            Ok(()) => Ok(()),
            Err(cut) => {
                unsent.sent += cut.count;
                self.unsent = unsent;
                Err(self.note(cut.error))
            }
        }
    }

    /// Sends `call` with `tail` as its opaque data, and receives the reply, opaque data into
    /// `body`. A call whose results hold no such data passes an empty `body`.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_USER_BUF; VI_ERROR_NSUP_OPER and
    /// VI_ERROR_IO when the server did not execute the call. [`Cut::count`] says how many bytes of
    /// data are in `body` all the same.
    pub fn call(
        &mut self,
        mut call: rpc::Call,
        tail: &[u8],
        body: &mut [u8],
        wait: &Wait,
    ) -> std::result::Result<Reply, Cut> {
        if self.lost {
            let error = Error::new(VI_ERROR_CONN_LOST, "connection was lost before");
            return Err(Cut { count: 0, error });
        }
        self.xid = self.xid.wrapping_add(1);
        let record = call.record(self.xid, tail.len());
        let padding = &[0; xdr::UNIT][..xdr::padding(tail.len())];
        let mut parts = [IoSlice::new(record), IoSlice::new(tail), IoSlice::new(padding)];
        if let Err(cut) = self.send(&mut parts, wait) {
            let error = self.note(cut.error);
            if cut.count > 0 && !self.lost {
                self.keep_rest([record, tail, padding], cut.count);
            }
            return Err(Cut { count: 0, error });
        }
        self.owed += 1;
        self.receive(body, &Wait { deadline: with_grace(wait.deadline), ..*wait })
    }

    /// Sends. A server that is still sending a reply that was given up may take nothing before that
    /// is received.
    fn send(&mut self, parts: &mut [IoSlice], wait: &Wait) -> std::result::Result<(), Cut> {
        if self.owed == 0 {
            return self.stream.send_parts(parts, wait);
        }
        let Self { stream, records, owed, .. } = self;
        stream.send_parts_receiving(parts, wait, &mut Discard { stream, records, owed, wait })
    }

    /// Keeps what is left of a call behind its first `sent` bytes. The caller's data are gone when
    /// the server takes more, and the server takes nothing else before it has the whole call.
    fn keep_rest(&mut self, parts: [&[u8]; 3], sent: usize) {
        let mut rest = Vec::new();
        let mut before = 0;
        for part in parts {
            let left = &part[sent.saturating_sub(before).min(part.len())..];
            before += part.len();
            // A bad pointer ends it: nobody can know the rest of what was begun.
            let Ok(copied) = memory::copy(left) else { return self.die() };
            rest.extend(copied);
        }
        self.owed += 1;
        self.unsent = Unsent { bytes: rest, sent: 0 };
    }

    /// Discards what has arrived of replies owed, without waiting for more.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST; VI_ERROR_TMO and VI_ERROR_ABORT while bytes keep coming.
    pub fn catch_up(&mut self, wait: &Wait) -> Result {
        while self.owed > 0 && !self.lost && self.records.has_arrived(&self.stream) {
            match self.records.discard_arrived(&self.stream, wait) {
                Ok(true) => self.owed -= 1,
                Ok(false) => break,
                Err(error) => return Err(self.note(error)),
            }
        }
        Ok(())
    }

    fn receive(&mut self, body: &mut [u8], wait: &Wait) -> std::result::Result<Reply, Cut> {
        if self.records.at_border() {
            let mut landing = Landing::new(body);
            loop {
                if let Err(error) = landing.receive(&self.stream, wait) {
                    let count = landing.abandon(&mut self.records);
                    return Err(Cut { count, error: self.note(error) });
                }
                match landing.look(self.xid) {
                    Landed::Reply(fixed, data) => {
                        // Replies come in order: earlier ones will not come any more.
                        self.owed = 0;
                        return Ok(landing.reply(fixed, data, &mut self.records));
                    }
                    Landed::Other => break landing.put_back(0, &mut self.records),
                    Landed::Part if wait.deadline.has_passed() => {
                        let count = landing.abandon(&mut self.records);
                        let error = Error::new(VI_ERROR_TMO, "reply goes on after the deadline");
                        return Err(Cut { count, error });
                    }
                    Landed::Part => {}
                }
            }
        }
        self.receive_carefully(body, wait)
    }

    /// Receives the reply whatever its form, past those to other transactions.
    fn receive_carefully(
        &mut self,
        body: &mut [u8],
        wait: &Wait,
    ) -> std::result::Result<Reply, Cut> {
        let mut record = Vec::new();
        if let Err(error) = self.record(&mut record, wait) {
            let error = self.note(error);
            let results = rpc::results(&record).unwrap_or_default();
            let data = if body.is_empty() { &[] } else { vxi11::read_data_so_far(results) };
            let count = data.len().min(body.len());
            body[..count].copy_from_slice(&data[..count]);
            return Err(Cut { count, error });
        }
        self.owed = 0;
        let none = |error| Cut { count: 0, error };
        let results = rpc::results(&record).map_err(none)?;
        if body.is_empty() {
            return Ok(Reply::new(results, 0, Vec::new()));
        }
        let data = vxi11::read_data(results).map_err(none)?;
        let count = data.len().min(body.len());
        body[..count].copy_from_slice(&data[..count]);
        let fixed = &results[..results.len().min(vxi11::READ_RESULTS)];
        Ok(Reply::new(fixed, count, data[count..].to_vec()))
    }

    /// Receives the record that answers the present call. On failure `record` is its beginning.
    fn record(&mut self, record: &mut Vec<u8>, wait: &Wait) -> Result {
        let (stream, records) = (&self.stream, &mut self.records);
        loop {
            // The rest of a record that was given up, or that turned out to be another's.
            records.finish(stream, wait)?;
            let mut xid = [0; xdr::UNIT];
            let mut have = 0;
            loop {
                match records.read(stream, &mut xid[have..], wait)? {
                    0 => break,
                    count => have += count,
                }
                if have == xid.len() {
                    break;
                }
            }
            if have == xid.len() && rpc::xid(&xid) == Some(self.xid) {
                record.extend(xid);
                break;
            }
        }
        let mut chunk = [0; 16 << 10];
        loop {
            match records.read(stream, &mut chunk, wait)? {
                0 => return Ok(()),
                count => record.extend(&chunk[..count]),
            }
        }
    }

    /// Lets an error of the connection pass, and the connection die of it unless the error leaves
    /// it whole.
    fn note(&mut self, error: Error) -> Error {
        match error.code {
            VI_ERROR_TMO | VI_ERROR_ABORT | VI_ERROR_USER_BUF | VI_ERROR_ALLOC => {}
            _ => self.die(),
        }
        error
    }

    fn die(&mut self) {
        self.lost = true;
        self.unsent = Unsent::default();
        self.stream.shut_down();
    }
}

/// The rest of a call.
#[derive(Default)]
struct Unsent {
    bytes: Vec<u8>,
    /// How many of them have been sent meanwhile.
    sent: usize,
}

/// Discards replies that nobody waits for while a send is blocked.
struct Discard<'a> {
    stream: &'a Stream,
    records: &'a mut Records,
    owed: &'a mut u32,
    wait: &'a Wait<'a>,
}

impl Meanwhile for Discard<'_> {
    fn is_ready(&mut self, _blocked: &Blocked) -> bool {
        true
    }

    fn receive(&mut self) -> Result {
        match self.records.discard_arrived(self.stream, self.wait) {
            Ok(ended) => *self.owed = self.owed.saturating_sub(ended.into()),
            // The send looks at the clock as well, and knows how much has left.
            Err(error) if error.code == VI_ERROR_TMO => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn with_grace(deadline: Deadline) -> Deadline {
    match deadline {
        Deadline::At(at) => Deadline::At(at + GRACE),
        other => other,
    }
}
