#![forbid(unsafe_code)]
//! Decimals of most doubles by one multiplication, which is faster than the general way.

/// 10 to this power is the largest that 64 bits hold.
const MOST_DECIMALS: usize = 19;

/// `value` times ten to the power of `decimals`, rounded half to even. `None` where this way is
/// not enough, which says nothing about `value`.
///
/// Exact: a double is an integer of 53 bits times a power of 2, and that integer times a power of
/// ten of 64 bits fits into 128. The power of 2 then only says where the point is.
pub(super) fn scaled(value: f64, decimals: usize) -> Option<u64> {
    let bits = value.to_bits();
    // value is mantissa / 2^shift; subnormal numbers, which it is not so for, are out of range.
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    let shift = 1075 - (bits >> 52) as i64;
    if decimals > MOST_DECIMALS || !(1..128).contains(&shift) {
        return None;
    }
    let product = u128::from(mantissa) * u128::from(10_u64.pow(decimals as u32));
    let whole = product >> shift;
    let (rest, half) = (product - (whole << shift), 1 << (shift - 1));
    let up = rest > half || rest == half && whole % 2 == 1;
    u64::try_from(whole + u128::from(up)).ok()
}
