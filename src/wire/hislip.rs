#![forbid(unsafe_code)]
//! HiSLIP message headers (IVI-6.1, section 2): 16 bytes before every payload.
//!
//! ```text
//! "HS" | message type u8 | control code u8 | parameter u32 | payload length u64   (big-endian)
//! ```

/// Bytes of a header.
pub const HEADER_LEN: usize = 16;

/// The port that IANA gave to HiSLIP.
pub const PORT: u16 = 4880;

/// The MessageID of a client's first Data, DataEND or Trigger after initialization and after
/// device clear (IVI-6.1 3.1.2). Each message adds [`ID_STEP`], wrapping.
pub const FIRST_ID: u32 = 0xFFFF_FF00;

/// What each message adds to the MessageID.
pub const ID_STEP: u32 = 2;

/// The MessageID that stands for "none yet": the one before [`FIRST_ID`].
pub const ID_BEFORE_FIRST: u32 = FIRST_ID.wrapping_sub(ID_STEP);

/// In a server's Data message: belongs to whatever is being answered (IVI-6.1 3.1.2).
pub const ANY_ID: u32 = 0xFFFF_FFFF;

/// Control code bit 0 of Data, DataEND, Trigger and AsyncStatusQuery: a whole response has been
/// delivered to the application since the last such message (RMT-delivered).
pub const RMT_DELIVERED: u8 = 0x01;

/// Feature bit 0 of InitializeResponse and of the device clear messages: overlap mode.
pub const OVERLAP: u8 = 0x01;

/// InitializeResponse of 2.0 and later: the server talks over encrypted channels only.
pub const ENCRYPTION_MANDATORY: u8 = 0x02;

/// InitializeResponse of 2.0 and later: encryption has to be switched on before anything else.
pub const INITIAL_ENCRYPTION: u8 = 0x04;

/// Control codes of FatalError (IVI-6.1, table 7).
pub mod fatal {
    /// The header made no sense.
    pub const POORLY_FORMED_HEADER: u8 = 1;
    /// The server has no room for one more client.
    pub const TOO_MANY_CLIENTS: u8 = 4;
    /// The secure connection failed (2.0).
    pub const SECURE_CONNECTION_FAILED: u8 = 5;
}

/// Control codes of Error (IVI-6.1, table 9).
pub mod error {
    /// A message type that the receiver does not know or does not expect.
    pub const UNKNOWN_MESSAGE: u8 = 1;
    /// A vendor defined message (types 128 to 255) that the receiver does not know.
    pub const UNKNOWN_VENDOR_MESSAGE: u8 = 3;
}

/// Control code of AsyncLock: give the lock back; the parameter is the MessageID of the last
/// message sent (IVI-6.1 6.5).
pub const LOCK_RELEASE: u8 = 0;

/// Control code of AsyncLock: get a lock; the parameter is how long the server may wait, in ms,
/// the payload the lock string of a shared lock, empty for an exclusive one.
pub const LOCK_REQUEST: u8 = 1;

/// The longest lock string, in bytes.
pub const LONGEST_LOCK_STRING: usize = 256;

/// Control codes of AsyncLockResponse (IVI-6.1 6.5).
pub mod lock_response {
    /// The lock was not to be had in time.
    pub const FAILED: u8 = 0;
    /// The lock is granted; or an exclusive lock has been given back.
    pub const GRANTED: u8 = 1;
    /// A shared lock has been given back.
    pub const SHARED_RELEASED: u8 = 2;
}

/// A protocol version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Before the point.
    pub major: u8,
    /// After the point.
    pub minor: u8,
}

impl Version {
    /// As it travels: major in the upper byte.
    pub const fn to_wire(self) -> u16 {
        (self.major as u16) << 8 | self.minor as u16
    }

    /// From the wire.
    pub const fn from_wire(bits: u16) -> Self {
        Self { major: (bits >> 8) as u8, minor: bits as u8 }
    }
}

/// Message types that the standard names, by number from 0 (IVI-6.1, table 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names are the standard's own")]
pub enum MessageType {
    Initialize,
    InitializeResponse,
    FatalError,
    Error,
    AsyncLock,
    AsyncLockResponse,
    Data,
    DataEnd,
    DeviceClearComplete,
    DeviceClearAcknowledge,
    AsyncRemoteLocalControl,
    AsyncRemoteLocalResponse,
    Trigger,
    Interrupted,
    AsyncInterrupted,
    AsyncMaximumMessageSize,
    AsyncMaximumMessageSizeResponse,
    AsyncInitialize,
    AsyncInitializeResponse,
    AsyncDeviceClear,
    AsyncServiceRequest,
    AsyncStatusQuery,
    AsyncStatusResponse,
    AsyncDeviceClearAcknowledge,
    AsyncLockInfo,
    AsyncLockInfoResponse,
    GetDescriptors,
    GetDescriptorsResponse,
    StartTls,
    AsyncStartTls,
    AsyncStartTlsResponse,
    EndTls,
    AsyncEndTls,
    AsyncEndTlsResponse,
    GetSaslMechanismList,
    GetSaslMechanismListResponse,
    AuthenticationStart,
    AuthenticationExchange,
    AuthenticationResult,
}

