#![forbid(unsafe_code)]
//! Several sessions on one port.

use std::os::unix::fs::symlink;

use super::*;
use crate::attr::Value;
use crate::consts::*;
use crate::iface::{Report, Signal};
use crate::status::VI_ERROR_NSUP_OPER;
use crate::status::{VI_ERROR_RSRC_BUSY, VI_ERROR_RSRC_NFOUND};

#[test]
fn sessions_share_the_port_by_whatever_name() {
    let pty = Pty::open();
    let link = std::env::temp_dir().join(format!("ferrovisa-by-id-{}", std::process::id()));
    let _ = std::fs::remove_file(&link);
    symlink(&pty.path, &link).unwrap();
    let (one, terms) = (open(&pty), Terms::new());
    let other = open_name(&format!("ASRL{}::INSTR", link.display())).unwrap();
    std::fs::remove_file(&link).unwrap();
    assert_eq!(one.identity(), other.identity(), "they lock each other");
    assert!(one.identity().is_some());
    one.set(VI_ATTR_ASRL_BAUD, 4800, &terms.call()).unwrap();
    assert_eq!(other.get(VI_ATTR_ASRL_BAUD), Ok(Value::Number(4800)));
    // How messages end is each session's own.
    one.set(VI_ATTR_ASRL_END_IN, VI_ASRL_END_NONE.into(), &terms.call()).unwrap();
    assert_eq!(other.get(VI_ATTR_ASRL_END_IN), Ok(Value::Number(VI_ASRL_END_TERMCHAR.into())));
    // What one has not read, the other reads.
    pty.send(b"one\ntwo\n");
    assert_eq!(read(&*other, 10, &terms).0, b"one\n");
    assert_eq!(read(&*one, 4, &terms).0, b"two\n");
    drop(one);
    pty.send(b"still\n");
    assert_eq!(read(&*other, 10, &terms).0, b"still\n");
    assert_eq!(other.get(VI_ATTR_ASRL_BAUD), Ok(Value::Number(4800)));
    drop(other);
    // The next first session begins anew.
    assert_eq!(open(&pty).get(VI_ATTR_ASRL_BAUD), Ok(Value::Number(9600)));
}

/// Also while processes are started, which have copies of all descriptors for a moment.
#[test]
fn opening_and_closing_from_many_threads_never_finds_the_port_busy() {
    let pty = Pty::open();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..50).for_each(|_| drop(open(&pty))));
        }
        for _ in 0..50 {
            assert!(std::process::Command::new("true").status().unwrap().success());
        }
    });
}

#[test]
fn a_port_that_another_program_has_is_busy() {
    let pty = Pty::open();
    // Any program that takes the lock that serial programs agree on.
    let mut other = std::process::Command::new("flock")
        .args(["--exclusive", "--nonblock"])
        .arg(&pty.path)
        .args(["sh", "-c", "echo ready; read line"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = [0; 5];
    std::io::Read::read_exact(other.stdout.as_mut().unwrap(), &mut ready).unwrap();
    let name = format!("ASRL{}::INSTR", pty.path.display());
    assert_eq!(open_name(&name).err().map(|error| error.code), Some(VI_ERROR_RSRC_BUSY));
    drop(other.stdin.take());
    other.wait().unwrap();
    open_name(&name).unwrap();
}

#[test]
fn names_of_nothing_are_not_found() {
    for name in ["ASRL/dev/no-such-port::INSTR", "ASRL/dev/null::INSTR", "ASRL65000::INSTR"] {
        let error = open_name(name).err().map(|error| error.code);
        assert_eq!(error, Some(VI_ERROR_RSRC_NFOUND), "{name}");
    }
}

/// A character is told and stays to be read; what the line cannot tell is refused.
#[test]
fn characters_that_arrive_are_told_and_not_taken() {
    let pty = Pty::open();
    let link = open(&pty);
    pty.send(b"before\n");
    assert_eq!(read(&*link, 10, &Terms::new()).0, b"before\n");
    let (told, tell) = std::sync::mpsc::channel();
    let sink = move |signal| told.send(signal).unwrap_or_default();
    link.observe(Signal::Char, Some(std::sync::Arc::new(sink))).unwrap();
    pty.send(b"a\n");
    assert_eq!(tell.recv(), Ok(Report::Plain));
    assert_eq!(read(&*link, 10, &Terms::new()).0, b"a\n");
    link.observe(Signal::Char, None).unwrap();
    assert!(tell.recv().is_err(), "the sink is gone");
    for refused in [Signal::Cts, Signal::Break, Signal::TermChar] {
        let outcome = link.observe(refused, Some(std::sync::Arc::new(drop)));
        assert_eq!(code(outcome), VI_ERROR_NSUP_OPER, "{refused:?}");
    }
}
