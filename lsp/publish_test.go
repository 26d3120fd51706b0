package lsp

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestInitialize(t *testing.T) {
	actions := full("utf-16")
	delete(actions["textDocument"].(object), "codeAction")
	for _, c := range []struct {
		name         string
		capabilities any
		encoding     string
		actions      bool
	}{
		{"all", full("utf-8"), "utf-8", true},
		{"nothing", object{}, "utf-16", false},
		{"null", nil, "utf-16", false},
		{"empty groups", object{"general": object{}, "workspace": object{}, "textDocument": object{}}, "utf-16", false},
		{"null groups", object{"general": nil, "workspace": nil, "textDocument": nil}, "utf-16", false},
		{"null encodings", object{"general": object{"positionEncodings": nil}}, "utf-16", false},
		{"no encodings", object{"general": object{"positionEncodings": []string{}}}, "utf-16", false},
		{"unknown encoding", object{"general": object{"positionEncodings": []string{"ebcdic"}}}, "utf-16", false},
		{"all encodings", object{"general": object{"positionEncodings": []string{"utf-16", "utf-32", "utf-8"}}}, "utf-8", false},
		{"UTF-32 before UTF-16", object{"general": object{"positionEncodings": []string{"utf-16", "utf-32"}}}, "utf-32", false},
		{"no code actions", actions, "utf-16", false},
		{"of the future", object{"future": object{"x": 1}, "textDocument": object{"future": []int{1}}}, "utf-16", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, fullTokio, func(t *testing.T, e *editor) {
				got := e.initializeAs(object{"processId": nil, "rootUri": e.uri(""), "capabilities": c.capabilities})
				if got["positionEncoding"] != c.encoding || got["hoverProvider"] != true {
					t.Errorf("capabilities: %v", got)
				}
				if _, ok := got["codeActionProvider"]; ok != c.actions {
					t.Errorf("code actions: %v", got["codeActionProvider"])
				}
				e.calm()
				if got := e.codes(e.uri("Cargo.toml")); got != "unused-feature" {
					t.Errorf("shows %q", got)
				}
			})
		})
	}
}

// Folders of all kinds are named at the start.
func TestFolders(t *testing.T) {
	for _, c := range []struct {
		name   string
		params func(e *editor) object
		want   string
	}{
		{"folder", func(e *editor) object { return object{"workspaceFolders": []object{{"uri": e.uri(""), "name": "w"}}} }, "unused-feature"},
		{"several", func(e *editor) object {
			return object{"workspaceFolders": []object{{"uri": "file:///nowhere", "name": "n"}, {"uri": e.uri(""), "name": "w"}, {"uri": e.uri("src"), "name": "s"}}}
		}, "unused-feature"},
		{"root", func(e *editor) object { return object{"rootUri": e.uri("")} }, "unused-feature"},
		{"a root alone", func(e *editor) object { return object{"workspaceFolders": nil, "rootUri": e.uri("")} }, "unused-feature"},
		{"none", func(e *editor) object { return object{"workspaceFolders": nil, "rootUri": nil} }, ""},
		{"empty root", func(e *editor) object { return object{"rootUri": ""} }, ""},
		{"not a file", func(e *editor) object {
			return object{"workspaceFolders": []object{{"uri": "vscode-remote://ssh/x", "name": "r"}}}
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, fullTokio, func(t *testing.T, e *editor) {
				params := c.params(e)
				params["processId"], params["capabilities"] = nil, object{}
				e.initializeAs(params)
				e.calm()
				if got := e.codes(e.uri("Cargo.toml")); got != c.want {
					t.Errorf("shows %q", got)
				}
			})
		})
	}
}

const deprecated = `
-- Cargo.toml --
[package]
name = "demo"
version = "0.1.0"
edition = "2024"
description = "𝄞"

[dependencies]
async-std = "1"
tokio = { version = "1", "features" = ["full"] }
-- src/main.rs --
/* 𝄞 */ fn main() { async_std::task::block_on(tokio::net::TcpListener::bind("𝄞")); }
`

