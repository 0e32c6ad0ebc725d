#![forbid(unsafe_code)]
//! Hosts and ports in resource names.

use std::net::Ipv6Addr;

use super::number;
use crate::status::{Result, VI_ERROR_INV_RSRC_NAME, fail};

/// A host name, an IPv4 address, or an IPv6 address in brackets, which are taken off.
pub(super) fn host(text: &str) -> Result<String> {
    if let Some(inside) = text.strip_prefix('[') {
        return match inside.strip_suffix(']') {
            Some(address) if is_ipv6(address) => Ok(address.to_owned()),
            _ => fail(VI_ERROR_INV_RSRC_NAME, "no IPv6 address in the brackets"),
        };
    }
    if is_word(text) {
        Ok(text.to_owned())
    } else {
        fail(VI_ERROR_INV_RSRC_NAME, "a host has letters, digits, '-', '.' and '_'")
    }
}

fn is_ipv6(text: &str) -> bool {
    let (address, scope) = text.split_once('%').map_or((text, None), |(a, s)| (a, Some(s)));
    address.parse::<Ipv6Addr>().is_ok() && scope.is_none_or(is_word)
}

fn is_word(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

/// `[credential@]host`. A host has no `@`, so the last one ends the credential.
pub(super) fn credential_and_host(text: &str) -> Result<(Option<String>, String)> {
    let Some((credential, name)) = text.rsplit_once('@') else {
        return Ok((None, host(text)?));
    };
    if credential.contains(['[', ']']) {
        return fail(VI_ERROR_INV_RSRC_NAME, "bracket in a credential");
    }
    Ok((Some(credential.to_owned()), host(name)?))
}

/// `text[,port]`
pub(super) fn with_port(text: &str) -> Result<(&str, Option<u16>)> {
    match text.split_once(',') {
        None => Ok((text, None)),
        Some((before, digits)) => Ok((before, Some(port(digits)?))),
    }
}

/// A TCP port.
pub(super) fn port(text: &str) -> Result<u16> {
    number(text, 0, u16::MAX)
}
