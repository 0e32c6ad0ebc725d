#![forbid(unsafe_code)]
//! A CDC-ACM function (USB PSTN devices 1.2), as instruments with a built-in "virtual serial port"
//! have it. Errors and modem inputs come in notifications of their own, apart from the data.

use crate::lab::usbip::descriptor;
use crate::lab::usbip::function::Setup;
use crate::lab::usbip::serial::Model;
use crate::lab::usbip::serial::line::Fault;
use crate::lab::usbip::serial::line::Inputs;
use crate::lab::usbip::serial::line::Line;
use crate::lab::usbip::serial::line::PARITIES;
use crate::lab::usbip::serial::line::STOP_BITS;
use crate::lab::usbip::serial::line::Settings;

const DATA_IN: u8 = 1;

/// Requests of section 6.3.
const SET_LINE_CODING: u8 = 0x20;
const GET_LINE_CODING: u8 = 0x21;
const SET_CONTROL_LINE_STATE: u8 = 0x22;
const SEND_BREAK: u8 = 0x23;

/// The notification of section 6.5.4: its header; two bytes of state follow.
const SERIAL_STATE: [u8; 8] = [0xA1, 0x20, 0, 0, 0, 0, 2, 0];

#[derive(Default)]
pub struct Acm {
    /// The inputs that the host knows of.
    told: Inputs,
}

impl Model for Acm {
    fn identity(&self) -> [u16; 3] {
        // Of the range that pid.codes keeps for tests.
        [0x1209, 0x0001, 0x0100]
    }

    fn class(&self) -> u8 {
        2
    }

    fn names(&self) -> [&str; 2] {
        ["ferrovisa", "bench instrument"]
    }

    fn configuration(&self) -> Vec<u8> {
        let contents = [
            descriptor::interface(0, 1, [2, 2, 1]),
            // Header, call management, abstract control (line requests and breaks), union.
            vec![5, 0x24, 0x00, 0x10, 0x01],
            vec![5, 0x24, 0x01, 0x00, 0x01],
            vec![4, 0x24, 0x02, 0x06],
            vec![5, 0x24, 0x06, 0x00, 0x01],
            descriptor::endpoint(0x82, 16, 1),
            descriptor::interface(1, 2, [10, 0, 0]),
            descriptor::endpoint(0x80 | DATA_IN, 64, 0),
            descriptor::endpoint(0x01, 64, 0),
        ];
        descriptor::configuration(2, &contents)
    }

    fn control(&mut self, setup: Setup, data: &[u8], line: &mut Line) -> Option<Vec<u8>> {
        match setup.request {
            SET_LINE_CODING => {
                let [a, b, c, d, stop, parity, data_bits] = *data.first_chunk()?;
                line.settings = Settings {
                    baud: u32::from_le_bytes([a, b, c, d]),
                    data_bits,
                    parity: PARITIES.get(usize::from(parity))?,
                    stop_bits: *STOP_BITS.get(usize::from(stop))?,
                    flow: "none",
                };
            }
            GET_LINE_CODING => return Some(vec![0; 7]),
            SET_CONTROL_LINE_STATE => {
                line.set_dtr(setup.value & 1 != 0);
                line.set_rts(setup.value & 2 != 0);
            }
            // 0xFFFF begins one that lasts, 0 ends it.
            SEND_BREAK => line.set_break(setup.value != 0),
            _ => return None,
        }
        Some(vec![])
    }

    fn input(&mut self, endpoint: u8, most: usize, line: &mut Line) -> Option<Vec<u8>> {
        // A character with an error is preceded by its notification.
        let fault = line.to_host.front().and_then(|piece| piece.fault);
        if endpoint == DATA_IN {
            return if fault.is_some() { None } else { Some(line.next_piece(most)?.bytes) };
        }
        let now = line.inputs();
        if fault.is_none() && now == self.told {
            return None;
        }
        self.told = now;
        if let Some(piece) = line.to_host.front_mut() {
            piece.fault = None;
        }
        if fault == Some(Fault::Break) {
            // It is told, not received as a character.
            line.to_host.pop_front();
        }
        Some([&SERIAL_STATE[..], &[state(now, fault), 0]].concat())
    }
}

/// Table 31: the UART state bitmap.
fn state(inputs: Inputs, fault: Option<Fault>) -> u8 {
    let bit = |on: bool, bit: u8| if on { bit } else { 0 };
    bit(inputs.dcd, 0x01)
        | bit(inputs.dsr, 0x02)
        | bit(fault == Some(Fault::Break), 0x04)
        | bit(inputs.ri, 0x08)
        | bit(fault == Some(Fault::Framing), 0x10)
        | bit(fault == Some(Fault::Parity), 0x20)
        | bit(fault == Some(Fault::Overrun), 0x40)
}
