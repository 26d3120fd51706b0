package main

import (
	"maps"
	"slices"
	"strings"

	"reactorls/engine/cfg"
)

// entry is one line of a gates file, for one version.
type entry struct {
	kind, path string
	gate       cfg.Expr
	async      bool
	returns    string // of a function
	of         string // of an alias: the path it stands for
}

// entries are those of one version, each under its namespace and path.
type entries map[string]entry

// put adds an entry. What is met twice is there under either gate.
func (es entries) put(space string, e entry, implied func(string) []string) {
	if e.gate.IsFalse() {
		return
	}
	key := space + " " + e.path
	if old, ok := es[key]; ok {
		e, e.gate = old, simplify(cfg.Or(old.gate, e.gate), implied)
	}
	es[key] = e
}

// merge adds what only another run over the same version shows.
func (es entries) merge(run entries, implied func(string) []string) {
	for key, e := range run {
		space, _, _ := strings.Cut(key, " ")
		es.put(space, e, implied)
	}
}

// lister turns the public paths of a crate into entries.
type lister struct {
	*walk
	*translator
	entries
}

// list gives the entries of the documented crate, with features translated.
func (w *walk) list(t *translator) (entries, error) {
	found, err := w.locations(w.main)
	if err != nil {
		return nil, err
	}
	public := map[string]*location{}
	for key, l := range found {
		translated := *l
		if translated.gate = t.translate(l.gate); !translated.gate.IsFalse() {
			public[key] = &translated
		}
	}
	w.choose(public, t.own.implied)
	ls := &lister{w, t, entries{}}
	for _, key := range slices.Sorted(maps.Keys(public)) {
		l := public[key]
		space := namespaces[l.kind]
		if len(l.targets) > 0 && w.canonical[l.targets[0]] != l.path {
			ls.put(space, entry{kind: "alias", path: l.path, gate: l.gate, of: w.canonical[l.targets[0]]})
			continue
		}
		e := entry{kind: l.kind, path: l.path, gate: l.gate}
		for _, at := range l.targets {
			if f := at.docs.Index[at.id].Inner.Function; f != nil {
				e.async, e.returns = ls.signature(at.docs, f)
			}
			if err := ls.members(l, at); err != nil {
				return nil, err
			}
		}
		ls.put(space, e)
	}
	for _, d := range slices.Concat([]*docs{w.main}, slices.Collect(maps.Values(w.followed))) {
		if err := ls.impls(d, public); err != nil {
			return nil, err
		}
	}
	return ls.entries, nil
}

func (ls *lister) put(space string, e entry) { ls.entries.put(space, e, ls.own.implied) }

func (ls *lister) signature(d *docs, f *function) (async bool, returns string) {
	if f.Sig.Output != nil {
		returns = ls.typeText(d, f.Sig.Output)
	}
	return f.Header.Async, returns
}

// members lists what is reached through a type or trait.
func (ls *lister) members(l *location, at target) error {
	in := at.docs.Index[at.id].Inner
	switch {
	case in.Trait != nil:
		for _, m := range in.Trait.Items {
			if err := ls.member(l, at.docs, m, "tmethod", cfg.True); err != nil {
				return err
			}
		}
	case in.Struct != nil:
		return ls.parts(l, at.docs, in.Struct.Impls, in.Struct.fields(), "field")
	case in.Enum != nil:
		return ls.parts(l, at.docs, in.Enum.Impls, in.Enum.Variants, "variant")
	case in.Union != nil:
		return ls.parts(l, at.docs, in.Union.Impls, nil, "")
	}
	return nil
}

