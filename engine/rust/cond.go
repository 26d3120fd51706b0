package rust

import (
	"sync"

	"reactorls/engine/cfg"
)

// CondID names a condition of a package.
type CondID int32

// always is the condition that holds in every build.
const always CondID = 0

// conds keeps the conditions of a package as a graph in which equal ones are
// one, so that each is judged once.
type conds struct {
	mu     sync.Mutex // what is found out on demand adds to them
	nodes  []condNode
	joined map[[2]CondID]CondID
	leaves map[leafKey]CondID
}

type leafKey struct {
	kind  CondKind
	text  string
	crate *Crate // whose macro it is about
}

// condNode is a leaf, or the conjunction of two others.
type condNode struct {
	left, right CondID // both always, for a leaf
	leaf        Cond
	macro       *macroUse // of a leaf that is about a macro of the package
}

// init makes the first condition; mu must be held.
func (c *conds) init() {
	if c.nodes == nil {
		c.nodes = []condNode{{leaf: Cond{Expr: cfg.True}}}
		c.joined = map[[2]CondID]CondID{}
		c.leaves = map[leafKey]CondID{}
	}
}

// leaf is the condition l that stands in a crate.
func (c *conds) leaf(l Cond, crate *Crate) CondID {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.init()
	key := leafKey{l.Kind, l.Name, crate}
	if l.Kind == CfgCond {
		key = leafKey{l.Kind, l.Expr.String(), nil}
	}
	id, ok := c.leaves[key]
	if !ok {
		id = CondID(len(c.nodes))
		n := condNode{leaf: l}
		if l.Kind == CallCond || l.Kind == MacroCond {
			n.macro = crate.macro(l.Name)
		}
		c.nodes = append(c.nodes, n)
		c.leaves[key] = id
	}
	return id
}

func (c *conds) and(a, b CondID) CondID {
	switch {
	case a == always || a == b:
		return b
	case b == always:
		return a
	}
	key := [2]CondID{min(a, b), max(a, b)}
	c.mu.Lock()
	defer c.mu.Unlock()
	id, ok := c.joined[key]
	if !ok {
		id = CondID(len(c.nodes))
		c.nodes = append(c.nodes, condNode{left: a, right: b})
		c.joined[key] = id
	}
	return id
}

// all are the conditions that are known by now.
func (c *conds) all() []condNode {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.init()
	return c.nodes
}

// Build is one way to compile a package: which cfg atoms hold. It remembers what
// it has judged.
type Build struct {
	p      *Package
	nodes  []condNode // those that were there when last one was not
	env    cfg.Env
	judged []uint8 // outcome + 1
	// called tells whether the body of a macro ends up in code; nil until it is asked.
	called []cfg.Tri // by macroUse.number
}

// Build prepares to judge conditions under env.
func (p *Package) Build(env cfg.Env) *Build {
	nodes := p.conds.all()
	return &Build{p: p, nodes: nodes, env: env, judged: make([]uint8, len(nodes))}
}

// judgeMacros finds which macros are called from code that is compiled. Macros
// call each other, so it goes round until nothing changes.
func (b *Build) judgeMacros() {
	b.called = make([]cfg.Tri, len(b.p.defined))
	for changed := true; changed; {
		changed = false
		clear(b.judged)
		for _, m := range b.p.defined {
			r := cfg.No
			if m.exported || len(m.calls) == 0 { // called where we do not see it, or by no one yet
				r = cfg.Maybe
			}
			for _, c := range m.calls {
				if r = max(r, b.Holds(c)); r == cfg.Yes {
					break
				}
			}
			if r > b.called[m.number] {
				b.called[m.number] = r
				changed = true
			}
		}
	}
}

// Holds tells whether the code under a condition is compiled in this build.
func (b *Build) Holds(id CondID) cfg.Tri {
	if int(id) >= len(b.judged) { // found out since
		b.nodes = b.p.conds.all()
		b.judged = append(b.judged, make([]uint8, len(b.nodes)-len(b.judged))...)
	}
	if r := b.judged[id]; r > 0 {
		return cfg.Tri(r - 1)
	}
	n := &b.nodes[id]
	var r cfg.Tri
	if n.left != always || n.right != always {
		if r = b.Holds(n.left); r != cfg.No {
			r = min(r, b.Holds(n.right))
		}
	} else {
		r = b.leaf(n)
	}
	b.judged[id] = uint8(r) + 1
	return r
}

func (b *Build) leaf(n *condNode) cfg.Tri {
	switch n.leaf.Kind {
	case CfgCond:
		return n.leaf.Expr.Eval(b.env)
	case QuotedCond:
		return cfg.Maybe
	case MacroCond:
		if b.called == nil {
			b.judgeMacros()
		}
		if !n.macro.defined || n.macro.number >= len(b.called) {
			return cfg.No
		}
		return b.called[n.macro.number]
	}
	m := n.macro.definition()
	if len(m.wraps) == 0 {
		return cfg.Yes // a macro that passes its arguments on
	}
	r := m.wraps[0].Eval(b.env)
	for _, w := range m.wraps[1:] {
		if w.Eval(b.env) != r {
			return cfg.Maybe // several macros of one name
		}
	}
	if m.partly && r == cfg.No {
		return cfg.Maybe
	}
	return r
}

// Exprs calls f for each cfg expression that id depends on directly.
func (p *Package) Exprs(id CondID, f func(cfg.Expr)) {
	if id == always {
		return
	}
	n := &p.conds.all()[id]
	if n.left != always || n.right != always {
		p.Exprs(n.left, f)
		p.Exprs(n.right, f)
		return
	}
	switch n.leaf.Kind {
	case CfgCond:
		f(n.leaf.Expr)
	case CallCond:
		for _, w := range n.macro.definition().wraps {
			f(w)
		}
	}
}
