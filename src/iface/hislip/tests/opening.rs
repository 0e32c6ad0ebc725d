#![forbid(unsafe_code)]
//! Opening, and the attributes that it settles.

use std::net::TcpListener;

use super::peer::{LONG, Manners, POLITE, Side, accept, listen, session};
use crate::attr::Value;
use crate::consts::{
    VI_ATTR_TCPIP_ADDR, VI_ATTR_TCPIP_HISLIP_ENCRYPTION_EN, VI_ATTR_TCPIP_HISLIP_MAX_MESSAGE_KB,
    VI_ATTR_TCPIP_HISLIP_OVERLAP_EN, VI_ATTR_TCPIP_HISLIP_VERSION, VI_ATTR_TCPIP_KEEPALIVE,
    VI_ATTR_TCPIP_NODELAY, VI_ATTR_TCPIP_SASL_MECHANISM,
};
use crate::iface::Interface;
use crate::iface::hislip::Hislip;
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::ResourceName;
use crate::status::{
    Error, VI_ERROR_CONN_LOST, VI_ERROR_NSUP_ATTR, VI_ERROR_NSUP_ATTR_STATE, VI_ERROR_NSUP_OPER,
    VI_ERROR_RSRC_BUSY, VI_ERROR_RSRC_NFOUND, VI_ERROR_TMO,
};

fn open(name: &ResourceName, deadline: Deadline) -> Error {
    let cancel = Cancel::new();
    let wait = Wait { deadline, ticket: cancel.ticket() };
    Hislip.open(name, &wait).err().expect("must not open")
}

/// Opens against a server that plays `script` for the synchronous connection, and returns the
/// error. Proves as well that the connection is closed afterwards.
fn refused(script: impl FnOnce(&TcpListener, &mut Side) + Send + 'static) -> i32 {
    let (listener, name) = listen();
    let server = std::thread::spawn(move || {
        let mut sync = accept(&listener);
        sync.recv();
        script(&listener, &mut sync);
        assert!(sync.ends(), "a failed open leaves no connection");
    });
    let error = open(&name, Deadline::after(LONG));
    server.join().unwrap();
    error.code
}

#[test]
fn both_connections_close_with_the_link() {
    session(POLITE, |mut peer| {
        assert!(peer.sync.ends());
        assert!(peer.asynchronous.ends());
    })
    .finish();
}

#[test]
fn a_server_without_room_is_busy() {
    let code = refused(|_, sync| sync.send(2, 4, 0, b"too many clients"));
    assert_eq!(code, VI_ERROR_RSRC_BUSY);
}

#[test]
fn an_unknown_sub_address_is_not_found() {
    for (number, code) in [(2, 0), (2, 3), (3, 0)] {
        assert_eq!(refused(move |_, sync| sync.send(number, code, 0, b"")), VI_ERROR_RSRC_NFOUND);
    }
}

#[test]
fn strangers_are_not_found() {
    let greetings: [&[u8]; 4] =
        [b"220 ftp\r\n", b"H", b"HS\x06\0\0\0\0\0\0\0\0\0\0\0\0\0", b"HTTP/1.1 400 Bad Request"];
    for greeting in greetings {
        let code = refused(move |_, sync| {
            sync.raw(greeting);
            if greeting == b"H" {
                sync.raw(b"i");
            }
        });
        assert_eq!(code, VI_ERROR_RSRC_NFOUND, "{greeting:?}");
    }
}

#[test]
fn a_server_that_hangs_up_is_lost() {
    let code = refused(|_, sync| sync.0.shutdown(std::net::Shutdown::Write).unwrap());
    assert_eq!(code, VI_ERROR_CONN_LOST);
}

#[test]
fn a_silent_server_costs_no_more_than_the_deadline() {
    let (_listener, name) = listen();
    assert_eq!(open(&name, Deadline::from_timeout(80)).code, VI_ERROR_TMO);
}

#[test]
fn nobody_there_is_not_found() {
    let (listener, name) = listen();
    drop(listener);
    assert_eq!(open(&name, Deadline::after(LONG)).code, VI_ERROR_RSRC_NFOUND);
}

#[test]
fn a_refusal_on_the_asynchronous_connection_closes_both() {
    let code = refused(|listener, sync| {
        sync.send(1, 0, 0x0101_0007, b"");
        let mut asynchronous = accept(listener);
        asynchronous.expect(17, 0, 7, b"");
        asynchronous.send(2, 4, 0, b"");
        assert!(asynchronous.ends());
    });
    assert_eq!(code, VI_ERROR_RSRC_BUSY);
}

