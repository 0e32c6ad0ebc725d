#![forbid(unsafe_code)]
//! Reading and writing attributes: the table says who has what and where it lives.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::attr::{self, Attr, Home, Scope, TABLE, Value};
use crate::consts::*;
use crate::rsrc::Kinds;
use crate::session::Session;
use crate::session::manager::Manager;
use crate::session::objects::Object;
use crate::session::search;
use crate::status::{Error, Result, VI_ERROR_ATTR_READONLY, VI_ERROR_NSUP_ATTR, fail};

/// VXI manufacturer ids are given out by the VXI consortium; we have none and claim nobody's.
const MANUFACTURER_ID: u16 = 0;
const MANUFACTURER: &str = "ferrovisa";

const USER_DATA: usize = attr::slot(VI_ATTR_USER_DATA_64);

/// Stored attribute values of one object: one place for each id of the table.
pub struct Settings {
    values: Box<[AtomicI64; TABLE.len()]>,
}

/// The defaults other than 0: slot, kinds, value. Worked out by the compiler, for each viOpen fills
/// two such arrays.
static DEFAULTS: [(usize, Kinds, i64); count_defaults()] = defaults();

const fn default_of(row: usize) -> i64 {
    match TABLE[row].default {
        Some(value) => value,
        None => 0,
    }
}

const fn count_defaults() -> usize {
    let (mut row, mut count) = (0, 0);
    while row < TABLE.len() {
        count += (default_of(row) != 0) as usize;
        row += 1;
    }
    count
}

const fn defaults() -> [(usize, Kinds, i64); count_defaults()] {
    let mut defaults = [(0, Kinds::NONE, 0); count_defaults()];
    let (mut row, mut count) = (0, 0);
    while row < TABLE.len() {
        if default_of(row) != 0 {
            defaults[count] = (attr::slot(TABLE[row].id), TABLE[row].kinds, default_of(row));
            count += 1;
        }
        row += 1;
    }
    defaults
}

impl Settings {
    /// The defaults of a kind.
    pub fn new(kind: Kinds) -> Self {
        let values = Box::new([const { AtomicI64::new(0) }; TABLE.len()]);
        for (slot, kinds, value) in &DEFAULTS {
            if kinds.has(kind) {
                values[*slot].store(*value, Ordering::Relaxed);
            }
        }
        Self { values }
    }

    /// The value in `slot` ([`attr::slot`]).
    pub fn load(&self, slot: usize) -> i64 {
        self.values[slot].load(Ordering::Relaxed)
    }

    /// Whether the boolean in `slot` is true.
    pub fn is_on(&self, slot: usize) -> bool {
        self.load(slot) != 0
    }

    pub(super) fn store(&self, id: ViAttr, value: i64) {
        self.values[attr::find_slot(id)].store(value, Ordering::Relaxed);
    }

    fn get(&self, id: ViAttr) -> Value {
        Value::Number(self.load(attr::find_slot(id)))
    }

    /// USER_DATA has two ids and one value; the narrow one shows the lower half (rule 3.2.7).
    fn user_data(&self, id: ViAttr) -> Value {
        let all = self.load(USER_DATA);
        Value::Number(if id == VI_ATTR_USER_DATA_32 { all as u32 as i64 } else { all })
    }
}

/// The value of an attribute, with the row that tells its type.
///
/// # Errors
/// VI_ERROR_NSUP_ATTR; VI_ERROR_INV_OBJECT for a session that a fork inherited.
pub fn get(object: &Object, id: ViAttr) -> Result<(&'static Attr, Value)> {
    match object {
        Object::Manager(manager) => {
            let row = row(id, Kinds::MANAGER)?;
            Ok((row, get_of_manager(manager, row)?))
        }
        Object::Session(session) => {
            let row = row(id, session.kind())?;
            Ok((row, get_of_session(session, row)?))
        }
        Object::FindList(_) => {
            let row = row(id, Kinds::FIND_LIST)?;
            Ok((row, library(row).ok_or(unsupported())?))
        }
        Object::Event(context) => {
            let row = row(id, Kinds::EVENT)?;
            Ok((row, context.get(id).ok_or(unsupported())?))
        }
    }
    .inspect(|(_, value)| crate::trace::note(format_args!("-> {value}")))
}

/// Writes an attribute from the raw number that C passed.
///
/// # Errors
/// VI_ERROR_NSUP_ATTR, VI_ERROR_ATTR_READONLY, VI_ERROR_NSUP_ATTR_STATE, what the link answers.
pub fn set(object: &Object, id: ViAttr, raw: u64) -> Result {
    match object {
        Object::Manager(manager) => {
            let row = row(id, Kinds::MANAGER)?;
            let value = row.accept(raw)?;
            if id == VI_RS_ATTR_TCPIP_FIND_RSRC_MODE {
                search::permits(&manager.config, value)?;
            }
            store_local(&manager.settings, row, value);
            Ok(())
        }
        Object::Session(session) => set_of_session(session, row(id, session.kind())?, raw),
        Object::FindList(_) => row(id, Kinds::FIND_LIST)?.accept(raw).map(|_| ()),
        Object::Event(_) => row(id, Kinds::EVENT)?.accept(raw).map(|_| ()),
    }
}

fn row(id: ViAttr, kind: Kinds) -> Result<&'static Attr> {
    attr::lookup(id, kind).ok_or(unsupported())
}