impl MessageType {
    /// All of them; the index is the number.
    const ALL: [Self; 39] = {
        use MessageType::*;
        [
            Initialize,
            InitializeResponse,
            FatalError,
            Error,
            AsyncLock,
            AsyncLockResponse,
            Data,
            DataEnd,
            DeviceClearComplete,
            DeviceClearAcknowledge,
            AsyncRemoteLocalControl,
            AsyncRemoteLocalResponse,
            Trigger,
            Interrupted,
            AsyncInterrupted,
            AsyncMaximumMessageSize,
            AsyncMaximumMessageSizeResponse,
            AsyncInitialize,
            AsyncInitializeResponse,
            AsyncDeviceClear,
            AsyncServiceRequest,
            AsyncStatusQuery,
            AsyncStatusResponse,
            AsyncDeviceClearAcknowledge,
            AsyncLockInfo,
            AsyncLockInfoResponse,
            GetDescriptors,
            GetDescriptorsResponse,
            StartTls,
            AsyncStartTls,
            AsyncStartTlsResponse,
            EndTls,
            AsyncEndTls,
            AsyncEndTlsResponse,
            GetSaslMechanismList,
            GetSaslMechanismListResponse,
            AuthenticationStart,
            AuthenticationExchange,
            AuthenticationResult,
        ]
    };

    /// The type with this number; `None` for reserved (39 to 127) and vendor (128 to 255) ones.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

/// A message header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Number of the message type; any value may arrive.
    pub number: u8,
    /// Control code; its meaning depends on the type.
    pub control: u8,
    /// Message parameter; its meaning depends on the type.
    pub parameter: u32,
    /// Bytes of payload that follow.
    pub length: u64,
}

impl Header {
    /// The header of a message to send.
    pub const fn new(message: MessageType, control: u8, parameter: u32, length: u64) -> Self {
        Self { number: message as u8, control, parameter, length }
    }

    /// Its type, if the standard names it.
    pub fn message(&self) -> Option<MessageType> {
        MessageType::from_number(self.number)
    }

    /// Whether the type is of the vendors' range.
    pub const fn is_vendor_defined(&self) -> bool {
        self.number >= 128
    }

    /// As bytes.
    pub fn encode(&self) -> [u8; HEADER_LEN] {
        let mut bytes = [0; HEADER_LEN];
        bytes[..2].copy_from_slice(b"HS");
        bytes[2] = self.number;
        bytes[3] = self.control;
        bytes[4..8].copy_from_slice(&self.parameter.to_be_bytes());
        bytes[8..].copy_from_slice(&self.length.to_be_bytes());
        bytes
    }

    /// From bytes. `None` when the prologue is not "HS" (IVI-6.1 2.3), and when the length is
    /// beyond 63 bits, which no message can have: both mean that the stream is out of step.
    pub fn decode(bytes: &[u8; HEADER_LEN]) -> Option<Self> {
        let [b'H', b'S', number, control, p0, p1, p2, p3, length @ ..] = *bytes else {
            return None;
        };
        let length = u64::from_be_bytes(length);
        let parameter = u32::from_be_bytes([p0, p1, p2, p3]);
        (length <= i64::MAX as u64).then_some(Self { number, control, parameter, length })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_laid_out_as_in_ivi_6_1() {
        let header = Header::new(MessageType::DataEnd, RMT_DELIVERED, FIRST_ID, 6);
        let bytes = *b"HS\x07\x01\xFF\xFF\xFF\x00\0\0\0\0\0\0\0\x06";
        assert_eq!(header.encode(), bytes);
        assert_eq!(Header::decode(&bytes), Some(header));

        let initialize =
            Header::new(MessageType::Initialize, 0, u32::from_be_bytes(*b"\x01\x01FV"), 7);
        assert_eq!(initialize.encode(), *b"HS\0\0\x01\x01FV\0\0\0\0\0\0\0\x07");
    }

    #[test]
    fn numbers_are_the_standards() {
        use MessageType::*;
        for (message, number) in [
            (Initialize, 0),
            (FatalError, 2),
            (Error, 3),
            (Data, 6),
            (DataEnd, 7),
            (DeviceClearAcknowledge, 9),
            (Trigger, 12),
            (AsyncInterrupted, 14),
            (AsyncMaximumMessageSizeResponse, 16),
            (AsyncInitialize, 17),
            (AsyncServiceRequest, 20),
            (AsyncStatusResponse, 22),
            (AsyncDeviceClearAcknowledge, 23),
            (AsyncLockInfoResponse, 25),
            (AsyncStartTlsResponse, 30),
            (AuthenticationResult, 38),
        ] {
            assert_eq!(message as u8, number);
        }
        for number in 0..=255 {
            match MessageType::from_number(number) {
                Some(message) => assert_eq!(message as u8, number),
                None => assert!(number >= 39),
            }
        }
    }

    #[test]
    fn wrong_prologues_and_impossible_lengths_are_no_headers() {
        let good = Header::new(MessageType::Data, 0, 0, i64::MAX as u64).encode();
        assert!(Header::decode(&good).is_some());
        for spoiled in 0..2 {
            let mut bytes = good;
            bytes[spoiled] ^= 0x20;
            assert_eq!(Header::decode(&bytes), None);
        }
        let mut bytes = good;
        bytes[8] = 0x80;
        assert_eq!(Header::decode(&bytes), None);
    }

    #[test]
    fn every_number_survives_the_round_trip() {
        for number in 0..=255 {
            let header = Header { number, control: !number, parameter: 0x0102_0304, length: 1 };
            assert_eq!(Header::decode(&header.encode()), Some(header));
            assert_eq!(header.is_vendor_defined(), number >= 128);
        }
    }

    #[test]
    fn versions_compare_major_first() {
        let version = Version::from_wire;
        assert!(version(0x0100) < version(0x0101));
        assert!(version(0x01FF) < version(0x0200));
        assert_eq!(version(0x0102).to_wire(), 0x0102);
        assert_eq!(version(0x0102), Version { major: 1, minor: 2 });
    }

    #[test]
    fn ids_wrap_at_32_bits() {
        assert_eq!(ID_BEFORE_FIRST, 0xFFFF_FEFE);
        assert_eq!(0xFFFF_FFFE_u32.wrapping_add(ID_STEP), 0);
    }
}
