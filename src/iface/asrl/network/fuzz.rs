#![forbid(unsafe_code)]
//! What must hold for anything that comes from a port behind a network.

use super::incoming::Incoming;
use super::incoming::Speaks;

/// All that has come of `bytes`, received in pieces of `size`.
fn received(bytes: &[u8], size: usize) -> Incoming {
    let mut incoming = Incoming::default();
    bytes.chunks(size).for_each(|piece| incoming.accept(piece));
    incoming
}

/// The same comes of it however it is cut; no more than it has, and no answer to what was answered.
pub(crate) fn remote_port(bytes: &[u8]) {
    let shown = |incoming: &Incoming| {
        let Incoming { speaks, data, answers, has_port, suspended, modem, counts, .. } = incoming;
        format!("{speaks:?} {data:?} {answers:?} {has_port:?} {suspended} {modem:?} {counts:?}")
    };
    let mut whole = received(bytes, usize::MAX);
    for size in [1, 2, 7] {
        let pieces = received(bytes, size);
        assert_eq!(shown(&pieces), shown(&whole), "in pieces of {size}");
        assert_eq!(pieces.replies, whole.replies, "in pieces of {size}");
    }
    assert!(whole.waiting() <= bytes.len() && whole.answers.len() <= bytes.len());
    assert_eq!(whole.speaks == Speaks::Telnet, bytes.first() == Some(&255));
    // Five things are offered and asked for, in answers or in the greeting, and none twice.
    if let Some(hello) = whole.hello() {
        let said = [&whole.answers[..], &hello].concat();
        let agreed = [&[251, 44][..], &[251, 0], &[253, 0], &[251, 3], &[253, 3]];
        for option in agreed {
            let times = said.chunks(3).filter(|command| &command[1..] == option).count();
            assert_eq!(times, 1, "{option:?} in {said:?}");
        }
        assert_eq!(whole.hello(), Some(vec![]));
    }
}
