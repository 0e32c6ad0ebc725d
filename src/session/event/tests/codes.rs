#![forbid(unsafe_code)]
//! Completion codes of chapter 3.7 and the order in which they are found.

use super::*;
use crate::session::attributes;
use crate::status::*;

#[test]
fn enabling_finds_errors_in_the_order_of_its_parameters() {
    let bench = Bench::new();
    let enable =
        |event, mechanism, context| code(bench.session.enable_event(event, mechanism, context));
    assert_eq!(enable(VI_EVENT_PXI_INTR, 8, 1), VI_ERROR_INV_EVENT);
    assert_eq!(enable(VI_EVENT_SERVICE_REQ, 8, 1), VI_ERROR_INV_MECH);
    assert_eq!(enable(VI_EVENT_SERVICE_REQ, VI_HNDLR, 1), VI_ERROR_INV_CONTEXT);
    assert_eq!(enable(VI_EVENT_SERVICE_REQ, VI_HNDLR, VI_NULL), VI_ERROR_HNDLR_NINSTALLED);
    assert!(bench.device.asked().is_empty(), "the device hears of none of these");
    assert_eq!(enable(VI_EVENT_SERVICE_REQ, VI_SUSPEND_HNDLR, VI_NULL), VI_SUCCESS);
}

#[test]
fn rule_3_7_13_calling_and_suspending_exclude_each_other() {
    let bench = Bench::new();
    bench.listen(1);
    for mechanism in [0, VI_HNDLR | VI_SUSPEND_HNDLR, 7, 8, 0x8000, VI_ALL_MECH - 1] {
        let status = bench.enable(VI_EVENT_IO_COMPLETION, mechanism);
        assert_eq!(status, VI_ERROR_INV_MECH, "{mechanism}");
    }
    assert_eq!(bench.enable(VI_EVENT_IO_COMPLETION, VI_QUEUE | VI_HNDLR), VI_SUCCESS);
}

#[test]
fn all_mechanisms_are_the_queue_and_the_handler() {
    let bench = Bench::new();
    let all = |event| bench.enable(event, VI_ALL_MECH);
    assert_eq!(all(VI_EVENT_IO_COMPLETION), VI_ERROR_HNDLR_NINSTALLED);
    bench.listen(1);
    assert_eq!(all(VI_EVENT_IO_COMPLETION), VI_SUCCESS);
    assert_eq!(bench.enable(VI_EVENT_IO_COMPLETION, VI_QUEUE), VI_SUCCESS_EVENT_EN);
    assert_eq!(bench.enable(VI_EVENT_IO_COMPLETION, VI_HNDLR), VI_SUCCESS_EVENT_EN);
    bench.install(VI_EVENT_EXCEPTION, 1, |_| VI_SUCCESS);
    assert_eq!(all(VI_EVENT_EXCEPTION), VI_SUCCESS);
    assert_eq!(bench.enable(VI_EVENT_EXCEPTION, VI_HNDLR), VI_SUCCESS_EVENT_EN);
}

#[test]
fn an_exception_is_called_back_and_nothing_else() {
    let bench = Bench::new();
    for mechanism in [VI_QUEUE, VI_SUSPEND_HNDLR, VI_QUEUE | VI_HNDLR] {
        assert_eq!(bench.enable(VI_EVENT_EXCEPTION, mechanism), VI_ERROR_INV_MECH);
    }
    assert_eq!(bench.enable(VI_EVENT_EXCEPTION, VI_HNDLR), VI_ERROR_HNDLR_NINSTALLED);
    bench.install(VI_EVENT_EXCEPTION, 1, |_| VI_SUCCESS);
    assert_eq!(bench.enable(VI_EVENT_EXCEPTION, VI_HNDLR), VI_SUCCESS);
}

#[test]
fn classes_have_their_own_events() {
    let cases = [
        ("TCPIP::h::INSTR", VI_EVENT_SERVICE_REQ, true),
        ("TCPIP::h::hislip0::INSTR", VI_EVENT_SERVICE_REQ, true),
        ("TCPIP::h::5025::SOCKET", VI_EVENT_SERVICE_REQ, false),
        ("TCPIP::h::5025::SOCKET", VI_EVENT_IO_COMPLETION, true),
        ("GPIB0::INTFC", VI_EVENT_GPIB_CIC, true),
        ("GPIB0::1::INSTR", VI_EVENT_GPIB_CIC, false),
        ("ASRL1::INSTR", VI_EVENT_ASRL_BREAK, true),
        ("ASRL1::INSTR", VI_EVENT_SERVICE_REQ, false),
        ("VXI0::BACKPLANE", VI_EVENT_VXI_VME_SYSFAIL, true),
        ("VXI0::BACKPLANE", VI_EVENT_IO_COMPLETION, false),
        ("PXI0::1::INSTR", VI_EVENT_PXI_INTR, true),
        ("USB0::1::2::SN::RAW", VI_EVENT_USB_INTR, true),
        ("USB0::1::2::SN::RAW", VI_EVENT_SERVICE_REQ, false),
    ];
    for (name, event, has) in cases {
        let bench = Bench::with(name, Device::default());
        let expected = if has { VI_SUCCESS } else { VI_ERROR_INV_EVENT };
        assert_eq!(bench.enable(event, VI_QUEUE), expected, "{name} {event:#x}");
        let expected = if has { VI_ERROR_TMO } else { VI_ERROR_INV_EVENT };
        assert_eq!(bench.wait(event, 0).0, expected, "{name} {event:#x}");
    }
}

