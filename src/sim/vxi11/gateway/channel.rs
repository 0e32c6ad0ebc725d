#![forbid(unsafe_code)]
//! The core channel of a gateway: one connection and its links.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use crate::sim::gpib::Until;
use crate::sim::rpc;
use crate::sim::rpc::Call;
use crate::sim::rpc::NoCall;
use crate::sim::rpc::Refusal;
use crate::sim::rpc::read_record;
use crate::sim::rpc::send_record;
use crate::sim::server::Connection;
use crate::sim::server::lock;
use crate::sim::vxi11::CHANNEL_ESTABLISHED;
use crate::sim::vxi11::CHANNEL_NOT_ESTABLISHED;
use crate::sim::vxi11::CORE_PROGRAM;
use crate::sim::vxi11::DEVICE_NOT_ACCESSIBLE;
use crate::sim::vxi11::END;
use crate::sim::vxi11::ErrorCode;
use crate::sim::vxi11::INTERRUPT_PROGRAM;
use crate::sim::vxi11::INVALID_LINK;
use crate::sim::vxi11::PARAMETER_ERROR;
use crate::sim::vxi11::TERM_CHAR_SET;
use crate::sim::vxi11::VERSION;
use crate::sim::vxi11::WAIT_LOCK;
use crate::sim::vxi11::gateway::Shared;
use crate::sim::vxi11::gateway::docmd::Command;
use crate::sim::vxi11::gateway::link::Link;
use crate::sim::vxi11::gateway::link::parse;
use crate::sim::vxi11::interrupt::Address;
use crate::sim::vxi11::interrupt::Interrupts;
use crate::sim::xdr::Decoder;
use crate::sim::xdr::Encoder;

/// What a call may need besides the data of a device_write, in bytes.
const OVERHEAD: usize = 4096;

/// How long a look for a device may take.
const LOOK: Duration = Duration::from_secs(1);

struct Channel {
    shared: Arc<Shared>,
    links: BTreeMap<i32, Link>,
    interrupts: Option<Interrupts>,
}

/// Serves one connection until its end; its links end with it.
pub(super) fn serve(shared: &Arc<Shared>, connection: &Connection) {
    let mut channel =
        Channel { shared: Arc::clone(shared), links: BTreeMap::new(), interrupts: None };
    let mut reader = BufReader::with_capacity(64 << 10, &*connection.stream);
    let mut record = Vec::new();
    let limit = shared.max_receive as usize + OVERHEAD;
    while let Ok(Some(length)) = read_record(&mut reader, &mut record, limit) {
        let reply = match Call::decode(&record[..length]) {
            Ok(call) => {
                let xid = call.xid;
                channel.carry_out(call).unwrap_or_else(|why| rpc::refusal(xid, why))
            }
            Err(NoCall::OtherVersion(xid)) => rpc::other_version(xid),
            Err(NoCall::Noise) => return,
        };
        if send_record(&connection.stream, &reply).is_err() {
            return;
        }
    }
}

fn need<T>(argument: Option<T>) -> Result<T, Refusal> {
    argument.ok_or(Refusal::GarbageArguments)
}

fn ms(argument: Option<u32>) -> Result<Duration, Refusal> {
    need(argument).map(|ms| Duration::from_millis(ms.into()))
}

fn plain(reply: Encoder, result: Result<(), ErrorCode>) -> Encoder {
    reply.u32(result.err().unwrap_or(0))
}

impl Channel {
    fn carry_out(&mut self, mut call: Call<'_>) -> Result<Encoder, Refusal> {
        call.expect(CORE_PROGRAM, VERSION)?;
        let reply = rpc::success(call.xid);
        let args = &mut call.args;
        Ok(match call.procedure {
            0 => reply,
            10 => self.create_link(args, reply)?,
            11 => self.write(args, reply)?,
            12 => self.read(args, reply)?,
            13 => match self.generic(args, Link::status_byte)? {
                Ok(byte) => reply.u32(0).u32(byte.into()),
                Err(error) => reply.u32(error).u32(0),
            },
            14 => plain(reply, self.generic(args, Link::trigger)?),
            15 => plain(reply, self.generic(args, Link::clear)?),
            16 => plain(reply, self.generic(args, |link, time| link.remote(true, time))?),
            17 => plain(reply, self.generic(args, |link, time| link.remote(false, time))?),
            18 => {
                let (link, flags, time) = (need(args.i32())?, need(args.u32())?, ms(args.u32())?);
                let link = self.links.get(&link).ok_or(INVALID_LINK);
                plain(reply, link.and_then(|link| link.lock(flags, time)))
            }
            19 => {
                let link = self.links.get(&need(args.i32())?).ok_or(INVALID_LINK);
                plain(reply, link.and_then(Link::unlock))
            }
            20 => self.enable_srq(args, reply)?,
            22 => self.docmd(args, reply)?,
            23 => {
                let removed = self.links.remove(&need(args.i32())?);
                plain(reply, removed.map(drop).ok_or(INVALID_LINK))
            }
            25 => self.create_intr_chan(args, reply)?,
            26 => {
                for link in self.links.values() {
                    *lock(&link.enabled.sender) = None;
                }
                plain(reply, self.interrupts.take().map(drop).ok_or(CHANNEL_NOT_ESTABLISHED))
            }
            _ => return Err(Refusal::ProcedureUnavailable),
        })
    }

    fn create_link(&mut self, args: &mut Decoder<'_>, reply: Encoder) -> Result<Encoder, Refusal> {
        let _client = need(args.i32())?;
        let (locks, lock_timeout) = (need(args.bool())?, ms(args.u32())?);
        let name = need(args.opaque())?;
        let made = self.new_link(name, locks.then_some(lock_timeout));
        Ok(match made {
            Ok(number) => reply
                .u32(0)
                .i32(number)
                .u32(self.shared.abort_port.into())
                .u32(self.shared.max_receive),
            Err(error) => reply.u32(error).u32(0).u32(0).u32(0),
        })
    }

