#![forbid(unsafe_code)]
//! The asynchronous connection: one transaction at a time, and what the device says unasked.
//!
//! All receiving is in [`HislipLink::next_async`] and all sorting in [`HislipLink::is_dealt_with`],
//! so that a thread of its own can take over the receiving.

use std::io::IoSlice;
use std::sync::atomic::Ordering;

use crate::iface::hislip::send::complaint;
use crate::iface::hislip::{HislipLink, Pull};
use crate::os::Wait;
use crate::status::{Result, VI_ERROR_IO, fail};
use crate::wire::hislip::{HEADER_LEN, Header, MessageType};

/// The state of the asynchronous connection.
#[derive(Default)]
pub(super) struct Transactions {
    /// The header being received, and how much of it there is.
    head: [u8; HEADER_LEN],
    head_len: usize,
    /// The start of its payload, and how much of the payload has been received.
    body: [u8; 8],
    body_len: u64,
    /// Responses that the server owes to calls that gave up waiting. Not to be taken for the
    /// responses to later calls.
    given_up: Vec<MessageType>,
    /// The rest of a request whose sending was cut off. Requests are a few bytes, so this is as
    /// good as never needed.
    unsent: Vec<u8>,
}

/// A response.
#[derive(Clone, Copy)]
pub(super) struct Answer {
    pub header: Header,
    /// The payload's first eight bytes as a number, when it has so many.
    pub number: Option<u64>,
}

impl HislipLink {
    /// Sends a request and waits for its response.
    ///
    /// # Errors
    /// VI_ERROR_IO when the server answers with an Error message; VI_ERROR_TMO and the like.
    pub(super) fn transact(
        &self,
        request: Header,
        payload: &[u8],
        expected: MessageType,
        wait: &Wait,
    ) -> Result<Answer> {
        self.alive()?;
        let mut async_side = self.transactions.pass(wait)?;
        self.post(&mut async_side, &request, payload, expected, wait)?;
        match self.await_response(&mut async_side, expected, wait) {
            Ok(answer) => {
                // The server answers in order: what it has not answered before a device clear it
                // never will.
                if expected == MessageType::AsyncDeviceClearAcknowledge {
                    async_side.given_up.clear();
                }
                answer
            }
            Err(error) => {
                async_side.given_up.push(expected);
                Err(error)
            }
        }
    }

    /// Waits for the AsyncInterrupted of every Interrupted.
    pub(super) fn await_async_interrupted(&self, wait: &Wait) -> Result {
        let mut async_side = self.transactions.pass(wait)?;
        let mut pull = Pull::new(&self.asynchronous, wait);
        while self.state.interrupts.load(Ordering::SeqCst) < 0 {
            let answer = self.next_async(&mut async_side, &mut pull)?;
            if !self.is_dealt_with(&mut async_side, &answer.header)? {
                self.complain_async(&mut async_side, &answer.header, wait);
            }
        }
        Ok(())
    }

    /// The outer result is ours, the inner one the server's.
    fn await_response(
        &self,
        async_side: &mut Transactions,
        expected: MessageType,
        wait: &Wait,
    ) -> Result<Result<Answer>> {
        let mut pull = Pull::new(&self.asynchronous, wait);
        loop {
            let answer = self.next_async(async_side, &mut pull)?;
            if self.is_dealt_with(async_side, &answer.header)? {
                continue;
            }
            match answer.header.message() {
                Some(message) if message == expected => return Ok(Ok(answer)),
                Some(MessageType::Error) => {
                    return Ok(fail(VI_ERROR_IO, "device answered with an Error message"));
                }
                _ => self.complain_async(async_side, &answer.header, wait),
            }
        }
    }

    /// The next message. What has arrived of it stays when the deadline passes.
    fn next_async(&self, async_side: &mut Transactions, pull: &mut Pull) -> Result<Answer> {
        while async_side.head_len < HEADER_LEN {
            async_side.head_len += pull.recv(&mut async_side.head[async_side.head_len..])?;
        }
        let Some(header) = Header::decode(&async_side.head) else {
            return Err(self.out_of_step(&self.asynchronous, pull.wait));
        };
        while async_side.body_len < header.length {
            let mut bin = [0; 256];
            let have = async_side.body_len;
            let room = match async_side.body.get_mut(have as usize..) {
                Some(room) if !room.is_empty() => room,
                _ => &mut bin,
            };
            let most = room.len().min((header.length - have) as usize);
            async_side.body_len += pull.recv(&mut room[..most])? as u64;
        }
        (async_side.head_len, async_side.body_len) = (0, 0);
        let number = (header.length >= 8).then(|| u64::from_be_bytes(async_side.body));
        Ok(Answer { header, number })
    }

    /// Deals with what needs nobody waiting for it: what the server sends unasked, and responses
    /// to calls that gave up.
    fn is_dealt_with(&self, async_side: &mut Transactions, header: &Header) -> Result<bool> {
        match header.message() {
            Some(MessageType::AsyncServiceRequest) => {
                self.state.service_requests.note(header.control);
                Ok(true)
            }
            Some(MessageType::AsyncInterrupted) => {
                self.state.note_interrupt(1);
                Ok(true)
            }
            Some(MessageType::FatalError) => {
                Err(self.die("device answered with a FatalError message"))
            }
            Some(message) => {
                let late = async_side.given_up.iter().position(|given_up| *given_up == message);
                Ok(late.map(|at| async_side.given_up.swap_remove(at)).is_some())
            }
            None => Ok(false),
        }
    }

    /// Sends a request, after what is left of an earlier one.
    fn post(
        &self,
        async_side: &mut Transactions,
        request: &Header,
        payload: &[u8],
        expected: MessageType,
        wait: &Wait,
    ) -> Result {
        if !async_side.unsent.is_empty() {
            let sent = self.asynchronous.send_parts(&mut [IoSlice::new(&async_side.unsent)], wait);
            let gone = sent.map_or_else(|cut| cut.count, |()| async_side.unsent.len());
            async_side.unsent.drain(..gone);
            sent.map_err(|cut| cut.error)?;
        }
        let head = request.encode();
        let parts = &mut [IoSlice::new(&head), IoSlice::new(payload)];
        self.asynchronous.send_parts(parts, wait).map_err(|cut| {
            if cut.count > 0 {
                // It will be sent whole, and so be answered.
                async_side.unsent = [&head, payload].concat().split_off(cut.count);
                async_side.given_up.push(expected);
            }
            cut.error
        })
    }

    /// Tells the server that it sent something we do not know.
    fn complain_async(&self, async_side: &mut Transactions, about: &Header, wait: &Wait) {
        let head = complaint(about).encode();
        if async_side.unsent.is_empty()
            && let Err(cut) = self.asynchronous.send_parts(&mut [IoSlice::new(&head)], wait)
            && cut.count > 0
        {
            async_side.unsent = head[cut.count..].to_vec();
        }
    }
}