#[test]
fn what_is_already_so_is_a_success_of_its_own() {
    let bench = Bench::new();
    let event = VI_EVENT_IO_COMPLETION;
    bench.listen(1);
    assert_eq!(bench.enable(event, VI_QUEUE), VI_SUCCESS);
    assert_eq!(bench.enable(event, VI_QUEUE), VI_SUCCESS_EVENT_EN);
    assert_eq!(bench.enable(event, VI_QUEUE | VI_HNDLR), VI_SUCCESS_EVENT_EN);
    assert_eq!(bench.enable(event, VI_SUSPEND_HNDLR), VI_SUCCESS, "a switch is a change");
    assert_eq!(bench.disable(event, VI_QUEUE | VI_HNDLR), VI_SUCCESS);
    assert_eq!(bench.disable(event, VI_QUEUE), VI_SUCCESS_EVENT_DIS);
    assert_eq!(bench.disable(event, VI_ALL_MECH), VI_SUCCESS_EVENT_DIS);
    assert_eq!(bench.enable(event, VI_QUEUE), VI_SUCCESS);
    assert_eq!(bench.disable(event, VI_ALL_MECH), VI_SUCCESS);
}

#[test]
fn all_enabled_events_are_those_that_are_enabled() {
    let bench = Bench::new();
    let all = VI_ALL_ENABLED_EVENTS;
    assert_eq!(bench.enable(all, VI_QUEUE), VI_SUCCESS);
    assert_eq!(bench.wait(all, 0).0, VI_ERROR_NENABLED, "none was enabled");
    assert_eq!(bench.disable(all, VI_ALL_MECH), VI_SUCCESS_EVENT_DIS);

    let jobs = bench.listen(1);
    bench.enable(VI_EVENT_IO_COMPLETION, VI_SUSPEND_HNDLR);
    assert_eq!(bench.enable(all, VI_QUEUE), VI_SUCCESS);
    bench.complete(5);
    assert_eq!(bench.wait(all, 0), (VI_SUCCESS, 5));
    assert_eq!(bench.enable(all, VI_HNDLR), VI_SUCCESS, "what was suspended is called");
    assert_eq!(jobs.recv_timeout(LONG), Ok(5));
    assert_eq!(bench.disable(all, VI_ALL_MECH), VI_SUCCESS);
    assert_eq!(bench.wait(all, 0).0, VI_ERROR_NENABLED);
}

#[test]
fn disable_and_discard_refuse_only_what_does_not_exist() {
    let bench = Bench::new();
    assert_eq!(bench.disable(VI_EVENT_PXI_INTR, VI_QUEUE), VI_ERROR_INV_EVENT);
    let discard = |event, mechanism| code(bench.session.discard_events(event, mechanism));
    assert_eq!(discard(VI_EVENT_PXI_INTR, VI_QUEUE), VI_ERROR_INV_EVENT);
    for mechanism in [0, 8, 0x8000] {
        assert_eq!(bench.disable(VI_ALL_ENABLED_EVENTS, mechanism), VI_ERROR_INV_MECH);
        assert_eq!(discard(VI_ALL_ENABLED_EVENTS, mechanism), VI_ERROR_INV_MECH);
    }
    for mechanism in [VI_QUEUE, VI_HNDLR, VI_SUSPEND_HNDLR, VI_ALL_MECH] {
        let event = VI_ALL_ENABLED_EVENTS;
        assert_eq!(bench.disable(event, mechanism), VI_SUCCESS_EVENT_DIS);
        assert_eq!(discard(event, mechanism), VI_SUCCESS_QUEUE_EMPTY);
    }
}

#[test]
fn uninstalling_tells_no_handler_from_no_such_handler() {
    let bench = Bench::new();
    let event = VI_EVENT_SERVICE_REQ;
    let uninstall =
        |event, function, user| code(bench.session.uninstall_handler(event, function, user));
    assert_eq!(uninstall(VI_EVENT_PXI_INTR, Some(1), 0), VI_ERROR_INV_EVENT);
    assert_eq!(uninstall(VI_ALL_ENABLED_EVENTS, Some(1), 0), VI_ERROR_INV_EVENT);
    assert_eq!(uninstall(event, Some(1), 0), VI_ERROR_HNDLR_NINSTALLED);
    bench.install_for(event, 1, 100, |_| VI_SUCCESS);
    assert_eq!(uninstall(event, Some(2), 100), VI_ERROR_INV_HNDLR_REF);
    assert_eq!(uninstall(event, Some(1), 101), VI_ERROR_INV_HNDLR_REF);
    assert_eq!(uninstall(event, None, 101), VI_ERROR_INV_HNDLR_REF);
    assert_eq!(uninstall(event, Some(1), 100), VI_SUCCESS);
    assert_eq!(uninstall(event, Some(1), 100), VI_ERROR_HNDLR_NINSTALLED);
}

