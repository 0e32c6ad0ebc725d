#![forbid(unsafe_code)]
//! A device as a script: packets that wait on its pipes, and a log of what it was told.

use std::collections::VecDeque;

use parking_lot::Mutex;

use super::*;
use crate::iface::usbraw::transport::Transport;
use crate::os::usb::Moved;
use crate::os::usb::descriptors::{Alternate, Endpoint, Kind};

/// Bytes of a packet.
pub const PACKET: usize = 8;

/// The scripted device. Setting 0 has pipes 01, 81, 02, 82 and the interrupt pipes 83 and 84;
/// setting 1 has 05 and 85.
#[derive(Default)]
pub struct Device {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    setting: u8,
    /// What waits on pipes to the host, packet by packet.
    packets: VecDeque<(u8, Vec<u8>)>,
    /// Pipes that are halted.
    halted: Vec<u8>,
    log: Vec<String>,
    /// How much each read had room for.
    rooms: Vec<usize>,
    gone: bool,
}

impl Device {
    /// Sends a transfer: an empty packet follows only where it is asked for.
    pub fn sends(&self, pipe: u8, bytes: &[u8]) {
        let mut state = self.state.lock();
        let packets = bytes.chunks(PACKET).map(|packet| (pipe, packet.to_vec()));
        state.packets.extend(packets);
        if bytes.is_empty() {
            state.packets.push_back((pipe, Vec::new()));
        }
    }

    pub fn halts(&self, pipe: u8) {
        self.state.lock().halted.push(pipe);
    }

    pub fn goes(&self) {
        self.state.lock().gone = true;
    }

    /// What it was told since the last time.
    pub fn log(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().log)
    }

    /// How much each read since the last time had room for.
    pub fn rooms(&self) -> Vec<usize> {
        std::mem::take(&mut self.state.lock().rooms)
    }

    /// Whether nothing waits on a pipe.
    pub fn is_empty(&self, pipe: u8) -> bool {
        self.state.lock().packets.iter().all(|(on, _)| *on != pipe)
    }

    fn note(&self, what: String) {
        self.state.lock().log.push(what);
    }
}

const LOST: Error = Error::new(VI_ERROR_CONN_LOST, "gone");

impl Transport for Arc<Device> {
    fn alternate(&self) -> Alternate {
        let end = |(address, kind)| Endpoint { address, kind, max_packet: PACKET as u16 };
        let number = self.state.lock().setting;
        let ends: &[_] = match number {
            0 => &[
                (0x01, Kind::Bulk),
                (0x81, Kind::Bulk),
                (0x02, Kind::Bulk),
                (0x82, Kind::Bulk),
                (0x83, Kind::Interrupt),
                (0x84, Kind::Interrupt),
            ],
            _ => &[(0x05, Kind::Bulk), (0x85, Kind::Bulk)],
        };
        let endpoints = ends.iter().copied().map(end).collect();
        Alternate { interface: 2, number, class: 0xFF, subclass: 0x12, protocol: 0x34, endpoints }
    }

    fn set_alternate(&self, number: u8, _: &Wait) -> Result {
        if number > 1 {
            return fail(crate::status::VI_ERROR_RSRC_NFOUND, "no such setting");
        }
        self.state.lock().setting = number;
        self.note(format!("setting {number}"));
        Ok(())
    }

    fn interfaces(&self) -> usize {
        3
    }

    fn alive(&self) -> Result {
        if self.state.lock().gone { Err(LOST) } else { Ok(()) }
    }

    fn write(&self, pipe: u8, data: &[u8], _: &Wait) -> Moved {
        if self.state.lock().halted.contains(&pipe) {
            return Moved { count: 0, end: End::Stalled };
        }
        self.note(format!("{pipe:02X} {}", data.escape_ascii()));
        Moved { count: data.len(), end: End::Full }
    }

    fn read(&self, pipe: u8, parts: &mut [&mut [u8]], wait: &Wait) -> Moved {
        let room: usize = parts.iter().map(|part| part.len()).sum();
        assert!(room > 0 && parts.iter().all(|part| part.len() % PACKET == 0));
        self.state.lock().rooms.push(room);
        let mut count = 0;
        let mut places = parts.iter_mut().flat_map(|part| part.iter_mut());
        loop {
            // Before anything comes: what it is to be read into may have changed.
            if let Err(error) = wait.ticket.check() {
                return Moved { count, end: End::Failed(error) };
            }
            let next = {
                let mut state = self.state.lock();
                if state.gone {
                    return Moved { count, end: End::Failed(LOST) };
                }
                if state.halted.contains(&pipe) {
                    return Moved { count, end: End::Stalled };
                }
                let place = state.packets.iter().position(|(on, _)| *on == pipe);
                place.and_then(|place| state.packets.remove(place))
            };
            let Some((_, packet)) = next else {
                let moment = Deadline::after(Duration::from_millis(1)).min(wait.deadline);
                let passed = match wait.deadline.has_passed() {
                    true => fail(VI_ERROR_TMO, "deadline passed"),
                    false => Wait { deadline: moment, ..*wait }.pass(),
                };
                match passed {
                    Ok(()) => continue,
                    Err(error) => return Moved { count, end: End::Failed(error) },
                }
            };
            count += packet.len();
            packet.iter().zip(&mut places).for_each(|(byte, place)| *place = *byte);
            if packet.len() < PACKET {
                return Moved { count, end: End::Short };
            }
            if count == room {
                return Moved { count, end: End::Full };
            }
        }
    }

    fn control_out(&self, request: ControlRequest, data: &[u8], _: &Wait) -> Result {
        self.note(format!("request {} {}", request.request, data.escape_ascii()));
        Ok(())
    }

    fn control_in(&self, request: ControlRequest, data: &mut [u8], _: &Wait) -> Result<usize> {
        data.fill(request.request);
        Ok(data.len() / 2)
    }

    fn clear_halt(&self, pipe: u8, _: &Wait) -> Result {
        self.state.lock().halted.retain(|halted| *halted != pipe);
        self.note(format!("clear {pipe:02X}"));
        Ok(())
    }
}
