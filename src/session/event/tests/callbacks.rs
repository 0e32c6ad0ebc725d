#![forbid(unsafe_code)]
//! The callback mechanism.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::*;
use crate::status::*;

const IO: ViEventType = VI_EVENT_IO_COMPLETION;

#[test]
fn the_last_installed_is_called_first_until_one_ends_the_chain() {
    let bench = Bench::new();
    let (told, calls) = mpsc::channel();
    for (user, answer) in [(1, VI_SUCCESS), (2, VI_SUCCESS_NCHAIN), (3, VI_SUCCESS)] {
        let told = told.clone();
        bench.install_for(IO, 7, user, move |context| {
            told.send((user, job(context))).unwrap();
            answer
        });
    }
    assert_eq!(bench.enable(IO, VI_HNDLR), VI_SUCCESS);
    bench.complete(1);
    bench.complete(2);
    let next = || calls.recv_timeout(LONG).unwrap();
    assert_eq!([next(), next(), next(), next()], [(3, 1), (2, 1), (3, 2), (2, 2)]);
}

#[test]
fn handlers_are_told_their_session_and_event_on_the_library_s_thread() {
    let bench = Bench::new();
    let (told, calls) = mpsc::channel();
    let run = move |vi, event, _| {
        let thread = std::thread::current().name().unwrap_or("").to_owned();
        told.send((vi, event, thread)).unwrap();
        VI_SUCCESS
    };
    let handler = Handler::new(bench.vi, 1, 0, Arc::new(run));
    bench.session.install_handler(VI_EVENT_SERVICE_REQ, handler).unwrap();
    bench.enable(VI_EVENT_SERVICE_REQ, VI_HNDLR);
    bench.device.request_service();
    let expected = (bench.vi, VI_EVENT_SERVICE_REQ, "visa-cb".to_owned());
    assert_eq!(calls.recv_timeout(LONG), Ok(expected));
}

#[test]
fn queue_and_handler_both_get_an_event() {
    let bench = Bench::new();
    let jobs = bench.listen(1);
    assert_eq!(bench.enable(IO, VI_QUEUE | VI_HNDLR), VI_SUCCESS);
    bench.complete(4);
    assert_eq!(jobs.recv_timeout(LONG), Ok(4));
    assert_eq!(bench.wait(IO, 0), (VI_SUCCESS, 4));
}

#[test]
fn a_queue_alone_calls_no_handler() {
    let bench = Bench::new();
    let jobs = bench.listen(1);
    bench.enable(IO, VI_QUEUE);
    bench.complete(1);
    // The callback thread takes events in order: 2 without 1 shows that 1 was not for it.
    bench.enable(IO, VI_HNDLR);
    bench.complete(2);
    assert_eq!(jobs.recv_timeout(LONG), Ok(2));
}

#[test]
fn suspended_callbacks_come_when_they_are_called_again() {
    let bench = Bench::new();
    let jobs = bench.listen(1);
    bench.enable(IO, VI_SUSPEND_HNDLR);
    (1..=60).for_each(|job| bench.complete(job));
    assert!(jobs.try_recv().is_err(), "nothing is called while suspended");
    bench.enable(IO, VI_HNDLR);
    bench.complete(61);
    let next = || jobs.recv_timeout(LONG).unwrap();
    (1..=50).for_each(|job| assert_eq!(next(), job));
    assert_eq!(next(), 61, "VI_ATTR_MAX_QUEUE_LENGTH events are held back, no more");
}

