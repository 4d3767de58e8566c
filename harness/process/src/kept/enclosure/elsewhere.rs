//! Systems without namespaces.

use crate::kept::Exit;
use crate::kept::enclosure::Private;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

const MEND: &str = "only Linux has namespaces: start the node without an enclosure";

impl Private {
    /// Namespaces are Linux's.
    ///
    /// # Errors
    /// Always.
    pub fn leave_namespaces(&self) -> Result<(), String> {
        Err(MEND.to_owned())
    }
}

/// Namespaces are Linux's.
///
/// # Errors
/// Always.
pub fn init(_: &Path, _: Option<&str>, _: &OsStr, _: &[OsString]) -> io::Result<Exit> {
    Err(io::Error::new(io::ErrorKind::Unsupported, MEND))
}
