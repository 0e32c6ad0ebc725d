#![forbid(unsafe_code)]
//! The configuration that counts, all files together, as one file would say it.

use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;
use toml_edit::Array;
use toml_edit::DocumentMut;
use toml_edit::Item;
use toml_edit::Table;
use toml_edit::Value;
use visa::attr::Written;
use visa::config::Config;

/// The configuration as a file that says all of it, defaults of the search included.
pub fn document(config: &Config) -> DocumentMut {
    let mut document = DocumentMut::new();
    let mut resources = Array::new();
    for name in config.resources() {
        resources.push_formatted(Value::from(name.canonical()).decorated("\n    ", ""));
    }
    resources.set_trailing_comma(!resources.is_empty());
    resources.set_trailing(if resources.is_empty() { "" } else { "\n" });
    document["resources"] = resources.into();
    let aliases = config.aliases().map(|(word, name)| (word.to_owned(), name.canonical().into()));
    document["aliases"] = table(aliases);
    let ports = config.serial().iter();
    let ports =
        ports.map(|(number, path)| (number.to_string(), path.to_string_lossy().as_ref().into()));
    document["serial"] = table(ports.chain([("find".to_owned(), (!config.hides_ports()).into())]));
    let boards = config.gpib().iter();
    document["gpib"] =
        table(boards.map(|(number, place)| (number.to_string(), place.to_string().into())));
    document["find"] = find(config);
    let mut defaults = Table::new();
    defaults.set_implicit(true);
    for section in config.default_sections() {
        let settings = section.settings().map(|(name, value)| (name.to_owned(), written(value)));
        let always = [("always".to_owned(), section.is_always().into())];
        match defaults.get_mut(section.called()).and_then(Item::as_table_mut) {
            None => {
                defaults.insert(section.called(), table(always.into_iter().chain(settings)));
            }
            // Two files speak of one resource: what comes first goes before. If only one of them
            // speaks of programs that do not ask, no one section could say both.
            Some(first) if first["always"].as_bool() == Some(section.is_always()) => {
                for (name, value) in settings {
                    first.entry(&name).or_insert(Item::Value(value));
                }
            }
            Some(_) => {}
        }
    }
    document["defaults"] = Item::Table(defaults);
    document
}

fn find(config: &Config) -> Item {
    let find = config.find();
    let names = |names: &[String]| Value::from(names.iter().collect::<Array>());
    let millis = i64::try_from(find.bound.as_millis()).unwrap_or(i64::MAX);
    let seconds = i64::try_from(find.recent.as_secs()).unwrap_or(i64::MAX);
    let interfaces = find.interfaces.as_deref().map(|list| ("interfaces", names(list)));
    let entries = [
        ("lan", find.lan.into()),
        ("mdns", find.mdns.into()),
        ("vxi11", find.vxi11.into()),
        ("not_interfaces", names(&find.not_interfaces)),
        ("bound_ms", millis.into()),
        ("recent_s", seconds.into()),
        ("background", find.background.into()),
    ];
    table(entries.into_iter().chain(interfaces).map(|(key, value)| (key.to_owned(), value)))
}

fn table(entries: impl Iterator<Item = (String, Value)>) -> Item {
    let mut table = Table::new();
    for (key, value) in entries {
        table.insert(&key, Item::Value(value));
    }
    Item::Table(table)
}

fn written(value: &Written) -> Value {
    match value {
        Written::Number(number) => (*number).into(),
        Written::Switch(on) => (*on).into(),
        Written::Word(word) => word.as_str().into(),
    }
}

/// A part of a file for `--json`.
pub fn json(item: &Item) -> Json {
    match item {
        Item::Value(value) => json_of(value),
        Item::Table(table) => entries(table.iter()),
        Item::ArrayOfTables(tables) => tables.iter().map(|table| entries(table.iter())).collect(),
        Item::None => Json::Null,
    }
}

fn entries<'a>(entries: impl Iterator<Item = (&'a str, &'a Item)>) -> Json {
    Json::Object(entries.map(|(key, item)| (key.to_owned(), json(item))).collect::<Map<_, _>>())
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::String(text) => json!(text.value()),
        Value::Integer(number) => json!(number.value()),
        Value::Float(number) => json!(number.value()),
        Value::Boolean(on) => json!(on.value()),
        Value::Datetime(time) => json!(time.value().to_string()),
        Value::Array(array) => array.iter().map(json_of).collect(),
        Value::InlineTable(table) => {
            let entries = table.iter().map(|(key, value)| (key.to_owned(), json_of(value)));
            Json::Object(entries.collect::<Map<_, _>>())
        }
    }
}

/// A part of a file for people and scripts: a text without its quotes, a table as its lines.
pub fn text(item: &Item) -> String {
    match item {
        Item::Value(Value::String(text)) => text.value().clone(),
        Item::Value(value) => value.clone().decorated("", "").to_string(),
        Item::Table(table) => table.to_string().trim().to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const FILE: &str = "\
resources = ['GPIB::1', 'TCPIP::h::5025::SOCKET']
aliases.'my scope' = 'TCPIP::h::INSTR'
[serial]
5 = '/dev/ttyUSB7'
find = false
[gpib]
2 = 'prologix://h'
3 = '/dev/gpib0'
[find]
lan = false
interfaces = ['eth0']
bound_ms = 77
[defaults.'ASRL?*']
always = true
termination = \"\\r\"
VI_ATTR_ASRL_PARITY = 'VI_ASRL_PAR_ODD'
";

    fn config(text: &str) -> Config {
        let config = visa::config::load_with(Path::new("/nowhere/config.toml"), text.as_bytes());
        assert_eq!(config.problems(), []);
        config
    }

    /// What is shown can be put into a file and means the same.
    #[test]
    fn what_is_shown_says_the_same_again() {
        let shown = document(&config(FILE)).to_string();
        let again = document(&config(&shown)).to_string();
        assert_eq!(shown, again);
        for part in [
            "\n    \"TCPIP0::h::5025::SOCKET\",\n",
            "\"my scope\" = \"TCPIP0::h::inst0::INSTR\"",
            "5 = \"/dev/ttyUSB7\"",
            "2 = \"prologix://h:1234\"",
            "interfaces = [\"eth0\"]",
            "[defaults.\"ASRL?*\"]\nalways = true\nVI_ATTR_TERMCHAR = 13\n",
        ] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        config(&document(&Config::default()).to_string());
    }

    #[test]
    fn json_and_text_say_values_plainly() {
        let document: DocumentMut = "[a]\nb = 'x' # y\nc = [1, 2.5, true]\n".parse().unwrap();
        assert_eq!(json(document.as_item()), json!({ "a": { "b": "x", "c": [1, 2.5, true] } }));
        let table = &document["a"];
        assert_eq!((text(&table["b"]), text(&table["c"])), ("x".into(), "[1, 2.5, true]".into()));
        assert_eq!(text(table), "b = 'x' # y\nc = [1, 2.5, true]");
    }
}
