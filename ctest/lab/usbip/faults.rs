#![forbid(unsafe_code)]
//! What a device does wrong when it is told: `fault NAME TIMES [VALUE]`, where TIMES is a number or
//! `always`. `fault off` ends all faults; `happened NAME` says how often one was seen.
//!
//! | fault of an instrument | what |
//! |---|---|
//! | `stall-out`, `stall-in` | halts the endpoint once more than VALUE bytes have gone through (0) |
//! | `hold-out`, `hold-in` | goes on no more from there |
//! | `unplug-out`, `unplug-in` | loses its cable there |
//! | `delay-out`, `delay-in` | begins VALUE ms late |
//! | `in-tag` | the answer's bTag is VALUE (1) more than that of the request |
//! | `in-inverse` | the inverse of bTag is wrong |
//! | `in-id` | the answer's MsgID is VALUE (3) |
//! | `size-more`, `size-less` | TransferSize tells VALUE (4) bytes more or less than come |
//! | `size-max` | TransferSize is 0xFFFFFFFF |
//! | `extra` | VALUE (4) bytes follow that TransferSize does not count |
//! | `align` | zeros follow, up to a multiple of 4 (which the standard allows) |
//! | `stale` | the end of some earlier answer comes first, with the bTag before |
//! | `empty` | a transfer of no bytes, and then nothing |
//! | `short-header` | a transfer of 5 bytes, and then nothing |
//! | `split` | no transfer has more than VALUE bytes of the message; the last one has EOM |
//! | `cut` | the transfer ends after VALUE bytes, though TransferSize tells of more |
//! | `dribble` | the transfer comes in short packets of VALUE bytes |
//! | `ignore-size` | the whole message comes, however little was asked for |
//! | `no-eom` | the last transfer of a message has no EOM |
//! | `no-end` | nothing follows a full last packet |
//! | `babble` | the endpoint sends more than the host's transfer has room for |
//! | `stall-control`, `silent-control` | refuses the request VALUE, or never answers it; any one |
//! | | without VALUE (`tmc/control.rs` has the names) |
//! | `unplug-control` | loses its cable instead of answering |
//! | `delay-control` | answers 300 ms late |
//! | `fail-control` | answers STATUS_FAILED and does nothing |
//! | `pending` | answers STATUS_PENDING to the check VALUE |
//! | `ignore-abort` | says that it aborts, and goes on |
//! | `stb-tag` | the status byte comes with the wrong tag |
//! | `stb-none` | the status byte does not come, though the request was answered |
//!
//! | fault of the device for USB RAW | what |
//! |---|---|
//! | `stall`, `hold` | the endpoint VALUE (its address in two digits, as `81`) is halted, or waits |
//! | `unplug` | loses its cable when that endpoint is used |
//! | `overflow` | that endpoint sends more than the host's transfer has room for |
//! | `stall-control`, `silent-control` | refuses a request, or never answers it |

use std::collections::BTreeMap;
use std::io;

const NAMES: &[&str] = &[
    "stall-out",
    "stall-in",
    "hold-out",
    "hold-in",
    "unplug-out",
    "unplug-in",
    "delay-out",
    "delay-in",
    "in-tag",
    "in-inverse",
    "in-id",
    "size-more",
    "size-less",
    "size-max",
    "extra",
    "align",
    "stale",
    "empty",
    "short-header",
    "split",
    "cut",
    "dribble",
    "ignore-size",
    "no-eom",
    "no-end",
    "babble",
    "stall-control",
    "silent-control",
    "unplug-control",
    "delay-control",
    "fail-control",
    "pending",
    "ignore-abort",
    "stb-tag",
    "stb-none",
    "stall",
    "hold",
    "unplug",
    "overflow",
];

struct Fault {
    /// `None`: always.
    left: Option<u32>,
    value: String,
}

/// The faults of one device, or of one of its interfaces.
#[derive(Default)]
pub struct Faults {
    set: BTreeMap<&'static str, Fault>,
    happened: BTreeMap<&'static str, u32>,
}

impl Faults {
    /// `NAME TIMES [VALUE]` or `off`.
    pub fn set(&mut self, rest: &str) -> io::Result<()> {
        if rest == "off" {
            self.set.clear();
            return Ok(());
        }
        let wrong = || io::Error::other(format!("no such fault: {rest}"));
        let words: Vec<_> = rest.split(' ').collect();
        let (name, times, value) = match words[..] {
            [name, times] => (name, times, ""),
            [name, times, value] => (name, times, value),
            _ => return Err(wrong()),
        };
        let name = known(name).ok_or_else(wrong)?;
        let left = match times {
            "always" => None,
            number => Some(number.parse().map_err(|_| wrong())?),
        };
        self.set.insert(name, Fault { left, value: value.to_owned() });
        Ok(())
    }

    /// How often a fault was seen.
    pub fn happened(&self, name: &str) -> io::Result<u32> {
        let name = known(name).ok_or_else(|| io::Error::other(format!("no fault {name}")))?;
        Ok(self.happened.get(name).copied().unwrap_or(0))
    }

    /// Whether this fault is to be seen now, which counts.
    pub fn take(&mut self, name: &str) -> bool {
        self.value(name, 0).is_some()
    }

    /// The same, with its number.
    pub fn value(&mut self, name: &str, usual: u64) -> Option<u64> {
        let value = self.text(name, |_| true)?;
        Some(value.parse().unwrap_or(usual))
    }

    /// The same for a fault that is about certain requests.
    pub fn concerns(&mut self, name: &str, request: &str) -> bool {
        self.text(name, |value| value.is_empty() || value == request).is_some()
    }

    /// Whether a fault about this place is set; it does not count, and lasts until it is off.
    pub fn is_set(&self, name: &str, place: &str) -> bool {
        self.set.get(name).is_some_and(|fault| fault.value == place)
    }

    fn text(&mut self, name: &str, fits: impl FnOnce(&str) -> bool) -> Option<String> {
        let (&name, fault) = self.set.get_key_value(name)?;
        if !fits(&fault.value) {
            return None;
        }
        let fault = self.set.get_mut(name)?;
        let value = fault.value.clone();
        *self.happened.entry(name).or_default() += 1;
        fault.left = fault.left.map(|left| left.saturating_sub(1));
        if fault.left == Some(0) {
            self.set.remove(name);
        }
        Some(value)
    }
}

fn known(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|known| **known == name).copied()
}