#[test]
fn suspended_callbacks_survive_disabling_and_are_discarded_on_their_own() {
    let bench = Bench::new();
    let jobs = bench.listen(1);
    let discard = |mechanism| code(bench.session.discard_events(IO, mechanism));
    bench.enable(IO, VI_SUSPEND_HNDLR);
    bench.complete(1);
    assert_eq!(bench.disable(IO, VI_SUSPEND_HNDLR), VI_SUCCESS);
    assert_eq!(discard(VI_QUEUE), VI_SUCCESS_QUEUE_EMPTY);
    bench.enable(IO, VI_HNDLR);
    assert_eq!(jobs.recv_timeout(LONG), Ok(1));
    bench.enable(IO, VI_SUSPEND_HNDLR);
    bench.complete(2);
    assert_eq!(discard(VI_SUSPEND_HNDLR), VI_SUCCESS);
    bench.enable(IO, VI_HNDLR);
    bench.complete(3);
    assert_eq!(jobs.recv_timeout(LONG), Ok(3), "2 was discarded");
}

#[test]
fn rule_3_7_26_without_handlers_callbacks_are_off() {
    let bench = Bench::new();
    let first = bench.listen(1);
    bench.enable(IO, VI_HNDLR);
    bench.complete(1);
    assert_eq!(first.recv_timeout(LONG), Ok(1));
    bench.session.uninstall_handler(IO, Some(1), 0).unwrap();
    let second = bench.listen(2);
    bench.complete(2);
    assert_eq!(bench.enable(IO, VI_HNDLR), VI_SUCCESS, "it was off");
    bench.complete(3);
    assert_eq!(second.recv_timeout(LONG), Ok(3), "2 came when it was off");
}

#[test]
fn a_context_lives_as_long_as_its_callback() {
    let bench = Bench::new();
    let (told, contexts) = mpsc::channel();
    bench.install(IO, 1, move |context| {
        let is_alive = objects::find(context).is_ok();
        if job(context) == 2 {
            // A program may close it itself.
            manager::close(context).unwrap();
        }
        told.send((context, is_alive)).unwrap();
        VI_SUCCESS
    });
    bench.enable(IO, VI_HNDLR);
    (1..=3).for_each(|job| bench.complete(job));
    let calls: Vec<_> = (0..3).map(|_| contexts.recv_timeout(LONG).unwrap()).collect();
    bench.disable(IO, VI_HNDLR);
    for (context, was_alive) in calls {
        assert!(was_alive);
        assert_eq!(objects::find(context).err().unwrap().code, VI_ERROR_INV_OBJECT);
    }
}

#[test]
fn no_lock_is_held_while_a_handler_runs() {
    let bench = Bench::new();
    let (told, outcomes) = mpsc::channel();
    let (session, vi) = (bench.session.clone(), bench.vi);
    bench.install(VI_EVENT_SERVICE_REQ, 1, move |_| {
        let read = session.read(&mut [0; 8]).outcome.unwrap_err().code;
        session.post(completion(6));
        let waited = session.wait_on_event(vi, IO, LONG_MS, false).map(|waited| waited.1);
        let uninstalled = session.uninstall_handler(VI_EVENT_SERVICE_REQ, Some(1), 0);
        let disabled = session.disable_event(VI_ALL_ENABLED_EVENTS, VI_ALL_MECH);
        told.send((read, waited, code(uninstalled), code(disabled))).unwrap();
        VI_SUCCESS
    });
    bench.enable(IO, VI_QUEUE);
    bench.enable(VI_EVENT_SERVICE_REQ, VI_HNDLR);
    bench.device.request_service();
    let expected = (VI_ERROR_TMO, Ok(IO), VI_SUCCESS, VI_SUCCESS);
    assert_eq!(outcomes.recv_timeout(LONG), Ok(expected));
}

/// A handler that says when it has begun and ends when told to.
struct Slow {
    begun: mpsc::Receiver<()>,
    end: mpsc::Sender<()>,
    is_inside: Arc<AtomicBool>,
    calls: Arc<AtomicU32>,
}

