#![forbid(unsafe_code)]

use super::*;
use crate::consts::*;

#[test]
fn pipes_are_chosen_by_address_and_none_by_minus_one() {
    let (device, unit, link) = open();
    let cancel = Cancel::new();
    let call = call(&cancel);
    assert_eq!(number(&link, VI_ATTR_USB_BULK_OUT_PIPE), 1);
    assert_eq!(number(&link, VI_ATTR_USB_BULK_IN_PIPE), 0x81);
    assert_eq!(number(&link, VI_ATTR_USB_INTR_IN_PIPE), 0x83);
    link.set(VI_ATTR_USB_BULK_OUT_PIPE, 2, &call).unwrap();
    link.set(VI_ATTR_USB_BULK_IN_PIPE, 0x82, &call).unwrap();
    assert_eq!(link.write(b"x", &call).outcome, Ok(()));
    assert_eq!(device.log(), ["02 x"]);
    device.sends(0x81, b"first");
    device.sends(0x82, b"second");
    assert_eq!(read(&link, 9, &call).0, b"second");
    // The choice is this session's alone.
    assert_eq!(read(&another(&unit), 9, &call).0, b"first");
    for (attr, wrong) in [
        (VI_ATTR_USB_BULK_OUT_PIPE, 3),
        (VI_ATTR_USB_BULK_IN_PIPE, 0x83),
        (VI_ATTR_USB_INTR_IN_PIPE, 0x81),
    ] {
        let refused = link.set(attr, wrong, &call).unwrap_err();
        assert_eq!(refused.code, VI_ERROR_NSUP_ATTR_STATE, "{attr:#X}");
    }
    let none = -1_i64 as u64;
    for attr in [VI_ATTR_USB_BULK_OUT_PIPE, VI_ATTR_USB_BULK_IN_PIPE] {
        link.set(attr, none, &call).unwrap();
        assert_eq!(number(&link, attr), -1);
    }
    assert_eq!(link.write(b"x", &call).outcome.unwrap_err().code, VI_ERROR_INV_SETUP);
    assert_eq!(read(&link, 1, &call).1.unwrap_err().code, VI_ERROR_INV_SETUP);
    assert_eq!(number(&link, VI_ATTR_USB_BULK_IN_STATUS), VI_USB_PIPE_STATE_UNKNOWN.into());
    let refused = link.set(VI_ATTR_USB_BULK_IN_STATUS, 0, &call).unwrap_err();
    assert_eq!(refused.code, VI_ERROR_NSUP_ATTR_STATE);
}

#[test]
fn a_halted_pipe_stays_so_until_it_is_made_ready() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    let call = call(&cancel);
    device.halts(0x81);
    device.halts(0x01);
    assert_eq!(number(&link, VI_ATTR_USB_BULK_IN_STATUS), VI_USB_PIPE_READY.into());
    for _ in 0..2 {
        assert_eq!(read(&link, 9, &call).1.unwrap_err().code, VI_ERROR_IO);
        assert_eq!(number(&link, VI_ATTR_USB_BULK_IN_STATUS), VI_USB_PIPE_STALLED.into());
    }
    assert_eq!(number(&link, VI_ATTR_USB_BULK_OUT_STATUS), VI_USB_PIPE_READY.into());
    assert_eq!(link.write(b"x", &call).outcome.unwrap_err().code, VI_ERROR_IO);
    assert_eq!(number(&link, VI_ATTR_USB_BULK_OUT_STATUS), VI_USB_PIPE_STALLED.into());
    link.set(VI_ATTR_USB_BULK_IN_STATUS, VI_USB_PIPE_READY as u64, &call).unwrap();
    assert_eq!(device.log(), ["clear 81"]);
    assert_eq!(number(&link, VI_ATTR_USB_BULK_IN_STATUS), VI_USB_PIPE_READY.into());
    device.sends(0x81, b"well");
    assert_eq!(read(&link, 9, &call).0, b"well");
    link.set(VI_ATTR_USB_BULK_OUT_STATUS, VI_USB_PIPE_READY as u64, &call).unwrap();
    assert_eq!(link.write(b"x", &call).outcome, Ok(()));
}

