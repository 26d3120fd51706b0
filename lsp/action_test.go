package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/text"
)

type codeAction struct {
	Title       string
	Kind        string
	IsPreferred bool
	Diagnostics []diagnostic
	Edit        struct {
		Changes         map[string][]textEdit
		DocumentChanges []struct {
			TextDocument struct {
				URI     string
				Version *int
			}
			Edits []textEdit
		}
	}
}

// actions asks for what can be done about a whole file.
func (e *editor) actions(uri string, only ...string) []codeAction {
	e.t.Helper()
	about := object{"diagnostics": e.shown(uri)}
	if len(only) > 0 {
		about["only"] = only
	}
	m := e.call("textDocument/codeAction", object{
		"textDocument": object{"uri": uri}, "context": about, "range": textRange{position{0, 0}, position{1 << 20, 0}},
	})
	if m.Error != nil {
		e.t.Fatalf("codeAction: %+v", *m.Error)
	}
	var actions []codeAction
	check(e.t, json.Unmarshal(m.Result, &actions))
	return actions
}

// shown are the diagnostics of a URI as clients give them back.
func (e *editor) shown(uri string) []object {
	list := []object{}
	for _, d := range e.now(uri) {
		list = append(list, object{"range": d.Range, "code": d.Code, "message": d.Message})
	}
	return list
}

// apply makes the edits of an action; contents are texts by URI.
func (e *editor) apply(a codeAction, contents map[string]string, encoding string) map[string]string {
	e.t.Helper()
	after := maps.Clone(contents)
	edit := func(uri string, edits []textEdit) {
		if _, known := contents[uri]; !known {
			e.t.Fatalf("%s edits %s", a.Title, uri)
		}
		after[uri] = applied(e.t, contents[uri], edits, encoding)
	}
	for uri, edits := range a.Edit.Changes {
		edit(uri, edits)
	}
	for _, c := range a.Edit.DocumentChanges {
		edit(c.TextDocument.URI, c.Edits)
	}
	return after
}

func TestQuickFix(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		e.initialize(full("utf-16"))
		content := e.open("Cargo.toml")
		e.settle()
		uri := e.uri("Cargo.toml")
		actions := e.actions(uri)
		if len(actions) != 1 {
			t.Fatalf("actions: %+v", actions)
		}
		a := actions[0]
		if a.Kind != "quickfix" || !a.IsPreferred || len(a.Diagnostics) != 1 || *a.Edit.DocumentChanges[0].TextDocument.Version != 1 {
			t.Errorf("action: %+v", a)
		}
		fixed := e.apply(a, map[string]string{uri: content}, "utf-16")[uri]
		if !strings.Contains(fixed, `features = ["macros", "rt-multi-thread", "time"]`) {
			t.Errorf("fixed: %s", fixed)
		}
		e.change(uri, 2, whole(fixed))
		e.calm()
		if got := e.codes(uri); got != "" {
			t.Errorf("still shows %s", got)
		}
		if actions := e.actions(uri); len(actions) > 0 {
			t.Errorf("still offers %+v", actions)
		}
	})
}

// What is offered depends on what is asked for and on what the client can take.
func TestActionKinds(t *testing.T) {
	capabilities := func(change func(c object)) object {
		c := full("utf-16")
		change(c["textDocument"].(object)["codeAction"].(object))
		return c
	}
	all := capabilities(func(object) {})
	for _, c := range []struct {
		name         string
		capabilities object
		only         []string
		want         string
	}{
		{"nothing asked for", all, nil, "quickfix preferred"},
		{"quick fixes", all, []string{"quickfix"}, "quickfix preferred"},
		{"all kinds", all, []string{""}, "quickfix preferred, refactor.rewrite, source.fixAll.reactorls"},
		{"refactorings", all, []string{"refactor"}, "refactor.rewrite"},
		{"fix all", all, []string{"source.fixAll"}, "source.fixAll.reactorls"},
		{"fix all of ours", all, []string{"source.fixAll.reactorls"}, "source.fixAll.reactorls"},
		{"source", all, []string{"source"}, "source.fixAll.reactorls"},
		{"fix all of others", all, []string{"source.fixAll.eslint"}, ""},
		{"other kinds", all, []string{"refactor.extract", "source.organizeImports", "quick"}, ""},
		{"both", all, []string{"quickfix", "source.fixAll"}, "quickfix preferred, source.fixAll.reactorls"},
		{"none is preferred", capabilities(func(c object) { delete(c, "isPreferredSupport") }), nil, "quickfix"},
		{"only commands", capabilities(func(c object) { delete(c, "codeActionLiteralSupport") }), nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, fullTokio, func(t *testing.T, e *editor) {
				e.initialize(c.capabilities)
				e.open("Cargo.toml")
				e.settle()
				var got []string
				for _, a := range e.actions(e.uri("Cargo.toml"), c.only...) {
					got = append(got, strings.TrimSuffix(a.Kind+" "+map[bool]string{true: "preferred"}[a.IsPreferred], " "))
				}
				if strings.Join(got, ", ") != c.want {
					t.Errorf("got %v, want %s", got, c.want)
				}
			})
		})
	}
}

