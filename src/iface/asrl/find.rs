#![forbid(unsafe_code)]
//! Which serial ports viFindRsrc lists. None is opened for it: a modem would see its lines change.

use std::path::Path;
use std::time::Duration;

use crate::attr::Value;
use crate::config::Config;
use crate::consts::VI_ATTR_INTF_INST_NAME;
use crate::iface::asrl::numbering::Numbered;
use crate::iface::asrl::{Asrl, numbering, place};
use crate::iface::obstacle::serial;
use crate::iface::source::{Found, News, Search, Source, Trouble};
use crate::iface::usb;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::aside;
use crate::os::usb::device_behind;
use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;
use crate::status::Result;

/// How long the words of adapters are waited for.
const PATIENCE: Duration = Duration::from_millis(300);

impl Source for Asrl {
    fn name(&self) -> &'static str {
        "serial ports"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["ASRL"]
    }

    fn find(&self, search: &Search, tell: &mut dyn FnMut(Found)) -> Result {
        let (there, _) = wanted(&search.config);
        found(&there, search).into_iter().for_each(tell);
        Ok(())
    }

    fn survey(&self, search: &Search, tell: &mut dyn FnMut(News)) -> Result {
        let (there, gone) = wanted(&search.config);
        found(&there, search).into_iter().for_each(|found| tell(News::Found(found)));
        let troubles = gone.iter().filter_map(missing);
        troubles.for_each(|trouble| tell(News::Trouble(trouble)));
        Ok(())
    }
}

/// The ports that are there, and those that should be, because the configuration has them.
fn wanted(config: &Config) -> (Vec<Numbered>, Vec<Numbered>) {
    let is_configured =
        |port: &Numbered| config.serial().iter().any(|(number, _)| *number == port.number);
    let mut ports = numbering::numbered(config);
    ports.retain(|port| {
        is_configured(port) || !config.hides_ports() && !numbering::is_console(&port.path)
    });
    ports.into_iter().partition(|port| port.path.exists())
}

/// The ports, and what is known of them. That may take long, for the system keeps whoever asks for a
/// USB device's words waiting while it is busy with the device: then they are known without.
fn found(ports: &[Numbered], search: &Search) -> Vec<Found> {
    let paths: Vec<_> = ports.iter().map(|port| port.path.clone()).collect();
    let wait = search.wait();
    let wait = Wait { deadline: wait.deadline.min(Deadline::after(PATIENCE)), ..wait };
    let describe = move || paths.iter().map(|path| description(path)).collect();
    let said: Vec<String> = aside::run("visa-usb-find", &wait, describe).unwrap_or_default();
    let said = said.into_iter().map(Some).chain(std::iter::repeat(None));
    ports.iter().zip(said).filter_map(|(port, said)| named(port, said)).collect()
}

fn named(port: &Numbered, said: Option<String>) -> Option<Found> {
    let name = ResourceName::of(&Address::Asrl { board: port.number }).ok()?;
    let instance = place(&format!("ASRL{} ", port.number), &port.path);
    Some(Found {
        attributes: vec![(VI_ATTR_INTF_INST_NAME, Value::Text(instance))],
        description: said.unwrap_or_else(|| port.path.display().to_string()),
        ..name.into()
    })
}

/// `None` when it has come just now.
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
