#![forbid(unsafe_code)]
//! What must hold for a client, whatever its server says.

use std::io::Read;
use std::io::Write;
use std::net::Shutdown;

use super::peer::Client;
use super::peer::LONG;
use super::peer::Peer;
use crate::iface::Stop;
use crate::status::VI_ERROR_CONN_LOST;

/// The server makes a link, says this, and hangs up: every call ends, gives no more than there was
/// room for and came, and the last of them says that the connection is lost. Its calls have the
/// numbers 2, 3 and so on.
pub(crate) fn server(bytes: &[u8]) {
    let (said, came) = (bytes.to_vec(), bytes.len());
    let peer = Peer::linked(move |connection| {
        let stream = connection.stream();
        // The client may hang up on any of it.
        let _ = stream.write_all(&said);
        let _ = stream.shutdown(Shutdown::Write);
        while matches!(stream.read(&mut [0; 512]), Ok(1..)) {}
    });
    let client = Client::open(peer.port);
    let mut total = 0;
    for round in 0.. {
        assert!(round < 100 + came, "the server has closed");
        let outcome = match round % 4 {
            0 => {
                let transfer = client.write(b"?\n");
                assert!(transfer.count <= 2 && (transfer.outcome.is_err() || transfer.count == 2));
                transfer.outcome
            }
            1 | 2 => {
                let mut call = client.call(LONG);
                call.term_char = (round % 4 == 2).then_some(b'\n');
                let (data, outcome) = client.read_with(16, &call);
                match outcome {
                    Ok(Stop::Count) => assert_eq!(data.len(), 16),
                    Ok(Stop::TermChar) => assert_eq!(data.last(), Some(&b'\n')),
                    Ok(Stop::End) | Err(_) => {}
                }
                total += data.len();
                outcome.map(drop)
            }
            _ => client.link.read_stb(&client.call(LONG)).map(drop),
        };
        assert!(total <= came, "nothing is read that did not come");
        if outcome.is_err_and(|error| error.code == VI_ERROR_CONN_LOST) {
            break;
        }
    }
    drop(client);
    peer.join();
}
