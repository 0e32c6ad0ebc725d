#![forbid(unsafe_code)]
//! One cell of the table: an instrument, the proxy, a process that calls the library, and a fault
//! that strikes one operation.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::net::TcpStream;
use std::time::Duration;
use std::time::Instant;

use visa::consts::ViStatus;
use visa::sim::Config;
use visa::sim::Instrument;
use visa::status::VI_ERROR_TMO;
use visa::status::VI_SUCCESS;
use visa::status::VI_SUCCESS_TERM_CHAR;

use crate::Outcome;
use crate::failed;
use crate::faults::fault::Fault;
use crate::faults::fault::Strikes;
use crate::faults::operation::OPEN_TIMEOUT;
use crate::faults::operation::Operation;
use crate::faults::operation::What;
use crate::faults::portmapper;
use crate::faults::protocol::Protocol;
use crate::faults::proxy::Proxy;
use crate::faults::rules::Expected;
use crate::faults::rules::Next;
use crate::faults::table::names;
use crate::faults::worker::Called;
use crate::faults::worker::Worker;
use crate::programs::Built;

/// What a struck query asks for: longer than any length is wrong by.
const QUESTION: &str = "what-was-asked-for";

/// How long what follows the struck operation may take, in ms.
const NEXT_TIMEOUT: u32 = 2000;

/// How long ends may take to be noticed, behind all that was sent before; only what is never noticed
/// is a leak.
const NOTICED: Duration = Duration::from_secs(30);

/// How late an operation may end.
const TOLERANCE: Duration = Duration::from_millis(100);

/// How often in a row an operation may be woken as late as a thread that only sleeps.
const WAKINGS: u32 = 4;

/// A cell of the table.
#[derive(Clone, Copy)]
pub struct Cell {
    pub fault: &'static Fault,
    pub protocol: Protocol,
    pub operation: &'static Operation,
    pub site: Site,
}

/// Where the proxy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// Before the instrument.
    Instrument,
    /// Before the portmapper of the instrument's host.
    Portmapper,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub status: ViStatus,
    pub time: Duration,
    overslept: Duration,
    struck: bool,
    own_answer: bool,
    pub next: Next,
    /// What is left when the session is closed: descriptors and threads of the process, connections
    /// of the library, what the instrument keeps.
    left: [i64; 4],
}

impl Cell {
    /// Runs it.
    pub fn run(&self, program: &Built) -> Outcome<Seen> {
        if self.site == Site::Portmapper {
            return portmapper::run(self, program);
        }
        let instrument = Instrument::start(self.instrument())?;
        let port = match self.protocol {
            Protocol::Socket => instrument.socket_port(),
            Protocol::Vxi11 => instrument.vxi11_port(),
            Protocol::Hislip => instrument.hislip_port(),
        };
        let at = |port| SocketAddr::new(IpAddr::from([127, 0, 0, 1]), port);
        let upstream = at(port.unwrap_or_default());
        let proxy = Proxy::start(at(0), upstream, self.protocol, self.fault)?;
        let resource = self.resource(proxy.port);
        let bench = Bench { cell: self, resource, proxy: &proxy, instrument: &instrument };
        bench.run(Worker::start(program)?)
    }

    fn instrument(&self) -> Config {
        Config {
            vxi11: (self.protocol == Protocol::Vxi11).then_some(0),
            hislip: (self.protocol == Protocol::Hislip).then_some(0),
            // What it accepts is as much as it may say it does.
            hislip_max_message: 16 << 20,
            ..Config::default()
        }
    }

    fn resource(&self, port: u16) -> String {
        match self.protocol {
            Protocol::Socket => format!("TCPIP0::127.0.0.1::{port}::SOCKET"),
            Protocol::Vxi11 => format!("TCPIP0::127.0.0.1,{port}::inst0::INSTR"),
            Protocol::Hislip => format!("TCPIP0::127.0.0.1::hislip0,{port}::INSTR"),
        }
    }
}