const fn unsupported() -> Error {
    Error::new(VI_ERROR_NSUP_ATTR, "this object has no such attribute")
}

pub(super) fn library(row: &Attr) -> Option<Value> {
    Some(match row.id {
        VI_ATTR_RSRC_MANF_NAME => MANUFACTURER.into(),
        VI_ATTR_RSRC_MANF_ID => Value::Number(MANUFACTURER_ID.into()),
        VI_ATTR_RSRC_IMPL_VERSION => Value::Number(version().into()),
        VI_ATTR_RSRC_SPEC_VERSION => Value::Number(VI_SPEC_VERSION.into()),
        // Only a manager's are the library's. Rule 4.2.1: its name is empty.
        VI_ATTR_RSRC_NAME => "".into(),
        VI_ATTR_RSRC_CLASS => "RM".into(),
        _ => return None,
    })
}

/// The package's version as VISA packs it: 12 bits major, 12 bits minor, 8 bits sub-minor.
fn version() -> ViVersion {
    let part = |text: &str| text.parse::<u32>().unwrap_or(0);
    part(env!("CARGO_PKG_VERSION_MAJOR")) << 20
        | part(env!("CARGO_PKG_VERSION_MINOR")) << 8
        | part(env!("CARGO_PKG_VERSION_PATCH"))
}

fn get_of_manager(manager: &Manager, row: &Attr) -> Result<Value> {
    match row.home {
        Home::Library => library(row).ok_or(unsupported()),
        Home::Session | Home::Resource => Ok(manager.settings.get(row.id)),
        Home::Live => match row.id {
            VI_ATTR_USER_DATA_32 | VI_ATTR_USER_DATA_64 => Ok(manager.settings.user_data(row.id)),
            VI_ATTR_MAX_QUEUE_LENGTH => Ok(manager.settings.get(row.id)),
            // Rule 4.2.2: a manager lives under none.
            VI_ATTR_RM_SESSION => Ok(Value::Number(0)),
            VI_ATTR_RSRC_LOCK_STATE => Ok(Value::Number(VI_NO_LOCK.into())),
            _ => Err(unsupported()),
        },
        _ => row.default.map(Value::Number).ok_or(unsupported()),
    }
}

/// The value of an attribute of a session.
pub(super) fn get_of_session(session: &Session, row: &Attr) -> Result<Value> {
    session.own()?;
    match row.home {
        Home::Session => Ok(session.settings.get(row.id)),
        Home::Name => {
            session.name().attribute(row.id).or(row.default.map(Value::Number)).ok_or(unsupported())
        }
        Home::Library => library(row).ok_or(unsupported()),
        Home::Resource => Ok(session.resource.shared.get(row.id)),
        // Where the driver does not know, the name may (a chassis, an id).
        Home::Link => {
            session.link.get(row.id).or_else(|error| session.name().attribute(row.id).ok_or(error))
        }
        Home::Live => live(session, row),
        Home::Context => Err(unsupported()),
    }
}

fn live(session: &Session, row: &Attr) -> Result<Value> {
    Ok(match row.id {
        VI_ATTR_USER_DATA_32 | VI_ATTR_USER_DATA_64 => session.settings.user_data(row.id),
        VI_ATTR_RM_SESSION => Value::Number(session.manager.into()),
        VI_ATTR_RSRC_LOCK_STATE => Value::Number(session.lock.state()?.into()),
        VI_ATTR_RSRC_USER_ALIAS => session.alias.as_deref().unwrap_or_default().into(),
        VI_ATTR_RD_BUF_SIZE => Value::Number(session.buffers.read_size().into()),
        VI_ATTR_WR_BUF_SIZE => Value::Number(session.buffers.write_size().into()),
        // No window can be mapped on any resource that opens today.
        VI_ATTR_WIN_ACCESS => Value::Number(VI_NMAPPED.into()),
        VI_ATTR_WIN_BASE_ADDR_32 | VI_ATTR_WIN_BASE_ADDR_64 => Value::Number(0),
        VI_ATTR_WIN_SIZE_32 | VI_ATTR_WIN_SIZE_64 => Value::Number(0),
        _ => session.settings.get(row.id),
    })
}

fn set_of_session(session: &Session, row: &Attr, raw: u64) -> Result {
    session.own()?;
    let value = row.accept(raw)?;
    if row.id == VI_ATTR_MAX_QUEUE_LENGTH && session.events.is_queue_length_fixed() {
        return fail(VI_ERROR_ATTR_READONLY, "an event has been enabled on this session");
    }
    if row.scope == Scope::Global {
        session.admitted()?;
    }
    match row.home {
        Home::Link => session.link()?.set(row.id, value as u64, &session.call()),
        _ => {
            store(session, row, value);
            Ok(())
        }
    }
}

/// Stores a value that has passed the table's range and whose home is not the link.
pub(super) fn store(session: &Session, row: &Attr, value: i64) {
    match row.home {
        Home::Resource => session.resource.shared.store(row.id, value),
        _ => store_local(&session.settings, row, value),
    }
}

fn store_local(settings: &Settings, row: &Attr, value: i64) {
    match row.id {
        VI_ATTR_USER_DATA_32 => settings.store(VI_ATTR_USER_DATA_64, value),
        _ => settings.store(row.id, value),
    }
}
