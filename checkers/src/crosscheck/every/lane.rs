//! Lanes, and all of a kind.

/// What a node does in one step. Messages and views by their places in the scope.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Deed {
    Broadcast(usize),
    Deliver(usize),
    View(usize),
    Crash,
}

/// What a node does, in its order.
pub type Lane = Vec<Deed>;

/// Whether something is delivered twice.
pub fn repeats(lane: &[Deed]) -> bool {
    let is_again =
        |(i, deed): (usize, &Deed)| matches!(deed, Deed::Deliver(_)) && lane[..i].contains(deed);
    lane.iter().enumerate().any(is_again)
}

/// Every sequence of at most so many of the items, none of them twice.
pub fn sequences(items: &[Deed], longest: usize) -> Vec<Lane> {
    let mut all: Vec<Lane> = vec![Vec::new()];
    let mut from = 0;
    for _ in 0..longest {
        let longer: Vec<Lane> = all[from..]
            .iter()
            .flat_map(|lane| {
                let fresh = items.iter().filter(|item| !lane.contains(item));
                fresh.map(|item| [&lane[..], &[*item]].concat()).collect::<Vec<Lane>>()
            })
            .collect();
        from = all.len();
        all.extend(longer);
    }
    all
}

/// The same lanes, and each with one of its deliveries once more at a later place.
pub fn and_with_one_again(lanes: Vec<Lane>) -> Vec<Lane> {
    let mut all = lanes.clone();
    for lane in &lanes {
        for (i, deed) in lane.iter().enumerate() {
            all.extend((i + 1..=lane.len()).map(|at| {
                let mut longer = lane.clone();
                longer.insert(at, *deed);
                longer
            }));
        }
    }
    all.sort();
    all.dedup();
    all
}

/// The same lanes, and each with a crash at its end.
pub fn and_with_a_crash(lanes: Vec<Lane>) -> Vec<Lane> {
    let crashed = lanes.iter().map(|lane| [&lane[..], &[Deed::Crash]].concat());
    let crashed: Vec<Lane> = crashed.collect();
    [lanes, crashed].concat()
}

/// Every merging of one lane with each of the others.
pub fn merged(one: &[Deed], others: &[Lane]) -> Vec<Lane> {
    let mut all: Vec<Lane> = others.iter().flat_map(|other| mergings(one, other)).collect();
    all.sort();
    all.dedup();
    all
}

fn mergings(one: &[Deed], other: &[Deed]) -> Vec<Lane> {
    let (Some((first, one_rest)), Some((second, other_rest))) =
        (one.split_first(), other.split_first())
    else {
        return vec![[one, other].concat()];
    };
    let begin = |deed: &Deed, rest: Vec<Lane>| {
        rest.into_iter().map(|lane| [&[*deed], &lane[..]].concat()).collect::<Vec<Lane>>()
    };
    let (one, other) = (mergings(one_rest, other), mergings(one, other_rest));
    [begin(first, one), begin(second, other)].concat()
}

/// Every permutation of 0, 1, … below the length.
pub fn permutations(length: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _ in 0..length {
        all = all
            .into_iter()
            .flat_map(|some: Vec<usize>| {
                let fresh = (0..length).filter(|n| !some.contains(n)).collect::<Vec<usize>>();
                fresh.into_iter().map(move |n| [&some[..], &[n]].concat())
            })
            .collect();
    }
    all
}
