#![forbid(unsafe_code)]
//! Writing: splitting, END, and messages cut in the middle.

use std::io::Read;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use super::peer::{DATA, DATA_END, FIRST, LONG, Manners, POLITE, listen, session, welcome};
use crate::iface::hislip::HislipLink;
use crate::iface::{Call, Link, Stop};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::name::Address;
use crate::status::{VI_ERROR_ABORT, VI_ERROR_TMO};
use crate::wire::hislip::MessageType;

#[test]
fn a_long_message_is_split_by_the_servers_maximum() {
    session(Manners { most: 116, ..POLITE }, |mut peer| {
        peer.sync.expect(DATA, 0, FIRST, &[1; 100]);
        peer.sync.expect(DATA, 0, FIRST + 2, &[1; 100]);
        peer.sync.expect(DATA_END, 0, FIRST + 4, &[1; 100]);
        peer.sync.send(DATA_END, 0, FIRST + 4, b"ok");
        // RMT goes with the first part only.
        peer.sync.expect(DATA, 1, FIRST + 6, &[2; 100]);
        peer.sync.expect(DATA_END, 0, FIRST + 8, &[2; 1]);
    })
    .run(|session| {
        assert_eq!(session.query(&[1; 300]), b"ok");
        session.write(&[2; 101]);
    });
}

#[test]
fn a_maximum_of_nothing_is_not_taken_at_its_word() {
    for most in [0, 16] {
        session(Manners { most, ..POLITE }, |mut peer| {
            peer.sync.expect(DATA_END, 0, FIRST, b"*IDN?");
        })
        .run(|session| session.write(b"*IDN?"));
    }
}

#[test]
fn without_send_end_the_message_goes_on() {
    session(POLITE, |mut peer| {
        peer.sync.expect(DATA, 0, FIRST, b"*ID");
        peer.sync.expect(DATA_END, 0, FIRST + 2, b"N?");
        peer.sync.send(DATA_END, 0, FIRST + 2, b"me");
        peer.sync.expect(DATA, 1, FIRST + 4, b"x");
        peer.sync.expect(DATA_END, 0, FIRST + 6, b"");
    })
    .run(|session| {
        let mut call = session.calm();
        call.send_end = false;
        assert_eq!(session.link.write(b"*ID", &call).count, 3);
        assert_eq!(session.query(b"N?"), b"me");
        assert_eq!(session.link.write(b"x", &call).count, 1);
        // Nothing without END is nothing at all; nothing with END ends the message.
        assert!(session.link.write(b"", &call).outcome.is_ok());
        session.write(b"");
    });
}

/// More than the system's buffers hold.
const HUGE: usize = 64 << 20;

/// A write that the server does not take: `cut` ends it, and the next one finds the session in
/// step again.
fn cut_write(cut: impl FnOnce(&super::peer::Session, Receiver<()>) -> (usize, i32) + Send) {
    let (begun, has_begun) = channel();
    session(Manners { most: 1 << 40, ..POLITE }, move |mut peer| {
        // Nothing is taken until the clear.
        peer.sync.0.peek(&mut [0]).unwrap();
        begun.send(()).unwrap();
        peer.asynchronous.expect(19, 0, 0, b"");
        peer.asynchronous.send(23, 0, 0, b"");
        let mut head = [0; 16];
        peer.sync.0.read_exact(&mut head).unwrap();
        assert_eq!((head[2], &head[4..8]), (DATA_END, &FIRST.to_be_bytes()[..]));
        assert_eq!(head[8..], (HUGE as u64).to_be_bytes());
        let mut payload = vec![0; HUGE];
        peer.sync.0.read_exact(&mut payload).unwrap();
        let sent = payload.iter().position(|byte| *byte == 0).expect("zeros for the rest");
        assert!(payload[sent..].iter().all(|byte| *byte == 0));
        peer.sync.expect(8, 0, 0, b"");
        peer.sync.send(9, 0, 0, b"");
        peer.sync.expect(DATA_END, 0, FIRST, b"HOW MANY?");
        peer.sync.send(DATA_END, 0, FIRST, &sent.to_be_bytes());
    })
    .run(|session| {
        let (count, code) = cut(session, has_begun);
        assert!(count > 0 && count < HUGE);
        assert!([VI_ERROR_TMO, VI_ERROR_ABORT].contains(&code));
        assert_eq!(session.query(b"HOW MANY?"), count.to_be_bytes(), "the count is what was sent");
    });
}

#[test]
fn a_message_cut_by_its_deadline_is_finished_by_a_clear() {
    cut_write(|session, _| {
        let transfer = session.link.write(&vec![1; HUGE], &session.call(500));
        assert_eq!(transfer.outcome.unwrap_err().code, VI_ERROR_TMO);
        (transfer.count, VI_ERROR_TMO)
    });
}

#[test]
fn a_message_cut_by_terminate_is_finished_by_a_clear() {
    cut_write(|session, has_begun| {
        let data = &vec![1; HUGE];
        std::thread::scope(|scope| {
            let call = session.call(u32::MAX);
            let writer = scope.spawn(move || session.link.write(data, &call));
            has_begun.recv_timeout(LONG).unwrap();
            session.cancel.terminate();
            let transfer = writer.join().unwrap();
            (transfer.count, transfer.outcome.unwrap_err().code)
        })
    });
}

