#![forbid(unsafe_code)]
//! What is stored, and what is left: vectors. Each runs with the input in one piece, byte by
//! byte, and in pieces in between.

use super::double::Arg;
use super::double::Arg::*;
use super::double::List;
use super::double::{doubles, floats, ints, longs, shorts};
use super::message::Message;
use crate::fmt::Input;
use crate::fmt::scan;
use crate::status::Error;
use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::VI_ERROR_TMO;
use crate::status::VI_ERROR_USER_BUF;
use crate::status::fail;

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

#[test]
fn integers() {
    let one = |input: &'static [u8], format: &str, value: i32, rest: &[u8]| {
        check(&[(input, format, &[int()], &[ints(&[value])], rest)]);
    };
    one(b"35", "%d", 35, b"");
    one(b" 12.5", "%d", 13, b"");
    one(b"-12.5", "%d", -13, b"");
    one(b"1.2E1", "%d", 12, b"");
    one(b"#HFF", "%d", 255, b"");
    one(b"#Q17", "%d", 15, b"");
    one(b"#B101", "%d", 5, b"");
    one(b"#hfg", "%d", 15, b"g");
    one(b"+7;", "%d", 7, b";");
    one(b"\r\n\t\x0b\x0c 7", "%d", 7, b"");
    one(b"12.49999", "%d", 12, b"");
    one(b".5 ", "%d", 1, b" ");
    one(b"5. ", "%d", 5, b" ");
    one(b"0.05E1,", "%d", 1, b",");
    one(b".49", "%d", 0, b"");
    one(b"-0.4", "%d", 0, b"");
    one(b"99.5e-2\n", "%d", 1, b"\n");
    one(b"+1E+2", "%d", 100, b"");
    one(b"5000000000E-9", "%d", 5, b"");
    // The longest number at the beginning is taken, no more.
    one(b"1-2 ", "%d", 1, b"-2 ");
    one(b"1.2.3 ", "%d", 1, b".3 ");
    one(b"0x1F", "%d", 0, b"x1F");
    one(b"0x1F ", "%i", 31, b" ");
    one(b"-0X1f ", "%i", -31, b" ");
    // IEEE 488.2 knows no octal numbers but #Q.
    one(b"010 ", "%i", 10, b" ");
    // A width ends a number, and what it cuts off is left.
    one(b"12345", "%3d", 123, b"45");
    one(b"  12345", "%3d", 123, b"45");
    one(b"1.25", "%2d", 1, b"25");
    one(b"17", "%o", 15, b"");
    one(b"178", "%o", 15, b"8");
    one(b"#Q17", "%o", 15, b"");
    one(b"ff", "%x", 255, b"");
    one(b"0xFFg", "%x", 255, b"g");
    one(b"0", "%X", 0, b"");
    one(b"#HFF", "%x", 255, b"");
    one(b"#B11", "%x", 3, b"");
    one(b"-1", "%x", -1, b"");
    // Beyond the range: the bound. Bits have the range of the unsigned type.
    one(b"2147483648", "%d", i32::MAX, b"");
    one(b"-2147483649 ", "%d", i32::MIN, b" ");
    one(b"-2147483648 ", "%d", i32::MIN, b" ");
    one(b"9.9E37", "%d", i32::MAX, b"");
    one(b"-1e999999999999999999999", "%d", i32::MIN, b"");
    one(b"1e-999999999999999999999", "%d", 0, b"");
    one(b"0e999999999", "%d", 0, b"");
    one(b"99999999999999999999999999999999", "%d", i32::MAX, b"");
    one(b"#HFFFFFFFF", "%d", -1, b"");
    one(b"#H123456789ABCDEF0123", "%d", -1, b"");
    one(b"4294967295", "%u", -1, b"");
    one(b"4294967296 ", "%u", -1, b" ");
    one(b"-5 ", "%u", 0, b" ");
    one(b"35", "%ld", 35, b"");

    check(&[
        (
            b"70000 -70000",
            "%hd%hd",
            &[shorts(&[1]), shorts(&[1])],
            &[shorts(&[i16::MAX]), shorts(&[i16::MIN])],
            b"",
        ),
        (
            b"70000 #HFFFF",
            "%hu%hd",
            &[shorts(&[1]), shorts(&[1])],
            &[shorts(&[-1]), shorts(&[-1])],
            b"",
        ),
        (b"-1099511627776", "%lld", &[longs(&[1])], &[longs(&[-1_099_511_627_776])], b""),
        (b"9223372036854775807.4 ", "%lld", &[longs(&[1])], &[longs(&[i64::MAX])], b" "),
        (b"-9223372036854775808 ", "%lld", &[longs(&[1])], &[longs(&[i64::MIN])], b" "),
        (b"18446744073709551615", "%llu", &[longs(&[1])], &[longs(&[-1])], b""),
        (b"18446744073709551616", "%llu", &[longs(&[1])], &[longs(&[-1])], b""),
        (b"1844674407370955161.45e1 ", "%llu", &[longs(&[1])], &[longs(&[-1])], b" "),
        (
            b"0x7ff0 (nil)z",
            "%p %p",
            &[longs(&[1]), longs(&[1])],
            &[longs(&[0x7ff0]), longs(&[0])],
            b"z",
        ),
    ]);
}

