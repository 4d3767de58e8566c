//! Values on the command line: counts, times, parts.

use pepperland_core::scenario::Network;
use pepperland_search::{Strategy, planner};
use std::time::Duration;

/// A count such as `10000` or `10_000`.
pub fn count(text: &str) -> Result<u64, String> {
    let number = text.replace('_', "").parse::<u64>().map_err(|error| error.to_string())?;
    if number == 0 { Err("it must be at least 1".to_owned()) } else { Ok(number) }
}

/// What joins processes, by name.
pub fn network(text: &str) -> Result<Network, String> {
    match text {
        "stdio" => Ok(Network::Stdio),
        "netns" => Ok(Network::Netns),
        _ => Err("it is stdio or netns".to_owned()),
    }
}

/// A strategy of the search, by name.
pub fn strategy(name: &str) -> Result<&'static Strategy, String> {
    planner::find(name)
}

/// A time such as `90s`, `5m` or `2h`.
pub fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| format!("{error}: write 90s, 5m or 2h"))
}

/// `m/n`, m from 1 to n; as the remainder m - 1 and n.
pub fn shard(text: &str) -> Result<(u64, u64), String> {
    let number = |part: &str| part.parse::<u64>().ok();
    let parts = text.split_once('/').and_then(|(m, n)| Some((number(m)?, number(n)?)));
    match parts {
        Some((m, n)) if 1 <= m && m <= n => Ok((m - 1, n)),
        _ => Err("write m/n with 1 <= m <= n, such as 1/3".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_counts_and_shards_are_read() {
        assert_eq!(duration("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert!(duration("five").is_err() && duration("5").is_err());
        assert_eq!(count("10_000"), Ok(10_000));
        assert!(count("0").is_err());
        assert_eq!(shard("3/8"), Ok((2, 8)));
        assert!(shard("0/8").is_err() && shard("9/8").is_err() && shard("x").is_err());
    }
}
