#![forbid(unsafe_code)]
//! Putting the bulk pipes in order again: after a transfer that was given up, a halt, an answer that
//! made no sense (USBTMC 4.1, 4.2.1).
//!
//! What is due is noted where it goes wrong. It is begun at once, but takes no more than
//! [`PROMPTLY`] of a caller's time whose call is over; an instrument that answers needs a few
//! milliseconds. What is left then is done first by the next operation, in the time of that one.
//!
//! Every step has its own bound, and one that fails makes way for the next, coarser one: an abort for
//! a device clear, that for ending the halts alone. One that only the caller's time has cut short is
//! tried a second time first. So this always comes to an end, with whatever the instrument does:
//! after it the pipes are in order as far as the host can tell.

use std::time::Duration;

use crate::iface::usbtmc::conversation::{Conversation, is_lost};
use crate::iface::usbtmc::instrument::Instrument;
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::usb::End;
use crate::status::{Error, Result, VI_ERROR_ABORT, VI_ERROR_IO, VI_ERROR_TMO, fail};
use crate::wire::usbtmc;
use crate::wire::usbtmc::{Answer, LONGEST_ANSWER, Request, Tag};

/// How much longer than its time a call may take to put things in order.
pub const PROMPTLY: Duration = Duration::from_millis(100);

/// How long a step may take before the next is tried.
const STEP: Duration = Duration::from_millis(250);

/// A step that the caller's time has cut short so often makes way for the next.
const TRIES: u8 = 2;

/// How long bytes are waited for that the device has said to send, before it is asked again.
const DRAIN: Duration = Duration::from_millis(100);

/// The pause between two questions whether something is done: the protocol has only questions.
/// It grows from the first to the second.
const PAUSE: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(16));

/// What must be put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// A transfer to the device that was given up.
    pub abort_out: Option<Tag>,
    /// A transfer from the device that was given up.
    pub abort_in: Option<Tag>,
    /// The device must forget all messages.
    pub clear: bool,
    /// Pipes that are halted.
    pub unhalt_out: bool,
    /// The same.
    pub unhalt_in: bool,
    /// The first of these has begun, and must only be asked about.
    initiated: bool,
    /// How often it has not come to its end.
    tries: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    AbortOut(Tag),
    AbortIn(Tag),
    Clear,
    UnhaltOut,
    UnhaltIn,
}

impl Due {
    fn first(&self) -> Option<Step> {
        if let Some(tag) = self.abort_out {
            return Some(Step::AbortOut(tag));
        }
        if let Some(tag) = self.abort_in {
            return Some(Step::AbortIn(tag));
        }
        match self {
            Self { clear: true, .. } => Some(Step::Clear),
            Self { unhalt_out: true, .. } => Some(Step::UnhaltOut),
            Self { unhalt_in: true, .. } => Some(Step::UnhaltIn),
            _ => None,
        }
    }

    fn done(&mut self, step: Step) {
        match step {
            Step::AbortOut(_) => self.abort_out = None,
            Step::AbortIn(_) => self.abort_in = None,
            Step::Clear => self.clear = false,
            Step::UnhaltOut => self.unhalt_out = false,
            Step::UnhaltIn => self.unhalt_in = false,
        }
        (self.initiated, self.tries) = (false, 0);
    }

    /// Something coarser takes the place of a step that does not work.
    fn give_up(&mut self, step: Step) {
        self.done(step);
        match step {
            Step::AbortOut(_) | Step::AbortIn(_) => self.clear = true,
            Step::Clear => (self.unhalt_out, self.unhalt_in) = (true, true),
            Step::UnhaltOut | Step::UnhaltIn => {}
        }
    }
}

