#!/usr/bin/env python3
"""Total order by a fixed sequencer: the first node numbers every message, all deliver by number.

(Kaashoek & Tanenbaum 1991; Coulouris et al. 2011, 15.4.3.) It stops when the sequencer does.

It lives with delay, reordering, duplication and pauses. Under crashes, loss and partitions only
safety is kept.
"""
from pepperland import Node


class Total(Node):
    def on_start(self):
        self.numbered = 0
        self.next = 1
        self.order = {}
        self.messages = {}

    def on_multicast(self, message):
        self.send_all("data", message=message)

    def on_data(self, src, data):
        message = data["message"]
        if message["id"] in self.messages:
            return
        self.messages[message["id"]] = message
        if self.me == self.nodes[0]:
            self.numbered += 1
            self.send_all("order", id=message["id"], number=self.numbered)
        self.deliver_in_order()

    def on_order(self, src, order):
        self.order[order["number"]] = order["id"]
        self.deliver_in_order()

    def deliver_in_order(self):
        while self.order.get(self.next) in self.messages:
            slot, self.next = self.next, self.next + 1
            self.deliver(self.messages[self.order[slot]], slot=slot)


if __name__ == "__main__":
    Total().main()
