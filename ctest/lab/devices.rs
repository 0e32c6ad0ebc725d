#![forbid(unsafe_code)]
//! The hardware of the bench VM: what qemu plugs in, and the kernel modules that drive it.
//!
//! | in the guest | what |
//! |---|---|
//! | `ttyS0`, `ttyS1` | 16550 ports joined by a null modem (data lines only) |
//! | `ttyS2` | a 16550 with nothing attached, for its built-in loopback of modem lines |
//! | `ttyS3` | the console |
//! | `ttyS4` to `ttyS7` | names without hardware, as any PC has them |
//! | `ttyUSB0` | qemu's USB adapter (FTDI); what is sent to it is lost |
//! | `cuse` | device files that a process serves: [`crate::gpib`] makes `gpib0` so |
//!
//! Adapters that tests plug in and out come from the guest itself: [`crate::lab::usbip`].

use std::process::Command;

/// Modules that are loaded, with what they depend on, in this order.
pub const MODULES: &[&str] = &[
    "virtio_pci",
    "virtio_console",
    "9pnet_virtio",
    "9p",
    "overlay",
    "xhci_pci",
    "vhci_hcd",
    "ftdi_sio",
    "cdc_acm",
    "usbtmc",
    "cuse",
];

/// What the kernel must be told about the hardware: which port is its console, and how many names
/// for ports it makes.
pub const KERNEL: &str = "console=ttyS3 8250.nr_uarts=8";

/// The file with what the guest's kernel says.
pub const CONSOLE: &str = "console.log";

/// The 16550 ports of a PC. The kernel needs an interrupt of its own for each, and the usual ones
/// are shared in pairs.
const INTERRUPTS: [u8; 4] = [4, 3, 5, 7];

/// Adds the hardware to qemu's arguments.
pub fn attach(command: &mut Command) {
    // One end listens, the other connects: the machine talks to itself.
    command.args(["-chardev", "socket,id=com0,path=null-modem,server=on,wait=off"]);
    command.args(["-chardev", "socket,id=com1,path=null-modem"]);
    command.args(["-chardev", "null,id=com2"]);
    command.args(["-chardev", &format!("file,id=com3,path={CONSOLE}")]);
    for (index, irq) in INTERRUPTS.iter().enumerate() {
        let port = format!("isa-serial,index={index},chardev=com{index},irq={irq}");
        command.args(["-device", &port]);
    }
    command.args(["-device", "qemu-xhci", "-chardev", "null,id=usb"]);
    command.args(["-device", "usb-serial,chardev=usb,always-plugged=on"]);
}