#[test]
#[expect(clippy::approx_constant, reason = "these are digits to read, not pi")]
fn floats_of_each_size() {
    let one = |input: &'static [u8], value: f64, rest: &[u8]| {
        check(&[
            (input, "%f", &[floats(&[9.0])], &[floats(&[value as f32])], rest),
            (input, "%le", &[doubles(&[9.0])], &[doubles(&[value])], rest),
            (input, "%Lg", &[LongDoubles(vec![9.0])], &[LongDoubles(vec![value])], rest),
        ]);
    };
    one(b"#H10", 16.0, b"");
    one(b"3.5E+1", 35.0, b"");
    one(b"3.14159,", 3.14159, b",");
    one(b" -.5;", -0.5, b";");
    one(b"5.\n", 5.0, b"\n");
    one(b"5.E1\n", 50.0, b"\n");
    one(b"+0 ", 0.0, b" ");
    one(b"-0 ", -0.0, b" ");
    one(b"9.9E37", 9.9e37, b"");
    one(b"9.91E37", 9.91e37, b"");
    one(b"inf INFINITYx", f64::INFINITY, b" INFINITYx");
    one(b"-InfinityX", f64::NEG_INFINITY, b"X");
    one(b"1e999", f64::INFINITY, b"");
    one(b"-1e999 ", f64::NEG_INFINITY, b" ");
    one(b"1e-999 ", 0.0, b" ");
    one(b"#HFFFFFFFFFFFFFFFF", 18446744073709551615.0, b"");
    one(b"1,2", 1.0, b",2");
    let (_, args, _) = scanned("%lf%f", b"nan NANO", &[doubles(&[0.0]), floats(&[0.0])], &[1]);
    assert_eq!(args, [doubles(&[f64::NAN]), floats(&[f32::NAN])]);
    // A float is rounded once, not over a double: this lies just above the middle of two floats.
    let input = b"1.00000005960464477539062500000000001 ";
    check(&[(input, "%f", &[floats(&[0.0])], &[floats(&[1.0 + f32::EPSILON])], b" ")]);
}

#[test]
fn long_numbers_are_rounded_correctly_and_cost_no_memory() {
    let double = |input: &str, cut: &[usize]| {
        let (result, args, rest) = scanned("%lf", input.as_bytes(), &[doubles(&[0.0])], cut);
        assert_eq!((result, rest), (Ok(()), vec![]));
        let Memory(bytes) = &args[0] else { unreachable!() };
        f64::from_ne_bytes(bytes[..].try_into().unwrap())
    };
    // Exactly between 1 and the next double, and that with one more digit, very far behind.
    let middle = "1.00000000000000011102230246251565404236316680908203125";
    for zeros in [0, 700, 713, 714, 715, 716, 800, 100_000] {
        let middle = format!("{middle}{}", "0".repeat(zeros));
        assert_eq!(double(&middle, &[97]), 1.0, "{zeros} zeros");
        assert_eq!(double(&format!("{middle}1"), &[97]), 1.0 + f64::EPSILON, "{zeros} zeros");
    }
    // The middles with the most digits, 767: between doubles near the smallest normal one.
    for below in [(1_u64 << 52) - 2, (1 << 52) - 1] {
        let twice = format!("{:.1074}", f64::from_bits(2 * below + 1));
        let middle = halved(&twice);
        let even = f64::from_bits(below + below % 2);
        assert_eq!(double(&middle, &[97]), even, "{middle}");
        assert_eq!(double(&format!("{middle}1"), &[97]), f64::from_bits(below + 1), "{middle}1");
        let less = format!("{}4", middle.strip_suffix('5').unwrap());
        assert_eq!(double(&less, &[97]), f64::from_bits(below), "{less}");
    }
    let digits = "9".repeat(1000);
    assert_eq!(double(&format!("{digits}e-1000"), &[13]), 1.0);
    // Digits count against the exponent, however many.
    let many = 300_000;
    let nines = "9".repeat(many);
    let zeros = "0".repeat(many);
    assert_eq!(double(&format!("{nines}e-{many}"), &[4096]), 1.0);
    assert_eq!(double(&format!("0.{zeros}25e{many}"), &[4096]), 0.25);
    assert_eq!(double(&format!("{zeros}.25"), &[4096]), 0.25);
    assert_eq!(double(&format!("25{zeros}e-{many}"), &[4096]), 25.0);
}

