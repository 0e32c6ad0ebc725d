#![forbid(unsafe_code)]

use super::*;

/// Decodes `pieces` one after the other, as a read that goes on would; the bytes and how it ended.
fn decode(
    input: &mut Input,
    pieces: &[&[u8]],
    rules: &Rules,
    now: Counts,
) -> (Vec<u8>, Option<Ending>) {
    let mut bytes = Vec::new();
    for piece in pieces {
        let mut piece = piece.to_vec();
        let decoded = input.decode(&mut piece, rules, || Some(now));
        bytes.extend(&piece[..decoded.count]);
        input.give_back(&piece[decoded.used..]);
        if decoded.ending.is_some() {
            return (bytes, decoded.ending);
        }
    }
    (bytes, None)
}

fn marked() -> Rules {
    Rules { marked: true, ..Rules::default() }
}

fn rest(input: &mut Input) -> Vec<u8> {
    let mut buf = vec![0; 64];
    let count = input.take(&mut buf);
    buf[..count].to_vec()
}

#[test]
fn the_first_ending_counts_and_the_rest_is_kept() {
    let mut input = Input::new(Counts::default());
    let rules = Rules { end_char: Some(b'\n'), ..Rules::default() };
    let got = decode(&mut input, &[b"ab", b"c\nde\nf"], &rules, Counts::default());
    assert_eq!(got, (b"abc\n".to_vec(), Some(Ending::End)));
    assert_eq!(input.len(), 4);
    assert_eq!(rest(&mut input), b"de\nf");
}

/// What is taken from what was kept, and not used, goes back to its place.
#[test]
fn kept_bytes_stay_in_order() {
    let mut input = Input::new(Counts::default());
    input.give_back(b"one\ntwo\nthree");
    let rules = Rules { term_char: Some(b'\n'), ..Rules::default() };
    let mut lines = Vec::new();
    for size in [2, 64, 5, 3, 64] {
        let mut buf = vec![0; size];
        let arrived = input.take(&mut buf);
        let decoded = input.decode(&mut buf[..arrived], &rules, || None);
        input.give_back(&buf[decoded.used..arrived]);
        lines.push(String::from_utf8(buf[..decoded.count].to_vec()).unwrap());
    }
    assert_eq!(lines, ["on", "e\n", "two\n", "thr", "ee"]);
    assert_eq!(input.len(), 0);
}

#[test]
fn end_wins_over_the_termination_character_on_the_same_byte_only() {
    let both = Rules { end_char: Some(b'\n'), term_char: Some(b'\n'), ..Rules::default() };
    assert_eq!(first_ending(b"a\n", &both), Some((1, Ending::End)));
    let bit = Rules { end_bit: 0x80, term_char: Some(b'\n'), ..Rules::default() };
    assert_eq!(first_ending(b"a\nb\xE1", &bit), Some((1, Ending::TermChar)));
    assert_eq!(first_ending(b"a\xE1\n", &bit), Some((1, Ending::End)));
    assert_eq!(first_ending(b"abc", &bit), None);
}

#[test]
fn nulls_are_dropped_where_asked_for_but_never_a_mark() {
    let mut input = Input::new(Counts::default());
    let rules = Rules { discards_null: true, ..marked() };
    let got = decode(&mut input, &[b"a\0\0b\xFF\xFFc\0"], &rules, Counts::default());
    assert_eq!(got, (b"ab\xFFc".to_vec(), None));
}

#[test]
fn a_byte_ff_is_itself_however_it_is_cut() {
    let mut input = Input::new(Counts::default());
    let got = decode(
        &mut input,
        &[b"a\xFF", b"\xFFb\xFF\xFF", b"\xFF", b"\xFF"],
        &marked(),
        Counts::default(),
    );
    assert_eq!(got, (b"a\xFFb\xFF\xFF".to_vec(), None));
    // Where nothing is marked, FF 00 are two bytes.
    let got = decode(&mut input, &[b"\xFF\0x"], &Rules::default(), Counts::default());
    assert_eq!(got, (b"\xFF\0x".to_vec(), None));
}

