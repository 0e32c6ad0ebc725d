#![forbid(unsafe_code)]
//! The subcommands at work: through the libvisa.so that cargo has just built, on simulated
//! instruments and in a folder of their own.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use clap::Parser;
use visa::sim::Config;
use visa::sim::Instrument;
use visa::status::VI_ERROR_TMO;

use crate::Cli;
use crate::Command;
use crate::abi::Manager;
use crate::failure::Failure;
use crate::failure::Result;
use crate::install;
use crate::library;
use crate::query;
use crate::talk;
use crate::talk::Talk;
use crate::talk::trimmed;
use crate::uninstall;

fn manager() -> Manager {
    let library = library::own().expect("cargo built the library beside this test");
    library::manager(Some(&library)).expect("a resource manager")
}

fn instrument() -> Instrument {
    Instrument::start(Config::default()).expect("an instrument on free ports")
}

/// Options as the command line gives them.
fn options(more: &[&str]) -> talk::Options {
    let line = ["visa", "idn", "x"].iter().chain(more);
    match Cli::try_parse_from(line).expect("arguments").command {
        Command::Idn(args) => args.talk,
        other => panic!("{other:?}"),
    }
}

#[test]
fn answers_and_blocks_come_whole_and_leave_nothing_behind_on_every_interface() {
    let (manager, instrument) = (manager(), instrument());
    let names = instrument.resource_names();
    // Over VXI-11 and HiSLIP both ways: with the end that the interface marks, and with LF too.
    let terminations: [&[&str]; 2] = [&[], &["--read-termination", "LF"]];
    for (name, more) in names.iter().flat_map(|name| terminations.map(|more| (name, more))) {
        let talk = Talk::open(&manager, name, &options(more)).expect(name);
        let ask = |command| {
            talk.write(command).expect(name);
            talk.read(usize::MAX).expect(name)
        };
        assert_eq!(trimmed(&ask("*IDN?")), Config::default().identity.as_bytes(), "{name}");
        talk.write("CURV?").expect(name);
        // All byte values are in it, the termination character too.
        assert_eq!(talk.read_block().expect(name).len(), 1000, "{name}");
        assert_eq!(ask("*OPC?"), b"1\n", "{name}: a leftover of the block");
        // An unread rest would be a query error (IEEE 488.2 6.3.2.3).
        let errors = ask("SYST:ERR?");
        assert!(errors.starts_with(b"0,") || errors.starts_with(b"+0,"), "{name}: {errors:?}");
    }
}

#[test]
fn more_than_a_block_is_not_lost_in_silence() {
    let (manager, instrument) = (manager(), instrument());
    for name in instrument.resource_names() {
        let talk = Talk::open(&manager, &name, &options(&[])).expect(&name);
        talk.write("CURV?;*OPC?").expect(&name);
        let failure = talk.read_block().expect_err("two answers");
        assert!(failure.text().contains("bytes follow the block"), "{}", failure.text());
    }
}

#[test]
fn an_answer_that_never_ends_is_shown_with_the_hint_that_helps() {
    let (manager, instrument) = (manager(), instrument());
    let name = &instrument.resource_names()[0];
    let options = options(&["--read-termination", "CR", "--timeout", "200"]);
    let talk = Talk::open(&manager, name, &options).expect(name);
    talk.write("*OPC?").expect(name);
    let failure = talk.read(usize::MAX).expect_err("no CR comes");
    assert_eq!(failure.status, Some(VI_ERROR_TMO));
    let text = failure.text();
    assert!(text.contains("2 bytes came before: \"1\\n\""), "{text}");
    assert!(text.contains("--read-termination"), "{text}");
}

