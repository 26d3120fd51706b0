package engine

import (
	"slices"
	"strings"

	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
)

// Run is a call of an item of a crate that surely happens when an entry point is
// run, provided that the code in between comes to it.
type Run struct {
	Place Place
	Crate string // the package's name
	Path  string // of the item below the crate
	// On is the executor that runs the code around, as the matrix calls it.
	On string
	// Async tells that the code around is polled by that executor.
	Async bool
	// Awaited tells that what the call gives is awaited right there.
	Awaited bool
	// Elsewhere tells that the call itself is made before, and only what it gives is
	// run by that executor.
	Elsewhere bool
	// Steps are the places on the way from the entry point, which is the first.
	Steps []Step
	// At is the call in the source.
	At Site
}

// Step is one place on the way to a Run: what runs or calls the next.
type Step struct {
	Place Place
	// On is the executor that it starts, "" when it only calls.
	On string
	// At is the call in the source; Entry the attribute of an entry point and
	// Builder what made the runtime that runs the next, where those are.
	At      Site
	Entry   *Entrypoint
	Builder *Builder
}

// Flow follows each entry point of a package through its own functions and tells
// what is run on which executor. Where that cannot be told it says nothing: what
// is behind an unknown function, a method of an unknown type, a guard of a
// runtime or a cfg is left out.
//
// It is what the default features build, whatever the selection of the uses that
// it is read along with.
func (s *Snapshot) Flow(p *Package, sel Selection) []Run { return s.code(p, sel).runs }

func readRuns(p *Package, src *sources) []Run {
	f := &flow{sources: src, pkg: p, seen: map[flowKey]bool{}, entering: map[*rust.CrateFn]bool{}}
	activation := Selection{}.activate(p.Manifest)
	f.normal, f.test = src.judge(&activation, cargo.Host(), false), src.judge(&activation, cargo.Host(), true)
	for i := range src.crates {
		f.entries(&src.crates[i])
	}
	return f.runs
}

// flow follows the functions of one package.
type flow struct {
	sources      *sources
	pkg          *Package
	normal, test build
	runs         []Run
	seen         map[flowKey]bool
	entering     map[*rust.CrateFn]bool
	build        build // the one that the entry point at hand is part of
	dev          bool
	tested       *rust.CrateFn // the entry point where it is a test, else nil
}

type flowKey struct {
	fn    *rust.CrateFn
	on    string
	async bool
	dev   bool
}

// where is what holds at a place of a body.
type where struct {
	fn    *rust.CrateFn
	on    string // "" where it cannot be told
	async bool
	steps []Step
	// builder made the runtime that the next step starts.
	builder *Builder
}

// unknown is the executor of which nothing is known.
const unknown = ""

// entries follows main and the tests of a crate.
func (f *flow) entries(c *crateSource) {
	if c.target.Kind == cargo.BuildScript || c.target.Kind == docCrate {
		return
	}
	for _, fn := range c.crate.Fns() {
		isMain := fn.Name == "main" && fn.Impl == "" && fn.Unit == c.crate.Units[0] && fn.Unit.Source.Scopes[fn.Scope].Parent == 0 &&
			(c.target.Kind == cargo.Bin || c.target.Kind == cargo.Example)
		on, async, isTest := "thread", false, false
		var attribute *Entrypoint
		for _, a := range fn.Attrs {
			ref := &fn.Unit.Source.Refs[a]
			if len(ref.Segs) == 1 && ref.Segs[0] == "test" {
				isTest = true
			}
			entry, runs := f.entry(fn, ref)
			switch {
			case entry == nil || !fn.Async: // such attributes refuse other functions
				continue
			case entry.Role == "test":
				isTest, on, async = true, runs, true
			default:
				on, async = runs, true
			}
			attribute = f.attribute(fn, ref, entry)
		}
		if !isMain && !isTest {
			continue
		}
		f.build, f.dev = f.normal, isTest || c.target.Kind != cargo.Bin
		f.tested = nil
		if isTest {
			f.build, f.tested = f.test, fn
		}
		if f.build.Holds(fn.Compiled()) != cfg.Yes || fn.Async && !async || !f.build.has(c) {
			continue
		}
		start := Step{Place: f.place(fn, rust.Span{Start: fn.Span.Start, End: fn.Span.Start + 2}, fn.Name), On: on, At: f.site(fn, nil), Entry: attribute}
		f.walk(fn, where{fn: fn, on: on, async: async && fn.Async, steps: []Step{start}})
	}
}

