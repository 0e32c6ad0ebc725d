//! Chapter 6.5: operations of one bus only. On resources of other buses they answer
//! VI_ERROR_NSUP_OPER; those of VXI and PXI, which this version cannot open yet, answer
//! VI_ERROR_NIMPL_OPER there.

use super::{address, bytes, bytes_mut, entry, not_implemented, put};
use crate::consts::{ViByte, ViInt16, ViSession, ViStatus, ViUInt16, ViUInt32};
use crate::iface::bus::ControlRequest;
use crate::rsrc::Kinds;
use crate::session::objects;
use crate::status::VI_SUCCESS;

const VXI_BACKPLANES: Kinds = Kinds::VXI_BACKPLANE.or(Kinds::GPIB_VXI_BACKPLANE);
const SERVANTS: Kinds = Kinds::VXI_SERVANT.or(Kinds::GPIB_SERVANT).or(Kinds::TCPIP_SERVANT);
const TRIGGER_ROUTERS: Kinds = VXI_BACKPLANES.or(Kinds::PXI_BACKPLANE).or(Kinds::VXI_INSTR);

/// A request on a control pipe. The two ViInt16 carry bytes.
fn control_request(
    bm_request_type: ViInt16,
    b_request: ViInt16,
    value: ViUInt16,
    index: ViUInt16,
) -> ControlRequest {
    ControlRequest { request_type: bm_request_type as u8, request: b_request as u8, value, index }
}

/// Remote and local control of a device, by the standard's seven modes.
#[unsafe(no_mangle)]
pub extern "C" fn viGpibControlREN(vi: ViSession, mode: ViUInt16) -> ViStatus {
    entry("viGpibControlREN", format_args!("vi={vi}, mode={mode}"), || {
        objects::session(vi)?.control_ren(mode)?;
        Ok(VI_SUCCESS)
    })
}

/// Sets the ATN line of a GPIB board, by the standard's four modes.
#[unsafe(no_mangle)]
pub extern "C" fn viGpibControlATN(vi: ViSession, mode: ViUInt16) -> ViStatus {
    entry("viGpibControlATN", format_args!("vi={vi}, mode={mode}"), || {
        objects::session(vi)?.control_atn(mode)?;
        Ok(VI_SUCCESS)
    })
}

/// Pulses the IFC line of a GPIB board, which becomes controller in charge.
#[unsafe(no_mangle)]
pub extern "C" fn viGpibSendIFC(vi: ViSession) -> ViStatus {
    entry("viGpibSendIFC", format_args!("vi={vi}"), || {
        objects::session(vi)?.send_ifc()?;
        Ok(VI_SUCCESS)
    })
}

/// Sends `cnt` command bytes with ATN asserted. `ret_cnt` gets how many were sent, also when it
/// fails.
///
/// # Safety
/// `cmd` is null (VI_ERROR_USER_BUF) or `cnt` readable bytes; `ret_cnt` is null or writable.
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
        || {
            let session = objects::session(vi)?;
            session.require(Kinds::GPIB_INTFC.or(Kinds::PROLOGIX_INTFC))?;
            // SAFETY: null or `cnt` readable bytes by contract.
            let command = unsafe { bytes(cmd, cnt) }?;
            let sent = session.gpib_command(command);
            // SAFETY: null or writable by contract.
            unsafe { put(ret_cnt, sent.count as ViUInt32) };
            sent.outcome?;
            Ok(VI_SUCCESS)
        },
    )
}

/// Makes the device at an address the controller in charge. `sec_addr` may be VI_NO_SEC_ADDR.
#[unsafe(no_mangle)]
pub extern "C" fn viGpibPassControl(
    vi: ViSession,
    prim_addr: ViUInt16,
    sec_addr: ViUInt16,
) -> ViStatus {
    entry(
        "viGpibPassControl",
        format_args!("vi={vi}, prim_addr={prim_addr}, sec_addr={sec_addr}"),
        || {
            objects::session(vi)?.pass_control(prim_addr, sec_addr)?;
            Ok(VI_SUCCESS)
        },
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

/// Sends a request on a USB device's control pipe, with `w_length` bytes of data.
///
/// # Safety
/// `buf` is null (VI_ERROR_USER_BUF unless `w_length` is 0) or `w_length` readable bytes.
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
        || {
            let session = objects::session(vi)?;
            session.require(Kinds::USB_INSTR.or(Kinds::USB_RAW))?;
            // SAFETY: null or `w_length` readable bytes by contract.
            let data = unsafe { bytes(buf, w_length.into()) }?;
            let request = control_request(bm_request_type, b_request, w_value, w_index);
            session.usb_control_out(request, data)?;
            Ok(VI_SUCCESS)
        },
    )
}

/// Reads at most `w_length` bytes by a request on a USB device's control pipe. `ret_cnt` gets how
/// many came.
///
/// # Safety
/// `buf` is null (VI_ERROR_USER_BUF unless `w_length` is 0) or `w_length` writable bytes; `ret_cnt`
/// is null or writable.
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
        || {
            let session = objects::session(vi)?;
            session.require(Kinds::USB_INSTR.or(Kinds::USB_RAW))?;
            // SAFETY: null or `w_length` writable bytes by contract.
            let buf = unsafe { bytes_mut(buf, w_length.into()) }?;
            let request = control_request(bm_request_type, b_request, w_value, w_index);
            let received = session.usb_control_in(request, buf)?;
            // SAFETY: null or writable by contract.
            unsafe { put(ret_cnt, received as ViUInt16) };
            Ok(VI_SUCCESS)
        },
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
