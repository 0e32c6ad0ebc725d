#![forbid(unsafe_code)]
//! What is right is used, what is wrong is told, and nothing more.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use crate::config::BoardPlace;
use crate::config::Config;
use crate::config::Find;
use crate::config::files::Candidate;
use crate::config::files::LARGEST;
use crate::config::files::candidates;
use crate::config::files::read;
use crate::config::files::read_all;
use crate::config::parse::parse;
use crate::rsrc::ResourceName;

fn of(text: &str) -> Config {
    let mut config = parse(Path::new("c.toml"), text.as_bytes());
    config.settle();
    config
}

fn names(config: &Config) -> Vec<&str> {
    config.resources().iter().map(ResourceName::canonical).collect()
}

fn problems(config: &Config) -> Vec<String> {
    config.problems().iter().map(ToString::to_string).collect()
}

fn target<'a>(config: &'a Config, word: &str) -> Option<&'a str> {
    config.alias(word).map(|(_, name)| name.canonical())
}

#[test]
fn resources_and_aliases() {
    let config = of("resources = ['TCPIP::1.2.3.4::5025::SOCKET', 'gpib::5::instr']\n\
                     [aliases]\n\"my scope\" = 'TCPIP::1.2.3.4::INSTR'\n");
    assert_eq!(names(&config), ["TCPIP0::1.2.3.4::5025::SOCKET", "GPIB0::5::INSTR"]);
    assert_eq!(target(&config, "my scope"), Some("TCPIP0::1.2.3.4::inst0::INSTR"));
    let name = ResourceName::parse("tcpip0::1.2.3.4::INST0::instr").unwrap();
    assert_eq!(config.alias_of(&name), Some("my scope"));
    assert_eq!(problems(&config), [""; 0]);
}

/// Compared without regard to case; shown as configured.
#[test]
fn case_of_aliases_does_not_count() {
    let config = of("[aliases]\nScope = 'GPIB::5'\nSCOPE = 'GPIB::6'\nscope = 'GPIB::7'\n");
    let name = ResourceName::parse("GPIB::5").unwrap();
    assert_eq!(config.alias("sCOPE"), Some(("Scope", &name)), "the first one counts");
    assert_eq!(
        problems(&config),
        [
            r#"c.toml:3: alias "SCOPE" is the same as "Scope""#,
            r#"c.toml:4: alias "scope" is the same as "Scope""#
        ]
    );
}

#[test]
fn an_alias_that_is_a_name_is_refused() {
    let config = of("[aliases]\n'GPIB0::1::INSTR' = 'GPIB0::2::INSTR'\n'' = 'GPIB::3'\n");
    assert_eq!(target(&config, "GPIB0::1::INSTR"), None);
    assert_eq!(target(&config, ""), None);
    assert_eq!(config.problems().len(), 2);
}

/// The first alias in the file is the one that a resource shows, whatever the alphabet says.
#[test]
fn several_aliases_of_one_resource() {
    let config = of("[aliases]\nzeta = 'GPIB::5'\nalpha = 'GPIB0::5::INSTR'\n");
    assert_eq!(config.alias_of(&ResourceName::parse("GPIB::5").unwrap()), Some("zeta"));
    assert_eq!(target(&config, "alpha"), Some("GPIB0::5::INSTR"));
}

#[test]
fn a_wrong_entry_costs_only_itself() {
    let config = of("resources = [\n  'GPIB::1',\n  'NO SUCH',\n  7,\n  'gpib0::1::INSTR',\n\
                     \x20 'GPIB::2',\n]\ncolour = 'red'\n\
                     [aliases]\na = 'nonsense'\nb = 'GPIB::1'\nc = ['GPIB::1']\n");
    assert_eq!(names(&config), ["GPIB0::1::INSTR", "GPIB0::2::INSTR"], "each once");
    assert_eq!(target(&config, "b"), Some("GPIB0::1::INSTR"));
    assert_eq!(target(&config, "a"), None);
    let lines: Vec<_> = config.problems().iter().map(|problem| problem.line.unwrap()).collect();
    assert_eq!(lines, [3, 4, 8, 10, 12]);
}

#[test]
fn sections_of_the_wrong_type_are_told() {
    let config = of("resources = 'GPIB::1'\naliases = 3\n");
    assert_eq!(names(&config), [""; 0]);
    assert_eq!(config.problems().len(), 2);
}

