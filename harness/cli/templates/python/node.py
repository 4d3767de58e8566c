#!/usr/bin/env python3
"""Reliable broadcast: whoever sees a message for the first time relays it, and then delivers it.

Lines of JSON come in on standard input and go out on standard output; standard error is the log.
"""
import json
import sys


def send(dest, **body):
    print(json.dumps({"src": me, "dest": dest, "body": body}))


def see(message):
    if message["id"] in seen:
        return
    seen.add(message["id"])
    for node in nodes:
        if node != me:
            send(node, type="relay", message=message)
    send("harness", type="deliver", **message)


seen = set()
for line in sys.stdin:
    packet = json.loads(line)
    body = packet["body"]
    if body["type"] == "init":
        me, nodes = body["node_id"], body["node_ids"]
        # "time": nothing happens while a line is handled, so a run takes milliseconds.
        features = [name for name in body.get("features", []) if name == "time"]
        send(packet["src"], type="init_ok", in_reply_to=body["msg_id"], features=features)
    elif body["type"] == "multicast":
        send(packet["src"], type="multicast_ok", in_reply_to=body["msg_id"])
        see({"id": body["id"], "payload": body["payload"]})
    elif body["type"] == "relay":
        see(body["message"])
    if features:
        send("harness", type="done")
    sys.stdout.flush()
