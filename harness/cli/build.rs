//! The released binary needs nothing but the system's C library, so that it runs on machines that
//! have no compiler: what unwinding needs of GCC's runtime is linked in. The standard library asks for
//! `gcc_s` by name, so a linker script of that name stands before the shared library.

use std::path::PathBuf;

#[expect(clippy::disallowed_methods, reason = "cargo says in the environment what it builds for")]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let told = |key: &str| std::env::var(key).unwrap_or_default();
    if told("CARGO_CFG_TARGET_OS") == "linux" && told("CARGO_CFG_TARGET_ENV") == "gnu" {
        let folder = PathBuf::from(told("OUT_DIR"));
        std::fs::write(folder.join("libgcc_s.so"), "GROUP ( -lgcc_eh -lgcc -lc )\n")
            .expect("the build's own folder can be written");
        println!("cargo:rustc-link-arg-bins=-L{}", folder.display());
    }
}
