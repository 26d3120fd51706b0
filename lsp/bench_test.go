package lsp

import (
	"strings"
	"testing"

	"reactorls/testdata/bench"
)

// BenchmarkKeystroke is the time from a change to the diagnostics of the new text,
// without the pause that waits for more typing.
func BenchmarkKeystroke(b *testing.B) {
	for _, c := range []struct {
		name, file string
		size       bench.Size
	}{
		{"source", "m0/src/x0.rs", bench.Middling},
		{"manifest", "m0/Cargo.toml", bench.Middling},
		{"root", "Cargo.toml", bench.Middling},
		{"large source", "m0/src/x0.rs", bench.Large},
		{"large manifest", "m0/Cargo.toml", bench.Large},
	} {
		b.Run(c.name, func(b *testing.B) {
			quietHome(b)
			dir := b.TempDir()
			check(b, c.size.Write(dir))
			e := start(b, dir, plenty)
			defer e.hangUp()
			e.initialize(full("utf-8"))
			e.open(c.file)
			uri := e.uri(c.file)
			version := 1
			wait := func() {
				for ps := e.published[uri]; len(ps) == 0 || ps[len(ps)-1].Version == nil || *ps[len(ps)-1].Version < version; ps = e.published[uri] {
					e.receive()
				}
			}
			wait()
			for b.Loop() {
				version++
				e.change(uri, version, part(position{0, 0}, position{0, 0}, " "))
				e.notify("textDocument/didSave", object{"textDocument": object{"uri": uri}}) // no pause
				wait()
			}
		})
	}
}

// BenchmarkRequests is the time from a request to its answer in a workspace of 520
// packages.
func BenchmarkRequests(b *testing.B) {
	quietHome(b)
	dir := b.TempDir()
	check(b, bench.Large.Write(dir))
	e := start(b, dir, plenty)
	defer e.hangUp()
	e.greetWith("utf-16", on)
	manifest := e.open("m0/Cargo.toml")
	source := e.open("m0/src/x0.rs")
	place := func(file, content, at string) object {
		p := placeIn(e, file, content, at)
		p["context"] = object{"includeDeclaration": true}
		p["range"] = textRange{position{0, 0}, position{1 << 20, 0}}
		return p
	}
	for _, c := range []struct {
		name, method string
		params       object
		has          string
	}{
		{"hover runtime", "hover", place("m0/Cargo.toml", manifest, "tokio ="), "tokio multi-thread"},
		{"hover feature", "hover", place("m0/Cargo.toml", manifest, `full"`), "Turns on"},
		{"hover dependency", "hover", place("m0/Cargo.toml", manifest, "p0 ="), "more"},
		{"hover code", "hover", place("m0/src/x0.rs", source, "time::sleep"), "Elsewhere"},
		{"completion", "completion", place("m0/Cargo.toml", manifest, `""] }`), "io-std"},
		{"lens", "codeLens", place("m0/Cargo.toml", manifest, "tokio ="), "in the graph"},
		{"inlay hint", "inlayHint", place("m0/Cargo.toml", manifest, "tokio ="), "in the graph"},
		{"references", "references", place("m0/Cargo.toml", manifest, "tokio ="), "x0.rs"},
		{"definition", "definition", place("m0/src/x0.rs", source, "time::sleep"), "Cargo.toml"},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				m := e.call("textDocument/"+c.method, c.params)
				if !strings.Contains(string(m.Result), c.has) {
					b.Fatalf("%s says %s", c.name, m.Result)
				}
			}
		})
	}
}

// BenchmarkCompletionTyped is the time from a change of the manifest and a request for
// completion to the answer.
func BenchmarkCompletionTyped(b *testing.B) {
	quietHome(b)
	dir := b.TempDir()
	check(b, bench.Large.Write(dir))
	e := start(b, dir, plenty)
	defer e.hangUp()
	e.greetWith("utf-16", on)
	manifest := e.open("m0/Cargo.toml")
	params := placeIn(e, "m0/Cargo.toml", manifest, `""] }`)
	version := 1
	for b.Loop() {
		version++
		e.change(e.uri("m0/Cargo.toml"), version, part(position{0, 0}, position{0, 0}, "#\n"), part(position{0, 0}, position{1, 0}, ""))
		version++
		e.change(e.uri("m0/Cargo.toml"), version, part(position{2, 0}, position{2, 0}, " "))
		if m := e.call("textDocument/completion", params); !strings.Contains(string(m.Result), "io-std") {
			b.Fatalf("says %s", m.Result)
		}
	}
}

// placeIn is the place of a text in a document.
func placeIn(e *editor, file, content, text string) object {
	return at(e.uri(file), positionIn(content, strings.Index(content, text)+1, "utf-16"))
}
