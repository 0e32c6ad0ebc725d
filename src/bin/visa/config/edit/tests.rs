#![forbid(unsafe_code)]
//! What is asked for changes, and nothing else.

use super::*;

const FILE: &str = "\
# Bench 3
resources = [
  'GPIB0::1::INSTR',  # meter
  # the big one
  'GPIB0::2::INSTR'   # scope
]

[aliases] # ours
# The scope, on the left
scope = 'GPIB0::2::INSTR' # do not move

# Not ours
meter   =   'GPIB0::1::INSTR'

[defaults.scope]
timeout = 5000

# [gpib]
# 0 = 'libgpib'

[defaults.'ASRL?*']
baud = 9600 # slow
";

/// A text in which `old` has become `new`.
fn with(old: &str, new: &str) -> String {
    assert_eq!(FILE.matches(old).count(), 1, "{old}");
    FILE.replace(old, new)
}

#[test]
fn a_value_is_changed_in_its_place() {
    let set = |path: &[&str], value: &str| set(FILE, path, Value::from(value)).unwrap();
    assert_eq!(
        set(&["aliases", "meter"], "X"),
        with("meter   =   'GPIB0::1::INSTR'", "meter   =   \"X\"")
    );
    let wanted = with("scope = 'GPIB0::2::INSTR' # do", "scope = \"X\" # do");
    assert_eq!(set(&["aliases", "scope"], "X"), wanted);
    let wanted = with("'GPIB0::1::INSTR'\n", "'GPIB0::1::INSTR'\n\"my psu\" = \"X\"\n");
    assert_eq!(set(&["aliases", "my psu"], "X"), wanted);
    let wanted = with("9600 # slow\n", "9600 # slow\nparity = \"X\"\n");
    assert_eq!(set(&["defaults", "ASRL?*", "parity"], "X"), wanted);
    let wanted = format!("{FILE}\n[defaults.\"TCPIP?*\"]\ntimeout = \"X\"\n");
    assert_eq!(set(&["defaults", "TCPIP?*", "timeout"], "X"), wanted);
    let wanted = format!("{FILE}\n[find]\nlan = \"X\"\n");
    assert_eq!(set(&["find", "lan"], "X"), wanted);
}

#[test]
fn tables_of_all_forms_take_a_value() {
    let set = |text, path: &[&str]| set(text, path, Value::from(1));
    assert_eq!(set("", &["a", "b", "c"]).unwrap(), "[a.b]\nc = 1\n");
    assert_eq!(set("a = { b = 2 } # x\n", &["a", "c"]).unwrap(), "a = { b = 2 , c = 1 } # x\n");
    assert_eq!(
        set("a = { b = 2 }\n", &["a", "c", "d"]).unwrap(),
        "a = { b = 2 , c = { d = 1 } }\n"
    );
    assert_eq!(set("a.b = 2\n", &["a", "c"]).unwrap(), "a.b = 2\na.c = 1\n");
    assert_eq!(set("a = 3\n", &["a", "c"]), Err("a is not a table".to_owned()));
    assert_eq!(set("[a]\n", &["a"]), Err("a is a table, not a value".to_owned()));
    assert_eq!(
        set("[a]\nb = = 1\n", &["c"]).unwrap_err().split(':').next(),
        Some("line 2 is no TOML")
    );
}

/// With the comment beside it and the one directly above, and no other.
#[test]
fn an_entry_goes_with_its_own_comments() {
    let unset = |path: &[&str]| unset(FILE, path).unwrap().unwrap();
    let scope = "# The scope, on the left\nscope = 'GPIB0::2::INSTR' # do not move\n";
    assert_eq!(unset(&["aliases", "scope"]), with(scope, ""));
    let meter = "# Not ours\nmeter   =   'GPIB0::1::INSTR'\n\n";
    assert_eq!(unset(&["aliases", "meter"]), with(meter, ""));
    // What is commented out between two sections belongs to neither.
    assert_eq!(
        unset(&["defaults", "ASRL?*"]),
        with("[defaults.'ASRL?*']\nbaud = 9600 # slow\n", "")
    );
    assert_eq!(unset(&["defaults", "scope"]), with("[defaults.scope]\ntimeout = 5000\n\n", ""));
    let both = with("[defaults.scope]\ntimeout = 5000\n\n", "");
    let both = both.replace("[defaults.'ASRL?*']\nbaud = 9600 # slow\n", "");
    assert_eq!(unset(&["defaults"]), both);
    assert_eq!(super::unset(FILE, &["aliases", "psu"]), Ok(None));
    assert_eq!(super::unset(FILE, &["find"]), Ok(None));
    let list = &FILE[..FILE.find("\n[aliases]").unwrap() + 1];
    assert_eq!(unset(&["resources"]), FILE.replace(list, ""), "with its heading");
}

