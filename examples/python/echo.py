#!/usr/bin/env python3
"""The smallest node, without the class: it answers echo, the first of Maelstrom's workloads.

pepperland run --bin ./echo.py --workload echo --runs 5
"""
import json
import sys

for line in sys.stdin:
    packet = json.loads(line)
    body = packet["body"]
    answer = {"type": "error", "code": 10, "text": "only echo"}
    if body["type"] == "init":
        answer = {"type": "init_ok"}
    elif body["type"] == "echo":
        answer = {"type": "echo_ok", "echo": body["echo"]}
    answer["in_reply_to"] = body["msg_id"]
    packet = {"src": packet["dest"], "dest": packet["src"], "body": answer}
    print(json.dumps(packet), flush=True)
