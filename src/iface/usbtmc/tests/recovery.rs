#![forbid(unsafe_code)]
//! What goes wrong, what is done about it, and that the next query answers its own question.

use std::time::Duration;
use std::time::Instant;

use super::*;
use crate::status::{
    VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_INP_PROT_VIOL, VI_ERROR_IO, VI_ERROR_TMO,
};

/// INITIATE_ABORT_BULK_OUT and those that follow it in the table.
const ABORT_OUT: u8 = 1;
const ABORT_IN: u8 = 3;
const CHECK_ABORT_IN: u8 = 4;
const CLEAR: u8 = 5;
const CHECK_CLEAR: u8 = 6;

/// Far more than any bound here, also on a busy machine.
const TOO_LONG: Duration = Duration::from_secs(15);

#[test]
fn a_read_that_times_out_ends_the_transfer() {
    let (script, link) = open();
    script.says(Said::Silence).says(Said::Transfer(vec![]));
    assert_eq!(code(read(&link, 10, &Terms::hurried()).1), VI_ERROR_TMO);
    assert_eq!(script.log(), "request 1, control 3 1, control 4 0", "the tag, then the check");
    assert!(script.is_finished(), "up to a short packet");
    is_well(&script, &link);
    assert_eq!(script.log(), "message 2, request 3");
}

#[test]
fn what_has_come_before_the_time_was_up_is_read() {
    let (script, link) = open();
    let mut part = answer(1, &[b'x'; 200], true);
    part.truncate(2 * PACKET);
    script.says(Said::Endless(part)).says(Said::Transfer(vec![0; 70]));
    let (got, outcome) = read(&link, 500, &Terms::hurried());
    assert_eq!((got, code(outcome)), (vec![b'x'; 2 * PACKET - 12], VI_ERROR_TMO));
    is_well(&script, &link);
}

#[test]
fn a_terminated_read_ends_the_transfer_too() {
    let (script, link) = open();
    script.says(Said::Silence).says(Said::Transfer(vec![]));
    let terms = Terms::new();
    let outcome = std::thread::scope(|scope| {
        let (link, call) = (&link, terms.call());
        let reader = scope.spawn(move || link.read(&mut [0; 10], &call).outcome);
        terms.cancel.terminate();
        reader.join().unwrap()
    });
    assert_eq!(code(outcome), VI_ERROR_ABORT);
    assert_eq!(script.log(), "request 1, control 3 1, control 4 0");
    is_well(&script, &link);
}

#[test]
fn a_clear_ends_the_read_that_is_in_its_way() {
    let (script, link) = open();
    script.says(Said::Silence).says(Said::Transfer(vec![]));
    let outcome = std::thread::scope(|scope| {
        let reader = scope.spawn(|| read(&link, 10, &Terms::new()).1);
        while script.sent().is_empty() {
            std::thread::yield_now();
        }
        link.clear(&Terms::new().call()).unwrap();
        reader.join().unwrap()
    });
    assert_eq!(code(outcome), VI_ERROR_ABORT);
    let log = "request 1, control 3 1, control 4 0, control 5 0, control 6 0, unhalt 01";
    assert_eq!(script.log(), log);
    is_well(&script, &link);
}

#[test]
fn an_abort_is_asked_about_until_it_is_done() {
    let (script, link) = open();
    script.says(Said::Silence).says(Said::Transfer(vec![])).says(Said::Transfer(vec![]));
    for flags in [0, 1, 0] {
        script.tells(CHECK_ABORT_IN, Told::Answer(vec![2, flags]));
    }
    assert_eq!(code(read(&link, 10, &Terms::hurried()).1), VI_ERROR_TMO);
    is_well(&script, &link);
    assert!(script.is_finished(), "what it had queued was taken");
    let log = script.log();
    assert_eq!(log.matches("control 4").count(), 4, "{log}");
    assert_eq!(log.matches("control 3").count(), 1, "{log}");
}

#[test]
fn an_abort_of_nothing_needs_no_more() {
    let (script, link) = open();
    script.says(Said::Silence).tells(ABORT_IN, Told::Answer(vec![0x80, 0]));
    assert_eq!(code(read(&link, 10, &Terms::hurried()).1), VI_ERROR_TMO);
    assert_eq!(script.log(), "request 1, control 3 1");
    // Another transfer is in progress: that one must end.
    script.says(Said::Silence).says(Said::Transfer(vec![]));
    script.tells(ABORT_IN, Told::Answer(vec![0x81, 77]));
    assert_eq!(code(read(&link, 10, &Terms::hurried()).1), VI_ERROR_TMO);
    assert_eq!(script.log(), "request 2, control 3 2, control 3 77, control 4 0");
    is_well(&script, &link);
}

