#![forbid(unsafe_code)]
//! Telnet.

use crate::wire::telnet::Command;
use crate::wire::telnet::Decoder;
use crate::wire::telnet::put_about;
use crate::wire::telnet::put_data;
use crate::wire::telnet::put_negotiation;

/// The data in a stream, and its commands.
fn decoded<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<u8>, Vec<Command>) {
    let (mut data, mut commands) = (Vec::new(), Vec::new());
    let mut decoder = Decoder::default();
    for piece in pieces {
        decoder.decode(piece, &mut data, |command| commands.push(command));
    }
    (data, commands)
}

/// The same of a whole stream, read as RFC 854 and RFC 855 say it, from one IAC to the next.
fn by_definition(mut bytes: &[u8]) -> (Vec<u8>, Vec<Command>) {
    const IAC: u8 = 255;
    let (mut data, mut commands) = (Vec::new(), Vec::new());
    while let Some(at) = bytes.iter().position(|byte| *byte == IAC) {
        data.extend_from_slice(&bytes[..at]);
        bytes = match &bytes[at + 1..] {
            [IAC, rest @ ..] => {
                data.push(IAC);
                rest
            }
            [verb @ 251..=254, option, rest @ ..] => {
                commands.push(Command::Negotiate(*verb, *option));
                rest
            }
            [250, message @ ..] => {
                let mut about = Vec::new();
                let mut rest = message;
                loop {
                    rest = match rest {
                        [IAC, IAC, rest @ ..] => {
                            about.push(IAC);
                            rest
                        }
                        [IAC, 240, rest @ ..] => {
                            // What is kept of a message is bounded.
                            about.truncate(256);
                            commands.push(Command::About(about));
                            break rest;
                        }
                        // Broken off.
                        [IAC, _, rest @ ..] => break rest,
                        [] | [IAC] => return (data, commands),
                        [byte, rest @ ..] => {
                            about.push(*byte);
                            rest
                        }
                    };
                }
            }
            [_, rest @ ..] if !matches!(bytes[at + 1], 251..=254) => rest,
            _ => return (data, commands),
        };
    }
    data.extend_from_slice(bytes);
    (data, commands)
}

/// A stream gives the same however it is cut, and what it gave, sent again, gives itself.
pub(crate) fn streams(bytes: &[u8]) {
    let whole = decoded(std::iter::once(bytes));
    for size in [1, 2, 5] {
        assert_eq!(decoded(bytes.chunks(size)), whole, "in pieces of {size}");
    }
    assert_eq!(whole, by_definition(bytes));
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
