package runtimes

import (
	"maps"
	"slices"
	"testing"
)

func TestAttributeNeeds(t *testing.T) {
	for _, c := range []struct {
		version, path, arguments string
		want                     []string
	}{
		{"1.54.1", "main", ``, []string{"rt", "rt-multi-thread"}},
		{"1.54.1", "main", `(flavor = "current_thread")`, []string{"rt"}},
		{"1.54.1", "main", `(flavor = "multi_thread", worker_threads = 4)`, []string{"rt", "rt-multi-thread"}},
		{"1.54.1", "main", `(flavor = "local")`, []string{"rt"}},
		{"1.54.1", "main", `(crate = "my::tokio")`, []string{"rt", "rt-multi-thread"}},
		{"1.54.1", "test", ``, []string{"rt"}},
		{"1.54.1", "test", `(flavor="multi_thread",)`, []string{"rt", "rt-multi-thread"}},
		{"1.54.1", "test", `(start_paused = true)`, []string{"rt", "test-util"}},
		{"1.20.6", "main", ``, []string{"rt", "rt-multi-thread"}},
		{"1.54.1", "select", ``, nil},
	} {
		if got := Lookup("tokio").At(c.version).AttributeNeeds(c.path, c.arguments); !slices.Equal(got, c.want) {
			t.Errorf("%s #[tokio::%s%s]: got %v, want %v", c.version, c.path, c.arguments, got, c.want)
		}
	}
}

func TestParseArguments(t *testing.T) {
	for _, c := range []struct {
		in   string
		want map[string]string
	}{
		{``, map[string]string{}},
		{`()`, map[string]string{}},
		{`( flavor = "a, b" , worker_threads = 2 )`, map[string]string{"flavor": "a, b", "worker_threads": "2"}},
		{`flavor = "x"`, map[string]string{"flavor": "x"}},
		{`(flavor`, map[string]string{"flavor": ""}},
		{`(flavor = "x`, map[string]string{"flavor": "x"}},
	} {
		if got := ParseArguments(c.in); !maps.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.in, got, c.want)
		}
	}
}

// TestEntries holds that what the hand-written file names is there.
func TestEntries(t *testing.T) {
	for _, e := range entries() {
		c := Lookup(e.Crate)
		if c == nil {
			continue // its items are not known
		}
		names := append([]string{e.Path}, e.Uses...)
		for _, a := range e.Arguments {
			names = append(names, a.Uses...)
			for _, items := range a.Values {
				names = append(names, items...)
			}
		}
		for _, name := range names {
			if _, ok := c.At("").Item(name); !ok {
				t.Errorf("#[%s::%s] names %s, which %s does not have", e.Crate, e.Path, name, e.Crate)
			}
		}
		if e.Source == "" || e.Role == "" {
			t.Errorf("#[%s::%s] has no source or role", e.Crate, e.Path)
		}
	}
}
