#![forbid(unsafe_code)]
//! The asynchronous connection: requests and their responses, and what the device says unasked.

use std::sync::atomic::Ordering;

use crate::iface::Report;
use crate::iface::hislip::host;
use crate::iface::hislip::mailbox::{Answer, Delivery, Desk, Incoming, Receipt, Request};
use crate::iface::hislip::send::complaint;
use crate::iface::hislip::{HislipLink, Pull};
use crate::os::Wait;
use crate::os::poll::await_wake;
use crate::status::Result;
use crate::wire::hislip::{HEADER_LEN, Header, MessageType};

/// The longest payload on this connection, in bytes. Responses have 8 and error texts a line: who
/// announces more has lost the message boundaries.
const LONGEST: u64 = 1 << 20;

impl HislipLink {
    /// Sends a question and waits for its response. The question is made when its turn has come,
    /// so that a MessageID in it is not that of a time before a device clear.
    ///
    /// # Errors
    /// VI_ERROR_IO when the server answers with an Error message; VI_ERROR_TMO and the like.
    pub(super) fn transact(
        &self,
        question: impl FnOnce() -> Header,
        payload: &[u8],
        expected: MessageType,
        wait: &Wait,
    ) -> Result<Answer> {
        self.alive()?;
        let _alone = self.mailbox.asking.pass(wait)?;
        let receipt = self.post(&question(), payload, Request::Question(expected), wait)?;
        self.await_answer(receipt, wait)
    }

    /// Waits for the AsyncInterrupted of every Interrupted, or for a device clear, which makes
    /// them void.
    pub(super) fn await_async_interrupted(&self, wait: &Wait) -> Result {
        self.wait_until(wait, |_| {
            let paired = self.state.interrupts.load(Ordering::SeqCst) >= 0;
            (paired || self.state.clearing.load(Ordering::SeqCst)).then_some(())
        })
    }

    /// Waits for the answer to a request. One that does not come in time is not taken for another.
    pub(super) fn await_answer(&self, receipt: Receipt, wait: &Wait) -> Result<Answer> {
        let answered =
            self.push_out(wait).and_then(|()| self.wait_until(wait, |desk| desk.take(receipt)));
        answered.unwrap_or_else(|error| {
            let mut desk = self.mailbox.desk.lock();
            // It may have come in the very last moment.
            desk.take(receipt).unwrap_or_else(|| {
                desk.give_up(receipt);
                Err(error)
            })
        })
    }

    /// Sends a request, or nothing of it.
    pub(super) fn post(
        &self,
        request: &Header,
        payload: &[u8],
        what: Request,
        wait: &Wait,
    ) -> Result<Receipt> {
        let message = [&request.encode(), payload].concat();
        wait.ticket.check()?;
        loop {
            {
                let mut unsent = self.mailbox.unsent.lock();
                self.flush(&mut unsent)?;
                if unsent.is_empty() {
                    // Before it goes: another thread may receive the answer before we return.
                    let receipt = self.mailbox.desk.lock().expect(what, true);
                    match self.asynchronous.send_now(&message) {
                        Ok(count) if count > 0 => {
                            unsent.extend_from_slice(&message[count..]);
                            return Ok(receipt);
                        }
                        nothing => {
                            self.mailbox.desk.lock().withdraw(receipt);
                            nothing?;
                        }
                    }
                }
            }
            self.asynchronous.await_room(wait)?;
        }
    }

    /// Sends a message that nobody waits for, now or with the next that is sent.
    fn post_unawaited(&self, message: &Header, what: Option<Request>) {
        let mut unsent = self.mailbox.unsent.lock();
        if let Some(what) = what {
            self.mailbox.desk.lock().expect(what, false);
        }
        unsent.extend_from_slice(&message.encode());
        // A connection that fails here fails for the next caller as well.
        let _ = self.flush(&mut unsent);
    }

    /// Sends what is left of earlier messages.
    fn push_out(&self, wait: &Wait) -> Result {
        loop {
            {
                let mut unsent = self.mailbox.unsent.lock();
                self.flush(&mut unsent)?;
                if unsent.is_empty() {
                    return Ok(());
                }
            }
            self.asynchronous.await_room(wait)?;
        }
    }

    fn flush(&self, unsent: &mut Vec<u8>) -> Result {
        if !unsent.is_empty() {
            let count = self.asynchronous.send_now(unsent)?;
            unsent.drain(..count);
        }
        Ok(())
    }

