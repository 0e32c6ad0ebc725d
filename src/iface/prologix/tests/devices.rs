#![forbid(unsafe_code)]
//! Operations on devices: polls, triggers, clears, remote control, service requests.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::iface::RenMode;
use crate::status::VI_ERROR_NSUP_OPER;

const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn a_poll_gives_the_status_byte_of_its_device() {
    for desk in Desk::each() {
        let (five, nine) = (desk.five(), desk.nine());
        five.tell(b"*SRE 32;*ESE 1;*OPC\n");
        let call = &Terms::new();
        assert_eq!(nine.0.read_stb(&call.call()), Ok(0));
        assert_eq!(five.0.read_stb(&call.call()), Ok(0x60));
        assert_eq!(five.0.read_stb(&call.call()), Ok(0x20));
    }
}

#[test]
fn triggers_and_clears_reach_one_device() {
    for desk in Desk::each() {
        let nine = desk.nine();
        nine.0.trigger(&Terms::new().call()).unwrap();
        nine.0.clear(&Terms::new().call()).unwrap();
        let seen = |at| desk.bus.counters(at).map(|seen| (seen.triggers, seen.clears));
        assert_eq!((seen(NINE), seen(FIVE)), (Some((1, 1)), Some((0, 0))));
    }
}

#[test]
fn remote_control_is_what_the_adapter_has_of_it() {
    let desk = Desk::new();
    let five = desk.five();
    let control = |mode| five.0.control_ren(mode, &Terms::new().call());
    let state = || desk.bus.counters(FIVE).map(|seen| (seen.remote, seen.lockout)).unwrap();
    control(RenMode::AssertAddressLlo).unwrap();
    assert_eq!(state(), (true, true));
    control(RenMode::AddressGtl).unwrap();
    assert!(!state().0);
    control(RenMode::Assert).unwrap();
    for mode in
        [RenMode::Deassert, RenMode::DeassertGtl, RenMode::AssertLlo, RenMode::AssertAddress]
    {
        assert_eq!(code(control(mode)), VI_ERROR_NSUP_OPER, "{mode:?}");
    }
}

#[test]
fn an_ar488_has_the_ren_line_and_lockout_of_all() {
    let desk = Desk::ar488();
    let five = desk.five();
    let control = |mode| five.0.control_ren(mode, &Terms::new().call());
    let seen = || desk.bus.counters(FIVE).unwrap();
    control(RenMode::AssertAddressLlo).unwrap();
    assert!(seen().lockout && seen().remote);
    control(RenMode::DeassertGtl).unwrap();
    assert!(!seen().remote_enabled && !seen().remote);
    control(RenMode::AssertLlo).unwrap();
    assert!(seen().remote_enabled && seen().lockout && !seen().remote);
    control(RenMode::Deassert).unwrap();
    assert!(!seen().remote_enabled);
    assert_eq!(code(control(RenMode::AssertAddress)), VI_ERROR_NSUP_OPER);
}

#[test]
fn service_requests_come_to_the_device_that_asked() {
    for desk in Desk::each() {
        let (five, nine) = (desk.five(), desk.nine());
        let (sender, requests) = mpsc::channel();
        for (name, device) in [("five", &five), ("nine", &nine)] {
            let sender = sender.clone();
            let sink: crate::iface::Sink = Arc::new(move |_| sender.send(name).unwrap_or(()));
            device.0.watch(Some(sink), &Terms::new().call().wait).unwrap();
        }
        nine.tell(b"*SRE 32;*ESE 1;*OPC\n");
        assert_eq!(requests.recv_timeout(PATIENCE), Ok("nine"));
        assert_eq!(nine.0.read_stb(&Terms::new().call()), Ok(0x60));
        // Both at once; each is told once.
        nine.tell(b"*CLS;*OPC\n");
        five.tell(b"*SRE 32;*ESE 1;*OPC\n");
        let next = || requests.recv_timeout(PATIENCE).unwrap();
        let mut both = [next(), next()];
        both.sort_unstable();
        assert_eq!(both, ["five", "nine"]);
        assert_eq!(five.0.read_stb(&Terms::new().call()), Ok(0x60));
        assert_eq!(nine.0.read_stb(&Terms::new().call()), Ok(0x60));
        for device in [&five, &nine] {
            device.0.watch(None, &Terms::new().call().wait).unwrap();
        }
        assert!(requests.try_recv().is_err());
    }
}

#[test]
fn a_request_is_told_while_a_session_waits_in_a_read() {
    let desk = Desk::new();
    let (five, nine) = (desk.five(), desk.nine());
    let (sender, requests) = mpsc::channel();
    let sink: crate::iface::Sink = Arc::new(move |_| sender.send(()).unwrap_or(()));
    five.0.watch(Some(sink), &Terms::new().call().wait).unwrap();
    five.tell(b"*SRE 16\n");
    five.tell(b"SYST:DELAY 300;*IDN?\n");
    // Nothing to say: the read holds the bus until its time is over, and then the poll comes.
    let _ = nine.read_by(9, &Terms::within(700));
    assert_eq!(requests.recv_timeout(PATIENCE), Ok(()));
    assert_eq!(five.read(100).0, b"Maker,Five,1,0\n");
}
