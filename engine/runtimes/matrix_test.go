package runtimes

import (
	"slices"
	"strings"
	"testing"

	"reactorls/engine/cfg"
)

// TestMatrixData holds that what was measured is there: each operation in the
// version of its crate that was measured.
func TestMatrixData(t *testing.T) {
	names, codes := map[string]bool{}, map[string]bool{}
	for _, e := range Executors() {
		if names[e.Name] || codes[e.code] || e.Name == "" || e.About == "" {
			t.Errorf("executor %q: twice, or something is not said", e.Name)
		}
		names[e.Name], codes[e.code] = true, true
	}
	for _, o := range Operations() {
		if Measured(o.Crate) == "" {
			t.Errorf("%s: the version is not said", o)
		}
		crate := Lookup(o.Crate)
		if crate == nil {
			continue
		}
		if _, ok := crate.At(Measured(o.Crate)).Item(o.Path); !ok {
			t.Errorf("%s: %s %s has no such item", o, o.Crate, Measured(o.Crate))
		}
	}
}

// TestMatrixCovers holds that every function of Tokio's that needs one of its
// drivers is measured. Methods are measured where they make something.
func TestMatrixCovers(t *testing.T) {
	k := Lookup("tokio").At(Measured("tokio"))
	for path, i := range k.Under("") {
		module, _, _ := strings.Cut(path, "::")
		if i.Kind != Function || !slices.Contains([]string{"fs", "net", "process", "signal", "time"}, module) {
			continue
		}
		there := i.Gate.Simplify(func(a cfg.Expr) cfg.Tri {
			if a.Name == "windows" || a.Value == "test-util" {
				return cfg.No
			}
			return cfg.Maybe
		})
		if FindOperation("tokio", path, "") == nil && !there.Equal(cfg.False) {
			t.Errorf("tokio %s is not measured", path)
		}
	}
}

