#![forbid(unsafe_code)]
//! device_docmd, by which a gateway's interface does what a link to a device cannot ask for
//! (VXI-11.2 B.5). Numbers go in network order.

use crate::status::{Result, VI_ERROR_IO, fail};
use crate::wire::rpc::Call;
use crate::wire::vxi11::{CORE, LinkId, check, error};
use crate::wire::xdr::Reader;

const DEVICE_DOCMD: u32 = 22;

const NETWORK_ORDER: u32 = 1;

/// What an interface can be told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Docmd {
    /// Sends command bytes with ATN, which are the data.
    SendCommand = 0x02_0000,
    /// Tells the [`BusStatus`] that the data, 16 bits, asks for.
    BusStatus = 0x02_0001,
    /// Asserts ATN for 1, 16 bits; releases it for 0.
    AtnControl = 0x02_0002,
    /// The same for REN.
    RenControl = 0x02_0003,
    /// Passes control to the address that the data, 32 bits, is.
    PassControl = 0x02_0004,
    /// Changes the interface's own address, 32 bits.
    BusAddress = 0x02_000A,
    /// Pulses IFC; no data.
    IfcControl = 0x02_0010,
}

/// What can be asked of a bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusStatus {
    /// REN is asserted.
    Ren = 1,
    /// SRQ is asserted.
    Srq = 2,
    /// NDAC is asserted.
    Ndac = 3,
    /// The interface is the system controller.
    SystemController = 4,
    /// It is the controller in charge.
    InCharge = 5,
    /// It is addressed to talk.
    Talker = 6,
    /// It is addressed to listen.
    Listener = 7,
    /// Its own address.
    Address = 8,
}

/// device_docmd; its data, `data_len` bytes of numbers of `size` bytes, follow. `io_timeout` in ms.
/// Waits for no lock.
pub fn device_docmd(
    link: LinkId,
    command: Docmd,
    io_timeout: u32,
    size: u32,
    data_len: usize,
) -> Call {
    let (flags, lock_timeout) = (0, 0);
    Call::new(CORE, DEVICE_DOCMD)
        .word(link.0)
        .word(flags)
        .word(io_timeout)
        .word(lock_timeout)
        .word(command as u32)
        .word(NETWORK_ORDER)
        .word(size)
        .word(data_len as u32)
}

/// Whether a command was carried out. What comes back besides is of no use.
///
/// # Errors
/// What the gateway says; VI_ERROR_IO when its results are cut short.
pub fn was_done(results: &[u8]) -> Result {
    check(error(&mut Reader::new(results))?)
}

/// The number of 16 bits that [`Docmd::BusStatus`] gives.
///
/// # Errors
/// As [`was_done`].
pub fn bus_status(results: &[u8]) -> Result<u16> {
    was_done(results)?;
    let mut reader = Reader::new(&results[results.len().min(4)..]);
    match reader.opaque() {
        Some([high, low]) => Ok(u16::from_be_bytes([*high, *low])),
        // Some send a number of 32 bits here, too.
        Some([0, 0, high, low]) => Ok(u16::from_be_bytes([*high, *low])),
        _ => fail(VI_ERROR_IO, "device_docmd: no bus status in the results"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::{VI_ERROR_ABORT, VI_ERROR_NSUP_OPER};

    #[test]
    fn a_call_names_all_in_the_order_of_the_standard() {
        let mut call = device_docmd(LinkId(7), Docmd::BusStatus, 2000, 2, 2);
        let record = call.record(1, 2);
        let words: Vec<u32> = record[44..]
            .chunks(4)
            .map(|word| u32::from_be_bytes(word.try_into().unwrap()))
            .collect();
        assert_eq!(words, [7, 0, 2000, 0, 0x02_0001, 1, 2, 2]);
    }

    #[test]
    fn a_bus_status_is_a_number_of_16_bits() {
        assert_eq!(bus_status(b"\0\0\0\0\0\0\0\x02\x01\x02\0\0"), Ok(0x0102));
        assert_eq!(bus_status(b"\0\0\0\0\0\0\0\x04\0\0\0\x15"), Ok(21));
        assert_eq!(bus_status(b"\0\0\0\x08\0\0\0\0").unwrap_err().code, VI_ERROR_NSUP_OPER);
        for short in [&b"\0\0\0\0\0\0\0\0"[..], b"\0\0\0\0\0\0", b"\0\0\0\0\0\0\0\x02\x01", b""] {
            assert_eq!(bus_status(short).unwrap_err().code, VI_ERROR_IO, "{short:?}");
        }
        assert_eq!(was_done(b"\0\0\0\x17").unwrap_err().code, VI_ERROR_ABORT);
        assert_eq!(was_done(b"\0\0\0\0"), Ok(()));
    }

    #[test]
    fn any_bytes_are_results_that_can_be_looked_at() {
        for bytes in crate::wire::noise() {
            let _ = (was_done(&bytes), bus_status(&bytes));
        }
    }
}
