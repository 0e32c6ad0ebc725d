#![forbid(unsafe_code)]
//! The core channel: one connection, its links, and the procedures of VXI-11 B.6.

use std::collections::BTreeMap;
use std::io;
use std::io::BufReader;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use crate::sim::device::Notify;
use crate::sim::peer::Peer;
use crate::sim::rpc;
use crate::sim::rpc::Call;
use crate::sim::rpc::NoCall;
use crate::sim::rpc::Refusal;
use crate::sim::rpc::read_record;
use crate::sim::rpc::send_record;
use crate::sim::rpc::send_record_with;
use crate::sim::server::Connection;
use crate::sim::vxi11::CHANNEL_ESTABLISHED;
use crate::sim::vxi11::CHANNEL_NOT_ESTABLISHED;
use crate::sim::vxi11::CORE_PROGRAM;
use crate::sim::vxi11::DEVICE_NOT_ACCESSIBLE;
use crate::sim::vxi11::END;
use crate::sim::vxi11::ErrorCode;
use crate::sim::vxi11::INTERRUPT_PROGRAM;
use crate::sim::vxi11::INVALID_LINK;
use crate::sim::vxi11::NOT_SUPPORTED;
use crate::sim::vxi11::OUT_OF_RESOURCES;
use crate::sim::vxi11::PARAMETER_ERROR;
use crate::sim::vxi11::Shared;
use crate::sim::vxi11::TERM_CHAR_SET;
use crate::sim::vxi11::VERSION;
use crate::sim::vxi11::WAIT_LOCK;
use crate::sim::vxi11::interrupt::Address;
use crate::sim::vxi11::interrupt::Interrupts;
use crate::sim::vxi11::link::Link;
use crate::sim::vxi11::link::ReadRequest;
use crate::sim::xdr::Decoder;
use crate::sim::xdr::Encoder;

/// What a call may need besides the data of a device_write, in bytes.
const CALL_OVERHEAD: usize = 64 << 10;

/// The longest handle of a service request (VXI-11 B.6.14).
const LONGEST_HANDLE: usize = 40;

/// A reply, or what is needed to make it.
enum Reply {
    Plain(Encoder),
    /// With `count` bytes of the link's output behind it.
    Output {
        head: Encoder,
        link: i32,
        count: usize,
    },
}

/// A connection to the core channel.
struct Channel {
    shared: Arc<Shared>,
    peer: Peer,
    links: BTreeMap<i32, Link>,
    interrupts: Option<Interrupts>,
}

/// Serves one connection until its end; its links end with it.
pub(super) fn serve(shared: &Arc<Shared>, connection: &Connection) {
    let stream = Arc::clone(&connection.stream);
    let peer = Peer::new(Arc::clone(&shared.hub), Arc::clone(&shared.device), stream);
    let mut channel =
        Channel { shared: Arc::clone(shared), peer, links: BTreeMap::new(), interrupts: None };
    let mut reader = BufReader::with_capacity(64 << 10, &*connection.stream);
    let mut record = Vec::new();
    let limit = shared.max_receive as usize + CALL_OVERHEAD;
    while let Ok(Some(length)) = read_record(&mut reader, &mut record, limit) {
        let reply = match Call::decode(&record[..length]) {
            Ok(call) => {
                let xid = call.xid;
                let refused = |why| Reply::Plain(rpc::refusal(xid, why));
                channel.carry_out(call).unwrap_or_else(refused)
            }
            Err(NoCall::OtherVersion(xid)) => Reply::Plain(rpc::other_version(xid)),
            Err(NoCall::Noise) => return,
        };
        if channel.send(reply).is_err() {
            return;
        }
    }
}

/// An argument, or the reply for arguments that cannot be decoded.
fn need<T>(argument: Option<T>) -> Result<T, Refusal> {
    argument.ok_or(Refusal::GarbageArguments)
}

fn milliseconds(count: u32) -> Duration {
    Duration::from_millis(count.into())
}

fn code(result: Result<(), ErrorCode>) -> ErrorCode {
    result.err().unwrap_or(0)
}

impl Channel {
    fn send(&mut self, reply: Reply) -> io::Result<()> {
        match reply {
            Reply::Plain(reply) => send_record(self.peer.stream(), &reply),
            Reply::Output { head, link, count } => {
                let Some(link) = self.links.get_mut(&link) else { return Ok(()) };
                send_record_with(self.peer.stream(), head, &link.next_output(count))?;
                link.advance(count);
                Ok(())
            }
        }
    }

