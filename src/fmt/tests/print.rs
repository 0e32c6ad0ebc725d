#![forbid(unsafe_code)]
//! What is put out: vectors.

use super::double::Arg;
use super::double::Arg::*;
use super::double::List;
use super::double::Sent;
use super::double::{doubles, floats, ints, longs, shorts, text};
use crate::fmt::Output;
use crate::fmt::check_print;
use crate::fmt::print;
use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::VI_ERROR_TMO;
use crate::status::VI_ERROR_USER_BUF;
use crate::status::fail;

/// What `format` makes of `args`, with END as byte 0xff. All arguments must have been taken.
fn printed(format: &[u8], args: &[Arg]) -> Result<Vec<u8>> {
    let (mut list, mut sent) = (List::new(args), Sent::default());
    print(format, &mut list, &mut sent)?;
    assert_eq!(list.taken(), args.len(), "{}: arguments taken", format.escape_ascii());
    Ok(sent.0)
}

fn bytes(bytes: &[u8]) -> Arg {
    Memory(bytes.to_vec())
}

#[track_caller]
fn check(rows: &[(&str, &[Arg], &[u8])]) {
    for (format, args, expected) in rows {
        let shown = printed(format.as_bytes(), args).unwrap_or_else(|e| panic!("{format}: {e:?}"));
        assert_eq!(
            shown.escape_ascii().to_string(),
            expected.escape_ascii().to_string(),
            "{format:?} {args:?}"
        );
    }
}

#[test]
fn text_and_escapes() {
    check(&[
        ("", &[], b""),
        ("*IDN?\n", &[], b"*IDN?\n\xff"),
        ("*IDN?\\n", &[], b"*IDN?\n\xff"),
        ("A\tB\r\n", &[], b"A\tB\r\n\xff"),
        ("A\\tB\\r\\n", &[], b"A\tB\r\n\xff"),
        ("a\nb\n\nc", &[], b"a\n\xffb\n\xff\n\xffc"),
        ("\\x41\\102\\\"\\\\", &[], b"AB\"\\"),
        // Up to two hexadecimal and three octal digits, each as long as there are digits.
        ("\\x4g\\x411\\1019\\7x\\0", &[], b"\x04gA1A9\x07x\0"),
        ("\\377\\xff", &[], b"\xff\xff"),
        // A line feed by its number is a byte like others.
        ("\\012\\x0A", &[], b"\n\n"),
        // Unknown sequences.
        ("\\q\\xg\\%d", &[], b"qxg%d"),
        ("%d%%\n", &[Int(50)], b"50%\n\xff"),
    ]);
}

#[test]
fn integers() {
    check(&[
        ("%d", &[Int(35)], b"35"),
        ("%5d|%-5d|%05d", &[Int(35), Int(35), Int(35)], b"   35|35   |00035"),
        ("%.4d", &[Int(35)], b"0035"),
        ("%*d", &[Int(6), Int(35)], b"    35"),
        ("%*d|", &[Int(-6), Int(35)], b"35    |"),
        ("%.*d", &[Int(4), Int(35)], b"0035"),
        ("%05.*d", &[Int(-1), Int(35)], b"00035"),
        ("%i %u %o %x %X", &[Int(-3), Int(3), Int(8), Int(255), Int(255)], b"-3 3 10 ff FF"),
        ("%u %x %o", &[Int(-1), Int(-1), Int(-1)], b"4294967295 ffffffff 37777777777"),
        ("%+d % d %+ d %+u", &[Int(1), Int(1), Int(1), Int(1)], b"+1  1 +1 1"),
        (
            "%#x %#X %#o %#x %#o",
            &[Int(255), Int(255), Int(8), Int(0), Int(0)],
            b"0xff 0XFF 010 0 0",
        ),
        ("%#06x|%#6x|%-#6x|", &[Int(1), Int(1), Int(1)], b"0x0001|   0x1|0x1   |"),
        ("%08.3d|%-08d|", &[Int(-5), Int(-5)], b"    -005|-5      |"),
        ("[%.0d%.d%.0x%#.0o]", &[Int(0), Int(0), Int(0), Int(0)], b"[0]"),
        ("%#.3o %.3x", &[Int(8), Int(10)], b"010 00a"),
        ("%hd", &[Int(65537)], b"1"),
        ("%hd %hu %hx", &[Int(0xffff), Int(-1), Int(-1)], b"-1 65535 ffff"),
        ("%ld %lu", &[Int(-1), Int(-1)], b"-1 4294967295"),
        ("%lld", &[LongLong(1_099_511_627_776)], b"1099511627776"),
        (
            "%lld %llu",
            &[LongLong(i64::MIN), LongLong(-1)],
            b"-9223372036854775808 18446744073709551615",
        ),
        ("%d", &[Int(i32::MIN)], b"-2147483648"),
        ("%,4d", &[ints(&[1, 2, 3, 4])], b"1,2,3,4"),
        ("%,*d", &[Int(3), ints(&[1, 2, 3])], b"1,2,3"),
        ("%,*d|", &[Int(0), Null], b"|"),
        ("%,3hd", &[shorts(&[1, -2, 3])], b"1,-2,3"),
        ("%,2hu", &[shorts(&[1, -2])], b"1,65534"),
        ("%,2ld", &[ints(&[1, -2])], b"1,-2"),
        ("%,2lld", &[longs(&[1, -1 << 40])], b"1,-1099511627776"),
        ("%3,2d", &[ints(&[1, -2])], b"  1, -2"),
        ("%*.*,*d", &[Int(4), Int(2), Int(2), ints(&[1, -2])], b"  01, -02"),
    ]);
}

