#![forbid(unsafe_code)]
//! What sending, receiving and the asynchronous connection tell each other.

use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};

use crate::wire::hislip::{ANY_ID, ID_BEFORE_FIRST, ID_STEP};

/// Shared by the threads of a session. Everything is sequentially consistent: these are a few
/// accesses for each call, and the order of `clearing` and the locks matters.
pub(super) struct State {
    /// Overlap mode in force; else synchronized mode.
    pub overlap: AtomicBool,
    /// MessageID of the message begun last: the one that a reply must carry.
    pub asked: AtomicU32,
    /// MessageID of the last message sent whole.
    pub sent: AtomicU32,
    /// MessageID of the last response delivered whole to the caller.
    pub delivered: AtomicU32,
    /// A whole response was delivered since the last Data, DataEND or Trigger (RMT-delivered).
    pub rmt: AtomicBool,
    /// AsyncInterrupted seen minus Interrupted seen. They come in pairs, in either order
    /// (IVI-6.1 3.1.2 (4)): positive means that replies are to be dropped until Interrupted,
    /// negative that nothing is to be sent until AsyncInterrupted.
    pub interrupts: AtomicI32,
    /// From the start of a device clear until its acknowledgement; stays when a clear failed.
    pub clearing: AtomicBool,
    /// Device clears begun.
    pub clears: AtomicU32,
    /// Device clears that are under way or have failed, and whose DeviceClearAcknowledge has still
    /// to come. One that comes late must not be taken for that of a later clear.
    pub acknowledgements_due: AtomicU32,
    /// DeviceClearAcknowledge messages that were due and have come.
    pub acknowledged: AtomicU32,
    /// The session is lost.
    pub dead: AtomicBool,
}

impl State {
    /// After initialization, in the mode that the server proposed.
    pub fn new(overlap: bool) -> Self {
        Self {
            overlap: AtomicBool::new(overlap),
            asked: AtomicU32::new(ID_BEFORE_FIRST),
            sent: AtomicU32::new(ID_BEFORE_FIRST),
            delivered: AtomicU32::new(ID_BEFORE_FIRST),
            rmt: AtomicBool::new(false),
            interrupts: AtomicI32::new(0),
            clearing: AtomicBool::new(false),
            clears: AtomicU32::new(0),
            acknowledgements_due: AtomicU32::new(0),
            acknowledged: AtomicU32::new(0),
            dead: AtomicBool::new(false),
        }
    }

    /// The MessageID of the next Data, DataEND or Trigger.
    pub fn next_id(&self) -> u32 {
        self.asked.load(Ordering::SeqCst).wrapping_add(ID_STEP)
    }

    /// Whether a reply with this id answers the message sent last. Overlap mode accepts all.
    /// `any` tells whether [`ANY_ID`] will do: on Data it does, on DataEND not
    /// (IVI-6.1 3.1.2 (1) and (2)).
    pub fn answers(&self, id: u32, any: bool) -> bool {
        self.overlap.load(Ordering::SeqCst)
            || id == self.asked.load(Ordering::SeqCst)
            || any && id == ANY_ID
    }

    /// Whether replies are to be dropped: during a device clear, and between AsyncInterrupted and
    /// Interrupted.
    pub fn drops_replies(&self) -> bool {
        self.clearing.load(Ordering::SeqCst) || self.interrupts.load(Ordering::SeqCst) > 0
    }

    /// An Interrupted (-1) or AsyncInterrupted (+1) has come. Overlap mode has no such thing.
    pub fn note_interrupt(&self, step: i32) {
        if !self.overlap.load(Ordering::SeqCst) {
            self.interrupts.fetch_add(step, Ordering::SeqCst);
        }
    }

    /// A response has been delivered whole.
    pub fn note_delivered(&self, id: u32) {
        self.delivered.store(id, Ordering::SeqCst);
        self.rmt.store(true, Ordering::SeqCst);
    }

    /// MessageID of the last message sent whole. During a device clear all messages are void, and
    /// a server that has begun to count anew would wait long for the old number.
    pub fn last_sent(&self) -> u32 {
        let sent = self.sent.load(Ordering::SeqCst);
        if self.clearing.load(Ordering::SeqCst) { ID_BEFORE_FIRST } else { sent }
    }

    /// RMT-delivered and MessageID for AsyncStatusQuery: in synchronized mode the last message
    /// sent, in overlap mode the last response delivered (IVI-6.1 6.14).
    pub fn for_status_query(&self) -> (bool, u32) {
        let id = if self.overlap.load(Ordering::SeqCst) {
            self.delivered.load(Ordering::SeqCst)
        } else {
            self.last_sent()
        };
        (self.rmt.load(Ordering::SeqCst), id)
    }

    /// A device clear has failed before its DeviceClearAcknowledge was to be expected. A server
    /// may have sent one unasked by then, and the count must not go below zero.
    pub fn expect_one_less(&self) {
        let due = &self.acknowledgements_due;
        // An error means that there was none left to take back.
        let _ = due.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |due| due.checked_sub(1));
    }

    /// A DeviceClearAcknowledge has come. `false` when none was due. With the last one due the
    /// clear is over: the mode is the granted one and the ids start anew (IVI-6.1 6.12).
    ///
    /// Called with the inbound lock held.
    pub fn acknowledge(&self, overlap: bool) -> bool {
        let due = &self.acknowledgements_due;
        let Ok(before) =
            due.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |due| due.checked_sub(1))
        else {
            return false;
        };
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
        if before == 1 {
            self.overlap.store(overlap, Ordering::SeqCst);
            for id in [&self.asked, &self.sent, &self.delivered] {
                id.store(ID_BEFORE_FIRST, Ordering::SeqCst);
            }
            self.rmt.store(false, Ordering::SeqCst);
            self.interrupts.store(0, Ordering::SeqCst);
            // Last: from here on others may send.
            self.clearing.store(false, Ordering::SeqCst);
        }
        true
    }
}
