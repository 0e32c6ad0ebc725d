#![forbid(unsafe_code)]
//! `[find]`: the switches of the search.

use std::ops::RangeInclusive;
use std::time::Duration;

use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

use crate::config::parse::Reader;
use crate::config::parse::in_order;
use crate::config::parse::start;
use crate::config::parse::whole;

/// How long a search may be made to take, in ms. Less finds nobody, more looks like a hang.
const BOUND: RangeInclusive<i64> = 50..=60_000;

/// How old an answer may be, in seconds: up to a day.
const RECENT: RangeInclusive<i64> = 0..=86_400;

impl Reader<'_> {
    /// Reads the section `[find]`.
    pub(super) fn find(&mut self, entries: &DeTable<'_>) {
        for (key, value) in in_order(entries) {
            match key.get_ref().as_ref() {
                "lan" => self.config.find_keys.lan = self.switch("lan", value),
                "mdns" => self.config.find_keys.mdns = self.switch("mdns", value),
                "vxi11" => self.config.find_keys.vxi11 = self.switch("vxi11", value),
                "background" => {
                    self.config.find_keys.background = self.switch("background", value);
                }
                "interfaces" => {
                    self.config.find_keys.interfaces = self.interfaces("interfaces", value);
                }
                "not_interfaces" => {
                    self.config.find_keys.not_interfaces = self.interfaces("not_interfaces", value);
                }
                "bound_ms" => {
                    let number = self.number("bound_ms", value, BOUND);
                    self.config.find_keys.bound = number.map(Duration::from_millis);
                }
                "recent_s" => {
                    let number = self.number("recent_s", value, RECENT);
                    self.config.find_keys.recent = number.map(Duration::from_secs);
                }
                other => self.problem(start(key), format!("there is no setting find.{other}")),
            }
        }
        self.config.find = self.config.find_keys.switches();
    }

    fn switch(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<bool> {
        let on = value.get_ref().as_bool();
        if on.is_none() {
            self.unusable(value, format!("{key} is true or false"));
        }
        on
    }

    fn number(
        &mut self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        fits: RangeInclusive<i64>,
    ) -> Option<u64> {
        let number = whole(value.get_ref()).filter(|number| fits.contains(number));
        if number.is_none() {
            let (least, most) = (fits.start(), fits.end());
            self.unusable(value, format!("{key} is a number from {least} to {most}"));
        }
        number?.try_into().ok()
    }

    /// Names of network interfaces. One that is no name costs only itself.
    fn interfaces(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
        let DeValue::Array(entries) = value.get_ref() else {
            self.unusable(value, format!("{key} is a list of names"));
            return None;
        };
        let mut names = Vec::new();
        for entry in entries {
            match entry.get_ref().as_str() {
                Some(name) if !name.is_empty() => names.push(name.to_owned()),
                _ => self.unusable(entry, "not an interface's name in quotes"),
            }
        }
        Some(names)
    }
}
