#![forbid(unsafe_code)]
//! The read buffer against devices made of lists.

use std::collections::VecDeque;

use super::*;
use crate::status::VI_ERROR_CONN_LOST;

pub(super) const END: Marks = Marks { term_char: None, end: true };
pub(super) const NONE: Marks = Marks { term_char: None, end: false };
pub(super) const LF: Marks = Marks { term_char: Some(b'\n'), end: true };

/// A device whose messages all end with END; a read beyond them times out. Notes how much was
/// asked for, and whether to read on.
pub(super) struct Device {
    messages: VecDeque<Vec<u8>>,
    pub(super) asked: Vec<(usize, bool)>,
}

impl Device {
    pub(super) fn new(messages: &[&str]) -> Self {
        Self { messages: messages.iter().map(|m| m.as_bytes().into()).collect(), asked: Vec::new() }
    }

    pub(super) fn receive(&mut self, room: &mut [u8], begun: bool) -> Transfer<Stop> {
        self.asked.push((room.len(), begun));
        let Some(message) = self.messages.front_mut() else {
            return Transfer::failed(0, Error::new(VI_ERROR_TMO, "test"));
        };
        let count = room.len().min(message.len());
        room[..count].copy_from_slice(&message[..count]);
        message.drain(..count);
        if !message.is_empty() {
            return Transfer::done(count, Stop::Count);
        }
        self.messages.pop_front();
        Transfer::done(count, Stop::End)
    }

    pub(super) fn take(
        &mut self,
        buffer: &mut ReadBuffer,
        most: usize,
        marks: Marks,
    ) -> (String, Result<Stop>) {
        let mut room = vec![0; most];
        let taken = buffer.take(&mut room, marks, &mut |room, begun| self.receive(room, begun));
        (String::from_utf8_lossy(&room[..taken.count]).into(), taken.outcome)
    }

    fn flush(&mut self, buffer: &mut ReadBuffer, marks: Marks) -> Result {
        buffer.flush(marks, &mut |room, begun| self.receive(room, begun))
    }
}

fn took(text: &str, stop: Stop) -> (String, Result<Stop>) {
    (text.into(), Ok(stop))
}

#[test]
fn a_message_taken_in_parts_costs_one_receive_and_ends_where_it_ends() {
    let (mut device, mut buffer) = (Device::new(&["1.5,2.5", "next"]), ReadBuffer::new(64));
    assert_eq!(device.take(&mut buffer, 4, END), took("1.5,", Stop::Count));
    assert_eq!(device.take(&mut buffer, 2, END), took("2.", Stop::Count));
    assert_eq!(device.asked, [(64, false)]);
    assert_eq!(device.take(&mut buffer, 9, END), took("5", Stop::End), "END, not the next message");
    assert_eq!(
        device.take(&mut buffer, 4, END),
        took("next", Stop::End),
        "END wins over the count"
    );
}

#[test]
fn more_than_the_buffer_is_received_in_place() {
    let (mut device, mut buffer) = (Device::new(&["0123456789abcdef"]), ReadBuffer::new(4));
    assert_eq!(device.take(&mut buffer, 2, END), took("01", Stop::Count));
    assert_eq!(device.take(&mut buffer, 10, END), took("23456789ab", Stop::Count));
    assert_eq!(device.asked, [(4, false), (8, true)]);
    assert_eq!(device.take(&mut buffer, 10, END), took("cdef", Stop::End));
}

#[test]
fn the_termination_character_counts_as_it_is_enabled_when_bytes_are_taken() {
    let (mut device, mut buffer) = (Device::new(&["a\nb\nc"]), ReadBuffer::new(64));
    assert_eq!(device.take(&mut buffer, 9, LF), took("a\n", Stop::TermChar));
    assert_eq!(device.take(&mut buffer, 9, END), took("b\nc", Stop::End));
    let mut device = Device::new(&["a\n"]);
    assert_eq!(device.take(&mut buffer, 9, LF), took("a\n", Stop::End), "rule 6.1.1: END wins");
}

#[test]
fn without_a_visible_end_nothing_is_read_ahead() {
    let (mut device, mut buffer) = (Device::new(&["abcdef"]), ReadBuffer::new(64));
    assert_eq!(device.take(&mut buffer, 2, NONE), took("ab", Stop::Count));
    assert_eq!(device.asked, [(2, false)]);
}

