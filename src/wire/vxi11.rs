#![forbid(unsafe_code)]
//! VXI-11 (TCP/IP Instrument Protocol): the calls of the core and abort channels, their results
//! and their errors. Section numbers are those of the VXI-11 specification.

use crate::status::{
    Result, VI_ERROR_ABORT, VI_ERROR_ALLOC, VI_ERROR_CONN_LOST, VI_ERROR_INV_PARAMETER,
    VI_ERROR_INV_RSRC_NAME, VI_ERROR_IO, VI_ERROR_NSUP_OPER, VI_ERROR_RSRC_LOCKED,
    VI_ERROR_RSRC_NFOUND, VI_ERROR_SESN_NLOCKED, VI_ERROR_TMO, fail,
};
use crate::wire::rpc::Call;
use crate::wire::rpc::Program;
use crate::wire::xdr::Reader;

mod docmd;
mod interrupt;

pub use docmd::{BusStatus, Docmd, bus_status, device_docmd, was_done};
pub use interrupt::{
    HANDLE, Handle, INTERRUPT, ServiceRequests, channel_created, create_intr_chan,
    destroy_intr_chan, device_enable_srq,
};

/// The core channel.
pub const CORE: Program = Program { number: 0x0607AF, version: 1 };
/// The abort channel.
pub const ABORT: Program = Program { number: 0x0607B0, version: 1 };

const CREATE_LINK: u32 = 10;
const DEVICE_WRITE: u32 = 11;
const DEVICE_READ: u32 = 12;
const DEVICE_LOCK: u32 = 18;
const DEVICE_UNLOCK: u32 = 19;
const DESTROY_LINK: u32 = 23;
const DEVICE_ABORT: u32 = 1;

/// Flag: wait for a lock (B.5.3).
pub const FLAG_WAIT_LOCK: u32 = 0x01;
/// Flag: the data end with END (B.5.3).
pub const FLAG_END: u32 = 0x08;
/// Flag: the termination character counts (B.5.3).
pub const FLAG_TERM_CHAR: u32 = 0x80;

/// Reason for the end of a device_read: END was seen. The others, the requested size
/// (1) and the termination character (2), a client sees for itself.
pub const REASON_END: u32 = 0x04;

/// Bytes of the results of device_read before its data: error, reason, length.
pub const READ_RESULTS: usize = 12;

/// The most bytes of fixed results of any call here: create_link has four words.
pub const MAX_RESULTS: usize = 16;

/// What create_link is assumed to have promised when it promises no room at all (B.6.3 demands
/// at least this much).
const LEAST_MAX_RECV: u32 = 1024;

/// A link to a device, as the server numbers it. Zero is a link as any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkId(pub u32);

/// The calls that name only link, flags and timeouts (Device_GenericParms).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generic {
    /// The status byte.
    ReadStb = 13,
    /// A trigger.
    Trigger = 14,
    /// Device clear.
    Clear = 15,
    /// To remote, with the local controls disabled.
    Remote = 16,
    /// To local.
    Local = 17,
}

/// create_link; the name of the device, `device_len` bytes, follows. The device is not locked.
pub fn create_link(client_id: u32, device_len: usize) -> Call {
    let (lock_device, lock_timeout) = (0, 0);
    Call::new(CORE, CREATE_LINK)
        .word(client_id)
        .word(lock_device)
        .word(lock_timeout)
        .word(device_len as u32)
}

/// device_write; the data, `data_len` bytes, follow. `io_timeout` in ms. Waits for no lock.
pub fn device_write(link: LinkId, io_timeout: u32, flags: u32, data_len: usize) -> Call {
    let lock_timeout = 0;
    Call::new(CORE, DEVICE_WRITE)
        .word(link.0)
        .word(io_timeout)
        .word(lock_timeout)
        .word(flags)
        .word(data_len as u32)
}

