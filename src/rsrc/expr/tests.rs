#![forbid(unsafe_code)]
//! Expressions: vectors, errors, hostile patterns, random input.

use super::Expression;
use crate::attr::Value;
use crate::consts::*;
use crate::rsrc::ResourceName;
use crate::rsrc::tests::Random;
use crate::status::VI_ERROR_INV_EXPR;

/// Attributes for these tests: name, id, whether global.
const ATTRIBUTES: &[(&str, ViAttr, bool)] = &[
    ("VI_ATTR_INTF_NUM", VI_ATTR_INTF_NUM, true),
    ("VI_ATTR_TCPIP_PORT", VI_ATTR_TCPIP_PORT, true),
    ("VI_ATTR_TCPIP_DEVICE_NAME", VI_ATTR_TCPIP_DEVICE_NAME, true),
    ("VI_ATTR_GPIB_PRIMARY_ADDR", VI_ATTR_GPIB_PRIMARY_ADDR, true),
    ("VI_ATTR_GPIB_SECONDARY_ADDR", VI_ATTR_GPIB_SECONDARY_ADDR, true),
    ("VI_ATTR_USB_SERIAL_NUM", VI_ATTR_USB_SERIAL_NUM, true),
    ("VI_ATTR_USB_INTFC_NUM", VI_ATTR_USB_INTFC_NUM, true),
    ("VI_ATTR_MANF_ID", VI_ATTR_MANF_ID, true),
    ("VI_ATTR_VXI_LA", VI_ATTR_VXI_LA, true),
    ("VI_ATTR_SLOT", VI_ATTR_SLOT, true),
    ("VI_ATTR_ASRL_BAUD", VI_ATTR_ASRL_BAUD, true),
    ("VI_ATTR_TMO_VALUE", VI_ATTR_TMO_VALUE, false),
];

fn parse(text: &str) -> crate::status::Result<Expression> {
    let row = |name: &str| ATTRIBUTES.iter().find(|(known, ..)| *known == name);
    Expression::parse_with(text, &|name| row(name).map(|(.., global)| *global))
}

