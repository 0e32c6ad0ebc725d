#![forbid(unsafe_code)]
//! A serial port, whose line all sessions share.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use crate::attr::Value;
use crate::config::Config;
use crate::consts::VI_ATTR_ASRL_BAUD;
use crate::consts::VI_ATTR_TMO_VALUE;
use crate::consts::VI_LOAD_CONFIG;
use crate::consts::ViAccessMode;
use crate::consts::ViAttr;
use crate::consts::ViSession;
use crate::os::pty::Pty;
use crate::session::Manager;
use crate::session::attributes;
use crate::session::manager;
use crate::session::objects;
use crate::session::objects::Object;
use crate::status::VI_SUCCESS;

fn configured(text: &str) -> ViSession {
    let manager = Manager::with(Arc::new(Config::of(text)));
    objects::add(Object::Manager(Arc::new(manager))).unwrap()
}

fn opened(manager: ViSession, path: &Path, mode: ViAccessMode) -> ViSession {
    let name = format!("ASRL{}::INSTR", path.display());
    let (session, status) = manager::open(manager, &name, mode, 20_000).unwrap();
    assert_eq!(status, VI_SUCCESS);
    session
}

fn get(session: ViSession, attribute: ViAttr) -> i64 {
    match attributes::get(&objects::find(session).unwrap(), attribute).unwrap() {
        (_, Value::Number(number)) => number,
        (_, other) => panic!("{other:?}"),
    }
}

fn set_baud(session: ViSession, baud: u64) {
    attributes::set(&objects::find(session).unwrap(), VI_ATTR_ASRL_BAUD, baud).unwrap();
}

const ALWAYS: &str = "[defaults.'ASRL?*']\nalways = true\nbaud = 19200\ntimeout = 7654\n";

/// What a program has set a line to in use is not changed behind its back: a session that does not
/// ask gets its own part of the configuration, and the shared part is the first session's.
#[test]
fn a_line_in_use_stays_as_it_is_set() {
    let pty = Pty::open();
    let manager = configured(ALWAYS);
    let first = opened(manager, &pty.path, 0);
    assert_eq!(get(first, VI_ATTR_ASRL_BAUD), 19_200, "configured");
    set_baud(first, 115_200);
    let second = opened(manager, &pty.path, 0);
    assert_eq!(get(first, VI_ATTR_ASRL_BAUD), 115_200);
    assert_eq!(get(second, VI_ATTR_TMO_VALUE), 7654);
    // Of another manager, and after the first has gone.
    let other = configured(ALWAYS);
    manager::close(first).unwrap();
    let third = opened(other, &pty.path, 0);
    assert_eq!(get(third, VI_ATTR_ASRL_BAUD), 115_200);
    manager::close(manager).unwrap();
    manager::close(other).unwrap();
    // All have gone: whoever comes is the first.
    let manager = configured(ALWAYS);
    assert_eq!(get(opened(manager, &pty.path, 0), VI_ATTR_ASRL_BAUD), 19_200);
    manager::close(manager).unwrap();
}

/// One line has as many names as there are links to its device.
#[test]
fn a_line_in_use_by_another_name_stays_as_it_is_set() {
    let pty = Pty::open();
    let link = std::env::temp_dir().join(format!("visa-configured-{}", std::process::id()));
    symlink(&pty.path, &link).unwrap();
    let manager = configured(ALWAYS);
    let first = opened(manager, &pty.path, 0);
    set_baud(first, 115_200);
    opened(manager, &link, 0);
    assert_eq!(get(first, VI_ATTR_ASRL_BAUD), 115_200);
    manager::close(manager).unwrap();
    std::fs::remove_file(link).unwrap();
}

/// VI_LOAD_CONFIG is a program's own word.
#[test]
fn a_program_that_asks_gets_all_of_it_in_use_or_not() {
    let pty = Pty::open();
    let manager = configured(ALWAYS);
    let first = opened(manager, &pty.path, 0);
    set_baud(first, 115_200);
    opened(manager, &pty.path, VI_LOAD_CONFIG);
    assert_eq!(get(first, VI_ATTR_ASRL_BAUD), 19_200);
    manager::close(manager).unwrap();
}
