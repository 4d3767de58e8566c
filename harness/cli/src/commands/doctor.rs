//! `pepperland doctor`: what this machine can do, and how to mend what it cannot.

mod grounds;

use crate::exit::{Failure, Outcome};
use crate::output::print;
use pepperland_process::kept::Keeper;
use pepperland_process::program::Program;
use pepperland_process::stepped::features_of;
use std::process::ExitCode;

/// One thing that was tried.
struct Finding {
    what: &'static str,
    works: Result<String, String>,
    /// What to do if it does not.
    mend: String,
    /// What works all the same; empty: nothing.
    without: &'static str,
}

/// Tries what the runs need, and says what works.
pub fn doctor() -> Result<ExitCode, Failure> {
    let mut findings = vec![simulator(), processes(), writing(), files(), system()];
    findings.extend(grounds::tried());
    findings.iter().for_each(tell);
    let missing = findings.iter().filter(|finding| finding.works.is_err()).count();
    Ok(match missing {
        0 => Outcome::Held.end("everything that was tried works"),
        n => Outcome::Undecided.end(&format!("{n} of {} do not work", findings.len())),
    })
}

fn tell(finding: &Finding) {
    let what = finding.what;
    match &finding.works {
        Ok(how) => print(&format!("ok       {what}: {how}\n")),
        Err(why) => {
            print(&format!("missing  {what}: {why}\n         mend: {}\n", finding.mend));
            if !finding.without.is_empty() {
                print(&format!("         without: {}\n", finding.without));
            }
        }
    }
}

/// A run, twice: the same bytes.
fn simulator() -> Finding {
    let digest = || {
        let searched = crate::test(&pepperland_impls::multicast::basic::ENTRY).runs(1).search();
        searched.map(|s| s.events).map_err(|error| error.to_string())
    };
    let works = match (digest(), digest()) {
        (Ok(a), Ok(b)) if a == b => Ok(format!("{a} events, the same twice")),
        (Ok(_), Ok(_)) => Err("the same seed gave two different runs".to_owned()),
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    Finding {
        what: "simulator",
        works,
        mend: "this is a bug of Pepperland: please report it".to_owned(),
        without: "",
    }
}

/// A node of the library as a process, which says what it can do.
fn processes() -> Finding {
    let executable = std::env::current_exe().map_err(|error| error.to_string());
    let works = executable.and_then(|path| {
        let keeper = Keeper::executable(path.clone());
        let args = ["node", "--impl", "basic"].map(str::to_owned).to_vec();
        let program = Program { path, args };
        features_of(&program, &keeper).map_err(|unfit| unfit.to_string())
    });
    Finding {
        what: "processes",
        works: works.map(|_| "a node answers over the line protocol".to_owned()),
        mend: "let this user start programs, and write to the folder for temporary files"
            .to_owned(),
        without: "the simulator and turmoil",
    }
}

fn writing() -> Finding {
    let tried = tempfile::tempdir_in(".").map(|dir| dir.path().display().to_string());
    Finding {
        what: "folder for runs",
        works: tried
            .map(|_| "the working directory takes files".to_owned())
            .map_err(|e| e.to_string()),
        mend: "change to a folder that you may write to, or give --out".to_owned(),
        without: "check, list, replay",
    }
}

fn files() -> Finding {
    use nix::sys::resource::{Resource, getrlimit};
    let limit = getrlimit(Resource::RLIMIT_NOFILE).map_err(|error| error.to_string());
    let works = limit.and_then(|(soft, _)| match soft {
        0..256 => Err(format!("only {soft} files may be open at once")),
        _ => Ok(format!("{soft} may be open at once")),
    });
    let without = "runs of few nodes";
    Finding { what: "open files", works, mend: "ulimit -n 1024".to_owned(), without }
}

fn system() -> Finding {
    let works = nix::sys::utsname::uname().map_err(|error| error.to_string()).map(|name| {
        let word = |text: &std::ffi::OsStr| text.to_string_lossy().into_owned();
        let user = if nix::unistd::geteuid().is_root() { "root" } else { "an ordinary user" };
        format!("{} {} as {user}", word(name.sysname()), word(name.release()))
    });
    Finding { what: "system", works, mend: "run on Linux".to_owned(), without: "the simulator" }
}
