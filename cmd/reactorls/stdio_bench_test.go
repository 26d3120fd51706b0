package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reactorls/lsp"
	"reactorls/testdata/bench"
	"reactorls/testdata/bench/client"
)

// BenchmarkStdio is what an editor sees of the built server over its standard streams, in
// a workspace of 520 packages: medians and the slowest of a hundred, in milliseconds. The
// pause that waits for more typing is taken off.
func BenchmarkStdio(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "reactorls")
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	dir := b.TempDir()
	if err := bench.Large.Write(dir); err != nil {
		b.Fatal(err)
	}
	start := func() *client.Client {
		return client.Start(func(err error) { b.Fatal(err) }, binary, dir, "CARGO_HOME="+filepath.Join(dir, "home"))
	}
	b.Run("first diagnostics", func(b *testing.B) {
		measure(b, func() time.Duration {
			began := time.Now()
			p := start()
			defer p.Stop()
			p.Open("m0/Cargo.toml")
			p.Published("m0/Cargo.toml", 1)
			return time.Since(began)
		})
	})
	p := start()
	defer p.Stop()
	manifest := p.Open("m0/Cargo.toml")
	p.Published("m0/Cargo.toml", 1)
	version := map[string]int{"m0/Cargo.toml": 1, "m0/src/x0.rs": 1}
	p.Open("m0/src/x0.rs")
	for _, file := range []string{"m0/src/x0.rs", "m0/Cargo.toml"} {
		b.Run("keystroke "+filepath.Base(file), func(b *testing.B) {
			measure(b, func() time.Duration {
				version[file]++
				start := time.Now()
				p.Change(file, version[file], map[string]any{"range": emptyRange(0, 0), "text": " "})
				p.Published(file, version[file])
				return time.Since(start) - lsp.QuietTime
			})
		})
	}
	line := strings.Count(manifest[:strings.Index(manifest, "tokio")], "\n")
	features := strings.Index(strings.Split(manifest, "\n")[line], `""`) + 1
	p.Open("m1/Cargo.toml")
	p.Published("m1/Cargo.toml", 1)
	for _, r := range []struct {
		name, file, method string
		params             map[string]any
	}{
		{"hover", "m0/Cargo.toml", "textDocument/hover", map[string]any{"position": positionAt(line, 1)}},
		{"code action", "m1/Cargo.toml", "textDocument/codeAction", map[string]any{"range": emptyRange(line, features-4), "context": map[string]any{"diagnostics": []any{}}}},
		{"completion", "m0/Cargo.toml", "textDocument/completion", map[string]any{"position": positionAt(line, features)}},
	} {
		b.Run(r.name, func(b *testing.B) {
			r.params["textDocument"] = map[string]any{"uri": p.URI(r.file)}
			measure(b, func() time.Duration {
				start := time.Now()
				if result := p.Call(r.method, r.params); len(result) < len("null")+1 {
					b.Fatalf("%s says %s", r.name, result)
				}
				return time.Since(start)
			})
		})
	}
	b.Logf("resident memory: %d MB", p.Resident())
}

// measure repeats something and reports how long it took.
func measure(b *testing.B, once func() time.Duration) {
	var took []time.Duration
	for b.Loop() {
		took = append(took, once())
	}
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
	b.ReportMetric(ms(took[len(took)*99/100]), "p99-ms")
}

func positionAt(line, character int) map[string]any {
	return map[string]any{"line": line, "character": character}
}

func emptyRange(line, character int) map[string]any {
	return map[string]any{"start": positionAt(line, character), "end": positionAt(line, character)}
}
