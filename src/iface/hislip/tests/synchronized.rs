#![forbid(unsafe_code)]
//! Synchronized mode: which replies count (IVI-6.1 3.1.2).

use super::peer::{DATA, DATA_END, FIRST, POLITE, session};
use crate::iface::Stop;
use crate::status::VI_ERROR_TMO;

#[test]
fn ids_count_up_by_two_and_rmt_follows_a_whole_response() {
    session(POLITE, |mut peer| {
        peer.sync.expect(DATA_END, 0, FIRST, b"A?");
        peer.sync.send(DATA_END, 0, FIRST, b"a");
        peer.sync.expect(DATA_END, 1, FIRST + 2, b"B");
        peer.sync.expect(DATA_END, 0, FIRST + 4, b"C?");
        peer.sync.send(DATA_END, 0, FIRST + 4, b"c");
        peer.sync.expect(12, 1, FIRST + 6, b"");
        peer.sync.expect(12, 0, FIRST + 8, b"");
    })
    .run(|session| {
        assert_eq!(session.query(b"A?"), b"a");
        session.write(b"B");
        session.write(b"C?");
        // Half a response is not a delivered one; the other half makes it one.
        assert_eq!(session.read(), b"c");
        session.link.trigger(&session.calm()).unwrap();
        session.link.trigger(&session.calm()).unwrap();
    });
}

#[test]
fn half_a_response_is_not_delivered() {
    session(POLITE, |mut peer| {
        peer.sync.expect(DATA_END, 0, FIRST, b"A?");
        peer.sync.send(DATA_END, 0, FIRST, b"aa");
        peer.sync.expect(DATA_END, 0, FIRST + 2, b"B?");
    })
    .run(|session| {
        session.write(b"A?");
        assert_eq!(session.read_with(1, &session.calm()), (b"a".to_vec(), Ok(Stop::Count)));
        session.write(b"B?");
    });
}

#[test]
fn ids_wrap() {
    session(POLITE, |mut peer| {
        for id in (0..200).map(|i| FIRST.wrapping_add(2 * i)) {
            peer.sync.expect(DATA_END, u8::from(id != FIRST), id, b"?");
            peer.sync.send(DATA_END, 0, id, &id.to_be_bytes());
        }
    })
    .run(|session| {
        for id in (0..200).map(|i| FIRST.wrapping_add(2 * i)) {
            assert_eq!(session.query(b"?"), id.to_be_bytes());
        }
    });
}

#[test]
fn a_data_end_with_a_wrong_id_is_dropped_with_its_data() {
    session(POLITE, |mut peer| {
        peer.sync.recv();
        peer.sync.send(DATA, 0, FIRST, b"stale data");
        peer.sync.send(DATA_END, 0, FIRST - 2, b"stale end");
        peer.sync.recv();
        peer.sync.send(DATA_END, 0, FIRST + 2, b"fresh");
    })
    .run(|session| {
        session.write(b"?");
        let (data, error) = session.read_error(80);
        assert_eq!((data, error.code), (vec![], VI_ERROR_TMO));
        assert_eq!(session.query(b"?"), b"fresh");
    });
}

#[test]
fn a_data_end_with_any_id_is_dropped() {
    session(POLITE, |mut peer| {
        peer.sync.recv();
        peer.sync.send(DATA_END, 0, 0xFFFF_FFFF, b"nobody's");
        peer.sync.send(DATA_END, 0, FIRST, b"mine");
    })
    .run(|session| assert_eq!(session.query(b"?"), b"mine"));
}

#[test]
fn a_data_with_a_wrong_id_is_dropped_alone() {
    session(POLITE, |mut peer| {
        peer.sync.recv();
        peer.sync.send(DATA, 0, FIRST, &[1; 100]);
        peer.sync.send(DATA, 0, FIRST + 40, &[2; 120]);
        peer.sync.send(DATA, 0, 0xFFFF_FFFF, &[3; 130]);
        peer.sync.send(DATA_END, 0, FIRST, &[4; 150]);
    })
    .run(|session| {
        let reply = session.query(b"?");
        assert_eq!(reply.len(), 380);
        assert!(!reply.contains(&2));
    });
}

#[test]
fn dropping_a_response_keeps_an_earlier_one_of_the_same_read() {
    session(POLITE, |mut peer| {
        peer.sync.recv();
        peer.sync.send(DATA_END, 0, FIRST, b"whole ");
        peer.sync.send(DATA, 0, FIRST, b"part");
        peer.sync.send(DATA_END, 0, FIRST + 90, b"wrong");
        peer.sync.send(DATA_END, 0, FIRST, b"next!");
    })
    .run(|session| {
        session.write(b"?");
        let mut call = session.calm();
        call.suppress_end = true;
        assert_eq!(session.read_with(11, &call), (b"whole next!".to_vec(), Ok(Stop::Count)));
    });
}

