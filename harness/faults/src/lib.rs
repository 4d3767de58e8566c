//! Placeholder until its first item lands.
