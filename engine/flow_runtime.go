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
	if (inTokio && w.on != "tokio-std-thread" || w.on == "smol-compat") && !slices.Contains(inside, runner) {
		return unknown // another executor within a context: it is there for what that runs
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
var inside = []string{"same", "task", "local-set", "local-task", "pool", "in-place", "thread", "smol-task", "async-std-task"}

// task is the executor of what a runtime's own spawn is given.
var task = map[string]string{
	"tokio-mt": "tokio-mt-task", "tokio-mt-task": "tokio-mt-task",
	"tokio-ct": "tokio-ct-task", "tokio-ct-task": "tokio-ct-task",
	"tokio-mt-localset": "tokio-mt-task", "tokio-ct-localset": "tokio-ct-task", "tokio-ct-local-task": "tokio-ct-task",
	"tokio-any": "tokio-any",
	// Without a driver it makes no difference.
	"tokio-mt-none": "tokio-mt-none", "tokio-mt-time": "tokio-mt-time", "tokio-mt-io": "tokio-mt-io",
	"tokio-ct-none": "tokio-ct-none", "tokio-ct-time": "tokio-ct-time", "tokio-ct-io": "tokio-ct-io",
}

// localSet is the executor of what a LocalSet runs below another one.
var localSet = map[string]string{"tokio-mt": "tokio-mt-localset", "tokio-ct": "tokio-ct-localset"}

// localTask is the executor of the tasks of spawn_local there.
var localTask = map[string]string{
	"tokio-mt-localset": "tokio-mt-localset", // of threads it has one as well
	"tokio-ct-localset": "tokio-ct-local-task", "tokio-ct-local-task": "tokio-ct-local-task"}

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
		if entry, _, _ := f.started(own); own.Async && entry == nil {
			f.called(own, &awaited, w, known)
		}
		return
	}
	if n.Kind == rust.MethodNode {
		return
	}
	pkg, path, ok := f.extern(n, w)
	if !ok {
		return
	}
	if r := runtimes.FindRunner(pkg, path); r != nil {
		if r.Wraps && r.Argument < len(n.Args) {
			f.run(n, argument(n, r.Argument, w.fn, known), w.as(r.As), w)
		}
		return
	}
	f.note(&awaited, w, pkg, path)
	f.runs[len(f.runs)-1].Elsewhere = true
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
	call := w.fn.Calls()[n.Start]
	if !call.Sure || call.Extern == "" || call.Extern == "std" { // the standard library has no runtime
		return
	}
	pkg, path := f.sources.packageOf(call.Extern), strings.Join(call.Path, "::")
	f.note(n, w, pkg, path)
	r := runtimes.FindRunner(pkg, path)
	if r != nil && r.Argument < len(n.Args) && (!r.Wraps || n.Awaited) {
		f.run(n, argument(n, r.Argument, w.fn, known), w.as(r.As), w)
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
			return "", "", nil // the builder was in a variable, and may have been told more
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

// borrowing are the methods of a runtime that leave it where it is; block_on, which
// does too, would have failed before.
var borrowing = []string{"spawn", "spawn_blocking", "handle", "metrics", "is_ok", "is_err"}

// giving are the methods that end what makes a runtime.
var giving = []string{"build", "unwrap", "expect"}

// dropped notes that a runtime which is made here is dropped at the end of the block.
func (f *flow) dropped(n *rust.Node, w where, known variables) {
	last := n
	for n.Kind == rust.MethodNode && n.On != nil {
		n = n.On
	}
	if n.Kind != rust.CallNode || last != n && !slices.Contains(giving, last.Name) {
		return
	}
	path, _, made := f.runtime(last, w, known, 0)
	if path != "runtime::Runtime" || !w.fn.Unit.Source.Dropped(last.Bound, w.fn.Inner, borrowing) {
		return
	}
	item := "runtime::Runtime::new"
	if made != nil {
		item = "runtime::Builder::build"
	}
	f.note(n, w, "tokio", item)
	f.runs[len(f.runs)-1].With = "dropped"
}
