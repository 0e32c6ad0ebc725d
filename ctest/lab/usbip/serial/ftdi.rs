#![forbid(unsafe_code)]
//! An FT232R, the most common USB adapter, as far as Linux's `ftdi_sio` talks to it. Each packet to
//! the host begins with the modem inputs and the errors of the characters in it, so that everything
//! a line can do to a receiver can be shown.

use crate::lab::usbip::descriptor;
use crate::lab::usbip::function::Setup;
use crate::lab::usbip::serial::Model;
use crate::lab::usbip::serial::line::Fault;
use crate::lab::usbip::serial::line::Inputs;
use crate::lab::usbip::serial::line::Line;
use crate::lab::usbip::serial::line::PARITIES;
use crate::lab::usbip::serial::line::STOP_BITS;

const PACKET: u16 = 64;

/// Vendor requests, with the names that the kernel's driver gives them.
const RESET: u8 = 0;
const MODEM_CTRL: u8 = 1;
const SET_FLOW_CTRL: u8 = 2;
const SET_BAUD_RATE: u8 = 3;
const SET_DATA: u8 = 4;
const GET_MODEM_STATUS: u8 = 5;
const SET_EVENT_CHAR: u8 = 6;
const SET_ERROR_CHAR: u8 = 7;
const SET_LATENCY_TIMER: u8 = 9;
const GET_LATENCY_TIMER: u8 = 10;

/// Second status byte: nothing is left to be sent.
const TRANSMITTER_EMPTY: u8 = 0x60;

#[derive(Default)]
pub struct Ftdi {
    /// The inputs that the host knows of.
    told: Option<Inputs>,
    latency: u8,
}

impl Model for Ftdi {
    fn identity(&self) -> [u16; 3] {
        [0x0403, 0x6001, 0x0600]
    }

    fn class(&self) -> u8 {
        0
    }

    fn names(&self) -> [&str; 2] {
        ["FTDI", "FT232R USB UART"]
    }

    fn configuration(&self) -> Vec<u8> {
        let contents = [
            descriptor::interface(0, 2, [0xFF, 0xFF, 0xFF]),
            descriptor::endpoint(0x81, PACKET, 0),
            descriptor::endpoint(0x02, PACKET, 0),
        ];
        descriptor::configuration(1, &contents)
    }

    fn control(&mut self, setup: Setup, _: &[u8], line: &mut Line) -> Option<Vec<u8>> {
        let value = setup.value;
        match setup.request {
            RESET | SET_EVENT_CHAR | SET_ERROR_CHAR => {}
            MODEM_CTRL => {
                // The high byte says which of the two lines are meant.
                if value & 0x0100 != 0 {
                    line.set_dtr(value & 1 != 0);
                }
                if value & 0x0200 != 0 {
                    line.set_rts(value & 2 != 0);
                }
            }
            SET_FLOW_CTRL => {
                line.settings.flow = match setup.index >> 8 {
                    0 => "none",
                    1 => "rts/cts",
                    2 => "dtr/dsr",
                    4 => "xon/xoff",
                    _ => return None,
                };
            }
            SET_BAUD_RATE => line.settings.baud = baud(value, setup.index),
            SET_DATA => {
                line.settings.data_bits = value as u8;
                line.settings.parity = PARITIES.get(usize::from(value >> 8 & 7))?;
                line.settings.stop_bits = *STOP_BITS.get(usize::from(value >> 11 & 7))?;
                line.set_break(value & 0x4000 != 0);
            }
            GET_MODEM_STATUS => return Some(vec![inputs(line.inputs()), TRANSMITTER_EMPTY]),
            SET_LATENCY_TIMER => self.latency = value as u8,
            GET_LATENCY_TIMER => return Some(vec![self.latency]),
            _ => return None,
        }
        Some(vec![])
    }

    fn input(&mut self, _: u8, most: usize, line: &mut Line) -> Option<Vec<u8>> {
        let now = line.inputs();
        let most = most.min(PACKET.into()).checked_sub(2)?;
        let piece = line.next_piece(most);
        if piece.is_none() && self.told == Some(now) {
            return None;
        }
        self.told = Some(now);
        let mut packet = vec![inputs(now), TRANSMITTER_EMPTY];
        if let Some(piece) = piece {
            packet[1] |= match piece.fault {
                None => 0,
                Some(Fault::Overrun) => 0x02,
                Some(Fault::Parity) => 0x04,
                Some(Fault::Framing) => 0x08,
                Some(Fault::Break) => 0x10,
            };
            packet.extend(piece.bytes);
        }
        Some(packet)
    }
}

fn inputs(inputs: Inputs) -> u8 {
    let bit = |on: bool, bit: u8| if on { bit } else { 0 };
    // The lowest bit is always set.
    0x01 | bit(inputs.cts, 0x10)
        | bit(inputs.dsr, 0x20)
        | bit(inputs.ri, 0x40)
        | bit(inputs.dcd, 0x80)
}

/// The rate of a divisor: 3 MHz over 14 bits of integer and, in the order that FTDI gave them,
/// eighths; 0 and 1 stand for rates that this cannot express.
fn baud(value: u16, index: u16) -> u32 {
    const EIGHTHS: [u32; 8] = [0, 4, 2, 1, 3, 5, 6, 7];
    let fraction = usize::from(value >> 14 | (index & 1) << 2);
    match (value & 0x3FFF, fraction) {
        (0, 0) => 3_000_000,
        (1, 0) => 2_000_000,
        (whole, fraction) => 24_000_000 / (u32::from(whole) * 8 + EIGHTHS[fraction]).max(1),
    }
}
