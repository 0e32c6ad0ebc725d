#![forbid(unsafe_code)]
//! Random formats on random input: nothing panics, nothing is stored beyond a bound, and how the
//! input is cut makes no difference.
//!
//! For longer than the tests run: `FERROVISA_FUZZ_SECONDS=600 cargo test --release --lib fmt::
//! -- --ignored`. `FERROVISA_FUZZ_SEED` starts at the seed that a failure has told.

use super::dice::Dice;
use super::double::Arg;
use super::double::Arg::*;
use super::double::List;
use super::double::Sent;
use super::double::ints;
use super::message::Message;
use crate::fmt::Arguments;
use crate::fmt::Place;
use crate::fmt::check_print;
use crate::fmt::check_scan;
use crate::fmt::print;
use crate::fmt::scan;
use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::VI_ERROR_NSUP_FMT;
use std::env;
use std::time::Duration;
use std::time::Instant;

/// What instruments and formats are made of.
const INPUT: &[u8] = b"0123456789012+-.eE,;# \t\r\n#HQBAFx0infa\x00\xff";
const FORMAT: &[u8] = b"%%%%%%%%dioxXufeEgGcstTbByp[]^n*#.,,0123-+ @123HQB!olhlLzZ\\nx\n \xffaq";

/// Arguments of any type, as many as asked for. Their memory is as large as the widest format
/// here can reach: counts have at most two digits.
struct Anything<'d> {
    dice: &'d mut Dice,
    memory: Vec<u8>,
}

/// 99 elements of 8 bytes, or all of an input and a NUL.
pub(super) const REACH: usize = 800;

impl<'d> Anything<'d> {
    fn new(dice: &'d mut Dice) -> Self {
        let mut memory = dice.bytes(REACH, INPUT);
        memory.resize(REACH, 0);
        Self { dice, memory }
    }
}

