//go:build oracle

package runtimes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"reactorls/engine/cfg"
	published "reactorls/testdata/oracle/crates"
)

// TestGatesAgainstCargo lets the compiler say which items are there under which
// features: each feature alone, and all features but one (and those that turn
// it on). Every path of the data is tried under every such set. Builds are kept
// in the cache.
func TestGatesAgainstCargo(t *testing.T) {
	cache, err := published.Cache()
	if err != nil {
		t.Fatal(err)
	}
	cache = filepath.Join(cache, "gates")
	var tries, wrong int
	for _, c := range []struct {
		crate, version string
		skip           string // features that stable Rust or this host does not build
		stubs          string // what is there without its gate, but can do nothing
	}{
		{"tokio", "1.54.1", "", ""},
		{"tokio", "1.38.0", "", ""},
		{"tokio", "1.20.6", "", ""},
		{"tokio-util", "0.7.20", "", ""},
		{"tokio-stream", "0.1.19", "", ""},
		{"futures", "0.3.34", "bilock unstable write-all-vectored", ""},
		{"futures-util", "0.3.34", "bilock unstable write-all-vectored portable-atomic portable-atomic-alloc", ""},
		{"smol", "2.0.2", "", ""},
		{"async-std", "1.13.2", "docs surf", ""},
		{"async-io", "2.6.0", "", ""},
		{"async-executor", "1.14.1", "", ""},
		{"hyper", "1.12.0", "ffi nightly capi tracing", ""},
		{"hyper", "0.14.32", "ffi nightly", "Server server::Server"},
		{"hyper-util", "0.1.21", "", ""},
		{"tower", "0.5.3", "", ""},
		{"tower", "0.4.13", "", ""},
	} {
		t.Run(c.crate+" "+c.version, func(t *testing.T) {
			o := oracle{t: t, crate: Lookup(c.crate), version: c.version, skip: strings.Fields(c.skip), stubs: strings.Fields(c.stubs), cache: cache}
			o.dir = filepath.Join(cache, c.crate+"-"+c.version)
			o.know = o.crate.At(c.version)
			for _, set := range o.sets() {
				o.check(set)
			}
			t.Logf("%d paths tried under %d feature sets: %d tries, %d differ", len(o.paths()), len(o.sets()), o.tries, o.wrong)
			tries += o.tries
			wrong += o.wrong
		})
	}
	t.Logf("%d tries, %d differ", tries, wrong)
}

type oracle struct {
	t            *testing.T
	crate        *Crate
	version      string
	know         *Knowledge
	skip, stubs  []string
	cache, dir   string
	tries, wrong int
}

// sets are the feature sets to try. Features that only matter with a flag of
// the crate's own are left out: some do not build without it.
func (o *oracle) sets() [][]string {
	var gating []string
	for _, f := range o.know.Features() {
		skipped := func(f string) bool { return slices.Contains(o.skip, f) }
		if !o.know.Gateless(f) && !slices.ContainsFunc(o.know.Closure(f), skipped) {
			gating = append(gating, f)
		}
	}
	sets := [][]string{nil, gating}
	for _, f := range gating {
		sets = append(sets, []string{f})
		var rest []string
		for _, g := range gating {
			if !slices.Contains(o.know.Closure(g), f) {
				rest = append(rest, g)
			}
		}
		sets = append(sets, rest)
	}
	return sets
}

func (o *oracle) paths() []string {
	var paths []string
	for path := range o.know.Under("") {
		if len(paths) == 0 || paths[len(paths)-1] != path {
			paths = append(paths, path)
		}
	}
	return paths
}

// check compares what is there with what the gates say. Names are tried by use;
// members, of types and traits that are there, by naming them in a function.
// Both need files of their own: a wrong path in one keeps the compiler from
// looking at the members at all.
func (o *oracle) check(set []string) {
	on := o.know.Closure(set...)
	tries := map[string][]string{"names": nil, "methods": nil, "trait_methods": nil}
	for _, path := range o.paths() {
		i, _ := o.know.Item(path)
		holder, _ := o.know.Item(parent(path))
		switch {
		case i.Kind == Field:
		case i.Kind == Method || i.Kind == Constant && holder.Kind != Module && holder.Kind != Trait:
			if i.Container.Eval(host(on)) == cfg.Yes {
				tries["methods"] = append(tries["methods"], path)
			}
		case i.Kind == TraitMethod || i.Kind == Constant && holder.Kind == Trait:
			if i.Container.Eval(host(on)) == cfg.Yes {
				tries["trait_methods"] = append(tries["trait_methods"], path)
			}
		default:
			tries["names"] = append(tries["names"], path)
		}
	}
	missing, built := o.compile(set, tries)
	if !built {
		return
	}
	for kind, paths := range tries {
		for n, path := range paths {
			o.tries++
			want := cfg.No
			for _, i := range o.know.Items(path) {
				want = max(want, i.Gate.Eval(host(on)))
			}
			got := !missing[kind][n+1]
			if i, _ := o.know.Item(path); got && (i.Kind == Attribute || slices.Contains(o.stubs, path)) {
				continue // an attribute may be one that does nothing but fail
			}
			if got != (want == cfg.Yes) {
				o.wrong++
				o.t.Errorf("%s with %v: the compiler finds it: %v, the gate says %v", path, set, got, want == cfg.Yes)
			}
		}
	}
}

