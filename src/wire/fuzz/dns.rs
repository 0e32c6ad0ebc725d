#![forbid(unsafe_code)]
//! DNS answers, and the answers of portmappers that many are asked at once for.

use crate::wire::dns::Answer;
use crate::wire::dns::Data;
use crate::wire::dns::Name;
use crate::wire::dns::PTR;
use crate::wire::dns::Question;
use crate::wire::dns::query;
use crate::wire::dns::text;
use crate::wire::rpcbind;

/// The longest name that RFC 1035 allows, in bytes.
const LONGEST: usize = 255;

/// A message from anybody on the network.
pub(crate) fn answers(bytes: &[u8]) {
    assert_ne!(rpcbind::port(bytes), Some(0));
    let _ = text::value(bytes, "key");
    let Some(answer) = Answer::decode(bytes) else { return };
    assert!(bytes.len() >= 12 && bytes[2] & 0x80 != 0 && bytes[3] & 0x0F == 0);
    let claimed: usize = (6..12).step_by(2).map(|at| number(bytes, at)).sum();
    let records: Vec<_> = answer.collect();
    // Each has a name, type, class, time and length, eleven bytes at least.
    assert!(records.len() <= claimed && 11 * records.len() <= bytes.len());
    for record in &records {
        sound(&record.name);
        match &record.data {
            Data::Ptr(name) | Data::Srv { host: name, .. } => sound(name),
            Data::Txt(text) => {
                let value = text::value(text, "Manufacturer");
                assert!(value.is_none_or(|value| value.len() < text.len()));
            }
            Data::A(_) | Data::Aaaa(_) | Data::Other => {}
        }
    }
    // What is cut off has no more than it had. What a pointer leads to may be beyond the cut, even
    // for a record before it, for a pointer may lead to bytes that run into itself.
    for end in [bytes.len() / 2, bytes.len().saturating_sub(1)] {
        let part = Answer::decode(&bytes[..end]).map_or(0, Iterator::count);
        assert!(part <= records.len(), "{end} bytes");
    }
}

fn number(bytes: &[u8], at: usize) -> usize {
    usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]))
}

/// A name is not longer than names are, and asked for, it is asked for as it is.
fn sound(name: &Name) {
    let question = Question { name: name.clone(), kind: PTR };
    assert!(question.size() <= LONGEST + 4);
    let mut message = query(7, std::slice::from_ref(&question));
    assert_eq!(message.len(), 12 + question.size());
    // The same, as if it were an answer with a record of that name.
    (message[2], message[5], message[7]) = (0x84, 0, 1);
    message.extend([0, 0, 0, 9, 0, 0]);
    let back: Vec<_> = Answer::decode(&message).expect("an answer").collect();
    assert_eq!(back.len(), 1);
    assert_eq!((&back[0].name, back[0].ttl, &back[0].data), (name, 9, &Data::Other));
    let mut rest = name.clone();
    let mut bytes = 1;
    while let Some((label, behind)) = rest.split() {
        assert!((1..64).contains(&label.len()));
        bytes += 1 + label.len();
        rest = behind;
    }
    assert_eq!(bytes + 4, question.size());
}