#[test]
fn clearing_makes_the_bulk_pipes_begin_anew() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    let call = call(&cancel);
    device.halts(0x01);
    device.sends(0x81, b"stale");
    assert_eq!(read(&link, 1, &call).0, b"s");
    link.clear(&call).unwrap();
    assert_eq!(device.log(), ["clear 01", "clear 81"]);
    device.sends(0x81, b"new");
    assert_eq!(read(&link, 9, &call), (b"new".to_vec(), Ok(Stop::End)));
    assert_eq!(link.write(b"x", &call).outcome, Ok(()));
}

#[test]
fn another_setting_has_other_pipes() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    let call = call(&cancel);
    link.set(VI_ATTR_USB_BULK_IN_PIPE, 0x82, &call).unwrap();
    device.sends(0x82, b"old");
    assert_eq!(read(&link, 1, &call).0, b"o");
    assert_eq!(number(&link, VI_ATTR_USB_NUM_PIPES), 6);
    link.set(VI_ATTR_USB_ALT_SETTING, 1, &call).unwrap();
    assert_eq!(number(&link, VI_ATTR_USB_ALT_SETTING), 1);
    assert_eq!(number(&link, VI_ATTR_USB_NUM_PIPES), 2);
    assert_eq!(number(&link, VI_ATTR_USB_BULK_IN_PIPE), 0x85);
    assert_eq!(number(&link, VI_ATTR_USB_INTR_IN_PIPE), -1);
    device.sends(0x85, b"new");
    assert_eq!(read(&link, 9, &call).0, b"new");
    let refused = link.set(VI_ATTR_USB_ALT_SETTING, 9, &call).unwrap_err();
    assert_eq!(refused.code, VI_ERROR_NSUP_ATTR_STATE);
    assert_eq!(number(&link, VI_ATTR_USB_ALT_SETTING), 1);
    link.set(VI_ATTR_USB_ALT_SETTING, 0, &call).unwrap();
    device.sends(0x81, b"first");
    assert_eq!(read(&link, 9, &call).0, b"first", "what was kept before is gone");
}

#[test]
fn the_setting_waits_for_a_read_and_gives_up_in_time() {
    let (_device, unit, link) = open();
    let (cancel, own) = (Cancel::new(), Cancel::new());
    let other = another(&unit);
    let never = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| read(&link, 9, &Call { wait: never, ..call(&cancel) }).1);
        // Until the reader has passed the gate.
        while unit.input(0x81).try_pass().is_some() {
            std::thread::yield_now();
        }
        let refused = other.set(VI_ATTR_USB_ALT_SETTING, 1, &soon(&own)).unwrap_err();
        assert_eq!(refused.code, VI_ERROR_TMO);
        assert_eq!(number(&other, VI_ATTR_USB_ALT_SETTING), 0);
        cancel.terminate();
        assert_eq!(reader.join().unwrap().unwrap_err().code, VI_ERROR_ABORT);
    });
    other.set(VI_ATTR_USB_ALT_SETTING, 1, &call(&own)).unwrap();
}

#[test]
fn what_the_interface_is_and_the_control_pipe() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    let call = call(&cancel);
    let is = [
        (VI_ATTR_USB_CLASS, 0xFF),
        (VI_ATTR_USB_SUBCLASS, 0x12),
        (VI_ATTR_USB_PROTOCOL, 0x34),
        (VI_ATTR_USB_NUM_INTFCS, 3),
        (VI_ATTR_USB_CTRL_PIPE, 0),
        (VI_ATTR_USB_END_IN, VI_USB_END_SHORT_OR_COUNT.into()),
    ];
    is.iter().for_each(|(attr, value)| assert_eq!(number(&link, *attr), *value, "{attr:#X}"));
    assert_eq!(link.get(VI_ATTR_MANF_NAME), Ok(Value::Text("Maker".into())));
    assert!(link.get(VI_ATTR_MODEL_NAME).is_err(), "it does not tell");
    link.set(VI_ATTR_USB_CTRL_PIPE, 0, &call).unwrap();
    let refused = link.set(VI_ATTR_USB_CTRL_PIPE, 1, &call).unwrap_err();
    assert_eq!(refused.code, VI_ERROR_NSUP_ATTR_STATE);
    let pipe = link.control_pipe().unwrap();
    let request = ControlRequest { request_type: 0x40, request: 7, value: 0, index: 0 };
    pipe.control_out(request, b"data", &call).unwrap();
    assert_eq!(device.log(), ["request 7 data"]);
    let mut buf = [0; 4];
    assert_eq!(pipe.control_in(request, &mut buf, &call), Ok(2));
    assert_eq!(buf, [7; 4]);
}
