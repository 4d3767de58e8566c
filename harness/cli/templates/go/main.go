// Reliable broadcast: whoever sees a message for the first time relays it, and then delivers it.
//
// Lines of JSON come in on standard input and go out on standard output; standard error is the log.
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"
)

type message struct {
	ID      string `json:"id"`
	Payload string `json:"payload"`
}

type body struct {
	Type      string   `json:"type"`
	MsgID     int      `json:"msg_id,omitempty"`
	InReplyTo int      `json:"in_reply_to,omitempty"`
	NodeID    string   `json:"node_id,omitempty"`
	NodeIDs   []string `json:"node_ids,omitempty"`
	Features  []string `json:"features,omitempty"`
	ID        string   `json:"id,omitempty"`
	Payload   string   `json:"payload,omitempty"`
	Message   *message `json:"message,omitempty"`
}

type packet struct {
	Src  string `json:"src"`
	Dest string `json:"dest"`
	Body body   `json:"body"`
}

var (
	me    string
	nodes []string
	timed bool
	seen  = map[string]bool{}
	out   = bufio.NewWriter(os.Stdout)
)

func send(dest string, b body) {
	line, err := json.Marshal(packet{Src: me, Dest: dest, Body: b})
	if err != nil {
		log.Fatal(err)
	}
	out.Write(append(line, '\n'))
}

func see(m message) {
	if seen[m.ID] {
		return
	}
	seen[m.ID] = true
	for _, node := range nodes {
		if node != me {
			send(node, body{Type: "relay", Message: &m})
		}
	}
	send("harness", body{Type: "deliver", ID: m.ID, Payload: m.Payload})
}

func hear(p packet) {
	switch p.Body.Type {
	case "init":
		me, nodes = p.Body.NodeID, p.Body.NodeIDs
		answer := body{Type: "init_ok", InReplyTo: p.Body.MsgID}
		// "time": nothing happens while a line is handled, so a run takes milliseconds.
		for _, name := range p.Body.Features {
			if name == "time" {
				timed, answer.Features = true, []string{name}
			}
		}
		send(p.Src, answer)
	case "multicast":
		send(p.Src, body{Type: "multicast_ok", InReplyTo: p.Body.MsgID})
		see(message{ID: p.Body.ID, Payload: p.Body.Payload})
	case "relay":
		see(*p.Body.Message)
	}
	if timed {
		send("harness", body{Type: "done"})
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var p packet
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			log.Fatal(err)
		}
		hear(p)
		out.Flush()
	}
}
