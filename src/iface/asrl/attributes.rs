#![forbid(unsafe_code)]
//! VI_ATTR_ASRL_*.
//!
//! Those of the line are the port's and shared by its sessions, whatever the table calls them: a
//! line has one XON character. How messages end, the replacement character and the length of
//! breaks are each session's own.

use std::sync::atomic::Ordering;

use crate::attr::Value;
use crate::consts::*;
use crate::iface::Call;
use crate::iface::asrl::AsrlLink;
use crate::iface::asrl::wire::Wire;
use crate::os::Wait;
use crate::os::serial::{Flow, Lines, Parity, Settings, StopBits};
use crate::status::{Result, VI_ERROR_NSUP_ATTR, VI_ERROR_NSUP_ATTR_STATE, fail};

impl AsrlLink {
    pub(super) fn get_attribute(&self, attr: ViAttr) -> Result<Value> {
        let state = self.port.state();
        let settings = state.settings;
        self.check_settings(attr)?;
        let line = |of: fn(Lines) -> bool| -> Result<i64> {
            let lines = self.port.wire.lines().map_err(|error| self.port.note(error))?;
            Ok(lines.map_or(VI_STATE_UNKNOWN.into(), |lines| of(lines).into()))
        };
        Ok(Value::Number(match attr {
            VI_ATTR_ASRL_BAUD => settings.baud.into(),
            VI_ATTR_ASRL_DATA_BITS => settings.data_bits.into(),
            VI_ATTR_ASRL_PARITY => parity_number(settings.parity).into(),
            VI_ATTR_ASRL_STOP_BITS => stop_number(settings.stop_bits).into(),
            VI_ATTR_ASRL_FLOW_CNTRL => flow_number(settings.flow).into(),
            VI_ATTR_ASRL_XON_CHAR => settings.xon.into(),
            VI_ATTR_ASRL_XOFF_CHAR => settings.xoff.into(),
            VI_ATTR_ASRL_AVAIL_NUM => self.available()?,
            VI_ATTR_ASRL_CTS_STATE => line(|lines| lines.cts)?,
            VI_ATTR_ASRL_DSR_STATE => line(|lines| lines.dsr)?,
            VI_ATTR_ASRL_DCD_STATE => line(|lines| lines.dcd)?,
            VI_ATTR_ASRL_RI_STATE => line(|lines| lines.ri)?,
            VI_ATTR_ASRL_DTR_STATE => line(|lines| lines.dtr)?,
            VI_ATTR_ASRL_RTS_STATE => line(|lines| lines.rts)?,
            VI_ATTR_ASRL_BREAK_STATE => state.break_on.into(),
            VI_ATTR_ASRL_ALLOW_TRANSMIT => state.transmits.into(),
            VI_ATTR_ASRL_DISCARD_NULL => state.discards_null.into(),
            VI_ATTR_ASRL_END_IN => self.end_in.load(Ordering::Relaxed).into(),
            VI_ATTR_ASRL_END_OUT => self.end_out.load(Ordering::Relaxed).into(),
            VI_ATTR_ASRL_REPLACE_CHAR => self.replacement.load(Ordering::Relaxed).into(),
            VI_ATTR_ASRL_BREAK_LEN => self.break_ms.load(Ordering::Relaxed).into(),
            VI_ATTR_ASRL_WIRE_MODE => self.wire_mode()?,
            VI_ATTR_INTF_INST_NAME => return Ok(Value::Text(self.place.clone())),
            // VI_ATTR_ASRL_CONNECTED: no Linux driver knows whether a cable is plugged in.
            _ => return fail(VI_ERROR_NSUP_ATTR, "not an attribute of this link"),
        }))
    }

