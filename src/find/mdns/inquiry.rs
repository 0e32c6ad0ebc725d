#![forbid(unsafe_code)]
//! What is to be asked, and when: no I/O and no clock, so that it can be tried as data.
//!
//! Three rounds ask all networks for services, because packets get lost. What an answer leaves out
//! is asked for soon after, in turns between those who answered, so that one with much to ask for
//! does not keep the others waiting. All is over when nothing new has come for a while.

use std::time::Duration;

use crate::find::mdns::book::{Book, Missing, Origin};
use crate::find::mdns::service::Service;
use crate::wire::dns;
use crate::wire::dns::{Answer, PTR, Question};
use crate::wire::portmap;
use crate::wire::rpc;
use crate::wire::vxi11;

/// The time that the other times are made for.
const USUAL: Duration = Duration::from_millis(900);

/// When services are asked for.
const ROUNDS: [Duration; 3] =
    [Duration::ZERO, Duration::from_millis(150), Duration::from_millis(400)];

/// After so long without news all is known. Behind the last round it leaves those time who take 0.7 s
/// for their first answer, and in it a question that is not answered has been asked three times.
const QUIET: Duration = Duration::from_millis(450);

/// Between an answer and the questions that it leaves: others' answers come in that time, and
/// their questions go in the same packet.
const GATHER: Duration = Duration::from_millis(20);

/// Between one question and the same again.
const AGAIN: Duration = Duration::from_millis(130);

/// How often a question is asked.
const TIMES: u32 = 3;

/// How often one who answers is asked for more: an instrument that leaves out all it can has six
/// questions.
const TIMES_EACH: u32 = 24;

/// A packet with questions has no more bytes than every link carries in one piece.
const PACKET: usize = 1200;

/// How many packets with such questions leave by one door at once, and in all.
const AT_ONCE: u32 = 16;
const IN_ALL: u32 = 160;

/// From where questions are asked, and how answers come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// From a port of our own: answers come to it alone (RFC 6762 section 6.7).
    Own,
    /// From the port of mDNS: answers come to all. For hosts that answer so whatever they are asked,
    /// and for firewalls that let nothing else in. They say the same only once in a second.
    Shared,
}

/// A packet that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// By which door.
    pub door: usize,
    /// To the portmapper there; `None`: to all who listen for questions.
    pub portmapper: Option<Origin>,
    /// What.
    pub bytes: Vec<u8>,
}

/// Questions and answers of one search.
#[derive(Debug)]
pub struct Inquiry {
    book: Book,
    doors: Vec<Door>,
    /// Our times as a part of the usual ones.
    scale: f64,
    /// When time is over.
    end: Duration,
    /// How many rounds have been asked.
    rounds: usize,
    /// When something new was heard, or the last round asked.
    news: Duration,
    /// What those in the book have left out, each in its place.
    wants: Vec<Wants>,
    /// The number of the first packet.
    first: u16,
    packets: u16,
    /// The number of all calls to portmappers.
    xid: u32,
}

/// A network that is asked.
#[derive(Debug)]
struct Door {
    manner: Manner,
    /// How many packets with questions about what was answered have left.
    sent: u32,
    /// When the next of them may.
    free: Duration,
}

/// What one who answered has left out.
#[derive(Debug, Default)]
struct Wants {
    /// Who: another may have taken the place.
    whose: Option<Origin>,
    questions: Vec<Want>,
    /// How often anything was asked.
    times: u32,
}

/// A question.
#[derive(Debug)]
struct Want {
    question: Missing,
    times: u32,
    /// When it may be asked, or asked again.
    due: Duration,
}

impl Wants {
    /// Those that may still be asked.
    fn open(&self) -> impl Iterator<Item = &Want> {
        self.questions.iter().filter(|want| want.is_open(self.times))
    }

