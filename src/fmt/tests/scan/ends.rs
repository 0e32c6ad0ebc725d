#![forbid(unsafe_code)]
//! What a call does where messages end, devices fail and arguments are wrong.

use super::{bytes, int, room, scanned};
use crate::fmt::Input;
use crate::fmt::scan;
use crate::fmt::tests::double::Arg;
use crate::fmt::tests::double::Arg::*;
use crate::fmt::tests::double::List;
use crate::fmt::tests::double::{doubles, ints};
use crate::fmt::tests::message::Message;
use crate::status::Error;
use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::VI_ERROR_TMO;
use crate::status::VI_ERROR_USER_BUF;
use crate::status::fail;

#[test]
fn the_line_feed_left_of_an_answer_is_no_answer() {
    let after = |format: &str, args: &[Arg]| {
        let mut list = List::new(args);
        let next: &[u8] = if format.ends_with('b') { b"#13abc\n" } else { b"12 ab\n" };
        let mut message = Message::leftover(b"\r\n", next, &[1]);
        let result = scan(format.as_bytes(), &mut list, &mut message);
        assert_eq!(result, Ok(()), "{format}");
        (list.args, message.rest().to_vec())
    };
    for format in ["%d", " %d", "%i", "\\n%d"] {
        assert_eq!(after(format, &[int()]), (vec![ints(&[12])], b" ab\n".to_vec()), "{format}");
    }
    assert_eq!(after("%s", &[room(3)]).0, [bytes(b"12\0")]);
    assert_eq!(after("%3b", &[room(3)]), (vec![bytes(b"abc")], b"\n".to_vec()));
    assert_eq!(after("%lf", &[doubles(&[0.0])]).0, [doubles(&[12.0])]);
    assert_eq!(after("%,1d", &[int()]).0, [ints(&[12])]);
    assert_eq!(after("%*d %s", &[room(3)]).0, [bytes(b"ab\0")]);
    // What takes white space for itself, or matches it, does not go on to the next message.
    assert_eq!(after("%t", &[room(3)]), (vec![bytes(b"\r\n\0")], vec![]));
    assert_eq!(after("%T", &[room(3)]), (vec![bytes(b"\r\n\0")], vec![]));
    assert_eq!(after("%3c", &[room(3)]), (vec![bytes(b"\r\n~")], vec![]));
    assert_eq!(after("%3y", &[room(3)]), (vec![bytes(b"\r\n~")], vec![]));
    assert_eq!(after("%[^x]", &[room(3)]), (vec![bytes(b"\r\n\0")], vec![]));
    assert_eq!(after(" ", &[]), (vec![], vec![]));
    // Nor does a call that has already taken more than white space.
    let mut list = List::new(&[room(1), int()]);
    let mut message = Message::leftover(b"x\n", b"12", &[9]);
    assert_eq!(scan(b"%c%d", &mut list, &mut message), Ok(()));
    assert_eq!(list.args, [bytes(b"x"), int()]);
}

/// END that comes early leaves variables as they were, as C does, but no count of what there was
/// room for.
#[test]
fn what_is_missing_is_counted_as_nothing() {
    let after = |input: &[u8], format: &str, args: &[Arg]| {
        let mut list = List::new(args);
        let mut message = Message::leftover(input, b"7 next", &[1]);
        assert_eq!(scan(format.as_bytes(), &mut list, &mut message), Ok(()), "{format}");
        assert_eq!(message.rest(), b"", "the next message is left alone");
        list.args
    };
    for format in ["%d%s", "%d,%s", "%d %3s", "%d%t", "%d%T", "%d%[a-z]"] {
        assert_eq!(after(b"5", format, &[int(), room(3)]), [ints(&[5]), room(3)], "{format}");
    }
    let counted = [int(), ints(&[3]), room(3)];
    for (format, left) in
        [("%d%#s", bytes(b"\0~~")), ("%d%#b", room(3)), ("%d%#y", room(3)), ("%d%#c", room(3))]
    {
        assert_eq!(after(b"5", format, &counted), [ints(&[5]), ints(&[0]), left], "{format}");
    }
    let array = [int(), ints(&[9]), int(), int(), int()];
    let expected = [ints(&[5]), ints(&[0]), int(), int(), int()];
    assert_eq!(after(b"5", "%d %,#d x%d%n", &array), expected, "all that follows, but %n");
}

/// A termination character is a byte of a block like others, and so of `%y` with a count.
#[test]
fn a_termination_character_does_not_end_binary_data() {
    for cut in [&[1][..], &[3], &[usize::MAX]] {
        let after = |input: &[u8], format: &str, args: &[Arg]| {
            let mut list = List::new(args);
            let mut message = Message::with_char(input, b'\n', cut);
            let result = scan(format.as_bytes(), &mut list, &mut message);
            (result.map_err(|error| error.code), list.args, message.rest().to_vec())
        };
        let block = (Ok(()), vec![bytes(b"\n\na\n")], b"\n".to_vec());
        assert_eq!(after(b"#14\n\na\n\n", "%4b", &[room(4)]), block);
        assert_eq!(after(b"\n\na\n\n", "%4y", &[room(4)]), block);
        let more = (Ok(()), vec![bytes(b"a\n"), ints(&[7])], vec![]);
        assert_eq!(after(b"#12a\n;7", "%2b;%d", &[room(2), int()]), more);
        // Where END comes as well, it comes too early.
        let short = (Err(VI_ERROR_INV_FMT), vec![bytes(b"\na~~")], vec![]);
        assert_eq!(after(b"#14\na", "%4b", &[room(4)]), short);
        // Text it ends.
        let text = (Ok(()), vec![bytes(b"ab\n\0")], b"cd".to_vec());
        assert_eq!(after(b"ab\ncd", "%t", &[room(4)]), text);
    }
}

