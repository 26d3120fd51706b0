package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
)

// picture is the part of a graph that leads to reactors: from the packages of the
// workspace over what they depend on to who drives a reactor, and to that.
type picture struct {
	nodes    []pictureNode
	reactors []*runtimes.Reactor
}

// pictureNode is some packages that depend on the same and on which the same
// depend, or a reactor.
type pictureNode struct {
	packages []string // name and version
	member   bool
	dev      bool // only tests lead there
	gone     bool // it is no longer maintained
	reactor  int  // index of picture.reactors, -1 for packages
	edges    []int
	tests    map[int]bool // those of the edges that only tests have
	leads    []int        // the reactors at the end of all ways but those of its tests
}

// drives lists the reactors that a node itself drives.
func (p *picture) drives(node int) []int {
	var all []int
	for _, to := range p.nodes[node].edges {
		if r := p.nodes[to].reactor; r >= 0 && p.nodes[node].reactor < 0 {
			all = append(all, r)
		}
	}
	slices.Sort(all)
	return all
}

// drawing is a picture in the making: packages by their place in the graph. Of each
// edge it knows whether normal code has it, and not tests alone.
type drawing struct {
	graph    *cargo.Graph
	edges    map[int]map[int]bool // from package to package
	drives   map[int]map[int]bool // from package to reactor
	normal   map[int]bool         // packages that not tests alone lead to
	reactors []*runtimes.Reactor
}

func newPicture(s engine.Survey) *picture {
	d := &drawing{
		graph: s.Normal.Tree.Graph, edges: map[int]map[int]bool{}, drives: map[int]map[int]bool{}, normal: map[int]bool{},
	}
	for i := range runtimes.Reactors() {
		r := &runtimes.Reactors()[i]
		if slices.ContainsFunc(slices.Concat(s.Normal.Drivers, s.Dev.Drivers), func(o engine.Driver) bool { return o.Reactor == r || o.Reactor.On == r.Name }) {
			d.reactors = append(d.reactors, r)
		}
	}
	d.trace(s.Normal, true)
	d.trace(s.Dev, false)
	d.thin()
	return d.picture()
}

// trace adds the shortest ways from each package of the workspace, and from each
// driver, to the next drivers. Of tests it adds those that say something new.
func (d *drawing) trace(f engine.Found, normal bool) {
	t := f.Tree
	drives := map[int]bool{} // packages
	for n := range d.drives {
		drives[n] = true
	}
	for _, driver := range f.Drivers {
		from := t.Nodes[driver.Node].Package
		link(d.drives, from, slices.Index(d.reactors, driver.Reactor), normal)
		drives[from] = true
		d.normal[from] = d.normal[from] || normal
	}
	target := func(n int) bool { return drives[t.Nodes[n].Package] }
	leads := leadingTo(t, target)
	stop := func(n int) bool { return t.Nodes[n].Host || target(n) || t.Package(n).Member }
	known := maps.Clone(d.normal)
	for n := range t.Nodes {
		if !leads[n] || !stop(n) {
			continue
		}
		reach := t.ReachUntil(func(o int) bool { return o != n && stop(o) }, n)
		for _, to := range reach.Nodes[1:] {
			way := reach.Path(to)
			isNew := func(n int) bool { return !known[t.Nodes[n].Package] }
			if !stop(to) || !leads[to] || !normal && !slices.ContainsFunc(way, isNew) {
				continue
			}
			for i, n := range way {
				at := t.Nodes[n].Package
				d.normal[at] = d.normal[at] || normal
				if i > 0 {
					link(d.edges, t.Nodes[way[i-1]].Package, at, normal)
				}
			}
		}
	}
}

// leadingTo marks the nodes from which some way ends at a target, without those that
// serve the build itself.
func leadingTo(t *cargo.Tree, target func(node int) bool) []bool {
	back := make([][]int, len(t.Nodes))
	var todo []int
	for n, node := range t.Nodes {
		if target(n) {
			todo = append(todo, n)
		}
		for _, e := range node.Edges {
			back[e.To] = append(back[e.To], n)
		}
	}
	leads := make([]bool, len(t.Nodes))
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if leads[n] || t.Nodes[n].Host {
			continue
		}
		leads[n] = true
		todo = append(todo, back[n]...)
	}
	return leads
}

func link(edges map[int]map[int]bool, from, to int, normal bool) {
	if edges[from] == nil {
		edges[from] = map[int]bool{}
	}
	edges[from][to] = edges[from][to] || normal
}

