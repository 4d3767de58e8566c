#!/usr/bin/env python3
"""Virtual synchrony: whoever moves from one view to the next has delivered the same in the first.

Members show that they live. When one is silent, the first of the others collects what each has got
(flush), and the next view begins with all of it delivered (Birman & Joseph 1987). Silence is
taken for a crash, which is right where the latency of the network is bounded.

It lives with crashes, delay, reordering and duplication, and not with pauses, loss and partitions,
under which the living are silent too.
"""
from pepperland import Node

ALIVE_MS, SILENCE_MS = 100, 400


class Views(Node):
    def on_start(self):
        self.queue, self.early = [], []
        self.heard = {node: 0 for node in self.nodes}
        self.install({"view": 1, "by": self.nodes[0], "members": self.nodes, "missing": []})
        self.on_timer("alive")

    def install(self, new):
        self.last, self.view, self.members = new, new["view"], new["members"]
        self.got, self.blocked, self.name = {}, None, f"{self.view}.{new['by']}"
        self.tell("view", view=self.name, members=self.members)
        queue, self.queue, early, self.early = self.queue, [], self.early, []
        [self.on_multicast(message) for message in queue]
        [self.on_data(self.me, data) for data in early]

    def on_multicast(self, message):
        if self.blocked:
            self.queue.append(message)
        else:
            self.send_all("data", self.members, view=self.view, message=message)

    def on_data(self, src, data):
        if data["view"] > self.view:
            self.early.append(data)
        elif data["view"] == self.view and not self.blocked:
            self.deliver_once(data["message"])

    def deliver_once(self, message):
        if message["id"] not in self.got:
            self.got[message["id"]] = message
            self.deliver(message, view=self.name)

    def on_alive(self, src, body):
        self.heard[src] = self.now

    def on_timer(self, name):
        others = [node for node in self.members if node != self.me]
        self.send_all("alive", others)
        lives = [n for n in self.members if n == self.me or self.now - self.heard[n] < SILENCE_MS]
        if len(lives) < len(self.members) and lives[0] == self.me and self.blocked != lives:
            self.reports = {}
            self.send_all("flush", lives, left=lives)
        self.set_timer("alive", ALIVE_MS)

    def on_flush(self, src, flush):
        # Of a flush that is over, a copy may come late: nobody is to leave by it any more.
        if src in self.members and len(flush["left"]) < len(self.members):
            self.blocked = flush["left"]
            self.send(src, "report", last=self.last, got=list(self.got.values()), **flush)

    def on_report(self, src, report):
        if report["left"] == self.blocked:
            self.reports[src] = report
            if len(self.reports) == len(self.blocked):
                last = max((r["last"] for r in self.reports.values()), key=lambda v: v["view"])
                missing = [m for r in self.reports.values() if r["last"] == last for m in r["got"]]
                new = {"view": last["view"] + 1, "by": self.me, "members": report["left"]}
                self.send_all("next", report["left"], steps=[last, {**new, "missing": missing}])

    def on_next(self, src, body):
        for new in body["steps"]:
            if new["view"] == self.view + 1:
                self.early = [d for d in self.early if d["view"] >= body["steps"][-1]["view"]]
                [self.deliver_once(message) for message in new["missing"]]
                self.install(new)


if __name__ == "__main__":
    Views().main()
