#![forbid(unsafe_code)]
//! The bus at one moment, and the steps that change it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use crate::sim::device::Device;
use crate::sim::gpib::Address;
use crate::sim::gpib::Failure;
use crate::sim::gpib::functions::Effect;
use crate::sim::gpib::functions::Functions;
use crate::sim::gpib::instrument::Brain;
use crate::sim::gpib::instrument::Fault;
use crate::sim::gpib::instrument::PIECE;
use crate::sim::gpib::instrument::Speech;
use crate::sim::gpib::log::Entry;
use crate::sim::gpib::log::Log;
use crate::sim::gpib::message::Message;
use crate::sim::status::REQUEST;

/// The most events that are kept for a board that does not ask for them.
const MOST_EVENTS: usize = 256;

/// Pieces that move before others may look: a talker may have no end.
const MOST_PIECES: usize = 64;

/// What came of a step.
pub(super) enum Step<T> {
    Done(T),
    Failed(Failure),
    /// There is more to do at once; others may look in between.
    Again,
    /// Nothing can be done before something changes or this time comes.
    Wait(Option<Instant>),
}

/// What happened to a board that is not in charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// GET while it was listening.
    Trigger,
    /// DCL, or SDC while it was listening.
    Clear,
    /// IFC from another.
    InterfaceClear,
}

/// What has happened to a board since its driver has looked: DTAS, DCAS and SPAS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Happened {
    /// It was triggered.
    pub triggered: bool,
    /// It was cleared.
    pub cleared: bool,
    /// Its request for service was polled.
    pub polled: bool,
}

/// A byte that ends a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminator {
    /// The byte.
    pub byte: u8,
    /// Only the low seven bits are compared.
    pub seven_bits: bool,
}

impl Terminator {
    fn is(self, byte: u8) -> bool {
        (byte ^ self.byte) & if self.seven_bits { 0x7F } else { 0xFF } == 0
    }
}

/// A read that goes on.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) data: Vec<u8>,
    pub(super) most: usize,
    pub(super) terminator: Option<Terminator>,
    /// END came with the last byte.
    pub(super) end: bool,
    /// The last byte is the terminator.
    pub(super) matched: bool,
}

impl Reading {
    pub(super) fn done(&self) -> bool {
        self.end || self.matched || self.data.len() >= self.most
    }
}

/// A board's part in the bus.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) system_controller: bool,
    pub(super) reading: Option<Reading>,
    pub(super) events: VecDeque<Event>,
    /// What a serial poll of the board gives; bit 6 asserts SRQ.
    pub(super) service: u8,
    /// What has happened since that was last asked for.
    pub(super) happened: Happened,
}

impl Part {
    pub(super) fn new(system_controller: bool) -> Self {
        Self {
            system_controller,
            reading: None,
            events: VecDeque::new(),
            service: 0,
            happened: Happened::default(),
        }
    }

    fn event(&mut self, event: Event) {
        self.happened.triggered |= event == Event::Trigger;
        self.happened.cleared |= event == Event::Clear;
        if self.events.len() < MOST_EVENTS {
            self.events.push_back(event);
        }
    }
}

pub(super) enum Body {
    Board(Part),
    Instrument(Box<Brain>),
}

impl Body {
    /// The status byte for a serial poll; the request is answered.
    fn poll(&mut self) -> u8 {
        match self {
            Self::Instrument(brain) => brain.poll(),
            Self::Board(part) => {
                let byte = part.service;
                part.happened.polled |= byte & REQUEST != 0;
                part.service &= !REQUEST;
                byte
            }
        }
    }
}

/// Whatever is plugged in.
pub(super) struct Station {
    pub(super) functions: Functions,
    pub(super) body: Body,
}

impl Station {
    fn powered(&self) -> bool {
        !matches!(&self.body, Body::Instrument(brain) if brain.fault() == Fault::Off)
    }

    fn hangs(&self) -> bool {
        matches!(&self.body, Body::Instrument(brain) if brain.fault() == Fault::Hangs)
    }

    fn listens(&self) -> bool {
        self.functions.listener && self.powered()
    }

    fn requesting(&self) -> bool {
        match &self.body {
            Body::Board(part) => part.service & REQUEST != 0,
            Body::Instrument(brain) => self.powered() && brain.requesting(),
        }
    }

    /// How many bytes it is ready to take, or when it will be.
    fn room(&self, now: Instant) -> Result<usize, Option<Instant>> {
        match &self.body {
            Body::Instrument(brain) => brain.room(now),
            Body::Board(part) => match &part.reading {
                Some(reading) if !reading.done() => Ok(reading.most - reading.data.len()),
                _ => Err(None),
            },
        }
    }

    /// How many of `data` it takes before it wants no more.
    fn takes(&self, data: &[u8]) -> usize {
        let reading = match &self.body {
            Body::Board(part) => part.reading.as_ref(),
            Body::Instrument(_) => None,
        };
        let terminator = reading.and_then(|reading| reading.terminator);
        let at = terminator.and_then(|wanted| data.iter().position(|byte| wanted.is(*byte)));
        at.map_or(data.len(), |at| at + 1)
    }