/// Half of a decimal number, exactly.
fn halved(number: &str) -> String {
    let mut carry = 0;
    let mut half = |byte: u8| {
        let digit = 10 * carry + (byte - b'0');
        carry = digit % 2;
        char::from(b'0' + digit / 2)
    };
    let digits = number.bytes().map(|byte| if byte == b'.' { '.' } else { half(byte) });
    format!("{}5", digits.collect::<String>())
}

#[test]
fn numbers_that_are_none() {
    let no_int: &[&[u8]] = &[
        b"abc",
        b"+",
        b"-",
        b".",
        b"+.",
        b"e5",
        b"1e",
        b"1e+",
        b"1.5E-;",
        b"#",
        b"#H",
        b"#HG",
        b"#D12",
        b"#15hello",
        b"+#H1",
        b"--1",
        b",1",
        b"nan",
        b"inf",
        b"\x00",
    ];
    for input in no_int {
        refused(&[(input, "%d", &[int()], &[int()])]);
    }
    let no_float: &[&[u8]] = &[b"abc", b"1e", b"in", b"infini", b"infinitx", b"na", b"."];
    for input in no_float {
        refused(&[(input, "%f", &[floats(&[9.0])], &[floats(&[9.0])])]);
    }
    refused(&[
        (b"0x", "%i", &[int()], &[int()]),
        (b"0x", "%x", &[int()], &[int()]),
        (b"g", "%x", &[int()], &[int()]),
        (b"8", "%o", &[int()], &[int()]),
        (b"1e5", "%2d", &[int()], &[int()]),
        // What has been stored before stays.
        (b"1 x", "%d%d", &[int(), int()], &[ints(&[1]), int()]),
    ]);
}

#[test]
fn arrays() {
    let two = &[ints(&[-9, -9])];
    check(&[
        (b"1,2,3", "%,3d", &[ints(&[0; 3])], &[ints(&[1, 2, 3])], b""),
        (b"1,2", "%,5d", &[ints(&[0; 5])], &[ints(&[1, 2, 0, 0, 0])], b""),
        (b"1,2,3,4", "%,#d", &[ints(&[2]), ints(&[0; 2])], &[ints(&[2]), ints(&[1, 2])], b",3,4"),
        (b"1,2\n", "%,#d", &[ints(&[5]), ints(&[0; 2])], &[ints(&[2]), ints(&[1, 2])], b"\n"),
        (b"1,2\n,3", "%,#d", &[ints(&[5]), ints(&[0; 2])], &[ints(&[2]), ints(&[1, 2])], b"\n,3"),
        (b"1.5,2.5", "%,2lf", &[doubles(&[0.0; 2])], &[doubles(&[1.5, 2.5])], b""),
        (b"1.5,2.5", "%,2f", &[floats(&[0.0; 2])], &[floats(&[1.5, 2.5])], b""),
        (b"1.5,2.5", "%,2Lf", &[LongDoubles(vec![0.0; 2])], &[LongDoubles(vec![1.5, 2.5])], b""),
        (b" 1 ,\t2 , \n3;", "%,3hd", &[shorts(&[0; 3])], &[shorts(&[1, 2, 3])], b";"),
        (b"1,2;3", "%,3lld", &[longs(&[0; 3])], &[longs(&[1, 2, 0])], b";3"),
        (b"1,", "%,2d", two, &[ints(&[1, -9])], b""),
        (b"1, ", "%,2d", two, &[ints(&[1, -9])], b""),
        (b"#HFF,#B1", "%,2d", two, &[ints(&[255, 1])], b""),
        (b"5,6", "%,#d", &[ints(&[0]), Null], &[ints(&[0]), Null], b"5,6"),
        (b"", "%,#d", &[ints(&[7]), int()], &[ints(&[7]), int()], b""),
        (b"1,2,3", "%*,2d,%d", &[int()], &[ints(&[3])], b""),
        (b"123,456", "%2,2d", two, &[ints(&[12, -9])], b"3,456"),
    ]);
    refused(&[
        (b"1,,2", "%,3d", &[ints(&[0; 3])], &[ints(&[1, 0, 0])]),
        (b"1,x", "%,#d", &[ints(&[3]), ints(&[0; 3])], &[ints(&[1]), ints(&[1, 0, 0])]),
        (b"x", "%,#d", &[ints(&[3]), ints(&[0; 3])], &[ints(&[3]), ints(&[0; 3])]),
        (b"1", "%,#d", &[ints(&[-1]), int()], &[ints(&[-1]), int()]),
    ]);
}

