#![forbid(unsafe_code)]
//! The `++` commands.

use std::io;

use crate::sim::gpib::Address;
use crate::sim::gpib::message::DCL;
use crate::sim::gpib::message::GTL;
use crate::sim::gpib::message::LLO;
use crate::sim::prologix::Firmware;
use crate::sim::prologix::machine::Answer;
use crate::sim::prologix::machine::Machine;
use crate::sim::prologix::machine::ReadEnd;
use crate::sim::prologix::settings::Settings;
use crate::sim::prologix::settings::addresses;

/// Devices that one `++trg` names.
const MOST_TRIGGERED: usize = 15;

const HELP: &str = "The following commands are available:\r\n\
    ++addr ++auto ++clr ++eoi ++eos ++eot_char ++eot_enable ++help ++ifc ++llo ++loc ++mode\r\n\
    ++read ++read_tmo_ms ++rst ++savecfg ++spoll ++srq ++status ++trg ++ver";

/// What a command has to say.
enum Said {
    Nothing,
    Text(String),
    /// The adapter does not know it.
    Unknown,
}

fn text(what: impl ToString) -> Said {
    Said::Text(what.to_string())
}

impl Machine {
    /// Carries out what follows a `++`.
    pub(super) fn command(&mut self, command: &str, answer: Answer<'_>) -> io::Result<()> {
        let words: Vec<&str> = command.split_ascii_whitespace().collect();
        let Some((name, words)) = words.split_first() else { return Ok(()) };
        let name = name.to_ascii_lowercase();
        if name == "read" {
            return match self.read_end(words) {
                Some(end) if self.settings.mode == 1 => self.read(end, answer),
                _ => answer(b"Unrecognized command\r\n"),
            };
        }
        let before = self.settings.clone();
        let said = match self.setting(&name, words) {
            Said::Unknown if self.settings.mode == 1 => self.operation(&name, words),
            said => said,
        };
        if self.settings != before && self.settings.savecfg && self.is(Firmware::Prologix) {
            self.saved = self.settings.clone();
        }
        match said {
            Said::Nothing => Ok(()),
            Said::Text(text) => answer(format!("{text}\r\n").as_bytes()),
            Said::Unknown => answer(b"Unrecognized command\r\n"),
        }
    }

    fn is(&self, firmware: Firmware) -> bool {
        self.firmware == firmware
    }

    fn read_end(&self, words: &[&str]) -> Option<ReadEnd> {
        match words {
            ["eoi"] => Some(ReadEnd::Eoi),
            [number] => number.parse().ok().map(ReadEnd::Character),
            [] if self.is(Firmware::Prologix) || self.settings.eor == 3 => Some(ReadEnd::Nothing),
            [] if self.settings.eor == 7 => Some(ReadEnd::Eoi),
            [] => Some(ReadEnd::Sequence(self.settings.eor_bytes())),
            _ => None,
        }
    }

