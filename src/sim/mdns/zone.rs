#![forbid(unsafe_code)]
//! The records of an instrument, and which of them answer a question.

use std::net::IpAddr;

use crate::sim::mdns::Announcement;
use crate::sim::mdns::message::{A, AAAA, ANY, PTR, SRV, TXT};
use crate::sim::mdns::message::{Data, Labels, Query, Question, Record, is_same, labels};

/// How long a record holds that depends on the host, and one that does not (RFC 6762 section 10).
const HOST_TTL: u32 = 120;
const OTHER_TTL: u32 = 4500;

/// Under which the kinds of services of a network are asked for (RFC 6763 section 9).
const KINDS: &str = "_services._dns-sd._udp.local";

/// All records of an instrument in one network.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    records: Vec<Record>,
    is_terse: bool,
    reads_one: bool,
}

/// What answers a question, and what is told along with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) answers: Vec<Record>,
    pub(super) more: Vec<Record>,
}

impl Zone {
    pub(super) fn new(announcement: &Announcement, addresses: &[IpAddr]) -> Self {
        let host = labels(&announcement.host, "local");
        let mut records = Vec::new();
        let mut add = |name: &Labels, kind, ttl, is_unique, data| {
            records.push(Record { name: name.clone(), kind, ttl, is_unique, data });
        };
        for (service, port) in &announcement.services {
            let kind = labels(service, "_tcp.local");
            let instance = labels(&announcement.instance, &format!("{service}._tcp.local"));
            let place = Data::Service { port: *port, host: host.clone() };
            add(&kind, PTR, OTHER_TTL, false, Data::Name(instance.clone()));
            add(&instance, SRV, HOST_TTL, true, place);
            add(&instance, TXT, OTHER_TTL, true, Data::Bytes(text(announcement)));
            let (first, rest) = KINDS.split_once('.').unwrap_or_default();
            add(&labels(first, rest), PTR, OTHER_TTL, false, Data::Name(kind));
        }
        for address in addresses {
            match address {
                IpAddr::V4(ip) => add(&host, A, HOST_TTL, true, Data::Bytes(ip.octets().into())),
                IpAddr::V6(ip) => add(&host, AAAA, HOST_TTL, true, Data::Bytes(ip.octets().into())),
            }
        }
        let habits = announcement.habits;
        Self { records, is_terse: habits.is_terse, reads_one: habits.reads_one }
    }

    /// What is told unasked at the start.
    pub(super) fn all(&self) -> &[Record] {
        &self.records
    }

    /// What takes all back.
    pub(super) fn goodbye(&self) -> Vec<Record> {
        self.records.iter().map(|record| Record { ttl: 0, ..record.clone() }).collect()
    }

    /// What answers `query`, without what the asker knows; `None` where nothing does.
    pub(super) fn answer(&self, query: &Query) -> Option<Answer> {
        let most = if self.reads_one { 1 } else { query.questions.len() };
        let asked = query.questions.iter().take(most);
        let mut answers: Vec<Record> = Vec::new();
        for record in asked.flat_map(|question| self.matching(question)) {
            if !answers.contains(record) && !is_known(record, query) {
                answers.push(record.clone());
            }
        }
        if answers.is_empty() {
            return None;
        }
        let mut more: Vec<Record> = Vec::new();
        if !self.is_terse {
            // What an answer leads to, and what that leads to.
            for step in 0..3 {
                let from = if step == 0 { answers.clone() } else { more.clone() };
                for record in from.iter().flat_map(|record| self.behind(record)) {
                    if !answers.contains(record) && !more.contains(record) {
                        more.push(record.clone());
                    }
                }
            }
        }
        Some(Answer { answers, more })
    }

    fn matching<'a>(&'a self, question: &'a Question) -> impl Iterator<Item = &'a Record> {
        self.records.iter().filter(|record| {
            (question.kind == record.kind || question.kind == ANY)
                && is_same(&record.name, &question.name)
        })
    }

    /// The records that `record` leads to. An address leads to the others of the host.
    fn behind<'a>(&'a self, record: &'a Record) -> impl Iterator<Item = &'a Record> {
        let to = match &record.data {
            Data::Name(name) => Some(name),
            Data::Service { host, .. } => Some(host),
            Data::Bytes(_) if record.kind != TXT => Some(&record.name),
            Data::Bytes(_) => None,
        };
        self.records.iter().filter(move |other| {
            other.kind != PTR && to.is_some_and(|name| is_same(&other.name, name))
        })
    }
}

/// Whether the asker has it, and will have it for half of its time (RFC 6762 section 7.1).
fn is_known(record: &Record, query: &Query) -> bool {
    query.known.iter().any(|known| {
        let is_equal = match (&known.data, &record.data) {
            (Data::Name(one), Data::Name(other)) => is_same(one, other),
            (one, other) => one == other,
        };
        is_equal
            && known.kind == record.kind
            && is_same(&known.name, &record.name)
            && known.ttl >= record.ttl / 2
    })
}

/// The text of a service: `key=value`, each behind its length.
fn text(announcement: &Announcement) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (key, value) in &announcement.text {
        let string = format!("{key}={value}");
        let string = &string.as_bytes()[..string.len().min(255)];
        bytes.push(string.len() as u8);
        bytes.extend_from_slice(string);
    }
    // An empty text is one empty string (RFC 6763 section 6.1).
    if bytes.is_empty() { vec![0] } else { bytes }
}