#[test]
fn strings() {
    check(&[
        (b"  abc def", "%s", &[room(4)], &[bytes(b"abc\0")], b" def"),
        (b"abcdef gh", "%3s", &[room(4)], &[bytes(b"abc\0")], b" gh"),
        (b"abc", "%#s", &[ints(&[10]), room(4)], &[ints(&[3]), bytes(b"abc\0")], b""),
        (b"abcdef gh", "%#s", &[ints(&[4]), room(4)], &[ints(&[3]), bytes(b"abc\0")], b" gh"),
        (b"abc", "%#s", &[ints(&[1]), room(1)], &[ints(&[0]), bytes(b"\0")], b""),
        (b"abc d", "%#s", &[ints(&[0]), Null], &[ints(&[0]), Null], b" d"),
        (b"ab cd\n", "%t", &[room(7)], &[bytes(b"ab cd\n\0")], b""),
        (b"ab cd\n", "%3t", &[room(4)], &[bytes(b"ab \0")], b""),
        (b"ab cd\n", "%#t", &[ints(&[3]), room(3)], &[ints(&[2]), bytes(b"ab\0")], b""),
        (b"ab\ncd", "%T", &[room(4)], &[bytes(b"ab\n\0")], b"cd"),
        (b"ab\ncd", "%1T", &[room(2)], &[bytes(b"a\0")], b"cd"),
        (b"ab", "%T", &[room(3)], &[bytes(b"ab\0")], b""),
        (b"ab cd", "%3c", &[room(3)], &[bytes(b"ab ")], b"cd"),
        (b"ab", "%c", &[room(1)], &[bytes(b"a")], b"b"),
        (b"ab", "%3c", &[room(3)], &[bytes(b"ab~")], b""),
        (b"ab", "%#c", &[ints(&[3]), room(3)], &[ints(&[2]), bytes(b"ab~")], b""),
        (b"ab", "%#c", &[ints(&[1]), room(1)], &[ints(&[1]), bytes(b"a")], b"b"),
        (b"ab", "%#c", &[ints(&[0]), Null], &[ints(&[0]), Null], b"ab"),
        (b"a,b", "%[^,],%s", &[room(2), room(2)], &[bytes(b"a\0"), bytes(b"b\0")], b""),
        (b"abc1", "%[a-b]", &[room(3)], &[bytes(b"ab\0")], b"c1"),
        (b"abc1", "%2[a-z]", &[room(3)], &[bytes(b"ab\0")], b"c1"),
        (b"abc1", "%#[a-z]", &[ints(&[3]), room(3)], &[ints(&[2]), bytes(b"ab\0")], b"c1"),
        (b"]-^\\x", "%[]^\\-]", &[room(5)], &[bytes(b"]-^\\\0")], b"x"),
        (b"ab]", "%[^]]", &[room(3)], &[bytes(b"ab\0")], b"]"),
        (b"b-a0", "%[b-a]", &[room(4)], &[bytes(b"b-a\0")], b"0"),
        (b"a-ce", "%[a-c-e]", &[room(5)], &[bytes(b"a\0~~~")], b"-ce"),
        (b"a\xff\x80 ", "%[^ ]", &[room(4)], &[bytes(b"a\xff\x80\0")], b" "),
        (b" a", "%[ ]%s", &[room(2), room(2)], &[bytes(b" \0"), bytes(b"a\0")], b""),
        // A zero byte is a byte like others.
        (b"a\0b c", "%s", &[room(4)], &[bytes(b"a\0b\0")], b" c"),
        (b"ab cd ef", "%*s%*c%*2[a-z]%s", &[room(3)], &[bytes(b"ef\0")], b""),
        (b"abcdef", "%*3c%*t", &[], &[], b""),
    ]);
    refused(&[
        (b"1", "%[a-z]", &[room(3)], &[room(3)]),
        (b" a", "%[a-z]", &[room(3)], &[room(3)]),
        (b"a", "%#s", &[ints(&[-1]), room(3)], &[ints(&[-1]), room(3)]),
    ]);
}

