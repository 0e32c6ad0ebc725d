#![forbid(unsafe_code)]
//! Handlers: every event finds them once, and none runs when what ends them has returned.

use std::sync::Arc;

use super::*;
use crate::os::Cancel;

/// Waits until the session's callback thread, if any, has ended.
fn await_end(bench: &Bench) {
    let cancel = Cancel::new();
    let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
    bench.session.events.await_end(&wait);
    assert_eq!(bench.session.events.state.lock().callback_thread, None);
}

/// That no handler for `event` runs, or starts, once `end` has returned, while another thread
/// brings events about by `cause`.
fn nothing_runs_after(
    host: &'static str,
    event: ViEventType,
    cause: impl Fn(&Bench) + Copy + Send + Sync + 'static,
    end: impl Fn(&Bench) + Send + Sync + 'static,
) {
    explore(3, move || {
        let bench = Bench::new(host);
        let over = Arc::new(Mutex::new(false));
        let is_over = over.clone();
        bench.install(event, move |_| {
            assert!(!*is_over.lock(), "it starts though switched off");
            assert!(!*is_over.lock(), "it still runs though switched off");
        });
        bench.enable(event, VI_HNDLR);
        let device = bench.beside(cause);
        end(&bench);
        *over.lock() = true;
        device.join().unwrap();
        let _ = crate::session::manager::close(bench.vi);
        await_end(&bench);
    });
}

#[test]
fn none_runs_after_disabling() {
    let end = |bench: &Bench| assert_eq!(bench.disable(IO, VI_HNDLR), VI_SUCCESS);
    nothing_runs_after("callback-disable", IO, |bench| bench.complete(1), end);
}

#[test]
fn none_runs_after_uninstalling() {
    let end = |bench: &Bench| assert_eq!(bench.uninstall(IO), VI_SUCCESS);
    nothing_runs_after("callback-uninstall", IO, |bench| bench.complete(1), end);
}

#[test]
fn none_runs_after_closing() {
    nothing_runs_after("callback-close", IO, |bench| bench.complete(1), Bench::close);
}

#[test]
fn none_runs_after_uninstalling_while_the_session_closes() {
    explore(3, || {
        let bench = Bench::new("callback-both");
        let over = Arc::new(Mutex::new(false));
        let is_over = over.clone();
        bench.install(IO, move |_| {
            assert!(!*is_over.lock(), "it starts though uninstalled");
            assert!(!*is_over.lock(), "it still runs though uninstalled");
        });
        bench.enable(IO, VI_HNDLR);
        bench.complete(1);
        let closing = bench.beside(Bench::close);
        bench.uninstall(IO);
        *over.lock() = true;
        closing.join().unwrap();
        await_end(&bench);
    });
}

#[test]
fn what_happened_before_disabling_is_not_called_back_after_enabling_again() {
    explore(3, || {
        let bench = Bench::new("callback-again");
        let over = Arc::new(Mutex::new(false));
        let is_over = over.clone();
        bench.install(IO, move |_| assert!(!*is_over.lock(), "it comes though discarded"));
        bench.enable(IO, VI_HNDLR);
        bench.complete(1);
        bench.disable(IO, VI_HNDLR);
        *over.lock() = true;
        bench.enable(IO, VI_HNDLR);
        bench.close();
    });
}

#[test]
fn none_runs_for_a_failing_call_after_uninstalling() {
    let event = VI_EVENT_EXCEPTION;
    let fails = |bench: &Bench| bench.session.raise_exception(VI_ERROR_TMO, "viRead");
    let end = move |bench: &Bench| assert_eq!(bench.uninstall(event), VI_SUCCESS);
    nothing_runs_after("exception", event, fails, end);
}

/// That a handler may do `what` to its own session while another thread closes it.
fn may_be_done_within(host: &'static str, what: impl Fn(&Bench) + Copy + Send + Sync + 'static) {
    explore(3, move || {
        let bench = Bench::new(host);
        bench.install(IO, what);
        bench.enable(IO, VI_HNDLR);
        bench.complete(1);
        let _ = crate::session::manager::close(bench.vi);
        await_end(&bench);
    });
}

#[test]
fn a_handler_may_disable_its_event() {
    may_be_done_within("within-disable", |bench| {
        assert_eq!(bench.disable(IO, VI_HNDLR), VI_SUCCESS);
    });
}

#[test]
fn a_handler_may_uninstall_itself() {
    may_be_done_within("within-uninstall", |bench| assert_eq!(bench.uninstall(IO), VI_SUCCESS));
}

#[test]
fn a_handler_may_close_its_session() {
    may_be_done_within("within-close", |bench| {
        let _ = crate::session::manager::close(bench.vi);
    });
}

#[test]
fn each_event_is_called_back_once_and_in_order() {
    explore(2, || {
        let bench = Bench::new("callback-order");
        let calls = Arc::new((Mutex::new(0), Condvar::new()));
        let counted = calls.clone();
        bench.install(IO, move |_| {
            *counted.0.lock() += 1;
            counted.1.notify_one();
        });
        bench.enable(IO, VI_HNDLR);
        let device = bench.beside(|bench| {
            bench.complete(1);
            bench.complete(2);
        });
        let mut count = calls.0.lock();
        while *count < 2 {
            calls.1.wait(&mut count);
        }
        drop(count);
        device.join().unwrap();
        bench.close();
        assert_eq!(*calls.0.lock(), 2);
    });
}

#[test]
fn what_happens_while_callbacks_are_suspended_comes_when_they_are_resumed() {
    explore(3, || {
        let bench = Bench::new("callback-resume");
        let calls = Arc::new((Mutex::new(0), Condvar::new()));
        let counted = calls.clone();
        bench.install(IO, move |_| {
            *counted.0.lock() += 1;
            counted.1.notify_one();
        });
        // So that the callback thread is there already, and sleeps.
        bench.enable(IO, VI_HNDLR);
        bench.enable(IO, VI_SUSPEND_HNDLR);
        let device = bench.beside(|bench| bench.complete(1));
        bench.enable(IO, VI_HNDLR);
        let mut count = calls.0.lock();
        while *count < 1 {
            calls.1.wait(&mut count);
        }
        drop(count);
        device.join().unwrap();
        bench.close();
        assert_eq!(*calls.0.lock(), 1);
    });
}