#[test]
fn a_device_that_cannot_abort_is_cleared() {
    let (script, link) = open();
    script.says(Said::Silence).tells(ABORT_IN, Told::Stall);
    assert_eq!(code(read(&link, 10, &Terms::hurried()).1), VI_ERROR_TMO);
    assert_eq!(script.log(), "request 1, control 3 1, control 5 0, control 6 0, unhalt 01");
    is_well(&script, &link);
    // One that cannot be cleared either has at least no pipe halted.
    script.says(Said::Silence).tells(ABORT_IN, Told::Stall).tells(CLEAR, Told::Stall);
    assert_eq!(code(read(&link, 10, &Terms::hurried()).1), VI_ERROR_TMO);
    assert!(script.log().ends_with("control 5 0, unhalt 01, unhalt 82"));
    is_well(&script, &link);
}

#[test]
fn a_device_that_never_answers_a_request_is_not_asked_for_ever() {
    for request in [ABORT_IN, CHECK_ABORT_IN] {
        let (script, link) = open();
        script.says(Said::Silence);
        if request == CHECK_ABORT_IN {
            script.says(Said::Transfer(vec![]));
        }
        for _ in 0..9 {
            script.tells(request, Told::Silence);
        }
        let begun = Instant::now();
        assert_eq!(code(read(&link, 10, &Terms::hurried()).1), VI_ERROR_TMO);
        // The next operation puts things in order first, in its own time.
        is_well(&script, &link);
        assert!(begun.elapsed() < TOO_LONG);
        let log = script.log();
        assert!(log.contains("control 5 0, control 6 0, unhalt 01"), "{log}");
    }
}

#[test]
fn what_is_not_in_order_in_time_is_tried_again_by_the_next_operation() {
    let (script, link) = open();
    script.says(Said::Silence);
    for request in [ABORT_IN, CLEAR] {
        (0..3).for_each(|_| _ = script.tells(request, Told::Silence));
    }
    assert_eq!(code(read(&link, 10, &Terms::hurried()).1), VI_ERROR_TMO);
    assert_eq!(code(write(&link, b"x", &Terms::hurried()).1), VI_ERROR_TMO);
    assert!(!script.log().contains("message"), "nothing is sent into disorder");
    is_well(&script, &link);
}

#[test]
fn a_halted_input_is_freed() {
    let (script, link) = open();
    script.says(Said::Stall);
    assert_eq!(code(read(&link, 10, &Terms::new()).1), VI_ERROR_IO);
    // That ends the transfer, so there is nothing to abort.
    assert_eq!(script.log(), "request 1, unhalt 82");
    is_well(&script, &link);
    let mut part = answer(4, &[b'x'; 200], true);
    part.truncate(PACKET);
    script.says(Said::Endless(part)).says(Said::Stall);
    let (got, outcome) = read(&link, 500, &Terms::new());
    assert_eq!((got.len(), code(outcome)), (PACKET - 12, VI_ERROR_IO));
    is_well(&script, &link);
}

#[test]
fn a_halted_output_is_freed_and_what_it_has_taken_forgotten() {
    let (script, link) = open();
    script.refuses(Said::Stall);
    assert_eq!(write(&link, b"*IDN?\n", &Terms::new()).0, 0);
    assert_eq!(script.log(), "out stalled, control 5 0, control 6 0, unhalt 01");
    is_well(&script, &link);
    // A request that is refused leaves no message behind.
    script.refuses(Said::Stall);
    assert_eq!(code(read(&link, 10, &Terms::new()).1), VI_ERROR_IO);
    is_well(&script, &link);
}

#[test]
fn a_write_that_times_out_is_aborted() {
    let (script, link) = open();
    script.refuses(Said::Transfer(vec![0; PACKET]));
    let (count, outcome) = write(&link, &[b'x'; 200], &Terms::hurried());
    assert_eq!((count, code(outcome)), (PACKET - 12, VI_ERROR_TMO));
    assert_eq!(script.log(), "control 1 1, control 2 0, unhalt 01");
    is_well(&script, &link);
    assert_eq!(script.log(), "message 2, request 3");
}

#[test]
fn a_transfer_that_the_device_has_not_seen_leaves_no_trace() {
    let (script, link) = open();
    script.refuses(Said::Silence).tells(ABORT_OUT, Told::Answer(vec![0x80, 0]));
    assert_eq!(code(write(&link, b"x", &Terms::hurried()).1), VI_ERROR_TMO);
    assert_eq!(script.log(), "control 1 1");
    is_well(&script, &link);
    assert_eq!(script.log(), "message 1, request 2", "its tag is still the next");
}

#[test]
fn a_half_message_is_cleared_away_when_its_other_half_fails() {
    let (script, link) = open();
    let part = Terms { send_end: false, ..Terms::new() };
    assert_eq!(write(&link, b"*ID", &part), (3, Ok(())));
    script.refuses(Said::Transfer(vec![0; 12]));
    assert_eq!(code(write(&link, b"N?\n", &Terms::hurried()).1), VI_ERROR_TMO);
    let log = script.log();
    assert!(
        log.ends_with("control 1 2, control 2 0, unhalt 01, control 5 0, control 6 0, unhalt 01"),
        "{log}"
    );
    is_well(&script, &link);
}

