package engine

import (
	"maps"
	"slices"
	"strings"

	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
)

// maxSteps bounds how deep calls are followed.
const maxSteps = 24

// maxNodes bounds how much of a package is looked at: closures that call closures
// are gone through at each call.
const maxNodes = 200_000

// walk follows a function once for each executor that runs it, and for each value that
// is given to it to run.
func (f *flow) walk(fn *rust.CrateFn, w where, given variables) {
	key := flowKey{fn: fn, on: w.on, async: w.async, dev: f.dev}
	if len(given) > 0 {
		for i, name := range fn.Parameters() {
			if v, ok := given[name]; ok && i < len(key.given) {
				key.given[i] = v.node
			}
		}
	}
	if w.on == unknown || f.seen[key] || len(w.steps) > maxSteps {
		return
	}
	f.seen[key] = true
	w.fn = fn
	f.nodes(fn.Body, w, given)
}

// asking are the methods and functions that enter a runtime's context or ask about
// it.
var asking = []string{"enter", "try_current", "runtime_flavor", "flavor"}

// nodes follows what stands in a block. What a runtime's guard holds for, or what
// is asked about a runtime, makes the rest of the block unknown.
func (f *flow) nodes(nodes []*rust.Node, w where, known variables) {
	for _, n := range nodes {
		if w.on == unknown {
			return
		}
		if n.Unsure {
			continue
		}
		if f.left--; f.left < 0 {
			return
		}
		if asksItself(n) {
			if n.Kind == rust.MethodNode && n.Name == "enter" && n.Bound == "_" {
				continue // what it gives is dropped at once
			}
			return
		}
		if own := f.own(n, w); own != nil && f.enters(own, maxSteps) {
			return // it may give a guard back
		}
		f.node(n, w, known)
		if eager(nodes, n) {
			f.iterated(n, w, known)
		}
		if n.Leaves && f.tested != nil && w.fn != f.tested {
			return // a test may be about what is refused
		}
		if n.Leaves {
			known.forget(w.fn)
		}
		if n.Bound != "" {
			f.dropped(n, w, known)
			known[n.Bound] = value{n, w.fn, known}
		}
	}
}

// own is the function of the package that a node calls, if it is one.
func (f *flow) own(n *rust.Node, w where) *rust.CrateFn {
	switch {
	case n.Kind == rust.CallNode && !(len(n.Path.Segs) == 1 && w.fn.Locals[n.Path.Segs[0]]):
		return w.fn.Unit.Own(n.Path, n.Scope, w.fn.Impl)
	case n.Kind == rust.MethodNode && n.Var == "self" && w.fn.Impl != "":
		return w.fn.Unit.Crate.Method(w.fn.Impl, n.Name)
	case n.Kind == rust.MethodNode:
		if call := w.fn.Calls()[n.Start]; call.Sure {
			return call.Fn
		}
	}
	return nil
}

// enters reports whether a function that is not async, or one that it calls, may
// enter a runtime's context or asks about it.
func (f *flow) enters(fn *rust.CrateFn, steps int) bool {
	if known, ok := f.entering[fn]; ok || fn.Async {
		return known
	}
	f.entering[fn] = false // while it is looked at: calls may lead in a circle
	w := where{fn: fn}
	var any func(nodes []*rust.Node) bool
	any = func(nodes []*rust.Node) bool {
		return slices.ContainsFunc(nodes, func(n *rust.Node) bool {
			if asksItself(n) {
				return true
			}
			if own := f.own(n, w); own != nil && steps > 0 && f.enters(own, steps-1) {
				return true
			}
			return any(n.Body) || slices.ContainsFunc(n.Args, any)
		})
	}
	f.entering[fn] = any(fn.Body)
	return f.entering[fn]
}

// transparent are the macros whose arguments are run where they stand.
var transparent = []string{"select", "join", "try_join", "println", "print", "eprintln", "eprint", "format", "write", "writeln", "vec", "dbg", "assert", "assert_eq", "assert_ne", "matches", "panic", "pin"}

