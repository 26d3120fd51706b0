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

// This file finds what gives code to an executor, and edits what is given.

// root is a call that has an executor run one of its arguments.
type root struct {
	site     engine.Site
	argument int
	as       string // as the data calls the executor, "tokio" for a method of a runtime
	crate    string
	item     string // as it is written
	// borrows tells that what is given is done with when the call comes back, or
	// is awaited right there, so that it may borrow.
	borrows bool
	// within are the steps behind it on the way to the failure.
	within []engine.Step
}

// executes reports whether it is an executor of its own, which runs a future.
func (r root) executes() bool {
	return !slices.Contains([]string{"same", "task", "pool", "in-place", "thread", "local-set", "local-task", "tokio-any", "compat"}, r.as)
}

// rootOf is a call as one that has an executor run something.
func rootOf(r engine.Run) (root, bool) {
	if known := runtimes.FindRunner(r.Crate, r.Path); known != nil && len(known.Arguments) == 1 && !known.Each {
		return root{site: r.At, argument: known.Arguments[0], as: known.As, crate: r.Crate, borrows: strings.HasSuffix(r.Path, "block_on")}, true
	}
	return root{}, false
}

// given is what the executor runs.
func (r root) given() (rust.Span, bool) {
	c, ok := r.site.Call()
	if !ok || r.argument >= len(c.Args) || len(c.Args) != len(r.site.Node.Args) {
		return rust.Span{}, false
	}
	return c.Args[r.argument], true
}

// started is the last call on the way to a failure that has an executor run
// something; false where none but the entry point does.
func (f failure) started() (root, bool) {
	for i, s := range slices.Backward(f.Steps) {
		if s.On == "" {
			continue
		}
		for _, r := range f.runs {
			if r.Place.Path == s.Place.Path && r.Place.Span == s.Place.Span {
				if found, ok := rootOf(r); ok && s.At.Node != nil {
					found.within, found.item = f.Steps[i+1:], s.Place.Item
					return found, true
				}
			}
		}
		return root{}, false
	}
	return root{}, false
}

// making is the call whose argument makes the failing call, outside of what it
// runs: smol::block_on(tokio::time::sleep(…)). It is the innermost of them.
func (f failure) making() (root, bool) {
	places := []engine.Place{f.Place}
	for _, s := range slices.Backward(f.Steps) {
		if s.On != "" {
			break
		}
		places = append(places, s.Place)
	}
	for _, p := range places {
		var found root
		var innermost rust.Span
		for _, r := range f.runs {
			made, ok := rootOf(r)
			if !ok || r.Place.Path != p.Path || f.came(r) || made.as == "compat" && !f.polled(&made) || made.as != "compat" && !made.borrows {
				continue
			}
			if at, ok := made.given(); ok && at.Text().Covers(p.Span) && !f.within(p.Path, at) && at.Start >= innermost.Start {
				made.item = r.Place.Span.In(r.At.Source().Text)
				found, innermost = made, at
			}
		}
		if found.site.Node != nil {
			return found, true
		}
	}
	return root{}, false
}

// within reports whether what runs the failing call stands in a piece of a file.
func (f failure) within(path string, at rust.Span) bool {
	for _, s := range slices.Backward(f.Steps) {
		if s.On != "" {
			return s.Place.Path == path && at.Text().Covers(s.Place.Span)
		}
	}
	return false
}

// polled reports whether what a bridge wraps is awaited or run as it is, and so
// surely a future.
func (f failure) polled(made *root) bool {
	if made.borrows = made.site.Node.Awaited; made.borrows {
		return true
	}
	c, ok := made.site.Call()
	return ok && slices.ContainsFunc(f.runs, func(r engine.Run) bool {
		outer, ok := rootOf(r)
		if !ok || r.At.Path != made.site.Path {
			return false
		}
		at, ok := outer.given()
		made.borrows = outer.borrows
		return ok && at == c.Span
	})
}

// built is the last step on the way to a failure that runs something on a runtime
// which was built step by step; false where an executor was started since.
func (f failure) built() (engine.Step, bool) {
	for _, s := range slices.Backward(f.Steps) {
		if s.Builder != nil {
			return s, true
		}
		if s.On != "" && s.On != f.On {
			break
		}
	}
	return engine.Step{}, false
}

