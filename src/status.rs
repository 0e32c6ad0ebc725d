#![forbid(unsafe_code)]
//! Every status code of VISA: its number, its name, its one-sentence text, and the error type
//! that carries one through the library.
//!
//! Codes are plain `ViStatus` constants, because that is what C sees; errors are negative,
//! success and warnings are zero or positive (VPP-4.3.2, table 3.2).

use crate::consts::ViStatus;

/// An operation that failed: the code that C will see, and where and why it was noticed.
///
/// Small and `Copy`: made where the failure is noticed, handed up unchanged, traced once at the
/// boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// The VISA status, always negative.
    pub code: ViStatus,
    /// What was being done, for the trace ("connect", "create_link: device refused").
    pub at: &'static str,
    /// The operating system's error number, where one was behind it.
    pub os: Option<i32>,
}

/// What fallible functions of the library return.
pub type Result<T = ()> = std::result::Result<T, Error>;

impl Error {
    /// A failure with `code`, noticed while doing `at`.
    pub const fn new(code: ViStatus, at: &'static str) -> Self {
        Self { code, at, os: None }
    }

    /// A failure with `code` that the operating system reported as `errno`.
    pub const fn with_os(code: ViStatus, at: &'static str, errno: i32) -> Self {
        Self { code, at, os: Some(errno) }
    }
}

/// `Err(Error::new(code, at))`: for the many places that give up with one line.
pub const fn fail<T>(code: ViStatus, at: &'static str) -> Result<T> {
    Err(Error::new(code, at))
}

