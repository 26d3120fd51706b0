package cargo

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Graph is a set of packages, each in one version, with the dependencies between
// them that a lockfile, or the want of one, has settled.
type Graph struct {
	Packages []GraphPackage
}

// GraphPackage is one package of a Graph.
type GraphPackage struct {
	*Summary
	Source    string // as Cargo.lock writes it, "" for a path
	Dir       string // the directory of its manifest, where it is known
	ProcMacro bool
	// Unread tells that the package's sources are not there, so that it may be a
	// procedural macro for all that is known.
	Unread bool
	Member bool // of the workspace
	Edges  []Edge
}

// String is the package as cargo tree shows it.
func (p *GraphPackage) String() string { return p.Name + " " + p.Version }

// Equal reports whether two packages say the same.
func (p GraphPackage) Equal(o GraphPackage) bool {
	return p.Source == o.Source && p.Dir == o.Dir && p.ProcMacro == o.ProcMacro && p.Unread == o.Unread && p.Member == o.Member &&
		slices.EqualFunc(p.Edges, o.Edges, Edge.equal) && (p.Summary == o.Summary || p.Summary.Equal(o.Summary))
}

func (e Edge) equal(o Edge) bool { return e.To == o.To && (e.Dep == o.Dep || e.Dep.equal(*o.Dep)) }

// Edge is a dependency with the package that serves it.
type Edge struct {
	Dep *Dep
	To  int // index of Packages
}

// Request is what is to be built.
type Request struct {
	Roots []Root
	// Resolver is the version of the feature resolver: 1, 2 or 3.
	Resolver int
	// Dev tells that tests, examples and benches are built too.
	Dev          bool
	Target, Host *Platform
}

// Root is a member of the workspace that is built, and with what features.
type Root struct {
	Package  int
	Features []string // also dependency/feature
	Default  bool
	All      bool
}

// unit is a package as it is built for the target, or, apart from that, for the
// host: a build dependency, a procedural macro, or what serves one.
type unit struct {
	pkg  int
	host bool
}

// slot is the unit's place in a list of all that there may be.
func (u unit) slot() int {
	if u.host {
		return 2*u.pkg + 1
	}
	return 2 * u.pkg
}

// state is what is on in a unit.
type state struct {
	features []bool              // by place in the names that the package has
	others   []string            // that are asked, and that it does not have
	optional map[string]bool     // dependencies, by key
	deferred map[string][]string // features of optional dependencies that may yet come
	deps     []activeDep
	hasDeps  bool
	done     bool // its dependencies have been gone through
}

type activeDep struct {
	dep *Dep
	to  unit
}

// Resolution is the features that a Request turns on, by the rules of cargo's
// feature resolver.
type Resolution struct {
	graph   *Graph
	request Request
	states  []*state // by slot
	roots   map[int]bool
	// What resolver 2 brought: units for the host are apart, dependencies for
	// other targets do not count, and those of tests only where tests are built.
	apart    bool
	platform map[platformKey]bool
}

type platformKey struct {
	target string
	host   bool
}

// Resolve turns on what the request asks for.
func (g *Graph) Resolve(request Request) *Resolution {
	r := &Resolution{
		graph: g, request: request, states: make([]*state, 2*len(g.Packages)), roots: map[int]bool{},
		apart: request.Resolver >= 2, platform: map[platformKey]bool{},
	}
	for _, root := range request.Roots {
		r.roots[root.Package] = true
	}
	for _, root := range request.Roots {
		r.buildRoot(unit{root.Package, false}, root)
		if r.apart && g.Packages[root.Package].ProcMacro {
			r.buildRoot(unit{root.Package, true}, root)
		}
	}
	return r
}

func (r *Resolution) buildRoot(u unit, root Root) {
	for _, f := range root.Features {
		v := parseFeatureValue(Text{Value: f})
		r.turnOn(u, &v)
	}
	p := &r.graph.Packages[root.Package]
	if _, has := p.Features["default"]; has && root.Default {
		r.feature(u, "default")
	}
	if root.All {
		for _, f := range p.FeatureNames() {
			r.feature(u, f)
		}
	}
	r.build(u)
}

// state is that of a unit; resolver 1 knows no difference between host and target.
func (r *Resolution) state(u unit) *state {
	u.host = u.host && r.apart
	s := r.states[u.slot()]
	if s == nil {
		s = &state{features: make([]bool, len(r.graph.Packages[u.pkg].names))}
		r.states[u.slot()] = s
	}
	return s
}

// build builds what a unit depends on.
func (r *Resolution) build(u unit) {
	s := r.state(u)
	if s.done {
		return // whatever is turned on from now on goes its own way at once
	}
	s.done = true
	for _, d := range r.deps(u) {
		if !d.dep.Optional {
			r.buildDep(d)
		}
	}
}

