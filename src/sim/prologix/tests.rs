//! An adapter as a client sees it, by bytes.

use std::io::ErrorKind;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use super::*;
use crate::sim::gpib::Fault;

/// Far more than anything here takes: a test that gets there has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Instruments at 5 and, with a secondary address, at 9:3.
fn start(change: impl FnOnce(&mut Config)) -> (Bus, Adapter) {
    let bus = Bus::new();
    bus.add_instrument(Address::new(5), "Maker,Five,1,0").unwrap();
    bus.add_instrument(Address::extended(9, 3), "Maker,Nine,1,0").unwrap();
    let mut config = Config::default();
    change(&mut config);
    let adapter = Adapter::start(&bus, &config).unwrap();
    (bus, adapter)
}

struct Client(TcpStream);

impl Client {
    fn connect(adapter: &Adapter) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", adapter.port().unwrap())).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(stream)
    }

    fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// What comes for `bytes`, up to what a last `++ver` and `++mode` say.
    fn ask(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.send(bytes);
        self.send(b"++ver\n++mode\n");
        let mut answer = Vec::new();
        let mut byte = [0];
        while !is_end(&answer) {
            self.0.read_exact(&mut byte).unwrap();
            answer.push(byte[0]);
        }
        let end = answer.windows(9).rposition(|part| part == b"Prologix " || part == b"AR488 GPI");
        answer.truncate(end.unwrap());
        answer
    }

    fn says(&mut self, bytes: &[u8], wanted: &[u8]) {
        let got = self.ask(bytes);
        let shown = String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(String::from_utf8_lossy(&got), String::from_utf8_lossy(wanted), "{shown:?}");
    }
}

/// Whether it ends with what `++ver` and `++mode` say.
fn is_end(answer: &[u8]) -> bool {
    let versions = ["01.06.06.00\r\n1\r\n", "6.107\r\n1\r\n", "18/03/2024\r\n1\r\n"];
    versions.iter().any(|version| answer.ends_with(version.as_bytes()))
}

fn connected() -> (Bus, Adapter, Client) {
    let (bus, adapter) = start(|_| ());
    let mut client = Client::connect(&adapter);
    client.says(b"++auto 0\n", b"");
    (bus, adapter, client)
}

#[test]
fn each_setting_is_told_as_it_was_set() {
    let (_bus, _adapter, mut client) = connected();
    for setting in ["addr 5", "addr 5 99", "auto 1", "auto 0", "eoi 0", "eos 3", "eot_char 200"] {
        let (name, value) = setting.split_once(' ').unwrap();
        client
            .says(format!("++{setting}\n++{name}\n").as_bytes(), format!("{value}\r\n").as_bytes());
    }
    client.says(b"++read_tmo_ms 3000\r\n++read_tmo_ms\r\n", b"3000\r\n");
    for wrong in ["addr 31", "addr 99", "eos 4", "read_tmo_ms 3001", "read_tmo_ms 0", "what", "dcl"]
    {
        client.says(format!("++{wrong}\n").as_bytes(), b"Unrecognized command\r\n");
    }
}

#[test]
fn a_query_goes_to_the_addressed_instrument_and_back() {
    let (bus, _adapter, mut client) = connected();
    bus.forget_log();
    client.says(b"++addr 5\n++eos 3\n*IDN?\n++read eoi\n", b"Maker,Five,1,0\n");
    assert_eq!(bus.log_line(), "3F 40 25 0>5. 3F 20 45 5>15.");
    client.says(b"++addr 9 99\n*IDN?\n++read eoi\n", b"Maker,Nine,1,0\n");
    client.says(b"++addr 9 98\n++read_tmo_ms 20\n*IDN?\n++read eoi\n", b"");
}

