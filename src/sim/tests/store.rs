//! The commands for PyVISA's tests: a line is kept and given back.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;
use std::time::Instant;

use crate::sim::device::Device;
use crate::sim::device::PortKind;
use crate::sim::interpreter::Interpreter;
use crate::sim::lexer::Framing;

/// One client's side of the instrument, where each message is fed with END.
struct Bench {
    device: Arc<Device>,
    port: u64,
    interpreter: Interpreter,
}

impl Bench {
    fn new(framing: Framing) -> Self {
        let device = Arc::new(Device::new(String::new()));
        let port = device.add_port(PortKind::Link);
        let interpreter = Interpreter::new(Arc::clone(&device), port, framing);
        Self { device, port, interpreter }
    }

    fn say(&mut self, message: &[u8]) -> Option<Vec<u8>> {
        let (used, response) = self.interpreter.feed(message, true);
        assert_eq!(used, message.len());
        response.map(|response| {
            self.device.set_available(self.port, response.ready.or(Some(Instant::now())));
            response.slices(usize::MAX).concat()
        })
    }

    fn error(&self) -> i16 {
        self.device.with(|state| state.registers.next_error())
    }
}

/// Neither END nor what looks like commands, quotes or blocks matters: only the line feed.
#[test]
fn a_line_is_kept_as_it_is() {
    for framing in [Framing::LineOrEnd, Framing::End] {
        let mut bench = Bench::new(framing);
        assert_eq!(bench.say(b"RECEIVE\n"), None);
        assert!(!bench.interpreter.idle());
        assert_eq!(bench.say(b"\r*IDN?;\"#9\0\xFF "), None);
        assert_eq!(bench.say(b"\r\r"), None);
        assert_eq!(bench.say(b"\n"), None);
        assert!(bench.interpreter.idle());
        assert_eq!(bench.say(b"SEND\n").unwrap(), b"\r*IDN?;\"#9\0\xFF \r\r\n");
        assert_eq!(bench.error(), 0);
        // What follows the line in the same message is a command again.
        assert_eq!(bench.say(b"RECEIVE\nx\nSEND\n").unwrap(), b"x\n");
    }
}

#[test]
fn nothing_kept_is_an_error_and_a_clear_forgets() {
    let mut bench = Bench::new(Framing::LineOrEnd);
    assert_eq!(bench.say(b"SEND\n"), None);
    assert_eq!(bench.error(), -230);
    bench.say(b"RECEIVE\n");
    bench.interpreter.clear();
    assert_eq!(bench.say(b"*OPC?\n").unwrap(), b"1\n", "a command, not a line to keep");
    assert_eq!(bench.say(b"SEND\n"), None);
    assert_eq!(bench.error(), -230);
}

/// The slow answer requests service once, when it is there, though nothing is enabled; the next
/// ordinary answer does not.
#[test]
fn a_slow_answer_requests_service() {
    let mut bench = Bench::new(Framing::LineOrEnd);
    let (sender, receiver) = mpsc::channel();
    let notify = move |byte| sender.send((byte, Instant::now())).unwrap_or_default();
    bench.device.set_notify(bench.port, Some(Box::new(notify)));
    let clock = {
        let device = Arc::clone(&bench.device);
        std::thread::spawn(move || device.watch_clock())
    };
    bench.say(b"RCVSLOWSRQ\n");
    bench.say(b"1\n");
    let asked = Instant::now();
    assert_eq!(bench.say(b"SENDSLOWSRQ\n").unwrap(), b"1\n");
    let (byte, told) = receiver.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(byte, 0x50);
    assert!(told - asked >= Duration::from_millis(150), "slow means slow");
    assert_eq!(bench.device.serial_poll(bench.port), 0x50);
    bench.device.set_available(bench.port, None);
    assert_eq!(bench.say(b"SEND\n").unwrap(), b"1\n");
    assert_eq!(bench.device.serial_poll(bench.port), 0x10);
    assert!(receiver.try_recv().is_err());
    bench.device.change(|state| state.stopping = true);
    clock.join().unwrap();
}
