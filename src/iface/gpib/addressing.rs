#![forbid(unsafe_code)]
//! Operations on devices, for boards that take command bytes: who talks, who listens, and then the
//! data (IEEE 488.1, annex B).

use std::time::Duration;

use crate::iface::bus::AtnMode;
use crate::iface::gpib::board::{Board, Exchange};
use crate::iface::{Stop, Transfer};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::status::{Error, Result, VI_ERROR_NLISTENERS, VI_ERROR_NSUP_OPER, VI_ERROR_TMO};
use crate::wire::gpib;
use crate::wire::gpib::BusAddress;

/// How long a listener may take to assert NDAC once ATN is released: long cables have ringing
/// lines, and drivers take a moment.
const SETTLING: Duration = Duration::from_micros(1500);

/// How long a poll that was cut may take to be ended: a device left in it would send its status
/// byte instead of data.
const AFTER_CUT: Duration = Duration::from_millis(50);

/// [`Board::write`]
pub fn write<B: Board + ?Sized>(
    board: &B,
    device: BusAddress,
    data: &[u8],
    end: bool,
    exchange: &Exchange,
) -> Transfer<()> {
    if let Err(error) = set_up(board, exchange, |own| gpib::send_setup(own, device)) {
        return Transfer::failed(0, error);
    }
    let written = board.send(data, end, &exchange.wait);
    Transfer { outcome: unaddress(board, exchange, written.outcome), ..written }
}

/// [`Board::read`]
pub fn read<B: Board + ?Sized>(
    board: &B,
    device: BusAddress,
    buf: &mut [u8],
    term_char: Option<u8>,
    exchange: &Exchange,
) -> Transfer<Stop> {
    if let Err(error) = set_up(board, exchange, |own| gpib::receive_setup(own, device)) {
        return Transfer::failed(0, error);
    }
    let read = board.receive(buf, term_char, &exchange.wait);
    Transfer { outcome: unaddress(board, exchange, read.outcome), ..read }
}

/// [`Board::serial_poll`]
pub fn serial_poll<B: Board + ?Sized>(board: &B, device: BusAddress, wait: &Wait) -> Result<u8> {
    let own = board.own_address(wait)?;
    let mut byte = [0];
    let polled = match board.command(&gpib::poll_setup(own, device), wait).outcome {
        Ok(()) => board.receive(&mut byte, None, wait),
        Err(error) => Transfer::failed(0, error),
    };
    // Whatever became of it, and of the caller: nobody must be left in the poll.
    let uncancelled = Cancel::new();
    let shortly = Wait { deadline: Deadline::after(AFTER_CUT), ticket: uncancelled.ticket() };
    let ending = if polled.outcome.is_ok() { *wait } else { shortly };
    let ended = board.command(&[gpib::SPD, gpib::UNT], &ending).outcome;
    polled.outcome?;
    ended?;
    match polled.count {
        0 => Err(Error::new(VI_ERROR_TMO, "no status byte came")),
        _ => Ok(byte[0]),
    }
}

/// Makes `device` listen, and then sends one addressed command.
///
/// # Errors
/// As [`Board::clear`].
pub fn addressed<B: Board + ?Sized>(
    board: &B,
    device: BusAddress,
    command: Option<u8>,
    wait: &Wait,
) -> Result {
    let own = board.own_address(wait)?;
    board.command(&gpib::addressed(own, device, command), wait).outcome
}

/// [`Board::is_listener`]: with ATN released, only addressed listeners hold NDAC. The board talks,
/// for some can only read lines that they do not drive.
pub fn is_listener<B: Board + ?Sized>(
    board: &B,
    devices: &[BusAddress],
    wait: &Wait,
) -> Result<bool> {
    let commands = test_setup(board.own_address(wait)?, devices);
    if is_bus_empty(board.command(&commands, wait).outcome)? {
        return Ok(false);
    }
    board.control_atn(AtnMode::Deassert, wait)?;
    settle(wait)?;
    let Some(is_there) = board.status(wait)?.ndac else {
        return Err(Error::new(VI_ERROR_NSUP_OPER, "this board does not tell the NDAC line"));
    };
    // Of several, the next test finds out who it is, and begins with the same.
    if is_there && devices.len() == 1 {
        board.command(&[gpib::UNL], wait).outcome?;
    }
    Ok(is_there)
}

/// Whether nobody at all has accepted command bytes, as each device on the bus does.
///
/// # Errors
/// What they failed with else.
pub fn is_bus_empty(commanded: Result) -> Result<bool> {
    match commanded {
        Err(error) if error.code == VI_ERROR_NLISTENERS => Ok(true),
        commanded => commanded.map(|()| false),
    }
}

/// What makes all of some devices listen, and the board at `own` talk.
pub fn test_setup(own: BusAddress, devices: &[BusAddress]) -> Vec<u8> {
    let mut commands = vec![gpib::UNL];
    own.talk(&mut commands);
    devices.iter().for_each(|device| device.listen(&mut commands));
    commands
}

/// Lets the lines settle after ATN was released.
///
/// # Errors
/// VI_ERROR_ABORT.
pub fn settle(wait: &Wait) -> Result {
    Wait { deadline: wait.deadline.min(Deadline::after(SETTLING)), ..*wait }.pass()
}

/// Addresses, if that has to be.
fn set_up<B: Board + ?Sized>(
    board: &B,
    exchange: &Exchange,
    commands: impl FnOnce(BusAddress) -> Vec<u8>,
) -> Result {
    if !exchange.address {
        return Ok(());
    }
    let own = board.own_address(&exchange.wait)?;
    board.command(&commands(own), &exchange.wait).outcome
}

/// Unaddresses all, if that is wanted. After a transfer that went well, its failure is the
/// message's.
fn unaddress<B: Board + ?Sized, T>(
    board: &B,
    exchange: &Exchange,
    outcome: Result<T>,
) -> Result<T> {
    if exchange.unaddress && outcome.is_ok() {
        board.command(&[gpib::UNT, gpib::UNL], &exchange.wait).outcome?;
    }
    outcome
}
