//! Chapter 6.5: operations of one bus only. On resources of other buses they answer
//! VI_ERROR_NSUP_OPER; on their own, which this version cannot open yet, VI_ERROR_NIMPL_OPER.

use super::{address, entry, not_implemented};
use crate::consts::{ViByte, ViInt16, ViSession, ViStatus, ViUInt16, ViUInt32};
use crate::rsrc::Kinds;
use crate::session::objects;
use crate::status::VI_SUCCESS;

const VXI_BACKPLANES: Kinds = Kinds::VXI_BACKPLANE.or(Kinds::GPIB_VXI_BACKPLANE);
const SERVANTS: Kinds = Kinds::VXI_SERVANT.or(Kinds::GPIB_SERVANT).or(Kinds::TCPIP_SERVANT);
const TRIGGER_ROUTERS: Kinds = VXI_BACKPLANES.or(Kinds::PXI_BACKPLANE).or(Kinds::VXI_INSTR);
const USB: Kinds = Kinds::USB_INSTR.or(Kinds::USB_RAW);

/// Remote and local control of a device, by the standard's seven modes.
#[unsafe(no_mangle)]
pub extern "C" fn viGpibControlREN(vi: ViSession, mode: ViUInt16) -> ViStatus {
    entry("viGpibControlREN", format_args!("vi={vi}, mode={mode}"), || {
        objects::session(vi)?.control_ren(mode)?;
        Ok(VI_SUCCESS)
    })
}

/// Sets the ATN line: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viGpibControlATN(vi: ViSession, mode: ViUInt16) -> ViStatus {
    entry("viGpibControlATN", format_args!("vi={vi}, mode={mode}"), || {
        not_implemented(vi, Kinds::GPIB_INTFC)
    })
}

/// Pulses the IFC line: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viGpibSendIFC(vi: ViSession) -> ViStatus {
    entry("viGpibSendIFC", format_args!("vi={vi}"), || not_implemented(vi, Kinds::GPIB_INTFC))
}

/// Sends command bytes with ATN asserted: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viGpibCommand(
    vi: ViSession,
    cmd: *const ViByte,
    cnt: ViUInt32,
    ret_cnt: *mut ViUInt32,
) -> ViStatus {
    entry(
        "viGpibCommand",
        format_args!(
            "vi={vi}, cmd={:#x}, cnt={cnt}, ret_cnt={:#x}",
            address(cmd.cast()),
            address(ret_cnt.cast())
        ),
        || not_implemented(vi, Kinds::GPIB_INTFC),
    )
}

/// Passes control to another controller: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viGpibPassControl(
    vi: ViSession,
    prim_addr: ViUInt16,
    sec_addr: ViUInt16,
) -> ViStatus {
    entry(
        "viGpibPassControl",
        format_args!("vi={vi}, prim_addr={prim_addr}, sec_addr={sec_addr}"),
        || not_implemented(vi, Kinds::GPIB_INTFC),
    )
}

/// Sends a word-serial command and reads its response: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viVxiCommandQuery(
    vi: ViSession,
    mode: ViUInt16,
    cmd: ViUInt32,
    response: *mut ViUInt32,
) -> ViStatus {
    entry(
        "viVxiCommandQuery",
        format_args!("vi={vi}, mode={mode}, cmd={cmd}, response={:#x}", address(response.cast())),
        || not_implemented(vi, Kinds::VXI_INSTR.or(Kinds::GPIB_VXI_INSTR)),
    )
}

/// Asserts a utility bus signal: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viAssertUtilSignal(vi: ViSession, line: ViUInt16) -> ViStatus {
    entry("viAssertUtilSignal", format_args!("vi={vi}, line={line}"), || {
        not_implemented(vi, VXI_BACKPLANES.or(Kinds::VXI_SERVANT))
    })
}

/// Asserts an interrupt or signal: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viAssertIntrSignal(
    vi: ViSession,
    mode: ViInt16,
    status_id: ViUInt32,
) -> ViStatus {
    entry("viAssertIntrSignal", format_args!("vi={vi}, mode={mode}, status_id={status_id}"), || {
        not_implemented(vi, VXI_BACKPLANES.or(SERVANTS))
    })
}

/// Routes a trigger line to another: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viMapTrigger(
    vi: ViSession,
    trig_src: ViInt16,
    trig_dest: ViInt16,
    mode: ViUInt16,
) -> ViStatus {
    entry(
        "viMapTrigger",
        format_args!("vi={vi}, trig_src={trig_src}, trig_dest={trig_dest}, mode={mode}"),
        || not_implemented(vi, TRIGGER_ROUTERS),
    )
}

/// Ends a route of viMapTrigger: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viUnmapTrigger(vi: ViSession, trig_src: ViInt16, trig_dest: ViInt16) -> ViStatus {
    entry(
        "viUnmapTrigger",
        format_args!("vi={vi}, trig_src={trig_src}, trig_dest={trig_dest}"),
        || not_implemented(vi, TRIGGER_ROUTERS),
    )
}

/// Sends a request on the control pipe: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viUsbControlOut(
    vi: ViSession,
    bm_request_type: ViInt16,
    b_request: ViInt16,
    w_value: ViUInt16,
    w_index: ViUInt16,
    w_length: ViUInt16,
    buf: *const ViByte,
) -> ViStatus {
    entry(
        "viUsbControlOut",
        format_args!(
            "vi={vi}, bm_request_type={bm_request_type}, b_request={b_request}, \
             w_value={w_value}, w_index={w_index}, w_length={w_length}, buf={:#x}",
            address(buf.cast())
        ),
        || not_implemented(vi, USB),
    )
}

/// Reads by a request on the control pipe: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viUsbControlIn(
    vi: ViSession,
    bm_request_type: ViInt16,
    b_request: ViInt16,
    w_value: ViUInt16,
    w_index: ViUInt16,
    w_length: ViUInt16,
    buf: *mut ViByte,
    ret_cnt: *mut ViUInt16,
) -> ViStatus {
    entry(
        "viUsbControlIn",
        format_args!(
            "vi={vi}, bm_request_type={bm_request_type}, b_request={b_request}, \
             w_value={w_value}, w_index={w_index}, w_length={w_length}, buf={:#x}, ret_cnt={:#x}",
            address(buf.cast()),
            address(ret_cnt.cast())
        ),
        || not_implemented(vi, USB),
    )
}

/// Reserves trigger lines: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viPxiReserveTriggers(
    vi: ViSession,
    cnt: ViInt16,
    trig_buses: *mut ViInt16,
    trig_lines: *mut ViInt16,
    failure_index: *mut ViInt16,
) -> ViStatus {
    entry(
        "viPxiReserveTriggers",
        format_args!(
            "vi={vi}, cnt={cnt}, trig_buses={:#x}, trig_lines={:#x}, failure_index={:#x}",
            address(trig_buses.cast()),
            address(trig_lines.cast()),
            address(failure_index.cast())
        ),
        || not_implemented(vi, Kinds::PXI_BACKPLANE),
    )
}
