package engine

import (
	"slices"
	"strings"

	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
)

// Mention is an item of another crate that a place of a package's code surely names.
type Mention struct {
	Place Place
	Crate string // the package's name
	Path  string // of the item below the crate, as the crate calls it
	// Import is the dependency's name in code; Arguments the text between the
	// parentheses of an attribute.
	Import, Arguments string
	Kind              rust.RefKind
}

// MentionAt finds the item of a runtime crate that a place of a package's code names,
// directly or as a method of what such an item gives. Names are resolved as for
// needs; what may mean something else is passed over.
func (s *Snapshot) MentionAt(p *Package, sel Selection, path string, offset int) (Mention, bool) {
	src := s.code(p, sel).source().sources
	if src == nil {
		return Mention{}, false
	}
	for i := range src.crates {
		c := &src.crates[i]
		if c.pretended() {
			continue
		}
		if m, ok := src.siteAt(c, path, offset); ok {
			return m, true
		}
		for _, fn := range c.crate.Fns() {
			if fn.Unit.Path == path && fn.Span.Text().Contains(offset) {
				f := finder{sources: src, fn: fn, offset: offset}
				if m, ok := f.find(fn.Body, map[string]*rust.Node{}); ok {
					return m, true
				}
			}
		}
	}
	return Mention{}, false
}

