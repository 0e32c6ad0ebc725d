#![forbid(unsafe_code)]
//! Boards behind gateways, against simulated ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::attr::Value;
use crate::consts::*;
use crate::iface::bus::AtnMode;
use crate::iface::vxi11::Vxi11;
use crate::iface::{Call, DeviceLock, Interface, RenMode, Sink, Stop};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::sim;
use crate::sim::gateway::{Config, Gateway};
use crate::sim::gpib::{Address as At, Bus, Fault};
use crate::status::*;

/// Far more than anything here takes, in ms.
const LONG: u32 = 60_000;
const PATIENCE: Duration = Duration::from_secs(30);

const FIVE: At = At::new(5);
const NINE: At = At::extended(9, 3);

/// A gateway with instruments at 5 and 9::3, and its board.
struct Desk {
    bus: Bus,
    gateway: Gateway,
    intfc: Box<dyn Link>,
    number: u16,
}

/// The settings of a session.
struct Terms(Cancel, u32);

impl Terms {
    fn new() -> Self {
        Self(Cancel::new(), LONG)
    }

    fn call(&self) -> Call<'_> {
        let deadline = Deadline::from_timeout(self.1);
        Call {
            wait: Wait { deadline, ticket: self.0.ticket() },
            timeout_ms: self.1,
            term_char: None,
            end_char: b'\n',
            send_end: true,
            suppress_end: false,
        }
    }
}

impl Desk {
    fn new() -> Self {
        Self::with(|_| ())
    }

    fn with(change: impl FnOnce(&mut Config)) -> Self {
        // No other test has this number.
        static NEXT: AtomicU16 = AtomicU16::new(1000);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let bus = Bus::new();
        bus.add_instrument(FIVE, "Maker,Five,1,0").unwrap();
        bus.add_instrument(NINE, "Maker,Nine,1,0").unwrap();
        let mut config = Config::default();
        change(&mut config);
        let gateway = Gateway::start(&bus, &config).unwrap();
        let name = ResourceName::parse(&gateway.resource_name(None)).unwrap();
        let terms = Terms::new();
        let wait = terms.call().wait;
        let intfc = gpib::open_interface(number, &wait, |wait| board(&name, wait)).unwrap();
        bus.forget_log();
        Self { bus, gateway, intfc, number }
    }

    fn device(&self, device: At) -> Box<dyn Link> {
        let name = ResourceName::parse(&self.gateway.resource_name(None)).unwrap();
        let device = BusAddress { primary: device.primary, secondary: device.secondary };
        instrument(&name, self.number, device, &Terms::new().call().wait).unwrap()
    }

    fn number_of(&self, attr: ViAttr) -> i64 {
        number_of(&*self.intfc, attr)
    }
}

fn number_of(link: &dyn Link, attr: ViAttr) -> i64 {
    match link.get(attr).unwrap() {
        Value::Number(number) => number,
        other => panic!("{other:?}"),
    }
}

fn tell(link: &dyn Link, message: &str) {
    let written = link.write(message.as_bytes(), &Terms::new().call());
    assert_eq!((written.count, written.outcome), (message.len(), Ok(())), "{message}");
}

fn read(link: &dyn Link) -> String {
    let mut buf = [0; 1000];
    let read = link.read(&mut buf, &Terms::new().call());
    assert_eq!(read.outcome, Ok(Stop::End));
    String::from_utf8(buf[..read.count].to_vec()).unwrap()
}

fn ask(link: &dyn Link, message: &str) -> String {
    tell(link, message);
    read(link)
}

fn code<T: std::fmt::Debug>(outcome: Result<T>) -> i32 {
    outcome.unwrap_err().code
}

#[test]
fn devices_are_links_of_the_gateway() {
    let desk = Desk::new();
    let (five, nine) = (desk.device(FIVE), desk.device(NINE));
    assert_eq!(desk.gateway.links(), 3, "one is the interface's");
    assert_eq!(ask(&*five, "*IDN?"), "Maker,Five,1,0\n");
    assert_eq!(ask(&*nine, "*IDN?"), "Maker,Nine,1,0\n");
    nine.trigger(&Terms::new().call()).unwrap();
    nine.clear(&Terms::new().call()).unwrap();
    assert_eq!(desk.bus.counters(NINE).map(|seen| (seen.triggers, seen.clears)), Some((1, 1)));
    // The same device by its TCPIP name has the same locks.
    let key = ResourceName::parse(&desk.gateway.resource_name(Some(FIVE))).unwrap().key();
    assert_eq!(five.identity(), Some(key));
    five.close(Deadline::Never);
    nine.close(Deadline::Never);
    assert_eq!(desk.gateway.links(), 1);
}

