#![forbid(unsafe_code)]
//! What goes through bulk endpoints: streams of packets, in which one that is not full ends a
//! transfer.

use std::collections::VecDeque;
use std::sync::OnceLock;

use visa::sim;

/// The simulator's pattern begins anew after so many bytes.
const PERIOD: usize = 251 * 128;

/// The most that is compared or sent at once.
const WINDOW: usize = 1 << 20;

/// Bytes of the pattern from `from` on, at most `count`.
fn pattern(from: u64, count: usize) -> &'static [u8] {
    static TABLE: OnceLock<Vec<u8>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let period: Vec<u8> = (0..PERIOD as u64).map(sim::pattern).collect();
        period.iter().copied().cycle().take(PERIOD + WINDOW).collect()
    });
    let start = (from % PERIOD as u64) as usize;
    &table[start..start + count.min(WINDOW)]
}

/// One transfer of a host's, as far as it has come.
#[derive(Default)]
struct Run {
    bytes: VecDeque<u8>,
    ended: bool,
}

/// What comes goes back, with the ends of transfers where they were.
#[derive(Default)]
pub struct Loop {
    runs: VecDeque<Run>,
}

impl Loop {
    pub fn push(&mut self, data: &[u8], packet: usize) {
        if self.runs.back().is_none_or(|run| run.ended) {
            self.runs.push_back(Run::default());
        }
        if let Some(run) = self.runs.back_mut() {
            run.bytes.extend(data);
            run.ended = data.is_empty() || !data.len().is_multiple_of(packet);
        }
    }

    /// What a transfer of `most` bytes gets. Without an end it waits until it is full.
    pub fn next(&mut self, most: usize, packet: usize) -> Option<Vec<u8>> {
        let run = self.runs.front_mut()?;
        let count = run.bytes.len().min(most);
        if !run.ended && count < most {
            return None;
        }
        let data: Vec<u8> = run.bytes.drain(..count).collect();
        // A full transfer of full packets shows no end: a packet of no bytes is still to come.
        let shown = count < most || !count.is_multiple_of(packet);
        if run.bytes.is_empty() && (shown || !run.ended) {
            self.runs.pop_front();
        }
        Some(data)
    }
}

/// Takes the pattern.
#[derive(Default)]
pub struct Sink {
    count: u64,
    wrong: bool,
}

impl Sink {
    pub fn push(&mut self, data: &[u8]) {
        for piece in data.chunks(WINDOW) {
            self.wrong |= piece != pattern(self.count, piece.len());
            self.count += piece.len() as u64;
        }
    }

    pub fn report(&self) -> String {
        format!("{} {}", self.count, if self.wrong { "wrong" } else { "ok" })
    }
}

/// Sends the pattern.
#[derive(Default)]
pub struct Source {
    at: u64,
    end: u64,
    /// An end is still to be shown.
    open: bool,
}

impl Source {
    pub fn new(count: u64) -> Self {
        Self { at: 0, end: count, open: true }
    }

    pub fn next(&mut self, most: usize, packet: usize) -> Option<Vec<u8>> {
        if !self.open {
            return None;
        }
        let count = (self.end - self.at).min(most as u64) as usize;
        let mut data = Vec::with_capacity(count);
        while data.len() < count {
            let piece = pattern(self.at, count - data.len());
            data.extend_from_slice(piece);
            self.at += piece.len() as u64;
        }
        self.open = count == most && (count.is_multiple_of(packet) || self.at < self.end);
        Some(data)
    }
}
