package main

import (
	"cmp"

	"slices"
	"strings"

	"reactorls/engine/cfg"
)

// docs is the documentation of one crate, with what is needed to tell what an
// item of it depends on.
type docs struct {
	pkg string
	*rustdoc
	config  config
	parent  map[id]id           // the module that holds the item
	extents map[string][]extent // by source file
	places  map[definition]id   // this crate's own items
	sources *sources
	owns    map[id]cfg.Expr      // memo of own
	gates   map[id]cfg.Expr      // memo of gate
	public  map[string]*location // memo of walk.locations
}

// definition is where an item stands in its crate, through private modules.
type definition struct{ path, kind string }

// extent is the part of a file that a module takes.
type extent struct {
	module     id
	begin, end position
}

func newDocs(pkg string, c config, r *rustdoc) (*docs, error) {
	root := r.Index[r.Root]
	sources, err := readSources(root.Span.File)
	if err != nil {
		return nil, err
	}
	d := &docs{
		pkg: pkg, config: c, rustdoc: r, sources: sources,
		parent: map[id]id{}, extents: map[string][]extent{}, places: map[definition]id{},
		owns: map[id]cfg.Expr{}, gates: map[id]cfg.Expr{},
	}
	for i, s := range r.Paths {
		if s.Crate == 0 && r.Index[i] != nil {
			d.places[definition{strings.Join(s.Path, "::"), s.Kind}] = i
		}
	}
	for i, it := range r.Index {
		if it.Inner.Module == nil {
			continue
		}
		for _, child := range it.Inner.Module.Items {
			d.parent[child] = i
		}
	}
	for i, it := range r.Index {
		if it.Inner.Module != nil && it.Span != nil {
			d.extents[it.Span.File] = append(d.extents[it.Span.File], d.extent(i))
		}
	}
	for _, es := range d.extents {
		// The innermost comes first.
		slices.SortFunc(es, func(a, b extent) int {
			return cmp.Or(cmp.Compare(b.begin[0], a.begin[0]), cmp.Compare(b.begin[1], a.begin[1]), cmp.Compare(a.module, b.module))
		})
	}
	return d, nil
}

// extent is what the module takes of the file that its contents are in.
func (d *docs) extent(module id) extent {
	it, parent := d.Index[module], d.Index[d.parent[module]]
	if module == d.Root || parent.Span.File != it.Span.File {
		return extent{module, it.Span.Begin, it.Span.End}
	}
	return extent{module, it.Span.Begin, d.sources.blockEnd(it.Span)}
}

// moduleAt is the innermost module whose lines hold the item: the only trace
// that rustdoc leaves of where an impl or an exported macro was written.
func (d *docs) moduleAt(s *span) id {
	if s != nil {
		for _, e := range d.extents[s.File] {
			if !s.Begin.before(e.begin) && !e.end.before(s.Begin) {
				return e.module
			}
		}
	}
	return d.Root
}

// own is what the item itself depends on: its attributes, and the calls of
// conditional macros round the place where it is written.
func (d *docs) own(i id) (cfg.Expr, error) {
	if e, ok := d.owns[i]; ok {
		return e, nil
	}
	it := d.Index[i]
	e, err := conditions(it.Attrs)
	if err != nil {
		return e, err
	}
	if i != d.Root && it.Span != nil {
		e = cfg.And(e, d.written(it, d.Index[d.parent[i]]))
	}
	if e, err = d.config.meaning(e); err != nil {
		return e, err
	}
	e = mark(e, d.pkg)
	d.owns[i] = e
	return e, nil
}

// written is the condition of the place where an item is declared: for a module
// with a file of its own that is in its parent's file, and a macro may have been
// defined twice, once as documentation builds are to see it.
func (d *docs) written(it, parent *item) cfg.Expr {
	switch {
	case it.Inner.Module != nil && parent.Span.File != it.Span.File:
		return d.sources.declared(parent.Span.File, "mod "+it.Name)
	case it.Inner.Macro != nil:
		return d.sources.declared(it.Span.File, "macro "+it.Name)
	}
	return d.sources.condition(it.Span.File, it.Span.Begin)
}

// gate is what the item's definition depends on, with all modules round it.
func (d *docs) gate(i id) (cfg.Expr, error) {
	if e, ok := d.gates[i]; ok {
		return e, nil
	}
	e, err := d.own(i)
	if err != nil {
		return e, err
	}
	if i != d.Root {
		it := d.Index[i]
		parent, held := d.parent[i]
		if it.Inner.Impl != nil || it.Inner.Macro != nil {
			parent, held = d.moduleAt(it.Span), true
		}
		if held {
			outer, err := d.gate(parent)
			if err != nil {
				return e, err
			}
			e = cfg.And(outer, e)
		}
	}
	d.gates[i] = e
	return e, nil
}
