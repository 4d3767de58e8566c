//! What this machine can do: `checks`, and without root `checks --user-namespace`.

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    use pepperland_netns::{probe, user_namespace};
    if std::env::args().any(|arg| arg == "--user-namespace")
        && let Err(refusal) = user_namespace::enter()
    {
        println!("{refusal}");
        return std::process::ExitCode::FAILURE;
    }
    for check in [probe::network(), probe::user_namespace()] {
        match check.works {
            Ok(seen) => println!("{}: {seen}", check.what),
            Err(why) => println!("{}: {why}\n  mend: {}", check.what, check.mend),
        }
    }
    std::process::ExitCode::SUCCESS
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("networks of nodes need Linux");
}
