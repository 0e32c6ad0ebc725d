#![forbid(unsafe_code)]
//! The rules that the attribute table keeps, and its agreement with what programs ask for.

mod classes;

use super::*;
use crate::attr::tests::classes::CLASSES;
use crate::attr::tests::classes::COMMON;
use crate::attr::tests::classes::RESOURCES;
use crate::consts::*;
use crate::status::VI_ERROR_ATTR_READONLY;
use crate::status::VI_ERROR_NSUP_ATTR_STATE;
use std::collections::BTreeMap;

fn has(kind: Kinds, short: &str) -> bool {
    by_name(&format!("VI_ATTR_{short}"), kind).is_some()
}

fn of(id: ViAttr, kind: Kinds) -> &'static Attr {
    lookup(id, kind).unwrap_or_else(|| panic!("{kind:?} lacks {id:#010X}"))
}

fn short_names(kind: Kinds) -> Vec<&'static str> {
    rows_of(kind).map(|row| row.name.trim_start_matches("VI_ATTR_")).collect()
}

/// Each `accept`ed value once over: the limits of what a row takes.
fn limits(row: &Attr) -> Vec<i64> {
    match row.accepts {
        Accepts::ReadOnly | Accepts::Any => Vec::new(),
        Accepts::Range(low, high) => vec![low, high],
        Accepts::OneOf(values) => values.to_vec(),
        Accepts::Flags(mask) => vec![0, mask],
    }
}

#[test]
fn rows_are_sorted_and_no_object_has_two_of_one_id() {
    for pair in TABLE.windows(2) {
        assert!(pair[0].id <= pair[1].id, "{} comes after {}", pair[0].name, pair[1].name);
    }
    for (i, row) in TABLE.iter().enumerate() {
        assert!(row.kinds != Kinds::NONE, "{} belongs to nothing", row.name);
        for other in TABLE[i + 1..].iter().take_while(|other| other.id == row.id) {
            assert!(!row.kinds.has(other.kinds), "two rows of {} overlap", row.name);
            assert_eq!(row.ty, other.ty, "{} has two widths", row.name);
        }
    }
}

