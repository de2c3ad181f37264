//! The smallest request for a ticket that a KDC answers: for nobody, and without any password.

/// The client that is asked for. No realm has it, so a KDC says that it does not know it.
const CLIENT: &str = "boxdoctor";

/// An AS-REQ of RFC 4120 in DER.
pub fn for_ticket(realm: &str) -> Vec<u8> {
    const INTEGER: u8 = 0x02;
    const BIT_STRING: u8 = 0x03;
    const TIME: u8 = 0x18;
    const STRING: u8 = 0x1B;
    const SEQUENCE: u8 = 0x30;
    let string = |text: &str| element(STRING, text.as_bytes());
    let integer = |bytes: &[u8]| element(INTEGER, bytes);
    let name = |kind: u8, parts: &[Vec<u8>]| {
        let fields = [
            field(0, &integer(&[kind])),
            field(1, &element(SEQUENCE, &parts.concat())),
        ];
        element(SEQUENCE, &fields.concat())
    };
    // AES with 256 and 128 bits.
    let kinds = element(SEQUENCE, &[integer(&[18]), integer(&[17])].concat());
    let body = [
        field(0, &element(BIT_STRING, &[0, 0, 0, 0, 0])),
        field(1, &name(1, &[string(CLIENT)])),
        field(2, &string(realm)),
        field(3, &name(2, &[string("krbtgt"), string(realm)])),
        field(5, &element(TIME, b"20370913024805Z")),
        field(7, &integer(&[42])),
        field(8, &kinds),
    ];
    let request = [
        field(1, &integer(&[5])),
        field(2, &integer(&[10])),
        field(4, &element(SEQUENCE, &body.concat())),
    ];
    const AS_REQ: u8 = 0x6A;
    element(AS_REQ, &element(SEQUENCE, &request.concat()))
}

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    element(0xA0 | number, content)
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut bytes = vec![tag];
    match u8::try_from(length) {
        Ok(length @ ..0x80) => bytes.push(length),
        Ok(length) => bytes.extend([0x81, length]),
        Err(_) => {
            let length = u16::try_from(length).unwrap_or(u16::MAX);
            bytes.push(0x82);
            bytes.extend(length.to_be_bytes());
        }
    }
    bytes.extend_from_slice(content);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_der() {
        assert_eq!(element(4, &[7; 3]), [4, 3, 7, 7, 7]);
        assert_eq!(element(4, &[0; 200])[..3], [4, 0x81, 200]);
        assert_eq!(element(4, &[0; 300])[..4], [4, 0x82, 1, 44]);
        for length in [1, 20, 100, 253] {
            let request = for_ticket(&"R".repeat(length));
            let header = if request.len() < 0x80 + 2 {
                2
            } else if request.len() < 0x100 + 3 {
                3
            } else {
                4
            };
            let said = match request[1] {
                0x82 => usize::from(u16::from_be_bytes([request[2], request[3]])),
                0x81 => usize::from(request[2]),
                short => usize::from(short),
            };
            assert_eq!(said, request.len() - header);
        }
    }
}
