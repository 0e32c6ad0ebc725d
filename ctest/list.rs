#![forbid(unsafe_code)]
//! `visa list` over simulated instruments that the configuration names: what scripts read, who
//! answers, and what is said of that which cannot be used.

use std::fs::File;
use std::net::TcpListener;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use libtest_mimic::Trial;
use serde_json::Value;
use visa::sim::Config;
use visa::sim::Instrument;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::process;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("list::scripts_get_names_and_nothing_else", names),
        trial("list::instruments_say_who_they_are", identities),
        trial("list::a_port_that_is_locked_is_not_asked", locked),
        trial("list::a_board_that_never_answers_costs_only_itself", silent),
        trial("list::what_is_missing_is_told", missing),
        trial("list::any_library_lists", any_library),
        trial("list::a_terminal_gets_a_table_that_fits", terminal),
    ]
}

/// The tool with a configuration of these lines.
fn list(name: &str, configuration: &str, arguments: &[&str]) -> Outcome<Command> {
    let file = cc::scratch(&format!("list {name}"))?.join("config.toml");
    std::fs::write(&file, configuration)?;
    let mut visa = Command::new(env!("CARGO_BIN_EXE_visa"));
    visa.arg("list").args(arguments).env("FERROVISA_CONFIG", &file);
    visa.env("FERROVISA_LAN_SEARCH", "off").env_remove("VISA_LIB").env_remove("VISA_TRACE");
    visa.stdin(Stdio::null());
    Ok(visa)
}

/// An instrument on all interfaces.
fn instrument() -> Outcome<Instrument> {
    let mut config = Config { serial: true, ..Config::default() };
    config.identity = "Maker,Model,S1,1.0".to_owned();
    Ok(Instrument::start(config)?)
}

fn configuration(names: &[String]) -> String {
    format!("resources = {names:?}\n[serial]\nfind = false\n")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn sorted(lines: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    let mut lines: Vec<String> = lines.into_iter().map(Into::into).collect();
    lines.sort();
    lines
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, is: &T, wanted: &T) -> Outcome {
    if is == wanted { Ok(()) } else { failed(format!("{what}: {is:?}, wanted {wanted:?}")) }
}

fn contains(what: &str, text: &str, wanted: &str) -> Outcome {
    if text.contains(wanted) { Ok(()) } else { failed(format!("{what}: no {wanted:?} in {text}")) }
}

fn json(output: &Output) -> Outcome<Value> {
    serde_json::from_slice(&output.stdout).or_else(|error| {
        failed(format!("{error}: {}{}", text(&output.stdout), text(&output.stderr)))
    })
}

/// The entry of an array whose `key` is `value`.
fn entry<'v>(array: &'v Value, key: &str, value: &str) -> Outcome<&'v Value> {
    let found = array.as_array().and_then(|all| all.iter().find(|one| one[key] == value));
    found.map_or_else(|| failed(format!("no {key} {value} in {array}")), Ok)
}

fn names() -> Outcome {
    let names = ["TCPIP0::127.0.0.1::9::SOCKET", "GPIB77::5::INSTR"].map(str::to_owned);
    let output = list("names", &configuration(&names), &[])?.output()?;
    expect("exit", &output.status.code(), &Some(0))?;
    expect("names", &sorted(text(&output.stdout).lines()), &sorted(names.clone()))?;
    let output = list("names", &configuration(&names), &["TCPIP?*"])?.output()?;
    expect("those that match", &text(&output.stdout), &format!("{}\n", names[0]))?;
    let output = list("names", &configuration(&names), &["--json"])?.output()?;
    let listed = json(&output)?["resources"].as_array().cloned().unwrap_or_default();
    let listed = listed.iter().filter_map(Value::as_str);
    expect("names in JSON", &sorted(listed), &sorted(names.clone()))?;
    // Nothing is an exit code of its own, and where was looked is told all the same.
    let output = list("nothing", &configuration(&names), &["--json", "VICP?*"])?.output()?;
    expect("exit", &output.status.code(), &Some(3))?;
    let nothing = json(&output)?;
    expect("resources", &nothing["resources"], &Value::Array(vec![]))?;
    contains("the reason", &nothing["error"]["message"].to_string(), "nothing found")?;
    entry(&nothing["sources"], "name", "configuration").map(drop)?;
    // A wrong expression is no reason to print two objects.
    let output = list("wrong", "", &["--json", "["])?.output()?;
    expect("exit", &output.status.code(), &Some(1))?;
    contains("symbol", &json(&output)?["error"]["symbol"].to_string(), "VI_ERROR_INV_EXPR")
}