// TestRefactor asks for the smallest features where the rules that speak of them are
// switched off, and for another runtime with what it would leave.
func TestRefactor(t *testing.T) {
	for _, c := range []struct {
		name, archive string
		want          []string
	}{
		{"features", fullTokio, []string{"Use the smallest features of `tokio`"}},
		{"runtime", `
-- Cargo.toml --
[package]
name = "demo"
version = "0.1.0"
edition = "2024"

[dependencies]
async-std = "1"
-- src/main.rs --
use async_std::{stream, task};

fn main() {
    task::block_on(async {
        task::sleep(std::time::Duration::ZERO).await;
        let _ = stream::empty::<u8>();
    })
}
`, []string{"Move from async-std to smol, which leaves 1 place", "not moved to smol: `async_std::stream::empty` in src/main.rs:6"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, c.archive, func(t *testing.T, e *editor) {
				capabilities := full("utf-16")
				capabilities["workspace"].(object)["workspaceEdit"] = object{"documentChanges": true, "changeAnnotationSupport": object{}}
				e.initializeAs(object{
					"processId": nil, "capabilities": capabilities, "workspaceFolders": []object{{"uri": e.uri(""), "name": "w"}},
					"initializationOptions": object{"rules": object{"unused-feature": "off", "dev-only-feature": "off"}},
				})
				e.open("Cargo.toml")
				e.settle()
				m := e.call("textDocument/codeAction", object{
					"textDocument": object{"uri": e.uri("Cargo.toml")}, "context": object{"diagnostics": []object{}, "only": []string{"refactor"}},
					"range": textRange{position{6, 1}, position{6, 1}},
				})
				for _, want := range c.want {
					if !strings.Contains(string(m.Result), want) {
						t.Errorf("no %s in %s %+v", want, m.Result, m.Error)
					}
				}
			})
		})
	}
}

// An action belongs to the diagnostics in the range that is asked about.
func TestActionRange(t *testing.T) {
	for _, c := range []struct {
		name string
		at   textRange
		want int
	}{
		{"cursor at the start", textRange{position{6, 37}, position{6, 37}}, 1},
		{"cursor in it", textRange{position{6, 40}, position{6, 40}}, 1},
		{"cursor at the end", textRange{position{6, 43}, position{6, 43}}, 1},
		{"inverted", textRange{position{7, 0}, position{6, 0}}, 1},
		{"before", textRange{position{6, 0}, position{6, 30}}, 0},
		{"behind", textRange{position{7, 0}, position{99, 0}}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, fullTokio, func(t *testing.T, e *editor) {
				e.initialize(full("utf-16"))
				e.open("Cargo.toml")
				m := e.call("textDocument/codeAction", object{
					"textDocument": object{"uri": e.uri("Cargo.toml")}, "context": object{"diagnostics": []object{}}, "range": c.at,
				})
				var actions []codeAction
				check(t, json.Unmarshal(m.Result, &actions))
				if len(actions) != c.want {
					t.Errorf("got %s", m.Result)
				}
			})
		})
	}
}

// mark is what the fixtures of rules say about a line below it.
var mark = regexp.MustCompile("(?m)^[ \t]*(?:#|//)~ .*\n")

// TestFixtures shows every project that the rules are tested with to a client, in
// several forms, and compares what arrives there to what the rules say: each
// place, and each fix, by the client's own arithmetic.
func TestFixtures(t *testing.T) {
	paths, err := filepath.Glob("../testdata/rules/*/*.txtar")
	check(t, err)
	if len(paths) == 0 {
		t.Fatal("no fixtures")
	}
	for _, form := range []struct {
		encoding  string
		versioned bool
		change    func(name, content string) string
	}{
		{"utf-8", true, func(_, content string) string { return strings.ReplaceAll(content, "\n", "\r\n") }},
		{"utf-16", false, widen},
	} {
		for _, path := range paths {
			t.Run(fmt.Sprint(form.encoding, " ", filepath.Base(filepath.Dir(path)), "/", filepath.Base(path)), func(t *testing.T) {
				data, err := os.ReadFile(path)
				check(t, err)
				archive := txtar.Parse(data)
				archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "fixed/") })
				for i, f := range archive.Files {
					archive.Files[i].Data = []byte(form.change(f.Name, mark.ReplaceAllString(string(f.Data), "")))
				}
				bubble(t, string(txtar.Format(archive)), func(t *testing.T, e *editor) {
					compare(e, archive, form.encoding, form.versioned)
				})
			})
		}
	}
}

// widen puts characters that count differently in each encoding before places
// that rules speak of.
func widen(name, content string) string {
	if filepath.Ext(name) == ".rs" {
		return strings.TrimSuffix("/*𝄞é*/ "+strings.ReplaceAll(content, "\n", "\n/*𝄞é*/ "), "/*𝄞é*/ ")
	}
	return strings.ReplaceAll(content, "features = [", `features = ["𝄞é", `)
}

