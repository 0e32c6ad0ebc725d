#![forbid(unsafe_code)]
//! What a GPIB board can do, whatever drives it.
//!
//! Two kinds of boards are behind [`Board`]. One moves bytes and lets us say with which addresses
//! (the kernel's `/dev/gpibN`, a gateway's command bytes): it has [`Board::command`],
//! [`Board::send`] and [`Board::receive`], and all operations on devices follow from these by
//! `addressing.rs`. The other addresses devices itself (a Prologix adapter,
//! linux-gpib's device calls): it has the operations on devices, and of the rest what it can.
//! What a board has not answers VI_ERROR_NSUP_OPER.

use std::ops::{BitOr, Sub};

use crate::iface::bus::AtnMode;
use crate::iface::gpib::addressing;
use crate::iface::{Stop, Transfer};
use crate::os::Wait;
use crate::status::{Error, Result, VI_ERROR_NCIC, VI_ERROR_NSUP_OPER, fail};
use crate::wire::gpib;
use crate::wire::gpib::BusAddress;

/// How one message is moved.
#[derive(Clone, Copy)]
pub struct Exchange<'a> {
    /// Until when, and what ends it early. Both must end it, within some 0.2 s.
    pub wait: Wait<'a>,
    /// Whether the device has to be addressed; if not, it still is, in the right direction.
    pub address: bool,
    /// Whether all are unaddressed afterwards (VI_ATTR_GPIB_UNADDR_EN).
    pub unaddress: bool,
}

/// Things that are so, or that have happened, on a board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conditions(u8);

impl Conditions {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// The SRQ line is asserted.
    pub const SERVICE_REQUEST: Self = Self(1);
    /// The board is the controller in charge.
    pub const IN_CHARGE: Self = Self(2);
    /// The board is addressed to talk.
    pub const TALKER: Self = Self(4);
    /// The board is addressed to listen.
    pub const LISTENER: Self = Self(8);
    /// The board was triggered since this was last told.
    pub const TRIGGERED: Self = Self(16);
    /// The board received a device clear since this was last told.
    pub const CLEARED: Self = Self(32);
    /// What happens, and is told once; the others are so, or not.
    pub const HAPPENING: Self = Self(16 | 32);

    /// Whether any of `other` is there.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Conditions {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Sub for Conditions {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// A board as it is at one moment. `None`: nobody can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether it is the controller in charge.
    pub in_charge: bool,
    /// Whether it is the system controller, which has IFC and REN.
    pub is_system_controller: Option<bool>,
    /// Whether it is addressed to talk.
    pub is_talker: bool,
    /// Whether it is addressed to listen.
    pub is_listener: bool,
    /// The ATN line, true when asserted.
    pub atn: Option<bool>,
    /// The REN line.
    pub ren: Option<bool>,
    /// The SRQ line.
    pub srq: Option<bool>,
    /// The NDAC line.
    pub ndac: Option<bool>,
}

/// A board, open in this process.
///
/// All methods are called by one thread at a time, which has the board for itself among all
/// processes that use this library; but [`Board::await_conditions`] and
/// [`Board::forget`] are called at any time. Each
/// ends by its `wait`: VI_ERROR_TMO at the deadline, VI_ERROR_ABORT when cancelled.
pub trait Board: Send + Sync {
    /// What tells the board from all others of the machine: processes keep each other out by it.
    fn identity(&self) -> String;

    /// What it is, for people (VI_ATTR_INTF_INST_NAME), after "GPIB0 ".
    fn description(&self) -> String;

    /// Takes what keeps other libraries' programs off the board, if there is such a thing.
    ///
    /// # Errors
    /// Those of the driver.
    fn enter(&self, _wait: &Wait) -> Result {
        Ok(())
    }

    /// Gives that back, on the same thread.
    fn leave(&self) {}

    // The bus as it is, nobody addressed.