#[test]
fn escaped_characters_are_data_and_all_others_end_a_line_or_make_a_command() {
    let (_bus, _adapter, mut client) = connected();
    client.send(b"++addr 5\n++eos 3\n");
    client.says(b"ECHO \x1b+\x1b+\x1b\x1b\x1b\r;+\n++read eoi\n", b"++\x1b\r;+\n");
    // Escaped pluses in front make no command: the instrument does not know it.
    client.says(b"\x1b+\x1b+ver\n*CLS\n*IDN?\n++read eoi\n", b"Maker,Five,1,0\n");
    // A single plus, or one in the middle, needs no escape.
    client.says(b"ECHO ++ver\n++read eoi\n", b"++ver\n");
}

#[test]
fn eos_is_appended_and_eoi_goes_with_the_last_byte_when_it_is_on() {
    let (bus, _adapter, mut client) = connected();
    client.send(b"++addr 5\n");
    for (eos, eoi, wanted) in [(0, 1, "0>6."), (1, 1, "0>5."), (2, 0, "0>5"), (3, 0, "0>4")] {
        bus.forget_log();
        client.says(format!("++eos {eos}\n++eoi {eoi}\n*RST\n").as_bytes(), b"");
        assert!(bus.log_line().ends_with(wanted), "{eos} {eoi}: {}", bus.log_line());
        client.says(b"++clr\n", b"");
    }
}

#[test]
fn eot_char_tells_eoi_and_nothing_else() {
    let (_bus, _adapter, mut client) = connected();
    client.send(b"++addr 5\n++eot_enable 1\n++eot_char 42\n++read_tmo_ms 30\n");
    client.says(b"ECHO ab;cd\n++read eoi\n", b"ab;cd\n*");
    client.says(b"ECHO ab;cd\n++read 98\n", b"ab");
    client.says(b"++read 10\n", b";cd\n*");
    client.says(b"ECHO ab\n++read\n", b"ab\n*");
    client.says(b"++read eoi\n", b"");
}

#[test]
fn auto_reads_after_each_line_of_data() {
    let (_bus, _adapter, mut client) = connected();
    client.says(b"++addr 5\n++auto 1\n*IDN?\n", b"Maker,Five,1,0\n");
}

#[test]
fn srq_and_polls_are_those_of_the_bus() {
    let (_bus, _adapter, mut client) = connected();
    client.send(b"++addr 5\n++eos 2\n++read_tmo_ms 50\n");
    client.says(b"++srq\n*SRE 32;*ESE 1;*OPC\n++srq\n", b"0\r\n1\r\n");
    client.says(b"++spoll\n++srq\n++spoll 5\n", b"96\r\n0\r\n32\r\n");
    client.says(b"++spoll 9 99\n++spoll 7\n++spoll 9 97\n", b"0\r\n");
}

#[test]
fn operations_are_the_messages_of_the_standard() {
    let (bus, _adapter, mut client) = connected();
    client.send(b"++addr 5\n");
    for (command, wanted) in [
        ("clr", "3F 25 04"),
        ("trg", "3F 25 08"),
        ("trg 5 9 99", "3F 25 29 63 08"),
        ("llo", "3F 25 11"),
        ("loc", "3F 25 01"),
        ("ifc", "IFC"),
    ] {
        bus.forget_log();
        client.says(format!("++{command}\n").as_bytes(), b"");
        assert_eq!(bus.log_line(), wanted, "{command}");
    }
    assert_eq!(bus.counters(Address::new(5)).unwrap().triggers, 2);
    assert_eq!(bus.counters(Address::extended(9, 3)).unwrap().triggers, 1);
}

#[test]
fn an_instrument_that_hangs_holds_the_adapter_for_its_time_and_no_longer() {
    let (bus, _adapter, mut client) = connected();
    client.send(b"++addr 5\n++read_tmo_ms 30\n");
    bus.set_fault(Address::new(5), Fault::HoldsNrfd(2));
    client.says(b"*IDN?\n", b"");
    bus.set_fault(Address::new(5), Fault::Off);
    client.says(b"*IDN?\n++read eoi\n++spoll\n", b"");
    bus.set_fault(Address::new(5), Fault::None);
    client.says(b"++clr\n*IDN?\n++read eoi\n", b"Maker,Five,1,0\n");
}

