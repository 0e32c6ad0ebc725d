#![forbid(unsafe_code)]
//! Cuts incoming bytes into program message units (IEEE 488.2 chapter 7), however they were cut
//! on their way. The data of a block goes by without being kept.

/// The longest unit, without its block: a client that never ends a message shall not fill memory.
const LONGEST: usize = 64 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Text,
    Quoted(u8),
    /// Behind the `#` of a block, or of a number like `#H1F`.
    Hash,
    /// In the length of a block.
    Length {
        digits: u8,
        value: u64,
    },
    Block(u64),
    /// In a block without a length, `#0`, which only the end of the message ends.
    Endless,
    /// In an argument that is taken as it is up to the end of the message.
    Raw,
    /// Behind a mistake, up to the end of the message.
    Lost,
}

/// What ends a program message on an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// A line feed: nothing else can.
    Line,
    /// A line feed, END, or both (IEEE 488.2 7.5).
    LineOrEnd,
    /// END alone, so that one message has one response; a line feed within it separates units.
    End,
}

/// What the next bytes were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// No more input, unit not complete.
    Pending,
    /// The header is complete and an argument follows.
    Header,
    /// A block begins, of so many bytes if it says so.
    Block(Option<u64>),
    /// The bytes just used are data of the block.
    Data,
    /// The unit is complete, the message goes on: `;`.
    Unit,
    /// The unit and the message are complete: line feed.
    Message,
    /// A mistake: the rest of the message is skipped.
    Invalid,
}

/// The cutter.
#[derive(Debug)]
pub(super) struct Lexer {
    state: State,
    text: Vec<u8>,
    /// Length of the header in `text`, once it is complete.
    header: Option<usize>,
    /// The unit was longer than [`LONGEST`].
    pub(super) overrun: bool,
    framing: Framing,
}

impl Lexer {
    pub(super) fn new(framing: Framing) -> Self {
        Self { state: State::Text, text: Vec::new(), header: None, overrun: false, framing }
    }

    /// Forgets everything.
    pub(super) fn reset(&mut self) {
        self.state = State::Text;
        self.next_unit();
    }

    /// Makes room for the next unit.
    pub(super) fn next_unit(&mut self) {
        self.text.clear();
        self.text.shrink_to(1 << 16);
        self.header = None;
        self.overrun = false;
    }

    /// Whether the message could end here, as far as quotes and blocks are concerned.
    pub(super) fn complete(&self) -> bool {
        !matches!(self.state, State::Quoted(_) | State::Length { .. } | State::Block(_))
    }

    /// Whether a block without a length is going on.
    pub(super) fn endless(&self) -> bool {
        self.state == State::Endless
    }

    /// Whether nothing of a message has been seen.
    pub(super) fn idle(&self) -> bool {
        self.state == State::Text && self.text.is_empty()
    }

    /// The header of the unit.
    pub(super) fn header(&self) -> &[u8] {
        &self.text[..self.header.unwrap_or(self.text.len())]
    }

    /// What follows the header, without the one blank that parts them.
    pub(super) fn argument(&self) -> &[u8] {
        self.header.map_or(&[], |end| self.text.get(end + 1..).unwrap_or_default())
    }

    /// Takes the argument as it is, up to the end of the message. After [`Event::Header`].
    pub(super) fn take_raw(&mut self) {
        self.state = State::Raw;
    }

    /// Looks at `input`: how many bytes are used up, and what they were.
    pub(super) fn next(&mut self, input: &[u8]) -> (usize, Event) {
        let mut used = 0;
        while let Some(&byte) = input.get(used) {
            let rest = &input[used..];
            match self.state {
                State::Text => {
                    used += 1;
                    if let Some(event) = self.text(byte) {
                        return (used, event);
                    }
                }
                State::Quoted(_) if byte == b'\n' => {
                    self.state = State::Lost;
                    return (used, Event::Invalid);
                }
                State::Quoted(quote) => {
                    used += 1;
                    self.keep(&[byte]);
                    if byte == quote {
                        self.state = State::Text;
                    }
                }
                State::Hash => match byte {
                    b'0' => {
                        self.state = State::Endless;
                        return (used + 1, Event::Block(None));
                    }
                    b'1'..=b'9' => {
                        used += 1;
                        self.state = State::Length { digits: byte - b'0', value: 0 };
                    }
                    _ => {
                        self.keep(b"#");
                        self.state = State::Text;
                    }
                },
                State::Length { digits, value } => {
                    if !byte.is_ascii_digit() {
                        self.state = State::Lost;
                        return (used, Event::Invalid);
                    }
                    used += 1;
                    let value = value * 10 + u64::from(byte - b'0');
                    if digits > 1 {
                        self.state = State::Length { digits: digits - 1, value };
                    } else {
                        self.state = if value > 0 { State::Block(value) } else { State::Text };
                        return (used, Event::Block(Some(value)));
                    }
                }
                State::Block(left) => {
                    let count = left.min(rest.len() as u64);
                    self.state =
                        if count < left { State::Block(left - count) } else { State::Text };
                    return (used + count as usize, Event::Data);
                }
                State::Endless | State::Raw | State::Lost => {
                    let line = self.line_end(rest);
                    if line == Some(0) {
                        self.state = State::Text;
                        return (used + 1, Event::Message);
                    }
                    let count = line.unwrap_or(rest.len());
                    used += count;
                    match self.state {
                        State::Endless => return (used, Event::Data),
                        State::Raw => self.keep(&rest[..count]),
                        _ => {}
                    }
                }
            }
        }
        (used, Event::Pending)
    }

    /// The message is over (END): whether a line feed came with it, which is then no part of a
    /// raw argument.
    pub(super) fn end(&mut self) -> bool {
        if self.state == State::Hash {
            self.keep(b"#");
        }
        let line = self.state == State::Raw && self.text.last() == Some(&b'\n');
        if line {
            self.text.pop();
        }
        self.state = State::Text;
        line
    }

    /// Where the line feed is that ends what may contain anything else.
    fn line_end(&self, bytes: &[u8]) -> Option<usize> {
        let ends = match self.state {
            // No line feed ends these when END can.
            State::Endless => self.framing == Framing::Line,
            State::Raw => self.framing != Framing::End,
            _ => true,
        };
        if ends { bytes.iter().position(|byte| *byte == b'\n') } else { None }
    }

    fn text(&mut self, byte: u8) -> Option<Event> {
        match byte {
            b'\n' => return Some(Event::Message),
            b';' => return Some(Event::Unit),
            b'#' if self.header.is_some() => self.state = State::Hash,
            b'"' | b'\'' if self.header.is_some() => {
                self.keep(&[byte]);
                self.state = State::Quoted(byte);
            }
            _ if byte.is_ascii_whitespace() && self.text.is_empty() => {}
            _ => {
                self.keep(&[byte]);
                if byte.is_ascii_whitespace() && self.header.is_none() {
                    self.header = Some(self.text.len() - 1);
                    return Some(Event::Header);
                }
            }
        }
        None
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.text.len() + bytes.len() <= LONGEST {
            self.text.extend_from_slice(bytes);
        } else {
            self.overrun = true;
        }
    }
}
