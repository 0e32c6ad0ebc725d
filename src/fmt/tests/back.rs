#![forbid(unsafe_code)]
//! What is printed and then scanned is what it was, for every conversion and modifier.

use super::dice::Dice;
use super::double::Arg;
use super::double::Arg::*;
use super::double::END;
use super::double::List;
use super::double::Sent;
use super::double::ints;
use super::message::Message;
use crate::fmt::print;
use crate::fmt::scan;

const CASES: u64 = 1000;

/// Prints `given`, scans it with an argument like `expected`, but empty, and compares. END is
/// expected where `ended` says so, and `left` after it all.
fn back(dice: &mut Dice, to: &str, given: &[&Arg], from: &str, expected: &Arg, left: &[u8]) {
    let (mut list, mut sent) = (List::of(given), Sent::default());
    let shown = format!("{to:?} of {given:?}, {from:?}");
    print(to.as_bytes(), &mut list, &mut sent).unwrap_or_else(|e| panic!("{shown}: {e:?}"));
    assert_eq!(list.taken(), given.len(), "{shown}: arguments taken");
    let mut wire = sent.0;
    if to.ends_with('B') {
        assert_eq!(wire.pop(), Some(END), "{shown}");
    }
    let blank = match expected {
        Memory(bytes) => Memory(vec![0x55; bytes.len()]),
        LongDoubles(values) => LongDoubles(vec![0.0; values.len()]),
        other => panic!("{other:?} is not scanned"),
    };
    let mut list = List::of(&[&blank]);
    let cut = dice.cut();
    let mut message = Message::new(&wire, &cut);
    let result = scan(from.as_bytes(), &mut list, &mut message);
    let shown = format!("{shown} over {}", wire.escape_ascii());
    assert_eq!(result, Ok(()), "{shown}");
    assert_eq!(&list.args[0], expected, "{shown}");
    assert_eq!(message.rest(), left, "{shown}");
}

/// Flags and a width that leave a number a number.
fn look(dice: &mut Dice) -> String {
    let mut look = String::from("%");
    for flag in ['+', ' ', '0'] {
        if dice.roll(4) == 0 {
            look.push(flag);
        }
    }
    if dice.roll(3) == 0 {
        look += &(1 + dice.roll(30)).to_string();
    }
    look
}

#[test]
fn integers() {
    for seed in 0..CASES {
        let dice = &mut Dice::new(seed);
        let (length, size) = dice.pick(&[("", 4), ("h", 2), ("l", 4), ("ll", 8)]);
        let notation = dice.pick(&["", "@1", "@2", "@3.20", "@H", "@Q", "@B"]);
        let code = dice.pick(&["d", "i", "u", "x", "X", "o"]);
        // The notations of 488.2 are read as decimal numbers, whatever the code they came from.
        let reads = match (notation, code) {
            ("", code) => code,
            (_, "d" | "i") => code,
            _ => "u",
        };
        let values: Vec<u64> = (0..1 + dice.roll(5)).map(|_| dice.bits()).collect();
        let memory: Vec<u8> = values
            .iter()
            .flat_map(|value| match size {
                2 => (*value as u16).to_ne_bytes().to_vec(),
                4 => (*value as u32).to_ne_bytes().to_vec(),
                _ => value.to_ne_bytes().to_vec(),
            })
            .collect();
        let look = look(dice);
        let count = values.len();
        let given = match size {
            8 => LongLong(values[0] as i64),
            _ => Int(values[0] as i32),
        };
        let one = format!("{look}{notation}{length}{code}");
        let scalar = Memory(memory[..size].to_vec());
        back(dice, &one, &[&given], &format!("%{length}{reads}"), &scalar, b"");
        let array = Memory(memory);
        let many = format!("{look},{count}{notation}{length}{code}");
        let from = format!("%,{count}{length}{reads}");
        back(dice, &many, &[&array], &from, &array, b"");
        // All but the first, which is passed over.
        let Memory(bytes) = &array else { unreachable!() };
        if let Some(rest) = bytes.get(size..).filter(|rest| !rest.is_empty()) {
            let rest = Memory(rest.to_vec());
            let many = format!("{look},*{notation}{length}{code}");
            let from = format!("%*{length}{reads},%,{}{length}{reads}", count - 1);
            back(dice, &many, &[&Int(count as i32), &array], &from, &rest, b"");
        }
    }
}

/// Any double but NaN, which is not equal to itself.
fn double(dice: &mut Dice) -> f64 {
    let value = match dice.roll(4) {
        0 => f64::from_bits(dice.next()),
        1 => dice.bits() as i64 as f64 / 1000.0,
        2 => dice.pick(&[0.0, -0.0, 5e-324, f64::MAX, f64::MIN_POSITIVE, 9.9e37]),
        _ => dice.bits() as i64 as f64,
    };
    if value.is_nan() { 1.5 } else { value }
}

