#![forbid(unsafe_code)]
//! The attributes of TCP connections, for the interfaces that consist of them.

use crate::attr::Value;
use crate::consts::{
    VI_ATTR_TCPIP_ADDR, VI_ATTR_TCPIP_KEEPALIVE, VI_ATTR_TCPIP_NODELAY, VI_FVATTR_SPIN, ViAttr,
};
use crate::os::net::Stream;
use crate::status::{Result, VI_ERROR_NSUP_ATTR, fail};

/// The present value of an attribute of `stream`, as the system has it.
///
/// # Errors
/// VI_ERROR_NSUP_ATTR for any other attribute; VI_ERROR_IO.
pub fn get(stream: &Stream, attr: ViAttr) -> Result<Value> {
    match attr {
        VI_ATTR_TCPIP_ADDR => Ok(Value::Text(stream.peer_text())),
        VI_ATTR_TCPIP_NODELAY => Ok(stream.nodelay()?.into()),
        VI_ATTR_TCPIP_KEEPALIVE => Ok(stream.keepalive()?.into()),
        VI_FVATTR_SPIN => Ok(Value::Number(stream.spin_us().into())),
        _ => fail(VI_ERROR_NSUP_ATTR, "not an attribute of this link"),
    }
}

/// Changes an attribute of all connections of a link.
///
/// # Errors
/// VI_ERROR_NSUP_ATTR for any other attribute; VI_ERROR_IO.
pub fn set(streams: &[&Stream], attr: ViAttr, value: u64) -> Result {
    let on = value != 0;
    streams.iter().try_for_each(|stream| match attr {
        VI_ATTR_TCPIP_NODELAY => stream.set_nodelay(on),
        VI_ATTR_TCPIP_KEEPALIVE => stream.set_keepalive(on),
        VI_FVATTR_SPIN => {
            stream.set_spin_us(u32::try_from(value).unwrap_or(u32::MAX));
            Ok(())
        }
        _ => fail(VI_ERROR_NSUP_ATTR, "not an attribute of this link"),
    })
}
