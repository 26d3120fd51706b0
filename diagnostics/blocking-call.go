package diagnostics

import (
	_ "embed"
	"fmt"
	"strings"

	"reactorls/engine"
	"reactorls/engine/runtimes"
	"reactorls/engine/text"
)

//go:embed blocking-call.md
var blockingCallPage string

var blockingCall = &Rule{
	Code: "blocking-call", Severity: Warning, Page: blockingCallPage,
	code: func(p *pass, pkg *engine.Package) {
		if u := p.soleRuntime(pkg); u != nil {
			for _, b := range p.snapshot.Blocking(pkg, p.options.Selection) {
				p.blocks(u, b)
			}
		}
	},
}

// soleRuntime is the package's dependency on the one runtime that its normal code
// has; nil where there is none, or more than one.
func (p *pass) soleRuntime(pkg *engine.Package) *engine.Use {
	var found *engine.Use
	for _, u := range p.known(pkg).uses {
		if len(u.Normal.Entries) == 0 || runtimes.FindBlocking("thread::sleep").Instead[u.Crate].Path == "" {
			continue
		}
		if found != nil {
			return nil
		}
		found = u
	}
	return found
}

func (p *pass) blocks(u *engine.Use, b engine.Blocking) {
	d := Diagnostic{
		Path: b.Place.Path, Span: b.Place.Span,
		Message: fmt.Sprintf("`%s` blocks the thread, and every task that it runs, in async code", b.Place.Item),
		Notes:   []string{"other tasks of this thread wait until it is done"},
	}
	if !b.Call.Clear {
		d.Severity = Hint
	}
	instead, ok := b.Call.Instead[u.Crate]
	if !ok {
		d.Help = []string{"await its counterpart in " + u.Crate + ", or hand it to a thread for blocking work"}
		p.report(d)
		return
	}
	item := u.Import() + "::" + instead.Path
	d.Help = []string{fmt.Sprintf("await `%s` instead", item)}
	if fix, ok := p.awaitInstead(u, b, instead); ok {
		d.Fixes = []Fix{fix}
	}
	p.report(d)
}

// awaitInstead puts an awaited counterpart in the place of a call.
func (p *pass) awaitInstead(u *engine.Use, b engine.Blocking, instead runtimes.Instead) (Fix, bool) {
	call, ok := b.Site.Call()
	if !ok || !b.Site.Async() {
		return Fix{}, false
	}
	item, ok := b.Site.Spelled(append([]string{u.Import()}, strings.Split(instead.Path, "::")...)...)
	if !ok {
		return Fix{}, false
	}
	var features []string
	if instead.Feature != "" {
		features = append(features, instead.Feature)
	}
	manifest, ok := p.ask(u, false, features...)
	if !ok {
		return Fix{}, false
	}
	end := text.Span{Start: int(call.End), End: int(call.End)}
	es := []text.Edit{{Span: b.Place.Span, New: item}, {Span: end, New: ".await"}}
	return Fix{Title: fmt.Sprintf("Await `%s` instead", item), Edits: append(edits(b.Place.Path, es), manifest...)}, true
}
