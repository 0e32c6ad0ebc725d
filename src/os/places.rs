#![forbid(unsafe_code)]
//! What all sessions of one device share in this process: one thing for each key, as long as anybody
//! has it. Opening and closing one never waits for another's.

use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use crate::os::Gate;

/// Where the thing of one key is, while it is there. Passed for opening it and for closing it.
pub type Place<T> = Arc<Gate<Weak<T>>>;

/// A place for each key that is in use.
pub struct Places<K, T>(Mutex<Vec<(K, Place<T>)>>);

impl<K: PartialEq, T> Places<K, T> {
    /// The place of `key`.
    pub fn of(&self, key: K) -> Place<T> {
        let mut places = self.0.lock();
        // Somebody else is just using it, or its thing is there.
        let is_used = |place: &Place<T>| {
            Arc::strong_count(place) > 1
                || place.try_pass().is_none_or(|thing| thing.strong_count() > 0)
        };
        places.retain(|(of, place)| *of == key || is_used(place));
        match places.iter().find(|(of, _)| *of == key) {
            Some((_, place)) => place.clone(),
            None => {
                let place = Arc::new(Gate::new(Weak::new()));
                places.push((key, place.clone()));
                place
            }
        }
    }
}

impl<K, T> Default for Places<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::{Cancel, Deadline, Wait};

    #[test]
    fn a_place_is_kept_as_long_as_its_thing_or_somebody_at_it() {
        let places = Places::<u8, u32>::default();
        let cancel = Cancel::new();
        let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
        let thing = Arc::new(7);
        *places.of(1).pass(&wait).unwrap() = Arc::downgrade(&thing);
        let second = places.of(2);
        let opening = second.pass(&wait).unwrap();
        // Others are neither forgotten nor waited for.
        places.of(3);
        assert_eq!(places.of(1).pass(&wait).unwrap().upgrade(), Some(thing.clone()));
        assert!(Arc::ptr_eq(&places.of(2), &second));
        assert_eq!(places.0.lock().len(), 2);
        drop(opening);
        drop((second, thing));
        places.of(4);
        assert_eq!(places.0.lock().len(), 1);
    }
}