#[test]
#[expect(clippy::approx_constant, reason = "these are digits to print, not pi")]
fn floats_as_c() {
    let all = |value: f64| [Double(value), Double(value), Double(value)];
    check(&[
        ("%f", &[Double(3.14)], b"3.140000"),
        ("%.2f", &[Double(3.14159)], b"3.14"),
        ("%8.3f", &[Double(3.14159)], b"   3.142"),
        ("%e", &[Double(12345.678)], b"1.234568e+04"),
        ("%g", &[Double(0.0001)], b"0.0001"),
        ("%f %e %g", &all(0.0), b"0.000000 0.000000e+00 0"),
        ("%f %e %g", &all(-0.0), b"-0.000000 -0.000000e+00 -0"),
        ("%f %e %g", &all(f64::INFINITY), b"inf inf inf"),
        ("%f %E %G", &all(f64::NEG_INFINITY), b"-inf -INF -INF"),
        ("%f %E %G", &all(f64::NAN), b"nan NAN NAN"),
        ("%06f|%-6f|%+f", &all(f64::INFINITY), b"   inf|inf   |+inf"),
        // Ties go to even, as glibc has it; nothing else is a tie.
        ("%.0f %.0f %.0f", &[Double(0.5), Double(1.5), Double(2.5)], b"0 2 2"),
        ("%.2f %.2f %.1f", &[Double(0.125), Double(0.375), Double(0.25)], b"0.12 0.38 0.2"),
        ("%.2f %.2f", &[Double(1.005), Double(1.015)], b"1.00 1.01"),
        ("%.0e %.1e", &[Double(2.5), Double(1.25)], b"2e+00 1.2e+00"),
        ("%#.0f %#.0e %.0e", &all(3.0), b"3. 3.e+00 3e+00"),
        ("%e %E", &[Double(1e-100), Double(1e300)], b"1.000000e-100 1.000000E+300"),
        ("%g %g %g", &[Double(1e5), Double(1e6), Double(123_456.0)], b"100000 1e+06 123456"),
        ("%g %g %g", &[Double(1e-5), Double(999_999.5), Double(0.00012)], b"1e-05 1e+06 0.00012"),
        ("%G %.3G", &[Double(1e-10), Double(1234.0)], b"1E-10 1.23E+03"),
        ("%.0g %.1g %.10g", &all(1234.5678), b"1e+03 1e+03 1234.5678"),
        ("%#g %#.3g %#.1g", &all(1.0), b"1.00000 1.00 1."),
        (
            "%#g %#g %#g",
            &[Double(0.0), Double(1e10), Double(1e-4)],
            b"0.00000 1.00000e+10 0.000100000",
        ),
        (
            "%010.3f|%-10.3f|%+.1f",
            &[Double(-3.14159), Double(3.14159), Double(1.0)],
            b"-00003.142|3.142     |+1.0",
        ),
        ("%010.2e|% .1e", &[Double(-1.0), Double(1.0)], b"-01.00e+00| 1.0e+00"),
        ("%*.*f", &[Int(8), Int(2), Double(3.14159)], b"    3.14"),
        ("%.*f", &[Int(-1), Double(1.5)], b"1.500000"),
        ("%lf %Lf", &[Double(1.5), LongDouble(2.5)], b"1.500000 2.500000"),
        ("%,3.1lf", &[doubles(&[1.0, 2.5, 3.0])], b"1.0,2.5,3.0"),
        ("%,2.1f", &[floats(&[1.0, 2.5])], b"1.0,2.5"),
        ("%.1,2f", &[floats(&[1.0, 2.5])], b"1.0,2.5"),
        ("%,2Lg", &[LongDoubles(vec![1.0, 2.5])], b"1,2.5"),
        ("%4,2lg", &[doubles(&[1.0, 2.5])], b"   1, 2.5"),
    ]);
}

