#![forbid(unsafe_code)]
//! Sources of all tempers, searched side by side.

use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::config::Config;
use crate::find::collect;
use crate::find::recent;
use crate::find::{Ending, Modes, Plan, Progress};
use crate::iface::source::{Found, Search, Source};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::poll::await_wake;
use crate::rsrc::ResourceName;
use crate::status::{Result, VI_ERROR_ABORT, VI_ERROR_IO, VI_ERROR_SYSTEM_ERROR, fail};

/// Longer than any of these searches may take, on a busy machine too.
const LONG: Duration = Duration::from_secs(60);

fn named(board: u16) -> Found {
    ResourceName::parse(&format!("GPIB{board}::5::INSTR")).unwrap().into()
}

/// A source that does as it is told.
struct Told<F: Fn(&Search, &mut dyn FnMut(Found)) -> Result + Sync> {
    name: &'static str,
    find: F,
}

impl<F: Fn(&Search, &mut dyn FnMut(Found)) -> Result + Sync> Source for Told<F> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["GPIB"]
    }

    fn find(&self, search: &Search, tell: &mut dyn FnMut(Found)) -> Result {
        (self.find)(search, tell)
    }
}

/// The search wants sources that live for ever.
fn source(
    name: &'static str,
    find: impl Fn(&Search, &mut dyn FnMut(Found)) -> Result + Send + Sync + 'static,
) -> &'static dyn Source {
    Box::leak(Box::new(Told { name, find }))
}

fn search(bound: Duration) -> Arc<Search> {
    Arc::new(Search {
        config: Arc::new(Config::default()),
        deadline: Deadline::after(bound),
        cancel: Arc::new(Cancel::new()),
    })
}