    pub(super) fn set_attribute(&self, attr: ViAttr, value: u64, call: &Call) -> Result {
        let wait = &call.wait;
        let on = value != 0;
        self.check_settings(attr)?;
        match attr {
            VI_ATTR_ASRL_BAUD => self.set_line(wait, |line| line.baud = value as u32),
            VI_ATTR_ASRL_DATA_BITS => self.set_line(wait, |line| line.data_bits = value as u8),
            VI_ATTR_ASRL_PARITY => self.set_line(wait, |line| line.parity = parity(value as u16)),
            VI_ATTR_ASRL_STOP_BITS => {
                self.set_line(wait, |line| line.stop_bits = stop_bits(value as u16))
            }
            VI_ATTR_ASRL_FLOW_CNTRL => self.set_line(wait, |line| line.flow = flow(value as u16)),
            VI_ATTR_ASRL_XON_CHAR => self.set_line(wait, |line| line.xon = value as u8),
            VI_ATTR_ASRL_XOFF_CHAR => self.set_line(wait, |line| line.xoff = value as u8),
            VI_ATTR_ASRL_DTR_STATE => self.port.change(wait, |_, wire| wire.set_dtr(on, wait)),
            VI_ATTR_ASRL_RTS_STATE => self.port.change(wait, |state, wire| {
                if state.settings.flow.rts_cts {
                    return fail(VI_ERROR_NSUP_ATTR_STATE, "flow control has the RTS line");
                }
                wire.set_rts(on, wait)
            }),
            VI_ATTR_ASRL_BREAK_STATE => self.set_break(on, wait),
            VI_ATTR_ASRL_ALLOW_TRANSMIT => self.port.change(wait, |state, wire| {
                state.transmits = on;
                wire.set_transmit(on, wait)
            }),
            VI_ATTR_ASRL_DISCARD_NULL => self.port.change(wait, |state, _| {
                state.discards_null = on;
                Ok(())
            }),
            VI_ATTR_ASRL_END_IN => self.set_end_in(value as u16),
            VI_ATTR_ASRL_END_OUT => self.set_end_out(value as u16),
            VI_ATTR_ASRL_REPLACE_CHAR => {
                self.replacement.store(value as u8, Ordering::Relaxed);
                Ok(())
            }
            VI_ATTR_ASRL_BREAK_LEN => {
                self.break_ms.store(value as u16, Ordering::Relaxed);
                Ok(())
            }
            // What Linux drivers let nobody choose can be set to what it is.
            VI_ATTR_ASRL_WIRE_MODE if self.wire_mode()? == value as i64 => Ok(()),
            VI_ATTR_ASRL_WIRE_MODE => fail(VI_ERROR_NSUP_ATTR_STATE, "the driver has one mode"),
            _ => fail(VI_ERROR_NSUP_ATTR, "not an attribute of this link"),
        }
    }

    /// # Errors
    /// VI_ERROR_NSUP_ATTR for the settings of a line that the way to it does not know.
    fn check_settings(&self, attr: ViAttr) -> Result {
        const OF_LINES: [ViAttr; 7] = [
            VI_ATTR_ASRL_BAUD,
            VI_ATTR_ASRL_DATA_BITS,
            VI_ATTR_ASRL_PARITY,
            VI_ATTR_ASRL_STOP_BITS,
            VI_ATTR_ASRL_FLOW_CNTRL,
            VI_ATTR_ASRL_XON_CHAR,
            VI_ATTR_ASRL_XOFF_CHAR,
        ];
        if OF_LINES.contains(&attr) && !self.port.wire.has_settings() {
            return fail(VI_ERROR_NSUP_ATTR, "the peer does not speak RFC 2217");
        }
        Ok(())
    }

    /// Changes how the line is set. What was sent before leaves as it was meant to. Only a change
    /// of flow control waits for nothing: it may be what lets the output leave.
    fn set_line(&self, wait: &Wait, change: impl Fn(&mut Settings)) -> Result {
        let before = self.port.state().settings;
        let mut wanted = before;
        change(&mut wanted);
        let Settings { flow, xon, xoff, .. } = wanted;
        if wanted == before {
            return Ok(());
        }
        let _output = if wanted == (Settings { flow, xon, xoff, ..before }) {
            None
        } else {
            let output = self.port.output.pass(wait)?;
            self.port.drain(wait)?;
            Some(output)
        };
        self.port.change(wait, |state, wire| {
            // Another thread may have changed something else meanwhile.
            let mut wanted = state.settings;
            change(&mut wanted);
            state.settings = wire.apply(&wanted, wait)?;
            Ok(())
        })
    }

