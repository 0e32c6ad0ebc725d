#![forbid(unsafe_code)]
//! What must hold for a client, whatever its server says.

use std::io::Read;
use std::io::Write;
use std::net::Shutdown;

use super::peer::POLITE;
use super::peer::session;
use crate::iface::Stop;
use crate::status::VI_ERROR_CONN_LOST;

/// Stands between what comes on the synchronous channel and what comes on the other.
const BETWEEN: &[u8] = b"----";

/// The server says this on its two channels, and hangs up: every call ends, gives no more than there
/// was room for and came, and the last of them says that the connection is lost.
pub(crate) fn server(bytes: &[u8]) {
    let at = bytes.windows(BETWEEN.len()).position(|window| window == BETWEEN);
    let (sync, asynchronous) = match at {
        Some(at) => (&bytes[..at], &bytes[at + BETWEEN.len()..]),
        None => (bytes, &b""[..]),
    };
    let (sync, asynchronous) = (sync.to_vec(), asynchronous.to_vec());
    let came = sync.len();
    session(POLITE, move |mut peer| {
        // The client may hang up on any of it.
        let _ = peer.asynchronous.0.write_all(&asynchronous);
        let _ = peer.sync.0.write_all(&sync);
        let _ = peer.asynchronous.0.shutdown(Shutdown::Write);
        let _ = peer.sync.0.shutdown(Shutdown::Write);
        while matches!(peer.sync.0.read(&mut [0; 512]), Ok(1..)) {}
    })
    .run(|session| {
        session.link.write(b"?", &session.calm());
        let mut total = 0;
        for round in 0.. {
            assert!(round < 100 + came, "the server has closed");
            let _ = session.link.read_stb(&session.calm());
            let mut call = session.calm();
            call.term_char = (round % 2 == 0).then_some(b'\n');
            let (data, outcome) = session.read_with(16, &call);
            match outcome {
                Ok(Stop::Count) => assert_eq!(data.len(), 16),
                Ok(Stop::TermChar) => assert_eq!(data.last(), Some(&b'\n')),
                Ok(Stop::End) => {}
                Err(error) if error.code == VI_ERROR_CONN_LOST => break,
                Err(_) => {}
            }
            total += data.len();
            assert!(total <= came, "nothing is read that did not come");
        }
    });
}
