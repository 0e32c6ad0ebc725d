use std::fs::OpenOptions;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;
use std::sync::mpsc;

use super::*;
use crate::os::Cancel;
use crate::os::pty::Pty;
use crate::status::{VI_ERROR_ABORT, VI_ERROR_TMO};

const SETTINGS: Settings = Settings {
    baud: 9600,
    data_bits: 8,
    parity: Parity::None,
    stop_bits: StopBits::One,
    flow: Flow { xon_xoff: false, rts_cts: false, dtr_dsr: false },
    xon: 0x11,
    xoff: 0x13,
};

fn open(pty: &Pty) -> Tty {
    Tty::open(&pty.path, &SETTINGS).unwrap().0
}

fn within(ms: u64, cancel: &Cancel) -> Wait<'_> {
    Wait { deadline: Deadline::after(Duration::from_millis(ms)), ticket: cancel.ticket() }
}

#[test]
fn bytes_go_both_ways_as_they_are() {
    let (pty, cancel) = (Pty::open(), Cancel::new());
    let tty = open(&pty);
    let all: Vec<u8> = (0..=255).collect();
    pty.send(&all);
    let mut got = vec![0; 300];
    let mut count = 0;
    while count < all.len() {
        count += tty.receive(&mut got[count..], &within(20_000, &cancel)).unwrap();
    }
    assert_eq!(got[..count], all);
    let (front, back) = all.split_at(100);
    let mut parts = [IoSlice::new(front), IoSlice::new(&[]), IoSlice::new(back)];
    tty.send(&mut parts, &within(20_000, &cancel)).unwrap();
    assert_eq!(pty.receive(256), all);
}

#[test]
fn what_was_set_before_is_restored() {
    let pty = Pty::open();
    let flags = libc::O_NOCTTY;
    let other =
        OpenOptions::new().read(true).write(true).custom_flags(flags).open(&pty.path).unwrap();
    let fd = other.as_raw_fd();
    let mut before = control::termios(fd).unwrap();
    before.c_cflag = before.c_cflag & !libc::CBAUD | libc::BOTHER;
    (before.c_ispeed, before.c_ospeed) = (4321, 4321);
    control::set_termios(fd, &before).unwrap();
    let before = control::termios(fd).unwrap();
    let tty = open(&pty);
    let during = control::termios(fd).unwrap();
    assert_eq!((during.c_lflag, during.c_oflag, during.c_ospeed), (0, 0, 9600));
    drop(tty);
    let after = control::termios(fd).unwrap();
    assert_ne!(before.c_lflag, 0, "else the test proves nothing");
    assert_eq!(
        (after.c_iflag, after.c_oflag, after.c_cflag, after.c_lflag, after.c_cc, after.c_ospeed),
        (before.c_iflag, before.c_oflag, before.c_cflag, before.c_lflag, before.c_cc, 4321)
    );
    // Others are let in again, also those whom TIOCEXCL would stop.
    drop(open(&pty));
}

#[test]
fn a_port_that_another_has_is_busy() {
    let pty = Pty::open();
    let tty = open(&pty);
    let second = Tty::open(&pty.path, &SETTINGS).unwrap_err();
    assert_eq!(second.code, VI_ERROR_RSRC_BUSY);
    drop(tty);
    open(&pty);
}

#[test]
fn what_is_no_port_is_not_found() {
    let code = |path: &Path| Tty::open(path, &SETTINGS).unwrap_err().code;
    assert_eq!(code(Path::new("/dev/no-such-port")), VI_ERROR_RSRC_NFOUND);
    assert_eq!(code(Path::new("/dev/null")), VI_ERROR_RSRC_NFOUND);
    assert_eq!(code(Path::new("/tmp")), VI_ERROR_RSRC_NFOUND);
    assert_eq!(code(Path::new("/proc/self/exe")), VI_ERROR_RSRC_NFOUND);
}

#[test]
fn any_rate_is_taken_and_what_the_driver_refuses_changes_nothing() {
    let pty = Pty::open();
    let tty = open(&pty);
    // With and without a number of their own.
    for baud in [1, 134, 9600, 12_345, 3_000_001, 4_000_000] {
        assert_eq!(tty.apply(&Settings { baud, ..SETTINGS }).unwrap().baud, baud);
    }
    // A pseudo-terminal has 8 data bits and no parity, whatever it is asked for.
    for refused in [
        Settings { data_bits: 7, ..SETTINGS },
        Settings { parity: Parity::Even, ..SETTINGS },
        Settings { flow: Flow { dtr_dsr: true, ..SETTINGS.flow }, ..SETTINGS },
        Settings { baud: 0, ..SETTINGS },
    ] {
        assert_eq!(tty.apply(&refused).unwrap_err().code, VI_ERROR_NSUP_ATTR_STATE, "{refused:?}");
        assert_eq!(control::termios(tty.fd()).unwrap().c_ospeed, 4_000_000);
    }
}

