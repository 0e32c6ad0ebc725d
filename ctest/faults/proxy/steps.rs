#![forbid(unsafe_code)]
//! Doing what a fault says.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::faults::fault::Step;
use crate::faults::proxy::control::Control;
use crate::faults::proxy::relay::Relay;
use crate::faults::proxy::relay::Way;

/// How long after the end of the operation's time an answer is late.
const LATER: Duration = Duration::from_millis(300);

/// Between two pieces of a flood, which shall drown the library and not this machine.
const BREATH: Duration = Duration::from_millis(1);

/// Carries out all steps, on the way that the struck message had.
pub fn perform(control: &Arc<Control>, relay: &Arc<Relay>, way: Way, steps: Vec<Step>) {
    // The library may have gone in the middle of it.
    let _ = steps.into_iter().try_for_each(|step| carry_out(control, relay, way, step));
    control.done();
}

/// Sends the same again and again, until the library has gone.
pub fn flood(control: &Control, relay: &Relay, bytes: &[u8]) {
    while !control.is_released() && relay.insist(Way::Answers, bytes).is_ok() {
        control.pause(BREATH);
    }
}

fn carry_out(control: &Control, relay: &Relay, way: Way, step: Step) -> io::Result<()> {
    match step {
        Step::Send(bytes) => relay.insist(way, &bytes)?,
        Step::Drip(bytes) => {
            bytes.chunks(1).try_for_each(|byte| relay.insist(way, byte))?;
        }
        Step::Crawl(bytes) => {
            let (time, until) = control.time();
            // The first at once, the last when one and a half of the time is over.
            let pace = (time * 3 / 2) / bytes.len().saturating_sub(1).max(1) as u32;
            let begun = until - time;
            for (at, byte) in bytes.chunks(1).enumerate() {
                control.pause_until(begun + pace * at as u32);
                relay.insist(way, byte)?;
            }
        }
        // Begun where idle connections are struck: it has no end.
        Step::Flood(_) => {}
        Step::Pause(time) => control.pause(time),
        Step::Outlast => control.pause_until(control.time().1 + LATER),
        Step::Mute => relay.mute(way),
        Step::Deafen => relay.deafen(),
        Step::FinishSending => relay.finish_sending(way),
        Step::Close => relay.close(),
        Step::Reset => relay.reset(),
    }
    Ok(())
}