// entry is the attribute that starts a runtime, and the executor that it starts.
func (f *flow) entry(fn *rust.CrateFn, ref *rust.Ref) (*runtimes.Entry, string) {
	for _, t := range fn.Unit.Resolve(ref.Path, ref.Scope, rust.MacroSpace, false, nil) {
		pkg := f.sources.packageOf(t.Extern)
		entry := runtimes.FindEntry(pkg, strings.Join(t.Path, "::"))
		if entry == nil || t.Unsure {
			continue
		}
		if pkg != "tokio" {
			return entry, map[string]string{"async-std": "async-std"}[pkg]
		}
		flavor := entry.Defaults["flavor"]
		if written, ok := runtimes.ParseArguments(ref.Args.Text().In(fn.Unit.Source.Text))["flavor"]; ok {
			flavor = written
		}
		return entry, map[string]string{"multi_thread": "tokio-mt", "current_thread": "tokio-ct", "local": "tokio-local"}[flavor]
	}
	return nil, unknown
}

func (f *flow) place(fn *rust.CrateFn, span rust.Span, item string) Place {
	return Place{fn.Unit.Path, span.Text(), item}
}

// maxSteps bounds how deep calls are followed.
const maxSteps = 24

// walk follows a function once for each executor that runs it.
func (f *flow) walk(fn *rust.CrateFn, w where) {
	key := flowKey{fn, w.on, w.async, f.dev}
	if w.on == unknown || f.seen[key] || len(w.steps) > maxSteps {
		return
	}
	f.seen[key] = true
	w.fn = fn
	f.nodes(fn.Body, w, map[string]*rust.Node{})
}

// asking are the methods and functions that enter a runtime's context or ask about
// it.
var asking = []string{"enter", "try_current", "runtime_flavor", "flavor"}

