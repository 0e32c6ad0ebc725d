#![forbid(unsafe_code)]
//! Which serial ports viFindRsrc lists. None is opened for it: a modem would see its lines change.

use std::path::Path;

use crate::attr::Value;
use crate::config::Config;
use crate::consts::VI_ATTR_INTF_INST_NAME;
use crate::iface::asrl::numbering::Numbered;
use crate::iface::asrl::{Asrl, numbering, place};
use crate::iface::obstacle::serial;
use crate::iface::source::{Found, News, Search, Source, Trouble};
use crate::iface::usb;
use crate::os::usb::device_behind;
use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;
use crate::status::Result;

impl Source for Asrl {
    fn name(&self) -> &'static str {
        "serial ports"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["ASRL"]
    }

    fn find(&self, search: &Search, tell: &mut dyn FnMut(Found)) -> Result {
        let there = wanted(&search.config).into_iter().filter(|port| port.path.exists());
        there.filter_map(|port| found(&port)).for_each(tell);
        Ok(())
    }

    fn survey(&self, search: &Search, tell: &mut dyn FnMut(News)) -> Result {
        self.find(search, &mut |found| tell(News::Found(found)))?;
        let gone = wanted(&search.config).into_iter().filter(|port| !port.path.exists());
        gone.filter_map(|port| missing(&port)).for_each(|trouble| tell(News::Trouble(trouble)));
        Ok(())
    }
}

/// The ports that are there or, because the configuration has them, should be.
fn wanted(config: &Config) -> Vec<Numbered> {
    let is_configured =
        |port: &Numbered| config.serial().iter().any(|(number, _)| *number == port.number);
    let mut ports = numbering::numbered(config);
    ports.retain(|port| {
        is_configured(port) || !config.hides_ports() && !numbering::is_console(&port.path)
    });
    ports
}

fn found(port: &Numbered) -> Option<Found> {
    let name = ResourceName::of(&Address::Asrl { board: port.number }).ok()?;
    let instance = place(&format!("ASRL{} ", port.number), &port.path);
    Some(Found {
        attributes: vec![(VI_ATTR_INTF_INST_NAME, Value::Text(instance))],
        description: description(&port.path),
        ..name.into()
    })
}

/// `None` for ports whose device is there but vanished just now.
fn missing(port: &Numbered) -> Option<Trouble> {
    let what = place(&format!("ASRL{} ", port.number), &port.path);
    Some(Trouble { what, obstacle: serial::of_port(&port.path)? })
}

/// The device and, behind a USB adapter, what that says of itself.
fn description(path: &Path) -> String {
    let device = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let adapter = numbering::folder_of(&device).and_then(|folder| device_behind(&folder));
    let adapter = adapter.map(|adapter| usb::description(&adapter)).unwrap_or_default();
    match &adapter[..] {
        "" => device.display().to_string(),
        _ => format!("{}, {adapter}", device.display()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::iface::obstacle::Kind;
    use crate::os::Cancel;
    use crate::os::Deadline;
    use crate::os::pty::Pty;

    fn survey(config: &str) -> (Vec<Found>, Vec<Trouble>) {
        let search = Search {
            config: Arc::new(Config::of(config)),
            deadline: Deadline::Never,
            cancel: Arc::new(Cancel::new()),
        };
        let (mut found, mut troubles) = (Vec::new(), Vec::new());
        let outcome = Asrl.survey(&search, &mut |news| match news {
            News::Found(one) => found.push(one),
            News::Trouble(trouble) => troubles.push(trouble),
        });
        assert_eq!(outcome, Ok(()));
        (found, troubles)
    }

    #[test]
    fn a_configured_port_is_listed_or_its_absence_told() {
        let pty = Pty::open();
        let device = pty.path.display();
        let config = format!("[serial]\nfind = false\n7 = '{device}'\n8 = '/dev/nonexistent'\n");
        let (found, troubles) = survey(&config);
        let [port] = &found[..] else { panic!("{found:?}") };
        assert_eq!(port.name.canonical(), "ASRL7::INSTR");
        assert_eq!(port.description, device.to_string());
        let instance = Value::Text(format!("ASRL7 ({device})"));
        assert_eq!(port.attributes, [(VI_ATTR_INTF_INST_NAME, instance)]);
        let [gone] = &troubles[..] else { panic!("{troubles:?}") };
        assert_eq!(gone.what, "ASRL8 (/dev/nonexistent)");
        assert_eq!(gone.obstacle.kind, Kind::Missing);
    }
}
