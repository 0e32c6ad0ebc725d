#![forbid(unsafe_code)]
//! Packets that get lost, are refused or counted, by nftables.

use crate::Outcome;
use crate::Stop;
use crate::net::commands;
use crate::net::commands::Whose;
use crate::net::commands::feed;

/// Which of them get lost.
#[derive(Clone, Copy, Debug)]
pub enum Lost {
    /// So many in a hundred, at random.
    Percent(u32),
    /// The first of so many, again and again: `FirstOf(2, 6)` are four that arrive after two.
    FirstOf(u32, u32),
}

/// Loses UDP packets of a port, be it their source or their destination, as they arrive at a host.
/// IPv6 and IPv4 alike, multicast, broadcast and unicast.
pub fn lose(whose: Whose, port: u16, lost: Lost) -> Outcome {
    let chosen = match lost {
        Lost::Percent(percent) => format!("numgen random mod 100 < {percent}"),
        Lost::FirstOf(lost, all) => format!("numgen inc mod {all} < {lost}"),
    };
    let either = |end: &str| format!("udp {end} {port} {chosen} counter drop");
    let rules = [either("dport"), either("sport")];
    nft(whose, "loss", "type filter hook prerouting priority -300;", &rules)
}

/// Refuses all TCP connections to a host, as a firewall of its does.
pub fn refuse_connections(whose: Whose) -> Outcome {
    let rule = "meta l4proto tcp reject with tcp reset".to_owned();
    nft(whose, "shut", "type filter hook input priority 0;", &[rule])
}

/// Counts the IP packets that leave a host by an interface and fit an expression of nftables, like
/// `udp dport 111`; an empty one fits all.
pub fn count_leaving(whose: Whose, interface: &str, expression: &str) -> Outcome<Count> {
    let rule = format!("oifname \"{interface}\" {expression} counter");
    count(whose, &format!("leaving_{interface}"), "output", rule)
}

/// Counts those that arrive.
pub fn count_arriving(whose: Whose, interface: &str, expression: &str) -> Outcome<Count> {
    let rule = format!("iifname \"{interface}\" {expression} counter");
    count(whose, &format!("arriving_{interface}"), "input", rule)
}

fn count(whose: Whose, table: &str, hook: &str, rule: String) -> Outcome<Count> {
    nft(whose, table, &format!("type filter hook {hook} priority 300;"), &[rule])?;
    Ok(Count { whose, table: table.to_owned() })
}

/// Forbids UDP to leave a host by an interface, as a firewall does: who sends is told.
pub fn forbid(whose: Whose, interface: &str) -> Outcome {
    let rule = format!("oifname \"{interface}\" meta l4proto udp drop");
    nft(whose, "forbidden", "type filter hook output priority 0;", &[rule])
}

/// Lets no other UDP come in to a host than to this port, as a firewall does.
pub fn admit(whose: Whose, port: u16) -> Outcome {
    let rule = format!("meta l4proto udp udp dport != {port} drop");
    nft(whose, "admitted", "type filter hook input priority 0;", &[rule])
}

/// Packets that are being counted.
pub struct Count {
    whose: Whose,
    table: String,
}

impl Count {
    /// How many it were up to now.
    pub fn packets(&self) -> Outcome<u64> {
        let mut list = commands::on(self.whose, "nft");
        list.args(["list", "table", "inet", &self.table]);
        let said = crate::process::tool(&mut list)?;
        let mut words = said.split_whitespace().skip_while(|word| *word != "packets").skip(1);
        let count = words.next().and_then(|word| word.parse().ok());
        count.ok_or_else(|| Stop::Failed(format!("no count in {said}")))
    }
}

fn nft(whose: Whose, table: &str, hook: &str, rules: &[String]) -> Outcome {
    let rules = rules.join("\n");
    let text = format!("table inet {table} {{\nchain every {{\n{hook}\n{rules}\n}}\n}}\n");
    feed(commands::on(whose, "nft").args(["-f", "-"]), &text).map(drop)
}
