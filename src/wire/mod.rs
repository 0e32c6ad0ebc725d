#![forbid(unsafe_code)]
//! Byte formats of the protocols: encode and decode only, no I/O.

pub mod dns;
#[cfg(test)]
pub(crate) mod fuzz;
pub mod gpib;
pub mod hislip;
pub mod portmap;
pub mod prologix;
pub mod rfc2217;
pub mod rpc;
pub mod rpcbind;
pub mod telnet;
pub mod usbtmc;
pub mod vxi11;
pub mod xdr;

/// Byte strings that no peer should send, the same in each run: every decoder must survive them.
#[cfg(test)]
fn noise() -> impl Iterator<Item = Vec<u8>> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..20_000).map(move |_| {
        let len = next() % 80;
        // Mostly small numbers, so that lengths and discriminants are often believable.
        (0..len).map(|_| if next() % 4 == 0 { next() as u8 } else { (next() % 3) as u8 }).collect()
    })
}
