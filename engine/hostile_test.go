package engine

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestHostileSources reads what no person writes: it must end, with bounded memory.
func TestHostileSources(t *testing.T) {
	const many = 10_000
	closures := "fn main() { let c0 = || tokio::spawn(x);\n"
	for i := range 60 {
		closures += strings.NewReplacer("N", string(rune('a'+i%26))+strings.Repeat("x", i/26), "P", previous(i)).Replace("let N = || { P(); P(); };\n")
	}
	for about, src := range map[string]string{
		"braces":            "fn main() " + strings.Repeat("{", many) + strings.Repeat("}", many),
		"open braces":       "fn main() " + strings.Repeat("{ tokio::spawn(", many),
		"parentheses":       "fn main() { f" + strings.Repeat("(", many) + strings.Repeat(")", many) + "; }",
		"closures":          "fn main() { " + strings.Repeat("|x| ", many) + "tokio::spawn(x); }",
		"angles":            "fn f(x: " + strings.Repeat("Vec<", many) + strings.Repeat(">", many) + ") { x.spawn() }",
		"references":        "fn f(x: " + strings.Repeat("&", many) + "u8) { x.spawn() }",
		"a chain":           "fn main() { x" + strings.Repeat(".f()", many) + ".await; }",
		"use":               "use " + strings.Repeat("{a::", many) + "b" + strings.Repeat("}", many) + ";",
		"attributes":        strings.Repeat("#[cfg(all(", many) + "fn main() {}",
		"negations":         "#[cfg(" + strings.Repeat("not(", many) + "unix" + strings.Repeat(")", many) + ")] fn main() {}",
		"macros":            "macro_rules! m { () => { " + strings.Repeat("m!(); ", many) + " } } fn main() { m!(); }",
		"macros in macros":  "fn main() { " + strings.Repeat("println!(", many) + strings.Repeat(")", many) + "; }",
		"functions":         strings.Repeat("async fn f() { f().await; tokio::spawn(x); }\n", many),
		"globs":             strings.Repeat("use self::*;\n", 200) + "fn main() { tokio::spawn(x); }",
		"closures of more":  closures + previous(60) + "(); }",
		"one line":          "fn main() { " + strings.Repeat("tokio::spawn(async { x.await; }); ", 5<<20/34) + "}",
		"one string":        "fn main() { f(\"" + strings.Repeat("x", 5<<20) + "\"); }",
		"raw string":        "fn main() { r" + strings.Repeat("#", many) + "\"x\" }",
		"comments":          strings.Repeat("/*", many) + strings.Repeat("*/", many) + "fn main() {}",
		"generated matches": "fn main() { match x { " + strings.Repeat("A | B(c) if c.f() => { g(); }\n", many) + "} }",
	} {
		t.Run(about, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			done := make(chan struct{})
			go func() {
				defer close(done)
				s := NewMemorySession(map[string]string{
					"/p/Cargo.toml":  "[package]\nname = \"p\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\ntokio = { version = \"1\", features = [\"full\"] }\n",
					"/p/src/main.rs": src,
				}).Snapshot()
				w, err := s.Workspace("/p")
				if err != nil {
					t.Error(err)
					return
				}
				s.Flow(w.Packages[0], Selection{})
				for _, u := range s.Uses(w.Packages[0], Selection{}) {
					u.Everywhere(&u.Normal)
				}
			}()
			const patience = 2 * time.Minute // a guard against what never ends, not a figure
			select {
			case <-done:
			case <-time.After(patience):
				t.Fatal("does not end")
			}
			runtime.ReadMemStats(&after)
			if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > 4096 {
				t.Errorf("allocated %d MiB for %d bytes", mib, len(src))
			}
		})
	}
}

// previous names the closure before number i.
func previous(i int) string {
	if i == 0 {
		return "c0"
	}
	i--
	return string(rune('a'+i%26)) + strings.Repeat("x", i/26)
}
