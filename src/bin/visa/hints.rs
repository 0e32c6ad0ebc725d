#![forbid(unsafe_code)]
//! What to try next, by status: the questions that a colleague would ask.

use visa::consts::ViStatus;
use visa::iface::udev;
use visa::rsrc::ResourceName;
use visa::rsrc::name::Address;
use visa::status as s;

/// Hints for a read that ran out of time on `resource` after `count` bytes; `asked` when a command
/// of the same conversation should have caused the answer.
pub fn of_silence(resource: &str, count: usize, asked: bool) -> Vec<String> {
    let socket = resource.to_ascii_uppercase().ends_with("::SOCKET");
    let mut lines = Vec::new();
    if count > 0 && socket {
        lines.push(
            "--read-termination: a SOCKET has no end of message but a character; LF is assumed, \
             some instruments send CR or nothing",
        );
    }
    if count == 0 && asked && resource.to_ascii_uppercase().starts_with("ASRL") {
        lines.push("are rate and wiring right? VI_ATTR_ASRL_BAUD is 9600 at first");
    }
    if count == 0 && asked {
        lines.push(
            "is it a query? Commands without `?` are not answered; send them with `visa write`",
        );
        lines.push("ask SYST:ERR? afterwards: the instrument may not know the command");
        if socket {
            lines.push(
                "--write-termination: without the character that it waits for, an instrument does \
                 not begin (LF is assumed, some want CRLF)",
            );
        }
    }
    lines.push("--timeout MS, if the instrument needs longer");
    lines.into_iter().map(str::to_owned).collect()
}

