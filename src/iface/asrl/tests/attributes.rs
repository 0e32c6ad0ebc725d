#![forbid(unsafe_code)]
//! VI_ATTR_ASRL_* on a pseudo-terminal, which has rates and queues and no line.

use super::*;
use crate::attr::Value;
use crate::consts::*;
use crate::status::{VI_ERROR_NSUP_ATTR, VI_ERROR_NSUP_ATTR_STATE};

fn number(link: &dyn Link, attr: ViAttr) -> i64 {
    match link.get(attr) {
        Ok(Value::Number(number)) => number,
        other => panic!("{other:?}"),
    }
}

fn set(link: &dyn Link, attr: ViAttr, value: u64) -> Result {
    link.set(attr, value, &Terms::new().call())
}

#[test]
fn a_fresh_port_is_set_as_the_standard_says() {
    let pty = Pty::open();
    let link = open(&pty);
    for (attr, default) in [
        (VI_ATTR_ASRL_BAUD, 9600),
        (VI_ATTR_ASRL_DATA_BITS, 8),
        (VI_ATTR_ASRL_PARITY, VI_ASRL_PAR_NONE.into()),
        (VI_ATTR_ASRL_STOP_BITS, VI_ASRL_STOP_ONE.into()),
        (VI_ATTR_ASRL_FLOW_CNTRL, VI_ASRL_FLOW_NONE.into()),
        (VI_ATTR_ASRL_END_IN, VI_ASRL_END_TERMCHAR.into()),
        (VI_ATTR_ASRL_END_OUT, VI_ASRL_END_NONE.into()),
        (VI_ATTR_ASRL_XON_CHAR, 0x11),
        (VI_ATTR_ASRL_XOFF_CHAR, 0x13),
        (VI_ATTR_ASRL_REPLACE_CHAR, 0),
        (VI_ATTR_ASRL_DISCARD_NULL, 0),
        (VI_ATTR_ASRL_BREAK_STATE, 0),
        (VI_ATTR_ASRL_BREAK_LEN, 250),
        (VI_ATTR_ASRL_ALLOW_TRANSMIT, 1),
        (VI_ATTR_ASRL_AVAIL_NUM, 0),
    ] {
        assert_eq!(number(&*link, attr), default, "{attr:#x}");
    }
}

#[test]
fn what_can_be_set_reads_back_and_what_cannot_stays() {
    let pty = Pty::open();
    let link = open(&pty);
    for (attr, value) in [
        (VI_ATTR_ASRL_BAUD, 57_600),
        (VI_ATTR_ASRL_BAUD, 12_345),
        (VI_ATTR_ASRL_STOP_BITS, u64::from(VI_ASRL_STOP_TWO)),
        (VI_ATTR_ASRL_FLOW_CNTRL, u64::from(VI_ASRL_FLOW_XON_XOFF | VI_ASRL_FLOW_RTS_CTS)),
        (VI_ATTR_ASRL_XON_CHAR, 0x21),
        (VI_ATTR_ASRL_XOFF_CHAR, 0x22),
        (VI_ATTR_ASRL_END_IN, u64::from(VI_ASRL_END_LAST_BIT)),
        (VI_ATTR_ASRL_END_OUT, u64::from(VI_ASRL_END_TERMCHAR)),
        (VI_ATTR_ASRL_REPLACE_CHAR, 0x3F),
        (VI_ATTR_ASRL_DISCARD_NULL, 1),
        (VI_ATTR_ASRL_BREAK_LEN, 7),
        (VI_ATTR_ASRL_ALLOW_TRANSMIT, 0),
        (VI_ATTR_ASRL_ALLOW_TRANSMIT, 1),
    ] {
        assert_eq!(set(&*link, attr, value), Ok(()), "{attr:#x}");
        assert_eq!(number(&*link, attr), value as i64, "{attr:#x}");
    }
    for (attr, value) in [
        (VI_ATTR_ASRL_BAUD, 0),
        (VI_ATTR_ASRL_DATA_BITS, 7),
        (VI_ATTR_ASRL_PARITY, u64::from(VI_ASRL_PAR_EVEN)),
        (VI_ATTR_ASRL_STOP_BITS, u64::from(VI_ASRL_STOP_ONE5)),
        (VI_ATTR_ASRL_FLOW_CNTRL, u64::from(VI_ASRL_FLOW_DTR_DSR)),
        (VI_ATTR_ASRL_DTR_STATE, 1),
        (VI_ATTR_ASRL_RTS_STATE, 1),
        (VI_ATTR_ASRL_WIRE_MODE, u64::from(VI_ASRL_WIRE_232_DTE.unsigned_abs())),
        (VI_ATTR_ASRL_END_IN, u64::from(VI_ASRL_END_BREAK)),
        (VI_ATTR_ASRL_END_OUT, u64::from(VI_ASRL_END_BREAK)),
    ] {
        let before = number(&*link, attr);
        assert_eq!(code(set(&*link, attr, value)), VI_ERROR_NSUP_ATTR_STATE, "{attr:#x}");
        assert_eq!(number(&*link, attr), before, "{attr:#x}");
    }
}

/// Unknown is an answer, and no I/O error.
#[test]
fn lines_that_are_not_there_are_unknown() {
    let pty = Pty::open();
    let link = open(&pty);
    for attr in [
        VI_ATTR_ASRL_CTS_STATE,
        VI_ATTR_ASRL_DSR_STATE,
        VI_ATTR_ASRL_DCD_STATE,
        VI_ATTR_ASRL_RI_STATE,
        VI_ATTR_ASRL_DTR_STATE,
        VI_ATTR_ASRL_RTS_STATE,
        VI_ATTR_ASRL_WIRE_MODE,
    ] {
        assert_eq!(number(&*link, attr), VI_STATE_UNKNOWN.into(), "{attr:#x}");
    }
    assert_eq!(code(link.get(VI_ATTR_ASRL_CONNECTED)), VI_ERROR_NSUP_ATTR);
    let place = link.get(VI_ATTR_INTF_INST_NAME);
    assert_eq!(place, Ok(Value::Text(format!("ASRL{}", pty.path.display()))));
}
