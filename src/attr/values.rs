#![forbid(unsafe_code)]
//! Values as people write them: numbers, true and false, and the names of the standard's constants.

use crate::attr::Accepts;
use crate::attr::Attr;
use crate::attr::Type;
use crate::consts::*;

/// A value as it was written down, for any attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// A whole number.
    Number(i64),
    /// true or false.
    Switch(bool),
    /// The name of a constant, or of several bits with `|` between them.
    Word(String),
}

impl Written {
    /// The number that it means for an attribute, if viSetAttribute may be given that.
    ///
    /// # Errors
    /// Why it may not, in words.
    pub fn value_for(&self, attr: &Attr) -> Result<i64, String> {
        if attr.is_read_only() {
            return Err(format!("{} is read-only", attr.name));
        }
        let value = match self {
            Self::Number(number) => Some(*number),
            Self::Switch(on) => (attr.ty == Type::Boolean).then_some(i64::from(*on)),
            Self::Word(word) => meaning(attr, word),
        };
        let (least, most) = limits(attr.ty);
        let value = value.filter(|value| (least..=most).contains(value));
        let accepted = value.and_then(|value| attr.accept(value as u64).ok());
        accepted.ok_or_else(|| format!("{} is {}", attr.name, accepted_by(attr)))
    }
}

/// The names that the standard has for the values of an attribute, with these.
pub fn names(id: ViAttr) -> impl Iterator<Item = (&'static str, i64)> {
    let of = move |group: &&Group| group.0.contains(&id);
    NAMES.iter().filter(of).flat_map(|group| group.1.iter().copied())
}

fn meaning(attr: &Attr, words: &str) -> Option<i64> {
    let one = |word: &str| {
        let name = word.trim();
        names(attr.id).find(|(known, _)| *known == name).map(|(_, value)| value)
    };
    match attr.accepts {
        Accepts::Flags(_) => words.split('|').try_fold(0, |bits, word| Some(bits | one(word)?)),
        _ => one(words),
    }
}

/// The least and the greatest number that an attribute of a type can have, as far as one can be
/// written.
fn limits(ty: Type) -> (i64, i64) {
    match ty {
        Type::Boolean => (0, 1),
        Type::U8 => (0, 0xFF),
        Type::I16 => (i16::MIN.into(), i16::MAX.into()),
        Type::U16 => (0, u16::MAX.into()),
        Type::I32 => (i32::MIN.into(), i32::MAX.into()),
        Type::U32 => (0, u32::MAX.into()),
        Type::U64 | Type::Address => (0, i64::MAX),
        // Nothing that can be written has a text.
        Type::Text | Type::Bytes => (0, -1),
    }
}

/// What may be written, in words.
fn accepted_by(attr: &Attr) -> String {
    let (least, most) = limits(attr.ty);
    let named: Vec<_> =
        names(attr.id).filter(|(_, value)| attr.accept(*value as u64).is_ok()).collect();
    let words = named.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    let numbers = match attr.accepts {
        _ if attr.ty == Type::Boolean => return "true or false".to_owned(),
        Accepts::OneOf(values) if named.len() == values.len() => return format!("one of {words}"),
        Accepts::OneOf(values) => {
            let listed: Vec<_> = values.iter().map(ToString::to_string).collect();
            format!("one of {}", listed.join(", "))
        }
        Accepts::Range(low, high) => format!("a number from {low} to {high}"),
        Accepts::Flags(mask) => format!("a sum of bits of {mask:#x}"),
        Accepts::Any | Accepts::ReadOnly => format!("a number from {least} to {most}"),
    };
    if words.is_empty() { numbers } else { format!("{numbers}, or one of {words}") }
}

