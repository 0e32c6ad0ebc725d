//! Chapters 6.3 and 6.4: register-based access with 64-bit offsets (the Ex forms). On message-based
//! resources VI_ERROR_NSUP_OPER; on register-based ones, which this version cannot open yet,
//! VI_ERROR_NIMPL_OPER.

use super::register::SHARERS;
use super::{address, entry, not_implemented};
use crate::consts::{
    ViAddr, ViBoolean, ViBusAddress64, ViBusSize, ViJobId, ViSession, ViStatus, ViUInt8, ViUInt16,
    ViUInt32, ViUInt64,
};
use crate::rsrc::Kinds;

/// Reads one 8-bit value from a register, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viIn8Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    val8: *mut ViUInt8,
) -> ViStatus {
    entry(
        "viIn8Ex",
        format_args!("vi={vi}, space={space}, offset={offset}, val8={:#x}", address(val8.cast())),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes one 8-bit value to a register, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viOut8Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    val8: ViUInt8,
) -> ViStatus {
    entry("viOut8Ex", format_args!("vi={vi}, space={space}, offset={offset}, val8={val8}"), || {
        not_implemented(vi, Kinds::REGISTER_BASED)
    })
}

/// Reads one 16-bit value from a register, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viIn16Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    val16: *mut ViUInt16,
) -> ViStatus {
    entry(
        "viIn16Ex",
        format_args!("vi={vi}, space={space}, offset={offset}, val16={:#x}", address(val16.cast())),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes one 16-bit value to a register, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viOut16Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    val16: ViUInt16,
) -> ViStatus {
    entry(
        "viOut16Ex",
        format_args!("vi={vi}, space={space}, offset={offset}, val16={val16}"),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Reads one 32-bit value from a register, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viIn32Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    val32: *mut ViUInt32,
) -> ViStatus {
    entry(
        "viIn32Ex",
        format_args!("vi={vi}, space={space}, offset={offset}, val32={:#x}", address(val32.cast())),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes one 32-bit value to a register, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viOut32Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    val32: ViUInt32,
) -> ViStatus {
    entry(
        "viOut32Ex",
        format_args!("vi={vi}, space={space}, offset={offset}, val32={val32}"),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Reads one 64-bit value from a register, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viIn64Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    val64: *mut ViUInt64,
) -> ViStatus {
    entry(
        "viIn64Ex",
        format_args!("vi={vi}, space={space}, offset={offset}, val64={:#x}", address(val64.cast())),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes one 64-bit value to a register, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viOut64Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    val64: ViUInt64,
) -> ViStatus {
    entry(
        "viOut64Ex",
        format_args!("vi={vi}, space={space}, offset={offset}, val64={val64}"),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Reads a block of 8-bit values from registers, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this
/// version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveIn8Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    length: ViBusSize,
    buf8: *mut ViUInt8,
) -> ViStatus {
    entry(
        "viMoveIn8Ex",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf8={:#x}",
            address(buf8.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes a block of 8-bit values to registers, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this
/// version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveOut8Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    length: ViBusSize,
    buf8: *mut ViUInt8,
) -> ViStatus {
    entry(
        "viMoveOut8Ex",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf8={:#x}",
            address(buf8.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Reads a block of 16-bit values from registers, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this
/// version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveIn16Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    length: ViBusSize,
    buf16: *mut ViUInt16,
) -> ViStatus {
    entry(
        "viMoveIn16Ex",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf16={:#x}",
            address(buf16.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes a block of 16-bit values to registers, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this
/// version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveOut16Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    length: ViBusSize,
    buf16: *mut ViUInt16,
) -> ViStatus {
    entry(
        "viMoveOut16Ex",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf16={:#x}",
            address(buf16.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Reads a block of 32-bit values from registers, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this
/// version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveIn32Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    length: ViBusSize,
    buf32: *mut ViUInt32,
) -> ViStatus {
    entry(
        "viMoveIn32Ex",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf32={:#x}",
            address(buf32.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes a block of 32-bit values to registers, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this
/// version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveOut32Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    length: ViBusSize,
    buf32: *mut ViUInt32,
) -> ViStatus {
    entry(
        "viMoveOut32Ex",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf32={:#x}",
            address(buf32.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Reads a block of 64-bit values from registers, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this
/// version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveIn64Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    length: ViBusSize,
    buf64: *mut ViUInt64,
) -> ViStatus {
    entry(
        "viMoveIn64Ex",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf64={:#x}",
            address(buf64.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes a block of 64-bit values to registers, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this
/// version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveOut64Ex(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress64,
    length: ViBusSize,
    buf64: *mut ViUInt64,
) -> ViStatus {
    entry(
        "viMoveOut64Ex",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf64={:#x}",
            address(buf64.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Moves a block between registers, by 64-bit offsets: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viMoveEx(
    vi: ViSession,
    src_space: ViUInt16,
    src_offset: ViBusAddress64,
    src_width: ViUInt16,
    dest_space: ViUInt16,
    dest_offset: ViBusAddress64,
    dest_width: ViUInt16,
    src_length: ViBusSize,
) -> ViStatus {
    entry(
        "viMoveEx",
        format_args!(
            "vi={vi}, src_space={src_space}, src_offset={src_offset}, src_width={src_width}, \
             dest_space={dest_space}, dest_offset={dest_offset}, dest_width={dest_width}, \
             src_length={src_length}"
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Starts to move a block between registers, by 64-bit offsets: VI_ERROR_NIMPL_OPER in this
/// version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveAsyncEx(
    vi: ViSession,
    src_space: ViUInt16,
    src_offset: ViBusAddress64,
    src_width: ViUInt16,
    dest_space: ViUInt16,
    dest_offset: ViBusAddress64,
    dest_width: ViUInt16,
    src_length: ViBusSize,
    job_id: *mut ViJobId,
) -> ViStatus {
    entry(
        "viMoveAsyncEx",
        format_args!(
            "vi={vi}, src_space={src_space}, src_offset={src_offset}, src_width={src_width}, \
             dest_space={dest_space}, dest_offset={dest_offset}, dest_width={dest_width}, \
             src_length={src_length}, job_id={:#x}",
            address(job_id.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Maps registers into memory, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMapAddressEx(
    vi: ViSession,
    map_space: ViUInt16,
    map_offset: ViBusAddress64,
    map_size: ViBusSize,
    access: ViBoolean,
    suggested: ViAddr,
    window: *mut ViAddr,
) -> ViStatus {
    entry(
        "viMapAddressEx",
        format_args!(
            "vi={vi}, map_space={map_space}, map_offset={map_offset}, map_size={map_size}, \
             access={access}, suggested={:#x}, window={:#x}",
            address(suggested),
            address(window.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Allocates a device's shared memory, by a 64-bit offset: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMemAllocEx(
    vi: ViSession,
    size: ViBusSize,
    offset: *mut ViBusAddress64,
) -> ViStatus {
    entry(
        "viMemAllocEx",
        format_args!("vi={vi}, size={size}, offset={:#x}", address(offset.cast())),
        || not_implemented(vi, SHARERS),
    )
}

/// Frees what viMemAllocEx allocated: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viMemFreeEx(vi: ViSession, offset: ViBusAddress64) -> ViStatus {
    entry("viMemFreeEx", format_args!("vi={vi}, offset={offset}"), || not_implemented(vi, SHARERS))
}
