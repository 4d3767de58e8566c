"""Reliable broadcast: whoever hears of a message for the first time tells everybody."""
import json, sys


def say(dest, **body):
    print(json.dumps({"src": me, "dest": dest, "body": body}), flush=True)


seen = set()


def hear(message):
    if message["id"] not in seen:
        seen.add(message["id"])
        for other in others:
            if other != me:
                say(other, type="tell", message=message)
        say("harness", type="deliver", **message)


for line in sys.stdin:
    packet = json.loads(line)
    body = packet["body"]
    if body["type"] == "init":
        me, others = body["node_id"], body["node_ids"]
        say(packet["src"], type="init_ok", in_reply_to=body["msg_id"])
    elif body["type"] == "multicast":
        say(packet["src"], type="multicast_ok", in_reply_to=body["msg_id"])
        hear({"id": body["id"], "payload": body["payload"]})
    elif body["type"] == "tell":
        hear(body["message"])
    elif body["type"] == "echo":
        say(packet["src"], type="echo_ok", in_reply_to=body["msg_id"], echo=body["echo"])
