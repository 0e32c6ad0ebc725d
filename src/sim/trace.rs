#![forbid(unsafe_code)]
//! Readings that a trigger starts and a buffer keeps, as multimeters have it: what the example of
//! PyVISA's documentation asks of a Keithley 2000.
//!
//! | command | effect or answer |
//! |---|---|
//! | `SAMPle:COUNt <n>` | readings for each trigger, 1 to 1024 |
//! | `TRIGger:SOURce IMMediate\|BUS` | whether they wait for a trigger |
//! | `TRIGger:DELay <s>` | the time that each of them takes |
//! | `TRACe:POINts <n>`, `TRACe:FEED SENSe1`, `TRACe:FEED:CONTrol NEXT\|NEVer`, `TRACe:CLEar` | the buffer: its size, and whether it fills |
//! | `INITiate[:IMMediate]` | readings may begin |
//! | `TRACe:DATA?` | what the buffer holds, with commas |
//! | `STATus:MEASurement[:EVENt]?`, `STATus:MEASurement:ENABle <n>`, `STATus:PRESet` | the event register behind bit 0 of the status byte; 512: the buffer is full |

use std::time::Duration;
use std::time::Instant;

use crate::sim::commands::Argument;
use crate::sim::commands::Call;
use crate::sim::commands::Command;
use crate::sim::commands::command;
use crate::sim::commands::reading;
use crate::sim::status::DATA_OUT_OF_RANGE;
use crate::sim::status::DATA_STALE;
use crate::sim::status::DATA_TYPE_ERROR;
use crate::sim::status::ErrorNumber;
use crate::sim::status::ILLEGAL_PARAMETER_VALUE;
use crate::sim::status::INIT_IGNORED;
use crate::sim::status::MEASUREMENT;

/// Measurement event: the buffer is full.
const BUFFER_FULL: u16 = 1 << 9;

/// Most readings of one trigger, and most that are kept.
const MOST: u64 = 1024;

/// The longest `TRIG:DEL`, in seconds.
const LONGEST_DELAY: f64 = 999_999.0;

/// The commands of this group.
pub(super) static COMMANDS: &[Command] = &[
    command("SAMPle:COUNt", Argument::Text, sample_count),
    command("TRIGger:SOURce", Argument::Text, source),
    command("TRIGger:DELay", Argument::Text, delay),
    command("TRACe:POINts", Argument::Text, points),
    command("TRACe:FEED", Argument::Text, feed),
    command("TRACe:FEED:CONTrol", Argument::Text, control),
    command("TRACe:CLEar", Argument::None, clear),
    command("TRACe:DATA?", Argument::None, data),
    command("INITiate[:IMMediate]", Argument::None, initiate),
    command("STATus:MEASurement[:EVENt]?", Argument::None, event),
    command("STATus:MEASurement:ENABle", Argument::Text, enable),
    command("STATus:PRESet", Argument::None, preset),
];

/// Settings, buffer and register.
#[derive(Debug)]
pub(super) struct Trace {
    samples: u64,
    by_bus: bool,
    delay: Duration,
    points: u64,
    feeding: bool,
    waiting: bool,
    /// When the readings that go on are all there.
    complete: Option<Instant>,
    kept: u64,
    events: u16,
    enabled: u16,
}

impl Default for Trace {
    fn default() -> Self {
        Self {
            samples: 1,
            by_bus: false,
            delay: Duration::ZERO,
            points: 100,
            feeding: false,
            waiting: false,
            complete: None,
            kept: 0,
            events: 0,
            enabled: 0,
        }
    }
}

impl Trace {
    /// `*RST`: the settings alone.
    pub(super) fn reset(&mut self) {
        *self = Self { events: self.events, enabled: self.enabled, ..Self::default() };
    }

    /// `*CLS`.
    pub(super) fn clear_events(&mut self) {
        self.events = 0;
    }

    /// Its bit of the status byte.
    pub(super) fn summary(&self) -> u8 {
        if self.events & self.enabled != 0 { MEASUREMENT } else { 0 }
    }