// polling are those that await what they are given.
var polling = []string{"select", "join", "try_join"}

func (f *flow) node(n *rust.Node, w where, known variables) {
	switch n.Kind {
	case rust.BlockNode:
		inner := maps.Clone(known)
		if !n.Loop {
			inner.forget(w.fn) // whether it is come to may depend on what else is given
		}
		f.nodes(n.Body, w, inner)
	case rust.AsyncNode:
		if n.Awaited {
			f.nodes(n.Body, w, known)
		}
	case rust.MacroNode:
		name := n.Path.Segs[len(n.Path.Segs)-1]
		if !slices.Contains(transparent, name) {
			return
		}
		if slices.Contains(polling, name) {
			f.nodes(polled(n.Body), w, known)
			return
		}
		f.nodes(n.Body, w, known)
	case rust.CallNode:
		f.arguments(n, w, known)
		f.call(n, w, known)
	case rust.MethodNode:
		f.arguments(n, w, known)
		f.method(n, w, known)
	}
}

// polled are the nodes with what makes a future awaited.
func polled(nodes []*rust.Node) []*rust.Node {
	var all []*rust.Node
	for _, n := range nodes {
		if n.Kind == rust.CallNode || n.Kind == rust.AsyncNode {
			awaited := *n
			awaited.Awaited = true
			n = &awaited
		}
		all = append(all, n)
	}
	return all
}

func (f *flow) arguments(n *rust.Node, w where, known variables) {
	for _, a := range n.Args {
		f.nodes(a, w, known)
	}
}

func (f *flow) call(n *rust.Node, w where, known variables) {
	if len(n.Path.Segs) == 1 && w.fn.Locals[n.Path.Segs[0]] {
		f.closure(n, w, known[n.Path.Segs[0]])
		return
	}
	if own := f.own(n, w); own != nil {
		f.called(own, n, w, known)
		return
	}
	pkg, path, ok := f.extern(n, w)
	if !ok {
		return
	}
	f.note(n, w, pkg, path)
	if path == "mem::drop" && pkg == "std" {
		f.droppedHere(n, w, known)
	}
	if r := runtimes.FindRunner(pkg, path); r != nil && (!r.Wraps || n.Awaited) {
		f.runs(r, n, w, known)
	}
}

// closure follows a call of a variable that is a closure.
func (f *flow) closure(n *rust.Node, w where, v value) {
	if v.node == nil || v.node.Kind != rust.ClosureNode || v.node.Async && !n.Awaited || len(w.steps) > maxSteps {
		return
	}
	w.steps = append(slices.Clip(w.steps), Step{Place: f.place(w.fn, n.Span, n.Path.Segs[0]), At: f.site(w.fn, n)})
	w.fn = v.fn
	if !v.node.Async {
		w.async = false
	}
	f.nodes(v.node.Body, w, maps.Clone(v.known))
}

// value is what a variable was given, and where that stands.
type value struct {
	node  *rust.Node
	fn    *rust.CrateFn
	known variables // those around
}

// variables are those whose values are known at a place.
type variables map[string]value

// forget forgets what was given to a function.
func (known variables) forget(fn *rust.CrateFn) {
	maps.DeleteFunc(known, func(_ string, v value) bool { return v.fn != fn })
}

// argument is what a call is given, looked up where it is a variable whose value is
// known.
func argument(n *rust.Node, i int, fn *rust.CrateFn, known variables) value {
	if v := known[n.Vars[i]]; len(n.Args[i]) == 0 {
		if v.node != nil && !v.node.Awaited && v.node.On == nil {
			return v
		}
		return value{}
	}
	return value{n.Args[i][len(n.Args[i])-1], fn, known}
}