/// device_read of at most `request_size` bytes, ending at `term_char` if there is one.
/// `io_timeout` in ms. Waits for no lock.
pub fn device_read(
    link: LinkId,
    request_size: u32,
    io_timeout: u32,
    term_char: Option<u8>,
) -> Call {
    let lock_timeout = 0;
    Call::new(CORE, DEVICE_READ)
        .word(link.0)
        .word(request_size)
        .word(io_timeout)
        .word(lock_timeout)
        .word(if term_char.is_some() { FLAG_TERM_CHAR } else { 0 })
        .word(term_char.unwrap_or(0).into())
}

/// One of the [`Generic`] calls. `io_timeout` in ms. Waits for no lock.
pub fn generic(what: Generic, link: LinkId, io_timeout: u32) -> Call {
    let (flags, lock_timeout) = (0, 0);
    // The lock timeout comes first here, other than in device_read and device_write.
    Call::new(CORE, what as u32).word(link.0).word(flags).word(lock_timeout).word(io_timeout)
}

/// device_lock: waits up to `lock_timeout` in ms when another link has the lock, or not at all.
pub fn device_lock(link: LinkId, lock_timeout: Option<u32>) -> Call {
    let flags = if lock_timeout.is_some() { FLAG_WAIT_LOCK } else { 0 };
    Call::new(CORE, DEVICE_LOCK).word(link.0).word(flags).word(lock_timeout.unwrap_or(0))
}

/// device_unlock.
pub fn device_unlock(link: LinkId) -> Call {
    Call::new(CORE, DEVICE_UNLOCK).word(link.0)
}

/// destroy_link.
pub fn destroy_link(link: LinkId) -> Call {
    Call::new(CORE, DESTROY_LINK).word(link.0)
}

/// device_abort, for the abort channel.
pub fn device_abort(link: LinkId) -> Call {
    Call::new(ABORT, DEVICE_ABORT).word(link.0)
}

/// What create_link made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewLink {
    /// The link.
    pub link: LinkId,
    /// TCP port of the abort channel, if there is one.
    pub abort_port: Option<u16>,
    /// The most data that one device_write may carry, never 0.
    pub max_recv: u32,
}

/// The link in the results of create_link.
///
/// # Errors
/// What the device refused with; VI_ERROR_IO when the results are cut short.
pub fn new_link(results: &[u8]) -> Result<NewLink> {
    let mut reader = Reader::new(results);
    match error(&mut reader)? {
        1 => return fail(VI_ERROR_INV_RSRC_NAME, "create_link: not a device name"),
        3 => return fail(VI_ERROR_RSRC_NFOUND, "create_link: device not accessible"),
        other => check(other)?,
    }
    let (Some(link), Some(abort_port), Some(max_recv)) = (reader.u32(), reader.u32(), reader.u32())
    else {
        return fail(VI_ERROR_IO, "create_link: results are cut short");
    };
    Ok(NewLink {
        link: LinkId(link),
        // Some devices send their 16-bit port with its sign extended.
        abort_port: Some(abort_port as u16).filter(|port| *port != 0),
        max_recv: if max_recv == 0 { LEAST_MAX_RECV } else { max_recv },
    })
}

/// The results of device_write for a piece of `sent` bytes: how many of them the device took,
/// whatever else it says, and whether it failed.
pub fn written(results: &[u8], sent: usize) -> (usize, Result) {
    let mut reader = Reader::new(results);
    let outcome = error(&mut reader).and_then(check);
    // Some instruments leave the size out or answer with the padded one: without an error, that
    // means everything.
    let unsaid = if outcome.is_ok() { sent } else { 0 };
    let size = reader.u32().map_or(unsaid, |size| size as usize);
    (size.min(sent), outcome)
}

/// The fixed results of device_read: whether END stands after the data, and whether it failed.
pub fn was_read(results: &[u8]) -> (bool, Result) {
    let mut reader = Reader::new(results);
    let outcome = match error(&mut reader) {
        Ok(0) if results.len() < READ_RESULTS => {
            fail(VI_ERROR_IO, "device_read: results are cut short")
        }
        error => error.and_then(check),
    };
    (reader.u32().unwrap_or(0) & REASON_END != 0, outcome)
}

