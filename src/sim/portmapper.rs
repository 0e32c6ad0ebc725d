#![forbid(unsafe_code)]
//! The portmapper, version 2 (RFC 1833 chapter 3): where clients ask for the VXI-11 port.

use std::io;
use std::io::BufReader;
use std::net::IpAddr;
use std::net::UdpSocket;
use std::sync::Arc;

use crate::sim::bind;
use crate::sim::rpc;
use crate::sim::rpc::Call;
use crate::sim::rpc::NoCall;
use crate::sim::rpc::Refusal;
use crate::sim::rpc::read_record;
use crate::sim::rpc::send_record;
use crate::sim::server::Connection;
use crate::sim::server::Hub;
use crate::sim::told;
use crate::sim::vxi11::ABORT_PROGRAM;
use crate::sim::vxi11::CORE_PROGRAM;
use crate::sim::vxi11::VERSION as VXI11_VERSION;
use crate::sim::xdr::Encoder;

pub(super) const PORT: u16 = 111;
const PROGRAM: u32 = 100_000;
const VERSION: u32 = 2;

const NULL: u32 = 0;
const SET: u32 = 1;
const UNSET: u32 = 2;
const GET_PORT: u32 = 3;
const DUMP: u32 = 4;

/// The longest call that is answered, in bytes: all are short.
const LONGEST_CALL: usize = 4096;

/// What is registered: program, version, transport, port.
type Mapping = (u32, u32, u32, u16);

/// Serves port 111 of `address`, TCP and UDP.
pub(super) fn start(hub: &Arc<Hub>, address: IpAddr, core: u16, abort: u16) -> io::Result<()> {
    let (listener, _) = bind(address, PORT, "portmapper (TCP)")?;
    let socket =
        UdpSocket::bind((address, PORT)).map_err(|error| told("portmapper (UDP)", PORT, &error))?;
    let mappings: Arc<[Mapping]> = Arc::new([
        (PROGRAM, VERSION, rpc::TCP, PORT),
        (PROGRAM, VERSION, rpc::UDP, PORT),
        (CORE_PROGRAM, VXI11_VERSION, rpc::TCP, core),
        (ABORT_PROGRAM, VXI11_VERSION, rpc::TCP, abort),
    ]);
    let over_udp = Arc::clone(&mappings);
    hub.listen_udp("portmapper", socket, move |message| {
        answer(&over_udp, message).map(|reply| reply.bytes().to_vec())
    })?;
    hub.listen("portmapper", listener, move |connection| serve(&mappings, &connection))
}

fn serve(mappings: &[Mapping], connection: &Connection) {
    let mut reader = BufReader::new(&*connection.stream);
    let mut record = Vec::new();
    while let Ok(Some(length)) = read_record(&mut reader, &mut record, LONGEST_CALL) {
        let Some(reply) = answer(mappings, &record[..length]) else { return };
        if send_record(&connection.stream, &reply).is_err() {
            return;
        }
    }
}

/// The reply to a message, if it has one.
fn answer(mappings: &[Mapping], message: &[u8]) -> Option<Encoder> {
    match Call::decode(message) {
        Ok(call) => {
            let xid = call.xid;
            Some(carry_out(mappings, call).unwrap_or_else(|why| rpc::refusal(xid, why)))
        }
        Err(NoCall::OtherVersion(xid)) => Some(rpc::other_version(xid)),
        Err(NoCall::Noise) => None,
    }
}

fn carry_out(mappings: &[Mapping], mut call: Call<'_>) -> Result<Encoder, Refusal> {
    call.expect(PROGRAM, VERSION)?;
    let reply = rpc::success(call.xid);
    match call.procedure {
        NULL => Ok(reply),
        // Only the instrument's own programs are registered here.
        SET | UNSET => Ok(reply.u32(0)),
        GET_PORT => {
            let mut next = || call.args.u32().ok_or(Refusal::GarbageArguments);
            let wanted = (next()?, next()?, next()?);
            let _port = next()?;
            let found = mappings.iter().find(|(program, version, transport, _)| {
                (*program, *version, *transport) == wanted
            });
            Ok(reply.u32(found.map_or(0, |(.., port)| u32::from(*port))))
        }
        DUMP => {
            let entries =
                mappings.iter().fold(reply, |reply, (program, version, transport, port)| {
                    reply.u32(1).u32(*program).u32(*version).u32(*transport).u32(u32::from(*port))
                });
            Ok(entries.u32(0))
        }
        _ => Err(Refusal::ProcedureUnavailable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::xdr::Decoder;

    const MAPPINGS: &[Mapping] = &[(0x0607AF, 1, 6, 1234), (0x0607B0, 1, 6, 5678)];

    fn call(procedure: u32, args: &[u32]) -> Vec<u32> {
        let head = [9, 0, 2, 100_000, 2, procedure, 0, 0, 0, 0];
        let message: Vec<u8> =
            head.iter().chain(args).flat_map(|word| word.to_be_bytes()).collect();
        let reply = answer(MAPPINGS, &message).unwrap();
        let mut decoder = Decoder::new(reply.bytes());
        let words: Vec<u32> = std::iter::from_fn(|| decoder.u32()).collect();
        assert_eq!(words[..5], [9, 1, 0, 0, 0]);
        words[5..].to_vec()
    }

    #[test]
    fn ports_and_dump() {
        assert_eq!(call(0, &[]), [0]);
        assert_eq!(call(3, &[0x0607AF, 1, 6, 0]), [0, 1234]);
        // Registered for neither another version nor another transport.
        assert_eq!(call(3, &[0x0607AF, 2, 6, 0]), [0, 0]);
        assert_eq!(call(3, &[0x0607AF, 1, 17, 0]), [0, 0]);
        assert_eq!(call(4, &[]), [0, 1, 0x0607AF, 1, 6, 1234, 1, 0x0607B0, 1, 6, 5678, 0]);
        assert_eq!(call(3, &[0x0607AF]), [4]);
        assert_eq!(call(99, &[]), [3]);
    }
}
