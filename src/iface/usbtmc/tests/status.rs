#![forbid(unsafe_code)]
//! The status byte both ways, requests for service, and interrupts of the vendor's.

use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::consts::VI_ATTR_USB_MAX_INTR_SIZE;
use crate::iface::{Interrupt, Report, Signal, Sink};
use crate::status::{
    VI_ERROR_INP_PROT_VIOL, VI_ERROR_IO, VI_ERROR_NSUP_OPER, VI_ERROR_TMO, VI_SUCCESS,
};

const READ_STATUS_BYTE: u8 = 128;

const LONG: Duration = Duration::from_secs(20);

fn notice(script: &Script, bytes: &[u8]) {
    // It has 8 bytes of room, so none of these is full.
    script.says_on(INTERRUPT, Said::Transfer(bytes.to_vec()));
}

fn stb(link: &UsbtmcLink) -> Result<u8> {
    link.read_stb(&Terms::new().call())
}

fn sink() -> (Sink, mpsc::Receiver<Report>) {
    let (sender, receiver) = mpsc::channel();
    let sender = parking_lot::Mutex::new(sender);
    (Arc::new(move |report| _ = sender.lock().send(report)), receiver)
}

#[test]
fn the_status_byte_comes_on_the_interrupt_pipe() {
    let (script, link) = open();
    notice(&script, &[0x82, 0x50]);
    assert_eq!(stb(&link), Ok(0x50));
    assert_eq!(script.log(), "control 128 2");
    // One that is late is not taken for the next.
    notice(&script, &[0x82, 0x11]);
    notice(&script, &[0x83, 0x22]);
    assert_eq!(stb(&link), Ok(0x22));
    // Tags are 2 to 127.
    for tag in (4..=127).chain([2]) {
        notice(&script, &[0x80 | tag, tag]);
        assert_eq!(stb(&link), Ok(tag));
    }
    // One that the device tells at once although it has an interrupt pipe.
    script.tells(READ_STATUS_BYTE, Told::Answer(vec![1, 3, 0x44]));
    assert_eq!(stb(&link), Ok(0x44));
    assert_eq!(code(link.read_stb(&Terms::hurried().call())), VI_ERROR_TMO);
    notice(&script, &[0x85, 1]);
    assert_eq!(stb(&link), Ok(1));
}

#[test]
fn a_busy_pipe_is_emptied_and_asked_again() {
    let (script, link) = open();
    script.tells(READ_STATUS_BYTE, Told::Answer(vec![0x20, 2, 0]));
    notice(&script, &[0xF0, 9]);
    notice(&script, &[0x82, 7]);
    assert_eq!(stb(&link), Ok(7));
    assert_eq!(script.log(), "control 128 2, control 128 2");
}

/// What stood in the way has gone to somebody else: it is asked for again all the same.
#[test]
fn a_busy_pipe_that_another_empties_is_no_obstacle() {
    for is_watched in [false, true] {
        let (script, link) = open();
        let ((service, _requests), terms) = (sink(), Terms::new());
        if is_watched {
            link.watch(Some(service), &terms.call().wait).unwrap();
        }
        script.tells(READ_STATUS_BYTE, Told::Answer(vec![0x20, 2, 0]));
        script.tells(READ_STATUS_BYTE, Told::Answer(vec![1, 2, 0x44]));
        assert_eq!(stb(&link), Ok(0x44), "watched: {is_watched}");
        assert_eq!(script.log(), "control 128 2, control 128 2");
        link.close(Deadline::Never);
    }
    // One that stays busy is given up in time.
    let (script, link) = open();
    (0..1000).for_each(|_| _ = script.tells(READ_STATUS_BYTE, Told::Answer(vec![0x20, 2, 0])));
    assert_eq!(code(link.read_stb(&Terms::hurried().call())), VI_ERROR_TMO);
}

#[test]
fn without_an_interrupt_pipe_the_status_byte_is_told() {
    let script = Arc::new(Script::default());
    let plain = Layout { interrupt: None, ..layout() };
    let link = open_as(&script, plain, Quirks::default());
    script.tells(READ_STATUS_BYTE, Told::Answer(vec![1, 2, 0x50]));
    assert_eq!(stb(&link), Ok(0x50));
    script.tells(READ_STATUS_BYTE, Told::Answer(vec![1, 9, 0x50]));
    assert_eq!(code(stb(&link)), VI_ERROR_INP_PROT_VIOL);
    for told in [Told::Answer(vec![0x80, 4, 0]), Told::Stall] {
        script.tells(READ_STATUS_BYTE, told);
        assert_eq!(code(stb(&link)), VI_ERROR_IO);
    }
    let (sink, _reports) = sink();
    let wanted = link.watch(Some(sink), &Terms::new().call().wait);
    assert_eq!(code(wanted), VI_ERROR_NSUP_OPER);
}

