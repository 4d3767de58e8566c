//! Order inside views: what members deliver between one view and the next, in an order on which
//! they need to agree for that view alone.

pub mod causal;
pub mod total;

use pepperland_core::implementation::Claim;

/// Of causal order, what is kept where views part and merge: what a member never gets, because it
/// was in another view then, holds back nothing that it gets later.
const CAUSAL_ORDER: &[Claim] =
    &[Claim::always("causal-order"), Claim::always("uniform-causal-order")];
