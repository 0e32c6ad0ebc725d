#![forbid(unsafe_code)]
//! Sessions with a link that signals when the test says so.

mod callbacks;
mod closing;
mod codes;
mod queues;
mod stress;
mod watching;

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use parking_lot::Mutex;

use super::*;
use crate::consts::*;
use crate::iface::{Call, Link, Report, Signal, Sink, Stop, Transfer};
use crate::rsrc::ResourceName;
use crate::session::manager;
use crate::session::objects::{self, Object};
use crate::status::{
    Error, VI_ERROR_NSUP_OPER, VI_ERROR_TMO as TMO, VI_SUCCESS, VI_SUCCESS_NCHAIN,
};

/// Long enough for any machine; only a broken rule waits that long.
const LONG: Duration = Duration::from_secs(30);
/// The same as a timeout in ms.
const LONG_MS: u32 = 30_000;

/// What the link was asked for, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Watch,
    Unwatch,
    Close,
}

#[derive(Default)]
struct Device {
    sink: Mutex<Option<Sink>>,
    asked: Mutex<Vec<Asked>>,
    /// Answers every wish to watch with VI_ERROR_NSUP_OPER.
    refuses: bool,
    /// Requests service as soon as it is watched, before the exchange has ended.
    is_eager: bool,
}

impl Device {
    fn request_service(&self) {
        let sink = self.sink.lock().clone();
        if let Some(sink) = sink {
            sink(Report::Plain);
        }
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().clone()
    }
}

struct ScriptedLink(Arc<Device>);

impl Link for ScriptedLink {
    fn write(&self, data: &[u8], _call: &Call) -> Transfer<()> {
        Transfer::done(data.len(), ())
    }

    fn read(&self, _buf: &mut [u8], _call: &Call) -> Transfer<Stop> {
        Transfer::failed(0, Error::new(TMO, "nothing to read"))
    }

    fn clear(&self, _call: &Call) -> Result {
        Ok(())
    }

    fn observe(&self, _signal: Signal, sink: Option<Sink>) -> Result {
        let asked = if sink.is_some() { Asked::Watch } else { Asked::Unwatch };
        self.0.asked.lock().push(asked);
        *self.0.sink.lock() = sink;
        Ok(())
    }

    fn watch(&self, sink: Option<Sink>, _wait: &Wait) -> Result {
        let asked = if sink.is_some() { Asked::Watch } else { Asked::Unwatch };
        self.0.asked.lock().push(asked);
        if self.0.refuses {
            return fail(VI_ERROR_NSUP_OPER, "no service requests");
        }
        *self.0.sink.lock() = sink;
        if self.0.is_eager {
            self.0.request_service();
        }
        Ok(())
    }

    fn close(&self, _deadline: Deadline) {
        self.0.asked.lock().push(Asked::Close);
    }
}

/// A manager with one session of a class that has service requests.
struct Bench {
    manager: ViSession,
    vi: ViSession,
    session: Arc<Session>,
    device: Arc<Device>,
}

impl Bench {
    fn new() -> Self {
        Self::with("GPIB0::1::INSTR", Device::default())
    }

    fn with(name: &str, device: Device) -> Self {
        let manager = manager::open_default().unwrap();
        let device = Arc::new(device);
        let (vi, session) = open(manager, name, &device);
        Self { manager, vi, session, device }
    }

    fn enable(&self, event: ViEventType, mechanism: ViUInt16) -> i32 {
        code(self.session.enable_event(event, mechanism, VI_NULL))
    }

    fn disable(&self, event: ViEventType, mechanism: ViUInt16) -> i32 {
        code(self.session.disable_event(event, mechanism))
    }

    /// Status and, for IO_COMPLETION, the job.
    fn wait(&self, wanted: ViEventType, timeout: u32) -> (i32, ViJobId) {
        match self.session.wait_on_event(self.vi, wanted, timeout, true) {
            Ok((status, _, context)) => {
                let job = job(context);
                manager::close(context).unwrap();
                (status, job)
            }
            Err(error) => (error.code, 0),
        }
    }

    fn complete(&self, job: ViJobId) {
        self.session.post(completion(job));
    }

    /// Installs a handler that is known as (`function`, 0).
    fn install(
        &self,
        event: ViEventType,
        function: usize,
        run: impl Fn(ViEvent) -> ViStatus + Send + Sync + 'static,
    ) {
        self.install_for(event, function, 0, run);
    }

    fn install_for(
        &self,
        event: ViEventType,
        function: usize,
        user: usize,
        run: impl Fn(ViEvent) -> ViStatus + Send + Sync + 'static,
    ) {
        let run = move |_, _, context| run(context);
        let handler = Handler::new(self.vi, function, user, Arc::new(run));
        self.session.install_handler(event, handler).unwrap();
    }

    /// Installs a handler that passes on the jobs that were completed.
    fn listen(&self, function: usize) -> mpsc::Receiver<ViJobId> {
        let (told, jobs) = mpsc::channel();
        self.install(VI_EVENT_IO_COMPLETION, function, move |context| {
            let _ = told.send(job(context));
            VI_SUCCESS
        });
        jobs
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = manager::close(self.manager);
    }
}

fn open(manager: ViSession, name: &str, device: &Arc<Device>) -> (ViSession, Arc<Session>) {
    let resource = objects::resource(ResourceName::parse(name).unwrap());
    let link = Box::new(ScriptedLink(device.clone()));
    let session = Arc::new(Session::new(manager, resource, link));
    (objects::add(Object::Session(session.clone())).unwrap(), session)
}

fn completion(job: ViJobId) -> Occurrence {
    let details = Details::IoCompletion {
        status: VI_SUCCESS,
        job,
        buffer: 0x1000,
        count: 7,
        operation: "viReadAsync",
    };
    Occurrence { event_type: VI_EVENT_IO_COMPLETION, details }
}

fn context(number: ViEvent) -> Option<Arc<Context>> {
    match objects::find(number) {
        Ok(Object::Event(context)) => Some(context),
        _ => None,
    }
}

fn job(number: ViEvent) -> ViJobId {
    match context(number).map(|context| context.occurrence.details.clone()) {
        Some(Details::IoCompletion { job, .. }) => job,
        _ => 0,
    }
}

fn code(result: Result<ViStatus>) -> i32 {
    result.unwrap_or_else(|error| error.code)
}
