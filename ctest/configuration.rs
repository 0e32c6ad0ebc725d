#![forbid(unsafe_code)]
//! The configuration file as a user meets it: what is wrong in it is told by the tool and by the
//! trace, and by nothing else.

use std::path::Path;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use libtest_mimic::Trial;
use visa::sim::Config;
use visa::sim::Instrument;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::process;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("configuration::mistakes_are_told", mistakes),
        trial("configuration::programs_read_what_the_tool_writes", edited),
        trial("configuration::editors_at_once_lose_nothing", at_once),
        trial("configuration::the_tool_writes_no_mistake", refused),
        trial("configuration::an_editor_begins_with_everything_commented_out", editor),
    ]
}

/// The valid part works; the rest is named with file, line and reason.
fn mistakes() -> Outcome {
    let file = cc::scratch("configuration")?.join("config.toml");
    std::fs::write(&file, "resources = [\n  'GPIB7::1',\n  'no name',\n]\n")?;
    let told = format!("{}:3: no resource name: \"no name\"", file.display());
    let mut visa = Command::new(env!("CARGO_BIN_EXE_visa"));
    visa.arg("list").env("FERROVISA_CONFIG", &file).env_remove("VISA_LIB");
    let said = process::tool(&mut visa)?;
    // After the serial ports that this machine may have.
    if !said.lines().any(|line| line == "GPIB7::1::INSTR")
        || !said.contains(&format!("\nwarning: {told}"))
    {
        return failed(said);
    }
    let mut visa = Command::new(env!("CARGO_BIN_EXE_visa"));
    visa.arg("info").env("FERROVISA_CONFIG", &file).env_remove("VISA_LIB");
    let said = process::tool(visa.env("VISA_TRACE", "stderr"))?;
    let opened = |line: &&str| line.contains(" viOpenDefaultRM(");
    if !said.lines().find(opened).is_some_and(|line| line.contains(&told)) {
        return failed(said);
    }
    Ok(())
}

/// Runs the tool with a configuration file.
fn visa(file: &Path, arguments: &[&str]) -> Command {
    let mut visa = Command::new(env!("CARGO_BIN_EXE_visa"));
    visa.args(arguments).env("FERROVISA_CONFIG", file).env_remove("VISA_LIB");
    // What neighbours have on the network is no part of the tests.
    visa.env("FERROVISA_LAN_SEARCH", "off");
    visa
}

