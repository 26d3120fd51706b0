package diagnostics

import (
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
	"reactorls/engine/text"
)

// This file edits how a program starts: the attributes that start a runtime, and
// main.

// tokioAttribute is the attribute that starts Tokio for main, in the flavor whose
// features the package asks for, else in the one that needs least, and what makes
// the manifest ask for its features.
func (p *pass) tokioAttribute(pkg *engine.Package, main engine.Site) (attribute string, es []FileEdit, ok bool) {
	u := p.use(pkg, "tokio")
	entry := runtimes.FindEntry("tokio", "main")
	if u == nil || entry == nil {
		return "", nil, false
	}
	attribute, ok = main.Spelled(u.Import(), entry.Path)
	if !ok {
		return "", nil, false
	}
	arguments := ""
	has := asked(u, main.Dev)
	if slices.ContainsFunc(u.Know.AttributeNeeds(entry.Path, ""), func(f string) bool { return !slices.Contains(has, f) }) {
		arguments = `flavor = "current_thread"`
		attribute += "(" + arguments + ")"
	}
	es, ok = p.ask(u, main.Dev, u.Know.EntryNeeds(entry, arguments)...)
	return attribute, es, ok && u.Know.Offers(entry, arguments)
}

// tokioMain has Tokio run what another runtime's attribute starts.
func (p *pass) tokioMain(f failure) (Fix, bool) {
	start := f.Steps[0]
	if start.Entry.Entry.Role != "main" {
		return Fix{}, false
	}
	attribute, es, ok := p.tokioAttribute(f.pkg, start.At)
	if !ok {
		return Fix{}, false
	}
	at := start.Entry.Place.Span
	if start.Entry.ArgumentsSpan.End > 0 {
		at.End = start.Entry.ArgumentsSpan.End + 1
	}
	edit := FileEdit{start.At.Path, text.Edit{Span: at, New: attribute}}
	return Fix{Title: fmt.Sprintf("Start main with `#[%s]`", attribute), Edits: append([]FileEdit{edit}, es...)}, true
}

// startsMain turns main into an async function that Tokio runs, where nothing in
// the program blocks on something: that panics there.
func (p *pass) startsMain(f failure, blocking int) (Fix, bool) {
	start := f.Steps[0]
	src := start.At.Source()
	fn := start.At.Fn.Span
	head := src.Text[text.LineStart(src.Text, int(fn.Start)):fn.Start]
	if start.Entry != nil || start.Place.Item != "main" || strings.TrimSpace(head) != "" || blockings(start.At) != blocking {
		return Fix{}, false
	}
	attribute, es, ok := p.tokioAttribute(f.pkg, start.At)
	if !ok {
		return Fix{}, false
	}
	edit := insert(start.At, fn.Start, fmt.Sprintf("#[%s]%s%sasync ", attribute, text.Newline(src.Text, int(fn.Start)), head))
	return Fix{Title: fmt.Sprintf("Start main with `#[%s]`", attribute), Edits: append([]FileEdit{edit}, es...)}, true
}

// blockings counts the calls of what may block on something in the crate, and
// where it names a runtime, which cannot be dropped in async code.
func blockings(s engine.Site) int {
	blocks := func(name string) bool { return strings.HasPrefix(name, "block") }
	n := 0
	for _, u := range s.Fn.Unit.Crate.Units {
		for _, m := range u.Source.Methods {
			if blocks(m.Span.Text().In(u.Source.Text)) {
				n++
			}
		}
		for _, r := range u.Source.Refs {
			if r.Kind != rust.UseRef && blocks(r.Segs[len(r.Segs)-1]) || slices.Contains(r.Segs, "runtime") || slices.Contains(r.Segs, "Runtime") {
				n++
			}
		}
	}
	return n
}

// asyncMain has Tokio run main, which no runtime runs.
func (p *pass) asyncMain(f failure) (Fix, bool) {
	if f.On != "thread" {
		return Fix{}, false
	}
	return p.startsMain(f, 0)
}

// awaitInMain has Tokio run main, and awaits there what an executor ran.
func (p *pass) awaitInMain(f failure, r root) (Fix, bool) {
	at, ok := r.given()
	c, is := r.site.Call()
	if !ok || !is || !r.borrows || r.site.Fn != f.Steps[0].At.Fn || r.site.Fn.Around(c.Span) != nil {
		return Fix{}, false
	}
	fix, ok := p.startsMain(f, 1)
	if !ok {
		return Fix{}, false
	}
	fix.Edits = append(awaited(r.site, c, at), fix.Edits...)
	return fix, true
}

// flavored gives an attribute that starts Tokio another flavor, and makes the
// manifest ask for its features.
func (p *pass) flavored(f failure, s engine.Step, flavor string) (Fix, bool) {
	u := p.use(f.pkg, s.Entry.Entry.Crate)
	if u == nil {
		return Fix{}, false
	}
	argument := fmt.Sprintf("flavor = %q", flavor)
	written := runtimes.ParseArguments(s.Entry.Arguments)
	for name := range written {
		if only := s.Entry.Entry.Arguments[name].Only["flavor"]; len(only) > 0 && !slices.Contains(only, flavor) {
			return Fix{}, false
		}
	}
	es, ok := p.ask(u, s.At.Dev || s.Entry.Entry.OfTests(), u.Know.EntryNeeds(s.Entry.Entry, argument)...)
	if !ok || !u.Know.Offers(s.Entry.Entry, argument) {
		return Fix{}, false
	}
	change := s.Entry.AddArgument(argument)
	if _, is := written["flavor"]; is {
		change = s.Entry.SetArgument("flavor", flavor)
	}
	title := fmt.Sprintf("Run it on the flavor `%s` of Tokio", flavor)
	return Fix{Title: title, Edits: append(edits(s.At.Path, change), es...)}, len(change) > 0
}
