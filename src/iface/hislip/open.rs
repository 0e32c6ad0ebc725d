#![forbid(unsafe_code)]
//! Opening: two connections and three exchanges, all by one deadline (IVI-6.1 6.1 to 6.3).

use std::io::IoSlice;
use std::sync::atomic::AtomicU32;

use crate::iface::hislip::mailbox::Mailbox;
use crate::iface::hislip::receive::Inbound;
use crate::iface::hislip::send::Outbound;
use crate::iface::hislip::state::State;
use crate::iface::hislip::{HislipLink, Pull};
use crate::os::Gate;
use crate::os::Wait;
use crate::os::fork;
use crate::os::net::Stream;
use crate::status::{
    Error, Result, VI_ERROR_INV_RSRC_NAME, VI_ERROR_IO, VI_ERROR_NSUP_OPER, VI_ERROR_RSRC_BUSY,
    VI_ERROR_RSRC_NFOUND, fail,
};
use crate::wire::hislip::{
    ENCRYPTION_MANDATORY, HEADER_LEN, Header, INITIAL_ENCRYPTION, MessageType, OVERLAP, Version,
    fatal,
};

/// The highest version that we speak.
const OURS: Version = Version { major: 1, minor: 1 };

/// The first version in which a server may insist on encryption.
const WITH_ENCRYPTION: Version = Version { major: 2, minor: 0 };

/// Two characters that name us to the server.
const VENDOR: &[u8; 2] = b"FV";

/// The longest sub-address (IVI-6.1 6.1).
const LONGEST_SUB_ADDRESS: usize = 256;

/// VI_ATTR_TCPIP_HISLIP_MAX_MESSAGE_KB of a new session.
const DEFAULT_MAX_MESSAGE_KB: u32 = 1024;

impl HislipLink {
    /// Connects to the device with sub-address `device` at `host`.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_NFOUND when nobody, or nobody who speaks HiSLIP, or no such device is there;
    /// VI_ERROR_RSRC_BUSY when the server has no room for one more client; VI_ERROR_TMO when it
    /// accepts the connection and says nothing; VI_ERROR_CONN_LOST when it hangs up;
    /// VI_ERROR_NSUP_OPER when it insists on encryption.
    pub(super) fn open(host: &str, port: u16, device: &str, wait: &Wait) -> Result<Self> {
        if device.len() > LONGEST_SUB_ADDRESS {
            return fail(VI_ERROR_INV_RSRC_NAME, "sub-address is too long");
        }
        let sync = Stream::connect(host, port, wait)?;
        let response = initialize(&sync, device, wait)?;
        let theirs = Version::from_wire((response.parameter >> 16) as u16);
        let insists = response.control & (ENCRYPTION_MANDATORY | INITIAL_ENCRYPTION) != 0;
        if theirs >= WITH_ENCRYPTION && insists {
            return fail(VI_ERROR_NSUP_OPER, "server insists on encryption");
        }

        // The same machine, should the name have several.
        let asynchronous = Stream::connect_any(&[sync.peer()?], wait)?;
        let session = response.parameter & 0xFFFF;
        let request = Header::new(MessageType::AsyncInitialize, 0, session, 0);
        send(&asynchronous, &request, &[], wait)?;
        receive(&asynchronous, MessageType::AsyncInitializeResponse, wait)?;

        let link = Self {
            sync,
            asynchronous,
            outbound: Gate::new(Outbound::new()),
            inbound: Gate::new(Inbound::new()),
            mailbox: Mailbox::default(),
            clearing_alone: Gate::new(()),
            state: State::new(response.control & OVERLAP != 0),
            version: OURS.min(theirs),
            max_message_kb: AtomicU32::new(DEFAULT_MAX_MESSAGE_KB),
            opened_in: fork::generation(),
        };
        link.agree_message_size(DEFAULT_MAX_MESSAGE_KB, wait).map_err(|error| {
            match error.code {
                VI_ERROR_IO => Error { code: VI_ERROR_RSRC_NFOUND, ..error },
                _ => error,
            }
        })?;
        Ok(link)
    }
}

fn initialize(sync: &Stream, device: &str, wait: &Wait) -> Result<Header> {
    let vendor = u16::from_be_bytes(*VENDOR);
    let parameter = u32::from(OURS.to_wire()) << 16 | u32::from(vendor);
    let request = Header::new(MessageType::Initialize, 0, parameter, device.len() as u64);
    send(sync, &request, device.as_bytes(), wait)?;
    receive(sync, MessageType::InitializeResponse, wait)
}

fn send(stream: &Stream, header: &Header, payload: &[u8], wait: &Wait) -> Result {
    let head = header.encode();
    stream
        .send_parts(&mut [IoSlice::new(&head), IoSlice::new(payload)], wait)
        .map_err(|cut| cut.error)
}

/// The answer to an initialization message.
fn receive(stream: &Stream, expected: MessageType, wait: &Wait) -> Result<Header> {
    let stranger = Error::new(VI_ERROR_RSRC_NFOUND, "what answers there is no HiSLIP server");
    let mut pull = Pull::new(stream, wait);
    let mut head = [0; HEADER_LEN];
    let mut count = 0;
    while count < HEADER_LEN {
        count += pull.recv(&mut head[count..])?;
        // A stranger's greeting may be shorter than a header: no waiting for the rest.
        let seen = count.min(2);
        if head[..seen] != b"HS"[..seen] {
            return Err(stranger);
        }
    }
    let header = Header::decode(&head).ok_or(stranger)?;
    match header.message() {
        // None of these messages has a payload.
        Some(message) if message == expected && header.length == 0 => Ok(header),
        Some(MessageType::FatalError) => match header.control {
            fatal::TOO_MANY_CLIENTS => fail(VI_ERROR_RSRC_BUSY, "server has too many clients"),
            fatal::SECURE_CONNECTION_FAILED => {
                fail(VI_ERROR_NSUP_OPER, "server insists on encryption")
            }
            _ => fail(VI_ERROR_RSRC_NFOUND, "server refuses this sub-address"),
        },
        Some(MessageType::Error) => fail(VI_ERROR_RSRC_NFOUND, "server refuses this sub-address"),
        _ => Err(stranger),
    }
}
