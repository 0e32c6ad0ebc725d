#![forbid(unsafe_code)]
//! The asynchronous channel: status, locks, clear, remote and local.

use std::io;
use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use crate::sim::device::State;
use crate::sim::hislip::message::ASYNC_DEVICE_CLEAR;
use crate::sim::hislip::message::ASYNC_DEVICE_CLEAR_ACKNOWLEDGE;
use crate::sim::hislip::message::ASYNC_LOCK;
use crate::sim::hislip::message::ASYNC_LOCK_INFO;
use crate::sim::hislip::message::ASYNC_LOCK_INFO_RESPONSE;
use crate::sim::hislip::message::ASYNC_LOCK_RESPONSE;
use crate::sim::hislip::message::ASYNC_MAXIMUM_MESSAGE_SIZE;
use crate::sim::hislip::message::ASYNC_MAXIMUM_MESSAGE_SIZE_RESPONSE;
use crate::sim::hislip::message::ASYNC_REMOTE_LOCAL_CONTROL;
use crate::sim::hislip::message::ASYNC_REMOTE_LOCAL_RESPONSE;
use crate::sim::hislip::message::ASYNC_STATUS_QUERY;
use crate::sim::hislip::message::ASYNC_STATUS_RESPONSE;
use crate::sim::hislip::message::ERROR;
use crate::sim::hislip::message::ERROR_TOO_LARGE;
use crate::sim::hislip::message::ERROR_UNKNOWN_CONTROL;
use crate::sim::hislip::message::FATAL_ERROR;
use crate::sim::hislip::message::FATAL_POOR_HEADER;
use crate::sim::hislip::message::Header;
use crate::sim::hislip::message::payload;
use crate::sim::hislip::message::receive;
use crate::sim::hislip::refuse;
use crate::sim::hislip::session::Session;
use crate::sim::locks::Released;
use crate::sim::locks::Wanted;
use crate::sim::server::lock;

/// The longest payload on this channel: a lock string (IVI-6.1 6.5).
const LONGEST_PAYLOAD: u64 = 256;

/// AsyncLockResponse.
const LOCK_FAILED: u8 = 0;
const LOCK_GRANTED: u8 = 1;
const SHARED_RELEASED: u8 = 2;
const LOCK_ERROR: u8 = 3;

/// Serves the channel until its end.
pub(super) fn serve(
    session: &Arc<Session>,
    reader: &mut impl BufRead,
    max_message: u64,
    prefer_overlap: bool,
) -> io::Result<()> {
    let mut text = Vec::new();
    loop {
        let Some(header) = receive(reader)? else {
            let fatal = Header::new(FATAL_ERROR, FATAL_POOR_HEADER, 0);
            return session.send_async(fatal, &[b"no prologue"]);
        };
        text.clear();
        let fits = header.length <= LONGEST_PAYLOAD;
        payload(reader, header.length, |bytes, _| {
            if fits {
                text.extend_from_slice(bytes);
            }
        })?;
        if !fits {
            let error = Header::new(ERROR, ERROR_TOO_LARGE, 0);
            session.send_async(error, &[b"message too large"])?;
            continue;
        }
        answer(session, header, &text, max_message, prefer_overlap)?;
    }
}

fn answer(
    session: &Session,
    header: Header,
    text: &[u8],
    max_message: u64,
    prefer_overlap: bool,
) -> io::Result<()> {
    let plain =
        |kind, control, parameter| session.send_async(Header::new(kind, control, parameter), &[]);
    match header.kind {
        ASYNC_MAXIMUM_MESSAGE_SIZE => {
            if let Ok(limit) = text.try_into() {
                lock(&session.exchange).limit = u64::from_be_bytes(limit);
            }
            let reply = Header::new(ASYNC_MAXIMUM_MESSAGE_SIZE_RESPONSE, 0, 0);
            session.send_async(reply, &[&max_message.to_be_bytes()])
        }
        ASYNC_STATUS_QUERY => plain(ASYNC_STATUS_RESPONSE, session.status(header), 0),
        ASYNC_DEVICE_CLEAR => {
            session.clearing.store(true, Ordering::SeqCst);
            session.device.change(|state| state.seen.clears += 1);
            session.device.set_available(session.port, None);
            plain(ASYNC_DEVICE_CLEAR_ACKNOWLEDGE, u8::from(prefer_overlap), 0)
        }
        ASYNC_LOCK => match header.control {
            0 => plain(ASYNC_LOCK_RESPONSE, release(session, header.parameter), 0),
            1 => plain(ASYNC_LOCK_RESPONSE, acquire(session, header.parameter, text), 0),
            _ => unknown_control(session),
        },
        ASYNC_LOCK_INFO => {
            let (exclusive, holders) =
                session.device.with(|state| (state.locks.exclusive(), state.locks.holders()));
            plain(ASYNC_LOCK_INFO_RESPONSE, u8::from(exclusive), holders as u32)
        }
        ASYNC_REMOTE_LOCAL_CONTROL if header.control > 6 => unknown_control(session),
        ASYNC_REMOTE_LOCAL_CONTROL => {
            session.catch_up(header.parameter);
            session.device.with(|state| remote_local(state, header.control));
            plain(ASYNC_REMOTE_LOCAL_RESPONSE, 0, 0)
        }
        // Or two that do not know each other's messages would answer for ever.
        ERROR => Ok(()),
        _ => {
            let (reply, why) = refuse(header.kind);
            session.send_async(reply, &[why])
        }
    }
}

fn unknown_control(session: &Session) -> io::Result<()> {
    let error = Header::new(ERROR, ERROR_UNKNOWN_CONTROL, 0);
    session.send_async(error, &[b"unknown control code"])
}

fn acquire(session: &Session, timeout: u32, key: &[u8]) -> u8 {
    let Ok(key) = std::str::from_utf8(key) else { return LOCK_ERROR };
    let wanted = if key.is_empty() { Wanted::Exclusive } else { Wanted::Shared(key) };
    let port = session.port;
    if session.device.with(|state| state.locks.redundant(port, wanted)) {
        return LOCK_ERROR;
    }
    let deadline = Instant::now() + Duration::from_millis(timeout.into());
    let granted = session.device.wait(Some(deadline), |state| {
        if session.closed() {
            return Some(false);
        }
        state.locks.acquire(port, wanted).then_some(true)
    });
    if granted == Some(true) { LOCK_GRANTED } else { LOCK_FAILED }
}

/// Releases once the client's messages up to `id` are carried out (IVI-6.1 6.5.2).
fn release(session: &Session, id: u32) -> u8 {
    session.catch_up(id);
    match session.device.change(|state| state.locks.release(session.port)) {
        Some(Released::Exclusive) => LOCK_GRANTED,
        Some(Released::Shared) => SHARED_RELEASED,
        None => LOCK_ERROR,
    }
}

/// IVI-6.1 6.15: the requests are viGpibControlREN's modes.
fn remote_local(state: &mut State, request: u8) {
    let seen = &mut state.seen;
    match request {
        // Disable remote: the front panel is free again.
        0 | 2 => (seen.remote_enabled, seen.remote, seen.lockout) = (false, false, false),
        1 => seen.remote_enabled = true,
        3 => (seen.remote_enabled, seen.remote) = (true, true),
        4 => (seen.remote_enabled, seen.lockout) = (true, true),
        5 => (seen.remote_enabled, seen.remote, seen.lockout) = (true, true, true),
        // Go to local; enabling and lockout stay.
        _ => seen.remote = false,
    }
}
