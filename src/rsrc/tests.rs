#![forbid(unsafe_code)]
//! Names: vectors, ranges, values, and properties on random input.

use crate::attr::Home;
use crate::attr::TABLE;
use crate::attr::Type;
use crate::attr::Value;
use crate::consts::*;
use crate::rsrc::Address;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::status::VI_ERROR_INV_RSRC_NAME;

fn name(text: &str) -> ResourceName {
    ResourceName::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// Text, interface type, viParseRsrc's board number, class, canonical name.
#[rustfmt::skip]
pub(super) const GOOD: &[(&str, u16, u16, &str, &str)] = &[
    ("ASRL1", VI_INTF_ASRL, 1, "INSTR", "ASRL1::INSTR"),
    ("ASRL1::INSTR", VI_INTF_ASRL, 1, "INSTR", "ASRL1::INSTR"),
    ("asrl1::instr", VI_INTF_ASRL, 1, "INSTR", "ASRL1::INSTR"),
    ("ASRL::INSTR", VI_INTF_ASRL, 0, "INSTR", "ASRL0::INSTR"),
    ("ASRL/dev/ttyUSB0::INSTR", VI_INTF_ASRL, 0, "INSTR", "ASRL/dev/ttyUSB0::INSTR"),
    ("asrl/dev/ttyUSB0", VI_INTF_ASRL, 0, "INSTR", "ASRL/dev/ttyUSB0::INSTR"),
    ("ASRL/dev/serial/by-path/pci-0:1.0::INSTR", VI_INTF_ASRL, 0, "INSTR", "ASRL/dev/serial/by-path/pci-0:1.0::INSTR"),
    ("ASRL::1.2.3.4::2::INSTR", VI_INTF_ASRL, 0, "INSTR", "ASRL0::1.2.3.4::2::INSTR"),
    ("ASRL0::[fe80::1]::2", VI_INTF_ASRL, 0, "INSTR", "ASRL0::[fe80::1]::2::INSTR"),
    ("GPIB::1", VI_INTF_GPIB, 0, "INSTR", "GPIB0::1::INSTR"),
    ("gpib0::1::instr", VI_INTF_GPIB, 0, "INSTR", "GPIB0::1::INSTR"),
    ("GPIB::1::1::INSTR", VI_INTF_GPIB, 0, "INSTR", "GPIB0::1::1::INSTR"),
    ("GPIB::1::0", VI_INTF_GPIB, 0, "INSTR", "GPIB0::1::0::INSTR"),
    ("GPIB1::1", VI_INTF_GPIB, 1, "INSTR", "GPIB1::1::INSTR"),
    ("GPIB65535::30::30", VI_INTF_GPIB, 65535, "INSTR", "GPIB65535::30::30::INSTR"),
    ("GPIB::INTFC", VI_INTF_GPIB, 0, "INTFC", "GPIB0::INTFC"),
    ("GPIB3::INTFC", VI_INTF_GPIB, 3, "INTFC", "GPIB3::INTFC"),
    ("GPIB::SERVANT", VI_INTF_GPIB, 0, "SERVANT", "GPIB0::SERVANT"),
    ("GPIB-VXI::9::INSTR", VI_INTF_GPIB_VXI, 0, "INSTR", "GPIB-VXI0::9::INSTR"),
    ("gpib-vxi1::memacc", VI_INTF_GPIB_VXI, 1, "MEMACC", "GPIB-VXI1::MEMACC"),
    ("GPIB-VXI2::BACKPLANE", VI_INTF_GPIB_VXI, 2, "BACKPLANE", "GPIB-VXI2::0::BACKPLANE"),
    ("GPIB-VXI2::8::BACKPLANE", VI_INTF_GPIB_VXI, 2, "BACKPLANE", "GPIB-VXI2::8::BACKPLANE"),
    ("VXI::1::INSTR", VI_INTF_VXI, 0, "INSTR", "VXI0::1::INSTR"),
    ("VXI0::1", VI_INTF_VXI, 0, "INSTR", "VXI0::1::INSTR"),
    ("VXI::MEMACC", VI_INTF_VXI, 0, "MEMACC", "VXI0::MEMACC"),
    ("VXI::1::BACKPLANE", VI_INTF_VXI, 0, "BACKPLANE", "VXI0::1::BACKPLANE"),
    ("VXI::BACKPLANE", VI_INTF_VXI, 0, "BACKPLANE", "VXI0::0::BACKPLANE"),
    ("VXI0::SERVANT", VI_INTF_VXI, 0, "SERVANT", "VXI0::SERVANT"),
    ("PXI0::3-18::INSTR", VI_INTF_PXI, 0, "INSTR", "PXI0::3-18::INSTR"),
    ("PXI0::3-18.2::INSTR", VI_INTF_PXI, 0, "INSTR", "PXI0::3-18.2::INSTR"),
    ("PXI0::2-12.1::INSTR", VI_INTF_PXI, 0, "INSTR", "PXI0::2-12.1::INSTR"),
    ("PXI0::21::INSTR", VI_INTF_PXI, 0, "INSTR", "PXI0::21::INSTR"),
    ("PXI::15::INSTR", VI_INTF_PXI, 0, "INSTR", "PXI0::15::INSTR"),
    ("PXI0::0-21.0", VI_INTF_PXI, 0, "INSTR", "PXI0::21::INSTR"),
    ("PXI::21.3", VI_INTF_PXI, 0, "INSTR", "PXI0::21.3::INSTR"),
    ("PXI3::18::INSTR", VI_INTF_PXI, 3, "INSTR", "PXI0::3-18::INSTR"),
    ("PXI3::18::2::INSTR", VI_INTF_PXI, 3, "INSTR", "PXI0::3-18.2::INSTR"),
    ("PXI2::21.1", VI_INTF_PXI, 2, "INSTR", "PXI2::0-21.1::INSTR"),
    ("PXI0::CHASSIS1::SLOT4::INSTR", VI_INTF_PXI, 0, "INSTR", "PXI0::CHASSIS1::SLOT4::INSTR"),
    ("PXI::chassis1::slot3::func2", VI_INTF_PXI, 0, "INSTR", "PXI0::CHASSIS1::SLOT3::FUNC2::INSTR"),
    ("PXI::MEMACC", VI_INTF_PXI, 0, "MEMACC", "PXI0::MEMACC"),
    ("PXI::1::BACKPLANE", VI_INTF_PXI, 0, "BACKPLANE", "PXI0::1::BACKPLANE"),
    ("TCPIP::192.168.134.102", VI_INTF_TCPIP, 0, "INSTR", "TCPIP0::192.168.134.102::inst0::INSTR"),
    ("TCPIP::dev.company.com::INSTR", VI_INTF_TCPIP, 0, "INSTR", "TCPIP0::dev.company.com::inst0::INSTR"),
    ("TCPIP3::dev.company.com::inst3::INSTR", VI_INTF_TCPIP, 3, "INSTR", "TCPIP3::dev.company.com::inst3::INSTR"),
    ("tcpip0::1.2.3.4::HiSLIP0::instr", VI_INTF_TCPIP, 0, "INSTR", "TCPIP0::1.2.3.4::HiSLIP0::INSTR"),
    ("TCPIP::1.2.3.4::hislip0,4880::INSTR", VI_INTF_TCPIP, 0, "INSTR", "TCPIP0::1.2.3.4::hislip0::INSTR"),
    ("TCPIP::1.2.3.4::hislip0,5000", VI_INTF_TCPIP, 0, "INSTR", "TCPIP0::1.2.3.4::hislip0,5000::INSTR"),
    ("TCPIP0::[fe80::1]::hislip0::INSTR", VI_INTF_TCPIP, 0, "INSTR", "TCPIP0::[fe80::1]::hislip0::INSTR"),
    ("TCPIP::[fe80::1%eth0]", VI_INTF_TCPIP, 0, "INSTR", "TCPIP0::[fe80::1%eth0]::inst0::INSTR"),
    ("TCPIP::[::1],5000::inst0", VI_INTF_TCPIP, 0, "INSTR", "TCPIP0::[::1],5000::inst0::INSTR"),
    ("TCPIP::localhost,1024", VI_INTF_TCPIP, 0, "INSTR", "TCPIP0::localhost,1024::inst0::INSTR"),
    ("TCPIP::1.2.3.4::gpib0,2::INSTR", VI_INTF_TCPIP, 0, "INSTR", "TCPIP0::1.2.3.4::gpib0,2::INSTR"),
    ("TCPIP::1.2.3.4::999::SOCKET", VI_INTF_TCPIP, 0, "SOCKET", "TCPIP0::1.2.3.4::999::SOCKET"),
    ("TCPIP2::1.2.3.4::999::SOCKET", VI_INTF_TCPIP, 2, "SOCKET", "TCPIP2::1.2.3.4::999::SOCKET"),
    ("tcpip::[::1]::05025::socket", VI_INTF_TCPIP, 0, "SOCKET", "TCPIP0::[::1]::5025::SOCKET"),
    ("TCPIP::user@1.2.3.4::hislip0::INSTR", VI_INTF_TCPIP, 0, "INSTR", "TCPIP0::user@1.2.3.4::hislip0::INSTR"),
    ("TCPIP::$$me@corp@[fe80::1]", VI_INTF_TCPIP, 0, "INSTR", "TCPIP0::$$me@corp@[fe80::1]::hislip0::INSTR"),
    ("TCPIP::@h::5025::SOCKET", VI_INTF_TCPIP, 0, "SOCKET", "TCPIP0::@h::5025::SOCKET"),
    ("TCPIP::inst0::SERVANT", VI_INTF_TCPIP, 0, "SERVANT", "TCPIP0::inst0::SERVANT"),
    ("USB::0x1234::125::A22-5::INSTR", VI_INTF_USB, 0, "INSTR", "USB0::0x1234::0x007D::A22-5::0::INSTR"),
    ("USB::4660::0X7d::A22-5", VI_INTF_USB, 0, "INSTR", "USB0::0x1234::0x007D::A22-5::0::INSTR"),
    ("USB2::0x1234::125::A22-5::3::INSTR", VI_INTF_USB, 2, "INSTR", "USB2::0x1234::0x007D::A22-5::3::INSTR"),
    ("USB::0x1234::125::A22-5::RAW", VI_INTF_USB, 0, "RAW", "USB0::0x1234::0x007D::A22-5::0::RAW"),
    ("USB::0x5678::0x33::SN999::1::RAW", VI_INTF_USB, 0, "RAW", "USB0::0x5678::0x0033::SN999::1::RAW"),
    ("VICP::1.2.3.4", VI_INTF_VICP, 0, "INSTR", "VICP::1.2.3.4::INSTR"),
    ("FIREWIRE1::0x3::0x12345678::INSTR", VI_INTF_FIREWIRE, 1, "INSTR", "FIREWIRE1::0x000003::0x0012345678::INSTR"),
    ("PRLGX-TCPIP::1.2.3.4::INTFC", VI_INTF_TCPIP, 0, "INTFC", "PRLGX-TCPIP0::1.2.3.4::1234::INTFC"),
    ("prlgx-tcpip3::dev.company.com::1235::intfc", VI_INTF_TCPIP, 3, "INTFC", "PRLGX-TCPIP3::dev.company.com::1235::INTFC"),
    ("PRLGX-ASRL2::/dev/cu.usbserial-5678::INTFC", VI_INTF_PRLGX_ASRL, 2, "INTFC", "PRLGX-ASRL2::/dev/cu.usbserial-5678::INTFC"),
    ("RSNRP::0xe2::100122", VI_INTF_RSNRP, 0, "INSTR", "RSNRP::0x00E2::100122::INSTR"),
    ("visa://myhost/GPIB0::5::INSTR", VI_INTF_GPIB, 0, "INSTR", "visa://myhost/GPIB0::5::INSTR"),
    ("VISA://myhost:3537/asrl2", VI_INTF_ASRL, 2, "INSTR", "visa://myhost/ASRL2::INSTR"),
    ("visa://[::1]:80/TCPIP::[::2]::1::SOCKET", VI_INTF_TCPIP, 0, "SOCKET", "visa://[::1]:80/TCPIP0::[::2]::1::SOCKET"),
];

#[rustfmt::skip]
const BAD: &[&str] = &[
    "", "::", "INSTR", "::INSTR", "RJ45::1", "scope", "RIO::x::INSTR",
    "ASRL", "ASRLx::INSTR", "ASRL65536::INSTR", "ASRL-1::INSTR", "ASRL1::RAW", "ASRL1::h::2::INSTR",
    "ASRL/dev/x::2::INSTR", "ASRL/dev/x::SOCKET", "ASRL::h::x::INSTR",
    "GPIB", "GPIB::INSTR", "GPIB::::INSTR", "GPIB::1::", "GPIB:::1", "GPIB::+1", "GPIB::1:::INSTR",
    "GPIB1::1::1::1::INSTR", "GPIB::31::INSTR", "GPIB::1::31::INSTR", "GPIB::1::96::INSTR",
    "GPIB::1::RAW", "GPIB::1::INTFC", "GPIB::x::INSTR", "GPIB70000::1", "GPIB::INSTR::1",
    "GPIB-VXI::256::INSTR", "VXI::1::MEMACC", "VXI::1::2::BACKPLANE", "VXI::INSTR", "VXI::256",
    "PXI::32", "PXI::1::8", "PXI256::1", "PXI::256-1", "PXI::1-32", "PXI::1-2.8", "PXI::1-2-3", "PXI::-1",
    "PXI::CHASSIS1::SLOT19", "PXI::CHASSIS1::SLOT0", "PXI::CHASSIS1", "PXI::CHASSIS1::4",
    "PXI::CHASSIS1::SLOT4::2", "PXI::CHASSIS::SLOT1", "PXI::BACKPLANE", "PXI::1::MEMACC",
    "TCPIP", "TCPIP::INSTR", "TCPIP::1.2.3.4::SOCKET", "TCPIP::1.2.3.4::70000::SOCKET",
    "TCPIP::1.2.3.4::x::SOCKET", "TCPIP::h::+5::SOCKET", "TCPIP::h::inst0::x::INSTR", "TCPIP::h,1::2::SOCKET",
    "TCPIP::h,70000", "TCPIP::h,::inst0", "TCPIP::h::hislip0,70000", "TCPIP::h::hislip0,1,2", "TCPIP::h,5::hislip0",
    "TCPIP::h::hislip0:,4880", "TCPIP::h::hislip0:,5",
    "TCPIP::fe80::1::inst0::INSTR", "TCPIP::[fe80::1", "TCPIP::[fe80::1]x", "TCPIP::[1.2.3.4]", "TCPIP::[::1%]",
    "TCPIP::localhost:1111", "TCPIP::h/x", "TCPIP::u@", "TCPIP::u@h::inst0", "TCPIP::a[b@h", "TCPIP::h::inst0::RAW",
    "TCPIP::SERVANT", "TCPIP::h::MEMACC",
    "USB::0x1234::125::INSTR", "USB::0x10000::1::S", "USB::65536::1::S", "USB::12ab::1::S", "USB::0x::1::S",
    "USB::0x+1::1::S", "USB::1::2::S::255", "USB::1::2::S::x::RAW", "USB::1::2::S::0::0", "USB::1::2::::INSTR",
    "VICP", "VICP0::h", "VICP::h::x", "FIREWIRE::1", "FIREWIRE::0x1000000::1", "FIREWIRE::1::0x10000000000",
    "PRLGX-TCPIP::h", "PRLGX-TCPIP::h::x::INTFC", "PRLGX-ASRL::INTFC", "PRLGX-ASRL::/dev/x",
    "RSNRP::1", "RSNRP1::1::2", "visa://", "visa://h", "visa://h/", "visa:///GPIB::1", "visa://h:x/GPIB::1",
    "visa://h/visa://h/GPIB::1", "visa://h/scope", "visa:/h/GPIB::1",
    "GPIB::1 ", " GPIB::1", "GPIB:: 1", "GPIB::1\n", "GPIB::1\0", "TCPIP::h\u{e4}", "USB::1::2::S N",
];

#[test]
fn each_spelling_gives_its_type_board_class_and_canonical_name() {
    for &(text, interface, board, class, canonical) in GOOD {
        let name = name(text);
        assert_eq!(name.canonical(), canonical, "{text}");
        assert_eq!(name.interface_type(), interface, "{text}");
        assert_eq!(name.board(), board, "{text}");
        assert_eq!(name.class(), class, "{text}");
    }
}

#[test]
fn a_canonical_name_parses_to_itself_and_to_the_same_address() {
    for &(text, .., canonical) in GOOD {
        let again = name(canonical);
        assert_eq!(again.canonical(), canonical, "{text}");
        assert_eq!(again, name(text), "{text}");
        assert_eq!(ResourceName::of(&again.address), Ok(again), "{text}");
    }
}

#[test]
fn what_the_grammar_lacks_is_inv_rsrc_name() {
    for text in BAD {
        match ResourceName::parse(text) {
            Err(error) => assert_eq!(error.code, VI_ERROR_INV_RSRC_NAME, "{text}"),
            Ok(name) => panic!("{text:?} became {}", name.canonical()),
        }
    }
}

#[test]
fn a_name_and_its_canonical_form_fit_256_bytes_with_the_nul() {
    let path = |length: usize| format!("ASRL/{}::INSTR", "x".repeat(length - 12));
    assert_eq!(name(&path(255)).canonical().len(), 255);
    assert!(ResourceName::parse(&path(256)).is_err());
    // 256 as typed, short as canonical.
    assert_eq!(name(&format!("ASRL{:0251}", 1)).canonical(), "ASRL1::INSTR");
    assert!(ResourceName::parse(&format!("ASRL{:0252}", 1)).is_err());
    // 255 as typed, longer once the defaults are written out.
    let host = format!("TCPIP::{}", "h".repeat(248));
    assert_eq!(host.len(), 255);
    assert!(ResourceName::parse(&host).is_err());
}

#[test]
fn the_device_name_decides_between_vxi11_and_hislip() {
    // Rule 4.3.6.
    assert_eq!(name("TCPIP::h::HISLIP7").kind(), Kinds::TCPIP_HISLIP);
    assert_eq!(name("TCPIP::h::inst7").kind(), Kinds::TCPIP_VXI11);
    let Address::Hislip { credential, host, device, port, .. } =
        name("TCPIP::$me@[fe80::1]::hislip0,5000").address
    else {
        panic!("not HiSLIP");
    };
    let parts = (credential.as_deref(), &host[..], &device[..], port);
    assert_eq!(parts, (Some("$me"), "fe80::1", "hislip0", 5000));
    let vxi11 =
        Address::Vxi11 { board: 0, host: "::1".into(), port: Some(5000), device: "gpib0,2".into() };
    assert_eq!(name("TCPIP::[::1],5000::gpib0,2").address, vxi11);
}

#[test]
fn names_survive_what_pyvisa_makes_of_them() {
    // As typed, and as PyVISA 1.16 hands it to viOpen, having taken the class for something else.
    for (typed, opened) in [
        ("gpib0::1::instr", "GPIB0::1::instr::INSTR"),
        ("GPIB::SERVANT", "GPIB0::SERVANT::INSTR"),
        ("gpib-vxi1::memacc", "GPIB-vxi1::memacc::INSTR"),
        ("tcpip::h::instr", "TCPIP0::h::instr::INSTR"),
        ("TCPIP::inst0::SERVANT", "TCPIP0::inst0::SERVANT::INSTR"),
        ("usb::1::2::sn::instr", "USB0::1::2::sn::instr::INSTR"),
        ("TCPIP::[fe80::1%eth0]", "TCPIP0::[fe80::1%eth0]::INSTR"),
    ] {
        assert!(name(typed).same_resource(&name(opened)), "{typed} became {opened}");
    }
    // The class that was there decides, and it still must have its parts.
    assert!(ResourceName::parse("TCPIP0::h::SOCKET::INSTR").is_err());
    assert!(ResourceName::parse("GPIB0::1::RAW::INSTR").is_err());
    assert!(ResourceName::parse("GPIB0::INSTR::INSTR::INSTR").is_err());
}

#[test]
fn names_compare_without_case_in_every_part_but_paths() {
    // Rules 4.3.17 and 4.3.20.
    let same = |a: &str, b: &str| name(a).same_resource(&name(b));
    assert!(same("tcpip::HOST::INST0", "TCPIP0::host"));
    assert!(same("USB::1::0xab::sn1", "usb0::0x0001::171::SN1::0::instr"));
    assert!(same("PXI3::18", "PXI0::3-18"));
    assert!(same("visa://HOST/gpib::1", "visa://host:3537/GPIB0::1"));
    assert!(!same("GPIB::1", "GPIB::1::0"));
    assert!(!same("GPIB::1", "GPIB1::1"));
    assert!(!same("ASRL/dev/ttyA", "ASRL/dev/ttya"));
    assert!(!same("visa://h/ASRL/dev/ttyA", "visa://h/ASRL/dev/ttya"));
}

/// Name, attribute, its value; `None` for what the name does not decide.
#[rustfmt::skip]
fn values() -> Vec<(&'static str, ViAttr, Option<Value>)> {
    let text = |s: &str| Some(Value::from(s));
    let number = |n: i64| Some(Value::Number(n));
    vec![
        ("gpib2::5", VI_ATTR_RSRC_NAME, text("GPIB2::5::INSTR")),
        ("gpib2::5", VI_ATTR_RSRC_CLASS, text("INSTR")),
        ("gpib2::5", VI_ATTR_INTF_TYPE, number(1)),
        ("gpib2::5", VI_ATTR_INTF_NUM, number(2)),
        ("gpib2::5", VI_ATTR_INTF_INST_NAME, text("GPIB2")),
        ("gpib2::5", VI_ATTR_GPIB_PRIMARY_ADDR, number(5)),
        ("gpib2::5", VI_ATTR_GPIB_SECONDARY_ADDR, number(65535)),
        ("gpib2::5::0", VI_ATTR_GPIB_SECONDARY_ADDR, number(0)),
        ("gpib2::5", VI_ATTR_TCPIP_HOSTNAME, None),
        ("GPIB::INTFC", VI_ATTR_GPIB_PRIMARY_ADDR, None),
        ("GPIB::SERVANT", VI_ATTR_GPIB_SECONDARY_ADDR, None),
        ("ASRL3", VI_ATTR_INTF_INST_NAME, text("ASRL3")),
        ("ASRL/dev/ttyS0", VI_ATTR_INTF_INST_NAME, text("ASRL (/dev/ttyS0)")),
        ("TCPIP1::h", VI_ATTR_INTF_INST_NAME, text("TCPIP1 (h)")),
        ("TCPIP::[::1]", VI_ATTR_TCPIP_HOSTNAME, text("::1")),
        ("TCPIP::h", VI_ATTR_TCPIP_DEVICE_NAME, text("inst0")),
        ("TCPIP::h", VI_ATTR_TCPIP_IS_HISLIP, number(0)),
        ("TCPIP::h", VI_ATTR_TCPIP_PORT, None),
        ("TCPIP::h", VI_ATTR_TCPIP_ADDR, None),
        ("TCPIP::h::hislip1,5", VI_ATTR_TCPIP_DEVICE_NAME, text("hislip1")),
        ("TCPIP::h::hislip1,5", VI_ATTR_TCPIP_IS_HISLIP, number(1)),
        ("TCPIP::h::hislip1", VI_ATTR_TCPIP_PORT, number(4880)),
        ("TCPIP::h::5025::SOCKET", VI_ATTR_TCPIP_PORT, number(5025)),
        ("TCPIP::h::5025::SOCKET", VI_ATTR_TCPIP_IS_HISLIP, None),
        ("TCPIP::inst1::SERVANT", VI_ATTR_TCPIP_DEVICE_NAME, text("inst1")),
        ("USB1::0x1234::2::SN::3", VI_ATTR_MANF_ID, number(0x1234)),
        ("USB1::0x1234::2::SN::3", VI_ATTR_MODEL_CODE, number(2)),
        ("USB1::0x1234::2::SN::3::RAW", VI_ATTR_USB_SERIAL_NUM, text("SN")),
        ("USB1::0x1234::2::SN::3::RAW", VI_ATTR_USB_INTFC_NUM, number(3)),
        ("VXI::9", VI_ATTR_VXI_LA, number(9)),
        ("GPIB-VXI::9", VI_ATTR_VXI_LA, number(9)),
        ("GPIB-VXI::9", VI_ATTR_GPIB_PRIMARY_ADDR, None),
        ("VXI::MEMACC", VI_ATTR_VXI_LA, None),
        ("VXI::4::BACKPLANE", VI_ATTR_MAINFRAME_LA, number(4)),
        ("PXI3::18::2", VI_ATTR_PXI_BUS_NUM, number(3)),
        ("PXI3::18::2", VI_ATTR_PXI_DEV_NUM, number(18)),
        ("PXI3::18::2", VI_ATTR_PXI_FUNC_NUM, number(2)),
        ("PXI3::18::2", VI_ATTR_INTF_NUM, number(0)),
        ("PXI::CHASSIS2::SLOT4", VI_ATTR_PXI_CHASSIS, number(2)),
        ("PXI::CHASSIS2::SLOT4", VI_ATTR_SLOT, number(4)),
        ("PXI::CHASSIS2::SLOT4", VI_ATTR_PXI_BUS_NUM, None),
        ("PXI::2::BACKPLANE", VI_ATTR_PXI_CHASSIS, number(2)),
        ("FIREWIRE::0xABCDEF::0x1234567890", VI_ATTR_FIREWIRE_VENDOR_ID, number(0xABCDEF)),
        ("FIREWIRE::0xABCDEF::0x1234567890", VI_ATTR_FIREWIRE_LOWER_CHIP_ID, number(0x3456_7890)),
        ("FIREWIRE::0xABCDEF::0x1234567890", VI_ATTR_FIREWIRE_UPPER_CHIP_ID, number(0x12)),
        ("visa://h/GPIB4::5", VI_ATTR_RSRC_NAME, text("visa://h/GPIB4::5::INSTR")),
        ("visa://h/GPIB4::5", VI_ATTR_GPIB_PRIMARY_ADDR, number(5)),
        ("visa://h/GPIB4::5", VI_ATTR_INTF_NUM, number(4)),
        ("visa://h/GPIB4::5", VI_ATTR_INTF_INST_NAME, text("GPIB4 at h")),
        ("GPIB::1", VI_ATTR_TMO_VALUE, None),
    ]
}

#[test]
fn a_name_alone_decides_these_attributes() {
    for (text, id, value) in values() {
        assert_eq!(name(text).attribute(id), value, "{text} {id:#X}");
    }
}

#[test]
fn every_attribute_that_the_table_leaves_to_the_name_has_a_value_of_its_type() {
    let mut checked = 0;
    for &(text, ..) in GOOD {
        let name = name(text);
        // Where a slot is on the bus, only the system knows.
        let open = |id| {
            matches!(name.address, Address::PxiSlot { .. })
                && [VI_ATTR_PXI_BUS_NUM, VI_ATTR_PXI_DEV_NUM].contains(&id)
        };
        let rows = TABLE.iter().filter(|row| row.home == Home::Name && row.kinds.has(name.kind()));
        for row in rows.filter(|row| !open(row.id)) {
            let is_text = match name.attribute(row.id) {
                Some(Value::Text(_)) => true,
                Some(Value::Number(_)) => false,
                other => panic!("{text}: {} is {other:?}", row.name),
            };
            assert_eq!(is_text, row.ty == Type::Text, "{text}: {}", row.name);
            checked += 1;
        }
    }
    assert!(checked >= 5 * GOOD.len(), "only {checked} values");
}

/// A repeatable source of random numbers (xorshift, 64 bits).
pub(super) struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    /// `text` with up to three characters removed, doubled, or replaced by one of `spice`.
    pub fn vary(&mut self, text: &str, spice: &[u8]) -> String {
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..self.below(4) {
            let at = self.below(bytes.len().max(1));
            match self.below(3) {
                _ if bytes.is_empty() => {}
                0 => drop(bytes.remove(at)),
                1 => bytes.insert(at, spice[self.below(spice.len())]),
                _ => bytes[at] = spice[self.below(spice.len())],
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[test]
fn whatever_parses_has_a_canonical_name_that_stays() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let (mut good, mut bad) = (0, 0);
    for _ in 0..200_000 {
        let (seed, ..) = GOOD[random.below(GOOD.len())];
        let text = random.vary(seed, b"::[]@,%$/-.0123459xahi\\{ \n\xC3");
        let Ok(name) = ResourceName::parse(&text) else {
            bad += 1;
            continue;
        };
        good += 1;
        let again = ResourceName::parse(name.canonical())
            .unwrap_or_else(|e| panic!("{text:?} became {:?}: {e:?}", name.canonical()));
        assert_eq!(again.canonical(), name.canonical(), "{text:?}");
        assert_eq!(again, name, "{text:?}");
        assert!(again.same_resource(&name), "{text:?}");
        assert!(name.attribute(VI_ATTR_INTF_INST_NAME).is_some());
    }
    assert!(good > 10_000 && bad > 10_000, "one-sided input: {good} good, {bad} bad");
}

#[test]
fn no_bytes_make_parsing_panic() {
    let mut random = Random(7);
    let mut refused = 0;
    for _ in 0..100_000 {
        let length = random.below(40);
        let bytes: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
        refused += usize::from(ResourceName::parse(&String::from_utf8_lossy(&bytes)).is_err());
    }
    assert_eq!(refused, 100_000);
}
