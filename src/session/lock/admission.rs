#![forbid(unsafe_code)]
//! What others' locks forbid a session: operations and the writing of global attributes. Reading
//! attributes, local attributes and events stay allowed.

use crate::attr;
use crate::consts::VI_KTATTR_LOCKWAIT;
use crate::iface::Call;
use crate::os::ipc::Shared;
use crate::os::sync::atomic::Ordering;
use crate::session::Session;
use crate::session::lock::{Held, note_holders, policy, refused};
use crate::status::Result;

const LOCKWAIT: usize = attr::slot(VI_KTATTR_LOCKWAIT);

impl Session {
    /// The settings for one operation on the resource, once no lock of another session forbids it.
    /// As long as no lock changes, this looks at two numbers in memory.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_LOCKED at once; with VI_KTATTR_LOCKWAIT, VI_ERROR_TMO after the session's
    /// timeout.
    pub(in crate::session) fn admitted(&self) -> Result<Call<'_>> {
        let call = self.call();
        // A machine without a place for locks has no locks to obey.
        if let Ok(claims) = &self.lock.claims
            && claims.version() != self.lock.admitted_at.load(Ordering::Acquire)
        {
            self.admit(claims, &call)?;
        }
        Ok(call)
    }

    #[cold]
    fn admit(&self, claims: &Shared, call: &Call) -> Result {
        let look = || {
            let look = claims.look(self.lock.owner)?;
            let admitted = policy::admits(look.mine.as_ref(), &look.others);
            if admitted {
                self.lock.admitted_at.store(look.version, Ordering::Release);
            }
            Ok((admitted, look.others))
        };
        let (admitted, holders) = look()?;
        if admitted {
            return Ok(());
        }
        if !self.settings.is_on(LOCKWAIT) {
            return refused(&holders);
        }
        let queue = claims.queue(&call.wait)?;
        loop {
            let (admitted, holders) = look()?;
            if admitted {
                return Ok(());
            }
            queue.sleep(&holders, &call.wait).inspect_err(|_| note_holders(&holders))?;
        }
    }

    /// Drops the locks of a session whose connection is lost: the device has dropped its own
    /// (VXI-11 B.6.77).
    pub(in crate::session) fn drop_lost_locks(&self) {
        let lock = &self.lock;
        if lock.holds.load(Ordering::Acquire)
            // In use only by a call that takes or gives a lock, and so fails as well.
            && let Ok(mut held) = lock.held.pass(&self.at_once())
        {
            *held = Held::default();
            lock.reduce(&held);
        }
    }
}
