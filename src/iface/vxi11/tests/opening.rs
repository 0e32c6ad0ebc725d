#![forbid(unsafe_code)]
//! Opening, closing, attributes and the operations without data.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::attr::Value;
use crate::consts::{
    VI_ATTR_TCPIP_ADDR, VI_ATTR_TCPIP_KEEPALIVE, VI_ATTR_TCPIP_NODELAY, VI_ATTR_TMO_VALUE,
};
use crate::iface::RenMode;
use crate::iface::vxi11::open::find_core;
use crate::iface::vxi11::tests::peer::{Client, Connection, LONG, Peer, record, reply, words};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::status::{
    VI_ERROR_ALLOC, VI_ERROR_CONN_LOST, VI_ERROR_INV_MODE, VI_ERROR_INV_RSRC_NAME, VI_ERROR_IO,
    VI_ERROR_NSUP_ATTR, VI_ERROR_NSUP_OPER, VI_ERROR_RSRC_LOCKED, VI_ERROR_RSRC_NFOUND,
    VI_ERROR_TMO,
};

#[test]
fn create_link_asks_for_the_device_unlocked() {
    let peer = Peer::listening(|listener| {
        let mut connection = Connection::accept(&listener);
        let request = connection.expect(10);
        assert_eq!(request.program, 395_183);
        assert_eq!((request.word(1), request.word(2)), (0, 0), "no lock, no waiting for one");
        assert_eq!(&request.arguments[12..], b"\0\0\0\x05inst0\0\0\0");
        connection.reply(request.xid, &words(&[0, 0, 0, 1024]));
        assert_eq!(connection.expect(23).word(0), 0, "link 0 is destroyed like any other");
    });
    let client = Client::open(peer.port);
    client.link.close(Deadline::Never);
    peer.join();
}

#[test]
fn a_refused_create_link_leaves_no_connection_behind() {
    let cases = [
        (1, VI_ERROR_INV_RSRC_NAME),
        (3, VI_ERROR_RSRC_NFOUND),
        (9, VI_ERROR_ALLOC),
        (11, VI_ERROR_RSRC_LOCKED),
        // viOpen has no status for what went wrong inside a device.
        (17, VI_ERROR_RSRC_NFOUND),
        (1234, VI_ERROR_RSRC_NFOUND),
    ];
    for (error, status) in cases {
        let peer = Peer::linked_with(words(&[error, 0, 0, 0]), |connection| {
            assert!(connection.try_request().is_none(), "client closes");
        });
        assert_eq!(Client::try_open(peer.port, LONG).err().unwrap().code, status, "{error}");
        peer.join();
    }
}

#[test]
fn nobody_is_not_found_and_silence_and_hanging_up_are_told_apart() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let code = |port, ms| Client::try_open(port, ms).err().unwrap().code;
    assert_eq!(code(unused, LONG), VI_ERROR_RSRC_NFOUND, "refused");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    assert_eq!(code(silent.local_addr().unwrap().port(), 100), VI_ERROR_TMO, "silent");
    let closing = Peer::listening(|listener| Connection::accept(&listener).close());
    assert_eq!(code(closing.port, LONG), VI_ERROR_CONN_LOST, "closes");
    closing.join();
    let stranger = Peer::listening(|listener| {
        let mut connection = Connection::accept(&listener);
        connection.send(b"SSH-2.0-somebody else\r\n");
        connection.serve_until_closed();
    });
    assert_eq!(code(stranger.port, LONG), VI_ERROR_RSRC_NFOUND, "no RPC");
    stranger.join();
    let lacking = Peer::listening(|listener| {
        let mut connection = Connection::accept(&listener);
        let xid = connection.request().xid;
        connection.send(&record(&words(&[xid, 1, 0, 0, 0, 1])));
    });
    assert_eq!(code(lacking.port, LONG), VI_ERROR_RSRC_NFOUND, "program unavailable");
    lacking.join();
}

fn ask_portmapper(answer: u32) -> crate::status::Result<std::net::SocketAddr> {
    let peer = Peer::listening(move |listener| {
        let (mut stream, _) = listener.accept().unwrap();
        let mut call = [0; 60];
        std::io::Read::read_exact(&mut stream, &mut call).unwrap();
        assert_eq!(&call[..4], b"\x80\0\0\x38");
        assert_eq!(&call[8..28], b"\0\0\0\0\0\0\0\x02\0\x01\x86\xA0\0\0\0\x02\0\0\0\x03");
        assert_eq!(&call[44..], b"\0\x06\x07\xAF\0\0\0\x01\0\0\0\x06\0\0\0\0");
        let xid = u32::from_be_bytes(call[4..8].try_into().unwrap());
        let answer = record(&reply(xid, &words(&[answer])));
        std::io::Write::write_all(&mut stream, &answer).unwrap();
    });
    let cancel = Cancel::new();
    let wait = Wait { deadline: Deadline::from_timeout(LONG), ticket: cancel.ticket() };
    let found = find_core("127.0.0.1", peer.port, &wait);
    peer.join();
    found
}

#[test]
fn the_portmapper_tells_the_port_of_the_core_channel() {
    assert_eq!(ask_portmapper(1024).unwrap(), "127.0.0.1:1024".parse().unwrap());
    assert_eq!(ask_portmapper(0).unwrap_err().code, VI_ERROR_RSRC_NFOUND, "not registered");
    assert_eq!(ask_portmapper(65_536).unwrap_err().code, VI_ERROR_RSRC_NFOUND, "no port");
}

