#![forbid(unsafe_code)]
//! A remote port as a line: its settings, modem lines and queues by questions and answers.

use std::io::IoSlice;

use super::incoming::Speaks;
use super::{AHEAD, PIECE, Remote};
use crate::iface::asrl::wire::Wire;
use crate::os::Wait;
use crate::os::memory;
use crate::os::net::Cut;
use crate::os::serial::{Counts, Flow, Lines, Parity, Settings, StopBits};
use crate::status::{Error, Result, VI_ERROR_NSUP_ATTR_STATE, fail};
use crate::wire::rfc2217::*;
use crate::wire::telnet::put_data;

/// Data that is escaped and sent at a time.
const ESCAPED: usize = 64 << 10;

/// How much a rate may miss what was asked for: one part in so many.
const TOLERANCE: u32 = 50;

const XON: u8 = 0x11;
const XOFF: u8 = 0x13;

impl Remote {
    /// Sets something by one byte, which must be answered by the same.
    fn set(&self, code: u8, value: u8, wait: &Wait) -> Result {
        match self.ask(code, &[value], wait)? {
            Some(answer) if answer == [value] => {
                self.note_line(code, value);
                Ok(())
            }
            _ => fail(VI_ERROR_NSUP_ATTR_STATE, "the remote port does not take it"),
        }
    }

    fn need_port(&self) -> Result {
        if self.has_port() {
            return Ok(());
        }
        fail(VI_ERROR_NSUP_ATTR_STATE, "the peer does not speak RFC 2217")
    }

    /// Sets what is not as it was `before`, or all of it.
    fn set_all(
        &self,
        settings: &Settings,
        before: Option<Settings>,
        wait: &Wait,
    ) -> Result<Settings> {
        let is_new = |same: &dyn Fn(&Settings) -> bool| before.as_ref().is_none_or(|b| !same(b));
        let mut baud = settings.baud;
        if is_new(&|before| before.baud == settings.baud) {
            baud = self.set_rate(settings.baud, wait)?;
        }
        if is_new(&|before| before.data_bits == settings.data_bits) {
            self.set(SET_DATASIZE, settings.data_bits, wait)?;
        }
        if is_new(&|before| before.parity == settings.parity) {
            self.set(SET_PARITY, parity_number(settings.parity), wait)?;
        }
        if is_new(&|before| before.stop_bits == settings.stop_bits) {
            self.set(SET_STOPSIZE, stop_number(settings.stop_bits), wait)?;
        }
        if is_new(&|before| before.flow == settings.flow) {
            self.set(SET_CONTROL, flow_number(settings.flow)?, wait)?;
        }
        Ok(Settings { baud, ..*settings })
    }

    /// Sets the rate; returns what the peer has.
    fn set_rate(&self, wanted: u32, wait: &Wait) -> Result<u32> {
        let answer = self.ask(SET_BAUDRATE, &wanted.to_be_bytes(), wait)?;
        match answer.as_deref().map(<[u8; 4]>::try_from) {
            Some(Ok(rate)) => {
                let rate = u32::from_be_bytes(rate);
                if rate.abs_diff(wanted) <= wanted / TOLERANCE {
                    return Ok(rate);
                }
                fail(VI_ERROR_NSUP_ATTR_STATE, "the remote port has another rate")
            }
            _ => fail(VI_ERROR_NSUP_ATTR_STATE, "the remote port does not say its rate"),
        }
    }
}

impl Wire for Remote {
    fn receive(&self, buf: &mut [u8], wait: &Wait) -> Result<usize> {
        loop {
            let bare = {
                let mut incoming = self.incoming.lock();
                let count = incoming.waiting().min(buf.len());
                if count > 0 {
                    let from = incoming.read;
                    buf[..count].copy_from_slice(&incoming.data[from..from + count]);
                    incoming.read += count;
                    return Ok(count);
                }
                incoming.speaks == Speaks::Bare
            };
            if bare {
                return self.stream.recv(buf, wait);
            }
            self.pump(wait)?;
        }
    }