// nodes follows what stands in a block. What a runtime's guard holds for, or what
// is asked about a runtime, makes the rest of the block unknown.
func (f *flow) nodes(nodes []*rust.Node, w where, known map[string]*rust.Node) {
	for _, n := range nodes {
		if w.on == unknown {
			return
		}
		if n.Unsure {
			continue
		}
		if asksItself(n) {
			return
		}
		if own := f.own(n, w); own != nil && f.enters(own, maxSteps) {
			return // it may give a guard back
		}
		f.node(n, w, known)
		if n.Leaves && f.tested != nil && w.fn != f.tested {
			return // a test may be about what is refused
		}
		if n.Bound != "" {
			known[n.Bound] = n
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

func (f *flow) node(n *rust.Node, w where, known map[string]*rust.Node) {
	switch n.Kind {
	case rust.BlockNode:
		inner := map[string]*rust.Node{}
		for k, v := range known {
			inner[k] = v
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

func (f *flow) arguments(n *rust.Node, w where, known map[string]*rust.Node) {
	for _, a := range n.Args {
		f.nodes(a, w, known)
	}
}

func (f *flow) call(n *rust.Node, w where, known map[string]*rust.Node) {
	if len(n.Path.Segs) == 1 && w.fn.Locals[n.Path.Segs[0]] {
		return // a parameter or a variable
	}
	if own := f.own(n, w); own != nil {
		f.called(own, n, w)
		return
	}
	pkg, path, ok := f.extern(n, w)
	if !ok {
		return
	}
	f.note(n, w, pkg, path)
	r := runtimes.FindRunner(pkg, path)
	if r != nil && r.Argument < len(n.Args) && (!r.Wraps || n.Awaited) {
		f.run(n, argument(n, r.Argument, known), w.as(r.As), w, known)
	}
}

// argument is what a call is given, looked up where it is a variable that was made
// in the same body.
func argument(n *rust.Node, i int, known map[string]*rust.Node) []*rust.Node {
	if v := known[n.Vars[i]]; len(n.Args[i]) == 0 && v != nil && !v.Awaited && v.On == nil {
		return []*rust.Node{v}
	}
	return n.Args[i]
}

// extern is the item of another crate that a call surely means.
func (f *flow) extern(n *rust.Node, w where) (pkg, path string, ok bool) {
	var found []rust.Target
	for _, t := range w.fn.Unit.Resolve(n.Path, n.Scope, rust.ValueSpace|rust.TypeSpace, false, nil) {
		if t.Extern != "" && len(t.Path) > 0 {
			found = append(found, t)
		}
	}
	if len(found) != 1 || found[0].Unsure || f.build.Holds(found[0].Cond) != cfg.Yes {
		return "", "", false
	}
	return f.sources.packageOf(found[0].Extern), strings.Join(found[0].Path, "::"), true
}

// called follows a call of an own function, whose body runs at once, or, for an
// async one, where it is awaited.
func (f *flow) called(own *rust.CrateFn, n *rust.Node, w where) {
	if f.build.Holds(own.Compiled()) != cfg.Yes || own.Async && !n.Awaited {
		return
	}
	w.steps = append(slices.Clip(w.steps), Step{Place: f.place(w.fn, n.Span, own.Name), At: f.site(w.fn, n)})
	f.walk(own, w)
}

// note records a call of an item of another crate.
func (f *flow) note(n *rust.Node, w where, pkg, path string) {
	f.runs = append(f.runs, Run{
		Place: f.place(w.fn, n.Span, pkg+"::"+path), Crate: pkg, Path: path,
		On: w.on, Async: w.async, Awaited: n.Awaited, Steps: w.steps, At: f.site(w.fn, n),
	})
}

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
var inside = []string{"same", "task", "pool", "in-place", "thread", "smol-task", "async-std-task"}

// task is the executor of what a runtime's own spawn is given.
var task = map[string]string{
	"tokio-mt": "tokio-mt-task", "tokio-mt-task": "tokio-mt-task",
	"tokio-ct": "tokio-ct-task", "tokio-ct-task": "tokio-ct-task",
	// Without a driver it makes no difference.
	"tokio-mt-none": "tokio-mt-none", "tokio-mt-time": "tokio-mt-time", "tokio-mt-io": "tokio-mt-io",
	"tokio-ct-none": "tokio-ct-none", "tokio-ct-time": "tokio-ct-time", "tokio-ct-io": "tokio-ct-io",
}

// run follows what an argument runs on an executor: an async block, a closure, or
// a call of an own async function.
func (f *flow) run(n *rust.Node, arg []*rust.Node, on string, w where, known map[string]*rust.Node) {
	if on == unknown || len(arg) == 0 || len(w.steps) > maxSteps {
		return
	}
	last := arg[len(arg)-1]
	step := Step{Place: f.place(w.fn, n.Span, n.Span.Text().In(w.fn.Unit.Source.Text)), On: on, At: f.site(w.fn, n), Builder: w.builder}
	w.steps = append(slices.Clip(w.steps), step)
	w.builder = nil
	w.on, w.async = on, true
	switch last.Kind {
	case rust.AsyncNode:
		f.nodes(last.Body, w, known)
	case rust.ClosureNode:
		w.async = last.Async
		f.nodes(last.Body, w, known)
	case rust.CallNode:
		if own := w.fn.Unit.Own(last.Path, last.Scope, w.fn.Impl); own != nil {
			if own.Async && f.build.Holds(own.Compiled()) == cfg.Yes {
				w.steps = append(slices.Clip(w.steps), Step{Place: f.place(w.fn, last.Span, own.Name), At: f.site(w.fn, last)})
				f.walk(own, w)
			}
			return
		}
		pkg, path, ok := f.extern(last, w)
		if !ok {
			return
		}
		if r := runtimes.FindRunner(pkg, path); r != nil {
			if r.Wraps && r.Argument < len(last.Args) {
				f.run(last, argument(last, r.Argument, known), w.as(r.As), w, known)
			}
			return
		}
		awaited := *last
		awaited.Awaited = true
		f.note(&awaited, w, pkg, path)
		f.runs[len(f.runs)-1].Elsewhere = true
	}
}

// method follows a call of a method: of the type at hand, or of a runtime that was
// made here.
func (f *flow) method(n *rust.Node, w where, known map[string]*rust.Node) {
	if n.Var == "self" {
		if own := f.own(n, w); own != nil {
			f.called(own, n, w)
		}
		return
	}
	if n.Name != "block_on" && n.Name != "spawn" || len(n.Args) != 1 {
		return
	}
	path, on, builder := f.runtime(receiver(n, known), w, known, 0)
	if path == "" {
		return
	}
	w.builder = builder
	f.note(n, w, "tokio", path+"::"+n.Name)
	if n.Name == "spawn" {
		on = task[on]
	}
	f.run(n, argument(n, 0, known), on, w, known)
}

// receiver is what a method is called on, where it was made in the same body.
func receiver(n *rust.Node, known map[string]*rust.Node) *rust.Node {
	if n.On != nil {
		return n.On
	}
	return known[n.Var]
}

// runtime tells which type of Tokio's a value is that can block on a future, and
// on which executor that then runs.
func (f *flow) runtime(n *rust.Node, w where, known map[string]*rust.Node, steps int) (path, on string, made *Builder) {
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
		n = receiver(n, known)
	}
	if n == nil || n.Kind != rust.CallNode {
		return "", "", nil
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
