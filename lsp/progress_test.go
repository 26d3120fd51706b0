package lsp

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestCommandProgress holds that a command shows that it works under the token that it
// was given.
func TestCommandProgress(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		e.initialize(full("utf-16"))
		id := e.ask("workspace/executeCommand", object{
			"command": "reactorls.explain", "arguments": []object{{"subject": "tokio"}}, "workDoneToken": "T",
		})
		var got []string
		for m := e.receive(); string(m.ID) != id; m = e.receive() {
			if m.Method == "$/progress" {
				var p struct {
					Token string
					Value struct{ Kind, Title string }
				}
				check(t, json.Unmarshal(m.Params, &p))
				got = append(got, strings.TrimSpace(p.Token+" "+p.Value.Kind+" "+p.Value.Title))
			}
		}
		if want := "T begin reactorls.explain, T end"; strings.Join(got, ", ") != want {
			t.Errorf("got %q, want %s", got, want)
		}
		e.notify("window/workDoneProgress/cancel", object{"token": "T"}) // too late, and no harm
		e.notify("window/workDoneProgress/cancel", object{"token": 5})
		e.calm()
	})
}

func TestTrace(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		e.initialize(full("utf-16"))
		e.calm()
		traced := func(value string) int {
			e.notify("$/setTrace", object{"value": value})
			id := e.ask("textDocument/hover", at(e.uri("Cargo.toml"), position{0, 0}))
			n := 0
			for m := e.receive(); string(m.ID) != id; m = e.receive() {
				if m.Method == "$/logTrace" && strings.Contains(string(m.Params), "hover") {
					n++
				}
			}
			return n
		}
		if got := traced("messages"); got != 1 {
			t.Errorf("%d messages while it is traced", got)
		}
		if got := traced("off"); got != 0 {
			t.Errorf("%d messages while it is not", got)
		}
	})
}

// TestResolve holds that "fix all" comes without its edit where the client asks for that
// when it is chosen, for the text as it then is.
func TestResolve(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		capabilities := full("utf-16")
		action := capabilities["textDocument"].(object)["codeAction"].(object)
		action["dataSupport"], action["resolveSupport"] = true, object{"properties": []string{"edit"}}
		e.initialize(capabilities)
		content := e.open("Cargo.toml")
		e.calm()
		ask := func() []json.RawMessage {
			var actions []json.RawMessage
			check(t, json.Unmarshal(e.call("textDocument/codeAction", object{
				"textDocument": object{"uri": e.uri("Cargo.toml")}, "range": textRange{},
				"context": object{"diagnostics": []any{}, "only": []string{"source.fixAll"}},
			}).Result, &actions))
			return actions
		}
		actions := ask()
		if len(actions) != 1 || strings.Contains(string(actions[0]), "edit") {
			t.Fatalf("%s", actions)
		}
		e.change(e.uri("Cargo.toml"), 2, whole("# moved\n"+content))
		resolved := e.call("codeAction/resolve", actions[0])
		for _, want := range []string{`"version":2`, `"line":7`, "rt-multi-thread"} {
			if !strings.Contains(string(resolved.Result), want) {
				t.Errorf("%s is not in %s", want, resolved.Result)
			}
		}
		e.change(e.uri("Cargo.toml"), 3, whole(strings.ReplaceAll(content, `"full"`, `"macros", "rt-multi-thread", "time"`)))
		if got := ask(); len(got) > 0 {
			t.Errorf("nothing is left to fix: %s", got)
		}
		if m := e.call("codeAction/resolve", object{"title": "of another server"}); m.Error != nil || !strings.Contains(string(m.Result), "another") {
			t.Errorf("%+v", m)
		}
	})
}
