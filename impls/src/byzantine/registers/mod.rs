//! The shared registers of DifATo (section 3.1): each server writes its own, and all servers
//! read all that is written, in one order and with the writer's name.

mod flaws;
mod last_value;
mod layer;
mod reading;
mod service;

pub use last_value::LastValue;
pub use layer::Registers;
pub use reading::Reading;
pub use service::ENTRY;
