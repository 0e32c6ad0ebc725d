#![forbid(unsafe_code)]
//! Ports behind a network. Against a peer that others wrote, see `ctest/peers.rs`.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::*;
use crate::attr::Value;
use crate::consts::*;
use crate::status::{
    VI_ERROR_ASRL_PARITY, VI_ERROR_CONN_LOST, VI_ERROR_NSUP_ATTR, VI_ERROR_NSUP_ATTR_STATE,
    VI_ERROR_TMO,
};

/// A link to what `serve` does with the connection.
fn against<T: Send + 'static>(
    serve: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (Box<dyn Link>, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let peer = std::thread::spawn(move || serve(listener.accept().unwrap().0));
    (open_name(&format!("ASRL::127.0.0.1::{port}::INSTR")).unwrap(), peer)
}

fn set(link: &dyn Link, attr: ViAttr, value: u64) -> Result {
    link.set(attr, value, &Terms::new().call())
}

/// Waits until so many bytes have arrived.
fn await_waiting(link: &dyn Link, count: i64) {
    let end = Instant::now() + Duration::from_secs(20);
    while link.get(VI_ATTR_ASRL_AVAIL_NUM) != Ok(Value::Number(count)) {
        assert!(Instant::now() < end, "{:?}", link.get(VI_ATTR_ASRL_AVAIL_NUM));
        std::thread::yield_now();
    }
}

#[test]
fn a_bare_connection_carries_the_bytes_and_nothing_else() {
    let (link, peer) = against(|mut stream| {
        let mut got = [0; 8];
        stream.read_exact(&mut got).unwrap();
        stream.write_all(b"\xFF\xFF\0\xFDok\n\xFF\xFFre").unwrap();
        (got, stream)
    });
    let terms = Terms::new();
    assert_eq!(link.write(b"ab\xFF\xFD\x2C\0z\n", &terms.call()).count, 8);
    // Not one byte before or between: an instrument would have to make sense of it.
    let (got, stream) = peer.join().unwrap();
    assert_eq!(&got, b"ab\xFF\xFD\x2C\0z\n");
    assert_eq!(read(&*link, 20, &terms), (b"\xFF\xFF\0\xFDok\n".to_vec(), Ok(Stop::End)));
    assert_eq!(code(link.get(VI_ATTR_ASRL_BAUD)), VI_ERROR_NSUP_ATTR);
    assert_eq!(code(set(&*link, VI_ATTR_ASRL_BAUD, 9600)), VI_ERROR_NSUP_ATTR);
    let unknown = Ok(Value::Number(VI_STATE_UNKNOWN.into()));
    assert_eq!(link.get(VI_ATTR_ASRL_CTS_STATE), unknown);
    assert_eq!(code(set(&*link, VI_ATTR_ASRL_RTS_STATE, 1)), VI_ERROR_NSUP_ATTR_STATE);
    await_waiting(&*link, 4);
    // Received while nobody was reading, it is the same.
    (&stream).write_all(b"\xFF\xFD\x01\n").unwrap();
    await_waiting(&*link, 8);
    assert_eq!(read(&*link, 4, &terms), (b"\xFF\xFFre".to_vec(), Ok(Stop::Count)));
    assert_eq!(read(&*link, 9, &terms), (b"\xFF\xFD\x01\n".to_vec(), Ok(Stop::End)));
    (&stream).write_all(b"more").unwrap();
    await_waiting(&*link, 4);
    link.clear(&terms.call()).unwrap();
    let (rest, outcome) = read(&*link, 20, &Terms::hurried());
    assert_eq!((rest, code(outcome)), (Vec::new(), VI_ERROR_TMO));
    drop(stream);
    assert_eq!(code(read(&*link, 20, &terms).1), VI_ERROR_CONN_LOST);
}

/// Data that comes at once is data, not a greeting.
#[test]
fn a_bare_peer_may_speak_first() {
    let (link, peer) = against(|mut stream| {
        stream.write_all(b"ready\n").unwrap();
        stream
    });
    assert_eq!(read(&*link, 20, &Terms::new()), (b"ready\n".to_vec(), Ok(Stop::End)));
    drop(peer.join().unwrap());
}

