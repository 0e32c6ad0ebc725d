#![forbid(unsafe_code)]
//! Files as NI-VISA, people and spreadsheets write them, and what becomes of their lines.

use super::*;

/// Nobody's file, so that what this machine has configured does not count.
const PATH: &str = "/nowhere/config.toml";

const VISACONF: &str = "\
[VISA-CONFIG]
UnloadPassports=0
MaxNumResources=64

[ALIASES]
Alias0=\"'scope','TCPIP0::192.0.2.29::INSTR'\"
Alias1=\"'/dev/ttyUSB0','ASRL8::INSTR'\"
Alias2=\"'mine','GPIB0::9::INSTR'\"
Alias3=\"'odd','nothing'\"
Alias4=broken
NumAliases=5

[TCPIP-RSRCS]
SynchronizeAllSocket=0
SynchronizeAllVxi11=1
NumOfResources=3
Name0=\"TCPIP0::192.0.2.29::INSTR\"
Enabled0=1
Static0=1
Name1=\"TCPIP0::192.0.2.30::5025::SOCKET\"
Enabled1=0
Static1=1
Name2=\"TCPIP0::192.0.2.31::INSTR\"
Enabled2=1
Static2=1
Colour2=red
Extra

[ASRL-RSRC-ALIAS]
Name0=\"ASRL1::INSTR\"
Enabled0=1
Static0=0
SystemName0=\"/dev/ttyS0\"
BaudRate0=9600
Parity0=0
StopBits0=10
DataBits0=8
FlowCtrl0=0
Name1=\"ASRL8::INSTR\"
Enabled1=1
Static1=0
SystemName1=\"/dev/ttyUSB0\"
BaudRate1=115200
Parity1=2
StopBits1=15
DataBits1=7
FlowCtrl1=9
Name2=\"ASRL9::INSTR\"
SystemName2=\"COM9\"
NumOfResources=3
";

const OURS: &str = "\
# ours
resources = ['TCPIP::192.0.2.31']

[aliases]
MINE = 'GPIB0::1::INSTR' # the meter
";

fn imported(text: &str, foreign: &str) -> (String, Vec<String>) {
    let lines = understood(foreign);
    let (new, outcomes) = apply(Path::new(PATH), text, &lines).unwrap();
    let told = lines.iter().zip(outcomes);
    (
        new,
        told.map(|(line, outcome)| format!("{}: {}: {outcome}", line.number, line.text)).collect(),
    )
}