// MentionsIn lists the mentions by path in a file, in order of place.
func (s *Snapshot) MentionsIn(p *Package, sel Selection, path string) []Mention {
	src := s.code(p, sel).source().sources
	if src == nil {
		return nil
	}
	var all []Mention
	for i := range src.crates {
		c := &src.crates[i]
		for _, site := range slices.Concat(c.sites, c.named) {
			if !c.pretended() && site.Unit.Path == path && !site.Unsure {
				all = append(all, src.mention(site))
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Mention) int { return ComparePlaces(a.Place, b.Place) })
	return slices.CompactFunc(all, func(a, b Mention) bool { return a.Place == b.Place })
}

// siteAt finds the mention by path at a place, the shortest where several hold it.
func (s *sources) siteAt(c *crateSource, path string, offset int) (Mention, bool) {
	best := -1
	sites := slices.Concat(c.sites, c.named)
	for i, site := range sites {
		if site.Unit.Path != path || site.Unsure || !site.Span.Text().Contains(offset) {
			continue
		}
		if best < 0 || site.Span.Text().Len() < sites[best].Span.Text().Len() {
			best = i
		}
	}
	if best < 0 {
		return Mention{}, false
	}
	return s.mention(sites[best]), true
}

func (s *sources) mention(site rust.Site) Mention {
	m := Mention{
		Place: Place{site.Unit.Path, site.Span.Text(), strings.Join(append([]string{site.Extern}, site.Path...), "::")},
		Crate: s.packageOf(site.Extern), Path: strings.Join(site.Path, "::"), Import: site.Extern, Kind: site.Kind,
	}
	if site.Kind == rust.AttrRef {
		m.Arguments = site.Args.Text().In(site.Unit.Source.Text)
	}
	if k := s.knowledge(site.Extern); k != nil {
		if item, ok := k.Item(m.Path); ok {
			m.Path = item.Path
		}
	}
	return m
}

// packageOf is the name of the package behind an import name.
func (s *sources) packageOf(extern string) string {
	if n, known := s.named[extern]; known {
		return n.pkg
	}
	return extern
}

// hasIdioms reports whether the package of the import name has items that are known to do
// what every runtime does, though not all its items are known.
func (s *sources) hasIdioms(extern string) bool {
	if n, known := s.named[extern]; known {
		return n.idioms
	}
	return runtimes.HasIdioms(extern)
}

// finder looks for what a place in a function's body calls.
type finder struct {
	*sources
	fn     *rust.CrateFn
	offset int
}

// find looks through nodes in their order, so that it knows the variables that are
// made before the place.
func (f *finder) find(nodes []*rust.Node, known map[string]*rust.Node) (Mention, bool) {
	for _, n := range nodes {
		if n.Span.Text().Contains(f.offset) && (n.Kind == rust.CallNode || n.Kind == rust.MethodNode || n.Kind == rust.MacroNode) {
			return f.called(n, known)
		}
		for _, below := range append(slices.Clip(n.Args), n.Body) {
			inner := known
			if n.Kind == rust.BlockNode || n.Kind == rust.ClosureNode || n.Kind == rust.AsyncNode {
				inner = map[string]*rust.Node{}
				for name, v := range known {
					inner[name] = v
				}
			}
			if m, ok := f.find(below, inner); ok {
				return m, true
			}
		}
		if n.Bound != "" {
			known[n.Bound] = n
		}
	}
	return Mention{}, false
}

// called is the item that a node calls.
func (f *finder) called(n *rust.Node, known map[string]*rust.Node) (Mention, bool) {
	extern, path, ok := f.item(n, known, 0)
	if !ok {
		return Mention{}, false
	}
	return Mention{
		Place: Place{f.fn.Unit.Path, n.Span.Text(), extern + "::" + path},
		Crate: f.packageOf(extern), Path: path, Import: extern,
	}, true
}

// item is the import name of a crate and the path of its item that a node surely
// calls.
func (f *finder) item(n *rust.Node, known map[string]*rust.Node, steps int) (extern, path string, ok bool) {
	if n == nil || steps > maxSteps {
		return "", "", false
	}
	switch n.Kind {
	case rust.CallNode, rust.MacroNode:
		return f.named(n)
	case rust.MethodNode:
		extern, holder, ok := f.typeOf(receiver(n, known), known, steps+1)
		if param, is := f.fn.Params[n.Var]; is && n.On == nil && known[n.Var] == nil {
			extern, holder, ok = f.resolve(param, f.fn.Scope, rust.TypeSpace)
		}
		if !ok || f.knowledge(extern) == nil {
			return "", "", false
		}
		if i, ok := f.knowledge(extern).Item(holder + "::" + n.Name); ok && i.Certain {
			return extern, i.Path, true
		}
	}
	return "", "", false
}

// named is the item that a call or a macro names by its path.
func (f *finder) named(n *rust.Node) (extern, path string, ok bool) {
	space := rust.ValueSpace | rust.TypeSpace
	if n.Kind == rust.MacroNode {
		space = rust.MacroSpace
	} else if len(n.Path.Segs) == 1 && f.fn.Locals[n.Path.Segs[0]] {
		return "", "", false // a parameter or a variable
	}
	return f.resolve(n.Path, n.Scope, space)
}

// resolve is the item that a path surely means.
func (f *finder) resolve(path rust.Path, scope int32, space rust.Space) (extern, item string, ok bool) {
	var found []rust.Target
	for _, t := range f.fn.Unit.Resolve(path, scope, space, false, nil) {
		if t.Extern != "" && len(t.Path) > 0 {
			found = append(found, t)
		}
	}
	if len(found) != 1 || found[0].Unsure {
		return "", "", false
	}
	extern, item = found[0].Extern, strings.Join(found[0].Path, "::")
	if k := f.knowledge(extern); k != nil {
		if i, ok := k.Item(item); ok {
			return extern, i.Path, true
		}
		return "", "", false
	}
	return extern, item, f.hasIdioms(extern)
}

// passing are the methods of a Result or an Option that give what is in it.
var passing = []string{"unwrap", "expect", "unwrap_or_else"}

// receiver is what a method is called on, where it was made in the same body.
func receiver(n *rust.Node, known map[string]*rust.Node) *rust.Node {
	if n.On != nil {
		return n.On
	}
	return known[n.Var]
}

// typeOf is the type of a crate that a node's value has, in a Result or not.
func (f *finder) typeOf(n *rust.Node, known map[string]*rust.Node, steps int) (extern, holder string, ok bool) {
	if n == nil || steps > maxSteps {
		return "", "", false
	}
	if n.Kind == rust.MethodNode && slices.Contains(passing, n.Name) {
		return f.typeOf(receiver(n, known), known, steps+1)
	}
	extern, path, ok := f.item(n, known, steps)
	k := f.knowledge(extern)
	if !ok || k == nil {
		return "", "", false
	}
	i, ok := k.Item(path)
	if !ok || !i.Certain {
		return "", "", false
	}
	returned := i.Returns
	for _, wrapper := range []string{"std::io::Result<", "io::Result<", "Result<", "&mut ", "&"} {
		returned = strings.TrimPrefix(returned, wrapper)
	}
	if strings.HasPrefix(returned, "Self") {
		return extern, i.Path[:max(0, strings.LastIndex(i.Path, "::"))], true
	}
	own, ok := strings.CutPrefix(returned, "crate::")
	if end := strings.IndexAny(own, "<>, "); end >= 0 {
		own = own[:end]
	}
	return extern, own, ok
}

// NoStd reports whether the package's library, or else its first binary, is surely
// built without the standard library under its default features.
func (s *Snapshot) NoStd(p *Package, sel Selection) bool { return s.code(p, sel).noStd }

func (src *sources) noStd(sel Selection) bool {
	a := src.pkg.activate(sel)
	normal := src.judge(&a, cargo.Host(), false)
	for _, kind := range []cargo.TargetKind{cargo.Lib, cargo.Bin} {
		for i := range src.crates {
			if c := &src.crates[i]; c.target.Kind == kind && len(c.crate.Units) > 0 {
				return isNoStd(c.crate.Units[0], normal)
			}
		}
	}
	return false
}

func isNoStd(root *rust.Unit, b build) bool {
	return slices.ContainsFunc(root.Source.Refs, func(r rust.Ref) bool {
		return r.Kind == rust.AttrRef && r.Scope == 0 && slices.Equal(r.Segs, []string{"no_std"}) && b.Holds(root.Cond(r.Cond)) == cfg.Yes
	})
}
