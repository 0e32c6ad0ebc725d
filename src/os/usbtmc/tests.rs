use std::collections::VecDeque;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc;

use super::driver::Received;
use super::*;
use crate::os::sync::Mutex;
use crate::status::VI_ERROR_ABORT;

/// A node of which the test is the device.
struct Scripted {
    /// Readable once for each piece that has come.
    fd: UnixStream,
    device: Arc<Device>,
}

#[derive(Default)]
struct Device {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What receives get, in order.
    incoming: VecDeque<(Vec<u8>, io::Result<Received>)>,
    /// How many bytes each receive had room for.
    asked: Vec<usize>,
    /// What the device has taken, and how much more it takes.
    taken: Vec<u8>,
    takes: usize,
    /// What ends a transfer to the device.
    out_error: Option<i32>,
    /// What else was called.
    log: Vec<&'static str>,
    /// What a control request waits for.
    silence: Option<mpsc::Receiver<()>>,
}

impl Driver for Scripted {
    fn fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    fn send(&self, data: &[u8], on: bool) -> io::Result<usize> {
        let mut state = self.device.state.lock();
        if !on {
            state.taken.clear();
        }
        let count = data.len().min(state.takes);
        if count == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        state.takes -= count;
        state.taken.extend_from_slice(&data[..count]);
        Ok(count)
    }

    fn sent(&self) -> (usize, io::Result<()>) {
        let state = self.device.state.lock();
        let error = state.out_error.map(io::Error::from_raw_os_error);
        (state.taken.len().next_multiple_of(4), error.map_or(Ok(()), Err))
    }

    fn receive(&self, buf: &mut [u8]) -> (usize, io::Result<Received>) {
        let mut state = self.device.state.lock();
        state.asked.push(buf.len());
        let Some((data, result)) = state.incoming.pop_front() else {
            return (0, Err(io::ErrorKind::WouldBlock.into()));
        };
        (&self.fd).read_exact(&mut [0]).unwrap();
        buf[..data.len()].copy_from_slice(&data);
        (data.len(), result)
    }

    fn cancel(&self) {
        self.device.state.lock().log.push("cancel");
    }

    fn clean_up(&self) {
        self.device.state.lock().log.push("clean up");
    }

    fn control(&self, setup: ControlRequest, data: &mut [u8]) -> io::Result<usize> {
        let silence = self.device.state.lock().silence.take();
        if let Some(silence) = silence {
            let _ = silence.recv();
        }
        self.device.state.lock().log.push("control");
        data.fill(setup.request);
        Ok(data.len() / 2)
    }

    fn clear_halt(&self, pipe: Pipe) -> io::Result<()> {
        self.device.state.lock().log.push("clear halt");
        match pipe {
            Pipe::Out => Err(io::Error::from_raw_os_error(libc::EPIPE)),
            Pipe::In => Ok(()),
        }
    }

    fn status_byte(&self, patience: u32) -> io::Result<u8> {
        Ok(if patience > 1000 { 0x50 } else { 0x10 })
    }

    fn service_request(&self) -> io::Result<Option<u8>> {
        Ok(None)
    }

    fn unlock(&self) {
        self.device.state.lock().log.push("unlock");
    }
}

/// The device's end.
struct Bench {
    device: Arc<Device>,
    wire: UnixStream,
}

impl Bench {
    fn comes(&self, data: &[u8], result: io::Result<Received>) {
        self.device.state.lock().incoming.push_back((data.to_vec(), result));
        (&self.wire).write_all(&[1]).unwrap();
    }

    fn log(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.device.state.lock().log)
    }
}

/// However busy the machine, the node's thread gets on within this.
const PATIENTLY: Duration = Duration::from_secs(20);

fn open() -> (Node, Bench) {
    open_counting(PATIENTLY)
}

fn open_counting(counting: Duration) -> (Node, Bench) {
    let (fd, wire) = UnixStream::pair().unwrap();
    let device = Arc::new(Device::default());
    device.state.lock().takes = usize::MAX;
    let scripted = Scripted { fd, device: device.clone() };
    let cancel = Cancel::new();
    (Node::start(&long(&cancel), counting, || Ok(scripted)).unwrap(), Bench { device, wire })
}

fn long(cancel: &Cancel) -> Wait<'_> {
    Wait { deadline: Deadline::after(PATIENTLY), ticket: cancel.ticket() }
}

fn short(cancel: &Cancel) -> Wait<'_> {
    Wait { deadline: Deadline::after(Duration::from_millis(20)), ticket: cancel.ticket() }
}

