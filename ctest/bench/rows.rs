#![forbid(unsafe_code)]
//! Every row of the table, and what it is to reach.

use crate::bench::clients::Who;
use crate::bench::instrument::{Processors, Protocol};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// PyVISA reads by pieces of this size unless told otherwise.
const PYVISA_CHUNK: u64 = 20 * KIB;

/// Microseconds that a connection spins in the rows about that.
const SPIN: u32 = 50;

/// What both sides do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// `*IDN?`
    Query,
    /// A block, read by pieces.
    Read { size: u64, chunk: u64 },
    /// A block, and the answer that it has come.
    Write { size: u64 },
    /// Opening, `*IDN?`, closing.
    Open,
    /// `*IDN?` in so many sessions, each in a thread of its own.
    Threads(u32),
    /// Making PyVISA's resource manager, in a fresh process.
    Manager,
    /// Loading the library and opening the resource manager, in a fresh process.
    Load,
    /// viGetAttribute.
    Attribute,
}

/// What a row is to reach, as far as it was set.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Target {
    /// Ours by theirs, at most.
    pub time: Option<f64>,
    /// Theirs by ours, at least.
    pub speed: Option<f64>,
    /// Nanoseconds, at most.
    pub ns: Option<f64>,
    /// Processor time of the process beyond theirs, in nanoseconds, at most.
    pub cpu_ns: Option<f64>,
    /// System calls of one query, exactly.
    pub calls: Option<f64>,
    /// Memory that one turn adds to the process, in kB, at most.
    pub grown_kb: Option<f64>,
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    pub subject: &'static str,
    pub work: Work,
    pub protocol: Protocol,
    pub ours: Who,
    /// Nobody where the figure stands for itself.
    pub theirs: Option<Who>,
    pub processors: Processors,
    pub target: Target,
}

impl Row {
    /// What it is called, in the table and on the command line.
    pub fn name(&self) -> String {
        let protocol = self.protocol.name();
        match self.work {
            Work::Load | Work::Attribute | Work::Manager => {
                format!("{} {}", self.subject, self.what())
            }
            _ => format!("{} {protocol} {}", self.subject, self.what()),
        }
    }

    fn what(&self) -> String {
        match self.work {
            Work::Query => "query".into(),
            Work::Read { size, chunk } if chunk < size => {
                format!("read {} by {}", amount(size), amount(chunk))
            }
            Work::Read { size, .. } => format!("read {}", amount(size)),
            Work::Write { size } => format!("write {}", amount(size)),
            Work::Open => "open, query, close".into(),
            Work::Threads(count) => format!("{count} sessions"),
            Work::Manager => "new manager".into(),
            Work::Load => "load, open manager".into(),
            Work::Attribute => "viGetAttribute".into(),
        }
    }
}

fn amount(bytes: u64) -> String {
    if bytes.is_multiple_of(MIB) {
        format!("{}MiB", bytes / MIB)
    } else {
        format!("{}KiB", bytes / KIB)
    }
}

/// A row of ours beside the limit, on one processor.
const LIMIT: Row = Row {
    subject: "limit",
    work: Work::Query,
    protocol: Protocol::Socket,
    ours: Who::Visa,
    theirs: Some(Who::Limit),
    processors: Processors::Same,
    target: Target { time: None, speed: None, ns: None, cpu_ns: None, calls: None, grown_kb: None },
};

/// All rows, in the order of the table.
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(queries());
    rows.extend(blocks());
    rows.extend(opening());
    rows.extend(threads());
    rows.extend(python());
    rows.extend(others());
    rows.extend(spinning());
    rows
}

fn queries() -> impl Iterator<Item = Row> {
    let targets = [
        (Protocol::Socket, 1.05, 2.0),
        (Protocol::Hislip, 1.05, 2.0),
        (Protocol::Vxi11, 1.03, 4.0),
        (Protocol::Pty, 1.1, 2.0),
    ];
    targets.into_iter().map(|(protocol, time, calls)| Row {
        protocol,
        target: Target {
            time: Some(time),
            cpu_ns: Some(1000.0),
            calls: Some(calls),
            ..Target::default()
        },
        ..LIMIT
    })
}