    /// Asks a question that is due, if there is one and room for it.
    fn take(&mut self, now: Duration, again: Duration, room: &mut usize) -> Option<Missing> {
        let times = self.times;
        let want = self.questions.iter_mut().find(|want| want.is_open(times) && want.due <= now)?;
        let size = match &want.question {
            Missing::Records(question) => question.size(),
            // It has a packet for itself.
            Missing::Portmapper => PACKET / 4,
        };
        *room = room.checked_sub(size)?;
        want.times += 1;
        want.due = now + again;
        self.times += 1;
        Some(want.question.clone())
    }
}

impl Want {
    /// Whether it may be asked, after so many of the same answerer.
    fn is_open(&self, times: u32) -> bool {
        self.times < TIMES && times < TIMES_EACH
    }
}

impl Inquiry {
    /// One that asks by doors of these manners, and has `time`. What it asks is numbered from
    /// `number`, which nobody should guess.
    pub fn new(doors: impl IntoIterator<Item = Manner>, time: Duration, number: u32) -> Self {
        let doors = doors
            .into_iter()
            .map(|manner| Door { manner, sent: 0, free: Duration::ZERO })
            .collect();
        let scale = time.div_duration_f64(USUAL).min(1.0);
        Self {
            book: Book::default(),
            doors,
            scale,
            end: time,
            rounds: 0,
            news: Duration::ZERO,
            wants: Vec::new(),
            first: number as u16,
            packets: 0,
            xid: number,
        }
    }

    /// What has been answered.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Takes a packet that came from `origin` by `door` at the time `now`.
    pub fn heard(&mut self, origin: Origin, door: usize, bytes: &[u8], now: Duration) {
        // First, for reading costs time.
        if self.book.is_deaf_to(origin) {
            return;
        }
        let Some(answer) = Answer::decode(bytes) else { return };
        // An answer to us alone has our number; some leave it out.
        let is_ours = answer.id == 0 || answer.id.wrapping_sub(self.first) < self.packets;
        let is_to_all = self.doors.get(door).is_some_and(|door| door.manner == Manner::Shared);
        if !is_ours && !is_to_all {
            return;
        }
        if let Some(place) = self.book.enter(origin, door, answer) {
            self.news = now;
            self.want(place, now);
        }
    }

    /// Takes what came from the portmapper at `origin`.
    pub fn heard_portmapper(&mut self, origin: Origin, bytes: &[u8], now: Duration) {
        if rpc::xid(bytes) != Some(self.xid) {
            return;
        }
        let port = rpc::results(bytes).ok().and_then(portmap::port);
        if let Some(place) = self.book.enter_vxi11(origin, port.is_some()) {
            self.news = now;
            self.want(place, now);
        }
    }

    /// Notes what the answerer of that place has left out.
    fn want(&mut self, place: usize, now: Duration) {
        let due = now + self.scaled(GATHER);
        let answerer = &self.book.answerers()[place];
        let (missing, whose) = (answerer.missing(), Some(answerer.origin));
        self.wants.resize_with(self.book.answerers().len(), Wants::default);
        let wants = &mut self.wants[place];
        if wants.whose != whose {
            *wants = Wants { whose, ..Wants::default() };
        }
        let wants = &mut wants.questions;
        wants.retain(|want| missing.contains(&want.question));
        for question in missing {
            if wants.iter().all(|want| want.question != question) {
                wants.push(Want { question, times: 0, due });
            }
        }
    }

    /// The packets that are to be sent now.
    pub fn due(&mut self, now: Duration) -> Vec<Packet> {
        let mut packets = Vec::new();
        if let Some(round) = ROUNDS.get(self.rounds)
            && self.scaled(*round) <= now
        {
            self.ask_all(&mut packets);
            self.rounds += 1;
            self.news = now;
        }
        for door in 0..self.doors.len() {
            self.ask_more(door, now, &mut packets);
        }
        packets
    }

