#![forbid(unsafe_code)]
//! `visa info`: every attribute of a resource, in words.

use std::path::Path;

use clap::Args;
use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;
use visa::attr::Attr;
use visa::attr::TABLE;
use visa::attr::Type;
use visa::attr::Value;
use visa::consts as c;
use visa::rsrc::Kinds;

use crate::abi::Manager;
use crate::abi::Session;
use crate::decode;
use crate::failure::Failure;
use crate::failure::Result;
use crate::library::manager;
use crate::screen::Style;
use crate::screen::cut;
use crate::screen::styled;
use crate::screen::width;
use crate::talk;

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  visa info                                           the VISA library itself
  visa info TCPIP::192.168.1.20::hislip0::INSTR       a resource; opens it
  visa info --json TCPIP::192.168.1.20::INSTR | jq .attributes.VI_ATTR_TMO_VALUE.value

Shows the attributes that the library answers; those that it does not support are left out.")]
pub struct Info {
    /// Resource name [default: the library's resource manager]
    resource: Option<String>,
    /// How long opening may take, in ms; `inf` waits for ever
    #[arg(long, value_name = "MS", default_value = "5000", value_parser = talk::milliseconds, allow_negative_numbers = true)]
    open_timeout: u32,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Runs it.
///
/// # Errors
/// What VISA says on opening. Attributes that fail are left out.
pub fn run(args: &Info, lib: Option<&Path>) -> Result {
    let manager = manager(lib)?;
    let rows = match &args.resource {
        None => manager_rows(&manager),
        Some(name) => {
            // The attributes as a program finds them: no termination of the tool's own.
            let session = manager.session(name, args.open_timeout);
            session_rows(&session.map_err(|fault| Failure::visa(&fault, name))?)
        }
    };
    let title = args.resource.as_deref().unwrap_or("resource manager");
    if args.json {
        let attributes: Map<String, Json> = rows.iter().map(entry).collect();
        println!("{}", json!({ "resource": title, "attributes": attributes }));
    } else {
        println!("{}", styled(Style::Bold, title));
        let wide = rows.iter().map(|(attr, _)| attr.name.len()).max().unwrap_or(0);
        for (attr, value) in &rows {
            let room = width().saturating_sub(wide + 3).max(20);
            println!("{:wide$}  {}", attr.name, cut(&decode::text(attr, value), room));
        }
    }
    Ok(())
}

type Row = (&'static Attr, Value);

fn entry((attr, value): &Row) -> (String, Json) {
    let entry = json!({
        "id": format!("{:#010X}", attr.id),
        "value": decode::json(attr, value),
        "text": decode::text(attr, value),
    });
    (attr.name.to_owned(), entry)
}

fn manager_rows(manager: &Manager) -> Vec<Row> {
    let rows = table(Kinds::MANAGER).into_iter();
    rows.filter_map(|attr| Some((attr, decode::value(&manager.attribute(attr.id).ok()?, attr.ty))))
        .collect()
}

fn session_rows(session: &Session) -> Vec<Row> {
    let rows = table(kind(session)).into_iter();
    rows.filter_map(|attr| Some((attr, decode::value(&session.attribute(attr.id).ok()?, attr.ty))))
        .collect()
}

/// The rows that an object of one of these kinds may have, one for each attribute, by name.
fn table(kinds: Kinds) -> Vec<&'static Attr> {
    let mut rows: Vec<_> = TABLE.iter().filter(|attr| attr.kinds.has(kinds)).collect();
    rows.dedup_by_key(|attr| attr.id);
    rows.sort_by_key(|attr| attr.name);
    rows
}

/// The kind of an open resource, from what any library says of it.
fn kind(session: &Session) -> Kinds {
    let get = |id, ty| session.attribute(id).ok().map(|raw| decode::value(&raw, ty));
    let number = |id, ty| match get(id, ty) {
        Some(Value::Number(number)) => number,
        _ => 0,
    };
    let class = match get(c::VI_ATTR_RSRC_CLASS, Type::Text) {
        Some(Value::Text(class)) => class,
        _ => String::new(),
    };
    let interface = number(c::VI_ATTR_INTF_TYPE, Type::U16) as u16;
    let hislip = number(c::VI_ATTR_TCPIP_IS_HISLIP, Type::Boolean) != 0;
    kind_of(interface, &class, hislip)
}

fn kind_of(interface: u16, class: &str, hislip: bool) -> Kinds {
    match (interface, class) {
        (c::VI_INTF_TCPIP, "SOCKET") => Kinds::TCPIP_SOCKET,
        (c::VI_INTF_TCPIP, "INSTR") if hislip => Kinds::TCPIP_HISLIP,
        (c::VI_INTF_TCPIP, "INSTR") => Kinds::TCPIP_VXI11,
        (c::VI_INTF_TCPIP, "SERVANT") => Kinds::TCPIP_SERVANT,
        (c::VI_INTF_ASRL, _) => Kinds::ASRL_INSTR,
        (c::VI_INTF_GPIB, "INSTR") => Kinds::GPIB_INSTR,
        (c::VI_INTF_GPIB, "INTFC") => Kinds::GPIB_INTFC,
        (c::VI_INTF_GPIB, "SERVANT") => Kinds::GPIB_SERVANT,
        (c::VI_INTF_USB, "INSTR") => Kinds::USB_INSTR,
        (c::VI_INTF_USB, "RAW") => Kinds::USB_RAW,
        (c::VI_INTF_PXI, "INSTR") => Kinds::PXI_INSTR,
        (c::VI_INTF_VXI, "INSTR") => Kinds::VXI_INSTR,
        _ => Kinds::RESOURCE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hislip_and_vxi11_are_told_apart() {
        assert_eq!(kind_of(6, "INSTR", true), Kinds::TCPIP_HISLIP);
        assert_eq!(kind_of(6, "INSTR", false), Kinds::TCPIP_VXI11);
        assert_eq!(kind_of(6, "SOCKET", false), Kinds::TCPIP_SOCKET);
        assert_eq!(kind_of(999, "ODD", false), Kinds::RESOURCE);
    }

    #[test]
    fn each_attribute_is_asked_once() {
        let mut ids: Vec<_> = table(Kinds::RESOURCE).iter().map(|attr| attr.id).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}