#[test]
fn notations_of_488_2() {
    check(&[
        ("%@1f", &[Double(26.9)], b"26"),
        (
            "%@1f %@1f %@1f",
            &[Double(-26.9), Double(-0.5), Double(1e22)],
            b"-26 0 10000000000000000000000",
        ),
        ("%6@1.3f", &[Double(-26.9)], b"  -026"),
        ("%@1d", &[Int(26)], b"26"),
        ("%@1.0d", &[Int(0)], b"0"),
        ("%@1x %@1d", &[Int(-1), Int(-1)], b"4294967295 -1"),
        ("%@2d", &[Int(35)], b"35.000000"),
        ("%@2.1d", &[Int(35)], b"35.0"),
        ("%@2.0d %@2.0f", &[Int(-35), Double(35.26)], b"-35.0 35.3"),
        ("%08@2.1d", &[Int(-35)], b"-00035.0"),
        ("%@2f", &[Double(123.45)], b"123.450000"),
        ("%@3.4f", &[Double(123.45)], b"1.2345E+02"),
        ("%@3f %@3.0f", &[Double(1e-300), Double(25.0)], b"1.000000E-300 2.5E+01"),
        ("%@3d %@3.1d", &[Int(-12345), Int(0)], b"-1.234500E+04 0.0E+00"),
        ("%@3.18lld", &[LongLong(i64::MAX)], b"9.223372036854775807E+18"),
        ("%@3.25lld", &[LongLong(i64::MIN)], b"-9.2233720368547758080000000E+18"),
        ("%@3.2d", &[Int(999_999)], b"1.00E+06"),
        ("%@Hd", &[Int(0xAF35B)], b"#HAF35B"),
        ("%@Qd", &[Int(29340)], b"#Q71234"),
        ("%@Bd", &[Int(233)], b"#B11101001"),
        ("%10@Hd", &[Int(255)], b"      #HFF"),
        ("%@H.4d", &[Int(255)], b"#H00FF"),
        ("%@H.0d", &[Int(0)], b"#H0"),
        ("%-6@Qd|%06@Qd|%6.3@Qd|", &[Int(8), Int(8), Int(8)], b"#Q10  |#Q0010| #Q010|"),
        (
            "%@Hhd %@Hd %@Hlld",
            &[Int(-1), Int(-1), LongLong(-1)],
            b"#HFFFF #HFFFFFFFF #HFFFFFFFFFFFFFFFF",
        ),
        ("%@Hf %@Qf %@Bf", &[Double(255.9), Double(8.0), Double(5.0)], b"#HFF #Q10 #B101"),
        ("%@Hf %@Hf", &[Double(-1.5), Double(1e300)], b"#HFFFFFFFFFFFFFFFF #H7FFFFFFFFFFFFFFF"),
        ("%,3@Hd", &[ints(&[1, 10, -1])], b"#H1,#HA,#HFFFFFFFF"),
        ("%@3.1,2lf", &[doubles(&[1.0, f64::INFINITY])], b"1.0E+00,9.9E+37"),
        ("%@3.2f %@3.1f", &[Double(f64::NAN), Double(f64::NEG_INFINITY)], b"9.91E+37 -9.9E+37"),
    ]);
}