#[test]
fn no_late_answer_is_given_to_a_later_question() {
    session(POLITE, |mut peer| {
        peer.sync.expect(DATA_END, 0, FIRST, b"SLOW?");
        peer.sync.expect(DATA_END, 0, FIRST + 2, b"FAST?");
        peer.sync.send(DATA_END, 0, FIRST, b"slow");
        peer.sync.send(DATA_END, 0, FIRST + 2, b"fast");
    })
    .run(|session| {
        session.write(b"SLOW?");
        assert_eq!(session.read_error(60).1.code, VI_ERROR_TMO);
        assert_eq!(session.query(b"FAST?"), b"fast");
    });
}

#[test]
fn a_new_message_drops_an_unread_and_a_part_read_reply() {
    for (read, parts) in [(0, 1), (0, 2), (3, 1), (3, 2)] {
        session(POLITE, move |mut peer| {
            peer.sync.recv();
            if parts == 2 {
                peer.sync.send(DATA, 0, FIRST, b"old reply ");
            }
            peer.sync.send(DATA_END, 0, FIRST, &b"old ".repeat(50_000));
            peer.sync.recv();
            peer.sync.send(DATA_END, 0, FIRST + 2, b"new");
        })
        .run(|session| {
            session.write(b"OLD?");
            if read > 0 {
                let (data, outcome) = session.read_with(read, &session.calm());
                assert_eq!((&data[..], outcome), (&b"old"[..], Ok(Stop::Count)));
            }
            assert_eq!(session.query(b"NEW?"), b"new");
        });
    }
}

/// A server that says that the second message interrupted the reply to the first.
fn interrupted(async_first: bool) {
    session(POLITE, move |mut peer| {
        peer.sync.expect(DATA_END, 0, FIRST, b"A?");
        peer.sync.send(DATA, 0, 0xFFFF_FFFF, b"half of a");
        peer.sync.expect(DATA_END, 0, FIRST + 2, b"B?");
        if async_first {
            peer.asynchronous.send(14, 0, FIRST + 2, b"");
        }
        peer.asynchronous.expect(21, 0, FIRST + 2, b"");
        peer.asynchronous.send(22, 0, 0, b"");
        peer.sync.send(DATA, 0, 0xFFFF_FFFF, b"another part of a");
        peer.sync.send(13, 0, FIRST + 2, b"");
        peer.sync.send(DATA_END, 0, FIRST + 2, b"b");
        if !async_first {
            assert!(peer.sync.is_quiet(), "nothing is to be sent before AsyncInterrupted");
            peer.asynchronous.send(14, 0, FIRST + 2, b"");
        }
        peer.sync.expect(DATA_END, 1, FIRST + 4, b"C?");
        peer.sync.send(DATA_END, 0, FIRST + 4, b"c");
    })
    .run(|session| {
        session.write(b"A?");
        session.write(b"B?");
        session.link.read_stb(&session.calm()).unwrap();
        assert_eq!(session.read(), b"b");
        assert_eq!(session.query(b"C?"), b"c");
    });
}

#[test]
fn interrupted_before_async_interrupted() {
    interrupted(false);
}

#[test]
fn async_interrupted_before_interrupted() {
    interrupted(true);
}

#[test]
fn after_async_interrupted_replies_are_dropped_until_interrupted() {
    session(POLITE, |mut peer| {
        peer.sync.recv();
        peer.asynchronous.send(14, 0, FIRST, b"");
        peer.asynchronous.expect(21, 0, FIRST, b"");
        peer.asynchronous.send(22, 0, 0, b"");
        // Right id, wrong time.
        peer.sync.send(DATA_END, 0, FIRST, b"void");
        peer.sync.send(13, 0, FIRST, b"");
        peer.sync.send(DATA_END, 0, FIRST, b"valid");
    })
    .run(|session| {
        session.write(b"?");
        session.link.read_stb(&session.calm()).unwrap();
        assert_eq!(session.read(), b"valid");
    });
}

#[test]
fn a_missing_async_interrupted_holds_messages_back_until_the_deadline() {
    session(POLITE, |mut peer| {
        peer.sync.recv();
        peer.sync.send(13, 0, FIRST, b"");
        peer.sync.send(DATA_END, 0, FIRST, b"a");
        assert_eq!(peer.serve_clear(), 0);
        peer.sync.expect(DATA_END, 0, FIRST, b"B?");
        peer.sync.send(DATA_END, 0, FIRST, b"b");
    })
    .run(|session| {
        assert_eq!(session.query(b"A?"), b"a");
        let transfer = session.link.write(b"lost", &session.call(60));
        assert_eq!((transfer.count, transfer.outcome.unwrap_err().code), (0, VI_ERROR_TMO));
        session.link.clear(&session.calm()).unwrap();
        assert_eq!(session.query(b"B?"), b"b");
    });
}
