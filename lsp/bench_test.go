package lsp

import (
	"fmt"
	"strings"
	"testing"
)

// members and modules are the size of the workspace that is typed in: about
// 20,000 lines.
const members, modules = 20, 20

// workspaceOf writes a workspace whose members use tokio in each module.
func middlingWorkspace() string {
	var b strings.Builder
	b.WriteString("-- Cargo.toml --\n[workspace]\nresolver = \"3\"\nmembers = [\"m*\"]\n[workspace.dependencies]\ntokio = { version = \"1\", features = [\"full\"] }\n")
	function := "pub async fn f%d(n: u64) -> u64 {\n    tokio::time::sleep(std::time::Duration::from_secs(n)).await;\n    tokio::spawn(async move { n + 1 }).await.unwrap_or(%[1]d)\n}\n"
	for m := range members {
		fmt.Fprintf(&b, "-- m%d/Cargo.toml --\n[package]\nname = \"m%[1]d\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\ntokio.workspace = true\n-- m%[1]d/src/lib.rs --\n", m)
		for n := range modules {
			fmt.Fprintf(&b, "pub mod x%d;\n", n)
		}
		for n := range modules {
			fmt.Fprintf(&b, "-- m%d/src/x%d.rs --\n", m, n)
			for f := range 12 {
				fmt.Fprintf(&b, function, f)
			}
		}
	}
	return b.String()
}

// BenchmarkKeystroke is the time from a change to the diagnostics of the new text,
// without the pause that waits for more typing.
func BenchmarkKeystroke(b *testing.B) {
	for _, c := range []struct{ name, file, content string }{
		{"source", "m0/src/x0.rs", "pub fn f() {}\n"},
		{"manifest", "m0/Cargo.toml", ""},
		{"root", "Cargo.toml", ""},
	} {
		b.Run(c.name, func(b *testing.B) {
			quietHome(b)
			dir := b.TempDir()
			writeArchive(b, dir, middlingWorkspace())
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

// lockedPackages is how many packages the workspace is built of, beside its members.
const lockedPackages = 500

// lockedWorkspace is the middling workspace with a lockfile and all that is locked: each
// package depends on two others, and every fifth drives Tokio.
func lockedWorkspace() string {
	const registry = "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
	var lock, vendor strings.Builder
	lock.WriteString("-- Cargo.lock --\nversion = 4\n")
	for m := range members {
		fmt.Fprintf(&lock, "[[package]]\nname = \"m%d\"\nversion = \"0.1.0\"\ndependencies = [\"tokio\", \"p0\"]\n", m)
	}
	for n := range lockedPackages {
		depends, features := "", ""
		var names []string
		for _, to := range []int{2*n + 1, 2*n + 2} {
			if to < lockedPackages {
				depends += fmt.Sprintf("p%d = \"1\"\n", to)
				names = append(names, fmt.Sprintf("%q", fmt.Sprintf("p%d", to)))
			}
		}
		if n%5 == 4 {
			depends += "tokio = { version = \"1\", features = [\"net\"] }\n"
			names = append(names, `"tokio"`)
		}
		if n == 0 {
			features = "[features]\nall = [\"p1/all\"]\n"
		} else {
			features = "[features]\nall = []\n"
		}
		fmt.Fprintf(&lock, "[[package]]\nname = \"p%d\"\nversion = \"1.0.0\"\n%sdependencies = [%s]\n", n, registry, strings.Join(names, ", "))
		fmt.Fprintf(&vendor, "-- vendor/p%d/Cargo.toml --\n[package]\nname = \"p%[1]d\"\nversion = \"1.0.0\"\n%s[dependencies]\n%s", n, features, depends)
	}
	fmt.Fprintf(&lock, "[[package]]\nname = \"tokio\"\nversion = \"1.47.0\"\n%s", registry)
	vendor.WriteString("-- vendor/tokio/Cargo.toml --\n[package]\nname = \"tokio\"\nversion = \"1.47.0\"\n[features]\nfull = [\"net\", \"rt\", \"time\", \"sync\"]\nnet = []\nrt = []\ntime = []\nsync = []\n")
	vendor.WriteString("-- .cargo/config.toml --\n[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n")
	workspace := strings.ReplaceAll(middlingWorkspace(), "tokio.workspace = true\n", "tokio = { version = \"1\", features = [\"full\", \"\"] }\np0 = { version = \"1\", features = [\"all\"] }\n")
	return workspace + lock.String() + vendor.String()
}

// BenchmarkRequests is the time from a request to its answer in a workspace of 520
// packages.
func BenchmarkRequests(b *testing.B) {
	quietHome(b)
	dir := b.TempDir()
	writeArchive(b, dir, lockedWorkspace())
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
	writeArchive(b, dir, lockedWorkspace())
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
