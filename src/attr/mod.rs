#![forbid(unsafe_code)]
//! Attributes: what each is, who has it, what it accepts. One table declares them all.

mod sets;
pub mod table;
pub mod values;

#[cfg(test)]
mod tests;

use crate::consts::ViAttr;
use crate::rsrc::Kinds;
use crate::status::{Result, VI_ERROR_ATTR_READONLY, VI_ERROR_NSUP_ATTR_STATE, fail};

pub use table::TABLE;
pub use values::Written;

/// One row of the table. An id may stand in several rows with different kinds, where its type,
/// range, default or access differ between classes.
#[derive(Debug)]
pub struct Attr {
    /// The number C uses.
    pub id: ViAttr,
    /// The name in the standard.
    pub name: &'static str,
    /// Type, and so the number of bytes that viGetAttribute stores.
    pub ty: Type,
    /// What may be written.
    pub accepts: Accepts,
    /// Value before anyone has written it. `None`: only its home knows.
    pub default: Option<i64>,
    /// Where the value lives.
    pub home: Home,
    /// Whether all sessions of a resource share it ("global") or each has its own ("local").
    pub scope: Scope,
    /// Which objects have it.
    pub kinds: Kinds,
}

/// C type of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// ViBoolean, 2 bytes.
    Boolean,
    /// ViUInt8, 1 byte.
    U8,
    /// ViInt16, 2 bytes.
    I16,
    /// ViUInt16, 2 bytes.
    U16,
    /// ViInt32 (and ViStatus), 4 bytes.
    I32,
    /// ViUInt32 (and ViVersion, ViSession, ViAccessMode, ViJobId, ViEventType), 4 bytes.
    U32,
    /// ViUInt64, 8 bytes.
    U64,
    /// ViAddr and ViBuf: as wide as a pointer.
    Address,
    /// ViString: NUL-terminated, at most 256 bytes with the NUL.
    Text,
    /// An array of bytes, its length known from another attribute.
    Bytes,
}

/// What viSetAttribute accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepts {
    /// Nothing: VI_ERROR_ATTR_READONLY.
    ReadOnly,
    /// Any value of the type.
    Any,
    /// From the first to the second, both included.
    Range(i64, i64),
    /// Only these.
    OneOf(&'static [i64]),
    /// Any combination of these bits.
    Flags(i64),
}

/// Where an attribute's value lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// Computed from the resource name.
    Name,
    /// The same for the whole library.
    Library,
    /// Stored in the session.
    Session,
    /// Stored once for all sessions of the resource in this process.
    Resource,
    /// Asked of the link, which talks to the device or its driver.
    Link,
    /// Known to the session layer while it runs: locks, queues, buffers, its manager.
    Live,
    /// Carried by an event context.
    Context,
}

/// Whether the sessions of a resource share a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Each session has its own.
    Local,
    /// One value for the resource.
    Global,
}

/// A value on its way out. Unsigned 64-bit numbers travel with the same bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Any of the number types.
    Number(i64),
    /// A string without its NUL.
    Text(String),
    /// Raw bytes.
    Bytes(Vec<u8>),
}

/// As the trace shows it.
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}

impl From<bool> for Value {
    fn from(on: bool) -> Self {
        Self::Number(on.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Type {
    /// Bytes that viGetAttribute stores; `None` for strings and arrays.
    pub const fn width(self) -> Option<usize> {
        match self {
            Self::U8 => Some(1),
            Self::Boolean | Self::I16 | Self::U16 => Some(2),
            Self::I32 | Self::U32 => Some(4),
            Self::U64 => Some(8),
            Self::Address => Some(size_of::<usize>()),
            Self::Text | Self::Bytes => None,
        }
    }

    /// The number that a caller means who passed `raw`: only the type's own bits count, because
    /// Python hands -1 over as 64 set bits and C leaves the upper half undefined.
    pub const fn read(self, raw: u64) -> i64 {
        match self {
            Self::Boolean => (raw as u16 != 0) as i64,
            Self::U8 => raw as u8 as i64,
            Self::I16 => raw as i16 as i64,
            Self::U16 => raw as u16 as i64,
            Self::I32 => raw as i32 as i64,
            Self::U32 => raw as u32 as i64,
            Self::U64 | Self::Text | Self::Bytes => raw as i64,
            Self::Address => raw as usize as i64,
        }
    }
}

impl Attr {
    /// Whether viSetAttribute always answers VI_ERROR_ATTR_READONLY.
    pub const fn is_read_only(&self) -> bool {
        matches!(self.accepts, Accepts::ReadOnly)
    }

    /// The value to store when a caller writes `raw`. What is wider than a byte is no byte: -1 is
    /// refused as a termination character (rule 3.4.2).
    ///
    /// # Errors
    /// VI_ERROR_ATTR_READONLY, VI_ERROR_NSUP_ATTR_STATE.
    pub fn accept(&self, raw: u64) -> Result<i64> {
        let value = self.ty.read(raw);
        let fits = match self.accepts {
            Accepts::ReadOnly => return fail(VI_ERROR_ATTR_READONLY, self.name),
            // 32 bits, because older callers' ViAttrState leaves the upper half undefined.
            _ if self.ty == Type::U8 && raw as u32 > 0xFF => false,
            Accepts::Any => true,
            Accepts::Range(low, high) => (low..=high).contains(&value),
            Accepts::OneOf(values) => values.contains(&value),
            Accepts::Flags(mask) => value & !mask == 0,
        };
        if fits { Ok(value) } else { fail(VI_ERROR_NSUP_ATTR_STATE, self.name) }
    }
}

/// The row of attribute `id` for an object of `kind`.
pub fn lookup(id: ViAttr, kind: Kinds) -> Option<&'static Attr> {
    let first = TABLE.partition_point(|row| row.id < id);
    TABLE[first..].iter().take_while(|row| row.id == id).find(|row| row.kinds.has(kind))
}

/// The row of an attribute by its name in the standard, for an object of `kind`. A name that the
/// header gives to one of two widths (VI_ATTR_MEM_BASE) means the one of this platform.
pub fn by_name(name: &str, kind: Kinds) -> Option<&'static Attr> {
    named(name).find(|row| row.kinds.has(kind))
}

/// All rows of an attribute by its name in the standard, as [`by_name`] takes it.
pub fn named(name: &str) -> impl Iterator<Item = &'static Attr> {
    const WIDTH: &str = if cfg!(target_pointer_width = "64") { "_64" } else { "_32" };
    TABLE.iter().filter(move |row| row.name == name || row.name.strip_suffix(WIDTH) == Some(name))
}

/// All rows for an object of `kind`, by id.
pub fn rows_of(kind: Kinds) -> impl Iterator<Item = &'static Attr> {
    TABLE.iter().filter(move |row| row.kinds.has(kind))
}

/// Where attribute `id` is stored in a session's array: the index of its first row. For constants;
/// an unknown id does not compile there.
pub const fn slot(id: ViAttr) -> usize {
    let mut i = 0;
    while TABLE[i].id != id {
        i += 1;
    }
    i
}

/// [`slot`] for ids known only at run time, which must be in the table.
pub fn find_slot(id: ViAttr) -> usize {
    TABLE.partition_point(|row| row.id < id)
}
