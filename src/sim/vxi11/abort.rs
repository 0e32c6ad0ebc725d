#![forbid(unsafe_code)]
//! The abort channel: device_abort, on a connection of its own since the core channel is busy
//! with the call that is to be aborted (VXI-11 B.4.3).

use std::io::BufReader;

use crate::sim::rpc;
use crate::sim::rpc::Call;
use crate::sim::rpc::NoCall;
use crate::sim::rpc::Refusal;
use crate::sim::rpc::read_record;
use crate::sim::rpc::send_record;
use crate::sim::server::Connection;
use crate::sim::vxi11::ABORT_PROGRAM;
use crate::sim::vxi11::INVALID_LINK;
use crate::sim::vxi11::Shared;
use crate::sim::vxi11::VERSION;
use crate::sim::xdr::Encoder;

const NULL: u32 = 0;
const DEVICE_ABORT: u32 = 1;

/// The longest call that is answered, in bytes.
const LONGEST_CALL: usize = 4096;

/// Serves one connection until its end.
pub(super) fn serve(shared: &Shared, connection: &Connection) {
    let mut reader = BufReader::new(&*connection.stream);
    let mut record = Vec::new();
    while let Ok(Some(length)) = read_record(&mut reader, &mut record, LONGEST_CALL) {
        let reply = match Call::decode(&record[..length]) {
            Ok(call) => {
                let xid = call.xid;
                carry_out(shared, call).unwrap_or_else(|why| rpc::refusal(xid, why))
            }
            Err(NoCall::OtherVersion(xid)) => rpc::other_version(xid),
            Err(NoCall::Noise) => return,
        };
        if send_record(&connection.stream, &reply).is_err() {
            return;
        }
    }
}

fn carry_out(shared: &Shared, mut call: Call<'_>) -> Result<Encoder, Refusal> {
    call.expect(ABORT_PROGRAM, VERSION)?;
    let reply = rpc::success(call.xid);
    match call.procedure {
        NULL => Ok(reply),
        DEVICE_ABORT => {
            let link = call.args.i32().ok_or(Refusal::GarbageArguments)?;
            Ok(reply.u32(if shared.abort(link) { 0 } else { INVALID_LINK }))
        }
        _ => Err(Refusal::ProcedureUnavailable),
    }
}
