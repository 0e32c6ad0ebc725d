#![forbid(unsafe_code)]
//! viWrite, viRead, viClear.

use std::sync::atomic::Ordering;

use crate::consts::VI_USB_END_SHORT;
use crate::iface::usbraw::RawLink;
use crate::iface::usbraw::input::Input;
use crate::iface::usbraw::pipes::Use;
use crate::iface::{Call, Stop, Transfer};
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::memory;
use crate::os::usb::End;
use crate::status::{Error, Result, VI_ERROR_IO, VI_ERROR_TMO};

/// Where the system cannot tell whether memory is there (Linux before 5.14), so many bytes are
/// received at once.
const PIECE: usize = 64 << 10;

/// Of a longer read so many bytes are received at once: the system makes the memory of each turn
/// ready before, and most of what a caller has room for may never come.
const TURN: usize = 4 << 20;

const STALLED: Error = Error::new(VI_ERROR_IO, "the device halted the pipe");

/// A read under way.
struct Reading<'a, 'b> {
    link: &'a RawLink,
    pipe: u8,
    packet: usize,
    buf: &'a mut [u8],
    count: usize,
    call: &'a Call<'b>,
    wait: Wait<'b>,
}

impl RawLink {
    pub(super) fn send(&self, data: &[u8], call: &Call) -> Transfer<()> {
        let failed = |error| Transfer::failed(0, error);
        let wait = call.round_trip();
        let pipe = match self.need(self.pipe(Use::Write)) {
            Ok(pipe) => pipe,
            Err(error) => return failed(error),
        };
        let _passed = match self.unit.output(pipe).pass(&wait) {
            Ok(passed) => passed,
            Err(error) => return failed(error),
        };
        let moved = self.unit.transport.write(pipe, data, &wait);
        match moved.end {
            End::Full | End::Short => Transfer::done(moved.count, ()),
            End::Stalled => {
                self.unit.set_stalled(pipe, true);
                Transfer::failed(moved.count, STALLED)
            }
            End::Failed(error) => Transfer::failed(moved.count, error),
        }
    }

    /// Reads until END, termination character or count; or, with `some`, what comes first.
    pub(super) fn receive(&self, buf: &mut [u8], call: &Call, some: bool) -> Transfer<Stop> {
        let wait = call.round_trip();
        let begun = self.need(self.pipe(Use::Read)).and_then(|pipe| {
            let packet = self.unit.packet(pipe)?;
            Ok((pipe, packet, self.unit.input(pipe).pass(&wait)?))
        });
        let (pipe, packet, mut input) = match begun {
            Ok(begun) => begun,
            Err(error) => return Transfer::failed(0, error),
        };
        let mut reading = Reading { link: self, pipe, packet, buf, count: 0, call, wait };
        let outcome = reading.run(&mut input, some);
        Transfer { count: reading.count, outcome }
    }

    /// What was received and not yet read is dropped.
    pub(super) fn drop_input(&self, call: &Call) -> Result {
        self.unit.transport.alive()?;
        // A read in progress on another thread has taken what was kept.
        let now = Wait { deadline: Deadline::Immediate, ..call.wait };
        if let Some(pipe) = self.pipe(Use::Read)
            && let Ok(mut input) = self.unit.input(pipe).pass(&now)
        {
            *input = Input::default();
        }
        Ok(())
    }

    /// The session's bulk pipes begin anew on both sides, halted or not, and what was received and
    /// not yet read is dropped. An interrupt pipe that is halted is set going.
    pub(super) fn reset_pipes(&self, call: &Call) -> Result {
        let wait = call.round_trip();
        self.unit.transport.alive()?;
        for of in [Use::Write, Use::Read] {
            if let Some(pipe) = self.pipe(of) {
                self.unit.reset(pipe, &wait)?;
            }
        }
        match self.pipe(Use::Interrupt) {
            Some(pipe) if self.unit.is_stalled(pipe) => self.unit.reset(pipe, &wait),
            _ => Ok(()),
        }
    }