#[test]
fn characters_strings_and_pointers() {
    check(&[
        ("%c%c", &[Int(b'a'.into()), Int(0x162)], b"ab"),
        ("%3c|%-3c|%.0c", &[Int(97), Int(97), Int(97)], b"  a|a  |a"),
        ("%s", &[text(":MEAS?")], b":MEAS?"),
        ("%.3s", &[text("ABCDEF")], b"ABC"),
        // No NUL is needed where the precision says enough.
        ("%.3s", &[bytes(b"ABC")], b"ABC"),
        ("%.0s%.*s", &[bytes(b""), Int(2), bytes(b"ab")], b"ab"),
        ("%5s|%-5s|%5.1s", &[text("abc"), text("abc"), text("abc")], b"  abc|abc  |    a"),
        // A line feed in data is a byte like others.
        ("%s", &[text("a\nb\n")], b"a\nb\n"),
        ("%p %p", &[Address(0x7ff0), Null], b"0x7ff0 (nil)"),
        ("%8p|%-8p|%8p", &[Address(0x7f), Address(0x7f), Null], b"    0x7f|0x7f    |   (nil)"),
    ]);
}

#[test]
fn blocks() {
    let one_two_three = &[shorts(&[1, 2, 3])];
    check(&[
        ("%5b", &[bytes(b"hello")], b"#15hello"),
        ("%*b", &[Int(5), bytes(b"hello")], b"#15hello"),
        ("%*b", &[Int(0), Null], b"#10"),
        ("%3hb", one_two_three, b"#16\0\x01\0\x02\0\x03"),
        ("%*lb", &[Int(2), ints(&[1, 0x0102_0304])], b"#18\0\0\0\x01\x01\x02\x03\x04"),
        ("%1zb", &[floats(&[1.0])], b"#14\x3f\x80\0\0"),
        ("%1Zb", &[doubles(&[1.0])], b"#18\x3f\xf0\0\0\0\0\0\0"),
        ("%1llb", &[longs(&[1])], b"#18\0\0\0\0\0\0\0\x01"),
        ("%h3b", one_two_three, b"#16\0\x01\0\x02\0\x03"),
        ("%12b", &[bytes(b"hello world!")], b"#212hello world!"),
        ("%3B", &[bytes(b"abc")], b"#0abc\n\xff"),
        ("%2hB", &[shorts(&[1, 2])], b"#0\0\x01\0\x02\n\xff"),
        ("%3y", &[bytes(b"abc")], b"abc"),
        ("%3y", &[bytes(b"a\n\n")], b"a\n\n"),
        ("%2hy", &[shorts(&[1, 2])], b"\0\x01\0\x02"),
        ("%2!olhy", &[shorts(&[1, 2])], b"\x01\0\x02\0"),
        ("%!ob2hy", &[shorts(&[1, 2])], b"\0\x01\0\x02"),
        ("%*!olly", &[Int(1), ints(&[0x0102_0304])], b"\x04\x03\x02\x01"),
        ("%1!olZy", &[doubles(&[1.0])], b"\0\0\0\0\0\0\xf0\x3f"),
    ]);
    // Longer than every buffer in between.
    let values: Vec<i32> = (0..5000).collect();
    let wire: Vec<u8> = values.iter().flat_map(|value| value.to_be_bytes()).collect();
    let expected = [b"a#520000", &wire[..], b"z\n\xff"].concat();
    assert_eq!(printed(b"a%5000lbz\n", &[ints(&values)]).unwrap(), expected);
}

#[test]
fn widths_and_precisions_are_padded_at_any_length() {
    let shown = printed(b"%4000d", &[Int(7)]).unwrap();
    assert_eq!(shown, [&[b' '; 3999][..], b"7"].concat());
    let shown = printed(b"%.3000e", &[Double(1.0)]).unwrap();
    assert_eq!(shown, [b"1.", &[b'0'; 3000][..], b"e+00"].concat());
    let shown = printed(b"%-3000.2000f|", &[Double(0.5)]).unwrap();
    assert_eq!(shown, [b"0.5", &[b'0'; 1999][..], &[b' '; 998], b"|"].concat());
    let shown = printed(b"%#.2000g", &[Double(0.5)]).unwrap();
    assert_eq!(shown, [b"0.5", &[b'0'; 1999][..]].concat());
    assert_eq!(printed(b"%.2000g", &[Double(0.5)]).unwrap(), b"0.5");
    // The longest numbers there are.
    let shown = printed(b"%.1074f", &[Double(-f64::MAX)]).unwrap();
    assert_eq!(shown.len(), 1 + 309 + 1 + 1074);
    let smallest = printed(b"%.1074f", &[Double(f64::from_bits(1))]).unwrap();
    assert!(smallest.ends_with(b"33447265625"), "2^-1074 exactly");
    // No double has more digits than this one, 767.
    let longest = Double(f64::from_bits((1 << 53) - 1));
    for (format, end) in [
        ("%.766e", "34466552734375e-308"),
        ("%.768e", "3446655273437500e-308"),
        ("%.768g", "34466552734375e-308"),
    ] {
        let shown = printed(format.as_bytes(), std::slice::from_ref(&longest)).unwrap();
        let shown = String::from_utf8(shown).unwrap();
        assert!(shown.ends_with(end), "{format}: {shown}");
    }
}

