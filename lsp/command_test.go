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
