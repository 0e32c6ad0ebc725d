#![forbid(unsafe_code)]
//! USBTMC 1.0 and its subclass USB488: headers of bulk transfers, control requests and their
//! answers, notices of the interrupt pipe. Numbers are little-endian; section and table numbers
//! are those of the USBTMC specification where nothing else is said.

use crate::status::{Result, VI_ERROR_INP_PROT_VIOL, VI_ERROR_IO, fail};

/// bInterfaceClass and bInterfaceSubClass of a USBTMC interface (table 43).
pub const CLASS: (u8, u8) = (0xFE, 0x03);

/// bInterfaceProtocol of USB488.
pub const USB488: u8 = 1;

/// Bytes of a header.
pub const HEADER: usize = 12;

/// What a transfer to the device begins: MsgID (table 2; USB488 table 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// DEV_DEP_MSG_OUT: a message for the device.
    Out = 1,
    /// REQUEST_DEV_DEP_MSG_IN: asks for a message.
    Request = 2,
    /// VENDOR_SPECIFIC_OUT
    VendorOut = 126,
    /// REQUEST_VENDOR_SPECIFIC_IN
    VendorRequest = 127,
    /// TRIGGER, of USB488.
    Trigger = 128,
}

/// EOM: the last byte of the transfer is the last of the message.
const END_OF_MESSAGE: u8 = 1;
/// TermCharEnabled: the device ends its transfer at the character.
const TERM_CHAR: u8 = 2;

/// A bTag. They count from 1 to 255 and begin again (3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag(u8);

impl Tag {
    /// The one before the first.
    pub const NONE: Self = Self(0);

    /// The one behind it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(if self.0 == 255 { 1 } else { self.0 + 1 })
    }

    /// The one before it.
    #[must_use]
    pub fn before(self) -> Self {
        Self(if self.0 <= 1 { 255 } else { self.0 - 1 })
    }

    /// The number that control requests name its transfer by.
    pub fn number(self) -> u8 {
        self.0
    }

    /// How many tags `other` lies behind this one, 0 to 254.
    pub fn since(self, other: u8) -> u8 {
        ((u16::from(self.0) + 255 - u16::from(other)) % 255) as u8
    }
}

/// The header of a transfer to the device with `size` bytes of a message (table 3). `end`: the
/// message ends with them.
pub fn out(message: Message, tag: Tag, size: u32, end: bool) -> [u8; HEADER] {
    let attributes = if end { END_OF_MESSAGE } else { 0 };
    header(message, tag, size, attributes, 0)
}

/// Asks for at most `size` bytes of a message (table 4), up to a termination character where there
/// is one: only for devices that can do that.
pub fn request(message: Message, tag: Tag, size: u32, term_char: Option<u8>) -> [u8; HEADER] {
    let attributes = if term_char.is_some() { TERM_CHAR } else { 0 };
    header(message, tag, size, attributes, term_char.unwrap_or(0))
}

/// A trigger (USB488 table 2).
pub fn trigger(tag: Tag) -> [u8; HEADER] {
    header(Message::Trigger, tag, 0, 0, 0)
}

fn header(message: Message, tag: Tag, size: u32, attributes: u8, character: u8) -> [u8; HEADER] {
    let [s0, s1, s2, s3] = size.to_le_bytes();
    [message as u8, tag.0, !tag.0, 0, s0, s1, s2, s3, attributes, character, 0, 0]
}

/// Zero bytes behind `size` bytes of a message, so that header and message are a multiple of 4
/// (3.2.1.1).
pub fn padding(size: usize) -> usize {
    size.wrapping_neg() % 4
}

/// The header of a transfer from the device (tables 8 and 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// TransferSize: bytes of the message that follow. What comes behind them is padding.
    pub size: u32,
    /// EOM: the message ends with them.
    pub end: bool,
}

/// What the beginning of a transfer from the device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// The answer to the request.
    Answer(Incoming),
    /// The answer to a request so many tags before, which nobody wants any more.
    Stale(Incoming),
    /// Nothing that USBTMC knows.
    Wrong(&'static str),
}

