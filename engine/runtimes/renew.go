package runtimes

import (
	"slices"
	"sync"
)

// Renewal is what becomes of code that was written for an old series of a runtime.
type Renewal struct {
	Crate  string   `toml:"crate"`
	Series []string `toml:"series"`
	// Features are what stands today for those that are called otherwise.
	Features map[string][]string `toml:"features"`
	// Streams are the items whose values were streams.
	Streams    []string           `toml:"streams"`
	Attributes []RenewedAttribute `toml:"attribute"`
	Items      []Renewed          `toml:"item"`
}

// Renewed is what becomes of an item.
type Renewed struct {
	Path string `toml:"path"`
	To   string `toml:"to"` // from the module that it is in; "" where it has its old name
	// Awaited tells that only a call which is awaited right there can be moved.
	Awaited bool `toml:"awaited"`
	// Unlike are methods that are gone or do something else.
	Unlike []string `toml:"unlike"`
	// Keeps are methods that are the same, although another type has lost one of the name.
	Keeps []string `toml:"keeps"`
}

// RenewedAttribute is what becomes of an attribute that starts the runtime.
type RenewedAttribute struct {
	Path string `toml:"path"`
	// Flavor is the one that it starts where no argument says one, unless the feature
	// Threaded is on.
	Flavor   string `toml:"flavor"`
	Threaded string `toml:"threaded"`
	// Arguments are what they are today: name = value, or the name alone where the value
	// stays.
	Arguments map[string]string `toml:"arguments"`
}

var renewals = sync.OnceValue(func() []Renewal {
	var file struct {
		Renewal []Renewal `toml:"renewal"`
	}
	mustDecode("renew.toml", &file)
	return file.Renewal
})

// FindRenewal finds what becomes of code for a series of a runtime; nil where that is not
// known.
func FindRenewal(crate, series string) *Renewal {
	all := renewals()
	i := slices.IndexFunc(all, func(r Renewal) bool { return r.Crate == crate && slices.Contains(r.Series, series) })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// Find finds what becomes of an item, or of what it belongs to; nil where that is not
// known.
func (r *Renewal) Find(path string) *Renewed {
	var found *Renewed
	for i := range r.Items {
		if item := &r.Items[i]; below(path, item.Path) && (found == nil || len(item.Path) > len(found.Path)) {
			found = item
		}
	}
	return found
}

// Attribute finds what becomes of an attribute that starts the runtime; nil for none.
func (r *Renewal) Attribute(path string) *RenewedAttribute {
	i := slices.IndexFunc(r.Attributes, func(a RenewedAttribute) bool { return a.Path == path })
	if i < 0 {
		return nil
	}
	return &r.Attributes[i]
}

// Streaming reports whether values of an item were streams.
func (r *Renewal) Streaming(path string) bool {
	return slices.ContainsFunc(r.Streams, func(s string) bool { return below(path, s) })
}

// Asked are the features of today that stand for old ones; false where one of them has
// nothing.
func (r *Renewal) Asked(features []string) (now []string, ok bool) {
	for _, f := range features {
		renamed, is := r.Features[f]
		if !is {
			renamed = []string{f}
			if !slices.Contains(Lookup(r.Crate).At("").Features(), f) {
				return nil, false
			}
		}
		for _, n := range renamed {
			if !slices.Contains(now, n) {
				now = append(now, n)
			}
		}
	}
	return now, true
}