#[test]
fn encryption_by_force_is_refused_but_only_2_0_has_it() {
    for features in [2, 4, 7] {
        let code = refused(move |_, sync| sync.send(1, features, 0x0200_0007, b""));
        assert_eq!(code, VI_ERROR_NSUP_OPER);
    }
    assert_eq!(refused(|_, sync| sync.send(2, 5, 0, b"")), VI_ERROR_NSUP_OPER);
    session(Manners { features: 2, ..POLITE }, drop).finish();
}

#[test]
fn a_credential_is_refused_without_any_connection() {
    let (listener, mut name) = listen();
    let crate::rsrc::name::Address::Hislip { credential, .. } = &mut name.address else { panic!() };
    *credential = Some("me".into());
    assert_eq!(open(&name, Deadline::after(LONG)).code, VI_ERROR_NSUP_OPER);
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err());
}

#[test]
fn the_version_is_the_lower_of_both() {
    for (theirs, attribute) in [(0x0100, 0x0010_0000), (0x0101, 0x0010_0100), (0x0200, 0x0010_0100)]
    {
        let session = session(Manners { version: theirs, ..POLITE }, drop);
        let version = session.link.get(VI_ATTR_TCPIP_HISLIP_VERSION);
        assert_eq!(version, Ok(Value::Number(attribute)), "{theirs:#x}");
    }
}

#[test]
fn a_service_request_during_the_open_is_no_answer() {
    let (listener, name) = listen();
    let server = std::thread::spawn(move || {
        let mut sync = accept(&listener);
        sync.recv();
        sync.send(1, 0, 0x0101_0001, b"");
        let mut asynchronous = accept(&listener);
        asynchronous.recv();
        asynchronous.send(18, 0, 0, b"");
        asynchronous.recv();
        asynchronous.send(20, 0x50, 0, b"");
        asynchronous.send(16, 0, 0, &4096_u64.to_be_bytes());
        assert!(sync.ends());
    });
    let cancel = Cancel::new();
    let wait = Wait { deadline: Deadline::after(LONG), ticket: cancel.ticket() };
    let link = Hislip.open(&name, &wait).unwrap();
    drop(link);
    server.join().unwrap();
}

#[test]
fn attributes_show_what_is_in_force() {
    let session = session(Manners { features: 1, ..POLITE }, |mut peer| {
        peer.asynchronous.expect(15, 0, 0, &(64_u64 << 10).to_be_bytes());
        peer.asynchronous.send(16, 0, 0, &20_u64.to_be_bytes());
        // 20 bytes with the header leave 4 for the payload.
        peer.sync.expect(6, 0, 0xFFFF_FF00, b"12");
        peer.sync.expect(6, 0, 0xFFFF_FF02, b"1234");
        peer.sync.expect(7, 0, 0xFFFF_FF04, b"56");
    });
    let link = &session.link;
    let number = |attr| link.get(attr).unwrap();
    assert_eq!(number(VI_ATTR_TCPIP_ADDR), Value::from("127.0.0.1"));
    assert_eq!(number(VI_ATTR_TCPIP_HISLIP_OVERLAP_EN), true.into());
    assert_eq!(number(VI_ATTR_TCPIP_HISLIP_MAX_MESSAGE_KB), Value::Number(1024));
    assert_eq!(number(VI_ATTR_TCPIP_HISLIP_ENCRYPTION_EN), false.into());
    assert_eq!(link.get(VI_ATTR_TCPIP_SASL_MECHANISM).unwrap_err().code, VI_ERROR_NSUP_ATTR);

    for (attr, before) in [(VI_ATTR_TCPIP_NODELAY, true), (VI_ATTR_TCPIP_KEEPALIVE, false)] {
        assert_eq!(number(attr), before.into());
        link.set(attr, (!before).into(), &session.calm()).unwrap();
        assert_eq!(number(attr), (!before).into());
    }

    let refused = |attr, value| link.set(attr, value, &session.calm()).unwrap_err().code;
    assert_eq!(refused(VI_ATTR_TCPIP_HISLIP_ENCRYPTION_EN, 1), VI_ERROR_NSUP_ATTR_STATE);
    assert_eq!(refused(VI_ATTR_TCPIP_HISLIP_MAX_MESSAGE_KB, 0), VI_ERROR_NSUP_ATTR_STATE);
    assert_eq!(refused(VI_ATTR_TCPIP_SASL_MECHANISM, 0), VI_ERROR_NSUP_ATTR);

    let mut no_end = session.calm();
    no_end.send_end = false;
    link.set(VI_ATTR_TCPIP_HISLIP_MAX_MESSAGE_KB, 64, &session.calm()).unwrap();
    assert_eq!(number(VI_ATTR_TCPIP_HISLIP_MAX_MESSAGE_KB), Value::Number(64));
    assert_eq!(link.write(b"12", &no_end).count, 2);
    session.write(b"123456");
    session.finish();
}
