#![forbid(unsafe_code)]
//! Links to a VXI-11.2 gateway: what only its interface can do. An interface is named as its
//! devices are, but for the address: `gpib0` is that of `gpib0,12`. A link to it is made, on the
//! same connection, when it is first needed.

use crate::iface::vxi11::link::{Conversation, Vxi11Link};
use crate::iface::{RenMode, Report, Sink};
use crate::os::Wait;
use crate::os::net::Cut;
use crate::status::{
    Error, Result, VI_ERROR_INV_MODE, VI_ERROR_INV_RSRC_NAME, VI_ERROR_NSUP_OPER,
    VI_ERROR_RSRC_NFOUND, fail,
};
use crate::wire::gpib;
use crate::wire::gpib::{BusAddress, MAX_ADDRESS};
use crate::wire::vxi11;
use crate::wire::vxi11::{BusStatus, Docmd, Generic, LinkId};

/// Command bytes sent by one call; some gateways take no more.
const MOST_COMMANDS: usize = 256;

/// What a device's name says of a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behind {
    /// It is an interface itself.
    Interface,
    /// It is a device of the interface of this name.
    Device(String, BusAddress),
}

impl Behind {
    /// From `gpib0`, `gpib0,12`, `gpib0,12,3`; `None` for all that is no gateway's (rule 4.3.7).
    pub fn of(device: &str) -> Option<Self> {
        let prefix = device.get(..4)?;
        if !prefix.eq_ignore_ascii_case("gpib") {
            return None;
        }
        let number = |text: &str| text.parse().ok().filter(|number| *number <= MAX_ADDRESS);
        match device.split(',').collect::<Vec<_>>()[..] {
            [_] => Some(Self::Interface),
            [name, primary] => {
                Some(Self::Device(name.to_owned(), BusAddress::primary(number(primary)?)))
            }
            [name, primary, secondary] => {
                let secondary = Some(number(secondary)?);
                let address = BusAddress { primary: number(primary)?, secondary };
                Some(Self::Device(name.to_owned(), address))
            }
            _ => None,
        }
    }
}

impl Vxi11Link {
    /// Has the interface do something.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER when there is no interface, or it cannot; what the gateway says.
    pub fn command_interface(&self, command: Docmd, data: Data, wait: &Wait) -> Result {
        self.docmd(command, data, wait, vxi11::was_done)
    }

    /// Asks the interface how the bus is.
    ///
    /// # Errors
    /// As [`Vxi11Link::command_interface`].
    pub fn bus_status(&self, what: BusStatus, wait: &Wait) -> Result<u16> {
        self.docmd(Docmd::BusStatus, Data::Short(what as u16), wait, vxi11::bus_status)
    }

    /// Sends command bytes with ATN; how many, and what became of the rest.
    pub fn send_commands(&self, bytes: &[u8], wait: &Wait) -> (usize, Result) {
        let mut count = 0;
        for piece in bytes.chunks(MOST_COMMANDS) {
            let sent = self.command_interface(Docmd::SendCommand, Data::Bytes(piece), wait);
            if let Err(error) = sent {
                return (count, Err(error));
            }
            count += piece.len();
        }
        (count, Ok(()))
    }

    /// A gateway tells of the SRQ line when it is asserted. A request that was there before its
    /// session began to watch is looked for here; whose it is a poll will show, as always.
    pub(super) fn tell_of_present(&self, sink: &Sink, wait: &Wait) {
        // One without docmd has told what it could.
        if self.behind.is_some() && self.bus_status(BusStatus::Srq, wait).is_ok_and(|srq| srq != 0)
        {
            sink(Report::Plain);
        }
    }

