#![forbid(unsafe_code)]
//! What runs on the other hosts: this program, started there as `ctest net part NAME ARGUMENTS`. A
//! part says when it is ready, and serves until its input ends or it is killed.

mod announcer;
mod crowd;
mod instrument;
pub mod liar;
pub mod mdns_liar;
mod mdns_sd;
mod portmapper6;
mod rpc;
mod rpcbind;

use std::any::Any;
use std::io;

/// Starts a part. What it gives lives on until the part's end.
type Start = fn(&[String]) -> io::Result<Box<dyn Any>>;

const PARTS: &[(&str, Start)] = &[
    ("announcer", announcer::start),
    ("choir", announcer::start_choir),
    ("crowd", crowd::start),
    ("instrument", instrument::start),
    ("liar", liar::start),
    ("mdns_liar", mdns_liar::start),
    ("mdns_sd", mdns_sd::start),
    ("portmapper6", portmapper6::start),
    ("rpcbind", rpcbind::start),
];

/// The status to exit with.
pub fn main(name: &str, arguments: &[String]) -> i32 {
    match serve(name, arguments) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("part {name}: {error}");
            1
        }
    }
}

fn serve(name: &str, arguments: &[String]) -> io::Result<()> {
    let found = PARTS.iter().find(|(part, _)| *part == name);
    let (_, start) = found.ok_or_else(|| io::Error::other("there is no such part"))?;
    let _lives = start(arguments)?;
    println!("ready");
    io::copy(&mut io::stdin(), &mut io::sink()).map(drop)
}

fn usage<T>(words: &str) -> io::Result<T> {
    Err(io::Error::other(format!("arguments: {words}")))
}
