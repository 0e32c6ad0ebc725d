#![forbid(unsafe_code)]
//! Bytes as text on one line: printable ASCII stands for itself, anything else is `\xHH`.

/// The bytes that a text stands for.
pub fn bytes(text: &str) -> Vec<u8> {
    let mut pieces = text.split("\\x");
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let digits = piece.get(..2).and_then(|two| u8::from_str_radix(two, 16).ok());
        match digits {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend(&piece.as_bytes()[2..]);
            }
            None => bytes.extend([b"\\x", piece.as_bytes()].concat()),
        }
    }
    bytes
}

/// The text for these bytes.
pub fn escaped(bytes: &[u8]) -> String {
    let one = |&byte: &u8| match byte {
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02X}"),
    };
    bytes.iter().map(one).collect()
}
