#![forbid(unsafe_code)]
//! An instrument: what all sessions of one USBTMC interface share in this process.

use std::sync::Arc;
use std::time::Duration;

use crate::iface::Call;
use crate::iface::usbtmc::conversation::Conversation;
use crate::iface::usbtmc::driver;
use crate::iface::usbtmc::notices::Notices;
use crate::iface::usbtmc::pipes::Pipes;
use crate::iface::usbtmc::quirks;
use crate::iface::usbtmc::quirks::Quirks;
use crate::iface::usbtmc::recover::Due;
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::fork::PerProcess;
use crate::os::places::Places;
use crate::os::usb::Device;
use crate::os::usb::descriptors::{Alternate, Endpoint, Kind};
use crate::status::{Error, Result, VI_ERROR_RSRC_NFOUND, VI_ERROR_TMO, fail};
use crate::wire::usbtmc;
use crate::wire::usbtmc::{Capabilities, LONGEST_ANSWER};

/// How long an instrument may take at each of what it is asked when it is opened. One that does not
/// answer is opened all the same: it can do what needs no answer.
const GREETING: Duration = Duration::from_millis(500);

/// An opened instrument.
pub struct Instrument {
    /// Its USB interface.
    pub pipes: Box<dyn Pipes>,
    /// Where its pipes are.
    pub layout: Layout,
    /// What it says that it can do.
    pub capabilities: Capabilities,
    /// What it does that it should not.
    pub quirks: Quirks,
    /// The bulk pipes, passed for one operation.
    pub conversation: Gate<Conversation>,
    /// Ends the operations that were before a device clear.
    pub cleared: Cancel,
    /// The interrupt pipe, and who waits for what comes on it.
    pub notices: Notices,
}

/// The pipes of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// bInterfaceNumber
    pub interface: u8,
    /// bInterfaceProtocol
    pub protocol: u8,
    /// Bulk-OUT
    pub output: Endpoint,
    /// Bulk-IN
    pub input: Endpoint,
    /// Interrupt-IN, which not all have.
    pub interrupt: Option<Endpoint>,
}

impl Layout {
    /// The pipes of an alternate setting; `None` when it is not of USBTMC or lacks one.
    pub fn of(setting: &Alternate) -> Option<Self> {
        let is_usbtmc = (setting.class, setting.subclass) == usbtmc::CLASS;
        Some(Self {
            interface: setting.interface,
            protocol: setting.protocol,
            output: setting.first(Kind::Bulk, false).filter(|_| is_usbtmc)?,
            input: setting.first(Kind::Bulk, true)?,
            interrupt: setting.first(Kind::Interrupt, true),
        })
    }

    /// Whether it is USB488.
    pub fn is_usb488(&self) -> bool {
        self.protocol == usbtmc::USB488
    }

    /// `len` bytes, rounded down to whole packets of the bulk-IN pipe.
    pub fn whole_packets(&self, len: usize) -> usize {
        let packet = usize::from(self.input.max_packet);
        len / packet * packet
    }
}

impl Instrument {
    /// An instrument at the other end of `pipes`, which is greeted: asked what it can do, cleared of
    /// what a program before may have left behind, and set to remote control where it knows that.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST.
    pub fn new(pipes: Box<dyn Pipes>, layout: Layout, quirks: Quirks, wait: &Wait) -> Result<Self> {
        let mut instrument = Self {
            pipes,
            layout,
            capabilities: Capabilities::default(),
            quirks,
            conversation: Gate::new(Conversation::new()),
            cleared: Cancel::new(),
            notices: Notices::default(),
        };
        let within = || Wait { deadline: wait.deadline.min(Deadline::after(GREETING)), ..*wait };
        let mut answer = [0; LONGEST_ANSWER];
        if let Ok(told) = instrument.ask(usbtmc::GET_CAPABILITIES, None, &mut answer, &within()) {
            instrument.capabilities = usbtmc::capabilities(told, layout.is_usb488());
            instrument.capabilities.remote &= !quirks.no_remote;
        }
        if !quirks.clear_hangs {
            let mut conversation = instrument.conversation.pass(wait)?;
            let _ = instrument.clear(&mut conversation, &within());
            // One that cannot be cleared now is not tried with every operation.
            conversation.due = Due::default();
        }
        if instrument.capabilities.remote {
            let _ = instrument.ask(usbtmc::ren_control(true), None, &mut answer, &within());
        }
        wait.ticket.check()?;
        instrument.pipes.alive()?;
        if wait.deadline.has_passed() {
            return fail(VI_ERROR_TMO, "the instrument was not greeted in time");
        }
        Ok(instrument)
    }

    /// The time of an operation on the bulk pipes. A device clear on another thread ends it early.
    pub fn until_cleared<'a>(&'a self, call: &Call<'a>) -> Wait<'a> {
        let wait = call.round_trip();
        Wait { ticket: wait.ticket.or(&self.cleared), ..wait }
    }

    /// The instrument of this interface that this process has open already, or a new one.
    ///
    /// # Errors
    /// As [`driver::way_to`] and [`Instrument::new`].
    pub fn open(device: &Device, setting: &Alternate, wait: &Wait) -> Result<Arc<Self>> {
        let Some(layout) = Layout::of(setting) else {
            return fail(VI_ERROR_RSRC_NFOUND, "not a USBTMC interface");
        };
        let open = OPEN.get(|| Ok::<_, Error>(Places::default()))?;
        let place = open.of((device.bus, device.address, setting.interface));
        let mut opened = place.pass(wait)?;
        // One that is unplugged may have left its number to another.
        if let Some(known) = opened.upgrade().filter(|known| known.pipes.alive().is_ok()) {
            return Ok(known);
        }
        let pipes = driver::way_to(device, setting.interface, wait)?;
        let quirks = quirks::of(device.vendor, device.product);
        let instrument = Arc::new(Self::new(pipes, layout, quirks, wait)?);
        *opened = Arc::downgrade(&instrument);
        Ok(instrument)
    }
}

/// The instruments that this process has open, by bus, address and interface.
static OPEN: PerProcess<Places<(u16, u16, u8), Instrument>> = PerProcess::new();
