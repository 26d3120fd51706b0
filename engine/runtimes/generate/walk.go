package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"reactorls/engine/cfg"
)

// A walk finds every path by which a user reaches an item of one crate.
type walk struct {
	main      *docs
	followed  map[string]*docs // by import name
	canonical map[target]string
	notes     []string // what could not be followed
}

// target is one item of one crate.
type target struct {
	docs *docs
	id   id
}

// A location is what stands at one public path.
type location struct {
	kind    string
	path    string
	gate    cfg.Expr
	targets []target // several where cfg picks one; none in a crate that is not followed
}

// namespaces: a path can name a module, a function and a macro at once.
var namespaces = map[string]string{
	"mod": "type", "crate": "type", "struct": "type", "enum": "type", "union": "type", "trait": "type", "type": "type", "variant": "type",
	"fn": "value", "const": "value", "static": "value",
	"macro": "macro", "attr": "macro", "derive": "macro",
}

func kindOf(it *item) string {
	in := it.Inner
	switch {
	case in.Module != nil:
		return "mod"
	case in.Struct != nil:
		return "struct"
	case in.Enum != nil:
		return "enum"
	case in.Union != nil:
		return "union"
	case in.Trait != nil, in.TraitAlias != nil:
		return "trait"
	case in.TypeAlias != nil:
		return "type"
	case in.Function != nil:
		return "fn"
	case in.Constant != nil:
		return "const"
	case in.Static != nil:
		return "static"
	case in.Macro != nil:
		return "macro"
	case in.Variant != nil:
		return "variant"
	case in.ProcMacro != nil && in.ProcMacro.Kind == "attr":
		return "attr"
	case in.ProcMacro != nil && in.ProcMacro.Kind == "derive":
		return "derive"
	case in.ProcMacro != nil:
		return "macro"
	}
	return ""
}

// summaryKinds are rustdoc's names for items of crates that it only mentions.
var summaryKinds = map[string]string{
	"module": "mod", "struct": "struct", "enum": "enum", "union": "union", "trait": "trait", "trait_alias": "trait", "type_alias": "type",
	"function": "fn", "constant": "const", "static": "static", "variant": "variant",
	"macro": "macro", "proc_attribute": "attr", "proc_derive": "derive",
}

// locations finds the public paths of a crate, level by level, so that an item
// is first met at its shortest path. A module met again elsewhere is not
// entered again: it is another name of the first.
func (w *walk) locations(d *docs) (map[string]*location, error) {
	if d.public != nil {
		return d.public, nil
	}
	root, err := d.gate(d.Root)
	if err != nil {
		return nil, err
	}
	d.public = map[string]*location{}
	entered := map[target]bool{}
	level := []*location{{kind: "mod", gate: root, targets: []target{{d, d.Root}}}}
	for len(level) > 0 {
		next := map[string]*location{}
		for _, l := range level {
			for _, t := range l.targets {
				if entered[t] {
					continue
				}
				entered[t] = true
				e := expansion{walk: w, prefix: l.path, into: next, globs: map[target]bool{}}
				if err := e.module(t, l.gate, false); err != nil {
					return nil, err
				}
			}
		}
		level = level[:0]
		for _, key := range slices.Sorted(maps.Keys(next)) {
			d.public[key] = next[key]
			if next[key].kind == "mod" {
				level = append(level, next[key])
			}
		}
	}
	return d.public, nil
}

// expansion lists what one module makes public under one prefix.
type expansion struct {
	*walk
	prefix string
	into   map[string]*location
	globs  map[target]bool // the modules that are being listed
}

func (e *expansion) module(t target, g cfg.Expr, glob bool) error {
	if e.globs[t] {
		return nil
	}
	e.globs[t] = true
	defer delete(e.globs, t)
	var globs []id
	for _, child := range t.docs.Index[t.id].Inner.Module.Items {
		it := t.docs.Index[child]
		if it == nil || !it.public() {
			continue
		}
		own, err := t.docs.own(child)
		if err != nil {
			return err
		}
		switch in := it.Inner; {
		case in.Use != nil && in.Use.Glob:
			globs = append(globs, child)
		case in.Use != nil:
			err = e.use(t.docs, in.Use, cfg.And(g, own), glob)
		case in.Crate != nil:
			name := in.Crate.Name
			if in.Crate.Rename != nil {
				name = *in.Crate.Rename
			}
			e.add("crate", name, cfg.And(g, own), target{}, glob)
		case in.Module != nil && it.hidden():
			// What macros of the crate use; the names that users may have are
			// offered elsewhere.
		case kindOf(it) != "" && it.Name != "":
			if in.Macro != nil {
				own, err = t.docs.gate(child) // written elsewhere, exported at the root
			}
			e.add(kindOf(it), it.Name, cfg.And(g, own), target{t.docs, child}, glob)
		}
		if err != nil {
			return err
		}
	}
	// What a module names itself hides what its globs bring in.
	for _, child := range globs {
		use := t.docs.Index[child].Inner.Use
		own, err := t.docs.own(child)
		if err != nil {
			return err
		}
		from, kind, asked, err := e.resolve(t.docs, use)
		if err != nil {
			return err
		}
		if kind == "mod" && from.docs != nil {
			if err := e.module(from, cfg.And(g, own, asked), true); err != nil {
				return err
			}
		} else if from.docs == nil {
			e.note("%s: glob of %s is not followed", t.docs.pkg, use.Source)
		}
	}
	return nil
}