// What a client does not understand is not sent to it.
func TestDiagnostics(t *testing.T) {
	for _, c := range []struct {
		name         string
		capabilities object
		all          bool
	}{{"all", full("utf-16"), true}, {"nothing", object{}, false}} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, deprecated, func(t *testing.T, e *editor) {
				e.initialize(c.capabilities)
				content := e.open("Cargo.toml")
				e.calm()
				tags := map[string][]int{"deprecated-runtime": {2}, "unused-feature": {1}}
				for _, d := range e.now(e.uri("Cargo.toml")) {
					if d.Source != "reactorls" || d.Severity == 0 || d.Message == "" {
						t.Errorf("diagnostic: %+v", d)
					}
					want := tags[d.Code]
					delete(tags, d.Code)
					if !c.all {
						want = nil
					}
					if !slices.Equal(d.Tags, want) {
						t.Errorf("%s has tags %v, want %v", d.Code, d.Tags, want)
					}
					if (d.CodeDescription != nil) != c.all {
						t.Errorf("%s is described at %v", d.Code, d.CodeDescription)
					}
					if c.all {
						page, err := os.ReadFile(strings.TrimPrefix(d.CodeDescription.Href, "file://"))
						check(t, err)
						if !strings.HasPrefix(string(page), "# "+d.Code) {
							t.Errorf("page of %s: %.40s", d.Code, page)
						}
					}
				}
				if len(tags) > 0 {
					t.Errorf("missing: %v", tags)
				}
				if at := e.now(e.uri("Cargo.toml"))[0]; sliceIn(content, at.Range, "utf-16") != "async-std" {
					t.Errorf("at %+v", at.Range)
				}
			})
		})
	}
}

func TestRelatedInformation(t *testing.T) {
	archive := strings.Replace(deprecated, `["full"]`, `["rt"]`, 1)
	for encoding := range encodingNames {
		t.Run(encoding, func(t *testing.T) {
			bubble(t, archive, func(t *testing.T, e *editor) {
				e.initialize(full(encoding))
				e.open("Cargo.toml")
				source, err := os.ReadFile(filepath.Join(e.dir, "src/main.rs"))
				check(t, err)
				e.calm()
				for _, d := range e.now(e.uri("Cargo.toml")) {
					if d.Code != "missing-feature" {
						continue
					}
					if len(d.RelatedInformation) != 1 {
						t.Fatalf("related: %+v", d)
					}
					at := d.RelatedInformation[0].Location
					if got := sliceIn(string(source), at.Range, encoding); at.URI != e.uri("src/main.rs") || !strings.HasPrefix(got, "tokio::net::TcpListener") {
						t.Errorf("related to %s %q", at.URI, got)
					}
					return
				}
				t.Errorf("shows %q", e.codes(e.uri("Cargo.toml")))
			})
		})
	}
}

// After opening and saving, answers come at once; while somebody types, after a
// short pause; and never for an older text.
func TestPromptness(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		e.initialize(full("utf-16"))
		e.settle()
		uri := e.uri("Cargo.toml")
		count := func() int { e.settle(); return len(e.published[uri]) }
		if count() != 1 {
			t.Errorf("published %d times at the start", count())
		}
		content := e.open("Cargo.toml")
		if count() != 2 {
			t.Errorf("published %d times after opening", count())
		}
		for i := range 10 { // typing
			e.change(uri, i+2, part(position{0, 0}, position{0, 0}, "#"))
			time.Sleep(QuietTime / 2)
			if count() != 2 {
				t.Fatal("published while somebody types")
			}
		}
		time.Sleep(QuietTime / 2)
		if count() != 3 || *e.published[uri][2].Version != 11 {
			t.Errorf("published %+v after typing", e.published[uri])
		}
		e.change(uri, 12, whole(content))
		e.notify("textDocument/didSave", object{"textDocument": object{"uri": uri}})
		if count() != 4 || *e.published[uri][3].Version != 12 {
			t.Errorf("published %+v after saving", e.published[uri])
		}
		e.calm()
		if count() != 4 {
			t.Errorf("published the same again: %+v", e.published[uri])
		}
		e.open("src/main.rs") // nothing is wrong there, which is worth saying once
		if count() != 4 || len(e.published[e.uri("src/main.rs")]) != 1 {
			t.Errorf("published %+v after opening a source", e.published)
		}
	})
}

const unusedFS = `
-- Cargo.toml --
[package]
name = "demo"
version = "0.1.0"
edition = "2024"

[dependencies]
tokio = { version = "1", features = ["fs", "rt"] }
-- src/main.rs --
fn main() {
    tokio::runtime::Builder::new_current_thread();
}
`

const usesFS = "fn main() {\n    tokio::runtime::Builder::new_current_thread();\n    tokio::fs::read(\"\");\n}\n"

