#![forbid(unsafe_code)]

use std::sync::mpsc;
use std::sync::mpsc::Receiver;

use super::*;
use crate::consts::{
    VI_ATTR_USB_ALT_SETTING, VI_ATTR_USB_INTR_IN_PIPE, VI_ATTR_USB_INTR_IN_STATUS,
    VI_ATTR_USB_MAX_INTR_SIZE, VI_USB_PIPE_READY, VI_USB_PIPE_STALLED, ViStatus,
};
use crate::iface::{Interrupt, Report};
use crate::status::VI_SUCCESS;

fn listen(link: &RawLink) -> Receiver<Report> {
    let (tell, told) = mpsc::channel();
    let sink: Sink = Arc::new(move |report| {
        let _ = tell.send(report);
    });
    link.observe(Signal::UsbInterrupt, Some(sink)).unwrap();
    told
}

fn next(told: &Receiver<Report>) -> (ViStatus, Vec<u8>) {
    match told.recv_timeout(PATIENTLY).expect("an interrupt") {
        Report::UsbInterrupt(Interrupt { status, data }) => (status, data.to_vec()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_comes_is_told_to_each_session_cut_to_its_size() {
    let (device, unit, link) = open();
    let cancel = Cancel::new();
    let other = another(&unit);
    assert_eq!(number(&link, VI_ATTR_USB_MAX_INTR_SIZE), 8, "a packet");
    other.set(VI_ATTR_USB_MAX_INTR_SIZE, 2, &call(&cancel)).unwrap();
    let (first, second) = (listen(&link), listen(&other));
    device.sends(0x83, b"abcd");
    assert_eq!(next(&first), (VI_SUCCESS, b"abcd".to_vec()));
    assert_eq!(next(&second), (VI_SUCCESS, b"ab".to_vec()));
    device.sends(0x83, b"01234567");
    device.sends(0x83, b"X");
    assert_eq!(next(&first).1, b"01234567");
    assert_eq!(next(&first).1, b"X", "a full packet is an interrupt of its own");
    // Not told any more, but the other is.
    link.observe(Signal::UsbInterrupt, None).unwrap();
    assert_eq!(next(&second).1, b"01");
    assert_eq!(next(&second).1, b"X");
    device.sends(0x83, b"end");
    assert_eq!(next(&second).1, b"en");
    assert!(first.try_recv().is_err());
}

#[test]
fn a_larger_size_takes_more_packets_in_one() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    let told = listen(&link);
    link.set(VI_ATTR_USB_MAX_INTR_SIZE, 20, &call(&cancel)).unwrap();
    device.sends(0x83, b"0123456789ab");
    assert_eq!(next(&told).1, b"0123456789ab");
}

#[test]
fn a_halted_pipe_is_told_once_and_goes_on_when_it_is_made_ready() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    device.halts(0x83);
    let told = listen(&link);
    assert_eq!(next(&told), (VI_ERROR_IO, vec![]));
    assert_eq!(number(&link, VI_ATTR_USB_INTR_IN_STATUS), VI_USB_PIPE_STALLED.into());
    device.sends(0x83, b"a");
    assert!(told.try_recv().is_err());
    link.set(VI_ATTR_USB_INTR_IN_STATUS, VI_USB_PIPE_READY as u64, &call(&cancel)).unwrap();
    assert_eq!(next(&told), (VI_SUCCESS, b"a".to_vec()));
}

#[test]
fn another_pipe_can_be_listened_to_and_another_setting_has_none() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    let told = listen(&link);
    link.set(VI_ATTR_USB_INTR_IN_PIPE, 0x84, &call(&cancel)).unwrap();
    device.sends(0x83, b"not");
    device.sends(0x84, b"this");
    assert_eq!(next(&told).1, b"this");
    link.set(VI_ATTR_USB_ALT_SETTING, 1, &call(&cancel)).unwrap();
    assert_eq!(number(&link, VI_ATTR_USB_MAX_INTR_SIZE), 0);
    // Back again, it is the first pipe's that is listened to.
    link.set(VI_ATTR_USB_ALT_SETTING, 0, &call(&cancel)).unwrap();
    assert_eq!(next(&told).1, b"not");
}

#[test]
fn a_device_that_goes_is_told_and_threads_end_with_their_session() {
    let (device, unit, link) = open();
    let told = listen(&link);
    device.goes();
    assert_eq!(next(&told).0, VI_ERROR_CONN_LOST);
    drop(link);
    assert!(told.recv().is_err(), "the sink is gone");
    assert_eq!(Arc::strong_count(&unit), 1, "no thread has the interface");
}

#[test]
fn without_an_interrupt_pipe_there_are_no_interrupts() {
    let (_device, _, link) = open();
    let cancel = Cancel::new();
    link.set(VI_ATTR_USB_INTR_IN_PIPE, -1_i64 as u64, &call(&cancel)).unwrap();
    let sink: Sink = Arc::new(|_| {});
    let refused = link.observe(Signal::UsbInterrupt, Some(sink.clone())).unwrap_err();
    assert_eq!(refused.code, VI_ERROR_NSUP_OPER);
    assert!(link.observe(Signal::Break, Some(sink)).is_err());
    assert!(link.observe(Signal::Break, None).is_ok());
}
