#![forbid(unsafe_code)]
//! Aliases that need no configuration: COMn is ASRLn, as with other VISA libraries. A configured
//! alias comes before them.

use crate::rsrc::Address;
use crate::rsrc::ResourceName;

/// The resource that `word` stands for without any configuration.
pub fn resource(word: &str) -> Option<ResourceName> {
    let (prefix, digits) = word.split_at_checked(3)?;
    // Not a number with a sign, and not 01.
    let board: u16 = digits.parse().ok().filter(|number: &u16| number.to_string() == digits)?;
    let is_com = prefix.eq_ignore_ascii_case("COM") && board > 0;
    is_com.then(|| ResourceName::of(&Address::Asrl { board }).ok()).flatten()
}

/// The alias that a resource has without any configuration.
pub fn of(name: &ResourceName) -> Option<String> {
    match name.address {
        Address::Asrl { board } if board > 0 => Some(format!("COM{board}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn com_ports_are_serial_ports_and_nothing_else_is() {
        let named = |word| resource(word).map(|name| name.canonical().to_owned());
        assert_eq!(named("COM3").as_deref(), Some("ASRL3::INSTR"));
        assert_eq!(named("com12").as_deref(), Some("ASRL12::INSTR"));
        for other in ["COM", "COM0", "COM01", "COM+1", "COM65536", "LPT1", "CO\u{e9}1", "C", ""] {
            assert_eq!(named(other), None, "{other}");
        }
        let of = |text| of(&ResourceName::parse(text).unwrap());
        assert_eq!(of("asrl3").as_deref(), Some("COM3"));
        assert_eq!(of("ASRL/dev/ttyS0::INSTR"), None);
        assert_eq!(of("GPIB::3"), None);
    }
}