#[test]
fn a_device_that_is_not_there_is_absent_and_no_listener() {
    let desk = Desk::new();
    let nobody = desk.device(At::new(17));
    assert!(!nobody.is_present() && desk.device(FIVE).is_present());
    assert!(desk.device(NINE).is_present());
    let call = Terms::new();
    assert_eq!(code(nobody.write(b"x", &call.call()).outcome), VI_ERROR_NLISTENERS);
    assert_eq!(code(nobody.clear(&call.call())), VI_ERROR_NLISTENERS);
    // Switched on, it is there.
    desk.bus.add_instrument(At::new(17), "Maker,Late,1,0").unwrap();
    nobody.clear(&call.call()).unwrap();
    assert_eq!(ask(&*nobody, "*IDN?"), "Maker,Late,1,0\n");
    desk.bus.set_fault(At::new(17), Fault::Off);
    assert_eq!(code(nobody.write(b"x", &call.call()).outcome), VI_ERROR_NLISTENERS);
    assert!(!nobody.is_present());
}

#[test]
fn on_a_bus_where_nobody_is_on_a_device_is_absent() {
    let desk = Desk::new();
    for at in [FIVE, NINE] {
        desk.bus.set_fault(at, Fault::Off);
    }
    let five = desk.device(FIVE);
    assert!(!five.is_present());
    assert_eq!(code(five.clear(&Terms::new().call())), VI_ERROR_NLISTENERS);
    desk.bus.set_fault(FIVE, Fault::None);
    five.clear(&Terms::new().call()).unwrap();
    assert!(five.is_present());
}

#[test]
fn the_interface_sends_commands_and_data_to_whom_they_address() {
    let desk = Desk::new();
    let controller = desk.intfc.controller().unwrap();
    let call = Terms::new();
    controller.send_ifc(&call.call()).unwrap();
    let group = [0x40, 0x3F, 0x25, 0x29, 0x63, 0x08];
    assert_eq!(controller.command(&group, &call.call()).outcome, Ok(()));
    assert_eq!(desk.bus.log_line(), "IFC 40 3F 25 29 63 08");
    assert_eq!(desk.bus.counters(NINE).unwrap().triggers, 1);
    controller.command(&[0x3F, 0x55, 0x25], &call.call()).outcome.unwrap();
    tell(&*desk.intfc, "*IDN?");
    controller.command(&[0x3F, 0x35, 0x45], &call.call()).outcome.unwrap();
    assert_eq!(read(&*desk.intfc), "Maker,Five,1,0\n");
    desk.intfc.clear(&call.call()).unwrap();
    assert_eq!(desk.bus.counters(NINE).unwrap().clears, 1);
    // More than one call carries.
    desk.bus.forget_log();
    let many = controller.command(&[0x3F; 600], &call.call());
    assert_eq!((many.count, many.outcome), (600, Ok(())));
    assert_eq!(desk.bus.commands(), [0x3F; 600]);
}

#[test]
fn lines_and_roles_are_told_and_set() {
    let desk = Desk::new();
    let call = Terms::new();
    let controller = desk.intfc.controller().unwrap();
    for (attr, value) in [
        (VI_ATTR_GPIB_CIC_STATE, 1),
        (VI_ATTR_GPIB_SYS_CNTRL_STATE, 1),
        (VI_ATTR_GPIB_REN_STATE, 1),
        (VI_ATTR_GPIB_SRQ_STATE, 0),
        (VI_ATTR_GPIB_ATN_STATE, VI_STATE_UNKNOWN.into()),
        (VI_ATTR_GPIB_PRIMARY_ADDR, 21),
    ] {
        assert_eq!(desk.number_of(attr), value, "{attr:#x}");
    }
    desk.intfc.control_ren(RenMode::Deassert, &call.call()).unwrap();
    assert_eq!(desk.number_of(VI_ATTR_GPIB_REN_STATE), 0);
    desk.intfc.set(VI_ATTR_GPIB_PRIMARY_ADDR, 4, &call.call()).unwrap();
    assert_eq!(desk.number_of(VI_ATTR_GPIB_PRIMARY_ADDR), 4);
    controller.command(&[0x3F, 0x44], &call.call()).outcome.unwrap();
    assert_eq!(desk.number_of(VI_ATTR_GPIB_ADDR_STATE), VI_GPIB_TALKER.into());
    controller.control_atn(AtnMode::Deassert, &call.call()).unwrap();
    controller.control_atn(AtnMode::AssertImmediate, &call.call()).unwrap();
    let shadow = controller.control_atn(AtnMode::DeassertHandshake, &call.call());
    assert_eq!(code(shadow), VI_ERROR_NSUP_MODE);
    desk.bus.forget_log();
    controller.pass_control(9, Some(3), &call.call()).unwrap();
    assert_eq!(desk.bus.log_line(), "3F 49 63 09");
    assert_eq!(desk.number_of(VI_ATTR_GPIB_CIC_STATE), 0);
}

