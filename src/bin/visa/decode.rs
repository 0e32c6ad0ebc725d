#![forbid(unsafe_code)]
//! Values of attributes, in words: what viGetAttribute stored, and what it means.

use serde_json::Value as Json;
use serde_json::json;
use visa::attr::Attr;
use visa::attr::Type;
use visa::attr::Value;
use visa::consts as c;

use crate::abi::Raw;

/// The value that `raw` holds for an attribute of that type.
pub fn value(raw: &Raw, ty: Type) -> Value {
    let bytes = raw.bytes();
    if ty == Type::Bytes {
        // How many count, another attribute tells; trailing zeros are shown as none.
        let count = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        return Value::Bytes(bytes[..count].to_vec());
    }
    let Some(width) = ty.width() else {
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        return Value::Text(String::from_utf8_lossy(text).into_owned());
    };
    // In the machine's own byte order, the value stands in the first `width` bytes.
    let mut word = [0; 8];
    let at = if cfg!(target_endian = "big") { 8 - width } else { 0 };
    word[at..at + width].copy_from_slice(&bytes[..width]);
    Value::Number(ty.read(u64::from_ne_bytes(word)))
}

/// The value in words.
pub fn text(attr: &Attr, value: &Value) -> String {
    match value {
        Value::Text(text) if text.is_empty() => "\"\"".to_owned(),
        Value::Text(text) => text.clone(),
        Value::Bytes(bytes) => {
            let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            hex.join(" ")
        }
        Value::Number(number) => number_text(attr, *number),
    }
}

/// The value for `--json`: numbers stay numbers, truth becomes true or false.
pub fn json(attr: &Attr, value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Bytes(bytes) => json!(bytes),
        Value::Number(number) => match attr.ty {
            Type::Boolean => json!(*number != 0),
            Type::U64 | Type::Address => json!(*number as u64),
            _ => json!(number),
        },
    }
}

fn number_text(attr: &Attr, number: i64) -> String {
    if let Some((symbol, _)) = symbols(attr.id).iter().find(|(_, value)| *value == number) {
        return format!("{symbol} ({number})");
    }
    match attr.id {
        c::VI_ATTR_RSRC_IMPL_VERSION | c::VI_ATTR_RSRC_SPEC_VERSION => version(number),
        c::VI_ATTR_TCPIP_HISLIP_VERSION => version(number),
        c::VI_ATTR_TMO_VALUE if number == i64::from(c::VI_TMO_INFINITE) => "infinite".to_owned(),
        c::VI_ATTR_TMO_VALUE => format!("{number} ms"),
        c::VI_ATTR_TERMCHAR | c::VI_ATTR_ASRL_REPLACE_CHAR => character(number),
        c::VI_ATTR_ASRL_XON_CHAR | c::VI_ATTR_ASRL_XOFF_CHAR => character(number),
        c::VI_ATTR_RSRC_MANF_ID | c::VI_ATTR_MANF_ID | c::VI_ATTR_MODEL_CODE => hex(number),
        _ if attr.ty == Type::Boolean => (if number == 0 { "no" } else { "yes" }).to_owned(),
        _ if matches!(attr.ty, Type::Address | Type::U64) => hex(number),
        _ => number.to_string(),
    }
}

/// 12 bits major, 12 bits minor, 8 bits sub-minor (VPP-4.3, ViVersion).
fn version(number: i64) -> String {
    format!("{}.{}.{}", number >> 20 & 0xFFF, number >> 8 & 0xFFF, number & 0xFF)
}

fn hex(number: i64) -> String {
    format!("{number:#x}")
}

fn character(number: i64) -> String {
    let name = match number {
        10 => "LF".to_owned(),
        13 => "CR".to_owned(),
        0x21..0x7F => format!("'{}'", char::from(number as u8)),
        _ => return format!("{number:#04x}"),
    };
    format!("{name} ({number:#04x})")
}

