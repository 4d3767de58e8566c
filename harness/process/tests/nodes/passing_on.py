"""A node that passes its clients' requests on to the first node, in their names."""
import json, sys

for line in sys.stdin:
    packet = json.loads(line)
    src, body = packet["src"], packet["body"]
    if body["type"] == "init":
        me, first = body["node_id"], body["node_ids"][0]
        answer = {"type": "init_ok"}
    elif me != first:
        print(json.dumps({"src": src, "dest": first, "body": body}), flush=True)
        continue
    else:
        answer = {"type": "echo_ok", "echo": body["echo"]}
    answer["in_reply_to"] = body["msg_id"]
    print(json.dumps({"src": me, "dest": src, "body": answer}), flush=True)
