#![forbid(unsafe_code)]
//! What must hold for any text that is taken for a name or an expression.

use crate::attr::TABLE;
use crate::attr::Value;
use crate::consts::VI_FIND_BUFLEN;
use crate::rsrc::Address;
use crate::rsrc::Expression;
use crate::rsrc::ResourceName;
use crate::rsrc::alias;
use crate::status::VI_ERROR_INV_EXPR;
use crate::status::VI_ERROR_INV_RSRC_NAME;

/// A name has one canonical form, which parses to the same resource, and its attributes have their
/// types.
pub(crate) fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(name) = alias::resource(&text) {
        assert_eq!(alias::of(&name), Some(text.to_ascii_uppercase()));
    }
    let name = match ResourceName::parse(&text) {
        Ok(name) => name,
        Err(error) => return assert_eq!(error.code, VI_ERROR_INV_RSRC_NAME),
    };
    let canonical = name.canonical();
    assert!(text.len() < VI_FIND_BUFLEN && canonical.len() < VI_FIND_BUFLEN);
    let again = ResourceName::parse(canonical).expect("a canonical name is one");
    assert_eq!(again.canonical(), canonical);
    assert_eq!(again, name);
    assert!(again.same_resource(&name));
    assert_eq!(again.kind(), name.kind());
    assert_eq!(ResourceName::of(&name.address).as_ref(), Ok(&name));
    // Names compare without regard to case, but for devices of the system.
    let is_device = matches!(
        name.address,
        Address::AsrlPath { .. } | Address::PrologixAsrl { .. } | Address::Remote { .. }
    );
    let upper = ResourceName::parse(&text.to_ascii_uppercase());
    assert!(is_device || upper.is_ok_and(|upper| upper.same_resource(&name)), "{canonical}");
    for row in TABLE {
        if let Some(value) = name.attribute(row.id) {
            assert_eq!(matches!(value, Value::Text(_)), row.ty.width().is_none(), "{}", row.name);
        }
    }
}

/// An expression, and behind a line feed a name: it is refused with its status, or answers; and what
/// stands in parentheses means what it means without.
pub(crate) fn expressions(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (expression, name) = text.split_once('\n').unwrap_or((&text, "GPIB0::1::INSTR"));
    let parsed = match Expression::parse(expression) {
        Ok(parsed) => parsed,
        Err(error) => return assert_eq!(error.code, VI_ERROR_INV_EXPR),
    };
    let found = parsed.matches_name(name);
    assert_eq!(parsed.matches_name(&name.to_ascii_lowercase()), found, "case does not count");
    if !parsed.has_condition() {
        for other in [format!("({expression})"), format!("{expression}|{expression}")] {
            if let Ok(same) = Expression::parse(&other) {
                assert_eq!(same.matches_name(name), found, "{other}");
            }
        }
        if let Ok(twice) = Expression::parse(&format!("({expression})({expression})")) {
            assert!(!found || twice.matches_name(&format!("{name}{name}")), "{expression} twice");
        }
    }
    for value in [None, Some(Value::Number(1)), Some("1".into())] {
        parsed.condition_holds(&|_| value.clone());
    }
    if let Ok(name) = ResourceName::parse(name) {
        let matches = parsed.matches(&name);
        assert!(!matches || parsed.matches_name(name.canonical()));
    }
}
