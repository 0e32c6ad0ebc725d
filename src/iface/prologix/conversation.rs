#![forbid(unsafe_code)]
//! The conversation with a connected adapter: what is sent, what comes for it, and where that ends.
//!
//! Each exchange ends with a mark ([`Mark`]), so it is known when the adapter is done with all that
//! it was sent. An exchange that is given up leaves its mark in flight; whoever comes next takes
//! what comes up to it. What a device said is not lost by that: it is kept for its next read.

use std::fmt::Write;
use std::time::Duration;
use std::time::Instant;

use crate::iface::Stop;
use crate::iface::prologix::kept::Kept;
use crate::iface::prologix::port::Port;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::memory;
use crate::os::net::Cut;
use crate::os::random;
use crate::status::{Error, Result, VI_ERROR_NSUP_OPER, VI_ERROR_TMO};
use crate::wire::gpib::BusAddress;
use crate::wire::prologix;
use crate::wire::prologix::{Firmware, Mark, Seen};

/// How long one `++read` waits for the next byte, at least and at most. In between others have
/// their turn, and a call that is given up holds the adapter no longer than this.
const SLICE_MS: (u32, u32) = (100, 500);

/// How long beyond the deadline of a read is waited for the adapter to say that nothing came: it
/// began to count later than we did.
const GRACE: Duration = Duration::from_millis(50);

/// Received at once, in bytes.
const PIECE: usize = 16 << 10;

/// A connected adapter.
pub struct Conversation {
    port: Port,
    /// What is in it.
    pub firmware: Firmware,
    set: Set,
    /// What has come and is not understood yet.
    inbox: Vec<u8>,
    /// How much of it there was after each piece, and for how long that piece was waited for.
    arrivals: Vec<(usize, Duration)>,
    flight: Option<Flight>,
    /// The adapter has the beginning of a line and will not get the rest.
    half_line: Option<Half>,
}

/// How the adapter is set.
#[derive(Clone, Copy)]
struct Set {
    device: Option<BusAddress>,
    eoi: bool,
    mark: Mark,
}

/// An exchange whose mark has not come.
#[derive(Clone, Copy)]
struct Flight {
    mark: Mark,
    /// The device that talks.
    from: Option<BusAddress>,
}

/// The beginning of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// Of a command.
    Command,
    /// Of data, for this device.
    Data(BusAddress),
}

/// What came of waiting for a mark.
enum Came {
    /// All before the mark; empty where a device talked.
    Mark(Vec<u8>),
    /// Part of what a device says.
    More,
}

impl Conversation {
    /// Finds out what is behind `port`, and sets it up. What another left in it is dropped.
    ///
    /// # Errors
    /// VI_ERROR_TMO when it does not answer as an adapter does, VI_ERROR_CONN_LOST when it turns
    /// us away, VI_ERROR_ABORT.
    pub fn begin(port: Port, patience: Duration, wait: &Wait) -> Result<Self> {
        let mark = Mark { eot_char: some_character()?, tmo_ms: SLICE_MS.1 };
        let mut new = Self {
            port,
            firmware: Firmware::Prologix,
            set: Set { device: None, eoi: true, mark },
            inbox: Vec::new(),
            arrivals: Vec::new(),
            flight: None,
            half_line: None,
        };
        let version = loop {
            // A character that no earlier try had: its answer must not be taken for this one's.
            new.set.mark.eot_char = some_character()?;
            let Mark { eot_char, tmo_ms } = new.set.mark;
            let ask = format!("\n++ver\n++eot_char {eot_char}\n++read_tmo_ms {tmo_ms}\n");
            let try_until = wait.deadline.min(Deadline::after(patience));
            match new.ask(&ask, &Wait { deadline: try_until, ..*wait }) {
                Ok(said) => break said,
                // An Arduino begins anew when its port is opened, and listens some seconds later.
                Err(error) if error.code == VI_ERROR_TMO && !wait.deadline.has_passed() => {
                    new.flight = None;
                }
                Err(error) => return Err(error),
            }
        };
        new.firmware = Firmware::of(&String::from_utf8_lossy(&version));
        // An AR488 saves when it is told so, and wears out by it; a Prologix whenever something is
        // changed, until it is told not to.
        let saving = if new.firmware == Firmware::Prologix { "++savecfg 0\n" } else { "" };
        new.ask(&format!("{saving}++mode 1\n++auto 0\n"), wait)?;
        new.ask("++eos 3\n++eoi 1\n++eot_enable 1\n", wait)?;
        Ok(new)
    }

    /// Whether the connection has ended, or something came that nobody asked for.
    pub fn is_disturbed(&self) -> bool {
        self.flight.is_none() && self.port.is_readable()
    }

