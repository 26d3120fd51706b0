package rust

import (
	"slices"
	"strings"
	"sync"
)

// typeReader reads types as they are written: in a scope of the package, or in what
// is known of an extern crate.
type typeReader struct {
	*walker
	unit     *Unit
	scope    int32
	generics meanings
	self     Type
	// library is the extern crate whose items are written crate::path; "" in the
	// package's own code.
	library string
	depth   int
	budget  *int // how many types may still be read, with those that aliases stand for
	left    int  // of them, where this is the first
}

// maxTypeDepth bounds how deep types nest, and aliases lead to aliases.
const maxTypeDepth = 24

// maxTypes bounds how many types one is made of.
const maxTypes = 1000

// known reads a type of an extern crate's item.
func (u *Unit) known(library, written string, self Type, generics meanings) Type {
	return u.knownReader(library, written, self, generics).whole()
}

func (u *Unit) knownReader(library, written string, self Type, generics meanings) *typeReader {
	return &typeReader{walker: lexed(written), unit: u, generics: generics, self: self, library: library}
}

// lexed are the tokens of a type that is written in what is known of crates: the same few
// hundred again and again.
func lexed(written string) *walker {
	if known, ok := allLexed.Load(written); ok {
		return known.(*walker)
	}
	toks, _ := Lex(written, nil)
	w := &walker{Source: &Source{Text: written}, toks: toks}
	w.pairBrackets()
	allLexed.Store(written, w)
	return w
}

var allLexed sync.Map

// whole reads all tokens as one type.
func (r *typeReader) whole() Type {
	t, _ := r.read(0, len(r.toks))
	return t
}

// list reads types between commas.
func (r *typeReader) list(i, end int) []Type {
	var ts []Type
	for i < end {
		t, next := r.read(i, end)
		ts = append(ts, t)
		for next < end && !r.is(next, ',') {
			if r.opens(next) {
				next = r.after(next, end)
			} else {
				next++
			}
		}
		i = next + 1
	}
	return ts
}

// read reads the type that starts at i and returns the index behind it.
func (r *typeReader) read(i, end int) (Type, int) {
	if r.budget == nil {
		r.left = maxTypes
		r.budget = &r.left
	}
	*r.budget--
	if r.depth++; r.depth > maxTypeDepth || *r.budget < 0 {
		r.depth--
		return Type{}, i + 1
	}
	defer func() { r.depth-- }()
	for i < end && (r.is(i, '&') || r.keyword(i, "mut") || r.toks[i].Kind == Lifetime) {
		i++
	}
	switch {
	case i >= end:
		return Type{}, i
	case r.is(i, '('):
		args := r.list(i+1, r.inner(i, end))
		if len(args) == 1 && !r.is(r.inner(i, end)-1, ',') {
			return args[0], r.after(i, end)
		}
		return Type{Kind: TupleType, Args: args}, r.after(i, end)
	case r.is(i, '['):
		item, _ := r.read(i+1, r.inner(i, end))
		return r.standard("slice", item), r.after(i, end)
	case r.is(i, '|'): // how what is known writes closures
		for i++; i < end && !r.is(i, '|'); i++ {
		}
		given, next := r.read(i+1, end)
		return closure(given), next
	case r.keyword(i, "impl"), r.keyword(i, "dyn"):
		bounds, next := r.bounds(i+1, end)
		return bounded("", bounds), next
	case r.keyword(i, "for") && r.is(i+1, '<'):
		if close := r.angle(i+1, end); close > 0 {
			return r.read(close+1, end)
		}
	case r.is(i, '<'):
		if close := r.angle(i, end); close > 0 {
			for i = close + 1; i < end && (r.colons(i) || r.ident(i)); i++ {
			}
			return Type{}, i
		}
	case r.keyword(i, "fn"), r.keyword(i, "unsafe"), r.keyword(i, "extern"):
		for i < end && !r.is(i, '(') {
			i++
		}
		if i < end {
			return r.result(r.after(i, end), end)
		}
	case r.colons(i):
		return r.path(i+2, end, true)
	case r.ident(i):
		return r.path(i, end, false)
	}
	return Type{}, i + 1
}

// result reads -> T behind the arguments of a function type.
func (r *typeReader) result(i, end int) (Type, int) {
	if r.is(i, '-') && r.is(i+1, '>') {
		t, next := r.read(i+2, end)
		return closure(t), next
	}
	return closure(Type{}), i
}

// bounded is a type of which only the traits are known; a sole future is one.
func bounded(name string, bounds []Type) Type {
	if len(bounds) > 0 && name == "" {
		for _, b := range bounds {
			if b.Kind == FutureType || b.Kind == ClosureType || b.Kind == ExternType && b.Extern == "std" && len(b.Args) > 0 {
				return b
			}
		}
	}
	return Type{Kind: BoundType, Name: name, Bounds: bounds}
}