/// Done; for reads: ended because END (or the interface equivalent) was seen.
pub const VI_SUCCESS: ViStatus = 0;
/// Event was already enabled for at least one of the mechanisms asked.
pub const VI_SUCCESS_EVENT_EN: ViStatus = 0x3FFF_0002;
/// Event was already disabled for at least one of the mechanisms asked.
pub const VI_SUCCESS_EVENT_DIS: ViStatus = 0x3FFF_0003;
/// Discard worked, queue held nothing.
pub const VI_SUCCESS_QUEUE_EMPTY: ViStatus = 0x3FFF_0004;
/// Read ended on the enabled termination character.
pub const VI_SUCCESS_TERM_CHAR: ViStatus = 0x3FFF_0005;
/// Read ended because the requested byte count was reached; more data may wait.
pub const VI_SUCCESS_MAX_CNT: ViStatus = 0x3FFF_0006;
/// Session opened but nothing answers at that address.
pub const VI_SUCCESS_DEV_NPRESENT: ViStatus = 0x3FFF_007D;
/// That trigger route existed already.
pub const VI_SUCCESS_TRIG_MAPPED: ViStatus = 0x3FFF_007E;
/// Event delivered and at least one more of the awaited type(s) is queued.
pub const VI_SUCCESS_QUEUE_NEMPTY: ViStatus = 0x3FFF_0080;
/// Returned BY a handler: handled, do not call the remaining handlers.
pub const VI_SUCCESS_NCHAIN: ViStatus = 0x3FFF_0098;
/// Call worked; session still/now holds nested shared locks.
pub const VI_SUCCESS_NESTED_SHARED: ViStatus = 0x3FFF_0099;
/// Call worked; session still/now holds nested exclusive locks.
pub const VI_SUCCESS_NESTED_EXCLUSIVE: ViStatus = 0x3FFF_009A;
/// Async request was carried out synchronously (completion event is posted all the same).
pub const VI_SUCCESS_SYNC: ViStatus = 0x3FFF_009B;
/// Event delivered, but earlier occurrences were dropped because the queue was full.
pub const VI_WARN_QUEUE_OVERFLOW: ViStatus = 0x3FFF_000C;
/// VI_LOAD_CONFIG asked, stored configuration missing or unusable; defaults in force.
pub const VI_WARN_CONFIG_NLOADED: ViStatus = 0x3FFF_0077;
/// Object reference VI_NULL was passed (viClose).
pub const VI_WARN_NULL_OBJECT: ViStatus = 0x3FFF_0082;
/// Value is legal but this implementation does not support it; attribute unchanged or approximated.
pub const VI_WARN_NSUP_ATTR_STATE: ViStatus = 0x3FFF_0084;
/// ViStatusDesc does not know that code.
pub const VI_WARN_UNKNOWN_STATUS: ViStatus = 0x3FFF_0085;
/// Buffer named in the mask is not supported.
pub const VI_WARN_NSUP_BUF: ViStatus = 0x3FFF_0088;
/// Call worked, a lower driver lacks the extended part.
pub const VI_WARN_EXT_FUNC_NIMPL: ViStatus = 0x3FFF_00A9;
/// TLS connection made although the server certificate is not trusted (VISA 7.x).
pub const VI_WARN_SERVER_CERT_UNTRUSTED: ViStatus = 0x3FFF_00F0;
/// TLS connection made although the certificate subject does not match (VISA 7.2).
pub const VI_WARN_SERVER_CERT_INV_SUBJECT: ViStatus = 0x3FFF_00F1;
/// Unexpected system or internal failure.
pub const VI_ERROR_SYSTEM_ERROR: ViStatus = 0xBFFF_0000_u32 as ViStatus;
/// Session, event or find-list handle is not valid (alias VI_ERROR_INV_SESSION).
pub const VI_ERROR_INV_OBJECT: ViStatus = 0xBFFF_000E_u32 as ViStatus;
/// Alias of VI_ERROR_INV_OBJECT.
pub const VI_ERROR_INV_SESSION: ViStatus = 0xBFFF_000E_u32 as ViStatus;
/// Lock held by someone else forbids the operation, or the lock type cannot be granted.
pub const VI_ERROR_RSRC_LOCKED: ViStatus = 0xBFFF_000F_u32 as ViStatus;
/// ViFindRsrc expression is malformed.
pub const VI_ERROR_INV_EXPR: ViStatus = 0xBFFF_0010_u32 as ViStatus;
/// No such device/resource, or too little location information.
pub const VI_ERROR_RSRC_NFOUND: ViStatus = 0xBFFF_0011_u32 as ViStatus;
/// Resource string does not parse.
pub const VI_ERROR_INV_RSRC_NAME: ViStatus = 0xBFFF_0012_u32 as ViStatus;
/// Access mode value is invalid.
pub const VI_ERROR_INV_ACC_MODE: ViStatus = 0xBFFF_0013_u32 as ViStatus;
/// Time ran out before completion.
pub const VI_ERROR_TMO: ViStatus = 0xBFFF_0015_u32 as ViStatus;
/// Could not release the data structures of the object.
pub const VI_ERROR_CLOSING_FAILED: ViStatus = 0xBFFF_0016_u32 as ViStatus;
/// ViTerminate degree is invalid.
pub const VI_ERROR_INV_DEGREE: ViStatus = 0xBFFF_001B_u32 as ViStatus;
/// Job id is unknown (or already finished).
pub const VI_ERROR_INV_JOB_ID: ViStatus = 0xBFFF_001C_u32 as ViStatus;
/// Attribute is not defined/supported for this object.
pub const VI_ERROR_NSUP_ATTR: ViStatus = 0xBFFF_001D_u32 as ViStatus;
/// Attribute value is invalid or unsupported.
pub const VI_ERROR_NSUP_ATTR_STATE: ViStatus = 0xBFFF_001E_u32 as ViStatus;
/// Attribute cannot be written (now).
pub const VI_ERROR_ATTR_READONLY: ViStatus = 0xBFFF_001F_u32 as ViStatus;
/// Lock type is invalid/unsupported.
pub const VI_ERROR_INV_LOCK_TYPE: ViStatus = 0xBFFF_0020_u32 as ViStatus;
/// Requested access key does not fit.
pub const VI_ERROR_INV_ACCESS_KEY: ViStatus = 0xBFFF_0021_u32 as ViStatus;
/// Event type not supported by the resource.
pub const VI_ERROR_INV_EVENT: ViStatus = 0xBFFF_0026_u32 as ViStatus;
/// Mechanism value invalid for that event.
pub const VI_ERROR_INV_MECH: ViStatus = 0xBFFF_0027_u32 as ViStatus;
/// No handler installed for the event (or cannot install several).
pub const VI_ERROR_HNDLR_NINSTALLED: ViStatus = 0xBFFF_0028_u32 as ViStatus;
/// Handler or user handle does not match an installed one.
pub const VI_ERROR_INV_HNDLR_REF: ViStatus = 0xBFFF_0029_u32 as ViStatus;
/// Event context argument invalid (must be VI_NULL).
pub const VI_ERROR_INV_CONTEXT: ViStatus = 0xBFFF_002A_u32 as ViStatus;
/// Event queue overflowed (kept in vendor headers and PyVISA, absent from the IVI 7.1 header; use VI_WARN_QUEUE_OVERFLOW).
pub const VI_ERROR_QUEUE_OVERFLOW: ViStatus = 0xBFFF_002D_u32 as ViStatus;
/// Session is not enabled for that event.
pub const VI_ERROR_NENABLED: ViStatus = 0xBFFF_002F_u32 as ViStatus;
/// Operation was terminated by viTerminate / viClose.
pub const VI_ERROR_ABORT: ViStatus = 0xBFFF_0030_u32 as ViStatus;
/// Raw write protocol broken during the transfer (VXI word serial).
pub const VI_ERROR_RAW_WR_PROT_VIOL: ViStatus = 0xBFFF_0034_u32 as ViStatus;
/// Raw read protocol broken during the transfer (VXI word serial).
pub const VI_ERROR_RAW_RD_PROT_VIOL: ViStatus = 0xBFFF_0035_u32 as ViStatus;
/// Device reported an output protocol error.
pub const VI_ERROR_OUTP_PROT_VIOL: ViStatus = 0xBFFF_0036_u32 as ViStatus;
/// Device reported an input protocol error.
pub const VI_ERROR_INP_PROT_VIOL: ViStatus = 0xBFFF_0037_u32 as ViStatus;
/// Bus error during the transfer.
pub const VI_ERROR_BERR: ViStatus = 0xBFFF_0038_u32 as ViStatus;
/// Cannot start: a conflicting operation is already running.
pub const VI_ERROR_IN_PROGRESS: ViStatus = 0xBFFF_0039_u32 as ViStatus;
/// Cannot start: setup (attributes) is inconsistent or invalid.
pub const VI_ERROR_INV_SETUP: ViStatus = 0xBFFF_003A_u32 as ViStatus;
/// Async operation could not be queued.
pub const VI_ERROR_QUEUE_ERROR: ViStatus = 0xBFFF_003B_u32 as ViStatus;
/// Resources or memory exhausted.
pub const VI_ERROR_ALLOC: ViStatus = 0xBFFF_003C_u32 as ViStatus;
/// Buffer mask invalid.
pub const VI_ERROR_INV_MASK: ViStatus = 0xBFFF_003D_u32 as ViStatus;
/// I/O failure.
pub const VI_ERROR_IO: ViStatus = 0xBFFF_003E_u32 as ViStatus;
/// Format string has an invalid specifier.
pub const VI_ERROR_INV_FMT: ViStatus = 0xBFFF_003F_u32 as ViStatus;
/// Format specifier valid but not supported.
pub const VI_ERROR_NSUP_FMT: ViStatus = 0xBFFF_0041_u32 as ViStatus;
/// Trigger line already in use.
pub const VI_ERROR_LINE_IN_USE: ViStatus = 0xBFFF_0042_u32 as ViStatus;
/// Attempt to use a line that was not reserved (PXI; added in 5.x).
pub const VI_ERROR_LINE_NRESERVED: ViStatus = 0xBFFF_0043_u32 as ViStatus;
/// Mode not supported.
pub const VI_ERROR_NSUP_MODE: ViStatus = 0xBFFF_0046_u32 as ViStatus;
/// No service request received for this session.
pub const VI_ERROR_SRQ_NOCCURRED: ViStatus = 0xBFFF_004A_u32 as ViStatus;
/// Address space invalid.
pub const VI_ERROR_INV_SPACE: ViStatus = 0xBFFF_004E_u32 as ViStatus;
/// Offset invalid.
pub const VI_ERROR_INV_OFFSET: ViStatus = 0xBFFF_0051_u32 as ViStatus;
/// Access width invalid.
pub const VI_ERROR_INV_WIDTH: ViStatus = 0xBFFF_0052_u32 as ViStatus;
/// Offset not reachable from this hardware.
pub const VI_ERROR_NSUP_OFFSET: ViStatus = 0xBFFF_0054_u32 as ViStatus;
/// Source and destination widths may not differ.
pub const VI_ERROR_NSUP_VAR_WIDTH: ViStatus = 0xBFFF_0055_u32 as ViStatus;
/// No window mapped on the session.
pub const VI_ERROR_WINDOW_NMAPPED: ViStatus = 0xBFFF_0057_u32 as ViStatus;
/// Earlier response still unread: multiple-query error.
pub const VI_ERROR_RESP_PENDING: ViStatus = 0xBFFF_0059_u32 as ViStatus;
/// No listener on the bus (NRFD and NDAC both deasserted).
pub const VI_ERROR_NLISTENERS: ViStatus = 0xBFFF_005F_u32 as ViStatus;
/// Interface is not controller in charge.
pub const VI_ERROR_NCIC: ViStatus = 0xBFFF_0060_u32 as ViStatus;
/// Interface is not system controller.
pub const VI_ERROR_NSYS_CNTLR: ViStatus = 0xBFFF_0061_u32 as ViStatus;
/// Operation not supported by this object.
pub const VI_ERROR_NSUP_OPER: ViStatus = 0xBFFF_0067_u32 as ViStatus;
/// Earlier interrupt not yet acknowledged.
pub const VI_ERROR_INTR_PENDING: ViStatus = 0xBFFF_0068_u32 as ViStatus;
/// Parity error while receiving.
pub const VI_ERROR_ASRL_PARITY: ViStatus = 0xBFFF_006A_u32 as ViStatus;
/// Framing error while receiving.
pub const VI_ERROR_ASRL_FRAMING: ViStatus = 0xBFFF_006B_u32 as ViStatus;
/// Receiver overrun: character lost in hardware.
pub const VI_ERROR_ASRL_OVERRUN: ViStatus = 0xBFFF_006C_u32 as ViStatus;
/// Trigger route is not mapped.
pub const VI_ERROR_TRIG_NMAPPED: ViStatus = 0xBFFF_006E_u32 as ViStatus;
/// Offset not aligned for the width.
pub const VI_ERROR_NSUP_ALIGN_OFFSET: ViStatus = 0xBFFF_0070_u32 as ViStatus;
/// User buffer invalid or not accessible for the size.
pub const VI_ERROR_USER_BUF: ViStatus = 0xBFFF_0071_u32 as ViStatus;
/// Resource exists but cannot be accessed now (e.g. opened by another program).
pub const VI_ERROR_RSRC_BUSY: ViStatus = 0xBFFF_0072_u32 as ViStatus;
/// Width not supported by the hardware.
pub const VI_ERROR_NSUP_WIDTH: ViStatus = 0xBFFF_0076_u32 as ViStatus;
/// A parameter value is invalid.
pub const VI_ERROR_INV_PARAMETER: ViStatus = 0xBFFF_0078_u32 as ViStatus;
/// Protocol value invalid.
pub const VI_ERROR_INV_PROT: ViStatus = 0xBFFF_0079_u32 as ViStatus;
/// Window/memory size invalid.
pub const VI_ERROR_INV_SIZE: ViStatus = 0xBFFF_007B_u32 as ViStatus;
/// Session has a mapped window already.
pub const VI_ERROR_WINDOW_MAPPED: ViStatus = 0xBFFF_0080_u32 as ViStatus;
/// Operation defined but not implemented here.
pub const VI_ERROR_NIMPL_OPER: ViStatus = 0xBFFF_0081_u32 as ViStatus;
/// Length invalid.
pub const VI_ERROR_INV_LENGTH: ViStatus = 0xBFFF_0083_u32 as ViStatus;
/// Mode value invalid.
pub const VI_ERROR_INV_MODE: ViStatus = 0xBFFF_0091_u32 as ViStatus;
/// Session holds no lock (viUnlock).
pub const VI_ERROR_SESN_NLOCKED: ViStatus = 0xBFFF_009C_u32 as ViStatus;
/// Device does not export shared memory.
pub const VI_ERROR_MEM_NSHARED: ViStatus = 0xBFFF_009D_u32 as ViStatus;
/// Code library/driver needed could not be found or loaded.
pub const VI_ERROR_LIBRARY_NFOUND: ViStatus = 0xBFFF_009E_u32 as ViStatus;
/// Interface cannot generate that interrupt.
pub const VI_ERROR_NSUP_INTR: ViStatus = 0xBFFF_009F_u32 as ViStatus;
/// Line value invalid.
pub const VI_ERROR_INV_LINE: ViStatus = 0xBFFF_00A0_u32 as ViStatus;
/// File could not be opened.
pub const VI_ERROR_FILE_ACCESS: ViStatus = 0xBFFF_00A1_u32 as ViStatus;
/// Reading or writing the file failed.
pub const VI_ERROR_FILE_IO: ViStatus = 0xBFFF_00A2_u32 as ViStatus;
/// Line valid but not supported.
pub const VI_ERROR_NSUP_LINE: ViStatus = 0xBFFF_00A3_u32 as ViStatus;
/// Mechanism not supported for that event.
pub const VI_ERROR_NSUP_MECH: ViStatus = 0xBFFF_00A4_u32 as ViStatus;
/// Interface type is fine, board number is not configured.
pub const VI_ERROR_INTF_NUM_NCONFIG: ViStatus = 0xBFFF_00A5_u32 as ViStatus;
/// Connection to the resource was lost.
pub const VI_ERROR_CONN_LOST: ViStatus = 0xBFFF_00A6_u32 as ViStatus;
/// Remote machine does not exist or accepts no connections (NI remote VISA; in NI 7.2 header and PyVISA, not in IVI 7.1).
pub const VI_ERROR_MACHINE_NAVAIL: ViStatus = 0xBFFF_00A7_u32 as ViStatus;
/// Permission to the resource or remote machine denied.
pub const VI_ERROR_NPERMISSION: ViStatus = 0xBFFF_00A8_u32 as ViStatus;
/// Hardware is not genuine (NI extension).
pub const VI_ERROR_HW_NGENUINE: ViStatus = 0xBFFF_00AA_u32 as ViStatus;
/// Server certificate problem: expired, untrusted or otherwise invalid (VISA 7.x).
pub const VI_ERROR_SERVER_CERT: ViStatus = 0xBFFF_00B0_u32 as ViStatus;
/// Server certificate is not trusted (VISA 7.2).
pub const VI_ERROR_SERVER_CERT_UNTRUSTED: ViStatus = 0xBFFF_00B1_u32 as ViStatus;
/// Server certificate has expired (VISA 7.2).
pub const VI_ERROR_SERVER_CERT_EXPIRED: ViStatus = 0xBFFF_00B2_u32 as ViStatus;
/// Server certificate was revoked (VISA 7.2).
pub const VI_ERROR_SERVER_CERT_REVOKED: ViStatus = 0xBFFF_00B3_u32 as ViStatus;
/// Server certificate subject does not match (VISA 7.2).
pub const VI_ERROR_SERVER_CERT_INV_SUBJECT: ViStatus = 0xBFFF_00B4_u32 as ViStatus;

