package runtimes

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"reactorls/engine/semver"
)

// Choice is a crate that offers several runtimes by feature.
type Choice struct {
	Crate    string          `toml:"crate"`
	Versions string          `toml:"versions"` // a requirement
	Features map[string]Pick `toml:"features"`
}

// Pick is what one feature of such a crate decides.
type Pick struct {
	Drives []string `toml:"drives"` // reactors
	Gone   []string `toml:"gone"`   // crates that it brings in and that are no longer kept
}

var choices = sync.OnceValue(func() map[string][]Choice {
	var file struct {
		Choice []Choice `toml:"choice"`
	}
	mustDecode("choices.toml", &file)
	all := map[string][]Choice{}
	for _, c := range file.Choice {
		all[c.Crate] = append(all[c.Crate], c)
	}
	return all
})

// FindChoice finds what a version of a crate offers; nil when it offers no choice,
// or is not known.
func FindChoice(crate string, v semver.Version) *Choice {
	for i := range choices()[crate] {
		if c := &choices()[crate][i]; matches(c.Versions, v) {
			return c
		}
	}
	return nil
}

// NewestChoice finds what the newest versions of a crate offer; nil when they offer no
// choice, or are not known.
func NewestChoice(crate string) *Choice {
	if of := choices()[crate]; len(of) > 0 {
		return &of[0]
	}
	return nil
}

// Offers reports whether some feature picks the reactor and no other.
func (c *Choice) Offers(reactor string) bool {
	for _, p := range c.Features {
		if slices.Equal(p.Drives, []string{reactor}) {
			return true
		}
	}
	return false
}

// Counterpart finds the feature that does under another reactor what one does
// under its own: the one whose name differs in the runtime alone, best with the
// reactor's own name, or smol's, in it. It brings in none of the crates that are
// gone; "" when there is none.
func (c *Choice) Counterpart(feature, reactor string, gone []string) string {
	best := ""
	for _, name := range slices.Sorted(maps.Keys(c.Features)) {
		p := c.Features[name]
		if name == feature || !slices.Equal(p.Drives, []string{reactor}) || Stem(name) != Stem(feature) {
			continue
		}
		if slices.ContainsFunc(p.Gone, func(g string) bool { return slices.Contains(gone, g) }) {
			continue
		}
		own := strings.Contains(name, reactor) || reactor == "async-io" && strings.Contains(name, "smol")
		if best == "" || own && !strings.Contains(best, reactor) {
			best = name
		}
	}
	return best
}

// Plain finds the feature that is called like the reactor's runtime and nothing
// else; "" when there is none.
func (c *Choice) Plain(reactor string) string {
	for _, name := range slices.Sorted(maps.Keys(c.Features)) {
		if Stem(name) == "*" && slices.Equal(c.Features[name].Drives, []string{reactor}) {
			return name
		}
	}
	return ""
}

// Stem is the name of a feature without the name of a runtime in it.
func Stem(feature string) string {
	for _, runtime := range []string{"async-std", "async_std", "async-global-executor", "async-io", "asyncstd", "tokio", "smol", "actix"} {
		feature = strings.ReplaceAll(feature, runtime, "*")
	}
	return feature
}