// thin takes out the edges that close a circle, which only tests can, and those
// that a longer way says as well.
func (d *drawing) thin() {
	const open, closed = 1, 2
	state := map[int]int{}
	var visit func(n int)
	visit = func(n int) {
		state[n] = open
		for _, to := range slices.Sorted(maps.Keys(d.edges[n])) {
			switch state[to] {
			case open:
				delete(d.edges[n], to)
			case 0:
				visit(to)
			}
		}
		state[n] = closed
	}
	for _, n := range slices.Sorted(maps.Keys(d.edges)) {
		if state[n] == 0 {
			visit(n)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(d.edges)) {
		normal, tests := d.beyond(n, true), d.beyond(n, false)
		maps.DeleteFunc(d.edges[n], func(to int, isNormal bool) bool { return normal[to] || !isNormal && tests[to] })
	}
}

// beyond is what more than one edge leads to, normal ones or all.
func (d *drawing) beyond(from int, normal bool) map[int]bool {
	seen := map[int]bool{}
	var visit func(n int)
	visit = func(n int) {
		for to, isNormal := range d.edges[n] {
			if (isNormal || !normal) && !seen[to] {
				seen[to] = true
				visit(to)
			}
		}
	}
	for to, isNormal := range d.edges[from] {
		if isNormal || !normal {
			visit(to)
		}
	}
	return seen
}

// picture makes one node of the packages that are alike.
func (d *drawing) picture() *picture {
	p := &picture{reactors: d.reactors}
	shown, above := map[int]bool{}, map[int][]int{}
	for _, from := range slices.Sorted(maps.Keys(d.edges)) {
		for to := range d.edges[from] {
			shown[from], shown[to] = true, true
			above[to] = append(above[to], from)
		}
	}
	for n := range d.drives {
		shown[n] = true
	}
	type likeness struct {
		member, dev, gone    bool
		above, below, drives string
	}
	at, of := map[likeness]int{}, map[int]int{}
	for _, n := range slices.Sorted(maps.Keys(shown)) {
		pkg := &d.graph.Packages[n]
		_, gone := engine.Gone(pkg.Name, pkg.Version)
		l := likeness{
			pkg.Member, !d.normal[n], gone && pkg.Source != "", fmt.Sprint(above[n]),
			fmt.Sprint(d.edges[n]), fmt.Sprint(d.drives[n]),
		}
		i, ok := at[l]
		if !ok {
			i = len(p.nodes)
			at[l] = i
			p.nodes = append(p.nodes, pictureNode{member: l.member, dev: l.dev, gone: l.gone, reactor: -1, tests: map[int]bool{}})
		}
		of[n] = i
		p.nodes[i].packages = append(p.nodes[i].packages, pkg.String())
	}
	packages := len(p.nodes)
	for i, r := range d.reactors {
		p.nodes = append(p.nodes, pictureNode{packages: []string{r.Name}, reactor: i})
	}
	for n, i := range of {
		for to, normal := range d.edges[n] {
			p.nodes[i].edges = append(p.nodes[i].edges, of[to])
			p.nodes[i].tests[of[to]] = !normal
		}
		for r, normal := range d.drives[n] {
			p.nodes[i].edges = append(p.nodes[i].edges, packages+r)
			p.nodes[i].tests[packages+r] = !normal
		}
	}
	for i, r := range d.reactors {
		if on := slices.IndexFunc(d.reactors, func(o *runtimes.Reactor) bool { return o.Name == r.On }); on >= 0 {
			p.nodes[packages+i].edges = []int{packages + on}
		}
	}
	for i := range p.nodes {
		slices.Sort(p.nodes[i].edges)
		p.nodes[i].edges = slices.Compact(p.nodes[i].edges)
		slices.Sort(p.nodes[i].packages)
	}
	for i := range p.nodes {
		p.follow(i)
	}
	return p
}

// follow fills in where a node leads. Its tests count only where nothing else does.
func (p *picture) follow(i int) []int {
	n := &p.nodes[i]
	if n.leads != nil {
		return n.leads
	}
	var leads []int
	if n.reactor >= 0 {
		leads = []int{n.reactor}
	} else {
		for _, to := range n.edges {
			if n.dev || !n.tests[to] {
				leads = append(leads, p.follow(to)...)
			}
		}
	}
	slices.Sort(leads)
	n.leads = slices.Compact(leads)
	return n.leads
}

// words tells the picture to those who cannot see it.
func (p *picture) words() string {
	var lines []string
	for i, r := range p.reactors {
		var drivers []string
		for n := range p.nodes {
			if slices.Contains(p.drives(n), i) {
				drivers = append(drivers, p.nodes[n].packages...)
			}
		}
		slices.SortFunc(drivers, func(a, b string) int { return cmp.Compare(a, b) })
		if len(drivers) > 0 {
			lines = append(lines, fmt.Sprintf("%s is driven by %s.", r.Name, strings.Join(drivers, ", ")))
		}
	}
	return strings.Join(lines, " ")
}
