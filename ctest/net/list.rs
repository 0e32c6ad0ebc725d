#![forbid(unsafe_code)]
//! `visa list` on a network: what it finds there, who that is, and who answers the search alone.

use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use serde_json::Value;

use crate::Outcome;
use crate::failed;
use crate::net::Check;
use crate::net::broadcast::instrument;
use crate::net::lan::Lan;
use crate::net::packets;

pub const CHECKS: &[Check] = &[
    Check::new("instruments_of_the_network_say_who_they_are", identities),
    Check::new("one_that_answers_the_search_alone_is_told", refusing),
];

/// The tool on our host, without a configuration.
fn list(arguments: &[&str]) -> Outcome<Output> {
    let mut visa = Command::new(env!("CARGO_BIN_EXE_visa"));
    visa.arg("list").args(arguments).env("FERROVISA_CONFIG", "/dev/null");
    visa.env("FERROVISA_LAN_SEARCH", "on").env_remove("VISA_LIB").env_remove("VISA_TRACE");
    Ok(visa.stdin(Stdio::null()).output()?)
}

/// What is told of a resource.
fn details(output: &Output, name: &str) -> Outcome<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    let told: Value = serde_json::from_str(&text).unwrap_or_default();
    let all = told["details"].as_array().cloned().unwrap_or_default();
    let found = all.into_iter().find(|one| one["resource"] == name);
    found.map_or_else(|| failed(format!("no {name} in {text}")), Ok)
}

fn identities() -> Outcome {
    let lan = Lan::new(1)?;
    let (mut hosts, mut wanted) = (Vec::new(), Vec::new());
    for number in 1..=3 {
        let (host, place) = lan.host()?;
        host.start("instrument", &[&format!("Lab,Meter,{number},1")])?;
        wanted.push((instrument(place.v4), format!("Lab,Meter,{number},1")));
        hosts.push(host);
    }
    let output = list(&["--idn", "--json"])?;
    for (name, identity) in &wanted {
        let one = details(&output, name)?;
        let has_said = one["idn"]["text"] == *identity && one["usable"] == true;
        let sources = one["sources"].as_array().cloned().unwrap_or_default();
        if !has_said || !sources.contains(&"VXI-11 broadcast".into()) {
            return failed(one.to_string());
        }
    }
    let output = list(&["--no-lan"])?;
    match output.status.code() {
        Some(3) if output.stdout.is_empty() => Ok(()),
        other => failed(format!("{other:?} without the network: {output:?}")),
    }
}

/// Its answer comes by UDP; then it refuses every connection.
fn refusing() -> Outcome {
    let lan = Lan::new(1)?;
    let (host, place) = lan.host()?;
    host.start("instrument", &["Lab,Meter,1,1"])?;
    packets::refuse_connections(host.whose())?;
    let name = instrument(place.v4);
    let output = list(&["--idn", "--json"])?;
    let one = details(&output, &name)?;
    if one["usable"] != false || one["error"]["symbol"] != "VI_ERROR_RSRC_NFOUND" {
        return failed(one.to_string());
    }
    let told = String::from_utf8_lossy(&output.stderr);
    let wanted = format!("note: {name}: it answered the search (VXI-11 broadcast), but VI_ERROR");
    if told.contains(&wanted) { Ok(()) } else { failed(format!("no \"{wanted}\" in {told}")) }
}
