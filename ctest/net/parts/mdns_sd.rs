#![forbid(unsafe_code)]
//! `mdns_sd NAME ADDRESS`: an instrument with HiSLIP and VXI-11, announced by the crate of that name.

use std::any::Any;
use std::io;

use mdns_sd::ServiceDaemon;
use mdns_sd::ServiceInfo;

use crate::net::parts::usage;

pub fn start(arguments: &[String]) -> io::Result<Box<dyn Any>> {
    let [name, address] = arguments else { return usage("NAME ADDRESS") };
    let daemon = ServiceDaemon::new().map_err(io::Error::other)?;
    let text =
        [("txtvers", "1"), ("Manufacturer", "Lab"), ("Model", "Meter"), ("SerialNumber", name)];
    for (kind, port) in [("_hislip._tcp.local.", 4880), ("_vxi-11._tcp.local.", 111)] {
        let host = format!("{name}.local.");
        let info = ServiceInfo::new(kind, name, &host, address.as_str(), port, &text[..]);
        daemon.register(info.map_err(io::Error::other)?).map_err(io::Error::other)?;
    }
    Ok(Box::new(daemon))
}
