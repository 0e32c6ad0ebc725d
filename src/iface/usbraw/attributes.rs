#![forbid(unsafe_code)]
//! VI_ATTR_USB_*, of which the alternate setting and the states of pipes are the interface's and so
//! all its sessions'; the choice of pipes, END_IN and MAX_INTR_SIZE are each session's own.

use std::sync::atomic::Ordering;

use crate::attr::Value;
use crate::consts::*;
use crate::iface::usbraw::RawLink;
use crate::iface::usbraw::pipes::Use;
use crate::iface::{Call, Sink};
use crate::os::usb::descriptors::Alternate;
use crate::status::{
    Error, Result, VI_ERROR_NSUP_ATTR, VI_ERROR_NSUP_ATTR_STATE, VI_ERROR_NSUP_OPER,
    VI_ERROR_RSRC_NFOUND, fail,
};

/// What a pipe attribute says when there is none.
const NO_PIPE: i64 = -1;

impl RawLink {
    pub(super) fn get_attribute(&self, attr: ViAttr) -> Result<Value> {
        let setting = self.unit.transport.alternate();
        let pipe = |of| self.pipes.get(of, &setting);
        let address = |of| pipe(of).map_or(NO_PIPE, i64::from);
        let state = |of| {
            i64::from(match pipe(of) {
                None => VI_USB_PIPE_STATE_UNKNOWN,
                Some(pipe) if self.unit.is_stalled(pipe) => VI_USB_PIPE_STALLED,
                Some(_) => VI_USB_PIPE_READY,
            })
        };
        let name = |name: &Option<String>| match name {
            Some(name) => Ok(Value::Text(name.clone())),
            None => fail(VI_ERROR_NSUP_ATTR, "the device does not tell its name"),
        };
        Ok(Value::Number(match attr {
            VI_ATTR_USB_BULK_OUT_PIPE => address(Use::Write),
            VI_ATTR_USB_BULK_IN_PIPE => address(Use::Read),
            VI_ATTR_USB_INTR_IN_PIPE => address(Use::Interrupt),
            VI_ATTR_USB_BULK_OUT_STATUS => state(Use::Write),
            VI_ATTR_USB_BULK_IN_STATUS => state(Use::Read),
            VI_ATTR_USB_INTR_IN_STATUS => state(Use::Interrupt),
            VI_ATTR_USB_CLASS => setting.class.into(),
            VI_ATTR_USB_SUBCLASS => setting.subclass.into(),
            VI_ATTR_USB_PROTOCOL => setting.protocol.into(),
            VI_ATTR_USB_ALT_SETTING => setting.number.into(),
            VI_ATTR_USB_NUM_INTFCS => self.unit.transport.interfaces() as i64,
            VI_ATTR_USB_NUM_PIPES => setting.endpoints.len() as i64,
            VI_ATTR_USB_END_IN => self.end_in.load(Ordering::Relaxed).into(),
            VI_ATTR_USB_MAX_INTR_SIZE => self.most(&setting).into(),
            // Devices have no other.
            VI_ATTR_USB_CTRL_PIPE => 0,
            VI_ATTR_MANF_NAME => return name(&self.names[0]),
            VI_ATTR_MODEL_NAME => return name(&self.names[1]),
            _ => return fail(VI_ERROR_NSUP_ATTR, "not an attribute of this link"),
        }))
    }

    pub(super) fn set_attribute(&self, attr: ViAttr, value: u64, call: &Call) -> Result {
        match attr {
            VI_ATTR_USB_BULK_OUT_PIPE => self.choose(Use::Write, value),
            VI_ATTR_USB_BULK_IN_PIPE => self.choose(Use::Read, value),
            VI_ATTR_USB_INTR_IN_PIPE => self.choose(Use::Interrupt, value),
            VI_ATTR_USB_BULK_OUT_STATUS => self.make_ready(Use::Write, call),
            VI_ATTR_USB_BULK_IN_STATUS => self.make_ready(Use::Read, call),
            VI_ATTR_USB_INTR_IN_STATUS => self.make_ready(Use::Interrupt, call),
            VI_ATTR_USB_ALT_SETTING => self.set_alternate(value as u8, call),
            VI_ATTR_USB_END_IN => {
                self.end_in.store(value as u16, Ordering::Relaxed);
                Ok(())
            }
            VI_ATTR_USB_MAX_INTR_SIZE => {
                self.most.store(value as i32, Ordering::Relaxed);
                self.listen_on()
            }
            VI_ATTR_USB_CTRL_PIPE if value == 0 => Ok(()),
            VI_ATTR_USB_CTRL_PIPE => fail(VI_ERROR_NSUP_ATTR_STATE, "the control pipe is pipe 0"),
            _ => fail(VI_ERROR_NSUP_ATTR, "not an attribute of this link"),
        }
    }

    /// Starts VI_EVENT_USB_INTR.
    pub(super) fn listen(&self, sink: Sink) -> Result {
        let setting = self.unit.transport.alternate();
        match self.pipes.get(Use::Interrupt, &setting) {
            Some(pipe) => self.unit.listen(self.number, pipe, self.most(&setting), sink),
            None => fail(VI_ERROR_NSUP_OPER, "no interrupt pipe is chosen"),
        }
    }

    /// Goes on with it, after the pipe or the size has changed.
    fn listen_on(&self) -> Result {
        let setting = self.unit.transport.alternate();
        let pipe = self.pipes.get(Use::Interrupt, &setting);
        self.unit.relisten(self.number, pipe, self.most(&setting))
    }

    /// VI_ATTR_USB_MAX_INTR_SIZE: a packet of the interrupt pipe until it is set.
    fn most(&self, setting: &Alternate) -> u16 {
        if let Ok(set) = u16::try_from(self.most.load(Ordering::Relaxed)) {
            return set;
        }
        let pipe = self.pipes.get(Use::Interrupt, setting);
        let ends = setting.endpoints.iter();
        ends.filter(|end| Some(end.address) == pipe).map(|end| end.max_packet).next().unwrap_or(0)
    }

    fn choose(&self, of: Use, value: u64) -> Result {
        // As the table's range lets through: an address, or -1 for none.
        let pipe = u8::try_from(value).ok();
        let setting = self.unit.transport.alternate();
        if pipe.is_some_and(|pipe| !of.fits(pipe, &setting)) {
            return fail(VI_ERROR_NSUP_ATTR_STATE, "the interface has no such pipe");
        }
        self.pipes.choose(of, pipe);
        if of == Use::Interrupt { self.listen_on() } else { Ok(()) }
    }

    /// VI_USB_PIPE_READY is written.
    fn make_ready(&self, of: Use, call: &Call) -> Result {
        match self.pipe(of) {
            Some(pipe) => self.unit.reset(pipe, &call.round_trip()),
            None => fail(VI_ERROR_NSUP_ATTR_STATE, "no pipe is chosen"),
        }
    }

    fn set_alternate(&self, number: u8, call: &Call) -> Result {
        let unknown = |error: Error| match error.code {
            VI_ERROR_RSRC_NFOUND => Error { code: VI_ERROR_NSUP_ATTR_STATE, ..error },
            _ => error,
        };
        self.unit.set_alternate(number, &call.round_trip()).map_err(unknown)?;
        // What was chosen need not be there any more.
        self.pipes.reset();
        self.listen_on()
    }
}
