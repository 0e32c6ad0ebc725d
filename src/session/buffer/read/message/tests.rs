#![forbid(unsafe_code)]
//! Messages of the read buffer against devices made of lists.

use super::*;
use crate::iface::Transfer;
use crate::session::buffer::read::tests::{Device, END, LF, NONE};
use crate::status::VI_ERROR_TMO;

/// Looks and takes until `most` bytes are there or the message ends.
fn take(message: &mut Message, most: usize) -> Result<String> {
    let mut taken = Vec::new();
    while taken.len() < most {
        let seen = message.look()?;
        if seen.is_empty() {
            break;
        }
        let count = seen.len().min(most - taken.len());
        taken.extend_from_slice(&seen[..count]);
        message.take(count);
    }
    Ok(String::from_utf8_lossy(&taken).into())
}

/// One call that takes `most` bytes.
fn call(device: &mut Device, buffer: &mut ReadBuffer, marks: Marks, most: usize) -> Result<String> {
    let mut receive = |room: &mut [u8], begun| device.receive(room, begun);
    take(&mut Message::new(buffer, marks, &mut receive), most)
}

#[test]
fn what_is_not_taken_stays_for_the_next_call_and_nothing_of_the_next_message_is_shown() {
    let (mut device, mut buffer) = (Device::new(&["1.5,2.5", "next"]), ReadBuffer::new(64));
    assert_eq!(call(&mut device, &mut buffer, END, 4).unwrap(), "1.5,");
    assert_eq!(call(&mut device, &mut buffer, END, 99).unwrap(), "2.5");
    assert_eq!(device.asked, [(64, false)]);
    assert_eq!(call(&mut device, &mut buffer, END, 99).unwrap(), "next");
}

#[test]
fn a_message_longer_than_the_buffer_is_received_in_pieces_to_its_end() {
    let (mut device, mut buffer) = (Device::new(&["0123456789", "next"]), ReadBuffer::new(4));
    assert_eq!(call(&mut device, &mut buffer, END, 99).unwrap(), "0123456789");
    assert_eq!(device.asked, [(4, false), (4, true), (4, true)]);
    let (mut device, mut buffer) = (Device::new(&["ab"]), ReadBuffer::new(64));
    buffer.resize(0).unwrap();
    assert_eq!(call(&mut device, &mut buffer, END, 99).unwrap(), "ab", "also without a buffer");
}

#[test]
fn the_termination_character_ends_a_message_with_others_behind_it() {
    let (mut device, mut buffer) = (Device::new(&["a\nb\nc"]), ReadBuffer::new(64));
    assert_eq!(call(&mut device, &mut buffer, LF, 99).unwrap(), "a\n");
    assert_eq!(call(&mut device, &mut buffer, LF, 99).unwrap(), "b\n");
    assert_eq!(call(&mut device, &mut buffer, LF, 99).unwrap(), "c", "END does too");
    assert_eq!(device.asked.len(), 1);
}

#[test]
fn only_the_rest_of_a_message_can_be_passed_and_only_once() {
    let (mut device, mut buffer) = (Device::new(&["35\n", "\n", "36\n"]), ReadBuffer::new(64));
    assert_eq!(call(&mut device, &mut buffer, END, 2).unwrap(), "35");
    let mut receive = |room: &mut [u8], begun| device.receive(room, begun);
    let mut message = Message::new(&mut buffer, END, &mut receive);
    assert!(!message.pass_leftover(), "its end is not reached");
    assert_eq!(take(&mut message, 9).unwrap(), "\n");
    assert!(message.pass_leftover());
    assert_eq!(take(&mut message, 9).unwrap(), "\n");
    assert!(!message.pass_leftover(), "this message began in this call");
    assert_eq!(take(&mut message, 9).unwrap(), "");
    let mut message = Message::new(&mut buffer, END, &mut receive);
    assert_eq!(take(&mut message, 9).unwrap(), "36\n");
    assert!(!message.pass_leftover(), "no earlier call took of this one");
}

#[test]
fn with_a_termination_character_the_next_message_in_the_buffer_is_none_begun() {
    let (mut device, mut buffer) = (Device::new(&["a\nb\n"]), ReadBuffer::new(64));
    assert_eq!(call(&mut device, &mut buffer, LF, 99).unwrap(), "a\n");
    let mut receive = |room: &mut [u8], begun| device.receive(room, begun);
    let mut message = Message::new(&mut buffer, LF, &mut receive);
    assert_eq!(take(&mut message, 9).unwrap(), "b\n");
    assert!(!message.pass_leftover());
}

#[test]
fn a_buffered_read_and_a_drop_tell_whether_a_message_has_begun() {
    let (mut device, mut buffer) = (Device::new(&["35\n", "36\n", "37\n"]), ReadBuffer::new(64));
    device.take(&mut buffer, 2, END).1.unwrap();
    assert!(buffer.begun);
    device.take(&mut buffer, 9, END).1.unwrap();
    assert!(!buffer.begun);
    device.take(&mut buffer, 1, END).1.unwrap();
    buffer.clear();
    assert!(!buffer.begun);
}

#[test]
fn an_end_that_comes_alone_is_the_end() {
    let mut buffer = ReadBuffer::new(64);
    let mut pieces = vec![Transfer::done(0, Stop::End)];
    let mut receive = |_: &mut [u8], _| pieces.pop().expect("asked once");
    let mut message = Message::new(&mut buffer, END, &mut receive);
    assert_eq!(take(&mut message, 9).unwrap(), "");
    assert_eq!(take(&mut message, 9).unwrap(), "", "and stays it");
    assert_eq!(message.failed_after(), None);
}

#[test]
fn what_came_before_a_failure_is_shown_first() {
    let mut buffer = ReadBuffer::new(64);
    let mut receive = |room: &mut [u8], _| {
        room[..3].copy_from_slice(b"abc");
        Transfer::failed(3, Error::new(VI_ERROR_TMO, "test"))
    };
    let mut message = Message::new(&mut buffer, END, &mut receive);
    assert_eq!(take(&mut message, 2).unwrap(), "ab");
    assert_eq!(message.failed_after(), None, "that is enough, if late");
    assert_eq!(take(&mut message, 1).unwrap(), "c");
    assert_eq!(message.look().unwrap_err().code, VI_ERROR_TMO);
    assert_eq!(message.look().unwrap_err().code, VI_ERROR_TMO, "the device is not asked again");
    assert_eq!(message.failed_after(), Some(3));
}

#[test]
fn without_marks_a_message_has_no_end() {
    let (mut device, mut buffer) = (Device::new(&["a\n", "b\n"]), ReadBuffer::new(64));
    assert_eq!(call(&mut device, &mut buffer, NONE, 4).unwrap(), "a\nb\n");
    assert_eq!(call(&mut device, &mut buffer, NONE, 1).unwrap_err().code, VI_ERROR_TMO);
}

#[test]
fn a_message_is_open_where_nothing_is_left_and_nothing_will_say_that_it_was_all() {
    for (marks, open) in [(NONE, true), (END, false), (LF, false)] {
        let (mut device, mut buffer) = (Device::new(&["ab"]), ReadBuffer::new(1));
        let mut receive = |room: &mut [u8], begun| device.receive(room, begun);
        let mut message = Message::new(&mut buffer, marks, &mut receive);
        assert_eq!(message.is_open(), open);
        assert_eq!(message.look().unwrap(), b"a");
        assert!(!message.is_open(), "there is something");
        message.take(1);
        assert_eq!(message.is_open(), open);
    }
}