fn identities() -> Outcome {
    let instrument = instrument()?;
    let names = instrument.resource_names();
    let is_serial = |name: &&String| name.starts_with("ASRL");
    let answered = |name: &String| format!("{name}  Maker,Model,S1,1.0");
    let output = list("idn", &configuration(&names), &["--idn"])?.output()?;
    let wanted = names.iter().map(|name| match is_serial(&name) {
        true => name.clone(),
        false => answered(name),
    });
    expect("without --serial", &sorted(text(&output.stdout).lines()), &sorted(wanted))?;
    contains("the reason", &text(&output.stderr), "not asked: --serial asks")?;
    let output = list("idn serial", &configuration(&names), &["--idn", "--serial"])?.output()?;
    expect(
        "with --serial",
        &sorted(text(&output.stdout).lines()),
        &sorted(names.iter().map(answered)),
    )?;
    // One that is not there fails alone, and the others answer.
    let gone = "TCPIP0::127.0.0.1::9::SOCKET".to_owned();
    let all = [names.clone(), vec![gone.clone()]].concat();
    let output = list("idn json", &configuration(&all), &["--idn", "--json"])?.output()?;
    expect("exit", &output.status.code(), &Some(0))?;
    let told = json(&output)?;
    let failure = entry(&told["details"], "resource", &gone)?;
    expect("usable", &failure["usable"], &Value::Bool(false))?;
    contains("symbol", &failure["error"]["symbol"].to_string(), "VI_ERROR_RSRC_NFOUND")?;
    for name in names.iter().filter(|name| !is_serial(name)) {
        let one = entry(&told["details"], "resource", name)?;
        expect(name, &one["idn"]["text"], &Value::from("Maker,Model,S1,1.0"))?;
        expect(name, &one["sources"], &serde_json::json!(["configuration"]))?;
    }
    Ok(())
}

/// By flock, as programs with serial ports agree.
fn locked() -> Outcome {
    let instrument = instrument()?;
    let names = instrument.resource_names();
    let Some(name) = names.into_iter().find(|name| name.starts_with("ASRL")) else {
        return failed("the instrument has no serial port");
    };
    let path = name.trim_start_matches("ASRL").trim_end_matches("::INSTR");
    let port = File::options().read(true).write(true).open(path)?;
    port.lock()?;
    let arguments = ["--idn", "--serial", "--json"];
    let output =
        list("locked", &configuration(std::slice::from_ref(&name)), &arguments)?.output()?;
    let told = json(&output)?;
    let one = entry(&told["details"], "resource", &name)?;
    expect("kind", &one["why"]["kind"], &Value::from("busy"))?;
    let holder = format!("(process {})", std::process::id());
    contains("whoever has it", &one["why"]["why"].to_string(), &holder)?;
    contains("not asked", &one["not_asked"].to_string(), &holder)?;
    drop(port);
    let output =
        list("locked", &configuration(std::slice::from_ref(&name)), &arguments)?.output()?;
    let told = json(&output)?;
    let one = entry(&told["details"], "resource", &name)?;
    expect("free again", &one["idn"]["text"], &Value::from("Maker,Model,S1,1.0"))
}

