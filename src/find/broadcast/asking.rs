#![forbid(unsafe_code)]
//! Asks, and takes answers until there are no more.

use std::time::Duration;
use std::time::Instant;

use crate::find::broadcast::answers::Answers;
use crate::find::broadcast::answers::Host;
use crate::find::broadcast::ways::Question;
use crate::find::broadcast::ways::Way;
use crate::iface::source::Search;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::datagram::Datagrams;
use crate::os::datagram::await_any;
use crate::os::lan::LanInterface;
use crate::os::random;
use crate::status::{Error, Result, VI_ERROR_RSRC_NFOUND, VI_ERROR_TMO};

/// When the questions are asked, from the start.
const ROUNDS: [Duration; 3] =
    [Duration::ZERO, Duration::from_millis(150), Duration::from_millis(400)];

/// How long an instrument may take for its answer.
const SILENCE: Duration = Duration::from_millis(450);

/// How many datagrams of one socket are looked at before it is another's turn.
const TURN: usize = 64;

/// Room for an answer: all are short.
const LONGEST_ANSWER: usize = 512;

/// Questions that are being asked.
pub(super) struct Asking<'a> {
    /// Who has answered, in the order of that.
    pub(super) hosts: Vec<Host>,
    answers: Answers<'a>,
    /// Those that may still bring something, each with its socket in the same place.
    ways: Vec<Open<'a>>,
    sockets: Vec<Datagrams>,
    /// What has kept a way from being asked, beyond there being no network.
    failed: Option<Error>,
}

/// A way that is in use.
struct Open<'a> {
    way: Way<'a>,
    /// What the only one to ask on loopback has not answered.
    open: Vec<Question>,
}

impl<'a> Asking<'a> {
    /// Opens the ways. One that does not open costs only itself.
    ///
    /// # Errors
    /// VI_ERROR_SYSTEM_ERROR without random numbers.
    pub(super) fn begin(ways: Vec<Way<'a>>, interfaces: &'a [LanInterface]) -> Result<Self> {
        let answers = Answers::new(u32::from_ne_bytes(random::bytes()?), interfaces);
        let (hosts, failed) = (Vec::new(), None);
        let mut asking = Self { hosts, answers, ways: Vec::new(), sockets: Vec::new(), failed };
        for way in ways {
            match way.open() {
                Ok(socket) => {
                    let open = way.questions.iter().map(|(question, _)| *question).collect();
                    asking.ways.push(Open { way, open });
                    asking.sockets.push(socket);
                }
                Err(error) => asking.note(error),
            }
        }
        Ok(asking)
    }

    /// An interface without a way to anywhere is nothing to complain of.
    fn note(&mut self, error: Error) {
        if error.code != VI_ERROR_RSRC_NFOUND {
            self.failed.get_or_insert(error);
        }
    }

    /// Asks in rounds, and tells each host that is new until silence or the search's end.
    ///
    /// # Errors
    /// VI_ERROR_TMO when there was no time for all rounds and their answers, VI_ERROR_ABORT; what
    /// has kept an interface from being asked.
    pub(super) fn run(&mut self, search: &Search, tell: &mut dyn FnMut(Host)) -> Result {
        let started = Instant::now();
        let mut heard = started;
        for (round, after) in ROUNDS.into_iter().enumerate() {
            if round > 0 {
                self.listen(search, started + after, &mut heard, tell)?;
            }
            self.ask(round == 0);
        }
        let asked = Instant::now();
        while Instant::now() < heard.max(asked) + SILENCE && !self.ways.is_empty() {
            match self.listen(search, heard.max(asked) + SILENCE, &mut heard, tell) {
                Ok(()) => {}
                // All had their time; some new ones came late.
                Err(error) if error.code == VI_ERROR_TMO && asked.elapsed() >= SILENCE => break,
                Err(error) => return Err(error),
            }
        }
        self.failed.map_or(Ok(()), Err)
    }

    /// Asks everywhere, and gives up the ways on which nothing leaves.
    fn ask(&mut self, is_first: bool) {
        for place in (0..self.ways.len()).rev() {
            let Open { way, open } = &self.ways[place];
            let questions = way.questions.iter().filter(|(question, _)| open.contains(question));
            let mut outcomes = questions.map(|(question, to)| {
                self.sockets[place].send(&self.answers.question(*question), *to)
            });
            // Later on, a way that is full for a moment has answers to bring all the same.
            if let Some(error) = outcomes.find_map(Result::err)
                && is_first
            {
                self.note(error);
                self.give_up(place);
            }
        }
    }

    fn give_up(&mut self, place: usize) {
        self.ways.swap_remove(place);
        self.sockets.swap_remove(place);
    }

    /// Takes answers until a point in time, or until there is nothing more to wait for. `heard`
    /// becomes the time of the last new one.
    fn listen(
        &mut self,
        search: &Search,
        until: Instant,
        heard: &mut Instant,
        tell: &mut dyn FnMut(Host),
    ) -> Result {
        while !self.ways.is_empty() {
            let wait = search.wait();
            let deadline = wait.deadline.min(Deadline::At(until));
            match await_any(&self.sockets, &Wait { deadline, ..wait }) {
                Ok(places) => {
                    // The last first: giving one up moves those behind it.
                    for place in places.into_iter().rev() {
                        if self.take(place, tell) {
                            *heard = Instant::now();
                        }
                    }
                }
                Err(error) if error.code == VI_ERROR_TMO && !search.deadline.has_passed() => {
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Takes what has arrived on one way. Whether there was something new.
    fn take(&mut self, place: usize, tell: &mut dyn FnMut(Host)) -> bool {
        let mut buffer = [0; LONGEST_ANSWER];
        let mut new = false;
        for _ in 0..TURN {
            let Open { way, open } = &mut self.ways[place];
            let (count, from) = match self.sockets[place].receive(&mut buffer) {
                Ok(Some(received)) => received,
                Ok(None) => break,
                // Nobody listens there.
                Err(_) if way.is_loopback => {
                    self.give_up(place);
                    break;
                }
                Err(_) => continue,
            };
            let Some(answer) = self.answers.take(way, from, &buffer[..count]) else { continue };
            if let Some(host) = answer.host.filter(|_| answer.is_new) {
                new = true;
                self.hosts.push(host);
                tell(host);
            }
            if way.is_loopback {
                open.retain(|question| answer.host.is_none() && *question != answer.to);
                if open.is_empty() {
                    self.give_up(place);
                    break;
                }
            }
        }
        new
    }
}
