#![forbid(unsafe_code)]
//! Telnet.

use crate::wire::telnet::Command;
use crate::wire::telnet::Decoder;
use crate::wire::telnet::put_about;
use crate::wire::telnet::put_data;
use crate::wire::telnet::put_negotiation;

/// The data in a stream, and its commands with the place among the data where each stands.
fn decoded<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<u8>, Vec<Command>) {
    let (mut data, mut commands) = (Vec::new(), Vec::new());
    let mut decoder = Decoder::default();
    for piece in pieces {
        decoder.decode(piece, &mut data, |command| commands.push(command));
    }
    (data, commands)
}

/// A stream gives the same however it is cut, and what it gave, sent again, gives itself.
pub(crate) fn streams(bytes: &[u8]) {
    let whole = decoded(std::iter::once(bytes));
    for size in [1, 2, 5] {
        assert_eq!(decoded(bytes.chunks(size)), whole, "in pieces of {size}");
    }
    let (data, commands) = &whole;
    assert!(data.len() + commands.len() <= bytes.len());
    let mut again = Vec::new();
    put_data(&mut again, data);
    for command in commands {
        match command {
            Command::Negotiate(verb, option) => put_negotiation(&mut again, *verb, *option),
            Command::About(about) => match about.split_first() {
                Some((option, message)) => put_about(&mut again, *option, message),
                None => again.extend(b"\xFF\xFA\xFF\xF0"),
            },
        }
    }
    if commands
        .iter()
        .any(|command| matches!(command, Command::About(about) if about.first() == Some(&255)))
    {
        // No option has the number 255, which would have to be doubled.
        return;
    }
    assert_eq!(decoded(std::iter::once(&again[..])), whole, "sent again");
    let mut plain = Vec::new();
    put_data(&mut plain, bytes);
    assert_eq!(decoded(std::iter::once(&plain[..])), (bytes.to_vec(), vec![]), "all are data");
}
