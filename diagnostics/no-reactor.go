package diagnostics

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"reactorls/engine/runtimes"
)

//go:embed no-reactor.md
var noReactorPage string

var noReactor = &Rule{
	Code: "no-reactor", Severity: Error, Page: noReactorPage,
	fails: func(p *pass, f failure) {
		p.reportFailure(f, fmt.Sprintf("it needs the context of a Tokio runtime, and `%s`, which runs it, gives none", f.executor()), p.mendContext(f))
	},
}

// mendContext brings the context of Tokio to a failing call.
func (p *pass) mendContext(f failure) mending {
	m := mending{help: "run it on a Tokio runtime, or hold the guard of one: `let _guard = handle.enter();`"}
	if strings.HasSuffix(f.On, "-thread") {
		m.help = "take `tokio::runtime::Handle::current()` before the thread starts, and hold the guard of `handle.enter()` in it"
	}
	r, made := f.making()
	if made && (r.as == "tokio-any" || r.as == "compat") { // it would have the context a moment later
		es, ok := r.wrapped("", "")
		m.add(Fix{Title: fmt.Sprintf("Make it in an async block, which `%s` runs", r.item), Safe: true, Edits: es}, ok)
		return m
	}
	started := made
	if !made {
		r, started = f.started()
	}
	switch {
	case started && r.executes():
		m.add(p.bridgeFix(f, r))
		m.add(p.contextFeature(f, r.crate, r.site.Dev))
		m.add(p.awaitInMain(f, r))
	case !started && f.Steps[0].Entry != nil:
		m.add(p.contextFeature(f, f.Steps[0].Entry.Entry.Crate, f.Steps[0].At.Dev))
		m.add(p.tokioMain(f))
	case !started:
		m.add(p.asyncMain(f))
	}
	return m
}

// contextFeature turns on the feature with which an executor brings the context.
func (p *pass) contextFeature(f failure, crate string, dev bool) (Fix, bool) {
	i := slices.IndexFunc(runtimes.Bridges(), func(b runtimes.Bridge) bool { return b.Name == crate && b.Feature != "" && b.Gives == "tokio" })
	if i < 0 {
		return Fix{}, false
	}
	b := runtimes.Bridges()[i]
	es, ok := p.askOf(f.pkg, crate, dev, []string{b.Feature})
	return Fix{Title: fmt.Sprintf("Turn on the feature `%s` of %s: %s", b.Feature, crate, b.How), Edits: es}, ok
}
