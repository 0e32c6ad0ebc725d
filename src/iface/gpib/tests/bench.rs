#![forbid(unsafe_code)]
//! A simulated bus as a board of this interface, and sessions on it.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::iface::bus::AtnMode;
use crate::iface::gpib::addressing;
use crate::iface::gpib::board::{Board, Conditions, Status};
use crate::iface::gpib::bus::Bus;
use crate::iface::gpib::instr::Instr;
use crate::iface::gpib::intfc::Intfc;
use crate::iface::{Call, Link, Stop, Transfer};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::sim::gpib as sim;
use crate::sim::gpib::Failure;
use crate::status::{
    Error, Result, VI_ERROR_NCIC, VI_ERROR_NLISTENERS, VI_ERROR_NSYS_CNTLR, VI_ERROR_TMO,
};
use crate::wire::gpib::BusAddress;

/// Long enough for anything that works.
pub const LONG: Duration = Duration::from_secs(30);

/// How long one call of the simulation may keep a call from its deadline and from a cancel.
const SLICE: Duration = Duration::from_millis(20);

/// A board that takes command bytes, with nothing else done by itself.
struct Simulated {
    board: sim::Board,
    identity: String,
    /// What has happened and was not told.
    pending: Mutex<Conditions>,
    polled: Polled,
}

/// A status byte that the driver has polled by itself, for whoever polls next.
pub type Polled = Arc<Mutex<Option<(BusAddress, u8)>>>;

impl Simulated {
    fn new(board: &sim::Board, identity: &str, polled: &Polled) -> Box<Self> {
        let (board, identity) = (board.clone(), identity.to_owned());
        Box::new(Self { board, identity, pending: Mutex::default(), polled: polled.clone() })
    }

    /// What has happened and was not told, which changes by `change` then.
    fn pending(&self, change: impl FnOnce(Conditions) -> Conditions) -> Conditions {
        let mut pending = self.pending.lock();
        while let Some(event) = self.board.next_event() {
            *pending = match event {
                sim::Event::Trigger => *pending | Conditions::TRIGGERED,
                sim::Event::Clear => *pending | Conditions::CLEARED,
                sim::Event::InterfaceClear => *pending,
            };
        }
        let before = *pending;
        *pending = change(before);
        before
    }

    /// Does something in slices of time, as the kernel's driver has to be used: `step` tells why it
    /// went no further.
    fn slices(
        wait: &Wait,
        mut step: impl FnMut(&sim::Until) -> std::result::Result<(), Failure>,
    ) -> Result {
        loop {
            wait.ticket.check()?;
            let left = wait.deadline.remaining().map_or(SLICE, |left| left.min(SLICE));
            match step(&sim::Until::within(left)) {
                Ok(()) => return Ok(()),
                Err(Failure::Timeout) if !wait.deadline.has_passed() => {}
                Err(failure) => return Err(error(failure)),
            }
        }
    }
}

fn error(failure: Failure) -> Error {
    let code = match failure {
        Failure::Timeout | Failure::Aborted => VI_ERROR_TMO,
        Failure::NoListeners => VI_ERROR_NLISTENERS,
        Failure::NotInCharge | Failure::NotAddressed => VI_ERROR_NCIC,
        Failure::NotSystemController => VI_ERROR_NSYS_CNTLR,
    };
    Error::new(code, "the simulated board")
}

fn conditions(status: &sim::Status) -> Conditions {
    [
        (status.srq, Conditions::SERVICE_REQUEST),
        (status.in_charge, Conditions::IN_CHARGE),
        (status.talker, Conditions::TALKER),
        (status.listener, Conditions::LISTENER),
    ]
    .into_iter()
    .filter(|(is, _)| *is)
    .fold(Conditions::NONE, |all, (_, one)| all | one)
}

impl Board for Simulated {
    fn identity(&self) -> String {
        self.identity.clone()
    }

    fn description(&self) -> String {
        "simulated".into()
    }