    fn carry_out(&mut self, mut call: Call<'_>) -> Result<Reply, Refusal> {
        call.expect(CORE_PROGRAM, VERSION)?;
        let reply = rpc::success(call.xid);
        let args = &mut call.args;
        Ok(Reply::Plain(match call.procedure {
            0 => reply,
            10 => self.create_link(args, reply)?,
            11 => self.device_write(args, reply)?,
            12 => return self.device_read(args, reply),
            13 => self.device_readstb(args, reply)?,
            14 => self.generic(args, reply, |channel, _| channel.shared.device.trigger())?,
            15 => self.generic(args, reply, |channel, link| {
                if let Some(link) = channel.links.get_mut(&link) {
                    link.clear();
                }
            })?,
            16 => self.generic(args, reply, |channel, _| channel.set_remote(true))?,
            17 => self.generic(args, reply, |channel, _| channel.set_remote(false))?,
            18 => self.device_lock(args, reply)?,
            19 => {
                let link = self.links.get(&need(args.i32())?);
                reply.u32(code(link.ok_or(INVALID_LINK).and_then(Link::unlock)))
            }
            20 => self.device_enable_srq(args, reply)?,
            22 => self.device_docmd(args, reply)?,
            23 => {
                let removed = self.links.remove(&need(args.i32())?);
                reply.u32(if removed.is_some() { 0 } else { INVALID_LINK })
            }
            25 => self.create_intr_chan(args, reply)?,
            26 => self.destroy_intr_chan(reply),
            _ => return Err(Refusal::ProcedureUnavailable),
        }))
    }

    /// The link, if the instrument is not locked by another.
    fn permitted(
        &mut self,
        link: i32,
        flags: u32,
        lock_timeout: u32,
    ) -> Result<&mut Link, ErrorCode> {
        let link = self.links.get_mut(&link).ok_or(INVALID_LINK)?;
        link.permit(&self.peer, flags, milliseconds(lock_timeout))?;
        Ok(link)
    }

    fn create_link(&mut self, args: &mut Decoder<'_>, reply: Encoder) -> Result<Encoder, Refusal> {
        let _client = need(args.i32())?;
        let lock = need(args.bool())?;
        let lock_timeout = need(args.u32())?;
        let device = need(args.opaque())?;
        Ok(match self.new_link(device, lock.then_some(lock_timeout)) {
            Ok(link) => reply
                .u32(0)
                .i32(link)
                .u32(u32::from(self.shared.abort_port))
                .u32(self.shared.max_receive),
            Err(error) => reply.u32(error).u32(0).u32(0).u32(0),
        })
    }

    fn new_link(&mut self, device: &[u8], lock: Option<u32>) -> Result<i32, ErrorCode> {
        let name = device.to_ascii_lowercase();
        let number = name.strip_prefix(b"inst").unwrap_or_default();
        if number.is_empty() || !number.iter().all(u8::is_ascii_digit) {
            return Err(DEVICE_NOT_ACCESSIBLE);
        }
        let (number, progress) = self.shared.register().ok_or(OUT_OF_RESOURCES)?;
        let link = Link::new(&self.shared, number, progress);
        if let Some(timeout) = lock {
            // No flags here: the timeout alone says how long to wait (VXI-11 B.6.3).
            link.lock(&self.peer, WAIT_LOCK, milliseconds(timeout))?;
        }
        self.links.insert(number, link);
        Ok(number)
    }

    fn device_write(&mut self, args: &mut Decoder<'_>, reply: Encoder) -> Result<Encoder, Refusal> {
        let link = need(args.i32())?;
        let _io_timeout = need(args.u32())?;
        let lock_timeout = need(args.u32())?;
        let flags = need(args.u32())?;
        let data = need(args.opaque())?;
        let most = self.shared.max_receive as usize;
        Ok(match self.permitted(link, flags, lock_timeout) {
            Ok(_) if data.len() > most => reply.u32(PARAMETER_ERROR).u32(0),
            Ok(link) => {
                link.write(data, flags & END != 0);
                reply.u32(0).u32(data.len() as u32)
            }
            Err(error) => reply.u32(error).u32(0),
        })
    }

    fn device_read(&mut self, args: &mut Decoder<'_>, reply: Encoder) -> Result<Reply, Refusal> {
        let number = need(args.i32())?;
        let size = need(args.u32())?;
        let io_timeout = milliseconds(need(args.u32())?);
        let lock_timeout = milliseconds(need(args.u32())?);
        let flags = need(args.u32())?;
        let character = need(args.u32())? as u8;
        let term_char = (flags & TERM_CHAR_SET != 0).then_some(character);
        let request = ReadRequest { size, io_timeout, term_char };
        let prepared = match self.links.get_mut(&number) {
            None => Err(INVALID_LINK),
            Some(link) => link
                .permit(&self.peer, flags, lock_timeout)
                .and_then(|()| link.prepare(&self.peer, request)),
        };
        Ok(match prepared {
            Ok((count, reason)) => {
                Reply::Output { head: reply.u32(0).u32(reason), link: number, count }
            }
            Err(error) => Reply::Plain(reply.u32(error).u32(0).opaque(&[])),
        })
    }

    fn device_readstb(
        &mut self,
        args: &mut Decoder<'_>,
        reply: Encoder,
    ) -> Result<Encoder, Refusal> {
        let generic = Generic::decode(args)?;
        let link = self.permitted(generic.link, generic.flags, generic.lock_timeout);
        Ok(match link.map(|link| link.port()) {
            Ok(port) => reply.u32(0).u32(self.shared.device.serial_poll(port).into()),
            Err(error) => reply.u32(error).u32(0),
        })
    }