func (e *expansion) use(d *docs, u *use, g cfg.Expr, glob bool) error {
	to, kind, asked, err := e.resolve(d, u)
	if err != nil {
		return err
	}
	if kind == "" {
		e.note("%s: use of %s has no known kind", d.pkg, u.Source)
		return nil
	}
	e.add(kind, u.Name, cfg.And(g, asked), to, glob)
	return nil
}

// add notes a public name. Those that begin with two underscores are for the
// macros of the crate, not for users, and _ is none.
func (e *expansion) add(kind, name string, g cfg.Expr, to target, glob bool) {
	if strings.HasPrefix(name, "__") || name == "_" {
		return
	}
	path := name
	if e.prefix != "" {
		path = e.prefix + "::" + name
	}
	key := namespaces[kind] + " " + path
	l := e.into[key]
	if l == nil {
		l = &location{kind: kind, path: path, gate: cfg.False}
		e.into[key] = l
	} else if glob && !slices.Contains(l.targets, to) {
		return
	}
	l.gate = cfg.Or(l.gate, g)
	if to.docs != nil && !slices.Contains(l.targets, to) {
		l.targets = append(l.targets, to)
	}
}

// resolve finds what a use names and what that depends on where it stands.
func (w *walk) resolve(d *docs, u *use) (target, string, cfg.Expr, error) {
	if u.ID == nil {
		return target{}, "", cfg.True, nil
	}
	kind := ""
	if s := d.Paths[*u.ID]; s != nil {
		if kind = summaryKinds[s.Kind]; s.Crate != 0 && kind == "mod" && len(s.Path) == 1 {
			kind = "crate"
		}
	}
	to, found := w.locate(d, *u.ID)
	if !found {
		return target{}, kind, cfg.True, nil
	}
	kind = kindOf(to.docs.Index[to.id])
	if to.docs == d {
		g, err := d.gate(to.id)
		return to, kind, g, err
	}
	// The path that was written may ask more or less than the definition.
	source := strings.TrimPrefix(u.Source, "::")
	if first, rest, _ := strings.Cut(source, "::"); w.followed[first] != nil {
		public, err := w.locations(w.followed[first])
		if err != nil {
			return to, kind, cfg.True, err
		}
		if l := public[namespaces[kind]+" "+rest]; l != nil {
			return to, kind, l.gate, nil
		}
	}
	g, err := to.docs.gate(to.id)
	return to, kind, g, err
}

// locate finds the item that an id of one crate's documentation stands for,
// in that crate or in one that is followed.
func (w *walk) locate(d *docs, i id) (target, bool) {
	if d.Index[i] != nil {
		return target{d, i}, true
	}
	s := d.Paths[i]
	if s == nil || s.Crate == 0 {
		return target{}, false
	}
	other := w.followed[d.External[s.Crate].Name]
	if other == nil {
		return target{}, false
	}
	if len(s.Path) == 1 {
		return target{other, other.Root}, true
	}
	at, ok := other.places[definition{strings.Join(s.Path, "::"), s.Kind}]
	return target{other, at}, ok
}

func (w *walk) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(w.notes, n) {
		w.notes = append(w.notes, n)
	}
}

// choose picks for each item the one public path under which its members are
// written: the one that asks least, then the shortest.
func (w *walk) choose(public map[string]*location, implied func(string) []string) {
	w.canonical = map[target]string{}
	byTarget := map[target][]*location{}
	for _, key := range slices.Sorted(maps.Keys(public)) {
		for _, t := range public[key].targets {
			byTarget[t] = append(byTarget[t], public[key])
		}
	}
	for t, ls := range byTarget {
		slices.SortStableFunc(ls, func(a, b *location) int {
			return cmp.Or(
				cmp.Compare(strings.Count(a.path, "::"), strings.Count(b.path, "::")),
				strings.Compare(a.path, b.path),
			)
		})
		best := ls[0]
		if best.kind != "mod" { // a module's members were found at its shortest path
			for _, l := range ls[1:] {
				if implies(best.gate, l.gate, implied) && !implies(l.gate, best.gate, implied) {
					best = l
				}
			}
		}
		w.canonical[t] = best.path
	}
}