    /// Whether `device` talks already.
    pub fn is_talking(&self, device: BusAddress) -> bool {
        self.flight.is_some_and(|flight| flight.from == Some(device))
    }

    /// Whether an exchange was given up that has to be brought to an end.
    pub fn is_in_flight(&self) -> bool {
        self.flight.is_some()
    }

    /// The device whose message the connection's end would tear.
    pub fn talker(&self) -> Option<BusAddress> {
        self.flight.and_then(|flight| flight.from)
    }

    /// Half a line: only a new connection helps.
    pub fn half_line(&self) -> Option<Half> {
        self.half_line
    }

    /// Brings an exchange that was given up to its end.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT while the adapter is still busy with it; VI_ERROR_CONN_LOST.
    pub fn settle(&mut self, kept: &mut Kept, wait: &Wait) -> Result {
        while self.flight.is_some() {
            self.receive(kept, wait)?;
        }
        Ok(())
    }

    /// Drops what came unasked.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST; VI_ERROR_TMO, VI_ERROR_ABORT while more comes.
    pub fn drop_unasked(&mut self, wait: &Wait) -> Result {
        let mut bin = [0; PIECE];
        while self.port.is_readable() {
            self.port.receive(&mut bin, wait)?;
            if wait.deadline.has_passed() {
                return Err(Error::new(VI_ERROR_TMO, "the adapter does not stop sending"));
            }
        }
        self.inbox.clear();
        self.arrivals.clear();
        Ok(())
    }

    /// Sends commands, each with its line feed, and tells what comes for them.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST.
    pub fn ask(&mut self, commands: &str, wait: &Wait) -> Result<Vec<u8>> {
        self.launch(commands.as_bytes(), None, wait).map_err(|cut| cut.error)?;
        loop {
            // No device talks: nothing is kept.
            if let Came::Mark(said) = self.receive(&mut Kept::default(), wait)? {
                return Ok(said);
            }
        }
    }

    /// [`Conversation::ask`] for commands that say nothing.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER when the adapter does not know one of them; as [`Conversation::ask`].
    pub fn tell(&mut self, commands: &str, wait: &Wait) -> Result {
        let said = self.ask(commands, wait)?;
        if prologix::is_refusal(&said) {
            return Err(Error::new(VI_ERROR_NSUP_OPER, "the adapter does not know this command"));
        }
        Ok(())
    }

    /// The commands that address `device`, if it is not.
    pub fn addressing(&mut self, device: BusAddress) -> String {
        if self.set.device == Some(device) {
            return String::new();
        }
        self.set.device = Some(device);
        format!("++addr {}\n", prologix::address(device))
    }

    /// The command that has the adapter wait up to the deadline for each byte, and `limit` ms at
    /// most.
    pub fn patience(&mut self, limit: (u32, u32), wait: &Wait) -> String {
        let left = wait.deadline.remaining().map_or(u128::MAX, |left| left.as_millis());
        let most = limit.1.min(self.firmware.most_tmo_ms());
        let ms = u32::try_from(left).unwrap_or(most).clamp(limit.0, most);
        // Never longer than what is left, but for the least; changed only where it matters.
        let present = self.set.mark.tmo_ms;
        if present <= ms && present >= ms - ms / 4 {
            return String::new();
        }
        self.set.mark.tmo_ms = ms;
        format!("++read_tmo_ms {ms}\n")
    }

    /// Sends `data` to `device`, END with the last byte when `end`. `count` tells how much of it
    /// the adapter is done with.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_USER_BUF.
    pub fn write(
        &mut self,
        device: BusAddress,
        data: &[u8],
        end: bool,
        wait: &Wait,
        count: &mut usize,
    ) -> Result {
        while *count < data.len() {
            let most = self.firmware.most_data();
            let piece = memory::copy(&data[*count..data.len().min(*count + most)])?;
            let fitting = prologix::fitting(&piece, most);
            let eoi = end && *count + fitting == data.len();
            let mut lines = self.addressing(device);
            // As long as it may be: what the device does not take in time is dropped.
            lines += &self.patience((SLICE_MS.0, u32::MAX), wait);
            if self.set.eoi != eoi {
                self.set.eoi = eoi;
                // Never fails: a String takes what it is given.
                let _ = writeln!(lines, "++eoi {}", u8::from(eoi));
            }
            let mut lines = lines.into_bytes();
            let before = lines.len();
            prologix::data_line(&piece[..fitting], &mut lines);
            if let Err(cut) = self.launch(&lines, None, wait) {
                if cut.count > before {
                    self.half_line = Some(Half::Data(device));
                }
                return Err(cut.error);
            }
            while let Came::More = self.receive(&mut Kept::default(), wait)? {}
            *count += fitting;
        }
        Ok(())
    }

