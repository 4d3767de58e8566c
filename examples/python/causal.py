#!/usr/bin/env python3
"""Causal broadcast with vector clocks: nothing is delivered before what it may answer.

A message carries how many of each node's messages its sender had delivered; it waits until its
receiver has delivered as many (Birman, Schiper & Stephenson 1991).

It lives with delay, reordering, duplication, pauses and crashes. What a network loses is not sent
again: under loss and partitions only safety is kept.
"""
from pepperland import Node


class Causal(Node):
    def on_start(self):
        self.delivered = {node: 0 for node in self.nodes}
        self.sent = 0
        self.waiting = []
        self.seen = set()

    def on_multicast(self, message):
        self.sent += 1
        clock = {**self.delivered, self.me: self.sent - 1}
        self.on_data(self.me, {"origin": self.me, "clock": clock, "message": message})

    def on_data(self, src, data):
        if data["message"]["id"] in self.seen:
            return
        self.seen.add(data["message"]["id"])
        for node in self.nodes:
            if node not in (self.me, src):
                self.send(node, "data", **data)
        self.waiting.append(data)
        while ready := [data for data in self.waiting if self.is_ready(data)]:
            self.waiting.remove(ready[0])
            self.deliver(ready[0]["message"])
            self.delivered[ready[0]["origin"]] += 1

    def is_ready(self, data):
        return all(self.delivered[node] >= count for node, count in data["clock"].items())


if __name__ == "__main__":
    Causal().main()