impl Instrument {
    /// Puts in order what is due. When it returns well, nothing is.
    ///
    /// # Errors
    /// VI_ERROR_TMO when the call's time did not suffice, VI_ERROR_ABORT, VI_ERROR_CONN_LOST.
    pub fn settle(&self, conversation: &mut Conversation, wait: &Wait) -> Result {
        if conversation.due.first().is_none() {
            self.take_late_end(conversation, wait)?;
        }
        while let Some(step) = conversation.due.first() {
            let within = Wait { deadline: wait.deadline.min(Deadline::after(STEP)), ..*wait };
            let Err(error) = self.carry_out(step, conversation, &within) else {
                conversation.due.done(step);
                continue;
            };
            if is_lost(error) || error.code == VI_ERROR_ABORT {
                return Err(error);
            }
            conversation.due.tries += 1;
            let is_late = wait.deadline.has_passed();
            // Cut short by the caller's time, it says little of the device.
            if !is_late || conversation.due.tries >= TRIES {
                conversation.due.give_up(step);
            }
            if is_late {
                return fail(VI_ERROR_TMO, "the device was not put in order in time");
            }
        }
        Ok(())
    }

    /// Begins to put in order what a failed operation has left, whose time is over.
    pub fn settle_promptly(&self, conversation: &mut Conversation) {
        if conversation.due.first().is_some() && self.pipes.alive().is_ok() {
            // The operation may have been cancelled; this must happen all the same.
            let cancel = Cancel::new();
            let wait = Wait { deadline: Deadline::after(PROMPTLY), ticket: cancel.ticket() };
            // What is not done is done later.
            let _ = self.settle(conversation, &wait);
        }
    }

    /// Device clear (4.2.1.6): the device forgets what it was sent and what it was to send.
    ///
    /// # Errors
    /// VI_ERROR_IO when the device refuses; VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST.
    pub fn clear(&self, conversation: &mut Conversation, wait: &Wait) -> Result {
        conversation.kept.clear();
        if self.quirks.clear_hangs {
            return self.settle(conversation, wait);
        }
        // It ends all transfers.
        let going_on = conversation.due.first() == Some(Step::Clear);
        let due = &mut conversation.due;
        (due.abort_out, due.abort_in, due.clear) = (None, None, true);
        due.initiated &= going_on;
        match self.carry_out(Step::Clear, conversation, wait) {
            Err(error) if error.code == VI_ERROR_IO => {
                conversation.due.give_up(Step::Clear);
                self.settle_promptly(conversation);
                Err(error)
            }
            Err(error) => Err(error),
            Ok(()) => {
                conversation.due.done(Step::Clear);
                self.settle(conversation, wait)
            }
        }
    }

    fn carry_out(&self, step: Step, conversation: &mut Conversation, wait: &Wait) -> Result {
        let layout = &self.layout;
        match step {
            Step::AbortOut(tag) => self.end_output(conversation, tag, wait),
            Step::AbortIn(tag) => self.end_input(conversation, tag, wait),
            Step::Clear => self.clear_device(conversation, wait),
            Step::UnhaltOut => self.pipes.clear_halt(layout.output.address, wait),
            Step::UnhaltIn => self.pipes.clear_halt(layout.input.address, wait),
        }
    }

    /// INITIATE_ABORT_BULK_OUT and what follows (4.2.1.2).
    fn end_output(&self, conversation: &mut Conversation, tag: Tag, wait: &Wait) -> Result {
        let pipe = self.layout.output.address;
        if self.initiate_abort(conversation, usbtmc::abort_out, pipe, tag, wait)? {
            self.check(conversation, usbtmc::CHECK_ABORT_OUT, Some(pipe), wait)?;
            self.pipes.clear_halt(pipe, wait)?;
        } else if !conversation.was_taken {
            // The device has not seen this tag, nor anything of the message.
            conversation.tag = tag.before();
            return Ok(());
        } else {
            // It denies that it has the beginning of one.
            conversation.due.clear = true;
        }
        // What came of the message by earlier transfers would swallow the next message.
        conversation.due.clear |= conversation.has_half_message;
        Ok(())
    }

    /// INITIATE_ABORT_BULK_IN and what follows (4.2.1.4).
    fn end_input(&self, conversation: &mut Conversation, tag: Tag, wait: &Wait) -> Result {
        let pipe = self.layout.input.address;
        if !self.initiate_abort(conversation, usbtmc::abort_in, pipe, tag, wait)? {
            return Ok(());
        }
        // The device ends the transfer with a short packet.
        self.drain(conversation, wait)?;
        self.check(conversation, usbtmc::CHECK_ABORT_IN, Some(pipe), wait)
    }

