//! Reads a message out of a frame.
//!
//! Frames are in postcard's wire format (postcard.jamesmunns.com/wire-format), and postcard writes
//! them. It reads them as well as this does, but its errors lie where a message would: on its way up
//! from field to field every message is then copied in odd pieces, which costs a dense simulation a
//! seventh of its time (docs/decisions/0013-reading-frames.md). That a frame is garbled is all that
//! anybody asks, so the error here holds nothing.

mod deserializer;
#[cfg(test)]
mod tests;

use crate::contract::node::Garbled;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::ops::{BitOr, Shl};

/// The message that these bytes begin with.
///
/// # Errors
/// [`Garbled`] if they begin with none.
#[inline]
pub fn read<M: DeserializeOwned>(frame: &[u8]) -> Result<M, Garbled> {
    M::deserialize(&mut Reader { rest: frame })
}

impl serde::de::Error for Garbled {
    fn custom<T: Display>(_: T) -> Garbled {
        Garbled
    }
}

/// What of a frame is yet to be read.
struct Reader<'de> {
    rest: &'de [u8],
}

impl<'de> Reader<'de> {
    #[inline(always)]
    fn byte(&mut self) -> Result<u8, Garbled> {
        let (first, rest) = self.rest.split_first().ok_or(Garbled)?;
        self.rest = rest;
        Ok(*first)
    }

    /// As many bytes as the number before them says.
    #[inline(always)]
    fn counted(&mut self) -> Result<&'de [u8], Garbled> {
        let length = self.length()?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Garbled)?;
        self.rest = rest;
        Ok(bytes)
    }

    #[inline(always)]
    fn length(&mut self) -> Result<usize, Garbled> {
        usize::try_from(self.varint::<u64>(u64::BITS)?).map_err(|_| Garbled)
    }

    fn fixed<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], Garbled> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Garbled)?;
        self.rest = rest;
        Ok(*bytes)
    }

    /// A number of at most so many bits, seven in each byte, the least first; the upper bit of a byte
    /// says that there are more.
    #[inline(always)]
    fn varint<N: Number>(&mut self, bits: u32) -> Result<N, Garbled> {
        let first = self.byte()?;
        if first < MORE { Ok(first.into()) } else { self.longer_varint(first, bits) }
    }

    /// Out of the way of the short numbers, with which it would be copied into every message's reader.
    #[inline(never)]
    fn longer_varint<N: Number>(&mut self, first: u8, bits: u32) -> Result<N, Garbled> {
        let mut number = N::from(first & !MORE);
        for shift in (7..bits).step_by(7) {
            let byte = self.byte()?;
            number = number | N::from(byte & !MORE) << shift;
            if byte < MORE {
                let fits = bits - shift >= 8 || byte >> (bits - shift) == 0;
                return if fits { Ok(number) } else { Err(Garbled) };
            }
        }
        Err(Garbled)
    }
}

/// Set in each byte of a number but the last.
const MORE: u8 = 0x80;

/// What a number is put together in.
trait Number: From<u8> + Shl<u32, Output = Self> + BitOr<Output = Self> {}

impl Number for u64 {}
impl Number for u128 {}
