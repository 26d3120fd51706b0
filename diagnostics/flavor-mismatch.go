package diagnostics

import (
	_ "embed"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/rust"
	"reactorls/engine/text"
)

//go:embed flavor-mismatch.md
var flavorMismatchPage string

var flavorMismatch = &Rule{
	Code: "flavor-mismatch", Severity: Error, Page: flavorMismatchPage,
	fails: func(p *pass, f failure) {
		p.reportFailure(f, "the runtime that runs it is of another flavor than it needs", p.mendFlavor(f))
	},
}

// mendFlavor gives a failing call the flavor of runtime that it needs, or a
// LocalSet.
func (p *pass) mendFlavor(f failure) mending {
	if strings.HasPrefix(f.text, "`spawn_local`") {
		m := mending{help: "run it in a `tokio::task::LocalSet`, or on a runtime of the flavor `local`"}
		m.add(p.inLocalSet(f))
		if start := f.Steps[0]; start.Entry != nil && start.On == f.On {
			m.add(p.flavored(f, start, "local"))
		}
		return m
	}
	m := mending{help: "run it on a runtime of several threads, or give the work to `spawn_blocking`"}
	if !strings.HasPrefix(f.On, "tokio-ct") {
		return m // a LocalSet or a bridge, whose tasks have one thread in any case
	}
	switch s, built := f.built(); {
	case built:
		m.add(p.multiThread(f, s.Builder))
	case f.Steps[0].Entry != nil && strings.HasPrefix(f.Steps[0].On, "tokio-ct"):
		m.add(p.flavored(f, f.Steps[0], "multi_thread"))
	}
	return m
}

// multiThread has a builder make a runtime of several threads.
func (p *pass) multiThread(f failure, b *engine.Builder) (Fix, bool) {
	const one, several = "new_current_thread", "new_multi_thread"
	u := p.use(f.pkg, "tokio")
	if u == nil || slices.Contains(b.Methods, "start_paused") {
		return Fix{}, false
	}
	made := b.Made
	span := made.Node.Span
	if name := rust.Span.Text(span).In(made.Source().Text); !strings.HasSuffix(name, one) {
		return Fix{}, false
	}
	span.Start = span.End - uint32(len(one))
	es, ok := p.ask(u, made.Dev, "rt-multi-thread")
	return Fix{Title: "Build the runtime with `" + several + "`", Edits: append([]FileEdit{replace(made, span, several)}, es...)}, ok
}

// inLocalSet runs what a runtime runs in a LocalSet.
func (p *pass) inLocalSet(f failure) (Fix, bool) {
	const title = "Run it in a `LocalSet`"
	u := p.use(f.pkg, "tokio")
	if u == nil {
		return Fix{}, false
	}
	path := []string{u.Import(), "task", "LocalSet"}
	if r, ok := f.started(); ok {
		if !r.borrows { // a LocalSet stays on its thread
			return Fix{}, false
		}
		set, ok := r.site.Spelled(path...)
		if !ok {
			return Fix{}, false
		}
		es, ok := r.wrapped(set+"::new().run_until(", ")")
		return Fix{Title: title, Edits: es}, ok
	}
	start := f.Steps[0]
	body := start.At.Fn.Inner
	set, is := start.At.Spelled(path...)
	if start.Entry == nil || f.On != start.On || body == (rust.Span{}) || !is {
		return Fix{}, false
	}
	src := start.At.Source()
	before, after := " "+set+"::new().run_until(async {", "}).await "
	indent := src.Text[text.LineStart(src.Text, int(body.End)):body.End]
	if strings.TrimSpace(indent) == "" { // the brace has a line for itself
		nl := text.Newline(src.Text, int(body.Start))
		before = nl + indent + "    " + strings.TrimPrefix(before, " ")
		after = "    " + strings.TrimSuffix(after, " ") + nl + indent
	}
	return Fix{Title: title, Edits: around(start.At, body, before, after)}, true
}
