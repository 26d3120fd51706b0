package lsp

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"go.lsp.dev/protocol"

	"reactorls/engine/text"
)

var encodingNames = map[string]text.Encoding{"utf-8": text.UTF8, "utf-16": text.UTF16, "utf-32": text.UTF32}

func TestApply(t *testing.T) {
	const content = "one\r\n𝄞 two\nthree"
	for _, c := range []struct {
		name               string
		encoding           string
		fromLine, fromChar uint32
		toLine, toChar     uint32
		want               string
	}{
		{"insert at the start", "utf-16", 0, 0, 0, 0, "+one\r\n𝄞 two\nthree"},
		{"insert at the end", "utf-16", 2, 5, 2, 5, "one\r\n𝄞 two\nthree+"},
		{"behind the end of a line", "utf-16", 0, 99, 0, 99, "one+\r\n𝄞 two\nthree"},
		{"behind the last line", "utf-16", 99, 0, 99, 7, "one\r\n𝄞 two\nthree+"},
		{"the largest numbers", "utf-16", math.MaxUint32, math.MaxUint32, math.MaxUint32, math.MaxUint32, "one\r\n𝄞 two\nthree+"},
		{"all, and more", "utf-16", 0, 0, math.MaxUint32, 0, "+"},
		{"over a line end", "utf-16", 0, 3, 1, 0, "one+𝄞 two\nthree"},
		{"a character of two units", "utf-16", 1, 0, 1, 2, "one\r\n+ two\nthree"},
		{"half of a character", "utf-16", 1, 0, 1, 1, "one\r\n+𝄞 two\nthree"},
		{"a character of four bytes", "utf-8", 1, 0, 1, 4, "one\r\n+ two\nthree"},
		{"some bytes of a character", "utf-8", 1, 1, 1, 3, "one\r\n+𝄞 two\nthree"},
		{"a character of one unit", "utf-32", 1, 0, 1, 1, "one\r\n+ two\nthree"},
		{"inverted", "utf-16", 2, 5, 2, 0, "one\r\n𝄞 two\nthree+"},
		{"inverted lines", "utf-16", 2, 0, 0, 0, "one\r\n𝄞 two\n+three"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &server{caps: clientCapabilities{encoding: encodingNames[c.encoding]}}
			got, err := s.apply(content, &protocol.TextDocumentContentChangePartial{
				Range: protocol.Range{
					Start: protocol.Position{Line: c.fromLine, Character: c.fromChar},
					End:   protocol.Position{Line: c.toLine, Character: c.toChar},
				},
				Text: "+",
			})
			check(t, err)
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// told is a manifest whose diagnostic repeats what stands in its comment, so that
// the server's text can be seen from outside.
const (
	toldBefore = "[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"
	toldLine   = 4
	toldPrefix = `description = "𝄞é" # reactorls: allow(`
	toldAfter  = ")\n[lib]\npath = \"lib.rs\"\n"
)

func told(d diagnostic) string {
	name, _ := strings.CutPrefix(d.Message, "no rule is called `")
	name, _, _ = strings.Cut(name, "`")
	return name
}

// TestRapidEdits sends many edits as fast as they go, some in one message, some
// out of range, and compares what the server has in the end to a model.
func TestRapidEdits(t *testing.T) {
	const edits = 5000
	letters := []string{"a", "b", "xyz", "é", "𝄞", "🦀🦀", "-", "0"}
	for encoding := range encodingNames {
		t.Run(encoding, func(t *testing.T) {
			bubble(t, "-- lib.rs --\n", func(t *testing.T, e *editor) {
				random := rand.New(rand.NewPCG(1, 2))
				e.initialize(full(encoding))
				uri := e.uri("Cargo.toml")
				model := []rune("start")
				e.openText(uri, toldBefore+toldPrefix+string(model)+toldAfter)
				column := func(n int) position {
					return position{toldLine, units(toldPrefix+string(model[:n]), encoding)}
				}
				version := 1
				var changes []object
				for i := range edits {
					from := random.IntN(len(model) + 1)
					to := from + random.IntN(min(3, len(model)-from)+1)
					replacement := letters[random.IntN(len(letters))]
					if len(model) > 60 { // it must stay short enough to read
						replacement = ""
					}
					changes = append(changes, part(column(from), column(to), replacement))
					model = append(model[:from:from], append([]rune(replacement), model[to:]...)...)
					switch i % 50 {
					case 0: // lines come and go above
						changes = append(changes, part(position{0, 0}, position{0, 0}, "# 𝄞\r\n"), part(position{0, 0}, position{1, 0}, ""))
					case 1: // nothing is at the end, wherever that is
						changes = append(changes, part(position{900, 9}, position{90000, 1}, ""))
					}
					if random.IntN(4) > 0 || i == edits-1 {
						version++
						e.change(uri, version, changes...)
						changes = nil
					}
				}
				e.calm()
				ps := e.published[uri]
				last := ps[len(ps)-1]
				if *last.Version != version || len(last.Diagnostics) != 1 || told(last.Diagnostics[0]) != string(model) {
					t.Fatalf("version %d with %+v, want version %d with %q", *last.Version, last.Diagnostics, version, string(model))
				}
				if got := last.Diagnostics[0].Range; got != (textRange{column(0), column(len(model))}) {
					t.Errorf("range %+v", got)
				}
				for i := 1; i < len(ps); i++ {
					if *ps[i-1].Version >= *ps[i].Version {
						t.Errorf("version %d published after %d", *ps[i].Version, *ps[i-1].Version)
					}
				}
			})
		})
	}
}

// Documents of all kinds open, change, answer and close; none ends the session.
func TestURIs(t *testing.T) {
	const manifest = toldBefore + toldPrefix + "x" + toldAfter
	for _, c := range []struct {
		name, uri string
		published bool
	}{
		{"Windows, as VS Code writes it", "file:///c%3A/Users/a%20b/Cargo.toml", false},
		{"Windows, as others write it", "file:///C:/Users/a b/Cargo.toml", false},
		{"a share", "file://server/share/Cargo.toml", false},
		{"WSL", "file://wsl%24/Debian/home/Cargo.toml", false},
		{"untitled", "untitled:Untitled-1", false},
		{"untitled manifest", "untitled:Cargo.toml", false},
		{"untitled with a path", "untitled:/home/a/Cargo.toml", false},
		{"source control", "git:/a/Cargo.toml?%7B%22ref%22%3A%22%22%7D", false},
		{"a part of a notebook", "vscode-notebook-cell:/a/b.ipynb#W0sZmlsZQ", false},
		{"no path", "file://", false},
		{"the root", "file:///", false},
		{"empty", "", false},
		{"no scheme", "Cargo.toml", false},
		{"a directory", "DIR", false},
		{"dots", "DIR/x/../Cargo.toml", true},
		{"escapes that need not be", "DIR/%43argo.toml", true},
		{"lower case escapes", "DIR/%5bx%5d/Cargo.toml", true},
		{"characters that need escapes", "DIR/[x] (é)/Cargo.toml", true},
		{"a question", "DIR/a%3Fb%23c/Cargo.toml", true},
		{"NUL", "DIR/a%00b/Cargo.toml", false},
		{"invalid UTF-8", "DIR/a%FFb/Cargo.toml", false},
		{"not an escape", "DIR/a%zz/Cargo.toml", false},
		{"very long", "DIR/" + strings.Repeat("x/", 3000) + "Cargo.toml", true},
		{"long name", "DIR/" + strings.Repeat("x", 5000) + "/Cargo.toml", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, "-- lib.rs --\n", func(t *testing.T, e *editor) {
				e.initialize(full("utf-16"))
				uri := strings.Replace(c.uri, "DIR", strings.TrimSuffix(e.uri(""), "/"), 1)
				e.openText(uri, manifest)
				e.calm()
				if e.codes(uri) == "" && c.published {
					t.Errorf("published %v", e.published)
				}
				for other := range e.published { // the client may not know it by another name
					if other != uri {
						t.Errorf("published for %q, which is %q", other, uri)
					}
				}
				e.change(uri, 2, part(position{0, 0}, position{0, 0}, "#\n"))
				for _, method := range []string{"textDocument/hover", "textDocument/codeAction"} {
					m := e.call(method, object{
						"textDocument": object{"uri": uri}, "position": position{6, 25},
						"range": textRange{position{6, 0}, position{7, 0}}, "context": object{"diagnostics": []object{}},
					})
					if m.Error != nil {
						t.Errorf("%s: %+v", method, *m.Error)
					}
				}
				e.notify("textDocument/didSave", object{"textDocument": object{"uri": uri}})
				e.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": uri, "type": 3}}})
				e.calm()
				e.notify("textDocument/didClose", object{"textDocument": object{"uri": uri}})
				e.calm()
				if got := e.codes(uri); got != "" {
					t.Errorf("closed, and still shows %s", got)
				}
				if panics := e.log.FilterMessageSnippet("panic"); panics.Len() > 0 {
					t.Error(panics.All()[0].ContextMap())
				}
			})
		})
	}
}

// Text that no one would write must not stop the server, or take it long.
func TestDocuments(t *testing.T) {
	const much = 200_000
	for name, content := range map[string]string{
		"empty":           "",
		"NUL":             "\x00\x00",
		"byte order mark": "\ufeff[package]\nname = \"x\"\n",
		"only CR":         "[package]\rname = \"x\"\r",
		"deep list":       "a = " + strings.Repeat("[", much),
		"deep table":      "a = " + strings.Repeat("{a=", much),
		"deep key":        strings.Repeat("a.", much) + "a = 1",
		"deep header":     "[" + strings.Repeat("a.", much) + "a]",
		"many headers":    strings.Repeat("[a]\n", much/10),
		"long line":       "# " + strings.Repeat("𝄞", much),
		"quotes":          strings.Repeat(`"""`, much),
		"deep Rust":       strings.Repeat("{", much),
		"deep comment":    strings.Repeat("/*", much),
		"deep use":        "use " + strings.Repeat("a::{", much),
		"deep generics":   "fn f() -> " + strings.Repeat("A<", much),
		"many attributes": strings.Repeat("#[a]", much),
	} {
		for _, file := range []string{"Cargo.toml", "src/main.rs", "Cargo.lock"} {
			t.Run(name+" in "+file, func(t *testing.T) {
				bubble(t, fullTokio, func(t *testing.T, e *editor) {
					e.initialize(full("utf-16"))
					e.openText(e.uri(file), content)
					e.calm()
					for i := range 3 {
						e.change(e.uri(file), i+2, part(position{0, i}, position{0, i + 1}, "𝄞"))
					}
					e.calm()
					if m := e.call("textDocument/hover", at(e.uri(file), position{0, 3})); m.Error != nil {
						t.Errorf("hover: %+v", *m.Error)
					}
					if panics := e.log.FilterMessageSnippet("panic"); panics.Len() > 0 {
						t.Error(fmt.Sprint(panics.All()[0].ContextMap())[:500])
					}
				})
			})
		}
	}
}