/// A server of RFC 2217 with one quirk for each test. It has its own idea of the protocol's
/// numbers. What it receives as data it echoes; `!` makes it report a parity error, and `?` is
/// answered by a byte FF.
fn serve(mut stream: TcpStream, refuses: u8) -> Vec<Vec<u8>> {
    stream.write_all(b"\xFF\xFD\x2C\xFF\xFB\x01\xFF\xFD\x03\xFF\xFD\x18").unwrap();
    let mut heard = Vec::new();
    let mut bytes = std::io::BufReader::new(stream.try_clone().unwrap()).bytes();
    let mut next = move || bytes.next().and_then(std::result::Result::ok);
    while let Some(byte) = next() {
        if byte != 0xFF {
            let said: &[u8] = match byte {
                b'!' => b"\xFF\xFA\x2C\x6A\x04\xFF\xF0",
                b'?' => b"\xFF\xFF\n",
                _ => &[byte],
            };
            stream.write_all(said).unwrap();
            continue;
        }
        match next() {
            Some(0xFF) => stream.write_all(b"\xFF\xFF").unwrap(),
            Some(verb @ 0xFB..=0xFE) => {
                let option = next().unwrap();
                heard.push(vec![verb, option]);
                // It says again what has been agreed to; whoever answers that never stops.
                if verb == 0xFB && heard.len() < 100 {
                    stream.write_all(&[0xFF, 0xFD, option]).unwrap();
                }
            }
            Some(0xFA) => {
                let mut message = Vec::new();
                loop {
                    match next().unwrap() {
                        0xFF if next() == Some(0xF0) => break,
                        byte => message.push(byte),
                    }
                }
                heard.push(message.clone());
                let (code, mut value) = (message[1], message[2..].to_vec());
                if code == refuses && value != [8] && value != [0, 0, 0x25, 0x80] {
                    // What it has instead.
                    value = if code == 1 { vec![0, 0, 0x25, 0x80] } else { vec![8] };
                }
                let mut answer = vec![0xFF, 0xFA, 0x2C, code + 100];
                answer.extend(value);
                answer.extend([0xFF, 0xF0]);
                // The modem lines, once the port is opened: CTS and DCD.
                if message[1..] == [11, 0xFF] {
                    answer =
                        b"\xFF\xFA\x2C\x6B\x90\xFF\xF0\xFF\xFA\x2C\x6F\xFF\xFF\xFF\xF0".to_vec();
                }
                stream.write_all(&answer).unwrap();
            }
            _ => break,
        }
    }
    heard
}

