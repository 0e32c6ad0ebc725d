#![forbid(unsafe_code)]
//! The operations of chapter 3.7 on a session: with its link, which reports service requests and
//! what happens on serial lines, and with what a fork leaves of it.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::{CALLBACK_PATIENCE, Context, Details, Events, Handler, Occurrence, Waited};
use crate::attr;
use crate::consts::{
    VI_ALL_ENABLED_EVENTS, VI_ATTR_MAX_QUEUE_LENGTH, VI_NULL, ViEvent, ViEventFilter, ViEventType,
    ViSession, ViStatus, ViUInt16, ViUInt32,
};
use crate::iface::{Signal, Sink};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::Kinds;
use crate::session::Session;
use crate::session::event::kinds::signal_of;
use crate::session::objects::{self, Object};
use crate::status::{Result, VI_SUCCESS};

const MAX_QUEUE_LENGTH: usize = attr::slot(VI_ATTR_MAX_QUEUE_LENGTH);

/// The least time for the exchange with the device that switches its service requests on or off:
/// these functions have no timeout of their own, and VI_ATTR_TMO_VALUE may be VI_TMO_IMMEDIATE.
const WATCH_PATIENCE: Duration = Duration::from_millis(2000);

impl Session {
    /// viEnableEvent.
    ///
    /// # Errors
    /// As [`Events::enable`]; for what the link reports also what it answers, which can be
    /// VI_ERROR_NSUP_OPER.
    pub fn enable_event(
        &self,
        event: ViEventType,
        mechanism: ViUInt16,
        context: ViEventFilter,
    ) -> Result<ViStatus> {
        self.own()?;
        let length = self.settings.load(MAX_QUEUE_LENGTH) as usize;
        let Some(signal) = signal_of(event) else {
            return self.events.enable(event, mechanism, context, length);
        };
        let wait = self.watch_wait();
        let mut watching = self.events.watching.pass(&wait)?;
        // First, so that a request that follows the exchange at once finds its queue.
        let status = self.events.enable(event, mechanism, context, length)?;
        if !watching.contains(&event) {
            if let Err(error) = self.tell_link(signal, Some(self.sink(event)), &wait) {
                self.events.switch_off(event);
                return Err(error);
            }
            watching.push(event);
        }
        Ok(status)
    }

    /// viDisableEvent. When it returns, no callback that it ends is running; see the module.
    ///
    /// # Errors
    /// VI_ERROR_INV_EVENT, VI_ERROR_INV_MECH. A device that cannot be told is no error: its
    /// requests are ignored.
    pub fn disable_event(&self, event: ViEventType, mechanism: ViUInt16) -> Result<ViStatus> {
        if self.is_inherited() {
            // Nothing of the parent's is enabled here, and its locks must not be touched.
            return self.nothing().disable(event, mechanism);
        }
        let status = self.events.disable(event, mechanism)?;
        self.unwatch(event);
        self.events.await_callbacks_of(event, &self.callback_wait());
        Ok(status)
    }

    /// viDiscardEvents.
    ///
    /// # Errors
    /// VI_ERROR_INV_EVENT, VI_ERROR_INV_MECH.
    pub fn discard_events(&self, event: ViEventType, mechanism: ViUInt16) -> Result<ViStatus> {
        if self.is_inherited() {
            return self.nothing().discard(event, mechanism);
        }
        self.events.discard(event, mechanism)
    }

    /// viWaitOnEvent on this session, whose number is `number`: how it went, which event, and its
    /// context if one is wanted, else VI_NULL. `timeout` is in ms.
    ///
    /// # Errors
    /// As [`Events::wait`]; VI_ERROR_ALLOC when all object numbers are taken, and the event is
    /// lost.
    pub fn wait_on_event(
        &self,
        number: ViSession,
        wanted: ViEventType,
        timeout: ViUInt32,
        wants_context: bool,
    ) -> Result<(ViStatus, ViEventType, ViEvent)> {
        self.own()?;
        let deadline = Deadline::from_timeout(timeout);
        let wait = Wait { deadline, ticket: self.cancel.ticket() };
        let Waited { occurrence, status } = self.events.wait(wanted, &wait)?;
        let event = occurrence.event_type;
        if !wants_context {
            return Ok((status, event, VI_NULL));
        }
        let context = Context { manager: self.manager, session: number, occurrence };
        Ok((status, event, objects::add(Object::Event(Arc::new(context)))?))
    }

