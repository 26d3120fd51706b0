package lsp

import (
	"encoding/json"
	"strings"
	"testing"
)

// pulls are the capabilities of a client that asks for diagnostics.
func pulls(capabilities object) object {
	capabilities["textDocument"].(object)["diagnostic"] = object{"relatedDocumentSupport": true}
	capabilities["workspace"].(object)["diagnostics"] = object{"refreshSupport": true}
	return capabilities
}

// pulledReport is one answer, or an item of one.
type pulledReport struct {
	Kind, ResultID, URI string
	Version             *int
	Items               []diagnostic
}

func (e *editor) pull(uri, previous string) pulledReport {
	e.t.Helper()
	params := object{"textDocument": object{"uri": uri}}
	if previous != "" {
		params["previousResultId"] = previous
	}
	var r pulledReport
	check(e.t, json.Unmarshal(e.call("textDocument/diagnostic", params).Result, &r))
	return r
}

func TestPull(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		offered := e.initialize(pulls(full("utf-16")))
		if offered["diagnosticProvider"] == nil {
			t.Fatal("not offered")
		}
		uri := e.uri("Cargo.toml")
		e.calm()
		if e.codes(uri) != "unused-feature" {
			t.Errorf("what is closed is sent: %q", e.codes(uri))
		}
		content := e.open("Cargo.toml")
		e.calm()
		if len(e.now(uri)) > 0 {
			t.Error("what is open is sent, though it is asked for")
		}
		first := e.pull(uri, "")
		if first.Kind != "full" || len(first.Items) != 1 || first.Items[0].Code != "unused-feature" {
			t.Fatalf("%+v", first)
		}
		if r := e.pull(uri, first.ResultID); r.Kind != "unchanged" || r.ResultID != first.ResultID {
			t.Errorf("the same again: %+v", r)
		}
		e.change(uri, 2, whole(strings.ReplaceAll(content, `"full"`, `"rt"`)))
		e.calm()
		second := e.pull(uri, first.ResultID)
		if second.Kind != "full" || second.ResultID == first.ResultID {
			t.Errorf("after a change: %+v", second)
		}
		if r := e.pull(e.uri("../elsewhere.toml"), ""); r.Kind != "full" || r.Items == nil || len(r.Items) > 0 {
			t.Errorf("no workspace: %+v", r)
		}
		e.notify("textDocument/didClose", object{"textDocument": object{"uri": uri}})
		e.calm()
		if e.codes(uri) != "unused-feature" {
			t.Errorf("what was closed is sent: %q", e.codes(uri))
		}
	})
}

// An open document whose diagnostics change with another file is asked for again; a
// client that does not answer that goes on being served.
func TestPullRefresh(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		e.initialize(pulls(full("utf-16")))
		e.open("Cargo.toml")
		source := e.open("src/main.rs")
		e.calm()
		first := e.pull(e.uri("Cargo.toml"), "")
		for version := 2; version < 4; version++ {
			e.change(e.uri("src/main.rs"), version, whole(strings.Repeat("use tokio::fs;\n", version-1)+source))
			m := e.asked("workspace/diagnostic/refresh")
			if r := e.pull(e.uri("Cargo.toml"), first.ResultID); r.Kind != "full" || r.ResultID == first.ResultID {
				t.Errorf("before the refresh is answered: %+v", r)
			}
			e.say(object{"id": m.ID, "result": nil})
			e.calm()
			e.change(e.uri("src/main.rs"), version+10, whole(source))
			e.requested("workspace/diagnostic/refresh")
			e.calm()
		}
	})
}

// Who asks for the workspace is sent nothing any more.
func TestPullWorkspace(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		e.initialize(pulls(full("utf-16")))
		e.calm()
		ask := func(previous ...object) []pulledReport {
			var r struct{ Items []pulledReport }
			m := e.call("workspace/diagnostic", object{"previousResultIds": append([]object{}, previous...)})
			if m.Error != nil {
				t.Fatalf("%+v", *m.Error)
			}
			check(t, json.Unmarshal(m.Result, &r))
			return r.Items
		}
		items := ask()
		if len(items) != 1 && len(items) != 2 || items[0].URI != e.uri("Cargo.toml") || items[0].Kind != "full" || items[0].Version != nil {
			t.Fatalf("%+v", items)
		}
		e.calm()
		if len(e.now(e.uri("Cargo.toml"))) > 0 {
			t.Error("it is still sent")
		}
		previous := []object{
			{"uri": e.uri("Cargo.toml"), "value": items[0].ResultID}, {"uri": e.uri("gone.rs"), "value": "x"},
		}
		for _, item := range ask(previous...) {
			switch {
			case item.URI == e.uri("Cargo.toml") && item.Kind != "unchanged":
				t.Errorf("%+v", item)
			case item.URI == e.uri("gone.rs") && (item.Kind != "full" || len(item.Items) > 0):
				t.Errorf("%+v", item)
			}
		}
	})
}
