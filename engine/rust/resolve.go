package rust

import "slices"

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

// resolver looks names up. Imports may refer to each other in circles and name
// the same thing many times over, so it keeps track of what is being resolved,
// keeps what is done, and gives up after a bounded number of steps.
type resolver struct {
	busy  map[declaration]bool
	cuts  int // look-ups that were cut short by busy or steps
	steps int
	// GaveUp counts the paths that were too entangled to resolve.
	GaveUp int
}

// start gives the next path its steps. Where paths are given up again and
// again, those to come get fewer.
func (r *resolver) start() {
	const maxSteps = 8000
	r.steps = maxSteps >> min(r.GaveUp, 6)
}

// declaration is one import: a Name, or a Glob.
type declaration struct {
	unit  *Unit
	index int32
	glob  bool
}

type nameKey struct {
	name  string
	space Space
}

type lookup struct {
	targets []Target
	found   bool
	// sure tells that what was found exists in every build, so that nothing
	// further out can be meant.
	sure bool
}

func (l *lookup) add(o lookup) {
	if len(o.targets) > 0 && l.found {
		o.targets = slices.Clone(o.targets)
		for i := range o.targets {
			o.targets[i].Unsure = true
		}
	}
	for _, t := range o.targets {
		if !slices.ContainsFunc(l.targets, t.same) {
			l.targets = append(l.targets, t)
		}
	}
	l.found = l.found || o.found
	l.sure = l.sure || o.sure
}

func (t Target) same(o Target) bool {
	return t.Extern == o.Extern && t.module == o.module && t.Cond == o.Cond && slices.Equal(t.Path, o.Path)
}

// Resolve finds what a path that stands in a scope of the unit means. space is
// where its last segment is looked for; inUse tells that it is the path of a use
// declaration.
func (u *Unit) Resolve(path Path, scope int32, space Space, inUse bool) []Target {
	p := u.Crate.Package
	p.start()
	return p.resolve(path, place{u, scope}, space, inUse)
}

