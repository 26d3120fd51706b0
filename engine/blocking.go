package engine

import (
	"slices"
	"strings"

	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
)

// Blocking is a call that blocks a thread in async code.
type Blocking struct {
	Call  *runtimes.BlockingCall
	Site  Site
	Place Place
}

// Blocking lists the calls in async code of the package's library and programs that
// surely block. Left out are tests, and what functions with attributes do themselves:
// an entry point runs on a thread of its own, often before there is anything to hold up.
// What asks whether there is a runtime has its reasons.
func (s *Snapshot) Blocking(p *Package, sel Selection) []Blocking {
	return s.code(p, sel).source().blocking
}

func readBlocking(p *Package, src *sources) []Blocking {
	f := &flow{sources: src, pkg: p}
	activation := src.pkg.activate(Selection{})
	f.normal = src.judge(&activation, cargo.Host(), false)
	f.build = f.normal
	var all []Blocking
	for i := range src.crates {
		c := &src.crates[i]
		if c.target.Kind != cargo.Lib && c.target.Kind != cargo.Bin || !f.normal.has(c) {
			continue
		}
		for _, fn := range c.crate.Fns() {
			if f.normal.Holds(fn.Compiled()) == cfg.Yes && !isTest(fn) && !asks(fn.Body) {
				f.blocking(fn, fn.Body, fn.Async && len(fn.Attrs) == 0, &all)
			}
		}
	}
	return all
}

// asks reports whether nodes enter a runtime's context or ask about it.
func asks(nodes []*rust.Node) bool {
	return slices.ContainsFunc(nodes, func(n *rust.Node) bool {
		return asksItself(n) || asks(n.Body) || slices.ContainsFunc(n.Args, asks)
	})
}

// asksItself reports whether a node alone does.
func asksItself(n *rust.Node) bool {
	return slices.Contains(asking, n.Name) || n.Kind == rust.CallNode && slices.Contains(asking, n.Path.Segs[len(n.Path.Segs)-1])
}

// isTest reports whether an attribute of a function may make it a test.
func isTest(fn *rust.CrateFn) bool {
	return slices.ContainsFunc(fn.Attrs, func(a int32) bool {
		segs := fn.Unit.Source.Refs[a].Segs
		return strings.Contains(segs[len(segs)-1], "test")
	})
}

// blocking goes through nodes of a body. What a closure does is done where it is
// called, which may be another thread.
func (f *flow) blocking(fn *rust.CrateFn, nodes []*rust.Node, async bool, all *[]Blocking) {
	for _, n := range nodes {
		if n.Unsure {
			continue
		}
		switch n.Kind {
		case rust.AsyncNode:
			f.blocking(fn, n.Body, true, all)
			continue
		case rust.ClosureNode:
			if n.Async {
				f.blocking(fn, n.Body, true, all)
			}
			continue
		case rust.MacroNode:
			if name := n.Path.Segs[len(n.Path.Segs)-1]; !slices.Contains(transparent, name) {
				continue
			}
		case rust.CallNode:
			if async && runtimes.MayBlock(n.Path.Segs[len(n.Path.Segs)-1]) {
				f.blocks(fn, n, all)
			}
		}
		f.blocking(fn, n.Body, async, all)
		for _, a := range n.Args {
			f.blocking(fn, a, async, all)
		}
	}
}

func (f *flow) blocks(fn *rust.CrateFn, n *rust.Node, all *[]Blocking) {
	var found []rust.Target
	for _, t := range fn.Unit.Resolve(n.Path, n.Scope, rust.ValueSpace|rust.TypeSpace, false, nil) {
		if t.Extern != "" {
			found = append(found, t)
		}
	}
	if len(found) != 1 || found[0].Extern != "std" || found[0].Unsure {
		return
	}
	path := strings.Join(found[0].Path, "::")
	if call := runtimes.FindBlocking(path); call != nil && !n.Awaited {
		*all = append(*all, Blocking{call, f.site(fn, n), f.place(fn, n.Span, "std::"+path)})
	}
}
