//! A program in Python on a disk of its own, for the tests.
#![allow(dead_code, reason = "not every test uses all of it")]

use pepperland_disk::{Disk, Enclosure, Served, enclosed, probe};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// Whether disks can be had here; says why not.
pub fn disks_can_be_had() -> bool {
    match probe() {
        Ok(_) => true,
        Err(reason) => {
            println!("skipped: no disk can be mounted here: {reason}");
            false
        }
    }
}

/// How disks are mounted here.
pub fn here() -> Enclosure {
    match probe() {
        Ok(how) if how.contains("user namespace") => Enclosure::InUserNamespace,
        _ => Enclosure::AsRoot,
    }
}

/// A running program in Python, in the disk's folder.
pub struct Node {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    pub served: Option<Served>,
    pub folder: TempDir,
}

impl Node {
    /// Starts it; it sees the modules that tests want.
    pub fn start(disk: &Disk, how: Enclosure, script: &str) -> Node {
        let (mut node, fd) = Node::unserved(how, script);
        node.served = Some(disk.serve(fd).expect("the mount is served"));
        node
    }

    /// Starts it, before its disk is served: the descriptor of its mount.
    pub fn unserved(how: Enclosure, script: &str) -> (Node, OwnedFd) {
        let folder = tempfile::tempdir().expect("there is room");
        let imports = "import os, sys, errno, mmap, fcntl, stat, sqlite3\n";
        let goto = "os.chdir(sys.argv[1])\n";
        let mut command = Command::new("python3");
        command.arg("-c").arg(format!("{imports}{goto}{script}")).arg(folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let started = enclosed(command, folder.path(), how);
        let (mut child, fd) = started.expect("python3 starts, with a disk");
        let stdin = child.stdin.take().expect("it is piped");
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        (Node { child, stdin, stdout, served: None, folder }, fd)
    }

    /// Runs it to its end; what it has said.
    pub fn run(disk: &Disk, script: &str) -> String {
        Node::start(disk, here(), script).finish()
    }

    /// The next line that it says.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("it says a line");
        line.trim_end().to_owned()
    }

    /// Gives it a line to read.
    pub fn tell(&mut self, line: &str) {
        writeln!(self.stdin, "{line}").expect("it reads");
    }

    /// Waits for its end, a good one; what it has said since.
    pub fn finish(self) -> String {
        let (succeeded, said) = self.end();
        assert!(succeeded, "the program failed, having said {said:?}");
        said
    }

    /// Waits for its end: whether it was a good one, and what it has said since.
    pub fn end(mut self) -> (bool, String) {
        drop(self.stdin);
        let mut said = String::new();
        self.stdout.read_to_string(&mut said).expect("it says text");
        let status = self.child.wait().expect("it ends");
        if let Some(served) = self.served {
            served.wait().expect("the mount ends with the program");
        }
        (status.success(), said.trim_end().to_owned())
    }

    /// Kills it.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
        if let Some(served) = self.served.take() {
            served.wait().expect("the mount ends with the program");
        }
    }
}
