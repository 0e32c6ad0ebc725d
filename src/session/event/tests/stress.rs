#![forbid(unsafe_code)]
//! Everything at once, from eight threads. `FERROVISA_STRESS_SECONDS` makes it longer, for runs
//! under a race detector.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::*;
use crate::os::Cancel;

const THREADS: usize = 8;
const SESSIONS: usize = 3;
const EVENTS: [ViEventType; 2] = [VI_EVENT_IO_COMPLETION, VI_EVENT_SERVICE_REQ];

/// Numbers that need not be good, only various (xorshift).
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

struct Stage {
    manager: ViSession,
    sessions: Vec<Mutex<(ViSession, Arc<Session>, Arc<Device>)>>,
    calls: Arc<AtomicU64>,
    waits: AtomicU64,
}

impl Stage {
    fn step(&self, dice: &mut Dice) {
        let place = dice.throw(SESSIONS as u64) as usize;
        let (vi, session, device) = self.sessions[place].lock().clone();
        let event = EVENTS[dice.throw(2) as usize];
        let all = VI_ALL_ENABLED_EVENTS;
        match dice.throw(16) {
            0 => drop(session.enable_event(event, VI_QUEUE, VI_NULL)),
            1 => drop(session.enable_event(event, VI_HNDLR, VI_NULL)),
            2 => drop(session.enable_event(event, VI_SUSPEND_HNDLR, VI_NULL)),
            3 => drop(session.disable_event(event, VI_QUEUE)),
            4 => drop(session.disable_event(event, VI_HNDLR)),
            5 => drop(session.disable_event(all, VI_ALL_MECH)),
            6 => drop(session.discard_events(all, VI_ALL_MECH)),
            7 | 8 => {
                let timeout = dice.throw(3) as u32;
                if let Ok((_, _, context)) = session.wait_on_event(vi, all, timeout, true) {
                    self.waits.fetch_add(1, Ordering::Relaxed);
                    let _ = manager::close(context);
                }
            }
            9 => self.install(vi, &session, event, dice),
            10 => {
                let user = dice.throw(4) as usize;
                let _ = session.uninstall_handler(event, Some(1), user);
            }
            11 => drop(session.terminate(None)),
            12 => self.reopen(place, vi),
            13 => device.request_service(),
            _ => session.post(completion(1)),
        }
    }

    fn install(&self, vi: ViSession, session: &Arc<Session>, event: ViEventType, dice: &mut Dice) {
        let (calls, user, act) = (self.calls.clone(), dice.throw(4) as usize, dice.throw(40));
        let inside = Arc::downgrade(session);
        let run = move |vi, event, context| {
            calls.fetch_add(1, Ordering::Relaxed);
            let Some(session) = inside.upgrade() else { return VI_SUCCESS };
            match act {
                0 => drop(manager::close(vi)),
                1 => drop(session.uninstall_handler(event, Some(1), user)),
                2 => drop(session.disable_event(event, VI_HNDLR)),
                3 => drop(session.wait_on_event(vi, event, 1, false)),
                4 => drop(manager::close(context)),
                5 => session.raise_exception(TMO, "viRead"),
                6 => return VI_SUCCESS_NCHAIN,
                _ => {}
            }
            VI_SUCCESS
        };
        let handler = Handler::new(vi, 1, user, Arc::new(run));
        let _ = session.install_handler(event, handler);
    }

    fn reopen(&self, place: usize, vi: ViSession) {
        let _ = manager::close(vi);
        let mut kept = self.sessions[place].lock();
        if objects::find(kept.0).is_err() {
            *kept = fresh(self.manager);
        }
    }
}

fn fresh(manager: ViSession) -> (ViSession, Arc<Session>, Arc<Device>) {
    let device = Arc::default();
    let (vi, session) = open(manager, "GPIB0::1::INSTR", &device);
    (vi, session, device)
}

#[test]
fn nothing_hangs_or_stays_behind_whatever_happens_at_once() {
    let seconds = std::env::var("FERROVISA_STRESS_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(2);
    let manager = manager::open_default().unwrap();
    let sessions = (0..SESSIONS).map(|_| Mutex::new(fresh(manager))).collect();
    let stage = Stage { manager, sessions, calls: Arc::default(), waits: 0.into() };
    let by = Instant::now() + Duration::from_secs(seconds);
    std::thread::scope(|scope| {
        for seed in 1..=THREADS as u64 {
            let stage = &stage;
            scope.spawn(move || {
                let mut dice = Dice(0x9E37_79B9_7F4A_7C15 ^ seed);
                while Instant::now() < by {
                    stage.step(&mut dice);
                }
            });
        }
    });
    manager::close(manager).unwrap();
    let cancel = Cancel::new();
    let wait = Wait { deadline: Deadline::after(LONG), ticket: cancel.ticket() };
    for kept in &stage.sessions {
        let (_, session, device) = &*kept.lock();
        // A handler may have closed it and not have returned yet.
        session.events.await_end(&wait);
        let state = session.events.state.lock();
        assert!(state.running.is_empty() && state.waiters.is_empty());
        assert_eq!(state.callback_thread, None, "a thread is left");
        assert!(device.sink.lock().is_none(), "a closed session is still watching");
    }
    assert!(stage.calls.load(Ordering::Relaxed) > 0 && stage.waits.load(Ordering::Relaxed) > 0);
}
