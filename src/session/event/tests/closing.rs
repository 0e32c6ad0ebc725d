#![forbid(unsafe_code)]
//! What closing ends, also from within handlers.

use super::*;
use crate::os::Cancel;
use crate::status::*;

const IO: ViEventType = VI_EVENT_IO_COMPLETION;

#[test]
fn contexts_go_with_their_session_and_with_its_manager() {
    for close_manager in [false, true] {
        let bench = Bench::new();
        let (other, _other) = open(bench.manager, "GPIB0::2::INSTR", &bench.device);
        bench.enable(IO, VI_QUEUE);
        bench.complete(1);
        let context = bench.session.wait_on_event(bench.vi, IO, 0, true).unwrap().2;
        assert!(objects::find(context).is_ok());
        manager::close(if close_manager { bench.manager } else { bench.vi }).unwrap();
        assert_eq!(objects::find(context).err().unwrap().code, VI_ERROR_INV_OBJECT);
        assert_eq!(objects::find(other).is_ok(), !close_manager);
    }
}

#[test]
fn a_handler_may_close_its_session_and_its_manager() {
    for close_manager in [false, true] {
        let bench = Bench::new();
        // With a second session the manager says its goodbyes on threads of their own.
        let (_, other) = open(bench.manager, "GPIB0::2::INSTR", &bench.device);
        let victim = if close_manager { bench.manager } else { bench.vi };
        let (told, outcomes) = mpsc::channel();
        bench.install(IO, 1, move |number| {
            let closed = manager::close(victim).map(|()| VI_SUCCESS);
            let context = objects::find(number).err().map(|error| error.code);
            told.send((code(closed), context)).unwrap();
            VI_SUCCESS
        });
        bench.install(IO, 2, |_| VI_SUCCESS);
        bench.enable(IO, VI_HNDLR);
        bench.complete(1);
        let expected = (VI_SUCCESS, Some(VI_ERROR_INV_OBJECT));
        let half = CALLBACK_PATIENCE / 2;
        assert_eq!(outcomes.recv_timeout(half), Ok(expected), "it waited for itself");
        assert_eq!(objects::find(bench.vi).err().unwrap().code, VI_ERROR_INV_OBJECT);
        let cancel = Cancel::new();
        let wait = Wait { deadline: Deadline::after(LONG), ticket: cancel.ticket() };
        bench.session.events.await_end(&wait);
        assert_eq!(bench.session.events.state.lock().callback_thread, None, "no thread is left");
        drop(other);
    }
}

#[test]
fn closing_waits_for_the_end_of_the_callback_thread() {
    let bench = Bench::new();
    let jobs = bench.listen(1);
    bench.enable(IO, VI_HNDLR);
    bench.complete(1);
    jobs.recv_timeout(LONG).unwrap();
    assert!(bench.session.events.state.lock().callback_thread.is_some());
    manager::close(bench.vi).unwrap();
    assert_eq!(bench.session.events.state.lock().callback_thread, None);
}

#[test]
fn nothing_starts_on_a_session_that_was_closed_meanwhile() {
    let bench = Bench::new();
    let jobs = bench.listen(1);
    bench.enable(IO, VI_HNDLR | VI_QUEUE);
    manager::close(bench.vi).unwrap();
    bench.complete(1);
    assert!(jobs.try_recv().is_err());
    assert_eq!(bench.enable(IO, VI_QUEUE), VI_ERROR_INV_OBJECT);
    assert_eq!(bench.wait(IO, VI_TMO_INFINITE).0, VI_ERROR_ABORT);
    let handler = Handler::new(bench.vi, 3, 0, Arc::new(|_, _, _| VI_SUCCESS));
    assert_eq!(code(bench.session.install_handler(IO, handler)), VI_ERROR_INV_OBJECT);
}
