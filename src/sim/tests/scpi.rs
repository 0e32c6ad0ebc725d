//! Program messages, cut in every way (IEEE 488.2 chapter 7, SCPI-99 volume 1).

use std::sync::Arc;

use crate::sim::device::Device;
use crate::sim::device::PortKind;
use crate::sim::interpreter::Interpreter;
use crate::sim::lexer::Framing;
use crate::sim::pattern;

fn interpreter(framing: Framing) -> Interpreter {
    let device = Arc::new(Device::new("maker,model,serial,1".to_owned()));
    let port = device.add_port(PortKind::Socket);
    Interpreter::new(device, port, framing)
}

/// Feeds `input` in pieces of `step` bytes and gives all that is answered.
fn feed(interpreter: &mut Interpreter, input: &[u8], end: bool, step: usize) -> Vec<u8> {
    let mut answers = Vec::new();
    let pieces = input.chunks(step).count();
    for (i, piece) in input.chunks(step).enumerate() {
        let mut rest = piece;
        while !rest.is_empty() {
            let (used, response) = interpreter.feed(rest, end && i + 1 == pieces);
            rest = &rest[used..];
            if let Some(response) = response {
                answers.extend(response.slices(usize::MAX).concat());
            }
        }
    }
    answers
}

fn line(interpreter: &mut Interpreter, text: &str) -> String {
    let input = format!("{text}\n");
    String::from_utf8(feed(interpreter, input.as_bytes(), false, usize::MAX)).unwrap()
}

#[test]
fn headers_in_all_forms() {
    let mut scpi = interpreter(Framing::Line);
    for text in ["*idn?", " *IDN? ", "*IDN?\r", "\t*Idn?"] {
        assert_eq!(line(&mut scpi, text), "maker,model,serial,1\n");
    }
    for text in ["SYST:ERR?", "system:error:next?", ":Syst:Error?", "SYSTem:ERR:NEXT?"] {
        assert_eq!(line(&mut scpi, text), "0,\"No error\"\n");
    }
}

/// One message, one response; a header continues the path of the one before.
#[test]
fn chains() {
    let mut scpi = interpreter(Framing::Line);
    let text = "*CLS;WAV:POIN 12;FORM WORD;POIN?;*OPC?;FORM?;:SYST:VERS?;ERR?";
    assert_eq!(line(&mut scpi, text), "12;1;WORD;1999.0;0,\"No error\"\n");
    // Not below WAV: looked up from the root.
    assert_eq!(line(&mut scpi, "WAV:POIN 13;WAV:POIN?;SYST:VERS?"), "13;1999.0\n");
    // The path ends with the message.
    assert_eq!(line(&mut scpi, "POIN?"), "");
    assert_eq!(line(&mut scpi, "SYST:ERR?"), "-113,\"Undefined header\"\n");
}

/// A wrong query has no answer, and the error queue says why.
#[test]
fn mistakes() {
    let mut scpi = interpreter(Framing::Line);
    let mistakes = [
        ("NOSUCH?", "-113,\"Undefined header\""),
        ("*IDN", "-113,\"Undefined header\""),
        ("MEAS:CURR?", "-113,\"Undefined header\""),
        ("*IDN? 1", "-108,\"Parameter not allowed\""),
        ("WAV:POIN", "-109,\"Missing parameter\""),
        ("WAV:POIN twelve", "-104,\"Data type error\""),
        ("WAV:POIN 0", "-222,\"Data out of range\""),
        ("*ESE 256", "-222,\"Data out of range\""),
        ("*ESE -1", "-222,\"Data out of range\""),
        ("*ESE NAN", "-222,\"Data out of range\""),
        ("WAV:FORM LONG", "-224,\"Illegal parameter value\""),
        ("DATA:BLOCK? 1073741825", "-222,\"Data out of range\""),
        ("DATA:LOAD 12", "-109,\"Missing parameter\""),
        ("DATA:LOAD #2x2ab", "-102,\"Syntax error\""),
        ("*ESE #13abc", "-104,\"Data type error\""),
        ("WAV:FORM \"BYTE", "-102,\"Syntax error\""),
    ];
    for (text, error) in mistakes {
        assert_eq!(line(&mut scpi, text), "", "{text}");
        assert_eq!(
            line(&mut scpi, "SYST:ERR?;ERR?"),
            format!("{error};0,\"No error\"\n"),
            "{text}"
        );
    }
}

/// However the bytes arrive, the answers are the same; blocks and strings hide separators.
#[test]
fn any_cut_gives_the_same() {
    let mut input = b"*IDN?;ECHO:BLOCK #16a\n;b\"c;*OPC?\n".to_vec();
    input.extend(b"\n \r\nWAV:FORM \"a;b\"\nSYST:ERR?\nECHO  as;it 'is\nECHO:BLOCK #10;*OPC?\n");
    input.extend(b"DATA:LOAD #3300");
    input.extend((0..300).map(pattern));
    input.extend(b";LOAD?\nECHO:BLOCK #0to the line's end\n*ESE #H1F\nSYST:ERR?\n");
    let mut expected = b"maker,model,serial,1;#16a\n;b\"c;1\n".to_vec();
    expected.extend(b"-224,\"Illegal parameter value\"\n as;it 'is\n#10;1\n");
    let mut whole = interpreter(Framing::Line);
    let answers = feed(&mut whole, &input, false, usize::MAX);
    assert!(answers.starts_with(&expected), "{}", String::from_utf8_lossy(&answers));
    assert!(answers.ends_with(b",1\n#217to the line's end\n-104,\"Data type error\"\n"));
    for step in [1, 2, 3, 7, 50] {
        let mut cut = interpreter(Framing::Line);
        assert_eq!(feed(&mut cut, &input, false, step), answers, "{step} bytes at a time");
    }
}

