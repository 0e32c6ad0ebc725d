#![forbid(unsafe_code)]
//! The operations of message-based sessions.

use crate::consts::{
    VI_TRIG_PROT_DEFAULT, VI_TRIG_PROT_OFF, VI_TRIG_PROT_ON, VI_TRIG_PROT_RESERVE,
    VI_TRIG_PROT_SYNC, VI_TRIG_PROT_UNRESERVE, ViStatus, ViUInt16,
};
use crate::iface::{Call, Stop, Transfer};
use crate::rsrc::Kinds;
use crate::session::Session;
use crate::status::{
    Error, Result, VI_ERROR_INV_PROT, VI_ERROR_IO, VI_ERROR_NSUP_OPER, VI_ERROR_TMO, VI_SUCCESS,
    VI_SUCCESS_MAX_CNT, VI_SUCCESS_TERM_CHAR, fail,
};
use crate::trace;

/// Resources with viClear (functions of chapter 6.1).
const CLEARABLE: Kinds = Kinds::MESSAGE_BASED
    .without(Kinds::GPIB_SERVANT)
    .without(Kinds::VXI_SERVANT)
    .without(Kinds::TCPIP_SERVANT);
/// Resources with viReadSTB.
const POLLABLE: Kinds = CLEARABLE.without(Kinds::GPIB_INTFC).without(Kinds::PROLOGIX_INTFC);
/// Resources with viAssertTrigger.
const TRIGGERABLE: Kinds = CLEARABLE
    .or(Kinds::GPIB_VXI_BACKPLANE)
    .or(Kinds::VXI_BACKPLANE)
    .or(Kinds::PXI_INSTR)
    .or(Kinds::PXI_BACKPLANE);
/// Resources whose device operations are 488.2 strings, once VI_ATTR_IO_PROT asks for them.
const STRING_SPEAKERS: Kinds = Kinds::TCPIP_SOCKET.or(Kinds::ASRL_INSTR).or(Kinds::USB_RAW);

/// The completion code of a read that ended well.
pub const fn completion(stop: Stop) -> ViStatus {
    match stop {
        Stop::End => VI_SUCCESS,
        Stop::TermChar => VI_SUCCESS_TERM_CHAR,
        Stop::Count => VI_SUCCESS_MAX_CNT,
    }
}

impl Session {
    /// viRead: fills `buf` until END, termination character, count or timeout.
    pub fn read(&self, buf: &mut [u8]) -> Transfer<Stop> {
        if let Err(error) = self.require(Kinds::MESSAGE_BASED) {
            return Transfer::failed(0, error);
        }
        let link = match self.link() {
            Ok(link) => link,
            Err(error) => return Transfer::failed(0, error),
        };
        if buf.is_empty() {
            return Transfer::done(0, Stop::Count);
        }
        let call = match self.admitted() {
            Ok(call) => call,
            Err(error) => return Transfer::failed(0, error),
        };
        let read = link.read(buf, &call);
        if let Err(error) = read.outcome {
            self.hint(&error, read.count, &call);
        }
        read
    }

    /// viWrite: sends `data`, with END on the last byte when VI_ATTR_SEND_END_EN.
    pub fn write(&self, data: &[u8]) -> Transfer<()> {
        let link = match self.require(Kinds::MESSAGE_BASED).and_then(|()| self.link()) {
            Ok(link) => link,
            Err(error) => return Transfer::failed(0, error),
        };
        if data.is_empty() {
            return Transfer::done(0, ());
        }
        let call = match self.admitted() {
            Ok(call) => call,
            Err(error) => return Transfer::failed(0, error),
        };
        link.write(data, &call)
    }

    /// viClear: pending input and output are gone, also those of the formatted I/O buffers; the
    /// device is cleared where it can be told so.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER for classes without it, and what the link answers.
    pub fn clear(&self) -> Result {
        self.require(CLEARABLE)?;
        let link = self.link()?;
        let call = self.admitted()?;
        self.buffers.void();
        link.clear(&call)?;
        // Again, for a buffered read that came in between.
        self.buffers.void();
        if self.uses_strings() {
            link.write(b"*CLS\n", &call).outcome?;
        }
        Ok(())
    }

    /// viReadSTB: the status byte.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER for classes without it, and what the link answers.
    pub fn read_stb(&self) -> Result<u8> {
        self.require(POLLABLE)?;
        if STRING_SPEAKERS.has(self.kind()) {
            return self.query_stb();
        }
        self.link()?.read_stb(&self.admitted()?)
    }

    /// viAssertTrigger with one of the trigger protocols.
    ///
    /// # Errors
    /// VI_ERROR_INV_PROT: a software trigger knows only VI_TRIG_PROT_DEFAULT (section 6.1.7);
    /// VI_ERROR_NSUP_OPER for classes without it, and what the link answers.
    pub fn assert_trigger(&self, protocol: ViUInt16) -> Result {
        self.require(TRIGGERABLE)?;
        match protocol {
            VI_TRIG_PROT_DEFAULT => {}
            VI_TRIG_PROT_ON
            | VI_TRIG_PROT_OFF
            | VI_TRIG_PROT_SYNC
            | VI_TRIG_PROT_RESERVE
            | VI_TRIG_PROT_UNRESERVE => {
                return fail(VI_ERROR_INV_PROT, "only hardware trigger lines know this protocol");
            }
            _ => return fail(VI_ERROR_INV_PROT, "no such trigger protocol"),
        }
        let link = self.link()?;
        if STRING_SPEAKERS.has(self.kind()) {
            self.need_strings()?;
            return link.write(b"*TRG\n", &self.admitted()?).outcome;
        }
        link.trigger(&self.admitted()?)
    }

    fn uses_strings(&self) -> bool {
        STRING_SPEAKERS.has(self.kind()) && self.speaks_strings()
    }

    fn need_strings(&self) -> Result {
        if self.uses_strings() {
            return Ok(());
        }
        fail(VI_ERROR_NSUP_OPER, "set VI_ATTR_IO_PROT to VI_PROT_4882_STRS for this")
    }

    /// The status byte by `*STB?`, whose answer is a number in a line.
    fn query_stb(&self) -> Result<u8> {
        self.need_strings()?;
        let link = self.link()?;
        let line_feed = b'\n';
        let call = Call {
            term_char: Some(line_feed),
            end_char: line_feed,
            send_end: true,
            ..self.admitted()?
        };
        link.write(b"*STB?\n", &call).outcome?;
        let mut line = [0_u8; 32];
        let read = link.read(&mut line, &call);
        read.outcome?;
        let text = str::from_utf8(&line[..read.count]).unwrap_or("");
        text.trim()
            .parse()
            .map_err(|_| Error::new(VI_ERROR_IO, "*STB? was not answered by a number"))
    }

    /// Says in the trace what beginners stumble over.
    pub(super) fn hint(&self, error: &Error, count: usize, call: &Call) {
        if error.code == VI_ERROR_TMO
            && call.term_char.is_none()
            && call.suppress_end
            && Kinds::TCPIP_SOCKET.has(self.kind())
        {
            trace::note(match count {
                0 => format_args!(
                    "[hint: nothing arrived; did the command end as the instrument wants, mostly \
                     by a line feed? In PyVISA: write_termination='\\n']"
                ),
                _ => format_args!(
                    "[hint: a SOCKET has no END; set VI_ATTR_TERMCHAR_EN, or in PyVISA \
                     read_termination='\\n', so that the read knows where the answer ends]"
                ),
            });
        }
    }
}