    fn send(&self, parts: &mut [IoSlice<'_>], wait: &Wait) -> std::result::Result<(), Cut> {
        let none = |error| Cut { count: 0, error };
        if self.incoming.lock().speaks == Speaks::Bare {
            let _outgoing = self.outgoing.pass(wait).map_err(none)?;
            return self.stream.send_parts(parts, wait);
        }
        let mut count = 0;
        for part in parts {
            for piece in part.chunks(ESCAPED) {
                let cut = |error| Cut { count, error };
                while self.incoming.lock().suspended {
                    self.pump(wait).map_err(cut)?;
                }
                let mut escaped = Vec::new();
                put_data(&mut escaped, &memory::copy(piece).map_err(cut)?);
                // A piece that is cut may have left in part; how much, the escapes hide.
                self.say(&escaped, wait).map_err(cut)?;
                count += piece.len();
            }
        }
        Ok(())
    }

    fn has_settings(&self) -> bool {
        self.has_port()
    }

    fn apply(&self, settings: &Settings, wait: &Wait) -> Result<Settings> {
        self.need_port()?;
        // The protocol cannot say which characters hold the line up.
        if !settings.are_possible() || (settings.xon, settings.xoff) != (XON, XOFF) {
            return fail(VI_ERROR_NSUP_ATTR_STATE, "a remote port cannot be set so");
        }
        let before = *self.in_force.lock();
        match self.set_all(settings, before, wait) {
            Ok(settings) => {
                *self.in_force.lock() = Some(settings);
                Ok(settings)
            }
            Err(error) => {
                // What the peer had taken already. A peer that does not go back is lost anyway.
                let _ = before.map(|before| self.set_all(&before, None, wait));
                Err(error)
            }
        }
    }

    fn available(&self) -> Result<usize> {
        if self.incoming.lock().waiting() < AHEAD {
            self.receive_now()?;
        }
        Ok(self.incoming.lock().waiting())
    }

    fn discard_input(&self, wait: &Wait) -> Result {
        if self.has_port() {
            // A server without it keeps what it has.
            self.ask(PURGE_DATA, &[1], wait)?;
        }
        // Bounded, for a peer that never stops.
        let mut left = 4 * AHEAD / PIECE;
        loop {
            self.receive_now()?;
            let mut incoming = self.incoming.lock();
            let was_empty = incoming.waiting() == 0;
            incoming.read = incoming.data.len();
            left -= 1;
            if was_empty || left == 0 {
                return Ok(());
            }
        }
    }

    fn discard_output(&self, wait: &Wait) -> Result {
        if self.has_port() {
            self.ask(PURGE_DATA, &[2], wait)?;
        }
        Ok(())
    }

    fn lines(&self) -> Result<Option<Lines>> {
        if !self.has_port() {
            return Ok(None);
        }
        self.available()?;
        let incoming = self.incoming.lock();
        let (Some(modem), Some(dtr), Some(rts)) = (incoming.modem, incoming.dtr, incoming.rts)
        else {
            return Ok(None);
        };
        let on = |bit: u8| modem & bit != 0;
        Ok(Some(Lines {
            cts: on(modem::CTS),
            dsr: on(modem::DSR),
            dcd: on(modem::DCD),
            ri: on(modem::RI),
            dtr,
            rts,
        }))
    }

    fn set_dtr(&self, on: bool, wait: &Wait) -> Result {
        self.need_port()?;
        self.set(SET_CONTROL, if on { control::DTR_ON } else { control::DTR_OFF }, wait)
    }

    fn set_rts(&self, on: bool, wait: &Wait) -> Result {
        self.need_port()?;
        self.set(SET_CONTROL, if on { control::RTS_ON } else { control::RTS_OFF }, wait)
    }

    fn has_breaks(&self) -> bool {
        self.has_port()
    }

    fn set_break(&self, on: bool, wait: &Wait) -> Result {
        self.need_port()?;
        self.set(SET_CONTROL, if on { control::BREAK_ON } else { control::BREAK_OFF }, wait)
    }

    fn counts(&self) -> Result<Option<Counts>> {
        Ok(self.has_port().then(|| self.incoming.lock().counts))
    }

    fn has_gone(&self) -> bool {
        false
    }

    fn shut_down(&self) {
        self.stream.shut_down();
    }
}

fn parity_number(parity: Parity) -> u8 {
    match parity {
        Parity::None => 1,
        Parity::Odd => 2,
        Parity::Even => 3,
        Parity::Mark => 4,
        Parity::Space => 5,
    }
}

fn stop_number(bits: StopBits) -> u8 {
    match bits {
        StopBits::One => 1,
        StopBits::Two => 2,
        StopBits::OneAndHalf => 3,
    }
}

/// # Errors
/// VI_ERROR_NSUP_ATTR_STATE: the protocol has no combinations.
fn flow_number(flow: Flow) -> Result<u8> {
    match (flow.xon_xoff, flow.rts_cts, flow.dtr_dsr) {
        (false, false, false) => Ok(control::FLOW_NONE),
        (true, false, false) => Ok(control::FLOW_XON_XOFF),
        (false, true, false) => Ok(control::FLOW_HARDWARE),
        (false, false, true) => Ok(control::FLOW_DSR),
        _ => Err(Error::new(VI_ERROR_NSUP_ATTR_STATE, "one kind of flow control at a time")),
    }
}
