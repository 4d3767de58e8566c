//! How a connection begins: the caller says which of its lives calls, the called one which of its
//! own answers, and what it has received before.

use pepperland_core::time::Span;

/// What either says first, so that no other program is taken for a node.
const MAGIC: [u8; 8] = *b"PEPPERL1";

/// What the caller says.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Hello {
    /// How often the caller was restarted.
    pub incarnation: u32,
    /// The how-manieth of its calls to this node it is.
    pub call: u32,
}

/// What the called one says.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Welcome {
    /// How often it was restarted.
    pub incarnation: u32,
    /// How long it has been up since. A span, as their clocks may differ.
    pub age: Span,
    /// The number of the last frame that it has received from the caller in this life of both.
    pub received: u64,
}

impl Hello {
    /// How many bytes it has.
    pub const LENGTH: usize = 16;

    /// As bytes.
    pub fn write(self) -> [u8; Hello::LENGTH] {
        let mut bytes = [0; Hello::LENGTH];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&self.incarnation.to_le_bytes());
        bytes[12..].copy_from_slice(&self.call.to_le_bytes());
        bytes
    }

    /// From bytes, if they are one.
    pub fn read(bytes: &[u8; Hello::LENGTH]) -> Option<Hello> {
        let rest = bytes.strip_prefix(&MAGIC)?;
        let (incarnation, rest) = rest.split_first_chunk()?;
        let incarnation = u32::from_le_bytes(*incarnation);
        Some(Hello { incarnation, call: u32::from_le_bytes(*rest.first_chunk()?) })
    }
}

impl Welcome {
    /// How many bytes it has.
    pub const LENGTH: usize = 28;

    /// As bytes.
    pub fn write(self) -> [u8; Welcome::LENGTH] {
        let mut bytes = [0; Welcome::LENGTH];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&self.incarnation.to_le_bytes());
        bytes[12..20].copy_from_slice(&self.age.0.to_le_bytes());
        bytes[20..].copy_from_slice(&self.received.to_le_bytes());
        bytes
    }

    /// From bytes, if they are one.
    pub fn read(bytes: &[u8; Welcome::LENGTH]) -> Option<Welcome> {
        let rest = bytes.strip_prefix(&MAGIC)?;
        let (incarnation, rest) = rest.split_first_chunk()?;
        let (age, rest) = rest.split_first_chunk()?;
        Some(Welcome {
            incarnation: u32::from_le_bytes(*incarnation),
            age: Span(u64::from_le_bytes(*age)),
            received: u64::from_le_bytes(*rest.first_chunk()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_are_read_as_they_were_written_and_nothing_else_is_one() {
        let hello = Hello { incarnation: 3, call: 7 };
        assert_eq!(Hello::read(&hello.write()), Some(hello));
        let welcome = Welcome { incarnation: 1, age: Span::seconds(9), received: u64::MAX };
        assert_eq!(Welcome::read(&welcome.write()), Some(welcome));
        assert_eq!(Hello::read(b"GET / HTTP/1.1\r\n"), None);
        assert_eq!(Welcome::read(&[0; Welcome::LENGTH]), None);
    }
}
