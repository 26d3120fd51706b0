package engine

import (
	"slices"

	"reactorls/engine/cargo"
)

// With is the graph in which a member's dependency leaves the default features
// out and asks these.
func (g *Graph) With(p *Package, e *Dependency, features []string) *Graph {
	return g.changed(p, e, func(d *cargo.Dep) { d.Default, d.Features = false, features })
}

// AskedAnyway reports whether all features that a member's dependency has in a tree of the
// graph would still be on if it left the default ones out and asked these: others ask for
// the rest. Then nothing else in the tree changes either.
func (g *Graph) AskedAnyway(t *cargo.Tree, p *Package, e *Dependency, features []string) bool {
	at, ok := g.Member(p)
	if !ok {
		return true
	}
	pkg := &g.Packages[at]
	for n := range t.Nodes {
		if t.Nodes[n].Package != at {
			continue
		}
		for _, own := range t.Nodes[n].Edges {
			if entryOf(p, pkg, own.Dep) != e {
				continue
			}
			asked := slices.Clone(features)
			for _, in := range t.Into(own.To) {
				if in.Dep != own.Dep {
					asked = append(asked, t.Asks(in.From, in.NodeEdge)...)
				}
			}
			on := t.Package(own.To).Closure(asked...)
			if slices.ContainsFunc(t.Nodes[own.To].Features, func(f string) bool { return !slices.Contains(on, f) }) {
				return false
			}
		}
	}
	return true
}

// Without is the graph in which a member's dependency does not ask one of its
// features; "default" stands for the default ones.
func (g *Graph) Without(p *Package, e *Dependency, feature string) *Graph {
	return g.changed(p, e, func(d *cargo.Dep) {
		if feature == "default" {
			d.Default = false
			return
		}
		d.Features = slices.DeleteFunc(slices.Clone(d.Features), func(f string) bool { return f == feature })
	})
}

// changed is the graph with another dependency in the place of a member's.
func (g *Graph) changed(p *Package, e *Dependency, change func(*cargo.Dep)) *Graph {
	at, ok := g.Member(p)
	if !ok {
		return g
	}
	changed := *g
	changed.surveys, changed.Worked = newSurveys(), &Worked{}
	changed.Graph = &cargo.Graph{Packages: slices.Clone(g.Packages)}
	pkg := &changed.Packages[at]
	summary := *pkg.Summary
	summary.Deps = slices.Clone(summary.Deps)
	pkg.Edges = slices.Clone(pkg.Edges)
	for k := range summary.Deps {
		old := &pkg.Summary.Deps[k]
		if p.Dependencies[k] == e {
			change(&summary.Deps[k])
		}
		for i := range pkg.Edges {
			if pkg.Edges[i].Dep == old {
				pkg.Edges[i].Dep = &summary.Deps[k]
			}
		}
	}
	pkg.Summary = &summary
	return &changed
}
