package runtimes

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"reactorls/engine/cfg"
)

// Abandoned is the runtime whose items the table of moves is about.
const Abandoned = "async-std"

// Destination is a runtime that the items of the abandoned one can be moved to.
type Destination struct {
	Crate string `toml:"crate"`
	// Context tells that its items work only where its executor runs them.
	Context bool `toml:"context"`
	// Executors are what runs code in the abandoned runtime: where one of them stays,
	// what needs the context has to stay.
	Executors []string `toml:"executors"`
	// Foreign is the crate whose traits its types do not have, in contrast to those of
	// the abandoned runtime.
	Foreign string `toml:"foreign"`

	Groups []Group `toml:"-"`
	moves  map[string]*Move
}

// Group are items that move together or not at all.
type Group struct {
	Target string   `toml:"target"`
	Under  []string `toml:"under"` // paths of items and modules
	// Foreign tells that their types have the traits of Destination.Foreign.
	Foreign bool `toml:"foreign"`
	// Values are names of types and functions whose values can be used through a shared
	// reference, or cloned, in the old runtime alone.
	Values []string `toml:"values"`
	Shared bool     `toml:"shared"`
	Cloned bool     `toml:"cloned"`
	// Types tells that crates which are built on the old runtime may take or give values
	// of it.
	Types bool `toml:"types"`
}

// Holds reports whether an item belongs to the group.
func (g Group) Holds(path string) bool {
	return slices.ContainsFunc(g.Under, func(u string) bool { return below(path, u) })
}

// below reports whether a path is another or below it.
func below(path, of string) bool { return path == of || strings.HasPrefix(path, of+"::") }

// Move is what becomes of an item.
type Move struct {
	From string   `toml:"-"`    // below the abandoned runtime
	Path string   `toml:"path"` // below the target, or with another crate in front
	Form MoveForm `toml:"form"` // how it may be moved
	Lazy bool     `toml:"lazy"` // it needs no context before it is awaited
	// Anywhere tells that it works whatever executor runs it.
	Anywhere bool `toml:"anywhere"`
	// Dropped is written behind a call whose value nobody has, Awaited behind an await.
	Dropped string `toml:"dropped"`
	Awaited string `toml:"awaited"`
	// Std tells that it is an item of the standard library.
	Std bool `toml:"-"`
	// Methods are those that are not the same, Variants of an enum those that are.
	Methods  []string `toml:"methods"`
	Variants []string `toml:"variants"`
	// Generic tells that it takes the same generic arguments.
	Generic bool `toml:"generic"`
	// Traits are those that a prelude brings, by their paths in the abandoned runtime.
	Traits []string `toml:"-"`
}

// MoveForm is how an item may be moved.
type MoveForm string

// The forms; the head of migrate.toml tells what they mean.
const (
	ByName    MoveForm = ""
	Awaited   MoveForm = "awaited"
	Pause     MoveForm = "pause"
	StartTask MoveForm = "task"
	Joined    MoveForm = "joined"
	Block     MoveForm = "block"
	Start     MoveForm = "start"
	ForTraits MoveForm = "trait"
)

// Destinations are the runtimes to move to, in the order in which they are offered.
var Destinations = sync.OnceValue(func() []*Destination {
	var file struct {
		Target []*Destination
		Group  []Group
		Item   []struct {
			Path        string
			Std         bool
			Traits      []string
			Smol, Tokio *Move
		}
	}
	mustDecode("migrate.toml", &file)
	for _, d := range file.Target {
		d.moves = map[string]*Move{}
		for _, g := range file.Group {
			if g.Target == d.Crate {
				d.Groups = append(d.Groups, g)
			}
		}
		for _, i := range file.Item {
			if m := map[string]*Move{"smol": i.Smol, "tokio": i.Tokio}[d.Crate]; m != nil {
				m.From, m.Traits, m.Std = i.Path, i.Traits, i.Std || strings.HasPrefix(m.Path, "std::")
				d.moves[i.Path] = m
			}
		}
	}
	return file.Target
})

// Find finds what becomes of an item, and what of the path is left below it: a method,
// a variant. It is nil where the item cannot be moved. Of a module only what is listed
// can.
func (d *Destination) Find(from *Knowledge, path string) (m *Move, rest string) {
	for p := path; p != ""; p = parent(p) {
		if m := d.moves[p]; m != nil {
			if i, ok := from.Item(p); ok && i.Kind == Module && p != path {
				return nil, ""
			}
			return m, strings.TrimPrefix(path[len(p):], "::")
		}
	}
	return nil, ""
}

// Moves lists what can be moved, by path.
func (d *Destination) Moves() []*Move {
	return slices.SortedFunc(maps.Values(d.moves), func(a, b *Move) int { return strings.Compare(a.From, b.From) })
}

// Item is the path of the item with its crate in front.
func (d *Destination) Item(m *Move) string {
	if crate, _, ok := strings.Cut(m.Path, "::"); ok && crate == "std" {
		return m.Path
	}
	return strings.ReplaceAll(d.Crate, "-", "_") + "::" + m.Path
}

// Keeps reports whether a method does the same on the item that one is moved to. have
// are the features of the abandoned runtime that are on: a method that is not there is
// called by nobody. future tells whether it gives a future.
func (d *Destination) Keeps(from *Knowledge, m *Move, item, name string, have []string) (keeps, future bool) {
	if m != nil && slices.Contains(m.Variants, name) {
		return true, false
	}
	old, ok := from.Item(item + "::" + name)
	if ok && old.Gate.Eval(featuresOn(have)) == cfg.No {
		return true, false
	}
	if m != nil && slices.Contains(m.Methods, name) {
		return false, !ok || isFuture(old)
	}
	if !ok {
		return true, false
	}
	if m == nil || m.Std {
		return m != nil, isFuture(old)
	}
	now, ok := Lookup(d.Crate).At("").Item(m.Path + "::" + name)
	return ok && mayWait(now, name) == mayWait(old, name), isFuture(old)
}

func isFuture(i Item) bool { return i.Async || strings.Contains(i.Returns, "Future") }

// mayWait reports whether a method gives a future, or something that is called as it is,
// as futures are: lock gives a Lock, wait a BarrierWait.
func mayWait(i Item, name string) bool {
	if isFuture(i) {
		return true
	}
	returns, _, _ := strings.Cut(i.Returns, "<")
	return strings.HasSuffix(strings.ToLower(returns[strings.LastIndex(returns, ":")+1:]), strings.ReplaceAll(name, "_", ""))
}

// featuresOn knows that these features are on, no others are, and that docs are not built.
func featuresOn(have []string) cfg.Env {
	return func(atom cfg.Expr) cfg.Tri {
		if atom.Name != "feature" {
			return cfg.Maybe
		}
		return cfg.Of(slices.Contains(have, atom.Value))
	}
}

// Needs are the features that an item surely needs, with those of all that holds it.
func (k *Knowledge) Needs(path string) []string {
	var features []string
	for p := path; p != ""; p = parent(p) {
		if i, ok := k.Item(p); ok {
			features = append(features, required(i.Gate)...)
		}
	}
	return k.Reduce(features...)
}