/// The data in the results of device_read; none when a device that failed has left them out.
///
/// # Errors
/// VI_ERROR_IO when they are cut short.
pub fn read_data(results: &[u8]) -> Result<&[u8]> {
    match results.get(READ_RESULTS - 4..) {
        None => Ok(&[]),
        Some(opaque) => match Reader::new(opaque).opaque() {
            Some(data) => Ok(data),
            None => fail(VI_ERROR_IO, "device_read: data are cut short"),
        },
    }
}

/// The data in the results of device_read that broke off: what is there of them.
pub fn read_data_so_far(results: &[u8]) -> &[u8] {
    let Some((fixed, data)) = results.split_at_checked(READ_RESULTS) else { return &[] };
    let len = Reader::new(&fixed[READ_RESULTS - 4..]).u32().map_or(0, |len| len as usize);
    &data[..len.min(data.len())]
}

/// The status byte in the results of device_readstb.
///
/// # Errors
/// What the device refused with; VI_ERROR_IO when the results are cut short.
pub fn status_byte(results: &[u8]) -> Result<u8> {
    let mut reader = Reader::new(results);
    check(error(&mut reader)?)?;
    match reader.u32() {
        // The upper 24 bits say nothing.
        Some(stb) => Ok(stb as u8),
        None => fail(VI_ERROR_IO, "device_readstb: no status byte"),
    }
}

/// The outcome of a call that has no other result (Device_Error).
///
/// # Errors
/// What the device refused with; VI_ERROR_IO when the results are cut short.
pub fn done(results: &[u8]) -> Result {
    check(error(&mut Reader::new(results))?)
}

fn error(reader: &mut Reader) -> Result<i32> {
    match reader.i32() {
        Some(error) => Ok(error),
        None => fail(VI_ERROR_IO, "VXI-11 results are cut short"),
    }
}

