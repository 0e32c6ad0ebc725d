#![forbid(unsafe_code)]
//! RFC 2217: a serial port over telnet. Numbers of its messages; a server answers each of a
//! client's with the number plus [`ANSWER`] and what is in force.

/// Bits per second, 4 bytes, high one first.
pub const SET_BAUDRATE: u8 = 1;
/// Data bits, 5 to 8.
pub const SET_DATASIZE: u8 = 2;
/// 1 none, 2 odd, 3 even, 4 mark, 5 space.
pub const SET_PARITY: u8 = 3;
/// 1 one, 2 two, 3 one and a half.
pub const SET_STOPSIZE: u8 = 4;
/// One of the settings below.
pub const SET_CONTROL: u8 = 5;
/// From the server: bits of the line's state.
pub const NOTIFY_LINESTATE: u8 = 106;
/// From the server: bits of the modem lines.
pub const NOTIFY_MODEMSTATE: u8 = 107;
/// The receiver shall send no more data.
pub const FLOWCONTROL_SUSPEND: u8 = 8;
/// It may go on.
pub const FLOWCONTROL_RESUME: u8 = 9;
/// Which bits of the line's state are told.
pub const SET_LINESTATE_MASK: u8 = 10;
/// Which of the modem lines are told.
pub const SET_MODEMSTATE_MASK: u8 = 11;
/// 1 what was received, 2 what is to be sent, 3 both is dropped.
pub const PURGE_DATA: u8 = 12;

/// What a server adds to the number of the message that it answers.
pub const ANSWER: u8 = 100;

/// Values of [`SET_CONTROL`].
pub mod control {
    /// No flow control.
    pub const FLOW_NONE: u8 = 1;
    /// By XON and XOFF.
    pub const FLOW_XON_XOFF: u8 = 2;
    /// By RTS and CTS.
    pub const FLOW_HARDWARE: u8 = 3;
    /// A break begins.
    pub const BREAK_ON: u8 = 5;
    /// It ends.
    pub const BREAK_OFF: u8 = 6;
    /// DTR is asserted.
    pub const DTR_ON: u8 = 8;
    /// It is not.
    pub const DTR_OFF: u8 = 9;
    /// RTS is asserted.
    pub const RTS_ON: u8 = 11;
    /// It is not.
    pub const RTS_OFF: u8 = 12;
    /// Output is held up by the DSR line.
    pub const FLOW_DSR: u8 = 19;
}

/// Bits of [`NOTIFY_LINESTATE`] that are worth a word.
pub mod line {
    /// Bytes were lost.
    pub const OVERRUN: u8 = 2;
    /// A byte came with wrong parity.
    pub const PARITY: u8 = 4;
    /// A byte came without a stop bit.
    pub const FRAMING: u8 = 8;
    /// A break was received.
    pub const BREAK: u8 = 16;
    /// All of these.
    pub const EVENTS: u8 = OVERRUN | PARITY | FRAMING | BREAK;
}

/// Bits of [`NOTIFY_MODEMSTATE`].
pub mod modem {
    /// Clear to send.
    pub const CTS: u8 = 16;
    /// Data set ready.
    pub const DSR: u8 = 32;
    /// Ring indicator.
    pub const RI: u8 = 64;
    /// Carrier detect.
    pub const DCD: u8 = 128;
}
