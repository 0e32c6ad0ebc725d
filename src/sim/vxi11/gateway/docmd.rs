#![forbid(unsafe_code)]
//! device_docmd: what the interface does besides moving data (VXI-11.2 B.5).

use std::time::Duration;

use crate::sim::gpib::Address;
use crate::sim::gpib::message::TCT;
use crate::sim::gpib::message::UNL;
use crate::sim::vxi11::ErrorCode;
use crate::sim::vxi11::NOT_SUPPORTED;
use crate::sim::vxi11::PARAMETER_ERROR;
use crate::sim::vxi11::gateway::code;
use crate::sim::vxi11::gateway::link::Link;

/// A command and its data.
#[derive(Debug)]
pub(super) struct Command<'a> {
    pub(super) number: i32,
    /// Numbers are big-endian, else little-endian.
    pub(super) network_order: bool,
    /// Bytes of each number.
    pub(super) size: i32,
    pub(super) data: &'a [u8],
}

impl Command<'_> {
    /// The one number of `bytes` bytes that the data is.
    fn number_of(&self, bytes: usize) -> Result<u32, ErrorCode> {
        if self.size != bytes as i32 || self.data.len() != bytes {
            return Err(PARAMETER_ERROR);
        }
        let add = |sum: u32, byte: &u8| sum << 8 | u32::from(*byte);
        Ok(match self.network_order {
            true => self.data.iter().fold(0, add),
            false => self.data.iter().rev().fold(0, add),
        })
    }

    fn flag(&self) -> Result<bool, ErrorCode> {
        self.number_of(2).map(|number| number != 0)
    }

    fn answer(&self, number: u16) -> Vec<u8> {
        if self.network_order { number.to_be_bytes() } else { number.to_le_bytes() }.to_vec()
    }

    fn address(&self) -> Result<Address, ErrorCode> {
        match self.number_of(4)? {
            primary @ 0..=30 => Ok(Address::new(primary as u8)),
            _ => Err(PARAMETER_ERROR),
        }
    }
}

impl Link {
    /// Carries it out; the data that comes back.
    pub(super) fn docmd(
        &self,
        command: &Command<'_>,
        io_timeout: Duration,
    ) -> Result<Vec<u8>, ErrorCode> {
        if self.device.is_some() {
            return Err(NOT_SUPPORTED);
        }
        let same = || command.data.to_vec();
        match command.number {
            0x02_0000 if command.size != 1 => Err(PARAMETER_ERROR),
            0x02_0000 => self.work(io_timeout, |board, until| {
                board.command(command.data, until).map_err(|(_, failure)| code(failure))?;
                Ok(same())
            }),
            0x02_0001 => self.bus_status(command),
            0x02_0002 => {
                let assert = command.flag()?;
                self.work(io_timeout, |board, _| {
                    let done = if assert { board.take_control() } else { board.go_to_standby() };
                    done.map(|()| same()).map_err(code)
                })
            }
            0x02_0003 => {
                let on = command.flag()?;
                self.work(io_timeout, |board, _| {
                    board.remote_enable(on).map(|()| same()).map_err(code)
                })
            }
            0x02_0004 => {
                let to = command.address()?;
                self.work(io_timeout, |board, until| {
                    let commands = [vec![UNL], to.talk(), vec![TCT]].concat();
                    board.command(&commands, until).map_err(|(_, failure)| code(failure))?;
                    // Who passes control has nothing to release any more.
                    let _ = board.go_to_standby();
                    Ok(same())
                })
            }
            0x02_000A => {
                let own = command.address()?;
                self.shared.board.set_address(own);
                Ok(same())
            }
            0x02_0010 => self.work(io_timeout, |board, _| {
                board.interface_clear().map(|()| Vec::new()).map_err(code)
            }),
            _ => Err(NOT_SUPPORTED),
        }
    }

    fn bus_status(&self, command: &Command<'_>) -> Result<Vec<u8>, ErrorCode> {
        let board = &self.shared.board;
        let (lines, status) = (board.lines(), board.status());
        let number = match command.number_of(2)? {
            1 => lines.ren.into(),
            2 => lines.srq.into(),
            3 => lines.ndac.into(),
            4 => status.system_controller.into(),
            5 => status.in_charge.into(),
            6 => status.talker.into(),
            7 => status.listener.into(),
            8 => board.address().primary.into(),
            _ => return Err(PARAMETER_ERROR),
        };
        Ok(command.answer(number))
    }
}
