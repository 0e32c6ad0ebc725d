#![forbid(unsafe_code)]
//! What carries the bytes of a serial session: a port of this machine, or one behind a network.

use std::io::IoSlice;

use crate::os::Wait;
use crate::os::net::Cut;
use crate::os::serial::{Counts, Lines, Settings, Tty};
use crate::status::{Result, VI_ERROR_NSUP_ATTR_STATE, fail};

/// A serial line, whatever leads to it. Methods with a [`Wait`] may exchange messages with a
/// remote peer or wait for the line; the others answer from here.
pub trait Wire: Send + Sync {
    /// Receives at least one byte.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST; VI_ERROR_USER_BUF when `buf` is not
    /// writable memory.
    fn receive(&self, buf: &mut [u8], wait: &Wait) -> Result<usize>;

    /// Hands all of `parts` over.
    ///
    /// # Errors
    /// As [`Wire::receive`]; [`Cut::count`] tells how much was handed over.
    fn send(&self, parts: &mut [IoSlice<'_>], wait: &Wait) -> std::result::Result<(), Cut>;

    /// Sets the line; returns what is in force.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_ATTR_STATE when it cannot be so: then all is as before.
    fn apply(&self, settings: &Settings, wait: &Wait) -> Result<Settings>;

    /// Whether it has settings at all. A bare connection carries bytes, and how the line behind it
    /// is set it neither knows nor can change.
    fn has_settings(&self) -> bool {
        true
    }

    /// Whether breaks and bytes with errors are marked in what is received, in the way of PARMRK.
    fn marks_errors(&self) -> bool {
        false
    }

    /// Whether bytes with errors are marked, too, and not only counted.
    fn marks_bytes(&self) -> bool {
        self.marks_errors()
    }

    /// Whether all that was sent has left the line, as far as is known.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    fn is_drained(&self) -> Result<bool> {
        Ok(true)
    }

    /// Whether nothing of what was sent waits in this machine any more.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    fn is_handed_over(&self) -> Result<bool> {
        self.is_drained()
    }

    /// Bytes that wait to be received.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    fn available(&self) -> Result<usize>;

    /// Drops what was received and not yet read.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    fn discard_input(&self, wait: &Wait) -> Result;

    /// Drops what was sent and has not yet left, where that can be reached.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    fn discard_output(&self, wait: &Wait) -> Result;

    /// The modem lines; `None` where they are not known.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    fn lines(&self) -> Result<Option<Lines>> {
        Ok(None)
    }

    /// Asserts the DTR line or takes it back.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_ATTR_STATE where there is none.
    fn set_dtr(&self, _on: bool, _wait: &Wait) -> Result {
        fail(VI_ERROR_NSUP_ATTR_STATE, "no such line here")
    }

    /// The same for RTS.
    ///
    /// # Errors
    /// As [`Wire::set_dtr`].
    fn set_rts(&self, _on: bool, _wait: &Wait) -> Result {
        fail(VI_ERROR_NSUP_ATTR_STATE, "no such line here")
    }

    /// Whether a break on it is more than a formality.
    fn has_breaks(&self) -> bool {
        false
    }

    /// Begins or ends a break. The output is drained when it is called.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_ATTR_STATE where there is none.
    fn set_break(&self, _on: bool, _wait: &Wait) -> Result {
        fail(VI_ERROR_NSUP_ATTR_STATE, "no break here")
    }

    /// Lets the output go on, or stops it as a received XOFF would.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_ATTR_STATE where that cannot be.
    fn set_transmit(&self, _on: bool, _wait: &Wait) -> Result {
        fail(VI_ERROR_NSUP_ATTR_STATE, "the output cannot be stopped here")
    }

    /// What has been counted so far; `None` where nothing is.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    fn counts(&self) -> Result<Option<Counts>> {
        Ok(None)
    }

    /// Whether the line is run as RS-485.
    fn is_rs485(&self) -> bool {
        false
    }

    /// Whether it has gone for good. Never waits.
    fn has_gone(&self) -> bool;

    /// Ends the connection under whoever is blocked in it, where that is possible.
    fn shut_down(&self) {}
}

impl Wire for Tty {
    fn receive(&self, buf: &mut [u8], wait: &Wait) -> Result<usize> {
        self.receive(buf, wait)
    }

    fn send(&self, parts: &mut [IoSlice<'_>], wait: &Wait) -> std::result::Result<(), Cut> {
        self.send(parts, wait)
    }

    fn apply(&self, settings: &Settings, _wait: &Wait) -> Result<Settings> {
        self.apply(settings)
    }

    fn marks_errors(&self) -> bool {
        self.marks_errors()
    }

    fn marks_bytes(&self) -> bool {
        self.marks_bytes()
    }

    fn is_drained(&self) -> Result<bool> {
        self.is_drained()
    }

    fn is_handed_over(&self) -> Result<bool> {
        self.is_handed_over()
    }

    fn available(&self) -> Result<usize> {
        self.available()
    }

    fn discard_input(&self, _wait: &Wait) -> Result {
        self.discard_input()
    }

    fn discard_output(&self, _wait: &Wait) -> Result {
        self.discard_output()
    }

    fn lines(&self) -> Result<Option<Lines>> {
        self.lines()
    }

    fn set_dtr(&self, on: bool, _wait: &Wait) -> Result {
        self.set_dtr(on)
    }

    fn set_rts(&self, on: bool, _wait: &Wait) -> Result {
        self.set_rts(on)
    }

    fn has_breaks(&self) -> bool {
        self.marks_errors()
    }

    fn set_break(&self, on: bool, _wait: &Wait) -> Result {
        self.set_break(on)
    }

    fn set_transmit(&self, on: bool, _wait: &Wait) -> Result {
        self.set_transmit(on)
    }

    fn counts(&self) -> Result<Option<Counts>> {
        self.counts()
    }

    fn is_rs485(&self) -> bool {
        self.is_rs485()
    }

    fn has_gone(&self) -> bool {
        self.has_hung_up()
    }
}
