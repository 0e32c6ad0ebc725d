#![forbid(unsafe_code)]
//! The requests of the kernel's GPIB driver and their arguments, by `gpib_ioctl.h`.

/// Requests: direction, size of the argument, type 160, number.
const fn request(direction: u32, size: usize, number: u32) -> libc::c_ulong {
    (direction << 30 | (size as u32) << 16 | 160 << 8 | number) as libc::c_ulong
}
const NONE: u32 = 0;
const TO_KERNEL: u32 = 1;
const FROM_KERNEL: u32 = 2;
const BOTH: u32 = 3;

pub const IBRD: libc::c_ulong = request(BOTH, size_of::<ReadWrite>(), 100);
pub const IBWRT: libc::c_ulong = request(BOTH, size_of::<ReadWrite>(), 101);
pub const IBCMD: libc::c_ulong = request(BOTH, size_of::<ReadWrite>(), 102);
pub const IBWAIT: libc::c_ulong = request(BOTH, size_of::<WaitFor>(), 5);
pub const IBSIC: libc::c_ulong = request(TO_KERNEL, 4, 9);
pub const IBSRE: libc::c_ulong = request(TO_KERNEL, 4, 10);
pub const IBGTS: libc::c_ulong = request(NONE, 0, 11);
pub const IBCAC: libc::c_ulong = request(TO_KERNEL, 4, 12);
pub const IBLINES: libc::c_ulong = request(FROM_KERNEL, 2, 14);
pub const IBPAD: libc::c_ulong = request(TO_KERNEL, 8, 15);
pub const IBSAD: libc::c_ulong = request(TO_KERNEL, 8, 16);
pub const IBTMO: libc::c_ulong = request(TO_KERNEL, 4, 17);
pub const IBEOS: libc::c_ulong = request(TO_KERNEL, 8, 19);
pub const IBRSV: libc::c_ulong = request(TO_KERNEL, 1, 20);
pub const IBMUTEX: libc::c_ulong = request(TO_KERNEL, 4, 26);
pub const IBBOARD_INFO: libc::c_ulong = request(FROM_KERNEL, size_of::<BoardInfo>(), 29);
pub const IBRSC: libc::c_ulong = request(TO_KERNEL, 4, 34);

/// IBEOS: end reads on the character, of which all eight bits count.
pub const REOS: i32 = 0x400;
pub const BIN: i32 = 0x1000;

/// The board's own handle among those of an open file.
pub const BOARD: u32 = 0;

#[repr(C)]
pub struct ReadWrite {
    pub buffer: u64,
    pub requested: u32,
    pub completed: u32,
    pub end: i32,
    pub handle: u32,
}

#[repr(C)]
pub struct WaitFor {
    pub handle: u32,
    pub wait_mask: i32,
    pub clear_mask: i32,
    pub set_mask: i32,
    pub ibsta: i32,
    pub primary: i32,
    pub secondary: i32,
    pub microseconds: u32,
}

#[repr(C)]
#[derive(Default)]
pub struct BoardInfo {
    pub primary: u32,
    pub secondary: i32,
    pub parallel_poll: i32,
    pub autopolling: i32,
    pub is_system_controller: i32,
    pub t1_delay: u32,
    pub flags: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of Linux on x86-64, as its headers make them.
    #[test]
    fn requests_are_those_of_the_kernel() {
        let expected = [
            (IBRD, 0xC018_A064),
            (IBWRT, 0xC018_A065),
            (IBCMD, 0xC018_A066),
            (IBWAIT, 0xC020_A005),
            (IBSIC, 0x4004_A009),
            (IBSRE, 0x4004_A00A),
            (IBGTS, 0xA00B),
            (IBCAC, 0x4004_A00C),
            (IBLINES, 0x8002_A00E),
            (IBPAD, 0x4008_A00F),
            (IBSAD, 0x4008_A010),
            (IBTMO, 0x4004_A011),
            (IBEOS, 0x4008_A013),
            (IBRSV, 0x4001_A014),
            (IBMUTEX, 0x4004_A01A),
            (IBBOARD_INFO, 0x801C_A01D),
            (IBRSC, 0x4004_A022),
        ];
        for (request, number) in expected {
            assert_eq!(request, number, "{request:#x}");
        }
    }
}
