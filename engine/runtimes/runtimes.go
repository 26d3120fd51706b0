// Package runtimes holds what is known about Rust's async runtimes: which
// public item of their crates needs which feature in which version, which
// features and versions there are, and how each runtime fares.
//
// The knowledge is data, embedded and dated. The .gates and .features files are
// made by generate from the crates' own sources and from the registry's index;
// the .toml files are written by hand and name their sources.
package runtimes

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"reactorls/engine/semver"
)

//go:generate go run ./generate

//go:embed data
var data embed.FS

// crates has, per package name, the crate that is decoded on first use.
var crates = sync.OnceValue(func() map[string]func() *Crate {
	all := map[string]func() *Crate{}
	names, _ := fs.Glob(data, "data/*.gates")
	for _, file := range names {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "data/"), ".gates")
		all[name] = sync.OnceValue(func() *Crate { return mustLoad(name) })
	}
	return all
})

// Lookup finds a crate by its package name; nil when nothing is known of its
// items and features. The first call for a crate decodes its data.
func Lookup(pkg string) *Crate {
	if load := crates()[pkg]; load != nil {
		return load()
	}
	return nil
}

// Names lists the packages that Lookup finds.
func Names() []string {
	var names []string
	for name := range crates() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Crate is what is known of one crate over all its versions.
type Crate struct {
	Name string // in the registry: tokio-util
	Lib  string // in Rust: tokio_util

	samples  []semver.Version // whose items are known exactly
	gates    gateTable
	features featureTable

	knowledge sync.Map // version string -> *Knowledge
}

// mustLoad decodes embedded data; a test holds it to be well-formed.
func mustLoad(name string) *Crate {
	c := &Crate{Name: name, Lib: strings.ReplaceAll(name, "-", "_")}
	err := c.read("data/"+name+".gates", c.parseGates)
	if err == nil {
		err = c.read("data/"+name+".features", c.parseFeatures)
	}
	if err != nil {
		panic(err)
	}
	return c
}

func (c *Crate) read(file string, parse func(text string) error) error {
	text, err := data.ReadFile(file)
	if err != nil {
		return err
	}
	return parse(string(text))
}

// Samples are the versions whose items were read from their sources.
func (c *Crate) Samples() []semver.Version { return c.samples }

// Releases are all published versions, newest first.
func (c *Crate) Releases() []Release { return c.features.releases }

// Release finds a published version.
func (c *Crate) Release(v semver.Version) (Release, bool) {
	i, ok := slices.BinarySearchFunc(c.features.releases, v, func(r Release, v semver.Version) int { return v.Compare(r.Version) })
	if !ok {
		return Release{}, false
	}
	return c.features.releases[i], true
}

// At gives the knowledge about one version; "" is the newest published one. A
// version that cannot be read counts as the newest, with nothing certain.
func (c *Crate) At(version string) *Knowledge {
	if k, ok := c.knowledge.Load(version); ok {
		return k.(*Knowledge)
	}
	k, _ := c.knowledge.LoadOrStore(version, c.know(version))
	return k.(*Knowledge)
}

func (c *Crate) know(version string) *Knowledge {
	k := &Knowledge{crate: c}
	v, err := semver.Parse(version)
	if err != nil {
		v = c.features.newest()
		k.vague = version != ""
	}
	k.Version = v
	k.features = c.features.at(v)
	i, exact := slices.BinarySearchFunc(c.samples, v, semver.Version.Compare)
	switch {
	case exact:
		k.lower, k.upper, k.Complete = i, i, true
	case i == 0:
		k.vague = true
	case i == len(c.samples):
		k.lower, k.upper = i-1, i-1
		k.vague = k.vague || v.Series() != c.samples[i-1].Series()
	default:
		k.lower, k.upper, k.Complete = i-1, i, true
	}
	k.Complete = k.Complete && !k.vague
	return k
}