    /// Sends bytes with ATN asserted.
    fn command(&self, _bytes: &[u8], _wait: &Wait) -> Transfer<()> {
        Transfer::failed(0, no_operation("this board sends no command bytes"))
    }

    /// Sends data to whoever listens, END with the last byte when `end`; VI_ERROR_NLISTENERS when
    /// nobody does.
    fn send(&self, _data: &[u8], _end: bool, _wait: &Wait) -> Transfer<()> {
        Transfer::failed(0, no_operation("this board sends to devices only"))
    }

    /// Receives what the talker sends, until END, `term_char` or the count. `buf` is not empty.
    fn receive(&self, _buf: &mut [u8], _term_char: Option<u8>, _wait: &Wait) -> Transfer<Stop> {
        Transfer::failed(0, no_operation("this board receives from devices only"))
    }

    /// Sets the ATN line.
    ///
    /// # Errors
    /// VI_ERROR_NCIC, VI_ERROR_NSUP_MODE for modes it lacks.
    fn control_atn(&self, _mode: AtnMode, _wait: &Wait) -> Result {
        fail(VI_ERROR_NSUP_OPER, "no control of ATN on this board")
    }

    /// Pulses IFC, which makes it the controller in charge.
    ///
    /// # Errors
    /// VI_ERROR_NSYS_CNTLR.
    fn send_ifc(&self, wait: &Wait) -> Result;

    /// Sets the REN line.
    ///
    /// # Errors
    /// VI_ERROR_NSYS_CNTLR.
    fn set_ren(&self, on: bool, wait: &Wait) -> Result;

    /// Makes a device the controller in charge.
    ///
    /// # Errors
    /// VI_ERROR_NCIC, VI_ERROR_NLISTENERS.
    fn pass_control(&self, device: BusAddress, wait: &Wait) -> Result {
        self.command(&gpib::pass_control(device), wait).outcome?;
        match self.control_atn(AtnMode::Deassert, wait) {
            // A board that has seen its own command is out of charge by then.
            Err(error) if error.code == VI_ERROR_NCIC => Ok(()),
            released => released,
        }
    }

    /// The board's own address.
    ///
    /// # Errors
    /// Those of the driver.
    fn own_address(&self, wait: &Wait) -> Result<BusAddress>;

    /// How board and lines are now. Takes a moment at most.
    ///
    /// # Errors
    /// Those of the driver.
    fn status(&self, wait: &Wait) -> Result<Status>;

    /// Waits until one of `wanted` is there, and tells all that is there. May come back early; what
    /// has happened is told even when cancelled, for it is told once. Asked for
    /// [`Conditions::NONE`], or without time, it tells at once, and what has happened stays to be
    /// told. Never disturbs another thread's exchange.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER where one of `wanted` can never be told.
    fn await_conditions(&self, _wanted: Conditions, _wait: &Wait) -> Result<Conditions> {
        fail(VI_ERROR_NSUP_OPER, "nothing tells of it on this board")
    }

    /// Forgets which of `happened` have happened and were not told. Called at any time, as
    /// [`Board::await_conditions`].
    ///
    /// # Errors
    /// Those of the driver.
    fn forget(&self, _happened: Conditions) -> Result {
        Ok(())
    }

    /// Whether the driver may poll devices by itself, because another program has it do so.
    fn polls_by_itself(&self) -> bool {
        false
    }

    /// Whether the driver has done so with this device and keeps its request, of which the line no
    /// longer tells: a poll gives it out.
    fn keeps_request(&self, _device: BusAddress) -> bool {
        false
    }

    /// Changes the board's own address.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER where it is fixed.
    fn set_own_address(&self, _own: BusAddress, _wait: &Wait) -> Result {
        fail(VI_ERROR_NSUP_OPER, "this board's address is fixed")
    }

