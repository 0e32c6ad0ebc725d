#![forbid(unsafe_code)]
//! A peer that answers as it is told to, for what no adapter would do on purpose.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use super::*;
use crate::status::VI_ERROR_TMO;

/// Answers settings as they are; `read` says what comes for `++read eoi`, and after how long the
/// adapter gives up waiting for more; the value of `++eot_char` and `++read_tmo_ms` are its arguments.
fn serve(
    read: impl Fn(u8, u64) -> (Vec<u8>, Duration) + Send + 'static,
) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_nodelay(true).unwrap();
        answer(&stream, &read);
    });
    (format!("PRLGX-TCPIP{}::127.0.0.1::{port}::INTFC", number()), thread)
}

fn answer(stream: &TcpStream, read: &impl Fn(u8, u64) -> (Vec<u8>, Duration)) {
    let (mut eot_char, mut tmo_ms) = (0, 0);
    let mut out = stream;
    for line in BufReader::new(stream).split(b'\n') {
        let Ok(line) = line else { return };
        let line = String::from_utf8_lossy(&line).into_owned();
        let mut words = line.split(' ');
        let said = match (words.next().unwrap(), words.next()) {
            ("++eot_char", Some(value)) => {
                eot_char = value.parse().unwrap();
                continue;
            }
            ("++read_tmo_ms", Some(value)) => {
                tmo_ms = value.parse().unwrap();
                continue;
            }
            ("++eot_char", None) => format!("{eot_char}\r\n").into_bytes(),
            ("++read_tmo_ms", None) => format!("{tmo_ms}\r\n").into_bytes(),
            ("++ver", None) => b"Something compatible\r\n".to_vec(),
            ("++read", Some("eoi")) => {
                let (said, pause) = read(eot_char, tmo_ms);
                out.write_all(&said).unwrap();
                std::thread::sleep(pause);
                continue;
            }
            _ => continue,
        };
        if out.write_all(&said).is_err() {
            return;
        }
    }
}

fn board(name: &str) -> (Box<dyn Link>, Device) {
    let intfc = open(name).unwrap();
    let number = ResourceName::parse(name).unwrap().board();
    let name = ResourceName::parse(&format!("GPIB{number}::5::INSTR")).unwrap();
    (intfc, Device(Gpib.open(&name, &Terms::new().call().wait).unwrap()))
}

#[test]
fn the_character_that_tells_end_is_none_that_text_has_and_changes() {
    let (name, thread) = serve(|eot_char, _| {
        assert!(eot_char >= 0x80);
        (vec![eot_char; 2], Duration::ZERO)
    });
    let (intfc, device) = board(&name);
    let characters: Vec<u8> = (0..20)
        .map(|_| {
            let (said, outcome) = device.read(10);
            assert_eq!((said.len(), outcome), (1, Ok(Stop::End)), "one is data, one tells END");
            said[0]
        })
        .collect();
    assert!(characters.iter().any(|one| *one != characters[0]), "{characters:?}");
    drop((device, intfc));
    thread.join().unwrap();
}

#[test]
fn a_byte_of_the_same_value_before_a_pause_is_no_end() {
    let (name, thread) =
        serve(|eot_char, tmo_ms| (vec![b'a', eot_char], Duration::from_millis(tmo_ms)));
    let (intfc, device) = board(&name);
    let (said, outcome) = device.read_by(100, &Terms::within(900));
    assert_eq!(code(outcome), VI_ERROR_TMO);
    assert!(said.len() >= 2 && said[0] == b'a' && said[1] >= 0x80, "{said:?}");
    drop((device, intfc));
    thread.join().unwrap();
}

#[test]
fn answers_in_the_middle_of_data_are_data() {
    let (name, thread) = serve(|eot_char, tmo_ms| {
        let mark = format!("{eot_char}\r\n{tmo_ms}\r\n");
        (format!("{mark}{mark}x").into_bytes(), Duration::from_millis(tmo_ms))
    });
    let (intfc, device) = board(&name);
    let (said, outcome) = device.read_by(1000, &Terms::within(10));
    assert_eq!(code(outcome), VI_ERROR_TMO, "nothing told END");
    assert!(said.starts_with(b"1") || said.starts_with(b"2"), "{said:?}");
    drop((device, intfc));
    thread.join().unwrap();
}
