package engine

import (
	"maps"
	"slices"
	"strings"

	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
)

// as is the executor that a runner starts.
func (w where) as(runner string) string {
	inTokio := strings.HasPrefix(w.on, "tokio-")
	if (inTokio && w.on != "tokio-std-thread" || strings.HasPrefix(w.on, "smol-compat")) && !slices.Contains(inside, runner) {
		// Another executor within a context: it is there for what that runs.
		return nested[w.on][runner]
	}
	switch runner {
	case "same":
		return w.on
	case "compat":
		if w.on == "smol" || w.on == "smol-task" {
			return "smol-compat"
		}
		return unknown
	case "task":
		return task[w.on]
	case "local-set":
		return localSet[w.on]
	case "local-task":
		return localTask[w.on]
	case "pool":
		if inTokio {
			return "tokio-spawn-blocking"
		}
		return unknown
	case "in-place":
		switch w.on {
		case "tokio-mt", "tokio-mt-task":
			return "tokio-block-in-place"
		}
		return unknown
	case "thread":
		if inTokio {
			return "tokio-std-thread"
		}
	}
	return runner
}

// inside are the runners that know the context around, or run elsewhere: in
// threads that have none.
var inside = []string{"same", "task", "local-set", "local-task", "pool", "in-place", "thread", "smol-task", "async-std-task", "futures-pool"}

// nested are the executors that block in a context, for what they run: by the one
// around, where it matters to them.
var nested = map[string]map[string]string{
	"tokio-ct": {"pollster": "tokio-ct-pollster", "futures": "tokio-ct-futures", "smol": "tokio-ct-smol"},
}

// task is the executor of what a runtime's own spawn is given.
var task = map[string]string{
	"tokio-mt": "tokio-mt-task", "tokio-mt-task": "tokio-mt-task",
	"tokio-ct": "tokio-ct-task", "tokio-ct-task": "tokio-ct-task",
	"tokio-mt-localset": "tokio-mt-task", "tokio-ct-localset": "tokio-ct-task", "tokio-ct-local-task": "tokio-ct-task",
	"tokio-any":   "tokio-any",
	"smol-compat": "smol-compat-task", "smol-compat-task": "smol-compat-task",
	// Without a driver it makes no difference.
	"tokio-mt-none": "tokio-mt-none", "tokio-mt-time": "tokio-mt-time", "tokio-mt-io": "tokio-mt-io",
	"tokio-ct-none": "tokio-ct-none", "tokio-ct-time": "tokio-ct-time", "tokio-ct-io": "tokio-ct-io",
}

// localSet is the executor of what a LocalSet runs below another one.
var localSet = map[string]string{"tokio-mt": "tokio-mt-localset", "tokio-ct": "tokio-ct-localset", "smol": "smol-localset"}

// localTask is the executor of the tasks of spawn_local there.
var localTask = map[string]string{
	"tokio-mt-localset": "tokio-mt-localset", // of threads it has one as well
	"tokio-ct-localset": "tokio-ct-local-task", "tokio-ct-local-task": "tokio-ct-local-task",
	"smol-localset": "smol-local-task", "smol-local-task": "smol-local-task"}

// runs follows all that a call has a runner run.
func (f *flow) runs(r *runtimes.Runner, n *rust.Node, w where, known variables) {
	on := w.as(r.As)
	if r.Receiver {
		f.run(n, value{known.receiver(n, w.fn), w.fn, known}, on, w)
	}
	for _, i := range r.Arguments {
		switch {
		case i >= len(n.Args):
		case r.Each:
			for _, v := range f.each(n, i, w, known) {
				f.run(n, v, on, w)
			}
		default:
			f.run(n, argument(n, i, w.fn, known), on, w)
		}
	}
}

