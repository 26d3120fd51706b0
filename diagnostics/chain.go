package diagnostics

import (
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/semver"
)

// This file is what the rules that look through the graph share.

// chain is the shortest way from a package of the workspace to one below it.
type chain struct {
	pkg   *engine.Package
	tree  *cargo.Tree
	nodes []int // the first is pkg
	// entry is the dependency of pkg that leads there.
	entry *engine.Dependency
}

// eachMember goes through the packages of the workspace with what of a tree each is built
// of; stop tells which nodes not to look below. What f reports of a package may depend on
// the graph, its facts, and its manifest with that of the workspace: it is asked again only
// when one of them is another. What is reached is good for that one call.
func (p *pass) eachMember(t *cargo.Tree, stop func(node int) bool, f func(*pass, *engine.Package, *cargo.Reach)) {
	type about struct {
		rule   string
		tree   *cargo.Tree
		member string
	}
	type of struct {
		manifest, root *engine.File
		facts          string
	}
	g, reach := p.graph(), t.Reach()
	for _, pkg := range p.workspace.Packages {
		i, ok := g.Member(pkg)
		root := t.Node(i)
		if !ok || root < 0 {
			continue
		}
		key := about{p.rule.Code, t, pkg.File.Path}
		found := engine.Latest(g.Worked, key, of{pkg.File, pkg.Workspace.Root, p.known(pkg).told}, func() []Diagnostic {
			own := pass{state: p.state, rule: p.rule}
			reach.Follow(func(n int) bool { return n != root && stop(n) }, root)
			f(&own, pkg, reach)
			return own.found
		})
		p.found = append(p.found, found...)
	}
}

// member reports whether a node is a package of the workspace; what comes in
// through one is that one's to tell.
func member(t *cargo.Tree) func(node int) bool {
	return func(node int) bool { return t.Package(node).Member }
}

// chainTo is the way to a node; false when it is a package of the workspace.
func (s *state) chainTo(pkg *engine.Package, t *cargo.Tree, reach *cargo.Reach, node int) (chain, bool) {
	c := chain{pkg: pkg, tree: t, nodes: reach.Path(node)}
	if len(c.nodes) < 2 {
		return c, false
	}
	for _, e := range t.Nodes[c.nodes[0]].Edges {
		if e.To == c.nodes[1] {
			c.entry = s.graph().Entry(pkg, e.Dep)
			return c, c.entry != nil
		}
	}
	return c, false
}

// String writes the way as people do: a → b → c.
func (c chain) String() string {
	var names []string
	for _, n := range c.nodes {
		names = append(names, c.tree.Package(n).String())
	}
	return strings.Join(names, " → ")
}

// last is the package at the end.
func (c chain) last() *cargo.GraphPackage { return c.tree.Package(c.nodes[len(c.nodes)-1]) }

// at starts a diagnostic at the entry that leads down the chain.
func (c chain) at() Diagnostic {
	return Diagnostic{Path: c.pkg.File.Path, Span: c.entry.NameSpan}
}

// avoided finds a newer version, known to cargo here, of a package on the way
// that no longer depends on the next one. It returns "" when there is none.
func (s *state) avoided(c chain) string {
	for i := 1; i+1 < len(c.nodes); i++ {
		p, next := c.tree.Package(c.nodes[i]), c.tree.Package(c.nodes[i+1])
		newest := s.snapshot.NewestCached(s.graph(), p.Name)
		if newest == nil || !newer(newest.Version, p.Version) {
			continue
		}
		if !slices.ContainsFunc(newest.Deps, func(d cargo.Dep) bool {
			return d.Kind == cargo.Normal && d.Package == next.Name && engine.Accepts(d.Req, next.Version)
		}) {
			return fmt.Sprintf("%s %s does not depend on %s", newest.Name, newest.Version, next)
		}
	}
	return ""
}

// lowerUnlessComplete lowers a diagnostic to a hint where the graph is not known to be cargo's
// own, and says why.
func (s *state) lowerUnlessComplete(d *Diagnostic) {
	if g := s.graph(); !g.Complete() {
		d.Severity = Hint
		d.Notes = append(d.Notes, "what the workspace is built of is not known exactly: "+strings.Join(g.Because[:min(2, len(g.Because))], "; "))
		for i := range d.Fixes {
			d.Fixes[i].Safe = false
		}
	}
}

func newer(a, b string) bool {
	v, err := semver.Parse(a)
	w, err2 := semver.Parse(b)
	return err == nil && err2 == nil && v.Compare(w) > 0
}

// written is where the requirement and the features of the entry stand: in the
// package's manifest, or in that of the workspace, which it inherits from.
func (c chain) written() (*engine.File, *cargo.Dependency) {
	if c.entry.Shared != nil {
		return c.pkg.Workspace.Root, c.entry.Shared
	}
	return c.pkg.File, c.entry.Dependency
}