/// A line that is no TOML: those before and after it count.
#[test]
fn a_line_that_is_no_toml_costs_only_itself() {
    let config = of("resources = ['GPIB::1']\n[aliases]\na = 'GPIB::1'\nb = = 'x\nc = 'GPIB::3'\n");
    assert_eq!(names(&config), ["GPIB0::1::INSTR"]);
    assert_eq!(target(&config, "a"), Some("GPIB0::1::INSTR"));
    assert_eq!(target(&config, "c"), Some("GPIB0::3::INSTR"));
    assert!(config.problems().iter().all(|problem| problem.line == Some(4)), "{config:?}");
    assert!(!config.problems().is_empty());
}

#[test]
fn bytes_that_are_no_text_cost_their_entry() {
    let mut config = parse(Path::new("c"), b"resources = ['GPIB::1',\n'GPIB::\xFF', 'GPIB::2']\n");
    config.settle();
    assert_eq!(names(&config), ["GPIB0::1::INSTR", "GPIB0::2::INSTR"]);
    assert_eq!(problems(&config)[0], "c:2: not UTF-8");
}

/// All that a file can have.
const ALL: &str = "resources = ['GPIB::1']\naliases.a = 'GPIB::1'\n[serial]\n1 = '/dev/a'\n\
                   [gpib]\n0 = 'libgpib:1'\n[find]\nlan = true\nbound_ms = 50\n\
                   interfaces = ['eth0']\n[defaults.a]\ntimeout = 5\ntermination = \"\\n\"\n\
                   [defaults.'ASRL?*']\nstop_bits = 1.5\nVI_ATTR_ASRL_PARITY = 'VI_ASRL_PAR_ODD'\n";

/// Any bytes: no panic, and no more problems than anybody reads.
#[test]
fn no_bytes_do_harm() {
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    let alphabet = b"[]{}='\"#\n, \\.a0\xFF\xC3\0-_raliseou";
    for length in (0..200).chain([5_000]) {
        let bytes: Vec<u8> = (0..length)
            .map(|_| {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                alphabet[(seed % alphabet.len() as u64) as usize]
            })
            .collect();
        assert!(parse(Path::new("c"), &bytes).problems().len() <= 100);
        // A file of all sections, damaged in some places.
        let mut damaged = ALL.as_bytes().to_vec();
        for byte in bytes.iter().take(5) {
            let at = (seed % damaged.len() as u64) as usize;
            damaged[at] = *byte;
            seed = seed.rotate_left(7) ^ u64::from(*byte);
        }
        let mut config = parse(Path::new("c"), &damaged);
        config.settle();
        config.defaults(&ResourceName::parse("ASRL1").unwrap(), true);
        assert!(config.problems().len() <= 200);
    }
    assert_eq!(problems(&of(ALL)), [""; 0]);
    assert!(!of(&"[".repeat(100_000)).problems().is_empty());
    assert!(!of(&format!("resources = {}", "[".repeat(100_000))).problems().is_empty());
}

/// The user's file wins over the system's; both say something.
#[test]
fn the_stronger_file_wins() {
    let mut user = of("resources = ['GPIB::1', 'GPIB::2']\n[aliases]\nscope = 'GPIB::1'\n");
    user.merge(of("resources = ['gpib0::2::instr', 'GPIB::3']\nx = 1\n\
                   [aliases]\nSCOPE = 'GPIB::3'\nmeter = 'GPIB::3'\n"));
    assert_eq!(names(&user), ["GPIB0::1::INSTR", "GPIB0::2::INSTR", "GPIB0::3::INSTR"]);
    assert_eq!(target(&user, "Scope"), Some("GPIB0::1::INSTR"));
    assert_eq!(target(&user, "meter"), Some("GPIB0::3::INSTR"));
    assert_eq!(user.problems().len(), 1);
}

