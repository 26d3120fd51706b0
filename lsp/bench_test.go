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
