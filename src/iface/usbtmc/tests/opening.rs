#![forbid(unsafe_code)]
//! How instruments are greeted, and what is known of models that need it otherwise.

use super::*;
use crate::attr::Value;
use crate::consts::*;
use crate::iface::RenMode;
use crate::iface::usbtmc::found_of;
use crate::iface::usbtmc::quirks;
use crate::os::usb::Device;
use crate::os::usb::descriptors::Alternate;
use crate::status::{VI_ERROR_IO, VI_ERROR_NSUP_OPER};

#[test]
fn an_instrument_is_asked_what_it_can_cleared_and_set_to_remote() {
    let script = Arc::new(Script::default());
    script.tells(CAPABILITIES, can_all());
    let link = open_as(&script, layout(), Quirks::default());
    assert_eq!(script.log(), "control 7 0, control 5 0, control 6 0, unhalt 01, control 160 1");
    assert_eq!(link.get(VI_ATTR_4882_COMPLIANT), Ok(Value::Number(1)));
    assert_eq!(link.get(VI_ATTR_USB_PROTOCOL), Ok(Value::Number(1)));
    assert_eq!(link.get(VI_ATTR_USB_MAX_INTR_SIZE), Ok(Value::Number(8)));
    assert_eq!(link.get(VI_ATTR_MANF_NAME), Ok("M".into()));
    assert_eq!(link.get(VI_ATTR_MODEL_NAME), Ok("T".into()));
    is_well(&script, &link);
}

/// By the same words as the session.
#[test]
fn what_is_known_without_opening_is_told_by_the_search() {
    let ends = [layout().output, layout().input];
    let setting = Alternate {
        class: 0xFE,
        subclass: 3,
        protocol: 1,
        endpoints: ends.to_vec(),
        ..Alternate::default()
    };
    let keyboard = Alternate { interface: 1, class: 3, ..setting.clone() };
    let device = Device {
        vendor: 0x1234,
        product: 0x5678,
        serial: Some("S1".into()),
        model: Some("M 2".into()),
        settings: vec![setting, keyboard],
        ..Device::default()
    };
    let found = found_of(&device, std::slice::from_ref(&device));
    let [one] = &found[..] else { panic!("{found:?}") };
    assert_eq!(one.name.canonical(), "USB0::0x1234::0x5678::S1::0::INSTR");
    assert_eq!(one.description, "M 2, S1");
    let known = [
        (VI_ATTR_MANF_NAME, "0x1234".into()),
        (VI_ATTR_MODEL_NAME, "M 2".into()),
        (VI_ATTR_USB_PROTOCOL, Value::Number(1)),
    ];
    assert_eq!(one.attributes, known);
}

#[test]
fn one_that_answers_nothing_is_opened_all_the_same() {
    let script = Arc::new(Script::default());
    for request in [CAPABILITIES, 5] {
        script.tells(request, Told::Stall);
    }
    let link = open_as(&script, layout(), Quirks::default());
    is_well(&script, &link);
    let terms = Terms::new();
    assert_eq!(code(link.trigger(&terms.call())), VI_ERROR_NSUP_OPER);
    assert_eq!(code(link.control_ren(RenMode::Assert, &terms.call())), VI_ERROR_NSUP_OPER);
    assert_eq!(link.get(VI_ATTR_4882_COMPLIANT), Ok(Value::Number(0)));
    // Nor do those hold up anything that never answer.
    let script = Arc::new(Script::default());
    for request in [CAPABILITIES, 5] {
        script.tells(request, Told::Silence);
    }
    is_well(&script, &open_as(&script, layout(), Quirks::default()));
}

#[test]
fn models_that_a_clear_would_hang_are_never_cleared() {
    let quirks = quirks::of(0x1AB1, 0x04CE);
    let script = Arc::new(Script::default());
    let link = open_as(&script, layout(), quirks);
    link.clear(&Terms::new().call()).unwrap();
    // Where an abort fails, too.
    script.tells(3, Told::Stall);
    script.says(Said::Silence);
    let _ = read(&link, 10, &Terms::hurried());
    is_well(&script, &link);
    let log = script.log();
    assert!(!log.contains("control 5"), "{log}");
    assert!(log.contains("control 3 1, unhalt 01, unhalt 82"), "{log}");
}

#[test]
fn models_are_told_apart() {
    assert_eq!(quirks::of(0x1234, 0x5678), Quirks::default());
    assert!(quirks::of(0x0957, 0x0588).no_remote);
    let script = Arc::new(Script::default());
    script.tells(CAPABILITIES, can_all());
    let link = open_as(&script, layout(), quirks::of(0x1AB1, 0x0588));
    assert!(!script.log().contains("control 160"));
    let ren = link.control_ren(RenMode::Assert, &Terms::new().call());
    assert_eq!(code(ren), VI_ERROR_NSUP_OPER);
}

/// USB488 4.3.2 to 4.3.4.
#[test]
fn each_mode_of_remote_control_is_made_of_requests() {
    let (script, link) = open();
    let terms = Terms::new();
    for (mode, wanted) in [
        (RenMode::Deassert, "control 160 0"),
        (RenMode::Assert, "control 160 1"),
        (RenMode::DeassertGtl, "control 161 0, control 160 0"),
        (RenMode::AssertAddress, "control 160 1"),
        (RenMode::AssertLlo, "control 160 1, control 162 0"),
        (RenMode::AssertAddressLlo, "control 160 1, control 162 0"),
        (RenMode::AddressGtl, "control 161 0"),
    ] {
        link.control_ren(mode, &terms.call()).unwrap();
        assert_eq!(script.log(), wanted, "{mode:?}");
    }
    script.tells(161, Told::Answer(vec![0x80]));
    assert_eq!(code(link.control_ren(RenMode::AddressGtl, &terms.call())), VI_ERROR_IO);
}

/// The header is that of the first piece, and asking again would begin the block anew.
#[test]
fn a_block_without_headers_in_its_middle_is_as_long_as_it_says() {
    let script = Arc::new(Script::default());
    let link = open_as(&script, layout(), quirks::of(0x1AB1, 0x0588));
    let terms = Terms::new();
    let block: Vec<u8> = [b"#41000".to_vec(), vec![7; 1000]].concat();
    let mut bytes = answer(1, &block, true);
    bytes[4..8].copy_from_slice(&500_u32.to_le_bytes());
    bytes.push(b'\n');
    script.says(Said::Transfer(bytes.clone()));
    assert_eq!(read(&link, 2000, &terms), (block, Ok(Stop::End)));
    // What is no block is as long as its header says.
    says(&script, 2, b"#me\n", true);
    assert_eq!(read(&link, 2000, &terms), (b"#me\n".to_vec(), Ok(Stop::End)));
    // Other models mean what their headers say.
    let (script, link) = open();
    script.says(Said::Transfer(bytes));
    assert_eq!(read(&link, 2000, &terms).0.len(), 500);
}

#[test]
fn one_that_answers_with_one_packet_is_asked_for_no_more() {
    let script = Arc::new(Script::default());
    let link = open_as(&script, layout(), quirks::of(0x1334, 0x0001));
    for (tag, size, asked) in [(1, 1000, 63), (2, 10, 10)] {
        says(&script, tag, b"+1.5E-3", false);
        assert_eq!(read(&link, size, &Terms::new()), (b"+1.5E-3".to_vec(), Ok(Stop::End)));
        assert_eq!(script.sent()[4..8], [asked, 0, 0, 0]);
    }
}
