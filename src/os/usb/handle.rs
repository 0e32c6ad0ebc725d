//! An opened device in libusb's hands, with one interface claimed.
//!
//! Each claimed interface has a libusb context of its own. So the descriptor that tells of finished
//! transfers is its alone, and the thread that makes a call can wait for it itself, beside what may
//! end the call early: no thread stands between, and no other device's traffic wakes it. The
//! context looks for no devices (the list comes from [`list`](super::list)), so it starts no thread
//! either and works wherever the device's node may be opened.

use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use rusb::ffi as libusb;
use rusb::ffi::constants::{
    LIBUSB_ERROR_ACCESS, LIBUSB_ERROR_BUSY, LIBUSB_ERROR_NO_DEVICE, LIBUSB_ERROR_NO_MEM,
    LIBUSB_ERROR_NOT_FOUND, LIBUSB_OPTION_NO_DEVICE_DISCOVERY,
};

use crate::os::Wait;
use crate::os::fork;
use crate::os::own;
use crate::os::own::Owned;
use crate::os::poll::await_events;
use crate::os::usb::list::Device;
use crate::status::{
    Error, Result, VI_ERROR_ALLOC, VI_ERROR_CONN_LOST, VI_ERROR_IO, VI_ERROR_NPERMISSION,
    VI_ERROR_RSRC_BUSY, VI_ERROR_RSRC_NFOUND, fail,
};

/// usbfs's request that makes a pipe begin anew on this side (linux/usbdevice_fs.h): _IOR('U', 3,
/// unsigned int).
const USBDEVFS_RESETEP: libc::c_ulong = 0x8004_5503;

/// Whether libusb has been told to look for no devices.
static CONFIGURED: AtomicBool = AtomicBool::new(false);

/// A device that this process has opened, and one interface of it that no other process has.
pub struct Handle {
    // Dropped before the descriptor.
    _owned: Owned,
    open: Open,
    node: OwnedFd,
    interface: u8,
    /// A driver of the kernel's had the interface, and gets it back.
    had_driver: bool,
    /// Taken to handle events; false once that must never happen again.
    events: Mutex<bool>,
    made_in: u32,
}

/// libusb's part.
struct Open {
    handle: *mut libusb::libusb_device_handle,
    context: *mut libusb::libusb_context,
}

// SAFETY: libusb's contexts and handles may be used from any thread and from several at once.
unsafe impl Send for Handle {}
// SAFETY: as above; what is ours beside them is a lock and plain values.
unsafe impl Sync for Handle {}

impl Handle {
    /// Opens a device and claims one of its interfaces. A driver that the kernel has bound to it
    /// is detached, except usbfs, by which another process has it.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_NFOUND, VI_ERROR_NPERMISSION; VI_ERROR_RSRC_BUSY when another process has it;
    /// VI_ERROR_ALLOC, VI_ERROR_IO.
    pub fn open(device: &Device, interface: u8) -> Result<Self> {
        // The system may be busy with the device for a while.
        let (node, owned) = own::make_slowly(|| open_node(device))?;
        let open = Open::new(&node)?;
        let mut handle = Self {
            _owned: owned,
            open,
            node,
            interface,
            had_driver: false,
            events: Mutex::new(true),
            made_in: fork::generation(),
        };
        let number = interface.into();
        // SAFETY: the handle is open.
        handle.had_driver =
            unsafe { libusb::libusb_kernel_driver_active(handle.raw(), number) } == 1;
        // SAFETY: as above. It only sets a flag, so that claiming detaches that driver.
        unsafe { libusb::libusb_set_auto_detach_kernel_driver(handle.raw(), 1) };
        // SAFETY: as above.
        let claimed = unsafe { libusb::libusb_claim_interface(handle.raw(), number) };
        if let Err(error) = check(claimed, "claiming the interface") {
            handle.had_driver = false;
            return Err(match claimed {
                LIBUSB_ERROR_NOT_FOUND | LIBUSB_ERROR_NO_DEVICE => {
                    Error { code: VI_ERROR_RSRC_NFOUND, ..error }
                }
                _ => error,
            });
        }
        Ok(handle)
    }

    /// For submitting transfers.
    pub(super) fn raw(&self) -> *mut libusb::libusb_device_handle {
        self.open.handle
    }

    /// The descriptor that has POLLOUT while finished transfers wait to be handled, POLLERR once the
    /// device has gone.
    pub(super) fn fd(&self) -> RawFd {
        self.node.as_raw_fd()
    }

    /// Handles the transfers that have finished, whoever waits for them. Never blocks.
    pub(super) fn handle_events(&self) {
        let may = self.events.lock();
        if *may {
            let now = libc::timeval { tv_sec: 0, tv_usec: 0 };
            // SAFETY: the context is open, `now` outlives the call, and no flag is asked to be
            // looked at.
            unsafe {
                libusb::libusb_handle_events_timeout_completed(
                    self.open.context,
                    &now,
                    ptr::null_mut(),
                );
            }
        }
    }

    /// Whether the device has not been unplugged.
    pub(super) fn is_there(&self) -> bool {
        let mut poll = libc::pollfd { fd: self.fd(), events: 0, revents: 0 };
        // SAFETY: one valid pollfd; a timeout of zero never blocks.
        unsafe { libc::poll(&mut poll, 1, 0) == 0 && *self.events.lock() }
    }

    /// Whether the device is unplugged, or will be by the deadline. No longer than until cancelled.
    pub(super) fn is_leaving(&self, wait: &Wait) -> bool {
        await_events(self.fd(), 0, wait).is_ok() || !self.is_there()
    }

