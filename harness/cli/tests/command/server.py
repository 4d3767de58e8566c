"""Every workload of Maelstrom's by one server that does one thing after the other; with the argument
"counter", what is added are numbers."""
import json, sys

values, total, minted, store, logs, committed = [], 0, 0, {}, {}, {}


class Refused(Exception):
    pass


def transact(parts):
    done = []
    for f, key, value in parts:
        before = store.get(key)
        if f == "r":
            done.append([f, key, list(before) if isinstance(before, list) else before])
        elif f == "append":
            store[key] = (before or []) + [value]
            done.append([f, key, value])
        else:
            store[key] = value
            done.append([f, key, value])
    return {"txn": done}


def answer(body):
    global total, minted
    kind = body["type"]
    if kind == "init" or kind == "topology":
        return {}
    if kind == "echo":
        return {"echo": body["echo"]}
    if kind == "generate":
        minted += 1
        return {"id": minted}
    if kind in ("broadcast", "add") and ("message" in body or "element" in body):
        values.append(body.get("message", body.get("element")))
        return {}
    if kind == "add":
        total += body["delta"]
        return {}
    if kind == "read" and "key" in body:
        if body["key"] not in store:
            raise Refused(20)
        return {"value": store[body["key"]]}
    if kind == "read":
        return {"messages": values, "value": total if "counter" in sys.argv else values}
    if kind == "write":
        store[body["key"]] = body["value"]
        return {}
    if kind == "cas":
        if body["key"] not in store:
            raise Refused(20)
        if store[body["key"]] != body["from"]:
            raise Refused(22)
        store[body["key"]] = body["to"]
        return {}
    if kind == "txn":
        return transact(body["txn"])
    if kind == "send":
        log = logs.setdefault(body["key"], [])
        log.append(body["msg"])
        return {"offset": len(log) - 1}
    if kind == "poll":
        shown = {}
        for key, start in body["offsets"].items():
            log = logs.get(key, [])
            shown[key] = [[at, log[at]] for at in range(start, len(log))]
        return {"msgs": shown}
    if kind == "commit_offsets":
        committed.update(body["offsets"])
        return {}
    if kind == "list_committed_offsets":
        return {"offsets": {key: committed[key] for key in body["keys"] if key in committed}}
    raise Refused(10)


for line in sys.stdin:
    packet = json.loads(line)
    body = packet["body"]
    try:
        reply = {"type": body["type"] + "_ok", **answer(body)}
    except Refused as refused:
        reply = {"type": "error", "code": refused.args[0], "text": "no"}
    reply["in_reply_to"] = body["msg_id"]
    print(json.dumps({"src": packet["dest"], "dest": packet["src"], "body": reply}), flush=True)
