#![forbid(unsafe_code)]
//! What is stored, and what is left: vectors. Each runs with the input in one piece, byte by
//! byte, and in pieces in between.

mod ends;
mod numbers;
mod text;

use crate::fmt::scan;
use crate::fmt::tests::double::Arg;
use crate::fmt::tests::double::Arg::*;
use crate::fmt::tests::double::List;
use crate::fmt::tests::double::ints;
use crate::fmt::tests::message::Message;
use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;

/// How the input may be cut.
const CUTS: &[&[usize]] = &[&[usize::MAX], &[1], &[2], &[3], &[5], &[1, 7], &[4, 1, 2]];

/// Scans a message cut as `cut` says; gives the arguments after it, and what is left.
fn scanned(format: &str, input: &[u8], args: &[Arg], cut: &[usize]) -> (Result, Vec<Arg>, Vec<u8>) {
    let mut list = List::new(args);
    let mut message = Message::new(input, cut);
    let result = scan(format.as_bytes(), &mut list, &mut message);
    (result, list.args, message.rest().to_vec())
}

/// Input, format, arguments before and after, what is left.
type Row<'r> = (&'r [u8], &'r str, &'r [Arg], &'r [Arg], &'r [u8]);

#[track_caller]
fn check(rows: &[Row]) {
    for (input, format, before, after, rest) in rows {
        for cut in CUTS {
            let (result, args, left) = scanned(format, input, before, cut);
            let shown = format!("{:?} {format:?} in pieces of {cut:?}", input.escape_ascii());
            assert_eq!(result, Ok(()), "{shown}");
            assert_eq!(args, *after, "{shown}");
            assert_eq!(left.escape_ascii().to_string(), rest.escape_ascii().to_string(), "{shown}");
        }
    }
}

/// Input, format, arguments before and after.
type Refusal<'r> = (&'r [u8], &'r str, &'r [Arg], &'r [Arg]);

/// Checks that input and format do not match.
#[track_caller]
fn refused(rows: &[Refusal]) {
    for (input, format, before, after) in rows {
        for cut in CUTS {
            let (result, args, _) = scanned(format, input, before, cut);
            let shown = format!("{:?} {format:?} in pieces of {cut:?}", input.escape_ascii());
            let code = result.map_err(|error| error.code);
            assert_eq!(code, Err(VI_ERROR_INV_FMT), "{shown}");
            assert_eq!(args, *after, "{shown}");
        }
    }
}

/// One int, marked so that it shows when nothing is stored.
fn int() -> Arg {
    ints(&[-99])
}

/// Memory of this size, filled with `~`.
fn room(size: usize) -> Arg {
    Memory(vec![b'~'; size])
}

fn bytes(bytes: &[u8]) -> Arg {
    Memory(bytes.to_vec())
}