/// How many tags back a device may still be answering.
const MEMORY: u8 = 32;

/// The beginning of a transfer that should answer `message` with `tag`.
pub fn beginning(bytes: &[u8], message: Message, tag: Tag) -> Beginning {
    let Some(&[id, got, inverse, _, s0, s1, s2, s3, attributes, ..]) =
        bytes.first_chunk::<HEADER>()
    else {
        return Beginning::Wrong("a transfer without a header");
    };
    if id != message as u8 {
        return Beginning::Wrong("MsgID is not that of the request");
    }
    if inverse != !got || got == 0 {
        return Beginning::Wrong("bTag and its inverse do not agree");
    }
    let size = u32::from_le_bytes([s0, s1, s2, s3]);
    let incoming = Incoming { size, end: attributes & END_OF_MESSAGE != 0 };
    match tag.since(got) {
        0 => Beginning::Answer(incoming),
        1..=MEMORY => Beginning::Stale(incoming),
        _ => Beginning::Wrong("bTag is not that of the request"),
    }
}

/// A control request of the class: all of them ask the device for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// bmRequestType
    pub request_type: u8,
    /// bRequest
    pub number: u8,
    /// wValue
    pub value: u16,
    /// wLength: bytes of the answer.
    pub len: u16,
}

/// bmRequestType: of the class, from the device, about an interface or an endpoint.
const ABOUT_INTERFACE: u8 = 0xA1;
const ABOUT_ENDPOINT: u8 = 0xA2;

/// The longest answer, in bytes.
pub const LONGEST_ANSWER: usize = 0x18;

const fn about_endpoint(number: u8, value: u8, len: u16) -> Request {
    Request { request_type: ABOUT_ENDPOINT, number, value: value as u16, len }
}

const fn about_interface(number: u8, value: u8, len: u16) -> Request {
    Request { request_type: ABOUT_INTERFACE, number, value: value as u16, len }
}

/// INITIATE_ABORT_BULK_OUT (4.2.1.2): ends the transfer to the device with this tag.
pub fn abort_out(tag: u8) -> Request {
    about_endpoint(1, tag, 2)
}

/// CHECK_ABORT_BULK_OUT_STATUS (4.2.1.3)
pub const CHECK_ABORT_OUT: Request = about_endpoint(2, 0, 8);

/// INITIATE_ABORT_BULK_IN (4.2.1.4): ends the transfer from the device that answers the request
/// with this tag.
pub fn abort_in(tag: u8) -> Request {
    about_endpoint(3, tag, 2)
}

/// CHECK_ABORT_BULK_IN_STATUS (4.2.1.5)
pub const CHECK_ABORT_IN: Request = about_endpoint(4, 0, 8);

/// INITIATE_CLEAR (4.2.1.6)
pub const CLEAR: Request = about_interface(5, 0, 1);

/// CHECK_CLEAR_STATUS (4.2.1.7)
pub const CHECK_CLEAR: Request = about_interface(6, 0, 2);

/// GET_CAPABILITIES (4.2.1.8)
pub const GET_CAPABILITIES: Request = about_interface(7, 0, LONGEST_ANSWER as u16);

/// READ_STATUS_BYTE (USB488 4.3.1); the tag is 2 to 127.
pub fn read_status_byte(tag: u8) -> Request {
    about_interface(128, tag, 3)
}

/// REN_CONTROL (USB488 4.3.2)
pub fn ren_control(on: bool) -> Request {
    about_interface(160, on.into(), 1)
}

/// GO_TO_LOCAL (USB488 4.3.3)
pub const GO_TO_LOCAL: Request = about_interface(161, 0, 1);

/// LOCAL_LOCKOUT (USB488 4.3.4)
pub const LOCAL_LOCKOUT: Request = about_interface(162, 0, 1);

