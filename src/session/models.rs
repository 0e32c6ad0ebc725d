#![forbid(unsafe_code)]
//! What the models of sessions have in common: a session with a device in memory.

use std::sync::Arc;

use crate::consts::*;
use crate::iface::{Call, Link, Report, Sink, Stop, Transfer};
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::sync::Mutex;
use crate::os::sync::thread;
use crate::os::sync::thread::JoinHandle;
use crate::rsrc::ResourceName;
use crate::session::Session;
use crate::session::event::{Details, Handler, Occurrence};
use crate::session::manager;
use crate::session::objects::{self, Object};
use crate::status::{Result, VI_SUCCESS};

/// What a device was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Watch,
    Unwatch,
    Close,
}

#[derive(Default)]
pub struct Device {
    /// Passed by each read.
    pub reading: Gate<()>,
    pub sink: Mutex<Option<Sink>>,
    pub asked: Mutex<Vec<Asked>>,
}

impl Device {
    pub fn request_service(&self) {
        let sink = self.sink.lock().clone();
        if let Some(sink) = sink {
            sink(Report::Plain);
        }
    }
}

struct InMemory(Arc<Device>);

impl Link for InMemory {
    fn write(&self, data: &[u8], _call: &Call) -> Transfer<()> {
        Transfer::done(data.len(), ())
    }

    fn read(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        match self.0.reading.pass(&call.wait) {
            Ok(_) => Transfer::done(buf.len(), Stop::End),
            Err(error) => Transfer::failed(0, error),
        }
    }

    fn clear(&self, _call: &Call) -> Result {
        Ok(())
    }

    fn watch(&self, sink: Option<Sink>, _wait: &Wait) -> Result {
        self.0.asked.lock().push(if sink.is_some() { Asked::Watch } else { Asked::Unwatch });
        *self.0.sink.lock() = sink;
        Ok(())
    }

    fn close(&self, _deadline: Deadline) {
        self.0.asked.lock().push(Asked::Close);
    }
}

/// A session with a number.
#[derive(Clone)]
pub struct Bench {
    pub vi: ViSession,
    pub session: Arc<Session>,
    pub device: Arc<Device>,
}

impl Bench {
    /// A session to the instrument called `host`, which no other model and no other run has: lock
    /// files are for all of this machine.
    pub fn new(host: &str) -> Self {
        let device = Arc::new(Device::default());
        let name = format!("TCPIP::model-{host}-{}::INSTR", std::process::id());
        let resource = objects::resource(ResourceName::parse(&name).unwrap());
        let session = Arc::new(Session::new(0, resource, Box::new(InMemory(device.clone()))));
        let vi = objects::add(Object::Session(session.clone())).unwrap();
        Self { vi, session, device }
    }

    /// Runs `part` with this session on a thread of its own.
    pub fn beside<T: Send + 'static>(
        &self,
        part: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> JoinHandle<T> {
        let bench = self.clone();
        thread::spawn(move || part(&bench))
    }

    pub fn close(&self) {
        manager::close(self.vi).unwrap();
    }

    pub fn enable(&self, event: ViEventType, mechanism: ViUInt16) -> i32 {
        code(self.session.enable_event(event, mechanism, VI_NULL))
    }

    pub fn disable(&self, event: ViEventType, mechanism: ViUInt16) -> i32 {
        code(self.session.disable_event(event, mechanism))
    }

    /// The status of a wait.
    pub fn wait(&self, event: ViEventType, timeout: u32) -> i32 {
        let waited = self.session.wait_on_event(self.vi, event, timeout, false);
        code(waited.map(|(status, _, _)| status))
    }

    /// Installs a handler that is known as (1, 0).
    pub fn install(&self, event: ViEventType, run: impl Fn(&Self) + Send + Sync + 'static) {
        // The session holds its handlers; they must not hold it.
        let (vi, device, session) = (self.vi, self.device.clone(), Arc::downgrade(&self.session));
        let run = move |_, _, _| {
            if let Some(session) = session.upgrade() {
                run(&Self { vi, session, device: device.clone() });
            }
            VI_SUCCESS
        };
        self.session.install_handler(event, Handler::new(self.vi, 1, 0, Arc::new(run))).unwrap();
    }

    pub fn uninstall(&self, event: ViEventType) -> i32 {
        code(self.session.uninstall_handler(event, Some(1), 0))
    }

    /// Completes a job that nobody started.
    pub fn complete(&self, job: ViJobId) {
        let details = Details::IoCompletion {
            status: VI_SUCCESS,
            job,
            buffer: 0,
            count: 0,
            operation: "viReadAsync",
        };
        self.session.post(Occurrence { event_type: VI_EVENT_IO_COMPLETION, details });
    }
}

pub fn code<T: Into<i32>>(result: Result<T>) -> i32 {
    result.map_or_else(|error| error.code, Into::into)
}
