//! Lifetimes as MIT reads them: `24h`, `1d2h`, `10:00`, `1-10:00:00`, `86400`.
//!
//! Where MIT meets a byte that it does not know, it stops as if the value had ended there. So `24H`
//! is 24 seconds, and nobody is told.

use super::lines::leading_space;

/// What MIT takes a value for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    pub seconds: i32,
    /// How many bytes at the end of the value it did not look at.
    pub ignored: usize,
}

const MINUTE: i32 = 60;
const HOUR: i32 = 60 * MINUTE;
const DAY: i32 = 24 * HOUR;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Number {
        value: i32,
        /// Behind a colon no number may have more than two digits.
        is_short: bool,
    },
    /// A letter of a unit, a minus or a colon.
    Sign(u8),
    Space,
    TooLarge,
}

/// The lifetime that `text` stands for. `None` where MIT refuses it.
pub fn read(text: &[u8]) -> Option<Lifetime> {
    let (tokens, ignored) = tokens(text);
    let mut rest = Rest(&tokens);
    let seconds = rest.lifetime()?;
    rest.0.is_empty().then_some(Lifetime { seconds, ignored })
}

/// The tokens up to the first byte that is none, and how many bytes are left.
fn tokens(text: &[u8]) -> (Vec<Token>, usize) {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let (token, length) = match byte {
            b'-' | b':' | b'd' | b'h' | b'm' | b's' => (Token::Sign(*byte), 1),
            b'0'..=b'9' => number(&text[at..]),
            b' ' | b'\t' | b'\n' => (Token::Space, leading_space(&text[at..])),
            _ => break,
        };
        tokens.push(token);
        at += length;
    }
    (tokens, text.len() - at)
}

fn number(text: &[u8]) -> (Token, usize) {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value = text[..length].iter().try_fold(0_i32, |value, digit| {
        value.checked_mul(10)?.checked_add(i32::from(digit - b'0'))
    });
    let token = value.map_or(Token::TooLarge, |value| Token::Number {
        value,
        is_short: length <= 2,
    });
    (token, length)
}

/// The tokens that are still to be read.
struct Rest<'a>(&'a [Token]);

impl Rest<'_> {
    fn lifetime(&mut self) -> Option<i32> {
        let first = self.number()?;
        match self.0 {
            [Token::Sign(b'd'), ..] => sum(of(first, DAY)?, self.smaller(b"hms")?),
            [Token::Sign(b'h'), ..] => sum(of(first, HOUR)?, self.smaller(b"ms")?),
            [Token::Sign(b'm'), ..] => sum(of(first, MINUTE)?, self.smaller(b"s")?),
            [Token::Sign(b's'), ..] => {
                self.skip();
                Some(first)
            }
            [Token::Sign(b'-'), ..] => {
                let (hours, minutes, seconds) =
                    (self.behind(b'-')?, self.behind(b':')?, self.behind(b':')?);
                clock(of(first, DAY)?, hours, minutes, seconds)
            }
            [Token::Sign(b':'), ..] => {
                let minutes = self.behind(b':')?;
                let seconds = match self.0 {
                    [] => 0,
                    _ => self.behind(b':')?,
                };
                let hours = of(first, HOUR)?;
                sum(sum(hours, of(minutes, MINUTE)?)?, seconds)
            }
            _ => Some(first),
        }
    }

    /// What follows a unit: each of the smaller `units` once at most, in this order.
    fn smaller(&mut self, units: &[u8]) -> Option<i32> {
        self.skip();
        let mut total = 0;
        let mut units = units;
        loop {
            if matches!(self.0, [] | [Token::Space]) {
                self.0 = &[];
                return Some(total);
            }
            let number = self.number()?;
            let [Token::Sign(unit), ..] = self.0 else {
                return None;
            };
            let at = units.iter().position(|known| known == unit)?;
            units = &units[at + 1..];
            self.skip();
            let length = match unit {
                b'h' => HOUR,
                b'm' => MINUTE,
                _ => 1,
            };
            total = sum(total, of(number, length)?)?;
            // Behind the seconds not even a space may follow.
            if *unit == b's' {
                return Some(total);
            }
        }
    }

    /// A number with a sign and white space in front of it, if any.
    fn number(&mut self) -> Option<i32> {
        if self.0.first() == Some(&Token::Space) {
            self.skip();
        }
        let is_negative = self.0.first() == Some(&Token::Sign(b'-'));
        if is_negative {
            self.skip();
        }
        let Some(Token::Number { value, .. }) = self.0.first() else {
            return None;
        };
        self.skip();
        Some(if is_negative { -value } else { *value })
    }

    /// The number of two digits at most that follows `sign`.
    fn behind(&mut self, sign: u8) -> Option<i32> {
        match self.0 {
            [
                Token::Sign(found),
                Token::Number {
                    value,
                    is_short: true,
                },
                rest @ ..,
            ] if *found == sign => {
                self.0 = rest;
                Some(*value)
            }
            _ => None,
        }
    }

    fn skip(&mut self) {
        self.0 = self.0.get(1..).unwrap_or_default();
    }
}

