#![forbid(unsafe_code)]
//! USB RAW over a scripted device.

mod device;
mod interrupts;
mod pipes;
mod reading;

use std::time::Duration;

use super::*;
use crate::iface::usbraw::tests::device::Device;
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::usb::End;
use crate::status::{
    Error, VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_IO, VI_ERROR_NSUP_ATTR_STATE, VI_ERROR_TMO,
};

fn open() -> (Arc<Device>, Arc<Unit>, RawLink) {
    let device = Arc::new(Device::default());
    let unit = Arc::new(Unit::new(Box::new(device.clone())));
    let link = another(&unit);
    (device, unit, link)
}

/// One more session of the same interface.
fn another(unit: &Arc<Unit>) -> RawLink {
    RawLink::new(unit.clone(), [Some("Maker".into()), None], "USB@1-2::2".into())
}

/// However busy the machine, what is there comes within this.
const PATIENTLY: Duration = Duration::from_secs(20);

fn call(cancel: &Cancel) -> Call<'_> {
    Call {
        wait: Wait { deadline: Deadline::after(PATIENTLY), ticket: cancel.ticket() },
        timeout_ms: 20_000,
        term_char: None,
        end_char: b'\n',
        send_end: true,
        suppress_end: false,
    }
}

fn soon(cancel: &Cancel) -> Call<'_> {
    let wait =
        Wait { deadline: Deadline::after(Duration::from_millis(20)), ticket: cancel.ticket() };
    Call { wait, ..call(cancel) }
}

/// What a read brings: its bytes, and how it ended.
fn read(link: &RawLink, count: usize, call: &Call) -> (Vec<u8>, Result<Stop>) {
    let mut buf = vec![0; count];
    let read = link.read(&mut buf, call);
    buf.truncate(read.count);
    (buf, read.outcome)
}

fn number(link: &RawLink, attr: ViAttr) -> i64 {
    match link.get(attr) {
        Ok(Value::Number(number)) => number,
        other => panic!("{attr:#X}: {other:?}"),
    }
}