#[test]
fn entries_of_all_forms_of_tables_go() {
    let unset = |text, path: &[&str]| unset(text, path).unwrap().unwrap();
    assert_eq!(unset("a = { b = 1, c = 2 } # x\n", &["a", "b"]), "a = { c = 2 } # x\n");
    assert_eq!(unset("a.b = 1\na.c = 2\n", &["a", "b"]), "a.c = 2\n");
    assert_eq!(unset("a.b = 1\nd = 3\na.c = 2\n", &["a"]), "d = 3\n");
    assert_eq!(unset("a = [\n 1,\n]\nb = 2", &["b"]), "a = [\n 1,\n]\n");
    assert_eq!(unset("a = '''x\n# y\n'''\nb = 2\n", &["a"]), "b = 2\n");
}

#[test]
fn a_new_name_stands_in_the_place_of_the_old_one() {
    let renamed = rename(FILE, &["aliases", "scope"], "my scope").unwrap();
    assert_eq!(renamed, with("\nscope = ", "\n\"my scope\" = "));
    assert!(rename(FILE, &["aliases", "psu"], "x").is_err());
}

#[test]
fn a_resource_is_added_as_the_list_is_written() {
    let add = |text| add_resource(text, "X").unwrap();
    assert_eq!(add(""), "resources = [\n    \"X\",\n]\n");
    assert_eq!(add("[a]\nb = 1\n"), "resources = [\n    \"X\",\n]\n\n[a]\nb = 1\n");
    assert_eq!(
        add("# Bench 3\n\n# A\n[a.b]\nc = 1\n[a]\n"),
        "# Bench 3\n\nresources = [\n    \"X\",\n]\n\n# A\n[a.b]\nc = 1\n[a]\n"
    );
    assert_eq!(add("a = 1\n[b]\n"), "a = 1\nresources = [\"X\"]\n[b]\n");
    assert_eq!(add("a.b = 1\n"), "a.b = 1\nresources = [\"X\"]\n");
    assert_eq!(add("resources = []\n"), "resources = [\"X\"]\n");
    assert_eq!(add("resources = ['A', 'B'] # all\n"), "resources = ['A', 'B', \"X\"] # all\n");
    assert_eq!(
        add(FILE),
        with("'GPIB0::2::INSTR'   # scope\n", "'GPIB0::2::INSTR',   # scope\n  \"X\",\n")
    );
    let comma = "resources = [\n\t'A', # a,\n\t# end\n]\n";
    assert_eq!(add(comma), "resources = [\n\t'A', # a,\n\t\"X\",\n\t# end\n]\n");
    assert_eq!(add("resources = [\n  'A',\n  'B']\n"), "resources = [\n  'A',\n  'B', \"X\"]\n");
    assert!(add_resource("resources = 1\n", "X").is_err());
    assert!(add_resource("[resources]\n", "X").is_err());
}

#[test]
fn a_resource_goes_with_its_own_comments() {
    let remove = |text: &str, name: &str| remove_resources(text, |other| other == name).unwrap();
    let meter = with("  'GPIB0::1::INSTR',  # meter\n", "");
    assert_eq!(remove(FILE, "GPIB0::1::INSTR"), (meter, 1));
    let scope = with("  # the big one\n  'GPIB0::2::INSTR'   # scope\n", "");
    assert_eq!(remove(FILE, "GPIB0::2::INSTR"), (scope.clone(), 1));
    parsed(&scope).expect("a comma at the end of a list is allowed");
    assert_eq!(remove(FILE, "GPIB0::3::INSTR"), (FILE.to_owned(), 0));
    let line = "resources = ['A', 'B', 'A'] # all\n";
    assert_eq!(remove(line, "A"), ("resources = ['B'] # all\n".to_owned(), 2));
    assert_eq!(remove(line, "B"), ("resources = ['A', 'A'] # all\n".to_owned(), 1));
    assert_eq!(remove("x = 1\n", "A"), ("x = 1\n".to_owned(), 0));
    assert!(remove_resources("resources = 1\n", |_| true).is_err());
}

/// Lines of other systems' editors stay as they are.
#[test]
fn other_line_ends_stay() {
    let text = "[aliases]\r\na = 'A' # x\r\n\r\nb = 'B'\r\n";
    assert_eq!(
        unset(text, &["aliases", "b"]).unwrap().unwrap(),
        "[aliases]\r\na = 'A' # x\r\n\r\n"
    );
    let set = set(text, &["aliases", "a"], Value::from("C")).unwrap();
    assert_eq!(set, "[aliases]\r\na = \"C\" # x\r\n\r\nb = 'B'\r\n");
}

