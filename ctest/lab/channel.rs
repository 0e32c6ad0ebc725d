#![forbid(unsafe_code)]
//! What the guest sends, with deadlines.

use std::io::Read;
use std::sync::mpsc;
use std::time::Instant;

use crate::Outcome;
use crate::failed;

/// The reading end of the channel to the guest.
pub struct Channel {
    pieces: mpsc::Receiver<Vec<u8>>,
    /// Received and not yet asked for.
    pending: Vec<u8>,
}

impl Channel {
    /// A pipe's reader cannot watch the time: a thread of its own reads, which ends with the pipe.
    pub fn new(mut from: impl Read + Send + 'static) -> Self {
        let (sender, pieces) = mpsc::channel();
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(count @ 1..) = from.read(&mut piece) {
                if sender.send(piece[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { pieces, pending: Vec::new() }
    }

    /// The next line without its end; nothing when the deadline passes or the machine ends first.
    pub fn line(&mut self, deadline: Instant) -> Outcome<Option<String>> {
        loop {
            if let Some(end) = self.pending.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.pending.drain(..=end).collect();
                return Ok(Some(String::from_utf8_lossy(&line[..end]).into_owned()));
            }
            if !self.more(deadline) {
                return Ok(None);
            }
        }
    }

    /// The next `count` bytes.
    pub fn bytes(&mut self, count: usize, deadline: Instant) -> Outcome<Vec<u8>> {
        while self.pending.len() < count {
            if !self.more(deadline) {
                return failed("the bench VM stopped in the middle of its answer");
            }
        }
        Ok(self.pending.drain(..count).collect())
    }

    fn more(&mut self, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        let piece = self.pieces.recv_timeout(left);
        self.pending.extend(piece.iter().flatten());
        piece.is_ok()
    }
}