/// The first byte of an answer: how the request went (table 16; USB488 table 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// STATUS_SUCCESS
    Success,
    /// STATUS_PENDING: it is not done yet. True: the device has data queued that must be read.
    Pending(bool),
    /// STATUS_INTERRUPT_IN_BUSY: the last status byte has not been fetched.
    Busy,
    /// STATUS_FAILED: of an abort, that there was nothing to abort.
    Failed,
    /// STATUS_TRANSFER_NOT_IN_PROGRESS: of an abort, that the transfer in progress is another, and
    /// its tag.
    NotInProgress(u8),
    /// Any other.
    Other(u8),
}

/// How a request went.
///
/// # Errors
/// VI_ERROR_IO for an answer of no bytes.
pub fn answer(bytes: &[u8]) -> Result<Answer> {
    let queued = bytes.get(1).is_some_and(|flags| flags & 1 != 0);
    Ok(match bytes.first() {
        None => return fail(VI_ERROR_IO, "a control request was answered by nothing"),
        Some(0x01) => Answer::Success,
        Some(0x02) => Answer::Pending(queued),
        Some(0x20) => Answer::Busy,
        Some(0x80) => Answer::Failed,
        Some(0x81) => Answer::NotInProgress(bytes.get(1).copied().unwrap_or(0)),
        Some(other) => Answer::Other(*other),
    })
}

/// The same for a request that is done or not.
///
/// # Errors
/// VI_ERROR_IO when it is not.
pub fn done(bytes: &[u8]) -> Result {
    match answer(bytes)? {
        Answer::Success => Ok(()),
        _ => fail(VI_ERROR_IO, "the device could not do what a control request asked"),
    }
}

/// What a device can do (table 37; USB488 table 8). One that does not say can do nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Its transfers can end at a termination character.
    pub term_char: bool,
    /// It takes TRIGGER.
    pub trigger: bool,
    /// It knows REN_CONTROL, GO_TO_LOCAL and LOCAL_LOCKOUT.
    pub remote: bool,
    /// It is a 488.2 USB488 interface.
    pub is_4882: bool,
}

/// The capabilities in the answer to GET_CAPABILITIES; those beyond its end are lacking. Those of
/// USB488 count only where the interface is one.
pub fn capabilities(bytes: &[u8], is_usb488: bool) -> Capabilities {
    let bit = |at: usize, bit: u8| bytes.get(at).is_some_and(|byte| byte & bit != 0);
    if bytes.first() != Some(&0x01) {
        return Capabilities::default();
    }
    Capabilities {
        term_char: bit(5, 1),
        trigger: is_usb488 && bit(14, 1),
        remote: is_usb488 && bit(14, 2),
        is_4882: is_usb488 && bit(14, 4),
    }
}

/// The status byte in the answer to READ_STATUS_BYTE, of a device without an interrupt pipe.
///
/// # Errors
/// VI_ERROR_INP_PROT_VIOL when it is that of another request or too short, VI_ERROR_IO when the
/// device cannot tell it.
pub fn status_byte(bytes: &[u8], tag: u8) -> Result<u8> {
    match (answer(bytes)?, bytes) {
        (Answer::Success, &[_, got, status, ..]) if got == tag => Ok(status),
        (Answer::Success, _) => fail(VI_ERROR_INP_PROT_VIOL, "not the status byte asked for"),
        _ => fail(VI_ERROR_IO, "the device could not tell its status byte"),
    }
}

/// What comes on the interrupt pipe (USB488 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice<'a> {
    /// The status byte that the READ_STATUS_BYTE with this tag has asked for.
    StatusByte(u8, u8),
    /// A request for service, with the status byte.
    ServiceRequest(u8),
    /// Anything of the vendor's.
    Vendor(&'a [u8]),
}

/// What a transfer of the interrupt pipe says; `None` for nothing and for what is reserved.
pub fn notice(bytes: &[u8], is_usb488: bool) -> Option<Notice<'_>> {
    let first = *bytes.first()?;
    if first & 0x80 == 0 {
        return Some(Notice::Vendor(bytes));
    }
    let status = *bytes.get(1).filter(|_| is_usb488)?;
    match first & 0x7F {
        0 => None,
        1 => Some(Notice::ServiceRequest(status)),
        tag => Some(Notice::StatusByte(tag, status)),
    }
}

#[cfg(test)]
mod tests;
