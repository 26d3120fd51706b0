package advise

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// grid goes through the product of the answers to some questions; others get their
// defaults.
func grid(axes map[string][]string, visit func(Answers)) {
	ids := slices.DeleteFunc(QuestionIDs(), func(id string) bool { return axes[id] == nil })
	var walk func(a Answers, left []string)
	walk = func(a Answers, left []string) {
		if len(left) == 0 {
			visit(a.Complete())
			return
		}
		for _, v := range axes[left[0]] {
			with := Answers{}
			for id, values := range a {
				with[id] = values
			}
			with[left[0]] = []string{v}
			if q := FindQuestion(left[0]); q.applies(with.Complete()) || len(q.When) == 0 {
				walk(with, left[1:])
			} else {
				delete(with, left[0])
				walk(with, left[1:])
				return
			}
		}
	}
	walk(Answers{}, ids)
}

// wide are the axes of the grid: every kind, platform, work and number of connections,
// under some constraints and crates.
func wide() map[string][]string {
	axes := map[string][]string{
		"constraints": {"none", "size"},
		"crates":      {"none", "reqwest", "zbus"},
		"send":        {"any", "local"},
		"target":      {"thumbv6m-none-eabi", "thumbv7em-none-eabihf", "riscv32imac-unknown-none-elf", "avr-none"},
	}
	for _, id := range []string{"kind", "platform", "std", "work", "connections", "tasks"} {
		axes[id] = FindQuestion(id).Values()
	}
	return axes
}

// TestGrid holds that each combination of answers has a choice and another fallback,
// or that two answers are named which contradict each other.
func TestGrid(t *testing.T) {
	cells, decided, clashes := 0, 0, map[string]int{}
	primaries := map[string]int{}
	grid(wide(), func(a Answers) {
		cells++
		d, err := Decide(Case{Answers: a})
		if c, ok := err.(*Contradiction); ok {
			if c.Between[0] == "" || c.Between[1] == "" || c.Values[0] == "" || c.Values[1] == "" || c.Is == "" || c.Source == "" {
				t.Errorf("%v: %+v", a, c)
			}
			clashes[fmt.Sprintf("%s=%s %s=%s", c.Between[0], c.Values[0], c.Between[1], c.Values[1])]++
			return
		}
		if err != nil || d.Primary.Name == d.Fallback.Name {
			t.Fatalf("%v: %v %v", a, d, err)
		}
		decided++
		primaries[d.Primary.Name+" / "+d.Fallback.Name]++
	})
	t.Logf("%d combinations, %d decided, %d contradictions", cells, decided, cells-decided)
	if decided < 300 {
		t.Errorf("only %d are decided", decided)
	}
	if os.Getenv("ADVISE_GRID") != "" {
		for k, n := range primaries {
			t.Log(n, k)
		}
		for k, n := range clashes {
			t.Log(n, "CLASH", k)
		}
	}
}

// TestTable decides cases that anybody would decide so.
func TestTable(t *testing.T) {
	for _, c := range []struct {
		answers string
		want    string // primary, fallback; or the questions that clash
	}{
		{"", "tokio-current-thread smol"},
		{"connections=50000", "tokio async-executor"},
		{"platform=cli crates=reqwest", "tokio-current-thread tokio"},
		{"platform=cli constraints=size", "threads tokio-current-thread"},
		{"platform=bare-metal", "embassy-executor rtic"},
		{"platform=bare-metal constraints=tail-latency", "rtic embassy-executor"},
		{"platform=bare-metal connections=100000 work=network", "platform connections"},
		{"platform=bare-metal crates=reqwest", "platform crates"},
		{"platform=browser", "wasm-bindgen-futures embassy-executor"},
		{"platform=io-uring work=disk", "compio threads"},
		{"kind=library", "agnostic async-executor"},
		{"kind=library crates=reqwest", "tokio agnostic"},
		{"work=cpu", "rayon threads"},
		{"crates=actix-web connections=50000", "actix-rt tokio"},
		{"platform=gui-loop", "glib smol"},
		{"msrv=1.63", "smol threads"},
		{"platform=esp-idf", "edge-executor tokio-current-thread"},
		{"kind=library std=no-alloc crates=reqwest", "std crates"},
		{"crates=compio,reqwest", "crates crates"},
		{"crates=compio", "compio tokio-current-thread"},
	} {
		answers := Answers{}
		for _, pair := range strings.Fields(c.answers) {
			id, values, _ := strings.Cut(pair, "=")
			parsed, err := FindQuestion(id).Parse(strings.Split(values, ","))
			if err != nil {
				t.Fatal(err)
			}
			answers[id] = parsed
		}
		got := ""
		switch d, err := Decide(Case{Answers: answers.Complete()}); err := err.(type) {
		case *Contradiction:
			got = err.Between[0] + " " + err.Between[1]
		case nil:
			got = d.Primary.Name + " " + d.Fallback.Name
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.answers, got, c.want)
		}
	}
}
