#![forbid(unsafe_code)]
//! Where the list comes from.

use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use visa::config;
use visa::config::Config;
use visa::find;
use visa::find::merge::merged;
use visa::find::{About, CONFIGURATION, Ending, Modes, Plan, Progress, Report};
use visa::iface::obstacle;
use visa::iface::obstacle::Obstacle;
use visa::iface::source::{Found, Trouble};
use visa::os::Cancel;
use visa::rsrc::ResourceName;
use visa::rsrc::alias;
use visa::rsrc::expr::Expression;
use visa::session::search::resources;
use visa::status;
use visa::status::Error;

use crate::abi::Fault;
use crate::abi::Manager;
use crate::failure::Failure;
use crate::failure::Result;
use crate::list::List;
use crate::list::chosen;
use crate::list::identify::Said;
use crate::list::live::Live;
use crate::screen;

/// All that was found out.
#[derive(Default)]
pub struct Listing {
    /// The resources, in their order.
    pub rows: Vec<Row>,
    /// What would be one and cannot be used.
    pub troubles: Vec<Trouble>,
    /// Where was looked; nothing is known of it with another library.
    pub sources: Vec<Source>,
}

/// A resource.
#[derive(Debug, Default)]
pub struct Row {
    /// What it is called.
    pub name: String,
    /// The same, where the standard knows such names.
    pub parsed: Option<ResourceName>,
    /// The user's own name for it, or COMn; may be empty.
    pub alias: String,
    /// What it says of itself without being asked; may be empty.
    pub description: String,
    /// Who has told of it.
    pub sources: Vec<&'static str>,
    /// What stands in its way.
    pub obstacle: Option<Obstacle>,
    /// What came of asking it.
    pub said: Option<Said>,
}

/// What became of a source.
#[derive(Clone, Copy, Debug, Default)]
pub struct Source {
    /// What it is called.
    pub name: &'static str,
    /// Whether it asks the network.
    pub is_lan: bool,
    /// Whether the configuration has switched it off.
    pub is_off: bool,
    /// Whether `--only` names it.
    pub is_chosen: bool,
    /// `None` when it was not asked.
    pub report: Option<Report>,
    /// Whether it has told of trouble, which says more than how it ended.
    pub has_told_why: bool,
}