#[test]
fn a_remote_port_is_set_as_a_local_one() {
    let (link, peer) = against(|stream| serve(stream, 0));
    for (attr, value) in [
        (VI_ATTR_ASRL_BAUD, 115_200),
        (VI_ATTR_ASRL_DATA_BITS, 7),
        (VI_ATTR_ASRL_PARITY, u64::from(VI_ASRL_PAR_MARK)),
        (VI_ATTR_ASRL_STOP_BITS, u64::from(VI_ASRL_STOP_TWO)),
        (VI_ATTR_ASRL_FLOW_CNTRL, u64::from(VI_ASRL_FLOW_RTS_CTS)),
        (VI_ATTR_ASRL_DTR_STATE, 0),
    ] {
        assert_eq!(set(&*link, attr, value), Ok(()), "{attr:#x}");
        assert_eq!(link.get(attr), Ok(Value::Number(value as i64)), "{attr:#x}");
    }
    let two = u64::from(VI_ASRL_FLOW_RTS_CTS | VI_ASRL_FLOW_XON_XOFF);
    assert_eq!(code(set(&*link, VI_ATTR_ASRL_FLOW_CNTRL, two)), VI_ERROR_NSUP_ATTR_STATE);
    assert_eq!(code(set(&*link, VI_ATTR_ASRL_XON_CHAR, 1)), VI_ERROR_NSUP_ATTR_STATE);
    for (attr, state) in [
        (VI_ATTR_ASRL_CTS_STATE, 1),
        (VI_ATTR_ASRL_DCD_STATE, 1),
        (VI_ATTR_ASRL_DSR_STATE, 0),
        (VI_ATTR_ASRL_RI_STATE, 0),
        (VI_ATTR_ASRL_RTS_STATE, 1),
    ] {
        assert_eq!(link.get(attr), Ok(Value::Number(state)), "{attr:#x}");
    }
    set(&*link, VI_ATTR_ASRL_END_OUT, VI_ASRL_END_BREAK.into()).unwrap();
    set(&*link, VI_ATTR_ASRL_BREAK_LEN, 1).unwrap();
    let terms = Terms::new();
    assert_eq!(link.write(b"a\xFF\n", &terms.call()).count, 3);
    assert_eq!(read(&*link, 20, &terms), (b"a\xFF\n".to_vec(), Ok(Stop::End)));
    link.clear(&terms.call()).unwrap();
    link.close(Deadline::Immediate);
    let heard = peer.join().unwrap();
    let place = |message: &[u8]| heard.iter().position(|one| one == message);
    for message in [
        &b"\xFB\x2C"[..],
        b"\xFB\x00",
        b"\xFD\x01",
        b"\xFC\x18",
        b"\x2C\x01\0\0\x25\x80",
        b"\x2C\x01\0\x01\xC2\0",
        b"\x2C\x02\x07",
        b"\x2C\x03\x04",
        b"\x2C\x04\x02",
        b"\x2C\x05\x03",
        b"\x2C\x05\x08",
        b"\x2C\x05\x0B",
        b"\x2C\x05\x09",
        b"\x2C\x0C\x01",
        b"\x2C\x0C\x02",
    ] {
        assert!(place(message).is_some(), "{message:x?} is missing in {heard:x?}");
    }
    assert!(place(b"\x2C\x05\x05") < place(b"\x2C\x05\x06"), "a break begins and ends");
    assert!(place(b"\x2C\x05\x05").is_some());
    assert_eq!(heard.iter().filter(|one| **one == b"\xFB\x2C").count(), 1, "said once");
}

#[test]
fn what_a_remote_port_does_not_take_is_refused_and_undone() {
    for (refused, attr, value) in [(1, VI_ATTR_ASRL_BAUD, 250_000), (2, VI_ATTR_ASRL_DATA_BITS, 6)]
    {
        let (link, peer) = against(move |stream| serve(stream, refused));
        let before = link.get(attr);
        assert_eq!(code(set(&*link, attr, value)), VI_ERROR_NSUP_ATTR_STATE);
        assert_eq!(link.get(attr), before);
        link.close(Deadline::Immediate);
        let heard = peer.join().unwrap();
        let last = heard.iter().rev().find(|one| one[1] == refused);
        let (rate, size): (&[u8], &[u8]) = (b"\x2C\x01\0\0\x25\x80", b"\x2C\x02\x08");
        assert_eq!(last.map(Vec::as_slice), Some(if refused == 1 { rate } else { size }));
    }
}

#[test]
fn errors_that_a_remote_port_reports_end_the_read_once() {
    let (link, peer) = against(|stream| serve(stream, 0));
    let terms = Terms::new();
    link.write(b"!a\n?", &terms.call()).outcome.unwrap();
    let (bytes, outcome) = read(&*link, 20, &terms);
    assert_eq!((bytes, code(outcome)), (b"a\n".to_vec(), VI_ERROR_ASRL_PARITY));
    assert_eq!(read(&*link, 20, &terms), (b"\xFF\n".to_vec(), Ok(Stop::End)));
    link.close(Deadline::Immediate);
    drop(peer.join().unwrap());
    assert_eq!(code(read(&*link, 20, &terms).1), VI_ERROR_CONN_LOST);
}