// came reports whether a call is a step on the way to the failure.
func (f failure) came(r engine.Run) bool {
	return slices.ContainsFunc(f.Steps, func(s engine.Step) bool {
		return s.Place.Path == r.Place.Path && s.Place.Span == r.Place.Span
	})
}

// wrapped puts what is run between two texts: as it stands where it is a future
// that is made before in any case, else as an async block that makes it later.
func (r root) wrapped(before, after string) ([]FileEdit, bool) {
	at, ok := r.given()
	if !ok {
		return nil, false
	}
	if !r.ready(at) {
		open, close, ok := r.later(at)
		if !ok {
			return nil, false
		}
		before, after = before+open, close+after
	}
	return around(r.site, at, before, after), true
}

// ready reports whether what is run is an async block or a variable, or the call
// of an async function whose arguments come from no other call.
func (r root) ready(at rust.Span) bool {
	n := r.site.Node
	if n.Vars[r.argument] != "" {
		return true
	}
	given := n.Args[r.argument]
	if len(given) == 0 {
		return false
	}
	if first := given[0]; first.Kind == rust.AsyncNode && first.Span == at {
		return true
	}
	// The flow steps into own async functions.
	if len(r.within) == 0 || r.within[0].On != "" || r.within[0].At.Node == nil {
		return false
	}
	s := r.within[0].At
	c, ok := s.Call()
	if !ok || c.Span != at {
		return false
	}
	return !r.borrows || !slices.ContainsFunc(s.Node.Args, func(a []*rust.Node) bool { return len(a) > 0 })
}

// later are the texts that make an async block of what is given.
func (r root) later(at rust.Span) (open, close string, ok bool) {
	src := r.site.Source()
	if src.Leaves(at) {
		return "", "", false
	}
	open, close = "async { ", ".await }"
	if !r.borrows { // it has to own what it names
		for name := range r.site.Fn.Locals {
			if len(src.Mentions(name, at)) > 0 {
				return "", "", false
			}
		}
		open = "async move { "
	}
	if !src.Operand(at) {
		open, close = open+"(", ")"+close
	}
	return open, close, true
}

// around inserts two texts before and behind a piece of the source.
func around(site engine.Site, at rust.Span, before, after string) []FileEdit {
	return []FileEdit{insert(site, at.Start, before), insert(site, at.End, after)}
}

func insert(site engine.Site, at uint32, new string) FileEdit {
	return replace(site, rust.Span{Start: at, End: at}, new)
}

func replace(site engine.Site, at rust.Span, new string) FileEdit {
	return FileEdit{site.Path, text.Edit{Span: at.Text(), New: new}}
}

// awaited puts a future that is awaited in the place of a call that blocks on it.
func awaited(site engine.Site, c rust.Call, at rust.Span) []FileEdit {
	before, after := "", ".await"
	if !site.Source().Operand(at) {
		before, after = "(", ")"+after
	}
	return []FileEdit{
		replace(site, rust.Span{Start: c.Start, End: at.Start}, before),
		replace(site, rust.Span{Start: at.End, End: c.End}, after),
	}
}

// bridgeFix gives what is run the context that it lacks.
func (p *pass) bridgeFix(f failure, r root) (Fix, bool) {
	b, ok := p.bridgeTo("tokio", f.pkg, r.site.Dev)
	if !ok {
		return Fix{}, false
	}
	path := append([]string{strings.ReplaceAll(b.name, "-", "_")}, b.Wraps...)
	last := len(path) - 1
	wrapper, ok := r.site.Spelled(path[:last]...)
	if !ok {
		return Fix{}, false
	}
	wrapper += "::" + path[last]
	es, ok := r.wrapped(wrapper+"(", ")")
	if !ok {
		return Fix{}, false
	}
	fix := Fix{Title: fmt.Sprintf("Wrap what `%s` runs in `%s`", r.item, wrapper), Safe: len(b.edits) == 0, Edits: append(es, b.edits...)}
	if len(b.edits) > 0 {
		fix.Title += fmt.Sprintf(", and depend on %s %s", b.Name, b.Least)
	}
	return fix, true
}