// What is no more is not shown.
func TestClear(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(e *editor)
		want string
	}{
		{"closed in a folder", func(e *editor) {
			e.notify("textDocument/didClose", object{"textDocument": object{"uri": e.uri("Cargo.toml")}})
		}, "unused-feature"},
		{"deleted and the client tells", func(e *editor) {
			check(e.t, os.Remove(filepath.Join(e.dir, "Cargo.toml")))
			e.notify("textDocument/didClose", object{"textDocument": object{"uri": e.uri("Cargo.toml")}})
			e.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": e.uri("Cargo.toml"), "type": 3}}})
		}, ""},
		{"deleted and the client only closes", func(e *editor) {
			check(e.t, os.Remove(filepath.Join(e.dir, "Cargo.toml")))
			e.notify("textDocument/didClose", object{"textDocument": object{"uri": e.uri("Cargo.toml")}})
		}, ""},
		{"emptied", func(e *editor) { e.change(e.uri("Cargo.toml"), 2, whole("")) }, ""},
		{"not TOML any more", func(e *editor) { e.change(e.uri("Cargo.toml"), 2, whole("<<<<<<< HEAD\n")) }, ""},
		{"used after all in an open file", func(e *editor) {
			e.openText(e.uri("src/main.rs"), usesFS)
		}, ""},
		{"used after all on disk", func(e *editor) {
			check(e.t, os.WriteFile(filepath.Join(e.dir, "src/main.rs"), []byte(usesFS), 0o644))
			e.notify("textDocument/didSave", object{"textDocument": object{"uri": e.uri("Cargo.toml")}})
		}, ""},
		{"a new file that uses all", func(e *editor) {
			check(e.t, os.WriteFile(filepath.Join(e.dir, "src/lib.rs"), []byte(usesFS), 0o644))
			e.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": e.uri("src/lib.rs"), "type": 1}}})
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, unusedFS, func(t *testing.T, e *editor) {
				e.initialize(full("utf-16"))
				e.open("Cargo.toml")
				e.calm()
				if got := e.codes(e.uri("Cargo.toml")); got != "unused-feature" {
					t.Fatalf("shows %q", got)
				}
				c.end(e)
				e.calm()
				if got := e.codes(e.uri("Cargo.toml")); got != c.want {
					t.Errorf("shows %q", got)
				}
			})
		})
	}
}

// A client without folders is shown what belongs to its open files, by the names
// that it has for them.
func TestClearSpelling(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		e.initializeAs(object{"processId": nil, "rootUri": nil, "capabilities": full("utf-16")})
		source := strings.Replace(e.uri("src/main.rs"), "main", "%6dain", 1)
		content, err := os.ReadFile(filepath.Join(e.dir, "src/main.rs"))
		check(t, err)
		e.openText(source, string(content))
		e.calm()
		if got := e.codes(e.uri("Cargo.toml")); got != "unused-feature" {
			t.Fatalf("shows %q", got)
		}
		manifest := strings.Replace(e.uri("Cargo.toml"), "Cargo", "%43argo", 1)
		content, err = os.ReadFile(filepath.Join(e.dir, "Cargo.toml"))
		check(t, err)
		e.openText(manifest, string(content))
		e.calm()
		if got := e.codes(manifest); got != "unused-feature" || e.codes(e.uri("Cargo.toml")) != "" {
			t.Errorf("shows %q under the new name, %q under the old", got, e.codes(e.uri("Cargo.toml")))
		}
		e.notify("textDocument/didClose", object{"textDocument": object{"uri": manifest}})
		e.calm()
		if got := e.codes(manifest); got != "" || e.codes(e.uri("Cargo.toml")) != "unused-feature" {
			t.Errorf("shows %q under the closed name, %q under ours", got, e.codes(e.uri("Cargo.toml")))
		}
		e.notify("textDocument/didClose", object{"textDocument": object{"uri": source}})
		e.calm()
		for uri := range e.published {
			if got := e.codes(uri); got != "" {
				t.Errorf("all closed, and %s shows %q", uri, got)
			}
		}
	})
}

// Who looks into a crate that cargo fetched is not told what is wrong with it.
func TestFetched(t *testing.T) {
	quietHome(t)
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		t.Setenv("CARGO_HOME", e.dir)
		e.initializeAs(object{"processId": nil, "rootUri": nil, "capabilities": full("utf-16")})
		e.open("Cargo.toml")
		e.open("src/main.rs")
		e.calm()
		if len(e.published) > 0 {
			t.Errorf("published %+v", e.published)
		}
	})
}
