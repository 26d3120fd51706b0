package runtimes

import (
	"slices"
	"strings"
	"testing"
)

// TestIdiomsAreWellFormed holds items.toml to the crates: each path is an item of its
// crate, under the name that the crate gives it.
func TestIdiomsAreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	for _, i := range idioms() {
		if i.Group == "" || i.Code == "" || i.Brief == "" || i.Source == "" || (i.Does == "") != (len(i.Paths) == 0) {
			t.Errorf("something is missing: %+v", i)
		}
		if Known(i.Crate) == nil {
			t.Errorf("%s is not known", i.Crate)
		}
		for _, path := range i.Paths {
			if seen[i.Crate+path] {
				t.Errorf("%s %s stands twice", i.Crate, path)
			}
			seen[i.Crate+path] = true
			if c := Lookup(i.Crate); c != nil {
				if item, ok := c.At("").Item(path); !ok || item.Path != path {
					t.Errorf("%s %s is %q, %v", i.Crate, path, item.Path, ok)
				}
			}
		}
	}
}

func TestCounterparts(t *testing.T) {
	for _, c := range []struct{ crate, path, want string }{
		{"tokio", "spawn", "smol async-executor embassy-executor compio actix-rt"},
		{"async-std", "task::spawn_blocking", "tokio smol blocking compio embassy-executor"},
		{"tokio", "runtime::Builder::thread_stack_size", "smol futures"},
		{"pollster", "block_on", "tokio smol async-io futures futures-executor embassy-executor compio"},
	} {
		var got []string
		for _, o := range FindIdiom(c.crate, c.path).Counterparts() {
			got = append(got, o.Crate)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %s: got %v, want %s", c.crate, c.path, got, c.want)
		}
	}
	if FindIdiom("tokio", "fs::read") != nil || FindIdiom("serde", "spawn") != nil {
		t.Error("what does no such job is found")
	}
	if !HasIdioms("pollster") || HasIdioms("embassy-net") || slices.ContainsFunc(idioms(), func(i *Idiom) bool { return i.Crate == "serde" }) {
		t.Error("whose items are known")
	}
}