#[test]
fn a_transfer_is_read_in_parts_of_any_size_and_the_next_begins_anew() {
    let (node, bench) = open();
    let cancel = Cancel::new();
    let wait = long(&cancel);
    bench.comes(&[7; PIECE], Ok(Received::More));
    bench.comes(&[8; 100], Ok(Received::Ended));
    bench.comes(&[], Ok(Received::Ended));
    let mut buf = vec![0; 10_000];
    let came = node.bulk_in(&mut buf[..50], &wait);
    assert_eq!((came.count, came.outcome), (50, Ok(false)));
    let came = node.bulk_in(&mut buf, &wait);
    assert_eq!((came.count, came.outcome), (PIECE - 50 + 100, Ok(true)));
    assert_eq!((buf[0], buf[PIECE - 51], buf[PIECE - 50]), (7, 7, 8));
    let came = node.bulk_in(&mut buf, &wait);
    assert_eq!((came.count, came.outcome), (0, Ok(true)), "nothing but its end");
}

#[test]
fn a_short_answer_is_asked_for_in_one_piece_and_a_long_one_then_in_many() {
    let (node, bench) = open();
    let cancel = Cancel::new();
    bench.comes(&[1; PIECE], Ok(Received::More));
    bench.comes(&[2; 3 * PIECE], Ok(Received::More));
    bench.comes(&[3; PIECE], Ok(Received::More));
    let mut buf = vec![0; 5 * PIECE];
    let came = node.bulk_in(&mut buf, &long(&cancel));
    assert_eq!((came.count, came.outcome), (5 * PIECE, Ok(false)));
    let asked = bench.device.state.lock().asked.clone();
    // Nothing is asked for that this read has no room for.
    assert_eq!(asked, [PIECE, 4 * PIECE, PIECE]);
    assert_eq!((buf[0], buf[PIECE], buf[4 * PIECE]), (1, 2, 3));
}

#[test]
fn what_came_before_the_deadline_is_kept_and_the_rest_cancelled() {
    let (node, bench) = open();
    let cancel = Cancel::new();
    bench.comes(&[7; PIECE], Ok(Received::More));
    let mut buf = vec![0; 3 * PIECE];
    let came = node.bulk_in(&mut buf, &short(&cancel));
    assert_eq!((came.count, came.outcome.unwrap_err().code), (PIECE, VI_ERROR_TMO));
    assert_eq!(bench.log(), ["clean up"]);
    bench.comes(&[9; 4], Ok(Received::Ended));
    let came = node.bulk_in(&mut buf, &long(&cancel));
    assert_eq!((came.count, came.outcome), (4, Ok(true)));
}

#[test]
fn a_read_without_end_is_ended_from_another_thread() {
    let (node, bench) = open();
    let cancel = Cancel::new();
    std::thread::scope(|scope| {
        let ticket = cancel.ticket();
        let reader = scope.spawn({
            let node = &node;
            move || {
                let wait = Wait { deadline: Deadline::Never, ticket };
                node.bulk_in(&mut [0; 10], &wait).outcome.unwrap_err().code
            }
        });
        cancel.terminate();
        assert_eq!(reader.join().unwrap(), VI_ERROR_ABORT);
    });
    drop(node);
    assert_eq!(bench.log().last(), Some(&"unlock"));
}

#[test]
fn a_silent_device_holds_no_call_past_its_deadline_and_stale_orders_are_dropped() {
    let (node, bench) = open_counting(Duration::from_millis(20));
    let cancel = Cancel::new();
    let (answer, silence) = mpsc::channel();
    bench.device.state.lock().silence = Some(silence);
    let setup = ControlRequest { request_type: 0xA1, request: 7, value: 0, index: 0 };
    let mut buf = [0; 8];
    let code = |result: Result<usize>| result.unwrap_err().code;
    assert_eq!(code(node.control_in(setup, &mut buf, &short(&cancel))), VI_ERROR_TMO);
    // The thread is still in that request.
    assert_eq!(code(node.control_in(setup, &mut buf, &short(&cancel))), VI_ERROR_TMO);
    assert_eq!(
        node.bulk_out(b"*RST".to_vec(), &short(&cancel)).unwrap_err().error.code,
        VI_ERROR_TMO
    );
    answer.send(()).unwrap();
    assert_eq!(node.control_in(setup, &mut buf, &long(&cancel)), Ok(4));
    assert_eq!(buf, [7, 7, 7, 7, 0, 0, 0, 0]);
    // The first, which could not be taken back, and the last.
    let log = bench.log();
    assert_eq!(log.iter().filter(|call| **call == "control").count(), 2, "{log:?}");
    assert_eq!(bench.device.state.lock().taken, [], "the message was given up before it began");
}