impl Slow {
    fn install(bench: &Bench) -> Self {
        let (begin, begun) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        let ended = Mutex::new(ended);
        let is_inside = Arc::new(AtomicBool::new(false));
        let calls = Arc::new(AtomicU32::new(0));
        let (inside, count) = (is_inside.clone(), calls.clone());
        bench.install(IO, 1, move |_| {
            inside.store(true, Ordering::SeqCst);
            count.fetch_add(1, Ordering::SeqCst);
            begin.send(()).unwrap();
            let _ = ended.lock().recv_timeout(LONG);
            inside.store(false, Ordering::SeqCst);
            VI_SUCCESS
        });
        Self { begun, end, is_inside, calls }
    }
}

#[test]
fn after_disable_uninstall_and_close_returned_no_callback_runs_or_comes() {
    type End = fn(&Bench);
    let ends: [End; 4] = [
        |bench| assert_eq!(bench.disable(IO, VI_HNDLR), VI_SUCCESS),
        |bench| assert_eq!(bench.disable(VI_ALL_ENABLED_EVENTS, VI_ALL_MECH), VI_SUCCESS),
        |bench| assert_eq!(code(bench.session.uninstall_handler(IO, Some(1), 0)), VI_SUCCESS),
        |bench| manager::close(bench.vi).unwrap(),
    ];
    for end in ends {
        let bench = Bench::new();
        let slow = Slow::install(&bench);
        bench.enable(IO, VI_HNDLR);
        bench.complete(1);
        bench.complete(2);
        slow.begun.recv_timeout(LONG).unwrap();
        std::thread::scope(|scope| {
            let ending = scope.spawn(|| {
                end(&bench);
                slow.is_inside.load(Ordering::SeqCst)
            });
            let by = std::time::Instant::now() + LONG;
            while bench.session.events.state.lock().waiters.is_empty() {
                assert!(std::time::Instant::now() < by, "it does not wait for the callback");
                std::thread::yield_now();
            }
            slow.end.send(()).unwrap();
            assert!(!ending.join().unwrap(), "returned while the callback was running");
        });
        assert_eq!(slow.calls.load(Ordering::SeqCst), 1, "the second was still to come");
    }
}

#[test]
fn terminate_ends_the_wait_for_a_callback() {
    let bench = Bench::new();
    let slow = Slow::install(&bench);
    bench.enable(IO, VI_HNDLR);
    bench.complete(1);
    slow.begun.recv_timeout(LONG).unwrap();
    std::thread::scope(|scope| {
        let ending = scope.spawn(|| bench.disable(IO, VI_HNDLR));
        while bench.session.events.state.lock().waiters.is_empty() {
            std::thread::yield_now();
        }
        bench.session.terminate(None).unwrap();
        assert_eq!(ending.join().unwrap(), VI_SUCCESS, "it is disabled all the same");
        assert!(slow.is_inside.load(Ordering::SeqCst));
        slow.end.send(()).unwrap();
    });
}

#[test]
fn an_exception_is_called_back_within_the_failing_call_and_not_again_within_that() {
    let bench = Bench::new();
    let (told, calls) = mpsc::channel();
    let session = bench.session.clone();
    bench.install(VI_EVENT_EXCEPTION, 1, move |number| {
        let details = context(number).unwrap().occurrence.details.clone();
        told.send((std::thread::current().id(), details)).unwrap();
        session.raise_exception(VI_ERROR_IO, "viWrite");
        VI_SUCCESS
    });
    bench.session.raise_exception(VI_ERROR_TMO, "viRead");
    assert!(calls.try_recv().is_err(), "it is not enabled");
    bench.enable(VI_EVENT_EXCEPTION, VI_HNDLR);
    for _ in 0..2 {
        bench.session.raise_exception(VI_ERROR_TMO, "viRead");
        let details = Details::Exception { status: VI_ERROR_TMO, operation: "viRead" };
        assert_eq!(calls.try_recv(), Ok((std::thread::current().id(), details)));
        assert!(calls.try_recv().is_err(), "the failure within the handler is not another");
    }
    assert_eq!(bench.session.events.state.lock().callback_thread, None, "no thread for these");
}
