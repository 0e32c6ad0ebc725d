//! Adapters and gateways with instruments on a GPIB behind them.

use visa::sim::gateway;
use visa::sim::gateway::Gateway;
use visa::sim::gpib::Address;
use visa::sim::gpib::Bus;
use visa::sim::prologix;
use visa::sim::prologix::Adapter;
use visa::sim::prologix::Firmware;

use crate::failure::Failure;
use crate::failure::Result;
use crate::sim::Sim;
use crate::sim::free;

/// A bus and what leads to it.
pub struct Desk {
    instruments: Vec<Address>,
    door: Door,
    /// The adapter's board number in its resource name.
    board: u16,
}

enum Door {
    Adapter(Adapter),
    Gateway(Gateway),
}

impl Desk {
    /// What is opened, or configured, to reach the bus; then the instruments.
    pub fn resource_names(&self) -> Vec<String> {
        match &self.door {
            Door::Adapter(adapter) => {
                let devices = self.instruments.iter().map(|at| {
                    let secondary = at.secondary.map_or(String::new(), |n| format!("::{n}"));
                    format!("GPIB{}::{}{secondary}::INSTR", self.board, at.primary)
                });
                std::iter::once(adapter.resource_name(self.board)).chain(devices).collect()
            }
            Door::Gateway(gateway) => {
                let devices = self.instruments.iter().map(|at| gateway.resource_name(Some(*at)));
                std::iter::once(gateway.resource_name(None)).chain(devices).collect()
            }
        }
    }
}

/// Starts what is asked for, each with a bus of its own.
///
/// # Errors
/// What the system says about ports and pseudo-terminals.
pub fn start(args: &Sim) -> Result<Vec<Desk>> {
    let mut desks = Vec::new();
    let firmware = if args.ar488 { Firmware::Ar488 } else { Firmware::Prologix };
    if let Some(port) = args.prologix {
        let port = free(args.bind, port, "Prologix");
        let config =
            prologix::Config { firmware, bind: args.bind, port, ..prologix::Config::default() };
        desks.push(adapter(args, &config, desks.len())?);
    }
    if args.prologix_serial {
        let config = prologix::Config { firmware, serial: true, ..prologix::Config::default() };
        desks.push(adapter(args, &config, desks.len())?);
    }
    if let Some(port) = args.gateway {
        let port = free(args.bind, port, "gateway");
        let config = gateway::Config { bind: args.bind, port, ..gateway::Config::default() };
        let gateway = Gateway::start(&bus(args)?, &config).map_err(failed)?;
        let (instruments, door) = (args.gpib.clone(), Door::Gateway(gateway));
        desks.push(Desk { instruments, door, board: 0 });
    }
    Ok(desks)
}

fn adapter(args: &Sim, config: &prologix::Config, board: usize) -> Result<Desk> {
    let adapter = Adapter::start(&bus(args)?, config).map_err(failed)?;
    let (instruments, door) = (args.gpib.clone(), Door::Adapter(adapter));
    Ok(Desk { instruments, door, board: board as u16 })
}

/// A bus with the instruments.
fn bus(args: &Sim) -> Result<Bus> {
    let bus = Bus::new();
    for at in &args.gpib {
        let version = env!("CARGO_PKG_VERSION");
        bus.add_instrument(*at, &format!("Ferrovisa,GPIB Instrument,{at},{version}"))
            .map_err(failed)?;
    }
    Ok(bus)
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err passes")]
fn failed(error: std::io::Error) -> Failure {
    Failure::new(error.to_string()).hint("port 0 takes any free one")
}