#[test]
fn a_device_that_fails_leaves_what_had_come() {
    let failure = Error::new(VI_ERROR_TMO, "no more");
    let after = |input: &[u8], format: &str, args: &[Arg]| {
        let mut list = List::new(args);
        let mut message = Message::broken(input, failure, &[2]);
        let result = scan(format.as_bytes(), &mut list, &mut message);
        assert_eq!(result, Err(failure), "{format}");
        list.args
    };
    // What ends a number has not been seen: it may go on.
    assert_eq!(after(b"12 34", "%d%d", &[int(), int()]), [ints(&[12]), int()]);
    assert_eq!(after(b"", "%d", &[int()]), [int()]);
    assert_eq!(after(b"ab", "%s", &[room(3)]), [bytes(b"ab\0")]);
    assert_eq!(after(b"", "%s", &[room(3)]), [room(3)]);
    assert_eq!(after(b"ab", "%#t", &[ints(&[9]), room(3)]), [ints(&[2]), bytes(b"ab\0")]);
    assert_eq!(after(b"ab", "%3c", &[room(3)]), [bytes(b"ab~")]);
    assert_eq!(after(b"#15hel", "%#b", &[ints(&[9]), room(3)]), [ints(&[3]), bytes(b"hel")]);
    // The line feed may be the last of the block, or one of its bytes.
    assert_eq!(after(b"#0a\n", "%#b", &[ints(&[9]), room(2)]), [ints(&[1]), bytes(b"a~")]);
    let array = [ints(&[9]), ints(&[0, 0])];
    assert_eq!(after(b"1,2,3", "%,#d", &array), [ints(&[2]), ints(&[1, 2])]);
    // What is complete asks for no more.
    for format in ["%1d", "%2c", "%2y", "12", "%1,1d", "%2[12]"] {
        let mut list = List::new(&[room(4)]);
        let mut message = Message::broken(b"12", failure, &[2]);
        assert_eq!(scan(format.as_bytes(), &mut list, &mut message), Ok(()), "{format}");
    }
    for format in ["%#c", "%#[a]", "%#y", "%,#d"] {
        let mut list = List::new(&[ints(&[0]), Null]);
        let mut message = Message::broken(b"", failure, &[1]);
        assert_eq!(scan(format.as_bytes(), &mut list, &mut message), Ok(()), "{format}");
    }
}

/// A device that has said this, and will say no more.
struct Silent(&'static [u8]);

impl Input for Silent {
    fn look(&mut self) -> Result<&[u8]> {
        if self.0.is_empty() { fail(VI_ERROR_TMO, "test") } else { Ok(self.0) }
    }

    fn take(&mut self, count: usize) {
        self.0 = &self.0[count..];
    }

    fn is_open(&self) -> bool {
        self.0.is_empty()
    }

    fn pass_leftover(&mut self) -> bool {
        false
    }
}

#[test]
fn white_space_that_ends_a_format_does_not_wait_for_what_follows_it() {
    for format in ["%d\n", "%d", "%d \\r\\n", "%2c \n"] {
        let mut list = List::new(&[int()]);
        let mut device = Silent(b"12 \r\n");
        assert_eq!(scan(format.as_bytes(), &mut list, &mut device), Ok(()), "{format}");
        assert_eq!(device.0, if format == "%d" { &b" \r\n"[..] } else { b"" }, "{format}");
    }
    let mut list = List::new(&[int(), int()]);
    let waits = scan(b"%d\n%d", &mut list, &mut Silent(b"12 \n")).map_err(|error| error.code);
    assert_eq!(waits, Err(VI_ERROR_TMO), "there something has to follow");
}

#[test]
fn null_pointers_are_refused() {
    for format in ["%d", "%lf", "%Lf", "%s", "%c", "%t", "%[1]", "%1y", "%n", "%,2d", "%#s"] {
        let (result, ..) = scanned(format, b"1", &[Null], &[9]);
        assert_eq!(result.map_err(|error| error.code), Err(VI_ERROR_USER_BUF), "{format}");
    }
    let (result, ..) = scanned("%1b", b"#11x", &[Null], &[9]);
    assert_eq!(result.map_err(|error| error.code), Err(VI_ERROR_USER_BUF));
}

#[test]
fn a_wrong_format_reads_nothing() {
    let (result, args, rest) = scanned("%d%q", b"12", &[int()], &[9]);
    assert_eq!(result.map_err(|error| error.code), Err(VI_ERROR_INV_FMT));
    assert_eq!((&args[..], &rest[..]), (&[int()][..], &b"12"[..]));
}