// bounds reads traits between pluses.
func (r *typeReader) bounds(i, end int) ([]Type, int) {
	var bounds []Type
	for i < end {
		switch {
		case r.is(i, '?'):
			_, i = r.read(i+1, end)
		case r.toks[i].Kind == Lifetime, r.is(i, '+'), r.keyword(i, "dyn"):
			i++
		case r.keyword(i, "for") && r.is(i+1, '<') && r.angle(i+1, end) > 0:
			i = r.angle(i+1, end) + 1
		case r.is(i, '('):
			in, _ := r.bounds(i+1, r.inner(i, end))
			bounds = append(bounds, in...)
			i = r.after(i, end)
		case r.keyword(i, "use") && r.is(i+1, '<') && r.angle(i+1, end) > 0:
			i = r.angle(i+1, end) + 1
		case r.ident(i) && !keywords[r.word(i)], r.colons(i):
			var t Type
			t, i = r.read(i, end)
			bounds = append(bounds, t)
		default:
			return bounds, i
		}
	}
	return bounds, i
}

// path reads a named type with its arguments.
func (r *typeReader) path(i, end int, global bool) (Type, int) {
	p := Path{Global: global}
	var args []Type
	var named meanings
	for i < end && r.ident(i) {
		p.Segs = append(p.Segs, r.word(i))
		i++
		if r.colons(i) && r.is(i+2, '<') {
			i += 2
		}
		if i < end && r.is(i, '<') {
			close := r.angle(i, end)
			if close < 0 {
				break
			}
			args = r.arguments(i+1, close, &named)
			i = close + 1
		} else if i < end && r.is(i, '(') && strings.HasPrefix(p.Segs[len(p.Segs)-1], "Fn") {
			return r.result(r.after(i, end), end)
		}
		if !r.colons(i) {
			break
		}
		i += 2
	}
	if i < end && r.is(i, '!') && r.opens(i+1) {
		return Type{}, r.after(i+1, end)
	}
	switch last := p.Segs; {
	case len(last) == 0:
		return Type{}, i + 1
	case last[len(last)-1] == "Future" && len(named) > 0:
		out, _ := named.of("Output")
		return future(out), i
	case (last[len(last)-1] == "Iterator" || last[len(last)-1] == "IntoIterator") && len(named) > 0:
		item, _ := named.of("Item")
		return r.standard("Iterator", item), i
	}
	return r.resolve(p, args), i
}

// arguments reads generic arguments; those with a name go into named.
func (r *typeReader) arguments(i, end int, named *meanings) []Type {
	var args []Type
	for i < end {
		switch {
		case r.toks[i].Kind == Lifetime:
			i++
		case r.ident(i) && r.is(i+1, '=') && !r.is(i+2, '='):
			name := r.word(i)
			var t Type
			t, i = r.read(i+2, end)
			named.set(name, t)
		default:
			var t Type
			t, i = r.read(i, end)
			args = append(args, t)
		}
		for i < end && !r.is(i, ',') {
			if r.opens(i) {
				i = r.after(i, end)
			} else {
				i++
			}
		}
		i++
	}
	return args
}

// standard is a type of the standard library by its bare name.
func (r *typeReader) standard(name string, args ...Type) Type {
	return r.unit.extern("std", []string{name}, args)
}

// extern is a type of an extern crate, under its chosen path.
func (u *Unit) extern(crate string, path []string, args []Type) Type {
	t := Type{Kind: ExternType, Extern: crate, Path: path, Args: args}
	if u.Crate.Package.Library == nil {
		return t
	}
	if item, ok := u.Crate.Package.Library(crate, path); ok {
		t.Path = item.Path
		if !item.Type && !item.Trait {
			return Type{}
		}
	} else if crate == "std" && len(path) == 1 {
		return Type{}
	} else if len(args) > 0 && path[len(path)-1] == "Result" { // as crates call theirs that fixes the error
		return u.extern("std", []string{"Result"}, args)
	}
	return t
}

// prelude are the types that need no import.
var prelude = set("Option Result Box Vec String str Iterator IntoIterator Send Sync Sized Copy Unpin Clone Drop AsRef AsMut Into From Default Eq Ord PartialEq PartialOrd ToOwned ToString")