// each are the futures in what a call is given: an array, a vec!, or what a closure
// makes of the items of an iterator.
func (f *flow) each(n *rust.Node, i int, w where, known variables) []value {
	arg := n.Args[i]
	if v := known[n.Vars[i]]; len(arg) == 0 && v.node != nil && v.fn == w.fn {
		arg = []*rust.Node{v.node}
	}
	if len(arg) == 0 {
		return nil
	}
	last := arg[len(arg)-1]
	switch text := w.fn.Unit.Source.Text; {
	case last.Kind == rust.MacroNode && slices.Equal(last.Path.Segs, []string{"vec"}):
		arg = last.Body
	case last.Kind == rust.MethodNode && last.Name == "map" && len(last.Args) == 1 && len(last.Args[0]) == 1 && last.Args[0][0].Kind == rust.ClosureNode && f.standard(last, w):
		if made := rust.Result(last.Args[0][0].Body); made != nil {
			return []value{{made, w.fn, known}}
		}
		return nil
	case strings.HasSuffix(strings.TrimSpace(text[:arg[0].Start]), "["):
	default:
		return nil
	}
	var all []value
	for _, a := range arg {
		if a.Bound == "" && !a.Awaited {
			all = append(all, value{a, w.fn, known})
		}
	}
	return all
}

// standard reports whether a method is surely one of the standard library's iterators.
func (f *flow) standard(n *rust.Node, w where) bool {
	call := w.fn.Calls()[n.Start]
	return call.Sure && call.Extern == "std" && slices.Contains(call.Path, "Iterator")
}

// lazy and consuming are the methods of iterators that take a closure: the lazy ones
// run it when another consumes what they give.
var (
	lazy      = []string{"map", "filter", "filter_map", "flat_map", "inspect"}
	consuming = []string{"for_each", "fold", "any", "all", "try_for_each", "collect", "count", "sum", "product", "last", "max", "min", "unzip"}
)

// eager reports whether a method among nodes surely runs the closure that it is given,
// if it is an iterator's.
func eager(nodes []*rust.Node, n *rust.Node) bool {
	if n.Kind != rust.MethodNode || len(n.Args) == 0 {
		return false
	}
	if slices.Contains(consuming, n.Name) {
		return true
	}
	for slices.Contains(lazy, n.Name) {
		next := slices.IndexFunc(nodes, func(o *rust.Node) bool { return o.Kind == rust.MethodNode && o.On == n })
		if next < 0 {
			return false
		}
		if n = nodes[next]; slices.Contains(consuming, n.Name) {
			return true
		}
	}
	return false
}

// iterated follows the closure that an iterator runs right there.
func (f *flow) iterated(n *rust.Node, w where, known variables) {
	closure := n.Args[len(n.Args)-1]
	if len(closure) != 1 || closure[0].Kind != rust.ClosureNode || closure[0].Async || !f.standard(n, w) {
		return
	}
	w.async = false
	f.nodes(closure[0].Body, w, maps.Clone(known))
}

// run follows what an argument runs on an executor: an async block, a closure, or
// a call of an own async function.
func (f *flow) run(n *rust.Node, arg value, on string, w where) {
	last := arg.node
	if on == unknown || last == nil || len(w.steps) > maxSteps {
		return
	}
	step := Step{Place: f.place(w.fn, n.Span, n.Span.Text().In(w.fn.Unit.Source.Text)), On: on, At: f.site(w.fn, n), Builder: w.builder}
	w.steps = append(slices.Clip(w.steps), step)
	w.builder = nil
	w.on, w.async, w.fn = on, true, arg.fn
	switch last.Kind {
	case rust.AsyncNode:
		f.nodes(last.Body, w, maps.Clone(arg.known))
	case rust.ClosureNode:
		w.async = last.Async
		f.nodes(last.Body, w, maps.Clone(arg.known))
	case rust.CallNode, rust.MethodNode:
		f.runCall(last, w, arg.known)
	}
}

// runCall follows a call that makes what an executor runs.
func (f *flow) runCall(n *rust.Node, w where, known variables) {
	awaited := *n
	awaited.Awaited = true
	if own := f.own(n, w); own != nil {
		if entry, _, _ := f.started(own); entry == nil {
			f.future(own, &awaited, w, known)
		}
		return
	}
	if n.Kind == rust.CallNode && len(n.Path.Segs) == 1 && w.fn.Locals[n.Path.Segs[0]] {
		f.made(n, w, known[n.Path.Segs[0]])
		return
	}
	pkg, path, ok := f.item(n, w)
	if !ok {
		return
	}
	if r := runtimes.FindRunner(pkg, path); r != nil {
		if r.Wraps {
			f.runs(r, n, w, known)
		}
		return
	}
	if n.Kind == rust.MethodNode {
		return
	}
	f.note(&awaited, w, pkg, path)
	f.found[len(f.found)-1].Elsewhere = true
}

