package diagnostics

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/rust"
	"reactorls/engine/text"
)

//go:embed nested-runtime.md
var nestedRuntimePage string

var nestedRuntime = &Rule{
	Code: "nested-runtime", Severity: Error, Page: nestedRuntimePage,
	fails: func(p *pass, f failure) {
		why := "it blocks a thread that already runs async code"
		if f.With == "dropped" {
			why = "a runtime that is dropped waits for its threads, which async code must not do"
		}
		p.reportFailure(f, why, p.mendNesting(f))
	},
}

// mendNesting awaits what is blocked on, or moves it out of the runtime's way.
func (p *pass) mendNesting(f failure) mending {
	m := mending{help: "await the future where the code is async, or block in `tokio::task::spawn_blocking`"}
	if !strings.HasPrefix(f.On, "tokio-") {
		m.help = "await the future in place of blocking on it"
	}
	if strings.HasPrefix(f.text, "Cannot drop a runtime") {
		m.help = "make the runtime outside of async code, or end it with `shutdown_background`"
		return m
	}
	r, ok := rootOf(f.Run)
	if !ok || !r.borrows {
		return m
	}
	m.add(f.awaitInstead(r))
	m.add(p.blockInPlace(f, r))
	return m
}

// awaitInstead awaits what is blocked on, where the code around is async. A runtime
// that was made for nothing else goes; one that has other uses would be dropped
// there, which panics too.
func (f failure) awaitInstead(r root) (Fix, bool) {
	n := r.site.Node
	fix := Fix{Title: fmt.Sprintf("Await it in place of `%s`", f.Place.Span.In(r.site.Source().Text))}
	if n.Kind == rust.MethodNode && n.On == nil {
		sites, let := f.alone(r)
		if let == (rust.Span{}) {
			return Fix{}, false
		}
		fix.Edits = []FileEdit{replace(r.site, wholeLines(r.site.Source().Text, let), "")}
		for _, s := range sites {
			es, ok := s.awaited()
			if !ok {
				return Fix{}, false
			}
			fix.Edits = append(fix.Edits, es...)
		}
		return fix, true
	}
	es, ok := r.awaited()
	fix.Edits = es
	return fix, ok
}

// awaited awaits what the call blocks on.
func (r root) awaited() ([]FileEdit, bool) {
	at, ok := r.given()
	c, is := r.site.Call()
	if !ok || !is || !r.site.Async() {
		return nil, false
	}
	return awaited(r.site, c, at), true
}

// alone finds the let of the variable that a method is called on, and the calls of
// the same method on it, where it is named nowhere else in the function.
func (f failure) alone(r root) (calls []root, let rust.Span) {
	src, fn := r.site.Source(), r.site.Fn
	if fn.Inner == (rust.Span{}) || r.site.Node.Var == "" {
		return nil, rust.Span{}
	}
	mentions := src.Mentions(r.site.Node.Var, fn.Inner)
	let, ok := src.LetOf(mentions[0])
	if !ok {
		return nil, rust.Span{}
	}
	for _, at := range mentions[1:] {
		i := slices.IndexFunc(f.runs, func(o engine.Run) bool {
			c, ok := o.At.Call()
			return o.At.Fn == fn && ok && c.Receiver == at
		})
		if i < 0 {
			return nil, rust.Span{}
		}
		call, ok := rootOf(f.runs[i])
		if !ok || !call.borrows || call.site.Node.Kind != rust.MethodNode {
			return nil, rust.Span{}
		}
		calls = append(calls, call)
	}
	return calls, let
}

// wholeLines is a statement with its lines, where it has them for itself.
func wholeLines(src string, at rust.Span) rust.Span {
	start, next := text.LineStart(src, int(at.Start)), text.NextLine(src, int(at.End))
	if strings.TrimSpace(src[start:at.Start]) != "" || strings.TrimSpace(src[at.End:next]) != "" {
		return at
	}
	return rust.Span{Start: uint32(start), End: uint32(next)}
}

// blockInPlace hands the other tasks of the thread over to another one, where every
// runtime that comes to the call has others.
func (p *pass) blockInPlace(f failure, r root) (Fix, bool) {
	n := r.site.Node
	u := p.use(f.pkg, "tokio")
	c, ok := r.site.Call()
	if u == nil || !ok || r.site.Async() || n.Kind == rust.MethodNode && n.On == nil || r.site.Source().Leaves(c.Span) {
		return Fix{}, false
	}
	for _, o := range f.runs {
		if o.Place == f.Place && measured(o) != "" && o.On != "tokio-mt" && o.On != "tokio-mt-task" {
			return Fix{}, false
		}
	}
	es, ok := p.ask(u, r.site.Dev, "rt-multi-thread")
	name, is := r.site.Spelled(u.Import(), "task", "block_in_place")
	if !ok || !is {
		return Fix{}, false
	}
	return Fix{Title: "Block in `" + name + "`", Edits: append(around(r.site, c.Span, name+"(|| ", ")"), es...)}, true
}