fn blocks() -> Vec<Row> {
    let mut rows = Vec::new();
    let target = |speed| Target { speed: Some(speed), grown_kb: Some(1000.0), ..Target::default() };
    for protocol in [Protocol::Socket, Protocol::Hislip, Protocol::Vxi11] {
        for size in [64 * KIB, MIB, 16 * MIB, 256 * MIB] {
            let read = Work::Read { size, chunk: size };
            rows.push(Row { work: read, protocol, target: target(0.95), ..LIMIT });
            let write = Work::Write { size };
            rows.push(Row { work: write, protocol, target: target(0.95), ..LIMIT });
        }
        let read = Work::Read { size: MIB, chunk: PYVISA_CHUNK };
        rows.push(Row { work: read, protocol, target: target(0.9), ..LIMIT });
    }
    let read = Work::Read { size: 64 * KIB, chunk: 64 * KIB };
    rows.push(Row { work: read, protocol: Protocol::Pty, target: target(0.95), ..LIMIT });
    rows
}

fn opening() -> Vec<Row> {
    let mut rows = Vec::new();
    for (protocol, speed) in
        [(Protocol::Vxi11, Some(0.95)), (Protocol::Socket, None), (Protocol::Hislip, None)]
    {
        let target = Target { speed, ..Target::default() };
        rows.push(Row { work: Work::Open, protocol, target, ..LIMIT });
    }
    for (work, ns) in [(Work::Load, 500_000.0), (Work::Attribute, 50.0)] {
        let target = Target { ns: Some(ns), ..Target::default() };
        rows.push(Row { subject: "alone", work, theirs: None, target, ..LIMIT });
    }
    rows
}

fn threads() -> Vec<Row> {
    let mut rows = Vec::new();
    let target = Target { speed: Some(0.9), ..Target::default() };
    for protocol in [Protocol::Socket, Protocol::Hislip, Protocol::Vxi11] {
        for count in [1, 4, 16, 64, 256] {
            let work = Work::Threads(count);
            rows.push(Row { work, protocol, processors: Processors::Any, target, ..LIMIT });
        }
    }
    rows
}

fn python() -> impl Iterator<Item = Row> {
    let by_pieces = Work::Read { size: 64 * KIB, chunk: PYVISA_CHUNK };
    // A program that reads much tells PyVISA to do so at once.
    let whole = |size| Work::Read { size, chunk: size };
    let table = [
        (Work::Query, Protocol::Vxi11, Some(1.7)),
        (Work::Query, Protocol::Pty, Some(3.0)),
        (whole(64 * KIB), Protocol::Pty, Some(500.0)),
        (whole(64 * KIB), Protocol::Vxi11, Some(7.0)),
        (by_pieces, Protocol::Vxi11, None),
        (whole(16 * MIB), Protocol::Socket, Some(12.0)),
        (Work::Threads(64), Protocol::Vxi11, Some(2.0)),
        (Work::Manager, Protocol::Vxi11, Some(12.0)),
    ];
    table.into_iter().map(|(work, protocol, speed)| Row {
        subject: "pyvisa",
        work,
        protocol,
        ours: Who::PyVisa,
        theirs: Some(Who::PyVisaPy),
        processors: match work {
            Work::Threads(_) => Processors::Any,
            _ => Processors::Same,
        },
        target: Target { speed, ..Target::default() },
    })
}

/// Beside what else the registries have; without targets.
fn others() -> Vec<Row> {
    let read = Work::Read { size: 64 * KIB, chunk: 64 * KIB };
    let mut rows = Vec::new();
    for work in [Work::Query, read, Work::Open] {
        let row = Row { subject: "others", work, protocol: Protocol::Vxi11, ..LIMIT };
        rows.push(Row { theirs: Some(Who::Lxi), ..row });
        if work != Work::Open {
            rows.push(Row { ours: Who::PyVisa, theirs: Some(Who::PythonVxi11), ..row });
        }
    }
    rows
}

fn spinning() -> Vec<Row> {
    let mut rows = Vec::new();
    for protocol in [Protocol::Socket, Protocol::Hislip, Protocol::Vxi11] {
        rows.push(Row {
            subject: "spin",
            protocol,
            ours: Who::Spinning(SPIN),
            processors: Processors::Apart,
            target: Target { speed: Some(1.4), ..Target::default() },
            ..LIMIT
        });
    }
    rows.push(Row {
        subject: "spin",
        work: Work::Threads(64),
        ours: Who::Spinning(SPIN),
        processors: Processors::Any,
        target: Target { speed: Some(0.95), ..Target::default() },
        ..LIMIT
    });
    // Where spinning keeps the instrument off the processor.
    rows.push(Row { subject: "spin same-processor", ours: Who::Spinning(SPIN), ..LIMIT });
    rows
}
