#![forbid(unsafe_code)]
//! The connections that VXI-11 makes besides the core channel: where they go stands in its
//! messages, which are changed so that these lead through the proxy as well.

use std::io;
use std::sync::Arc;

use crate::faults::protocol::Line;
use crate::faults::protocol::vxi11::CREATE_INTR_CHAN;
use crate::faults::protocol::vxi11::CREATE_LINK;
use crate::faults::protocol::with_word;
use crate::faults::protocol::word;
use crate::faults::proxy::control::Control;
use crate::faults::proxy::listen;
use crate::faults::proxy::loopback;
use crate::faults::proxy::relay::Relay;
use crate::faults::proxy::relay::Way;

/// Where words stand, counted with the record mark: of a call without credential and verifier, and
/// of a reply without a verifier.
const PROCEDURE: usize = 6;
const ARGUMENTS: usize = 11;
const RESULTS: usize = 7;

/// Changes create_intr_chan, and the answer to create_link.
pub fn lead_through(
    control: &Arc<Control>,
    relay: &Relay,
    way: Way,
    bytes: &mut Vec<u8>,
) -> io::Result<()> {
    if relay.line() != Line::Main {
        return Ok(());
    }
    let at = match way {
        Way::Requests if word(bytes, PROCEDURE) == CREATE_INTR_CHAN => ARGUMENTS + 1,
        Way::Answers if relay.message(way, bytes.clone()).procedure == CREATE_LINK => RESULTS + 2,
        _ => return Ok(()),
    };
    let line = match way {
        Way::Requests => Line::Interrupt,
        Way::Answers => Line::Abort,
    };
    let theirs = word(bytes, at) as u16;
    if theirs != 0 {
        let ours = listen(control, loopback(0), loopback(theirs), line)?;
        if let Some(changed) = with_word(bytes, at, ours.into()) {
            *bytes = changed;
        }
    }
    Ok(())
}
