#![forbid(unsafe_code)]
//! Instruments that do not keep to USBTMC, as public trackers describe them, and what is done
//! differently for them. What can be done for all (a missing last short packet, short packets in
//! the middle, requests that are refused) is done for all and needs no entry here.

/// What an instrument does that it should not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// INITIATE_CLEAR makes it answer nothing any more: it is never sent, not even by viClear, which
    /// then only ends what is in progress.
    pub clear_hangs: bool,
    /// It says that it can be set to remote and local, and cannot.
    pub no_remote: bool,
    /// TransferSize and EOM are those of the first piece only, and asking again begins the answer
    /// anew: the rest of a block follows without a header, and its length is that of the block.
    pub headerless_rest: bool,
    /// It answers with one packet, of no more than [`ONE_PACKET`] bytes, and never says that a
    /// message ends: so a read asks for no more, and ends with it.
    pub one_packet: bool,
}

/// Bytes that may be asked for at once where only one packet is answered.
pub const ONE_PACKET: usize = 63;

/// idVendor, idProduct unless it is all of the vendor's, quirks.
type Row = (u16, Option<u16>, Quirks);

const NONE: Quirks =
    Quirks { clear_hangs: false, no_remote: false, headerless_rest: false, one_packet: false };

const TABLE: &[Row] = &[
    // Rigol DS1000E and DS1000D. No RL1 though they claim it: libsigrok, scpi_usbtmc_libusb.c.
    // Header of the first piece only: python-usbtmc, pull request 18.
    (0x1AB1, Some(0x0588), Quirks { no_remote: true, headerless_rest: true, ..NONE }),
    // Agilent DSO1000, which are those under another name: libsigrok, the same place.
    (0x0957, Some(0x0588), Quirks { no_remote: true, headerless_rest: true, ..NONE }),
    // Rigol DS1000Z and MSO1000Z: python-usbtmc, pull request 62.
    (0x1AB1, Some(0x04CE), Quirks { clear_hangs: true, ..NONE }),
    // Advantest and ADCMT: python-usbtmc, pull request 5. What they need besides to obey at all, a
    // request of the vendor's (0xA1, 0xA0), is the program's, by viUsbControlIn.
    (0x1334, None, Quirks { one_packet: true, ..NONE }),
];

/// The quirks of a model.
pub fn of(vendor: u16, product: u16) -> Quirks {
    let is_it = |(of, model, _): &&Row| *of == vendor && model.is_none_or(|model| model == product);
    let row = TABLE.iter().find(is_it);
    row.map_or(NONE, |(.., quirks)| *quirks)
}
