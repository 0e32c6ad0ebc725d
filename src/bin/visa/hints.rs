#![forbid(unsafe_code)]
//! What to try next, by status: the questions that a colleague would ask.

use visa::consts::ViStatus;
use visa::status as s;

/// Hints for `code`, returned by C function `call` on `resource`.
pub fn of(code: ViStatus, call: &str, resource: &str) -> Vec<String> {
    let name = resource.to_ascii_uppercase();
    let (socket, network) = (name.ends_with("::SOCKET"), name.starts_with("TCPIP"));
    let lines: &[&str] = match code {
        s::VI_ERROR_TMO if call == "viRead" && socket => &[
            "--read-termination: a SOCKET has no end of message but a character; LF is assumed, \
             some instruments send CR or nothing",
            "--write-termination: without the character that it waits for, an instrument does not \
             begin (LF is assumed, some want CRLF)",
            "--timeout MS, if the instrument needs longer",
        ],
        s::VI_ERROR_TMO if call == "viRead" => &[
            "is it a query? Commands without `?` are not answered; send them with `visa write`",
            "--timeout MS, if the instrument needs longer",
            "ask SYST:ERR? afterwards: the instrument may not know the command",
        ],
        s::VI_ERROR_TMO if network => {
            &["is the instrument on, and does no firewall drop its port?", "--open-timeout MS"]
        }
        s::VI_ERROR_TMO => &["--timeout MS", "switch the instrument off and on"],
        s::VI_ERROR_RSRC_NFOUND if network => &[
            "check address and port; does the host answer `ping`?",
            "check firewalls between here and there (SOCKET: its own port, HiSLIP: 4880, \
             VXI-11: 111 and the port it hands out)",
            "is this way of access switched on in the instrument's network menu?",
        ],
        s::VI_ERROR_RSRC_NFOUND => &["`visa list` shows what is there"],
        s::VI_ERROR_INV_RSRC_NAME => &[
            "forms: TCPIP::HOST::PORT::SOCKET, TCPIP::HOST::hislip0::INSTR, TCPIP::HOST::inst0::INSTR",
        ],
        s::VI_ERROR_INV_EXPR => &["quote it for the shell: visa list 'TCPIP?*INSTR'"],
        s::VI_ERROR_LIBRARY_NFOUND | s::VI_ERROR_INTF_NUM_NCONFIG => &[
            "this library has no driver for that interface, or its driver needs a part that is not \
             installed",
            "--lib PATH uses another vendor's libvisa.so",
        ],
        s::VI_ERROR_RSRC_LOCKED => &["`visa lock` shows which program holds the lock"],
        s::VI_ERROR_RSRC_BUSY => {
            &["another session or program holds it; close that one and try again"]
        }
        s::VI_ERROR_CONN_LOST | s::VI_ERROR_IO => {
            &["the connection broke: try again; if it stays so, restart the instrument"]
        }
        s::VI_ERROR_NPERMISSION => &["check the rights of your user on the device file or host"],
        s::VI_ERROR_NSUP_OPER => &["this kind of resource cannot do that"],
        _ => &[],
    };
    lines.iter().map(|line| (*line).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: ViStatus, call: &str, resource: &str) -> String {
        of(code, call, resource).join("\n")
    }

    #[test]
    fn a_timeout_on_a_socket_asks_for_the_termination_character() {
        let socket = "TCPIP0::10.0.0.1::5025::socket";
        assert!(said(s::VI_ERROR_TMO, "viRead", socket).contains("--read-termination"));
        let instr = "TCPIP0::10.0.0.1::inst0::INSTR";
        assert!(!said(s::VI_ERROR_TMO, "viRead", instr).contains("--read-termination"));
    }

    #[test]
    fn a_missing_host_asks_for_address_port_and_firewall() {
        let text = said(s::VI_ERROR_RSRC_NFOUND, "viOpen", "TCPIP::10.0.0.1::INSTR");
        for word in ["address", "port", "firewall"] {
            assert!(text.contains(word), "{word}");
        }
    }
}
