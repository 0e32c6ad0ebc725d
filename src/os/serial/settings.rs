#![forbid(unsafe_code)]
//! How a line is set, and how termios2 says it.

/// Parity bit of each character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// None is sent.
    None,
    /// Makes the number of ones odd.
    Odd,
    /// Makes the number of ones even.
    Even,
    /// Always one.
    Mark,
    /// Always zero.
    Space,
}

/// Stop bits of each character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopBits {
    /// One.
    One,
    /// One and a half; UARTs have it with five data bits, and there instead of two.
    OneAndHalf,
    /// Two.
    Two,
}

/// Who may hold the other up, and how. Several may be on together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// By XON and XOFF characters, in both directions.
    pub xon_xoff: bool,
    /// By the RTS and CTS lines.
    pub rts_cts: bool,
    /// By the DTR and DSR lines.
    pub dtr_dsr: bool,
}

/// How a line is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Bits per second, 1 or more.
    pub baud: u32,
    /// 5 to 8.
    pub data_bits: u8,
    /// The parity bit.
    pub parity: Parity,
    /// The stop bits.
    pub stop_bits: StopBits,
    /// Flow control.
    pub flow: Flow,
    /// The character that lets the other go on.
    pub xon: u8,
    /// The character that stops it.
    pub xoff: u8,
}

impl Settings {
    /// Whether a UART can be set so: five data bits have 1 or 1.5 stop bits, more have 1 or 2.
    pub fn are_possible(&self) -> bool {
        let stop = match self.stop_bits {
            StopBits::One => true,
            StopBits::OneAndHalf => self.data_bits == 5,
            StopBits::Two => self.data_bits != 5,
        };
        stop && self.baud > 0 && matches!(self.data_bits, 5..=8)
    }

    /// Bits that one character takes on the line, start and stop bits among them, rounded up.
    pub fn bits_per_character(&self) -> u32 {
        let parity = u32::from(self.parity != Parity::None);
        let stop = if self.stop_bits == StopBits::One { 1 } else { 2 };
        1 + u32::from(self.data_bits) + parity + stop
    }
}

/// Mark and space parity; the same number on every architecture of Linux.
const CMSPAR: u32 = 0o10_000_000_000;

/// The rates that have a number of their own, which programs from before BOTHER know too (`stty`
/// among them).
const RATES: [(u32, u32); 30] = [
    (50, libc::B50),
    (75, libc::B75),
    (110, libc::B110),
    (134, libc::B134),
    (150, libc::B150),
    (200, libc::B200),
    (300, libc::B300),
    (600, libc::B600),
    (1200, libc::B1200),
    (1800, libc::B1800),
    (2400, libc::B2400),
    (4800, libc::B4800),
    (9600, libc::B9600),
    (19_200, libc::B19200),
    (38_400, libc::B38400),
    (57_600, libc::B57600),
    (115_200, libc::B115200),
    (230_400, libc::B230400),
    (460_800, libc::B460800),
    (500_000, libc::B500000),
    (576_000, libc::B576000),
    (921_600, libc::B921600),
    (1_000_000, libc::B1000000),
    (1_152_000, libc::B1152000),
    (1_500_000, libc::B1500000),
    (2_000_000, libc::B2000000),
    (2_500_000, libc::B2500000),
    (3_000_000, libc::B3000000),
    (3_500_000, libc::B3500000),
    (4_000_000, libc::B4000000),
];

/// How much a divisor may miss the rate by: the receiver samples within 2 percent.
const TOLERANCE: u32 = 50;

/// Puts `settings` into `termios`, which otherwise passes every byte as it is. `marked`: bytes
/// received with errors, and breaks, are marked in the input as PARMRK describes.
pub(super) fn encode(settings: &Settings, marked: bool, termios: &mut libc::termios2) {
    let on = |condition: bool, flags: u32| if condition { flags } else { 0 };
    let Settings { parity, flow, .. } = settings;
    let size = match settings.data_bits {
        5 => libc::CS5,
        6 => libc::CS6,
        7 => libc::CS7,
        _ => libc::CS8,
    };
    let known = RATES.iter().find(|(rate, _)| *rate == settings.baud);
    let rate = known.map_or(libc::BOTHER, |(_, code)| *code);
    let kept = libc::HUPCL;
    termios.c_cflag = termios.c_cflag & kept
        | libc::CREAD
        | libc::CLOCAL
        | rate
        | size
        | on(*parity != Parity::None, libc::PARENB)
        | on(matches!(parity, Parity::Odd | Parity::Mark), libc::PARODD)
        | on(matches!(parity, Parity::Mark | Parity::Space), CMSPAR)
        | on(settings.stop_bits != StopBits::One, libc::CSTOPB)
        | on(flow.rts_cts, libc::CRTSCTS);
    termios.c_iflag = on(flow.xon_xoff, libc::IXON | libc::IXOFF)
        | on(marked, libc::INPCK | libc::PARMRK)
        | on(!marked, libc::IGNPAR);
    (termios.c_oflag, termios.c_lflag) = (0, 0);
    (termios.c_ispeed, termios.c_ospeed) = (settings.baud, settings.baud);
    termios.c_cc[libc::VSTART] = settings.xon;
    termios.c_cc[libc::VSTOP] = settings.xoff;
    // A read takes what is there, and waits for it no longer than the patience.
    termios.c_cc[libc::VMIN] = 0;
    termios.c_cc[libc::VTIME] = super::PATIENCE_TENTHS;
}

