package runtimes

import (
	"slices"
	"strings"
	"testing"

	"reactorls/engine/cfg"
)

// TestCardsAreWellFormed holds cards.toml to its own rules: whatever a card says has
// a source and a date.
func TestCardsAreWellFormed(t *testing.T) {
	named := map[string]bool{}
	for _, c := range Cards() {
		for _, name := range append([]string{c.Name}, c.Also...) {
			if named[strings.ToLower(name)] {
				t.Errorf("%s stands twice", name)
			}
			named[strings.ToLower(name)] = true
		}
		if c.Known() == nil {
			t.Errorf("%s: nothing is known of %s", c.Name, c.Crate)
			continue
		}
		if c.Drives != "" && FindReactor(c.Drives) == nil {
			t.Errorf("%s: no reactor %s", c.Name, c.Drives)
		}
		if _, err := cfg.Parse(c.On); c.On != "" && err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		if !slices.Contains([]string{"", "yes", "only"}, c.Bare) {
			t.Errorf("%s: bare is %q", c.Name, c.Bare)
		}
		if newest, _, _ := strings.Cut(strings.TrimPrefix(c.Read, c.Crate+" "), ","); newest != c.Known().Latest {
			t.Errorf("%s: read %s, the newest is %s", c.Name, c.Read, c.Known().Latest)
		}
		for i, v := range c.values() {
			if optional := v == &c.Fallback && v.Is == ""; optional {
				continue
			}
			if v.Is == "" || v.Source == "" || !isDate(v.Date) {
				t.Errorf("%s: value %d is %+v", c.Name, i, *v)
			}
		}
		if known := Lookup(c.Crate); known != nil {
			for _, f := range c.Features {
				if !known.At("").Has(f) {
					t.Errorf("%s: %s has no feature %s", c.Name, c.Crate, f)
				}
			}
		}
	}
	for _, r := range AllKnown() {
		if _, is := r.Status(version(t, "99.0.0")); r.Kind == "runtime" && !is && len(CardsOf(r.Name)) == 0 {
			t.Errorf("%s is a runtime that has no card", r.Name)
		}
	}
}

func TestAlternatives(t *testing.T) {
	target := func(atoms ...string) cfg.Env {
		return func(a cfg.Expr) cfg.Tri { return cfg.Of(slices.Contains(atoms, a.Name+a.Value)) }
	}
	linux := target("unix", "target_oslinux", "target_familyunix", "target_archx86_64")
	for _, c := range []struct {
		card string
		fit  Fit
		want string
	}{
		{"tokio", Fit{Target: linux}, "smol compio tokio-current-thread"},
		{"tokio", Fit{Target: linux, Drives: []string{"tokio"}}, "actix-rt tokio-current-thread tokio-local"},
		{"tokio", Fit{Target: linux, Drives: []string{"async-io", "glib"}}, "smol compio tokio-current-thread"},
		{"tokio", Fit{Target: linux, Rust: "1.71"}, "smol compio kimojio"},
		{"tokio", Fit{Target: target("target_familywasm", "target_archwasm32")}, "wasm-bindgen-futures tokio-current-thread tokio-local"},
		{"async-std", Fit{Target: linux}, "tokio tokio-current-thread tokio-local"},
		{"embassy-executor", Fit{Bare: true, Target: target("target_archarm", "target_osnone")}, "rtic lilos"},
		{"embassy-executor", Fit{Bare: true, Target: target("target_archxtensa", "target_osnone")}, ""},
		{"pollster", Fit{Target: linux}, "async-executor edge-executor futures-executor"},
	} {
		var got []string
		for _, a := range FindCard(c.card).Alternatives(c.fit, 3) {
			got = append(got, a.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %v: got %v, want %s", c.card, c.fit, got, c.want)
		}
	}
}

func TestCompare(t *testing.T) {
	c := Compare(FindCard("tokio"), FindCard("EMBASSY"))
	for text, has := range map[string][]string{
		c.Markdown(): {"| | tokio multi-thread | embassy-executor |\n|---|---|---|\n", "| `no_std` | no | yes, without an allocator |", "Alike in all: status: kept"},
		c.Text(80):   {"no_std ", "yes, without an"},
	} {
		for _, h := range has {
			if !strings.Contains(text, h) {
				t.Errorf("no %q in\n%s", h, text)
			}
		}
	}
	for l := range strings.Lines(c.Text(80)) {
		if len([]rune(l)) > 81 {
			t.Errorf("too wide: %q", l)
		}
	}
	for _, width := range []int{-1, 0, 1, 10} { // no terminal is too narrow
		if text := Compare(Cards()...).Text(width); !strings.Contains(text, "work-stealing") {
			t.Errorf("at %d: %s", width, text)
		}
	}
	if text := Compare().Markdown(); text != "| |\n|---|\n" {
		t.Errorf("nothing gives %q", text)
	}
}

func BenchmarkCompare(b *testing.B) {
	cards := append([]*Card{FindCard("tokio")}, FindCard("tokio").Alternatives(Fit{}, 3)...)
	for b.Loop() {
		_ = Compare(cards...).Markdown()
	}
}
