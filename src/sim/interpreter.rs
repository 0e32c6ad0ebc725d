#![forbid(unsafe_code)]
//! Program messages in, response messages out: one interpreter for each connection.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use crate::sim::bulk::Upload;
use crate::sim::commands;
use crate::sim::commands::Argument;
use crate::sim::commands::Call;
use crate::sim::commands::Command;
use crate::sim::device::Device;
use crate::sim::device::PortId;
use crate::sim::lexer::Event;
use crate::sim::lexer::Framing;
use crate::sim::lexer::Lexer;
use crate::sim::response::Response;
use crate::sim::status::DATA_TYPE_ERROR;
use crate::sim::status::ErrorNumber;
use crate::sim::status::INPUT_BUFFER_OVERRUN;
use crate::sim::status::INVALID_BLOCK_DATA;
use crate::sim::status::MISSING_PARAMETER;
use crate::sim::status::PARAMETER_NOT_ALLOWED;
use crate::sim::status::SYNTAX_ERROR;
use crate::sim::status::UNDEFINED_HEADER;
use crate::sim::store::Store;

/// The longest block that is kept, for `ECHO:BLOCK`; an upload may have any length.
const LONGEST_BLOCK: usize = 64 << 20;

/// The block in the argument of a unit.
#[derive(Debug)]
pub(super) enum Block {
    Kept(Vec<u8>),
    Upload(Upload),
    /// Of no use to this command, or too long.
    Dropped(ErrorNumber),
}

/// Turns program messages into responses.
pub(super) struct Interpreter {
    device: Arc<Device>,
    port: PortId,
    framing: Framing,
    lexer: Lexer,
    /// The command of the unit, once its header is complete; `Some(None)` if there is none such.
    command: Option<Option<&'static Command>>,
    block: Option<Block>,
    /// What a header without a leading colon continues, as `SYST:` (SCPI-99 volume 1, 6.2.4).
    path: String,
    response: Response,
    /// Query answers in the response so far.
    answers: u32,
    delay: Option<Duration>,
    store: Store,
}

impl Interpreter {
    /// An interpreter for `port`, on an interface with this framing.
    pub(super) fn new(device: Arc<Device>, port: PortId, framing: Framing) -> Self {
        Self {
            device,
            port,
            framing,
            lexer: Lexer::new(framing),
            command: None,
            block: None,
            path: String::new(),
            response: Response::default(),
            answers: 0,
            delay: None,
            store: Store::default(),
        }
    }

    /// Takes input up to the first message that has a response: how much, and the response.
    /// The caller sends that and then goes on with the rest, so that responses cannot pile up.
    /// `end`: the message is over behind the last byte.
    pub(super) fn feed(&mut self, input: &[u8], end: bool) -> (usize, Option<Response>) {
        let mut used = 0;
        loop {
            let (kept, outcome) = self.store.take(&input[used..]);
            used += kept;
            if let Err(error) = outcome {
                self.device.raise(error);
            }
            let (count, event) = self.lexer.next(&input[used..]);
            let bytes = &input[used..used + count];
            used += count;
            match event {
                Event::Pending => break,
                Event::Header => self.begin_argument(),
                Event::Block(length) => self.begin_block(length),
                Event::Data => self.take_data(bytes),
                Event::Unit => self.execute(false),
                Event::Message => {
                    self.execute(true);
                    self.path.clear();
                    if self.framing == Framing::End {
                        continue;
                    }
                    let response = self.finish();
                    if response.is_some() {
                        return (used, response);
                    }
                }
                Event::Invalid => self.spoil(SYNTAX_ERROR),
            }
        }
        if !end {
            return (used, None);
        }
        if self.lexer.complete() {
            self.strip_line_feed();
            let line = self.lexer.end();
            self.execute(line);
        } else {
            self.spoil(INVALID_BLOCK_DATA);
            self.lexer.reset();
        }
        (used, self.finish())
    }

    /// Whether no message has begun.
    pub(super) fn idle(&self) -> bool {
        self.lexer.idle() && self.answers == 0 && !self.store.taking
    }

    /// Device clear: forgets input and response (IEEE 488.2 5.8).
    pub(super) fn clear(&mut self) {
        self.lexer.reset();
        self.command = None;
        self.block = None;
        self.path.clear();
        self.response = Response::default();
        self.answers = 0;
        self.delay = None;
        self.store = Store::default();
    }