/// Every status: number, name and text. Aliases (VI_ERROR_INV_SESSION) are left out.
pub static TABLE: &[(ViStatus, &str, &str)] = &[
    (
        VI_SUCCESS,
        "VI_SUCCESS",
        "Done; for reads: ended because END (or the interface equivalent) was seen.",
    ),
    (
        VI_SUCCESS_EVENT_EN,
        "VI_SUCCESS_EVENT_EN",
        "Event was already enabled for at least one of the mechanisms asked.",
    ),
    (
        VI_SUCCESS_EVENT_DIS,
        "VI_SUCCESS_EVENT_DIS",
        "Event was already disabled for at least one of the mechanisms asked.",
    ),
    (VI_SUCCESS_QUEUE_EMPTY, "VI_SUCCESS_QUEUE_EMPTY", "Discard worked, queue held nothing."),
    (
        VI_SUCCESS_TERM_CHAR,
        "VI_SUCCESS_TERM_CHAR",
        "Read ended on the enabled termination character.",
    ),
    (
        VI_SUCCESS_MAX_CNT,
        "VI_SUCCESS_MAX_CNT",
        "Read ended because the requested byte count was reached; more data may wait.",
    ),
    (
        VI_SUCCESS_DEV_NPRESENT,
        "VI_SUCCESS_DEV_NPRESENT",
        "Session opened but nothing answers at that address.",
    ),
    (VI_SUCCESS_TRIG_MAPPED, "VI_SUCCESS_TRIG_MAPPED", "That trigger route existed already."),
    (
        VI_SUCCESS_QUEUE_NEMPTY,
        "VI_SUCCESS_QUEUE_NEMPTY",
        "Event delivered and at least one more of the awaited type(s) is queued.",
    ),
    (
        VI_SUCCESS_NCHAIN,
        "VI_SUCCESS_NCHAIN",
        "Returned BY a handler: handled, do not call the remaining handlers.",
    ),
    (
        VI_SUCCESS_NESTED_SHARED,
        "VI_SUCCESS_NESTED_SHARED",
        "Call worked; session still/now holds nested shared locks.",
    ),
    (
        VI_SUCCESS_NESTED_EXCLUSIVE,
        "VI_SUCCESS_NESTED_EXCLUSIVE",
        "Call worked; session still/now holds nested exclusive locks.",
    ),
    (
        VI_SUCCESS_SYNC,
        "VI_SUCCESS_SYNC",
        "Async request was carried out synchronously (completion event is posted all the same).",
    ),
    (
        VI_WARN_QUEUE_OVERFLOW,
        "VI_WARN_QUEUE_OVERFLOW",
        "Event delivered, but earlier occurrences were dropped because the queue was full.",
    ),
    (
        VI_WARN_CONFIG_NLOADED,
        "VI_WARN_CONFIG_NLOADED",
        "VI_LOAD_CONFIG asked, stored configuration missing or unusable; defaults in force.",
    ),
    (VI_WARN_NULL_OBJECT, "VI_WARN_NULL_OBJECT", "Object reference VI_NULL was passed (viClose)."),
    (
        VI_WARN_NSUP_ATTR_STATE,
        "VI_WARN_NSUP_ATTR_STATE",
        "Value is legal but this implementation does not support it; attribute unchanged or approximated.",
    ),
    (VI_WARN_UNKNOWN_STATUS, "VI_WARN_UNKNOWN_STATUS", "ViStatusDesc does not know that code."),
    (VI_WARN_NSUP_BUF, "VI_WARN_NSUP_BUF", "Buffer named in the mask is not supported."),
    (
        VI_WARN_EXT_FUNC_NIMPL,
        "VI_WARN_EXT_FUNC_NIMPL",
        "Call worked, a lower driver lacks the extended part.",
    ),
    (
        VI_WARN_SERVER_CERT_UNTRUSTED,
        "VI_WARN_SERVER_CERT_UNTRUSTED",
        "TLS connection made although the server certificate is not trusted (VISA 7.x).",
    ),
    (
        VI_WARN_SERVER_CERT_INV_SUBJECT,
        "VI_WARN_SERVER_CERT_INV_SUBJECT",
        "TLS connection made although the certificate subject does not match (VISA 7.2).",
    ),
    (VI_ERROR_SYSTEM_ERROR, "VI_ERROR_SYSTEM_ERROR", "Unexpected system or internal failure."),
    (
        VI_ERROR_INV_OBJECT,
        "VI_ERROR_INV_OBJECT",
        "Session, event or find-list handle is not valid (alias VI_ERROR_INV_SESSION).",
    ),
    (
        VI_ERROR_RSRC_LOCKED,
        "VI_ERROR_RSRC_LOCKED",
        "Lock held by someone else forbids the operation, or the lock type cannot be granted.",
    ),
    (VI_ERROR_INV_EXPR, "VI_ERROR_INV_EXPR", "ViFindRsrc expression is malformed."),
    (
        VI_ERROR_RSRC_NFOUND,
        "VI_ERROR_RSRC_NFOUND",
        "No such device/resource, or too little location information.",
    ),
    (VI_ERROR_INV_RSRC_NAME, "VI_ERROR_INV_RSRC_NAME", "Resource string does not parse."),
    (VI_ERROR_INV_ACC_MODE, "VI_ERROR_INV_ACC_MODE", "Access mode value is invalid."),
    (VI_ERROR_TMO, "VI_ERROR_TMO", "Time ran out before completion."),
    (
        VI_ERROR_CLOSING_FAILED,
        "VI_ERROR_CLOSING_FAILED",
        "Could not release the data structures of the object.",
    ),
    (VI_ERROR_INV_DEGREE, "VI_ERROR_INV_DEGREE", "ViTerminate degree is invalid."),
    (VI_ERROR_INV_JOB_ID, "VI_ERROR_INV_JOB_ID", "Job id is unknown (or already finished)."),
    (
        VI_ERROR_NSUP_ATTR,
        "VI_ERROR_NSUP_ATTR",
        "Attribute is not defined/supported for this object.",
    ),
    (
        VI_ERROR_NSUP_ATTR_STATE,
        "VI_ERROR_NSUP_ATTR_STATE",
        "Attribute value is invalid or unsupported.",
    ),
    (VI_ERROR_ATTR_READONLY, "VI_ERROR_ATTR_READONLY", "Attribute cannot be written (now)."),
    (VI_ERROR_INV_LOCK_TYPE, "VI_ERROR_INV_LOCK_TYPE", "Lock type is invalid/unsupported."),
    (VI_ERROR_INV_ACCESS_KEY, "VI_ERROR_INV_ACCESS_KEY", "Requested access key does not fit."),
    (VI_ERROR_INV_EVENT, "VI_ERROR_INV_EVENT", "Event type not supported by the resource."),
    (VI_ERROR_INV_MECH, "VI_ERROR_INV_MECH", "Mechanism value invalid for that event."),
    (
        VI_ERROR_HNDLR_NINSTALLED,
        "VI_ERROR_HNDLR_NINSTALLED",
        "No handler installed for the event (or cannot install several).",
    ),
    (
        VI_ERROR_INV_HNDLR_REF,
        "VI_ERROR_INV_HNDLR_REF",
        "Handler or user handle does not match an installed one.",
    ),
    (
        VI_ERROR_INV_CONTEXT,
        "VI_ERROR_INV_CONTEXT",
        "Event context argument invalid (must be VI_NULL).",
    ),
    (
        VI_ERROR_QUEUE_OVERFLOW,
        "VI_ERROR_QUEUE_OVERFLOW",
        "Event queue overflowed (kept in vendor headers and PyVISA, absent from the IVI 7.1 header; use VI_WARN_QUEUE_OVERFLOW).",
    ),
    (VI_ERROR_NENABLED, "VI_ERROR_NENABLED", "Session is not enabled for that event."),
    (VI_ERROR_ABORT, "VI_ERROR_ABORT", "Operation was terminated by viTerminate / viClose."),
    (
        VI_ERROR_RAW_WR_PROT_VIOL,
        "VI_ERROR_RAW_WR_PROT_VIOL",
        "Raw write protocol broken during the transfer (VXI word serial).",
    ),
    (
        VI_ERROR_RAW_RD_PROT_VIOL,
        "VI_ERROR_RAW_RD_PROT_VIOL",
        "Raw read protocol broken during the transfer (VXI word serial).",
    ),
    (
        VI_ERROR_OUTP_PROT_VIOL,
        "VI_ERROR_OUTP_PROT_VIOL",
        "Device reported an output protocol error.",
    ),
    (VI_ERROR_INP_PROT_VIOL, "VI_ERROR_INP_PROT_VIOL", "Device reported an input protocol error."),
    (VI_ERROR_BERR, "VI_ERROR_BERR", "Bus error during the transfer."),
    (
        VI_ERROR_IN_PROGRESS,
        "VI_ERROR_IN_PROGRESS",
        "Cannot start: a conflicting operation is already running.",
    ),
    (
        VI_ERROR_INV_SETUP,
        "VI_ERROR_INV_SETUP",
        "Cannot start: setup (attributes) is inconsistent or invalid.",
    ),
    (VI_ERROR_QUEUE_ERROR, "VI_ERROR_QUEUE_ERROR", "Async operation could not be queued."),
    (VI_ERROR_ALLOC, "VI_ERROR_ALLOC", "Resources or memory exhausted."),
    (VI_ERROR_INV_MASK, "VI_ERROR_INV_MASK", "Buffer mask invalid."),
    (VI_ERROR_IO, "VI_ERROR_IO", "I/O failure."),
    (VI_ERROR_INV_FMT, "VI_ERROR_INV_FMT", "Format string has an invalid specifier."),
    (VI_ERROR_NSUP_FMT, "VI_ERROR_NSUP_FMT", "Format specifier valid but not supported."),
    (VI_ERROR_LINE_IN_USE, "VI_ERROR_LINE_IN_USE", "Trigger line already in use."),
    (
        VI_ERROR_LINE_NRESERVED,
        "VI_ERROR_LINE_NRESERVED",
        "Attempt to use a line that was not reserved (PXI; added in 5.x).",
    ),
    (VI_ERROR_NSUP_MODE, "VI_ERROR_NSUP_MODE", "Mode not supported."),
    (
        VI_ERROR_SRQ_NOCCURRED,
        "VI_ERROR_SRQ_NOCCURRED",
        "No service request received for this session.",
    ),
    (VI_ERROR_INV_SPACE, "VI_ERROR_INV_SPACE", "Address space invalid."),
    (VI_ERROR_INV_OFFSET, "VI_ERROR_INV_OFFSET", "Offset invalid."),
    (VI_ERROR_INV_WIDTH, "VI_ERROR_INV_WIDTH", "Access width invalid."),
    (VI_ERROR_NSUP_OFFSET, "VI_ERROR_NSUP_OFFSET", "Offset not reachable from this hardware."),
    (
        VI_ERROR_NSUP_VAR_WIDTH,
        "VI_ERROR_NSUP_VAR_WIDTH",
        "Source and destination widths may not differ.",
    ),
    (VI_ERROR_WINDOW_NMAPPED, "VI_ERROR_WINDOW_NMAPPED", "No window mapped on the session."),
    (
        VI_ERROR_RESP_PENDING,
        "VI_ERROR_RESP_PENDING",
        "Earlier response still unread: multiple-query error.",
    ),
    (
        VI_ERROR_NLISTENERS,
        "VI_ERROR_NLISTENERS",
        "No listener on the bus (NRFD and NDAC both deasserted).",
    ),
    (VI_ERROR_NCIC, "VI_ERROR_NCIC", "Interface is not controller in charge."),
    (VI_ERROR_NSYS_CNTLR, "VI_ERROR_NSYS_CNTLR", "Interface is not system controller."),
    (VI_ERROR_NSUP_OPER, "VI_ERROR_NSUP_OPER", "Operation not supported by this object."),
    (VI_ERROR_INTR_PENDING, "VI_ERROR_INTR_PENDING", "Earlier interrupt not yet acknowledged."),
    (VI_ERROR_ASRL_PARITY, "VI_ERROR_ASRL_PARITY", "Parity error while receiving."),
    (VI_ERROR_ASRL_FRAMING, "VI_ERROR_ASRL_FRAMING", "Framing error while receiving."),
    (
        VI_ERROR_ASRL_OVERRUN,
        "VI_ERROR_ASRL_OVERRUN",
        "Receiver overrun: character lost in hardware.",
    ),
    (VI_ERROR_TRIG_NMAPPED, "VI_ERROR_TRIG_NMAPPED", "Trigger route is not mapped."),
    (VI_ERROR_NSUP_ALIGN_OFFSET, "VI_ERROR_NSUP_ALIGN_OFFSET", "Offset not aligned for the width."),
    (VI_ERROR_USER_BUF, "VI_ERROR_USER_BUF", "User buffer invalid or not accessible for the size."),
    (
        VI_ERROR_RSRC_BUSY,
        "VI_ERROR_RSRC_BUSY",
        "Resource exists but cannot be accessed now (e.g. opened by another program).",
    ),
    (VI_ERROR_NSUP_WIDTH, "VI_ERROR_NSUP_WIDTH", "Width not supported by the hardware."),
    (VI_ERROR_INV_PARAMETER, "VI_ERROR_INV_PARAMETER", "A parameter value is invalid."),
    (VI_ERROR_INV_PROT, "VI_ERROR_INV_PROT", "Protocol value invalid."),
    (VI_ERROR_INV_SIZE, "VI_ERROR_INV_SIZE", "Window/memory size invalid."),
    (VI_ERROR_WINDOW_MAPPED, "VI_ERROR_WINDOW_MAPPED", "Session has a mapped window already."),
    (VI_ERROR_NIMPL_OPER, "VI_ERROR_NIMPL_OPER", "Operation defined but not implemented here."),
    (VI_ERROR_INV_LENGTH, "VI_ERROR_INV_LENGTH", "Length invalid."),
    (VI_ERROR_INV_MODE, "VI_ERROR_INV_MODE", "Mode value invalid."),
    (VI_ERROR_SESN_NLOCKED, "VI_ERROR_SESN_NLOCKED", "Session holds no lock (viUnlock)."),
    (VI_ERROR_MEM_NSHARED, "VI_ERROR_MEM_NSHARED", "Device does not export shared memory."),
    (
        VI_ERROR_LIBRARY_NFOUND,
        "VI_ERROR_LIBRARY_NFOUND",
        "Code library/driver needed could not be found or loaded.",
    ),
    (VI_ERROR_NSUP_INTR, "VI_ERROR_NSUP_INTR", "Interface cannot generate that interrupt."),
    (VI_ERROR_INV_LINE, "VI_ERROR_INV_LINE", "Line value invalid."),
    (VI_ERROR_FILE_ACCESS, "VI_ERROR_FILE_ACCESS", "File could not be opened."),
    (VI_ERROR_FILE_IO, "VI_ERROR_FILE_IO", "Reading or writing the file failed."),
    (VI_ERROR_NSUP_LINE, "VI_ERROR_NSUP_LINE", "Line valid but not supported."),
    (VI_ERROR_NSUP_MECH, "VI_ERROR_NSUP_MECH", "Mechanism not supported for that event."),
    (
        VI_ERROR_INTF_NUM_NCONFIG,
        "VI_ERROR_INTF_NUM_NCONFIG",
        "Interface type is fine, board number is not configured.",
    ),
    (VI_ERROR_CONN_LOST, "VI_ERROR_CONN_LOST", "Connection to the resource was lost."),
    (
        VI_ERROR_MACHINE_NAVAIL,
        "VI_ERROR_MACHINE_NAVAIL",
        "Remote machine does not exist or accepts no connections (NI remote VISA; in NI 7.2 header and PyVISA, not in IVI 7.1).",
    ),
    (
        VI_ERROR_NPERMISSION,
        "VI_ERROR_NPERMISSION",
        "Permission to the resource or remote machine denied.",
    ),
    (VI_ERROR_HW_NGENUINE, "VI_ERROR_HW_NGENUINE", "Hardware is not genuine (NI extension)."),
    (
        VI_ERROR_SERVER_CERT,
        "VI_ERROR_SERVER_CERT",
        "Server certificate problem: expired, untrusted or otherwise invalid (VISA 7.x).",
    ),
    (
        VI_ERROR_SERVER_CERT_UNTRUSTED,
        "VI_ERROR_SERVER_CERT_UNTRUSTED",
        "Server certificate is not trusted (VISA 7.2).",
    ),
    (
        VI_ERROR_SERVER_CERT_EXPIRED,
        "VI_ERROR_SERVER_CERT_EXPIRED",
        "Server certificate has expired (VISA 7.2).",
    ),
    (
        VI_ERROR_SERVER_CERT_REVOKED,
        "VI_ERROR_SERVER_CERT_REVOKED",
        "Server certificate was revoked (VISA 7.2).",
    ),
    (
        VI_ERROR_SERVER_CERT_INV_SUBJECT,
        "VI_ERROR_SERVER_CERT_INV_SUBJECT",
        "Server certificate subject does not match (VISA 7.2).",
    ),
];

/// The symbolic name of a status, if it has one.
pub fn name(status: ViStatus) -> Option<&'static str> {
    TABLE.iter().find(|row| row.0 == status).map(|row| row.1)
}

/// The text of a status for viStatusDesc, if the code is known. Under 256 bytes, ASCII.
pub fn text(status: ViStatus) -> Option<&'static str> {
    TABLE.iter().find(|row| row.0 == status).map(|row| row.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit_a_description_buffer_and_are_ascii() {
        for (_, name, text) in TABLE {
            assert!(!text.is_empty() && text.len() < 256 && text.is_ascii(), "{name}");
        }
    }

    #[test]
    fn errors_are_negative_and_numbers_are_unique() {
        for (i, (code, name, _)) in TABLE.iter().enumerate() {
            assert_eq!(*code < 0, name.starts_with("VI_ERROR"), "{name}");
            assert!(TABLE[..i].iter().all(|row| row.0 != *code), "{name} repeats a number");
        }
    }
}
