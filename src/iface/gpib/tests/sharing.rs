#![forbid(unsafe_code)]
//! Several processes at one board. Here they are owners of claims in one process,
//! as a board that is open by two numbers has them.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::iface::gpib::sharing::Sharing;
use crate::iface::gpib::tests::bench::LONG;
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::status::{VI_ERROR_ABORT, VI_ERROR_TMO};

fn board(test: &str) -> String {
    format!("{test} {}", std::process::id())
}

fn wait(cancel: &Cancel, time: Duration) -> Wait<'_> {
    Wait { deadline: Deadline::after(time), ticket: cancel.ticket() }
}

#[test]
fn a_board_is_one_process_at_a_time() {
    let name = board("one at a time");
    let (one, other) = (Sharing::new(&name), Sharing::new(&name));
    let cancel = Cancel::new();
    let claimed = one.claim(&wait(&cancel, LONG)).unwrap();
    let short = wait(&cancel, Duration::from_millis(20));
    assert_eq!(other.claim(&short).err().unwrap().code, VI_ERROR_TMO);
    let at_once = Wait { deadline: Deadline::Immediate, ..short };
    assert_eq!(other.claim(&at_once).err().unwrap().code, VI_ERROR_TMO);
    drop(claimed);
    other.claim(&at_once).unwrap();
}

#[test]
fn who_waits_can_be_cancelled_and_then_stands_in_nobodys_way() {
    let name = board("cancelled");
    let (one, other) = (Sharing::new(&name), Sharing::new(&name));
    let (cancel, never) = (Cancel::new(), Cancel::new());
    let claimed = one.claim(&wait(&never, LONG)).unwrap();
    thread::scope(|scope| {
        let (started, start) = mpsc::channel();
        let (cancel, other) = (&cancel, &other);
        let waiting = scope.spawn(move || {
            let wait = wait(cancel, LONG);
            started.send(()).unwrap();
            other.claim(&wait).err().unwrap().code
        });
        start.recv().unwrap();
        cancel.terminate();
        assert_eq!(waiting.join().unwrap(), VI_ERROR_ABORT);
    });
    drop(claimed);
    one.claim(&Wait { deadline: Deadline::Immediate, ticket: never.ticket() }).unwrap();
}

/// Each exchange tells whether another process has had the board since, and so may have addressed
/// somebody else.
#[test]
fn an_exchange_of_another_process_is_noticed() {
    let name = board("noticed");
    let (one, other) = (Sharing::new(&name), Sharing::new(&name));
    let cancel = Cancel::new();
    let claim = |sharing: &Sharing, before| {
        let claimed = sharing.claim(&wait(&cancel, LONG)).unwrap();
        (claimed.follows(before), claimed.version())
    };
    let (_, first) = claim(&one, 0);
    let (follows, second) = claim(&one, first);
    assert!(follows);
    claim(&other, 0);
    let (follows, third) = claim(&one, second);
    assert!(!follows);
    assert!(claim(&one, third).0);
}

/// A process in a busy loop leaves each waiting one its turn.
#[test]
fn nobody_overtakes() {
    const TURNS: usize = 20;
    let name = board("overtakes");
    let (one, other) = (Sharing::new(&name), Sharing::new(&name));
    let never = Cancel::new();
    let stop = Cancel::new();
    thread::scope(|scope| {
        let until_stopped = Wait { deadline: Deadline::Never, ticket: stop.ticket() };
        let (started, start) = mpsc::channel();
        let one = &one;
        scope.spawn(move || {
            while let Ok(_claimed) = one.claim(&until_stopped) {
                // An exchange.
                thread::sleep(Duration::from_micros(200));
                let _ = started.send(());
                if until_stopped.ticket.check().is_err() {
                    break;
                }
            }
        });
        start.recv().unwrap();
        for _ in 0..TURNS {
            drop(other.claim(&wait(&never, LONG)).unwrap());
        }
        stop.terminate();
    });
}

/// One that waits and does not come, being stopped, keeps the board free for a moment only.
#[test]
fn who_does_not_take_its_turn_is_passed_over() {
    let name = board("passed over");
    let (one, stopped) = (Sharing::new(&name), Sharing::new(&name));
    stopped.stand_waiting();
    let cancel = Cancel::new();
    drop(one.claim(&wait(&cancel, LONG)).unwrap());
    let at_once = Wait { deadline: Deadline::Immediate, ticket: cancel.ticket() };
    assert_eq!(one.claim(&at_once).err().unwrap().code, VI_ERROR_TMO);
}
