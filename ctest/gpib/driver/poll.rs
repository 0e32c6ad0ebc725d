#![forbid(unsafe_code)]
//! Serial polls, those of the driver's own accord too: whenever SRQ comes it polls all open devices,
//! and keeps the bytes of those who requested service.

use visa::sim::gpib::Abort;
use visa::sim::gpib::Until;
use visa::sim::gpib::message;

use crate::gpib::driver::DRIVER;
use crate::gpib::driver::Driver;
use crate::gpib::driver::Errno;
use crate::gpib::driver::FileId;
use crate::gpib::driver::MOST_BYTES;
use crate::gpib::driver::POLL_LIMIT;
use crate::gpib::driver::address;
use crate::gpib::driver::errno;
use crate::gpib::driver::key;

impl Driver {
    /// The oldest status byte that the driver has collected for the device, else a poll.
    pub fn serial_poll(&self, pad: u32, sad: i32, abort: &Abort) -> Result<u8, Errno> {
        {
            let mut shared = self.shared.lock();
            let device = shared.devices.get_mut(&key(pad, sad)).ok_or(libc::EINVAL)?;
            if !device.bytes.is_empty() && std::mem::take(&mut device.lost) {
                return Err(libc::EPIPE);
            }
            if let Some(byte) = device.bytes.pop_front() {
                return Ok(byte);
            }
        }
        let until = self.until(abort);
        self.board.serial_poll(address(pad, sad)?, &until).map_err(errno)
    }

    /// How many status bytes are collected for a device.
    pub fn collected(&self, pad: u32, sad: i32) -> usize {
        let shared = self.shared.lock();
        shared.devices.get(&key(pad, sad)).map_or(0, |device| device.bytes.len())
    }

    /// Switches the driver's own polling on or off, as far as this file is concerned.
    pub fn set_polling(&self, file: FileId, on: bool) -> Result<(), Errno> {
        let was = std::mem::replace(&mut self.shared.lock().file(file)?.polls, on);
        self.board.bus().wake();
        if !on && !was { Err(libc::EINVAL) } else { Ok(()) }
    }

    pub fn polls(&self) -> bool {
        self.shared.lock().files.values().any(|file| file.polls)
    }

    /// Whenever SRQ comes: polls all open devices, and keeps the bytes of those who requested.
    pub(super) fn poll_by_itself(&self) {
        loop {
            let needed = self.board.wait(&Until::never().or(&self.ended), |status| {
                let mut shared = self.shared.lock();
                shared.stuck &= status.srq;
                let wanted = shared.files.values().any(|file| file.polls);
                status.srq && status.in_charge && wanted && !shared.stuck && shared.online
            });
            if needed.is_err() || self.acquire(DRIVER, &self.ended).is_err() {
                return;
            }
            let found = !self.board.lines().srq || self.poll_all();
            self.shared.lock().stuck = !found;
            // It holds the board itself: nothing else can be the case.
            let _ = self.release(DRIVER);
        }
    }

    /// Whether anyone has requested service.
    fn poll_all(&self) -> bool {
        let keys: Vec<_> = self.shared.lock().devices.keys().copied().collect();
        let until = || Until::within(POLL_LIMIT);
        let begin = [vec![message::UNL], self.board.address().listen(), vec![message::SPE]];
        if self.board.command(&begin.concat(), &until()).is_err() {
            return false;
        }
        let mut found = false;
        for (pad, sad) in keys {
            let Ok(address) = address(pad, sad) else { continue };
            if self.board.command(&address.talk(), &until()).is_err() {
                break;
            }
            let answer = self.board.read(1, None, &until());
            let Some(&byte) = answer.data.first() else { continue };
            if byte & 0x40 != 0 {
                found = true;
                self.collect((pad, sad), byte);
            }
        }
        // The next command would say the same if this failed.
        let _ = self.board.command(&[message::SPD, message::UNT], &until());
        found
    }

    fn collect(&self, device: (u32, i32), byte: u8) {
        if let Some(device) = self.shared.lock().devices.get_mut(&device) {
            if device.bytes.len() >= MOST_BYTES {
                device.bytes.pop_front();
                device.lost = true;
            }
            device.bytes.push_back(byte);
        }
        self.board.bus().wake();
    }
}
