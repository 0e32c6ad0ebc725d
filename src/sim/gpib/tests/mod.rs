#![forbid(unsafe_code)]
//! The bus by the rules of IEEE 488.1.

mod faults;
mod functions;
mod service;
mod transfer;

use std::time::Duration;

use crate::sim::gpib::Address;
use crate::sim::gpib::Board;
use crate::sim::gpib::Bus;
use crate::sim::gpib::Until;

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Long enough to see that nothing comes.
const SHORT: Duration = Duration::from_millis(20);

const A: Address = Address::new(5);
const B: Address = Address::new(9);
/// With a secondary address.
const C: Address = Address::extended(12, 3);

fn patient() -> Until {
    Until::within(PATIENCE)
}

fn short() -> Until {
    Until::within(SHORT)
}

/// A bus with a board in charge at 0, REN, and instruments `A`, `B`, `C` named after themselves.
fn bench() -> (Bus, Board) {
    let bus = Bus::new();
    let board = bus.add_board(Address::new(0), true);
    for address in [A, B, C] {
        bus.add_instrument(address, &format!("At {address}")).unwrap();
    }
    board.interface_clear().unwrap();
    board.remote_enable(true).unwrap();
    bus.forget_log();
    (bus, board)
}

/// Asks an instrument.
fn query(board: &Board, address: Address, question: &str) -> String {
    board.send(address, question.as_bytes(), true, &patient()).unwrap();
    let answer = board.receive(address, 1000, None, &patient());
    assert!(answer.end && answer.failure.is_none(), "{question}: {answer:?}");
    String::from_utf8(answer.data).unwrap().trim_end().to_owned()
}
