#![forbid(unsafe_code)]
//! Prologix adapters.

use crate::wire::prologix::Firmware;
use crate::wire::prologix::Mark;
use crate::wire::prologix::Seen;
use crate::wire::prologix::data_line;
use crate::wire::prologix::fitting;
use crate::wire::prologix::is_refusal;
use crate::wire::prologix::number;

const ESC: u8 = 0x1B;

/// What an adapter makes of a line of data, by its manual: an escape takes the byte behind it as it
/// is, a line feed ends the line. What is behind that is left over.
fn taken(line: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut data = Vec::new();
    let mut at = 0;
    while at < line.len() {
        match line[at] {
            b'\n' | b'\r' => break,
            ESC => {
                at += 1;
                data.extend(line.get(at));
            }
            byte => data.push(byte),
        }
        at += 1;
    }
    (data, &line[at..])
}

/// Data for a device, and the same as an answer of the adapter's.
pub(crate) fn lines(bytes: &[u8]) {
    let mut line = Vec::new();
    data_line(bytes, &mut line);
    assert_eq!(taken(&line), (bytes.to_vec(), &b"\n"[..]), "an adapter takes what was meant");
    assert!(!line.starts_with(b"++"), "data are no command");
    for most in [2, 3, Firmware::Ar488.most_data()] {
        let count = fitting(bytes, most);
        let mut line = Vec::new();
        data_line(&bytes[..count], &mut line);
        assert!(line.len() <= most + 1);
        assert!(count > 0 || bytes.is_empty(), "every line takes something along");
    }
    let marks = [Mark { eot_char: 7, tmo_ms: 500 }, Mark { eot_char: 255, tmo_ms: 32_000 }];
    for mark in marks {
        let answers = format!("{}\r\n{}\r\n", mark.eot_char, mark.tmo_ms);
        let ended = [bytes, answers.as_bytes()].concat();
        assert_eq!(mark.find(&ended), Seen::Mark(bytes.len()));
        match mark.find(bytes) {
            Seen::Mark(before) => assert!(before < bytes.len()),
            // What is free to give away now must stay in front of the mark, whatever follows.
            Seen::Part(free) => {
                for cut in 0..answers.len() {
                    let part = [bytes, &answers.as_bytes()[..cut]].concat();
                    if let Seen::Part(more) = mark.find(&part) {
                        assert!(free <= more && more <= bytes.len(), "{cut}");
                    }
                }
            }
        }
    }
    let _ = (number::<u8>(bytes), number::<u32>(bytes), is_refusal(bytes));
    let _ = Firmware::of(&String::from_utf8_lossy(bytes));
}