#[test]
fn floats() {
    for seed in 0..CASES {
        let dice = &mut Dice::new(seed);
        let value = double(dice);
        let look = look(dice);
        let code = dice.pick(&["f", "e", "g", "E", "G"]);
        // Enough digits for every double, and every float.
        let (digits, few) = match code {
            "f" => ("1074", "149"),
            "g" | "G" => ("17", "9"),
            _ => ("16", "8"),
        };
        let exact = Memory(value.to_ne_bytes().to_vec());
        let to = format!("{look}.{digits}{code}");
        back(dice, &to, &[&Double(value)], &format!("%l{code}"), &exact, b"");
        let to = format!("{look}.{digits}L{code}");
        let long = LongDoubles(vec![value]);
        back(dice, &to, &[&LongDouble(value)], &format!("%L{code}"), &long, b"");
        let small = value as f32;
        let single = Memory(small.to_ne_bytes().to_vec());
        let to = format!("{look}.{few}{code}");
        back(dice, &to, &[&Double(small.into())], &format!("%{code}"), &single, b"");

        let values: Vec<f64> = (0..1 + dice.roll(4)).map(|_| double(dice)).collect();
        let count = values.len();
        let array = Memory(values.iter().flat_map(|value| value.to_ne_bytes()).collect());
        let to = format!("{look}.{digits},*l{code}");
        back(dice, &to, &[&Int(count as i32), &array], &format!("%,{count}l{code}"), &array, b"");
        let floats = values.iter().map(|value| *value as f32);
        let array = Memory(floats.flat_map(|value| value.to_ne_bytes()).collect());
        let to = format!("{look}.{few},{count}{code}");
        back(dice, &to, &[&array], &format!("%,{count}{code}"), &array, b"");
        let array = LongDoubles(values);
        let to = format!("{look}.{digits},{count}L{code}");
        back(dice, &to, &[&array], &format!("%,{count}L{code}"), &array, b"");

        if value.is_finite() {
            for (notation, expected) in [
                ("@2.1074", value),
                ("@3.16", value),
                // No integer is a negative zero.
                ("@1", value.trunc() + 0.0),
            ] {
                let expected = Memory(expected.to_ne_bytes().to_vec());
                let to = format!("{look}{notation}f");
                back(dice, &to, &[&Double(value)], "%lf", &expected, b"");
            }
            let notation = dice.pick(&["@H", "@Q", "@B"]);
            let bits = Memory((value as i64).to_ne_bytes().to_vec());
            back(dice, &format!("{look}{notation}f"), &[&Double(value)], "%lld", &bits, b"");
        }
    }
}

#[test]
fn blocks() {
    for seed in 0..CASES {
        let dice = &mut Dice::new(seed);
        let (length, size) =
            dice.pick(&[("", 1), ("h", 2), ("l", 4), ("ll", 8), ("z", 4), ("Z", 8)]);
        let code = dice.pick(&["b", "B", "y"]);
        let order = if code == "y" { dice.pick(&["", "!ob", "!ol"]) } else { "" };
        let count = 1 + dice.roll(300);
        let data: Vec<u8> = (0..count * size).map(|_| dice.pick(b"\n#\x000abcdef")).collect();
        let data = Memory(data);
        let reads = if code == "y" { "y" } else { "b" };
        let from = format!("%{count}{order}{length}{reads}");
        let to = format!("%{count}{length}{order}{code}");
        back(dice, &to, &[&data], &from, &data, b"");
        let to = format!("%*{order}{length}{code}");
        let given = &[&Int(count as i32), &data];
        back(dice, &to, given, &from, &data, b"");
        // Read into more room than there is data: `#` says how much there was.
        let (mut list, mut sent) = (List::of(given), Sent::default());
        print(to.as_bytes(), &mut list, &mut sent).unwrap();
        if code == "B" {
            sent.0.pop();
        }
        let room = Memory(vec![0; (count + 3) * size]);
        let mut list = List::new(&[ints(&[count as i32 + 3]), room]);
        let cut = dice.cut();
        let from = format!("%#{order}{length}{reads}");
        scan(from.as_bytes(), &mut list, &mut Message::new(&sent.0, &cut)).unwrap();
        assert_eq!(list.args[0], ints(&[count as i32]), "{to:?} {from:?}");
        let Memory(bytes) = &list.args[1] else { unreachable!() };
        assert_eq!(Memory(bytes[..count * size].to_vec()), data, "{to:?} {from:?}");
    }
}

#[test]
fn strings_and_pointers() {
    for seed in 0..CASES {
        let dice = &mut Dice::new(seed);
        let mut word = dice.bytes(40, b"abcXYZ019,;#%\\\"");
        word.push(b'.');
        let string = Memory([&word[..], b"\0"].concat());
        let plain = Memory(word.clone());
        let length = word.len();
        back(dice, "%s", &[&string], "%s", &string, b"");
        back(dice, "%60s", &[&string], "%s", &string, b"");
        back(dice, "%s\\n", &[&string], "%[^\n]%*t", &string, b"");
        back(dice, "%s and", &[&string], "%s", &string, b" and");
        back(dice, &format!("%.{length}s"), &[&plain], "%s", &string, b"");
        back(dice, "%s", &[&string], &format!("%{length}c"), &plain, b"");
        back(dice, "%s", &[&string], "%t", &string, b"");
        back(dice, "%s\\x0a+", &[&string], "%T", &line(&word), b"+");
        let byte = i32::from(dice.next() as u8);
        back(dice, "%c", &[&Int(byte)], "%c", &Memory(vec![byte as u8]), b"");
        let address = dice.bits() as usize;
        let given = if address == 0 { Null } else { Address(address) };
        back(dice, "%p", &[&given], "%p", &Memory(address.to_ne_bytes().to_vec()), b"");
    }
}

fn line(word: &[u8]) -> Arg {
    Memory([word, b"\n\0"].concat())
}