fn endings(sources: &[&'static dyn Source], search: &Arc<Search>) -> Vec<(usize, Ending)> {
    let answers = collect::all(sources, search, &mut |_| {}).unwrap();
    answers.iter().map(|answer| (answer.found.len(), answer.ending.unwrap())).collect()
}

/// A search ends when all have ended, long before its bound.
#[test]
fn who_has_told_all_is_not_waited_for() {
    let quick = |name, count| {
        source(name, move |_, tell| {
            (0..count).for_each(|board| tell(named(board)));
            Ok(())
        })
    };
    let started = Instant::now();
    let ended = endings(&[quick("one", 2), quick("two", 0)], &search(2 * LONG));
    assert_eq!(ended, [(2, Ending::Complete), (0, Ending::Complete)]);
    assert!(started.elapsed() < LONG);
}

/// Each runs on a thread of its own: neither of two that wait for each other could end first.
#[test]
fn sources_are_asked_side_by_side() {
    let (to_one, from_two) = mpsc::sync_channel(0);
    let (to_two, from_one) = mpsc::sync_channel(0);
    let (from_two, from_one) = (Mutex::new(from_two), Mutex::new(from_one));
    let one = source("one", move |_, _| {
        to_two.send(()).unwrap();
        from_two.lock().recv_timeout(LONG).unwrap();
        Ok(())
    });
    let two = source("two", move |_, _| {
        from_one.lock().recv_timeout(LONG).unwrap();
        to_one.send(()).unwrap();
        Ok(())
    });
    let ended = endings(&[one, two], &search(LONG));
    assert_eq!(ended, [(0, Ending::Complete), (0, Ending::Complete)]);
}

/// What it told before counts, and so does all that the others found.
#[test]
fn a_source_that_fails_costs_only_what_it_would_have_found() {
    let failing = source("failing", |_, tell| {
        tell(named(1));
        fail(VI_ERROR_IO, "cable")
    });
    let panicking = source("panicking", |_, tell| {
        tell(named(2));
        std::panic::resume_unwind(Box::new("a fault"));
    });
    let well = source("well", |_, tell| {
        tell(named(3));
        Ok(())
    });
    let ended = endings(&[failing, panicking, well], &search(LONG));
    let code = |ending| match ending {
        Ending::Failed(error) => error.code,
        _ => 0,
    };
    let codes = ended.iter().map(|(count, ending)| (*count, code(*ending)));
    assert!(codes.eq([(1, VI_ERROR_IO), (1, VI_ERROR_SYSTEM_ERROR), (1, 0)]), "{ended:?}");
}

/// A driver that does not come back: the search ends by its bound with what there is, and does not
/// ask it again before it has come back.
#[test]
fn a_source_that_hangs_costs_only_itself() {
    let (let_go, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let hanging = source("hanging", move |_, tell| {
        tell(named(1));
        let _ = held.lock().recv();
        Ok(())
    });
    let well = source("well beside it", |_, tell| {
        tell(named(2));
        Ok(())
    });
    let sources = [hanging, well];
    let ended = endings(&sources, &search(Duration::from_secs(1)));
    assert_eq!(ended, [(1, Ending::Late), (1, Ending::Complete)]);
    thread::sleep(collect::PATIENCE + Duration::from_millis(100));
    let ended = endings(&sources, &search(Duration::from_secs(1)));
    assert_eq!(ended, [(0, Ending::Stuck), (1, Ending::Complete)]);
    drop(let_go);
    let until = Instant::now() + LONG;
    while endings(&sources, &search(LONG))[0].1 == Ending::Stuck {
        assert!(Instant::now() < until, "it has come back and is not asked");
        thread::yield_now();
    }
}

/// viClose of the manager.
#[test]
fn a_search_can_be_ended() {
    let search = search(LONG);
    let waiting = source("waiting", |search: &Search, _| {
        let wait = search.wait();
        loop {
            await_wake(&wait.ticket.block()?, &wait)?;
        }
    });
    let cancel = search.cancel.clone();
    let outcome = collect::all(&[waiting], &search, &mut |progress| {
        if matches!(progress, Progress::Asked(_)) {
            let cancel = cancel.clone();
            thread::spawn(move || cancel.close());
        }
    });
    assert_eq!(outcome.err().map(|error| error.code), Some(VI_ERROR_ABORT));
}

/// People see who is asked, what comes, and how each ends.
#[test]
fn progress_is_told_as_it_is_made() {
    let one = source("one", |_, tell| {
        tell(named(7));
        Ok(())
    });
    let mut seen = Vec::new();
    collect::all(&[one], &search(LONG), &mut |progress| {
        seen.push(match progress {
            Progress::Asked(source) => format!("{source} asked"),
            Progress::Found(source, found) => format!("{source}: {}", found.name.canonical()),
            Progress::Trouble(source, trouble) => format!("{source}: no {}", trouble.what),
            Progress::Ended(report) => {
                format!("{}: {}, {}", report.source, report.count, report.ending)
            }
        });
    })
    .unwrap();
    assert_eq!(seen, ["one asked", "one: GPIB7::5::INSTR", "one: 1, complete"]);
}

fn plan(config: &str) -> Plan {
    Plan {
        config: Arc::new(Config::of(config)),
        modes: Modes::CONFIG,
        bound: LONG,
        cancel: Arc::new(Cancel::new()),
        only: Vec::new(),
    }
}

/// A source that finds one more resource each time.
fn counting(name: &'static str) -> &'static dyn Source {
    let times = Mutex::new(0);
    source(name, move |_, tell| {
        let mut times = times.lock();
        *times += 1;
        (0..*times).for_each(|board| tell(named(board)));
        Ok(())
    })
}

fn ask(plan: &Plan, source: &'static dyn Source) {
    let search = search(LONG);
    for answer in collect::all(&[source], &search, &mut |_| {}).unwrap() {
        recent::keep_of(plan.config.clone(), plan.bound, &answer);
    }
}

#[test]
fn a_recent_answer_serves_for_its_time_and_for_its_configuration() {
    let source = counting("recent");
    let plan = plan("[find]\nrecent_s = 3600\n");
    assert!(recent::answer(&plan, source).is_none(), "never asked");
    ask(&plan, source);
    assert_eq!(recent::answer(&plan, source).unwrap().1, [named(0)]);
    let other = Plan { config: Arc::new(Config::default()), ..self::plan("") };
    assert!(recent::answer(&other, source).is_none(), "searched by another configuration");
    let longer = Plan { config: plan.config.clone(), bound: 2 * LONG, ..self::plan("") };
    assert!(recent::answer(&longer, source).is_none(), "there is time for slower ones now");
    let shorter = Plan { config: plan.config.clone(), bound: LONG / 2, ..self::plan("") };
    assert!(recent::answer(&shorter, source).is_some());
    let never = counting("never again");
    let at_once = self::plan("[find]\nrecent_s = 0\n");
    ask(&at_once, never);
    assert!(recent::answer(&at_once, never).is_none());
}

/// What was told until it failed is not all there is.
#[test]
fn an_answer_that_is_not_complete_is_not_used_again() {
    let cut = source("cut", |_, tell| {
        tell(named(1));
        fail(VI_ERROR_IO, "cable")
    });
    let plan = plan("");
    ask(&plan, cut);
    assert!(recent::answer(&plan, cut).is_none());
}

#[test]
fn an_older_answer_is_given_at_once_and_renewed_behind_it() {
    let source = counting("background");
    let plan = plan("[find]\nrecent_s = 0\nbackground = true\n");
    ask(&plan, source);
    assert_eq!(recent::answer(&plan, source).unwrap().1, [named(0)]);
    let until = Instant::now() + LONG;
    while recent::answer(&plan, source).unwrap().1.len() < 2 {
        assert!(Instant::now() < until, "no new answer");
        thread::yield_now();
    }
}