    /// Waits until `done` has a result, receiving for everybody while nobody else does.
    pub(super) fn wait_until<T>(
        &self,
        wait: &Wait,
        mut done: impl FnMut(&mut Desk) -> Option<T>,
    ) -> Result<T> {
        loop {
            let mut desk = self.mailbox.desk.lock();
            if let Some(result) = done(&mut desk) {
                return Ok(result);
            }
            self.alive()?;
            if !desk.hosted && !desk.caller_receives {
                desk.caller_receives = true;
                drop(desk);
                return self.receive_until(wait, done);
            }
            // Enqueued under the lock, so that no change from here on goes unnoticed.
            let blocked = wait.ticket.block()?;
            desk.enqueue(&blocked);
            drop(desk);
            let woken = await_wake(&blocked, wait);
            self.mailbox.desk.lock().dequeue(&blocked);
            woken?;
        }
    }

    /// As [`Self::wait_until`], being the one who receives.
    fn receive_until<T>(
        &self,
        wait: &Wait,
        mut done: impl FnMut(&mut Desk) -> Option<T>,
    ) -> Result<T> {
        let _receiving = Receiving(self);
        // Nobody holds this for longer than it takes to receive what is there already.
        let mut incoming = self.mailbox.incoming.lock();
        let mut pull = Pull::new(&self.asynchronous, wait);
        loop {
            // Before the first receive too: the host thread may just have received for us.
            if let Some(result) = done(&mut self.mailbox.desk.lock()) {
                return Ok(result);
            }
            let answer = self.next_async(&mut incoming, wait, |buf| pull.recv(buf))?;
            self.sort(answer)?;
        }
    }

    /// The next message. What has arrived of it stays when `recv` fails.
    pub(super) fn next_async(
        &self,
        incoming: &mut Incoming,
        wait: &Wait,
        mut recv: impl FnMut(&mut [u8]) -> Result<usize>,
    ) -> Result<Answer> {
        while incoming.head_len < HEADER_LEN {
            incoming.head_len += recv(&mut incoming.head[incoming.head_len..])?;
        }
        let Some(header) = Header::decode(&incoming.head) else {
            return Err(self.out_of_step(&self.asynchronous, wait));
        };
        if header.length > LONGEST {
            return Err(self.out_of_step(&self.asynchronous, wait));
        }
        while incoming.body_len < header.length {
            let mut bin = [0; 256];
            let have = incoming.body_len;
            let room = match incoming.body.get_mut(have as usize..) {
                Some(room) if !room.is_empty() => room,
                _ => &mut bin,
            };
            let most = room.len().min((header.length - have) as usize);
            incoming.body_len += recv(&mut room[..most])? as u64;
        }
        (incoming.head_len, incoming.body_len) = (0, 0);
        let number = (header.length >= 8).then(|| u64::from_be_bytes(incoming.body));
        Ok(Answer { header, number })
    }

    /// Brings a message to where it belongs.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST when it was FatalError.
    pub(super) fn sort(&self, answer: Answer) -> Result {
        match answer.header.message() {
            Some(MessageType::AsyncServiceRequest) => {
                if let Some(sink) = &*self.mailbox.sink.lock() {
                    sink(Report::Plain);
                }
                return Ok(());
            }
            Some(MessageType::FatalError) => {
                return Err(self.die("device answered with a FatalError message"));
            }
            Some(MessageType::AsyncInterrupted) => self.state.note_interrupt(1),
            Some(MessageType::Error) => self.mailbox.desk.lock().deliver_error(),
            _ => {
                let delivery = self.mailbox.desk.lock().deliver(answer);
                match delivery {
                    Delivery::Done => {}
                    Delivery::UnwantedLock => {
                        self.post_unawaited(&self.release(), Some(Request::Unlock));
                    }
                    Delivery::Unknown => self.complain_async(&answer.header),
                }
            }
        }
        let mut desk = self.mailbox.desk.lock();
        // It may have been the last thing to be hosted for; the thread finds that out by itself.
        desk.hosted &= desk.needs_host();
        desk.wake_all();
        Ok(())
    }

    /// Tells the server that it sent something we do not know. A courtesy, left out for a server
    /// that does not even take what was sent before.
    fn complain_async(&self, about: &Header) {
        if self.mailbox.unsent.lock().is_empty() {
            self.post_unawaited(&complaint(about), None);
        }
    }
}

/// This thread receives for everybody. Dropping it hands that on.
struct Receiving<'a>(&'a HislipLink);

impl Drop for Receiving<'_> {
    fn drop(&mut self) {
        let mut desk = self.0.mailbox.desk.lock();
        desk.caller_receives = false;
        desk.wake_all();
        if desk.hosted {
            host::look_again();
        }
    }
}