// given are the arguments of a call of an own function that it may run.
func given(own *rust.CrateFn, n *rust.Node, fn *rust.CrateFn, known variables) variables {
	all := variables{}
	if len(n.Args) == 0 {
		return all
	}
	for i, name := range own.Parameters() {
		if name == "" || i >= len(n.Args) {
			continue
		}
		switch v := argument(n, i, fn, known); {
		case v.node == nil:
		case v.node.Kind == rust.AsyncNode, v.node.Kind == rust.ClosureNode, v.node.Kind == rust.CallNode, v.node.Kind == rust.MethodNode:
			all[name] = v
		}
	}
	return all
}

// extern is the item of another crate that a call surely means.
func (f *flow) extern(n *rust.Node, w where) (pkg, path string, ok bool) {
	var found []rust.Target
	for _, t := range w.fn.Unit.Resolve(n.Path, n.Scope, rust.ValueSpace|rust.TypeSpace, false, nil) {
		if t.Extern != "" && len(t.Path) > 0 {
			found = append(found, t)
		}
	}
	if known := prelude[strings.Join(n.Path.Segs, "::")]; len(found) == 0 && known != "" && !n.Path.Global {
		return "std", known, true
	}
	if len(found) != 1 || found[0].Unsure || f.build.Holds(found[0].Cond) != cfg.Yes {
		return "", "", false
	}
	return f.sources.packageOf(found[0].Extern), strings.Join(found[0].Path, "::"), true
}

// prelude are the functions that need no import, by what they are called.
var prelude = map[string]string{"drop": "mem::drop", "Box::pin": "boxed::Box::pin"}

// called follows a call of an own function, whose body runs at once, or, for an
// async one, where it is awaited.
func (f *flow) called(own *rust.CrateFn, n *rust.Node, w where, known variables) {
	if f.build.Holds(own.Compiled()) != cfg.Yes {
		return
	}
	if entry, attribute, on := f.started(own); entry != nil {
		f.restarted(own, n, w, attribute, on)
		return
	}
	if own.Async && !n.Awaited {
		return
	}
	w.steps = append(slices.Clip(w.steps), Step{Place: f.place(w.fn, n.Span, own.Name), At: f.site(w.fn, n)})
	values := given(own, n, w.fn, known)
	f.walk(own, w, values)
	if !own.Async && n.Awaited {
		f.result(own.Body, own, w, values)
	}
}

// result follows the future that a body gives in the end, which is polled.
func (f *flow) result(body []*rust.Node, fn *rust.CrateFn, w where, known variables) {
	last := rust.Result(body)
	if last == nil || len(w.steps) > maxSteps || w.on == unknown {
		return
	}
	w.fn, w.async = fn, true
	if last.Kind == rust.AsyncNode {
		f.nodes(last.Body, w, maps.Clone(known))
		return
	}
	f.runCall(last, w, known)
}

// restarted follows a call of a function that is async only in its text: its
// attribute makes a runtime and blocks on it.
func (f *flow) restarted(own *rust.CrateFn, n *rust.Node, w where, attribute *Entrypoint, on string) {
	if attribute.Entry.Crate != "tokio" {
		return
	}
	f.found = append(f.found, Run{
		Place: f.place(w.fn, n.Span, own.Name), Crate: "tokio", Path: "runtime::Runtime::block_on",
		On: w.on, Async: w.async, Steps: w.steps, At: f.site(w.fn, n),
	})
	if w.on != "thread" {
		return
	}
	step := Step{Place: f.place(w.fn, n.Span, own.Name), On: on, At: f.site(own, nil), Entry: attribute}
	w.steps = append(slices.Clip(w.steps), step)
	w.on, w.async = on, true
	f.walk(own, w, variables{})
}

// note records a call of an item of another crate.
func (f *flow) note(n *rust.Node, w where, pkg, path string) {
	f.found = append(f.found, Run{
		Place: f.place(w.fn, n.Span, pkg+"::"+path), Crate: pkg, Path: path,
		On: w.on, Async: w.async, Awaited: n.Awaited, Steps: w.steps, At: f.site(w.fn, n),
	})
}
