#![forbid(unsafe_code)]
//! Answers of the network that are young enough to be used again.
//!
//! A search of the network takes most of a second, and programs that open a list of instruments
//! search several times in a row. An answer serves for the time that the configuration says, and,
//! where it says so, an older one serves too while a new one is fetched behind it.

use std::convert::Infallible;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use parking_lot::Mutex;

use crate::config::Config;
use crate::find::collect;
use crate::find::collect::Answer;
use crate::find::{Ending, Plan};
use crate::iface::source::{Found, Search, Source};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::fork::PerProcess;

/// How old an answer may be that is given while a new one is fetched.
const OLDEST: Duration = Duration::from_secs(600);

/// The latest complete answers, one for each source.
static KEPT: PerProcess<Mutex<Vec<Kept>>> = PerProcess::new();

struct Kept {
    source: &'static str,
    /// The configuration that it was searched by.
    config: Arc<Config>,
    /// How long the search might take.
    bound: Duration,
    /// When it was complete.
    at: Instant,
    found: Vec<Found>,
    /// A thread is fetching a new one.
    is_being_renewed: bool,
}

fn kept() -> &'static Mutex<Vec<Kept>> {
    let made: Result<_, Infallible> = KEPT.get(|| Ok(Mutex::default()));
    let Ok(kept) = made;
    kept
}

/// What `source` has answered lately, and how long ago. `None`: it is to be asked.
pub(super) fn answer(plan: &Plan, source: &'static dyn Source) -> Option<(Duration, Vec<Found>)> {
    let find = plan.config.find();
    let mut all = kept().lock();
    let one = all.iter_mut().find(|one| one.source == source.name())?;
    let age = one.at.elapsed();
    let is_young = age < find.recent;
    let may_serve = is_young || find.background && age < OLDEST;
    // Whoever gives a search more time may want those who are slow to answer.
    if !may_serve || one.bound < plan.bound || !Arc::ptr_eq(&one.config, &plan.config) {
        return None;
    }
    let found = one.found.clone();
    if !is_young && !one.is_being_renewed {
        one.is_being_renewed = renew(plan, source);
    }
    Some((age, found))
}

/// Keeps an answer, if it is complete and of a source of the network.
pub(super) fn keep(plan: &Plan, answer: &Answer) {
    if !super::LAN.iter().any(|lan| lan.source.name() == answer.source) {
        return;
    }
    keep_of(plan.config.clone(), plan.bound, answer);
}

pub(super) fn keep_of(config: Arc<Config>, bound: Duration, answer: &Answer) {
    if answer.ending != Some(Ending::Complete) {
        return;
    }
    let (source, found) = (answer.source, answer.found.clone());
    let at = Instant::now();
    let new = Kept { source, config, bound, at, found, is_being_renewed: false };
    let mut all = kept().lock();
    all.retain(|one| one.source != source);
    all.push(new);
}

/// Fetches a new answer on a thread, and tells whether there is one.
fn renew(plan: &Plan, source: &'static dyn Source) -> bool {
    let (config, bound) = (plan.config.clone(), plan.bound);
    let run = move || {
        // Nobody waits for it, so nobody ends it but its time.
        let search = Arc::new(Search {
            config: config.clone(),
            deadline: Deadline::after(bound),
            cancel: Arc::new(Cancel::new()),
        });
        let answers = collect::all(&[source], &search, &mut |_| {}).unwrap_or_default();
        answers.iter().for_each(|answer| keep_of(config.clone(), bound, answer));
        // Where there was no answer, the next search may try again.
        let mut all = kept().lock();
        all.iter_mut()
            .filter(|one| one.source == source.name())
            .for_each(|one| one.is_being_renewed = false);
    };
    thread::Builder::new().name("visa-find".into()).spawn(run).is_ok()
}
