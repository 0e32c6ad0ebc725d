#![forbid(unsafe_code)]
//! Messages of DNS (RFC 1035 section 4.1): questions decoded, answers encoded.

use std::collections::HashMap;

pub(super) const A: u16 = 1;
pub(super) const PTR: u16 = 12;
pub(super) const TXT: u16 = 16;
pub(super) const AAAA: u16 = 28;
pub(super) const SRV: u16 = 33;
pub(super) const ANY: u16 = 255;

const CLASS_IN: u16 = 1;
/// Of a question: one answer to the asker alone, please. Of a record: forget older ones.
const TOP_BIT: u16 = 0x8000;

/// Labels, in lower case where names are compared.
pub(super) type Labels = Vec<Vec<u8>>;

/// A name's labels. The first may have dots in it, which are no separators.
pub(super) fn labels(first: &str, rest: &str) -> Labels {
    let rest = rest.split('.').filter(|label| !label.is_empty());
    std::iter::once(first).chain(rest).map(|label| label.as_bytes().to_vec()).collect()
}

/// Whether both are one name.
pub(super) fn is_same(one: &Labels, other: &Labels) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) name: Labels,
    pub(super) kind: u16,
    pub(super) wants_unicast: bool,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Data {
    Bytes(Vec<u8>),
    Name(Labels),
    Service { port: u16, host: Labels },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) name: Labels,
    pub(super) kind: u16,
    pub(super) ttl: u32,
    /// Nobody else has records of this name and type.
    pub(super) is_unique: bool,
    pub(super) data: Data,
}

/// A message that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) id: u16,
    pub(super) questions: Vec<Question>,
    /// What the asker knows: name, type, time to live, and data as far as they are names or plain.
    pub(super) known: Vec<Record>,
}

struct Reader<'a> {
    message: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.message.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }

    fn name(&mut self) -> Option<Labels> {
        let mut labels = Labels::new();
        let mut jumped_from = None;
        // No name has more parts than that.
        for _ in 0..256 {
            let length = self.byte()?;
            match length {
                0 => {
                    self.at = jumped_from.unwrap_or(self.at);
                    return Some(labels);
                }
                1..=63 => {
                    let label = self.message.get(self.at..self.at + usize::from(length))?;
                    self.at += usize::from(length);
                    labels.push(label.to_vec());
                }
                192..=255 => {
                    let to = usize::from(length & 63) * 256 + usize::from(self.byte()?);
                    jumped_from = jumped_from.or(Some(self.at));
                    self.at = to;
                }
                _ => return None,
            }
        }
        None
    }

    fn question(&mut self) -> Option<Question> {
        let (name, kind, class) = (self.name()?, self.word()?, self.word()?);
        Some(Question { name, kind, wants_unicast: class & TOP_BIT != 0 })
    }

    fn record(&mut self) -> Option<Record> {
        let (name, kind, class) = (self.name()?, self.word()?, self.word()?);
        let ttl = u32::from(self.word()?) * 65_536 + u32::from(self.word()?);
        let length = usize::from(self.word()?);
        let end = self.at + length;
        let bytes = self.message.get(self.at..end)?.to_vec();
        let data = match kind {
            PTR => Data::Name(self.name()?),
            SRV => {
                let (_priority, _weight, port) = (self.word()?, self.word()?, self.word()?);
                Data::Service { port, host: self.name()? }
            }
            _ => Data::Bytes(bytes),
        };
        self.at = end;
        Some(Record { name, kind, ttl, is_unique: class & TOP_BIT != 0, data })
    }
}

/// The question that `message` is.
pub(super) fn query(message: &[u8]) -> Option<Query> {
    let mut reader = Reader { message, at: 0 };
    let (id, flags) = (reader.word()?, reader.word()?);
    let (questions, answers) = (reader.word()?, reader.word()?);
    let _others = (reader.word()?, reader.word()?);
    // An answer, or another operation.
    if flags & 0xF800 != 0 {
        return None;
    }
    let questions = (0..questions).map(|_| reader.question()).collect::<Option<_>>()?;
    let known = (0..answers).map_while(|_| reader.record()).collect();
    Some(Query { id, questions, known })
}

/// An answer that is being written.
struct Writer {
    bytes: Vec<u8>,
    /// Where names stand that have been written.
    places: HashMap<Labels, usize>,
}

impl Writer {
    fn word(&mut self, word: u16) {
        self.bytes.extend_from_slice(&word.to_be_bytes());
    }

    fn name(&mut self, name: &[Vec<u8>]) {
        let Some((label, rest)) = name.split_first() else {
            self.bytes.push(0);
            return;
        };
        if let Some(place) = self.places.get(name) {
            self.word(0xC000 | *place as u16);
            return;
        }
        if self.bytes.len() < 0x4000 {
            self.places.insert(name.to_vec(), self.bytes.len());
        }
        self.bytes.push(label.len() as u8);
        self.bytes.extend_from_slice(label);
        self.name(rest);
    }

    fn record(&mut self, record: &Record, to_one: bool) {
        self.name(&record.name);
        self.word(record.kind);
        self.word(if record.is_unique && !to_one { CLASS_IN | TOP_BIT } else { CLASS_IN });
        // One who keeps no track of changes shall not rely on it for long (RFC 6762 section 6.7).
        let ttl = if to_one { record.ttl.min(10) } else { record.ttl };
        self.bytes.extend_from_slice(&ttl.to_be_bytes());
        let length_at = self.bytes.len();
        self.word(0);
        match &record.data {
            Data::Bytes(bytes) => self.bytes.extend_from_slice(bytes),
            Data::Name(name) => self.name(name),
            Data::Service { port, host } => {
                self.word(0);
                self.word(0);
                self.word(*port);
                self.name(host);
            }
        }
        let length = (self.bytes.len() - length_at - 2) as u16;
        self.bytes[length_at..length_at + 2].copy_from_slice(&length.to_be_bytes());
    }
}

/// An answer to all.
pub(super) fn to_all(answers: &[Record], more: &[Record]) -> Vec<u8> {
    response(0, &[], answers, more, false)
}

/// An answer to one who asked from a port of its own, which repeats the questions.
pub(super) fn to_one(query: &Query, answers: &[Record], more: &[Record]) -> Vec<u8> {
    response(query.id, &query.questions, answers, more, true)
}

fn response(
    id: u16,
    questions: &[Question],
    answers: &[Record],
    more: &[Record],
    to_one: bool,
) -> Vec<u8> {
    let mut writer = Writer { bytes: Vec::new(), places: HashMap::new() };
    // A response (QR) by one who knows (AA).
    let counts = [questions.len(), answers.len(), 0, more.len()];
    [id, 0x8400].into_iter().chain(counts.map(|count| count as u16)).for_each(|w| writer.word(w));
    for question in questions {
        writer.name(&question.name);
        writer.word(question.kind);
        writer.word(CLASS_IN);
    }
    answers.iter().chain(more).for_each(|record| writer.record(record, to_one));
    writer.bytes
}
