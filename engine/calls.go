package engine

import (
	"fmt"
	"slices"
	"strings"

	"reactorls/engine/cargo"
	"reactorls/engine/rust"
)

// MethodUse is a call of a method of a runtime crate's type.
type MethodUse struct {
	Place  Place
	Path   string // of the method, below the crate
	Source *rust.Source
}

// callsOf are the calls of methods whose names are wanted, where it is known whose
// methods they are.
func (c *crateSource) callsOf(wanted func(name string) bool) []rust.Site {
	want := make([]bool, len(c.names))
	for n, name := range c.names {
		want[n] = wanted(name)
	}
	var methods []methodSite
	for _, m := range c.methods {
		if want[m.name] {
			methods = append(methods, m)
		}
	}
	const several = 16 // of one function, mostly
	parts := slices.Collect(slices.Chunk(methods, several))
	found := make([][]rust.Site, len(parts))
	sideBySide(len(parts), func(i int) {
		for _, m := range parts[i] {
			if site, ok := m.unit.CallSite(m.span.Start); ok {
				found[i] = append(found[i], site)
			}
		}
	})
	return slices.Concat(found...)
}

// Calls lists the calls of methods, by their last names, that are surely compiled for
// the host with the default features and surely mean the crate's own.
func (u *Use) Calls(names []string) []MethodUse {
	src := u.src()
	var all []MethodUse
	for _, a := range u.activations(Selection{}) {
		find := func(c *crateSource) [][]rust.Site {
			return [][]rust.Site{c.callsOf(func(name string) bool { return slices.Contains(names, name) })}
		}
		normal, test := src.judge(&a.Activation, cargo.Host(), false), src.judge(&a.Activation, cargo.Host(), true)
		u.eachCompiled(normal, test, find, func(site rust.Site, part func(bool) *Part) {
			m := MethodUse{u.place(site), strings.Join(site.Path, "::"), site.Unit.Source}
			if part(false) != nil && !slices.ContainsFunc(all, func(o MethodUse) bool { return o.Place == m.Place }) {
				all = append(all, m)
			}
		})
	}
	slices.SortStableFunc(all, func(a, b MethodUse) int { return ComparePlaces(a.Place, b.Place) })
	return all
}

// Mentions lists the places of the targets of a kind, tests of them left out, that
// surely name one of the items or something below it, imports left out, when a selection
// of features is built.
func (u *Use) Mentions(kind cargo.TargetKind, sel Selection, items []string) []Place {
	if len(items) == 0 {
		return nil
	}
	type mentions struct{ kind, sel, items string }
	return WorkedOut(&u.Worked, mentions{fmt.Sprint(kind), fmt.Sprint(sel), strings.Join(items, " ")}, func() []Place { return u.mentions(kind, sel, items) })
}

func (u *Use) mentions(kind cargo.TargetKind, sel Selection, items []string) []Place {
	src := u.src()
	var places []Place
	a := src.pkg.activate(sel)
	normal, test := src.judge(&a, cargo.Host(), false), src.judge(&a, cargo.Host(), true)
	u.eachCompiled(normal, test, u.sites, func(site rust.Site, part func(bool) *Part) {
		if site.Kind == rust.PathRef && slices.ContainsFunc(items, func(item string) bool { return below(site.Path, item) }) &&
			part(false) == &u.Normal && src.kindOf(site.Unit) == kind {
			places = append(places, u.place(site))
		}
	})
	slices.SortStableFunc(places, ComparePlaces)
	return slices.Compact(places)
}

// below reports whether a path is that of an item, or starts with it.
func below(path []string, item string) bool {
	for _, name := range path {
		first, rest, more := strings.Cut(item, "::")
		if name != first {
			return false
		}
		if !more {
			return true
		}
		item = rest
	}
	return false
}

// kindOf is what kind of target a file belongs to.
func (s *sources) kindOf(unit *rust.Unit) cargo.TargetKind {
	i := slices.IndexFunc(s.crates, func(c crateSource) bool { return c.crate == unit.Crate })
	return s.crates[i].target.Kind
}