    /// Whether the device ends a transfer now; false when there was none to end.
    fn initiate_abort(
        &self,
        conversation: &mut Conversation,
        request: fn(u8) -> Request,
        pipe: u8,
        tag: Tag,
        wait: &Wait,
    ) -> Result<bool> {
        if conversation.due.initiated {
            return Ok(true);
        }
        let mut buffer = [0; LONGEST_ANSWER];
        let mut initiate = |number: u8| {
            usbtmc::answer(self.ask(request(number), Some(pipe), &mut buffer, wait)?)
        };
        let answer = match initiate(tag.number())? {
            // Then it is that one which must end.
            Answer::NotInProgress(other) if other != 0 && other != tag.number() => initiate(other)?,
            answer => answer,
        };
        conversation.due.initiated = answer == Answer::Success;
        match answer {
            Answer::Success => Ok(true),
            Answer::Failed | Answer::NotInProgress(_) => Ok(false),
            _ => fail(VI_ERROR_IO, "the device cannot abort a transfer"),
        }
    }

    /// INITIATE_CLEAR and what follows (4.2.1.6).
    fn clear_device(&self, conversation: &mut Conversation, wait: &Wait) -> Result {
        if self.quirks.clear_hangs {
            return fail(VI_ERROR_IO, "this model must not be cleared");
        }
        if !conversation.due.initiated {
            let mut buffer = [0; LONGEST_ANSWER];
            usbtmc::done(self.ask(usbtmc::CLEAR, None, &mut buffer, wait)?)?;
            conversation.due.initiated = true;
        }
        self.check(conversation, usbtmc::CHECK_CLEAR, None, wait)?;
        self.pipes.clear_halt(self.layout.output.address, wait)?;
        conversation.due.unhalt_out = false;
        conversation.has_half_message = false;
        (conversation.owes_end, conversation.may_be_late) = (false, false);
        conversation.kept.clear();
        Ok(())
    }

    /// Asks whether something is done until it is, and takes what the device has to send before.
    fn check(
        &self,
        conversation: &mut Conversation,
        request: Request,
        pipe: Option<u8>,
        wait: &Wait,
    ) -> Result {
        let mut pause = PAUSE.0;
        loop {
            let mut buffer = [0; LONGEST_ANSWER];
            match usbtmc::answer(self.ask(request, pipe, &mut buffer, wait)?)? {
                Answer::Pending(true) => self.drain(conversation, wait)?,
                Answer::Pending(false) => {
                    Wait { deadline: wait.deadline.min(Deadline::after(pause)), ..*wait }.pass()?;
                    pause = (pause * 2).min(PAUSE.1);
                }
                // Any other means that nothing is in progress any more.
                _ => return Ok(()),
            }
            if wait.deadline.has_passed() {
                return fail(VI_ERROR_TMO, "the device is not done in time");
            }
        }
    }

    /// Takes what comes from the device up to a short packet, or until nothing comes.
    pub fn drain(&self, conversation: &mut Conversation, wait: &Wait) -> Result {
        (conversation.owes_end, conversation.may_be_late) = (false, false);
        let pipe = self.layout.input.address;
        let room = self.layout.whole_packets(conversation.staging.len());
        loop {
            let patience = wait.deadline.min(Deadline::after(DRAIN));
            let within = Wait { deadline: patience, ..*wait };
            let moved = self.pipes.read(pipe, &mut [&mut conversation.staging[..room]], &within);
            match moved.end {
                End::Full if wait.deadline.has_passed() => return fail(VI_ERROR_TMO, ENDLESS),
                End::Full => {}
                End::Short => return Ok(()),
                End::Stalled => return self.pipes.clear_halt(pipe, wait),
                End::Failed(Error { code: VI_ERROR_TMO, .. }) if moved.count == 0 => return Ok(()),
                End::Failed(Error { code: VI_ERROR_TMO, .. }) if !wait.deadline.has_passed() => {}
                End::Failed(error) => return Err(error),
            }
        }
    }
}

const ENDLESS: &str = "the device does not stop sending";