func (p *Package) resolve(path Path, at place, space Space, inUse bool) []Target {
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
	case path.Global:
		cur = c.fromRoots(p, first, spaceOf(rest))
	case first == "crate":
		cur = []Target{{module: c.Root}}
	case first == "self":
		m, _ := at.unit.moduleOf(at.scope)
		cur = []Target{{module: m}}
	case first == "super":
		m, _ := at.unit.moduleOf(at.scope)
		for m = m.Parent; m != nil && len(rest) > 0 && rest[0] == "super"; rest = rest[1:] {
			m = m.Parent
		}
		if m == nil {
			return nil
		}
		cur = []Target{{module: m}}
	case inUse && p.Edition == 2015:
		cur = c.fromRoots(p, first, spaceOf(rest))
	default:
		cur = p.find(at, first, spaceOf(rest)).targets
	}
	for len(rest) > 0 && len(cur) > 0 {
		seg := rest[0]
		rest = rest[1:]
		var next []Target
		for _, t := range cur {
			if t.module == nil {
				t.Path = append(slices.Clip(t.Path), seg)
				next = append(next, t)
				continue
			}
			for _, n := range p.member(t.module.place, seg, spaceOf(rest)).targets {
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
func (c *Crate) fromRoots(p *Package, name string, space Space) []Target {
	if p.Edition == 2015 && c.Root.unit != nil {
		if l := p.member(c.Root.place, name, space); l.found {
			return l.targets
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
func (p *Package) find(at place, name string, space Space) lookup {
	var l lookup
	for {
		l.add(p.member(at, name, space))
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
			if space&MacroSpace != 0 && at.unit.Crate.Root.place != at {
				l.add(p.member(at.unit.Crate.Root.place, name, MacroSpace)) // #[macro_use]
			}
			return l
		default:
			at.scope = s.Parent
		}
	}
}

// member looks a name up in one scope alone.
func (p *Package) member(at place, name string, space Space) lookup {
	if at.unit == nil {
		return lookup{}
	}
	sc := &at.unit.scopes[at.scope]
	if sc.names == nil && sc.mods == nil && sc.globs == nil && sc.included == nil {
		return lookup{}
	}
	key := nameKey{name, space}
	if l, ok := sc.found[key]; ok {
		return l
	}
	if p.steps--; p.steps < 0 {
		p.cuts++
		if p.steps == -1 {
			p.GaveUp++
		}
		return lookup{}
	}
	cuts := p.cuts
	l := p.declared(at, sc, name, space)
	if !l.sure {
		for _, g := range sc.globs {
			l.add(p.throughGlob(at, g, name, space))
		}
	}
	if cuts == p.cuts {
		if sc.found == nil {
			sc.found = map[nameKey]lookup{}
		}
		sc.found[key] = l
	}
	return l
}

// declared looks a name up among the items and imports of a scope.
func (p *Package) declared(at place, sc *scope, name string, space Space) lookup {
	var l lookup
	u := at.unit
	if space&TypeSpace != 0 {
		for _, m := range sc.mods[name] {
			l.targets = append(l.targets, Target{module: m, Cond: m.Cond})
			l.found = true
			l.sure = l.sure || p.unconditional(at, m.Cond)
		}
	}
	for _, i := range sc.names[name] {
		n := &u.Source.Names[i]
		if n.Space&space == 0 {
			continue
		}
		cond := u.conds[n.Cond]
		if len(n.Path.Segs) == 0 {
			l.found = true
			l.sure = l.sure || p.unconditional(at, cond)
			continue
		}
		d := declaration{unit: u, index: i}
		if p.busy[d] {
			p.cuts++
			continue
		}
		p.busy[d] = true
		for _, t := range p.resolve(n.Path, place{u, n.Scope}, n.Space&space, n.Use) {
			t.Cond = p.conds.and(cond, t.Cond)
			l.targets = append(l.targets, t)
		}
		delete(p.busy, d)
		l.found = true
		l.sure = l.sure || p.unconditional(at, cond)
	}
	for _, in := range sc.included {
		l.add(p.member(place{in, 0}, name, space))
	}
	return l
}

// unconditional reports whether a declaration is there whenever its scope is.
func (p *Package) unconditional(at place, cond CondID) bool {
	return cond == always || cond == at.unit.conds[0] || at.unit.Module != nil && cond == at.unit.Module.Cond
}

// throughGlob looks a name up in what a use x::* brings.
func (p *Package) throughGlob(at place, index int32, name string, space Space) lookup {
	g := &at.unit.Source.Globs[index]
	d := declaration{unit: at.unit, index: index, glob: true}
	if g.Space&space == 0 {
		return lookup{}
	}
	if p.busy[d] {
		p.cuts++
		return lookup{}
	}
	p.busy[d] = true
	defer delete(p.busy, d)
	cond := at.unit.conds[g.Cond]
	var l lookup
	for _, t := range p.resolve(g.Path, place{at.unit, g.Scope}, TypeSpace, true) {
		if t.module != nil {
			in := p.member(t.module.place, name, space)
			for _, n := range in.targets {
				n.Cond = p.conds.and(cond, p.conds.and(t.Cond, n.Cond))
				n.Unsure = n.Unsure || t.Unsure
				l.targets = append(l.targets, n)
			}
			l.found = l.found || in.found
			continue
		}
		path := append(slices.Clip(t.Path), name)
		if p.Has(t.Extern, path) {
			t.Path = path
			t.Cond = p.conds.and(cond, t.Cond)
			l.targets = append(l.targets, t)
			l.found = true
		}
	}
	return l
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

// Sites lists the mentions of extern crates in order of file and place.
func (c *Crate) Sites() []Site {
	var sites []Site
	p := c.Package
	for _, u := range c.Units {
		for i := range u.Source.Refs {
			r := &u.Source.Refs[i]
			space, inUse := TypeSpace|ValueSpace, false
			own := declaration{unit: u, index: r.Name}
			switch r.Kind {
			case UseRef:
				space, inUse = AnySpace, true
				p.busy[own] = r.Name >= 0 // use log::log does not mean itself
			case GlobRef:
				space, inUse = TypeSpace, true
			case MacroRef, AttrRef:
				space = MacroSpace
			}
			for _, t := range u.Resolve(r.Path, r.Scope, space, inUse) {
				if t.module == nil {
					sites = append(sites, Site{
						Extern: t.Extern, Path: t.Path, Unit: u, Span: r.Span, Kind: r.Kind, Args: r.Args,
						Cond: p.conds.and(u.conds[r.Cond], t.Cond), Open: r.Open, Pub: r.Pub, Unsure: t.Unsure,
					})
				}
			}
			delete(p.busy, own)
		}
		sites = append(sites, u.bareSites()...)
	}
	return sites
}

// bareSites are the names of one segment that a glob import of an extern crate
// brings.
func (u *Unit) bareSites() []Site {
	var sites []Site
	p := u.Crate.Package
	for _, b := range u.Source.Bare {
		name := b.Span.Text().In(u.Source.Text)
		p.start()
		for _, t := range p.find(place{u, b.Scope}, name, TypeSpace|ValueSpace).targets {
			if t.module == nil && len(t.Path) > 0 {
				sites = append(sites, Site{
					Extern: t.Extern, Path: t.Path, Unit: u, Span: b.Span, Kind: PathRef,
					Cond: p.conds.and(u.conds[b.Cond], t.Cond), Unsure: t.Unsure || !b.Sure,
				})
			}
		}
	}
	return sites
}

// Cond is the package's name for a condition of the unit's source.
func (u *Unit) Cond(local int32) CondID { return u.conds[local] }
