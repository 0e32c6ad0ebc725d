#![forbid(unsafe_code)]
//! A bus: what all sessions of one board share in this process.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::time::Duration;

use parking_lot::Mutex;

use crate::iface::Transfer;
use crate::iface::gpib::board::{Board, Conditions, Exchange, Status};
use crate::iface::gpib::boards::Listed;
use crate::iface::gpib::service::Service;
use crate::iface::gpib::sharing::{Claimed, Sharing};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::fork;
use crate::os::gate::Passed;
use crate::status::{Result, VI_ERROR_NCIC, fail};
use crate::wire::gpib::{BusAddress, RQS};

/// How long whoever asks how the board is waits for another's exchange.
const STATUS_PATIENCE: Duration = Duration::from_millis(200);

/// A board and who uses it.
pub struct Bus {
    /// n of GPIBn.
    pub number: u16,
    board: Arc<dyn Board>,
    /// The fork generation it was made in.
    made_in: u32,
    turn: Gate<Turn>,
    sharing: Sharing,
    /// How the board was when last asked.
    known: Mutex<Option<Status>>,
    /// VI_ATTR_DEV_STATUS_BYTE, as last set.
    pub status_byte: AtomicU8,
    /// Who wants to know what happens on the bus.
    pub service: Service,
    /// Dropped last: a board stays listed until it has been given back.
    _listed: Option<Listed>,
}

/// What the last exchange left behind.
#[derive(Default)]
struct Turn {
    /// Who is addressed by it.
    addressed: Option<(BusAddress, Direction)>,
    /// Its claim.
    version: u64,
    /// The board has had its chance to take charge: who is in charge since then is as the program
    /// wants it.
    is_settled: bool,
}

/// Which way data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the device, which listens.
    Write,
    /// From the device, which talks.
    Read,
}

/// How a message is to be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Which way.
    pub direction: Direction,
    /// Address the device even where it still is addressed (VI_ATTR_GPIB_READDR_EN).
    pub readdress: bool,
    /// Unaddress all afterwards (VI_ATTR_GPIB_UNADDR_EN).
    pub unaddress: bool,
}

/// The board for one exchange, until dropped.
pub struct Held<'a> {
    bus: &'a Bus,
    turn: Passed<'a, Turn>,
    /// Dropped before the gate opens.
    claimed: Option<Claimed<'a>>,
}

impl Bus {
    /// Of a board that was just opened.
    pub fn new(number: u16, board: Box<dyn Board>, listed: Option<Listed>) -> Self {
        let sharing = Sharing::new(&board.identity());
        Self {
            number,
            board: board.into(),
            made_in: fork::generation(),
            turn: Gate::default(),
            sharing,
            known: Mutex::default(),
            status_byte: AtomicU8::new(0),
            service: Service::new(),
            _listed: listed,
        }
    }

