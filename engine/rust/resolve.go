package rust

import (
	"iter"
	"maps"
	"slices"
)

// Target is what a path leads to: an item of an extern crate, or a module of the
// package.
type Target struct {
	Extern string
	Path   []string // below the extern crate
	// Cond is what the imports on the way ask.
	Cond CondID
	// Unsure tells that the name may also mean something else.
	Unsure bool

	module *Module
}

// leads reports whether both lead to the same thing, on whatever conditions.
func (t Target) leads(o Target) bool {
	return t.Extern == o.Extern && t.module == o.module && slices.Equal(t.Path, o.Path)
}

// place is a scope of a unit.
type place struct {
	unit  *Unit
	scope int32
}

// scope is what names are looked up in.
type scope struct {
	globs    []int32 // indices into Source.Globs
	mods     map[string][]*Module
	included []*Unit
	// viaGlob are the names that globs bring and that lead to a module or to an
	// extern crate. What is under a glob of an extern crate is not listed, but
	// asked for: see Package.Has.
	viaGlob map[string][]Target
	// extern are the extern modules whose globs reach the scope through others.
	extern []Target
}

// lookup is what was found for a name.
type lookup struct {
	targets []Target
	found   bool
	// sure tells that what was found exists in every build that has its scope, so
	// that nothing further out can be meant.
	sure bool
}

// add joins what was found further out. Where something was found before, but not
// in every build, either may be meant.
func (l *lookup) add(o lookup) {
	if !l.found && len(l.targets) == 0 {
		l.targets, l.found, l.sure = slices.Clip(o.targets), o.found, l.sure || o.sure
		return
	}
	for _, t := range o.targets {
		t.Unsure = t.Unsure || l.found
		l.targets = appendTarget(l.targets, t)
	}
	l.found = l.found || o.found
	l.sure = l.sure || o.sure
}

func appendTarget(targets []Target, t Target) []Target {
	if slices.ContainsFunc(targets, t.leads) {
		return targets
	}
	return append(targets, t)
}

// maxRounds bounds how often imports are looked at again. Each round follows
// chains of re-exports one step further; real ones are a handful long.
const maxRounds = 24

// maxTargets bounds what one name may mean by globs, which can multiply each other.
const maxTargets = 100

// GaveUp tells that some imports were too entangled to follow to the end.
func (p *Package) GaveUp() bool { return p.gaveUp.Load() }

// resolve is resolveImports, once.
func (c *Crate) resolve() { c.resolveOnce.Do(c.resolveImports) }

// resolveImports finds what every import of the crate leads to. Imports lead
// through each other, so it goes round until nothing new is found.
func (c *Crate) resolveImports() {
	for _, lib := range c.externs {
		if lib != nil {
			lib.resolve()
		}
	}
	for range maxRounds {
		changed := false
		for _, u := range c.Units {
			changed = u.resolveNames() || changed
			changed = u.resolveGlobs() || changed
		}
		if !changed {
			return
		}
	}
	c.Package.gaveUp.Store(true)
}

func (u *Unit) resolveNames() (changed bool) {
	p := u.Crate.Package
	for i := range u.Source.Names {
		n := &u.Source.Names[i]
		if len(n.Path.Segs) == 0 {
			continue
		}
		before := len(u.names[i])
		for _, t := range p.resolve(n.Path, place{u, n.Scope}, n.Space, n.Use, &u.Source.Names[i]) {
			t.Cond = p.conds.and(u.conds[n.Cond], t.Cond)
			u.names[i] = appendTarget(u.names[i], t)
		}
		changed = changed || len(u.names[i]) != before
	}
	return changed
}

func (u *Unit) resolveGlobs() (changed bool) {
	p := u.Crate.Package
	for i := range u.Source.Globs {
		g := &u.Source.Globs[i]
		for _, t := range p.resolve(g.Path, place{u, g.Scope}, TypeSpace, true, nil) {
			t.Cond = p.conds.and(u.conds[g.Cond], t.Cond)
			before := len(u.globs[i])
			if u.globs[i] = appendTarget(u.globs[i], t); len(u.globs[i]) != before {
				changed = true
			}
			if t.module != nil {
				var only map[string]bool
				if g.Private {
					only = u.Crate.mentioned(u.Module)
				}
				changed = u.bring(g.Scope, t, only) || changed
			}
		}
	}
	return changed
}

