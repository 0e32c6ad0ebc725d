#![forbid(unsafe_code)]
//! The status registers of IEEE 488.2 chapter 11 and the error queue of SCPI-99 chapter 21.

use std::collections::VecDeque;

/// Status byte: an enabled bit of the measurement event register is set (of many multimeters).
pub(super) const MEASUREMENT: u8 = 1;
/// Status byte: the error queue is not empty (SCPI-99 9.1).
pub(super) const ERROR_QUEUE: u8 = 1 << 2;
/// Status byte: a response is waiting (MAV).
pub(super) const MESSAGE_AVAILABLE: u8 = 1 << 4;
/// Status byte: an enabled bit of the event status register is set (ESB).
pub(super) const EVENT_STATUS: u8 = 1 << 5;
/// Status byte: RQS in a serial poll, MSS in the answer to `*STB?`.
pub(super) const REQUEST: u8 = 1 << 6;

/// Standard event status: operation complete.
pub(super) const OPERATION_COMPLETE: u8 = 1;
const QUERY_ERROR: u8 = 1 << 2;
const DEVICE_ERROR: u8 = 1 << 3;
const EXECUTION_ERROR: u8 = 1 << 4;
const COMMAND_ERROR: u8 = 1 << 5;
const POWER_ON: u8 = 1 << 7;

/// Errors kept before the last one becomes "Queue overflow".
const QUEUE_LENGTH: usize = 30;

/// An error or event number of SCPI-99 chapter 21, where each is explained.
pub(super) type ErrorNumber = i16;
pub(super) const SYNTAX_ERROR: ErrorNumber = -102;
pub(super) const DATA_TYPE_ERROR: ErrorNumber = -104;
pub(super) const PARAMETER_NOT_ALLOWED: ErrorNumber = -108;
pub(super) const MISSING_PARAMETER: ErrorNumber = -109;
pub(super) const UNDEFINED_HEADER: ErrorNumber = -113;
pub(super) const INVALID_BLOCK_DATA: ErrorNumber = -161;
pub(super) const INIT_IGNORED: ErrorNumber = -213;
pub(super) const DATA_OUT_OF_RANGE: ErrorNumber = -222;
pub(super) const ILLEGAL_PARAMETER_VALUE: ErrorNumber = -224;
pub(super) const DATA_STALE: ErrorNumber = -230;
pub(super) const OUT_OF_MEMORY: ErrorNumber = -321;
const QUEUE_OVERFLOW: ErrorNumber = -350;
pub(super) const INPUT_BUFFER_OVERRUN: ErrorNumber = -363;
pub(super) const QUERY_INTERRUPTED: ErrorNumber = -410;
pub(super) const QUERY_UNTERMINATED: ErrorNumber = -420;

/// The registers that all connections share.
#[derive(Debug)]
pub(super) struct Registers {
    /// Standard event status register.
    pub(super) events: u8,
    /// Which of its bits make up ESB: `*ESE`.
    pub(super) event_enable: u8,
    /// Which bits of the status byte request service: `*SRE`; bit 6 is always 0.
    pub(super) request_enable: u8,
    errors: VecDeque<ErrorNumber>,
}

impl Registers {
    /// As after power on.
    pub(super) fn new() -> Self {
        Self { events: POWER_ON, event_enable: 0, request_enable: 0, errors: VecDeque::new() }
    }

    /// The status byte without MAV and bit 6, which belong to one connection.
    pub(super) fn summary(&self) -> u8 {
        let mut summary = 0;
        if !self.errors.is_empty() {
            summary |= ERROR_QUEUE;
        }
        if self.events & self.event_enable != 0 {
            summary |= EVENT_STATUS;
        }
        summary
    }

    /// Enters an error, in the queue and in the event register (SCPI-99 21.8).
    pub(super) fn raise(&mut self, error: ErrorNumber) {
        self.events |= match error {
            -199..=-100 => COMMAND_ERROR,
            -299..=-200 => EXECUTION_ERROR,
            -499..=-400 => QUERY_ERROR,
            _ => DEVICE_ERROR,
        };
        if self.errors.len() < QUEUE_LENGTH {
            self.errors.push_back(error);
        } else if let Some(last) = self.errors.back_mut() {
            *last = QUEUE_OVERFLOW;
        }
    }

    /// Takes the oldest error; 0 when there is none.
    pub(super) fn next_error(&mut self) -> ErrorNumber {
        self.errors.pop_front().unwrap_or(0)
    }

    /// `*CLS`: events and errors go, the enable masks stay.
    pub(super) fn clear(&mut self) {
        self.events = 0;
        self.errors.clear();
    }
}

/// The text that SCPI-99 21.8 gives for an error number.
pub(super) fn error_text(error: ErrorNumber) -> &'static str {
    match error {
        0 => "No error",
        SYNTAX_ERROR => "Syntax error",
        DATA_TYPE_ERROR => "Data type error",
        PARAMETER_NOT_ALLOWED => "Parameter not allowed",
        MISSING_PARAMETER => "Missing parameter",
        UNDEFINED_HEADER => "Undefined header",
        INVALID_BLOCK_DATA => "Invalid block data",
        INIT_IGNORED => "Init ignored",
        DATA_OUT_OF_RANGE => "Data out of range",
        ILLEGAL_PARAMETER_VALUE => "Illegal parameter value",
        DATA_STALE => "Data corrupt or stale",
        OUT_OF_MEMORY => "Out of memory",
        QUEUE_OVERFLOW => "Queue overflow",
        INPUT_BUFFER_OVERRUN => "Input buffer overrun",
        QUERY_INTERRUPTED => "Query INTERRUPTED",
        QUERY_UNTERMINATED => "Query UNTERMINATED",
        _ => "Device-specific error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each class of errors sets its own bit (IEEE 488.2 11.5.1.1).
    #[test]
    fn errors_set_their_event_bit() {
        for (error, bit) in [(-113, 0x20), (-222, 0x10), (-350, 0x08), (-410, 0x04)] {
            let mut registers = Registers::new();
            registers.clear();
            registers.raise(error);
            assert_eq!(registers.events, bit);
            assert_eq!(registers.summary(), ERROR_QUEUE);
            registers.event_enable = bit;
            assert_eq!(registers.summary(), ERROR_QUEUE | EVENT_STATUS);
            assert_eq!(registers.next_error(), error);
            assert_eq!(registers.next_error(), 0);
        }
    }

    /// A full queue says so in its last place and keeps the oldest errors.
    #[test]
    fn a_full_queue_says_so() {
        let mut registers = Registers::new();
        for _ in 0..QUEUE_LENGTH + 5 {
            registers.raise(-113);
        }
        for _ in 1..QUEUE_LENGTH {
            assert_eq!(registers.next_error(), -113);
        }
        assert_eq!(registers.next_error(), QUEUE_OVERFLOW);
        assert_eq!(registers.next_error(), 0);
    }
}
