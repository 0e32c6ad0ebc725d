#![forbid(unsafe_code)]
//! `[defaults]`: what sessions are set to when they open.

use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

use crate::attr;
use crate::attr::Written;
use crate::config::defaults::Section;
use crate::config::defaults::Setting;
use crate::config::parse::Reader;
use crate::config::parse::in_order;
use crate::config::parse::start;
use crate::config::parse::whole;

/// An attribute by its name in the standard, and what is written to it.
type Meaning = (&'static str, Written);

/// Words that need no knowledge of the standard: what each is for people, and what it means.
type Word = (&'static str, &'static str, fn(&DeValue<'_>) -> Option<Vec<Meaning>>);

const WORDS: &[Word] = &[
    ("timeout", "a number of milliseconds, or \"infinite\"", timeout),
    ("termination", "one character in quotes, or false", termination),
    ("baud", "a number", |value| number("VI_ATTR_ASRL_BAUD", value)),
    ("data_bits", "a number", |value| number("VI_ATTR_ASRL_DATA_BITS", value)),
    ("parity", "none, odd, even, mark or space, in quotes", parity),
    ("stop_bits", "1, 1.5 or 2", stop_bits),
    ("flow_control", "none, xon_xoff, rts_cts or dtr_dsr, in quotes", flow_control),
];

impl Reader<'_> {
    /// Reads the section `[defaults]`.
    pub(super) fn defaults(&mut self, entries: &DeTable<'_>) {
        for (key, value) in in_order(entries) {
            let DeValue::Table(settings) = value.get_ref() else {
                self.unusable(value, "not a table of settings");
                continue;
            };
            let mut section = Section {
                file: self.file.into(),
                line: self.line(start(key)),
                key: key.get_ref().to_string(),
                always: false,
                settings: Vec::new(),
            };
            for (key, value) in in_order(settings) {
                match (key.get_ref().as_ref(), value.get_ref()) {
                    ("always", DeValue::Boolean(always)) => section.always = *always,
                    ("always", _) => self.unusable(value, "always is true or false"),
                    (word, _) => self.setting(&mut section, start(key), word, value),
                }
            }
            self.config.sections.push(section);
        }
    }

    /// One setting, which may be several attributes. Of two for the same attribute the first counts.
    fn setting(
        &mut self,
        section: &mut Section,
        at: usize,
        word: &str,
        value: &Spanned<DeValue<'_>>,
    ) {
        let meanings = match WORDS.iter().find(|(known, ..)| *known == word) {
            Some((_, wanted, read)) => match read(value.get_ref()) {
                Some(meanings) => {
                    meanings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
                }
                None => return self.unusable(value, format!("{word} is {wanted}")),
            },
            None if attr::named(word).next().is_some() => match written(value.get_ref()) {
                Some(written) => vec![(word.to_owned(), written)],
                None => {
                    let wanted = "a number, true, false or a constant's name in quotes";
                    return self.unusable(value, format!("{word} is {wanted}"));
                }
            },
            None => return self.problem(at, format!("there is no setting or attribute {word:?}")),
        };
        let line = self.line(at);
        for (attribute, value) in meanings {
            if section.settings.iter().any(|known| known.attribute == attribute) {
                self.problem(at, format!("{attribute} is set already"));
            } else {
                section.settings.push(Setting { line, attribute, value });
            }
        }
    }
}

/// A value for an attribute that is called by its own name.
fn written(value: &DeValue<'_>) -> Option<Written> {
    match value {
        DeValue::Boolean(on) => Some(Written::Switch(*on)),
        DeValue::String(word) => Some(Written::Word(word.to_string())),
        _ => whole(value).map(Written::Number),
    }
}

fn number(attribute: &'static str, value: &DeValue<'_>) -> Option<Vec<Meaning>> {
    Some(vec![(attribute, Written::Number(whole(value)?))])
}

fn constant(attribute: &'static str, name: &str) -> Option<Vec<Meaning>> {
    Some(vec![(attribute, Written::Word(name.to_owned()))])
}

fn timeout(value: &DeValue<'_>) -> Option<Vec<Meaning>> {
    match value.as_str() {
        Some("infinite") => constant("VI_ATTR_TMO_VALUE", "VI_TMO_INFINITE"),
        _ => number("VI_ATTR_TMO_VALUE", value),
    }
}

/// VISA has one character for that; behind CR LF it is the LF that ends a message.
fn termination(value: &DeValue<'_>) -> Option<Vec<Meaning>> {
    let enabled = |on| ("VI_ATTR_TERMCHAR_EN", Written::Switch(on));
    match value {
        DeValue::Boolean(false) => Some(vec![enabled(false)]),
        DeValue::String(text) => {
            let [character] = text.as_bytes() else { return None };
            let character = Written::Number((*character).into());
            Some(vec![("VI_ATTR_TERMCHAR", character), enabled(true)])
        }
        _ => None,
    }
}

fn parity(value: &DeValue<'_>) -> Option<Vec<Meaning>> {
    let name = match value.as_str()? {
        "none" => "VI_ASRL_PAR_NONE",
        "odd" => "VI_ASRL_PAR_ODD",
        "even" => "VI_ASRL_PAR_EVEN",
        "mark" => "VI_ASRL_PAR_MARK",
        "space" => "VI_ASRL_PAR_SPACE",
        _ => return None,
    };
    constant("VI_ATTR_ASRL_PARITY", name)
}

fn stop_bits(value: &DeValue<'_>) -> Option<Vec<Meaning>> {
    let bits = match value {
        DeValue::Float(number) => number.as_str().parse().ok()?,
        _ => whole(value)? as f64,
    };
    let name = match bits {
        1.0 => "VI_ASRL_STOP_ONE",
        1.5 => "VI_ASRL_STOP_ONE5",
        2.0 => "VI_ASRL_STOP_TWO",
        _ => return None,
    };
    constant("VI_ATTR_ASRL_STOP_BITS", name)
}

fn flow_control(value: &DeValue<'_>) -> Option<Vec<Meaning>> {
    let name = match value.as_str()? {
        "none" => "VI_ASRL_FLOW_NONE",
        "xon_xoff" => "VI_ASRL_FLOW_XON_XOFF",
        "rts_cts" => "VI_ASRL_FLOW_RTS_CTS",
        "dtr_dsr" => "VI_ASRL_FLOW_DTR_DSR",
        _ => return None,
    };
    constant("VI_ATTR_ASRL_FLOW_CNTRL", name)
}
