#![forbid(unsafe_code)]
//! The driver over a Unix socket, for processes on this machine that have no `/dev/gpibN`.
//!
//! A connection begins with a number of 32 bits; all numbers are little-endian.
//!
//! | begins with | then comes | answer |
//! |---|---|---|
//! | 1 | nothing | the file's number (64 bits); the file is open as long as the connection |
//! | 2 | file (64), thread, call, and the lengths of structure and buffer; both | result, both lengths; both |
//!
//! Calls may follow each other on one connection. Whatever comes during a call that may wait, and the
//! end of the connection, interrupts it; it is the last one there.

use std::io;
use std::io::Read;
use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use visa::sim::gpib::Abort;

use crate::gpib::driver::Caller;
use crate::gpib::driver::Driver;
use crate::gpib::ioctl;
use crate::gpib::ioctl::Answer;

const OPEN: u32 = 1;
const CALL: u32 = 2;

/// The most that one call may bring, in bytes.
const MOST: usize = 512 << 20;

/// Serves one connection to its end.
pub fn serve(driver: &Driver, connection: &UnixStream) -> io::Result<()> {
    match number(connection)? {
        OPEN => {
            let file = driver.open();
            let told = (&*connection).write_all(&file.to_le_bytes());
            // Nothing comes but the end.
            let _ = io::copy(&mut &*connection, &mut io::sink());
            driver.close(file);
            told
        }
        CALL => {
            while call(driver, connection)? && number(connection)? == CALL {}
            Ok(())
        }
        other => Err(io::Error::other(format!("a connection that begins with {other}"))),
    }
}

/// Whether there may be another one.
fn call(driver: &Driver, mut connection: &UnixStream) -> io::Result<bool> {
    let low = number(connection)?;
    let high = number(connection)?;
    let file = u64::from(low) | u64::from(high) << 32;
    let caller = Caller { file, thread: number(connection)?, root: true };
    let command = number(connection)?;
    let (argument, data) = (number(connection)? as usize, number(connection)? as usize);
    let argument = bytes(connection, argument)?;
    let data = bytes(connection, data)?;
    let run = |abort: &Abort| ioctl::carry_out(driver, caller, command, &argument, &data, abort);
    let may_wait = ioctl::may_wait(command, &argument);
    let abort = Abort::default();
    let answer = if may_wait { watched(driver, connection, &abort, run) } else { run(&abort) };
    let mut message = answer.result.to_le_bytes().to_vec();
    message.extend((answer.argument.len() as u32).to_le_bytes());
    message.extend((answer.data.len() as u32).to_le_bytes());
    message.extend(answer.argument);
    message.extend(answer.data);
    connection.write_all(&message)?;
    Ok(!may_wait)
}

fn watched(
    driver: &Driver,
    connection: &UnixStream,
    abort: &Abort,
    run: impl FnOnce(&Abort) -> Answer,
) -> Answer {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // An error is the end as well.
            let _ = (&*connection).read(&mut [0]);
            abort.abort(driver.board.bus());
        });
        let answer = run(abort);
        // Wakes the other thread, if the client has not.
        let _ = connection.shutdown(Shutdown::Read);
        answer
    })
}

fn number(mut from: &UnixStream) -> io::Result<u32> {
    let mut four = [0; 4];
    from.read_exact(&mut four)?;
    Ok(u32::from_le_bytes(four))
}

fn bytes(mut from: &UnixStream, count: usize) -> io::Result<Vec<u8>> {
    if count > MOST {
        return Err(io::Error::other(format!("{count} bytes in one call")));
    }
    let mut bytes = vec![0; count];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}
