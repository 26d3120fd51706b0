package engine

import (
	"slices"
	"strings"

	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
)

// Site is a call in the source of a package, for what edits it.
type Site struct {
	Path string
	// Node is nil for an entry point, which nothing calls.
	Node *rust.Node
	Fn   *rust.CrateFn
	// Dev tells that only tests, examples and benches compile it.
	Dev bool
}

// Builder is where a runtime is made step by step.
type Builder struct {
	// Made is the call that chooses its flavor, Built that of build.
	Made, Built Site
	// Methods are the names of those called in between, and of what follows.
	Methods []string
}

func (f *flow) site(fn *rust.CrateFn, n *rust.Node) Site {
	i := slices.IndexFunc(f.sources.crates, func(c crateSource) bool { return c.crate == fn.Unit.Crate })
	normal := i >= 0 && (f.sources.crates[i].target.Kind == cargo.Lib || f.sources.crates[i].target.Kind == cargo.Bin)
	return Site{fn.Unit.Path, n, fn, !normal || f.normal.Holds(fn.Compiled()) == cfg.No}
}

// attribute is one that starts a runtime, as it is written.
func (f *flow) attribute(fn *rust.CrateFn, ref *rust.Ref, entry *runtimes.Entry) *Entrypoint {
	return &Entrypoint{
		Place: f.place(fn, ref.Span, entry.Crate+"::"+entry.Path), Entry: entry,
		Arguments: ref.Args.Text().In(fn.Unit.Source.Text), ArgumentsSpan: ref.Args.Text(),
	}
}

// Source is the file that the call stands in.
func (s Site) Source() *rust.Source { return s.Fn.Unit.Source }

// Call is the call with all that belongs to it.
func (s Site) Call() (rust.Call, bool) {
	if s.Node == nil {
		return rust.Call{}, false
	}
	return s.Source().CallAt(s.Node.Span)
}

// Async reports whether an await may stand there.
func (s Site) Async() bool { return s.Node != nil && s.Fn.AsyncAt(s.Node.Span) }

// Spelled is how the code around names an item of a crate, given by its path with
// the crate's import name in front: by its own name where that is imported. It is
// false where that import name means something else.
func (s Site) Spelled(path ...string) (string, bool) {
	src := s.Source()
	at := s.Fn.Scope
	if s.Node != nil {
		at = s.Node.Scope
	}
	for ; at >= 0; at = src.Scopes[at].Parent {
		if slices.ContainsFunc(src.Mods, func(m rust.Mod) bool { return m.Scope == at && m.Name == path[0] }) {
			return "", false
		}
		for i := range src.Names {
			switch n := &src.Names[i]; {
			case n.Scope != at:
			case n.Use && n.Cond == 0 && !n.Path.Global && slices.Equal(n.Path.Segs, path) && n.Name != "_":
				return n.Name, true
			case n.Name == path[0] && !(n.Use && len(n.Path.Segs) == 1 && n.Path.Segs[0] == path[0]):
				return "", false
			}
		}
		if src.Scopes[at].Kind == rust.ModScope {
			break
		}
	}
	return strings.Join(path, "::"), true
}