/// The VISA status of a Device_ErrorCode (B.5.2).
fn check(error: i32) -> Result {
    match error {
        0 => Ok(()),
        1 => fail(VI_ERROR_IO, "device: syntax error"),
        3 => fail(VI_ERROR_CONN_LOST, "device: not accessible"),
        4 => fail(VI_ERROR_CONN_LOST, "device: invalid link identifier"),
        5 => fail(VI_ERROR_INV_PARAMETER, "device: parameter error"),
        6 => fail(VI_ERROR_IO, "device: channel not established"),
        8 => fail(VI_ERROR_NSUP_OPER, "device: operation not supported"),
        9 => fail(VI_ERROR_ALLOC, "device: out of resources"),
        11 => fail(VI_ERROR_RSRC_LOCKED, "device: locked by another link"),
        12 => fail(VI_ERROR_SESN_NLOCKED, "device: no lock held by this link"),
        15 => fail(VI_ERROR_TMO, "device: I/O timeout"),
        17 => fail(VI_ERROR_IO, "device: I/O error"),
        21 => fail(VI_ERROR_INV_PARAMETER, "device: invalid address"),
        23 => fail(VI_ERROR_ABORT, "device: aborted"),
        29 => fail(VI_ERROR_IO, "device: channel already established"),
        _ => fail(VI_ERROR_IO, "device: unknown error"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consts::ViStatus;
    use crate::wire::noise;

    /// The arguments of a call: what follows its 44 bytes of mark and header.
    fn arguments(mut call: Call) -> Vec<u8> {
        call.record(0, 0)[44..].to_vec()
    }

    /// Procedure number and program number.
    fn procedure(mut call: Call) -> (u32, u32) {
        let record = call.record(0, 0);
        let word = |at: usize| u32::from_be_bytes(record[at..at + 4].try_into().unwrap());
        (word(16), word(24))
    }

    #[test]
    fn arguments_stand_in_the_order_of_the_specification() {
        let link = LinkId(0x11);
        assert_eq!(arguments(create_link(0xABCD, 5)), b"\0\0\xAB\xCD\0\0\0\0\0\0\0\0\0\0\0\x05");
        assert_eq!(
            arguments(device_write(link, 2000, FLAG_END, 7)),
            b"\0\0\0\x11\0\0\x07\xD0\0\0\0\0\0\0\0\x08\0\0\0\x07"
        );
        assert_eq!(
            arguments(device_read(link, 20480, 2000, Some(b'\n'))),
            b"\0\0\0\x11\0\0\x50\0\0\0\x07\xD0\0\0\0\0\0\0\0\x80\0\0\0\x0A"
        );
        assert_eq!(
            arguments(device_read(link, 1, u32::MAX, None)),
            b"\0\0\0\x11\0\0\0\x01\xFF\xFF\xFF\xFF\0\0\0\0\0\0\0\0\0\0\0\0"
        );
        assert_eq!(
            arguments(generic(Generic::ReadStb, link, 2000)),
            b"\0\0\0\x11\0\0\0\0\0\0\0\0\0\0\x07\xD0"
        );
        assert_eq!(arguments(device_lock(link, None)), b"\0\0\0\x11\0\0\0\0\0\0\0\0");
        assert_eq!(arguments(device_lock(link, Some(2000))), b"\0\0\0\x11\0\0\0\x01\0\0\x07\xD0");
        assert_eq!(arguments(device_unlock(link)), b"\0\0\0\x11");
        assert_eq!(arguments(destroy_link(link)), b"\0\0\0\x11");
        assert_eq!(arguments(device_abort(link)), b"\0\0\0\x11");
    }

    #[test]
    fn procedures_have_their_numbers() {
        let link = LinkId(0);
        let of = |what| procedure(generic(what, link, 0)).1;
        assert_eq!(
            [Generic::ReadStb, Generic::Trigger, Generic::Clear, Generic::Remote, Generic::Local]
                .map(of),
            [13, 14, 15, 16, 17]
        );
        assert_eq!(procedure(create_link(0, 0)), (395_183, 10));
        assert_eq!(procedure(device_write(link, 0, 0, 0)), (395_183, 11));
        assert_eq!(procedure(device_read(link, 0, 0, None)), (395_183, 12));
        assert_eq!(procedure(device_lock(link, None)), (395_183, 18));
        assert_eq!(procedure(device_unlock(link)), (395_183, 19));
        assert_eq!(procedure(device_enable_srq(link, true)), (395_183, 20));
        assert_eq!(procedure(destroy_link(link)), (395_183, 23));
        let host = std::net::Ipv4Addr::LOCALHOST;
        assert_eq!(procedure(create_intr_chan(host, 1)), (395_183, 25));
        assert_eq!(procedure(destroy_intr_chan()), (395_183, 26));
        assert_eq!(procedure(device_abort(link)), (395_184, 1));
    }

    #[test]
    fn create_link_accepts_link_0_and_replaces_a_room_of_0() {
        let made = new_link(b"\0\0\0\0\0\0\0\0\0\0\x03\xE8\0\0\0\0").unwrap();
        assert_eq!(made, NewLink { link: LinkId(0), abort_port: Some(1000), max_recv: 1024 });
        let made = new_link(b"\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\x40").unwrap();
        assert_eq!(made, NewLink { link: LinkId(5), abort_port: None, max_recv: 64 });
        let made = new_link(b"\0\0\0\0\0\0\0\x05\xFF\xFF\xC3\x50\0\0\0\x40").unwrap();
        assert_eq!(made.abort_port, Some(50_000), "sign-extended");
    }

    #[test]
    fn create_link_refusals_have_their_own_status() {
        let code = |error: u8| new_link(&[0, 0, 0, error]).unwrap_err().code;
        let expected: [(u8, ViStatus); 5] = [
            (1, VI_ERROR_INV_RSRC_NAME),
            (3, VI_ERROR_RSRC_NFOUND),
            (9, VI_ERROR_ALLOC),
            (11, VI_ERROR_RSRC_LOCKED),
            (0, VI_ERROR_IO), // no error, but no link either
        ];
        for (error, status) in expected {
            assert_eq!(code(error), status, "error {error}");
        }
    }

    #[test]
    fn device_errors_have_their_status() {
        let code = |error: u32| done(&error.to_be_bytes()).map_or_else(|e| e.code, |()| 0);
        let expected: [(u32, ViStatus); 17] = [
            (0, 0),
            (1, VI_ERROR_IO),
            (3, VI_ERROR_CONN_LOST),
            (4, VI_ERROR_CONN_LOST),
            (5, VI_ERROR_INV_PARAMETER),
            (6, VI_ERROR_IO),
            (8, VI_ERROR_NSUP_OPER),
            (9, VI_ERROR_ALLOC),
            (11, VI_ERROR_RSRC_LOCKED),
            (12, VI_ERROR_SESN_NLOCKED),
            (15, VI_ERROR_TMO),
            (17, VI_ERROR_IO),
            (21, VI_ERROR_INV_PARAMETER),
            (23, VI_ERROR_ABORT),
            (29, VI_ERROR_IO),
            (1234, VI_ERROR_IO),
            (u32::MAX, VI_ERROR_IO),
        ];
        for (error, status) in expected {
            assert_eq!(code(error), status, "error {error}");
        }
        assert_eq!(done(&[0, 0, 0]).unwrap_err().code, VI_ERROR_IO);
    }

    #[test]
    fn a_write_without_a_size_or_with_too_large_a_one_took_everything() {
        assert_eq!(written(b"\0\0\0\0\0\0\0\x05", 9), (5, Ok(())));
        assert_eq!(written(b"\0\0\0\0", 9), (9, Ok(())));
        assert_eq!(written(b"\0\0\0\0\0\0\0\x0C", 9), (9, Ok(())));
        let (taken, outcome) = written(b"\0\0\0\x0F\0\0\0\x04", 9);
        assert_eq!((taken, outcome.unwrap_err().code), (4, VI_ERROR_TMO));
        assert_eq!(written(b"\0\0\0\x0F", 9).0, 0, "an error without a size took nothing");
        assert!(written(b"", 9).1.is_err());
    }

    #[test]
    fn read_results_tell_end_and_data() {
        let results = b"\0\0\0\0\0\0\0\x04\0\0\0\x03abc";
        assert_eq!(was_read(results), (true, Ok(())));
        assert_eq!(read_data(results).unwrap(), b"abc", "padding may be missing");
        assert_eq!(was_read(b"\0\0\0\0\0\0\0\x03\0\0\0\0"), (false, Ok(())));
        assert_eq!(was_read(b"\0\0\0\x0F").1.unwrap_err().code, VI_ERROR_TMO);
        assert_eq!(was_read(b"\0\0\0\0\0\0\0\x04").1.unwrap_err().code, VI_ERROR_IO);
        assert_eq!(read_data(b"\0\0\0\x0F").unwrap(), b"", "an error alone has no data");
        let cut = b"\0\0\0\0\0\0\0\0\0\0\0\x04abc";
        assert_eq!(read_data(cut).unwrap_err().code, VI_ERROR_IO);
        assert_eq!(read_data_so_far(cut), b"abc");
        assert_eq!(read_data_so_far(results), b"abc");
        assert_eq!(read_data_so_far(&cut[..11]), b"");
    }

    #[test]
    fn the_status_byte_is_the_low_byte() {
        assert_eq!(status_byte(b"\0\0\0\0\xFF\xFF\xFF\x50"), Ok(0x50));
        assert_eq!(status_byte(b"\0\0\0\x0B\0\0\0\0").unwrap_err().code, VI_ERROR_RSRC_LOCKED);
        assert_eq!(status_byte(b"\0\0\0\0").unwrap_err().code, VI_ERROR_IO);
    }

    #[test]
    fn any_bytes_are_survived() {
        for bytes in noise() {
            let _ = (new_link(&bytes), was_read(&bytes), read_data(&bytes), done(&bytes));
            let (taken, _) = written(&bytes, 7);
            assert!(taken <= 7);
            let _ = (status_byte(&bytes), read_data_so_far(&bytes));
        }
    }
}