fn of(number: i32, length: i32) -> Option<i32> {
    number.checked_mul(length)
}

fn sum(first: i32, second: i32) -> Option<i32> {
    first.checked_add(second)
}

fn clock(days: i32, hours: i32, minutes: i32, seconds: i32) -> Option<i32> {
    let hours = sum(days, of(hours, HOUR)?)?;
    sum(sum(hours, of(minutes, MINUTE)?)?, seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The answers of `krb5_string_to_deltat` of libkrb5 1.20.1.
    #[test]
    #[rustfmt::skip]
    fn every_value_is_what_the_library_takes_it_for() {
        for (text, expected) in [
            (&b""[..], None), (b" ", None), (b"0", Some(0)), (b"1", Some(1)),
            (b"86400", Some(86400)), (b"-5", Some(-5)), (b"- 5", None), (b"--5", None),
            (b"24h", Some(86400)), (b"24H", Some(24)), (b"24 h", None), (b"1d2h", Some(93600)),
            (b"1d 2h", Some(93600)), (b"1d2h3m4s", Some(93784)), (b"1d 2h 3m 4s", Some(93784)),
            (b"1d3m", Some(86580)), (b"1d4s", Some(86404)), (b"2h1d", None), (b"2h 3", None),
            (b"1h30", None), (b"1h30m", Some(5400)), (b"30m", Some(1800)), (b"30M", Some(30)),
            (b"30m5s", Some(1805)), (b"90s", Some(90)), (b"90S", Some(90)),
            (b"10:00", Some(36000)), (b"10:00:00", Some(36000)), (b"1-10:00:00", Some(122400)),
            (b"1-10:00", None), (b"1-10", None), (b"100:00", Some(360000)), (b"10:100", None),
            (b"10:5", Some(36300)), (b"1:2:3", Some(3723)), (b"1:2:333", None), (b"1 day", None),
            (b"1day", Some(86400)), (b"1 d", None), (b"1w", Some(1)), (b"1.5h", Some(1)),
            (b"7d", Some(604800)), (b"7D", Some(7)), (b"7 d", None), (b"1y", Some(1)),
            (b"unlimited", None), (b"infinite", None), (b"0s", Some(0)), (b"0d", Some(0)),
            (b"10h ", Some(36000)), (b"10h 0m", Some(36000)), (b"10h,", Some(36000)),
            (b"10h # c", Some(36000)), (b"10 # c", None), (b"24h#c", Some(86400)),
            (b"86400#c", Some(86400)), (b"36000s", Some(36000)), (b"1d-2h", Some(79200)),
            (b"-1d2h", Some(-79200)), (b"2147483647", Some(2147483647)), (b"2147483648", None),
            (b"99999999999", None), (b"24855d", Some(2147472000)), (b"24856d", None),
            (b"24855d3h14m7s", Some(2147483647)), (b"24855d3h14m8s", None),
            (b"596523h", Some(2147482800)), (b"596524h", None), (b"35791394m", Some(2147483640)),
            (b"35791395m", None), (b"-2147483647", Some(-2147483647)), (b"1h1h", None),
            (b"1m1h", None), (b"\xC2\xA024h", None), (b"24h\xC2\xA0", Some(86400)),
            (b"24\xC2\xA0h", Some(24)), (b"+5", None), (b"\"1h\"", None), (b" 1h", Some(3600)),
            (b"\t1h", Some(3600)), (b"\r1h", None), (b"1\rh", Some(1)), (b"1d\t2h", Some(93600)),
            (b"1d\x0B2h", Some(86400)), (b"12:34:56x", Some(45296)), (b"1d:2", None), (b"h", None),
            (b"d1", None), (b"5-", None), (b"5:", None), (b":5", None),
            (b"100-10:00:00", Some(8676000)), (b"-1-10:00:00", Some(-50400)),
            (b"99:99:99", Some(362439)), (b"0x10", Some(0)), (b"010", Some(10)), (b"1e3", Some(1)),
            (b"596523:14:07", Some(2147483647)), (b"596523:14:08", None), (b"1s1s", None),
            (b"1h 1s", Some(3601)), (b"-1h-1m", Some(-3660)), (b"1h2147483647s", None),
            (b"1h -5s", Some(3595)), (b"30m5s # c", None), (b"30m # c", Some(1800)), (b"24h24", None),
        ] {
            let said = read(text).map(|lifetime| lifetime.seconds);
            assert_eq!(said, expected, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn what_is_not_looked_at_is_counted() {
        for (text, ignored) in [
            (&b"24h"[..], 0),
            (b"24H", 1),
            (b"1.5h", 3),
            (b"24h # day", 5),
        ] {
            assert_eq!(read(text).map(|lifetime| lifetime.ignored), Some(ignored));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(text: Vec<u8>) {
            let _ = read(&text);
        }
    }
}