// mentioned gives the words that a module and those below it write in paths: what a private
// glob brings under another name is out of everybody's reach.
func (c *Crate) mentioned(by *Module) map[string]bool {
	if known := c.mentions[by]; known != nil {
		return known
	}
	if c.mentions == nil {
		c.mentions = map[*Module]map[string]bool{}
	}
	var below []*Unit
	for _, u := range c.Units {
		if u.Module.below(by) {
			below = append(below, u)
		}
	}
	words := below[0].Source.words()
	if len(below) > 1 {
		words = maps.Clone(words)
	}
	for _, u := range below[1:] {
		maps.Copy(words, u.Source.words())
	}
	c.mentions[by] = words
	return words
}

// words are those that the file writes in paths.
func (s *Source) words() map[string]bool {
	s.wordsOnce.Do(func() {
		s.wordsRead = map[string]bool{}
		for _, r := range s.Refs {
			for _, seg := range r.Segs {
				s.wordsRead[seg] = true
			}
		}
		for _, n := range s.Names {
			for _, seg := range n.Path.Segs {
				s.wordsRead[seg] = true
			}
		}
		for _, b := range s.Bare {
			s.wordsRead[b.Span.Text().In(s.Text)] = true
		}
	})
	return s.wordsRead
}

// named are, by their names, the indices in Names of those that a scope knows.
func (s *Source) named(scope int32) map[string][]int32 {
	s.namedOnce.Do(func() {
		s.namedRead = make([]map[string][]int32, len(s.Scopes))
		for i, n := range s.Names {
			sc := &s.namedRead[n.Scope]
			if *sc == nil {
				*sc = map[string][]int32{}
			}
			(*sc)[n.Name] = append((*sc)[n.Name], int32(i))
		}
	})
	return s.namedRead[scope]
}

// bring adds to a scope what a glob of a module brings: all names, or only some.
func (u *Unit) bring(s int32, from Target, only map[string]bool) (changed bool) {
	p := u.Crate.Package
	to := &u.scopes[s]
	add := func(name string, t Target) {
		t.Cond = p.conds.and(from.Cond, t.Cond)
		t.Unsure = t.Unsure || from.Unsure
		before := to.viaGlob[name]
		if after := appendTarget(before, t); len(after) != len(before) {
			if to.viaGlob == nil {
				to.viaGlob = map[string][]Target{}
			}
			to.viaGlob[name] = after
			changed = true
		}
	}
	inside := u.moduleOf(s).below(from.module)
	var visit func(at place)
	visit = func(at place) {
		if at.unit == nil || at == (place{u, s}) {
			return
		}
		sc := &at.unit.scopes[at.scope]
		for name, mods := range sc.mods {
			if only != nil && !only[name] {
				continue
			}
			for _, m := range mods {
				add(name, Target{module: m, Cond: m.Cond})
			}
		}
		for name, indices := range at.unit.Source.named(at.scope) {
			if only != nil && !only[name] {
				continue
			}
			for _, i := range indices {
				if at.unit.Source.Names[i].Private && !inside {
					continue
				}
				for _, t := range at.unit.names[i] {
					add(name, t)
				}
			}
		}
		for name, ts := range sc.viaGlob {
			if only != nil && !only[name] {
				continue
			}
			for _, t := range ts {
				add(name, t)
			}
		}
		// A glob of an extern crate goes on here.
		for _, i := range sc.globs {
			for _, t := range at.unit.globs[i] {
				if t.module == nil {
					t.Cond = p.conds.and(from.Cond, t.Cond)
					before := len(to.extern)
					if to.extern = appendTarget(to.extern, t); len(to.extern) != before {
						changed = true
					}
				}
			}
		}
		for _, t := range sc.extern {
			t.Cond = p.conds.and(from.Cond, t.Cond)
			before := len(to.extern)
			if to.extern = appendTarget(to.extern, t); len(to.extern) != before {
				changed = true
			}
		}
		for _, in := range sc.included {
			visit(place{in, 0})
		}
	}
	visit(from.module.place)
	return changed
}

// below reports whether the module is another or stands in it.
func (m *Module) below(of *Module) bool {
	for ; m != nil; m = m.Parent {
		if m == of {
			return true
		}
	}
	return false
}

// Resolve finds what a path that stands in a scope of the unit means. space is
// where its last segment is looked for. own is the name that the path is the
// import of, if it is.
func (u *Unit) Resolve(path Path, scope int32, space Space, inUse bool, own *Name) []Target {
	u.Crate.resolve()
	return u.Crate.Package.resolve(path, place{u, scope}, space, inUse, own)
}