    /// The modes of viGpibControlREN that need the REN line, or command bytes.
    ///
    /// # Errors
    /// VI_ERROR_INV_MODE where there is no gateway, or it has no docmd.
    pub(super) fn control_ren_line(
        &self,
        mode: RenMode,
        local: impl Fn(Generic) -> Result,
        wait: &Wait,
    ) -> Result {
        let ren =
            |on: bool| self.command_interface(Docmd::RenControl, Data::Short(on.into()), wait);
        let commands = |bytes: &[u8]| self.send_commands(bytes, wait).1;
        // A gateway without docmd is as good as any other device.
        let or = |done: Result, instead: &dyn Fn() -> Result| match done {
            Err(error) if error.code == VI_ERROR_NSUP_OPER => instead(),
            done => done,
        };
        let done = match (mode, &self.behind) {
            (RenMode::Deassert, _) => ren(false),
            (RenMode::DeassertGtl, _) => {
                local(Generic::Local).and_then(|()| or(ren(false), &|| Ok(())))
            }
            (RenMode::Assert, _) => ren(true),
            (RenMode::AssertLlo, _) => ren(true).and_then(|()| commands(&[gpib::LLO])),
            (RenMode::AssertAddress, Some(Behind::Device(_, device))) => {
                let mut bytes = vec![gpib::UNL];
                device.listen(&mut bytes);
                or(ren(true).and_then(|()| commands(&bytes)), &|| local(Generic::Remote))
            }
            (RenMode::AssertAddress | RenMode::AssertAddressLlo, _) => local(Generic::Remote),
            (RenMode::AddressGtl, _) => local(Generic::Local),
        };
        done.map_err(|error| match error.code {
            VI_ERROR_NSUP_OPER => Error { code: VI_ERROR_INV_MODE, ..error },
            _ => error,
        })
    }

    fn docmd<T>(
        &self,
        command: Docmd,
        data: Data,
        wait: &Wait,
        understand: impl FnOnce(&[u8]) -> Result<T>,
    ) -> Result<T> {
        let Some(behind) = &self.behind else {
            return fail(VI_ERROR_NSUP_OPER, "no gateway, as its name says");
        };
        let mut conversation = self.conversation.pass(wait)?;
        let link = conversation.interface(behind, wait)?;
        let ms = wait.deadline.remaining().map_or(u32::MAX, |left| left.as_millis() as u32);
        let bytes = data.bytes();
        let request = vxi11::device_docmd(link, command, ms, data.size(), bytes.len());
        let reply = conversation.call(request, &bytes, &mut [], wait).map_err(|cut| cut.error)?;
        understand(reply.fixed())
    }
}

impl Conversation {
    /// The link to the interface.
    fn interface(&mut self, behind: &Behind, wait: &Wait) -> Result<LinkId> {
        let name = match behind {
            Behind::Interface => return Ok(self.link),
            Behind::Device(name, _) => name,
        };
        if let Some(link) = self.interface_link {
            return Ok(link);
        }
        let request = vxi11::create_link(std::process::id(), name.len());
        let reply = self
            .call(request, name.as_bytes(), &mut [], wait)
            .map_err(|Cut { error, .. }| error)?;
        let made = vxi11::new_link(reply.fixed()).map_err(|error| match error.code {
            VI_ERROR_INV_RSRC_NAME | VI_ERROR_RSRC_NFOUND => {
                Error { code: VI_ERROR_NSUP_OPER, ..error }
            }
            _ => error,
        })?;
        self.interface_link = Some(made.link);
        Ok(made.link)
    }
}

/// The data of a command.
#[derive(Clone, Copy, Debug)]
pub enum Data<'a> {
    /// None.
    None,
    /// Bytes.
    Bytes(&'a [u8]),
    /// A number of 16 bits.
    Short(u16),
    /// A number of 32 bits.
    Long(u32),
}

impl Data<'_> {
    fn size(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Bytes(_) => 1,
            Self::Short(_) => 2,
            Self::Long(_) => 4,
        }
    }

    fn bytes(self) -> Vec<u8> {
        match self {
            Self::None => Vec::new(),
            Self::Bytes(bytes) => bytes.to_vec(),
            Self::Short(number) => number.to_be_bytes().to_vec(),
            Self::Long(number) => number.to_be_bytes().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateways_are_known_by_the_names_of_their_devices() {
        let device = |name: &str, address| Some(Behind::Device(name.into(), address));
        assert_eq!(Behind::of("gpib0"), Some(Behind::Interface));
        assert_eq!(Behind::of("GPIB1,12"), device("GPIB1", BusAddress::primary(12)));
        let extended = BusAddress { primary: 9, secondary: Some(0) };
        assert_eq!(Behind::of("gpib0,9,0"), device("gpib0", extended));
        for other in ["inst0", "gpib0,31", "gpib0,x", "gpib0,1,2,3", "gpi", "", "hpib,5", "ééé"]
        {
            assert_eq!(Behind::of(other), None, "{other}");
        }
    }
}
