#![forbid(unsafe_code)]
//! ONC RPC by hand, for parts that answer as they like (RFC 5531 section 9).

/// The call of a portmapper for VXI-11's core channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// GETPORT of version 2, for TCP.
    Port { xid: u32 },
    /// GETADDR of version 3, for TCP over IPv6.
    Address { xid: u32 },
}

impl Call {
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let words: Vec<u32> = bytes
            .chunks_exact(4)
            .map(|word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]))
            .collect();
        let tcp6 = u32::from_be_bytes(*b"tcp6");
        match words[..] {
            [xid, 0, 2, 100_000, 2, 3, 0, 0, 0, 0, 0x0006_07AF, 1, 6, _] => {
                Some(Self::Port { xid })
            }
            [xid, 0, 2, 100_000, 3, 3, 0, 0, 0, 0, 0x0006_07AF, 1, 4, netid, _, _]
                if netid == tcp6 =>
            {
                Some(Self::Address { xid })
            }
            _ => None,
        }
    }
}

/// A reply that has been accepted with a status, 0 for success, and then these results.
pub fn reply(xid: u32, status: u32, results: &[u32]) -> Vec<u8> {
    let words = [xid, 1, 0, 0, 0, status];
    words.iter().chain(results).flat_map(|word| word.to_be_bytes()).collect()
}

/// A successful reply with a string.
pub fn reply_with_text(xid: u32, text: &str) -> Vec<u8> {
    let mut bytes = reply(xid, 0, &[text.len() as u32]);
    bytes.extend(text.as_bytes());
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}
