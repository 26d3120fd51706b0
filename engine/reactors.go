package engine

import (
	"fmt"
	"slices"
	"sync"

	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
)

// Driver is a package that drives a reactor: it asks of one of the reactor's
// crates what needs the reactor.
type Driver struct {
	Reactor *runtimes.Reactor
	Node    int // in the tree
	// Asks are the features that its own dependency asks, without "default".
	Asks []string
	// Crate is the crate of the reactor's family that it depends on.
	Crate string
}

// Drivers finds who drives which reactor among the nodes of a tree, in the order
// of their distance. What serves the build itself is left out: it runs in another
// process.
func Drivers(t *cargo.Tree, nodes []int) []Driver {
	var all []Driver
	for _, n := range nodes {
		if t.Nodes[n].Host {
			continue
		}
		own, _ := runtimes.ReactorOf(t.Package(n).Name, t.Package(n).Version)
		for _, e := range t.Nodes[n].Edges {
			to := t.Package(e.To)
			reactor, features := runtimes.ReactorOf(to.Name, to.Version)
			if reactor == nil || reactor == own || reactor.IsBridge(t.Package(n).Name) || t.Nodes[e.To].Host {
				continue
			}
			asks := t.Asks(n, e)
			if len(features) > 0 && !slices.ContainsFunc(to.Closure(asks...), func(f string) bool { return slices.Contains(features, f) }) {
				continue
			}
			asks = slices.DeleteFunc(asks, func(f string) bool { return f == "default" })
			i := slices.IndexFunc(all, func(d Driver) bool { return d.Node == n && d.Reactor == reactor })
			if i < 0 {
				all = append(all, Driver{Reactor: reactor, Node: n, Asks: asks, Crate: to.Name})
				continue
			}
			merged := append(all[i].Asks, asks...)
			slices.Sort(merged)
			all[i].Asks = slices.Compact(merged)
		}
	}
	return all
}

// BridgesIn lists the bridges that a tree's nodes hold and that are switched on.
func BridgesIn(t *cargo.Tree, nodes []int) []runtimes.Bridge {
	var all []runtimes.Bridge
	for _, b := range runtimes.Bridges() {
		if slices.ContainsFunc(nodes, func(n int) bool {
			return t.Package(n).Name == b.Name && (b.Feature == "" || slices.Contains(t.Nodes[n].Features, b.Feature))
		}) {
			all = append(all, b)
		}
	}
	return all
}

// gone are the statuses of crates that nobody should start with.
var gone = []string{"superseded", "discontinued", "unmaintained", "abandoned"}

// Gone says how a crate's version is kept, if it should not be used any more.
func Gone(name, version string) (runtimes.Status, bool) {
	known := runtimes.Known(name)
	if known == nil { // most are not
		return runtimes.Status{}, false
	}
	v, err := semver.Parse(version)
	if err != nil {
		return runtimes.Status{}, false
	}
	status, ok := known.Status(v)
	return status, ok && slices.Contains(gone, status.Is)
}

// Survey is who drives what in a workspace, and what in it is gone: in its normal
// code, and beyond that in its tests, examples and benches.
type Survey struct {
	Normal, Dev Found
	// Built is what goes into programs, and what builds them.
	Built *cargo.Tree
}

// Found is what a tree holds.
type Found struct {
	Tree    *cargo.Tree
	Drivers []Driver
	Gone    []int // nodes
	byNode  map[int][]Driver
	// Worked is what others worked out of the tree alone.
	Worked *Worked
}

// DriversOf is Drivers for some nodes of the tree.
func (f Found) DriversOf(nodes []int) []Driver {
	var all []Driver
	for _, n := range nodes {
		all = append(all, f.byNode[n]...)
	}
	return all
}

// surveys keeps what was looked through once, by selection and target.
type surveys struct {
	mu   sync.Mutex
	made map[string]Survey
}

func newSurveys() *surveys { return &surveys{made: map[string]Survey{}} }

// Survey looks through the graph under a selection of features; platform nil
// means the target that cargo would take. It is looked through once.
func (g *Graph) Survey(sel Selection, platform *cargo.Platform) Survey {
	key := fmt.Sprint(sel)
	if platform != nil {
		key += platform.Triple
	}
	g.surveys.mu.Lock()
	defer g.surveys.mu.Unlock()
	made, ok := g.surveys.made[key]
	if !ok {
		made = g.survey(sel, platform)
		g.surveys.made[key] = made
	}
	return made
}

func (g *Graph) survey(sel Selection, platform *cargo.Platform) Survey {
	var normal, dev Found
	var built *cargo.Tree
	sideBySide(2, func(i int) {
		if i == 0 {
			dev = look(g.Tree(sel, platform, cargo.Normal, cargo.Dev))
			return
		}
		resolution := g.Resolve(g.request(g.Workspace.Packages, sel, platform))
		normal, built = look(resolution.Tree(cargo.Normal)), resolution.Tree(cargo.Normal, cargo.Build)
	})
	known := map[int]bool{}
	for _, n := range normal.Tree.Nodes {
		known[n.Package] = true
	}
	also := func(n int) bool { return known[dev.Tree.Nodes[n].Package] }
	drives := map[[2]any]bool{}
	for _, d := range normal.Drivers {
		drives[[2]any{d.Reactor, normal.Tree.Nodes[d.Node].Package}] = true
	}
	dev.Drivers = slices.DeleteFunc(dev.Drivers, func(d Driver) bool { return drives[[2]any{d.Reactor, dev.Tree.Nodes[d.Node].Package}] })
	dev.Gone = slices.DeleteFunc(dev.Gone, also)
	return Survey{normal, dev, built}
}

func look(t *cargo.Tree) Found {
	f := Found{Tree: t, Drivers: Drivers(t, t.All()), byNode: map[int][]Driver{}, Worked: &Worked{}}
	for _, d := range f.Drivers {
		f.byNode[d.Node] = append(f.byNode[d.Node], d)
	}
	seen := map[int]bool{}
	for i, n := range t.Nodes {
		p := t.Package(i)
		if _, is := Gone(p.Name, p.Version); is && p.Source != "" && !seen[n.Package] {
			seen[n.Package] = true
			f.Gone = append(f.Gone, i)
		}
	}
	return f
}