// buildDep builds the package that a dependency leads to, with what is asked of it.
func (r *Resolution) buildDep(d activeDep) {
	for _, f := range d.dep.Features {
		r.feature(d.to, f)
	}
	if _, has := r.graph.Packages[d.to.pkg].Features["default"]; has && d.dep.Default {
		r.feature(d.to, "default")
	}
	r.build(d.to)
}

func (r *Resolution) turnOn(u unit, v *FeatureValue) {
	switch {
	case v.Dependency == "":
		r.feature(u, v.Feature)
	case v.Feature == "":
		r.dependency(u, v.Dependency)
	default:
		r.dependencyFeature(u, v)
	}
}

func (r *Resolution) feature(u unit, name string) {
	s, p := r.state(u), &r.graph.Packages[u.pkg]
	i, has := p.places[name]
	switch {
	case has && !s.features[i]:
		s.features[i] = true
		values := p.Features[name]
		for k := range values {
			r.turnOn(u, &values[k])
		}
	case !has && !slices.Contains(s.others, name):
		s.others = append(s.others, name)
	}
}

// dependency turns an optional dependency on.
func (r *Resolution) dependency(u unit, key string) {
	s := r.state(u)
	if s.optional[key] {
		return
	}
	if s.optional == nil {
		s.optional = map[string]bool{}
	}
	s.optional[key] = true
	deferred := s.deferred[key]
	delete(s.deferred, key)
	for _, d := range r.deps(u) {
		if d.dep.Key != key {
			continue
		}
		for _, f := range deferred {
			r.feature(d.to, f)
		}
		r.buildDep(d)
	}
}

// dependencyFeature turns a feature of a dependency on: x/y, or x?/y.
func (r *Resolution) dependencyFeature(u unit, v *FeatureValue) {
	s := r.state(u)
	for _, d := range r.deps(u) {
		if d.dep.Key != v.Dependency {
			continue
		}
		if d.dep.Optional {
			if v.Weak && !s.optional[v.Dependency] {
				if s.deferred == nil {
					s.deferred = map[string][]string{}
				}
				if !slices.Contains(s.deferred[v.Dependency], v.Feature) {
					s.deferred[v.Dependency] = append(s.deferred[v.Dependency], v.Feature)
				}
				continue
			}
			r.dependency(u, v.Dependency)
			if _, implicit := r.graph.Packages[u.pkg].Features[v.Dependency]; implicit && !v.Weak {
				r.feature(u, v.Dependency)
			}
		}
		r.feature(d.to, v.Feature)
	}
}

// deps are the dependencies that count for a unit.
func (r *Resolution) deps(u unit) []activeDep {
	s := r.state(u)
	if s.hasDeps {
		return s.deps
	}
	s.hasDeps = true
	for _, e := range r.graph.Packages[u.pkg].Edges {
		switch {
		case e.Dep.Kind == Dev && (!r.roots[u.pkg] || r.apart && !r.request.Dev):
			continue
		case r.apart && !r.applies(e.Dep.Target, u.host || e.Dep.Kind == Build):
			continue
		}
		to := unit{e.To, u.host}
		if r.apart && (e.Dep.Kind == Build || r.graph.Packages[e.To].ProcMacro) {
			to.host = true
		}
		s.deps = append(s.deps, activeDep{e.Dep, to})
	}
	return s.deps
}

func (r *Resolution) applies(target string, host bool) bool {
	if target == "" {
		return true
	}
	key := platformKey{target, host}
	applies, known := r.platform[key]
	if !known {
		p := r.request.Target
		if host {
			p = r.request.Host
		}
		applies = p.Applies(target)
		r.platform[key] = applies
	}
	return applies
}

// Unserved is an optional dependency that is on and that no package serves.
type Unserved struct {
	Package int
	Dep     *Dep
}

// Unserved lists the dependencies that are on and have no edge in the graph, in
// order of package.
func (r *Resolution) Unserved() []Unserved {
	missing := map[*Dep]int{}
	for slot, s := range r.states {
		if s == nil || len(s.optional) == 0 {
			continue
		}
		pkg := slot / 2
		p := &r.graph.Packages[pkg]
		served := make(map[*Dep]bool, len(p.Edges))
		for _, e := range p.Edges {
			served[e.Dep] = true
		}
		for i := range p.Deps {
			if d := &p.Deps[i]; d.Optional && s.optional[d.Key] && !served[d] {
				missing[d] = pkg
			}
		}
	}
	all := make([]Unserved, 0, len(missing))
	for d, pkg := range missing {
		all = append(all, Unserved{pkg, d})
	}
	slices.SortStableFunc(all, func(a, b Unserved) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), strings.Compare(a.Dep.Key, b.Dep.Key),
			cmp.Compare(a.Dep.Kind, b.Dep.Kind), strings.Compare(a.Dep.Target, b.Dep.Target))
	})
	return all
}