#[test]
fn what_ni_visa_has_is_taken_over_and_every_line_is_told() {
    let (new, told) = imported(OURS, VISACONF);
    let wanted = [
        "1: [VISA-CONFIG]: skipped: 2 lines of NI-VISA's own",
        "6: scope = TCPIP0::192.0.2.29::INSTR: imported",
        "7: /dev/ttyUSB0 = ASRL8::INSTR: imported",
        "8: mine = GPIB0::9::INSTR: conflict: mine stays GPIB0::1::INSTR",
        "9: odd = nothing: not understood: no resource's name: \"nothing\"",
        "10: Alias=broken: not understood: no alias",
        "17: TCPIP0::192.0.2.29::INSTR: imported",
        "20: TCPIP0::192.0.2.30::5025::SOCKET: skipped: disabled there",
        "23: TCPIP0::192.0.2.31::INSTR: already there",
        "26: Colour=red: not understood: no key of this section",
        "27: Extra: not understood: not a key and a value",
        "30: ASRL1::INSTR = /dev/ttyS0: imported",
        "39: ASRL8::INSTR = /dev/ttyUSB0: imported",
        "43: ASRL8::INSTR: BaudRate=115200: imported",
        "44: ASRL8::INSTR: Parity=2: imported",
        "45: ASRL8::INSTR: StopBits=15: imported",
        "46: ASRL8::INSTR: DataBits=7: imported",
        "47: ASRL8::INSTR: FlowCtrl=9: not understood: no flow_control of ours",
        "48: ASRL9::INSTR = COM9: not understood: no device's path: \"COM9\"",
    ];
    assert_eq!(told, wanted);
    let wanted = "\
# ours
resources = ['TCPIP::192.0.2.31', \"TCPIP0::192.0.2.29::INSTR\"]

[aliases]
MINE = 'GPIB0::1::INSTR' # the meter
scope = \"TCPIP0::192.0.2.29::INSTR\"
\"/dev/ttyUSB0\" = \"ASRL8::INSTR\"

[serial]
1 = \"/dev/ttyS0\"
8 = \"/dev/ttyUSB0\"

[defaults.\"ASRL8::INSTR\"]
baud = 115200
parity = \"even\"
stop_bits = 1.5
data_bits = 7
";
    assert_eq!(new, wanted);
    let config = config::load_with(Path::new(PATH), new.as_bytes());
    assert_eq!(config.problems(), []);
}

/// Once more changes nothing, and says so.
#[test]
fn a_second_import_finds_all_there() {
    let (once, _) = imported(OURS, VISACONF);
    let (twice, told) = imported(&once, VISACONF);
    assert_eq!(once, twice);
    assert!(told.iter().all(|line| !line.ends_with(": imported")), "{told:#?}");
    assert_eq!(told.iter().filter(|line| line.ends_with(": already there")).count(), 10);
}

#[test]
fn lists_in_all_spellings() {
    let (new, told) = imported(
        "",
        "\u{feff}# bench 3\r\nscope = TCPIP::192.0.2.1::INSTR\r\nmeter,GPIB0::5::INSTR\n\
         \"GPIB0::6::INSTR\";\"my, psu\"\nload\tASRL1::INSTR\n\n; more\nTCPIP::192.0.2.2::5025::SOCKET\n\
         Alias,Resource\na,GPIB0::7::INSTR,comment\nGPIB0::1::INSTR,GPIB0::2::INSTR\nSCOPE = GPIB::1\n\
         'GPIB0::8::INSTR' = 'GPIB0::9::INSTR'\nword\n,GPIB0::3::INSTR\n",
    );
    let wanted = [
        "2: scope = TCPIP::192.0.2.1::INSTR: imported",
        "3: meter,GPIB0::5::INSTR: imported",
        "4: \"GPIB0::6::INSTR\";\"my, psu\": imported",
        "5: load\tASRL1::INSTR: imported",
        "8: TCPIP::192.0.2.2::5025::SOCKET: imported",
        "9: Alias,Resource: not understood: neither \"Alias\" nor \"Resource\" is a resource's name",
        "10: a,GPIB0::7::INSTR,comment: not understood: no word and resource",
        "11: GPIB0::1::INSTR,GPIB0::2::INSTR: not understood: two resources",
        "12: SCOPE = GPIB::1: conflict: SCOPE stays TCPIP0::192.0.2.1::inst0::INSTR",
        "13: 'GPIB0::8::INSTR' = 'GPIB0::9::INSTR': not understood: two resources",
        "14: word: not understood: no word and resource",
    ];
    assert_eq!(told[..wanted.len()], wanted);
    // Told in the library's own words.
    assert!(
        told[wanted.len()].starts_with("15: ,GPIB0::3::INSTR: not understood: alias \"\""),
        "{told:#?}"
    );
    let config = config::load_with(Path::new(PATH), new.as_bytes());
    let words: Vec<_> = config.aliases().map(|(word, _)| word).collect();
    assert_eq!(words, ["scope", "meter", "my, psu", "load"]);
    assert_eq!((config.resources().len(), config.problems()), (1, &[][..]));
}

/// A number and a device of ours stay together.
#[test]
fn a_port_of_ours_keeps_its_number() {
    let ours =
        "[serial]\n8 = '/dev/ttyUSB5'\n7 = '/dev/ttyS0'\n[defaults.'ASRL8::INSTR']\nbaud = 300\n";
    let (_, told) = imported(ours, VISACONF);
    for line in [
        "30: ASRL1::INSTR = /dev/ttyS0: conflict: ASRL7 stays /dev/ttyS0",
        "39: ASRL8::INSTR = /dev/ttyUSB0: conflict: ASRL8 stays /dev/ttyUSB5",
        "43: ASRL8::INSTR: BaudRate=115200: conflict: baud stays 300",
    ] {
        assert!(told.iter().any(|told| told == line), "{line} in {told:#?}");
    }
}

#[test]
fn no_bytes_do_harm() {
    for text in
        ["", "[ALIASES]", "[ALIASES]\nAlias0=\"'\"\nAlias=1\n=\n0=\n", "=", ",", "\"", "'=',"]
    {
        imported("", text);
        imported(
            "",
            &format!("[ASRL-RSRC-ALIAS]\n{text}\nName99999999999999999999=1\nEnabled3=0\n"),
        );
    }
}