    /// From now on no transfer is finished any more, so that the memory of those that never came
    /// back is never written to. Nothing else can be done with the device, nor is it ever closed,
    /// or even its descriptor: that would wait for what does not come.
    pub(super) fn abandon(self: &Arc<Self>) {
        *self.events.lock() = false;
        std::mem::forget(self.clone());
    }

    /// Makes a pipe begin anew on this side, after the device has been told to do so.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST, VI_ERROR_IO.
    pub(super) fn reset_pipe(&self, pipe: u8) -> Result {
        let pipe = libc::c_uint::from(pipe);
        // SAFETY: the request takes a pointer to one unsigned int and only reads it.
        if unsafe { libc::ioctl(self.fd(), USBDEVFS_RESETEP, &pipe) } == 0 {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        let code = if error.raw_os_error() == Some(libc::ENODEV) {
            VI_ERROR_CONN_LOST
        } else {
            VI_ERROR_IO
        };
        Err(Error::with_os(code, "resetting a pipe", error.raw_os_error().unwrap_or(0)))
    }

    /// Sets the interface's alternate setting. The system may wait for the device as long as it
    /// likes.
    ///
    /// # Errors
    /// VI_ERROR_IO when the device refuses, VI_ERROR_CONN_LOST.
    pub(super) fn set_alternate(&self, number: u8) -> Result {
        let interface = self.interface.into();
        // SAFETY: the handle is open.
        let set = unsafe {
            libusb::libusb_set_interface_alt_setting(self.raw(), interface, number.into())
        };
        check(set, "setting the alternate setting")
    }

    /// Whether it is a parent's, whose threads may have been in the middle of anything when it
    /// forked. Nothing of libusb's may be touched then.
    pub(super) fn is_inherited(&self) -> bool {
        self.made_in != fork::generation()
    }

    /// Whether closing it brings back a driver, which may talk to the device.
    pub(super) fn had_driver(&self) -> bool {
        self.had_driver
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.is_inherited() {
            return;
        }
        let number = self.interface.into();
        // SAFETY: the handle is open. Releasing what was never claimed changes nothing.
        unsafe {
            libusb::libusb_set_auto_detach_kernel_driver(self.raw(), 0);
            libusb::libusb_release_interface(self.raw(), number);
            if self.had_driver {
                libusb::libusb_attach_kernel_driver(self.raw(), number);
            }
        }
        own::undisturbed(|| self.open.end());
    }
}

impl Open {
    fn new(node: &OwnedFd) -> Result<Self> {
        let mut open = Self { handle: ptr::null_mut(), context: ptr::null_mut() };
        // A fork in between would leave libusb's own locks locked in the child. And while this
        // context is made, nobody makes or ends another.
        own::undisturbed(|| open.begin())?;
        let fd = node.as_raw_fd() as usize as *mut i32;
        // Asks the device for its configuration, and waits for that up to a second. Of libusb's
        // locks it takes this context's only.
        // SAFETY: the second argument is a descriptor in the clothes of a pointer, which nobody
        // follows; libusb does not close it. Room for one pointer.
        let wrapped = unsafe { libusb::libusb_wrap_sys_device(open.context, fd, &mut open.handle) };
        let opened = check(wrapped, "opening the device");
        if opened.is_err() {
            own::undisturbed(|| open.end());
        }
        opened.map(|()| open)
    }

    /// Makes the context.
    fn begin(&mut self) -> Result {
        if !CONFIGURED.swap(true, Ordering::Relaxed) {
            let all_later = ptr::null_mut();
            // SAFETY: no context is there yet, and the option takes no value.
            unsafe { libusb::libusb_set_option(all_later, LIBUSB_OPTION_NO_DEVICE_DISCOVERY) };
        }
        // SAFETY: room for one pointer.
        check(unsafe { libusb::libusb_init(&mut self.context) }, "starting libusb")
            .map_err(|error| Error { code: VI_ERROR_RSRC_NFOUND, ..error })
    }

    /// Ends libusb's part, once. No fork may come in between.
    fn end(&mut self) {
        // SAFETY: each was made by libusb and is given back once, and no transfer is in flight:
        // each keeps its handle borrowed until it has landed.
        unsafe {
            if !self.handle.is_null() {
                libusb::libusb_close(self.handle);
            }
            if !self.context.is_null() {
                libusb::libusb_exit(self.context);
            }
        }
        (self.handle, self.context) = (ptr::null_mut(), ptr::null_mut());
    }
}

fn open_node(device: &Device) -> Result<OwnedFd> {
    let node = OpenOptions::new().read(true).write(true).open(device.node());
    node.map(OwnedFd::from).map_err(|error| open_error(&error))
}

fn open_error(error: &io::Error) -> Error {
    let code = match error.raw_os_error() {
        Some(libc::EACCES | libc::EPERM | libc::EROFS) => VI_ERROR_NPERMISSION,
        Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM) => VI_ERROR_ALLOC,
        _ => VI_ERROR_RSRC_NFOUND,
    };
    Error::with_os(code, "opening the USB device", error.raw_os_error().unwrap_or(0))
}

/// What a function of libusb answers, as a status.
pub(super) fn check(code: i32, at: &'static str) -> Result {
    match code {
        0.. => Ok(()),
        LIBUSB_ERROR_NO_DEVICE => fail(VI_ERROR_CONN_LOST, at),
        LIBUSB_ERROR_ACCESS => fail(VI_ERROR_NPERMISSION, at),
        LIBUSB_ERROR_BUSY => fail(VI_ERROR_RSRC_BUSY, at),
        LIBUSB_ERROR_NO_MEM => fail(VI_ERROR_ALLOC, at),
        _ => fail(VI_ERROR_IO, at),
    }
}