/// Each mode, and whether REN is on and what the instrument is in afterwards: remote, locked out.
fn each_mode(bus: &Bus, control: impl Fn(RenMode) -> Result) {
    for (mode, ren, remote, lockout) in [
        (RenMode::AssertAddress, true, true, false),
        (RenMode::AddressGtl, true, false, false),
        (RenMode::AssertAddressLlo, true, true, true),
        (RenMode::DeassertGtl, false, false, false),
        (RenMode::Assert, true, false, false),
        (RenMode::AssertLlo, true, false, true),
        (RenMode::Deassert, false, false, false),
    ] {
        control(mode).unwrap();
        let seen = bus.counters(FIVE).unwrap();
        let now = (seen.remote_enabled, seen.remote, seen.lockout);
        assert_eq!(now, (ren, remote, lockout), "{mode:?}");
    }
}

#[test]
fn all_modes_of_remote_control_are_there_on_the_board_and_by_the_tcpip_name() {
    let desk = Desk::new();
    let five = desk.device(FIVE);
    each_mode(&desk.bus, |mode| five.control_ren(mode, &Terms::new().call()));
    let desk = Desk::new();
    let name = ResourceName::parse(&desk.gateway.resource_name(Some(FIVE))).unwrap();
    let by_name = Vxi11.open(&name, &Terms::new().call().wait).unwrap();
    each_mode(&desk.bus, |mode| by_name.control_ren(mode, &Terms::new().call()));
    by_name.close(Deadline::Never);
    assert_eq!(desk.gateway.links(), 1, "the link to the interface ended as well");
}

#[test]
fn each_device_is_told_of_its_request() {
    let desk = Desk::new();
    let (five, nine) = (desk.device(FIVE), desk.device(NINE));
    let (sender, requests) = mpsc::channel();
    for (name, device) in [("five", &five), ("nine", &nine)] {
        let sender = sender.clone();
        let sink: Sink = Arc::new(move |_| sender.send(name).unwrap_or(()));
        device.watch(Some(sink), &Terms::new().call().wait).unwrap();
    }
    // Whoever waits is told, and finds out by a poll whether it was meant.
    let told = |wanted| while requests.recv_timeout(PATIENCE).unwrap() != wanted {};
    let call = Terms::new();
    tell(&*five, "*SRE 32;*ESE 1;*OPC");
    told("five");
    tell(&*nine, "*SRE 32;*ESE 1;*OPC");
    assert_eq!(five.read_stb(&call.call()), Ok(0x60));
    // The line was asserted all the time: the poll of the one is news for the other.
    told("nine");
    assert_eq!(nine.read_stb(&call.call()), Ok(0x60));
    assert_eq!(nine.read_stb(&call.call()), Ok(0x20));
}

#[test]
fn a_request_that_one_session_has_polled_is_shown_to_the_other_of_the_device() {
    let desk = Desk::new();
    let (one, other, nine) = (desk.device(FIVE), desk.device(FIVE), desk.device(NINE));
    tell(&*one, "*SRE 32;*ESE 1;*OPC");
    let call = Terms::new();
    let polled = |link: &dyn Link| link.read_stb(&call.call());
    assert_eq!(polled(&*one), Ok(0x60));
    assert_eq!(polled(&*one), Ok(0x20));
    assert_eq!(polled(&*nine), Ok(0));
    assert_eq!(polled(&*other), Ok(0x60));
    assert_eq!(polled(&*other), Ok(0x20));
}

#[test]
fn a_request_that_was_there_before_is_told_when_a_session_begins_to_wait() {
    let desk = Desk::new();
    let five = desk.device(FIVE);
    tell(&*five, "*SRE 32;*ESE 1;*OPC");
    let (sender, requests) = mpsc::channel();
    let sink: Sink = Arc::new(move |_| sender.send(()).unwrap_or(()));
    five.watch(Some(sink), &Terms::new().call().wait).unwrap();
    assert_eq!(requests.recv_timeout(PATIENCE), Ok(()));
}

