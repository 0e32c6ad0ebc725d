#![forbid(unsafe_code)]
//! Overlap mode: replies count whatever their id, and only device clear drops them (IVI-6.1 3.2).

use super::peer::{DATA, DATA_END, FIRST, LONG, Manners, POLITE, session};
use crate::attr::Value;
use crate::consts::VI_ATTR_TCPIP_HISLIP_OVERLAP_EN;
use crate::iface::Stop;
use crate::status::{VI_ERROR_NSUP_ATTR_STATE, VI_ERROR_TMO};

const OVERLAP: Manners = Manners { features: 1, ..POLITE };

#[test]
fn pipelined_questions_are_answered_in_order_whatever_the_ids() {
    session(OVERLAP, |mut peer| {
        for i in 0..3 {
            peer.sync.expect(DATA_END, 0, FIRST + 2 * i, b"?");
        }
        let mut wire = super::peer::bytes(DATA_END, 0, FIRST, b"first");
        wire.extend(super::peer::bytes(DATA, 0, 7, b"sec"));
        wire.extend(super::peer::bytes(DATA_END, 0, 0xFFFF_FFFF, b"ond"));
        wire.extend(super::peer::bytes(DATA_END, 0, 1, b"third"));
        // All at once: what one receive brings too much is kept.
        peer.sync.raw(&wire);
    })
    .run(|session| {
        (0..3).for_each(|_| session.write(b"?"));
        assert_eq!(session.read_with(2, &session.calm()), (b"fi".to_vec(), Ok(Stop::Count)));
        for reply in ["rst", "second", "third"] {
            assert_eq!(session.read(), reply.as_bytes());
        }
    });
}

#[test]
fn a_part_read_reply_survives_a_new_message() {
    session(OVERLAP, |mut peer| {
        peer.sync.recv();
        peer.sync.send(DATA_END, 0, FIRST, b"one");
        peer.sync.recv();
        peer.sync.send(DATA_END, 0, FIRST + 2, b"two");
    })
    .run(|session| {
        session.write(b"?");
        assert_eq!(session.read_with(1, &session.calm()).0, b"o");
        session.write(b"?");
        assert_eq!(session.read(), b"ne");
        assert_eq!(session.read(), b"two");
    });
}

#[test]
fn only_a_clear_drops_a_late_reply() {
    session(OVERLAP, |mut peer| {
        peer.sync.recv();
        peer.sync.recv();
        peer.sync.send(DATA_END, 0, FIRST, b"late");
        peer.sync.send(DATA_END, 0, FIRST + 2, b"later, and read in part");
        assert_eq!(peer.serve_clear(), 1, "the mode in force is asked for");
        peer.sync.expect(DATA_END, 0, FIRST, b"?");
        peer.sync.send(DATA_END, 0, FIRST, b"fresh");
    })
    .run(|session| {
        session.write(b"?");
        assert_eq!(session.read_error(40).1.code, VI_ERROR_TMO);
        session.write(b"?");
        assert_eq!(session.read(), b"late");
        assert_eq!(session.read_with(5, &session.calm()).0, b"later");
        session.link.clear(&session.calm()).unwrap();
        assert_eq!(session.query(b"?"), b"fresh");
    });
}

#[test]
fn status_queries_carry_the_id_of_the_last_response_delivered_whole() {
    session(OVERLAP, |mut peer| {
        peer.sync.recv();
        for (rmt, id) in [(0, 0xFFFF_FEFE), (0, 0xFFFF_FEFE), (1, 77)] {
            peer.asynchronous.expect(21, rmt, id, b"");
            if id != 77 {
                peer.sync.send(DATA_END, 0, 77, b"");
                peer.sync.send(DATA_END, 0, 77, b"ab");
            }
            peer.asynchronous.send(22, 0x10, 0, b"");
        }
        peer.serve_clear();
        peer.asynchronous.expect(21, 0, 0xFFFF_FEFE, b"");
        peer.asynchronous.send(22, 0, 0, b"");
    })
    .run(|session| {
        let status = || session.link.read_stb(&session.calm()).unwrap();
        session.write(b"?");
        assert_eq!(status(), 0x10);
        assert_eq!(status(), 0x10);
        assert_eq!(session.read(), b"");
        assert_eq!(status(), 0x10);
        session.link.clear(&session.calm()).unwrap();
        assert_eq!(status(), 0);
    });
}

#[test]
fn switching_the_mode_is_a_clear_that_asks_for_it() {
    session(POLITE, |mut peer| {
        peer.sync.recv();
        assert_eq!(peer.serve_clear(), 1);
        // Overlap now: any id will do.
        peer.sync.expect(DATA_END, 0, FIRST, b"?");
        peer.sync.send(DATA_END, 0, 5, b"yes");
        assert_eq!(peer.serve_clear(), 0);
        peer.sync.expect(DATA_END, 0, FIRST, b"?");
        peer.sync.send(DATA_END, 0, 5, b"no");
        peer.sync.send(DATA_END, 0, FIRST, b"synchronized");
    })
    .run(|session| {
        let set = |on: bool| {
            let set = session.link.set(VI_ATTR_TCPIP_HISLIP_OVERLAP_EN, on.into(), &session.calm());
            assert_eq!(set, Ok(()));
            assert_eq!(session.link.get(VI_ATTR_TCPIP_HISLIP_OVERLAP_EN), Ok(Value::from(on)));
        };
        session.write(b"dropped");
        set(true);
        assert_eq!(session.query(b"?"), b"yes");
        set(false);
        assert_eq!(session.query(b"?"), b"synchronized");
    });
}

#[test]
fn the_mode_in_force_costs_no_traffic_and_a_refused_one_is_told() {
    let (quiet, was_quiet) = std::sync::mpsc::channel();
    session(POLITE, move |mut peer| {
        peer.sync.recv();
        assert!(peer.asynchronous.is_quiet());
        quiet.send(()).unwrap();
        peer.asynchronous.expect(19, 0, 0, b"");
        peer.asynchronous.send(23, 0, 0, b"");
        peer.sync.expect(8, 1, 0, b"");
        peer.sync.send(9, 0, 0, b"");
    })
    .run(|session| {
        let set = |on| session.link.set(VI_ATTR_TCPIP_HISLIP_OVERLAP_EN, on, &session.calm());
        assert_eq!(set(0), Ok(()));
        session.write(b"after");
        was_quiet.recv_timeout(LONG).expect("no traffic");
        assert_eq!(set(1).unwrap_err().code, VI_ERROR_NSUP_ATTR_STATE);
        let mode = session.link.get(VI_ATTR_TCPIP_HISLIP_OVERLAP_EN);
        assert_eq!(mode, Ok(Value::from(false)));
    });
}