#[test]
fn blocks() {
    check(&[
        (b"#15hello\n", "%5b", &[room(5)], &[bytes(b"hello")], b"\n"),
        (b" \n#15hello", "%5b", &[room(5)], &[bytes(b"hello")], b""),
        (b"#15hello", "%#b", &[ints(&[10]), room(10)], &[ints(&[5]), bytes(b"hello~~~~~")], b""),
        (b"#15hellox", "%3b", &[room(3)], &[bytes(b"hel")], b"x"),
        (
            b"#200#10",
            "%#b%#b",
            &[ints(&[1]), room(1), ints(&[1]), room(1)],
            &[ints(&[0]), room(1), ints(&[0]), room(1)],
            b"",
        ),
        (
            b"#14\0\x01\0\x02",
            "%#hb",
            &[ints(&[8]), shorts(&[9; 3])],
            &[ints(&[2]), shorts(&[1, 2, 9])],
            b"",
        ),
        (b"#14\x3f\x80\0\0", "%1zb", &[floats(&[0.0])], &[floats(&[1.0])], b""),
        (b"#18\x3f\xf0\0\0\0\0\0\0", "%1Zb", &[doubles(&[0.0])], &[doubles(&[1.0])], b""),
        (b"#18\0\0\0\0\0\0\x01\0", "%1llb", &[longs(&[0])], &[longs(&[256])], b""),
        (b"#18\0\0\0\x01\0\0\0\x02", "%2lb", &[ints(&[0; 2])], &[ints(&[1, 2])], b""),
        (b"#0abc\n", "%#b", &[ints(&[10]), room(4)], &[ints(&[3]), bytes(b"abc~")], b""),
        (b"#0a\n\nb\n\n", "%#b", &[ints(&[10]), room(6)], &[ints(&[5]), bytes(b"a\n\nb\n~")], b""),
        (b"#0abc", "%2b", &[room(2)], &[bytes(b"ab")], b""),
        (b"#0\n", "%#b", &[ints(&[10]), room(1)], &[ints(&[0]), room(1)], b""),
        // The last element is not whole.
        (b"#15\0\x01\0\x02\0", "%3hb", &[shorts(&[9; 3])], &[shorts(&[1, 2, 9])], b""),
        // END comes before the length is reached.
        (
            b"#15\0\x01\0",
            "%#hb",
            &[ints(&[3]), shorts(&[9; 3])],
            &[ints(&[1]), shorts(&[1, 9, 9])],
            b"",
        ),
        (b"#15hello,7", "%*b,%d", &[int()], &[ints(&[7])], b""),
        (b"#15hello,7", "%*2b,%d", &[int()], &[ints(&[7])], b""),
        (b"\x01\0\x02\0", "%2!olhy", &[shorts(&[9; 2])], &[shorts(&[1, 2])], b""),
        (b"\0\x01\0\x02\x03", "%2hy", &[shorts(&[9; 2])], &[shorts(&[1, 2])], b"\x03"),
        (b" \nab", "%#y", &[ints(&[9]), room(5)], &[ints(&[4]), bytes(b" \nab~")], b""),
        (b"\0\x01\0", "%#hy", &[ints(&[9]), shorts(&[9; 2])], &[ints(&[1]), shorts(&[1, 9])], b""),
        (b"\0\0\x80\x3f", "%1!olzy", &[floats(&[9.0])], &[floats(&[1.0])], b""),
        (b"abcd", "%*2y%c", &[room(1)], &[bytes(b"c")], b"d"),
    ]);
    refused(&[
        (b"hello", "%5b", &[room(5)], &[room(5)]),
        (b"#", "%5b", &[room(5)], &[room(5)]),
        (b"#2", "%5b", &[room(5)], &[room(5)]),
        (b"#21", "%5b", &[room(5)], &[room(5)]),
        (b"#HFF", "%5b", &[room(5)], &[room(5)]),
        (b"#2 5hello", "%5b", &[room(5)], &[room(5)]),
        (b"#15hello", "%#b", &[ints(&[-1]), room(5)], &[ints(&[-1]), room(5)]),
    ]);
    // Longer than every buffer in between, with elements across the pieces.
    let values: Vec<i32> = (0..5000).map(|value| value * 77_777).collect();
    let wire: Vec<u8> = values.iter().flat_map(|value| value.to_be_bytes()).collect();
    let input = [b"#520000", &wire[..], b"\n"].concat();
    check(&[(&input, "%5000lb", &[ints(&[0; 5000])], &[ints(&values)], b"\n")]);
}

