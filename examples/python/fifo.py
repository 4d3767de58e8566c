#!/usr/bin/env python3
"""FIFO reliable broadcast: messages of one sender are delivered in the order of their sending.

Whoever sees a message for the first time relays it, so that all get it if one does; the
hold-back queue keeps it until those before it have been delivered.

It lives with delay, reordering, duplication, pauses and crashes. What a network loses is not sent
again: under loss and partitions only safety is kept.
"""
from pepperland import Node


class Fifo(Node):
    def on_start(self):
        self.sent = 0
        self.next = {node: 1 for node in self.nodes}
        self.held = {}
        self.seen = set()

    def on_multicast(self, message):
        self.sent += 1
        self.on_data(self.me, {"origin": self.me, "number": self.sent, "message": message})

    def on_data(self, src, data):
        origin, name = data["origin"], (data["origin"], data["number"])
        if name in self.seen:
            return
        self.seen.add(name)
        for node in self.nodes:
            if node not in (self.me, src):
                self.send(node, "data", **data)
        self.held[name] = data["message"]
        while (origin, self.next[origin]) in self.held:
            self.deliver(self.held.pop((origin, self.next[origin])))
            self.next[origin] += 1


if __name__ == "__main__":
    Fifo().main()
