//! What `explore` is asked for.

use super::Format;
use super::values::count;
use clap::Args;
use std::num::NonZero;
use std::path::PathBuf;

/// Run every schedule of a small scope, up to equivalence.
#[derive(Debug, Args)]
pub struct Explore {
    /// The implementation
    #[arg(long = "impl", value_name = "NAME")]
    pub implementation: String,
    /// Switch a planted flaw on
    #[arg(long, value_name = "NAME")]
    pub flaw: Option<String>,
    /// How many nodes
    #[arg(long, value_name = "N", default_value_t = 3)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=8))]
    pub nodes: u32,
    /// At most so many multicasts, by any nodes
    #[arg(long, value_name = "M", default_value_t = 2)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=8))]
    pub broadcasts: u32,
    /// At most so many nodes crash, also between two effects of a handler
    #[arg(long, value_name = "C", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=8))]
    pub crashes: u32,
    /// At most so many messages are lost
    #[arg(long, value_name = "L", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=64))]
    pub losses: u32,
    /// Properties to judge, also those not claimed [default: those claimed]
    #[arg(long, value_name = "P", value_delimiter = ',')]
    pub properties: Vec<String>,
    /// Judge also where the faults are outside the implementation's model
    #[arg(long)]
    pub beyond_model: bool,
    /// Give up after so many states; a million take about 100 MB
    #[arg(long, value_name = "S", default_value = "5_000_000", value_parser = count)]
    pub states: u64,
    /// Threads that run and judge what was found [default: one for each processor]
    #[arg(long, value_name = "J")]
    pub jobs: Option<NonZero<usize>>,
    /// The folder of the findings [default: runs/<time>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// How to print verdicts
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
}
