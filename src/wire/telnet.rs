#![forbid(unsafe_code)]
//! Telnet (RFC 854, RFC 855): data with commands between.

/// Interpret as command.
pub const IAC: u8 = 255;
/// The receiver shall not use an option.
pub const DONT: u8 = 254;
/// The receiver shall use an option.
pub const DO: u8 = 253;
/// The sender does not use an option.
pub const WONT: u8 = 252;
/// The sender uses an option.
pub const WILL: u8 = 251;
/// What follows is about an option, up to [`SE`].
const SB: u8 = 250;
const SE: u8 = 240;

/// All 256 bytes are data (RFC 856).
pub const BINARY: u8 = 0;
/// The receiver echoes (RFC 857).
pub const ECHO: u8 = 1;
/// No go-aheads (RFC 858).
pub const SUPPRESS_GO_AHEAD: u8 = 3;
/// Serial ports (RFC 2217).
pub const COM_PORT: u8 = 44;

/// The longest message about an option that is kept; what is beyond is dropped.
const LONGEST: usize = 256;

/// Something that is no data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// WILL, WONT, DO or DONT, and the option.
    Negotiate(u8, u8),
    /// A message about an option, which is its first byte.
    About(Vec<u8>),
}

/// Separates data from commands, however they are cut.
#[derive(Debug, Default)]
pub struct Decoder {
    state: State,
    about: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Data,
    Iac,
    Negotiate(u8),
    About,
    AboutIac,
}

impl Decoder {
    /// Appends the data in `bytes` to `data`, and gives the commands to `command` in their order.
    pub fn decode(&mut self, bytes: &[u8], data: &mut Vec<u8>, mut command: impl FnMut(Command)) {
        for &byte in bytes {
            self.state = match (self.state, byte) {
                (State::Data, IAC) => State::Iac,
                (State::Data, _) => {
                    data.push(byte);
                    State::Data
                }
                (State::Iac, IAC) => {
                    data.push(IAC);
                    State::Data
                }
                (State::Iac, WILL | WONT | DO | DONT) => State::Negotiate(byte),
                (State::Iac, SB) => {
                    self.about.clear();
                    State::About
                }
                // Others are for terminals.
                (State::Iac, _) => State::Data,
                (State::Negotiate(verb), option) => {
                    command(Command::Negotiate(verb, option));
                    State::Data
                }
                (State::About, IAC) => State::AboutIac,
                (State::AboutIac, SE) => {
                    command(Command::About(std::mem::take(&mut self.about)));
                    State::Data
                }
                (State::About, _) | (State::AboutIac, IAC) => {
                    if self.about.len() < LONGEST {
                        self.about.push(byte);
                    }
                    State::About
                }
                // A message that is broken off.
                (State::AboutIac, _) => State::Data,
            };
        }
    }
}

/// Appends data to `out`.
pub fn put_data(out: &mut Vec<u8>, data: &[u8]) {
    for &byte in data {
        out.push(byte);
        if byte == IAC {
            out.push(IAC);
        }
    }
}

/// Appends WILL, WONT, DO or DONT and an option to `out`.
pub fn put_negotiation(out: &mut Vec<u8>, verb: u8, option: u8) {
    out.extend([IAC, verb, option]);
}

/// Appends a message about an option to `out`.
pub fn put_about(out: &mut Vec<u8>, option: u8, message: &[u8]) {
    out.extend([IAC, SB, option]);
    put_data(out, message);
    out.extend([IAC, SE]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(pieces: &[&[u8]]) -> (Vec<u8>, Vec<Command>) {
        let (mut data, mut commands) = (Vec::new(), Vec::new());
        let mut decoder = Decoder::default();
        for piece in pieces {
            decoder.decode(piece, &mut data, |command| commands.push(command));
        }
        (data, commands)
    }

    #[test]
    fn commands_and_data_are_told_apart_however_they_are_cut() {
        let stream = b"a\xFF\xFB\x2Cb\xFF\xFFc\xFF\xFA\x2C\x65\xFF\xFF\x01\xFF\xF0d\xFF\xF1e";
        let whole = decoded(&[stream]);
        let commands =
            [Command::Negotiate(WILL, COM_PORT), Command::About(vec![COM_PORT, 0x65, 0xFF, 0x01])];
        assert_eq!(whole, (b"ab\xFFcde".to_vec(), commands.to_vec()));
        for cut in 0..stream.len() {
            assert_eq!(decoded(&[&stream[..cut], &stream[cut..]]), whole, "cut at {cut}");
        }
    }

    #[test]
    fn what_is_put_is_what_is_decoded() {
        let mut out = Vec::new();
        let all: Vec<u8> = (0..=255).collect();
        put_data(&mut out, &all);
        put_about(&mut out, COM_PORT, &[1, 0, 0, 0xFF, 0xFF]);
        put_negotiation(&mut out, DONT, ECHO);
        let commands =
            [Command::About(vec![COM_PORT, 1, 0, 0, 0xFF, 0xFF]), Command::Negotiate(DONT, ECHO)];
        assert_eq!(decoded(&[&out]), (all, commands.to_vec()));
    }

    /// Whatever a peer sends, no more comes out than went in.
    #[test]
    fn any_stream_is_survived() {
        let mut decoder = Decoder::default();
        for mut bytes in crate::wire::noise() {
            // Commands among it, and the marks of messages.
            let commands = [IAC, SB, SE, WILL, COM_PORT];
            for (i, byte) in bytes.iter_mut().enumerate().filter(|(i, _)| i % 3 == 0) {
                *byte = commands[(i + usize::from(*byte)) % commands.len()];
            }
            let (mut data, mut heard) = (Vec::new(), 0);
            decoder.decode(&bytes, &mut data, |command| {
                heard += 1;
                if let Command::About(about) = command {
                    assert!(about.len() <= LONGEST);
                }
            });
            assert!(data.len() + heard <= bytes.len());
        }
    }

    #[test]
    fn no_stream_takes_more_memory_than_it_has_data() {
        let mut endless = b"\xFF\xFA\x2C".to_vec();
        endless.resize(100_000, 7);
        endless.extend(b"\xFF\xF0");
        let (data, commands) = decoded(&[&endless]);
        assert_eq!((data.len(), commands.len()), (0, 1));
        assert!(matches!(&commands[0], Command::About(about) if about.len() == LONGEST));
    }
}