    /// Takes the board: this process's threads in the order in which they came, and then all
    /// processes.
    ///
    /// # Errors
    /// VI_ERROR_TMO at the deadline, VI_ERROR_ABORT when cancelled; those of the driver.
    pub fn hold(&self, wait: &Wait) -> Result<Held<'_>> {
        let mut turn = self.turn.pass(wait)?;
        let claimed = self.sharing.claim(wait)?;
        if !claimed.follows(turn.version) {
            turn.addressed = None;
        }
        turn.version = claimed.version();
        // Before anybody polls: a request that another process has taken back is known then.
        self.hear();
        self.board.enter(wait)?;
        Ok(Held { bus: self, turn, claimed: Some(claimed) })
    }

    /// Hands out what other processes have polled.
    pub fn hear(&self) {
        for (device, byte) in self.sharing.news() {
            self.service.polled(device, byte, None);
        }
    }

    /// [`Board::await_conditions`], which needs no hold.
    ///
    /// # Errors
    /// Those of the driver.
    pub fn await_conditions(&self, wanted: Conditions, wait: &Wait) -> Result<Conditions> {
        self.board.await_conditions(wanted, wait)
    }

    /// [`Board::polls_by_itself`].
    pub fn polls_by_itself(&self) -> bool {
        self.board.polls_by_itself()
    }

    /// [`Board::forget`], which needs no hold.
    ///
    /// # Errors
    /// Those of the driver.
    pub fn forget(&self, happened: Conditions) -> Result {
        self.board.forget(happened)
    }

    /// What tells the board from others.
    pub fn identity(&self) -> String {
        self.board.identity()
    }

    /// Whether nobody has the board now.
    #[cfg(test)]
    pub fn is_free(&self) -> bool {
        self.turn.try_pass().is_some()
    }

    /// What the board is, for people.
    pub fn description(&self) -> String {
        format!("GPIB{} ({})", self.number, self.board.description())
    }

    /// How the board is, and whether that is still so: while an exchange goes on, only what was
    /// known before can be told.
    ///
    /// # Errors
    /// VI_ERROR_TMO when nothing is known yet; those of the driver.
    pub fn status(&self) -> Result<(Status, bool)> {
        match self.ask(|board, wait| board.status(wait)) {
            Ok(status) => {
                *self.known.lock() = Some(status);
                Ok((status, true))
            }
            Err(error) => self.known.lock().map(|known| (known, false)).ok_or(error),
        }
    }

    /// Asks the board something, once no exchange goes on.
    ///
    /// # Errors
    /// VI_ERROR_TMO when an exchange takes long; those of the driver.
    pub fn ask<T>(&self, ask: impl FnOnce(&dyn Board, &Wait) -> Result<T>) -> Result<T> {
        // Reading an attribute is no call that viTerminate could end.
        let uncancelled = Cancel::new();
        let deadline = Deadline::after(STATUS_PATIENCE);
        let wait = Wait { deadline, ticket: uncancelled.ticket() };
        let held = self.hold(&wait)?;
        ask(&*held.bus.board, &wait)
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        if self.made_in != fork::generation() {
            // The parent's: giving it back here would take it away there. It stays, once for each
            // fork.
            mem::forget(self.board.clone());
        }
    }
}

impl Held<'_> {
    /// The board, for what addresses nobody or everybody anew.
    pub fn board(&mut self) -> &dyn Board {
        self.turn.addressed = None;
        &*self.bus.board
    }

    /// Polls a device, for the session `asking` if any, and tells all others that want to know when
    /// it requests service.
    ///
    /// # Errors
    /// As [`Board::serial_poll`].
    pub fn poll(&mut self, device: BusAddress, asking: Option<u64>, wait: &Wait) -> Result<u8> {
        let byte = self.board().serial_poll(device, wait)?;
        if byte & RQS != 0 {
            self.bus.sharing.tell(device, byte);
            self.bus.service.polled(device, byte, asking);
        }
        Ok(byte)
    }

    /// The board, for a program that sees itself to who is in charge.
    pub fn controller(&mut self) -> &dyn Board {
        self.turn.is_settled = true;
        self.board()
    }

    /// Moves a message, or part of one, from or to a device.
    pub fn transfer<T>(
        &mut self,
        device: BusAddress,
        manner: Manner,
        wait: &Wait,
        transfer: impl FnOnce(&dyn Board, &Exchange) -> Transfer<T>,
    ) -> Transfer<T> {
        let Manner { direction, readdress, unaddress } = manner;
        let wanted = Some((device, direction));
        let address = readdress || self.turn.addressed != wanted;
        self.turn.addressed = None;
        let moved = transfer(&*self.bus.board, &Exchange { wait: *wait, address, unaddress });
        if moved.outcome.is_ok() && !unaddress {
            self.turn.addressed = wanted;
        }
        moved
    }

    /// Sees to it that the board is in charge, with REN asserted: the system controller may take
    /// control, and does so when it is first used, but not back from a controller that the program
    /// has passed it to.
    ///
    /// # Errors
    /// VI_ERROR_NCIC when another controller has the bus.
    pub fn take_charge(&mut self, wait: &Wait) -> Result {
        let status = self.bus.board.status(wait)?;
        *self.bus.known.lock() = Some(status);
        let may = status.is_system_controller != Some(false);
        if !status.in_charge && (!may || self.turn.is_settled) {
            return fail(VI_ERROR_NCIC, "another controller is in charge");
        }
        if !status.in_charge {
            self.board().send_ifc(wait)?;
        }
        if may && status.ren == Some(false) {
            self.board().set_ren(true, wait)?;
        }
        self.turn.is_settled = true;
        Ok(())
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.bus.board.leave();
        self.claimed = None;
    }
}
