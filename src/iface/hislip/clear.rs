#![forbid(unsafe_code)]
//! Device clear (IVI-6.1 6.12), which also switches between the modes and gets a session in step
//! again.

use std::sync::atomic::Ordering;

use crate::iface::hislip::HislipLink;
use crate::os::Wait;
use crate::status::Result;
use crate::wire::hislip::{Header, MessageType, OVERLAP};

impl HislipLink {
    /// Clears the device and asks for overlap or synchronized mode. The mode granted is in the
    /// state afterwards.
    pub(super) fn device_clear(&self, overlap: bool, wait: &Wait) -> Result {
        self.alive()?;
        let _alone = self.clearing_alone.pass(wait)?;
        self.clear_alone(overlap, wait)
    }

    /// Waits for a device clear under way; repeats one that failed, and does one when a message
    /// was cut off.
    pub(super) fn get_in_step(&self, wait: &Wait) -> Result {
        let _alone = self.clearing_alone.pass(wait)?;
        self.alive()?;
        let cut = self.outbound.pass(wait)?.is_cut();
        if cut || self.state.clearing.load(Ordering::SeqCst) {
            return self.clear_alone(self.state.overlap.load(Ordering::SeqCst), wait);
        }
        Ok(())
    }

    /// The order matters. The server drops what it receives from AsyncDeviceClear on until
    /// DeviceClearComplete, and what it sends before DeviceClearAcknowledge is void.
    fn clear_alone(&self, overlap: bool, wait: &Wait) -> Result {
        self.state.clears.fetch_add(1, Ordering::SeqCst);
        // From the start: a late acknowledgement of an earlier clear must not end this one.
        self.state.acknowledgements_due.fetch_add(1, Ordering::SeqCst);
        // From here on replies are dropped and nobody begins a message.
        self.state.clearing.store(true, Ordering::SeqCst);
        let completed = self.ask_for_clear(overlap, wait).inspect_err(|_| {
            self.state.expect_one_less();
        })?;
        completed?;
        let before = self.state.acknowledged.load(Ordering::SeqCst);
        self.discard_until_acknowledged(wait).inspect_err(|_| {
            // The server acknowledges, but less often than it owes: an older acknowledgement is
            // lost. To go on waiting for it would make every later clear fail.
            if self.state.acknowledged.load(Ordering::SeqCst) != before {
                self.state.acknowledgements_due.store(0, Ordering::SeqCst);
            }
        })
    }

    /// All but the acknowledgement. The outer result fails when nothing of DeviceClearComplete
    /// has left, so that none is to be expected; the inner one when some has, for the rest will
    /// follow with the next clear.
    fn ask_for_clear(&self, overlap: bool, wait: &Wait) -> Result<Result> {
        let request = Header::new(MessageType::AsyncDeviceClear, 0, 0, 0);
        self.transact(|| request, &[], MessageType::AsyncDeviceClearAcknowledge, wait)?;
        let mut out = self.outbound.pass(wait)?;
        self.finish_cut_message(&mut out, wait)?;
        let features = if overlap { OVERLAP } else { 0 };
        let complete = Header::new(MessageType::DeviceClearComplete, features, 0, 0);
        match self.send_message(&mut out, &complete, &[], wait) {
            Err(cut) if cut.count == 0 => Err(cut.error),
            sent => Ok(sent.map_err(|cut| cut.error)),
        }
    }
}
