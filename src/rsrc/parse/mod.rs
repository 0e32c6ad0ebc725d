#![forbid(unsafe_code)]
//! Parsing resource names: splitting here, the forms by interface in the files beside.

mod bus;
mod host;
mod serial;
mod tcpip;
mod usb;

use crate::rsrc::Address;
use crate::rsrc::ResourceName;
use crate::rsrc::address::REMOTE_PORT;
use crate::status::{Result, VI_ERROR_INV_RSRC_NAME, fail};

const CLASSES: [&str; 7] = ["INSTR", "INTFC", "MEMACC", "BACKPLANE", "SERVANT", "SOCKET", "RAW"];
const REMOTE: &str = "visa://";

/// A name taken apart: `interface[board]::word::word[::class]`.
struct Parts<'a> {
    /// The number behind the interface's name, as typed.
    typed: Option<u16>,
    /// What stands between interface and class.
    words: Vec<&'a str>,
    /// The class, INSTR when none is given.
    class: &'static str,
    class_given: bool,
}

impl Parts<'_> {
    fn board(&self) -> u16 {
        self.typed.unwrap_or(0)
    }
}

/// What `text` names, and the number typed behind its interface's name (0 when none). `text` is
/// printable ASCII without blanks.
pub(super) fn parse(text: &str) -> Result<(Address, u16)> {
    if let Some(rest) = strip_prefix_ignoring_case(text, REMOTE) {
        return remote(rest);
    }
    let (head, rest) = match separator(text) {
        Some(at) => (&text[..at], Some(&text[at + 2..])),
        None => (text, None),
    };
    let mut words = rest.map_or_else(Vec::new, split);
    // A colon at the edge of a word would merge with the separator in the canonical name.
    if words.iter().any(|word| word.is_empty() || word.starts_with(':') || word.ends_with(':')) {
        return fail(VI_ERROR_INV_RSRC_NAME, "empty part, or a colon beside ::");
    }
    let mut class = take_class(&mut words);
    // PyVISA appends `::INSTR` to a class that it does not know, as it knows none in lower case.
    if class == Some("INSTR") {
        class = take_class(&mut words).or(class);
    }
    if let Some(path) = strip_prefix_ignoring_case(head, "ASRL").filter(|p| p.starts_with('/')) {
        return Ok((serial::path(path, &words, class)?, 0));
    }
    let interface = head.trim_end_matches(|c: char| c.is_ascii_digit());
    let typed = match &head[interface.len()..] {
        "" => None,
        digits => Some(number(digits, 0, u16::MAX)?),
    };
    let class_given = class.is_some();
    let parts = Parts { typed, words, class: class.unwrap_or("INSTR"), class_given };
    let address = match interface.to_ascii_uppercase().as_str() {
        "GPIB" => bus::gpib(&parts),
        "GPIB-VXI" => bus::gpib_vxi(&parts),
        "VXI" => bus::vxi(&parts),
        "PXI" => bus::pxi(&parts),
        "FIREWIRE" => bus::firewire(&parts),
        "ASRL" => serial::asrl(&parts),
        "PRLGX-ASRL" => serial::prologix(&parts),
        "TCPIP" => tcpip::tcpip(&parts),
        "PRLGX-TCPIP" => tcpip::prologix(&parts),
        "VICP" => tcpip::vicp(&parts),
        "USB" => usb::usb(&parts),
        "RSNRP" => usb::rsnrp(&parts),
        _ => fail(VI_ERROR_INV_RSRC_NAME, "no interface of that name"),
    }?;
    Ok((address, parts.board()))
}

/// Takes the last word when it is a class.
fn take_class(words: &mut Vec<&str>) -> Option<&'static str> {
    let last = words.last()?;
    let class = CLASSES.into_iter().find(|class| class.eq_ignore_ascii_case(last))?;
    words.pop();
    Some(class)
}

/// `visa://host[:port]/resource`, from behind the `//`.
fn remote(rest: &str) -> Result<(Address, u16)> {
    let Some((server, resource)) = rest.split_once('/') else {
        return fail(VI_ERROR_INV_RSRC_NAME, "visa:// without a resource");
    };
    if strip_prefix_ignoring_case(resource, REMOTE).is_some() {
        return fail(VI_ERROR_INV_RSRC_NAME, "visa:// within visa://");
    }
    let after_host = server.find(']').map_or(0, |bracket| bracket + 1);
    let (host, port) = match server[after_host..].find(':') {
        Some(at) => {
            let port = number(&server[after_host + at + 1..], 0, u16::MAX)?;
            (&server[..after_host + at], port)
        }
        None => (server, REMOTE_PORT),
    };
    let host = host::host(host)?;
    let resource = Box::new(ResourceName::parse(resource)?);
    let board = resource.board();
    Ok((Address::Remote { host, port, resource }, board))
}

/// Where the first `::` stands. Names are short: preparing a search would take longer than this.
fn separator(text: &str) -> Option<usize> {
    text.as_bytes().windows(2).position(|pair| pair == b"::")
}

/// The words between `::`, where a bracketed IPv6 host is one word.
fn split(mut rest: &str) -> Vec<&str> {
    let mut words = Vec::new();
    loop {
        let host = bracketed(rest);
        match separator(&rest[host..]) {
            Some(at) => {
                words.push(&rest[..host + at]);
                rest = &rest[host + at + 2..];
            }
            None => {
                words.push(rest);
                return words;
            }
        }
    }
}

/// Length of the `[...]` or `credential@[...]` that `rest` starts with, else 0.
fn bracketed(rest: &str) -> usize {
    let before_separator = &rest[..rest.find("::").unwrap_or(rest.len())];
    let open = if rest.starts_with('[') {
        0
    } else if let Some(at) = before_separator.find("@[") {
        at + 1
    } else {
        return 0;
    };
    rest[open..].find(']').map_or(0, |close| open + close + 1)
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// A decimal number from `low` to `high`.
fn number<T: TryFrom<u64> + PartialOrd>(text: &str, low: T, high: T) -> Result<T> {
    // `parse` alone would take a plus sign.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let value = text.parse().ok().filter(|_| digits).and_then(|n: u64| T::try_from(n).ok());
    match value {
        Some(value) if low <= value && value <= high => Ok(value),
        _ => fail(VI_ERROR_INV_RSRC_NAME, "not a number, or out of range"),
    }
}

/// An id up to `high`, decimal or hexadecimal with `0x`.
fn id<T: TryFrom<u64> + PartialOrd + From<u8>>(text: &str, high: T) -> Result<T> {
    let Some(digits) = strip_prefix_ignoring_case(text, "0x") else {
        return number(text, T::from(0), high);
    };
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let value = u64::from_str_radix(digits, 16).ok().filter(|_| hexadecimal);
    match value.and_then(|n| T::try_from(n).ok()) {
        Some(value) if value <= high => Ok(value),
        _ => fail(VI_ERROR_INV_RSRC_NAME, "not an id, or out of range"),
    }
}

/// For words in a number or class that no form has.
fn no_such_form<T>() -> Result<T> {
    fail(VI_ERROR_INV_RSRC_NAME, "the interface has no such form")
}