#[test]
fn a_message_that_could_not_begin_uses_no_id() {
    let (listener, name) = listen();
    let server = std::thread::spawn(move || {
        let mut peer = welcome(&listener, POLITE);
        peer.sync.expect(DATA_END, 0, FIRST, b"A?");
        peer.sync.send(DATA_END, 0, FIRST, b"a");
        peer.sync.expect(DATA_END, 1, FIRST + 2, b"B");
    });
    let Address::Hislip { host, port, device, .. } = &name.address else { panic!() };
    let cancel = Cancel::new();
    let wait = || Wait { deadline: Deadline::after(LONG), ticket: cancel.ticket() };
    let link = Arc::new(HislipLink::open(host, *port, device, &wait()).unwrap());
    let send = |data: &[u8], wait: &Wait| {
        link.send_numbered(&mut link.outbound.pass(wait).unwrap(), MessageType::DataEnd, data, wait)
    };
    let call = |wait| Call {
        wait,
        timeout_ms: 0,
        term_char: None,
        end_char: b'\n',
        send_end: true,
        suppress_end: false,
    };
    send(b"A?", &wait()).unwrap();
    assert_eq!(link.read(&mut [0; 9], &call(wait())).outcome, Ok(Stop::End));
    let stale = wait();
    cancel.terminate();
    let cut = send(b"X", &stale).unwrap_err();
    assert_eq!((cut.count, cut.error.code), (0, VI_ERROR_ABORT));
    // Neither the id nor RMT-delivered went with it.
    send(b"B", &wait()).unwrap();
    server.join().unwrap();
}

/// A server that is still sending an unread reply takes nothing before that is received. The reply
/// is void once something new is asked (IVI-6.1 3.1.2 (3)), so the write receives and drops it.
#[test]
fn a_write_does_not_wait_for_a_server_that_waits_for_us() {
    session(Manners { most: 1 << 40, ..POLITE }, |mut peer| {
        peer.sync.expect(DATA_END, 0, FIRST, b"BIG?");
        peer.sync.send(DATA_END, 0, FIRST, &vec![1; HUGE]);
        peer.sync.expect(DATA_END, 0, FIRST + 2, &vec![2; HUGE]);
        peer.sync.send(DATA_END, 0, FIRST + 2, b"ok");
    })
    .run(|session| {
        session.write(b"BIG?");
        let transfer = session.link.write(&vec![2; HUGE], &session.call(u32::MAX));
        assert_eq!((transfer.count, transfer.outcome), (HUGE, Ok(())));
        assert_eq!(session.read(), b"ok");
    });
}

/// The same with another thread in a read, which takes what comes until it gives up.
#[test]
fn a_write_goes_on_receiving_where_a_reader_leaves_off() {
    session(Manners { most: 1 << 40, ..POLITE }, |mut peer| {
        peer.sync.expect(DATA_END, 0, FIRST, b"BIG?");
        // Until the write has filled what lies between, and the reader has left.
        peer.asynchronous.expect(21, 0, FIRST, b"");
        peer.sync.send(DATA_END, 0, FIRST, &vec![1; HUGE]);
        peer.sync.expect(DATA_END, 0, FIRST + 2, &vec![2; HUGE]);
        peer.sync.send(DATA_END, 0, FIRST + 2, b"ok");
        peer.asynchronous.send(22, 0, 0, b"");
    })
    .run(|session| {
        session.write(b"BIG?");
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| session.read_with(9, &session.call(300)).1);
            let writer =
                scope.spawn(|| session.link.write(&vec![2; HUGE], &session.call(u32::MAX)));
            assert_eq!(reader.join().unwrap().unwrap_err().code, VI_ERROR_TMO);
            let poll = scope.spawn(|| session.link.read_stb(&session.calm()));
            assert_eq!(writer.join().unwrap().outcome, Ok(()));
            assert_eq!(poll.join().unwrap(), Ok(0));
        });
        assert_eq!(session.read(), b"ok");
    });
}

/// A clear that has to finish a cut message does so although the server is sending.
#[test]
fn a_cut_message_is_finished_although_the_server_waits_for_us() {
    let (begun, has_begun) = channel();
    session(Manners { most: 1 << 40, ..POLITE }, move |mut peer| {
        peer.sync.expect(DATA_END, 0, FIRST, b"BIG?");
        peer.sync.0.peek(&mut [0]).unwrap();
        begun.send(()).unwrap();
        peer.asynchronous.expect(19, 0, 0, b"");
        peer.asynchronous.send(23, 0, 0, b"");
        peer.sync.send(DATA_END, 0, FIRST, &vec![1; HUGE]);
        let mut cut = vec![0; 16 + HUGE];
        peer.sync.0.read_exact(&mut cut).unwrap();
        peer.sync.expect(8, 0, 0, b"");
        peer.sync.send(9, 0, 0, b"");
        peer.sync.expect(DATA_END, 0, FIRST, b"next?");
        peer.sync.send(DATA_END, 0, FIRST, b"ok");
    })
    .run(|session| {
        session.write(b"BIG?");
        let data = &vec![2; HUGE];
        std::thread::scope(|scope| {
            let call = session.call(u32::MAX);
            let writer = scope.spawn(move || session.link.write(data, &call));
            has_begun.recv_timeout(LONG).unwrap();
            session.cancel.terminate();
            assert_eq!(writer.join().unwrap().outcome.unwrap_err().code, VI_ERROR_ABORT);
        });
        let transfer = session.link.write(b"next?", &session.call(u32::MAX));
        assert_eq!(transfer.outcome, Ok(()));
        assert_eq!(session.read(), b"ok");
    });
}