#[test]
fn an_answer_that_makes_no_sense_is_an_error_at_once() {
    let wrong: [fn(&mut Vec<u8>); 5] = [
        |bytes| bytes[0] = 3,
        |bytes| bytes[2] ^= 0xFF,
        |bytes| (bytes[1], bytes[2]) = (9, !9),
        |bytes| bytes.truncate(5),
        |bytes| bytes[4..8].copy_from_slice(&[0xFF; 4]),
    ];
    for spoil in wrong {
        let (script, link) = open();
        let mut bytes = answer(1, b"abc\n", true);
        spoil(&mut bytes);
        script.says(Said::Transfer(bytes));
        script.tells(ABORT_IN, Told::Answer(vec![0x80, 0]));
        let (got, outcome) = read(&link, 500, &Terms::new());
        assert_eq!((got.len(), code(outcome)), (0, VI_ERROR_INP_PROT_VIOL));
        assert_eq!(script.log(), "request 1, control 3 1");
        is_well(&script, &link);
    }
}

#[test]
fn fewer_bytes_than_told_are_an_error_soon() {
    let (script, link) = open();
    let mut bytes = answer(1, b"abc\n", true);
    bytes[4] = 9;
    script.says(Said::Transfer(bytes)).says(Said::Silence);
    script.tells(ABORT_IN, Told::Answer(vec![0x80, 0]));
    let (got, outcome) = read(&link, 500, &Terms::new());
    assert_eq!((got, code(outcome)), (b"abc\n".to_vec(), VI_ERROR_INP_PROT_VIOL));
    is_well(&script, &link);
}

#[test]
fn a_transfer_that_does_not_end_is_not_read_for_ever() {
    let (script, link) = open();
    let mut bytes = answer(1, &[b'x'; PACKET - 12], true);
    bytes.resize(PACKET * 2000, 0xEE);
    script.says(Said::Transfer(bytes)).says(Said::Transfer(vec![]));
    let (got, outcome) = read(&link, 500, &Terms::new());
    assert_eq!((got.len(), code(outcome)), (PACKET - 12, VI_ERROR_INP_PROT_VIOL));
    is_well(&script, &link);
}

#[test]
fn a_device_clear_takes_what_the_device_has_queued() {
    let (script, link) = open();
    let terms = Terms::new();
    says(&script, 1, b"old answer", true);
    assert_eq!(read(&link, 3, &terms).0, b"old");
    script.log();
    script.tells(CHECK_CLEAR, Told::Answer(vec![2, 1]));
    script.tells(CHECK_CLEAR, Told::Answer(vec![2, 0]));
    script.says(Said::Transfer(vec![0; 100]));
    link.clear(&terms.call()).unwrap();
    assert_eq!(script.log(), "control 5 0, control 6 0, control 6 0, control 6 0, unhalt 01");
    is_well(&script, &link);
    assert!(script.is_finished());
    script.tells(CLEAR, Told::Answer(vec![0x80]));
    assert_eq!(code(link.clear(&terms.call())), VI_ERROR_IO);
    is_well(&script, &link);
    script.tells(CLEAR, Told::Silence);
    assert_eq!(code(link.clear(&Terms::hurried().call())), VI_ERROR_TMO);
    is_well(&script, &link);
}

#[test]
fn a_clear_takes_the_place_of_an_abort_that_is_due() {
    let (script, link) = open();
    script.says(Said::Silence);
    (0..2).for_each(|_| _ = script.tells(ABORT_IN, Told::Silence));
    assert_eq!(code(read(&link, 10, &Terms::hurried()).1), VI_ERROR_TMO);
    script.log();
    link.clear(&Terms::new().call()).unwrap();
    assert_eq!(script.log(), "control 5 0, control 6 0, unhalt 01");
    is_well(&script, &link);
}

#[test]
fn a_device_that_has_gone_is_lost_at_once_and_for_good() {
    let (script, link) = open();
    let terms = Terms::new();
    script.says(Said::Gone);
    assert_eq!(code(read(&link, 10, &terms).1), VI_ERROR_CONN_LOST);
    assert_eq!(script.log(), "request 1", "nobody is asked for anything any more");
    assert_eq!(code(read(&link, 10, &terms).1), VI_ERROR_CONN_LOST);
    assert_eq!(code(write(&link, b"x", &terms).1), VI_ERROR_CONN_LOST);
    assert_eq!(code(link.clear(&terms.call())), VI_ERROR_CONN_LOST);
    assert_eq!(code(link.read_stb(&terms.call())), VI_ERROR_CONN_LOST);
    assert_eq!(code(link.trigger(&terms.call())), VI_ERROR_CONN_LOST);
    let (script, link) = open();
    script.refuses(Said::Gone);
    assert_eq!(code(write(&link, b"x", &terms).1), VI_ERROR_CONN_LOST);
}
