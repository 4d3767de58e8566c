"""Echo, and broadcast: whoever is asked tells all others."""
import json, sys


def say(dest, body):
    sys.stdout.write(json.dumps({"src": me, "dest": dest, "body": body}) + "\n")


seen = set()
for line in sys.stdin:
    packet = json.loads(line)
    body = packet["body"]
    kind = body["type"]
    if kind == "init":
        me, others = body["node_id"], [n for n in body["node_ids"] if n != body["node_id"]]
    elif kind == "broadcast":
        for other in others:
            say(other, {"type": "gossip", "message": body["message"]})
        seen.add(body["message"])
    elif kind == "gossip":
        seen.add(body["message"])
        continue
    answer = {"type": kind + "_ok", "in_reply_to": body["msg_id"]}
    if kind == "echo":
        answer["echo"] = body["echo"]
    say(packet["src"], answer)
    sys.stdout.flush()
