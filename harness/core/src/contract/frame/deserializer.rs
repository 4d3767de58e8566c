//! Postcard's wire format as serde asks for it: structures are tuples, variants are numbered, and
//! nothing says what it is.

use super::Reader;
use crate::contract::node::Garbled;
use serde::de::value::U32Deserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

/// The number with its sign, which is its lowest bit.
fn signed(number: u128) -> i128 {
    (number >> 1) as i128 ^ -((number & 1) as i128)
}

macro_rules! numbers {
    ($($deserialize:ident, $visit:ident: $number:ty, |$reader:ident| $read:expr;)*) => {
        $(#[inline(always)]
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Garbled> {
            let $reader = self;
            visitor.$visit($read as $number)
        })*
    };
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Garbled;

    numbers! {
        deserialize_u8, visit_u8: u8, |reader| reader.byte()?;
        deserialize_u16, visit_u16: u16, |reader| reader.varint::<u64>(u16::BITS)?;
        deserialize_u32, visit_u32: u32, |reader| reader.varint::<u64>(u32::BITS)?;
        deserialize_u64, visit_u64: u64, |reader| reader.varint::<u64>(u64::BITS)?;
        deserialize_u128, visit_u128: u128, |reader| reader.varint::<u128>(u128::BITS)?;
        deserialize_i8, visit_i8: i8, |reader| reader.byte()?;
        deserialize_i16, visit_i16: i16, |reader| signed(reader.varint::<u64>(u16::BITS)?.into());
        deserialize_i32, visit_i32: i32, |reader| signed(reader.varint::<u64>(u32::BITS)?.into());
        deserialize_i64, visit_i64: i64, |reader| signed(reader.varint::<u64>(u64::BITS)?.into());
        deserialize_i128, visit_i128: i128, |reader| signed(reader.varint(u128::BITS)?);
        deserialize_f32, visit_f32: f32, |reader| f32::from_le_bytes(reader.fixed()?);
        deserialize_f64, visit_f64: f64, |reader| f64::from_le_bytes(reader.fixed()?);
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Garbled> {
        Err(Garbled)
    }

    #[inline(always)]
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Garbled> {
        match self.byte()? {
            0 => visitor.visit_bool(false),
            1 => visitor.visit_bool(true),
            _ => Err(Garbled),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Garbled> {
        let bytes = self.counted()?;
        if bytes.len() > char::MAX_LEN_UTF8 {
            return Err(Garbled);
        }
        let text = str::from_utf8(bytes).map_err(|_| Garbled)?;
        visitor.visit_char(text.chars().next().ok_or(Garbled)?)
    }

    #[inline(always)]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Garbled> {
        visitor.visit_borrowed_str(str::from_utf8(self.counted()?).map_err(|_| Garbled)?)
    }

    #[inline(always)]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Garbled> {
        self.deserialize_str(visitor)
    }

    #[inline(always)]
    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Garbled> {
        visitor.visit_borrowed_bytes(self.counted()?)
    }

    #[inline(always)]
    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Garbled> {
        self.deserialize_bytes(visitor)
    }

    #[inline(always)]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Garbled> {
        match self.byte()? {
            0 => visitor.visit_none(),
            1 => visitor.visit_some(self),
            _ => Err(Garbled),
        }
    }

    #[inline(always)]
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Garbled> {
        visitor.visit_unit()
    }

    #[inline(always)]
    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Garbled> {
        visitor.visit_unit()
    }

    #[inline(always)]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Garbled> {
        visitor.visit_newtype_struct(self)
    }

    #[inline(always)]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Garbled> {
        let left = self.length()?;
        visitor.visit_seq(Parts { reader: self, left })
    }

    #[inline(always)]
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        left: usize,
        visitor: V,
    ) -> Result<V::Value, Garbled> {
        visitor.visit_seq(Parts { reader: self, left })
    }

    #[inline(always)]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Garbled> {
        self.deserialize_tuple(length, visitor)
    }

    #[inline(always)]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Garbled> {
        let left = self.length()?;
        visitor.visit_map(Parts { reader: self, left })
    }

    #[inline(always)]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Garbled> {
        self.deserialize_tuple(fields.len(), visitor)
    }

    #[inline(always)]
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Garbled> {
        visitor.visit_enum(self)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Garbled> {
        Err(Garbled)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Garbled> {
        Err(Garbled)
    }
}

/// The parts of a sequence, a structure or a map that are yet to be read.
struct Parts<'a, 'de> {
    reader: &'a mut Reader<'de>,
    left: usize,
}

impl<'de> Parts<'_, 'de> {
    #[inline(always)]
    fn next<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Garbled> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.reader).map(Some)
    }

    /// No promise that the frame cannot hold.
    fn expected(&self) -> Option<usize> {
        (self.left <= self.reader.rest.len()).then_some(self.left)
    }
}

impl<'de> SeqAccess<'de> for Parts<'_, 'de> {
    type Error = Garbled;

    #[inline(always)]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Garbled> {
        self.next(seed)
    }

    /// Without a seed, whose own function would be called for each element.
    #[inline(always)]
    fn next_element<M: Deserialize<'de>>(&mut self) -> Result<Option<M>, Garbled> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        M::deserialize(&mut *self.reader).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        self.expected()
    }
}

impl<'de> MapAccess<'de> for Parts<'_, 'de> {
    type Error = Garbled;

    #[inline(always)]
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Garbled> {
        self.next(seed)
    }

    #[inline(always)]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Garbled> {
        seed.deserialize(&mut *self.reader)
    }

    fn size_hint(&self) -> Option<usize> {
        self.expected()
    }
}

impl<'de> EnumAccess<'de> for &mut Reader<'de> {
    type Error = Garbled;
    type Variant = Self;

    #[inline(always)]
    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Garbled> {
        let variant = self.varint::<u64>(u32::BITS)? as u32;
        let variant: U32Deserializer<Garbled> = variant.into_deserializer();
        Ok((seed.deserialize(variant)?, self))
    }
}

impl<'de> VariantAccess<'de> for &mut Reader<'de> {
    type Error = Garbled;

    #[inline(always)]
    fn unit_variant(self) -> Result<(), Garbled> {
        Ok(())
    }

    #[inline(always)]
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Garbled> {
        seed.deserialize(self)
    }

    #[inline(always)]
    fn newtype_variant<M: Deserialize<'de>>(self) -> Result<M, Garbled> {
        M::deserialize(self)
    }

    #[inline(always)]
    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Garbled> {
        self.deserialize_tuple(length, visitor)
    }

    #[inline(always)]
    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Garbled> {
        self.deserialize_tuple(fields.len(), visitor)
    }
}