// future follows what an own function gives, which is polled.
func (f *flow) future(own *rust.CrateFn, n *rust.Node, w where, known variables) {
	if own.Async {
		f.called(own, n, w, known)
		return
	}
	if f.build.Holds(own.Compiled()) != cfg.Yes {
		return
	}
	w.steps = append(slices.Clip(w.steps), Step{Place: f.place(w.fn, n.Span, own.Name), At: f.site(w.fn, n)})
	f.result(own.Body, own, w, given(own, n, w.fn, known))
}

// made follows what a variable that is a closure gives, which is polled.
func (f *flow) made(n *rust.Node, w where, v value) {
	if v.node == nil || v.node.Kind != rust.ClosureNode || len(w.steps) > maxSteps {
		return
	}
	w.steps = append(slices.Clip(w.steps), Step{Place: f.place(w.fn, n.Span, n.Path.Segs[0]), At: f.site(w.fn, n)})
	if v.node.Async {
		w.fn, w.async = v.fn, true
		f.nodes(v.node.Body, w, maps.Clone(v.known))
		return
	}
	f.result(v.node.Body, v.fn, w, v.known)
}

// item is the function or method of another crate that a call surely means.
func (f *flow) item(n *rust.Node, w where) (pkg, path string, ok bool) {
	if n.Kind == rust.CallNode {
		return f.extern(n, w)
	}
	call := w.fn.Calls()[n.Start]
	return f.sources.packageOf(call.Extern), strings.Join(call.Path, "::"), call.Sure && call.Extern != ""
}

// method follows a call of a method: an own one, one of a runtime that was made here,
// or one of another crate's type.
func (f *flow) method(n *rust.Node, w where, known variables) {
	if own := f.own(n, w); own != nil {
		f.called(own, n, w, known)
		return
	}
	path, on, builder := "", unknown, (*Builder)(nil)
	if (n.Name == "block_on" || n.Name == "spawn") && len(n.Args) == 1 {
		path, on, builder = f.runtime(known.receiver(n, w.fn), w, known, 0)
	}
	if path == "" {
		f.library(n, w, known)
		return
	}
	w.builder = builder
	f.note(n, w, "tokio", path+"::"+n.Name)
	if n.Name == "spawn" {
		on = task[on]
	}
	f.run(n, argument(n, 0, w.fn, known), on, w)
}

// library follows a call of a method of another crate's type.
func (f *flow) library(n *rust.Node, w where, known variables) {
	pkg, path, ok := f.item(n, w)
	if !ok || pkg == "std" { // the standard library has no runtime
		return
	}
	f.note(n, w, pkg, path)
	if on := w.fn.Calls()[n.Start].Receiver; on.Kind == rust.ExternType { // of which trait methods were measured
		if with := strings.Join(on.Path, "::"); runtimes.FindOperation(pkg, path, with) != nil {
			f.found[len(f.found)-1].With = with
		}
	}
	if r := runtimes.FindRunner(pkg, path); r != nil && (!r.Wraps || n.Awaited) {
		f.runs(r, n, w, known)
	}
}

// receiver is what a method is called on, where it was made in the same body.
func (known variables) receiver(n *rust.Node, fn *rust.CrateFn) *rust.Node {
	if n.On != nil {
		return n.On
	}
	if v := known[n.Var]; v.fn == fn {
		return v.node
	}
	return nil
}