#[test]
fn where_the_files_are() {
    let paths = |set: &[(&str, &str)]| -> Vec<String> {
        let value = |name: &str| set.iter().find(|(known, _)| *known == name);
        let found = candidates(|name| value(name).map(|(_, text)| OsString::from(text)));
        found.iter().map(|candidate| candidate.path.display().to_string()).collect()
    };
    let system = "/etc/ferrovisa/config.toml";
    assert_eq!(paths(&[]), [system], "no home is no harm");
    assert_eq!(paths(&[("HOME", "/h")]), ["/h/.config/ferrovisa/config.toml", system]);
    let xdg = [("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")];
    assert_eq!(paths(&xdg), ["/x/ferrovisa/config.toml", system]);
    let relative = [("HOME", "/h"), ("XDG_CONFIG_HOME", "x"), ("FERROVISA_CONFIG", "")];
    assert_eq!(paths(&relative), ["/h/.config/ferrovisa/config.toml", system]);
    assert_eq!(paths(&[("HOME", "/h"), ("FERROVISA_CONFIG", "f.toml")]), ["f.toml", system]);
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let folder = std::env::temp_dir().join(format!("ferrovisa-config-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let says = |path: PathBuf, wanted| read(&Candidate { path, wanted });
    let huge = folder.join("huge.toml");
    let text = |length: u64| "#".repeat(length as usize - 1) + "\n";
    fs::write(&huge, text(LARGEST)).unwrap();
    assert_eq!(problems(&says(huge.clone(), true)), [""; 0]);
    fs::write(&huge, text(LARGEST + 1)).unwrap();
    assert!(problems(&says(huge, true))[0].ends_with("huge.toml: not read: larger than 1 MiB"));
    assert!(problems(&says(folder.clone(), false))[0].ends_with(": not read: not a file"));
    assert_eq!(says(folder.join("none"), true).problems().len(), 1, "asked for and missing");
    assert_eq!(says(folder.join("none"), false).problems().len(), 0);
    assert_eq!(says("/dev/null".into(), true).problems().len(), 0);
    fs::remove_dir_all(folder).unwrap();
}

/// Numbers that are none, paths that are none, and a port that has a number already cost only
/// themselves.
#[test]
fn serial_ports_with_fixed_numbers() {
    let config = of("[serial]\n5 = '/dev/serial/by-id/usb-A'\n0 = '/dev/ttyS0'\n\
                     05 = '/dev/b'\n-1 = '/dev/c'\n65536 = '/dev/d'\nx = '/dev/e'\n\
                     6 = 'ttyS1'\n7 = 7\n8 = '/dev/ttyS0'\n");
    let ports: Vec<_> = config.serial().iter().map(|(n, path)| (*n, path.to_str())).collect();
    assert_eq!(ports, [(5, Some("/dev/serial/by-id/usb-A")), (0, Some("/dev/ttyS0"))]);
    let lines: Vec<_> = config.problems().iter().map(|problem| problem.line.unwrap()).collect();
    assert_eq!(lines, [4, 5, 6, 7, 8, 9, 10]);
    assert_eq!(of("serial = 3\n").problems().len(), 1);
    assert!(!config.hides_ports() && !of("[serial]\nfind = true\n").hides_ports());
    let hidden = of("[serial]\nfind = false\n1 = '/dev/a'\n");
    assert!(hidden.hides_ports() && hidden.problems().is_empty());
    assert_eq!(of("[serial]\nfind = 'no'\n").problems().len(), 1);
    let mut user = of("[serial]\n1 = '/dev/a'\n2 = '/dev/b'\n");
    user.merge(of("[serial]\n1 = '/dev/c'\n3 = '/dev/b'\n4 = '/dev/d'\n"));
    let numbers: Vec<_> = user.serial().iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [1, 2, 4], "the user's file wins, by number and by device");
}

/// What is behind GPIBn. A word that is no place, a number that is none and a place that has a
/// number already cost only themselves.
#[test]
fn boards_with_fixed_numbers() {
    let config = of("[gpib]\n0 = 'libgpib'\n1 = 'libgpib:7'\n2 = '/dev/gpib0'\n\
                     3 = 'libgpib:x'\n4 = 'gpib'\n5 = 5\n06 = 'libgpib'\n\
                     7 = 'libgpib'\n8 = 'libgpib:'\n");
    let library = |index| BoardPlace::Library { index };
    let device = BoardPlace::Device("/dev/gpib0".into());
    assert_eq!(config.gpib(), [(0, library(0)), (1, library(7)), (2, device)]);
    let lines: Vec<_> = config.problems().iter().map(|problem| problem.line.unwrap()).collect();
    assert_eq!(lines, [5, 6, 7, 8, 9, 10], "7 is the same place as 1");
    assert_eq!(of("gpib = 3\n").problems().len(), 1);
    let mut user = of("[gpib]\n0 = 'libgpib'\n");
    user.merge(of("[gpib]\n0 = '/dev/gpib0'\n1 = 'libgpib:0'\n2 = '/dev/gpib1'\n"));
    let numbers: Vec<_> = user.gpib().iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [0, 2], "the user's file wins, by number and by place");
}