#[test]
fn any_handler_takes_all_with_that_user_handle() {
    let bench = Bench::new();
    let event = VI_EVENT_IO_COMPLETION;
    for (function, user) in [(1, 100), (2, 100), (1, 200)] {
        bench.install_for(event, function, user, |_| VI_SUCCESS);
    }
    assert_eq!(code(bench.session.uninstall_handler(event, None, 100)), VI_SUCCESS);
    let left = |function, user| code(bench.session.uninstall_handler(event, Some(function), user));
    assert_eq!(left(2, 100), VI_ERROR_INV_HNDLR_REF);
    assert_eq!(left(1, 200), VI_SUCCESS);
}

#[test]
fn rule_3_2_6_the_queue_length_is_fixed_by_the_first_enabling() {
    let bench = Bench::new();
    let object = objects::find(bench.vi).unwrap();
    let set = |length| attributes::set(&object, VI_ATTR_MAX_QUEUE_LENGTH, length).err();
    assert_eq!(set(3), None);
    assert_eq!(bench.enable(VI_EVENT_IO_COMPLETION, VI_HNDLR), VI_ERROR_HNDLR_NINSTALLED);
    assert_eq!(set(2), None, "nothing was enabled by that");
    bench.enable(VI_EVENT_IO_COMPLETION, VI_QUEUE);
    assert_eq!(set(4).unwrap().code, VI_ERROR_ATTR_READONLY);
    bench.disable(VI_EVENT_IO_COMPLETION, VI_QUEUE);
    assert_eq!(set(4).unwrap().code, VI_ERROR_ATTR_READONLY);
}

#[test]
fn contexts_have_the_attributes_of_their_event() {
    let bench = Bench::new();
    bench.enable(VI_EVENT_IO_COMPLETION, VI_QUEUE);
    bench.enable(VI_EVENT_SERVICE_REQ, VI_QUEUE);
    bench.complete(3);
    bench.device.request_service();
    let next = || bench.session.wait_on_event(bench.vi, VI_ALL_ENABLED_EVENTS, 0, true).unwrap().2;
    let (completion, request) = (next(), next());
    let get = |number, id| {
        let got = attributes::get(&objects::find(number).unwrap(), id);
        got.map(|(_, value)| value).map_err(|error| error.code)
    };
    let number = |n: i64| Ok(crate::attr::Value::Number(n));
    assert_eq!(get(completion, VI_ATTR_EVENT_TYPE), number(VI_EVENT_IO_COMPLETION.into()));
    assert_eq!(get(completion, VI_ATTR_STATUS), number(0));
    assert_eq!(get(completion, VI_ATTR_JOB_ID), number(3));
    assert_eq!(get(completion, VI_ATTR_BUFFER), number(0x1000));
    assert_eq!(get(completion, VI_ATTR_RET_COUNT_32), number(7));
    assert_eq!(get(completion, VI_ATTR_RET_COUNT_64), number(7));
    assert_eq!(get(completion, VI_ATTR_OPER_NAME), Ok("viReadAsync".into()));
    assert_eq!(get(completion, VI_ATTR_RECV_TRIG_ID), Err(VI_ERROR_NSUP_ATTR));
    assert_eq!(get(request, VI_ATTR_EVENT_TYPE), number(VI_EVENT_SERVICE_REQ.into()));
    for id in [VI_ATTR_STATUS, VI_ATTR_JOB_ID, VI_ATTR_BUFFER, VI_ATTR_OPER_NAME] {
        assert_eq!(get(request, id), Err(VI_ERROR_NSUP_ATTR));
    }
    let object = objects::find(request).unwrap();
    let set = |id| attributes::set(&object, id, 1).unwrap_err().code;
    assert_eq!(set(VI_ATTR_EVENT_TYPE), VI_ERROR_ATTR_READONLY);
    assert_eq!(set(VI_ATTR_TMO_VALUE), VI_ERROR_NSUP_ATTR);
}

#[test]
fn a_manager_has_no_events_and_closes_like_a_session() {
    let events = Events::of_manager();
    let all = VI_ALL_ENABLED_EVENTS;
    assert_eq!(code(events.disable(all, VI_ALL_MECH)), VI_SUCCESS_EVENT_DIS);
    assert_eq!(code(events.discard(all, VI_ALL_MECH)), VI_SUCCESS_QUEUE_EMPTY);
    let enable = |event| code(events.enable(event, VI_QUEUE, VI_NULL, 50));
    assert_eq!(enable(VI_EVENT_SERVICE_REQ), VI_ERROR_INV_EVENT);
    assert_eq!(enable(VI_EVENT_EXCEPTION), VI_ERROR_INV_EVENT);
}