/// Comments that belong to nothing stay where they are.
#[test]
fn what_is_new_goes_below_what_is_there() {
    let set = |text| set(text, &["find", "lan"], Value::from(1)).unwrap();
    assert_eq!(set("# a\n"), "# a\n\n[find]\nlan = 1\n");
    assert_eq!(set("# a\n\n"), "# a\n\n[find]\nlan = 1\n");
    assert_eq!(set("[a]\nb = 1\n# c = 1\n"), "[a]\nb = 1\n# c = 1\n\n[find]\nlan = 1\n");
    assert_eq!(add_resource("# a\n", "X").unwrap(), "# a\nresources = [\n    \"X\",\n]\n");
    assert_eq!(set("[a]\nb = 1"), "[a]\nb = 1\n\n[find]\nlan = 1\n", "no end of the last line");
    assert_eq!(set("# a"), "# a\n\n[find]\nlan = 1\n");
}

/// Pieces of files, in all the forms that TOML has for what a configuration says.
const ROOT: &[&str] = &[
    "# heading\n\n",
    "a = 1\n",
    "  b = '''x\n# no comment\n[no section]\n'''  # b\n",
    "\n# above\nlist = [ 1, # one\n  [2], ]\n",
    "i = { j = 1, k.l = 'x, y', m = [ 1 ] } # i\n",
    "dot.one = 1\n",
    "dot . \"two#\" = \"a # b\"   # c\n",
];
const SECTIONS: &[&str] = &[
    "[s]\n# for t\nt = 1\n\n# for u\nu = 2 # two\n# tail\n",
    "\n[ d.\"x.y\" ] # section\nv = [\n  1,\n]\n",
    "[d.z]\n\n\n",
    "# for d\n[d]\nw.p = 1\nw.q = 2\n",
    "[e]\n[e.f]\ng = \"\"\"\n[e]\n\"\"\"\n",
];

/// Every path of keys in a table.
fn paths(table: &dyn TableLike, above: &[String], into: &mut Vec<Vec<String>>) {
    for (key, item) in table.iter() {
        let path = [above, &[key.to_owned()]].concat();
        if let Some(below) = item.as_table_like() {
            paths(below, &path, into);
        }
        into.push(path);
    }
}

/// What a text says, without what stands at a path; tables without anything in them say nothing.
fn said(text: &str, without: &[&str]) -> String {
    fn lines(table: &dyn TableLike, above: &str, without: &[&str], into: &mut Vec<String>) {
        for (key, item) in table.iter() {
            let (is_on_path, rest) = match without.split_first() {
                Some((first, rest)) => (*first == key, rest),
                None => (false, without),
            };
            let path = format!("{above}{key:?}.");
            match item.as_table_like() {
                _ if is_on_path && rest.is_empty() => {}
                Some(below) => lines(below, &path, if is_on_path { rest } else { &[] }, into),
                None => into.push(format!("{path}{}", crate::config::show::text(item))),
            }
        }
    }
    let mut into = Vec::new();
    let parsed = parsed(text).unwrap_or_else(|why| panic!("{why}: {text}"));
    lines(parsed.as_table(), "", without, &mut into);
    into.sort();
    into.join("\n")
}

/// On many files: an edit changes what it is about, and what else the file says stays.
#[test]
fn an_edit_changes_nothing_else_whatever_the_file() {
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let mut checked = 0;
    for _ in 0..60 {
        let mut pick = |from: &[&str]| {
            let mut pieces: Vec<_> = from.to_vec();
            let count = random(from.len() + 1);
            (0..count).map(|_| pieces.swap_remove(random(pieces.len()))).collect::<String>()
        };
        let text = pick(ROOT) + &pick(SECTIONS);
        let mut all = Vec::new();
        paths(parsed(&text).unwrap().as_table(), &[], &mut all);
        for path in &all {
            let path: Vec<_> = path.iter().map(String::as_str).collect();
            let rest = unset(&text, &path).unwrap().expect("it is there");
            assert_eq!(said(&rest, &[]), said(&text, &path), "{path:?} out of {text}");
            if let Ok(changed) = set(&text, &path, Value::from("new")) {
                assert_eq!(said(&changed, &path), said(&text, &path), "{path:?} in {text}");
                assert_ne!(said(&changed, &[]), said(&text, &[]));
                let document = parsed(&text).unwrap();
                let (_, item) = find(document.as_table(), &path).unwrap();
                // A comment within a value goes with it.
                let within = text[item.span().unwrap()].matches('#').count();
                let comments = text.matches('#').count() - within;
                assert_eq!(changed.matches('#').count(), comments, "{path:?} in {text}");
            }
            let beside = [&path[..path.len() - 1], &["new"]].concat();
            let added = set(&text, &beside, Value::from(1)).unwrap();
            assert_eq!(said(&added, &beside), said(&text, &[]), "{beside:?} in {text}");
            assert_eq!(added.matches('#').count(), text.matches('#').count(), "{text}");
            checked += 1;
        }
        let added = add_resource(&text, "X").unwrap();
        assert_eq!(said(&added, &["resources"]), said(&text, &[]), "{text}");
    }
    assert!(checked > 300, "only {checked} edits");
}
