#![forbid(unsafe_code)]
//! What a controller does again and again: addressing and a transfer in one.

use crate::sim::gpib::Address;
use crate::sim::gpib::Board;
use crate::sim::gpib::Failure;
use crate::sim::gpib::Terminator;
use crate::sim::gpib::Until;
use crate::sim::gpib::board::Received;
use crate::sim::gpib::message::GET;
use crate::sim::gpib::message::SDC;
use crate::sim::gpib::message::SPD;
use crate::sim::gpib::message::SPE;
use crate::sim::gpib::message::UNL;
use crate::sim::gpib::message::UNT;

impl Board {
    /// Addresses one instrument to listen and sends it data.
    ///
    /// # Errors
    /// How many bytes of the data were taken, and why no more.
    pub fn send(
        &self,
        to: Address,
        data: &[u8],
        end: bool,
        until: &Until,
    ) -> Result<(), (usize, Failure)> {
        let addressing = [vec![UNL], self.address().talk(), to.listen()].concat();
        self.command(&addressing, until).map_err(|(_, failure)| (0, failure))?;
        self.write(data, end, until)
    }

    /// Addresses one instrument to talk and takes what it says.
    pub fn receive(
        &self,
        from: Address,
        most: usize,
        terminator: Option<Terminator>,
        until: &Until,
    ) -> Received {
        let addressing = [vec![UNL], self.address().listen(), from.talk()].concat();
        match self.command(&addressing, until) {
            Ok(()) => self.read(most, terminator, until),
            Err((_, failure)) => Received { failure: Some(failure), ..Received::default() },
        }
    }

    /// Polls one instrument: its status byte. SPD and UNT follow in any case.
    ///
    /// # Errors
    /// It does not answer, or the bus does not work.
    pub fn serial_poll(&self, of: Address, until: &Until) -> Result<u8, Failure> {
        let begin = [vec![UNL], self.address().listen(), vec![SPE], of.talk()].concat();
        let why = |(_, failure)| failure;
        self.command(&begin, until).map_err(why)?;
        let answer = self.read(1, None, until);
        self.command(&[SPD, UNT], until).map_err(why)?;
        match (answer.data.first(), answer.failure) {
            (Some(byte), None) => Ok(*byte),
            (_, failure) => Err(failure.unwrap_or(Failure::Timeout)),
        }
    }

    /// Selected device clear.
    ///
    /// # Errors
    /// The bus does not work.
    pub fn clear(&self, of: Address, until: &Until) -> Result<(), Failure> {
        self.tell(&[of], SDC, until)
    }

    /// Group execute trigger for all of these at once.
    ///
    /// # Errors
    /// The bus does not work.
    pub fn trigger(&self, of: &[Address], until: &Until) -> Result<(), Failure> {
        self.tell(of, GET, until)
    }

    /// An addressed command for these: UNL, their listen addresses, the command.
    ///
    /// # Errors
    /// The bus does not work.
    pub fn tell(&self, whom: &[Address], command: u8, until: &Until) -> Result<(), Failure> {
        let mut bytes = vec![UNL];
        bytes.extend(whom.iter().flat_map(|address| address.listen()));
        bytes.push(command);
        self.command(&bytes, until).map_err(|(_, failure)| failure)
    }

    /// Whether somebody listens at an address: NDAC is held when it was addressed and ATN is gone.
    ///
    /// # Errors
    /// The bus does not work.
    pub fn listener_at(&self, address: Address, until: &Until) -> Result<bool, Failure> {
        let addressing = [vec![UNL], address.listen()].concat();
        self.command(&addressing, until).map_err(|(_, failure)| failure)?;
        self.go_to_standby()?;
        let heard = self.lines().ndac;
        self.command(&[UNL], until).map_err(|(_, failure)| failure)?;
        Ok(heard)
    }
}