#[test]
fn the_board_tells_of_requests_and_changes() {
    let desk = Desk::new();
    let (sender, events) = mpsc::channel();
    let sink: Sink = Arc::new(move |_| sender.send(()).unwrap_or(()));
    desk.intfc.watch(Some(sink), &Terms::new().call().wait).unwrap();
    tell(&*desk.device(FIVE), "*SRE 32;*ESE 1;*OPC");
    assert_eq!(events.recv_timeout(PATIENCE), Ok(()));
    desk.intfc.watch(None, &Terms::new().call().wait).unwrap();
}

#[test]
fn the_gateways_locks_keep_its_other_clients_out() {
    let desk = Desk::new();
    let (mine, theirs) = (desk.device(FIVE), desk.device(FIVE));
    let call = Terms::new();
    mine.lock(DeviceLock::Exclusive, &call.call()).unwrap();
    assert_eq!(code(theirs.write(b"x", &call.call()).outcome), VI_ERROR_RSRC_LOCKED);
    tell(&*mine, "*RST");
    mine.unlock(DeviceLock::Exclusive, &call.call()).unwrap();
    assert!(!desk.gateway.is_locked());
    tell(&*theirs, "*RST");
}

#[test]
fn a_read_of_nothing_ends_by_its_deadline_and_when_it_is_cancelled() {
    let desk = Desk::new();
    let five = desk.device(FIVE);
    let short = Terms(Cancel::new(), 50);
    assert_eq!(code(five.read(&mut [0; 9], &short.call()).outcome), VI_ERROR_TMO);
    let terms = Terms::new();
    std::thread::scope(|scope| {
        let call = terms.call();
        scope.spawn(|| terms.0.terminate());
        assert_eq!(code(five.read(&mut [0; 9], &call).outcome), VI_ERROR_ABORT);
    });
    assert_eq!(ask(&*five, "*IDN?"), "Maker,Five,1,0\n");
}

#[test]
fn all_are_unaddressed_when_that_is_wanted() {
    let desk = Desk::new();
    let five = desk.device(FIVE);
    five.set(VI_ATTR_GPIB_UNADDR_EN, 1, &Terms::new().call()).unwrap();
    assert_eq!(number_of(&*five, VI_ATTR_GPIB_UNADDR_EN), 1);
    assert_eq!(number_of(&*five, VI_ATTR_GPIB_REN_STATE), 1);
    tell(&*five, "*RST");
    assert!(desk.bus.log_line().ends_with("5F 3F"), "{}", desk.bus.log_line());
    let hs488 = five.set(VI_ATTR_IO_PROT, VI_PROT_HS488.into(), &Terms::new().call());
    assert_eq!(code(hs488), VI_ERROR_NSUP_ATTR_STATE);
}

#[test]
fn a_gateway_that_looks_refuses_a_device_that_is_not_there() {
    let desk = Desk::with(|config| config.looks = true);
    let name = ResourceName::parse(&desk.gateway.resource_name(None)).unwrap();
    let nobody = instrument(&name, desk.number, BusAddress::primary(17), &Terms::new().call().wait);
    assert_eq!(nobody.err().map(|error| error.code), Some(VI_ERROR_RSRC_NFOUND));
    assert_eq!(ask(&*desk.device(FIVE), "*IDN?"), "Maker,Five,1,0\n");
}

#[test]
fn a_hislip_gateway_has_devices_behind_its_sub_address_and_no_interface() {
    let hislip_alias = Some("hislip_gpib0,9,3".to_owned());
    let config = sim::Config { hislip_alias, ..sim::Config::default() };
    let server = sim::Instrument::start(config).unwrap();
    let port = server.hislip_port().unwrap();
    let name = format!("TCPIP::127.0.0.1::hislip_gpib0,{port}::INSTR");
    let name = ResourceName::parse(&name).unwrap();
    let terms = Terms::new();
    let wait = terms.call().wait;
    let nine = BusAddress { primary: 9, secondary: Some(3) };
    let device = instrument(&name, 999, nine, &wait).unwrap();
    assert!(ask(&*device, "*IDN?").starts_with("Ferrovisa,"));
    assert_eq!(number_of(&*device, VI_ATTR_GPIB_REN_STATE), i64::from(VI_STATE_UNKNOWN));
    device.control_ren(RenMode::AssertAddressLlo, &terms.call()).unwrap();
    assert!(server.counters().lockout);
    let refused = device.set(VI_ATTR_GPIB_UNADDR_EN, 1, &terms.call());
    assert_eq!(code(refused), VI_ERROR_NSUP_ATTR_STATE);
    let other = instrument(&name, 999, BusAddress::primary(8), &wait);
    assert_eq!(other.err().map(|error| error.code), Some(VI_ERROR_RSRC_NFOUND));
    assert_eq!(board(&name, &wait).err().map(|error| error.code), Some(VI_ERROR_NSUP_OPER));
}