func TestOutcome(t *testing.T) {
	const (
		noReactor = "there is no reactor running, must be called from the context of a Tokio 1.x runtime"
		noTimers  = "timers are disabled"
		noIO      = "IO is disabled"
		nested    = "Cannot start a runtime from within a runtime"
	)
	for _, c := range []struct {
		executor, crate, path, with string
		phase                       Phase
		ending                      Ending
		text                        string // a part of it
	}{
		{"tokio-mt", "tokio", "time::sleep", "", AtCall, Fine, ""},
		{"tokio-mt", "tokio", "time::sleep", "", AtAwait, Fine, ""},
		// A function that is no async fn asks for the context when it is called.
		{"smol", "tokio", "time::sleep", "", AtCall, Panic, noReactor},
		{"smol", "tokio", "time::sleep", "", AtAwait, "", ""},
		{"smol", "tokio", "task::spawn", "", AtCall, Panic, noReactor},
		{"thread", "tokio", "spawn", "", AtCall, Panic, noReactor},
		// An async fn does when it is awaited.
		{"smol", "tokio", "net::TcpStream::connect", "", AtCall, Fine, ""},
		{"smol", "tokio", "net::TcpStream::connect", "", AtAwait, Panic, noReactor},
		{"futures", "tokio", "fs::read", "", AtAwait, Panic, noReactor},
		{"thread", "tokio", "fs::read", "", AtCall, Fine, ""},
		{"thread", "tokio", "fs::read", "", AtAwait, "", ""},
		{"smol-compat", "tokio", "fs::read", "", AtAwait, Fine, ""},
		{"async-std-tokio1", "tokio", "fs::read", "", AtAwait, Fine, ""},
		// So that an argument that is made outside of the bridge is too early.
		{"smol", "async-compat", "Compat::new", "tokio::time::sleep(d)", AtCall, Panic, noReactor},
		{"smol", "async-compat", "Compat::new", "async { tokio::time::sleep(d).await }", AtAwait, Fine, ""},
		{"smol", "tokio", "sync::Mutex::lock", "", AtAwait, Fine, ""},
		{"tokio-ct-none", "tokio", "time::sleep", "", AtCall, Panic, noTimers},
		{"tokio-mt-time", "tokio", "net::TcpListener::bind", "", AtAwait, Panic, noIO},
		{"tokio-ct-io", "tokio", "net::TcpListener::bind", "", AtAwait, Fine, ""},
		{"tokio-ct", "tokio", "task::block_in_place", "", AtCall, Panic, "multi-threaded"},
		{"tokio-mt-task", "tokio", "task::block_in_place", "", AtCall, Fine, ""},
		{"tokio-mt", "tokio", "task::spawn_local", "", AtCall, Panic, "LocalSet"},
		{"tokio-ct-localset", "tokio", "task::spawn_local", "", AtAwait, Fine, ""},
		{"tokio-mt", "tokio", "runtime::Runtime::block_on", "", AtCall, Panic, nested},
		{"tokio-spawn-blocking", "tokio", "runtime::Handle::block_on", "", AtCall, Fine, ""},
		{"tokio-ct", "tokio", "runtime::Runtime::new", "dropped", AtCall, Panic, "Cannot drop a runtime"},
		{"tokio-ct", "tokio", "sync::Mutex::blocking_lock", "", AtCall, Panic, "Cannot block"},
		{"tokio-ct", "futures", "executor::block_on", "tokio::time::sleep", AtCall, Hang, ""},
		{"tokio-enter-undriven", "tokio", "time::sleep", "", AtAwait, Hang, ""},
		{"futures", "futures", "executor::block_on", "", AtCall, Panic, "another executor"},
		{"tokio-mt", "async-io", "Timer::after", "", AtAwait, Fine, ""},
		{"monoio", "async-io", "Timer::after", "", AtAwait, Hang, ""},
		{"monoio-sync", "async-io", "Timer::after", "", AtAwait, Fine, ""},
		{"smol", "async-std", "task::spawn_local", "", AtAwait, Hang, ""},
		{"tokio-mt", "compio", "time::sleep", "", AtAwait, Panic, "not in a compio runtime"},
		{"smol", "tokio", "runtime::Handle::try_current", "", AtCall, Failure, "NoContext"},
		{"tokio-any", "tokio", "runtime::Runtime::block_on", "", AtCall, Panic, "Cannot start a runtime"},
		{"tokio-any", "tokio", "time::sleep", "", AtAwait, "", ""},
		{"no-such", "tokio", "time::sleep", "", AtCall, "", ""},
		{"smol", "tokio", "no::such", "", AtCall, "", ""},
	} {
		got, _ := Outcome(c.executor, c.crate, c.path, c.with, c.phase)
		if got.Ending != c.ending || !strings.Contains(got.Text, c.text) || (got.Text == "") != (c.text == "") {
			t.Errorf("%s under %s, phase %d: %q %q", c.path, c.executor, c.phase, got.Ending, got.Text)
		}
	}
}

func TestMalformedMatrix(t *testing.T) {
	const head = "crate a 1.0.0\nexecutor S smol block_on\ntext P1 no\n"
	if _, err := parseMatrix(head + "columns | S\ncall a f | P1\nawait a g | h1\n"); err != nil {
		t.Error(err)
	}
	for _, text := range []string{
		"row a f | .\n", "columns | T\n", "call a f | . .\n", "call a f |\n", "call a f | P2\n", "call a f | P\n",
		"call a f | p1\n", "call a f | x\n", "call a f | .\ncall a f | .\n",
	} {
		if _, err := parseMatrix(head + text); err == nil {
			t.Errorf("%q passes", text)
		}
	}
}

func BenchmarkMatrix(b *testing.B) {
	text, _ := data.ReadFile("data/matrix.txt")
	for b.Loop() {
		if _, err := parseMatrix(string(text)); err != nil {
			b.Fatal(err)
		}
	}
}
