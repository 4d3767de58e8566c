"""A node that does wrong whatever its argument names."""
import json, os, sys, time


def say(dest, **body):
    print(json.dumps({"src": me, "dest": dest, "body": body}), flush=True)


def misbehave():
    if how == "rubbish":
        print("Traceback: I am no message", flush=True)
        say("n9", type="hello")
        say("c7", type="echo_ok", in_reply_to=4)
        say("harness", type="sing")
        print(json.dumps({"src": "n2", "dest": "n1", "body": {}}), flush=True)
    elif how == "exit":
        sys.stderr.write("out of luck\n")
        sys.exit(3)
    elif how == "flood":
        while True:
            say("n2" if me == "n1" else "n1", type="flood", text="x" * 100)
    elif how == "deaf":
        time.sleep(60)
    elif how == "noise":
        sys.stderr.write("x" * (30 << 20))
    elif how == "invent":
        say("harness", type="deliver", id="nonsense", payload="")
        say("harness", type="deliver", id="n1:0:77", payload="")
    elif how == "senseless":
        say("harness", type="respond", op_id=7, result=1)
        say("harness", type="view", view=1, members=["n1"])
        say("harness", type="view", view=1, members=["n1", "n2"])
    elif how == "names":
        say("harness", type="view", view=1, members=["n1", "n77"])
        say("harness", type="suspect", target="everybody")


how = sys.argv[1]
for line in sys.stdin:
    packet = json.loads(line)
    body = packet["body"]
    if body["type"] == "init":
        me = body["node_id"]
        if how == "mute":
            time.sleep(60)
        say(packet["src"], type="init_ok", in_reply_to=body["msg_id"])
    elif body["type"] == "echo":
        say(packet["src"], type="echo_ok", in_reply_to=body["msg_id"], echo=body["echo"])
        say(packet["src"], type="echo_ok", in_reply_to=body["msg_id"], echo=body["echo"])
    elif me == "n1":
        misbehave()