/// What happens while the search goes on.
pub enum Event {
    /// A source was asked.
    Asked(&'static str),
    /// It has told of a resource.
    Found(&'static str, Box<Found>),
    /// It has told of trouble.
    Trouble(&'static str, Trouble),
    /// It has ended.
    Ended(Report),
}

impl Event {
    fn of(progress: &Progress<'_>) -> Self {
        match *progress {
            Progress::Asked(source) => Self::Asked(source),
            Progress::Found(source, found) => Self::Found(source, Box::new(found.clone())),
            Progress::Trouble(source, trouble) => Self::Trouble(source, trouble.clone()),
            Progress::Ended(report) => Self::Ended(*report),
        }
    }
}

/// What has happened.
#[derive(Default)]
struct Seen {
    found: Vec<(&'static str, Found)>,
    troubles: Vec<(&'static str, Trouble)>,
    reports: Vec<Report>,
}

impl Seen {
    fn take(&mut self, event: Event) {
        match event {
            Event::Asked(_) => {}
            Event::Found(source, found) => self.found.push((source, *found)),
            Event::Trouble(source, trouble) => self.troubles.push((source, trouble)),
            Event::Ended(report) => self.reports.push(report),
        }
    }
}

/// viFindRsrc of any library.
///
/// # Errors
/// What it says.
pub fn theirs(manager: &Manager, expression: &str) -> Result<Listing> {
    let mut progress = screen::Progress::new();
    progress.say("looking for instruments");
    let found = manager.find(expression).map_err(|fault| Failure::visa(&fault, expression))?;
    let row = |name: String| {
        let parsed = ResourceName::parse(&name).ok();
        let alias = parsed.as_ref().and_then(alias::of).unwrap_or_default();
        Row { name, parsed, alias, ..Row::default() }
    };
    Ok(Listing { rows: found.into_iter().map(row).collect(), ..Listing::default() })
}

/// The search of this tool's own library.
///
/// # Errors
/// VI_ERROR_INV_EXPR; a source that there is not.
pub fn ours(args: &List) -> Result<Listing> {
    let config = config::load();
    // Left out of the list by the library, without a word.
    for problem in config.problems() {
        eprintln!("warning: {problem}");
    }
    let failed = |error: Error| failure(&error, &args.expression);
    let expression = Expression::parse(&args.expression).map_err(failed)?;
    let sources = find::sources(&config);
    let plan = Plan {
        modes: if args.no_lan { Modes::CONFIG } else { Modes::permitted(&config) },
        bound: args.bound.map_or(config.find().bound, Duration::from_millis),
        cancel: Arc::new(Cancel::new()),
        only: chosen(&args.only, &sources)?,
        config,
    };
    let (found, seen) = searched(&plan, &expression).map_err(failed)?;
    let sources = sources.iter().map(|about| source(&plan, *about, &seen)).collect();
    let rows = rows(&plan.config, found, &seen);
    let mut troubles: Vec<_> = seen.troubles.into_iter().map(|(_, trouble)| trouble).collect();
    if plan.only.is_empty() {
        troubles.extend(missing(&plan.config, &expression, &rows));
    }
    // They came as they were noticed.
    troubles.sort_by(|one, other| one.what.cmp(&other.what));
    Ok(Listing { rows, troubles, sources })
}

fn failure(error: &Error, expression: &str) -> Failure {
    let text = status::text(error.code).unwrap_or(error.at).to_owned();
    Failure::visa(&Fault { code: error.code, call: "viFindRsrc", text }, expression)
}

/// Searches on a thread, while this one shows how far it is.
fn searched(plan: &Plan, expression: &Expression) -> status::Result<(Vec<Found>, Seen)> {
    let (sender, events) = mpsc::channel();
    let search = move || {
        resources(plan, expression, &mut |progress| {
            // Whoever shows it stays until this ends.
            let _ = sender.send(Event::of(&progress));
        })
    };
    let mut seen = Seen::default();
    let found = thread::scope(|scope| {
        let searching = scope.spawn(search);
        Live::new().follow(&events, &mut |event| seen.take(event));
        searching.join().expect("a search does not panic")
    });
    Ok((found?, seen))
}

fn rows(config: &Config, found: Vec<Found>, seen: &Seen) -> Vec<Row> {
    let told: Vec<_> =
        seen.found.iter().map(|(source, one)| Told { source, key: one.name.key(), one }).collect();
    let row = |one: Found| {
        let own = config.alias_of(&one.name).map(str::to_owned);
        Row {
            name: one.name.canonical().to_owned(),
            alias: own.or_else(|| alias::of(&one.name)).unwrap_or_default(),
            description: printable(&one.description),
            sources: told_of(&one, &told),
            obstacle: obstacle::of(&one.name, config),
            parsed: Some(one.name),
            said: None,
        }
    };
    found.into_iter().map(row).collect()
}

/// What a source has told of.
struct Told<'a> {
    source: &'static str,
    key: String,
    one: &'a Found,
}

/// Who has told of a resource, under whatever address.
fn told_of(one: &Found, told: &[Told<'_>]) -> Vec<&'static str> {
    let key = one.name.key();
    let is_alike = |other: &Found| {
        let is_alike = one.addresses.len() > 1 && one.name.kind() == other.name.kind();
        is_alike && merged(vec![one.clone(), other.clone()]).len() == 1
    };
    let mut sources = Vec::new();
    for Told { source, key: other, one } in told {
        if !sources.contains(source) && (*other == key || is_alike(one)) {
            sources.push(*source);
        }
    }
    sources
}

/// What devices say may have anything in it, and is shown on terminals.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

fn source(plan: &Plan, about: About, seen: &Seen) -> Source {
    let name = about.name;
    let told = seen.reports.iter().find(|report| report.source == name).copied();
    // What is configured needs no search, and has no report of one.
    let configured = || Report {
        source: CONFIGURATION,
        count: seen.found.iter().filter(|(source, _)| *source == name).count(),
        took: Duration::ZERO,
        ending: Ending::Complete,
    };
    let is_configuration = name == CONFIGURATION && plan.asks(name);
    Source {
        name,
        is_lan: about.is_lan,
        is_off: !about.is_permitted,
        is_chosen: plan.only.contains(&name),
        report: told.or_else(|| is_configuration.then(configured)),
        has_told_why: seen.troubles.iter().any(|(source, _)| *source == name),
    }
}

/// Aliases of what belongs to this machine and is not there.
fn missing(config: &Config, expression: &Expression, rows: &[Row]) -> Vec<Trouble> {
    let is_listed = |name: &ResourceName| {
        rows.iter().filter_map(|row| row.parsed.as_ref()).any(|row| row.same_resource(name))
    };
    let aliases = config
        .aliases()
        .filter(|(_, name)| expression.matches_name(name.canonical()) && !is_listed(name));
    let trouble = |(alias, name): (&str, &ResourceName)| {
        let what = format!("{alias} ({})", name.canonical());
        Some(Trouble { what, obstacle: obstacle::of(name, config)? })
    };
    aliases.filter_map(trouble).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, addresses: &[&str]) -> Found {
        let addresses = addresses.iter().map(|text| text.parse().expect("an address")).collect();
        Found { addresses, ..ResourceName::parse(name).expect("a name").into() }
    }

    #[test]
    fn a_resource_comes_from_all_who_told_of_it_under_any_of_its_addresses() {
        let one = found("TCPIP::10.0.0.1::INSTR", &["10.0.0.1", "10.0.1.1"]);
        let told = [
            ("mDNS", found("TCPIP::10.0.0.1::INSTR", &["10.0.0.1", "10.0.1.1"])),
            ("mDNS", found("TCPIP::10.0.0.1::hislip0::INSTR", &["10.0.0.1"])),
            ("VXI-11 broadcast", found("TCPIP::10.0.1.1::INSTR", &[])),
            (CONFIGURATION, found("TCPIP::10.0.0.2::INSTR", &[])),
        ];
        let told: Vec<_> =
            told.iter().map(|(source, one)| Told { source, key: one.name.key(), one }).collect();
        assert_eq!(told_of(&one, &told), ["mDNS", "VXI-11 broadcast"]);
    }

    #[test]
    fn nothing_that_a_device_says_moves_the_cursor() {
        assert_eq!(printable("M\u{1b}[2J\n\u{e9}"), "M?[2J?\u{e9}");
    }
}