/// `wanted` as far as `termios`, read back from the driver, has it; `None` when the driver did not
/// take something. The rate is the driver's.
pub(super) fn in_force(wanted: &Settings, termios: &libc::termios2) -> Option<Settings> {
    let mut expected = *termios;
    encode(wanted, false, &mut expected);
    let line = libc::CSIZE | libc::PARENB | libc::CSTOPB | libc::CRTSCTS;
    // What a bit means only beside another is compared only there.
    let parity = if wanted.parity == Parity::None { 0 } else { libc::PARODD | CMSPAR };
    let mask = line | parity;
    let flow = libc::IXON | libc::IXOFF;
    let same = termios.c_cflag & mask == expected.c_cflag & mask
        && termios.c_iflag & flow == expected.c_iflag & flow
        && termios.c_ospeed.abs_diff(wanted.baud) <= wanted.baud / TOLERANCE
        && !wanted.flow.dtr_dsr;
    same.then_some(Settings { baud: termios.c_ospeed, ..*wanted })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Settings = Settings {
        baud: 9600,
        data_bits: 8,
        parity: Parity::None,
        stop_bits: StopBits::One,
        flow: Flow { xon_xoff: false, rts_cts: false, dtr_dsr: false },
        xon: 0x11,
        xoff: 0x13,
    };

    fn blank() -> libc::termios2 {
        libc::termios2 {
            c_iflag: 0,
            c_oflag: 0,
            c_cflag: 0,
            c_lflag: 0,
            c_line: 0,
            c_cc: [0; 19],
            c_ispeed: 0,
            c_ospeed: 0,
        }
    }

    fn encoded(settings: Settings) -> libc::termios2 {
        let mut termios = blank();
        encode(&settings, false, &mut termios);
        termios
    }

    #[test]
    fn every_combination_reads_back_as_itself_and_as_no_other() {
        let mut all = Vec::new();
        for data_bits in 5..=8 {
            for parity in [Parity::None, Parity::Odd, Parity::Even, Parity::Mark, Parity::Space] {
                for stop_bits in [StopBits::One, StopBits::OneAndHalf, StopBits::Two] {
                    for (xon_xoff, rts_cts) in
                        [(false, false), (true, false), (false, true), (true, true)]
                    {
                        let flow = Flow { xon_xoff, rts_cts, dtr_dsr: false };
                        let one = Settings { data_bits, parity, stop_bits, flow, ..PLAIN };
                        all.extend(one.are_possible().then_some(one));
                    }
                }
            }
        }
        assert_eq!(all.len(), 4 * 5 * 2 * 4);
        for one in &all {
            let termios = encoded(*one);
            for other in &all {
                let read = in_force(other, &termios);
                assert_eq!(read, (one == other).then_some(*one), "{one:?} as {other:?}");
            }
        }
    }

    /// A 16550 asked for 250000 stays at 115200 and reports no error.
    #[test]
    fn a_rate_that_the_driver_replaced_is_not_in_force() {
        let wanted = Settings { baud: 250_000, ..PLAIN };
        let mut termios = encoded(wanted);
        termios.c_ospeed = 115_200;
        assert_eq!(in_force(&wanted, &termios), None);
        termios.c_ospeed = 248_000;
        assert_eq!(in_force(&wanted, &termios).map(|s| s.baud), Some(248_000));
    }

    #[test]
    fn stop_bits_that_no_uart_sends_are_impossible() {
        let of = |data_bits, stop_bits| Settings { data_bits, stop_bits, ..PLAIN }.are_possible();
        assert!(of(5, StopBits::OneAndHalf) && of(8, StopBits::Two) && of(5, StopBits::One));
        assert!(!of(5, StopBits::Two) && !of(8, StopBits::OneAndHalf));
        assert!(!Settings { baud: 0, ..PLAIN }.are_possible(), "B0 hangs up");
    }

    #[test]
    fn a_character_takes_its_bits() {
        assert_eq!(PLAIN.bits_per_character(), 10);
        let long = Settings { parity: Parity::Even, stop_bits: StopBits::Two, ..PLAIN };
        assert_eq!(long.bits_per_character(), 12);
    }
}