/// What it says, which must have these words, and how it ends.
fn says(output: &Output, code: i32, words: &[&str]) -> Outcome {
    let said = [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat();
    let lacks = words.iter().find(|word| !said.contains(**word));
    match (output.status.code() == Some(code), lacks) {
        (true, None) => Ok(()),
        (_, lacks) => failed(format!("{}, lacks {lacks:?}: {said}", output.status)),
    }
}

/// An alias opens, a resource is listed, a default is set: by the library that has just been built.
fn edited() -> Outcome {
    let file = cc::scratch("configuration edited")?.join("new folder/config.toml");
    let instrument = Instrument::start(Config::default())?;
    let names = instrument.resource_names();
    let name = names.iter().find(|name| name.contains("hislip")).map_or("", |name| name);
    let steps: &[(&[&str], i32, &[&str])] = &[
        (&["alias", "add", "scope", name], 0, &["scope is "]),
        (&["alias", "add", "scope", name], 0, &["nothing to change"]),
        (&["alias"], 0, &["scope  ", name]),
        (&["idn", "Scope"], 0, &["Ferrovisa,"]),
        (&["config", "add-resource", "GPIB7::3"], 0, &["will be listed"]),
        (&["list", "GPIB7?*"], 0, &["GPIB7::3::INSTR"]),
        (&["config", "set", "defaults.scope.timeout", "7654"], 0, &["= 7654"]),
        (&["info", "scope"], 0, &["2000 ms"]),
        (&["config", "set", "defaults.scope.always", "true"], 0, &["= true"]),
        (&["info", "scope"], 0, &["7654 ms", "VI_ATTR_RSRC_USER_ALIAS", "scope"]),
        (&["config", "get", "defaults.scope.timeout"], 0, &["7654\n"]),
        (&["config", "set", "defaults.scope.VI_ATTR_TRIG_ID", "-1"], 0, &["= -1"]),
        // Its settings would be nobody's.
        (&["alias", "remove", "scope"], 1, &["not written", "\"scope\" is no resource name"]),
        (&["alias", "rename", "SCOPE", "left"], 0, &["SCOPE is left now"]),
        (&["info", "left"], 0, &["7654 ms"]),
        (&["config", "check"], 0, &["no mistakes"]),
        (&["config", "unset", "defaults"], 0, &["defaults is gone"]),
        (&["alias", "remove", "left"], 0, &["left is gone"]),
        (&["idn", "left"], 1, &["VI_ERROR_INV_RSRC_NAME"]),
        (&["config", "remove-resource", "gpib7::3::instr"], 0, &["not be listed"]),
        (&["alias", "remove", "left"], 1, &["no alias \"left\""]),
    ];
    for (arguments, code, words) in steps {
        says(&visa(&file, arguments).output()?, *code, words)?;
    }
    Ok(())
}

/// Processes that edit one file, each with an entry of its own.
fn at_once() -> Outcome {
    let file = cc::scratch("configuration at once")?.join("config.toml");
    std::fs::write(&file, "# mine\n")?;
    let words: Vec<_> = (0..12).map(|number| format!("w{number}")).collect();
    let editors = words
        .iter()
        .map(|word| visa(&file, &["alias", "add", word, "GPIB::1"]).stdout(Stdio::null()).spawn());
    for editor in editors.collect::<Vec<_>>() {
        if !editor?.wait()?.success() {
            return failed("an editor failed");
        }
    }
    let text = std::fs::read_to_string(&file)?;
    let lost = words.iter().find(|word| !text.contains(&format!("\n{word} = ")));
    match lost.is_none() && text.starts_with("# mine\n") {
        true => Ok(()),
        false => failed(format!("lost {lost:?}: {text}")),
    }
}

/// What would be wrong in the file is told and not written; what is wrong is left to its user.
fn refused() -> Outcome {
    let file = cc::scratch("configuration refused")?.join("config.toml");
    let text = "resources = ['nonsense']\n[aliases]\na = 'GPIB::1'\n";
    std::fs::write(&file, text)?;
    let steps: &[(&[&str], i32, &[&str])] = &[
        (&["config", "set", "find.lan", "perhaps"], 1, &["not written", "lan is true or false"]),
        (&["config", "set", "aliases.", "GPIB::1"], 2, &["no key"]),
        (&["config", "set", "aliases", "GPIB::1"], 1, &["aliases is a table"]),
        (&["alias", "add", "b", "nowhere"], 1, &["no resource name and no alias"]),
        (&["alias", "add", "A", "GPIB::2"], 1, &["--replace"]),
        (&["config", "check"], 1, &["config.toml:1: no resource name: \"nonsense\"", "1 mistake"]),
        (&["config", "check", "--json"], 1, &["\"line\":1", "\"problems\":[{"]),
        (&["config", "get", "find.colour"], 1, &["is not set"]),
    ];
    for (arguments, code, words) in steps {
        says(&visa(&file, arguments).output()?, *code, words)?;
    }
    if std::fs::read_to_string(&file)? != text {
        return failed("the file has changed");
    }
    std::fs::write(&file, "[aliases\na = 'GPIB::1'\n")?;
    says(&visa(&file, &["alias", "add", "b", "GPIB::2"]).output()?, 1, &["line 1 is no TOML"])?;
    says(&visa(&file, &["alias", "add", "a", "GPIB::2"]).output()?, 1, &["left as it is"])
}

/// A file that becomes nothing is not left behind; mistakes of an editor's user are told.
fn editor() -> Outcome {
    let file = cc::scratch("configuration editor")?.join("a folder/config.toml");
    let edit = |editor: &str| {
        let mut visa = visa(&file, &["config", "edit"]);
        visa.env_remove("VISUAL").env("EDITOR", editor).output()
    };
    says(&edit("true")?, 0, &["nothing to change"])?;
    says(&edit("false")?, 1, &["false: exit status: 1"])?;
    if file.exists() {
        return failed("a file that says nothing was left");
    }
    says(&edit("sed -i -e s/^#lan/[find]\\\\nlan/")?, 0, &["no mistakes"])?;
    says(&visa(&file, &["config", "get", "find.lan"]).output()?, 0, &["true\n"])?;
    says(&edit("sed -i -e s/^lan.*/lan=7/")?, 1, &["lan is true or false", "1 mistake"])
}
