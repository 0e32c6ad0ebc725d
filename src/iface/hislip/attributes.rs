#![forbid(unsafe_code)]
//! Attributes whose home is the link.

use std::sync::atomic::Ordering;

use crate::attr::Value;
use crate::consts::{
    VI_ATTR_TCPIP_HISLIP_ENCRYPTION_EN, VI_ATTR_TCPIP_HISLIP_MAX_MESSAGE_KB,
    VI_ATTR_TCPIP_HISLIP_OVERLAP_EN, VI_ATTR_TCPIP_HISLIP_VERSION, ViAttr,
};
use crate::iface::hislip::HislipLink;
use crate::iface::tcp;
use crate::os::Wait;
use crate::status::{Error, Result, VI_ERROR_IO, VI_ERROR_NSUP_ATTR_STATE, fail};
use crate::wire::hislip::{Header, MessageType, Version};

impl HislipLink {
    pub(super) fn get_attribute(&self, attr: ViAttr) -> Result<Value> {
        Ok(match attr {
            VI_ATTR_TCPIP_HISLIP_VERSION => {
                let Version { major, minor } = self.version;
                Value::Number(i64::from(major) << 20 | i64::from(minor) << 8)
            }
            VI_ATTR_TCPIP_HISLIP_OVERLAP_EN => self.state.overlap.load(Ordering::SeqCst).into(),
            VI_ATTR_TCPIP_HISLIP_MAX_MESSAGE_KB => {
                Value::Number(self.max_message_kb.load(Ordering::Relaxed).into())
            }
            VI_ATTR_TCPIP_HISLIP_ENCRYPTION_EN => false.into(),
            _ => return tcp::get(&self.sync, attr),
        })
    }

    pub(super) fn set_attribute(&self, attr: ViAttr, value: u64, wait: &Wait) -> Result {
        let on = value != 0;
        match attr {
            VI_ATTR_TCPIP_HISLIP_OVERLAP_EN => self.set_overlap(on, wait),
            VI_ATTR_TCPIP_HISLIP_MAX_MESSAGE_KB => {
                let kb = u32::try_from(value).unwrap_or(u32::MAX);
                self.agree_message_size(kb, wait)
            }
            VI_ATTR_TCPIP_HISLIP_ENCRYPTION_EN if on => {
                fail(VI_ERROR_NSUP_ATTR_STATE, "no encryption")
            }
            VI_ATTR_TCPIP_HISLIP_ENCRYPTION_EN => Ok(()),
            _ => tcp::set(&[&self.sync, &self.asynchronous], attr, value),
        }
    }

    /// Switches the mode by a device clear that asks for it (IVI-6.1 6.12.1). The mode in force
    /// costs nothing.
    fn set_overlap(&self, on: bool, wait: &Wait) -> Result {
        if self.state.overlap.load(Ordering::SeqCst) == on {
            return Ok(());
        }
        self.device_clear(on, wait)?;
        if self.state.overlap.load(Ordering::SeqCst) != on {
            return fail(VI_ERROR_NSUP_ATTR_STATE, "server does not grant this mode");
        }
        Ok(())
    }

    /// Tells the server what we accept, and learns what it accepts (IVI-6.1 6.3). Our own side
    /// stores nothing, so that any size will do; none at all will not.
    pub(super) fn agree_message_size(&self, kb: u32, wait: &Wait) -> Result {
        if kb == 0 {
            return fail(VI_ERROR_NSUP_ATTR_STATE, "messages of no size");
        }
        let ours = (u64::from(kb) << 10).to_be_bytes();
        let request = Header::new(MessageType::AsyncMaximumMessageSize, 0, 0, ours.len() as u64);
        let expected = MessageType::AsyncMaximumMessageSizeResponse;
        let theirs = self
            .transact(|| request, &ours, expected, wait)?
            .number
            .ok_or(Error::new(VI_ERROR_IO, "maximum message size without a number"))?;
        self.max_message_kb.store(kb, Ordering::Relaxed);
        self.outbound.pass(wait)?.set_maximum(theirs);
        Ok(())
    }
}
