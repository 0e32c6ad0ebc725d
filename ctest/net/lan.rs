#![forbid(unsafe_code)]
//! A network: a switch (a bridge in a namespace of its own), our host and others at it.

use std::cell::Cell;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

use crate::Outcome;
use crate::net::commands;
use crate::net::commands::Whose;
use crate::net::host::Host;

/// A network. Number 7 is 10.77.7.0/24 and fd77:7::/64; our host is the first of it (if it is at it
/// at all), at the interface `lan7`.
pub struct Lan {
    number: u8,
    switch: Host,
    /// How many plugs the switch has in use.
    plugs: Cell<usize>,
    /// The number of the next host in the network.
    next: Cell<u8>,
}

/// The addresses of a host in one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub v4: Ipv4Addr,
    pub v6: Ipv6Addr,
}

impl Lan {
    /// A network with our host at it.
    pub fn new(number: u8) -> Outcome<Self> {
        let lan = Self::without_us(number)?;
        lan.connect(&Host::here(), &lan.interface(), &[lan.place(1)])?;
        Ok(lan)
    }

    /// A network that our host is not at, with nobody.
    pub fn without_us(number: u8) -> Outcome<Self> {
        let switch = Host::new()?;
        let bridge = ["link add name switch type bridge", "link set switch up"];
        commands::ip(switch.whose(), &bridge.map(str::to_owned))?;
        Ok(Self { number, switch, plugs: Cell::new(0), next: Cell::new(2) })
    }

    /// The name of our host's interface.
    pub fn interface(&self) -> String {
        format!("lan{}", self.number)
    }

    /// The addresses of the network's host of a number, 1 to 254.
    pub fn place(&self, host: u8) -> Place {
        Place {
            v4: Ipv4Addr::new(10, 77, self.number, host),
            v6: Ipv6Addr::new(0xFD77, u16::from(self.number), 0, 0, 0, 0, 0, u16::from(host)),
        }
    }

    /// A new host with an interface here.
    pub fn host(&self) -> Outcome<(Host, Place)> {
        let host = Host::new()?;
        let place = self.join(&host)?;
        Ok((host, place))
    }

    /// Gives a host an interface here.
    pub fn join(&self, host: &Host) -> Outcome<Place> {
        Ok(self.join_as_many(host, 1)?[0])
    }

    /// Gives a host an interface here that has the addresses of `count` hosts.
    pub fn join_as_many(&self, host: &Host, count: u8) -> Outcome<Vec<Place>> {
        let first = self.next.get();
        self.next.set(first + count);
        let places: Vec<_> = (first..first + count).map(|number| self.place(number)).collect();
        self.connect(host, &host.next_interface(), &places)?;
        Ok(places)
    }

    /// Whose settings are meant when the switch's are.
    pub fn switch(&self) -> Whose {
        self.switch.whose()
    }

    fn connect(&self, host: &Host, interface: &str, places: &[Place]) -> Outcome {
        let plug = self.plug(interface, host.process())?;
        commands::ip(host.whose(), &addressed(interface, places))?;
        // Only then does the switch let anything through, and the library sees the interface.
        commands::await_link(self.switch.whose(), &plug)?;
        commands::await_link(host.whose(), interface)
    }

    /// A host with the addresses of `count` instruments, which answers for each (`parts/crowd.rs`).
    pub fn crowd(&self, count: u8) -> Outcome<(Host, Vec<Place>)> {
        let host = Host::new()?;
        let places = self.join_as_many(&host, count)?;
        let all = [self.place(255)].into_iter().chain(places.iter().copied());
        let words: Vec<_> = all.map(|place| place.v4.to_string()).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        host.start("crowd", &words)?;
        Ok((host, places))
    }

    /// Makes an interface of a host, whose namespaces `process` has, at the switch. It is down and
    /// has no address. The name of the switch's end.
    pub fn plug(&self, interface: &str, process: u32) -> Outcome<String> {
        let plug = format!("plug{}", self.plugs.get());
        self.plugs.set(self.plugs.get() + 1);
        let lines = [
            format!("link add name {plug} type veth peer name {interface} netns {process}"),
            format!("link set {plug} master switch up"),
        ];
        commands::ip(self.switch.whose(), &lines)?;
        Ok(plug)
    }
}

/// The lines that give an interface addresses and bring it up.
fn addressed(interface: &str, places: &[Place]) -> Vec<String> {
    let addresses = places.iter().flat_map(|Place { v4, v6 }| {
        [
            format!("address add {v4}/24 broadcast + dev {interface}"),
            format!("address add {v6}/64 nodad dev {interface}"),
        ]
    });
    addresses.chain([format!("link set {interface} up")]).collect()
}