    fn command(&self, bytes: &[u8], wait: &Wait) -> Transfer<()> {
        let mut count = 0;
        let outcome = Self::slices(wait, |until| {
            self.board.command(&bytes[count..], until).map_err(|(sent, failure)| {
                count += sent;
                failure
            })
        });
        Transfer { count: if outcome.is_ok() { bytes.len() } else { count }, outcome }
    }

    fn send(&self, data: &[u8], end: bool, wait: &Wait) -> Transfer<()> {
        let mut count = 0;
        let outcome = Self::slices(wait, |until| {
            self.board.write(&data[count..], end, until).map_err(|(sent, failure)| {
                count += sent;
                failure
            })
        });
        Transfer { count: if outcome.is_ok() { data.len() } else { count }, outcome }
    }

    fn receive(&self, buf: &mut [u8], term_char: Option<u8>, wait: &Wait) -> Transfer<Stop> {
        let terminator = term_char.map(|byte| sim::Terminator { byte, seven_bits: false });
        let mut count = 0;
        let mut how = Stop::Count;
        let outcome = Self::slices(wait, |until| {
            let read = self.board.read(buf.len() - count, terminator, until);
            buf[count..][..read.data.len()].copy_from_slice(&read.data);
            count += read.data.len();
            how = match (read.end, read.matched) {
                (true, _) => Stop::End,
                (_, true) => Stop::TermChar,
                _ => Stop::Count,
            };
            read.failure.map_or(Ok(()), Err)
        });
        Transfer { count, outcome: outcome.map(|()| how) }
    }

    fn control_atn(&self, mode: AtnMode, _wait: &Wait) -> Result {
        match mode {
            AtnMode::Deassert | AtnMode::DeassertHandshake => self.board.go_to_standby(),
            AtnMode::Assert | AtnMode::AssertImmediate => self.board.take_control(),
        }
        .map_err(error)
    }

    fn send_ifc(&self, _wait: &Wait) -> Result {
        self.board.interface_clear().map_err(error)
    }

    fn set_ren(&self, on: bool, _wait: &Wait) -> Result {
        self.board.remote_enable(on).map_err(error)
    }

    fn own_address(&self, _wait: &Wait) -> Result<BusAddress> {
        let sim::Address { primary, secondary } = self.board.address();
        Ok(BusAddress { primary, secondary })
    }

    fn status(&self, _wait: &Wait) -> Result<Status> {
        let (status, lines) = (self.board.status(), self.board.lines());
        Ok(Status {
            in_charge: status.in_charge,
            is_system_controller: Some(status.system_controller),
            is_talker: status.talker,
            is_listener: status.listener,
            atn: Some(lines.atn),
            ren: Some(lines.ren),
            srq: Some(lines.srq),
            ndac: Some(lines.ndac),
        })
    }

    fn await_conditions(&self, wanted: Conditions, wait: &Wait) -> Result<Conditions> {
        let mut now = conditions(&self.board.status());
        let is_waiting = wanted != Conditions::NONE && !wait.deadline.has_passed();
        if is_waiting {
            let waited = Self::slices(wait, |until| {
                let there = |status: &sim::Status| conditions(status).has(wanted);
                self.board.wait(until, there).map(|status| now = conditions(&status))
            });
            if waited.is_err() {
                wait.ticket.check()?;
                now = conditions(&self.board.status());
            }
        }
        Ok(now | self.pending(|pending| if is_waiting { pending - wanted } else { pending }))
    }

    fn polls_by_itself(&self) -> bool {
        true
    }

    fn keeps_request(&self, device: BusAddress) -> bool {
        self.polled.lock().is_some_and(|(polled, _)| polled == device)
    }

    fn serial_poll(&self, device: BusAddress, wait: &Wait) -> Result<u8> {
        match self.polled.lock().take_if(|(polled, _)| *polled == device) {
            Some((_, byte)) => Ok(byte),
            None => addressing::serial_poll(self, device, wait),
        }
    }

    fn forget(&self, happened: Conditions) -> Result {
        self.pending(|pending| pending - happened);
        Ok(())
    }