    fn new_link(&mut self, name: &[u8], lock: Option<Duration>) -> Result<i32, ErrorCode> {
        let device = parse(name).ok_or(DEVICE_NOT_ACCESSIBLE)?;
        let link = Link::new(&self.shared, device);
        if let (true, Some(device)) = (self.shared.looks, device) {
            let listens = link.work(LOOK, |board, _| {
                Ok(board.listener_at(device, &Until::within(LOOK)).unwrap_or(false))
            });
            if listens != Ok(true) {
                return Err(DEVICE_NOT_ACCESSIBLE);
            }
        }
        if let Some(timeout) = lock {
            link.lock(WAIT_LOCK, timeout)?;
        }
        *crate::sim::server::lock(&link.enabled.sender) =
            self.interrupts.as_ref().map(Interrupts::sender);
        let number = link.number();
        self.links.insert(number, link);
        Ok(number)
    }

    fn permitted(&self, link: i32, flags: u32, time: Duration) -> Result<&Link, ErrorCode> {
        let link = self.links.get(&link).ok_or(INVALID_LINK)?;
        link.permit(flags, time)?;
        Ok(link)
    }

    fn write(&mut self, args: &mut Decoder<'_>, reply: Encoder) -> Result<Encoder, Refusal> {
        let (link, io_timeout, lock_timeout) =
            (need(args.i32())?, ms(args.u32())?, ms(args.u32())?);
        let (flags, data) = (need(args.u32())?, need(args.opaque())?);
        Ok(match self.permitted(link, flags, lock_timeout) {
            Ok(_) if data.len() > self.shared.max_receive as usize => {
                reply.u32(PARAMETER_ERROR).u32(0)
            }
            Ok(link) => {
                let (count, done) = link.write(data, flags & END != 0, io_timeout);
                plain(reply, done).u32(count as u32)
            }
            Err(error) => reply.u32(error).u32(0),
        })
    }

    fn read(&mut self, args: &mut Decoder<'_>, reply: Encoder) -> Result<Encoder, Refusal> {
        let (link, size) = (need(args.i32())?, need(args.u32())?);
        let (io_timeout, lock_timeout) = (ms(args.u32())?, ms(args.u32())?);
        let (flags, character) = (need(args.u32())?, need(args.u32())? as u8);
        let term_char = (flags & TERM_CHAR_SET != 0).then_some(character);
        Ok(match self.permitted(link, flags, lock_timeout) {
            Ok(link) => match link.read(size as usize, term_char, io_timeout) {
                (data, Ok(reason)) => reply.u32(0).u32(reason).opaque(&data),
                (data, Err(error)) => reply.u32(error).u32(0).opaque(&data),
            },
            Err(error) => reply.u32(error).u32(0).opaque(&[]),
        })
    }

    /// A procedure with generic parameters (VXI-11 B.6.5).
    fn generic<T>(
        &mut self,
        args: &mut Decoder<'_>,
        work: impl FnOnce(&Link, Duration) -> Result<T, ErrorCode>,
    ) -> Result<Result<T, ErrorCode>, Refusal> {
        let (link, flags) = (need(args.i32())?, need(args.u32())?);
        let (lock_timeout, io_timeout) = (ms(args.u32())?, ms(args.u32())?);
        let link = self.permitted(link, flags, lock_timeout);
        Ok(link.and_then(|link| work(link, io_timeout)))
    }

    fn docmd(&mut self, args: &mut Decoder<'_>, reply: Encoder) -> Result<Encoder, Refusal> {
        let (link, flags) = (need(args.i32())?, need(args.u32())?);
        let (io_timeout, lock_timeout) = (ms(args.u32())?, ms(args.u32())?);
        let (number, network_order) = (need(args.i32())?, need(args.bool())?);
        let (size, data) = (need(args.i32())?, need(args.opaque())?);
        let command = Command { number, network_order, size, data };
        let link = self.permitted(link, flags, lock_timeout);
        Ok(match link.and_then(|link| link.docmd(&command, io_timeout)) {
            Ok(answer) => reply.u32(0).opaque(&answer),
            Err(error) => reply.u32(error).opaque(&[]),
        })
    }

    fn enable_srq(&mut self, args: &mut Decoder<'_>, reply: Encoder) -> Result<Encoder, Refusal> {
        let (link, enable) = (need(args.i32())?, need(args.bool())?);
        let handle = need(args.opaque())?;
        let link = self.links.get(&link).ok_or(INVALID_LINK);
        Ok(plain(
            reply,
            link.map(|link| *lock(&link.enabled.handle) = enable.then(|| handle.to_vec())),
        ))
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
        let error = match (u16::try_from(port), &self.interrupts) {
            _ if program != (INTERRUPT_PROGRAM, VERSION) => PARAMETER_ERROR,
            (Err(_), _) => PARAMETER_ERROR,
            (_, Some(_)) => CHANNEL_ESTABLISHED,
            (Ok(port), None) => {
                match Interrupts::open(&self.shared.hub, Address { host, port, udp }) {
                    Ok(interrupts) => {
                        for link in self.links.values() {
                            *lock(&link.enabled.sender) = Some(interrupts.sender());
                        }
                        self.interrupts = Some(interrupts);
                        0
                    }
                    Err(_) => CHANNEL_NOT_ESTABLISHED,
                }
            }
        };
        Ok(reply.u32(error))
    }
}
