#![forbid(unsafe_code)]
//! The numbers by which C knows our objects.
//!
//! A number packs a slot and the slot's generation, so a closed number stays invalid when its
//! slot is used again. Freed slots wait in a queue: a number comes back after some hundred
//! million closings at the earliest.

use std::cell::Cell;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, Weak};

use crate::consts::ViObject;
use crate::os::fork;
use crate::os::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard, global};
use crate::rsrc::ResourceName;
use crate::session::Manager;
use crate::session::Session;
use crate::session::event::Context;
use crate::session::find::FindList;
use crate::session::resource::Resource;
use crate::status::{Result, VI_ERROR_ALLOC, VI_ERROR_INV_OBJECT, VI_ERROR_NSUP_OPER, fail};

/// Whatever has a number.
#[derive(Clone)]
pub enum Object {
    /// What viOpenDefaultRM returned.
    Manager(Arc<Manager>),
    /// What viOpen returned.
    Session(Arc<Session>),
    /// What viFindRsrc returned.
    FindList(Arc<FindList>),
    /// What viWaitOnEvent returned, and what handlers are given.
    Event(Arc<Context>),
}

impl Object {
    /// The objects that it lives under: manager and session, 0 where it lives under none.
    fn owners(&self) -> [ViObject; 2] {
        match self {
            Self::Manager(_) => [0, 0],
            Self::Session(session) => [session.manager, 0],
            Self::FindList(list) => [list.manager, 0],
            Self::Event(context) => [context.manager, context.session],
        }
    }
}

struct Slot {
    /// 1 to [`GENERATIONS`]; part of the number, so that no number is 0 or negative as an int.
    generation: u32,
    object: Option<Object>,
}

/// Slots are not used again before this many exist. At once in a model, to see that done.
const FRESH: usize = if cfg!(loom) { 1 } else { 4096 };
const INDEX_BITS: u32 = 16;
const GENERATIONS: u32 = (1 << 15) - 1;

struct Objects {
    slots: Vec<Slot>,
    free: VecDeque<usize>,
    /// How many of the objects are event contexts: without any, nothing lives under a session.
    contexts: usize,
    /// The resources that sessions have open, by address in canonical form.
    resources: Vec<Weak<Resource>>,
}

global! {
    // The standard library's lock, not parking_lot's: its state is one futex word, so a forked
    // child can release it however many of the parent's threads were waiting.
    static OBJECTS: RwLock<Objects> =
        RwLock::new(Objects {
            slots: Vec::new(),
            free: VecDeque::new(),
            contexts: 0,
            resources: Vec::new(),
        });
}

fn read() -> RwLockReadGuard<'static, Objects> {
    OBJECTS.read().unwrap_or_else(PoisonError::into_inner)
}

fn write() -> RwLockWriteGuard<'static, Objects> {
    OBJECTS.write().unwrap_or_else(PoisonError::into_inner)
}

/// The object of a number.
///
/// # Errors
/// VI_ERROR_INV_OBJECT when there is none.
pub fn find(number: ViObject) -> Result<Object> {
    let objects = read();
    let slot =
        objects.slots.get(index_of(number)).filter(|slot| slot.generation == generation_of(number));
    match slot.and_then(|slot| slot.object.as_ref()) {
        Some(object) => {
            if matches!(object, Object::Session(_)) {
                SUBJECT.set(number);
            }
            Ok(object.clone())
        }
        None => fail(VI_ERROR_INV_OBJECT, "no such object"),
    }
}

thread_local! {
    /// The session that this thread's call is about, 0 before it was looked up.
    static SUBJECT: Cell<ViObject> = const { Cell::new(0) };
}

/// Starts a call on this thread; returns what the call around it is about, for [`end_call`].
pub fn start_call() -> ViObject {
    SUBJECT.replace(0)
}

/// Ends a call; returns the number of the session it was about, 0 for none.
pub fn end_call(around: ViObject) -> ViObject {
    SUBJECT.replace(around)
}

/// The session of a number.
///
/// # Errors
/// VI_ERROR_INV_OBJECT; VI_ERROR_NSUP_OPER when it is another kind of object.
pub fn session(number: ViObject) -> Result<Arc<Session>> {
    match find(number)? {
        Object::Session(session) => Ok(session),
        _ => fail(VI_ERROR_NSUP_OPER, "not a resource session"),
    }
}

/// The resource manager of a number.
///
/// # Errors
/// VI_ERROR_INV_OBJECT; VI_ERROR_NSUP_OPER when it is another kind of object.
pub fn manager(number: ViObject) -> Result<Arc<Manager>> {
    match find(number)? {
        Object::Manager(manager) => Ok(manager),
        _ => fail(VI_ERROR_NSUP_OPER, "not a resource manager"),
    }
}

/// The find list of a number.
///
/// # Errors
/// VI_ERROR_INV_OBJECT; VI_ERROR_NSUP_OPER when it is another kind of object.
pub fn find_list(number: ViObject) -> Result<Arc<FindList>> {
    match find(number)? {
        Object::FindList(list) => Ok(list),
        _ => fail(VI_ERROR_NSUP_OPER, "not a find list"),
    }
}