#[test]
fn names_are_those_of_the_constants() {
    let numbers: BTreeMap<&str, u32> = include_str!("../consts.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split_once(": ViAttr = 0x"))
        .map(|(name, number)| {
            let digits = number.trim_end_matches(';').replace('_', "");
            (name, u32::from_str_radix(&digits, 16).expect("hexadecimal"))
        })
        .collect();
    for row in TABLE {
        assert_eq!(numbers.get(row.name), Some(&row.id), "{}", row.name);
    }
}

#[test]
fn bit_31_marks_what_does_not_fit_a_number() {
    // NI's own numbers do not keep to it.
    for row in TABLE.iter().filter(|row| row.id != VI_ATTR_RSRC_USER_ALIAS) {
        assert_eq!(row.id >> 31 == 1, row.ty.width().is_none(), "{}", row.name);
    }
}

#[test]
fn defaults_and_limits_fit_their_type_and_range() {
    for row in TABLE {
        for value in limits(row).into_iter().chain(row.default) {
            assert_eq!(row.ty.read(value as u64), value, "{}: {value} is too wide", row.name);
        }
        if let (Some(value), false) = (row.default, row.is_read_only()) {
            assert_eq!(row.accept(value as u64).ok(), Some(value), "{}", row.name);
        }
    }
}

#[test]
fn homes_agree_with_access_and_scope() {
    for row in TABLE {
        let name = row.name;
        match row.home {
            Home::Session => {
                assert_eq!(row.scope, Scope::Local, "{name}: stored in the session");
                assert!(row.default.is_some(), "{name}: a session starts with a value");
                assert!(!row.is_read_only(), "{name}: nobody could ever change it");
            }
            Home::Resource => assert_eq!(row.scope, Scope::Global, "{name}"),
            Home::Name | Home::Library => {
                assert!(row.is_read_only(), "{name}: cannot change while open");
                assert_eq!(row.scope, Scope::Global, "{name}");
            }
            Home::Context => assert!(row.is_read_only(), "{name}"),
            Home::Link | Home::Live => {}
        }
        assert_eq!(row.home == Home::Context, row.kinds == Kinds::EVENT, "{name}");
        if row.ty.width().is_none() {
            assert!(row.is_read_only(), "{name}: viSetAttribute carries numbers only");
        }
    }
}

#[test]
fn classes_have_what_pyvisa_lists() {
    assert_eq!(Kinds::RESOURCE.names().count(), RESOURCES.len(), "a kind is not tested");
    assert_eq!(COMMON.split_whitespace().count(), 13);
    for kind in RESOURCES {
        for name in COMMON.split_whitespace().chain(["RM_SESSION"]) {
            assert!(has(kind, name), "{kind:?} lacks {name}");
        }
    }
    for (kind, count, names) in CLASSES {
        assert_eq!(names.split_whitespace().count(), count, "list of {kind:?}");
        for name in names.split_whitespace() {
            assert!(has(kind, name), "{kind:?} lacks {name}");
        }
    }
}

#[test]
fn every_instrument_and_message_session_has_its_required_set() {
    // Rule 5.1.11, for the INSTR classes; FireWire is no class of the standard.
    let instruments = Kinds::GPIB_INSTR | Kinds::VXI_INSTR | Kinds::PXI_INSTR | Kinds::ASRL_INSTR;
    let instruments = instruments | Kinds::GPIB_VXI_INSTR | Kinds::TCPIP_INSTR | Kinds::USB_INSTR;
    // Rule 5.1.12, without SUPPRESS_END_EN, which boards and servants lack.
    let message = "IO_PROT SEND_END_EN TERMCHAR TERMCHAR_EN RD_BUF_OPER_MODE WR_BUF_OPER_MODE \
        FILE_APPEND_EN";
    for kind in RESOURCES {
        for name in ["DMA_ALLOW_EN", "TRIG_ID"] {
            assert!(!kind.has(instruments) || has(kind, name), "{kind:?} lacks {name}");
        }
        for name in message.split_whitespace() {
            assert_eq!(kind.has(Kinds::MESSAGE_BASED), has(kind, name), "{kind:?} and {name}");
        }
    }
}

/// A manager lists what is configured (1) and searches by VXI-11 broadcast (2) and mDNS (4).
#[test]
fn a_mode_of_searching_that_does_not_exist_is_refused() {
    let mode = lookup(VI_RS_ATTR_TCPIP_FIND_RSRC_MODE, Kinds::MANAGER).expect("a row");
    for known in 0..=7 {
        assert_eq!(mode.accept(known), Ok(known as i64));
    }
    for unknown in [8, 9, 0x8000_0000] {
        let refused = mode.accept(unknown).expect_err("no such mode");
        assert_eq!(refused.code, VI_ERROR_NSUP_ATTR_STATE, "{unknown}");
    }
}

#[test]
fn managers_have_only_what_concerns_the_library_and_their_search() {
    assert_eq!(
        short_names(Kinds::MANAGER),
        [
            "VI_RS_ATTR_TCPIP_FIND_RSRC_TMO",
            "VI_RS_ATTR_TCPIP_FIND_RSRC_MODE",
            "RSRC_IMPL_VERSION",
            "RSRC_LOCK_STATE",
            "MAX_QUEUE_LENGTH",
            "USER_DATA_32",
            "USER_DATA_64",
            "RM_SESSION",
            "RSRC_SPEC_VERSION",
            "RSRC_MANF_ID",
            "RSRC_CLASS",
            "RSRC_NAME",
            "RSRC_MANF_NAME",
        ]
    );
    assert_eq!(short_names(Kinds::FIND_LIST), [""; 0]);
}

#[test]
fn event_contexts_carry_what_the_events_tell() {
    let mut names = short_names(Kinds::EVENT);
    names.sort_unstable();
    assert_eq!(
        names.join(" "),
        "BUFFER EVENT_TYPE GPIB_RECV_CIC_STATE INTR_STATUS_ID JOB_ID OPER_NAME \
         PXI_RECV_INTR_DATA PXI_RECV_INTR_SEQ RECV_INTR_LEVEL RECV_TCPIP_ADDR RECV_TRIG_ID \
         RET_COUNT_32 RET_COUNT_64 SIGP_STATUS_ID STATUS USB_RECV_INTR_DATA USB_RECV_INTR_SIZE \
         VXI_DEV_CMD_TYPE VXI_DEV_CMD_VALUE"
    );
}

#[test]
fn protocols_of_tcpip_differ() {
    let (vxi11, hislip) = (Kinds::TCPIP_VXI11, Kinds::TCPIP_HISLIP);
    for row in rows_of(hislip).filter(|row| row.name.contains("TCPIP_HISLIP_")) {
        assert!(lookup(row.id, vxi11).is_none(), "VXI-11 has {}", row.name);
    }
    // Rule 5.1.17.
    for name in ["TCPIP_PORT", "TCPIP_NODELAY", "TCPIP_KEEPALIVE"] {
        assert!(has(hislip, name), "{name}");
    }
    assert!(has(vxi11, "TCPIP_IS_HISLIP"), "rule 5.1.29");
    assert!(has(vxi11, "TCPIP_KEEPALIVE") && !has(vxi11, "TCPIP_PORT"));
}

#[test]
fn classes_accept_different_values_of_one_attribute() {
    // Class, then the one IO_PROT beyond VI_PROT_NORMAL that it knows.
    for (kind, extra) in [
        (Kinds::GPIB_INSTR, VI_PROT_HS488),
        (Kinds::GPIB_INTFC, VI_PROT_HS488),
        (Kinds::VXI_INSTR, VI_PROT_FDC),
        (Kinds::GPIB_VXI_INSTR, VI_PROT_FDC),
        (Kinds::ASRL_INSTR, VI_PROT_4882_STRS),
        (Kinds::TCPIP_SOCKET, VI_PROT_4882_STRS),
        (Kinds::USB_RAW, VI_PROT_4882_STRS),
        (Kinds::USB_INSTR, VI_PROT_USBTMC_VENDOR),
        (Kinds::TCPIP_VXI11, VI_PROT_NORMAL),
        (Kinds::TCPIP_HISLIP, VI_PROT_NORMAL),
    ] {
        let row = of(VI_ATTR_IO_PROT, kind);
        for value in 0..=6 {
            let known = value == VI_PROT_NORMAL || value == extra;
            assert_eq!(row.accept(value.into()).is_ok(), known, "{kind:?}, IO_PROT {value}");
        }
    }
    for kind in [Kinds::GPIB_INSTR, Kinds::TCPIP_VXI11, Kinds::USB_INSTR, Kinds::ASRL_INSTR] {
        let row = of(VI_ATTR_TRIG_ID, kind);
        assert_eq!(row.default, Some(VI_TRIG_SW.into()));
        assert_eq!(row.accept(0).unwrap_err().code, VI_ERROR_NSUP_ATTR_STATE, "{kind:?}");
    }
    let lines =
        |kind| (-2..=36i64).filter(move |&n| of(VI_ATTR_TRIG_ID, kind).accept(n as u64).is_ok());
    assert!(lines(Kinds::VXI_BACKPLANE).eq((-1..=9).chain(27..=35)));
    assert!(lines(Kinds::PXI_BACKPLANE).eq((-1..=7).chain(14..=26)));
    assert_eq!(of(VI_ATTR_SUPPRESS_END_EN, Kinds::TCPIP_SOCKET).default, Some(1));
    assert_eq!(of(VI_ATTR_SUPPRESS_END_EN, Kinds::TCPIP_VXI11).default, Some(0));
    assert!(lookup(VI_ATTR_SUPPRESS_END_EN, Kinds::GPIB_INTFC).is_none());
}

#[test]
fn access_differs_by_class_where_the_standard_says_so() {
    for (id, kind, writable, home) in [
        (VI_ATTR_GPIB_PRIMARY_ADDR, Kinds::GPIB_INSTR, false, Home::Name),
        (VI_ATTR_GPIB_PRIMARY_ADDR, Kinds::GPIB_INTFC, true, Home::Link),
        (VI_ATTR_GPIB_PRIMARY_ADDR, Kinds::GPIB_VXI_INSTR, false, Home::Link),
        (VI_ATTR_GPIB_SECONDARY_ADDR, Kinds::GPIB_SERVANT, true, Home::Link),
        (VI_ATTR_PXI_TRIG_BUS, Kinds::PXI_INSTR, false, Home::Link),
        (VI_ATTR_PXI_TRIG_BUS, Kinds::PXI_BACKPLANE, true, Home::Session),
        (VI_ATTR_MANF_ID, Kinds::USB_RAW, false, Home::Name),
        (VI_ATTR_MANF_ID, Kinds::PXI_INSTR, false, Home::Link),
        (VI_ATTR_VXI_LA, Kinds::VXI_INSTR, false, Home::Name),
        (VI_ATTR_VXI_LA, Kinds::VXI_MEMACC, false, Home::Link),
        (VI_ATTR_TMO_VALUE, Kinds::REMOTE, true, Home::Session),
        (VI_ATTR_MAX_QUEUE_LENGTH, Kinds::MANAGER, true, Home::Live),
        (VI_ATTR_INTF_TYPE, Kinds::ASRL_INSTR, false, Home::Name),
        (VI_ATTR_RSRC_NAME, Kinds::MANAGER, false, Home::Library),
        (VI_ATTR_RD_BUF_SIZE, Kinds::ASRL_INSTR, false, Home::Live),
        (VI_ATTR_ASRL_BAUD, Kinds::ASRL_INSTR, true, Home::Link),
        (VI_ATTR_ASRL_RI_STATE, Kinds::ASRL_INSTR, false, Home::Link),
        (VI_ATTR_WIN_ACCESS, Kinds::PXI_MEMACC, false, Home::Live),
        (VI_ATTR_TCPIP_HISLIP_VERSION, Kinds::TCPIP_HISLIP, false, Home::Link),
        (VI_ATTR_DEV_STATUS_BYTE, Kinds::TCPIP_SERVANT, true, Home::Link),
        (VI_KTATTR_LOCKWAIT, Kinds::TCPIP_VXI11, true, Home::Session),
    ] {
        let row = of(id, kind);
        assert_eq!((!row.is_read_only(), row.home), (writable, home), "{} on {kind:?}", row.name);
    }
}

#[test]
fn refused_values_say_why() {
    let readonly = of(VI_ATTR_INTF_TYPE, Kinds::TCPIP_SOCKET).accept(6).unwrap_err();
    assert_eq!(readonly.code, VI_ERROR_ATTR_READONLY);
    let serial = |id, raw: i64| of(id, Kinds::ASRL_INSTR).accept(raw as u64).map_err(|e| e.code);
    assert_eq!(serial(VI_ATTR_ASRL_DATA_BITS, 9), Err(VI_ERROR_NSUP_ATTR_STATE));
    assert_eq!(serial(VI_ATTR_ASRL_STOP_BITS, 15), Ok(15));
    assert_eq!(serial(VI_ATTR_ASRL_STOP_BITS, 1), Err(VI_ERROR_NSUP_ATTR_STATE));
    assert_eq!(serial(VI_ATTR_ASRL_FLOW_CNTRL, 3), Ok(3));
    assert_eq!(serial(VI_ATTR_ASRL_FLOW_CNTRL, 8), Err(VI_ERROR_NSUP_ATTR_STATE));
    assert_eq!(serial(VI_ATTR_ASRL_END_IN, 4), Err(VI_ERROR_NSUP_ATTR_STATE));
    assert_eq!(serial(VI_ATTR_ASRL_END_OUT, 3), Ok(3));
    assert_eq!(serial(VI_ATTR_ASRL_DTR_STATE, -1), Err(VI_ERROR_NSUP_ATTR_STATE));
    assert_eq!(serial(VI_ATTR_MAX_QUEUE_LENGTH, 0), Err(VI_ERROR_NSUP_ATTR_STATE));
    assert_eq!(serial(VI_ATTR_TERMCHAR, 0x1FF), Err(VI_ERROR_NSUP_ATTR_STATE));
    assert_eq!(serial(VI_ATTR_TMO_VALUE, -1), Ok(0xFFFF_FFFF));
    assert_eq!(serial(VI_ATTR_TERMCHAR_EN, 2), Ok(1));
}

#[test]
fn types_store_their_own_width() {
    for (id, kind, width) in [
        (VI_ATTR_TERMCHAR, Kinds::USB_RAW, Some(1)),
        (VI_ATTR_TERMCHAR_EN, Kinds::USB_RAW, Some(2)),
        (VI_ATTR_TRIG_ID, Kinds::USB_INSTR, Some(2)),
        (VI_ATTR_INTF_NUM, Kinds::USB_RAW, Some(2)),
        (VI_ATTR_SRC_INCREMENT, Kinds::PXI_MEMACC, Some(4)),
        (VI_ATTR_RSRC_LOCK_STATE, Kinds::USB_RAW, Some(4)),
        (VI_ATTR_RM_SESSION, Kinds::USB_RAW, Some(4)),
        (VI_ATTR_STATUS, Kinds::EVENT, Some(4)),
        (VI_ATTR_USER_DATA_32, Kinds::MANAGER, Some(4)),
        (VI_ATTR_USER_DATA_64, Kinds::MANAGER, Some(8)),
        (VI_ATTR_BUFFER, Kinds::EVENT, Some(size_of::<usize>())),
        (VI_ATTR_RSRC_NAME, Kinds::MANAGER, None),
        (VI_ATTR_USB_RECV_INTR_DATA, Kinds::EVENT, None),
    ] {
        let row = of(id, kind);
        assert_eq!(row.ty.width(), width, "{}", row.name);
    }
}

#[test]
fn only_the_bits_of_the_type_are_read() {
    const MINUS_ONE: u64 = u64::MAX;
    for (ty, raw, value) in [
        (Type::Boolean, MINUS_ONE, 1),
        (Type::Boolean, 0xDEAD_0000, 0),
        (Type::U8, MINUS_ONE, 0xFF),
        (Type::U8, 0x1FF, 0xFF),
        (Type::I16, MINUS_ONE, -1),
        (Type::I16, 0xDEAD_FFFF, -1),
        (Type::I16, 0x8000, -32768),
        (Type::U16, MINUS_ONE, 0xFFFF),
        (Type::I32, MINUS_ONE, -1),
        (Type::I32, 0xDEAD_0000_0001, 1),
        (Type::U32, MINUS_ONE, 0xFFFF_FFFF),
        (Type::U64, MINUS_ONE, -1),
    ] {
        assert_eq!(ty.read(raw), value, "{ty:?} {raw:#X}");
    }
}

#[test]
fn a_byte_is_no_wider_than_a_byte() {
    let row = lookup(VI_ATTR_TERMCHAR, Kinds::TCPIP_SOCKET).unwrap();
    for (raw, value) in [(0, 0), (0xFF, 0xFF), (0xDEAD_0000_000A, 0x0A)] {
        assert_eq!(row.accept(raw), Ok(value), "{raw:#X}");
    }
    for raw in [u64::MAX, u64::from(u32::MAX), 0x100] {
        assert_eq!(row.accept(raw).unwrap_err().code, VI_ERROR_NSUP_ATTR_STATE, "{raw:#X}");
    }
}

#[test]
fn a_slot_is_known_at_compile_time() {
    const TIMEOUT: usize = slot(VI_ATTR_TMO_VALUE);
    const PROTOCOL: usize = slot(VI_ATTR_IO_PROT);
    assert_eq!(TABLE[TIMEOUT].name, "VI_ATTR_TMO_VALUE");
    assert!(TABLE[PROTOCOL].id == VI_ATTR_IO_PROT && TABLE[PROTOCOL - 1].id != VI_ATTR_IO_PROT);
}

#[test]
fn lookup_finds_every_row_for_every_kind() {
    for kind in RESOURCES.into_iter().chain([Kinds::MANAGER, Kinds::EVENT]) {
        for row in rows_of(kind) {
            assert!(std::ptr::eq(of(row.id, kind), row), "{} on {kind:?}", row.name);
            assert!(std::ptr::eq(by_name(row.name, kind).unwrap(), row), "{}", row.name);
        }
    }
    assert!(
        lookup(0, Kinds::GPIB_INSTR).is_none() && lookup(u32::MAX, Kinds::GPIB_INSTR).is_none()
    );
    assert!(lookup(VI_ATTR_TMO_VALUE, Kinds::MANAGER).is_none());
}

#[test]
fn names_without_width_mean_the_platforms_own() {
    for (name, id, kind) in [
        ("VI_ATTR_USER_DATA", VI_ATTR_USER_DATA, Kinds::MANAGER),
        ("VI_ATTR_MEM_BASE", VI_ATTR_MEM_BASE, Kinds::VXI_INSTR),
        ("VI_ATTR_PXI_MEM_SIZE_BAR5", VI_ATTR_PXI_MEM_SIZE_BAR5, Kinds::PXI_INSTR),
        ("VI_ATTR_RET_COUNT", VI_ATTR_RET_COUNT, Kinds::EVENT),
    ] {
        assert_eq!(by_name(name, kind).map(|row| row.id), Some(id), "{name}");
    }
    assert!(by_name("VI_ATTR_MEM", Kinds::VXI_INSTR).is_none());
}
