//! Hash containers whose hash is fixed. They are never iterated where order could be seen: a
//! protocol or checker that needs an order takes `BTreeMap` or `BTreeSet`.

use foldhash::fast::FixedState;

/// A hash map with a fixed hash.
#[expect(clippy::disallowed_types, reason = "the hash is fixed; the alias is the sanctioned form")]
pub type Map<K, V> = std::collections::HashMap<K, V, FixedState>;

/// A hash set with a fixed hash.
#[expect(clippy::disallowed_types, reason = "the hash is fixed; the alias is the sanctioned form")]
pub type Set<T> = std::collections::HashSet<T, FixedState>;
