#![forbid(unsafe_code)]
//! The list for programs.

use serde_json::Value;
use serde_json::json;
use visa::find::Ending;
use visa::iface::obstacle::Obstacle;
use visa::rsrc::Kinds;

use crate::answer;
use crate::failure::Failure;
use crate::list::identify::Said;
use crate::list::search::{Listing, Row, Source};

/// Resources of this machine: where nothing is known to stand in their way, nothing does.
const LOCAL: Kinds = Kinds::USB_INSTR
    .or(Kinds::USB_RAW)
    .or(Kinds::GPIB_INSTR)
    .or(Kinds::GPIB_INTFC)
    .or(Kinds::ASRL_INSTR);

/// All that was found out: `resources` are the names alone.
pub fn listing(listing: &Listing, failure: Option<&Failure>) -> Value {
    let names: Vec<_> = listing.rows.iter().map(|row| &row.name).collect();
    let troubles = listing.troubles.iter().map(|trouble| {
        let mut value = why(&trouble.obstacle);
        value["what"] = json!(trouble.what);
        value
    });
    let mut value = json!({
        "resources": names,
        "details": listing.rows.iter().map(row).collect::<Vec<_>>(),
        "unusable": troubles.collect::<Vec<_>>(),
        "sources": listing.sources.iter().map(source).collect::<Vec<_>>(),
    });
    if let Some(failure) = failure {
        value["error"] = failure.json();
    }
    value
}

fn row(row: &Row) -> Value {
    let mut value = json!({
        "resource": row.name,
        "alias": text(&row.alias),
        "description": text(&row.description),
        "sources": row.sources,
        "usable": is_usable(row),
        "why": row.obstacle.as_ref().map(why),
        "idn": null,
    });
    match &row.said {
        None => {}
        Some(Said::Answer(message)) => value["idn"] = answer::json(message),
        Some(Said::Failed(failure)) => value["error"] = failure.json(),
        Some(Said::Skipped(reason)) => value["not_asked"] = json!(reason),
    }
    value
}

/// `None` where only an answer would tell.
fn is_usable(row: &Row) -> Option<bool> {
    let is_local = row.parsed.as_ref().is_some_and(|name| LOCAL.has(name.kind()));
    match (&row.obstacle, &row.said) {
        (Some(_), _) | (_, Some(Said::Failed(_))) => Some(false),
        (None, Some(Said::Answer(_))) => Some(true),
        // Another library says nothing of what stands in the way.
        (None, _) => (is_local && !row.sources.is_empty()).then_some(true),
    }
}

fn why(obstacle: &Obstacle) -> Value {
    json!({ "kind": obstacle.kind.word(), "why": obstacle.why, "help": text(&obstacle.help) })
}

fn source(source: &Source) -> Value {
    let Some(report) = &source.report else {
        let status = if source.is_off { "off" } else { "not asked" };
        return json!({ "name": source.name, "status": status });
    };
    let status = match report.ending {
        Ending::Complete => "complete",
        Ending::Recent(_) => "recent",
        Ending::Late => "late",
        Ending::Stuck => "stuck",
        Ending::Failed(_) => "failed",
    };
    let reason = (report.ending != Ending::Complete).then(|| report.ending.to_string());
    json!({
        "name": source.name,
        "status": status,
        "reason": reason,
        "found": report.count,
        "ms": report.took.as_millis() as u64,
    })
}

fn text(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use visa::find::Report;
    use visa::iface::obstacle::Kind;
    use visa::iface::source::Trouble;
    use visa::rsrc::ResourceName;

    use super::*;

    fn named(name: &str) -> Row {
        let parsed = ResourceName::parse(name).ok();
        Row { name: name.into(), parsed, sources: vec!["x"], ..Row::default() }
    }

    fn busy() -> Obstacle {
        Obstacle { kind: Kind::Busy, why: "in use".into(), help: String::new() }
    }

    #[test]
    fn names_stand_alone_and_details_beside_them() {
        let asked = Row {
            alias: "meter".into(),
            description: "a meter".into(),
            said: Some(Said::Answer(b"Maker,M1\n".to_vec())),
            ..named("GPIB0::5::INSTR")
        };
        let blocked = Row {
            obstacle: Some(busy()),
            said: Some(Said::Skipped("in use".into())),
            ..named("ASRL1::INSTR")
        };
        let report = Report {
            source: "mDNS",
            count: 2,
            took: Duration::from_micros(2600),
            ending: Ending::Late,
        };
        let of = |report| Source { name: "mDNS", is_lan: true, report, ..Source::default() };
        let off = Source { is_off: true, ..of(None) };
        let all = Listing {
            rows: vec![asked, blocked],
            troubles: vec![Trouble { what: "GPIB3".into(), obstacle: busy() }],
            sources: vec![of(Some(report)), of(None), off],
        };
        let value = listing(&all, None);
        assert_eq!(value["resources"], json!(["GPIB0::5::INSTR", "ASRL1::INSTR"]));
        let [one, two] = [&value["details"][0], &value["details"][1]];
        assert_eq!(one["idn"], json!({ "text": "Maker,M1", "bytes": 9 }));
        assert_eq!((&one["alias"], &one["usable"]), (&json!("meter"), &json!(true)));
        assert_eq!(one["description"], "a meter");
        assert_eq!(two["why"], json!({ "kind": "busy", "why": "in use", "help": null }));
        assert_eq!((&two["not_asked"], &two["usable"]), (&json!("in use"), &json!(false)));
        assert_eq!(value["unusable"][0]["what"], "GPIB3");
        assert_eq!(
            value["sources"],
            json!([
                { "name": "mDNS", "status": "late", "reason": "did not end in time", "found": 2, "ms": 2 },
                { "name": "mDNS", "status": "not asked" },
                { "name": "mDNS", "status": "off" },
            ])
        );
        assert_eq!(value.get("error"), None);
    }

    #[test]
    fn nothing_found_is_an_empty_list_with_the_reason() {
        let value = listing(&Listing::default(), Some(&Failure::new("nothing")));
        assert_eq!(value["resources"], json!([]));
        assert_eq!(value["error"]["message"], "nothing");
    }

    #[test]
    fn whether_the_network_can_be_used_only_an_answer_tells() {
        assert_eq!(is_usable(&named("TCPIP::h::INSTR")), None);
        assert_eq!(is_usable(&named("USB::1::2::3")), Some(true));
        assert_eq!(is_usable(&Row { sources: vec![], ..named("USB::1::2::3") }), None);
        let failed = Some(Said::Failed(Failure::new("x")));
        assert_eq!(is_usable(&Row { said: failed, ..named("TCPIP::h::INSTR") }), Some(false));
    }
}
