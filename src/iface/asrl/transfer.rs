#![forbid(unsafe_code)]
//! Reading and writing: what VI_ATTR_ASRL_END_IN and VI_ATTR_ASRL_END_OUT make of a message.

use std::io::IoSlice;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::consts::{
    VI_ASRL_END_BREAK, VI_ASRL_END_LAST_BIT, VI_ASRL_END_NONE, VI_ASRL_END_TERMCHAR,
};
use crate::iface::asrl::AsrlLink;
use crate::iface::asrl::input::{Ending, Rules};
use crate::iface::{Call, Stop, Transfer};
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::memory;
use crate::os::net::Cut;
use crate::status::{Error, Result, VI_ERROR_TMO, fail};

/// The most that one receive may bring beyond the end of a message, and so the most that is kept.
const LOOKAHEAD: usize = 64 << 10;

/// Bytes that are changed and sent at a time where each has a bit of its own to be set.
const PIECE: usize = 4096;

/// A clear takes what follows within this time, or within two characters' time on a slow line,
/// for part of what is being cleared.
const SETTLED: Duration = Duration::from_millis(5);

/// A device that never stops sending is not waited for longer than this.
const UNSETTLED: Duration = Duration::from_millis(200);

impl AsrlLink {
    /// The last of a byte's data bits.
    fn last_bit(&self) -> u8 {
        1 << (self.port.state().settings.data_bits - 1)
    }

    fn rules(&self, call: &Call) -> Rules {
        let end =
            if call.suppress_end { VI_ASRL_END_NONE } else { self.end_in.load(Ordering::Relaxed) };
        Rules {
            end_char: (end == VI_ASRL_END_TERMCHAR).then_some(call.end_char),
            end_bit: if end == VI_ASRL_END_LAST_BIT { self.last_bit() } else { 0 },
            end_break: end == VI_ASRL_END_BREAK,
            term_char: call.term_char,
            discards_null: self.port.state().discards_null,
            replacement: self.replacement.load(Ordering::Relaxed),
            marked: self.port.wire.marks_errors(),
        }
    }

    pub(super) fn read_message(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        let port = &*self.port;
        let passed = port.alive().and_then(|()| port.input.pass(&call.wait));
        let mut input = match passed {
            Ok(input) => input,
            Err(error) => return Transfer::failed(0, error),
        };
        let rules = self.rules(call);
        let may_end = rules.end_char.or(rules.term_char).is_some() || rules.end_bit != 0;
        let counts = || port.counts();
        let mut count = 0;
        let mut outcome = Ok(Stop::Count);
        while count < buf.len() {
            let room = &mut buf[count..];
            let most = if may_end || rules.marked { room.len().min(LOOKAHEAD) } else { room.len() };
            let arrived = match input.take(&mut room[..most]) {
                0 => match port.wire.receive(&mut room[..most], &call.wait) {
                    Ok(arrived) => arrived,
                    Err(error) => return Transfer::failed(count, port.note(error)),
                },
                kept => kept,
            };
            let decoded = input.decode(&mut room[..arrived], &rules, counts);
            input.give_back(&room[decoded.used..arrived]);
            count += decoded.count;
            match decoded.ending {
                Some(Ending::End) => outcome = Ok(Stop::End),
                Some(Ending::TermChar) => outcome = Ok(Stop::TermChar),
                Some(Ending::Failed(code)) => outcome = fail(code, "byte received with an error"),
                // Bytes that are all dropped must not hold a call past its time.
                None if decoded.count == 0 && call.wait.deadline.has_passed() => {
                    outcome = fail(VI_ERROR_TMO, "deadline passed");
                }
                None => continue,
            }
            break;
        }
        let outcome = match (outcome, input.check(port.wire.marks_bytes(), counts())) {
            (Ok(_), Err(error)) => Err(error),
            (outcome, _) => outcome,
        };
        Transfer { count, outcome }
    }

    pub(super) fn write_message(&self, data: &[u8], call: &Call) -> Transfer<()> {
        match self.send_message(data, call) {
            Ok(()) => Transfer::done(data.len(), ()),
            // A termination character that we added is none of the caller's bytes.
            Err(cut) => Transfer::failed(cut.count.min(data.len()), self.port.note(cut.error)),
        }
    }