/// Hints for `code`, returned by C function `call` on `resource`.
pub fn of(code: ViStatus, call: &str, resource: &str) -> Vec<String> {
    let name = resource.to_ascii_uppercase();
    let network = name.starts_with("TCPIP");
    let serial = name.starts_with("ASRL") || name.starts_with("COM");
    let lines: &[&str] = match code {
        s::VI_ERROR_TMO if call == "viRead" => return of_silence(resource, 0, false),
        s::VI_ERROR_TMO if network => {
            &["is the instrument on, and does no firewall drop its port?", "--open-timeout MS"]
        }
        s::VI_ERROR_TMO => &["--timeout MS", "switch the instrument off and on"],
        s::VI_ERROR_RSRC_NFOUND if network => return unreachable(&name),
        s::VI_ERROR_RSRC_NFOUND if serial => &[
            "`visa list` shows the ports that are there; is the adapter plugged in?",
            "ASRL/dev/ttyUSB0::INSTR names a port by its device",
        ],
        s::VI_ERROR_RSRC_NFOUND => &["`visa list` shows what is there"],
        s::VI_ERROR_INV_RSRC_NAME if name.ends_with("::SOCKET") && bad_port(&name) => {
            &["a port is a number from 1 to 65535"]
        }
        s::VI_ERROR_INV_RSRC_NAME if network && bare_ipv6(&name) => {
            &["an IPv6 address stands in brackets: TCPIP::[fe80::1]::INSTR"]
        }
        s::VI_ERROR_INV_RSRC_NAME if !name.contains("::") => &[
            "`visa alias` lists the aliases that there are, `visa alias add` makes one",
            "forms: TCPIP::HOST::PORT::SOCKET, TCPIP::HOST::hislip0::INSTR, TCPIP::HOST::inst0::INSTR",
        ],
        s::VI_ERROR_INV_RSRC_NAME => &[
            "forms: TCPIP::HOST::PORT::SOCKET, TCPIP::HOST::hislip0::INSTR, TCPIP::HOST::inst0::INSTR",
        ],
        s::VI_ERROR_INV_EXPR => &["quote it for the shell: visa list 'TCPIP?*INSTR'"],
        s::VI_ERROR_LIBRARY_NFOUND | s::VI_ERROR_INTF_NUM_NCONFIG if name.starts_with("GPIB") => &[
            "a board needs linux-gpib or NI-488.2, or a kernel with its driver (`ls /dev/gpib*`)",
            "a Prologix or a gateway is a board by the configuration file, or as long as its own \
             resource is open",
        ],
        s::VI_ERROR_LIBRARY_NFOUND | s::VI_ERROR_INTF_NUM_NCONFIG => &[
            "this library has no driver for that interface, or its driver needs a part that is not \
             installed",
            "--lib PATH uses another vendor's libvisa.so",
        ],
        s::VI_ERROR_RSRC_LOCKED => &["`visa lock` shows which program holds the lock"],
        s::VI_ERROR_RSRC_BUSY if name.ends_with("::RAW") => {
            &["another program has the interface, or one of the kernel's drivers (a keyboard's, a \
             disk's): VISA_TRACE=stderr shows which"]
        }
        s::VI_ERROR_RSRC_BUSY => {
            &["another session or program holds it; close that one and try again"]
        }
        s::VI_ERROR_CONN_LOST | s::VI_ERROR_IO => {
            &["the connection broke: try again; if it stays so, restart the instrument"]
        }
        s::VI_ERROR_NPERMISSION if serial || name.starts_with("PRLGX-ASRL") => &[
            "your user must be allowed to use the port, mostly by the group `dialout`: \
             sudo usermod -aG dialout $USER, then log in again",
            "`ls -l` of the device shows the group (on some systems it is `uucp`)",
        ],
        s::VI_ERROR_NPERMISSION if name.starts_with("USB") => return forbidden(resource),
        s::VI_ERROR_NPERMISSION if name.starts_with("GPIB") => &[
            "your user must be allowed to use /dev/gpib0 (`ls -l` shows its group); a rule of udev \
             does that for good: KERNEL==\"gpib*\", GROUP=\"plugdev\", MODE=\"0660\"",
        ],
        s::VI_ERROR_ASRL_PARITY | s::VI_ERROR_ASRL_FRAMING => {
            &["do rate, data bits, parity and stop bits agree with the instrument's?"]
        }
        s::VI_ERROR_ASRL_OVERRUN => &["bytes were lost: use flow control, or a lower rate"],
        s::VI_ERROR_NPERMISSION => &["check the rights of your user on the device file or host"],
        s::VI_ERROR_NSUP_OPER => &["this kind of resource cannot do that"],
        _ => &[],
    };
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// A USB device that the user may not open.
fn forbidden(resource: &str) -> Vec<String> {
    let rule = match ResourceName::parse(resource).map(|name| name.address) {
        Ok(Address::UsbRaw { manufacturer, model, .. }) => format!(
            "a rule of udev must permit it: put into a file in {}: {}",
            udev::FOLDER,
            udev::rule_for(manufacturer, model)
        ),
        _ => "a rule of udev must permit it: `sudo visa install --udev` writes the one for USB \
              instruments, `visa install --show-udev` shows it"
            .to_owned(),
    };
    vec![rule, "then plug the device in again, or restart the machine".to_owned()]
}

/// A network resource that did not open: first what is particular to its kind.
fn unreachable(name: &str) -> Vec<String> {
    let ports = if name.ends_with("::SOCKET") {
        "check the port: SCPI instruments mostly listen on 5025; does a firewall drop it?"
    } else if name.contains("::HISLIP") {
        "is HiSLIP switched on in the instrument's network menu, and port 4880 open in firewalls? \
         Older instruments know VXI-11 alone (TCPIP::HOST::INSTR)"
    } else {
        "is VXI-11 switched on in the instrument's network menu, and are port 111 and the port that \
         it hands out open in firewalls? Newer instruments may know HiSLIP alone \
         (TCPIP::HOST::hislip0::INSTR)"
    };
    let lines = [
        "check the address; does the host answer `ping`?",
        ports,
        "VISA_TRACE=stderr shows the cause",
    ];
    lines.map(str::to_owned).to_vec()
}

/// Whether what stands for the port of a SOCKET is none.
fn bad_port(name: &str) -> bool {
    let port = name.rsplit("::").nth(1).unwrap_or_default();
    port.parse::<u16>().map_or(true, |port| port == 0)
}

/// Whether colons of an address stand without brackets.
fn bare_ipv6(name: &str) -> bool {
    let colons = |part: &str| part.contains(':');
    !name.contains('[') && (name.split("::").any(colons) || name.matches("::").count() > 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: ViStatus, call: &str, resource: &str) -> String {
        of(code, call, resource).join("\n")
    }

    #[test]
    fn a_timeout_doubts_the_query_first_and_the_termination_only_when_bytes_came() {
        let (socket, instr) = ("TCPIP0::10.0.0.1::5025::socket", "TCPIP0::10.0.0.1::inst0::INSTR");
        let silent = of_silence(socket, 0, true);
        assert!(silent[0].starts_with("is it a query?"), "{silent:?}");
        assert!(!silent.concat().contains("--read-termination"), "{silent:?}");
        assert!(of_silence(socket, 2, true)[0].starts_with("--read-termination"));
        assert!(!of_silence(instr, 2, true).concat().contains("--read-termination"));
        assert!(!of_silence(socket, 0, false).concat().contains("query"), "nothing was asked");
    }

    #[test]
    fn a_name_that_is_nearly_right_gets_the_rule_that_it_breaks() {
        let said = |name| said(s::VI_ERROR_INV_RSRC_NAME, "viOpen", name);
        assert!(said("TCPIP::h::70000::SOCKET").contains("65535"));
        assert!(said("TCPIP::fe80::1:2::INSTR").contains("brackets"));
        assert!(said("TCPIP::h::inst0::IN").contains("forms:"));
        assert!(said("scope").contains("visa alias"), "a word alone may be meant for an alias");
        assert!(!said("TCPIP::h::inst0::IN").contains("visa alias"));
    }

    #[test]
    fn a_port_without_permission_names_the_group() {
        let text = said(s::VI_ERROR_NPERMISSION, "viOpen", "asrl1::instr");
        assert!(text.contains("dialout") && text.contains("usermod"), "{text}");
        assert!(!said(s::VI_ERROR_NPERMISSION, "viOpen", "USB0::1::2::3").contains("dialout"));
    }

    #[test]
    fn a_board_that_is_missing_or_forbidden_says_what_it_needs() {
        let text = said(s::VI_ERROR_NPERMISSION, "viOpen", "gpib0::5::instr");
        assert!(text.contains("KERNEL==\"gpib*\""), "{text}");
        let text = said(s::VI_ERROR_INTF_NUM_NCONFIG, "viOpen", "GPIB0::5::INSTR");
        assert!(text.contains("linux-gpib") && text.contains("Prologix"), "{text}");
        let port = said(s::VI_ERROR_NPERMISSION, "viOpen", "PRLGX-ASRL0::/dev/ttyUSB0::INTFC");
        assert!(port.contains("dialout"), "{port}");
    }

    #[test]
    fn a_usb_device_without_permission_names_the_rule() {
        let said = |name| said(s::VI_ERROR_NPERMISSION, "viOpen", name);
        let instrument = said("usb0::0x1209::0x10::S1::INSTR");
        assert!(instrument.contains("visa install --udev"), "{instrument}");
        let raw = said("USB::0x1209::0x20::S1::RAW");
        assert!(raw.contains("ATTR{idVendor}==\"1209\", ATTR{idProduct}==\"0020\""), "{raw}");
    }

    #[test]
    fn a_missing_host_asks_for_address_port_and_firewall() {
        let text = said(s::VI_ERROR_RSRC_NFOUND, "viOpen", "TCPIP::10.0.0.1::INSTR");
        for word in ["address", "port", "firewall", "VISA_TRACE"] {
            assert!(text.contains(word), "{word}");
        }
    }
}