    fn begin_argument(&mut self) {
        let command = self.resolve();
        self.command = Some(command);
        if command.is_some_and(|command| command.argument == Argument::Raw) {
            self.lexer.take_raw();
        }
    }

    fn begin_block(&mut self, length: Option<u64>) {
        let wanted = self.command.flatten().map(|command| command.argument);
        self.block = Some(match (wanted, length) {
            (Some(Argument::Upload), Some(_)) => Block::Upload(Upload::default()),
            (Some(Argument::Block), _) => Block::Kept(Vec::new()),
            (Some(Argument::Upload), None) => Block::Dropped(INVALID_BLOCK_DATA),
            _ => Block::Dropped(DATA_TYPE_ERROR),
        });
    }

    fn take_data(&mut self, bytes: &[u8]) {
        match &mut self.block {
            Some(Block::Kept(data)) if data.len() + bytes.len() > LONGEST_BLOCK => {
                self.block = Some(Block::Dropped(INPUT_BUFFER_OVERRUN));
            }
            Some(Block::Kept(data)) => data.extend_from_slice(bytes),
            Some(Block::Upload(upload)) => upload.push(bytes),
            Some(Block::Dropped(_)) | None => {}
        }
    }

    /// The line feed that comes with END is no data of a block without a length (8.7.9.2).
    fn strip_line_feed(&mut self) {
        if let Some(Block::Kept(data)) = &mut self.block
            && self.lexer.endless()
            && data.last() == Some(&b'\n')
        {
            data.pop();
        }
    }

    /// The unit is wrong: enters the error and forgets it.
    fn spoil(&mut self, error: ErrorNumber) {
        self.device.raise(error);
        self.lexer.next_unit();
        self.command = None;
        self.block = None;
    }

    /// The command whose header is complete. A header that does not fit below the path is looked
    /// up from the root too, as many instruments do.
    fn resolve(&mut self) -> Option<&'static Command> {
        let header = std::str::from_utf8(self.lexer.header()).ok()?.trim_end();
        if header.starts_with('*') {
            return commands::find(header);
        }
        let below = match header.strip_prefix(':') {
            Some(rooted) => rooted.to_owned(),
            None => format!("{}{header}", self.path),
        };
        let (command, header) = match commands::find(&below) {
            Some(command) => (command, below.as_str()),
            None => (commands::find(header)?, header),
        };
        self.path = header.rfind(':').map_or(String::new(), |end| header[..=end].to_owned());
        Some(command)
    }

    /// Carries out the unit, if there is one. `line`: it was ended by a line feed.
    fn execute(&mut self, line: bool) {
        let unit = !self.lexer.header().trim_ascii().is_empty();
        if unit {
            let command = match self.command.take() {
                Some(command) => command,
                None => self.resolve(),
            };
            if let Err(error) = self.run(command, line) {
                self.device.raise(error);
            }
        }
        self.lexer.next_unit();
        self.command = None;
        self.block = None;
    }

    fn run(&mut self, command: Option<&Command>, line: bool) -> Result<(), ErrorNumber> {
        let command = command.ok_or(UNDEFINED_HEADER)?;
        if self.lexer.overrun {
            return Err(INPUT_BUFFER_OVERRUN);
        }
        let block = self.block.take();
        if let Some(Block::Dropped(error)) = block {
            return Err(error);
        }
        let given = self.lexer.argument();
        let argument = match command.argument {
            // Exactly what was sent, but the terminator may be CR LF: PyVISA's default.
            Argument::Raw if line => given.strip_suffix(b"\r").unwrap_or(given),
            Argument::Raw => given,
            _ => given.trim_ascii(),
        };
        match command.argument {
            Argument::None if !argument.is_empty() => return Err(PARAMETER_NOT_ALLOWED),
            Argument::Text if argument.is_empty() => return Err(MISSING_PARAMETER),
            Argument::Block | Argument::Upload if block.is_none() => return Err(MISSING_PARAMETER),
            _ => {}
        }
        (command.run)(&mut Call {
            device: &self.device,
            port: self.port,
            argument,
            block,
            response: &mut self.response,
            answers: &mut self.answers,
            delay: &mut self.delay,
            store: &mut self.store,
        })
    }

    /// The message is over: its response, if it has one.
    fn finish(&mut self) -> Option<Response> {
        self.path.clear();
        if self.answers == 0 {
            return None;
        }
        self.answers = 0;
        let mut response = std::mem::take(&mut self.response);
        response.push(b"\n");
        response.ready = self.delay.take().map(|delay| Instant::now() + delay);
        Some(response)
    }
}