/// Output that counts.
#[derive(Default)]
struct Counted {
    bytes: usize,
    /// The longest piece.
    longest: usize,
}

impl Output for Counted {
    fn put(&mut self, bytes: &[u8], _: bool) -> Result {
        self.bytes += bytes.len();
        self.longest = self.longest.max(bytes.len());
        Ok(())
    }
}

#[test]
fn the_widest_fields_need_no_memory() {
    for (format, arg, expected) in [
        ("%20000000d", Int(1), 20_000_000),
        ("%-20000000d", Int(1), 20_000_000),
        ("%020000000d", Int(1), 20_000_000),
        ("%.20000000x", Int(1), 20_000_000),
        ("%.20000000f", Double(1.5), 20_000_002),
        ("%.20000000e", Double(1.5), 20_000_006),
        ("%#.20000000g", Double(1.5), 20_000_001),
        ("%@3.20000000d", Int(1), 20_000_006),
        ("%20000000s", text("a"), 20_000_000),
    ] {
        let mut counted = Counted::default();
        print(format.as_bytes(), &mut List::new(&[arg]), &mut counted).unwrap();
        assert_eq!(counted.bytes, expected, "{format}");
        assert!(counted.longest <= 4096, "{format}: a piece of {} bytes", counted.longest);
    }
}

#[test]
fn what_output_answers_ends_the_call() {
    struct Broken(usize);
    impl Output for Broken {
        fn put(&mut self, _: &[u8], _: bool) -> Result {
            self.0 += 1;
            fail(VI_ERROR_TMO, "full")
        }
    }
    for format in ["a\nb\n", "a", "%2000d\n"] {
        let mut broken = Broken(0);
        let result = print(format.as_bytes(), &mut List::new(&[Int(1)]), &mut broken);
        assert_eq!(result.unwrap_err().code, VI_ERROR_TMO, "{format}");
        assert_eq!(broken.0, 1, "{format}: output used after it failed");
    }
}

#[test]
fn arguments_are_checked_where_they_are_used() {
    let refused = |format: &[u8], args: &[Arg]| printed(format, args).unwrap_err().code;
    for format in [&b"%s"[..], b"%,2d", b"%,2lf", b"%,2Lf", b"%2b", b"%2B", b"%2y"] {
        assert_eq!(refused(format, &[Null]), VI_ERROR_USER_BUF, "{}", format.escape_ascii());
    }
    for format in [&b"%*b"[..], b"%*B", b"%*y", b"%,*d", b"%,*f"] {
        let args = [Int(-1), bytes(b"")];
        assert_eq!(refused(format, &args), VI_ERROR_INV_FMT, "{}", format.escape_ascii());
    }
    // A block's length has at most nine digits.
    assert_eq!(refused(b"%*b", &[Int(1_000_000_000), Null]), VI_ERROR_INV_FMT);
    assert_eq!(refused(b"%*lb", &[Int(250_000_000), Null]), VI_ERROR_INV_FMT);
}

#[test]
fn a_format_that_is_wrong_at_its_end_puts_nothing_out() {
    let mut sent = Sent::default();
    let result = print(b"*RST\n%d%Q", &mut List::new(&[Int(1)]), &mut sent);
    assert_eq!(result.unwrap_err().code, VI_ERROR_INV_FMT);
    assert_eq!(sent.0, b"");
    assert!(check_print(b"*RST\n%d").is_ok());
}
