//! The status byte (IEEE 488.2 chapter 11): summary, request, poll.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;
use std::time::Instant;

use crate::sim::device::Device;
use crate::sim::device::PortKind;

fn device() -> Arc<Device> {
    Arc::new(Device::new(String::new()))
}

/// A poll reports RQS once; MSS stays while its reason does.
#[test]
fn a_poll_clears_the_request() {
    let device = device();
    let port = device.add_port(PortKind::Link);
    device.with(|state| state.registers.request_enable = 0x04);
    assert_eq!(device.serial_poll(port), 0);
    device.raise(-113);
    assert_eq!(device.serial_poll(port), 0x44);
    assert_eq!(device.serial_poll(port), 0x04);
    // A second error is no new reason: the bit was set already.
    device.raise(-113);
    assert_eq!(device.serial_poll(port), 0x04);
    device.with(|state| state.registers.clear());
    assert_eq!(device.serial_poll(port), 0);
    device.raise(-113);
    assert_eq!(device.serial_poll(port), 0x44);
}

/// MAV belongs to the client whose response waits; the other bits to all.
#[test]
fn each_client_has_its_own_byte() {
    let device = device();
    let (a, b) = (device.add_port(PortKind::Link), device.add_port(PortKind::Session));
    device.with(|state| {
        state.registers.clear();
        state.registers.request_enable = 0x30;
        state.registers.event_enable = 1;
    });
    device.set_available(a, Some(Instant::now()));
    assert_eq!((device.serial_poll(a), device.serial_poll(b)), (0x50, 0));
    device.with(|state| state.registers.events |= 1);
    assert_eq!((device.serial_poll(a), device.serial_poll(b)), (0x70, 0x60));
    assert_eq!((device.serial_poll(a), device.serial_poll(b)), (0x30, 0x20));
}

/// A request whose reason has gone is withdrawn.
#[test]
fn a_request_without_reason_is_withdrawn() {
    let device = device();
    let port = device.add_port(PortKind::Link);
    device.with(|state| state.registers.request_enable = 0x10);
    device.set_available(port, Some(Instant::now()));
    device.set_available(port, None);
    assert_eq!(device.serial_poll(port), 0);
}

/// A client is told once for each new reason, with the status byte.
#[test]
fn requests_are_announced() {
    let device = device();
    let port = device.add_port(PortKind::Link);
    let (sender, receiver) = mpsc::channel();
    device.set_notify(
        port,
        Some(Box::new(move |byte| {
            let _ = sender.send(byte);
        })),
    );
    device.raise(-113);
    assert!(receiver.try_recv().is_err(), "not enabled");
    device.with(|state| state.registers.request_enable = 0x14);
    assert_eq!(receiver.try_recv(), Ok(0x44));
    device.set_available(port, Some(Instant::now()));
    assert_eq!(receiver.try_recv(), Ok(0x54));
    assert!(receiver.try_recv().is_err());
    assert_eq!(device.counters().service_requests, 2);
}

/// A delayed response requests service by itself when its time has come, not before.
#[test]
fn a_delayed_response_requests_service() {
    let device = device();
    let port = device.add_port(PortKind::Link);
    let (sender, receiver) = mpsc::channel();
    device.with(|state| state.registers.request_enable = 0x10);
    device.set_notify(
        port,
        Some(Box::new(move |byte| {
            let _ = sender.send((byte, Instant::now()));
        })),
    );
    let clock = {
        let device = Arc::clone(&device);
        std::thread::spawn(move || device.watch_clock())
    };
    let when = Instant::now() + Duration::from_millis(50);
    device.set_available(port, Some(when));
    let (byte, told) = receiver.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(byte, 0x50);
    assert!(told >= when);
    device.change(|state| state.stopping = true);
    clock.join().unwrap();
}
