#![forbid(unsafe_code)]
//! Writing to people: colour where there is a terminal, progress on stderr, times.

use std::io::IsTerminal;
use std::io::Write;
use std::time::Duration;
use std::time::Instant;

use terminal_size::Width;

/// Columns of the terminal; 80 where output goes elsewhere.
pub fn width() -> usize {
    let asked = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let real = || terminal_size::terminal_size().map(|(Width(columns), _)| columns.into());
    asked.or_else(real).unwrap_or(80)
}

/// A way to set text off.
#[derive(Clone, Copy, Debug)]
pub enum Style {
    /// Headings.
    Bold,
    /// What is less important.
    Dim,
    /// What worked, and curves.
    Green,
    /// What was left out.
    Yellow,
    /// What failed.
    Red,
}

/// `text` in that style when stdout is a terminal and NO_COLOR is not set (no-color.org).
pub fn styled(style: Style, text: &str) -> String {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if plain || !std::io::stdout().is_terminal() {
        return text.to_owned();
    }
    let code = match style {
        Style::Bold => 1,
        Style::Dim => 2,
        Style::Green => 32,
        Style::Yellow => 33,
        Style::Red => 31,
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}

/// A duration in a unit that suits it.
pub fn time(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    match seconds {
        0.0..0.001 => format!("{:.0} µs", seconds * 1e6),
        0.001..0.01 => format!("{:.1} ms", seconds * 1e3),
        0.01..1.0 => format!("{:.0} ms", seconds * 1e3),
        _ => format!("{seconds:.1} s"),
    }
}

/// What goes on while something takes long, on stderr: one line that renews itself on a terminal,
/// plain lines elsewhere, nothing at all when it was quick.
pub struct Progress {
    live: bool,
    since: Instant,
    last: String,
}

impl Progress {
    /// Work takes this long before it is worth a line in a log.
    const PATIENCE: Duration = Duration::from_secs(1);

    /// Begins.
    pub fn new() -> Self {
        Self { live: std::io::stderr().is_terminal(), since: Instant::now(), last: String::new() }
    }

    /// Says what is being done now.
    pub fn say(&mut self, text: &str) {
        if text == self.last {
            return;
        }
        text.clone_into(&mut self.last);
        if self.live {
            let room = width().saturating_sub(3);
            let short: String = text.chars().take(room).collect();
            eprint!("\r\x1b[K  {short}");
            // A lost progress line harms nobody.
            let _ = std::io::stderr().flush();
        } else if self.since.elapsed() >= Self::PATIENCE {
            eprintln!("  {text}");
        }
    }

    /// Makes room for a line of its own, until the next word.
    pub fn hide(&mut self) {
        if self.live && !self.last.is_empty() {
            eprint!("\r\x1b[K");
        }
        self.last.clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.hide();
    }
}

/// `text` cut to `room` characters, with an ellipsis where it was longer.
pub fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit_that_suits_them() {
        assert_eq!(time(Duration::from_micros(250)), "250 µs");
        assert_eq!(time(Duration::from_micros(2500)), "2.5 ms");
        assert_eq!(time(Duration::from_millis(120)), "120 ms");
        assert_eq!(time(Duration::from_millis(2340)), "2.3 s");
    }

    #[test]
    fn text_that_is_cut_says_so() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
    }
}
