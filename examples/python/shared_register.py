#!/usr/bin/env python3
"""Registers that all nodes read: a write goes to every node, in one order for all of them.

(Lamport 1986, On Interprocess Communication: regular registers.) The harness carries what is
written to "registers" over a network that no cut reaches, within a bound that it tells; when that
has passed, every node has read the write, and it is answered. A read asks nobody.

It lives with crashes and with whatever happens to links. A node that stands still reads late.
"""
from pepperland import Node


class SharedRegister(Node):
    features = ["time", "timer", "invoke", "registers"]

    def on_start(self):
        self.values = {}

    def on_invoke(self, op_id, op):
        if op["f"] == "write":
            self.write("registers", type="set", op_id=op_id, op=op)
            self.tell("set_timer", timer=op_id, after=self.register_latency)
        else:
            self.respond(op_id, f="read_ok", value=self.values.get(op["key"]))

    def on_timer(self, op_id):
        self.respond(op_id, f="write_ok")

    def on_set(self, src, written):
        # The harness says of a message that it was read from the registers, and nobody else can.
        if written.get("network") == 1:
            op = written["op"]
            self.values[op["key"]] = op["value"]
            result = {"f": "write_ok"}
            self.tell("apply", client=src, op_id=written["op_id"], op=op, result=result)

    def respond(self, op_id, **result):
        self.tell("respond", op_id=op_id, result=result)


if __name__ == "__main__":
    SharedRegister().main()