    /// When to look again at the latest, if nothing is heard before.
    pub fn next(&self) -> Duration {
        let round = match ROUNDS.get(self.rounds) {
            Some(round) => self.scaled(*round),
            None => self.news + self.scaled(QUIET),
        };
        let answerers = self.book.answerers().iter().zip(&self.wants);
        let more = answerers.filter_map(|(answerer, wants)| {
            let door = self.doors.get(answerer.door).filter(|door| door.sent < IN_ALL)?;
            wants.open().map(|want| want.due.max(door.free)).min()
        });
        more.fold(round.min(self.end), Duration::min)
    }

    /// Whether all is known that will be.
    pub fn is_over(&self, now: Duration) -> bool {
        let is_quiet = self.rounds == ROUNDS.len() && now >= self.news + self.scaled(QUIET);
        is_quiet || now >= self.end
    }

    fn scaled(&self, usual: Duration) -> Duration {
        usual.mul_f64(self.scale)
    }

    /// Asks for services by all doors.
    fn ask_all(&mut self, packets: &mut Vec<Packet>) {
        let questions: Vec<_> = Service::ALL
            .into_iter()
            .filter_map(|service| Some(Question { name: service.name()?, kind: PTR }))
            .collect();
        let is_first = self.rounds == 0;
        let is_last = self.rounds + 1 == ROUNDS.len();
        for door in 0..self.doors.len() {
            match self.doors[door].manner {
                // One by one: there are hosts that answer the first question of a packet only.
                Manner::Own if !is_first => {
                    for question in &questions {
                        let packet = self.packet(door, std::slice::from_ref(question));
                        packets.push(packet);
                    }
                }
                Manner::Shared if !is_first && !is_last => {}
                _ => packets.push(self.packet(door, &questions)),
            }
        }
    }

    /// Asks by one door for what answers that came by it have left out, as far as it is due.
    fn ask_more(&mut self, door: usize, now: Duration, packets: &mut Vec<Packet>) {
        let again = self.scaled(AGAIN);
        let Door { sent, free, .. } = self.doors[door];
        if free > now {
            return;
        }
        let mut room = PACKET * AT_ONCE.min(IN_ALL.saturating_sub(sent)) as usize;
        let mut questions: Vec<Question> = Vec::new();
        let mut portmappers = Vec::new();
        // In turns: the first question of each goes before the second of any.
        loop {
            let more = self.turn(door, now, again, &mut room);
            if more.is_empty() {
                break;
            }
            for (origin, missing) in more {
                match missing {
                    Missing::Records(question) => questions.push(question),
                    Missing::Portmapper => portmappers.push(origin),
                }
            }
            self.doors[door].free = now + self.scaled(GATHER);
        }
        for origin in portmappers {
            let bytes = portmap::getport(vxi11::CORE).datagram(self.xid).to_vec();
            packets.push(Packet { door, portmapper: Some(origin), bytes });
        }
        while !questions.is_empty() {
            let mut size = 0;
            let fits = questions.iter().take_while(|question| {
                size += question.size();
                size <= PACKET
            });
            let rest = questions.split_off(fits.count());
            packets.push(self.packet(door, &questions));
            self.doors[door].sent += 1;
            questions = rest;
        }
    }

    /// A question of each who has one, as far as there is room for them.
    fn turn(
        &mut self,
        door: usize,
        now: Duration,
        again: Duration,
        room: &mut usize,
    ) -> Vec<(Origin, Missing)> {
        let answerers = self.book.answerers().iter().zip(&mut self.wants);
        let here = answerers.filter(|(answerer, _)| answerer.door == door);
        let taken = here.filter_map(|(answerer, wants)| {
            wants.take(now, again, room).map(|missing| (answerer.origin, missing))
        });
        taken.collect()
    }

    /// A packet with the next number.
    fn packet(&mut self, door: usize, questions: &[Question]) -> Packet {
        let number = self.first.wrapping_add(self.packets);
        // What all are asked has none (RFC 6762 section 18.1).
        let id = match self.doors[door].manner {
            Manner::Own => number,
            Manner::Shared => 0,
        };
        self.packets = self.packets.saturating_add(1);
        Packet { door, portmapper: None, bytes: dns::query(id, questions) }
    }
}
