package runtimes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"reactorls/engine/semver"
)

// Release is one published version.
type Release struct {
	Version   semver.Version
	Published string // a date
	Rust      string // the Rust version that the manifest asks for, if any
	Yanked    bool
}

// featureTable is a decoded .features file: the releases, newest first, and
// the features tables with the range of versions that share each.
type featureTable struct {
	releases []Release
	blocks   []featureBlock // newest first
}

type featureBlock struct {
	first, last semver.Version
	table       map[string][]string
}

func (t *featureTable) newest() semver.Version { return t.releases[0].Version }

// at is the table of a version; versions that came later have the newest.
func (t *featureTable) at(v semver.Version) map[string][]string {
	for _, b := range t.blocks {
		if v.Compare(b.first) >= 0 {
			return b.table
		}
	}
	return t.blocks[len(t.blocks)-1].table
}

func (c *Crate) parseFeatures(text string) error {
	number := 0
	for l := range strings.Lines(text) {
		number++
		if strings.HasPrefix(l, "#") {
			continue
		}
		if err := c.features.line(strings.TrimSuffix(l, "\n")); err != nil {
			return fmt.Errorf("%s.features:%d: %w", c.Name, number, err)
		}
	}
	if len(c.features.releases) == 0 || len(c.features.blocks) == 0 {
		return fmt.Errorf("%s.features is empty", c.Name)
	}
	return nil
}

func (t *featureTable) line(text string) error {
	words := strings.Fields(text)
	switch {
	case len(words) > 1 && words[0] == "version":
		return t.release(words[1:])
	case len(words) == 2 && words[0] == "features":
		from, to, _ := strings.Cut(words[1], "..")
		first, err := semver.Parse(from)
		if err != nil {
			return err
		}
		last, err := semver.Parse(to)
		if err != nil {
			return err
		}
		t.blocks = append(t.blocks, featureBlock{first, last, map[string][]string{}})
	case len(words) > 1 && words[1] == "=" && len(t.blocks) > 0:
		t.blocks[len(t.blocks)-1].table[words[0]] = words[2:]
	default:
		return fmt.Errorf("unknown line %q", text)
	}
	return nil
}

// release reads "1.54.1 2026-10-21 rust 1.85 yanked", of which only the first
// is always there.
func (t *featureTable) release(words []string) error {
	v, err := semver.Parse(words[0])
	if err != nil {
		return err
	}
	r := Release{Version: v}
	for i := 1; i < len(words); i++ {
		switch {
		case words[i] == "yanked":
			r.Yanked = true
		case words[i] == "rust" && i+1 < len(words):
			i++
			r.Rust = words[i]
		case strings.Count(words[i], "-") == 2:
			r.Published = words[i]
		default:
			return fmt.Errorf("unknown word %q", words[i])
		}
	}
	t.releases = append(t.releases, r)
	return nil
}

// Features lists the features of the version, default among them.
func (k *Knowledge) Features() []string { return slices.Sorted(maps.Keys(k.features)) }

// Has reports whether the version has the feature.
func (k *Knowledge) Has(feature string) bool {
	_, ok := k.features[feature]
	return ok
}

// Implies gives what the feature turns on by itself: own features, dep:name,
// name/feature and name?/feature.
func (k *Knowledge) Implies(feature string) []string { return k.features[feature] }

// Closure adds to the features all own features that they turn on.
func (k *Knowledge) Closure(features ...string) []string {
	on := map[string]bool{}
	var add func(f string)
	add = func(f string) {
		if on[f] || !k.Has(f) {
			return
		}
		on[f] = true
		for _, x := range k.features[f] {
			// name/feature turns on the optional dependency too, and with it
			// its feature, if it has one.
			name, _, _ := strings.Cut(x, "/")
			add(name)
		}
	}
	for _, f := range features {
		add(f)
	}
	return slices.Sorted(maps.Keys(on))
}

// Reduce leaves out each feature that the others turn on anyway, so that what
// is left has the same closure.
func (k *Knowledge) Reduce(features ...string) []string {
	left := slices.Compact(slices.Sorted(slices.Values(features)))
	for i := 0; i < len(left); {
		rest := slices.Delete(slices.Clone(left), i, i+1)
		if slices.Contains(k.Closure(rest...), left[i]) {
			left = rest
		} else {
			i++
		}
	}
	return left
}

// FeatureIn gives the versions that have a feature, as "1.48.0 to 1.54.1", newest
// range first; false when none ever had it.
func (c *Crate) FeatureIn(feature string) (versions string, ok bool) {
	for i := 0; i < len(c.features.blocks); i++ {
		if _, has := c.features.blocks[i].table[feature]; !has {
			continue
		}
		last := c.features.blocks[i].last
		for i+1 < len(c.features.blocks) {
			if _, has := c.features.blocks[i+1].table[feature]; !has {
				break
			}
			i++
		}
		return c.features.blocks[i].first.String() + " to " + last.String(), true
	}
	return "", false
}

// Published reports whether the version is one that the registry had when the
// data was made.
func (k *Knowledge) Published() bool {
	_, ok := k.crate.Release(k.Version)
	return ok && !k.vague
}
