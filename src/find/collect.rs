#![forbid(unsafe_code)]
//! Runs sources side by side, and gathers what they tell until all have ended or time is over.
//!
//! No thread is waited for beyond that: a driver that never comes back keeps its thread and what
//! it would have found. It is not asked again until it has come back.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use parking_lot::Mutex;

use crate::find::{Ending, Progress, Report};
use crate::iface::source::{Found, News, Search, Source};
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::fork::PerProcess;
use crate::os::poll::await_wake;
use crate::os::waker::Waker;
use crate::status::{Error, Result, VI_ERROR_ALLOC, VI_ERROR_SYSTEM_ERROR, VI_ERROR_TMO};

/// What a source that ends with its time has for saying so.
const GRACE: Duration = Duration::from_millis(40);

/// How much longer than its search a source may run before it counts as stuck.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// The threads of sources that run.
static RUNNING: PerProcess<Mutex<Vec<Running>>> = PerProcess::new();

/// A source's thread.
#[derive(Clone, Copy, PartialEq)]
struct Running {
    source: &'static str,
    /// When its search is over.
    until: Deadline,
}

impl Running {
    fn all() -> &'static Mutex<Vec<Self>> {
        let made: std::result::Result<_, Infallible> = RUNNING.get(|| Ok(Mutex::default()));
        let Ok(all) = made;
        all
    }

    fn begins(self) -> Self {
        Self::all().lock().push(self);
        self
    }

    fn has_ended(self) {
        let mut all = Self::all().lock();
        if let Some(place) = all.iter().position(|other| *other == self) {
            all.swap_remove(place);
        }
    }
}

/// Whether a source has not come back from a search that was over long ago.
fn is_stuck(source: &str) -> bool {
    let over = |until| match until {
        Deadline::At(at) => Instant::now() > at + PATIENCE,
        Deadline::Immediate => true,
        Deadline::Never => false,
    };
    Running::all().lock().iter().any(|one| one.source == source && over(one.until))
}

/// What one source has answered.
pub(super) struct Answer {
    pub(super) source: &'static str,
    pub(super) found: Vec<Found>,
    /// `None` while it has not ended.
    pub(super) ending: Option<Ending>,
}

/// What the threads of a search tell whoever waits for them.
struct Told {
    lines: Mutex<Vec<Line>>,
    reader: Waker,
}

struct Line {
    /// Which of the sources.
    index: usize,
    what: What,
}

enum What {
    News(Box<News>),
    Ended(Result),
}

impl Told {
    fn tell(&self, index: usize, what: What) {
        self.lines.lock().push(Line { index, what });
        self.reader.wake();
    }
}

/// Asks all of `sources`, and gives their answers in the same order.
///
/// # Errors
/// VI_ERROR_ABORT when cancelled; VI_ERROR_ALLOC.
pub(super) fn all(
    sources: &[&'static dyn Source],
    search: &Arc<Search>,
    observe: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<Answer>> {
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let started = Instant::now();
    let wait = Wait { deadline: in_all(search.deadline), ..search.wait() };
    let blocked = wait.ticket.block()?;
    let told = Arc::new(Told { lines: Mutex::default(), reader: blocked.waker().clone() });
    let mut answers: Vec<_> = sources.iter().map(|source| Answer::of(*source)).collect();
    for (index, source) in sources.iter().enumerate() {
        let name = source.name();
        observe(Progress::Asked(name));
        if is_stuck(name) {
            end(&mut answers[index], Ending::Stuck, started, observe);
        } else if let Err(error) = ask(*source, index, search, &told) {
            end(&mut answers[index], Ending::Failed(error), started, observe);
        }
    }
    while answers.iter().any(|answer| answer.ending.is_none()) {
        let waited = await_wake(&blocked, &wait);
        for Line { index, what } in std::mem::take(&mut *told.lines.lock()) {
            let answer = &mut answers[index];
            match what {
                What::News(news) => match *news {
                    News::Found(found) => {
                        observe(Progress::Found(answer.source, &found));
                        answer.found.push(found);
                    }
                    News::Trouble(trouble) => {
                        observe(Progress::Trouble(answer.source, &trouble));
                    }
                },
                What::Ended(outcome) => end(answer, ending_of(outcome), started, observe),
            }
        }
        match waited {
            Ok(()) => {}
            Err(error) if error.code == VI_ERROR_TMO => break,
            Err(error) => return Err(error),
        }
    }
    for answer in answers.iter_mut().filter(|answer| answer.ending.is_none()) {
        end(answer, Ending::Late, started, observe);
    }
    Ok(answers)
}

impl Answer {
    fn of(source: &dyn Source) -> Self {
        Self { source: source.name(), found: Vec::new(), ending: None }
    }
}

/// When the waiting ends.
fn in_all(deadline: Deadline) -> Deadline {
    match deadline {
        Deadline::Immediate => Deadline::after(GRACE),
        Deadline::At(at) => Deadline::At(at + GRACE),
        Deadline::Never => Deadline::Never,
    }
}

fn ending_of(outcome: Result) -> Ending {
    match outcome {
        Ok(()) => Ending::Complete,
        Err(error) if error.code == VI_ERROR_TMO => Ending::Late,
        Err(error) => Ending::Failed(error),
    }
}

fn end(
    answer: &mut Answer,
    ending: Ending,
    started: Instant,
    observe: &mut dyn FnMut(Progress<'_>),
) {
    answer.ending = Some(ending);
    let (source, count) = (answer.source, answer.found.len());
    observe(Progress::Ended(&Report { source, count, took: started.elapsed(), ending }));
}

/// Starts a source's thread.
fn ask(
    source: &'static dyn Source,
    index: usize,
    search: &Arc<Search>,
    told: &Arc<Told>,
) -> Result {
    let (search, told) = (search.clone(), told.clone());
    let run = move || {
        let running = Running { source: source.name(), until: search.deadline }.begins();
        let mut tell = |news| told.tell(index, What::News(Box::new(news)));
        let outcome = catch_unwind(AssertUnwindSafe(|| source.survey(&search, &mut tell)));
        let failed = Err(Error::new(VI_ERROR_SYSTEM_ERROR, "the source panicked"));
        running.has_ended();
        told.tell(index, What::Ended(outcome.unwrap_or(failed)));
    };
    match thread::Builder::new().name("visa-find".into()).spawn(run) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::new(VI_ERROR_ALLOC, "no thread for the search")),
    }
}
