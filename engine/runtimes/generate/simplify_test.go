package main

import (
	"testing"

	"reactorls/engine/cfg"
)

// tokioImplied is a piece of tokio's features table.
func tokioImplied(f string) []string {
	return map[string][]string{"rt-multi-thread": {"rt"}, "test-util": {"rt", "sync", "time"}}[f]
}

func TestSimplify(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`all()`, `all()`},
		{`any()`, `any()`},
		{`all("net", unix, "net")`, `all("net", unix)`},
		{`any(all(doc, docsrs), windows)`, `windows`},
		{`docsrs`, `any()`},
		{`any(all("macros", "rt", "rt-multi-thread"), all("macros", "rt", not("rt-multi-thread")))`, `all("macros", "rt")`},
		{`all("rt", "rt-multi-thread")`, `"rt-multi-thread"`},
		{`any("rt", "rt-multi-thread")`, `"rt"`},
		{`any("fs", not("fs"))`, `all()`},
		{`all("fs", not("fs"))`, `any()`},
		{`all("rt-multi-thread", not("rt"))`, `any()`},
		{`all("rt", any("net", all("process", unix), all("signal", unix)))`, `all("rt", any("net", all("process", unix), all("signal", unix)))`},
		{`any(all("a", "c"), all("b", "c"))`, `all("c", any("a", "b"))`},
		{`all(any("a", "b", "c"), any("d", "e", "f"), any("g", "h"))`, `all(any("a", "b", "c"), any("d", "e", "f"), any("g", "h"))`},
		{`not(any(windows, target_os = "wasi"))`, `all(not(target_os = "wasi"), not(windows))`},
		{`all("fs", unix, not(target_os = "wasi"))`, `all("fs", unix)`},
		{`all(target_os = "freebsd", unix)`, `target_os = "freebsd"`},
		{`all(unix, windows)`, `any()`},
		{`any(unix, target_os = "linux")`, `unix`},
		{`any("a", all(not("a"), "b"))`, `any("a", "b")`},
	} {
		e, err := cfg.Parse(c.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := simplify(e, tokioImplied).Gate(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.in, got, c.want)
		}
	}
}

func TestImplies(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`all("net", unix)`, `"net"`, true},
		{`"net"`, `all("net", unix)`, false},
		{`"test-util"`, `"time"`, true},
		{`all()`, `"net"`, false},
		{`any()`, `"net"`, true},
	} {
		a, _ := cfg.Parse(c.a)
		b, _ := cfg.Parse(c.b)
		if got := implies(a, b, tokioImplied); got != c.want {
			t.Errorf("%s implies %s: got %v", c.a, c.b, got)
		}
	}
}
