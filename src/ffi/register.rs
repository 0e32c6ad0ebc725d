//! Chapters 6.3 and 6.4: register-based access with offsets of the platform's width. On message-
//! based
//! resources VI_ERROR_NSUP_OPER; on register-based ones, which this version cannot open yet,
//! VI_ERROR_NIMPL_OPER.

use super::{address, entry, not_implemented};
use crate::consts::{
    ViAddr, ViBoolean, ViBusAddress, ViBusSize, ViJobId, ViSession, ViStatus, ViUInt8, ViUInt16,
    ViUInt32, ViUInt64,
};
use crate::rsrc::Kinds;

/// Resources with shared memory.
pub(super) const SHARERS: Kinds = Kinds::VXI_INSTR
    .or(Kinds::VXI_MEMACC)
    .or(Kinds::GPIB_VXI_INSTR)
    .or(Kinds::PXI_INSTR)
    .or(Kinds::PXI_MEMACC);

/// Reads one 8-bit value from a register: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viIn8(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    val8: *mut ViUInt8,
) -> ViStatus {
    entry(
        "viIn8",
        format_args!("vi={vi}, space={space}, offset={offset}, val8={:#x}", address(val8.cast())),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes one 8-bit value to a register: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viOut8(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    val8: ViUInt8,
) -> ViStatus {
    entry("viOut8", format_args!("vi={vi}, space={space}, offset={offset}, val8={val8}"), || {
        not_implemented(vi, Kinds::REGISTER_BASED)
    })
}

/// Reads one 16-bit value from a register: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viIn16(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    val16: *mut ViUInt16,
) -> ViStatus {
    entry(
        "viIn16",
        format_args!("vi={vi}, space={space}, offset={offset}, val16={:#x}", address(val16.cast())),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes one 16-bit value to a register: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viOut16(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    val16: ViUInt16,
) -> ViStatus {
    entry("viOut16", format_args!("vi={vi}, space={space}, offset={offset}, val16={val16}"), || {
        not_implemented(vi, Kinds::REGISTER_BASED)
    })
}

/// Reads one 32-bit value from a register: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viIn32(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    val32: *mut ViUInt32,
) -> ViStatus {
    entry(
        "viIn32",
        format_args!("vi={vi}, space={space}, offset={offset}, val32={:#x}", address(val32.cast())),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes one 32-bit value to a register: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viOut32(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    val32: ViUInt32,
) -> ViStatus {
    entry("viOut32", format_args!("vi={vi}, space={space}, offset={offset}, val32={val32}"), || {
        not_implemented(vi, Kinds::REGISTER_BASED)
    })
}

/// Reads one 64-bit value from a register: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viIn64(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    val64: *mut ViUInt64,
) -> ViStatus {
    entry(
        "viIn64",
        format_args!("vi={vi}, space={space}, offset={offset}, val64={:#x}", address(val64.cast())),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes one 64-bit value to a register: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viOut64(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    val64: ViUInt64,
) -> ViStatus {
    entry("viOut64", format_args!("vi={vi}, space={space}, offset={offset}, val64={val64}"), || {
        not_implemented(vi, Kinds::REGISTER_BASED)
    })
}

/// Reads a block of 8-bit values from registers: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveIn8(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    length: ViBusSize,
    buf8: *mut ViUInt8,
) -> ViStatus {
    entry(
        "viMoveIn8",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf8={:#x}",
            address(buf8.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes a block of 8-bit values to registers: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveOut8(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    length: ViBusSize,
    buf8: *mut ViUInt8,
) -> ViStatus {
    entry(
        "viMoveOut8",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf8={:#x}",
            address(buf8.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Reads a block of 16-bit values from registers: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveIn16(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    length: ViBusSize,
    buf16: *mut ViUInt16,
) -> ViStatus {
    entry(
        "viMoveIn16",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf16={:#x}",
            address(buf16.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes a block of 16-bit values to registers: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveOut16(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    length: ViBusSize,
    buf16: *mut ViUInt16,
) -> ViStatus {
    entry(
        "viMoveOut16",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf16={:#x}",
            address(buf16.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Reads a block of 32-bit values from registers: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveIn32(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    length: ViBusSize,
    buf32: *mut ViUInt32,
) -> ViStatus {
    entry(
        "viMoveIn32",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf32={:#x}",
            address(buf32.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes a block of 32-bit values to registers: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveOut32(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    length: ViBusSize,
    buf32: *mut ViUInt32,
) -> ViStatus {
    entry(
        "viMoveOut32",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf32={:#x}",
            address(buf32.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Reads a block of 64-bit values from registers: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveIn64(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    length: ViBusSize,
    buf64: *mut ViUInt64,
) -> ViStatus {
    entry(
        "viMoveIn64",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf64={:#x}",
            address(buf64.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Writes a block of 64-bit values to registers: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveOut64(
    vi: ViSession,
    space: ViUInt16,
    offset: ViBusAddress,
    length: ViBusSize,
    buf64: *mut ViUInt64,
) -> ViStatus {
    entry(
        "viMoveOut64",
        format_args!(
            "vi={vi}, space={space}, offset={offset}, length={length}, buf64={:#x}",
            address(buf64.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Moves a block between registers: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viMove(
    vi: ViSession,
    src_space: ViUInt16,
    src_offset: ViBusAddress,
    src_width: ViUInt16,
    dest_space: ViUInt16,
    dest_offset: ViBusAddress,
    dest_width: ViUInt16,
    src_length: ViBusSize,
) -> ViStatus {
    entry(
        "viMove",
        format_args!(
            "vi={vi}, src_space={src_space}, src_offset={src_offset}, src_width={src_width}, \
             dest_space={dest_space}, dest_offset={dest_offset}, dest_width={dest_width}, \
             src_length={src_length}"
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Starts to move a block between registers: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMoveAsync(
    vi: ViSession,
    src_space: ViUInt16,
    src_offset: ViBusAddress,
    src_width: ViUInt16,
    dest_space: ViUInt16,
    dest_offset: ViBusAddress,
    dest_width: ViUInt16,
    src_length: ViBusSize,
    job_id: *mut ViJobId,
) -> ViStatus {
    entry(
        "viMoveAsync",
        format_args!(
            "vi={vi}, src_space={src_space}, src_offset={src_offset}, src_width={src_width}, \
             dest_space={dest_space}, dest_offset={dest_offset}, dest_width={dest_width}, \
             src_length={src_length}, job_id={:#x}",
            address(job_id.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Maps registers into memory: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMapAddress(
    vi: ViSession,
    map_space: ViUInt16,
    map_offset: ViBusAddress,
    map_size: ViBusSize,
    access: ViBoolean,
    suggested: ViAddr,
    window: *mut ViAddr,
) -> ViStatus {
    entry(
        "viMapAddress",
        format_args!(
            "vi={vi}, map_space={map_space}, map_offset={map_offset}, map_size={map_size}, \
             access={access}, suggested={:#x}, window={:#x}",
            address(suggested),
            address(window.cast())
        ),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    )
}

/// Unmaps the window of viMapAddress: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viUnmapAddress(vi: ViSession) -> ViStatus {
    entry("viUnmapAddress", format_args!("vi={vi}"), || not_implemented(vi, Kinds::REGISTER_BASED))
}

/// Allocates a device's shared memory: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viMemAlloc(
    vi: ViSession,
    size: ViBusSize,
    offset: *mut ViBusAddress,
) -> ViStatus {
    entry(
        "viMemAlloc",
        format_args!("vi={vi}, size={size}, offset={:#x}", address(offset.cast())),
        || not_implemented(vi, SHARERS),
    )
}

/// Frees what viMemAlloc allocated: VI_ERROR_NIMPL_OPER in this version.
#[unsafe(no_mangle)]
pub extern "C" fn viMemFree(vi: ViSession, offset: ViBusAddress) -> ViStatus {
    entry("viMemFree", format_args!("vi={vi}, offset={offset}"), || not_implemented(vi, SHARERS))
}

/// Reads 8 bits of a mapped window. No window can be mapped in this version, so `val` stays as
/// it is; there is no status to say so.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viPeek8(vi: ViSession, place: ViAddr, val: *mut ViUInt8) {
    entry(
        "viPeek8",
        format_args!("vi={vi}, {:#x}, {:#x}", address(place), address(val.cast())),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    );
}

/// Writes 8 bits of a mapped window. No window can be mapped in this version: nothing is written.
///
/// # Safety
/// The pointer is not used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viPoke8(vi: ViSession, place: ViAddr, val: ViUInt8) {
    entry("viPoke8", format_args!("vi={vi}, {:#x}, {val:#x}", address(place)), || {
        not_implemented(vi, Kinds::REGISTER_BASED)
    });
}

/// Reads 16 bits of a mapped window. No window can be mapped in this version, so `val` stays as
/// it is; there is no status to say so.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viPeek16(vi: ViSession, place: ViAddr, val: *mut ViUInt16) {
    entry(
        "viPeek16",
        format_args!("vi={vi}, {:#x}, {:#x}", address(place), address(val.cast())),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    );
}

/// Writes 16 bits of a mapped window. No window can be mapped in this version: nothing is written.
///
/// # Safety
/// The pointer is not used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viPoke16(vi: ViSession, place: ViAddr, val: ViUInt16) {
    entry("viPoke16", format_args!("vi={vi}, {:#x}, {val:#x}", address(place)), || {
        not_implemented(vi, Kinds::REGISTER_BASED)
    });
}

/// Reads 32 bits of a mapped window. No window can be mapped in this version, so `val` stays as
/// it is; there is no status to say so.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viPeek32(vi: ViSession, place: ViAddr, val: *mut ViUInt32) {
    entry(
        "viPeek32",
        format_args!("vi={vi}, {:#x}, {:#x}", address(place), address(val.cast())),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    );
}

/// Writes 32 bits of a mapped window. No window can be mapped in this version: nothing is written.
///
/// # Safety
/// The pointer is not used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viPoke32(vi: ViSession, place: ViAddr, val: ViUInt32) {
    entry("viPoke32", format_args!("vi={vi}, {:#x}, {val:#x}", address(place)), || {
        not_implemented(vi, Kinds::REGISTER_BASED)
    });
}

/// Reads 64 bits of a mapped window. No window can be mapped in this version, so `val` stays as
/// it is; there is no status to say so.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viPeek64(vi: ViSession, place: ViAddr, val: *mut ViUInt64) {
    entry(
        "viPeek64",
        format_args!("vi={vi}, {:#x}, {:#x}", address(place), address(val.cast())),
        || not_implemented(vi, Kinds::REGISTER_BASED),
    );
}

/// Writes 64 bits of a mapped window. No window can be mapped in this version: nothing is written.
///
/// # Safety
/// The pointer is not used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viPoke64(vi: ViSession, place: ViAddr, val: ViUInt64) {
    entry("viPoke64", format_args!("vi={vi}, {:#x}, {val:#x}", address(place)), || {
        not_implemented(vi, Kinds::REGISTER_BASED)
    });
}