#[test]
fn a_read_ends_at_its_deadline_and_on_cancel() {
    let (pty, cancel) = (Pty::open(), Arc::new(Cancel::new()));
    let tty = Arc::new(open(&pty));
    for ms in [0, 30, 250] {
        let error = tty.receive(&mut [0; 8], &within(ms, &cancel)).unwrap_err();
        assert_eq!(error.code, VI_ERROR_TMO);
    }
    let now = Wait { deadline: Deadline::Immediate, ticket: cancel.ticket() };
    assert_eq!(tty.receive(&mut [0; 8], &now).unwrap_err().code, VI_ERROR_TMO);
    let (started, start) = mpsc::channel();
    let reader = {
        let (tty, cancel) = (tty.clone(), cancel.clone());
        std::thread::spawn(move || {
            let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
            started.send(()).unwrap();
            tty.receive(&mut [0; 8], &wait).unwrap_err().code
        })
    };
    start.recv().unwrap();
    cancel.terminate();
    assert_eq!(reader.join().unwrap(), VI_ERROR_ABORT);
}

/// Whether the read is still in its patient first step, or polls already.
#[test]
fn a_port_that_goes_ends_a_read_without_an_end() {
    for ms in [0, 300] {
        let pty = Pty::open();
        let tty = open(&pty);
        let reader = std::thread::spawn(move || {
            let cancel = Cancel::new();
            let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
            let first = tty.receive(&mut [0; 8], &wait);
            let again = tty.receive(&mut [0; 8], &wait).unwrap_err().code;
            let sent = tty.send(&mut [IoSlice::new(b"x")], &wait).unwrap_err().error.code;
            (first.unwrap_err().code, again, sent, tty.has_hung_up())
        });
        std::thread::sleep(Duration::from_millis(ms));
        drop(pty);
        let lost = VI_ERROR_CONN_LOST;
        assert_eq!(reader.join().unwrap(), (lost, lost, lost, true));
    }
}

#[test]
fn a_write_that_nobody_takes_ends_at_its_deadline_and_counts_what_left() {
    let (pty, cancel) = (Pty::open(), Cancel::new());
    let tty = open(&pty);
    let much: Vec<u8> = (0..1 << 20).map(|i| (i % 251) as u8).collect();
    let cut = tty.send(&mut [IoSlice::new(&much)], &within(50, &cancel)).unwrap_err();
    assert_eq!(cut.error.code, VI_ERROR_TMO);
    assert!(cut.count > 0 && cut.count < much.len());
    assert!(pty.receive(cut.count) == much[..cut.count]);
    // Stopped by us, as by XOFF.
    tty.set_transmit(false).unwrap();
    let cut = tty.send(&mut [IoSlice::new(b"abc")], &within(50, &cancel)).unwrap_err();
    assert_eq!((cut.count, cut.error.code), (0, VI_ERROR_TMO));
    tty.set_transmit(true).unwrap();
    tty.send(&mut [IoSlice::new(b"abc")], &within(20_000, &cancel)).unwrap();
    assert_eq!(pty.receive(3), b"abc");
}

#[test]
fn bad_memory_is_the_callers_fault() {
    let (pty, cancel) = (Pty::open(), Cancel::new());
    let tty = open(&pty);
    pty.send(b"x");
    // SAFETY: nothing here follows the pointers; the system says EFAULT.
    let (nowhere, source) = unsafe {
        let far = std::ptr::without_provenance_mut::<u8>(1 << 40);
        (std::slice::from_raw_parts_mut(far, 4), std::slice::from_raw_parts(far.cast_const(), 4))
    };
    let error = tty.receive(nowhere, &within(20_000, &cancel)).unwrap_err();
    assert_eq!(error.code, VI_ERROR_USER_BUF);
    let cut = tty.send(&mut [IoSlice::new(source)], &within(20_000, &cancel)).unwrap_err();
    assert_eq!(cut.error.code, VI_ERROR_USER_BUF);
}

#[test]
fn a_pseudo_terminal_has_no_lines_and_counts_nothing() {
    let pty = Pty::open();
    let tty = open(&pty);
    assert_eq!((tty.lines().unwrap(), tty.counts().unwrap()), (None, None));
    assert!(!tty.marks_errors() && !tty.is_rs485());
    assert_eq!(tty.set_rts(true).unwrap_err().code, VI_ERROR_NSUP_ATTR_STATE);
    assert_eq!(tty.set_dtr(false).unwrap_err().code, VI_ERROR_NSUP_ATTR_STATE);
}

#[test]
fn queues_are_seen_and_emptied() {
    let (pty, cancel) = (Pty::open(), Cancel::new());
    let tty = open(&pty);
    assert_eq!(tty.available().unwrap(), 0);
    pty.send(b"abc");
    await_events(tty.fd(), libc::POLLIN, &within(20_000, &cancel)).unwrap();
    assert_eq!(tty.available().unwrap(), 3);
    tty.discard_input().unwrap();
    assert_eq!(tty.available().unwrap(), 0);
    assert!(tty.is_drained().unwrap(), "what is sent on a pseudo-terminal has left");
}
