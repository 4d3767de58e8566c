//! Real nodes on a network of their own: each in a network namespace, all joined by a switch in
//! user space that loses, delays, doubles, changes and cuts frames as a seed decides.
//!
//! It needs Linux, root (or a user namespace), and /dev/net/tun; no other program, and no module
//! of the kernel but `tun`. [`Namespace::make_all`] makes the networks, [`Switch::start`] joins
//! them, and [`Handle::place`] puts processes there:
//!
//! ```no_run
//! use pepperland_netns::{Chance, Links, Namespace, Options, Rule, Switch};
//! use std::process::Command;
//!
//! # fn main() -> std::io::Result<()> {
//! let switch = Switch::start(Namespace::make_all(3)?, Options::of(7))?;
//! let mut node = Command::new("my-node");
//! switch.handle(0).place(&mut node);
//! let mut node = node.spawn()?;
//! switch.begin(1, &Links::From(0), Rule::Lose { rate: Chance::percent(20) });
//! println!("{} frames lost", switch.end(1));
//! node.kill()?;
//! # Ok(())
//! # }
//! ```
//!
//! The same seed gives each link the same fate for its frame number k; when the nodes send what is
//! theirs to decide, so that a run is not repeated, but its schedule is.

#![cfg(target_os = "linux")]

mod awake;
mod clock;
mod errors;
mod mend;
mod namespace;

pub mod decide;
pub mod frame;
pub mod measure;
pub mod pcapng;
pub mod probe;
pub mod switch;
pub mod user_namespace;

pub use decide::{Chance, Corruption, Links, Pace, Rule};
pub use namespace::address::ip as address;
pub use namespace::{Handle, Namespace};
pub use switch::{Cleanliness, Counters, LinkCounters, Options, Report, Switch};