// host evaluates for Linux on x86-64 without flags of a crate's own.
func host(on []string) cfg.Env {
	return func(a cfg.Expr) cfg.Tri {
		switch a.Name {
		case "feature":
			return cfg.Of(slices.Contains(on, a.Value))
		case "unix", "target_thread_local", "debug_assertions":
			return cfg.Yes
		case "target_os":
			return cfg.Of(a.Value == "linux")
		case "target_arch":
			return cfg.Of(a.Value == "x86_64")
		case "target_pointer_width":
			return cfg.Of(a.Value == "64")
		case "target_env":
			return cfg.Of(a.Value == "gnu")
		case "target_family":
			return cfg.Of(a.Value == "unix")
		case "target_has_atomic":
			return cfg.Of(a.Value != "128")
		case "panic":
			return cfg.Of(a.Value == "unwind")
		}
		return cfg.No
	}
}

// compile gives, by file, the lines on which the compiler misses something;
// false where the crate itself does not build with the features.
func (o *oracle) compile(set []string, tries map[string][]string) (map[string]map[int]bool, bool) {
	o.t.Helper()
	features, _ := json.Marshal(append([]string{}, set...))
	o.write("Cargo.toml", fmt.Sprintf(`[package]
name = "tries"
version = "0.0.0"
edition = "2021"
[workspace]
[dependencies]
%s = { version = "=%s", default-features = false, features = %s }
`, o.crate.Name, o.version, features))
	o.write("src/lib.rs", "")
	for kind, paths := range tries {
		var b strings.Builder
		for n, path := range paths {
			if kind == "names" {
				fmt.Fprintf(&b, "use %s::%s as _%d;\n", o.crate.Lib, path, n)
			} else {
				fmt.Fprintf(&b, "fn _%d() { let _ = %s::%s; }\n", n, o.crate.Lib, path)
			}
		}
		b.WriteString("fn main() {}\n")
		o.write("examples/"+kind+".rs", b.String())
	}
	cmd := exec.Command("cargo", "check", "--examples", "--keep-going", "--message-format=json")
	cmd.Dir = o.dir
	cmd.Env = append(os.Environ(), "RUSTFLAGS=--cap-lints allow", "CARGO_TARGET_DIR="+filepath.Join(o.cache, "target"),
		"CARGO_BUILD_JOBS="+strconv.Itoa(published.Jobs()), "CARGO_INCREMENTAL=0", "CARGO_PROFILE_DEV_DEBUG=0")
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	_ = cmd.Run() // it fails where something is missing
	missing := map[string]map[int]bool{}
	finished := false
	for d := json.NewDecoder(&out); ; {
		var m struct {
			Reason  string
			Target  struct{ Name string }
			Message struct {
				Level string
				Code  *struct{ Code string }
				Spans []struct {
					Line    int  `json:"line_start"`
					Primary bool `json:"is_primary"`
				}
				Rendered string
			}
		}
		if d.Decode(&m) != nil {
			break
		}
		finished = finished || m.Reason == "build-finished"
		if m.Reason != "compiler-message" || m.Message.Level != "error" {
			continue
		}
		if m.Target.Name == o.crate.Lib {
			o.t.Logf("%v does not build at all: %s", set, m.Message.Rendered)
			return nil, false
		}
		if _, mine := tries[m.Target.Name]; !mine {
			o.t.Fatalf("%v: %s", set, m.Message.Rendered)
		}
		if m.Message.Code == nil {
			continue
		}
		// Unresolved import, no such item, method or associated item (of a trait,
		// which is then taken for a type). What is
		// left open about a type is no matter here.
		if !slices.Contains([]string{"E0432", "E0433", "E0412", "E0425", "E0599", "E0576", "E0603", "E0782"}, m.Message.Code.Code) {
			continue
		}
		for _, s := range m.Message.Spans {
			if s.Primary {
				if missing[m.Target.Name] == nil {
					missing[m.Target.Name] = map[int]bool{}
				}
				missing[m.Target.Name][s.Line] = true
			}
		}
	}
	if !finished {
		o.t.Fatalf("%v: cargo did not finish: %s", set, log.String())
	}
	return missing, true
}

func (o *oracle) write(name, text string) {
	file := filepath.Join(o.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		o.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		o.t.Fatal(err)
	}
}
