//! Changes that know what a payload means.

/// Changes a payload as its structure allows, so that whoever receives it understands it and is
/// misled: a lie rather than noise.
pub trait Rewriter: Send {
    /// What is delivered instead of this payload of a UDP datagram or TCP segment, as the draw
    /// says, of which all 64 bits are random; none if it is left as it is. In TCP only a rewriting
    /// of equal length is possible.
    ///
    /// The payload is any bytes that a node sends. It may keep something of what it has seen, as
    /// for a replay; it is asked for one frame at a time.
    fn rewrite(&mut self, payload: &[u8], draw: u64) -> Option<Vec<u8>>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Kind, kind, payload, replace_payload, samples};

    /// Raises one digit by one.
    struct Digits;

    impl Rewriter for Digits {
        fn rewrite(&mut self, payload: &[u8], draw: u64) -> Option<Vec<u8>> {
            let digits = payload.iter().enumerate().filter(|(_, byte)| byte.is_ascii_digit());
            let places: Vec<usize> = digits.map(|(place, _)| place).collect();
            let place = *places.get(draw as usize % places.len().max(1))?;
            let mut lie = payload.to_vec();
            lie[place] = if lie[place] == b'9' { b'0' } else { lie[place] + 1 };
            Some(lie)
        }
    }

    fn told(rewriter: &mut dyn Rewriter, frame: &[u8], draw: u64) -> Option<Vec<u8>> {
        let lie = rewriter.rewrite(&frame[payload(frame)?], draw)?;
        replace_payload(frame, &lie, 1500)
    }

    #[test]
    fn a_rewriter_makes_a_datagram_say_something_else() {
        let frame = samples::udp();
        let lie = told(&mut Digits, &frame, 1).unwrap();
        assert_eq!(&lie[payload(&lie).unwrap()], b"{\"seq\":18,\"from\":\"n1\"}\n");
        assert_eq!(kind(&lie), Kind::Udp { source: 50062, destination: 7000 });
        samples::assert_sound(&lie);
    }

    #[test]
    fn a_rewriter_may_leave_a_frame_as_it_is() {
        assert_eq!(told(&mut Digits, &samples::tcp(b"no digit"), 1), None);
        assert_eq!(told(&mut Digits, &samples::arp(), 1), None);
    }
}