/// The standard's names for the values of an attribute.
fn symbols(id: c::ViAttr) -> &'static [(&'static str, i64)] {
    match id {
        c::VI_ATTR_INTF_TYPE => &[
            ("GPIB", c::VI_INTF_GPIB as i64),
            ("VXI", c::VI_INTF_VXI as i64),
            ("GPIB-VXI", c::VI_INTF_GPIB_VXI as i64),
            ("serial", c::VI_INTF_ASRL as i64),
            ("PXI", c::VI_INTF_PXI as i64),
            ("TCPIP", c::VI_INTF_TCPIP as i64),
            ("USB", c::VI_INTF_USB as i64),
        ],
        c::VI_ATTR_RSRC_LOCK_STATE => &[
            ("VI_NO_LOCK", c::VI_NO_LOCK as i64),
            ("VI_EXCLUSIVE_LOCK", c::VI_EXCLUSIVE_LOCK as i64),
            ("VI_SHARED_LOCK", c::VI_SHARED_LOCK as i64),
        ],
        c::VI_ATTR_TRIG_ID => &[("VI_TRIG_SW", c::VI_TRIG_SW as i64)],
        c::VI_ATTR_IO_PROT => &[
            ("VI_PROT_NORMAL", c::VI_PROT_NORMAL as i64),
            ("VI_PROT_FDC", c::VI_PROT_FDC as i64),
            ("VI_PROT_HS488", c::VI_PROT_HS488 as i64),
            ("VI_PROT_4882_STRS", c::VI_PROT_4882_STRS as i64),
            ("VI_PROT_USBTMC_VENDOR", c::VI_PROT_USBTMC_VENDOR as i64),
        ],
        c::VI_ATTR_ASRL_PARITY => &[
            ("none", c::VI_ASRL_PAR_NONE as i64),
            ("odd", c::VI_ASRL_PAR_ODD as i64),
            ("even", c::VI_ASRL_PAR_EVEN as i64),
            ("mark", c::VI_ASRL_PAR_MARK as i64),
            ("space", c::VI_ASRL_PAR_SPACE as i64),
        ],
        c::VI_ATTR_ASRL_STOP_BITS => &[("1", 10), ("1.5", 15), ("2", 20)],
        c::VI_ATTR_ASRL_END_IN | c::VI_ATTR_ASRL_END_OUT => &[
            ("none", c::VI_ASRL_END_NONE as i64),
            ("last bit", c::VI_ASRL_END_LAST_BIT as i64),
            ("termination character", c::VI_ASRL_END_TERMCHAR as i64),
            ("break", c::VI_ASRL_END_BREAK as i64),
        ],
        c::VI_ATTR_RD_BUF_OPER_MODE | c::VI_ATTR_WR_BUF_OPER_MODE => &[
            ("flush on access", c::VI_FLUSH_ON_ACCESS as i64),
            ("flush when full", c::VI_FLUSH_WHEN_FULL as i64),
            ("flush disable", c::VI_FLUSH_DISABLE as i64),
        ],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visa::attr::Accepts;
    use visa::attr::Home;
    use visa::attr::Scope;
    use visa::rsrc::Kinds;

    fn row(id: c::ViAttr, ty: Type) -> Attr {
        Attr {
            id,
            name: "",
            ty,
            accepts: Accepts::ReadOnly,
            default: None,
            home: Home::Library,
            scope: Scope::Global,
            kinds: Kinds::RESOURCE,
        }
    }

    #[test]
    fn only_the_bytes_of_the_type_count() {
        let raw = Raw::from_bytes(&[0xFF, 0xFF, 0x34, 0x12, 0, 0, 0, 0, 9]);
        assert_eq!(value(&raw, Type::I16), Value::Number(-1));
        assert_eq!(value(&raw, Type::U16), Value::Number(0xFFFF));
        assert_eq!(value(&raw, Type::U8), Value::Number(0xFF));
        let raw = Raw::from_bytes(&0xBFFF_0015_u32.to_ne_bytes());
        assert_eq!(value(&raw, Type::I32), Value::Number(i64::from(0xBFFF_0015_u32 as i32)));
    }

    #[test]
    fn strings_end_at_their_nul() {
        let raw = Raw::from_bytes(b"INSTR\0left over");
        assert_eq!(value(&raw, Type::Text), Value::Text("INSTR".into()));
    }

    #[test]
    fn numbers_are_said_in_words() {
        let say = |id, ty, number| text(&row(id, ty), &Value::Number(number));
        assert_eq!(say(c::VI_ATTR_RSRC_SPEC_VERSION, Type::U32, 0x0070_0200), "7.2.0");
        assert_eq!(say(c::VI_ATTR_TMO_VALUE, Type::U32, 2000), "2000 ms");
        assert_eq!(say(c::VI_ATTR_TMO_VALUE, Type::U32, 0xFFFF_FFFF), "infinite");
        assert_eq!(say(c::VI_ATTR_TERMCHAR, Type::U8, 10), "LF (0x0a)");
        assert_eq!(say(c::VI_ATTR_TERMCHAR_EN, Type::Boolean, 1), "yes");
        assert_eq!(say(c::VI_ATTR_INTF_TYPE, Type::U16, 6), "TCPIP (6)");
        assert_eq!(say(c::VI_ATTR_RSRC_LOCK_STATE, Type::U32, 0), "VI_NO_LOCK (0)");
        assert_eq!(say(c::VI_ATTR_TRIG_ID, Type::I16, -1), "VI_TRIG_SW (-1)");
        assert_eq!(say(c::VI_ATTR_TCPIP_HISLIP_VERSION, Type::U32, 0x0010_0000), "1.0.0");
        assert_eq!(say(c::VI_ATTR_INTF_NUM, Type::U16, 0), "0");
    }

    #[test]
    fn json_keeps_types() {
        let number = Value::Number(1);
        assert_eq!(json(&row(c::VI_ATTR_TERMCHAR_EN, Type::Boolean), &number), json!(true));
        assert_eq!(
            json(&row(c::VI_ATTR_USER_DATA, Type::Address), &Value::Number(-1)),
            json!(u64::MAX)
        );
    }
}