#[test]
fn a_timeout_delivers_what_came_and_leaves_the_buffer_empty() {
    let mut buffer = ReadBuffer::new(64);
    let mut partial = |room: &mut [u8], _| {
        room[..3].copy_from_slice(b"abc");
        Transfer::failed(3, Error::new(VI_ERROR_TMO, "test"))
    };
    let mut room = [0; 9];
    let taken = buffer.take(&mut room, END, &mut partial);
    assert_eq!((taken.count, taken.outcome.unwrap_err().code), (3, VI_ERROR_TMO));
    assert_eq!(&room[..3], b"abc");
    // What was asked for is there, late: that is no failure. The rest is for the next call.
    let taken = buffer.take(&mut room[..2], END, &mut partial);
    assert_eq!((taken.count, taken.outcome), (2, Ok(Stop::Count)));
    let mut lost = |_: &mut [u8], _| Transfer::failed(0, Error::new(VI_ERROR_CONN_LOST, "test"));
    let taken = buffer.take(&mut room, END, &mut lost);
    assert_eq!((taken.count, taken.outcome.unwrap_err().code), (1, VI_ERROR_CONN_LOST));
}

#[test]
fn a_device_that_sends_nothing_ends_the_read() {
    let mut buffer = ReadBuffer::new(64);
    let taken = buffer.take(&mut [0; 9], END, &mut |_, _| Transfer::done(0, Stop::Count));
    assert_eq!(taken.outcome.unwrap_err().code, VI_ERROR_TMO);
    let taken = buffer.take(&mut [0; 9], END, &mut |_, _| Transfer::done(0, Stop::End));
    assert_eq!((taken.count, taken.outcome), (0, Ok(Stop::End)), "an empty message is one");
}

#[test]
fn a_flush_drops_the_message_begun_and_no_other() {
    let long = "x".repeat(10_000);
    let (mut device, mut buffer) = (Device::new(&[&long, "next"]), ReadBuffer::new(8));
    assert_eq!(device.take(&mut buffer, 3, END), took("xxx", Stop::Count));
    device.flush(&mut buffer, END).unwrap();
    assert_eq!(device.take(&mut buffer, 9, END), took("next", Stop::End));
}

#[test]
fn a_flush_of_an_empty_or_whole_message_asks_the_device_for_nothing() {
    let (mut device, mut buffer) = (Device::new(&["message", "next"]), ReadBuffer::new(64));
    device.flush(&mut buffer, END).unwrap();
    assert!(device.asked.is_empty());
    assert_eq!(device.take(&mut buffer, 3, END), took("mes", Stop::Count));
    device.flush(&mut buffer, END).unwrap();
    assert_eq!(device.asked.len(), 1, "the end of the message was in the buffer");
    assert_eq!(device.take(&mut buffer, 9, END), took("next", Stop::End));
}

#[test]
fn a_flush_without_a_visible_end_does_not_wait_for_one() {
    let (mut device, mut buffer) = (Device::new(&["message"]), ReadBuffer::new(4));
    assert_eq!(device.take(&mut buffer, 1, END), took("m", Stop::Count));
    device.flush(&mut buffer, NONE).unwrap();
    assert_eq!(device.take(&mut buffer, 3, NONE).0, "age");
}

/// A size beyond reason costs nothing: only as much memory is used as messages need.
#[test]
fn a_large_buffer_grows_with_what_comes() {
    let long = "x".repeat(3 * FIRST);
    let (mut device, mut buffer) = (Device::new(&["ok", &long]), ReadBuffer::new(64));
    buffer.resize(1 << 30).unwrap();
    assert_eq!(device.take(&mut buffer, 9, END), took("ok", Stop::End));
    assert_eq!(buffer.bytes.len(), FIRST);
    for _ in 0..long.len() {
        assert!(device.take(&mut buffer, 1, END).1.is_ok());
    }
    assert_eq!(device.asked, [(FIRST, false), (FIRST, false), (2 * FIRST, false)]);
    assert!(buffer.bytes.len() <= 4 * FIRST);
}

#[test]
fn a_resized_buffer_reads_ahead_as_much() {
    let (mut device, mut buffer) = (Device::new(&["message"]), ReadBuffer::new(64));
    buffer.resize(3).unwrap();
    assert_eq!(device.take(&mut buffer, 1, END), took("m", Stop::Count));
    assert_eq!(device.asked, [(3, false)]);
    buffer.clear();
    buffer.resize(0).unwrap();
    assert_eq!(device.take(&mut buffer, 1, END), took("s", Stop::Count));
    assert_eq!(device.asked, [(3, false), (1, false)]);
}