impl Arguments for Anything<'_> {
    fn int(&mut self) -> i32 {
        self.dice.roll(102) as i32 - 2
    }

    fn long_long(&mut self) -> i64 {
        self.dice.bits() as i64
    }

    fn double(&mut self) -> f64 {
        f64::from_bits(self.dice.next())
    }

    fn long_double(&mut self) -> f64 {
        self.double()
    }

    fn pointer(&mut self) -> Place {
        let small = self.dice.roll(99) as u32;
        self.memory[..4].copy_from_slice(&small.to_ne_bytes());
        Place(0x1000)
    }

    fn string(&self, _: Place, most: usize) -> Result<&[u8]> {
        let text = &self.memory[..most.min(REACH)];
        Ok(text.split(|byte| *byte == 0).next().unwrap())
    }

    fn bytes(&self, _: Place, count: usize) -> Result<&[u8]> {
        Ok(&self.memory[..count])
    }

    fn long_double_at(&self, _: Place, index: usize) -> Result<f64> {
        assert!(index < 100, "element {index}");
        Ok(index as f64)
    }

    fn store(&mut self, _: Place, offset: usize, bytes: &[u8]) -> Result {
        self.memory[offset..][..bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn store_long_double(&mut self, _: Place, index: usize, _: f64) -> Result {
        assert!(index < 100, "element {index}");
        Ok(())
    }
}

/// No count of more than two digits, which [`Anything`] has no memory for.
pub(super) fn bounded(mut format: Vec<u8>) -> Vec<u8> {
    let mut digits = 0;
    format.retain(|byte| {
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        digits <= 2
    });
    format
}

/// Whether a format was refused; with no other status than those there are for that.
fn is_refused(result: Result, format: &[u8]) -> bool {
    let code = result.err().map(|error| error.code);
    let shown = format.escape_ascii();
    assert!(matches!(code, None | Some(VI_ERROR_INV_FMT | VI_ERROR_NSUP_FMT)), "{shown}: {code:?}");
    code.is_some()
}

/// What an output format checks as, it prints as.
pub(super) fn print_holds(format: &[u8], dice: &mut Dice) {
    let shown = format.escape_ascii();
    let refused = is_refused(check_print(format), format);
    let mut sent = Sent::default();
    let failed = is_refused(print(format, &mut Anything::new(dice), &mut sent), format);
    assert!(failed || !refused, "{shown}: refused, and printed all the same");
    assert!(!refused || sent.0.is_empty(), "{shown}: refused, and begun all the same");
}

/// What an input format checks as, it scans as, whatever comes. Gives what was stored and what was
/// left of the input.
pub(super) fn scan_holds(
    format: &[u8],
    input: &[u8],
    cut: &[usize],
    dice: &mut Dice,
) -> (Result, Vec<u8>, Vec<u8>) {
    let shown = format.escape_ascii();
    let refused = is_refused(check_scan(format), format);
    let mut message = Message::new(input, cut);
    let mut anything = Anything::new(dice);
    let result = scan(format, &mut anything, &mut message);
    let failed = is_refused(result, format);
    assert!(failed || !refused, "{shown}: refused, and scanned all the same");
    assert!(!refused || message.rest() == input, "{shown}: refused, and read all the same");
    (result, anything.memory, message.rest().to_vec())
}

/// A random format: what it checks as, it runs as.
fn any_format(seed: u64) {
    let dice = &mut Dice::new(seed);
    let format = bounded(dice.bytes(30, FORMAT));
    print_holds(&format, dice);
    let input = dice.bytes(300, INPUT);
    let cut = dice.cut();
    let _ = scan_holds(&format, &input, &cut, dice);
}

/// A conversion for input, with memory exactly as large as it may use.
fn conversion(dice: &mut Dice, format: &mut String, args: &mut Vec<Arg>) {
    let count = dice.roll(12);
    let by_pointer = dice.roll(2) == 0 || count == 0;
    // A count, as it stands in the format; by argument, it stands in front of the value.
    let number = if by_pointer { "#".to_owned() } else { count.to_string() };
    let room = |bytes: usize| Memory(vec![0x55; bytes]);
    let (length, size) = dice.pick(&[("", 4), ("h", 2), ("l", 4), ("ll", 8)]);
    match dice.roll(6) {
        0 => {
            *format += &format!("%{length}{}", dice.pick(&["d", "i", "u", "x", "o", "n"]));
            args.push(room(size));
        }
        1 => {
            let (length, value) = dice.pick(&[("", 4), ("l", 8), ("L", 0)]);
            *format += &format!("%{length}{}", dice.pick(&["e", "f", "g"]));
            args.push(if value == 0 { LongDoubles(vec![0.5]) } else { room(value) });
        }
        2 => {
            let (size, conversion) = dice.pick(&[(size, "d"), (size, "u"), (0, "f")]);
            let (length, size) = match size {
                0 => dice.pick(&[("", 4), ("l", 8)]),
                _ => (length, size),
            };
            *format += &format!("%,{number}{length}{conversion}");
            if by_pointer {
                args.push(ints(&[count as i32]));
            }
            args.push(room(count * size));
        }
        3 => {
            let code = dice.pick(&["s", "t", "T", "[0-9 ]", "[^,]"]);
            *format += &format!("%{number}{code}");
            if by_pointer {
                args.push(ints(&[count as i32]));
            }
            args.push(room(if by_pointer { count } else { count + 1 }));
        }
        4 => {
            *format += &format!("%{number}c");
            if by_pointer {
                args.push(ints(&[count as i32]));
            }
            args.push(room(count));
        }
        _ => {
            let size = if length.is_empty() { 1 } else { size };
            let code = dice.pick(&["b", "y", "!oly"]);
            *format += &format!("%{length}{number}{code}");
            if by_pointer {
                args.push(ints(&[count as i32]));
            }
            args.push(room(count * size));
        }
    }
}

/// Random input, some of it made of what the format asks for.
fn input(dice: &mut Dice) -> Vec<u8> {
    let mut input = Vec::new();
    for _ in 0..dice.roll(6) {
        let piece = match dice.roll(5) {
            0 => format!("{}", dice.bits() as i64).into_bytes(),
            1 => format!("{:e},", f64::from_bits(dice.next())).into_bytes(),
            2 => format!("#1{}\0\x01\0\x02\0\x03", dice.roll(10)).into_bytes(),
            3 => format!("#{}{:X}", dice.pick(&["H", "Q", "B", "0"]), dice.bits()).into_bytes(),
            _ => dice.bytes(20, INPUT),
        };
        input.extend(piece);
        input.push(dice.pick(b" ,\n;"));
    }
    input
}

/// A valid format on random input: no bound is crossed, which the arguments see to, and each cut
/// gives the same.
fn any_input(seed: u64) {
    let dice = &mut Dice::new(seed);
    let (mut format, mut args) = (String::new(), Vec::new());
    for _ in 0..1 + dice.roll(3) {
        conversion(dice, &mut format, &mut args);
        format += dice.pick(&["", " ", ",", "\n"]);
    }
    let input = input(dice);
    let cut = dice.cut();
    let run = |cut: &[usize]| {
        let mut list = List::new(&args);
        let mut message = Message::new(&input, cut);
        let result = scan(format.as_bytes(), &mut list, &mut message);
        // What a failing number has taken is nobody's concern, but it too is the same.
        (result, format!("{:?}", list.args), message.rest().to_vec())
    };
    let shown = format!("{format:?} on {} in pieces of {cut:?}", input.escape_ascii());
    assert_eq!(run(&cut), run(&[usize::MAX]), "{shown}");
    let code = run(&cut).0.err().map(|error| error.code);
    assert!(matches!(code, None | Some(VI_ERROR_INV_FMT)), "{shown}: {code:?}");
}

#[test]
fn random_formats_do_no_harm() {
    (0..10_000).for_each(any_format);
}

#[test]
fn random_input_stays_within_its_bounds_however_it_is_cut() {
    (0..10_000).for_each(any_input);
}

#[test]
#[ignore = "runs as long as FERROVISA_FUZZ_SECONDS says"]
fn random_formats_and_input_for_long() {
    let number = |name| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let time = Duration::from_secs(number("FERROVISA_FUZZ_SECONDS").unwrap_or(10));
    let clock = || std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos() as u64);
    let first = number("FERROVISA_FUZZ_SEED").unwrap_or_else(clock);
    let begin = Instant::now();
    let mut seed = first;
    while begin.elapsed() < time {
        any_format(seed);
        any_input(seed);
        seed = seed.wrapping_add(1);
    }
    println!("{} seeds from {first}", seed.wrapping_sub(first));
}
