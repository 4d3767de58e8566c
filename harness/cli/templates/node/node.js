#!/usr/bin/env node
// Reliable broadcast: whoever sees a message for the first time relays it, and then delivers it.
//
// Lines of JSON come in on standard input and go out on standard output; standard error is the log.
const readline = require("node:readline");

const seen = new Set();
let me, nodes, features;

function send(dest, body) {
  process.stdout.write(JSON.stringify({ src: me, dest, body }) + "\n");
}

function see(message) {
  if (seen.has(message.id)) return;
  seen.add(message.id);
  for (const node of nodes) {
    if (node !== me) send(node, { type: "relay", message });
  }
  send("harness", { type: "deliver", ...message });
}

function hear({ src, body }) {
  switch (body.type) {
    case "init":
      [me, nodes] = [body.node_id, body.node_ids];
      // "time": nothing happens while a line is handled, so a run takes milliseconds.
      features = (body.features ?? []).filter((name) => name === "time");
      send(src, { type: "init_ok", in_reply_to: body.msg_id, features });
      break;
    case "multicast":
      send(src, { type: "multicast_ok", in_reply_to: body.msg_id });
      see({ id: body.id, payload: body.payload });
      break;
    case "relay":
      see(body.message);
      break;
  }
  if (features.length > 0) send("harness", { type: "done" });
}

readline.createInterface({ input: process.stdin }).on("line", (line) => hear(JSON.parse(line)));