#[test]
fn closing_destroys_the_link_so_that_a_cap_on_links_is_never_reached() {
    const CAP: usize = 4;
    let live = Arc::new(AtomicUsize::new(0));
    let peer = Peer::listening(move |listener| {
        for _ in 0..80 {
            let mut connection = Connection::accept(&listener);
            let live = live.clone();
            std::thread::spawn(move || {
                let mut last = 0;
                while let Some(request) = connection.try_request() {
                    let error = match request.procedure {
                        // Links count until they are destroyed, connected or not.
                        10 if live.fetch_add(1, Ordering::SeqCst) >= CAP => 9,
                        23 => {
                            live.fetch_sub(1, Ordering::SeqCst);
                            0
                        }
                        _ => 0,
                    };
                    last = request.procedure;
                    connection.reply(request.xid, &words(&[error, 1, 0, 1024]));
                }
                assert_eq!(last, 23);
            });
        }
    });
    for cycle in 0..80 {
        match Client::try_open(peer.port, LONG) {
            Ok(client) => client.link.close(Deadline::Never),
            Err(error) => panic!("cycle {cycle}: {error:?}"),
        }
    }
    peer.join();
}

#[test]
fn operations_without_data_are_their_procedures() {
    let peer = Peer::linked(|connection| {
        for (procedure, results) in [
            (13, &[0, 0x150][..]),
            (14, &[0]),
            (15, &[0]),
            (16, &[0]),
            (16, &[0]),
            (17, &[0]),
            (17, &[0]),
        ] {
            let request = connection.expect(procedure);
            let arguments = [7, 0, 0, 1500];
            assert_eq!(request.arguments, words(&arguments), "link, flags, lock and I/O timeout");
            connection.reply(request.xid, &words(results));
        }
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let call = || client.call(1500);
    assert_eq!(client.link.read_stb(&call()), Ok(0x50));
    client.link.trigger(&call()).unwrap();
    client.link.clear(&call()).unwrap();
    for mode in [
        RenMode::AssertAddress,
        RenMode::AssertAddressLlo,
        RenMode::AddressGtl,
        RenMode::DeassertGtl,
    ] {
        client.link.control_ren(mode, &call()).unwrap();
    }
    for mode in [RenMode::Deassert, RenMode::Assert, RenMode::AssertLlo] {
        // Nothing goes out: the script knows no further call.
        assert_eq!(client.link.control_ren(mode, &call()).unwrap_err().code, VI_ERROR_INV_MODE);
    }
    drop(client);
    peer.join();
}

#[test]
fn errors_of_the_device_and_of_rpc_leave_the_session_usable() {
    let peer = Peer::linked(|connection| {
        for error in [4, 8, 11, 1234] {
            let xid = connection.expect(13).xid;
            connection.reply(xid, &words(&[error, 0]));
        }
        for accept_stat in [3, 5] {
            let xid = connection.expect(13).xid;
            connection.send(&record(&words(&[xid, 1, 0, 0, 0, accept_stat])));
        }
        let xid = connection.expect(13).xid;
        connection.send(&record(&words(&[xid, 1, 1, 1, 2])));
        let xid = connection.expect(13).xid;
        connection.reply(xid, &words(&[0, 1]));
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let stb = || client.link.read_stb(&client.call(LONG)).map_err(|error| error.code);
    assert_eq!(stb(), Err(VI_ERROR_CONN_LOST), "invalid link");
    assert_eq!(stb(), Err(VI_ERROR_NSUP_OPER), "not supported");
    assert_eq!(stb(), Err(VI_ERROR_RSRC_LOCKED), "locked");
    assert_eq!(stb(), Err(VI_ERROR_IO), "unknown");
    assert_eq!(stb(), Err(VI_ERROR_NSUP_OPER), "procedure unavailable");
    assert_eq!(stb(), Err(VI_ERROR_IO), "system error");
    assert_eq!(stb(), Err(VI_ERROR_IO), "denied");
    assert_eq!(stb(), Ok(1));
    drop(client);
    peer.join();
}

#[test]
fn attributes_of_the_connection() {
    let peer = Peer::linked(Connection::serve_until_closed);
    let client = Client::open(peer.port);
    let get = |attr| client.link.get(attr);
    assert_eq!(get(VI_ATTR_TCPIP_ADDR), Ok(Value::Text("127.0.0.1".into())));
    assert_eq!(get(VI_ATTR_TCPIP_NODELAY), Ok(Value::Number(1)));
    assert_eq!(get(VI_ATTR_TCPIP_KEEPALIVE), Ok(Value::Number(0)));
    assert_eq!(get(VI_ATTR_TMO_VALUE).unwrap_err().code, VI_ERROR_NSUP_ATTR);
    let call = client.call(LONG);
    client.link.set(VI_ATTR_TCPIP_NODELAY, 0, &call).unwrap();
    client.link.set(VI_ATTR_TCPIP_KEEPALIVE, 1, &call).unwrap();
    assert_eq!(get(VI_ATTR_TCPIP_NODELAY), Ok(Value::Number(0)));
    assert_eq!(get(VI_ATTR_TCPIP_KEEPALIVE), Ok(Value::Number(1)));
    let refused = client.link.set(VI_ATTR_TMO_VALUE, 1, &call);
    assert_eq!(refused.unwrap_err().code, VI_ERROR_NSUP_ATTR);
    drop(client);
    peer.join();
}
