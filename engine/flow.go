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
	With  string // what else is done, as the matrix calls it
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
func (s *Snapshot) Flow(p *Package, sel Selection) []Run { return s.code(p, sel).source().runs }

func readRuns(p *Package, src *sources) []Run {
	f := &flow{sources: src, pkg: p, seen: map[flowKey]bool{}, entering: map[*rust.CrateFn]bool{}, left: maxNodes}
	activation := src.pkg.activate(Selection{})
	f.normal, f.test = src.judge(&activation, cargo.Host(), false), src.judge(&activation, cargo.Host(), true)
	for i := range src.crates {
		f.entries(&src.crates[i])
	}
	return f.found
}

// flow follows the functions of one package.
type flow struct {
	sources      *sources
	pkg          *Package
	normal, test build
	found        []Run
	seen         map[flowKey]bool
	entering     map[*rust.CrateFn]bool
	build        build // the one that the entry point at hand is part of
	dev          bool
	left         int           // how many nodes may still be looked at
	tested       *rust.CrateFn // the entry point where it is a test, else nil
}

type flowKey struct {
	fn    *rust.CrateFn
	on    string
	async bool
	dev   bool
	given [4]*rust.Node // the values of the first parameters that it may run
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
		on, async := "thread", false
		entry, attribute, runs := f.started(fn)
		isTest := f.plainTest(fn) || entry != nil && entry.Role == "test"
		if entry != nil {
			on, async = runs, true
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
		f.walk(fn, where{fn: fn, on: on, async: async && fn.Async, steps: []Step{start}}, variables{})
	}
}

// started is the attribute of a function that starts a runtime, and the executor that
// it starts; nil where it has none. Such attributes refuse other than async functions.
func (f *flow) started(fn *rust.CrateFn) (entry *runtimes.Entry, attribute *Entrypoint, on string) {
	if !fn.Async {
		return nil, nil, unknown
	}
	for _, a := range fn.Attrs {
		ref := &fn.Unit.Source.Refs[a]
		if found, runs := f.entry(fn, ref); found != nil {
			entry, attribute, on = found, f.attribute(fn, ref, found), runs
		}
	}
	return entry, attribute, on
}

// plainTest reports whether a function is a test that the standard harness runs.
func (f *flow) plainTest(fn *rust.CrateFn) bool {
	return slices.ContainsFunc(fn.Attrs, func(a int32) bool { return slices.Equal(fn.Unit.Source.Refs[a].Segs, []string{"test"}) })
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