    /// The pipe that the session uses for something.
    pub(super) fn pipe(&self, of: Use) -> Option<u8> {
        self.pipes.get(of, &self.unit.transport.alternate())
    }
}

impl Reading<'_, '_> {
    fn run(&mut self, input: &mut Input, some: bool) -> Result<Stop> {
        loop {
            let taken = input.take(&mut self.buf[self.count..], self.call.term_char)?;
            self.count += taken.count;
            // END before the termination character, as in rules 6.1.1 and 6.1.2.
            if taken.ended && !self.call.suppress_end {
                return Ok(Stop::End);
            }
            if taken.term_char {
                return Ok(Stop::TermChar);
            }
            if self.count == self.buf.len() {
                return self.full(input);
            }
            if some && self.count > 0 {
                return Ok(Stop::Count);
            }
            if some || self.call.term_char.is_some() || self.buf.len() - self.count < self.packet {
                self.receive_packet(input)?;
            } else {
                self.receive_all(input)?;
            }
        }
    }

    /// The count is reached. A device that ends every transfer by a short packet sends an empty
    /// one when the last was full: it is this read's, and would be the next one's answer.
    fn full(&mut self, input: &mut Input) -> Result<Stop> {
        let always_short = self.link.end_in.load(Ordering::Relaxed) == VI_USB_END_SHORT;
        if !always_short || self.call.suppress_end || !input.open || !input.is_empty() {
            return Ok(Stop::Count);
        }
        match self.receive_packet(input) {
            Ok(()) => {}
            // The bytes are there, whatever the device does.
            Err(error) if error.code == VI_ERROR_TMO => return Ok(Stop::Count),
            Err(error) => return Err(error),
        }
        let ended = input.take(&mut [], None)?.ended;
        Ok(if ended { Stop::End } else { Stop::Count })
    }

    /// Receives one packet to be kept: more is asked for only by a read that has room for it.
    fn receive_packet(&mut self, input: &mut Input) -> Result {
        let mut packet = vec![0; self.packet];
        let moved = self.link.unit.transport.read(self.pipe, &mut [&mut packet], &self.wait);
        input.keep(&packet[..moved.count], moved.end == End::Short);
        self.judge(moved.end)
    }

    /// Receives what the read has room for, straight into place, and in one packet more what it
    /// has no whole packet's room for; or a turn's part of it.
    fn receive_all(&mut self, input: &mut Input) -> Result {
        let transport = &*self.link.unit.transport;
        let mut room = &mut self.buf[self.count..];
        if room.len() > TURN {
            room = &mut room[..TURN / self.packet * self.packet];
        }
        let whole = room.len() / self.packet * self.packet;
        let (direct, rest) = room.split_at_mut(whole);
        if !memory::is_writable(direct)? {
            // Nobody can tell whether it is: in pieces of our own.
            let mut piece = vec![0; whole.min(PIECE.next_multiple_of(self.packet))];
            let moved = transport.read(self.pipe, &mut [&mut piece], &self.wait);
            input.keep(&piece[..moved.count], moved.end == End::Short);
            return self.judge(moved.end);
        }
        let mut packet = vec![0; if rest.is_empty() { 0 } else { self.packet }];
        let moved = if rest.is_empty() {
            transport.read(self.pipe, &mut [direct], &self.wait)
        } else {
            transport.read(self.pipe, &mut [direct, &mut packet], &self.wait)
        };
        self.count += moved.count.min(whole);
        input.keep(&packet[..moved.count.saturating_sub(whole)], moved.end == End::Short);
        self.judge(moved.end)
    }

    fn judge(&self, end: End) -> Result {
        match end {
            End::Full | End::Short => Ok(()),
            End::Stalled => {
                self.link.unit.set_stalled(self.pipe, true);
                Err(STALLED)
            }
            End::Failed(error) => Err(error),
        }
    }
}
