#![forbid(unsafe_code)]
//! VI_ATTR_GPIB_* that are the board's or its lines', and so all sessions'.

use std::sync::atomic::Ordering;

use crate::attr::Value;
use crate::consts::*;
use crate::iface::gpib::board::Status;
use crate::iface::gpib::bus::Bus;
use crate::os::Wait;
use crate::status::{
    Error, Result, VI_ERROR_NSUP_ATTR, VI_ERROR_NSUP_ATTR_STATE, VI_ERROR_NSUP_OPER, fail,
};
use crate::wire::gpib::BusAddress;

/// VI_ATTR_GPIB_ADDR_STATE
const UNADDRESSED: i64 = VI_GPIB_UNADDRESSED as i64;
const TALKER: i64 = VI_GPIB_TALKER as i64;
const LISTENER: i64 = VI_GPIB_LISTENER as i64;

/// The present value. A line that nobody can tell, or not while an exchange goes on, is
/// VI_STATE_UNKNOWN.
///
/// # Errors
/// VI_ERROR_NSUP_ATTR for any other; those of the driver.
pub fn get(bus: &Bus, attr: ViAttr) -> Result<Value> {
    let line = |of: fn(&Status) -> Option<bool>| {
        // Its own exchange cannot be asked to wait: that line is known when it is over.
        let (status, is_new) = bus.status()?;
        let state = of(&status).filter(|_| is_new);
        Ok(Value::Number(state.map_or(VI_STATE_UNKNOWN.into(), i64::from)))
    };
    match attr {
        VI_ATTR_GPIB_ATN_STATE => line(|status| status.atn),
        VI_ATTR_GPIB_REN_STATE => line(|status| status.ren),
        VI_ATTR_GPIB_SRQ_STATE => line(|status| status.srq),
        VI_ATTR_GPIB_NDAC_STATE => line(|status| status.ndac),
        VI_ATTR_GPIB_CIC_STATE => Ok(bus.status()?.0.in_charge.into()),
        VI_ATTR_GPIB_SYS_CNTRL_STATE => match bus.status()?.0.is_system_controller {
            Some(is) => Ok(is.into()),
            None => fail(VI_ERROR_NSUP_ATTR, "this board does not tell its role"),
        },
        VI_ATTR_GPIB_ADDR_STATE => {
            let status = bus.status()?.0;
            Ok(Value::Number(match (status.is_talker, status.is_listener) {
                (true, _) => TALKER,
                (_, true) => LISTENER,
                _ => UNADDRESSED,
            }))
        }
        VI_ATTR_GPIB_PRIMARY_ADDR => Ok(Value::Number(own(bus)?.primary.into())),
        VI_ATTR_GPIB_SECONDARY_ADDR => {
            let secondary = own(bus)?.secondary;
            Ok(Value::Number(secondary.map_or(VI_NO_SEC_ADDR.into(), i64::from)))
        }
        VI_ATTR_GPIB_HS488_CBL_LEN => match bus.ask(|board, wait| board.cable_length(wait)) {
            Ok(metres) => Ok(Value::Number(metres.into())),
            Err(error) if error.code == VI_ERROR_NSUP_OPER => {
                Ok(Value::Number(VI_GPIB_HS488_NIMPL.into()))
            }
            Err(error) => Err(error),
        },
        VI_ATTR_DEV_STATUS_BYTE => {
            Ok(Value::Number(bus.status_byte.load(Ordering::Relaxed).into()))
        }
        VI_ATTR_INTF_INST_NAME => Ok(Value::Text(bus.description())),
        _ => fail(VI_ERROR_NSUP_ATTR, "not an attribute of this link"),
    }
}

/// Changes the board.
///
/// # Errors
/// VI_ERROR_NSUP_ATTR for any other; VI_ERROR_NSUP_ATTR_STATE where the board cannot be so; those
/// of the driver.
pub fn set(bus: &Bus, attr: ViAttr, value: u64, wait: &Wait) -> Result {
    let mut held = bus.hold(wait)?;
    let board = held.board();
    match attr {
        VI_ATTR_GPIB_PRIMARY_ADDR => {
            let own = board.own_address(wait)?;
            board.set_own_address(BusAddress { primary: value as u8, ..own }, wait)
        }
        VI_ATTR_GPIB_SECONDARY_ADDR => {
            let own = board.own_address(wait)?;
            let secondary = (value != u64::from(VI_NO_SEC_ADDR)).then_some(value as u8);
            board.set_own_address(BusAddress { secondary, ..own }, wait)
        }
        VI_ATTR_GPIB_SYS_CNTRL_STATE => board.set_system_controller(value != 0, wait),
        VI_ATTR_GPIB_HS488_CBL_LEN => board.set_cable_length(value as u8, wait),
        VI_ATTR_DEV_STATUS_BYTE => board.set_status_byte(value as u8, wait).inspect(|()| {
            bus.status_byte.store(value as u8, Ordering::Relaxed);
        }),
        _ => fail(VI_ERROR_NSUP_ATTR, "not an attribute of this link"),
    }
    .map_err(unfit)
}

/// Whether messages can be moved by the protocol of a VI_ATTR_IO_PROT.
///
/// # Errors
/// VI_ERROR_NSUP_ATTR_STATE for HS488 where the board has none, or it is off.
pub fn check_protocol(bus: &Bus, protocol: u16, wait: &Wait) -> Result {
    if protocol != VI_PROT_HS488 {
        return Ok(());
    }
    match bus.hold(wait)?.board().cable_length(wait).map_err(unfit)? {
        0 => fail(VI_ERROR_NSUP_ATTR_STATE, "set VI_ATTR_GPIB_HS488_CBL_LEN of the board first"),
        _ => Ok(()),
    }
}

fn own(bus: &Bus) -> Result<BusAddress> {
    bus.ask(|board, wait| board.own_address(wait))
}

/// What a board cannot do is a value that the attribute cannot have.
fn unfit(error: Error) -> Error {
    match error.code {
        VI_ERROR_NSUP_OPER => Error { code: VI_ERROR_NSUP_ATTR_STATE, ..error },
        _ => error,
    }
}
