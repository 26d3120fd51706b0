package cargo

import "slices"

// Reach is the part of a tree that some of its nodes lead to, with the shortest
// way to each.
type Reach struct {
	tree *Tree
	// Nodes are in the order of their distance, the first ones included.
	Nodes  []int
	parent []int32 // by node: one more than the node before it, -1 for the first ones, 0 where it is not reached
}

// All are the indexes of the tree's nodes, in the order of their distance.
func (t *Tree) All() []int {
	all := make([]int, len(t.Nodes))
	for i := range all {
		all[i] = i
	}
	return all
}

// Node is the first node of a package of the graph, -1 where it is not built.
func (t *Tree) Node(pkg int) int {
	return int(t.first[pkg]) - 1
}

// Into lists the edges that lead to a node, in the order of the nodes that they come from.
func (t *Tree) Into(node int) []Incoming {
	t.intoOnce.Do(func() {
		t.into = make([][]Incoming, len(t.Nodes))
		for from := range t.Nodes {
			for _, e := range t.Nodes[from].Edges {
				t.into[e.To] = append(t.into[e.To], Incoming{from, e})
			}
		}
	})
	return t.into[node]
}

// Reach follows the edges from some nodes.
func (t *Tree) Reach(from ...int) *Reach {
	return t.ReachUntil(func(int) bool { return false }, from...)
}

// ReachUntil follows the edges from some nodes, and none from those that stop.
func (t *Tree) ReachUntil(stop func(node int) bool, from ...int) *Reach {
	r := &Reach{tree: t, parent: make([]int32, len(t.Nodes))}
	r.Follow(stop, from...)
	return r
}

// Follow forgets what was reached, and is ReachUntil then.
func (r *Reach) Follow(stop func(node int) bool, from ...int) {
	for _, n := range r.Nodes {
		r.parent[n] = 0
	}
	r.Nodes = r.Nodes[:0]
	for _, n := range from {
		if r.parent[n] == 0 {
			r.parent[n] = -1
			r.Nodes = append(r.Nodes, n)
		}
	}
	for i := 0; i < len(r.Nodes); i++ {
		if stop(r.Nodes[i]) {
			continue
		}
		for _, e := range r.tree.Nodes[r.Nodes[i]].Edges {
			if r.parent[e.To] == 0 {
				r.parent[e.To] = int32(r.Nodes[i]) + 1
				r.Nodes = append(r.Nodes, e.To)
			}
		}
	}
}

// Has reports whether a node is reached.
func (r *Reach) Has(node int) bool { return r.parent[node] != 0 }

// Path is the shortest way to a node, with both ends.
func (r *Reach) Path(node int) []int {
	var path []int
	if !r.Has(node) {
		return []int{node}
	}
	for ; node >= 0; node = max(-1, int(r.parent[node])-1) {
		path = append(path, node)
	}
	slices.Reverse(path)
	return path
}

// Package is the package of a node.
func (t *Tree) Package(node int) *GraphPackage { return &t.Graph.Packages[t.Nodes[node].Package] }

// Asks lists, sorted, the features that a node asks of the package at the end of
// one of its edges: those that the dependency names, and those that the node's
// own features forward. "default" is among them.
func (t *Tree) Asks(node int, e NodeEdge) []string {
	asks := slices.Clone(e.Dep.Features)
	if e.Dep.Default {
		asks = append(asks, "default")
	}
	for _, on := range t.Nodes[node].Features {
		for _, v := range t.Package(node).Features[on] {
			if v.Dependency == e.Dep.Key && v.Feature != "" {
				asks = append(asks, v.Feature)
			}
		}
	}
	slices.Sort(asks)
	return slices.Compact(asks)
}

// Closure adds to features of the package all own ones that they turn on, sorted.
func (s *Summary) Closure(features ...string) []string {
	on := map[string]bool{}
	var all []string
	var add func(f string)
	add = func(f string) {
		if on[f] {
			return
		}
		on[f] = true
		all = append(all, f)
		for _, v := range s.Features[f] {
			switch _, implicit := s.Features[v.Dependency]; {
			case v.Dependency == "":
				add(v.Feature)
			case v.Feature != "" && !v.Weak && implicit:
				add(v.Dependency)
			}
		}
	}
	for _, f := range features {
		add(f)
	}
	slices.Sort(all)
	return all
}
