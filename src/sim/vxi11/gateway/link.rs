#![forbid(unsafe_code)]
//! Links to devices and to the interface, and what they do on the bus.

use std::sync::Arc;
use std::sync::MutexGuard;
use std::time::Duration;
use std::time::Instant;

use crate::sim::gpib::Abort;
use crate::sim::gpib::Address;
use crate::sim::gpib::Board;
use crate::sim::gpib::Terminator;
use crate::sim::gpib::Until;
use crate::sim::gpib::message::DCL;
use crate::sim::gpib::message::GET;
use crate::sim::gpib::message::GTL;
use crate::sim::gpib::message::LLO;
use crate::sim::server::lock;
use crate::sim::vxi11::ErrorCode;
use crate::sim::vxi11::LOCKED;
use crate::sim::vxi11::NO_LOCK;
use crate::sim::vxi11::NOT_SUPPORTED;
use crate::sim::vxi11::WAIT_LOCK;
use crate::sim::vxi11::gateway::Shared;
use crate::sim::vxi11::gateway::code;
use crate::sim::vxi11::gateway::service;
use crate::sim::vxi11::gateway::service::Enabled;

/// Reasons of a device_read (VXI-11 B.6.4): size, character, END.
const REASONS: (u32, u32, u32) = (1, 2, 4);

/// The longest answer to one device_read, in bytes.
const LONGEST_READ: usize = 1 << 20;

/// A link; it ends, with its lock, when dropped.
pub(super) struct Link {
    pub(super) shared: Arc<Shared>,
    number: i32,
    /// The device; `None` for the interface itself.
    pub(super) device: Option<Address>,
    pub(super) enabled: Arc<Enabled>,
}

/// What a link was named, if a gateway has such a thing.
pub(super) fn parse(name: &[u8]) -> Option<Option<Address>> {
    let name = str::from_utf8(name).ok()?.to_ascii_lowercase();
    let mut parts = name.split(',');
    if parts.next() != Some("gpib0") {
        return None;
    }
    let mut number = || match parts.next().map(str::parse::<u8>) {
        None => Some(None),
        Some(Ok(number @ 0..=30)) => Some(Some(number)),
        Some(_) => None,
    };
    let (primary, secondary) = (number()?, number()?);
    match (primary, secondary, parts.next()) {
        (Some(primary), secondary, None) => Some(Some(Address { primary, secondary })),
        (None, None, None) => Some(None),
        _ => None,
    }
}

impl Link {
    pub(super) fn new(shared: &Arc<Shared>, device: Option<Address>) -> Self {
        let enabled = Arc::<Enabled>::default();
        let mut links = lock(&shared.links);
        links.next = (links.next + 1) & i32::MAX;
        let number = links.next;
        links.open.insert(number, Arc::clone(&enabled));
        drop(links);
        Self { shared: Arc::clone(shared), number, device, enabled }
    }

    pub(super) fn number(&self) -> i32 {
        self.number
    }

    /// Does something on the bus, alone and until its time is over or it is aborted.
    pub(super) fn work<T>(
        &self,
        io_timeout: Duration,
        work: impl FnOnce(&Board, &Until) -> Result<T, ErrorCode>,
    ) -> Result<T, ErrorCode> {
        let abort = Abort::default();
        lock(&self.shared.links).aborts.insert(self.number, abort.clone());
        let turn: MutexGuard<'_, ()> = lock(&self.shared.turn);
        let until = Until::within(io_timeout).or(&abort);
        let done = work(&self.shared.board, &until);
        drop(turn);
        lock(&self.shared.links).aborts.remove(&self.number);
        done
    }

