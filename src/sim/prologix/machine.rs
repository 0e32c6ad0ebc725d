#![forbid(unsafe_code)]
//! The adapter's one thread of work: data to the instrument, and what it says.

use std::io;
use std::time::Duration;

use crate::sim::gpib::Abort;
use crate::sim::gpib::Address;
use crate::sim::gpib::Board;
use crate::sim::gpib::Failure;
use crate::sim::gpib::Terminator;
use crate::sim::gpib::Until;
use crate::sim::gpib::message::UNL;
use crate::sim::gpib::message::UNT;
use crate::sim::prologix::Firmware;
use crate::sim::prologix::lines::Line;
use crate::sim::prologix::lines::Lines;
use crate::sim::prologix::settings::Settings;

/// Bytes read from the instrument at once.
const PIECE: usize = 4096;

/// Where answers go.
pub(super) type Answer<'a> = &'a mut dyn FnMut(&[u8]) -> io::Result<()>;

/// What ends a read, besides the time between two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadEnd {
    Eoi,
    Character(u8),
    /// AR488: characters of `++eor`.
    Sequence(&'static [u8]),
    Nothing,
}

/// The adapter behind its port.
pub(super) struct Machine {
    pub(super) board: Board,
    pub(super) firmware: Firmware,
    pub(super) is_serial: bool,
    pub(super) settings: Settings,
    pub(super) saved: Settings,
    pub(super) ren: bool,
    abort: Abort,
    lines: Lines,
}

impl Machine {
    pub(super) fn new(board: Board, firmware: Firmware, is_serial: bool, abort: Abort) -> Self {
        let settings = Settings::of(firmware);
        let saved = settings.clone();
        let lines = Lines::default();
        let mut machine =
            Self { board, firmware, is_serial, settings, saved, ren: true, abort, lines };
        machine.reset();
        machine
    }

    /// A client has come: what another left of a line is gone.
    pub(super) fn connect(&mut self) {
        self.lines = Lines::default();
    }

    /// As after power came: saved settings, in charge of the bus.
    pub(super) fn reset(&mut self) {
        self.settings = self.saved.clone();
        self.lines = Lines::default();
        self.take_charge();
    }

    /// IFC and REN, in controller mode. The bus refuses them to one that is not the system
    /// controller; an adapter does not look.
    pub(super) fn take_charge(&mut self) {
        if self.settings.mode == 1 {
            self.ren = true;
            let _ = self.board.interface_clear();
            let _ = self.board.remote_enable(true);
        }
    }

    /// Carries out what has arrived.
    ///
    /// # Errors
    /// Those of `answer`.
    pub(super) fn feed(&mut self, bytes: &[u8], answer: Answer<'_>) -> io::Result<()> {
        for byte in bytes {
            match self.lines.take(*byte) {
                None => {}
                Some(Line::Command(command)) => self.command(&command, answer)?,
                Some(Line::Data(data)) => self.data(&data, answer)?,
            }
        }
        Ok(())
    }

    /// Until the time of `++read_tmo_ms`.
    pub(super) fn until(&self) -> Until {
        Until::within(Duration::from_millis(self.settings.read_tmo_ms.into())).or(&self.abort)
    }

    /// Sends a line of data to the addressed instrument.
    fn data(&mut self, data: &[u8], answer: Answer<'_>) -> io::Result<()> {
        let message = [data, self.settings.eos_bytes()].concat();
        let Settings { eoi, auto, address, mode, .. } = self.settings;
        if mode == 1 {
            self.send(address, &message, eoi);
            if auto == 1 || auto == 2 && data.trim_ascii_end().ends_with(b"?") {
                self.read(ReadEnd::Eoi, answer)?;
            }
        } else {
            let _ = self.board.write(&message, eoi, &self.until());
        }
        Ok(())
    }

    /// Sends data, each byte within its time. Nobody is told what becomes of it.
    fn send(&self, to: Address, data: &[u8], eoi: bool) {
        let setup = [vec![UNL], self.board.address().talk(), to.listen()].concat();
        if self.board.command(&setup, &self.until()).is_err() {
            return;
        }
        let mut rest = data;
        while let Err((count @ 1.., Failure::Timeout)) = self.board.write(rest, eoi, &self.until())
        {
            rest = &rest[count..];
        }
    }

    /// Passes on what the addressed instrument says.
    pub(super) fn read(&mut self, end: ReadEnd, answer: Answer<'_>) -> io::Result<()> {
        let own = self.board.address();
        let setup = [vec![UNL], own.listen(), self.settings.address.talk()].concat();
        if self.board.command(&setup, &self.until()).is_err() {
            return Ok(());
        }
        self.pass_on(end, answer)?;
        if self.firmware == Firmware::Ar488 {
            let _ = self.board.command(&[UNT, UNL], &self.until());
        }
        Ok(())
    }

    fn pass_on(&mut self, end: ReadEnd, answer: Answer<'_>) -> io::Result<()> {
        let terminator = match end {
            ReadEnd::Character(byte) => Some(Terminator { byte, seven_bits: false }),
            ReadEnd::Sequence(bytes) => {
                bytes.last().map(|byte| Terminator { byte: *byte, seven_bits: false })
            }
            ReadEnd::Eoi | ReadEnd::Nothing => None,
        };
        let mut tail = Vec::new();
        loop {
            let mut got = self.board.read(PIECE, terminator, &self.until());
            let silent = got.data.is_empty();
            if let ReadEnd::Sequence(_) = end {
                tail.extend(&got.data);
                tail.drain(..tail.len().saturating_sub(4));
            }
            if got.end && self.settings.eot_enable {
                got.data.push(self.settings.eot_char);
            }
            answer(&got.data)?;
            let complete = match end {
                ReadEnd::Eoi => got.end,
                ReadEnd::Character(_) => got.matched,
                ReadEnd::Sequence(bytes) => got.matched && tail.ends_with(bytes),
                ReadEnd::Nothing => false,
            };
            if complete || silent {
                return Ok(());
            }
        }
    }
}