fn expression(text: &str) -> Expression {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// Whether it matches a name, by what follows from the name.
fn matches(text: &str, name: &str) -> bool {
    let expression = expression(text);
    let parsed = ResourceName::parse(name).ok();
    expression.matches_name(name)
        && expression.condition_holds(&|wanted| {
            let (_, id, _) = ATTRIBUTES.iter().find(|(known, ..)| *known == wanted)?;
            parsed.as_ref()?.attribute(*id)
        })
}

/// The names that PyVISA's own tests of its filter use; number 1 is not a name that parses here.
const NAMES: [&str; 16] = [
    "GPIB0::8::INSTR",
    "TCPIP0::localhost:1111::inst0::INSTR",
    "ASRL1::INSTR",
    "USB1::0x1111::0x2222::0x4445::0::RAW",
    "USB0::0x1112::0x2223::0x1234::0::INSTR",
    "TCPIP0::192.168.0.1::inst1::INSTR",
    "TCPIP0::localhost::10001::SOCKET",
    "GPIB9::7::1::INSTR",
    "ASRL11::INSTR",
    "ASRL2::INSTR",
    "GPIB::INTFC",
    "PXI::1::BACKPLANE",
    "PXI::MEMACC",
    "VXI::1::BACKPLANE",
    "VXI::1::INSTR",
    "VXI::SERVANT",
];

const ALL: &[usize] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

#[rustfmt::skip]
const FOUND: &[(&str, &[usize])] = &[
    ("?*::INSTR", &[0, 1, 2, 4, 5, 7, 8, 9, 14]),
    ("GPIB?+INSTR", &[0, 7]),
    ("GPIB[0-8]*::?*INSTR", &[0]),
    ("GPIB[^0]::?*INSTR", &[7]),
    ("ASRL1+::INSTR", &[2, 8]),
    ("(GPIB|VXI)?*INSTR", &[0, 7, 14]),
    ("vxi?*instr", &[14]),
    ("?*", ALL),
    ("?*{VI_ATTR_TCPIP_PORT == 10001}", &[6]),
    ("?*{VI_ATTR_GPIB_PRIMARY_ADDR == 8}", &[0]),
    ("?*{VI_ATTR_GPIB_SECONDARY_ADDR == 1}", &[7]),
    ("?*{VI_ATTR_GPIB_SECONDARY_ADDR == 65535}", &[0]),
    ("?*{VI_ATTR_TCPIP_DEVICE_NAME == \"inst1\"}", &[5]),
    ("?*{VI_ATTR_USB_SERIAL_NUM == \"0x1234\"}", &[4]),
    ("?*::INSTR{!(VI_ATTR_INTF_NUM == 0)}", &[2, 7, 8, 9]),
    // The operators, one by one.
    ("GPIB0", &[]),
    ("GPIB0::8::INSTR", &[0]),
    ("(GPIB|ASRL)?*INSTR", &[0, 2, 7, 8, 9]),
    ("GPIB[0-9]*::?*", &[0, 7, 10]),
    ("?*(VXI)?*", &[13, 14, 15]),
    ("?*(VXI)+?*", &[13, 14, 15]),
    ("\\?*", &[]),
    ("\\A\\S\\R\\L2::INSTR", &[9]),
    ("[^U]?*", &[0, 1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
    ("VXI|GPIB?*", &[0, 7, 10]),
    ("GPIB?*|VXI::SERVANT|x", &[0, 7, 10, 15]),
    ("ASRL[12]::INSTR", &[2, 9]),
    ("ASRL[2-]::INSTR", &[9]),
    ("ASRL1*::INSTR", &[2, 8]),
    ("ASRL?::INSTR", &[2, 9]),
    ("ASRL??::INSTR", &[8]),
    ("?*[.]?*", &[5]),
    ("?*.?*", &[5]),
    ("ASRL[{}()*+?|2]::INSTR", &[9]),
    ("ASRL2\\{", &[]),
    ("GPIB$", &[]),
    ("^GPIB?*", &[]),
    ("?*::[i-i]NSTR", &[0, 1, 2, 4, 5, 7, 8, 9, 14]),
    ("?*::[^A-H]NSTR", &[0, 1, 2, 4, 5, 7, 8, 9, 14]),
    ("?*::[^I]NSTR", &[]),
    ("(?*(0::|1::)+)+INSTR", &[1, 2, 4, 5, 7, 8, 14]),
    // Conditions.
    ("?* \t{ VI_ATTR_INTF_NUM>=0x9 } ", &[7, 8]),
    ("?*{VI_ATTR_INTF_NUM == 0x0B}", &[8]),
    ("?*{VI_ATTR_INTF_NUM > -1 && VI_ATTR_INTF_NUM < 1}", &[0, 4, 5, 6, 10, 11, 12, 13, 14, 15]),
    ("?*{VI_ATTR_INTF_NUM == 2 || VI_ATTR_INTF_NUM == 9 && VI_ATTR_INTF_NUM != 9}", &[9]),
    ("?*{(VI_ATTR_INTF_NUM == 2 || VI_ATTR_INTF_NUM == 9) && VI_ATTR_INTF_NUM != 9}", &[9]),
    ("?*{(VI_ATTR_INTF_NUM == 9 || VI_ATTR_INTF_NUM == 2) && VI_ATTR_INTF_NUM != 2}", &[7]),
    ("?*{!VI_ATTR_INTF_NUM == 0 && VI_ATTR_INTF_NUM <= 2}", &[2, 3, 9]),
    ("?*{VI_ATTR_MANF_ID == 0x1112 && VI_ATTR_USB_INTFC_NUM == 0}", &[4]),
    ("?*{VI_ATTR_TCPIP_DEVICE_NAME != 'inst1'}", &[]),
    ("?*{VI_ATTR_TCPIP_DEVICE_NAME == 'INST1'}", &[5]),
];

#[test]
fn an_expression_finds_these_names_and_no_others() {
    for (text, found) in FOUND {
        let hits: Vec<usize> = (0..NAMES.len()).filter(|&i| matches(text, NAMES[i])).collect();
        assert_eq!(&hits, found, "{text}");
    }
}

/// Expression, names that match, names that do not: the examples of the vendors' manuals.
#[rustfmt::skip]
const EXAMPLES: &[(&str, &[&str], &[&str])] = &[
    ("GPIB?*INSTR", &["GPIB0::2::INSTR", "GPIB1::1::1::INSTR", "GPIB-VXI1::8::INSTR"], &[]),
    ("GPIB[0-9]*::?*INSTR", &["GPIB0::2::INSTR", "GPIB1::1::1::INSTR"], &["GPIB-VXI1::8::INSTR"]),
    ("GPIB[^0]::?*INSTR", &["GPIB1::1::1::INSTR"], &["GPIB0::2::INSTR", "GPIB12::8::INSTR"]),
    ("VXI?*INSTR", &["VXI0::1::INSTR"], &["GPIB-VXI0::1::INSTR"]),
    ("GPIB-VXI?*INSTR", &["GPIB-VXI0::1::INSTR"], &["VXI0::1::INSTR"]),
    ("?*VXI[0-9]*::?*INSTR", &["VXI0::1::INSTR", "GPIB-VXI0::1::INSTR"], &[]),
    ("ASRL[0-9]*::?*INSTR", &["ASRL1::INSTR"], &["VXI0::5::INSTR"]),
    ("ASRL1+::INSTR", &["ASRL1::INSTR", "ASRL11::INSTR"], &["ASRL2::INSTR"]),
    ("(GPIB|VXI)?*INSTR", &["GPIB1::5::INSTR", "VXI0::3::INSTR"], &["ASRL2::INSTR"]),
    ("(GPIB0|VXI0)::1::INSTR", &["GPIB0::1::INSTR", "VXI0::1::INSTR"], &["GPIB1::1::INSTR"]),
    ("?*VXI[0-9]*::?*MEMACC", &["VXI0::MEMACC", "GPIB-VXI1::MEMACC"], &["PXI0::MEMACC"]),
    ("VXI0::?*", &["VXI0::1::INSTR", "VXI0::2::INSTR", "VXI0::MEMACC"], &["VXI1::MEMACC"]),
    (
        "GPIB[0-9]*::?*::?*::INSTR{VI_ATTR_GPIB_SECONDARY_ADDR > 0 && VI_ATTR_GPIB_SECONDARY_ADDR < 10}",
        &["GPIB0::5::1::INSTR", "GPIB0::5::9::INSTR"],
        &["GPIB0::5::0::INSTR", "GPIB0::5::10::INSTR", "GPIB0::5::INSTR"],
    ),
    ("TCPIP?*{VI_ATTR_TCPIP_PORT == 4880}", &["TCPIP0::h::hislip0::INSTR"], &["TCPIP0::h::inst0::INSTR"]),
    ("TCPIP0::\\[fe80::1\\]::?*", &["TCPIP0::[fe80::1]::inst0::INSTR"], &["TCPIP0::f::inst0::INSTR"]),
];

#[test]
fn the_manuals_examples_hold() {
    for (text, good, bad) in EXAMPLES {
        good.iter().for_each(|name| assert!(matches(text, name), "{text} misses {name}"));
        bad.iter().for_each(|name| assert!(!matches(text, name), "{text} takes {name}"));
    }
}

#[test]
fn a_condition_asks_for_values_that_only_the_device_knows() {
    let baud = expression("ASRL?*INSTR{VI_ATTR_ASRL_BAUD == 9600}");
    assert!(baud.has_condition() && baud.matches_name("ASRL1::INSTR"));
    let set_to = |rate: i64| baud.condition_holds(&|_| Some(Value::Number(rate)));
    assert!(set_to(9600) && !set_to(115_200));

    let vxi = expression(
        "?*VXI?*INSTR{VI_ATTR_MANF_ID == 0xFF6 && !(VI_ATTR_VXI_LA == 0 || VI_ATTR_SLOT <= 0)}",
    );
    let card = |manufacturer, address, slot| {
        vxi.condition_holds(&|name| {
            Some(Value::Number(match name {
                "VI_ATTR_MANF_ID" => manufacturer,
                "VI_ATTR_VXI_LA" => address,
                _ => slot,
            }))
        })
    };
    assert!(card(0xFF6, 9, 3));
    assert!(!card(0xFF5, 9, 3) && !card(0xFF6, 0, 3) && !card(0xFF6, 9, -1));
}

#[test]
fn a_lacking_attribute_is_neither_yes_nor_no() {
    let holds = |condition: &str| {
        let present = |name: &str| (name == "VI_ATTR_INTF_NUM").then_some(Value::Number(3));
        expression(&format!("?*{{{condition}}}")).condition_holds(&present)
    };
    assert!(!holds("VI_ATTR_SLOT == 1") && !holds("!(VI_ATTR_SLOT == 1)"));
    assert!(!holds("VI_ATTR_SLOT != 1") && !holds("!!(VI_ATTR_SLOT == 1)"));
    assert!(holds("VI_ATTR_SLOT == 1 || VI_ATTR_INTF_NUM == 3"));
    assert!(!holds("VI_ATTR_SLOT == 1 || VI_ATTR_INTF_NUM == 4"));
    assert!(!holds("!(VI_ATTR_SLOT == 1 || VI_ATTR_INTF_NUM == 4)"));
    assert!(holds("!(VI_ATTR_SLOT == 1 && VI_ATTR_INTF_NUM == 4)"));
    // A number is no string, whichever side.
    assert!(!holds("VI_ATTR_INTF_NUM == '3'") && !holds("VI_ATTR_INTF_NUM != '3'"));
}

#[test]
fn an_attribute_is_asked_for_only_when_it_can_decide() {
    let asked = std::cell::RefCell::new(Vec::new());
    let get = |name: &str| {
        asked.borrow_mut().push(name.to_owned());
        Some(Value::Number(1))
    };
    assert!(expression("?*{VI_ATTR_SLOT == 1 || VI_ATTR_ASRL_BAUD == 1}").condition_holds(&get));
    assert!(!expression("?*{VI_ATTR_VXI_LA == 2 && VI_ATTR_ASRL_BAUD == 1}").condition_holds(&get));
    assert_eq!(*asked.borrow(), ["VI_ATTR_SLOT", "VI_ATTR_VXI_LA"]);
}

#[rustfmt::skip]
const BAD: &[&str] = &[
    "", "[", "(a", "*", "+", "?*(", "?*{", "a)", "a]", "a}", "()", "a|", "|a", "(|a)", "(*a)", "a|+b",
    "a**", "a+*", "[]", "[^]", "[a", "[a-", "[9-0]", "[a\\", "a\\", "\\", "((a)", "(a))", "{VI_ATTR_SLOT == 1}",
    "?*{}", "?*{VI_ATTR_SLOT}", "?*{VI_ATTR_SLOT ==}", "?*{== 1}", "?*{VI_ATTR_SLOT = 1}", "?*{VI_ATTR_SLOT == 1",
    "?*{VI_ATTR_SLOT == 1}}", "?*{VI_ATTR_SLOT == 1}x", "?*{(VI_ATTR_SLOT == 1}", "?*{VI_ATTR_SLOT == 1)}",
    "?*{VI_ATTR_SLOT == 1 &&}", "?*{|| VI_ATTR_SLOT == 1}", "?*{VI_ATTR_SLOT == 1 & VI_ATTR_SLOT == 1}",
    "?*{!}", "?*{VI_ATTR_SLOT == 0x}", "?*{VI_ATTR_SLOT == 1x}", "?*{VI_ATTR_SLOT == -0x1}", "?*{VI_ATTR_SLOT == - 1}",
    "?*{VI_ATTR_SLOT == +1}", "?*{VI_ATTR_SLOT == 99999999999999999999}", "?*{VI_ATTR_SLOT == \"a}",
    "?*{VI_ATTR_USB_SERIAL_NUM < \"a\"}", "?*{VI_ATTR_USB_SERIAL_NUM == a}",
    // Unknown, and one that each session has for itself.
    "?*{VI_ATTR_NONE == 1}", "?*{VI_ATTR_TMO_VALUE == 2000}",
];

#[test]
fn what_the_grammar_lacks_is_inv_expr() {
    for text in BAD {
        match parse(text) {
            Err(error) => assert_eq!(error.code, VI_ERROR_INV_EXPR, "{text}"),
            Ok(_) => panic!("{text:?} was accepted"),
        }
    }
}

#[test]
fn length_and_depth_are_bounded() {
    assert!(parse(&"a".repeat(256)).is_ok());
    assert!(parse(&"a".repeat(257)).is_err());
    let nested =
        |open: &str, inner: &str, close: &str, n: usize| open.repeat(n) + inner + &close.repeat(n);
    assert!(parse(&nested("(", "a", ")", 32)).is_ok());
    assert!(parse(&nested("(", "a", ")", 33)).is_err());
    let condition = |open: &str, close: &str, n| {
        parse(&format!("?*{{{}}}", nested(open, "VI_ATTR_SLOT == 1", close, n)))
    };
    assert!(condition("(", ")", 32).is_ok() && condition("(", ")", 33).is_err());
    assert!(condition("!", "", 32).is_ok() && condition("!", "", 33).is_err());
}

#[test]
fn hostile_patterns_end() {
    // Each would take a backtracking matcher longer than the universe has.
    let name = "a".repeat(255);
    for text in [
        "(?*)*(?*)*(?*)*x",
        "((a+)+)+x",
        "(a|a|aa|a+)*x",
        "?*?*?*?*?*?*?*?*?*?*?*?*?*?*x",
        "((((((((((a*)*)*)*)*)*)*)*)*)*)*x",
    ] {
        assert!(!expression(text).matches_name(&name), "{text}");
        assert!(expression(text).matches_name(&(name.clone() + "x")), "{text}");
    }
}

#[test]
fn the_table_says_which_attributes_are_known_and_global() {
    let found = |expression: &str, name: &str| {
        let name = ResourceName::parse(name).unwrap_or_else(|e| panic!("{e:?}"));
        Expression::parse(expression).map(|expression| expression.matches(&name))
    };
    assert_eq!(found("?*{VI_ATTR_TCPIP_PORT == 5025}", "TCPIP::h::5025::SOCKET"), Ok(true));
    assert_eq!(found("?*{VI_ATTR_TCPIP_PORT == 5025}", "TCPIP::h::5026::SOCKET"), Ok(false));
    assert_eq!(found("?*{VI_ATTR_TCPIP_PORT != 5025}", "TCPIP::h::inst0"), Ok(false));
    assert_eq!(found("GPIB?*{VI_ATTR_INTF_TYPE == 6}", "TCPIP::h::inst0"), Ok(false));
    // Only its device knows; the name does not decide.
    assert_eq!(found("?*{VI_ATTR_ASRL_BAUD != 1}", "ASRL1"), Ok(false));
    for bad in ["?*{VI_ATTR_TMO_VALUE == 1}", "?*{VI_ATTR_NONE == 1}", "?*{vi_attr_intf_num == 1}"]
    {
        assert_eq!(
            found(bad, "ASRL1").map_err(|error| error.code),
            Err(VI_ERROR_INV_EXPR),
            "{bad}"
        );
    }
}

#[test]
fn an_expression_tells_what_its_names_may_begin_with() {
    for (text, begins) in [
        ("?*", true),
        ("?*::INSTR", true),
        ("tcpip?*", true),
        ("(GPIB|TCPIP)[0-9]*::?*", true),
        ("GPIB?*|TCP?*", true),
        ("GPIB?*INSTR", false),
        ("USB?*", false),
        ("[^T]?*", false),
        ("TCPIP", false),
        ("TCP", false),
    ] {
        assert_eq!(expression(text).may_begin("TCPIP"), begins, "{text}");
    }
}

#[test]
fn without_a_condition_the_name_decides() {
    let name = ResourceName::parse("gpib::1").unwrap_or_else(|e| panic!("{e:?}"));
    let found = |text| Expression::parse(text).is_ok_and(|expression| expression.matches(&name));
    assert!(found("GPIB0::1::INSTR") && found("?*") && !found("GPIB1::?*"));
}

/// A matcher by definition: every way to split the text, on patterns of `a b ( ) | * + ?`.
/// Slow, obvious, and nothing like the automaton.
fn reference(pattern: &[u8], text: &[u8]) -> bool {
    // Alternatives at depth 0.
    let mut depth = 0;
    for (i, c) in pattern.iter().enumerate() {
        match c {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b'|' if depth == 0 => {
                return reference(&pattern[..i], text) || reference(&pattern[i + 1..], text);
            }
            _ => {}
        }
    }
    let Some(first) = pattern.first() else { return text.is_empty() };
    let mut end = 1;
    if *first == b'(' {
        let mut open = 1;
        while open > 0 {
            open += i32::from(pattern[end] == b'(') - i32::from(pattern[end] == b')');
            end += 1;
        }
    }
    let one = |text: &[u8]| match first {
        b'(' => reference(&pattern[1..end - 1], text),
        b'?' => text.len() == 1,
        c => text == [*c],
    };
    let splits = || (0..=text.len()).map(|n| text.split_at(n));
    match pattern.get(end) {
        Some(b'*') => {
            reference(&pattern[end + 1..], text)
                || splits().skip(1).any(|(head, tail)| one(head) && reference(pattern, tail))
        }
        Some(b'+') => {
            let star = [&pattern[..end], b"*", &pattern[end + 1..]].concat();
            splits().any(|(head, tail)| one(head) && reference(&star, tail))
        }
        _ => splits().any(|(head, tail)| one(head) && reference(&pattern[end..], tail)),
    }
}

#[test]
fn the_automaton_agrees_with_the_definition() {
    let mut random = Random(0xBEEF);
    let (mut compared, mut matched) = (0, 0);
    while compared < 20_000 {
        let word = |random: &mut Random, letters: &[u8], longest| -> Vec<u8> {
            (0..random.below(longest)).map(|_| letters[random.below(letters.len())]).collect()
        };
        let pattern = word(&mut random, b"aabb()()|*+?", 10);
        let text = word(&mut random, b"ab", 6);
        let (pattern, text) = (pattern.as_slice(), text.as_slice());
        let Ok(expression) = parse(&String::from_utf8_lossy(pattern)) else { continue };
        let expected = reference(pattern, text);
        let found = expression.matches_name(&String::from_utf8_lossy(text));
        assert_eq!(
            found,
            expected,
            "{:?} on {:?}",
            String::from_utf8_lossy(pattern),
            String::from_utf8_lossy(text)
        );
        compared += 1;
        matched += usize::from(expected);
    }
    assert!(matched > 1_000, "only {matched} of {compared} matched");
}

#[test]
fn no_text_makes_parsing_or_matching_panic() {
    let mut random = Random(42);
    let (mut good, mut bad) = (0, 0);
    for _ in 0..100_000 {
        let (seed, _) = FOUND[random.below(FOUND.len())];
        let text = random.vary(seed, b"?*+|()[]^-\\{}!&=<>\"' \x000x9ZV_\xC3\xA4");
        match parse(&text) {
            Ok(expression) => {
                good += 1;
                expression.matches_name(NAMES[random.below(NAMES.len())]);
                expression.condition_holds(&|_| Some(Value::Number(1)));
            }
            Err(error) => {
                bad += 1;
                assert_eq!(error.code, VI_ERROR_INV_EXPR, "{text:?}");
            }
        }
    }
    assert!(good > 10_000 && bad > 10_000, "one-sided input: {good} good, {bad} bad");
}
