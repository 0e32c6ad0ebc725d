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

/// When the questions are asked, in milliseconds from the start, where there is the usual time.
const ROUNDS: [u32; 3] = [0, 150, 400];

/// When they are asked once more where answers are seen to get lost, or nobody has answered.
const ONCE_MORE: [u32; 2] = [500, 600];

/// How long an instrument may take for its answer, in milliseconds.
const SILENCE: u32 = 450;

/// What of that is enough when the search's time is over: then an instrument that is as quick has
/// been heard even if only the last question has reached it, and a slower one by those before.
const ENOUGH: u32 = 300;

/// The time that all of this takes, in milliseconds, with some to spare. Where there is less, all
/// becomes shorter alike.
const USUAL: u32 = 900;

/// What is left of it at the end for telling the rest, in milliseconds.
const TELLING: u32 = 30;

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
    /// When no more is taken.
    deadline: Deadline,
}

/// A way that is in use.
struct Open<'a> {
    way: Way<'a>,
    /// What the only one to ask on loopback has not answered.
    open: Vec<Question>,
    /// How many were the first to answer here.
    hosts: usize,
    /// How many answers have come from instruments.
    answers: usize,
}

impl Open<'_> {
    /// Whether those who answer answer every time, but for one in ten.
    fn is_sound(&self) -> bool {
        let due = self.hosts * ROUNDS.len() * self.way.questions.len();
        self.hosts > 0 && self.answers * 10 >= due * 9
    }
}

impl<'a> Asking<'a> {
    /// Opens the ways. One that does not open costs only itself.
    ///
    /// # Errors
    /// VI_ERROR_SYSTEM_ERROR without random numbers.
    pub(super) fn begin(ways: Vec<Way<'a>>, interfaces: &'a [LanInterface]) -> Result<Self> {
        let answers = Answers::new(u32::from_ne_bytes(random::bytes()?), interfaces);
        let mut asking = Self {
            hosts: Vec::new(),
            answers,
            ways: Vec::new(),
            sockets: Vec::new(),
            failed: None,
            deadline: Deadline::Never,
        };
        for way in ways {
            match way.open() {
                Ok(socket) => {
                    let open = way.questions.iter().map(|(question, _)| *question).collect();
                    asking.ways.push(Open { way, open, hosts: 0, answers: 0 });
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
        let time = search.deadline.remaining();
        let share = |ms| share(time, ms);
        self.deadline = match search.deadline {
            Deadline::At(at) => Deadline::At(at - share(TELLING)),
            other => other,
        };
        let mut heard = started;
        for (round, after) in ROUNDS.map(share).into_iter().enumerate() {
            if round > 0 {
                self.listen(search, started + after, &mut heard, tell)?;
            }
            self.ask(round == 0, |_| true);
        }
        let asked = Instant::now();
        let more = ONCE_MORE.map(|ms| started + share(ms));
        match self.hear_out(search, more, share(SILENCE), &mut heard.max(asked), tell) {
            Err(error) if error.code == VI_ERROR_TMO && asked.elapsed() >= share(ENOUGH) => {}
            outcome => outcome?,
        }
        self.failed.map_or(Ok(()), Err)
    }

    /// Waits for silence, and asks on where that is called for.
    fn hear_out(
        &mut self,
        search: &Search,
        more: [Instant; ONCE_MORE.len()],
        silence: Duration,
        heard: &mut Instant,
        tell: &mut dyn FnMut(Host),
    ) -> Result {
        for at in more {
            self.listen(search, at, heard, tell)?;
            self.ask(false, |open| !open.is_sound());
        }
        while Instant::now() < *heard + silence && !self.ways.is_empty() {
            let until = *heard + silence;
            self.listen(search, until, heard, tell)?;
        }
        Ok(())
    }

    /// Asks on the ways that `is_due` picks, and gives up those on which nothing leaves.
    fn ask(&mut self, is_first: bool, is_due: impl Fn(&Open<'_>) -> bool) {
        for place in (0..self.ways.len()).rev() {
            let open = &self.ways[place];
            if !is_due(open) {
                continue;
            }
            let questions = open.way.questions.iter();
            let due = questions.filter(|(question, _)| open.open.contains(question));
            let sent: Vec<_> = due
                .map(|(question, to)| {
                    self.sockets[place].send(&self.answers.question(*question), *to)
                })
                .collect();
            // On loopback the answer to the first question may be that nobody listens there.
            let enough = if open.way.is_loopback { sent.len() } else { 1 };
            let left = sent.iter().filter(|sent| sent.is_ok()).count();
            // Later on, a way that is full for a moment has answers to bring all the same.
            if let Some(error) = sent.into_iter().find_map(Result::err)
                && left < enough
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
            let deadline = self.deadline.min(Deadline::At(until));
            match await_any(&self.sockets, &Wait { deadline, ..wait }) {
                Ok(places) => {
                    // The last first: giving one up moves those behind it.
                    for place in places.into_iter().rev() {
                        if self.take(place, tell) {
                            *heard = Instant::now();
                        }
                    }
                }
                Err(error) if error.code == VI_ERROR_TMO && !self.deadline.has_passed() => {
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
            let Open { way, open, hosts, answers } = &mut self.ways[place];
            let (count, from) = match self.sockets[place].receive(&mut buffer) {
                Ok(Some(received)) => received,
                Ok(None) => break,
                // On loopback, nobody listens there; elsewhere the interface has gone or is broken.
                Err(error) => {
                    self.note(error);
                    self.give_up(place);
                    break;
                }
            };
            let Some(answer) = self.answers.take(way, from, &buffer[..count]) else { continue };
            *answers += usize::from(answer.host.is_some());
            if let Some(host) = answer.host.filter(|_| answer.is_new) {
                *hosts += 1;
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

/// So many milliseconds of the usual time, or what they become where there is less; `None` is all
/// time there is.
fn share(time: Option<Duration>, ms: u32) -> Duration {
    let usual = Duration::from_millis(USUAL.into());
    time.map_or(usual, |time| time.min(usual)) * ms / USUAL
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All questions are asked, and their answers waited for, within any bound.
    #[test]
    fn a_short_time_is_shared_out_and_a_long_one_is_not_used_up() {
        let of = |ms| {
            let time = Some(Duration::from_millis(ms));
            [ROUNDS[1], ROUNDS[2], SILENCE].map(|ms| share(time, ms).as_millis())
        };
        assert_eq!(of(60_000), [150, 400, 450]);
        assert_eq!(of(900), [150, 400, 450]);
        assert_eq!(of(450), [75, 200, 225]);
        assert_eq!(of(0), [0, 0, 0]);
        assert_eq!(share(None, 400), Duration::from_millis(400));
        assert!(ROUNDS[2] + SILENCE < USUAL - TELLING && ENOUGH < SILENCE);
        assert!(ONCE_MORE[1] < ROUNDS[2] + SILENCE);
    }
}
