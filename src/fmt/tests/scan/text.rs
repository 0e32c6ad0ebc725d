#![forbid(unsafe_code)]
//! Input of strings, of blocks, and of what the format itself says: vectors.

use super::{bytes, check, int, refused, room};
use crate::fmt::tests::double::Arg::*;
use crate::fmt::tests::double::{doubles, floats, ints, longs, shorts};

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
        // END comes before the length is reached.
        (b"#15\0\x01\0", "%#hb", &[ints(&[3]), shorts(&[9; 3])], &[ints(&[1]), shorts(&[1, 9, 9])]),
        (b"#15hell", "%*b", &[], &[]),
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