    /// Whether handlers can be installed for `event` here, before anything else about them is
    /// looked at.
    ///
    /// # Errors
    /// VI_ERROR_INV_EVENT for types that the class has not, and for VI_ALL_ENABLED_EVENTS.
    pub fn check_handler_event(&self, event: ViEventType) -> Result {
        self.own()?;
        self.events.check_type(event)
    }

    /// viInstallHandler.
    ///
    /// # Errors
    /// As [`Events::install`].
    pub fn install_handler(&self, event: ViEventType, handler: Handler) -> Result<ViStatus> {
        self.own()?;
        self.events.install(event, handler)
    }

    /// viUninstallHandler; as [`Events::uninstall`].
    ///
    /// # Errors
    /// As [`Events::uninstall`].
    pub fn uninstall_handler(
        &self,
        event: ViEventType,
        function: Option<usize>,
        user: usize,
    ) -> Result<ViStatus> {
        if self.is_inherited() {
            // Closing an inherited session must go well, and a handler is never called here.
            return Ok(VI_SUCCESS);
        }
        let status = self.events.uninstall(event, function, user, &self.callback_wait())?;
        self.unwatch(event);
        Ok(status)
    }

    /// Stops what the device reports by the deadline and before the link closes. The callbacks have
    /// been waited for.
    pub(in crate::session) fn close_events(&self, deadline: Deadline) {
        self.events.close();
        let cancel = Cancel::new();
        let wait = Wait { deadline, ticket: cancel.ticket() };
        if let Ok(mut watching) = self.events.watching.pass(&wait) {
            for signal in watching.drain(..).filter_map(signal_of) {
                // The device may be gone; the link is closed next in any case.
                let _ = self.tell_link(signal, None, &wait);
            }
        }
    }

    /// Has the link report `signal`, or stop.
    fn tell_link(&self, signal: Signal, sink: Option<Sink>, wait: &Wait) -> Result {
        match signal {
            Signal::ServiceRequest => self.link.watch(sink, wait),
            _ => self.link.observe(signal, sink),
        }
    }

    /// Where the link reports what becomes `event_type`: holds the session no longer than it lives.
    fn sink(&self, event_type: ViEventType) -> Sink {
        let events: Weak<Events> = Arc::downgrade(&self.events);
        Arc::new(move |report| {
            if let Some(events) = events.upgrade() {
                let details = Details::of(event_type, report);
                events.post(Occurrence { event_type, details });
            }
        })
    }

    /// Tells the link what nobody wants to know any more, when `event` was about that.
    fn unwatch(&self, event: ViEventType) {
        let is_off = |watched: &ViEventType| {
            (event == VI_ALL_ENABLED_EVENTS || event == *watched) && self.events.is_off(*watched)
        };
        if event != VI_ALL_ENABLED_EVENTS && (signal_of(event).is_none() || !is_off(&event)) {
            return;
        }
        let wait = self.watch_wait();
        if let Ok(mut watching) = self.events.watching.pass(&wait) {
            for signal in watching.extract_if(.., |event| is_off(event)).filter_map(signal_of) {
                // What a lost device still could report is ignored.
                let _ = self.tell_link(signal, None, &wait);
            }
        }
    }

    fn watch_wait(&self) -> Wait<'_> {
        let call = self.call();
        let deadline = match call.wait.deadline.remaining() {
            Some(left) => Deadline::after(left.max(WATCH_PATIENCE)),
            None => Deadline::Never,
        };
        Wait { deadline, ..call.wait }
    }

    fn callback_wait(&self) -> Wait<'_> {
        Wait { deadline: Deadline::after(CALLBACK_PATIENCE), ticket: self.cancel.ticket() }
    }

    /// The events of a session of this kind on which nothing was ever done.
    fn nothing(&self) -> Events {
        Events::new(self.manager, self.kind())
    }
}

impl Events {
    /// A manager's. It has no type of event, so nothing of it need be kept.
    pub fn of_manager() -> Arc<Self> {
        Arc::new(Self::new(VI_NULL, Kinds::MANAGER))
    }
}