// compare holds what a client sees of a project against what the rules find.
func compare(e *editor, archive *txtar.Archive, encoding string, versioned bool) {
	t, dir := e.t, e.dir
	capabilities := full(encoding)
	capabilities["workspace"].(object)["workspaceEdit"].(object)["documentChanges"] = versioned
	e.initialize(capabilities)

	contents, names := map[string]string{}, map[string]string{} // by URI, and by path
	for _, f := range archive.Files {
		uri := e.uri(f.Name)
		contents[uri] = string(f.Data)
		names[filepath.Join(dir, filepath.FromSlash(f.Name))] = uri
	}
	snapshot := engine.NewSession().Snapshot()
	w, err := snapshot.Workspace(dir)
	check(t, err)
	result, err := diagnostics.Run(context.Background(), snapshot, w, diagnostics.Options{})
	check(t, err)

	byURI := map[string][]diagnostics.Diagnostic{}
	for _, d := range result.Diagnostics {
		byURI[names[d.Path]] = append(byURI[names[d.Path]], d)
	}
	if root := e.uri("Cargo.toml"); byURI[root] == nil {
		byURI[root] = []diagnostics.Diagnostic{}
	}
	for uri := range byURI { // not all: who looks into a vendored crate is told of that, too
		e.openText(uri, contents[uri])
	}
	e.calm()
	for uri, found := range byURI {
		content := contents[uri]
		if len(e.now(uri)) != len(found) {
			t.Fatalf("%s shows %+v, want %+v", uri, e.now(uri), found)
		}
		var want []string
		for i, d := range found {
			shown := e.now(uri)[i]
			if got := sliceIn(content, shown.Range, encoding); shown.Code != d.Rule.Code || got != content[d.Span.Start:d.Span.End] {
				t.Errorf("shows %s at %q, want %s at %q", shown.Code, got, d.Rule.Code, content[d.Span.Start:d.Span.End])
			}
			for _, fix := range d.Fixes {
				if len(fix.Edits) > 0 {
					want = append(want, describe(fix.Title, afterFix(t, fix, contents, names)))
				}
			}
		}
		var got []string
		for _, a := range e.actions(uri, "quickfix") {
			got = append(got, describe(a.Title, e.apply(a, contents, encoding)))
		}
		if !slices.Equal(got, want) {
			t.Errorf("actions:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}

	changed, err := diagnostics.FixAll(context.Background(), snapshot.Fork(), dir, diagnostics.Options{}, func(d diagnostics.Diagnostic) bool { return d.Path == filepath.Join(dir, "Cargo.toml") })
	check(t, err)
	want := maps.Clone(contents)
	for path, content := range changed {
		want[names[path]] = content
	}
	got := contents
	for _, a := range e.actions(e.uri("Cargo.toml"), "source.fixAll") {
		got = e.apply(a, contents, encoding)
	}
	if describe("", got) != describe("", want) {
		t.Errorf("fix all:\n%s\nwant:\n%s", describe("", got), describe("", want))
	}
}

// afterFix are the texts as the rule's own edits leave them.
func afterFix(t testing.TB, fix diagnostics.Fix, contents, names map[string]string) map[string]string {
	edits := map[string][]text.Edit{}
	for _, e := range fix.Edits {
		edits[names[e.Path]] = append(edits[names[e.Path]], e.Edit)
	}
	after := maps.Clone(contents)
	for uri, es := range edits {
		var err error
		after[uri], err = text.Apply(contents[uri], es)
		check(t, err)
	}
	return after
}

func describe(title string, contents map[string]string) string {
	for _, uri := range slices.Sorted(maps.Keys(contents)) {
		title += fmt.Sprintf("\n%s: %q", filepath.Base(uri), contents[uri])
	}
	return title
}

// What changes several files and is not certain is to be confirmed, where the client can
// ask for that.
func TestActionRisk(t *testing.T) {
	const bridged = `
-- Cargo.toml --
[package]
name = "p"
version = "0.1.0"
edition = "2024"

[dependencies]
smol = "2"
tokio = { version = "1", features = ["time"] }
-- src/main.rs --
fn main() {
    smol::block_on(async { tokio::time::sleep(std::time::Duration::ZERO).await });
}
`
	for _, asks := range []bool{true, false} {
		bubble(t, bridged, func(t *testing.T, e *editor) {
			capabilities := full("utf-16")
			if asks {
				capabilities["workspace"].(object)["workspaceEdit"].(object)["changeAnnotationSupport"] = object{}
			}
			e.initialize(capabilities)
			e.open("src/main.rs")
			e.calm()
			m := e.call("textDocument/codeAction", object{
				"textDocument": object{"uri": e.uri("src/main.rs")}, "range": textRange{position{1, 0}, position{1, 80}},
				"context": object{"diagnostics": []any{}},
			})
			if !strings.Contains(string(m.Result), "Compat") {
				t.Fatalf("no bridge is offered: %s", m.Result)
			}
			if got := strings.Contains(string(m.Result), `"needsConfirmation":true`); got != asks {
				t.Errorf("to be confirmed: %t, want %t: %s", got, asks, m.Result)
			}
		})
	}
}