/// What ends a message differs between interfaces, and with it what `ECHO` gives back.
#[test]
fn framings() {
    let text = b"ECHO a;b\nc \r\n";
    assert_eq!(feed(&mut interpreter(Framing::Line), text, false, usize::MAX), b"a;b\n");
    assert_eq!(feed(&mut interpreter(Framing::LineOrEnd), text, true, usize::MAX), b"a;b\n");
    assert_eq!(feed(&mut interpreter(Framing::End), text, true, usize::MAX), b"a;b\nc \n");
    let no_line = b"ECHO x \r";
    assert_eq!(feed(&mut interpreter(Framing::End), no_line, true, 1), b"x \r\n");
    assert_eq!(feed(&mut interpreter(Framing::LineOrEnd), b"*OPC?", true, 2), b"1\n");
    // One message, one response, where END alone ends it.
    assert_eq!(feed(&mut interpreter(Framing::End), b"*OPC?\n*OPC?\n", true, 3), b"1;1\n");
    assert_eq!(feed(&mut interpreter(Framing::LineOrEnd), b"*OPC?\n*OPC?\n", true, 3), b"1\n1\n");
    assert_eq!(feed(&mut interpreter(Framing::End), b"WAV:POIN 5\nPOIN?", true, 3), b"");
    let endless = b"ECHO:BLOCK #0a\nb\n";
    assert_eq!(feed(&mut interpreter(Framing::LineOrEnd), endless, true, 4), b"#13a\nb\n");
}

/// Bit 6 of `*SRE` is ignored (IEEE 488.2 10.34); `*STB?` summarizes with MSS what is enabled.
#[test]
fn registers() {
    let mut scpi = interpreter(Framing::Line);
    assert_eq!(line(&mut scpi, "*ESR?"), "128\n", "power on");
    assert_eq!(line(&mut scpi, "*SRE 255;*SRE?;*ESE 33;*ESE?;*STB?"), "191;33;80\n");
    assert_eq!(line(&mut scpi, "*OPC;*SRE 32;*STB?"), "96\n");
    assert_eq!(line(&mut scpi, "NOSUCH;*SRE 0;*STB?"), "36\n");
    assert_eq!(line(&mut scpi, "*ESR?;*ESR?;*STB?"), "33;0;20\n");
    assert_eq!(line(&mut scpi, "*CLS;*STB?"), "0\n");
}

/// `SYST:DELAY` holds for the next response, even if other messages come between.
#[test]
fn a_delay_is_used_up() {
    let mut scpi = interpreter(Framing::Line);
    assert!(scpi.feed(b"SYST:DELAY 5\n*CLS\n", false).1.is_none());
    assert!(scpi.feed(b"*OPC?\n", false).1.unwrap().ready.is_some());
    assert!(scpi.feed(b"*OPC?\n", false).1.unwrap().ready.is_none());
}

/// A message that ends within a block is an error and leaves nothing behind.
#[test]
fn a_cut_block_is_an_error() {
    let mut scpi = interpreter(Framing::LineOrEnd);
    assert_eq!(feed(&mut scpi, b"DATA:LOAD #210abc", true, 5), b"");
    let rest = feed(&mut scpi, b"SYST:ERR?;:DATA:LOAD?", true, 4);
    assert_eq!(rest, b"-161,\"Invalid block data\";0,0,1\n");
}

/// The length of a block may be the largest there is: nothing is set aside for it.
#[test]
fn a_huge_length_takes_no_memory() {
    let mut scpi = interpreter(Framing::LineOrEnd);
    assert_eq!(feed(&mut scpi, b"DATA:LOAD #9999999999ab", true, 9), b"");
    assert_eq!(feed(&mut scpi, b"ECHO:BLOCK #9999999999ab", true, 9), b"");
    assert_eq!(feed(&mut scpi, b"*OPC?", true, 9), b"1\n");
}

/// No bytes make it panic, and it still answers afterwards.
#[test]
fn noise() {
    let mut random = 1u64;
    for framing in [Framing::Line, Framing::LineOrEnd, Framing::End] {
        let mut scpi = interpreter(framing);
        for round in 0..3000 {
            let noise: Vec<u8> = (0..20)
                .map(|_| {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    b"#0129;:*?\"' \n\r\xFFaEI,"[(random >> 33) as usize % 19]
                })
                .collect();
            feed(&mut scpi, &noise, round % 3 == 0, 7);
        }
        scpi.clear();
        assert_eq!(feed(&mut scpi, b"*OPC?\n", true, 6), b"1\n");
    }
}