    /// Makes the board the system controller, or not.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER where it is fixed.
    fn set_system_controller(&self, _on: bool, _wait: &Wait) -> Result {
        fail(VI_ERROR_NSUP_OPER, "this board's role is fixed")
    }

    /// The status byte that the board shows when it is polled.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER where it shows none.
    fn set_status_byte(&self, _byte: u8, _wait: &Wait) -> Result {
        fail(VI_ERROR_NSUP_OPER, "this board is never a device")
    }

    /// Metres of cable that HS488 counts on, 0 when it is off.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER for boards without HS488.
    fn cable_length(&self, _wait: &Wait) -> Result<u8> {
        fail(VI_ERROR_NSUP_OPER, "no HS488 on this board")
    }

    /// Switches HS488 on for so many metres of cable, or off with 0.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER for boards without HS488.
    fn set_cable_length(&self, _metres: u8, _wait: &Wait) -> Result {
        fail(VI_ERROR_NSUP_OPER, "no HS488 on this board")
    }

    // Devices, addressed by each operation.

    /// Sends a message, or part of one, to a device; VI_ERROR_NLISTENERS when it is not there.
    fn write(
        &self,
        device: BusAddress,
        data: &[u8],
        end: bool,
        exchange: &Exchange,
    ) -> Transfer<()> {
        addressing::write(self, device, data, end, exchange)
    }

    /// Receives from a device, as [`Board::receive`].
    fn read(
        &self,
        device: BusAddress,
        buf: &mut [u8],
        term_char: Option<u8>,
        exchange: &Exchange,
    ) -> Transfer<Stop> {
        addressing::read(self, device, buf, term_char, exchange)
    }

    /// A device's status byte, by a serial poll.
    ///
    /// # Errors
    /// VI_ERROR_TMO when it does not answer.
    fn serial_poll(&self, device: BusAddress, wait: &Wait) -> Result<u8> {
        addressing::serial_poll(self, device, wait)
    }

    /// Selected device clear.
    ///
    /// # Errors
    /// VI_ERROR_NLISTENERS when nobody at all is on the bus, and the like.
    fn clear(&self, device: BusAddress, wait: &Wait) -> Result {
        addressing::addressed(self, device, Some(gpib::SDC), wait)
    }

    /// Group execute trigger for a device alone.
    ///
    /// # Errors
    /// As [`Board::clear`].
    fn trigger(&self, device: BusAddress, wait: &Wait) -> Result {
        addressing::addressed(self, device, Some(gpib::GET), wait)
    }

    /// Go to local.
    ///
    /// # Errors
    /// As [`Board::clear`].
    fn go_to_local(&self, device: BusAddress, wait: &Wait) -> Result {
        addressing::addressed(self, device, Some(gpib::GTL), wait)
    }

    /// Makes a device listen: with REN asserted it goes to the remote state.
    ///
    /// # Errors
    /// As [`Board::clear`].
    fn make_listener(&self, device: BusAddress, wait: &Wait) -> Result {
        addressing::addressed(self, device, None, wait)
    }

    /// Local lockout of all devices.
    ///
    /// # Errors
    /// As [`Board::clear`].
    fn lock_out(&self, wait: &Wait) -> Result {
        self.command(&[gpib::LLO], wait).outcome
    }

    /// Makes a device listen and locks it out. All devices are locked out by that where the bus
    /// knows no other lockout.
    ///
    /// # Errors
    /// As [`Board::clear`].
    fn lock_out_device(&self, device: BusAddress, wait: &Wait) -> Result {
        self.make_listener(device, wait)?;
        self.lock_out(wait)
    }

    /// Whether somebody listens at one of some addresses. Sends no data.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER where that cannot be found out.
    fn is_listener(&self, devices: &[BusAddress], wait: &Wait) -> Result<bool> {
        addressing::is_listener(self, devices, wait)
    }
}

const fn no_operation(why: &'static str) -> Error {
    Error::new(VI_ERROR_NSUP_OPER, why)
}
