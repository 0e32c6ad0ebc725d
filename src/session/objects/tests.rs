#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::net::TcpListener;

use super::*;
use crate::session::manager;
use crate::status::VI_ERROR_RSRC_NFOUND;

fn code<T>(result: Result<T>) -> i32 {
    result.err().map_or(0, |error| error.code)
}

#[test]
fn a_closed_number_stays_invalid_and_is_not_soon_used_again() {
    let mut seen = HashSet::new();
    for _ in 0..20_000 {
        let number = manager::open_default().unwrap();
        assert!(number != 0 && number as i32 > 0, "0 is VI_NULL, negative is an error");
        assert!(seen.insert(number), "{number} came back");
        manager::close(number).unwrap();
        assert_eq!(code(find(number)), VI_ERROR_INV_OBJECT);
        assert_eq!(code(manager::close(number)), VI_ERROR_INV_OBJECT);
    }
}

#[test]
fn numbers_that_were_never_given_out_are_invalid() {
    for number in [0, 1, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, u32::MAX] {
        assert_eq!(code(find(number)), VI_ERROR_INV_OBJECT, "{number:#x}");
    }
}

#[test]
fn rule_4_3_11_each_manager_is_its_own_and_takes_what_is_under_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let name = format!("TCPIP::127.0.0.1::{}::SOCKET", listener.local_addr().unwrap().port());
    let (one, other) = (manager::open_default().unwrap(), manager::open_default().unwrap());
    let (mine, _) = manager::open(one, &name, 0, 0).unwrap();
    let (others, _) = manager::open(other, &name, 0, 0).unwrap();
    let list = manager::keep_list(one, vec!["ASRL1::INSTR".into()]).unwrap();
    manager::close(one).unwrap();
    assert_eq!(code(session(mine)), VI_ERROR_INV_OBJECT);
    assert_eq!(code(find_list(list)), VI_ERROR_INV_OBJECT);
    assert!(session(others).is_ok());
    manager::close(other).unwrap();
    assert_eq!(code(session(others)), VI_ERROR_INV_OBJECT);
}

#[test]
fn an_object_of_another_sort_is_not_supported_rather_than_invalid() {
    let number = manager::open_default().unwrap();
    assert_eq!(code(session(number)), VI_ERROR_NSUP_OPER);
    assert_eq!(code(find_list(number)), VI_ERROR_NSUP_OPER);
    let list = manager::keep_list(number, vec!["ASRL1::INSTR".into()]).unwrap();
    assert_eq!(code(super::manager(list)), VI_ERROR_NSUP_OPER);
    assert_eq!(find_list(list).unwrap().next().unwrap(), "ASRL1::INSTR");
    assert_eq!(code(find_list(list).unwrap().next()), VI_ERROR_RSRC_NFOUND);
    manager::close(number).unwrap();
}

#[test]
fn an_object_does_not_outlive_a_manager_that_closes_meanwhile() {
    let number = manager::open_default().unwrap();
    manager::close(number).unwrap();
    assert_eq!(code(manager::keep_list(number, Vec::new())), VI_ERROR_INV_OBJECT);
}

#[test]
fn sessions_of_one_resource_share_it_whatever_the_spelling() {
    let parse = |name: &str| ResourceName::parse(name).unwrap();
    let one = resource(parse("TCPIP::share.example::INSTR"));
    let same = resource(parse("tcpip0::SHARE.example::inst0::instr"));
    let other = resource(parse("TCPIP::share.example::inst1::INSTR"));
    assert!(Arc::ptr_eq(&one, &same));
    assert!(!Arc::ptr_eq(&one, &other));
    drop((one, same));
    let open = open_resources();
    assert!(!open.contains(&parse("TCPIP::share.example::INSTR")), "closed by all");
    assert!(open.contains(&parse("TCPIP::share.example::inst1::INSTR")));
}
