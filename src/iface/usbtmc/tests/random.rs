#![forbid(unsafe_code)]
//! Instruments that do anything: whatever comes, every call ends, counts no more than it was given
//! room for, and the library stays in order with itself.
//!
//! For longer than the tests run: `FERROVISA_FUZZ_SECONDS=600 cargo test --release --lib
//! usbtmc:: -- --ignored`. `FERROVISA_FUZZ_SEED` starts at the seed that a failure has told.

use std::env;
use std::time::Duration;
use std::time::Instant;

use super::*;
use crate::iface::RenMode;
use crate::status::{
    VI_ERROR_CONN_LOST, VI_ERROR_INP_PROT_VIOL, VI_ERROR_IO, VI_ERROR_NSUP_OPER, VI_ERROR_TMO,
};

/// xorshift64*.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        // Neighbouring seeds shall not give neighbouring numbers, and 0 would stay 0.
        Self((seed ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9) | 1)
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) % sides as u64) as usize
    }

    /// Something like a transfer that answers the request with this tag.
    fn transfer(&mut self, tag: u8) -> Vec<u8> {
        let most = [4, 60, 70, 500, 9000][self.roll(5)];
        let data: Vec<u8> = (0..self.roll(most)).map(|i| (i % 13) as u8).collect();
        let tag = if self.roll(4) == 0 { self.roll(256) as u8 } else { tag };
        let mut bytes = answer(tag, &data, self.roll(2) == 0);
        for _ in 0..[0, 0, 0, 1, 2][self.roll(5)] {
            let place = self.roll(12);
            bytes[place] = self.roll(256) as u8;
        }
        match self.roll(8) {
            0 => bytes.truncate(self.roll(20)),
            1 => bytes.resize(bytes.len() + self.roll(200), 9),
            2 => bytes[4..8].copy_from_slice(&(self.roll(12_000) as u32).to_le_bytes()),
            _ => {}
        }
        bytes
    }

    fn said(&mut self, tag: u8) -> Said {
        match self.roll(12) {
            0 => Said::Stall,
            1 => Said::Silence,
            2 => Said::Endless(self.transfer(tag)),
            3 => Said::Transfer(vec![]),
            _ => Said::Transfer(self.transfer(tag)),
        }
    }

    fn told(&mut self) -> Told {
        match self.roll(6) {
            0 => Told::Stall,
            1 => Told::Silence,
            _ => {
                let first = [0, 1, 1, 2, 2, 0x20, 0x80, 0x81][self.roll(8)];
                let mut answer = vec![first];
                answer.extend((0..self.roll(24)).map(|_| self.roll(256) as u8));
                answer.truncate(self.roll(26));
                Told::Answer(answer)
            }
        }
    }
}

/// What a call to such a device may answer.
fn is_sound(code: i32) -> bool {
    [VI_ERROR_TMO, VI_ERROR_IO, VI_ERROR_INP_PROT_VIOL, VI_ERROR_NSUP_OPER, VI_ERROR_CONN_LOST]
        .contains(&code)
}

/// One instrument's life.
fn live(seed: u64) {
    let dice = &mut Dice::new(seed);
    let script = Arc::new(Script::default());
    script.tells(CAPABILITIES, if dice.roll(2) == 0 { can_all() } else { dice.told() });
    let link = open_as(&script, layout(), Quirks::default());
    for _ in 0..12 {
        let terms = Terms {
            timeout_ms: 4,
            term_char: (dice.roll(3) == 0).then_some(5),
            send_end: dice.roll(4) != 0,
            suppress_end: dice.roll(8) == 0,
            ..Terms::new()
        };
        let tag = script.sent().get(1).copied().unwrap_or(0);
        for _ in 0..dice.roll(4) {
            let next = tag.wrapping_add(1 + dice.roll(2) as u8);
            let said = dice.said(next);
            script.says(said);
        }
        for request in 1..=6 {
            if dice.roll(4) == 0 {
                script.tells(request, dice.told());
            }
        }
        if dice.roll(5) == 0 {
            script.refuses(
                [Said::Stall, Said::Silence, Said::Transfer(vec![0; 30])][dice.roll(3)].clone(),
            );
        }
        if dice.roll(3) == 0 {
            let bytes = (0..dice.roll(9)).map(|_| dice.roll(256) as u8).collect();
            script.says_on(INTERRUPT, Said::Transfer(bytes));
        }
        let room = [1, 7, 64, 500, 20_000][dice.roll(5)];
        let outcome = match dice.roll(7) {
            0 | 1 => {
                let (count, outcome) = write(&link, &vec![b'x'; room], &terms);
                assert!(count <= room && (outcome.is_err() || count == room));
                outcome
            }
            2 => link.clear(&terms.call()),
            3 => link.read_stb(&terms.call()).map(|_| ()),
            4 => link.trigger(&terms.call()),
            5 => link.control_ren(RenMode::AssertLlo, &terms.call()),
            _ => {
                let (got, outcome) = read(&link, room, &terms);
                match outcome {
                    Ok(Stop::Count) => assert_eq!(got.len(), room),
                    Ok(Stop::TermChar) => assert_eq!(got.last(), terms.term_char.as_ref()),
                    Ok(Stop::End) => assert!(!terms.suppress_end),
                    Err(_) => {}
                }
                outcome.map(|_| ())
            }
        };
        if let Err(error) = outcome {
            assert!(is_sound(error.code), "{error:?}");
        }
    }
}

fn live_and_tell(seed: u64) {
    let lived = std::panic::catch_unwind(|| live(seed));
    assert!(lived.is_ok(), "the seed that failed: {seed}");
}

#[test]
fn any_instrument_is_survived() {
    (0..60).for_each(live_and_tell);
}

#[test]
#[ignore = "runs as long as FERROVISA_FUZZ_SECONDS says"]
fn many_instruments_are_survived() {
    let number = |name| env::var(name).ok().and_then(|text| text.parse().ok());
    let time = Duration::from_secs(number("FERROVISA_FUZZ_SECONDS").unwrap_or(10));
    let begun = Instant::now();
    let clock = || std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |now| now.as_secs());
    let first: u64 = number("FERROVISA_FUZZ_SEED").unwrap_or_else(clock);
    let mut lives = 0;
    while begun.elapsed() < time {
        live_and_tell(first.wrapping_add(lives));
        lives += 1;
    }
    println!("{lives} instruments from the seed {first} on");
}
