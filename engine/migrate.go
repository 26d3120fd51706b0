package engine

import (
	"slices"
	"strings"

	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
)

// Named is a place in a package's code that names an item of a runtime crate, for what
// moves the package to another one.
type Named struct {
	rust.Site
	Place Place
	// Item is the path of the item as the crate calls it.
	Item string
	// Fn is the innermost function around it, nil where there is none.
	Fn *rust.CrateFn
	// Dev tells that only tests, examples and benches compile it, Script that the build
	// script does, Lib that it is in the library that others may use.
	Dev, Script, Lib bool
	// Fixed is why an edit cannot change it, "" where it can.
	Fixed string
}

// Named lists all places that name the crate, those by a name which a use declaration
// brought included, in order of place.
func (u *Use) Named() []Named {
	src := u.src()
	var all []Named
	normal := src.judge(nil, nil, false)
	add := func(c *crateSource, site rust.Site) {
		if site.Extern != u.Import() {
			return
		}
		n := Named{Site: site, Place: u.place(site), Item: strings.Join(site.Path, "::"), Fn: fnAround(c, site)}
		if i, ok := u.Know.Item(n.Item); ok {
			if i.Kind == runtimes.Module && site.Kind == rust.PathRef {
				return // a variable of that name: no value is a module
			}
			n.Item = i.Path
		}
		n.Script = c.target.Kind == cargo.BuildScript
		n.Dev = !n.Script && (c.target.Kind != cargo.Lib && c.target.Kind != cargo.Bin || normal.Holds(site.Cond) == cfg.No)
		n.Lib = c.target.Kind == cargo.Lib && !n.Dev
		switch {
		case c.target.Kind == docCrate:
			n.Place = Place{Path: u.Package.File.Path, Item: n.Place.Item}
			n.Fixed = "in documentation"
		case site.Open || inMacro(site):
			n.Fixed = "in a macro"
		case site.Unsure:
			n.Fixed = "which may mean something else"
		}
		all = append(all, n)
	}
	for i := range src.crates {
		c := &src.crates[i]
		for _, site := range c.sites {
			add(c, site)
		}
		for _, unit := range c.crate.Units {
			for _, site := range unit.ImportedSites() {
				add(c, site)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Named) int { return ComparePlaces(a.Place, b.Place) })
	return all
}

// fnAround is the innermost function of a crate around a site.
func fnAround(c *crateSource, site rust.Site) *rust.CrateFn {
	var found *rust.CrateFn
	for _, f := range c.crate.Fns() {
		if f.Unit == site.Unit && f.Span.Text().Covers(site.Span.Text()) && (found == nil || f.Span.Start > found.Span.Start) {
			found = f
		}
	}
	return found
}

// inMacro reports whether a site stands in the definition of a macro, or in tokens for
// somebody else's code.
func inMacro(site rust.Site) bool {
	src := site.Unit.Source
	for _, s := range src.Scopes {
		if s.Kind == rust.MacroScope && s.Span.Text().Covers(site.Span.Text()) {
			return true
		}
	}
	for i := range src.Refs {
		if r := &src.Refs[i]; r.Span == site.Span {
			for at := r.Cond; at > 0; at = src.Conds[at].Parent {
				if src.Conds[at].Kind == rust.MacroCond || src.Conds[at].Kind == rust.QuotedCond {
					return true
				}
			}
		}
	}
	return false
}

// Called is a method call in a package's code.
type Called struct {
	Name  string
	Place Place
	// On is the path of the method below Extern, "" where it is not known.
	Extern, On string
	// Awaited tells that it may be awaited right there.
	Awaited bool
}

// Called lists the method calls of the package's code by the names that are wanted.
func (u *Use) Called(wanted func(name string) bool) []Called {
	src := u.src()
	var all []Called
	for i := range src.crates {
		for _, m := range src.crates[i].methods {
			name := src.crates[i].names[m.name]
			if !wanted(name) || src.crates[i].target.Kind == docCrate {
				continue
			}
			c := Called{Name: name, Place: Place{m.unit.Path, m.span.Text(), name}, Awaited: true}
			if setting, ok := m.unit.SettingOf(m.span); ok {
				c.Awaited = setting.Await > 0
			}
			if site, ok := m.unit.CallSite(m.span.Start); ok && !site.Unsure {
				c.Extern, c.On = site.Extern, strings.Join(site.Path, "::")
			}
			all = append(all, c)
		}
	}
	return all
}

// Units are the files of the package in their places.
func (u *Use) Units() []*rust.Unit {
	var units []*rust.Unit
	for _, c := range u.src().crates {
		if c.target.Kind != docCrate {
			units = append(units, c.crate.Units...)
		}
	}
	return units
}

// OtherRunners reports whether the code names something of another crate that is an
// executor of its own, in contrast to what runs in one that is there.
func (u *Use) OtherRunners(own func(as string) bool) bool {
	src := u.src()
	for _, c := range src.crates {
		for site := range c.crate.Sites() {
			r := runtimes.FindRunner(src.packageOf(site.Extern), strings.Join(site.Path, "::"))
			if r != nil && r.Crate != u.Crate && !own(r.As) {
				return true
			}
		}
	}
	return false
}