/// All that takes part in a cell.
pub struct Bench<'a> {
    pub cell: &'a Cell,
    /// What the library is to open.
    pub resource: String,
    pub proxy: &'a Proxy,
    pub instrument: &'a Instrument,
}

impl Bench<'_> {
    pub fn run(&self, mut worker: Worker) -> Outcome<Seen> {
        let Cell { fault, protocol, operation, .. } = *self.cell;
        let name = &self.resource;
        let open = format!("open {} {name}", OPEN_TIMEOUT.as_millis());
        // Everything that the library makes once for the process is there before leaks are counted.
        let patient_open = format!("open {NEXT_TIMEOUT} {name}");
        worker.succeed(&patient_open)?;
        ask(&mut worker, "warm")?;
        if protocol != Protocol::Socket {
            worker.succeed("enable")?;
        }
        worker.succeed("close")?;
        worker.succeed("base")?;
        // Or the fault would strike what has ended.
        self.proxy.await_closed(NOTICED);

        if fault.strikes == Strikes::Opening {
            self.proxy.arm(operation.time);
        }
        let mut is_open = operation.what != What::Open;
        if is_open {
            worker.succeed(&patient_open)?;
            worker.succeed(&format!("timeout {}", operation.time.as_millis()))?;
        }
        let called = match operation.what {
            What::Open => {
                self.arm();
                worker.call(&open)?
            }
            What::Read => self.read(&mut worker)?,
            What::Query => {
                self.arm();
                query(&mut worker, QUESTION)?
            }
            What::Event => {
                worker.succeed("enable")?;
                self.arm();
                self.request_service()?;
                worker.call(operation.order(protocol))?
            }
            _ => {
                self.arm();
                worker.call(operation.order(protocol))?
            }
        };
        if operation.what == What::Open {
            is_open = called.status >= VI_SUCCESS;
        }
        let struck = self.proxy.disarm();
        if protocol == Protocol::Socket || fault.strikes == Strikes::Request {
            // Bytes without marks, and ends: what comes next depends on what has come by now.
            self.proxy.settle();
        }
        if !is_open || operation.what == What::Close {
            worker.succeed(&patient_open)?;
        }
        worker.succeed(&format!("timeout {NEXT_TIMEOUT}"))?;
        let next = self.next(&mut worker)?;
        let closed = worker.call("close")?;
        if closed.status != VI_SUCCESS {
            return failed(format!("viClose at the end: {:#010X}", closed.status));
        }
        Ok(Seen {
            status: called.status,
            time: called.time,
            overslept: called.overslept,
            struck,
            own_answer: called.text.trim_end_matches('.') == QUESTION,
            next,
            left: self.left(&mut worker)?,
        })
    }

    fn arm(&self) {
        if self.cell.fault.strikes != Strikes::Opening {
            self.proxy.arm(self.cell.operation.time);
        }
    }

    /// viRead of an answer that was asked for before. Where a write has an answer of its own, that
    /// is not to be struck; elsewhere the answer comes at once, and the fault must be ready.
    fn read(&self, worker: &mut Worker) -> Outcome<Called> {
        let idle = self.cell.fault.strikes == Strikes::Idle;
        let question = &format!("write ECHO? {QUESTION}");
        if self.cell.protocol == Protocol::Vxi11 {
            worker.succeed(question)?;
            self.arm();
        } else {
            // The answer to a question would be there before idle connections are struck.
            let asks = !idle || self.cell.fault.name == names::NOTHING;
            self.arm();
            if asks {
                worker.succeed(question)?;
            }
        }
        worker.call("read")
    }

    /// Makes the instrument request service, by another way in.
    fn request_service(&self) -> Outcome {
        let port = self.instrument.socket_port().unwrap_or_default();
        let mut front = TcpStream::connect(("127.0.0.1", port))?;
        front.write_all(b"*CLS;*ESE 1;*SRE 32;*OPC;*OPC?\n")?;
        let mut answer = String::new();
        BufReader::new(front).read_line(&mut answer)?;
        if answer == "1\n" { Ok(()) } else { failed(format!("*OPC? {answer}")) }
    }

    /// The operation after the struck one: a query. When that is not right, another follows after
    /// viClear; also when it is not answered, where the instrument may wait for the rest of a
    /// message or of a device clear.
    fn next(&self, worker: &mut Worker) -> Outcome<Next> {
        let called = query(worker, "next")?;
        if is_answer(&called, "next") {
            return Ok(Next::Right);
        }
        let refused = called.status < VI_SUCCESS;
        let may_wait = matches!(self.cell.operation.what, What::Block | What::Clear);
        if refused && !(may_wait && called.status == VI_ERROR_TMO) {
            return Ok(Next::Refused(called.status));
        }
        if called.status == VI_SUCCESS_TERM_CHAR {
            // Of another answer. Its own may still be on its way, and viClear drops what is there.
            self.proxy.await_answer();
        }
        let cleared = worker.call("clear")?;
        if cleared.status == VI_SUCCESS && is_answer(&query(worker, "cleared")?, "cleared") {
            return Ok(Next::RightAfterClear);
        }
        Ok(if refused { Next::Refused(called.status) } else { Next::Wrong })
    }

    fn left(&self, worker: &mut Worker) -> Outcome<[i64; 4]> {
        self.proxy.release();
        let connections = self.proxy.await_closed(NOTICED) as i64;
        let left = worker.call("left")?.text;
        let mut counts = left.split(' ').map(|count| count.parse().unwrap_or(i64::MAX));
        let mut count = || counts.next().unwrap_or(i64::MAX);
        Ok([count(), count(), connections, self.kept_by_instrument()])
    }

    /// Links, sessions and connections that the instrument still has, once it has had the time to
    /// notice their end.
    fn kept_by_instrument(&self) -> i64 {
        let until = Instant::now() + NOTICED;
        loop {
            let now = self.instrument.counters();
            let kept = now.links + now.sessions + now.sockets + usize::from(now.exclusive_lock);
            if kept == 0 || Instant::now() > until {
                return kept as i64;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Asks and reads; the last of the two that was called.
fn query(worker: &mut Worker, word: &str) -> Outcome<Called> {
    let written = worker.call(&format!("write ECHO? {word}"))?;
    if written.status < VI_SUCCESS { Ok(written) } else { worker.call("read") }
}

fn ask(worker: &mut Worker, word: &str) -> Outcome {
    let called = query(worker, word)?;
    if is_answer(&called, word) {
        return Ok(());
    }
    failed(format!("without a fault: {called:?}"))
}

fn is_answer(called: &Called, word: &str) -> bool {
    // The line feed is shown as a point.
    called.status >= VI_SUCCESS && called.text == format!("{word}.")
}

impl Seen {
    /// What is wrong with it, if anything.
    pub fn fault(&self, cell: &Cell, expected: &Expected) -> Option<String> {
        let reads = matches!(cell.operation.what, What::Read | What::Query);
        let wrong = if !expected.statuses.contains(&self.status) {
            "the status"
        } else if !self.struck {
            "nothing was struck"
        } else if expected.own_answer && reads && !self.own_answer {
            "what was read"
        } else if !expected.next.allow(self.next) {
            "what comes next"
        } else if self.left != [0; 4] {
            "something is left (descriptors, threads, connections, at the instrument)"
        } else if self.is_early(cell) {
            "time is not up"
        } else {
            return None;
        };
        Some(format!("{wrong}: {self:?}, must be {expected:?}"))
    }

    fn is_early(&self, cell: &Cell) -> bool {
        self.status == VI_ERROR_TMO && self.time < cell.operation.time
    }

    /// Whether the operation ended later than it may, by the library's doing: as far as a thread
    /// that only sleeps was late as well it was the machine's.
    pub fn is_late(&self, cell: &Cell) -> bool {
        self.time > cell.operation.time + TOLERANCE + self.overslept * WAKINGS
    }
}