    /// Receives from `device` for a while, and moves what it said into `buf`: how much, and why no
    /// more. `None`: it has said no more for now.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_USER_BUF.
    pub fn read(
        &mut self,
        device: BusAddress,
        kept: &mut Kept,
        buf: &mut [u8],
        term_char: Option<u8>,
        wait: &Wait,
    ) -> std::result::Result<(usize, Option<Stop>), Cut> {
        let mut count = 0;
        if !self.is_talking(device) {
            self.make_talk(device, wait).map_err(|cut| Cut { count, ..cut })?;
        }
        let patient = wait.prolonged(GRACE);
        loop {
            let came = self.receive(kept, &patient).map_err(|error| Cut { count, error })?;
            let taken = kept.take(device, &mut buf[count..], term_char);
            let (more, stop) = taken.map_err(|error| Cut { count, error })?;
            count += more;
            if stop.is_some() || matches!(came, Came::Mark(_)) {
                return Ok((count, stop));
            }
        }
    }

    /// Has `device` talk. END will be told by a character that nobody knows before.
    fn make_talk(&mut self, device: BusAddress, wait: &Wait) -> std::result::Result<(), Cut> {
        let none = |error| Cut { count: 0, error };
        let mut commands = self.addressing(device);
        commands += &self.patience(SLICE_MS, wait);
        self.set.mark.eot_char = some_character().map_err(none)?;
        let eot_char = self.set.mark.eot_char;
        let _ = write!(commands, "++eot_char {eot_char}\n++read eoi\n");
        self.launch(commands.as_bytes(), Some(device), wait)
    }

    /// Sends lines and the questions behind them.
    fn launch(
        &mut self,
        lines: &[u8],
        from: Option<BusAddress>,
        wait: &Wait,
    ) -> std::result::Result<(), Cut> {
        let mark = self.set.mark;
        let all = [lines, mark.questions().as_bytes()].concat();
        self.send(&all, wait)?;
        self.flight = Some(Flight { mark, from });
        Ok(())
    }

    fn send(&mut self, bytes: &[u8], wait: &Wait) -> std::result::Result<(), Cut> {
        self.port.send(bytes, wait).inspect_err(|_| {
            // Also where nothing has left: what was to be set is noted as set already.
            self.half_line = Some(Half::Command);
        })
    }

    /// Receives something of what is in flight.
    fn receive(&mut self, kept: &mut Kept, wait: &Wait) -> Result<Came> {
        let mut piece = [0; PIECE];
        let began = Instant::now();
        let count = self.port.receive(&mut piece, wait)?;
        self.inbox.extend_from_slice(&piece[..count]);
        self.arrivals.push((self.inbox.len(), began.elapsed()));
        let Some(Flight { mark, from }) = self.flight else { return Ok(Came::More) };
        match mark.find(&self.inbox) {
            // More behind it: it was no mark, but what the device says.
            Seen::Mark(_) if self.port.is_readable() => Ok(Came::More),
            Seen::Mark(before) => {
                let said = self.said(before, mark, from, kept);
                self.flight = None;
                self.inbox.clear();
                self.arrivals.clear();
                Ok(Came::Mark(said))
            }
            Seen::Part(free) => {
                if let Some(device) = from {
                    kept.add(device, &self.inbox[..free], false);
                    self.inbox.drain(..free);
                    self.arrivals.retain_mut(|(length, _)| {
                        *length = length.saturating_sub(free);
                        *length > 0
                    });
                }
                Ok(Came::More)
            }
        }
    }

    /// What has come before the mark; what a device said goes to what is kept.
    fn said(
        &self,
        before: usize,
        mark: Mark,
        from: Option<BusAddress>,
        kept: &mut Kept,
    ) -> Vec<u8> {
        let said = &self.inbox[..before];
        let Some(device) = from else { return said.to_vec() };
        match said.split_last() {
            Some((last, data)) if *last == mark.eot_char && self.came_together(before, mark) => {
                kept.add(device, data, true);
            }
            _ => kept.add(device, said, false),
        }
        Vec::new()
    }

    /// Whether the byte before the mark is not the last one before the adapter gave up waiting for
    /// another: then we have waited that long for the mark. While nobody listened, it is not known
    /// when something came, and then what it looks like counts.
    fn came_together(&self, before: usize, mark: Mark) -> bool {
        let limit = Duration::from_millis(mark.tmo_ms.into()) * 9 / 10;
        let behind = self.arrivals.iter().skip_while(|(length, _)| *length < before).skip(1);
        behind.map(|(_, waited)| *waited).sum::<Duration>() < limit
    }

    /// Says goodbye.
    pub fn end(&self) {
        self.port.shut_down();
    }
}

/// A character that text does not have, and another one in each exchange.
fn some_character() -> Result<u8> {
    let [byte] = random::bytes()?;
    Ok(byte | 0x80)
}