/// Attributes that share names of values, and these.
type Group = (&'static [ViAttr], &'static [(&'static str, i64)]);

/// The constants of [`crate::consts`] with their names.
macro_rules! named {
    ($($name:ident),* $(,)?) => { &[$((stringify!($name), $name as i64)),*] };
}

/// The names of all values that can be written.
static NAMES: &[Group] = &[
    (&[VI_ATTR_TMO_VALUE], named![VI_TMO_IMMEDIATE, VI_TMO_INFINITE]),
    (
        &[VI_ATTR_IO_PROT],
        named![
            VI_PROT_NORMAL,
            VI_PROT_FDC,
            VI_PROT_HS488,
            VI_PROT_4882_STRS,
            VI_PROT_USBTMC_VENDOR,
        ],
    ),
    (&[VI_ATTR_FDC_MODE], named![VI_FDC_NORMAL, VI_FDC_STREAM]),
    (&[VI_ATTR_RD_BUF_OPER_MODE], named![VI_FLUSH_ON_ACCESS, VI_FLUSH_DISABLE]),
    (&[VI_ATTR_WR_BUF_OPER_MODE], named![VI_FLUSH_ON_ACCESS, VI_FLUSH_WHEN_FULL]),
    (
        &[VI_ATTR_ASRL_PARITY],
        named![
            VI_ASRL_PAR_NONE,
            VI_ASRL_PAR_ODD,
            VI_ASRL_PAR_EVEN,
            VI_ASRL_PAR_MARK,
            VI_ASRL_PAR_SPACE,
        ],
    ),
    (&[VI_ATTR_ASRL_STOP_BITS], named![VI_ASRL_STOP_ONE, VI_ASRL_STOP_ONE5, VI_ASRL_STOP_TWO]),
    (
        &[VI_ATTR_ASRL_FLOW_CNTRL],
        named![
            VI_ASRL_FLOW_NONE,
            VI_ASRL_FLOW_XON_XOFF,
            VI_ASRL_FLOW_RTS_CTS,
            VI_ASRL_FLOW_DTR_DSR,
        ],
    ),
    (
        &[VI_ATTR_ASRL_END_IN, VI_ATTR_ASRL_END_OUT],
        named![VI_ASRL_END_NONE, VI_ASRL_END_LAST_BIT, VI_ASRL_END_TERMCHAR, VI_ASRL_END_BREAK],
    ),
    (
        &[VI_ATTR_ASRL_DTR_STATE, VI_ATTR_ASRL_RTS_STATE, VI_ATTR_ASRL_BREAK_STATE],
        named![VI_STATE_UNASSERTED, VI_STATE_ASSERTED],
    ),
    (
        &[VI_ATTR_ASRL_WIRE_MODE],
        named![
            VI_ASRL_WIRE_485_4,
            VI_ASRL_WIRE_485_2_DTR_ECHO,
            VI_ASRL_WIRE_485_2_DTR_CTRL,
            VI_ASRL_WIRE_485_2_AUTO,
            VI_ASRL_WIRE_232_DTE,
            VI_ASRL_WIRE_232_DCE,
            VI_ASRL_WIRE_232_AUTO,
        ],
    ),
    (&[VI_ATTR_GPIB_SECONDARY_ADDR], named![VI_NO_SEC_ADDR]),
    (&[VI_ATTR_USB_END_IN], named![VI_USB_END_NONE, VI_USB_END_SHORT, VI_USB_END_SHORT_OR_COUNT]),
    (
        &[VI_ATTR_USB_BULK_OUT_STATUS, VI_ATTR_USB_BULK_IN_STATUS, VI_ATTR_USB_INTR_IN_STATUS],
        named![VI_USB_PIPE_READY],
    ),
    (
        &[VI_ATTR_SRC_BYTE_ORDER, VI_ATTR_DEST_BYTE_ORDER, VI_ATTR_WIN_BYTE_ORDER],
        named![VI_BIG_ENDIAN, VI_LITTLE_ENDIAN],
    ),
    (&[VI_ATTR_TRIG_ID], named![VI_TRIG_SW]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attr::TABLE;
    use crate::attr::by_name;
    use crate::rsrc::Kinds;

    fn value(attribute: &str, kind: Kinds, written: Written) -> Result<i64, String> {
        written.value_for(by_name(attribute, kind).expect(attribute))
    }

    fn word(text: &str) -> Written {
        Written::Word(text.to_owned())
    }

    /// A name that no row accepts would only mislead.
    #[test]
    fn every_name_can_be_written_to_each_of_its_attributes() {
        for (ids, named) in NAMES {
            for id in *ids {
                let rows: Vec<_> = TABLE.iter().filter(|row| row.id == *id).collect();
                for (name, number) in *named {
                    let accepted = rows
                        .iter()
                        .any(|row| word(name).value_for(row) == Ok(*number) && !row.is_read_only());
                    assert!(accepted, "{name} of {id:#x}");
                }
            }
        }
    }

    #[test]
    fn names_numbers_and_switches_mean_the_same() {
        let serial = Kinds::ASRL_INSTR;
        for written in [word("VI_ASRL_PAR_EVEN"), Written::Number(2)] {
            assert_eq!(value("VI_ATTR_ASRL_PARITY", serial, written), Ok(2));
        }
        for written in [Written::Switch(true), Written::Number(1)] {
            assert_eq!(value("VI_ATTR_TERMCHAR_EN", serial, written), Ok(1));
        }
        let flow = |text| value("VI_ATTR_ASRL_FLOW_CNTRL", serial, word(text));
        assert_eq!(flow("VI_ASRL_FLOW_XON_XOFF | VI_ASRL_FLOW_RTS_CTS"), Ok(3));
        assert_eq!(flow("VI_ASRL_FLOW_NONE"), Ok(0));
        let tmo = value("VI_ATTR_TMO_VALUE", serial, word("VI_TMO_INFINITE"));
        assert_eq!(tmo, Ok(0xFFFF_FFFF));
        let trigger = value("VI_ATTR_TRIG_ID", serial, Written::Number(-1));
        assert_eq!(trigger, Ok(-1));
    }

    /// viSetAttribute looks at the bits of the type alone; what a person writes is meant whole.
    #[test]
    fn what_does_not_fit_is_refused_with_what_would() {
        let serial = |attribute, written| value(attribute, Kinds::ASRL_INSTR, written).unwrap_err();
        let number = |attribute, number| serial(attribute, Written::Number(number));
        assert_eq!(
            number("VI_ATTR_ASRL_DATA_BITS", 9),
            "VI_ATTR_ASRL_DATA_BITS is a number from 5 to 8"
        );
        assert!(number("VI_ATTR_TMO_VALUE", -1).contains("from 0 to 4294967295"));
        assert!(number("VI_ATTR_TMO_VALUE", 1 << 32).contains("\"VI_TMO_INFINITE\""));
        assert!(number("VI_ATTR_TERMCHAR", 256).contains("from 0 to 255"));
        assert_eq!(number("VI_ATTR_TERMCHAR_EN", 2), "VI_ATTR_TERMCHAR_EN is true or false");
        assert_eq!(number("VI_ATTR_INTF_TYPE", 4), "VI_ATTR_INTF_TYPE is read-only");
        let parts = "VI_ASRL_PAR_ODD|VI_ASRL_PAR_EVEN";
        assert!(serial("VI_ATTR_ASRL_PARITY", word(parts)).contains("0 to 4"), "no bits to join");
        assert!(serial("VI_ATTR_ASRL_FLOW_CNTRL", word("")).contains("VI_ASRL_FLOW_RTS_CTS"));
        assert!(serial("VI_ATTR_ASRL_PARITY", word("VI_ASRL_STOP_ONE")).contains("PAR_ODD"));
        assert!(serial("VI_ATTR_ASRL_BAUD", Written::Switch(true)).contains("a number"));
    }
}