    fn set_own_address(&self, own: BusAddress, _wait: &Wait) -> Result {
        let BusAddress { primary, secondary } = own;
        self.board.set_address(sim::Address { primary, secondary });
        Ok(())
    }

    fn set_system_controller(&self, on: bool, _wait: &Wait) -> Result {
        self.board.set_system_controller(on);
        Ok(())
    }

    fn set_status_byte(&self, byte: u8, _wait: &Wait) -> Result {
        self.board.request_service(byte);
        Ok(())
    }
}

/// A bus with our board at address 0 and instruments.
pub struct Bench {
    pub cable: sim::Bus,
    /// Our board as it is on the cable.
    pub board: sim::Board,
    pub bus: Arc<Bus>,
    pub polled: Polled,
    identity: String,
}

impl Bench {
    /// Instruments at these addresses, each called by its own.
    pub fn with(instruments: &[sim::Address]) -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let cable = sim::Bus::new();
        let board = cable.add_board(sim::Address::new(0), true);
        for address in instruments {
            cable.add_instrument(*address, &format!("At {address}")).unwrap();
        }
        // No other test, in no other process, has the same board.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let identity = format!("simulated {} {number}", std::process::id());
        let polled = Polled::default();
        let bus = Arc::new(Bus::new(7, Simulated::new(&board, &identity, &polled), None));
        Self { cable, board, bus, polled, identity }
    }

    /// The same board as a second process has it.
    pub fn in_another_process(&self) -> Self {
        let (cable, board) = (self.cable.clone(), self.board.clone());
        let (identity, polled) = (self.identity.clone(), self.polled.clone());
        let bus = Arc::new(Bus::new(7, Simulated::new(&board, &identity, &polled), None));
        Self { cable, board, bus, polled, identity }
    }

    /// A session with the instrument at an address.
    pub fn instr(&self, address: sim::Address) -> Client<Instr> {
        let cancel = Arc::new(Cancel::new());
        let wait = Wait { deadline: Deadline::after(LONG), ticket: cancel.ticket() };
        let sim::Address { primary, secondary } = address;
        let device = BusAddress { primary, secondary };
        let link = Instr::open(self.bus.clone(), device, &wait).unwrap();
        Client { link, cancel: cancel.clone() }
    }

    /// A session with the board.
    pub fn intfc(&self) -> Client<Intfc> {
        Client { link: Intfc::open(self.bus.clone()), cancel: Arc::default() }
    }

    /// What has happened on the cable since this was last asked.
    pub fn log(&self) -> String {
        let log = self.cable.log_line();
        self.cable.forget_log();
        log
    }
}

/// A session's link.
pub struct Client<L> {
    pub link: L,
    pub cancel: Arc<Cancel>,
}

impl<L: Link> Client<L> {
    /// A call that starts now.
    pub fn call(&self, time: Duration) -> Call<'_> {
        Call {
            wait: Wait { deadline: Deadline::after(time), ticket: self.cancel.ticket() },
            timeout_ms: time.as_millis() as u32,
            term_char: None,
            end_char: b'\n',
            send_end: true,
            suppress_end: false,
        }
    }

    /// Sends a message.
    pub fn tell(&self, text: &str) {
        let written = self.link.write(text.as_bytes(), &self.call(LONG));
        assert_eq!((written.count, written.outcome), (text.len(), Ok(())), "{text}");
    }

    /// Reads with a call.
    pub fn read(&self, size: usize, call: &Call) -> (String, Result<Stop>) {
        let mut buf = vec![0; size];
        let read = self.link.read(&mut buf, call);
        (String::from_utf8_lossy(&buf[..read.count]).into_owned(), read.outcome)
    }

    /// Sends a question and reads the answer.
    pub fn query(&self, text: &str) -> String {
        self.tell(text);
        let (answer, outcome) = self.read(1000, &self.call(LONG));
        assert_eq!(outcome, Ok(Stop::End), "{text}");
        answer.trim_end().to_owned()
    }
}
