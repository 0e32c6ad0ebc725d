#![forbid(unsafe_code)]
//! A soak: `soak.c` works on two instruments, by all their interfaces, which are switched off and on
//! while it does, behind connections that are cut. Between rounds everything is closed: then
//! descriptors, threads and memory of the program, and links, sessions, connections and locks at the
//! instruments must be what they were.
//!
//! A short one is part of all tests. Longer: `FERROVISA_SOAK_SECONDS=600 cargo test --test ctest --
//! soak --nocapture`; `FERROVISA_SOAK_SEED` repeats the choices of one (not how threads meet).

mod bench;
mod dice;
mod wire;

use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::process::Child;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::process;
use crate::programs;
use crate::trial;
use bench::Place;
use dice::Dice;

pub fn trials() -> Vec<Trial> {
    vec![trial("soak::nothing_is_left_after_any_round", soak)]
}

/// What is asked for by the environment, or `usual`.
fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn soak() -> Outcome {
    let seconds = number("FERROVISA_SOAK_SECONDS", 8);
    let seed = number("FERROVISA_SOAK_SEED", u64::from(std::process::id()));
    // Many short rounds: each is a chance to see what is left.
    let round = if seconds < 60 { 1.0 } else { 5.0 };
    let rounds = (seconds as f64 / round) as u64;
    println!("soak: {rounds} rounds of {round} s from seed {seed}");

    let built = programs::build("soak", "soak/soak.c", &cc::library()?, &[])?;
    let folder = cc::scratch("soak ports")?;
    let mut places =
        [Place::new(seed, folder.join("port0"))?, Place::new(seed + 10, folder.join("port1"))?];
    let mut program = built
        .run()
        .args([seed.to_string(), rounds.to_string(), round.to_string()])
        .args(places.iter().flat_map(Place::names))
        .env("FERROVISA_CONFIG", "/dev/null")
        .env("FERROVISA_LAN_SEARCH", "off")
        // What malloc keeps at hand for each thread would count as used.
        .env("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let outcome = watch(&mut program, &mut places, &mut Dice::new(seed));
    let _ = program.kill();
    let ended = program.wait()?;
    match outcome {
        Ok(()) if ended.success() => Ok(()),
        Ok(()) => failed(format!("seed {seed}: {ended}")),
        other => other,
    }
}

/// Lets instruments suffer during rounds, and looks at them in between, until the program ends.
fn watch(program: &mut Child, places: &mut [Place], dice: &mut Dice) -> Outcome {
    let (Some(said), Some(mut go)) = (program.stdout.take(), program.stdin.take()) else {
        return failed("no pipes");
    };
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let mut idle = Duration::ZERO;
    loop {
        let moment = Duration::from_millis(50 + dice.roll(400) as u64);
        match lines.recv_timeout(moment) {
            Ok(line) if line.starts_with("round ") => {
                println!("{line}");
                places.iter().try_for_each(Place::is_left_alone)?;
                writeln!(go, "go")?;
                idle = Duration::ZERO;
            }
            Ok(line) => return failed(line),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                idle += moment;
                if idle > process::LIMIT {
                    return failed("a round does not end");
                }
                let which = dice.roll(places.len());
                places[which].suffer(dice)?;
            }
            // It has ended by itself, and says how by its status.
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                program.wait()?;
                return Ok(());
            }
        }
    }
}