#[test]
fn text_of_the_format() {
    check(&[
        (b"key=12;rest", "key=%d;%t", &[int(), room(5)], &[ints(&[12]), bytes(b"rest\0")], b""),
        (b"5,abc", "%*d,%s", &[room(4)], &[bytes(b"abc\0")], b""),
        (b"12 34", "%d %d", &[int(), int()], &[ints(&[12]), ints(&[34])], b""),
        (b"12", "%d %d", &[int(), int()], &[ints(&[12]), int()], b""),
        (b"", "%d", &[int()], &[int()], b""),
        (b"", "", &[], &[], b""),
        (b"abc", "", &[], &[], b"abc"),
        (b"ab", "abc%d", &[int()], &[int()], b""),
        (b"a \r\n\tb", "a b", &[], &[], b""),
        (b"ab", "a\\n\\tb", &[], &[], b""),
        (b"ab", "a\nb", &[], &[], b""),
        (b"A\\7", "\\x41\\\\%d", &[int()], &[ints(&[7])], b""),
        (b"5 %7", "%d%%%d", &[int(), int()], &[ints(&[5]), ints(&[7])], b""),
        (
            b" 12 ab",
            "%d%n %c%n",
            &[int(), int(), room(1), int()],
            &[ints(&[12]), ints(&[3]), bytes(b"a"), ints(&[5])],
            b"b",
        ),
        (
            b"12",
            "%d%hn%lln",
            &[int(), shorts(&[9]), longs(&[9])],
            &[ints(&[12]), shorts(&[2]), longs(&[2])],
            b"",
        ),
        (b"12", "%d%*n", &[int()], &[ints(&[12])], b""),
    ]);
    refused(&[
        (b"12x", "%dy", &[int()], &[ints(&[12])]),
        (b" a", "a", &[], &[]),
        (b"5 7", "%d%%", &[int()], &[ints(&[5])]),
    ]);
}

#[test]
fn the_line_feed_left_of_an_answer_is_no_answer() {
    let after = |format: &str, args: &[Arg]| {
        let mut list = List::new(args);
        let mut message = Message::leftover(b"\r\n", b"12 ab\n", &[1]);
        let result = scan(format.as_bytes(), &mut list, &mut message);
        assert_eq!(result, Ok(()), "{format}");
        (list.args, message.rest().to_vec())
    };
    for format in ["%d", " %d", "%i", "\\n%d"] {
        assert_eq!(after(format, &[int()]), (vec![ints(&[12])], b" ab\n".to_vec()), "{format}");
    }
    assert_eq!(after("%s", &[room(3)]).0, [bytes(b"12\0")]);
    assert_eq!(after("%lf", &[doubles(&[0.0])]).0, [doubles(&[12.0])]);
    assert_eq!(after("%,1d", &[int()]).0, [ints(&[12])]);
    assert_eq!(after("%*d %s", &[room(3)]).0, [bytes(b"ab\0")]);
    // What takes white space for itself, or matches it, does not go on to the next message.
    assert_eq!(after("%t", &[room(3)]), (vec![bytes(b"\r\n\0")], vec![]));
    assert_eq!(after("%T", &[room(3)]), (vec![bytes(b"\r\n\0")], vec![]));
    assert_eq!(after("%3c", &[room(3)]), (vec![bytes(b"\r\n~")], vec![]));
    assert_eq!(after("%3y", &[room(3)]), (vec![bytes(b"\r\n~")], vec![]));
    assert_eq!(after("%[^x]", &[room(3)]), (vec![bytes(b"\r\n\0")], vec![]));
    assert_eq!(after("%3b", &[room(3)]), (vec![room(3)], vec![]));
    assert_eq!(after(" ", &[]), (vec![], vec![]));
    // Nor does a call that has already taken more than white space.
    let mut list = List::new(&[room(1), int()]);
    let mut message = Message::leftover(b"x\n", b"12", &[9]);
    assert_eq!(scan(b"%c%d", &mut list, &mut message), Ok(()));
    assert_eq!(list.args, [bytes(b"x"), int()]);
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