#[test]
fn a_query_stores_the_data_of_a_block() {
    let (instrument, folder) = (instrument(), Folder::new("query"));
    let file = folder.0.join("curve");
    for name in instrument.resource_names() {
        let path = file.to_str().expect("text");
        let line = ["visa", "query", &name, "CURV?", "--binary", path];
        let Command::Query(args) = Cli::parse_from(line).command else { panic!("not a query") };
        query::run(&args, library::own().as_deref()).expect(&name);
        assert_eq!(fs::read(&file).expect("stored").len(), 1000, "{name}");
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("visa-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).expect("a temporary folder");
        Self(path)
    }

    /// Everything in it, sorted.
    fn tree(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).expect("a folder").flatten() {
                into.push(entry.path());
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    walk(&entry.path(), into);
                }
            }
        }
        let mut all = Vec::new();
        walk(&self.0, &mut all);
        all.sort();
        all
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs install or uninstall with a prefix.
fn setup(word: &str, prefix: &Folder, more: &[&str]) -> Result {
    let prefix = prefix.0.to_str().expect("text");
    let line = ["visa", word, "--json", "--prefix", prefix];
    match Cli::parse_from(line.iter().chain(more)).command {
        Command::Install(args) => install::run(&args),
        Command::Uninstall(args) => uninstall::run(&args),
        other => panic!("{other:?}"),
    }
}

#[test]
fn uninstalling_leaves_the_folder_as_it_was() {
    let folder = Folder::new("install");
    fs::create_dir_all(folder.0.join("lib")).expect("a folder of others");
    fs::write(folder.0.join("lib/other"), "x").expect("a file of others");
    let before = folder.tree();
    setup("install", &folder, &[]).expect("installed");
    setup("install", &folder, &[]).expect("installed again, over itself");
    let installed = folder.0.join("lib/libvisa.so.7");
    crate::abi::Library::load(&installed).map(|_| ()).expect("a library that loads");
    setup("uninstall", &folder, &[]).expect("uninstalled");
    assert_eq!(folder.tree(), before);
    setup("uninstall", &folder, &[]).expect_err("nothing is left to uninstall");
}

#[test]
fn the_rule_for_usb_comes_when_asked_for_and_stays_until_uninstalled() {
    let folder = Folder::new("udev");
    let before = folder.tree();
    let rules = folder.0.join("rules.d/70-ferrovisa.rules");
    setup("install", &folder, &[]).expect("installed");
    assert!(!rules.exists());
    let option = format!("--udev={}", folder.0.join("rules.d").display());
    setup("install", &folder, &[&option]).expect("installed with the rule");
    assert_eq!(fs::read_to_string(&rules).expect("the rule"), visa::iface::udev::RULES);
    setup("install", &folder, &[]).expect("an update");
    assert!(rules.exists(), "an update does not take it away");
    setup("uninstall", &folder, &[]).expect("uninstalled");
    assert_eq!(folder.tree(), before);
    let wrong = ["visa", "install", "--user", "--udev"];
    Cli::try_parse_from(wrong).expect_err("the rule is for all users");
}

#[test]
fn files_of_others_are_refused_or_kept_and_brought_back() {
    let folder = Folder::new("force");
    let theirs = folder.0.join("lib/libvisa.so");
    fs::create_dir_all(folder.0.join("lib")).expect("a folder");
    fs::write(&theirs, "another vendor's").expect("their library");
    let before = folder.tree();
    let refusal: Failure = setup("install", &folder, &[]).expect_err("theirs is in the way");
    assert!(refusal.text().contains("lib/libvisa.so"), "{}", refusal.text());
    assert_eq!(folder.tree(), before, "a refusal changes nothing");
    setup("install", &folder, &["--force"]).expect("installed");
    assert_ne!(fs::read(&theirs).expect("ours"), b"another vendor's");
    // Theirs is updated over ours meanwhile: not ours to remove any more.
    let header = folder.0.join("include/visa.h");
    fs::write(&header, "newer").expect("a changed header");
    setup("uninstall", &folder, &[]).expect("uninstalled");
    assert_eq!(fs::read(&theirs).expect("theirs again"), b"another vendor's");
    assert_eq!(fs::read(&header).expect("left"), b"newer");
}
