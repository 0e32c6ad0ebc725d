#![forbid(unsafe_code)]
//! What can be plugged in: a kind, and behind it, after commas, how it differs from the usual one.
//!
//! | kind | what |
//! |---|---|
//! | `ftdi`, `acm` | USB-serial adapters |
//! | `usbtmc` | an instrument at high speed, with an interrupt endpoint and all that USB488 has |
//! | `raw` | a device of the vendor's own class at high speed, for USB RAW |
//!
//! | of instruments | what |
//! |---|---|
//! | `full` | full speed: packets of 64 bytes; of `raw`, too |
//! | `no-serial` | without a serial number; the name is its socket's alone; of `raw`, too |
//! | `no-interrupt` | without the interrupt endpoint |
//! | `plain` | USBTMC without USB488: protocol 0 |
//! | `no-termchar`, `no-trigger`, `no-remote`, `no-pulse` | without these capabilities |
//! | `interfaces=N` | so many of them in one device, 1 to 4 |
//! | `product=N` | of another model; of `raw`, too |
//! | `needs-clear` | deaf and dumb until it is cleared |

use std::io;
use std::sync::mpsc::Sender;

use crate::lab::usbip::function::Function;
use crate::lab::usbip::function::Speed;
use crate::lab::usbip::raw::Raw;
use crate::lab::usbip::serial::Serial;
use crate::lab::usbip::tmc::Instruments;
use crate::lab::usbip::tmc::Options;

/// Makes a device of a kind; `wake` rings when it has something to say by itself.
pub fn function(kind: &str, serial: &str, wake: &Sender<()>) -> io::Result<Box<dyn Function>> {
    let (kind, options) = kind.split_once(',').unwrap_or((kind, ""));
    let options = options.split(',').filter(|word| !word.is_empty());
    match kind {
        "ftdi" => Ok(Box::new(Serial::ftdi(serial))),
        "acm" => Ok(Box::new(Serial::acm(serial))),
        "usbtmc" => {
            let options = instrument(options, serial)?;
            Ok(Box::new(Instruments::new(options, wake)?))
        }
        "raw" => Ok(Box::new(Raw::new(options_of_raw(options, serial)?))),
        other => Err(unknown(other)),
    }
}

/// Whether it is a serial port.
pub fn is_port(kind: &str) -> bool {
    matches!(kind, "ftdi" | "acm")
}

fn unknown(word: &str) -> io::Error {
    io::Error::other(format!("no such kind or option: {word}"))
}

fn instrument<'a>(words: impl Iterator<Item = &'a str>, serial: &str) -> io::Result<Options> {
    let mut options = Options::new(serial);
    for word in words {
        match word.split_once('=').unwrap_or((word, "")) {
            ("full", "") => options.speed = Speed::Full,
            ("no-serial", "") => options.serial = None,
            ("no-interrupt", "") => options.interrupt = false,
            ("plain", "") => options.usb488 = false,
            ("no-termchar", "") => options.term_char = false,
            ("no-trigger", "") => options.trigger = false,
            ("no-remote", "") => options.remote = false,
            ("no-pulse", "") => options.pulse = false,
            ("needs-clear", "") => options.needs_clear = true,
            ("interfaces", count) => {
                let count = count.parse().ok().filter(|count| (1..=4).contains(count));
                options.interfaces = count.ok_or_else(|| unknown(word))?;
            }
            ("product", number) => options.product = number.parse().map_err(|_| unknown(word))?,
            _ => return Err(unknown(word)),
        }
    }
    Ok(options)
}

fn options_of_raw<'a>(
    words: impl Iterator<Item = &'a str>,
    serial: &str,
) -> io::Result<crate::lab::usbip::raw::Options> {
    let mut options = crate::lab::usbip::raw::Options::new(serial);
    for word in words {
        match word.split_once('=').unwrap_or((word, "")) {
            ("full", "") => options.speed = Speed::Full,
            ("no-serial", "") => options.serial = None,
            ("product", number) => options.product = number.parse().map_err(|_| unknown(word))?,
            _ => return Err(unknown(word)),
        }
    }
    Ok(options)
}
