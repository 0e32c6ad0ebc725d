#![forbid(unsafe_code)]
//! The board's own session.

use std::sync::Arc;

use super::*;
use crate::consts::*;
use crate::iface::bus::AtnMode;
use crate::iface::{Signal, Sink};
use crate::status::{VI_ERROR_NLISTENERS, VI_ERROR_NSUP_OPER};

#[test]
fn a_group_is_triggered_by_command_bytes() {
    for desk in Desk::each() {
        let controller = desk.intfc.controller().unwrap();
        controller.send_ifc(&Terms::new().call()).unwrap();
        let sent = controller.command(&[0x40, 0x3F, 0x25, 0x29, 0x63, 0x08], &Terms::new().call());
        assert_eq!((sent.count, sent.outcome), (6, Ok(())));
        let triggers = |at| desk.bus.counters(at).unwrap().triggers;
        assert_eq!((triggers(FIVE), triggers(NINE)), (1, 1));
        assert!(desk.bus.log_line().starts_with("IFC"), "{}", desk.bus.log_line());
        assert!(desk.bus.log_line().ends_with("25 29 63 08"), "{}", desk.bus.log_line());
    }
}

#[test]
fn data_moves_between_the_board_and_who_was_addressed() {
    let desk = Desk::new();
    let board = Device(open(&desk.adapter.resource_name(desk.board)).unwrap());
    let command = |bytes: &[u8]| {
        let controller = desk.intfc.controller().unwrap();
        controller.command(bytes, &Terms::new().call()).outcome.unwrap();
    };
    assert_eq!(code(board.0.write(b"x", &Terms::new().call()).outcome), VI_ERROR_NLISTENERS);
    command(&[0x3F, 0x40, 0x29, 0x63]);
    board.tell(b"*IDN?\n");
    assert_eq!(code(board.read(9).1), VI_ERROR_NSUP_OPER);
    command(&[0x3F, 0x20, 0x49, 0x63]);
    assert_eq!(board.read(100), (b"Maker,Nine,1,0\n".to_vec(), Ok(Stop::End)));
}

#[test]
fn what_an_adapter_cannot_do_it_says() {
    let desk = Desk::new();
    let call = Terms::new();
    let controller = desk.intfc.controller().unwrap();
    assert_eq!(code(controller.control_atn(AtnMode::Assert, &call.call())), VI_ERROR_NSUP_OPER);
    assert_eq!(code(controller.pass_control(5, None, &call.call())), VI_ERROR_NSUP_OPER);
    // Up to the byte that cannot be sent all was carried out.
    let sent = controller.command(&[0x3F, 0x25, 0x08, 0x18], &call.call());
    assert_eq!((sent.count, code(sent.outcome)), (3, VI_ERROR_NSUP_OPER));
    assert_eq!(desk.bus.counters(FIVE).unwrap().triggers, 1);
    assert_eq!(code(desk.intfc.clear(&call.call())), VI_ERROR_NSUP_OPER);
    assert!(Desk::ar488().intfc.clear(&call.call()).is_ok());
}

#[test]
fn the_lines_are_told_as_far_as_the_adapter_tells_them() {
    let (prologix, ar488) = (Desk::new(), Desk::ar488());
    for (desk, ren) in [(&prologix, i64::from(VI_STATE_UNKNOWN)), (&ar488, 1)] {
        let get = |attr| match desk.intfc.get(attr).unwrap() {
            crate::attr::Value::Number(number) => Some(number),
            _ => None,
        };
        assert_eq!(get(VI_ATTR_GPIB_SRQ_STATE), Some(0));
        desk.five().tell(b"*SRE 32;*ESE 1;*OPC\n");
        assert_eq!(get(VI_ATTR_GPIB_SRQ_STATE), Some(1));
        assert_eq!(get(VI_ATTR_GPIB_CIC_STATE), Some(1));
        assert_eq!(get(VI_ATTR_GPIB_SYS_CNTRL_STATE), Some(1));
        assert_eq!(get(VI_ATTR_GPIB_ATN_STATE), Some(VI_STATE_UNKNOWN.into()));
        assert_eq!(get(VI_ATTR_GPIB_REN_STATE), Some(ren));
        assert_eq!(get(VI_ATTR_GPIB_PRIMARY_ADDR), Some(0));
    }
    let place = prologix.intfc.get(VI_ATTR_INTF_INST_NAME).unwrap();
    assert!(format!("{place:?}").contains("Prologix at 127.0.0.1, port "), "{place:?}");
}

#[test]
fn the_board_tells_of_requests_and_nothing_else() {
    let desk = Desk::new();
    let sink = || Some::<Sink>(Arc::new(|_| ()));
    assert_eq!(desk.intfc.observe(Signal::ServiceRequest, sink()), Ok(()));
    for signal in [Signal::ControllerInCharge, Signal::Talk, Signal::Listen, Signal::Clear] {
        assert_eq!(code(desk.intfc.observe(signal, sink())), VI_ERROR_NSUP_OPER);
        desk.intfc.observe(signal, None).unwrap();
    }
}

#[test]
fn a_number_is_one_boards_at_a_time() {
    let (one, two) = (Desk::new(), Desk::new());
    let wanted = open(&two.adapter.resource_name(one.board));
    assert_eq!(wanted.err().map(|error| error.code), Some(crate::status::VI_ERROR_RSRC_BUSY));
    // The same adapter under two numbers is one adapter.
    let again = number();
    let _other = open(&one.adapter.resource_name(again)).unwrap();
    let by_other = Desk { board: again, ..two };
    assert_eq!(by_other.five().ask("*IDN?\n"), "Maker,Five,1,0\n");
    assert_eq!(one.five().ask("*IDN?\n"), "Maker,Five,1,0\n");
}