    /// Commands that set something, and without a parameter tell it.
    fn setting(&mut self, name: &str, words: &[&str]) -> Said {
        let ar488 = self.is(Firmware::Ar488);
        let settings = &mut self.settings;
        match name {
            "addr" => match (words, addresses(words).as_deref()) {
                ([], _) => text(settings.address_text()),
                (_, Some([address])) => {
                    settings.address = *address;
                    Said::Nothing
                }
                _ => Said::Unknown,
            },
            "auto" => number(words, if ar488 { 2 } else { 1 }, &mut settings.auto),
            "eoi" => flag(words, &mut settings.eoi),
            "eos" => number(words, 3, &mut settings.eos),
            "eot_enable" => flag(words, &mut settings.eot_enable),
            "eot_char" => number(words, u8::MAX, &mut settings.eot_char),
            "eor" if ar488 => number(words, 7, &mut settings.eor),
            "status" => number(words, u8::MAX, &mut settings.status),
            "mode" => {
                let before = settings.mode;
                let said = number(words, 1, &mut settings.mode);
                if settings.mode != before {
                    self.take_charge();
                }
                said
            }
            "read_tmo_ms" => {
                let range = if ar488 { 0..=32_000 } else { 1..=3000 };
                match words {
                    [] => text(settings.read_tmo_ms),
                    [word] => match word.parse() {
                        Ok(ms) if range.contains(&ms) => {
                            settings.read_tmo_ms = ms;
                            Said::Nothing
                        }
                        _ => Said::Unknown,
                    },
                    _ => Said::Unknown,
                }
            }
            "savecfg" if ar488 => {
                self.saved = settings.clone();
                Said::Nothing
            }
            "savecfg" => flag(words, &mut settings.savecfg),
            "ver" => text(match (self.firmware, self.is_serial) {
                (Firmware::Prologix, false) => {
                    "Prologix GPIB-ETHERNET Controller version 01.06.06.00"
                }
                (Firmware::Prologix, true) => "Prologix GPIB-USB Controller version 6.107",
                (Firmware::Ar488, _) => "AR488 GPIB controller, ver. 0.51.29, 18/03/2024",
            }),
            "rst" => {
                self.reset();
                Said::Nothing
            }
            "default" if ar488 => {
                self.settings = Settings::of(Firmware::Ar488);
                Said::Nothing
            }
            "help" if !ar488 => text(HELP),
            _ => Said::Unknown,
        }
    }

    /// Commands that do something on the bus. What becomes of them nobody is told.
    fn operation(&mut self, name: &str, words: &[&str]) -> Said {
        let current = self.settings.address;
        let ar488 = self.is(Firmware::Ar488);
        let until = &self.until();
        match (name, words) {
            ("clr", []) => drop(self.board.clear(current, until)),
            ("ifc", []) => drop(self.board.interface_clear()),
            ("loc", []) => drop(self.board.tell(&[current], GTL, until)),
            ("llo", []) => drop(self.board.tell(&[current], LLO, until)),
            ("loc", ["all"]) if ar488 => {
                let _ = self.board.remote_enable(false);
                let _ = self.board.remote_enable(self.ren);
            }
            ("llo", ["all"]) if ar488 => drop(self.board.command(&[LLO], until)),
            ("dcl", []) if ar488 => drop(self.board.command(&[DCL], until)),
            ("ren", []) if ar488 => return text(u8::from(self.ren)),
            ("ren", [on @ ("0" | "1")]) if ar488 => {
                self.ren = *on == "1";
                let _ = self.board.remote_enable(self.ren);
            }
            ("ppoll", []) if ar488 => {
                return self.board.parallel_poll().map_or(Said::Nothing, text);
            }
            ("srq", []) => return text(u8::from(self.board.lines().srq)),
            ("trg", words) => {
                let Some(mut devices) = addresses(words) else { return Said::Unknown };
                if devices.is_empty() {
                    devices.push(current);
                }
                if devices.len() > MOST_TRIGGERED {
                    return Said::Unknown;
                }
                let _ = self.board.trigger(&devices, until);
            }
            ("spoll", words) => return self.serial_poll(current, words),
            _ => return Said::Unknown,
        }
        Said::Nothing
    }

    fn serial_poll(&self, current: Address, words: &[&str]) -> Said {
        let device = match addresses(words).as_deref() {
            Some([]) => current,
            Some([device]) => *device,
            _ => return Said::Unknown,
        };
        self.board.serial_poll(device, &self.until()).map_or(Said::Nothing, text)
    }
}

fn number(words: &[&str], most: u8, setting: &mut u8) -> Said {
    match words {
        [] => text(*setting),
        [word] => match word.parse() {
            Ok(number) if number <= most => {
                *setting = number;
                Said::Nothing
            }
            _ => Said::Unknown,
        },
        _ => Said::Unknown,
    }
}

fn flag(words: &[&str], setting: &mut bool) -> Said {
    let mut as_number = u8::from(*setting);
    let said = number(words, 1, &mut as_number);
    *setting = as_number == 1;
    said
}
