#!/usr/bin/env python3
"""Corosync's closed process groups as a node: a daemon, a member of each group, the line protocol.

pepperland run --bin examples/corosync/adapter.py --network netns --faults partition

The nodes need networks of their own, and each its own /run and /dev/shm. When the daemon ends, the
node says how and ends too: nobody is left to answer for it.
"""
import argparse
import select
import shutil
import sys
import time

sys.dont_write_bytecode = True

import cpg
from daemon import Daemon
from group import Group
from lines import Lines

PATIENCE = 6  # seconds for all nodes to find each other at first
OFTEN = 20  # ms between two looks while something cannot be done yet


class Adapter:
    def __init__(self, options):
        self.options, self.lines, self.poll = options, Lines(), select.poll()
        self.groups, self.members, self.daemon, self.init = {}, {}, None, None
        self.poll.register(0, select.POLLIN)

    def main(self):
        while self.turn():
            self.lines.flush()

    def turn(self):
        """Waits until something is to do, and does it. False when all is over."""
        events = dict(self.poll.poll(OFTEN if self.has_work() else None))
        if self.daemon:
            self.serve(events)
        if 0 not in events:
            return True
        packets = self.lines.read()
        for packet in packets or []:
            self.hear(packet)
        return packets is not None

    def serve(self, events):
        if self.daemon.log in events and not self.daemon.pass_log():
            self.poll.unregister(self.daemon.log)
        try:
            for name, member in self.members.items():
                if member.descriptor in events:
                    member.dispatch()
                self.advance(name, member)
        except cpg.Failed as failed:
            self.end(str(failed))
        if self.daemon.end in events:
            self.end("it was there no more")
        if self.init and self.is_ready():
            self.answer_init()

    def has_work(self):
        lacks = any(not member.has_asked for member in self.members.values())
        waits = any(group.waiting for group in self.groups.values())
        return lacks or waits or self.init is not None

    def advance(self, name, member):
        """The next step that can be made: connect, join, multicast."""
        if member.descriptor is None:
            if not member.connect():
                return
            self.poll.register(member.descriptor, select.POLLIN)
        if member.ask() and self.groups[name].view:
            self.groups[name].send(member)

    def end(self, why):
        """The daemon is gone. What it had passed on before still counts."""
        self.daemon.child.poll()
        for member in self.members.values():
            try:
                member.descriptor is not None and member.dispatch()
            except cpg.Failed:
                pass
        words = self.daemon.last_words() if self.has_ended() else f"corosync is lost: {why}"
        self.lines.tell("note", text=words)
        self.lines.flush()
        sys.exit(f"the node ends, as its corosync has: {words}")

    def has_ended(self):
        """Its connections may close a moment before it is gone."""
        return bool(select.select([self.daemon.end], [], [], 1)[0])

    def hear(self, packet):
        kind = packet["body"]["type"]
        if kind in ("init", "multicast", "join"):
            getattr(self, "on_" + kind)(packet, packet["body"])
        else:
            self.lines.refuse(packet, 10, f"closed process groups know no {kind} here")

    def on_init(self, packet, body):
        self.lines.me, self.names = body["node_id"], body["node_ids"]
        lacking = [what for what, is_here in self.needs() if not is_here]
        if lacking:
            return self.lines.refuse(packet, 10, f"there is no {lacking[0]}")
        self.init, self.since = packet, time.monotonic()
        addresses = body.get("addresses")
        if not addresses:  # Asked what it can do, or not on a network.
            return self.answer_init()
        self.daemon = Daemon(self.lines.me, addresses, self.options)
        self.poll.register(self.daemon.log, select.POLLIN)
        self.poll.register(self.daemon.end, select.POLLIN)
        for name, members in body["groups"].items():
            if self.lines.me in members:
                self.become_member(name)

    def needs(self):
        try:
            self.libcpg = cpg.load()
        except OSError:
            self.libcpg = None
        yield "corosync (apt-get install corosync)", shutil.which("corosync")
        yield "libcpg.so.4 (apt-get install libcpg4)", self.libcpg

    def become_member(self, name):
        self.groups[name] = Group(name, self.lines, self.names)
        self.members[name] = cpg.Member(self.libcpg, name, self.groups[name])

    def is_ready(self):
        """When first started, all members of a group; when started again, whoever is there."""
        body = self.init["body"]
        is_late = time.monotonic() - self.since > PATIENCE
        whole = {name: len(body["groups"][name]) for name in self.groups}
        if body.get("incarnation", 0) or is_late:
            return all(group.view for group in self.groups.values())
        return all(group.is_full(whole[name]) for name, group in self.groups.items())

    def answer_init(self):
        offered = self.init["body"].get("features", [])
        self.lines.answer(
            self.init, "init_ok", features=[name for name in ["views"] if name in offered])
        self.init = None
        for group in self.groups.values():
            group.ready()

    def on_multicast(self, packet, body):
        group = self.groups.get(body.get("group", "g1"))
        if not self.daemon:
            self.lines.refuse(packet, 11, "it has no network: run it with --network netns")
        elif not group:
            self.lines.refuse(packet, 10, "only members of a closed process group multicast to it")
        else:
            self.lines.answer(packet, "multicast_ok")
            group.ask(body["id"], body["payload"])

    def on_join(self, packet, body):
        if not self.daemon:
            return self.lines.refuse(packet, 11, "it has no network: run it with --network netns")
        if body["group"] not in self.groups:
            self.become_member(body["group"])
            self.groups[body["group"]].ready()
        self.lines.answer(packet, "join_ok")


def options():
    parser = argparse.ArgumentParser(description="corosync as a node of the line protocol")
    parser.add_argument("--transport", choices=["udpu", "udp", "knet"], default="udpu")
    parser.add_argument("--crypto", action="store_true", help="aes256 and sha256, over knet")
    parser.add_argument("--token", type=int, default=300, help="ms until a token is lost")
    parser.add_argument("--consensus", type=int, help="ms to agree on a ring; 1.2 tokens")
    chosen = parser.parse_args()
    if chosen.crypto:
        chosen.transport = "knet"
    return chosen


if __name__ == "__main__":
    Adapter(options()).main()