// runtime tells which type of Tokio's a value is that can block on a future, and
// on which executor that then runs.
func (f *flow) runtime(n *rust.Node, w where, known variables, steps int) (path, on string, made *Builder) {
	var methods []string
	var built *rust.Node
	kept := false // it was in a variable when it was more than a builder
	for ; n != nil && n.Kind == rust.MethodNode && steps < maxSteps; steps++ {
		methods = append(methods, n.Name)
		if n.Name == "build" {
			built = n
		}
		if n.On == nil && slices.Contains(methods, "build") {
			more, all := told(n, w.fn)
			if !all {
				return "", "", nil
			}
			methods = append(methods, more...)
		}
		kept = kept || n.On == nil
		n = known.receiver(n, w.fn)
	}
	if n == nil || n.Kind != rust.CallNode {
		return "", "", nil
	}
	if own := f.own(n, w); own != nil && len(methods) == 0 && steps < maxSteps && f.build.Holds(own.Compiled()) == cfg.Yes {
		w.fn = own
		return f.runtime(own.Gives(), w, variables{}, steps+1)
	}
	pkg, item, ok := f.extern(n, w)
	if !ok || pkg != "tokio" {
		return "", "", nil
	}
	has := func(name string) bool { return slices.Contains(methods, name) }
	flavor := ""
	switch item {
	case "runtime::Runtime::new":
		return "runtime::Runtime", "tokio-mt", nil
	case "runtime::Handle::current":
		if n.Bound != "" || kept {
			return "runtime::Handle", unknown, nil // that of where it was made
		}
		return "runtime::Handle", w.on, nil
	case "runtime::Builder::new_multi_thread":
		flavor = "tokio-mt"
	case "runtime::Builder::new_current_thread":
		flavor = "tokio-ct"
	default:
		return "", "", nil
	}
	if !has("build") {
		return "", "", nil // another type
	}
	made = &Builder{f.site(w.fn, n), f.site(w.fn, built), methods}
	io, time := has("enable_all") || has("enable_io"), has("enable_all") || has("enable_time")
	switch {
	case io && time:
		return "runtime::Runtime", flavor, made
	case time:
		return "runtime::Runtime", flavor + "-time", made
	case io:
		return "runtime::Runtime", flavor + "-io", made
	}
	return "runtime::Runtime", flavor + "-none", made
}

// told are the methods that the builder in a variable was told before its last one; not
// all, where there is more to it than calls on the way to that one.
func told(last *rust.Node, fn *rust.CrateFn) (methods []string, all bool) {
	calls := 0
	for _, n := range fn.Body { // in a block of its own it might not be come to
		root := n
		for root.Kind == rust.MethodNode && root.On != nil {
			root = root.On
		}
		if n.Kind != rust.MethodNode || root.Kind != rust.MethodNode || root.Var != last.Var || n.Start > last.Start {
			continue
		}
		if root == n {
			calls++
		}
		methods = append(methods, n.Name)
	}
	src := fn.Unit.Source
	mentions := src.Mentions(last.Var, rust.Span{Start: fn.Inner.Start, End: last.Start})
	if len(mentions) == 0 {
		return nil, false
	}
	_, let := src.LetOf(mentions[0])
	return methods, let && len(mentions) == calls+1
}

// droppedHere notes that a runtime in a variable is given to drop.
func (f *flow) droppedHere(n *rust.Node, w where, known variables) {
	if len(n.Vars) != 1 || n.Vars[0] == "" {
		return
	}
	v := known[n.Vars[0]]
	if v.node == nil || v.fn != w.fn || !owned(v.node) {
		return
	}
	if path, _, made := f.runtime(v.node, w, known, 0); path == "runtime::Runtime" {
		f.noteDropped(n, w, made)
	}
}

// borrowing are the methods of a runtime that leave it where it is; block_on, which
// does too, would have failed before.
var borrowing = []string{"spawn", "spawn_blocking", "handle", "metrics", "is_ok", "is_err"}

// owned reports whether a value is what a call made, or built, and not what a method
// gave of it.
func owned(n *rust.Node) bool {
	for n != nil && n.Kind == rust.MethodNode && (n.Name == "unwrap" || n.Name == "expect") {
		n = n.On
	}
	return n != nil && (n.Kind == rust.CallNode || n.Kind == rust.MethodNode && n.Name == "build")
}

// dropped notes that a runtime which is made here is dropped at the end of the block.
func (f *flow) dropped(n *rust.Node, w where, known variables) {
	if !owned(n) {
		return
	}
	path, _, made := f.runtime(n, w, known, 0)
	if path != "runtime::Runtime" || !w.fn.Unit.Source.Dropped(n.Bound, w.fn.Inner, borrowing) {
		return
	}
	for n.Kind == rust.MethodNode && n.On != nil {
		n = n.On
	}
	f.noteDropped(n, w, made)
}

func (f *flow) noteDropped(n *rust.Node, w where, made *Builder) {
	item := "runtime::Runtime::new"
	if made != nil {
		item = "runtime::Builder::build"
	}
	f.note(n, w, "tokio", item)
	f.found[len(f.found)-1].With = "dropped"
}