// resolve finds what a path means.
func (r *typeReader) resolve(p Path, args []Type) Type {
	if len(p.Segs) == 1 && !p.Global {
		if t, ok := r.generics.of(p.Segs[0]); ok {
			return t
		}
		if p.Segs[0] == "Self" {
			return r.self
		}
	}
	if r.library != "" {
		return r.resolveKnown(p.Segs, args)
	}
	if p.Segs[0] == "Self" {
		return Type{}
	}
	at := place{r.unit, r.scope}
	if d := r.unit.ownType(p, at, 8); d != nil {
		return d.of(args, r)
	}
	targets := r.unit.Resolve(p, r.scope, TypeSpace, false, nil)
	switch t, cond, ok := r.unit.Crate.Package.target(targets); {
	case len(targets) > 0 && ok && t.module == nil && len(t.Path) > 0:
		return r.unit.Crate.Package.under(r.unit.extern(t.Extern, t.Path, args), cond)
	case len(targets) > 0:
	case p.Segs[0] == "core", p.Segs[0] == "alloc":
		return r.unit.extern("std", p.Segs[1:], args)
	case len(p.Segs) == 1 && prelude[p.Segs[0]] && !r.unit.Crate.Package.find(at, p.Segs[0], TypeSpace, nil).found:
		return r.standard(p.Segs[0], args...)
	}
	return Type{}
}

// resolveKnown finds what a path means in what is known of an extern crate.
func (r *typeReader) resolveKnown(segs []string, args []Type) Type {
	switch {
	case segs[0] == "crate":
		return r.unit.extern(r.library, segs[1:], args)
	case segs[0] == "std" || segs[0] == "core" || segs[0] == "alloc":
		return r.unit.extern("std", segs[1:], args)
	case len(segs) == 2 && segs[0] == "io":
		return r.unit.extern("std", segs, args)
	case segs[0] == "_":
		return Type{}
	case len(segs) == 1 && len(segs[0]) <= 2 && len(args) == 0:
		return Type{Kind: BoundType, Name: segs[0]}
	case len(segs) == 1:
		return r.standard(segs[0], args...)
	}
	return Type{}
}

// of is the declared type with arguments; for an alias, what it stands for.
func (d *TypeDecl) of(args []Type, from *typeReader) Type {
	if d.alias == [2]int{} {
		return Type{Kind: OwnType, Own: d, Args: args}
	}
	r := d.reader(args)
	r.depth, r.budget = from.depth+1, from.budget
	t, _ := r.read(d.alias[0], d.alias[1])
	return t
}

// reader reads types in the declaration, whose parameters stand for arguments.
func (d *TypeDecl) reader(args []Type) *typeReader {
	b := d.Unit.tokens()
	r := &typeReader{walker: &b.walker, unit: d.Unit, scope: d.at.scope, self: Type{Kind: OwnType, Own: d, Args: args}}
	if b.is(d.head, '<') {
		names := r.parameters(d.head, len(b.toks))
		for i, name := range names {
			if i < len(args) {
				r.generics.set(name, args[i])
			}
		}
	}
	return r
}

// parameters reads the generic parameters that open at i into generics, and lists
// those that are types.
func (r *typeReader) parameters(i, end int) []string {
	close := r.angle(i, end)
	var names []string
	for i++; i < close; {
		switch {
		case r.keyword(i, "const"):
		case r.ident(i):
			name := r.word(i)
			names = append(names, name)
			r.generics.set(name, Type{Kind: BoundType, Name: name})
			if r.is(i+1, ':') {
				var bounds []Type
				bounds, i = r.bounds(i+2, close)
				r.generics.set(name, Type{Kind: BoundType, Name: name, Bounds: bounds})
			}
		}
		for i < close && !r.is(i, ',') {
			if r.opens(i) {
				i = r.after(i, close)
			} else if r.is(i, '<') && r.angle(i, close) > 0 {
				i = r.angle(i, close)
			} else {
				i++
			}
		}
		i++
	}
	return names
}

// where adds the bounds of the where clause that starts at i, up to end.
func (r *typeReader) where(i, end int) {
	for i < end {
		if r.ident(i) && r.is(i+1, ':') && !r.colons(i+1) {
			if t, ok := r.generics.of(r.word(i)); ok {
				name := r.word(i)
				var bounds []Type
				bounds, i = r.bounds(i+2, end)
				t.Bounds = append(slices.Clip(t.Bounds), bounds...)
				r.generics.set(name, t)
			}
		}
		for i < end && !r.is(i, ',') {
			if r.opens(i) {
				i = r.after(i, end)
			} else {
				i++
			}
		}
		i++
	}
}

// partType is the type of a field.
func (d *TypeDecl) partType(p part, args []Type) Type {
	if p.tokens == [2]int{} {
		return Type{}
	}
	t, _ := d.reader(args).read(p.tokens[0], p.tokens[1])
	if len(p.others) == 0 {
		return t
	}
	pkg := d.Unit.Crate.Package
	types, conds := []Type{t}, []CondID{p.cond}
	for _, o := range p.others {
		t, _ := d.reader(args).read(o.tokens[0], o.tokens[1])
		types, conds = append(types, t), append(conds, o.cond)
	}
	known := slices.IndexFunc(types, pkg.knows)
	if known < 0 || slices.ContainsFunc(types[known+1:], pkg.knows) {
		known = pkg.chosen(conds)
	}
	if known < 0 {
		return Type{}
	}
	return pkg.under(types[known], conds[known])
}