#[test]
fn an_interface_that_is_not_usb488_has_neither() {
    let script = Arc::new(Script::default());
    let link = open_as(&script, Layout { protocol: 0, ..layout() }, Quirks::default());
    assert_eq!(code(stb(&link)), VI_ERROR_NSUP_OPER);
    let terms = Terms::new();
    let (sink, reports) = sink();
    let wanted = link.watch(Some(sink.clone()), &terms.call().wait);
    assert_eq!(code(wanted), VI_ERROR_NSUP_OPER);
    // But what vendors send may come.
    notice(&script, &[0x01, 7]);
    link.observe(Signal::UsbInterrupt, Some(sink)).unwrap();
    assert!(matches!(reports.recv_timeout(LONG), Ok(Report::UsbInterrupt(_))));
    link.close(Deadline::Never);
}

#[test]
fn requests_for_service_and_interrupts_are_told_to_who_asks() {
    let (script, link) = open();
    let wait_terms = Terms::new();
    let ((service, requests), (vendor, interrupts)) = (sink(), sink());
    notice(&script, &[0x81, 0x40]);
    link.watch(Some(service), &wait_terms.call().wait).unwrap();
    // It was there before anybody watched, and is not lost.
    assert_eq!(requests.recv_timeout(LONG), Ok(Report::Plain));
    link.set(VI_ATTR_USB_MAX_INTR_SIZE, 3, &wait_terms.call()).unwrap();
    // The thread is in a read that ends; the next one begins with what is there then.
    link.watch(None, &wait_terms.call().wait).unwrap();
    notice(&script, &[0x05, 1, 2, 3, 4]);
    notice(&script, &[0x81, 0x40]);
    link.observe(Signal::UsbInterrupt, Some(vendor)).unwrap();
    let data = vec![5, 1, 2].into();
    let interrupt = Interrupt { status: VI_SUCCESS, data };
    assert_eq!(interrupts.recv_timeout(LONG), Ok(Report::UsbInterrupt(interrupt)));
    assert!(requests.try_recv().is_err(), "no longer asked for");
    link.close(Deadline::Never);
}

/// Fetching the byte that came with the request has taken bit 6 away on the device.
#[test]
fn the_byte_after_a_request_for_service_tells_of_it_once() {
    let (script, link) = open();
    notice(&script, &[0x81, 0x50]);
    notice(&script, &[0x82, 0x10]);
    assert_eq!(stb(&link), Ok(0x50));
    notice(&script, &[0x83, 0x10]);
    assert_eq!(stb(&link), Ok(0x10));
}

#[test]
fn a_pipe_that_fails_for_a_while_is_still_watched_when_it_works() {
    let (script, link) = open();
    let ((service, requests), (vendor, interrupts)) = (sink(), sink());
    (0..4).for_each(|_| _ = script.says_on(INTERRUPT, Said::Stall));
    notice(&script, &[0x81, 0x40]);
    link.observe(Signal::UsbInterrupt, Some(vendor)).unwrap();
    link.watch(Some(service), &Terms::new().call().wait).unwrap();
    assert_eq!(requests.recv_timeout(LONG), Ok(Report::Plain));
    let Ok(Report::UsbInterrupt(interrupt)) = interrupts.try_recv() else { panic!("no report") };
    assert_eq!(interrupt.status, VI_ERROR_IO);
    assert!(interrupts.try_recv().is_err(), "told once");
    // It is ended while it waits to try again, too.
    link.close(Deadline::Never);
}

#[test]
fn a_lost_device_is_told_to_who_waits_for_interrupts() {
    let (script, link) = open();
    let (vendor, interrupts) = sink();
    script.says_on(INTERRUPT, Said::Gone);
    link.observe(Signal::UsbInterrupt, Some(vendor)).unwrap();
    let Ok(Report::UsbInterrupt(interrupt)) = interrupts.recv_timeout(LONG) else {
        panic!("no report");
    };
    assert_eq!(interrupt.status, crate::status::VI_ERROR_CONN_LOST);
    link.close(Deadline::Never);
}
