#![forbid(unsafe_code)]
//! How viFindRsrc searches the network: `[find]`.

use std::ffi::OsStr;
use std::time::Duration;

/// The switches of the search, as all files together have them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// Whether the network is searched at all.
    pub lan: bool,
    /// ... by multicast DNS, as LXI instruments and HiSLIP servers announce themselves.
    pub mdns: bool,
    /// ... by asking the portmappers of all neighbours for VXI-11.
    pub vxi11: bool,
    /// The only network interfaces that are searched, by their names; `None`: all there are.
    pub interfaces: Option<Vec<String>>,
    /// Network interfaces that are not searched, even if `interfaces` has them.
    pub not_interfaces: Vec<String>,
    /// How long one viFindRsrc may take at most: 50 ms to 60 s.
    pub bound: Duration,
    /// An answer from the network this young is used again; zero: never. At most one day.
    pub recent: Duration,
    /// Whether an older answer is given at once, and renewed behind it.
    pub background: bool,
}

impl Default for Find {
    fn default() -> Self {
        Self {
            lan: true,
            mdns: true,
            vxi11: true,
            interfaces: None,
            not_interfaces: Vec::new(),
            bound: Duration::from_millis(900),
            recent: Duration::from_secs(3),
            background: false,
        }
    }
}

impl Find {
    /// Whether the network interface of this name is to be searched. Names compare exactly, as the
    /// kernel's do.
    pub fn searches(&self, interface: &str) -> bool {
        let is = |name: &String| name == interface;
        let wanted = self.interfaces.as_ref().is_none_or(|names| names.iter().any(is));
        self.lan && wanted && !self.not_interfaces.iter().any(is)
    }
}

/// What files say of [`Find`]: the keys that stand in them.
#[derive(Clone, Debug, Default)]
pub(super) struct FindKeys {
    pub(super) lan: Option<bool>,
    pub(super) mdns: Option<bool>,
    pub(super) vxi11: Option<bool>,
    pub(super) interfaces: Option<Vec<String>>,
    pub(super) not_interfaces: Option<Vec<String>>,
    pub(super) bound: Option<Duration>,
    pub(super) recent: Option<Duration>,
    pub(super) background: Option<bool>,
}

impl FindKeys {
    /// Ours, and of `weaker` the keys that we do not have.
    pub(super) fn or(self, weaker: Self) -> Self {
        Self {
            lan: self.lan.or(weaker.lan),
            mdns: self.mdns.or(weaker.mdns),
            vxi11: self.vxi11.or(weaker.vxi11),
            interfaces: self.interfaces.or(weaker.interfaces),
            not_interfaces: self.not_interfaces.or(weaker.not_interfaces),
            bound: self.bound.or(weaker.bound),
            recent: self.recent.or(weaker.recent),
            background: self.background.or(weaker.background),
        }
    }

    /// The switches, with the defaults for what is not said.
    pub(super) fn switches(&self) -> Find {
        let usual = Find::default();
        let keys = self.clone();
        Find {
            lan: keys.lan.unwrap_or(usual.lan),
            mdns: keys.mdns.unwrap_or(usual.mdns),
            vxi11: keys.vxi11.unwrap_or(usual.vxi11),
            interfaces: keys.interfaces.or(usual.interfaces),
            not_interfaces: keys.not_interfaces.unwrap_or(usual.not_interfaces),
            bound: keys.bound.unwrap_or(usual.bound),
            recent: keys.recent.unwrap_or(usual.recent),
            background: keys.background.unwrap_or(usual.background),
        }
    }
}

/// Whether a value of the environment variable FERROVISA_LAN_SEARCH keeps the library from
/// searching the network: off, 0, no or false, in any case. Anything else leaves it to the files.
pub(super) fn is_off(value: &OsStr) -> bool {
    let word = value.to_string_lossy();
    ["off", "0", "no", "false"].iter().any(|off| word.trim().eq_ignore_ascii_case(off))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_are_searched_unless_they_are_left_out() {
        let all = Find::default();
        assert!(all.searches("eth0") && all.searches("wlan0"));
        let but_one = Find { not_interfaces: vec!["wlan0".into()], ..Find::default() };
        assert!(but_one.searches("eth0") && !but_one.searches("wlan0"));
        assert!(but_one.searches("wlan01") && but_one.searches("WLAN0"), "names are exact");
        let one = Find { interfaces: Some(vec!["eth0".into()]), ..but_one };
        assert!(one.searches("eth0") && !one.searches("eth1"));
        let both = Find { not_interfaces: vec!["eth0".into()], ..one };
        assert!(!both.searches("eth0"), "left out is left out");
        let none = Find { interfaces: Some(Vec::new()), ..Find::default() };
        assert!(!none.searches("eth0"), "a list without names has none");
        assert!(!Find { lan: false, ..Find::default() }.searches("eth0"));
    }

    #[test]
    fn the_environment_says_no_in_four_ways() {
        for word in ["off", "OFF", "0", "no", "false", " False "] {
            assert!(is_off(OsStr::new(word)), "{word}");
        }
        for word in ["", "on", "1", "yes", "true", "00", "offer"] {
            assert!(!is_off(OsStr::new(word)), "{word}");
        }
    }
}
