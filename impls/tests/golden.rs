//! Golden scripts: `testdata/<implementation>/*.txt`, found by walking the folder.
//!
//! A script is blocks between blank lines. A block is a comment in prose, commands, `----`, and
//! what the commands do: sends and deliveries, and nothing else. `UPDATE=1` writes down what they
//! do.
//!
//! ```text
//! nodes 3 [flaw NAME]         the first command of every script
//! groups n1,n2 n2,n3          g1 and g2, in place of one group of all nodes
//! multicast n1 a [to g2]      n1 is asked to multicast "a" [to g2; to g1 if no group is named]
//! deliver n1->n2 #1           n2 receives the first message that n1 ever sent it
//! repeat n1->n2 #1            the same, and the message is still there
//! drop n1->n2 #1              the message is lost
//!                             (of what is sent, `->` is a unicast and `=>` one group send)
//! crash n1 [after 2]          n1 stops [in the middle of its next step, after two effects]
//! recover n1                  n1 comes back with what it had stored
//! invoke n1 3 read            a client of n1 asks for the operation 3, "read"
//! propose n1 2 a              n1 proposes "a" to instance 2 of consensus
//! clock n1 5                  n1's clock is 5 ms ahead from now on
//! wait 100                    100 ms pass, and timers run out
//! settle                      everything arrives; tells what each node delivers
//! show                        what is on its way
//! ```

mod common;

use common::{Link, Nothing, Post};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Implementation;
use pepperland_core::time::Span;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_script_does_what_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut wrong = Vec::new();
    for implementation in pepperland_impls::all() {
        let scripts = files(&folder.join(implementation.name));
        assert!(!scripts.is_empty(), "{} has no golden script", implementation.name);
        for script in scripts {
            let text = fs::read_to_string(&script).expect("a script is text");
            let done = Script::new(implementation.name).play(&text);
            if done != text && !update(&script, &done) {
                wrong.push(format!("{}:\n{}", script.display(), first_difference(&text, &done)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\nUPDATE=1 rewrites the scripts", wrong.join("\n"));
}

#[test]
fn every_folder_is_that_of_an_implementation() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    for entry in files(&folder) {
        let name = entry.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        assert!(pepperland_impls::all().any(|i| i.name == name), "{name}");
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("it is there").path()).collect();
    files.sort();
    files
}

#[expect(clippy::disallowed_methods, reason = "whether to rewrite the scripts is asked that way")]
fn update(script: &Path, done: &str) -> bool {
    let asked = std::env::var("UPDATE").is_ok_and(|value| value == "1");
    if asked {
        fs::write(script, done).expect("a script can be written");
    }
    asked
}

fn first_difference(text: &str, done: &str) -> String {
    let (mut said, mut done) = (text.lines(), done.lines());
    for line in 1.. {
        let (said, done) = (said.next(), done.next());
        if said != done {
            let show = |line: Option<&str>| line.unwrap_or("(the end)").to_owned();
            return format!("line {line}\n  said: {}\n  done: {}", show(said), show(done));
        }
    }
    unreachable!("they differ")
}

struct Script {
    implementation: &'static str,
    post: Option<Post>,
}

/// What parts the commands of a block from what they do.
const RULE: &str = "----";

impl Script {
    fn new(implementation: &'static str) -> Script {
        Script { implementation, post: None }
    }

    /// The script with what its commands do.
    fn play(&mut self, text: &str) -> String {
        let blocks = text.trim_end().split("\n\n").map(|block| self.block(block));
        blocks.collect::<Vec<_>>().join("\n\n") + "\n"
    }

    fn block(&mut self, block: &str) -> String {
        let mut told: Vec<String> = Vec::new();
        let mut done = Vec::new();
        for line in block.lines().take_while(|line| *line != RULE) {
            told.push(line.to_owned());
            if !line.starts_with('#') {
                done.extend(self.command(line).unwrap_or_else(|e| vec![format!("error: {}", e.0)]));
            }
        }
        if told.iter().any(|line| !line.starts_with('#')) {
            told.push(RULE.to_owned());
            told.extend(done);
        }
        told.join("\n")
    }

    fn command(&mut self, line: &str) -> Result<Vec<String>, Nothing> {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let ["nodes", nodes, flaw @ ..] = &words[..] {
            self.begin(number(nodes)? as usize, flaw);
            return Ok(Vec::new());
        }
        let Some(post) = &mut self.post else {
            return Err(Nothing("a script begins with its nodes".to_owned()));
        };
        match &words[..] {
            ["groups", groups @ ..] => {
                let members = |group: &&str| group.split(',').map(node).collect();
                post.set_groups(groups.iter().map(members).collect::<Result<_, _>>()?);
            }
            ["multicast", n, body] => return Ok(post.multicast(node(n)?, body)),
            ["multicast", n, body, "to", group] => {
                return Ok(post.multicast_to(self::group(group)?, node(n)?, body));
            }
            ["deliver", on, at] => return post.deliver(link(on)?, number(at)?),
            ["repeat", on, at] => return post.repeat(link(on)?, number(at)?),
            ["drop", on, at] => post.take(link(on)?, number(at)?).map(drop)?,
            ["crash", n] => post.crash(node(n)?),
            ["crash", n, "after", effects] => post.crash_after(node(n)?, number(effects)? as usize),
            ["recover", n] => return Ok(post.recover(node(n)?)),
            ["invoke", n, operation, body] => {
                return Ok(post.invoke(node(n)?, number(operation)?.into(), body));
            }
            ["propose", n, instance, body] => {
                return Ok(post.propose(node(n)?, number(instance)?.into(), body));
            }
            ["clock", n, ms] => post.set_ahead(node(n)?, Span::millis(number(ms)?.into())),
            ["wait", ms] => return Ok(post.wait(Span::millis(number(ms)?.into()))),
            ["settle"] => return Ok(post.settle()),
            ["show"] => return Ok(post.show()),
            _ => return Err(Nothing(format!("there is no command \"{line}\""))),
        }
        Ok(Vec::new())
    }

    fn begin(&mut self, nodes: usize, flaw: &[&str]) {
        let implementation = pepperland_impls::find(self.implementation).expect("it has a folder");
        let flaw = match flaw {
            ["flaw", name] => Some(built_with(implementation, name)),
            _ => None,
        };
        self.post = Some(Post::new(implementation, nodes, flaw));
    }
}

/// The flaw or harmless change of this name.
fn built_with(implementation: &Implementation, name: &str) -> &'static str {
    let flaw = implementation.flaw(name).map(|flaw| flaw.name);
    let mut controls = implementation.controls();
    let control = || controls.find(|control| control.name == name).map(|control| control.name);
    flaw.or_else(control).expect("a flaw or a control of its own")
}

fn number(text: &str) -> Result<u32, Nothing> {
    let digits = text.trim_start_matches('#');
    digits.parse().map_err(|_| Nothing(format!("\"{text}\" is no number")))
}

fn node(text: &str) -> Result<NodeId, Nothing> {
    text.parse().map_err(|error| Nothing(format!("{error}")))
}

fn group(text: &str) -> Result<GroupId, Nothing> {
    text.parse().map_err(|error| Nothing(format!("{error}")))
}

fn link(text: &str) -> Result<Link, Nothing> {
    let ends = text.split_once("->").ok_or_else(|| Nothing(format!("\"{text}\" is no link")))?;
    Ok((node(ends.0)?, node(ends.1)?))
}