    fn send_message(&self, data: &[u8], call: &Call) -> std::result::Result<(), Cut> {
        let port = &*self.port;
        let wait = &call.wait;
        let none = |error| Cut { count: 0, error };
        port.alive().map_err(none)?;
        let _output = port.output.pass(wait).map_err(none)?;
        match self.end_out.load(Ordering::Relaxed) {
            VI_ASRL_END_LAST_BIT => self.send_with_last_bit(data, call),
            VI_ASRL_END_TERMCHAR if call.send_end => {
                let end = [call.end_char];
                port.wire.send(&mut [IoSlice::new(data), IoSlice::new(&end)], wait)
            }
            VI_ASRL_END_BREAK if call.send_end => {
                port.wire.send(&mut [IoSlice::new(data)], wait)?;
                let sent = |error| Cut { count: data.len(), error };
                port.pulse_break(self.break_length(), wait).map_err(sent)
            }
            _ => port.wire.send(&mut [IoSlice::new(data)], wait),
        }
    }

    /// The last data bit is set in the last byte alone, and in none without END.
    fn send_with_last_bit(&self, data: &[u8], call: &Call) -> std::result::Result<(), Cut> {
        let bit = self.last_bit();
        let mut count = 0;
        while count < data.len() {
            let end = data.len().min(count + PIECE);
            let mut piece =
                memory::copy(&data[count..end]).map_err(|error| Cut { count, error })?;
            piece.iter_mut().for_each(|byte| *byte &= !bit);
            if let Some(last) = piece.last_mut().filter(|_| end == data.len() && call.send_end) {
                *last |= bit;
            }
            self.port
                .wire
                .send(&mut [IoSlice::new(&piece)], &call.wait)
                .map_err(|cut| Cut { count: count + cut.count, ..cut })?;
            count = end;
        }
        Ok(())
    }

    /// VI_ATTR_ASRL_BREAK_LEN
    fn break_length(&self) -> Duration {
        Duration::from_millis(self.break_ms.load(Ordering::Relaxed).into())
    }

    /// What was received and not yet read is dropped.
    pub(super) fn drop_input(&self, call: &Call) -> Result {
        let port = &*self.port;
        port.alive()?;
        // A read in progress on another thread has taken what was kept.
        let now = Wait { deadline: Deadline::Immediate, ..call.wait };
        if let Ok(mut input) = port.input.pass(&now) {
            input.clear(port.counts());
        }
        port.wire.discard_input(&call.round_trip()).map_err(|error| port.note(error))
    }

    /// As NI's library does: output is dropped, a break sent where there is a line to send one
    /// on, input dropped with what follows it without a pause.
    pub(super) fn clear_line(&self, call: &Call) -> Result {
        let port = &*self.port;
        port.alive()?;
        let wait = call.round_trip();
        port.wire.discard_output(&wait).map_err(|error| port.note(error))?;
        if port.wire.has_breaks() {
            let wait = wait.prolonged(self.break_length());
            port.pulse_break(self.break_length(), &wait)?;
        }
        let settings = port.state().settings;
        let character = Duration::from_secs(1) * settings.bits_per_character() / settings.baud;
        let pause = SETTLED.max(2 * character);
        let give_up = Deadline::after(UNSETTLED).min(wait.deadline);
        loop {
            self.drop_input(call)?;
            Wait { deadline: Deadline::after(pause), ..wait }.pass()?;
            let quiet = port.wire.available().map_err(|error| port.note(error))? == 0;
            if quiet || give_up.has_passed() {
                return self.drop_input(call);
            }
        }
    }

    /// The output's last bytes leave, by the deadline if they can.
    pub(super) fn say_goodbye(&self, deadline: Deadline) {
        let cancel = crate::os::Cancel::new();
        // What cannot leave by then is dropped with the port.
        let _: std::result::Result<(), Error> =
            self.port.drain(&Wait { deadline, ticket: cancel.ticket() });
    }
}