/// Keys that are wrong cost only themselves, and the user's file wins key by key.
#[test]
fn switches_of_the_search() {
    assert_eq!(of("").find(), &Find::default());
    let all = of(
        "[find]\nlan = false\nmdns = false\nvxi11 = false\ninterfaces = ['eth0', 'eth1']\n\
                  not_interfaces = ['wlan0']\nbound_ms = 60_000\nrecent_s = 0\nbackground = true\n",
    );
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let wanted = Find {
        lan: false,
        mdns: false,
        vxi11: false,
        interfaces: Some(names(&["eth0", "eth1"])),
        not_interfaces: names(&["wlan0"]),
        bound: Duration::from_millis(60_000),
        recent: Duration::ZERO,
        background: true,
    };
    assert_eq!((all.find(), &problems(&all)[..]), (&wanted, &[] as &[String]));
    let wrong = of("[find]\nlan = 1\nmdns = 'no'\nvxi11 = []\ninterfaces = 'eth0'\n\
                    not_interfaces = ['a', 7, '', 'b']\nbound_ms = 49\nrecent_s = -1\n\
                    background = 0\ncolour = 1\n");
    let usual = Find { not_interfaces: names(&["a", "b"]), ..Find::default() };
    assert_eq!(wrong.find(), &usual);
    let lines: Vec<_> = wrong.problems().iter().map(|problem| problem.line.unwrap()).collect();
    assert_eq!(lines, [2, 3, 4, 5, 6, 6, 7, 8, 9, 10]);
    assert_eq!(of("[find]\nbound_ms = 60_001\n").problems().len(), 1);
    assert_eq!(of("[find]\nbound_ms = 50\n").find().bound, Duration::from_millis(50));
    assert_eq!(of("[find]\nrecent_s = 0x10\n").find().recent, Duration::from_secs(16));
    assert_eq!(of("find = 3\n").problems().len(), 1);

    let mut user = of("[find]\nlan = true\nbound_ms = 100\n");
    user.merge(of("[find]\nlan = false\nbound_ms = 200\nmdns = false\ninterfaces = ['x']\n"));
    let both = Find {
        mdns: false,
        interfaces: Some(names(&["x"])),
        bound: Duration::from_millis(100),
        ..Find::default()
    };
    assert_eq!(user.find(), &both);
}

#[test]
fn the_environment_keeps_from_the_network_whatever_the_files_say() {
    let file = std::env::temp_dir().join(format!("ferrovisa-lan-{}.toml", std::process::id()));
    fs::write(&file, "[find]\nlan = true\nmdns = false\n").unwrap();
    let files = [Candidate { path: file.clone(), wanted: true }];
    let lan_and_mdns = |off| {
        let config = read_all(files.iter(), off);
        (config.find().lan, config.find().mdns)
    };
    assert_eq!((lan_and_mdns(false), lan_and_mdns(true)), ((true, false), (false, false)));
    assert!(!read_all([].iter(), true).find().searches("eth0"), "without a file too");
    fs::remove_file(file).unwrap();
}

/// What is no number of microseconds, or too many, costs only itself.
#[test]
fn spinning_is_off_unless_asked_for() {
    assert_eq!(of("").spin_us(), 0);
    let config = of("[io]\nspin_us = 50\n");
    assert_eq!((config.spin_us(), config.problems().len()), (50, 0));
    for wrong in ["1001", "-1", "'50'", "5.0", "true"] {
        let config = of(&format!("[io]\nspin_us = {wrong}\n"));
        assert_eq!((config.spin_us(), config.problems().len()), (0, 1), "{wrong}");
    }
    assert_eq!(of("[io]\nspin = 50\n").problems().len(), 1);
    assert_eq!(of("io = 50\n").problems().len(), 1);
    let mut user = of("[io]\nspin_us = 0\n");
    user.merge(of("[io]\nspin_us = 9\n"));
    assert_eq!(user.spin_us(), 0, "the user's file wins");
    let mut user = of("");
    user.merge(of("[io]\nspin_us = 9\n"));
    assert_eq!(user.spin_us(), 9);
}
