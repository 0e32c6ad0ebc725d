#![forbid(unsafe_code)]
//! Random streams against a model, and random bytes against nothing but survival. The numbers
//! come from a fixed seed, so a failure repeats.

use super::peer::{DATA, DATA_END, Manners, POLITE, bytes, session};
use crate::iface::Stop;
use crate::status::VI_ERROR_CONN_LOST;

/// Knuth's MMIX generator; its upper bits are good enough to pick test cases.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % sides
    }

    fn pick(&mut self, of: &[usize]) -> usize {
        of[self.roll(of.len())]
    }

    /// From 1 to one of `of`.
    fn size(&mut self, of: &[usize]) -> usize {
        let most = self.pick(of);
        1 + self.roll(most)
    }
}

/// What a read of `most` bytes has to give by rules 6.1.1 to 6.1.3, where `message` is what is
/// left of the present response. Takes it off.
fn model(message: &mut &[u8], most: usize, term_char: Option<u8>) -> (Vec<u8>, Stop) {
    let room = &message[..most.min(message.len())];
    let hit = term_char.and_then(|wanted| room.iter().position(|byte| *byte == wanted));
    let count = hit.map_or(room.len(), |at| at + 1);
    let data = message[..count].to_vec();
    *message = &message[count..];
    let stop = match hit {
        _ if message.is_empty() => Stop::End,
        Some(_) => Stop::TermChar,
        None => Stop::Count,
    };
    (data, stop)
}

#[test]
fn random_streams_read_as_the_rules_say() {
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let messages: Vec<Vec<u8>> = (0..10)
            .map(|_| {
                let length = dice.size(&[1, 3, 40, 1000, 70_000]);
                (0..length).map(|_| dice.roll(20) as u8).collect()
            })
            .collect();
        let mut wire = Vec::new();
        for message in &messages {
            // The last part has payload: END then goes with the last byte, as in the model.
            let mut rest = &message[..];
            while rest.len() > 1 && dice.roll(3) > 0 {
                let (part, more) = rest.split_at(dice.roll(rest.len()));
                wire.extend(bytes(DATA, 0, 5, part));
                rest = more;
            }
            wire.extend(bytes(DATA_END, 0, 5, rest));
        }
        let mut pieces = Dice(seed + 1000);
        session(Manners { features: 1, ..POLITE }, move |mut peer| {
            let mut rest = &wire[..];
            while !rest.is_empty() {
                let size = pieces.size(&[5, 100, 100_000]);
                let (piece, more) = rest.split_at(size.min(rest.len()));
                peer.sync.raw(piece);
                rest = more;
            }
            assert!(peer.sync.ends());
        })
        .run(|session| {
            for message in &messages {
                let mut rest = &message[..];
                while !rest.is_empty() {
                    let most = dice.size(&[2, 50, 5000, 200_000]);
                    let mut call = session.calm();
                    call.term_char = (dice.roll(2) == 0).then_some(7);
                    let (data, stop) = model(&mut rest, most, call.term_char);
                    let got = session.read_with(most, &call);
                    assert!(got == (data, Ok(stop)), "seed {seed}, {most} bytes, {:?}", got.1);
                }
            }
        });
    }
}

#[test]
fn random_bytes_never_do_more_than_end_the_session() {
    for seed in 0..200 {
        let mut dice = Dice(seed);
        // Mostly plausible headers with random fields, and some noise.
        let mut wire = Vec::new();
        for _ in 0..40 {
            let payload: Vec<u8> = (0..dice.roll(40)).map(|_| dice.roll(256) as u8).collect();
            let id = 0xFFFF_FF00_u32.wrapping_add(dice.roll(3) as u32);
            // FatalError would end it too soon.
            let number = [6, 7, 3, 9, 13, 14, 20, 22, 23, 99, 255][dice.roll(11)];
            wire.extend(bytes(number, dice.roll(256) as u8, id, &payload));
        }
        for _ in 0..dice.roll(3) {
            let at = dice.roll(wire.len());
            wire[at] = dice.roll(256) as u8;
        }
        session(POLITE, move |mut peer| {
            use std::io::Write;
            // The client may hang up on any of it.
            let _ = peer.sync.0.write_all(&wire);
            let _ = peer.asynchronous.0.write_all(&wire);
            let _ = peer.sync.0.shutdown(std::net::Shutdown::Write);
            while matches!(std::io::Read::read(&mut peer.sync.0, &mut [0; 512]), Ok(1..)) {}
        })
        .run(|session| {
            session.link.write(b"?", &session.calm());
            let mut ended = false;
            for _ in 0..200 {
                // Whatever the answers are: all are statuses, none is a panic or a hang.
                let _ = session.link.read_stb(&session.call(0));
                let (_, outcome) = session.read_with(16, &session.calm());
                ended |= outcome.is_err_and(|error| error.code == VI_ERROR_CONN_LOST);
            }
            assert!(ended, "seed {seed}: the server has closed");
        });
    }
}
