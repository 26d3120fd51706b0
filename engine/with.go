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
