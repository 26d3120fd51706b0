package lsp

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommands(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		capabilities := full("utf-16")
		capabilities["workspace"].(object)["applyEdit"] = true
		capabilities["window"] = object{"showDocument": object{"support": true}}
		offered := e.initialize(capabilities)
		names, err := json.Marshal(offered["executeCommandProvider"])
		check(t, err)
		execute := func(command string, argument ...any) message {
			return e.call("workspace/executeCommand", object{"command": command, "arguments": argument})
		}
		here := e.uri("Cargo.toml")
		answered := object{
			"platform": "server", "work": "network", "connections": 50_000, "tasks": "fine", "constraints": []string{"size", "memory"},
			"send": "any", "crates": "none", "msrv": "any", "licence": "any", "change": "no",
		}
		for _, c := range []struct {
			command  string
			argument []any
			want     string // in the answer
		}{
			{"reactorls.report", []any{object{"uri": here, "format": "json"}}, "json of " + filepath.Base(e.dir) + ": 1"},
			{"reactorls.report", []any{object{"format": "human"}}, "human of"},
			{"reactorls.report", nil, "report.html"},
			{"reactorls.report", []any{object{"uri": "file:///nowhere/Cargo.toml", "format": "json"}}, `"code"`},
			{"reactorls.explain", []any{object{"subject": "tokio"}}, "# tokio"},
			{"reactorls.explain", []any{object{"subject": "tokyo"}}, "not known"},
			{"reactorls.explain", []any{}, "wants a subject"},
			{"reactorls.explain", []any{7}, `-32602`},
			{"reactorls.recommend", []any{object{"uri": here, "answers": object{}}}, `{"question":{"id":"platform","title":"Where does it run?","choices":[{"value":"server","label":"a Linux server","detail":""},`},
			{"reactorls.recommend", []any{object{"uri": here, "answers": object{"platfrom": "cli"}}}, `is no question`},
			{"reactorls.recommend", []any{object{"uri": here, "answers": object{"platform": "bare-metal", "work": "network", "connections": 100000}}}, "contradict each other"},
			{"reactorls.recommend", []any{object{"uri": here, "answers": answered}}, `{"title":"Async runtime: Tokio, multi-threaded","markdown":"# Async runtime: Tokio, multi-threaded\n`},
			{"reactorls.recommend", []any{object{"uri": here, "answers": answered}}, `"applicable":false}`},
			{"reactorls.nonsense", nil, "no command"},
			{"reactorls.restartAnalysis", []any{object{}}, "null"},
			{"reactorls.fixAll", []any{object{"uri": here}}, "null"},
		} {
			m := execute(c.command, c.argument...)
			answer := string(m.Result)
			if m.Error != nil {
				text, err := json.Marshal(object{"code": m.Error.Code, "message": m.Error.Message})
				check(t, err)
				answer = string(text)
			}
			if !strings.Contains(answer, c.want) {
				t.Errorf("%s %v: %s", c.command, c.argument, answer)
			}
			if !strings.Contains(string(names), c.command) && c.command != "reactorls.nonsense" {
				t.Errorf("%s is not offered: %s", c.command, names)
			}
		}
		if m := e.requested("workspace/applyEdit"); !strings.Contains(string(m.Params), "Cargo.toml") {
			t.Errorf("applied: %s", m.Params)
		}
	})
}

// TestRecommendApplied has the client add a dependency to the manifest and make the file
// that is not there.
func TestRecommendApplied(t *testing.T) {
	const bare = `
-- Cargo.toml --
[package]
name = "demo"
version = "0.1.0"
edition = "2021"
`
	bubble(t, bare, func(t *testing.T, e *editor) {
		capabilities := full("utf-16")
		capabilities["workspace"].(object)["applyEdit"] = true
		capabilities["workspace"].(object)["workspaceEdit"] = object{"documentChanges": true, "resourceOperations": []string{"create"}}
		e.initialize(capabilities)
		answers := object{
			"platform": "cli", "work": "cpu", "constraints": "none", "send": "any", "crates": "none",
			"msrv": "any", "licence": "any", "change": "no",
		}
		id := e.ask("workspace/executeCommand", object{"command": "reactorls.recommend", "arguments": []any{
			object{"uri": e.uri("Cargo.toml"), "answers": answers, "apply": true},
		}})
		result, edit := "", "" // in any order
		for result == "" || edit == "" {
			switch m := e.receive(); {
			case m.Method == "" && string(m.ID) == id:
				result = string(m.Result)
			case m.Method == "workspace/applyEdit":
				edit = string(m.Params)
				e.say(object{"id": m.ID, "result": object{"applied": true}})
			}
		}
		if !strings.Contains(result, `"applicable":true`) {
			t.Error(result)
		}
		for _, want := range []string{`"kind":"create"`, `main.rs`, `[dependencies]\nrayon = \"1.11\"`, `use rayon::prelude`} {
			if !strings.Contains(edit, want) {
				t.Errorf("no %s in %s", want, edit)
			}
		}
	})
}

// TestRecommendByMessages has a client that knows nothing of the questions ask them.
func TestRecommendByMessages(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		capabilities := full("utf-16")
		capabilities["window"] = object{"showDocument": object{"support": true}}
		e.initialize(capabilities)
		if m := e.call("workspace/executeCommand", object{"command": "reactorls.recommend"}); m.Error != nil {
			t.Fatal(m.Error)
		}
		asked, shown, said := 0, "", ""
		for shown == "" || said == "" {
			m := e.receive()
			switch m.Method {
			case "window/showMessageRequest":
				var p struct {
					Message string
					Actions []object
				}
				if err := json.Unmarshal(m.Params, &p); err != nil {
					t.Fatal(err)
				}
				if strings.HasPrefix(p.Message, "Async runtime: ") {
					e.say(object{"id": m.ID, "result": nil})
					said = p.Message
					continue
				}
				asked++
				if len(p.Actions) < 2 {
					t.Errorf("no choice: %s", m.Params)
				}
				e.say(object{"id": m.ID, "result": p.Actions[0]})
			case "window/showDocument":
				shown = string(m.Params)
				e.say(object{"id": m.ID, "result": object{"success": true}})
			case "window/showMessage":
				t.Fatalf("%s", m.Params)
			}
		}
		if asked < 3 || !strings.Contains(said, "recommendation.md") || !strings.Contains(shown, "recommendation.md") {
			t.Errorf("after %d questions, and %q: %s", asked, shown, said)
		}
	})
}
