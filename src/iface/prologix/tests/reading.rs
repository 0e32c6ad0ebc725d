#![forbid(unsafe_code)]
//! What devices say, by any adapter.

use std::time::Instant;

use super::*;
use crate::sim::pattern;
use crate::status::{VI_ERROR_ABORT, VI_ERROR_TMO};

fn block(length: usize) -> Vec<u8> {
    let digits = length.to_string();
    let mut block = format!("#{}{digits}", digits.len()).into_bytes();
    block.extend((0..length as u64).map(pattern));
    block.push(b'\n');
    block
}

#[test]
fn queries_are_answered_with_end_by_each_kind_of_adapter() {
    for desk in Desk::each() {
        assert_eq!(desk.five().ask("*IDN?\n"), "Maker,Five,1,0\n");
        assert_eq!(desk.nine().ask("*IDN?\n"), "Maker,Nine,1,0\n");
    }
}

#[test]
fn a_block_with_every_byte_is_the_same_whatever_the_size_of_the_reads() {
    for desk in Desk::each() {
        let five = desk.five();
        for size in [1, 7, 64, 997, 3206, 20_000] {
            five.tell(b"DATA:BLOCK? 3201\n");
            let mut got = Vec::new();
            loop {
                let (piece, outcome) = five.read(size);
                got.extend(piece);
                match outcome.unwrap() {
                    Stop::End => break,
                    stop => assert_eq!(stop, Stop::Count),
                }
            }
            assert!(got == block(3201), "reads of {size}: {} bytes", got.len());
        }
    }
}

#[test]
fn a_reader_that_takes_its_time_between_two_reads_is_told_of_end_all_the_same() {
    let desk = Desk::new();
    let five = desk.five();
    five.tell(b"DATA:BLOCK? 40000\n");
    assert_eq!(five.read(10).1, Ok(Stop::Count));
    // Longer than the adapter would wait for another byte.
    std::thread::sleep(std::time::Duration::from_millis(700));
    assert_eq!(five.read(50_000).1, Ok(Stop::End));
}

#[test]
fn a_long_message_arrives_while_it_is_read() {
    let desk = Desk::new();
    let five = desk.five();
    five.tell(b"DATA:BLOCK? 3000000\n");
    let wanted = block(3_000_000);
    let (head, outcome) = five.read(10);
    assert_eq!((&head[..], outcome), (&wanted[..10], Ok(Stop::Count)));
    // Another device has its turn; nothing of the message is lost by that.
    assert_eq!(desk.nine().ask("*IDN?\n"), "Maker,Nine,1,0\n");
    let (rest, outcome) = five.read(4_000_000);
    assert_eq!(outcome, Ok(Stop::End));
    assert!(rest == wanted[10..]);
}

#[test]
fn the_termination_character_ends_a_read_and_the_rest_stays() {
    let desk = Desk::new();
    let five = desk.five();
    five.tell(b"ECHO a;b\n");
    let terms = Terms { term_char: Some(b';'), ..Terms::new() };
    assert_eq!(five.read_by(100, &terms), (b"a;".to_vec(), Ok(Stop::TermChar)));
    // Another session of the same device reads on.
    assert_eq!(desk.five().read_by(100, &terms), (b"b\n".to_vec(), Ok(Stop::End)));
}

#[test]
fn a_read_waits_longer_than_an_adapter_can() {
    for desk in [Desk::new(), Desk::ar488()] {
        let five = desk.five();
        five.tell(b"SYST:DELAY 4000;*IDN?\n");
        let began = Instant::now();
        assert_eq!(five.read(100), (b"Maker,Five,1,0\n".to_vec(), Ok(Stop::End)));
        assert!(began.elapsed().as_millis() >= 3900, "{:?}", began.elapsed());
    }
}

#[test]
fn a_read_of_nothing_times_out_and_the_answer_that_comes_later_is_not_lost() {
    let desk = Desk::new();
    let five = desk.five();
    five.tell(b"SYST:DELAY 700;*IDN?\n");
    assert_eq!(code(five.read_by(100, &Terms::within(20)).1), VI_ERROR_TMO);
    assert_eq!(code(five.read_by(100, &Terms::within(0)).1), VI_ERROR_TMO);
    assert_eq!(five.read(100), (b"Maker,Five,1,0\n".to_vec(), Ok(Stop::End)));
}

#[test]
fn a_read_that_is_cancelled_ends_and_loses_nothing() {
    let desk = Desk::new();
    let five = desk.five();
    five.tell(b"SYST:DELAY 600;*IDN?\n");
    let terms = Terms::new();
    std::thread::scope(|scope| {
        let call = terms.call();
        scope.spawn(|| terms.cancel.terminate());
        let mut buf = [0; 100];
        let read = five.0.read(&mut buf, &call);
        assert_eq!((read.count, code(read.outcome)), (0, VI_ERROR_ABORT));
    });
    assert_eq!(five.read(100), (b"Maker,Five,1,0\n".to_vec(), Ok(Stop::End)));
}

#[test]
fn a_slow_device_is_read_to_its_end() {
    let desk = Desk::new();
    let five = desk.five();
    five.tell(b"*IDN?\n");
    let slow = crate::sim::gpib::Fault::Slow(std::time::Duration::from_millis(30));
    desk.bus.set_fault(FIVE, slow);
    assert_eq!(five.read(100), (b"Maker,Five,1,0\n".to_vec(), Ok(Stop::End)));
}

#[test]
fn what_was_not_read_is_forgotten_when_the_device_is_written_to_or_cleared() {
    let desk = Desk::new();
    let five = desk.five();
    five.tell(b"ECHO abc\n");
    assert_eq!(five.read(1).0, b"a");
    assert_eq!(five.ask("*OPC?\n"), "1\n");
    five.tell(b"ECHO abc\n");
    assert_eq!(five.read(1).0, b"a");
    five.0.clear(&Terms::new().call()).unwrap();
    assert_eq!(code(five.read_by(9, &Terms::within(150)).1), VI_ERROR_TMO);
    assert_eq!(five.ask("*OPC?\n"), "1\n");
}
