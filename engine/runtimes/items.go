package runtimes

import (
	"slices"
	"sync"
)

// Idiom is how a crate does a job that every runtime has: its items for it, or, where
// it has none, what is written instead.
type Idiom struct {
	Group  string   `toml:"group"` // the job
	Crate  string   `toml:"crate"` // the package
	Paths  []string `toml:"paths"` // of the items below the crate
	Code   string   `toml:"code"`  // how it is written
	Does   string   `toml:"does"`  // what is to be known of it, "" without paths
	Brief  string   `toml:"brief"` // the same in some words
	Source string   `toml:"source"`
}

var idioms = sync.OnceValue(func() []*Idiom {
	var file struct {
		Item []*Idiom `toml:"item"`
	}
	mustDecode("items.toml", &file)
	return file.Item
})

// FindIdiom finds what is known of an item of a package by its path; nil when it does
// no such job.
func FindIdiom(crate, path string) *Idiom {
	for _, i := range idioms() {
		if i.Crate == crate && slices.Contains(i.Paths, path) {
			return i
		}
	}
	return nil
}

// HasIdioms reports whether some item of the package is known.
func HasIdioms(crate string) bool {
	return slices.ContainsFunc(idioms(), func(i *Idiom) bool { return i.Crate == crate && len(i.Paths) > 0 })
}

// Counterparts lists how other crates do the same job, the first way of each, in the
// order of the data. Crates that one should not start with are left out.
func (i *Idiom) Counterparts() []*Idiom {
	var others []*Idiom
	seen := map[string]bool{i.Crate: true}
	for _, o := range idioms() {
		if o.Group != i.Group || seen[o.Crate] {
			continue
		}
		seen[o.Crate] = true
		if r := Known(o.Crate); r == nil || !slices.ContainsFunc(r.Statuses, func(s Status) bool { return s.Versions == "" }) {
			others = append(others, o)
		}
	}
	return others
}
