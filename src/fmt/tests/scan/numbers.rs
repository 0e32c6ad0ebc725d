#![forbid(unsafe_code)]
//! Input of numbers: vectors.

use super::{check, int, refused, scanned};
use crate::fmt::tests::double::Arg::*;
use crate::fmt::tests::double::{doubles, floats, ints, longs, shorts};

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
fn bits_beyond_64() {
    for input in [
        "#H123456789ABCDEF01",
        "#HFFFFFFFFFFFFFFFF",
        "#Q1777777777777777777777",
        "#Q2000000000000000000000",
        "#Q7777777777777777777777",
    ] {
        check(&[(input.as_bytes(), "%llu", &[longs(&[1])], &[longs(&[-1])], b"")]);
    }
    check(&[(b"#Q1777777777777777777776", "%llu", &[longs(&[1])], &[longs(&[-2])], b"")]);
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
        (b"", "%,#d", &[ints(&[7]), int()], &[ints(&[0]), int()], b""),
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