#[test]
fn what_is_sent_goes_as_the_device_takes_it_and_a_failure_tells_how_far_it_came() {
    let (node, bench) = open();
    let cancel = Cancel::new();
    let wait = long(&cancel);
    node.bulk_out(b"MEAS?".to_vec(), &wait).unwrap();
    assert_eq!(bench.device.state.lock().taken, b"MEAS?");
    bench.device.state.lock().takes = 6;
    let cut = node.bulk_out(b"MEAS:VOLT?".to_vec(), &short(&cancel)).unwrap_err();
    assert_eq!((cut.count, cut.error.code), (8, VI_ERROR_TMO), "whole words of what was padded");
    assert_eq!(bench.log(), ["cancel", "clean up"]);
    bench.device.state.lock().out_error = Some(libc::EPIPE);
    bench.device.state.lock().takes = usize::MAX;
    let cut = node.bulk_out(b"X".to_vec(), &wait).unwrap_err();
    assert_eq!((cut.error.code, cut.error.os), (VI_ERROR_IO, Some(libc::EPIPE)));
    assert_eq!(bench.log(), ["clean up"]);
}

#[test]
fn a_device_that_goes_is_a_lost_connection() {
    let (node, bench) = open();
    let cancel = Cancel::new();
    let wait = long(&cancel);
    bench.comes(&[5; 3], Err(io::Error::from_raw_os_error(libc::ESHUTDOWN)));
    let came = node.bulk_in(&mut [0; 8], &wait);
    assert_eq!((came.count, came.outcome.unwrap_err().code), (3, VI_ERROR_CONN_LOST));
    // The system has not noticed yet; with the wire it notices.
    bench.comes(&[], Err(io::Error::from_raw_os_error(libc::EPROTO)));
    let came = node.bulk_in(&mut [0; 8], &wait);
    assert_eq!(came.outcome.unwrap_err().code, VI_ERROR_IO);
    bench.comes(&[], Err(io::Error::from_raw_os_error(libc::EPROTO)));
    drop(bench.wire);
    let came = node.bulk_in(&mut [0; 8], &wait);
    assert_eq!(came.outcome.unwrap_err().code, VI_ERROR_CONN_LOST);
}

#[test]
fn the_driver_waits_for_a_status_byte_as_long_as_the_call_may() {
    let (node, _bench) = open();
    let cancel = Cancel::new();
    assert_eq!(node.status_byte(&long(&cancel)), Ok(0x50));
    let half = Deadline::after(Duration::from_millis(500));
    assert_eq!(node.status_byte(&Wait { deadline: half, ..long(&cancel) }), Ok(0x10));
    assert_eq!(node.clear_halt(Pipe::In, &long(&cancel)), Ok(()));
    assert!(node.clear_halt(Pipe::Out, &long(&cancel)).is_err());
}

#[test]
fn what_does_not_open_says_why() {
    let cancel = Cancel::new();
    let code = |path: &str| Node::open(Path::new(path), &long(&cancel)).err().unwrap().code;
    assert_eq!(code("/dev/usbtmc-is-not-there"), VI_ERROR_RSRC_NFOUND);
    assert_eq!(code("/dev/null"), VI_ERROR_RSRC_NFOUND, "no node");
    let denied = open_error(&io::Error::from_raw_os_error(libc::EACCES));
    assert_eq!(denied.code, VI_ERROR_NPERMISSION);
    let taken = open_error(&io::Error::from_raw_os_error(libc::EWOULDBLOCK));
    assert_eq!(taken.code, VI_ERROR_RSRC_BUSY);
}

#[test]
fn a_node_that_is_being_given_back_is_waited_for() {
    let cancel = Cancel::new();
    let path = Path::new("/dev/zero");
    let first = Listed::enter(path, &long(&cancel)).unwrap();
    assert_eq!(Listed::enter(path, &short(&cancel)).err().unwrap().code, VI_ERROR_RSRC_BUSY);
    std::thread::scope(|scope| {
        let next = scope.spawn(|| {
            let cancel = Cancel::new();
            Listed::enter(path, &long(&cancel)).map(|_| ()).map_err(|error| error.code)
        });
        drop(first);
        assert_eq!(next.join().unwrap(), Ok(()));
    });
}

#[test]
fn a_node_whose_driver_is_stuck_is_given_back_when_that_ends() {
    let (node, bench) = open_counting(Duration::from_millis(20));
    let cancel = Cancel::new();
    let (answer, silence) = mpsc::channel();
    bench.device.state.lock().silence = Some(silence);
    let setup = ControlRequest { request_type: 0xA1, request: 7, value: 0, index: 0 };
    assert!(node.control_in(setup, &mut [0; 8], &short(&cancel)).is_err());
    drop(node);
    assert_eq!(bench.log(), [] as [&str; 0]);
    answer.send(()).unwrap();
    let started = std::time::Instant::now();
    while bench.device.state.lock().log.last() != Some(&"unlock") {
        assert!(started.elapsed() < PATIENTLY, "the thread has not ended");
        std::thread::yield_now();
    }
}
