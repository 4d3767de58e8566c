// Times Porcupine on histories in JSON lines: registers, one for each key.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"time"

	"github.com/anishathalye/porcupine"
)

type input struct {
	key   int64
	write bool
	value int64
}

type body struct {
	F     string `json:"f"`
	Key   int64  `json:"key"`
	Value *int64 `json:"value"`
}

type line struct {
	K      string `json:"k"`
	Client string `json:"client"`
	Op     *body  `json:"op"`
	Result *body  `json:"result"`
}

const absent = int64(-1)

// Registers of different keys are judged one by one, in the order of their keys.
func byKey(all []porcupine.Operation) [][]porcupine.Operation {
	sorted := append([]porcupine.Operation(nil), all...)
	key := func(i int) int64 { return sorted[i].Input.(input).key }
	sort.SliceStable(sorted, func(i, j int) bool { return key(i) < key(j) })
	var parts [][]porcupine.Operation
	for from, to := 0, 0; from < len(sorted); from = to {
		for to = from; to < len(sorted) && key(to) == key(from); to++ {
		}
		parts = append(parts, sorted[from:to])
	}
	return parts
}

var model = porcupine.Model{
	Partition: byKey,
	Init: func() interface{} { return absent },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		inp := in.(input)
		if inp.write {
			return true, inp.value
		}
		return out.(int64) == state.(int64), state
	},
	Equal: func(a, b interface{}) bool { return a.(int64) == b.(int64) },
	Hash:  func(s interface{}) uint64 { return uint64(s.(int64)) * 0x9e3779b97f4a7c15 },
}

func read(path string) []porcupine.Operation {
	file, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	var ops []porcupine.Operation
	open := map[string]int{}
	ids := map[string]int{}
	scanner := bufio.NewScanner(file)
	scanner.Scan()
	for at := int64(0); scanner.Scan(); at++ {
		var l line
		if err := json.Unmarshal(scanner.Bytes(), &l); err != nil {
			panic(err)
		}
		if l.K == "invoke" {
			id, ok := ids[l.Client]
			if !ok {
				id = len(ids)
				ids[l.Client] = id
			}
			in := input{key: l.Op.Key, write: l.Op.F == "write"}
			if in.write {
				in.value = *l.Op.Value
			}
			open[l.Client] = len(ops)
			ops = append(ops, porcupine.Operation{ClientId: id, Input: in, Call: at})
		} else {
			op := &ops[open[l.Client]]
			op.Return = at
			out := absent
			if l.Result.Value != nil {
				out = *l.Result.Value
			}
			op.Output = out
		}
	}
	return ops
}

func main() {
	for _, path := range os.Args[1:] {
		ops := read(path)
		start := time.Now()
		result := porcupine.CheckOperationsTimeout(model, ops, 120*time.Second)
		took := time.Since(start).Seconds()
		fmt.Printf("%s: %d operations, %s, %.3f s, %.0f ops/s\n", path, len(ops), result, took, float64(len(ops))/took)
	}
}