/// The counters tell which error it was, once each.
#[test]
fn errors_end_the_read_behind_their_byte() {
    let mut input = Input::new(Counts { parity: 7, framing: u32::MAX, ..Counts::default() });
    let now = Counts { parity: 8, framing: 0, ..Counts::default() };
    let got = decode(&mut input, &[b"a\xFF\0bc\xFF", b"\0de"], &marked(), now);
    assert_eq!(got, (b"ab".to_vec(), Some(Ending::Failed(VI_ERROR_ASRL_PARITY))));
    let kept = rest(&mut input);
    assert_eq!(kept, b"c\xFF");
    let got = decode(&mut input, &[&kept, b"\0de"], &marked(), now);
    assert_eq!(got, (b"cd".to_vec(), Some(Ending::Failed(VI_ERROR_ASRL_FRAMING))));
}

/// A USB adapter counts one error for a packet and marks every byte of it.
#[test]
fn bytes_that_share_an_error_share_its_name() {
    let mut input = Input::new(Counts::default());
    let now = Counts { parity: 1, ..Counts::default() };
    for byte in [b"\xFF\0x", b"\xFF\0y", b"\xFF\0\0"] {
        let got = decode(&mut input, &[byte], &marked(), now);
        assert_eq!(got, (byte[2..].to_vec(), Some(Ending::Failed(VI_ERROR_ASRL_PARITY))));
    }
}

#[test]
fn a_replacement_takes_the_place_of_bytes_with_errors_and_no_other() {
    let mut input = Input::new(Counts::default());
    let rules = Rules { replacement: b'?', ..marked() };
    let now = Counts { parity: 2, ..Counts::default() };
    let got = decode(&mut input, &[b"a\xFF\0bc\xFF\0\0d"], &rules, now);
    assert_eq!(got, (b"a?c?d".to_vec(), None));
}

#[test]
fn a_break_is_no_byte_and_ends_a_read_where_asked_for() {
    let mut input = Input::new(Counts::default());
    let now = Counts { breaks: 2, ..Counts::default() };
    let got = decode(&mut input, &[b"a\xFF\0\0b"], &marked(), now);
    assert_eq!(got, (b"ab".to_vec(), None));
    let rules = Rules { end_break: true, ..marked() };
    let got = decode(&mut input, &[b"c\xFF\0\0d"], &rules, now);
    assert_eq!(got, (b"c".to_vec(), Some(Ending::End)));
    assert_eq!(rest(&mut input), b"d");
    // A driver that counts nothing: 00 is a break, anything else an error.
    let mut piece = *b"\xFF\0\0\xFF\0x";
    let decoded = input.decode(&mut piece, &marked(), || None);
    let ending = Some(Ending::Failed(VI_ERROR_ASRL_FRAMING));
    assert_eq!(decoded, Decoded { count: 1, used: 6, ending });
    assert_eq!(piece[0], b'x');
}

#[test]
fn lost_bytes_are_told_once() {
    let mut input = Input::new(Counts { overrun: 3, ..Counts::default() });
    let now = Counts { overrun: 5, parity: 1, ..Counts::default() };
    assert_eq!(input.check(true, Some(now)).unwrap_err().code, VI_ERROR_ASRL_OVERRUN);
    assert_eq!(input.check(true, Some(now)), Ok(()), "the mark in the input tells of the parity");
    assert_eq!(input.check(false, Some(now)).unwrap_err().code, VI_ERROR_ASRL_PARITY);
    assert_eq!(input.check(false, Some(now)), Ok(()));
    input.clear(Some(Counts { overrun: 6, ..now }));
    let now = Counts { overrun: 6, framing: 1, ..now };
    assert_eq!(input.check(false, Some(now)).unwrap_err().code, VI_ERROR_ASRL_FRAMING);
    assert_eq!(input.check(false, None), Ok(()));
}
