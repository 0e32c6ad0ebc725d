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
    /// A clear makes its bulk-IN pipe begin anew: the host's end must do so too.
    pub clear_resets_input: bool,
    /// It says that it can be set to remote and local, and cannot.
    pub no_remote: bool,
    /// TransferSize and EOM are those of the first piece only, and asking again begins the answer
    /// anew: the rest of a block follows without a header, and its length is that of the block.
    pub headerless_rest: bool,
}

/// idVendor, idProduct, quirks.
type Row = (u16, u16, Quirks);

const NONE: Quirks = Quirks {
    clear_hangs: false,
    clear_resets_input: false,
    no_remote: false,
    headerless_rest: false,
};

const TABLE: &[Row] = &[
    // Rigol DS1000E and DS1000D. No RL1 though they claim it: libsigrok, scpi_usbtmc_libusb.c.
    // Header of the first piece only: python-usbtmc, pull request 18.
    (0x1AB1, 0x0588, Quirks { no_remote: true, headerless_rest: true, ..NONE }),
    // Agilent DSO1000, which are those under another name: libsigrok, the same place.
    (0x0957, 0x0588, Quirks { no_remote: true, headerless_rest: true, ..NONE }),
    // Rigol DS1000Z and MSO1000Z: python-usbtmc, pull request 62.
    (0x1AB1, 0x04CE, Quirks { clear_hangs: true, ..NONE }),
];

/// The quirks of a model.
pub fn of(vendor: u16, product: u16) -> Quirks {
    let row = TABLE.iter().find(|(of, model, _)| (*of, *model) == (vendor, product));
    row.map_or(NONE, |(.., quirks)| *quirks)
}
