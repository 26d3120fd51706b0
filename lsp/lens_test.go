package lsp

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// on are the settings that show all there is.
var on = object{"inlayHints": true, "rustDefinition": true}

// greetWith initializes with settings.
func (e *editor) greetWith(encoding string, settings object) object {
	return e.initializeAs(object{
		"processId": nil, "capabilities": full(encoding), "initializationOptions": settings,
		"workspaceFolders": []object{{"uri": e.uri(""), "name": "w"}},
	})
}

// openAs shows a file of the workspace with other line ends.
func (e *editor) openAs(name, newline string) string {
	e.t.Helper()
	content, err := os.ReadFile(filepath.Join(e.dir, name))
	check(e.t, err)
	text := strings.ReplaceAll(string(content), "\n", newline)
	e.openText(e.uri(name), text)
	return text
}

func TestLensesAndHints(t *testing.T) {
	want := map[string][]string{
		"Cargo.toml":  {"async-std: uses 3 of 4 features · 1 reactor in the graph", "tokio: uses 3 of 11 features · 1 reactor in the graph"},
		"src/main.rs": {"tokio::main: multi-thread · 3 workers"},
	}
	for encoding := range encodingNames {
		for _, newline := range []string{"\n", "\r\n"} {
			bubble(t, driven, func(t *testing.T, e *editor) {
				e.greetWith(encoding, on)
				for file, want := range want {
					text := e.openAs(file, newline)
					document := object{"uri": e.uri(file)}
					var lenses []struct {
						Range   textRange
						Command struct{ Title string }
					}
					check(t, json.Unmarshal(e.call("textDocument/codeLens", object{"textDocument": document}).Result, &lenses))
					var got []string
					for _, l := range lenses {
						got = append(got, sliceIn(text, l.Range, encoding)+": "+l.Command.Title)
					}
					if strings.Join(got, "\n") != strings.Join(want, "\n") {
						t.Errorf("%s: got %q, want %q", file, got, want)
					}
					var hints []struct {
						Position position
						Label    string
					}
					everywhere := textRange{position{0, 0}, position{1 << 30, 0}}
					check(t, json.Unmarshal(e.call("textDocument/inlayHint", object{"textDocument": document, "range": everywhere}).Result, &hints))
					for i, h := range hints {
						line := strings.Split(text, newline)[h.Position.Line]
						if units(line, encoding) != h.Position.Character || i < len(want) && !strings.HasSuffix(want[i], h.Label) {
							t.Errorf("%s: %+v in %q, want %s", file, h, line, want[i])
						}
					}
					if len(hints) != len(want) {
						t.Errorf("%s: %d hints", file, len(hints))
					}
					nowhere := textRange{position{0, 0}, position{0, 1}}
					if m := e.call("textDocument/inlayHint", object{"textDocument": document, "range": nowhere}); string(m.Result) != "null" && string(m.Result) != "[]" {
						if file == "Cargo.toml" {
							t.Errorf("%s: outside of the range: %s", file, m.Result)
						}
					}
				}
			})
		}
	}
}

// Nothing is shown of what others hold, or where the default leaves it out.
func TestLensesNowhere(t *testing.T) {
	bubble(t, hovered, func(t *testing.T, e *editor) {
		if offered := e.initialize(full("utf-16")); offered["inlayHintProvider"] != nil || offered["codeLensProvider"] == nil {
			t.Errorf("offered are %v", offered)
		}
		for _, uri := range []string{e.uri("nowhere/Cargo.toml"), "untitled:Cargo.toml", "", e.uri("src"), e.uri("src/lib.rs")} {
			for method, params := range map[string]object{
				"textDocument/codeLens":   {},
				"textDocument/inlayHint":  {"range": textRange{position{3, 3}, position{1, 1 << 30}}},
				"textDocument/references": {"position": position{1 << 30, 1 << 30}, "context": object{"includeDeclaration": true}},
				"textDocument/definition": {"position": position{1 << 30, 1 << 30}},
				"textDocument/completion": {"position": position{1 << 30, 1 << 30}},
			} {
				params["textDocument"] = object{"uri": uri}
				if m := e.call(method, params); m.Error != nil || string(m.Result) != "null" && string(m.Result) != "[]" {
					t.Errorf("%s of %q: %s %+v", method, uri, m.Result, m.Error)
				}
			}
		}
	})
}

const referring = `
-- Cargo.toml --
[workspace]
members = ["a"]
[workspace.dependencies]
tokio = { version = "1", features = ["net"] }
-- a/Cargo.toml --
[package]
name = "a"
version = "0.1.0"
edition = "2021"

[dependencies]
tokio = { workspace = true, features = ["full", "fs"] }

[features]
x = ["tokio/time"]
-- a/src/lib.rs --
/* 𝄞 */ pub use tokio::net::TcpStream;
#[cfg(feature = "x")]
pub async fn f() { /* 𝄞 */ tokio::time::sleep(std::time::Duration::ZERO).await; }
`

func TestReferences(t *testing.T) {
	for _, c := range []struct {
		method, file, at string
		settings         object
		want             string // texts of the places, and their files
	}{
		{"references", "a/Cargo.toml", `"full"`, nil, ""}, // it gates nothing itself
		{"references", "Cargo.toml", `"net"`, nil, "a/src/lib.rs tokio::net::TcpStream"},
		{"definition", "Cargo.toml", `"net"`, nil, "a/src/lib.rs tokio::net::TcpStream"},
		{"definition", "a/Cargo.toml", `"fs"`, nil, ""},
		{"references", "a/Cargo.toml", `tokio = {`, nil, "a/src/lib.rs tokio::net::TcpStream|a/src/lib.rs tokio::time::sleep"},
		{"references", "a/Cargo.toml", `edition`, nil, ""},
		{"references", "a/src/lib.rs", "net::TcpStream", nil, `Cargo.toml "net"|a/Cargo.toml "full"`},
		{"definition", "a/src/lib.rs", "net::TcpStream", nil, ""},
		{"definition", "a/src/lib.rs", "net::TcpStream", on, `Cargo.toml "net"|a/Cargo.toml "full"`},
		{"definition", "a/src/lib.rs", "Duration", on, ""},
	} {
		for encoding := range encodingNames {
			bubble(t, referring, func(t *testing.T, e *editor) {
				e.greetWith(encoding, c.settings)
				text := e.open(c.file)
				params := at(e.uri(c.file), positionIn(text, strings.Index(text, c.at)+1, encoding))
				params["context"] = object{"includeDeclaration": false}
				m := e.call("textDocument/"+c.method, params)
				var found []struct {
					URI   string
					Range textRange
				}
				check(t, json.Unmarshal(m.Result, &found))
				var got []string
				for _, l := range found {
					file := strings.TrimPrefix(l.URI, e.uri("")+"/")
					content, err := os.ReadFile(filepath.Join(e.dir, file))
					check(t, err)
					got = append(got, file+" "+sliceIn(string(content), l.Range, encoding))
				}
				if strings.Join(got, "|") != c.want {
					t.Errorf("%s of %s in %s: got %q, want %q", c.method, c.at, c.file, got, c.want)
				}
			})
		}
	}
}