func (p *Package) resolve(path Path, at place, space Space, inUse bool, own *Name) []Target {
	if len(path.Segs) == 0 {
		return nil
	}
	c := at.unit.Crate
	rest := path.Segs[1:]
	spaceOf := func(rest []string) Space {
		if len(rest) > 0 {
			return TypeSpace
		}
		return space
	}
	var cur []Target
	switch first := path.Segs[0]; {
	case path.Global, inUse && p.Edition == 2015:
		cur = c.fromRoots(first, spaceOf(rest), own)
	case first == "crate":
		cur = []Target{{module: c.Root}}
	case first == "self":
		cur = []Target{{module: at.unit.moduleOf(at.scope)}}
	case first == "super":
		m := at.unit.moduleOf(at.scope)
		for m = m.Parent; m != nil && len(rest) > 0 && rest[0] == "super"; rest = rest[1:] {
			m = m.Parent
		}
		if m == nil {
			return nil
		}
		cur = []Target{{module: m}}
	default:
		cur = p.find(at, first, spaceOf(rest), own).targets
	}
	for len(rest) > 0 && len(cur) > 0 {
		if len(cur) == 1 && cur[0].module == nil { // as nearly always
			t := cur[0]
			t.Path = slices.Concat(t.Path, rest)
			return []Target{t}
		}
		seg := rest[0]
		rest = rest[1:]
		if len(cur) == 1 && cur[0].Cond == always && !cur[0].Unsure {
			cur = p.member(cur[0].module.place, seg, spaceOf(rest), own).targets
			continue
		}
		var next []Target
		for _, t := range cur {
			if t.module == nil {
				t.Path = append(slices.Clip(t.Path), seg)
				next = append(next, t)
				continue
			}
			for _, n := range p.member(t.module.place, seg, spaceOf(rest), own).targets {
				n.Cond = p.conds.and(t.Cond, n.Cond)
				n.Unsure = n.Unsure || t.Unsure
				next = append(next, n)
			}
		}
		cur = next
	}
	return cur
}

// fromRoots looks up the first segment of a path that starts at the crate roots:
// the extern crates, and before edition 2018 this crate's own root.
func (c *Crate) fromRoots(name string, space Space, own *Name) []Target {
	if c.Package.Edition == 2015 {
		if l := c.Package.member(c.Root.place, name, space, own); l.found {
			return l.targets
		}
		if name == "crate" || name == "self" {
			return []Target{{module: c.Root}}
		}
	}
	return c.extern(name).targets
}

func (c *Crate) extern(name string) lookup {
	lib, ok := c.externs[name]
	switch {
	case !ok:
		return lookup{}
	case lib != nil:
		return lookup{[]Target{{module: lib.Root}}, true, true}
	}
	return lookup{[]Target{{Extern: name}}, true, true}
}

// find looks a name up from a scope outwards, to the extern crates at last.
func (p *Package) find(at place, name string, space Space, own *Name) lookup {
	var l lookup
	for {
		l.add(p.member(at, name, space, own))
		if l.sure {
			return l
		}
		s := &at.unit.Source.Scopes[at.scope]
		switch {
		case s.Kind == FileScope && at.unit.including.unit != nil:
			at = at.unit.including
		case s.Kind == FileScope || s.Kind == ModScope:
			if space&TypeSpace != 0 {
				l.add(at.unit.Crate.extern(name))
			}
			if root := at.unit.Crate.Root.place; space&MacroSpace != 0 && root != at {
				l.add(p.member(root, name, MacroSpace, own)) // #[macro_use]
			}
			return l
		default:
			at.scope = s.Parent
		}
	}
}

// member looks a name up in one scope alone: among its items and imports, and
// else in what its globs bring.
func (p *Package) member(at place, name string, space Space, own *Name) lookup {
	if at.unit == nil {
		return lookup{}
	}
	sc := &at.unit.scopes[at.scope]
	l := p.declared(at, sc, name, space, own)
	if l.sure {
		return l
	}
	// No build has two globs that bring different things under a name which is used.
	globbed := lookup{targets: slices.Clip(sc.viaGlob[name])}
	for _, i := range sc.globs {
		if at.unit.Source.Globs[i].Space&space != 0 {
			p.addExtern(&globbed, at.unit.globs[i], name)
		}
	}
	p.addExtern(&globbed, sc.extern, name)
	globbed.found = len(globbed.targets) > 0
	l.add(globbed)
	return l
}

// addExtern adds what globs of extern crates bring under a name.
func (p *Package) addExtern(l *lookup, globs []Target, name string) {
	for _, t := range globs {
		if t.module != nil {
			continue
		}
		if len(l.targets) > maxTargets {
			p.gaveUp.Store(true)
			return
		}
		if path := append(slices.Clip(t.Path), name); p.Has(t.Extern, path) {
			t.Path = path
			l.targets = appendTarget(l.targets, t)
		}
	}
}

