//! The command `pepperland`.

use std::process::ExitCode;

fn main() -> ExitCode {
    pepperland::run(std::env::args_os(), &pepperland::builtin())
}