#[test]
fn one_client_at_a_time_and_the_next_when_it_has_gone() {
    let (_bus, adapter, first) = connected();
    let mut second = Client::connect(&adapter);
    let turned_away = second.0.read(&mut [0]);
    assert!(
        matches!(&turned_away, Ok(0))
            || turned_away.unwrap_err().kind() == ErrorKind::ConnectionReset
    );
    drop(first);
    loop {
        let mut next = Client::connect(&adapter);
        let sent = next.0.write_all(b"++mode\n");
        if sent.is_ok() && next.0.read(&mut [0]).is_ok_and(|count| count > 0) {
            break;
        }
    }
}

#[test]
fn a_second_client_may_have_to_wait() {
    let (_bus, adapter) = start(|config| config.second = Second::Waits);
    let mut first = Client::connect(&adapter);
    first.says(b"++auto 0\n", b"");
    let mut second = Client::connect(&adapter);
    second.send(b"++eos\n");
    second.0.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    assert_eq!(second.0.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    drop(first);
    second.0.set_read_timeout(Some(PATIENCE)).unwrap();
    second.says(b"", b"0\r\n");
}

#[test]
fn what_was_saved_is_there_after_the_power_has_gone() {
    let (bus, adapter, mut client) = connected();
    client.says(b"++addr 5\n++savecfg 0\n++eos 2\n", b"");
    bus.forget_log();
    adapter.power_cycle();
    assert_eq!(client.0.read(&mut [0]).unwrap(), 0);
    assert_eq!(bus.log_line(), "IFC");
    let mut client = Client::connect(&adapter);
    client.says(b"++addr\n++eos\n++auto\n", b"5\r\n0\r\n0\r\n");
}

#[test]
fn an_ar488_differs() {
    let (bus, adapter) = start(|config| config.firmware = Firmware::Ar488);
    let mut client = Client::connect(&adapter);
    client.says(b"++auto\n++addr\n++read_tmo_ms\n", b"0\r\n1\r\n1200\r\n");
    client.says(b"++read_tmo_ms 32000\n++read_tmo_ms\n++read_tmo_ms 40\n", b"32000\r\n");
    client.says(b"++help\n", b"Unrecognized command\r\n");
    client.says(b"++addr 5\n++auto 2\n*IDN?\n++auto 0\n", b"Maker,Five,1,0\n");
    // Without a parameter a read ends where ++eor says.
    client.says(b"++eor 1\nECHO a\x1b\rb\n++read\n", b"a\r");
    client.says(b"++read\n", b"b\n");
    client.says(b"++eor 7\n++eor\n", b"7\r\n");
    for (command, wanted) in
        [("dcl", "14"), ("llo all", "11"), ("ren 0", "REN-"), ("ren 1", "REN+")]
    {
        bus.forget_log();
        client.says(format!("++{command}\n").as_bytes(), b"");
        assert_eq!(bus.log_line(), wanted, "{command}");
    }
    client.says(b"++ren\n", b"1\r\n");
}

#[test]
fn a_serial_adapter_speaks_on_a_terminal() {
    let (_bus, adapter) = start(|config| config.serial = true);
    let path = adapter.path().unwrap().to_owned();
    assert_eq!(adapter.resource_name(2), format!("PRLGX-ASRL2::{path}::INTFC"));
    let mut port = std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    port.write_all(b"++auto 0\n++addr 5\n*IDN?\n++read eoi\n").unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\n") {
        let mut piece = [0; 64];
        let count = port.read(&mut piece).unwrap();
        answer.extend(&piece[..count]);
    }
    assert_eq!(answer, b"Maker,Five,1,0\n");
}