// parts lists the methods and constants of a type, and those fields or
// variants that ask more than the type.
func (ls *lister) parts(l *location, d *docs, impls, pieces []id, kind string) error {
	for _, i := range impls {
		it := d.Index[i]
		if it == nil || it.Inner.Impl == nil || it.Inner.Impl.Trait != nil {
			continue
		}
		asked, err := d.gate(i)
		if err != nil {
			return err
		}
		for _, m := range it.Inner.Impl.Items {
			if err := ls.member(l, d, m, "method", asked); err != nil {
				return err
			}
		}
	}
	for _, p := range pieces {
		it := d.Index[p]
		if it == nil || !it.public() {
			continue
		}
		own, err := d.own(p)
		if err != nil {
			return err
		}
		if e := ls.translate(own); !implies(l.gate, e, ls.own.implied) {
			ls.put(kind, entry{kind: kind, path: l.path + "::" + it.Name, gate: ls.within(l.gate, e)})
		}
	}
	return nil
}

func (ls *lister) member(l *location, d *docs, m id, kind string, asked cfg.Expr) error {
	it := d.Index[m]
	if it == nil || !it.public() || strings.HasPrefix(it.Name, "__") {
		return nil
	}
	own, err := d.own(m)
	if err != nil {
		return err
	}
	e := entry{kind: kind, path: l.path + "::" + it.Name, gate: ls.within(l.gate, ls.translate(cfg.And(asked, own)))}
	switch {
	case it.Inner.Function != nil:
		e.async, e.returns = ls.signature(d, it.Inner.Function)
	case it.Inner.AssocConst != nil:
		e.kind = "const"
	default:
		return nil
	}
	ls.put("member", e)
	return nil
}

func (ls *lister) within(outer, own cfg.Expr) cfg.Expr {
	return simplify(cfg.And(outer, own), ls.own.implied)
}

// impls lists the trait impls that ask features beyond those of the trait and
// the type: they are the only needs that no named item shows.
func (ls *lister) impls(d *docs, public map[string]*location) error {
	for _, i := range slices.Sorted(maps.Keys(d.Index)) {
		in := d.Index[i].Inner.Impl
		if in == nil || in.Trait == nil || in.Synthetic || in.Negative || in.Blanket != nil {
			continue
		}
		known, reached := ls.namesOf(d, &typ{Path: in.Trait}, public)
		gateOfType, named := ls.namesOf(d, in.For, public)
		if !reached || !named {
			continue
		}
		asked, err := d.gate(i)
		if err != nil {
			return err
		}
		known = cfg.And(known, gateOfType)
		own := ls.translate(asked)
		if implies(known, onlyFeatures(own), ls.own.implied) {
			continue
		}
		name := ls.pathText(d, in.Trait) + " for " + ls.typeText(d, in.For)
		ls.put("impl", entry{kind: "impl", path: name, gate: ls.within(known, own)})
	}
	return nil
}

// gateOf is the gate of a trait or type by its public path. Those of crates
// that are not followed ask nothing of this one; private ones are not reached.
func (ls *lister) gateOf(d *docs, i id, public map[string]*location) (cfg.Expr, bool) {
	t, ok := ls.locate(d, i)
	if !ok {
		s := d.Paths[i]
		return cfg.True, s != nil && s.Crate != 0
	}
	l := public["type "+ls.canonical[t]]
	if l == nil {
		return cfg.True, false
	}
	return l.gate, true
}

// namesOf joins the gates of all that a type names; false where some of it is
// private, so that no user comes by it.
func (ls *lister) namesOf(d *docs, t *typ, public map[string]*location) (cfg.Expr, bool) {
	known, reached := cfg.True, true
	t.paths(func(p *path) {
		e, ok := ls.gateOf(d, p.ID, public)
		known, reached = cfg.And(known, e), reached && ok
	})
	return known, reached
}

// onlyFeatures takes everything but features to be as the gate wants it.
func onlyFeatures(e cfg.Expr) cfg.Expr {
	switch e.Op {
	case cfg.Atom:
		if e.Name == "feature" {
			return e
		}
		return cfg.True
	case cfg.Not:
		if e.Args[0].Op == cfg.Atom && e.Args[0].Name == "feature" {
			return e
		}
		return cfg.True
	}
	args := make([]cfg.Expr, len(e.Args))
	for i, a := range e.Args {
		args[i] = onlyFeatures(a)
	}
	return join(e.Op, args)
}
