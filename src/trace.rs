#![forbid(unsafe_code)]
//! The trace: with `VISA_TRACE=FILE` (or `stderr`) one line for each call.
//!
//! Off, a call pays for one atomic load. On, a line is written in one piece, so that threads and
//! processes that share a file do not mix their lines.

use std::cell::RefCell;
use std::fmt::{Arguments, Write as _};
use std::fs::{File, OpenOptions};
use std::os::fd::AsFd;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::consts::ViStatus;
use crate::os::output;
use crate::status::{self, Error};

const UNKNOWN: u8 = 0;
const OFF: u8 = 1;
const ON: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(UNKNOWN);
static SINK: OnceLock<File> = OnceLock::new();

thread_local! {
    /// What the call in progress on this thread adds to its line.
    static NOTES: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Calls come also from destructors that run after this thread's locals are gone: no notes then.
fn with_notes(act: impl FnOnce(&mut String)) {
    let _ = NOTES.try_with(|notes| {
        if let Ok(mut notes) = notes.try_borrow_mut() {
            act(&mut notes);
        }
    });
}

/// Whether calls are traced.
#[inline]
pub fn is_on() -> bool {
    match STATE.load(Ordering::Relaxed) {
        UNKNOWN => start(),
        state => state == ON,
    }
}

#[cold]
fn start() -> bool {
    // What cannot be opened must not disturb the program: no trace then. Standard error is written
    // through a descriptor of our own, not through the language's lock, which a fork could leave
    // held in the child.
    let sink = match std::env::var_os("VISA_TRACE") {
        Some(path) if path == "stderr" => {
            std::io::stderr().as_fd().try_clone_to_owned().ok().map(File::from)
        }
        Some(path) if !path.is_empty() => {
            OpenOptions::new().append(true).create(true).open(path).ok()
        }
        _ => None,
    };
    let on = sink.is_some();
    if let Some(sink) = sink {
        let _ = SINK.set(sink);
    }
    STATE.store(if on { ON } else { OFF }, Ordering::Relaxed);
    on
}

/// Adds to the line of the call in progress, when traced.
#[inline]
pub fn note(text: Arguments<'_>) {
    if is_on() {
        with_notes(|notes| {
            let _ = write!(notes, " {text}");
        });
    }
}

/// How many bytes of data a line shows.
const SHOWN: usize = 40;

/// The first bytes of data that move in pieces, for [`bytes`]. Empty when nothing is traced.
#[derive(Debug, Default)]
pub struct Sample(Vec<u8>);

impl Sample {
    /// Adds a piece.
    #[inline]
    pub fn add(&mut self, piece: &[u8]) {
        // One more than is shown tells that there are more.
        let room = (SHOWN + 1).saturating_sub(self.0.len());
        if room > 0 && is_on() {
            self.0.extend_from_slice(&piece[..piece.len().min(room)]);
        }
    }

    /// Adds what was collected to the line, if anything was.
    pub fn show(&self, label: &str) {
        if !self.0.is_empty() {
            bytes(label, &self.0);
        }
    }
}

/// Adds bytes that were moved to the line, the first 40 of them, when traced.
#[inline]
pub fn bytes(label: &str, data: &[u8]) {
    if is_on() {
        let more = if data.len() > SHOWN { "..." } else { "" };
        let shown = data[..data.len().min(SHOWN)].escape_ascii();
        note(format_args!("{label}=\"{shown}\"{more}"));
    }
}

/// A call that is being traced.
pub struct Span {
    started: Instant,
    at: SystemTime,
}

impl Span {
    /// Starts a line.
    pub fn start() -> Self {
        with_notes(String::clear);
        Self { started: Instant::now(), at: SystemTime::now() }
    }

    /// Writes the line: time (UTC), process, thread, function, arguments, notes, status, duration.
    pub fn finish(
        self,
        function: &str,
        arguments: Arguments<'_>,
        outcome: Result<ViStatus, Error>,
    ) {
        let code = outcome.unwrap_or_else(|error| error.code);
        let mut line = String::with_capacity(160);
        let since = self.at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let day = since.as_secs() % 86_400;
        let _ = write!(
            line,
            "{:02}:{:02}:{:02}.{:06} {} {} {function}({arguments})",
            day / 3600,
            day / 60 % 60,
            day % 60,
            since.subsec_micros(),
            std::process::id(),
            output::thread_id(),
        );
        with_notes(|notes| line.push_str(notes));
        match status::name(code) {
            Some(name) => line.push_str(&format!(" = {name}")),
            None => line.push_str(&format!(" = {code:#010X}")),
        }
        if let Err(error) = outcome {
            let _ = write!(line, " ({}", error.at);
            if let Some(errno) = error.os {
                let _ = write!(line, ": {}", std::io::Error::from_raw_os_error(errno));
            }
            line.push(')');
        }
        let _ = writeln!(line, " {:.3} ms", self.started.elapsed().as_secs_f64() * 1e3);
        if let Some(sink) = SINK.get() {
            output::write_quietly(sink, line.as_bytes());
        }
    }
}