// Tree is what is built of a graph: the units that the roots reach over edges of
// some kinds.
type Tree struct {
	Graph *Graph
	// Nodes are in the order in which they were reached, breadth first: the
	// roots, then what they depend on, and so on.
	Nodes []Node
	first []int32 // by package: one more than its first node, 0 where it is not built

	intoOnce sync.Once
	into     [][]Incoming // see Into
}

// Node is a package as it is built.
type Node struct {
	Package int
	Host    bool // it serves the build itself: a build script or a macro
	// Features that are on, sorted.
	Features []string
	Edges    []NodeEdge
	// Parent is the node by which it was reached first, -1 for a root.
	Parent int
}

// Incoming is an edge with the node that it comes from.
type Incoming struct {
	From int
	NodeEdge
}

// NodeEdge is a dependency between nodes.
type NodeEdge struct {
	Dep *Dep
	To  int // index of Nodes
}

// Tree follows edges of the given kinds from the roots, as cargo tree does.
func (r *Resolution) Tree(kinds ...Kind) *Tree {
	t := &Tree{Graph: r.graph, first: make([]int32, len(r.graph.Packages))}
	known := make([]int, 2*len(r.graph.Packages)) // places in Nodes, and one more
	var units []unit
	reach := func(u unit, parent int) int {
		if known[u.slot()] == 0 {
			units = append(units, u)
			known[u.slot()] = len(units)
			t.Nodes = append(t.Nodes, Node{
				Package: u.pkg, Host: u.host, Parent: parent,
				Features: r.features(u),
			})
			if t.first[u.pkg] == 0 {
				t.first[u.pkg] = int32(len(units))
			}
		}
		return known[u.slot()] - 1
	}
	for _, root := range r.request.Roots {
		reach(unit{root.Package, r.graph.Packages[root.Package].ProcMacro}, -1)
	}
	for i := 0; i < len(units); i++ {
		u := units[i]
		for _, e := range r.graph.Packages[u.pkg].Edges {
			if !slices.Contains(kinds, e.Dep.Kind) || e.Dep.Kind == Dev && !r.roots[u.pkg] {
				continue
			}
			if !r.applies(e.Dep.Target, u.host || e.Dep.Kind == Build) || e.Dep.Optional && !r.state(u).optional[e.Dep.Key] {
				continue
			}
			host := u.host || e.Dep.Kind == Build || r.graph.Packages[e.To].ProcMacro
			to := reach(unit{e.To, host}, i)
			t.Nodes[i].Edges = append(t.Nodes[i].Edges, NodeEdge{e.Dep, to})
		}
	}
	return t
}

// features lists those that are on in a unit, sorted.
func (r *Resolution) features(u unit) []string {
	s, names := r.state(u), r.graph.Packages[u.pkg].names
	on := slices.Clone(s.others)
	for i, is := range s.features {
		if is {
			on = append(on, names[i])
		}
	}
	if len(s.others) > 0 {
		slices.Sort(on)
	}
	return on
}

// Path names the packages on the shortest way from a root to a node, both
// included.
func (t *Tree) Path(node int) []string {
	var path []string
	for ; node >= 0; node = t.Nodes[node].Parent {
		path = append(path, t.Graph.Packages[t.Nodes[node].Package].String())
	}
	slices.Reverse(path)
	return path
}

// Features gives, for each package of the tree by name and version, the features
// that are on, be it for the target or for the host.
func (t *Tree) Features() map[string][]string {
	all := map[string][]string{}
	for _, n := range t.Nodes {
		name := t.Graph.Packages[n.Package].String()
		merged := slices.Concat(all[name], n.Features)
		slices.Sort(merged)
		all[name] = slices.Compact(merged)
	}
	return all
}

// ResolverOf is the version of the feature resolver that a workspace uses: what
// its root manifest says, else what the edition of its root package brings.
func ResolverOf(root *Manifest, edition string) int {
	said := ""
	if root.Workspace != nil {
		said = root.Workspace.Resolver.Value
	}
	if said == "" && root.Package != nil {
		said = root.Package.Resolver.Value
	}
	switch strings.TrimSpace(said) {
	case "1":
		return 1
	case "2":
		return 2
	case "3":
		return 3
	}
	switch {
	case root.Package == nil || edition < "2021":
		return 1
	case edition < "2024":
		return 2
	}
	return 3
}
