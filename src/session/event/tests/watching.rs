#![forbid(unsafe_code)]
//! Service requests between the session and its link.

use super::*;
use crate::attr::Value;
use crate::iface::Interrupt;
use crate::status::*;

const SRQ: ViEventType = VI_EVENT_SERVICE_REQ;

#[test]
fn the_link_is_watched_from_the_first_mechanism_to_the_last() {
    let bench = Bench::new();
    bench.install(SRQ, 1, |_| VI_SUCCESS);
    bench.enable(VI_EVENT_IO_COMPLETION, VI_QUEUE);
    assert!(bench.device.asked().is_empty(), "not for other events");
    bench.enable(SRQ, VI_QUEUE);
    bench.enable(SRQ, VI_HNDLR);
    bench.enable(SRQ, VI_SUSPEND_HNDLR);
    assert_eq!(bench.device.asked(), [Asked::Watch]);
    bench.disable(SRQ, VI_QUEUE);
    assert_eq!(bench.device.asked(), [Asked::Watch], "handlers still want it");
    bench.disable(SRQ, VI_HNDLR);
    assert_eq!(bench.device.asked(), [Asked::Watch, Asked::Unwatch]);
    bench.disable(VI_ALL_ENABLED_EVENTS, VI_ALL_MECH);
    assert_eq!(bench.device.asked(), [Asked::Watch, Asked::Unwatch]);
}

#[test]
fn the_last_handler_takes_the_watch_with_it() {
    let bench = Bench::new();
    bench.install(SRQ, 1, |_| VI_SUCCESS);
    bench.enable(SRQ, VI_HNDLR);
    bench.session.uninstall_handler(SRQ, Some(1), 0).unwrap();
    assert_eq!(bench.device.asked(), [Asked::Watch, Asked::Unwatch]);
}

#[test]
fn closing_stops_the_watch_before_the_link_closes() {
    let bench = Bench::new();
    bench.enable(SRQ, VI_QUEUE);
    let sink = bench.device.sink.lock().clone().unwrap();
    manager::close(bench.manager).unwrap();
    assert_eq!(bench.device.asked(), [Asked::Watch, Asked::Unwatch, Asked::Close]);
    // A link that is late with its last report does no harm.
    sink(Report::Plain);
}

#[test]
fn a_request_is_queued_from_the_exchange_with_the_device_on() {
    let bench = Bench::with("GPIB0::1::INSTR", Device { is_eager: true, ..Device::default() });
    bench.enable(SRQ, VI_QUEUE);
    bench.device.request_service();
    assert_eq!(bench.wait(SRQ, 0).0, VI_SUCCESS_QUEUE_NEMPTY, "the one while enabling");
    assert_eq!(bench.wait(SRQ, 0).0, VI_SUCCESS, "the one between enable and wait");
}

#[test]
fn a_device_that_cannot_report_is_the_answer_of_enabling() {
    let bench = Bench::with("GPIB0::1::INSTR", Device { refuses: true, ..Device::default() });
    bench.install(SRQ, 1, |_| VI_SUCCESS);
    for mechanism in [VI_QUEUE, VI_HNDLR, VI_SUSPEND_HNDLR] {
        assert_eq!(bench.enable(SRQ, mechanism), VI_ERROR_NSUP_OPER);
        assert_eq!(bench.disable(SRQ, VI_ALL_MECH), VI_SUCCESS_EVENT_DIS, "nothing is enabled");
        assert_eq!(bench.wait(SRQ, VI_TMO_INFINITE).0, VI_ERROR_NENABLED);
    }
    assert_eq!(bench.device.asked(), [Asked::Watch; 3]);
}

#[test]
fn each_session_gets_only_its_own() {
    let (one, other) = (Bench::new(), Bench::new());
    one.enable(SRQ, VI_QUEUE);
    other.enable(SRQ, VI_QUEUE);
    one.device.request_service();
    assert_eq!(other.wait(SRQ, 0).0, VI_ERROR_TMO);
    assert_eq!(one.wait(SRQ, 0).0, VI_SUCCESS);
}

/// What happens on a serial line is watched type by type.
#[test]
fn events_of_a_serial_line_are_watched_each_by_itself() {
    let bench = Bench::with("ASRL1::INSTR", Device::default());
    bench.enable(VI_EVENT_ASRL_CTS, VI_QUEUE);
    bench.enable(VI_EVENT_ASRL_BREAK, VI_QUEUE);
    assert_eq!(bench.device.asked(), [Asked::Watch, Asked::Watch]);
    let breaks = bench.device.sink.lock().clone().unwrap();
    breaks(Report::Plain);
    assert_eq!(bench.wait(VI_EVENT_ASRL_CTS, 0).0, VI_ERROR_TMO);
    assert_eq!(bench.wait(VI_EVENT_ASRL_BREAK, 0).0, VI_SUCCESS);
    bench.disable(VI_EVENT_ASRL_CTS, VI_QUEUE);
    assert_eq!(bench.device.asked(), [Asked::Watch, Asked::Watch, Asked::Unwatch]);
    bench.disable(VI_ALL_ENABLED_EVENTS, VI_ALL_MECH);
    assert_eq!(bench.device.asked().len(), 4, "the one that was left");
}

/// What the link says of an event can be read from its context (VI_ATTR_GPIB_RECV_CIC_STATE,
/// VI_ATTR_RECV_TRIG_ID, VI_ATTR_USB_RECV_INTR_DATA), and nothing that is another event's.
#[test]
fn a_report_is_what_the_context_tells() {
    let tell = |name: &str, event, report: Report, attr| {
        let bench = Bench::with(name, Device::default());
        bench.enable(event, VI_QUEUE);
        let sink = bench.device.sink.lock().clone().unwrap();
        sink(report);
        let (_, _, number) = bench.session.wait_on_event(bench.vi, event, 0, true).unwrap();
        context(number).unwrap().get(attr)
    };
    let board = "GPIB0::INTFC";
    let in_charge = Report::ControllerInCharge(true);
    let cic = |report, attr| tell(board, VI_EVENT_GPIB_CIC, report, attr);
    assert_eq!(cic(in_charge.clone(), VI_ATTR_GPIB_RECV_CIC_STATE), Some(Value::Number(1)));
    assert_eq!(cic(in_charge, VI_ATTR_RECV_TRIG_ID), None);
    let triggered = tell(board, VI_EVENT_TRIG, Report::Plain, VI_ATTR_RECV_TRIG_ID);
    assert_eq!(triggered, Some(Value::Number(VI_TRIG_SW.into())));
    let interrupt = Interrupt { status: VI_SUCCESS, data: Arc::from(&b"abc"[..]) };
    let came = Report::UsbInterrupt(interrupt);
    let usb = |attr| tell("USB0::1::2::SN::RAW", VI_EVENT_USB_INTR, came.clone(), attr);
    assert_eq!(usb(VI_ATTR_USB_RECV_INTR_DATA), Some(Value::Bytes(b"abc".to_vec())));
    assert_eq!(usb(VI_ATTR_USB_RECV_INTR_SIZE), Some(Value::Number(3)));
    assert_eq!(usb(VI_ATTR_STATUS), Some(Value::Number(0)));
}