    fn take(&mut self, data: &[u8], end: bool, now: Instant) {
        match &mut self.body {
            Body::Instrument(brain) => brain.take(data, end, now),
            Body::Board(part) => {
                let Some(reading) = &mut part.reading else { return };
                reading.data.extend_from_slice(data);
                reading.end = end;
                let last = data.last().copied();
                reading.matched = match (reading.terminator, last) {
                    (Some(wanted), Some(last)) => wanted.is(last),
                    _ => false,
                };
            }
        }
    }
}

/// Everything that changes on the bus, under one lock.
#[derive(Default)]
pub(super) struct State {
    pub(super) stations: Vec<Station>,
    pub(super) atn: bool,
    pub(super) ren: bool,
    /// The controller in charge; none after power on, and when control was passed to nobody.
    pub(super) in_charge: Option<usize>,
    pub(super) log: Log,
    /// Others have something to see.
    pub(super) changed: bool,
}

impl State {
    pub(super) fn add(&mut self, address: Address, body: Body) -> usize {
        self.stations.push(Station { functions: Functions::new(address), body });
        self.show();
        self.stations.len() - 1
    }

    pub(super) fn devices(&self) -> Vec<Arc<Device>> {
        let device = |station: &Station| match &station.body {
            Body::Instrument(brain) => Some(Arc::clone(&brain.device)),
            Body::Board(_) => None,
        };
        self.stations.iter().filter_map(device).collect()
    }

    pub(super) fn instruments(&self) -> impl Iterator<Item = &Station> {
        self.stations.iter().filter(|station| matches!(station.body, Body::Instrument(_)))
    }

    /// The instrument at an address.
    pub(super) fn at(&mut self, address: Address) -> Option<&mut Station> {
        self.stations.iter_mut().find(|station| {
            station.functions.address == address && matches!(station.body, Body::Instrument(_))
        })
    }

    pub(super) fn brain(&mut self, address: Address) -> Option<&mut Brain> {
        match &mut self.at(address)?.body {
            Body::Instrument(brain) => Some(brain),
            Body::Board(_) => None,
        }
    }

    pub(super) fn set_fault(&mut self, address: Address, fault: Fault) -> bool {
        let Some(station) = self.at(address) else { return false };
        let Body::Instrument(brain) = &mut station.body else { return false };
        brain.set_fault(fault);
        if fault == Fault::Off {
            station.functions = Functions::new(address);
        }
        self.show();
        true
    }

    pub(super) fn part(&mut self, board: usize) -> &mut Part {
        match &mut self.stations[board].body {
            Body::Board(part) => part,
            Body::Instrument(_) => unreachable!("a board's number"),
        }
    }

    /// Whether a board's read is complete.
    pub(super) fn has_read(&mut self, board: usize) -> bool {
        self.part(board).reading.as_ref().is_some_and(Reading::done)
    }

    /// Instruments show their state on the front panel.
    pub(super) fn show(&mut self) {
        for station in &self.stations {
            if let Body::Instrument(brain) = &station.body {
                let functions = &station.functions;
                let remote = functions.is_remote();
                brain.show(self.ren && station.powered(), remote, functions.is_locked_out());
            }
        }
    }

    /// Whether a station that is on holds NRFD against everything.
    pub(super) fn hangs(&self) -> bool {
        self.stations.iter().any(Station::hangs)
    }

    /// Whether anybody besides `station` is there to take a command.
    pub(super) fn accompanied(&self, station: usize) -> bool {
        self.stations.iter().enumerate().any(|(i, other)| i != station && other.powered())
    }

    /// NDAC: an active acceptor has not got a byte.
    pub(super) fn ndac(&self) -> bool {
        match self.in_charge {
            Some(controller) if self.atn => self.accompanied(controller),
            _ => self.stations.iter().any(Station::listens),
        }
    }

    /// NRFD: an active acceptor is not ready for one.
    pub(super) fn nrfd(&self, now: Instant) -> bool {
        let busy = |station: &Station| station.listens() && station.room(now).is_err();
        self.hangs() || !self.atn && self.stations.iter().any(busy)
    }

    /// SRQ.
    pub(super) fn srq(&self) -> bool {
        self.stations.iter().any(Station::requesting)
    }

