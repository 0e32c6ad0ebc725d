#![forbid(unsafe_code)]
//! Who is set to what, in which order, and what is told of mistakes.

use std::path::Path;

use crate::config::Config;
use crate::config::parse::parse;
use crate::rsrc::ResourceName;

const SERIAL: &str = "ASRL1::INSTR";
const SOCKET: &str = "TCPIP::h::5025::SOCKET";

fn of_files(texts: &[(&str, &str)]) -> Config {
    let mut config = Config::default();
    for (file, text) in texts {
        config.merge(parse(Path::new(file), text.as_bytes()));
    }
    config.settle();
    config
}

fn of(text: &str) -> Config {
    of_files(&[("c", text)])
}

/// What is set, without the prefix that all names have.
fn set(config: &Config, name: &str, asked: bool) -> Vec<(&'static str, i64)> {
    let name = ResourceName::parse(name).unwrap();
    let set = config.defaults(&name, asked).into_iter();
    set.map(|(row, value)| (row.name.strip_prefix("VI_ATTR_").unwrap(), value)).collect()
}

fn problems(config: &Config) -> Vec<String> {
    config.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn words_mean_attributes() {
    let config =
        of("[defaults.'ASRL1']\nflow_control = 'rts_cts'\nstop_bits = 1.5\nparity = 'even'\n\
                     data_bits = 5\nbaud = 115_200\ntermination = \"\\r\"\ntimeout = 5000\n");
    let wanted = [
        ("TERMCHAR", 13),
        ("TMO_VALUE", 5000),
        ("ASRL_BAUD", 115_200),
        ("ASRL_DATA_BITS", 5),
        ("ASRL_PARITY", 2),
        ("ASRL_STOP_BITS", 15),
        ("ASRL_FLOW_CNTRL", 2),
        ("TERMCHAR_EN", 1),
    ];
    assert_eq!(set(&config, SERIAL, true), wanted, "data bits before stop bits");
    assert_eq!(problems(&config), [""; 0]);
    let other =
        of("[defaults.'ASRL1']\ntimeout = 'infinite'\ntermination = false\nstop_bits = 2\n");
    let wanted = [("TMO_VALUE", 0xFFFF_FFFF), ("ASRL_STOP_BITS", 20), ("TERMCHAR_EN", 0)];
    assert_eq!(set(&other, SERIAL, true), wanted);
}

#[test]
fn any_attribute_that_can_be_written_is_set_by_its_own_name() {
    let config = of("[defaults.'ASRL1']\nVI_ATTR_ASRL_END_IN = 'VI_ASRL_END_NONE'\n\
                     VI_ATTR_SEND_END_EN = false\nVI_ATTR_USER_DATA = 7\nVI_KTATTR_LOCKWAIT = 1\n");
    let name = ResourceName::parse(SERIAL).unwrap();
    let set: Vec<_> =
        config.defaults(&name, true).iter().map(|(row, value)| (row.name, *value)).collect();
    let wanted = [
        ("VI_ATTR_USER_DATA_64", 7),
        ("VI_ATTR_SEND_END_EN", 0),
        ("VI_ATTR_ASRL_END_IN", 0),
        ("VI_KTATTR_LOCKWAIT", 1),
    ];
    assert_eq!(set, wanted);
    assert_eq!(problems(&config), [""; 0]);
}

/// What others depend on goes before them, whatever its number.
#[test]
fn the_alternate_setting_goes_before_its_pipes_and_the_cable_before_hs488() {
    let usb = of("[defaults.'USB::1::2::3::RAW']\nVI_ATTR_USB_BULK_OUT_PIPE = 2\n\
                  VI_ATTR_USB_ALT_SETTING = 1\n");
    let first = |set: Vec<(&'static str, i64)>| set[0].0;
    assert_eq!(first(set(&usb, "USB::1::2::3::RAW", true)), "USB_ALT_SETTING");
    let gpib = of("[defaults.'GPIB::INTFC']\nVI_ATTR_IO_PROT = 'VI_PROT_HS488'\n\
                   VI_ATTR_GPIB_HS488_CBL_LEN = 3\n");
    assert_eq!(first(set(&gpib, "GPIB::INTFC", true)), "GPIB_HS488_CBL_LEN");
}

#[test]
fn without_being_asked_only_what_is_always_set() {
    let config = of("[defaults.'?*']\ntimeout = 1\nalways = true\n\
                     [defaults.'ASRL1']\ntimeout = 2\nbaud = 300\n");
    assert_eq!(set(&config, SERIAL, false), [("TMO_VALUE", 1)]);
    assert_eq!(set(&config, SERIAL, true), [("TMO_VALUE", 2), ("ASRL_BAUD", 300)]);
    assert_eq!(set(&of("[defaults.'?*']\ntimeout = 1\nalways = false\n"), SERIAL, false), []);
    assert_eq!(set(&Config::default(), SERIAL, true), []);
}

/// Each attribute by itself: a name before an expression, a longer expression before a shorter
/// one, the user's file before the system's, what stands first before what follows.
#[test]
fn the_most_particular_section_wins() {
    let user = "[defaults.'ASRL?*']\ntimeout = 3\nbaud = 3\n[defaults.'?*']\ntimeout = 4\n\
                VI_ATTR_SEND_END_EN = false\n";
    let system = "[defaults.asrl1]\ntimeout = 1\n[defaults.'?*INSTR']\nbaud = 2\n\
                  VI_ATTR_ASRL_DATA_BITS = 7\n[defaults.'A?*']\nVI_ATTR_ASRL_DATA_BITS = 6\n\
                  [defaults.'?+']\nVI_ATTR_SEND_END_EN = true\n";
    let config = of_files(&[("user", user), ("system", system)]);
    assert_eq!(problems(&config), [""; 0]);
    // ?*INSTR is longer than ASRL?*, and ?* comes before ?+ of the other file.
    let wanted = [("SEND_END_EN", 0), ("TMO_VALUE", 1), ("ASRL_BAUD", 2), ("ASRL_DATA_BITS", 7)];
    assert_eq!(set(&config, SERIAL, true), wanted);
    let twice = of_files(&[
        ("user", "[defaults.ASRL1]\nbaud = 1\n"),
        ("system", "[defaults.'asrl1::instr']\nbaud = 2\ndata_bits = 7\n"),
    ]);
    assert_eq!(set(&twice, SERIAL, true), [("ASRL_BAUD", 1), ("ASRL_DATA_BITS", 7)]);
}

/// An expression's settings reach those that have them.
#[test]
fn an_expression_sets_what_each_of_its_resources_has() {
    let config =
        of("[defaults.'?*']\nbaud = 300\ntimeout = 7\nVI_ATTR_IO_PROT = 'VI_PROT_HS488'\n");
    assert_eq!(problems(&config), [""; 0]);
    assert_eq!(set(&config, SERIAL, true), [("TMO_VALUE", 7), ("ASRL_BAUD", 300)]);
    assert_eq!(set(&config, SOCKET, true), [("TMO_VALUE", 7)]);
    assert_eq!(set(&config, "GPIB::5", true), [("TMO_VALUE", 7), ("IO_PROT", 3)]);
    let some = of("[defaults.'TCPIP?*{VI_ATTR_TCPIP_PORT==5025}']\ntimeout = 1\n");
    assert_eq!(set(&some, SOCKET, true), [("TMO_VALUE", 1)]);
    assert_eq!(set(&some, "TCPIP::h::5026::SOCKET", true), []);
}

/// An alias may be told by the other file; COMn is one without any file.
#[test]
fn a_section_may_be_called_by_an_alias() {
    let alias = "[aliases]\nscope = 'TCPIP::h::5025::SOCKET'\n";
    let config = of_files(&[("user", "[defaults.Scope]\ntimeout = 9\n"), ("system", alias)]);
    assert_eq!(set(&config, SOCKET, true), [("TMO_VALUE", 9)]);
    assert_eq!(problems(&config), [""; 0]);
    assert_eq!(set(&of("[defaults.COM1]\nbaud = 300\n"), SERIAL, true), [("ASRL_BAUD", 300)]);
}

#[test]
fn mistakes_cost_only_themselves_and_are_told_with_their_line() {
    let config = of("[defaults]\nASRL1 = 3\n[defaults.scpe]\ntimeout = 1\n[defaults.'(?*']\n\
                     [defaults.'TCPIP::h::5025::SOCKET']\nbaud = 300\ncolour = 1\n\
                     VI_ATTR_NONE = 1\nVI_ATTR_TCPIP_PORT = 1\ntimeout = -1\n\
                     termination = \"\\r\\n\"\nalways = 1\nVI_ATTR_TMO_VALUE = 8\n\
                     VI_ATTR_SEND_END_EN = 'VI_FALSE'\nVI_ATTR_TERMCHAR = []\n\
                     VI_ATTR_TCPIP_KEEPALIVE = true\n");
    assert_eq!(set(&config, SOCKET, true), [("TCPIP_KEEPALIVE", 1)]);
    let wanted = [
        "c:2: not a table of settings",
        "c:3: \"scpe\" is no resource name, alias or search expression",
        "c:5: no search expression: \"(?*\" (",
        "c:7: TCPIP SOCKET has no VI_ATTR_ASRL_BAUD",
        "c:8: there is no setting or attribute \"colour\"",
        "c:9: there is no setting or attribute \"VI_ATTR_NONE\"",
        "c:10: VI_ATTR_TCPIP_PORT is read-only",
        "c:11: VI_ATTR_TMO_VALUE is a number from 0 to 4294967295, or one of \"VI_TMO_IMMEDIATE\"",
        "c:12: termination is one character in quotes, or false",
        "c:13: always is true or false",
        "c:14: VI_ATTR_TMO_VALUE is set already",
        "c:15: VI_ATTR_SEND_END_EN is true or false",
        "c:16: VI_ATTR_TERMCHAR is a number, true, false or a constant's name in quotes",
    ];
    let told = problems(&config);
    assert_eq!(told.len(), wanted.len(), "{told:#?}");
    for (told, wanted) in told.iter().zip(wanted) {
        assert!(told.starts_with(wanted), "{told} is not {wanted}");
    }
    assert_eq!(problems(&of("defaults = 1\n")), ["c:1: defaults is not a table"]);
}

/// For an expression a mistake is what fits no resource at all.
#[test]
fn an_expression_may_speak_of_some_but_not_of_none() {
    let config = of("[defaults.'?*']\nVI_ATTR_INTF_TYPE = 1\ndata_bits = 9\n\
                     VI_ATTR_JOB_ID = 1\nVI_ATTR_GPIB_PRIMARY_ADDR = 3\n");
    let wanted = [
        "c:2: VI_ATTR_INTF_TYPE is read-only",
        "c:3: VI_ATTR_ASRL_DATA_BITS is a number from 5 to 8",
        "c:4: a resource has no VI_ATTR_JOB_ID",
    ];
    assert_eq!(problems(&config), wanted, "a board's own address can be written");
}

/// A megabyte of nonsense is read in no time, and of its mistakes no more are kept than anybody reads.
#[test]
fn no_file_makes_a_program_wait() {
    let many: String = (0..30_000).map(|n| format!("[defaults.a{n}]\ntimeout = 'x'\n")).collect();
    let config = of(&many);
    assert!((100..=200).contains(&config.problems().len()));
    let wide: String = (0..40_000).map(|n| format!("VI_ATTR_X{n} = 1\n")).collect();
    assert_eq!(of(&format!("[defaults.'?*']\n{wide}")).problems().len(), 100);
}
