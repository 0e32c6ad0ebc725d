#![forbid(unsafe_code)]
//! For tests only (cargo feature `fake-links`): opens every resource class that has no driver yet
//! or needs hardware, in memory, so that each attribute row and each operation can be called from C on every class.
//!
//! A fake device gives back what it was sent, one message for each END, and requests service
//! instead when that is "SRQ". Attributes of the link are remembered; strings are "fake".

use std::collections::{HashMap, VecDeque};

use parking_lot::Mutex;

use crate::attr;
use crate::attr::{Type, Value};
use crate::consts::ViAttr;
use crate::iface::bus::{AtnMode, ControlPipe, ControlRequest, Controller};
use crate::iface::{Call, Interface, Link, RenMode, Report, Signal, Sink, Stop, Transfer};
use crate::os::Wait;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::status::{Error, Result, VI_ERROR_NSUP_ATTR, VI_ERROR_TMO, fail};

/// The interface.
pub struct Fake;

impl Interface for Fake {
    fn kinds(&self) -> Kinds {
        let real = Kinds::TCPIP_INSTR | Kinds::TCPIP_SOCKET | Kinds::REMOTE;
        Kinds::RESOURCE.without(real)
    }

    fn open(&self, name: &ResourceName, _wait: &Wait) -> Result<Box<dyn Link>> {
        Ok(Box::new(FakeLink { kind: name.kind(), state: Mutex::default() }))
    }
}

struct FakeLink {
    kind: Kinds,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Messages to be read; whether END stands at their end.
    messages: VecDeque<(VecDeque<u8>, bool)>,
    attributes: HashMap<ViAttr, i64>,
    sink: Option<Sink>,
}

impl Link for FakeLink {
    fn write(&self, data: &[u8], call: &Call) -> Transfer<()> {
        if data == b"SRQ" {
            let sink = self.state.lock().sink.clone();
            if let Some(sink) = sink {
                sink(Report::Plain);
            }
            return Transfer::done(data.len(), ());
        }
        let message = (data.iter().copied().collect(), call.send_end);
        self.state.lock().messages.push_back(message);
        Transfer::done(data.len(), ())
    }

    fn read(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        let mut state = self.state.lock();
        let mut count = 0;
        while let Some((message, end)) = state.messages.front_mut() {
            while let Some(byte) = message.pop_front() {
                buf[count] = byte;
                count += 1;
                if message.is_empty() && *end && !call.suppress_end {
                    break;
                }
                if call.term_char == Some(byte) {
                    return Transfer::done(count, Stop::TermChar);
                }
                if count == buf.len() {
                    return Transfer::done(count, Stop::Count);
                }
            }
            let ended = *end && !call.suppress_end;
            state.messages.pop_front();
            if ended {
                return Transfer::done(count, Stop::End);
            }
        }
        Transfer::failed(count, Error::new(VI_ERROR_TMO, "nothing to read"))
    }

    fn clear(&self, _call: &Call) -> Result {
        self.state.lock().messages.clear();
        Ok(())
    }

    fn read_stb(&self, _call: &Call) -> Result<u8> {
        Ok(if self.state.lock().messages.is_empty() { 0 } else { 0x10 })
    }

    fn trigger(&self, _call: &Call) -> Result {
        Ok(())
    }

    fn control_ren(&self, _mode: RenMode, _call: &Call) -> Result {
        Ok(())
    }

    fn watch(&self, sink: Option<Sink>, _wait: &Wait) -> Result {
        self.state.lock().sink = sink;
        Ok(())
    }

    fn controller(&self) -> Option<&dyn Controller> {
        Some(self)
    }

    fn control_pipe(&self) -> Option<&dyn ControlPipe> {
        Some(self)
    }

    fn observe(&self, _signal: Signal, _sink: Option<Sink>) -> Result {
        Ok(())
    }

    fn get(&self, id: ViAttr) -> Result<Value> {
        let Some(row) = attr::lookup(id, self.kind) else {
            return fail(VI_ERROR_NSUP_ATTR, "no such attribute");
        };
        match row.ty {
            Type::Text => Ok("fake".into()),
            Type::Bytes => Ok(Value::Bytes(Vec::new())),
            _ => {
                let stored = self.state.lock().attributes.get(&id).copied();
                Ok(Value::Number(stored.or(row.default).unwrap_or(0)))
            }
        }
    }

    fn set(&self, id: ViAttr, value: u64, _call: &Call) -> Result {
        self.state.lock().attributes.insert(id, value as i64);
        Ok(())
    }
}

impl Controller for FakeLink {
    fn command(&self, bytes: &[u8], _call: &Call) -> Transfer<()> {
        Transfer::done(bytes.len(), ())
    }

    fn control_atn(&self, _mode: AtnMode, _call: &Call) -> Result {
        Ok(())
    }

    fn send_ifc(&self, _call: &Call) -> Result {
        Ok(())
    }

    fn pass_control(&self, _primary: u8, _secondary: Option<u8>, _call: &Call) -> Result {
        Ok(())
    }
}

impl ControlPipe for FakeLink {
    fn control_out(&self, _request: ControlRequest, _data: &[u8], _call: &Call) -> Result {
        Ok(())
    }

    /// Fills it with the request's own number.
    fn control_in(&self, request: ControlRequest, buf: &mut [u8], _call: &Call) -> Result<usize> {
        buf.fill(request.request);
        Ok(buf.len())
    }
}