    /// A trigger has come.
    pub(super) fn trigger(&mut self, now: Instant) {
        if self.by_bus && self.waiting {
            self.begin(now);
        }
    }

    fn begin(&mut self, now: Instant) {
        self.waiting = false;
        // At most 1024 times a million seconds: an instant has room for that.
        self.complete = Some(now + self.delay * self.samples as u32);
    }

    /// When something will happen by itself.
    pub(super) fn next(&self) -> Option<Instant> {
        self.complete
    }

    /// Does what is due.
    pub(super) fn advance(&mut self, now: Instant) {
        if self.complete.is_none_or(|complete| complete > now) {
            return;
        }
        self.complete = None;
        if self.feeding {
            self.kept = (self.kept + self.samples).min(self.points);
            if self.kept == self.points {
                self.feeding = false;
                self.events |= BUFFER_FULL;
            }
        }
    }
}

fn sample_count(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let count = positive(call)?;
    call.device.with(|state| state.trace.samples = count);
    Ok(())
}

fn points(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let count = positive(call)?;
    call.device.with(|state| {
        state.trace.points = count;
        state.trace.kept = 0;
    });
    Ok(())
}

fn positive(call: &Call<'_>) -> Result<u64, ErrorNumber> {
    match call.number(MOST)? {
        0 => Err(DATA_OUT_OF_RANGE),
        count => Ok(count),
    }
}

fn source(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let by_bus = match call.argument.to_ascii_uppercase().as_slice() {
        b"BUS" => true,
        b"IMM" | b"IMMEDIATE" => false,
        _ => return Err(ILLEGAL_PARAMETER_VALUE),
    };
    call.device.with(|state| state.trace.by_bus = by_bus);
    Ok(())
}

fn delay(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let text = std::str::from_utf8(call.argument).map_err(|_| DATA_TYPE_ERROR)?;
    let seconds: f64 = text.parse().map_err(|_| DATA_TYPE_ERROR)?;
    if !(0.0..=LONGEST_DELAY).contains(&seconds) {
        return Err(DATA_OUT_OF_RANGE);
    }
    call.device.with(|state| state.trace.delay = Duration::from_secs_f64(seconds));
    Ok(())
}

/// There is one input only.
fn feed(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    match call.argument.to_ascii_uppercase().as_slice() {
        b"SENS" | b"SENSE" | b"SENS1" | b"SENSE1" => Ok(()),
        _ => Err(ILLEGAL_PARAMETER_VALUE),
    }
}

fn control(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let feeding = match call.argument.to_ascii_uppercase().as_slice() {
        b"NEXT" => true,
        b"NEV" | b"NEVER" => false,
        _ => return Err(ILLEGAL_PARAMETER_VALUE),
    };
    call.device.with(|state| {
        state.trace.feeding = feeding;
        if feeding {
            state.trace.kept = 0;
        }
    });
    Ok(())
}

fn clear(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    call.device.with(|state| state.trace.kept = 0);
    Ok(())
}

fn data(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let readings = call.device.with(|state| {
        let kept = state.trace.kept;
        let readings: Vec<_> = (0..kept).map(|_| reading(state)).collect();
        readings
    });
    if readings.is_empty() {
        return Err(DATA_STALE);
    }
    call.answer(readings.join(","))
}

fn initiate(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    call.device.change(|state| {
        let trace = &mut state.trace;
        if trace.waiting || trace.complete.is_some() {
            return Err(INIT_IGNORED);
        }
        if trace.by_bus {
            trace.waiting = true;
        } else {
            trace.begin(Instant::now());
        }
        Ok(())
    })
}

fn event(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let events = call.device.with(|state| std::mem::take(&mut state.trace.events));
    call.answer(events.to_string())
}

fn enable(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let mask = call.number(u64::from(u16::MAX >> 1))? as u16;
    call.device.with(|state| state.trace.enabled = mask);
    Ok(())
}

fn preset(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    call.device.with(|state| state.trace.enabled = 0);
    Ok(())
}
