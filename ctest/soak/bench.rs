#![forbid(unsafe_code)]
//! The instruments of a soak: switched off and on, behind wires that are cut.

use std::io;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use visa::sim::Config;
use visa::sim::Counters;
use visa::sim::Instrument;

use super::dice::Dice;
use super::wire::Wire;
use crate::Outcome;
use crate::failed;
use crate::process;

/// One instrument, and how it is reached.
pub(super) struct Place {
    instrument: Option<Instrument>,
    socket: Wire,
    vxi11: Wire,
    hislip: Wire,
    /// Leads to its serial port, which has another name each time.
    link: PathBuf,
}

impl Place {
    /// Puts an instrument there. Its serial port is reached by `link`.
    pub(super) fn new(seed: u64, link: PathBuf) -> io::Result<Self> {
        let [socket, vxi11, hislip] =
            [Wire::new(seed)?, Wire::new(seed + 1)?, Wire::new(seed + 2)?];
        let mut place = Self { instrument: None, socket, vxi11, hislip, link };
        place.switch_on()?;
        Ok(place)
    }

    pub(super) fn names(&self) -> [String; 4] {
        [
            format!("TCPIP0::127.0.0.1::{}::SOCKET", self.socket.port),
            format!("TCPIP0::127.0.0.1,{}::inst0::INSTR", self.vxi11.port),
            format!("TCPIP0::127.0.0.1::hislip0,{}::INSTR", self.hislip.port),
            format!("ASRL{}::INSTR", self.link.display()),
        ]
    }

    fn switch_on(&mut self) -> io::Result<()> {
        let instrument = Instrument::start(Config { serial: true, ..Config::default() })?;
        self.socket.plug(instrument.socket_port().unwrap_or_default());
        self.vxi11.plug(instrument.vxi11_port().unwrap_or_default());
        self.hislip.plug(instrument.hislip_port().unwrap_or_default());
        let _ = std::fs::remove_file(&self.link);
        symlink(instrument.serial_path().unwrap_or_default(), &self.link)?;
        self.instrument = Some(instrument);
        Ok(())
    }

    /// Something happens to it.
    pub(super) fn suffer(&mut self, dice: &mut Dice) -> io::Result<()> {
        match dice.roll(5) {
            0 => self.socket.cut(),
            1 => self.vxi11.cut(),
            2 => self.hislip.cut(),
            3 => {
                // Off and on.
                self.instrument = None;
                self.switch_on()?;
            }
            _ => {
                // Off for a while.
                self.instrument = None;
                std::thread::sleep(Duration::from_millis(dice.roll(300) as u64));
                self.switch_on()?;
            }
        }
        Ok(())
    }

    /// All clients have closed: the instrument keeps nothing for them. It notices a moment later.
    pub(super) fn is_left_alone(&self) -> Outcome {
        let began = Instant::now();
        loop {
            let now = self.instrument.as_ref().map_or_else(Counters::default, Instrument::counters);
            let connected = now.links + now.sessions + now.sockets;
            if connected == 0 && !now.exclusive_lock && now.shared_locks == 0 {
                return Ok(());
            }
            if began.elapsed() > process::LIMIT {
                return failed(format!("left at the instrument: {now:?}"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