/// Gives an object a number. What it lives under must still be open.
///
/// # Errors
/// VI_ERROR_ALLOC when all numbers are taken; VI_ERROR_INV_OBJECT when the manager or the session
/// was closed meanwhile.
pub fn add(object: Object) -> Result<ViObject> {
    let mut objects = write();
    if object.owners().iter().any(|owner| *owner != 0 && !objects.is_open(*owner)) {
        return fail(VI_ERROR_INV_OBJECT, "what it lives under was closed meanwhile");
    }
    let index = match objects.free.front() {
        Some(_) if objects.slots.len() >= FRESH => objects.free.pop_front().unwrap_or_default(),
        _ if objects.slots.len() < 1 << INDEX_BITS => {
            objects.slots.push(Slot { generation: 1, object: None });
            objects.slots.len() - 1
        }
        _ => return fail(VI_ERROR_ALLOC, "all object numbers are taken"),
    };
    objects.contexts += usize::from(matches!(object, Object::Event(_)));
    let slot = &mut objects.slots[index];
    slot.object = Some(object);
    Ok(slot.generation << INDEX_BITS | index as u32)
}

/// Takes a number out of use, and with it all that lives under it. The objects are returned, the
/// one asked for last, to be closed without the table's lock.
///
/// # Errors
/// VI_ERROR_INV_OBJECT when there is none.
pub fn remove(number: ViObject) -> Result<Vec<Object>> {
    let mut objects = write();
    if !objects.is_open(number) {
        return fail(VI_ERROR_INV_OBJECT, "no such object");
    }
    let mut removed = Vec::new();
    let index = index_of(number);
    let has_others = match objects.slots[index].object {
        Some(Object::Manager(_)) => true,
        Some(Object::Session(_)) => objects.contexts > 0,
        _ => false,
    };
    if has_others {
        for below in 0..objects.slots.len() {
            let object = objects.slots[below].object.as_ref();
            if object.is_some_and(|object| object.owners().contains(&number)) {
                removed.extend(objects.take(below));
            }
        }
    }
    removed.extend(objects.take(index));
    Ok(removed)
}

/// The resource called `name` as other sessions of this process have it open, or a new one.
pub fn resource(name: ResourceName) -> Arc<Resource> {
    let mut objects = write();
    objects.resources.retain(|resource| resource.strong_count() > 0);
    let open = objects.resources.iter().filter_map(Weak::upgrade);
    if let Some(resource) = { open }.find(|resource| resource.name.same_resource(&name)) {
        return resource;
    }
    let resource = Arc::new(Resource::new(name));
    objects.resources.push(Arc::downgrade(&resource));
    resource
}

/// The names of all resources that this process has open.
pub fn open_resources() -> Vec<ResourceName> {
    let objects = read();
    objects.resources.iter().filter_map(Weak::upgrade).map(|r| r.name.clone()).collect()
}

/// A session of this process that has the resource called `name` open.
pub fn session_of(name: &ResourceName) -> Option<Arc<Session>> {
    let objects = read();
    let open = objects.slots.iter().filter_map(|slot| match &slot.object {
        Some(Object::Session(session)) => Some(session),
        _ => None,
    });
    let mut of_resource = open.filter(|session| session.name().same_resource(name));
    of_resource.find(|session| !session.is_inherited()).cloned()
}

impl Objects {
    fn is_open(&self, number: ViObject) -> bool {
        self.slots
            .get(index_of(number))
            .is_some_and(|slot| slot.generation == generation_of(number) && slot.object.is_some())
    }

    fn take(&mut self, index: usize) -> Option<Object> {
        let slot = &mut self.slots[index];
        let object = slot.object.take()?;
        self.contexts -= usize::from(matches!(object, Object::Event(_)));
        slot.generation = slot.generation % GENERATIONS + 1;
        self.free.push_back(index);
        Some(object)
    }
}

fn index_of(number: ViObject) -> usize {
    (number & ((1 << INDEX_BITS) - 1)) as usize
}

fn generation_of(number: ViObject) -> u32 {
    number >> INDEX_BITS
}

thread_local! {
    /// The table's lock while this thread forks.
    static ACROSS_FORK: RefCell<Option<RwLockWriteGuard<'static, Objects>>> =
        const { RefCell::new(None) };
}

/// Makes forks safe from here on: the table is whole in the child, managers work there as new
/// ones, and sessions know that they are the parent's.
pub fn watch_forks() {
    extern "C" fn prepare() {
        let _ = ACROSS_FORK.try_with(|held| *held.borrow_mut() = Some(write()));
    }
    extern "C" fn parent() {
        let _ = ACROSS_FORK.try_with(|held| held.borrow_mut().take());
    }
    extern "C" fn child() {
        let _ = ACROSS_FORK.try_with(|held| {
            let Some(mut objects) = held.borrow_mut().take() else { return };
            for object in objects.slots.iter_mut().filter_map(|slot| slot.object.as_mut()) {
                if let Object::Manager(manager) = object {
                    // A thread of the parent may have been inside the old one.
                    let fresh = Arc::new(manager.in_child());
                    std::mem::forget(std::mem::replace(manager, fresh));
                }
            }
            // Their settings may be half changed by such a thread; the parent's stay the parent's.
            objects.resources.clear();
        });
    }
    fork::watch(prepare, parent, child);
}

#[cfg(all(test, loom))]
mod models;
#[cfg(test)]
mod tests;