    /// Waits, if the flags say so, until no other link has the lock.
    pub(super) fn permit(&self, flags: u32, lock_timeout: Duration) -> Result<(), ErrorCode> {
        let deadline = Instant::now() + lock_timeout;
        let mut links = lock(&self.shared.links);
        loop {
            let holder = links.locks.get(&self.device);
            if holder.is_none_or(|holder| *holder == self.number) {
                return Ok(());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if flags & WAIT_LOCK == 0 || left.is_zero() || self.shared.hub.stopping() {
                return Err(LOCKED);
            }
            links = match self.shared.unlocked.wait_timeout(links, left) {
                Ok((links, _)) => links,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }

    pub(super) fn lock(&self, flags: u32, lock_timeout: Duration) -> Result<(), ErrorCode> {
        if lock(&self.shared.links).locks.get(&self.device) == Some(&self.number) {
            return Err(LOCKED);
        }
        self.permit(flags, lock_timeout)?;
        lock(&self.shared.links).locks.insert(self.device, self.number);
        Ok(())
    }

    pub(super) fn unlock(&self) -> Result<(), ErrorCode> {
        let mut links = lock(&self.shared.links);
        if links.locks.get(&self.device) != Some(&self.number) {
            return Err(NO_LOCK);
        }
        links.locks.remove(&self.device);
        drop(links);
        self.shared.unlocked.notify_all();
        Ok(())
    }

    /// How much was taken, and what became of it.
    pub(super) fn write(
        &self,
        data: &[u8],
        end: bool,
        io_timeout: Duration,
    ) -> (usize, Result<(), ErrorCode>) {
        let mut taken = data.len();
        let done = self.work(io_timeout, |board, until| {
            match self.device {
                Some(device) => board.send(device, data, end, until),
                None => board.write(data, end, until),
            }
            .map_err(|(count, failure)| {
                taken = count;
                code(failure)
            })
        });
        (taken, done)
    }

    /// The bytes and the reason.
    pub(super) fn read(
        &self,
        size: usize,
        term_char: Option<u8>,
        io_timeout: Duration,
    ) -> (Vec<u8>, Result<u32, ErrorCode>) {
        let terminator = term_char.map(|byte| Terminator { byte, seven_bits: false });
        let most = size.min(LONGEST_READ);
        let mut data = Vec::new();
        let done = self.work(io_timeout, |board, until| {
            let got = match self.device {
                Some(device) => board.receive(device, most, terminator, until),
                None => board.read(most, terminator, until),
            };
            data = got.data;
            if let Some(failure) = got.failure {
                return Err(code(failure));
            }
            let (full, character, end) = REASONS;
            let bit = |so: bool, reason| if so { reason } else { 0 };
            Ok(bit(data.len() == size, full) | bit(got.matched, character) | bit(got.end, end))
        });
        (data, done)
    }

    pub(super) fn status_byte(&self, io_timeout: Duration) -> Result<u8, ErrorCode> {
        let Some(device) = self.device else { return Err(NOT_SUPPORTED) };
        let polled =
            self.work(io_timeout, |board, until| board.serial_poll(device, until).map_err(code));
        service::polled(&self.shared);
        polled
    }

    pub(super) fn trigger(&self, io_timeout: Duration) -> Result<(), ErrorCode> {
        self.work(io_timeout, |board, until| match self.device {
            Some(device) => board.trigger(&[device], until).map_err(code),
            None => board.command(&[GET], until).map_err(|(_, failure)| code(failure)),
        })
    }

    pub(super) fn clear(&self, io_timeout: Duration) -> Result<(), ErrorCode> {
        self.work(io_timeout, |board, until| match self.device {
            Some(device) => board.clear(device, until).map_err(code),
            None => board.command(&[DCL], until).map_err(|(_, failure)| code(failure)),
        })
    }

    /// Remote with lockout (IEEE 488.2 16.2.8), or local.
    pub(super) fn remote(&self, remote: bool, io_timeout: Duration) -> Result<(), ErrorCode> {
        let Some(device) = self.device else { return Err(NOT_SUPPORTED) };
        self.work(io_timeout, |board, until| {
            if remote {
                board.remote_enable(true).map_err(code)?;
            }
            board.tell(&[device], if remote { LLO } else { GTL }, until).map_err(code)
        })
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Fails where it has none.
        let _ = self.unlock();
        let mut links = lock(&self.shared.links);
        links.open.remove(&self.number);
        links.aborts.remove(&self.number);
    }
}
