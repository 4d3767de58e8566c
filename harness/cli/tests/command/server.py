"""Every workload of Maelstrom's by one server that does one thing after the other; with an argument,
it gets every fifth request of that kind wrong."""
import json, sys

wrong = sys.argv[1] if len(sys.argv) > 1 else None
count = {}
values, total, store, logs, committed = [], 0, {}, {}, {}


def slips(kind):
    count[kind] = count.get(kind, 0) + 1
    return kind == wrong and count[kind] % 5 == 0


class Refused(Exception):
    pass


def transact(parts, slip):
    done = []
    for f, key, value in parts:
        before = store.get(key)
        if f == "r":
            stale = before[:-1] if isinstance(before, list) else None
            done.append([f, key, stale if slip else list(before) if isinstance(before, list) else before])
        elif f == "append":
            store[key] = (before or []) + [value]
            done.append([f, key, value])
        else:
            store[key] = value
            done.append([f, key, value])
    return {"txn": done}


def answer(body):
    global total
    kind = body["type"]
    slip = slips(kind)
    if kind == "init" or kind == "topology":
        return {}
    if kind == "echo":
        return {"echo": "something else" if slip else body["echo"]}
    if kind == "generate":
        return {"id": 7 if slip else count[kind] + 100}
    if kind in ("broadcast", "add") and ("message" in body or "element" in body):
        values.extend([] if slip else [body.get("message", body.get("element"))])
        return {}
    if kind == "add":
        total += 0 if slip else body["delta"]
        return {}
    if kind == "read" and "key" in body:
        if body["key"] not in store:
            raise Refused(20)
        return {"value": -1 if slip else store[body["key"]]}
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
        return transact(body["txn"], slip)
    if kind == "send":
        log = logs.setdefault(body["key"], [])
        log.append(None if slip else body["msg"])
        return {"offset": len(log) - 1}
    if kind == "poll":
        shown = {}
        for key, start in body["offsets"].items():
            log = logs.get(key, [])
            known = [[at, log[at]] for at in range(start, len(log)) if log[at] is not None]
            shown[key] = known[1:] if slip else known
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
