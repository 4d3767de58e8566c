"""The line protocol: a JSON object a line, from standard input and to standard output.
See docs/line-protocol.md.
"""
import json
import os
import sys
import time


class Lines:
    """Both ends. Reading never blocks; what is written goes out when it is flushed."""

    def __init__(self):
        self.me, self.rest = None, b""
        os.set_blocking(0, False)

    def read(self):
        """The packets that have come; None at the end."""
        try:
            text = os.read(0, 1 << 16)
        except BlockingIOError:
            return []
        if not text:
            return None
        *lines, self.rest = (self.rest + text).split(b"\n")
        return [json.loads(line) for line in lines if line]

    def write(self, dest, **body):
        line = {"src": self.me, "dest": dest, "at": time.monotonic_ns(), "body": body}
        print(json.dumps(line))

    def answer(self, packet, type, **body):
        self.write(packet["src"], type=type, in_reply_to=packet["body"]["msg_id"], **body)

    def refuse(self, packet, code, text):
        self.answer(packet, "error", code=code, text=text)

    def tell(self, type, **body):
        self.write("harness", type=type, **body)

    def flush(self):
        sys.stdout.flush()