    fn set_break(&self, on: bool, wait: &Wait) -> Result {
        let _output = self.port.output.pass(wait)?;
        if on {
            self.port.drain(wait)?;
        }
        self.port.change(wait, |state, wire| {
            state.break_on = on;
            wire.set_break(on, wait)
        })
    }

    fn set_end_in(&self, end: u16) -> Result {
        if end == VI_ASRL_END_BREAK && !self.port.wire.marks_errors() {
            return fail(VI_ERROR_NSUP_ATTR_STATE, "breaks are not seen on this line");
        }
        self.end_in.store(end, Ordering::Relaxed);
        Ok(())
    }

    fn set_end_out(&self, end: u16) -> Result {
        if end == VI_ASRL_END_BREAK && !self.port.wire.has_breaks() {
            return fail(VI_ERROR_NSUP_ATTR_STATE, "there are no breaks on this line");
        }
        self.end_out.store(end, Ordering::Relaxed);
        Ok(())
    }

    /// Bytes that a read would find now. Marks of errors are counted too.
    fn available(&self) -> Result<i64> {
        self.port.alive()?;
        let waiting = self.port.wire.available().map_err(|error| self.port.note(error))?;
        // A read in progress takes what is kept, and what waits besides.
        let kept = self.port.input.try_pass().map_or(0, |input| input.len());
        Ok((waiting + kept) as i64)
    }

    /// A port with modem lines is RS-232, wired as a terminal.
    fn wire_mode(&self) -> Result<i64> {
        let wire: &dyn Wire = &*self.port.wire;
        Ok(match wire.lines()? {
            _ if wire.is_rs485() => VI_ASRL_WIRE_485_2_AUTO.into(),
            Some(_) => VI_ASRL_WIRE_232_DTE.into(),
            None => VI_STATE_UNKNOWN.into(),
        })
    }
}

fn parity(number: u16) -> Parity {
    match number {
        VI_ASRL_PAR_ODD => Parity::Odd,
        VI_ASRL_PAR_EVEN => Parity::Even,
        VI_ASRL_PAR_MARK => Parity::Mark,
        VI_ASRL_PAR_SPACE => Parity::Space,
        _ => Parity::None,
    }
}

fn parity_number(parity: Parity) -> u16 {
    match parity {
        Parity::None => VI_ASRL_PAR_NONE,
        Parity::Odd => VI_ASRL_PAR_ODD,
        Parity::Even => VI_ASRL_PAR_EVEN,
        Parity::Mark => VI_ASRL_PAR_MARK,
        Parity::Space => VI_ASRL_PAR_SPACE,
    }
}

fn stop_bits(number: u16) -> StopBits {
    match number {
        VI_ASRL_STOP_ONE5 => StopBits::OneAndHalf,
        VI_ASRL_STOP_TWO => StopBits::Two,
        _ => StopBits::One,
    }
}

fn stop_number(bits: StopBits) -> u16 {
    match bits {
        StopBits::One => VI_ASRL_STOP_ONE,
        StopBits::OneAndHalf => VI_ASRL_STOP_ONE5,
        StopBits::Two => VI_ASRL_STOP_TWO,
    }
}

fn flow(flags: u16) -> Flow {
    let on = |flag: u16| flags & flag != 0;
    Flow {
        xon_xoff: on(VI_ASRL_FLOW_XON_XOFF),
        rts_cts: on(VI_ASRL_FLOW_RTS_CTS),
        dtr_dsr: on(VI_ASRL_FLOW_DTR_DSR),
    }
}

fn flow_number(flow: Flow) -> u16 {
    let on = |condition: bool, flag: u16| if condition { flag } else { 0 };
    on(flow.xon_xoff, VI_ASRL_FLOW_XON_XOFF)
        | on(flow.rts_cts, VI_ASRL_FLOW_RTS_CTS)
        | on(flow.dtr_dsr, VI_ASRL_FLOW_DTR_DSR)
}
