#![forbid(unsafe_code)]
//! ONC RPC, the portmapper, and VXI-11.

use crate::status::VI_ERROR_IO;
use crate::status::VI_ERROR_NSUP_OPER;
use crate::wire::portmap;
use crate::wire::rpc;
use crate::wire::vxi11;
use crate::wire::xdr::Reader;
use crate::wire::xdr::UNIT;

/// A record that should be a reply, and the same bytes as results of each call.
pub(crate) fn replies(bytes: &[u8]) {
    let outcome = rpc::results(bytes);
    if let Some(xid) = rpc::xid(bytes)
        && rpc::is_plain_success(bytes, xid)
    {
        assert_eq!(outcome, Ok(&bytes[rpc::REPLY_HEADER..]), "both ways read the same");
        assert!(!rpc::is_plain_success(bytes, !xid));
    }
    match outcome {
        Ok(found) => {
            assert!(bytes.ends_with(found));
            results(found);
        }
        Err(error) => assert!([VI_ERROR_IO, VI_ERROR_NSUP_OPER].contains(&error.code)),
    }
    results(bytes);
    items(bytes);
}

/// Results of any call: no more is taken from them than they have.
fn results(bytes: &[u8]) {
    assert_ne!(portmap::port(bytes), Some(0));
    if let Ok(link) = vxi11::new_link(bytes) {
        assert!(link.max_recv > 0 && link.abort_port != Some(0) && bytes.len() >= 16);
    }
    for sent in [0, 1, 1000] {
        let (count, outcome) = vxi11::written(bytes, sent);
        assert!(count <= sent);
        assert!(outcome.is_err() || bytes.len() >= UNIT);
    }
    let (_, outcome) = vxi11::was_read(bytes);
    let so_far = vxi11::read_data_so_far(bytes);
    if outcome.is_ok()
        && let Ok(data) = vxi11::read_data(bytes)
    {
        assert_eq!(data, so_far, "data that are whole are those that are there");
    }
    assert!(so_far.len() <= bytes.len().saturating_sub(vxi11::READ_RESULTS));
    let done = vxi11::done(bytes);
    assert_eq!(vxi11::was_done(bytes), done);
    assert!(vxi11::status_byte(bytes).is_err() || done.is_ok());
    assert!(vxi11::bus_status(bytes).is_err() || done.is_ok());
    if vxi11::channel_created(bytes) == Ok(true) {
        assert_eq!(done, Ok(()));
    }
}

/// Items of XDR: each takes what it says, and one that is cut short takes nothing.
fn items(bytes: &[u8]) {
    let mut reader = Reader::new(bytes);
    while !reader.rest().is_empty() {
        let before = reader.rest();
        match reader.opaque() {
            Some(data) => {
                let used = before.len() - reader.rest().len();
                assert_eq!(data, &before[UNIT..UNIT + data.len()]);
                let whole = used == (UNIT + data.len()).next_multiple_of(UNIT);
                assert!(whole || reader.rest().is_empty());
            }
            None => {
                assert_eq!(reader.rest(), before);
                if reader.u32().is_none() {
                    break;
                }
            }
        }
    }
}

/// What comes on an interrupt connection: the same requests, however it is cut.
pub(crate) fn interrupts(bytes: &[u8]) {
    let handles = |size: usize| {
        let mut found = Vec::new();
        let mut requests = vxi11::ServiceRequests::default();
        let outcome = bytes
            .chunks(size)
            .try_for_each(|piece| requests.feed(piece, |handle| found.push(handle.to_vec())));
        (found, outcome)
    };
    let (whole, outcome) = handles(usize::MAX);
    let total: usize = whole.iter().map(Vec::len).sum();
    assert!(total <= bytes.len());
    for size in [1, 3, 88] {
        let (pieces, cut) = handles(size);
        if outcome.is_ok() && cut.is_ok() {
            assert_eq!(pieces, whole, "in pieces of {size}");
        } else {
            // Where noise is noticed depends on how much of it is there; what was before it not.
            let both = pieces.len().min(whole.len());
            assert_eq!(pieces[..both], whole[..both], "in pieces of {size}");
        }
    }
}
