//! Numbers that nobody can guess.

use crate::status::{Error, Result, VI_ERROR_SYSTEM_ERROR};

/// `N` random bytes from the system; up to 256, so that they come at once.
///
/// # Errors
/// VI_ERROR_SYSTEM_ERROR when the system has none.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    // SAFETY: `N` writable bytes.
    let count = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), N, 0) };
    if usize::try_from(count) == Ok(N) {
        return Ok(bytes);
    }
    let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    Err(Error::with_os(VI_ERROR_SYSTEM_ERROR, "getrandom", errno))
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_are_the_same() {
        assert_ne!(super::bytes::<40>().unwrap(), super::bytes::<40>().unwrap());
    }
}
