"""The line protocol for nodes in Python: one class, whose methods are named for what they answer.

A message of type "order" from another node calls on_order(src, body), a request of the
application on_multicast or on_invoke(op_id, op), a timer on_timer(name). See docs/line-protocol.md.
"""
import json
import sys


class Node:
    features = ["time", "timer"]

    def on_start(self):
        pass

    def write(self, dest, **body):
        print(json.dumps({"src": self.me, "dest": dest, "body": body}))

    def send(self, to, type, **body):
        """To one node; what is sent to oneself is handled at once."""
        if to == self.me:
            getattr(self, "on_" + type)(self.me, body)
        else:
            self.write(to, type=type, **body)

    def send_all(self, type, to=None, **body):
        for node in self.nodes if to is None else to:
            self.send(node, type, **body)

    def deliver(self, message, **more):
        self.write("harness", type="deliver", **message, **more)

    def tell(self, type, **body):
        self.write("harness", type=type, **body)

    def set_timer(self, name, after_ms):
        self.tell("set_timer", timer=name, after=after_ms * 1_000_000)

    def main(self):
        for line in sys.stdin:
            self.hear(json.loads(line))
            if "time" in self.features:
                self.tell("done")
            sys.stdout.flush()

    def hear(self, packet):
        self.now = packet.get("time", 0) // 1_000_000
        src, body = packet["src"], packet["body"]
        kind, number = body.pop("type"), body.pop("msg_id", None)
        if kind == "init":
            self.me, self.nodes = body["node_id"], body["node_ids"]
            self.register_latency = body.get("register_latency")
            offered = body.get("features", [])
            self.features = [name for name in self.features if name in offered]
            self.write(src, type="init_ok", in_reply_to=number, features=self.features)
            self.on_start()
        elif kind == "timer":
            self.on_timer(body["timer"])
        elif kind == "multicast":
            self.write(src, type="multicast_ok", in_reply_to=number)
            self.on_multicast({"id": body["id"], "payload": body["payload"]})
        elif kind == "invoke":
            self.write(src, type="invoke_ok", in_reply_to=number)
            self.on_invoke(body["op_id"], body["op"])
        else:
            getattr(self, "on_" + kind)(src, body)
