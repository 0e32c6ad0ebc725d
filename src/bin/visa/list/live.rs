#![forbid(unsafe_code)]
//! The search while it goes on: which sources are at work, how many each has found, and how long it
//! takes. Only on a terminal, and gone when the search has ended.

use std::io::IsTerminal;
use std::io::Write;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;
use std::time::Instant;

use visa::find::CONFIGURATION;

use crate::list::search::Event;
use crate::screen::cut;
use crate::screen::time;
use crate::screen::width;

/// How often it is drawn anew.
const TICK: Duration = Duration::from_millis(100);

/// What is over sooner is not worth a look.
const PATIENCE: Duration = Duration::from_millis(150);

/// The lines on the screen, one for each source.
pub struct Live {
    is_terminal: bool,
    since: Instant,
    lines: Vec<Line>,
    /// How many lines stand on the screen.
    drawn: usize,
}

struct Line {
    source: &'static str,
    found: usize,
    /// Since when it is at work.
    since: Instant,
    /// How long it took, once it has ended.
    took: Option<Duration>,
}

impl Live {
    /// Begins.
    pub fn new() -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        Self { is_terminal, since: Instant::now(), lines: Vec::new(), drawn: 0 }
    }

    /// Shows what happens until nothing more does, and hands it on.
    pub fn follow(mut self, events: &Receiver<Event>, each: &mut dyn FnMut(Event)) {
        let mut next = self.since + PATIENCE;
        loop {
            match events.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(event) => {
                    self.take(&event);
                    each(event);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if Instant::now() >= next {
                self.draw();
                next = Instant::now() + TICK;
            }
        }
    }

    fn take(&mut self, event: &Event) {
        let source = match event {
            Event::Asked(source) | Event::Found(source, _) | Event::Trouble(source, _) => *source,
            Event::Ended(report) => report.source,
        };
        let place = self.lines.iter().position(|line| line.source == source);
        let place = place.unwrap_or_else(|| {
            // What is configured takes no time.
            let took = (source == CONFIGURATION).then_some(Duration::ZERO);
            self.lines.push(Line { source, found: 0, since: Instant::now(), took });
            self.lines.len() - 1
        });
        let line = &mut self.lines[place];
        match event {
            Event::Found(..) => line.found += 1,
            Event::Ended(report) => (line.found, line.took) = (report.count, Some(report.took)),
            Event::Asked(_) | Event::Trouble(..) => {}
        }
    }

    /// What the screen shows, at this width.
    fn text(&self, now: Instant, width: usize) -> Vec<String> {
        let wide = self.lines.iter().map(|line| line.source.len()).max().unwrap_or(0);
        let lines = self.lines.iter().map(|line| {
            let took = match line.took {
                Some(Duration::ZERO) => String::new(),
                Some(took) => format!("{:>7}", time(took)),
                None => format!("{:>7} ...", time(now.saturating_duration_since(line.since))),
            };
            let (source, found) = (line.source, line.found);
            // The last column stays free: some terminals go on to the next line there.
            cut(format!("  {source:wide$}  {found:3} found  {took}").trim_end(), width - 1)
        });
        lines.collect()
    }

    fn draw(&mut self) {
        if !self.is_terminal {
            return;
        }
        let lines = self.text(Instant::now(), width().max(2));
        self.clear();
        self.drawn = lines.len();
        // A lost picture harms nobody.
        let _ = std::io::stderr().write_all((lines.join("\n") + "\n").as_bytes());
    }

    fn clear(&mut self) {
        if self.drawn > 0 {
            let _ = write!(std::io::stderr(), "\x1b[{}F\x1b[J", self.drawn);
            self.drawn = 0;
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.clear();
    }
}

#[cfg(test)]
mod tests {
    use visa::find::{Ending, Report};
    use visa::rsrc::ResourceName;

    use super::*;

    #[test]
    fn each_source_shows_what_it_has_found_and_whether_it_is_still_at_work() {
        let mut live = Live::new();
        let name = ResourceName::parse("ASRL1").expect("a name");
        live.take(&Event::Asked("GPIB"));
        live.take(&Event::Asked("serial ports"));
        live.take(&Event::Found("serial ports", Box::new(name.into())));
        let report = Report {
            source: "GPIB",
            count: 2,
            took: Duration::from_millis(12),
            ending: Ending::Complete,
        };
        live.take(&Event::Ended(report));
        let now = live.lines[1].since + Duration::from_millis(350);
        assert_eq!(
            live.text(now, 80),
            ["  GPIB            2 found    12 ms", "  serial ports    1 found   350 ms ..."]
        );
        assert_eq!(live.text(now, 10)[1], "  serial\u{2026}");
    }
}