    /// A command byte, to everybody who is on.
    pub(super) fn command(&mut self, byte: u8) {
        self.log.add(Entry::Command(byte));
        self.changed = true;
        let message = Message::of(byte);
        let mut offered = None;
        for (index, station) in self.stations.iter_mut().enumerate() {
            if !station.powered() {
                continue;
            }
            let talked = station.functions.talker;
            let effect = station.functions.receive(message, self.ren);
            match (&mut station.body, effect) {
                (Body::Board(_), Some(Effect::Control)) => offered = Some(index),
                (Body::Board(part), Some(Effect::Clear)) => part.event(Event::Clear),
                (Body::Board(part), Some(Effect::Trigger)) => part.event(Event::Trigger),
                (Body::Instrument(brain), Some(Effect::Clear)) => brain.clear(),
                (Body::Instrument(brain), Some(Effect::Trigger)) => brain.device.trigger(),
                _ => {}
            }
            if let Body::Instrument(brain) = &mut station.body
                && talked != station.functions.talker
            {
                brain.addressed();
            }
        }
        if message == Message::TakeControl && self.in_charge != offered {
            self.in_charge = offered;
            // The new one begins with ATN (CACS).
            self.atn = offered.is_some();
        }
        self.show();
    }

    /// IFC from `board`, which is in charge from then on and has ATN.
    pub(super) fn interface_clear(&mut self, board: usize) {
        self.log.add(Entry::InterfaceClear);
        for (index, station) in self.stations.iter_mut().enumerate() {
            station.functions.interface_clear();
            if let Body::Board(part) = &mut station.body
                && index != board
            {
                part.event(Event::InterfaceClear);
            }
        }
        self.in_charge = Some(board);
        self.atn = true;
    }

    pub(super) fn remote_enable(&mut self, on: bool) {
        if self.ren != on {
            self.log.add(Entry::RemoteEnable(on));
        }
        self.ren = on;
        if !on {
            self.stations.iter_mut().for_each(|station| station.functions.disable_remote());
        }
        self.show();
    }

    /// The answers to a parallel poll, wired together (IEEE 488.1 2.9).
    pub(super) fn parallel_poll(&mut self) -> u8 {
        let mut answer = 0;
        for station in self.stations.iter().filter(|station| station.powered()) {
            let Some((line, sense)) = station.functions.parallel else { continue };
            let status = match &station.body {
                Body::Board(part) => part.service & REQUEST != 0,
                Body::Instrument(brain) => brain.individual_status(),
            };
            if status == sense {
                answer |= 1 << line;
            }
        }
        self.log.add(Entry::ParallelPoll(answer));
        answer
    }

    /// Moves what the active talker says by itself (an instrument its data, anyone its status byte
    /// in a serial poll) to those who listen. The time at which there will be more to do, if any is
    /// known.
    pub(super) fn flow(&mut self, now: Instant) -> Option<Instant> {
        for _ in 0..MOST_PIECES {
            if self.atn {
                return None;
            }
            let talks = |station: &Station| station.functions.talker && station.powered();
            let talker = self.stations.iter().position(talks)?;
            let room = match self.room(talker, now) {
                Ok(0) => return None,
                Ok(room) => room,
                Err(later) => return later,
            };
            let station = &mut self.stations[talker];
            match &mut station.body {
                body if station.functions.polled => {
                    let byte = body.poll();
                    self.deliver(talker, &[byte], false, now);
                }
                // Its own call moves the data.
                Body::Board(_) => return None,
                Body::Instrument(brain) => match brain.speech(room, now) {
                    Speech::Silence => return None,
                    Speech::Later(time) => return Some(time),
                    Speech::Bytes(bytes, end) => {
                        let count = self.taken(talker, &bytes);
                        self.deliver(talker, &bytes[..count], end && count == bytes.len(), now);
                        if let Body::Instrument(brain) = &mut self.stations[talker].body {
                            brain.said(count, now);
                        }
                    }
                },
            }
        }
        Some(now)
    }

    /// How many bytes all listeners are ready for, 0 if there is none; or when they will be.
    pub(super) fn room(&self, talker: usize, now: Instant) -> Result<usize, Option<Instant>> {
        if self.hangs() {
            return Err(None);
        }
        let others = self.stations.iter().enumerate();
        let listeners = others.filter(|(i, station)| *i != talker && station.listens());
        let mut room = None;
        let mut later = None;
        for (_, station) in listeners {
            match station.room(now) {
                Ok(some) => room = Some(room.map_or(some, |room: usize| room.min(some))),
                Err(None) => return Err(None),
                Err(time) => later = later.max(time),
            }
        }
        match later {
            Some(_) => Err(later),
            None => Ok(room.unwrap_or(0).min(PIECE)),
        }
    }

    /// How many of `data` all listeners take before one of them wants no more.
    pub(super) fn taken(&self, talker: usize, data: &[u8]) -> usize {
        let others = self.stations.iter().enumerate();
        let listeners = others.filter(|(i, station)| *i != talker && station.listens());
        listeners.map(|(_, station)| station.takes(data)).min().unwrap_or(0)
    }

    /// Gives bytes to all listeners.
    pub(super) fn deliver(&mut self, talker: usize, data: &[u8], end: bool, now: Instant) {
        let from = self.stations[talker].functions.address;
        self.log.add(Entry::Data { from, count: data.len() as u64, end });
        self.changed = true;
        for (index, station) in self.stations.iter_mut().enumerate() {
            if index != talker && station.listens() {
                station.take(data, end, now);
            }
        }
    }
}