// declared looks a name up among the items and imports of a scope.
func (p *Package) declared(at place, sc *scope, name string, space Space, own *Name) lookup {
	var l lookup
	u := at.unit
	if space&TypeSpace != 0 {
		for _, m := range sc.mods[name] {
			l.targets = append(l.targets, Target{module: m, Cond: m.Cond})
			l.found = true
			l.sure = l.sure || u.unconditional(m.Cond)
		}
	}
	for _, i := range u.Source.named(at.scope)[name] {
		n := &u.Source.Names[i]
		if n.Space&space == 0 || n == own {
			continue
		}
		if len(l.targets) == 0 {
			l.targets = slices.Clip(u.names[i])
		} else {
			for _, t := range u.names[i] {
				l.targets = appendTarget(l.targets, t)
			}
		}
		l.found = true
		l.sure = l.sure || u.unconditional(u.conds[n.Cond])
	}
	for _, in := range sc.included {
		l.add(p.member(place{in, 0}, name, space, own))
	}
	return l
}

// unconditional reports whether a declaration is there whenever its unit is.
func (u *Unit) unconditional(cond CondID) bool {
	return cond == always || cond == u.conds[0] || cond == u.Module.Cond
}

// Site is one place where a crate mentions an item of an extern crate.
type Site struct {
	Extern string
	Path   []string // below the extern crate
	Unit   *Unit
	Span   Span
	Kind   RefKind
	Args   Span   // AttrRef: the text of its arguments
	Cond   CondID // what must hold for the place to be compiled
	Open   bool   // a placeholder continues the path
	Pub    bool   // re-exported to everybody
	Unsure bool   // may mean something else
}

// Sites goes through the mentions of extern crates in order of file and place.
func (c *Crate) Sites() iter.Seq[Site] { return c.eachSite }

func (c *Crate) eachSite(yield func(Site) bool) {
	for _, u := range c.Units {
		for i := range u.Source.Refs {
			r := &u.Source.Refs[i]
			space, inUse, own := TypeSpace|ValueSpace, false, (*Name)(nil)
			switch r.Kind {
			case UseRef:
				space, inUse = AnySpace, true
				if r.Name >= 0 {
					own = &u.Source.Names[r.Name] // use log::log does not mean itself
				}
			case GlobRef:
				space, inUse = TypeSpace, true
			case MacroRef, AttrRef:
				space = MacroSpace
			}
			for _, t := range u.Resolve(r.Path, r.Scope, space, inUse, own) {
				if t.module == nil && !yield(Site{
					Extern: t.Extern, Path: t.Path, Unit: u, Span: r.Span, Kind: r.Kind, Args: r.Args,
					Cond: c.Package.conds.and(u.conds[r.Cond], t.Cond), Open: r.Open, Pub: r.Pub, Unsure: t.Unsure,
				}) {
					return
				}
			}
		}
		for _, s := range u.bareSites() {
			if !yield(s) {
				return
			}
		}
	}
}

// ImportedSites are the names of one segment that use declarations bring from extern
// crates. They ask nothing that the declarations do not ask.
func (u *Unit) ImportedSites() []Site {
	return u.sitesOf(u.Source.Imported, func(b Bare, name string) bool {
		if c := name[0]; c >= 'A' && c <= 'Z' {
			return true
		}
		if f := u.fnAt(b.Scope); f != nil {
			return !f.Locals[name]
		}
		return b.Sure
	})
}

// bareSites are the names of one segment that a glob import of an extern crate
// brings.
func (u *Unit) bareSites() []Site {
	return u.sitesOf(u.Source.Bare, func(b Bare, _ string) bool { return b.Sure })
}

func (u *Unit) sitesOf(names []Bare, sure func(Bare, string) bool) []Site {
	var sites []Site
	p := u.Crate.Package
	for _, b := range names {
		name := b.Span.Text().In(u.Source.Text)
		for _, t := range p.find(place{u, b.Scope}, name, TypeSpace|ValueSpace, nil).targets {
			if t.module == nil && len(t.Path) > 0 {
				sites = append(sites, Site{
					Extern: t.Extern, Path: t.Path, Unit: u, Span: b.Span, Kind: PathRef,
					Cond: p.conds.and(u.conds[b.Cond], t.Cond), Unsure: t.Unsure || !sure(b, name),
				})
			}
		}
	}
	return sites
}

// Cond is the package's name for a condition of the unit's source.
func (u *Unit) Cond(local int32) CondID { return u.conds[local] }