    /// A procedure with generic parameters and no result but the error.
    fn generic(
        &mut self,
        args: &mut Decoder<'_>,
        reply: Encoder,
        work: impl FnOnce(&mut Self, i32),
    ) -> Result<Encoder, Refusal> {
        let generic = Generic::decode(args)?;
        let permitted = self.permitted(generic.link, generic.flags, generic.lock_timeout);
        let error = code(permitted.map(|_| ()));
        if error == 0 {
            work(self, generic.link);
        }
        Ok(reply.u32(error))
    }

    fn set_remote(&mut self, remote: bool) {
        self.shared.device.with(|state| {
            state.seen.remote = remote;
            state.seen.remote_enabled |= remote;
            state.seen.lockout &= remote;
        });
    }

    fn device_lock(&mut self, args: &mut Decoder<'_>, reply: Encoder) -> Result<Encoder, Refusal> {
        let link = need(args.i32())?;
        let flags = need(args.u32())?;
        let timeout = milliseconds(need(args.u32())?);
        let link = self.links.get(&link).ok_or(INVALID_LINK);
        Ok(reply.u32(code(link.and_then(|link| link.lock(&self.peer, flags, timeout)))))
    }

    /// Parameters are checked, and then there is no command that is supported.
    fn device_docmd(&mut self, args: &mut Decoder<'_>, reply: Encoder) -> Result<Encoder, Refusal> {
        let link = need(args.i32())?;
        let flags = need(args.u32())?;
        let _io_timeout = need(args.u32())?;
        let lock_timeout = need(args.u32())?;
        let (_command, _order) = (need(args.i32())?, need(args.bool())?);
        let (_size, _data) = (need(args.i32())?, need(args.opaque())?);
        let permitted = self.permitted(link, flags, lock_timeout).map(|_| ());
        Ok(reply.u32(permitted.err().unwrap_or(NOT_SUPPORTED)).opaque(&[]))
    }

    fn device_enable_srq(
        &mut self,
        args: &mut Decoder<'_>,
        reply: Encoder,
    ) -> Result<Encoder, Refusal> {
        let link = need(args.i32())?;
        let enable = need(args.bool())?;
        let handle = need(args.opaque())?;
        if handle.len() > LONGEST_HANDLE {
            return Err(Refusal::GarbageArguments);
        }
        let Some(link) = self.links.get_mut(&link) else { return Ok(reply.u32(INVALID_LINK)) };
        link.handle = enable.then(|| handle.to_vec());
        let port = link.port();
        let notify = notify(self.interrupts.as_ref(), link);
        self.shared.device.set_notify(port, notify);
        Ok(reply.u32(0))
    }

    fn create_intr_chan(
        &mut self,
        args: &mut Decoder<'_>,
        reply: Encoder,
    ) -> Result<Encoder, Refusal> {
        let host = Ipv4Addr::from(need(args.u32())?);
        let port = need(args.u32())?;
        let program = (need(args.u32())?, need(args.u32())?);
        let udp = need(args.u32())? == 1;
        let Ok(port) = u16::try_from(port) else { return Ok(reply.u32(PARAMETER_ERROR)) };
        if program != (INTERRUPT_PROGRAM, VERSION) {
            return Ok(reply.u32(PARAMETER_ERROR));
        }
        if self.interrupts.is_some() {
            return Ok(reply.u32(CHANNEL_ESTABLISHED));
        }
        match Interrupts::open(&self.shared.hub, Address { host, port, udp }) {
            Ok(interrupts) => self.interrupts = Some(interrupts),
            Err(_) => return Ok(reply.u32(CHANNEL_NOT_ESTABLISHED)),
        }
        self.notify_links();
        Ok(reply.u32(0))
    }

    fn destroy_intr_chan(&mut self, reply: Encoder) -> Encoder {
        if self.interrupts.take().is_none() {
            return reply.u32(CHANNEL_NOT_ESTABLISHED);
        }
        self.notify_links();
        reply.u32(0)
    }

    fn notify_links(&self) {
        for link in self.links.values() {
            let notify = notify(self.interrupts.as_ref(), link);
            self.shared.device.set_notify(link.port(), notify);
        }
    }
}

/// How the device tells the client of a link's service requests, if it is to be told.
fn notify(interrupts: Option<&Interrupts>, link: &Link) -> Option<Notify> {
    let sender = interrupts?.sender();
    let handle = link.handle.clone()?;
    Some(Box::new(move |_| {
        let _ = sender.send(handle.clone());
    }))
}

/// Device_GenericParms (VXI-11 B.6.5).
struct Generic {
    link: i32,
    flags: u32,
    lock_timeout: u32,
}

impl Generic {
    fn decode(args: &mut Decoder<'_>) -> Result<Self, Refusal> {
        let (link, flags) = (need(args.i32())?, need(args.u32())?);
        let (lock_timeout, _io_timeout) = (need(args.u32())?, need(args.u32())?);
        Ok(Self { link, flags, lock_timeout })
    }
}
