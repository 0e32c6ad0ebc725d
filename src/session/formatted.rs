#![forbid(unsafe_code)]
//! viPrintf, viScanf, viQueryf: formats between a caller's arguments and the formatted I/O buffers.
//!
//! Choices where the standard leaves room:
//! - A format that is wrong is noticed before anything else happens: nothing is sent, received or
//!   dropped. viQueryf looks at both of its formats first.
//! - A viPrintf that fails in any other way (time, a NULL argument) leaves the write buffer empty.
//! - With VI_FLUSH_ON_ACCESS viPrintf sends what is left at its end, without END.
//! - viScanf sends what the write buffer holds first, as viBufRead does.
//! - viScanf that fails to receive what it needs leaves the read buffer empty. When it has received
//!   all that it needs, late, it succeeds. When what came does not match the format, the rest
//!   stays for the next call, as with C's fscanf.
//! - Where neither END nor a termination character is enabled (a SOCKET, unless told otherwise),
//!   viScanf takes what is there and asks for more only when the format does. `%t` has no end to
//!   find there and ends by VI_ERROR_TMO.
//! - viQueryf drops what the read buffer holds; on a SOCKET, where any answer could be taken for
//!   its own, also what else has come by then.

use crate::fmt;
use crate::fmt::Arguments;
use crate::fmt::Output;
use crate::iface::{Call, Link};
use crate::rsrc::Kinds;
use crate::session::buffer::read::{Message, Receive};
use crate::session::buffer::write::{Send, Upto, WriteBuffer};
use crate::session::buffer::{marks, receiver, sender};
use crate::session::{RD_BUF_OPER_MODE, Session, WR_BUF_OPER_MODE};
use crate::status::{Result, VI_ERROR_TMO};
use crate::trace;

impl Session {
    /// viPrintf: formats `arguments` into the write buffer, which is sent as it is full and where
    /// the format ends a message.
    ///
    /// # Errors
    /// VI_ERROR_INV_FMT and VI_ERROR_NSUP_FMT for the format, VI_ERROR_USER_BUF for null pointers,
    /// and what the link answers.
    pub fn print(&self, format: &[u8], arguments: &mut dyn Arguments) -> Result {
        self.require(Kinds::MESSAGE_BASED)?;
        let link = self.link()?;
        fmt::check_print(format)?;
        self.print_through(link, &self.admitted()?, format, arguments)
    }

    /// viScanf: parses what the read buffer holds, and then what the device sends, into
    /// `arguments`.
    ///
    /// # Errors
    /// VI_ERROR_INV_FMT for the format, and for input that does not match it; VI_ERROR_NSUP_FMT;
    /// VI_ERROR_USER_BUF for null pointers; what the link answers.
    pub fn scan(&self, format: &[u8], arguments: &mut dyn Arguments) -> Result {
        self.require(Kinds::MESSAGE_BASED)?;
        let link = self.link()?;
        fmt::check_scan(format)?;
        self.scan_through(link, &self.admitted()?, format, arguments)
    }

    /// viQueryf: a print and then a scan with the arguments that follow, within one timeout.
    ///
    /// # Errors
    /// As for [`Session::print`] and [`Session::scan`].
    pub fn query(
        &self,
        write_format: &[u8],
        read_format: &[u8],
        arguments: &mut dyn Arguments,
    ) -> Result {
        self.require(Kinds::MESSAGE_BASED)?;
        let link = self.link()?;
        fmt::check_print(write_format)?;
        fmt::check_scan(read_format)?;
        let call = self.admitted()?;
        self.buffers.reading(&call.wait)?.clear();
        link.drop_stale_answers(&call)?;
        self.print_through(link, &call, write_format, arguments)?;
        self.scan_through(link, &call, read_format, arguments)
    }

    fn print_through(
        &self,
        link: &dyn Link,
        call: &Call,
        format: &[u8],
        arguments: &mut dyn Arguments,
    ) -> Result {
        let mut buffer = self.buffers.writing(&call.wait)?;
        let mut send = sender(link, call);
        let sample = trace::Sample::default();
        let mut output = Outgoing { buffer: &mut buffer, send: &mut send, sample };
        let mut printed = fmt::print(format, arguments, &mut output);
        output.sample.show("written");
        if printed.is_ok() && self.flushes_on_access(WR_BUF_OPER_MODE) {
            printed = buffer.put(&[], Upto::Now, &mut send).outcome;
        }
        printed.inspect_err(|_| buffer.clear())
    }

    fn scan_through(
        &self,
        link: &dyn Link,
        call: &Call,
        format: &[u8],
        arguments: &mut dyn Arguments,
    ) -> Result {
        let unended = self.buffers.holds_unended_message(&call.wait)?;
        self.buffers.flush_write(link, call)?;
        let mut buffer = self.buffers.reading(&call.wait)?;
        let marks = marks(call);
        let mut ahead = receiver(link, call);
        let mut some = |room: &mut [u8], _| link.read_some(room, call);
        let receive: &mut Receive = if marks.any() { &mut ahead } else { &mut some };
        let mut message = Message::new(&mut buffer, marks, receive);
        message.end_is_char = link.ends_by_character();
        let scanned = fmt::scan(format, arguments, &mut message);
        let starved = message.failed_after();
        message.show();
        match (scanned, starved) {
            (Err(error), Some(count)) => {
                buffer.clear();
                self.hint(&error, count, call);
                if unended && count == 0 && error.code == VI_ERROR_TMO {
                    trace::note(format_args!(
                        "[hint: what was printed before has no \\n at its end, so the instrument \
                         may still wait for the rest of the command]"
                    ));
                }
                return scanned;
            }
            // Where the format and the answer part.
            (Err(_), None) => trace::bytes("next", buffer.held()),
            (Ok(()), _) => {}
        }
        if self.flushes_on_access(RD_BUF_OPER_MODE) {
            return scanned.and(buffer.flush(marks, &mut ahead));
        }
        scanned
    }
}

/// The write buffer as a place for what is printed.
struct Outgoing<'a> {
    buffer: &'a mut WriteBuffer,
    send: &'a mut Send<'a>,
    sample: trace::Sample,
}

impl Output for Outgoing<'_> {
    fn put(&mut self, bytes: &[u8], end: bool) -> Result {
        self.sample.add(bytes);
        let upto = if end { Upto::End } else { Upto::Full };
        self.buffer.put(bytes, upto, self.send).outcome
    }
}