/// An adapter that takes the connection and says nothing, as one does that another machine has.
fn silent() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let other = "TCPIP0::127.0.0.1::9::SOCKET";
    let text_of = format!(
        "resources = ['{other}']\n[serial]\nfind = false\n[gpib]\n88 = 'prologix://127.0.0.1:{port}'\n"
    );
    let output = list("silent", &text_of, &["--json", "--bound", "300"])?.output()?;
    expect("exit", &output.status.code(), &Some(0))?;
    let told = json(&output)?;
    expect("the others", &told["resources"], &serde_json::json!([other]))?;
    let board = entry(&told["unusable"], "what", &format!("GPIB88 (prologix://127.0.0.1:{port})"))?;
    if board["kind"] != "busy" && board["kind"] != "silent" {
        return failed(format!("{board}"));
    }
    let source = entry(&told["sources"], "name", "GPIB")?;
    if source["status"] != "failed" && source["status"] != "late" {
        return failed(format!("{source}"));
    }
    let source = entry(&told["sources"], "name", "USB instruments")?;
    expect("beside it", &source["status"], &Value::from("complete"))?;
    // Not waited for where it is not asked.
    let arguments = ["--json", "--only", "config,usb"];
    let told = json(&list("silent", &text_of, &arguments)?.output()?)?;
    expect("unusable", &told["unusable"], &Value::Array(vec![]))?;
    let source = entry(&told["sources"], "name", "GPIB")?;
    expect("not asked", &source["status"], &Value::from("not asked"))
}

fn missing() -> Outcome {
    let configuration = "resources = ['USB::0x1209::0xFFFF::NONE', 'TCPIP::127.0.0.1::9::SOCKET']\n\
        [aliases]\nscope = 'USB::0x1209::0xFFFE::NONE'\n\
        [serial]\nfind = false\n7 = '/dev/nonexistent'\n\
        [gpib]\n88 = 'prologix:///dev/nonexistent'\n";
    let output = list("missing", configuration, &[])?.output()?;
    let said = text(&output.stderr);
    for wanted in [
        "note: USB0::0x1209::0xFFFF::NONE::0::INSTR, scope (USB0::0x1209::0xFFFE::NONE::0::INSTR): \
         it is not plugged in",
        "note: ASRL7 (/dev/nonexistent), GPIB88 (prologix:///dev/nonexistent): \
         /dev/nonexistent is not there\n  try: plug",
    ] {
        contains("notes", &said, wanted)?;
    }
    Ok(())
}

fn any_library() -> Outcome {
    let instrument = instrument()?;
    let library = cc::library()?.display().to_string();
    let names = configuration(&instrument.resource_names());
    let ours = list("ours", &names, &["--idn"])?.output()?;
    let theirs = list("theirs", &names, &["--idn", "--lib", &library])?.output()?;
    expect("answers", &text(&theirs.stdout), &text(&ours.stdout))?;
    let output = list("theirs", &names, &["--no-lan", "--lib", &library])?.output()?;
    expect("exit", &output.status.code(), &Some(2))
}

fn terminal() -> Outcome {
    let script = process::installed("script")?;
    let instrument = instrument()?;
    let visa = list("terminal", &configuration(&instrument.resource_names()), &[])?;
    for arguments in ["", " --idn"] {
        let mut script = Command::new(&script);
        script.arg("-qec").arg(format!("{} list{arguments}", env!("CARGO_BIN_EXE_visa")));
        script.arg("/dev/null").stdin(Stdio::null());
        for (name, value) in visa.get_envs() {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
        }
        let output = script.env("COLUMNS", "70").env("NO_COLOR", "1").output()?;
        table(&text(&output.stdout), &instrument, !arguments.is_empty())?;
    }
    Ok(())
}

fn table(shown: &str, instrument: &Instrument, is_asked: bool) -> Outcome {
    let lines = shown.lines().map(|line| line.rsplit("\x1b[K").next().unwrap_or_default());
    let lines: Vec<_> = lines.take_while(|line| !line.contains("note:")).collect();
    contains("heading", shown, "RESOURCE")?;
    for name in instrument.resource_names() {
        let Some(line) = lines.iter().find(|line| line.starts_with(&name)) else {
            return failed(format!("{name} is not in {shown}"));
        };
        if line.chars().count() > 70 {
            return failed(format!("too long: {line}"));
        }
        if is_asked && !name.starts_with("ASRL") {
            contains(&name, line, "Maker,Model")?;
        }
    }
    Ok(())
}
