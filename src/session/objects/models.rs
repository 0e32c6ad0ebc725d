#![forbid(unsafe_code)]
//! Every order in which numbers can be given, looked up and taken back.

use super::*;
use crate::os::sync::explore;
use crate::os::sync::thread;
use crate::session::find::FindList;

fn manager() -> ViObject {
    add(Object::Manager(Arc::default())).unwrap()
}

fn list(manager: ViObject) -> Object {
    Object::FindList(Arc::new(FindList::new(manager, [])))
}

#[test]
fn what_is_added_while_its_owner_closes_goes_with_it_or_gets_no_number() {
    explore(3, || {
        let owner = manager();
        let other = thread::spawn(move || add(list(owner)));
        let removed = remove(owner).unwrap();
        let added = other.join().unwrap();
        assert_eq!(removed.len(), if added.is_ok() { 2 } else { 1 });
        assert!(matches!(removed.last(), Some(Object::Manager(_))), "the owner comes last");
        assert!(
            added.is_err_and(|e| e.code == VI_ERROR_INV_OBJECT) || find(added.unwrap()).is_err()
        );
    });
}

#[test]
fn a_number_is_closed_once() {
    explore(3, || {
        let owner = manager();
        let below = add(list(owner)).unwrap();
        let other = thread::spawn(move || remove(below).map(|removed| removed.len()));
        let with_owner = remove(owner).unwrap().len();
        match other.join().unwrap() {
            Ok(alone) => assert_eq!((alone, with_owner), (1, 1)),
            Err(error) => assert_eq!((error.code, with_owner), (VI_ERROR_INV_OBJECT, 2)),
        }
    });
}

#[test]
fn a_closed_number_never_means_what_came_into_its_place() {
    explore(3, || {
        let old = add(list(0)).unwrap();
        let other = thread::spawn(move || {
            remove(old).unwrap();
            manager()
        });
        match find(old) {
            Ok(found) => assert!(matches!(found, Object::FindList(_))),
            Err(error) => assert_eq!(error.code, VI_ERROR_INV_OBJECT),
        }
        let new = other.join().unwrap();
        assert_eq!(index_of(new), index_of(old), "the slot is used again");
        assert!(find(old).is_err() && find(new).is_ok());
    });
}

#[test]
fn sessions_that_open_at_once_share_their_resource() {
    explore(3, || {
        let name = || ResourceName::parse("TCPIP::model-resource::INSTR").unwrap();
        let other = thread::spawn(move || resource(name()));
        let mine = resource(name());
        assert!(Arc::ptr_eq(&mine, &other.join().unwrap()));
    });
}
