package rust

import (
	"cmp"
	"maps"
	"slices"
)

// Calls are the method calls in the body of the function, by where the names of
// the methods start, with the types that they are called on. They are found on
// first use.
func (f *CrateFn) Calls() map[uint32]MethodCall {
	f.callsOnce.Do(func() {
		f.Unit.Crate.resolve()
		b := f.Unit.tokens()
		if b == nil {
			return
		}
		start, ok := b.token(f.Span.Start)
		if !ok {
			return
		}
		in := &infer{bodies: b, fn: f, unit: f.Unit, calls: map[uint32]MethodCall{}, steps: maxInferSteps}
		in.function(start)
		f.calls = in.calls
	})
	return f.calls
}

// CallSites are those of Calls that name something of an extern crate, in order of
// place.
func (f *CrateFn) CallSites() []Site {
	calls := f.Calls()
	var sites []Site
	for _, start := range slices.Sorted(maps.Keys(calls)) {
		call := calls[start]
		if call.Extern == "" {
			continue
		}
		cond, sure := f.Unit.condAt(start, call.Scope)
		span := Span{start, start + uint32(len(call.Path[len(call.Path)-1]))}
		sites = append(sites, Site{Extern: call.Extern, Path: call.Path, Unit: f.Unit, Span: span, Kind: PathRef, Cond: f.Unit.Crate.Package.conds.and(f.Unit.conds[cond], call.Cond), Unsure: !call.Sure || !sure})
	}
	return sites
}

// CallSite is what the method call whose name starts at a place names of an extern
// crate; false where that cannot be told.
func (u *Unit) CallSite(start uint32) (Site, bool) {
	i, found := slices.BinarySearchFunc(u.Source.Methods, start, func(m Method, start uint32) int { return cmp.Compare(m.Start, start) })
	if !found {
		return Site{}, false
	}
	m := u.Source.Methods[i]
	f := u.fnAt(m.Scope)
	if f == nil {
		return Site{}, false
	}
	call, ok := f.Calls()[start]
	return Site{Extern: call.Extern, Path: call.Path, Unit: u, Span: m.Span, Kind: PathRef, Cond: u.Crate.Package.conds.and(u.conds[m.Cond], call.Cond), Unsure: !call.Sure}, ok && call.Extern != ""
}

// condAt is the condition of what stands at a place: that of the method call which is
// noted there, or the one that holds all around.
func (u *Unit) condAt(start uint32, scope int32) (cond int32, sure bool) {
	methods := u.Source.Methods
	i, found := slices.BinarySearchFunc(methods, start, func(m Method, start uint32) int { return cmp.Compare(m.Start, start) })
	if found {
		return methods[i].Cond, true
	}
	cond = u.Source.Scopes[scope].Cond
	for _, n := range []int{i - 1, i} {
		if n >= 0 && n < len(methods) && methods[n].Scope == scope && methods[n].Cond != cond {
			return cond, false
		}
	}
	return cond, true
}

// fnAt is the function that a scope is in, nil outside of functions.
func (u *Unit) fnAt(scope int32) *CrateFn {
	for scope >= 0 && u.Source.Scopes[scope].Kind != FnScope {
		scope = u.Source.Scopes[scope].Parent
	}
	return u.Crate.fnIndex().byScope[place{u, scope}]
}

// maxInferSteps bounds how many expressions of one function are looked at.
const maxInferSteps = 200_000

// infer goes through one body and tells the types of its expressions, as far as
// they follow from what is written before.
type infer struct {
	*bodies
	fn    *CrateFn
	unit  *Unit
	head  *typeReader // of the signature
	scope int32
	vars  []local
	calls map[uint32]MethodCall
	steps int
	depth int
}

type local struct {
	name string
	Type
}

// function binds the parameters and goes through the body.
func (in *infer) function(start int) {
	s, ok := in.fn.signature(Type{})
	if !ok || !in.is(s.open, '{') {
		return
	}
	in.head, in.scope = s.reader, in.fn.Scope
	if s.self {
		in.bind("self", s.reader.self)
	}
	for _, p := range s.params {
		t, _ := s.paramType(p)
		in.pattern(p[0], in.patternEnd(p[0], p[1]), t)
	}
	in.statements(s.open+1, s.stop)
}

func (in *infer) bind(name string, t Type) { in.vars = append(in.vars, local{name, t}) }

func (in *infer) local(name string) (Type, bool) {
	for i := len(in.vars) - 1; i >= 0; i-- {
		if in.vars[i].name == name {
			return in.vars[i].Type, true
		}
	}
	return Type{}, false
}

// written reads a type in the scope at hand.
func (in *infer) written(i, end int) (Type, int) {
	r := *in.head
	r.scope, r.budget = in.scope, nil
	return r.read(i, end)
}

// block goes through {…} whose brace opens at i, with names of its own.
func (in *infer) block(i, end int) Type {
	mark, scope := len(in.vars), in.scope
	in.scope = in.inside(i, scope)
	t := in.statements(i+1, in.inner(i, end))
	in.vars, in.scope = in.vars[:mark], scope
	return t
}

// statements goes through statements and gives the type of the last expression, if
// nothing ends it.
func (in *infer) statements(i, end int) Type {
	if in.depth++; in.depth > maxNesting {
		in.depth--
		return Type{}
	}
	defer func() { in.depth-- }()
	last := Type{}
	for i < end && in.steps > 0 {
		in.steps--
		start := i
		switch {
		case in.is(i, ';'):
			last = Type{}
			i++
		case in.is(i, ','):
			i++
		case in.is(i, '#') && in.is(i+1, '['):
			i = in.after(i+1, end)
		case in.keyword(i, "let"):
			last = Type{}
			i = in.let(i+1, end)
		case in.startsInnerItem(i):
			last = Type{}
			i = in.skipItem(i, end)
		default:
			last, i = in.expr(i, end, true)
		}
		if i <= start {
			i = start + 1
		}
	}
	return last
}

// startsInnerItem reports whether an item starts at i: its code is read for itself.
func (in *infer) startsInnerItem(i int) bool {
	switch in.word(i) {
	case "fn", "mod", "struct", "enum", "trait", "type", "static":
		return in.toks[i].Kind == Ident && in.ident(i+1)
	case "use":
		return in.ident(i+1) || in.colons(i+1) || in.is(i+1, '{')
	case "impl":
		return in.startsItem(i)
	case "pub":
		return true
	case "const":
		return in.ident(i+1) && (in.is(i+2, ':') || in.keyword(i+1, "fn") || in.keyword(i+1, "unsafe"))
	case "async", "unsafe":
		return in.keyword(i+1, "fn") || in.keyword(i+1, "impl") || in.keyword(i+1, "unsafe")
	case "macro_rules":
		return in.is(i+1, '!')
	}
	return false
}

func (in *infer) skipItem(i, end int) int {
	inBraces := in.keyword(i, "use") || in.keyword(i, "const") && !in.keyword(i+1, "fn") || in.keyword(i, "static")
	for i < end {
		switch {
		case in.is(i, ';'):
			return i + 1
		case in.is(i, '{') && !inBraces:
			return in.after(i, end)
		case in.opens(i):
			i = in.after(i, end)
		default:
			i++
		}
	}
	return end
}

// let reads pattern [: type] [= expression [else {…}]];
func (in *infer) let(i, end int) int {
	stop := in.patternEnd(i, end)
	t, next := Type{}, stop
	if in.is(next, ':') && !in.colons(next) {
		t, next = in.written(next+1, end)
		for next < end && !in.is(next, '=') && !in.is(next, ';') {
			if in.opens(next) {
				next = in.after(next, end)
			} else {
				next++
			}
		}
	}
	if in.is(next, '=') {
		given := Type{}
		given, next = in.expr(next+1, end, true)
		if t.Kind == UnknownType || t.Kind == given.Kind && t.Kind != TupleType && len(t.Args) < len(given.Args) {
			t = given
		}
		if in.keyword(next, "else") && in.is(next+1, '{') {
			in.block(next+1, end)
			next = in.after(next+1, end)
		}
	}
	in.pattern(i, stop, t)
	return next
}

// patternEnd is the index behind the pattern that starts at i.
func (in *infer) patternEnd(i, end int) int {
	for i < end {
		switch {
		case in.opens(i):
			i = in.after(i, end)
		case in.colons(i):
			i += 2
			if in.is(i, '<') && in.angle(i, end) > 0 {
				i = in.angle(i, end) + 1
			}
		case in.is(i, '.') && in.is(i+1, '.') && in.is(i+2, '='):
			i += 3
		case in.is(i, '='), in.is(i, ':'), in.is(i, ';'), in.is(i, ','), in.keyword(i, "in"), in.keyword(i, "if"), in.closes(i):
			return i
		default:
			i++
		}
	}
	return end
}

// pattern binds the names of a pattern that a value of a type is taken apart by.
func (in *infer) pattern(i, end int, t Type) {
	if in.depth++; in.depth > maxNesting {
		in.depth--
		return
	}
	defer func() { in.depth-- }()
	for i < end && (in.is(i, '&') || in.is(i, '|') || in.keyword(i, "ref") || in.keyword(i, "mut") || in.keyword(i, "box")) {
		i++
	}
	switch {
	case i >= end:
		return
	case in.is(i, '('):
		in.each(i+1, in.inner(i, end), func(n, from, to int) {
			if t.Kind == TupleType {
				in.pattern(from, to, t.arg(n))
			} else {
				in.pattern(from, to, Type{})
			}
		})
		i = in.after(i, end)
	case in.is(i, '['):
		item := in.item(t)
		in.each(i+1, in.inner(i, end), func(_, from, to int) { in.pattern(from, to, item) })
		i = in.after(i, end)
	case in.ident(i) && (!keywords[in.word(i)] || in.toks[i].Kind == RawIdent) || in.colons(i) && in.ident(i+2):
		if in.colons(i) {
			i += 2
		}
		start := i
		path, next := in.pathAt(i, end)
		switch {
		case in.is(next, '('):
			in.each(next+1, in.inner(next, end), func(n, from, to int) { in.pattern(from, to, in.partOf(path, t, number(n))) })
			i = in.after(next, end)
		case in.is(next, '{'):
			in.fieldPatterns(path, next, end, t)
			i = in.after(next, end)
		case len(path.Segs) > 1:
			i = next
		case in.is(next, '@'):
			in.bind(path.Segs[0], t)
			in.pattern(next+1, end, t)
			return
		default:
			if c := in.Text[in.toks[start].Start]; c < 'A' || c > 'Z' {
				in.bind(path.Segs[0], t)
			}
			i = next
		}
	}
	for ; i < end; i++ {
		if in.is(i, '|') {
			in.pattern(i+1, end, t)
			return
		}
	}
}

// each goes through what stands between commas.
func (in *infer) each(i, end int, f func(n, from, to int)) {
	for n := 0; i < end; n++ {
		stop := in.typeEnd(i, end)
		f(n, i, stop)
		i = stop + 1
	}
}

// fieldPatterns binds Path { a, b: pattern, .. }.
func (in *infer) fieldPatterns(path Path, open, end int, t Type) {
	in.each(open+1, in.inner(open, end), func(_, from, to int) {
		for from < to && (in.keyword(from, "ref") || in.keyword(from, "mut") || in.is(from, '#')) {
			if in.is(from, '#') {
				from = in.after(from+1, to)
			} else {
				from++
			}
		}
		if !in.ident(from) {
			return
		}
		name := in.word(from)
		field := in.partOf(path, t, name)
		if in.is(from+1, ':') {
			in.pattern(from+2, to, field)
		} else {
			in.bind(name, field)
		}
	})
}

// partOf is the type of a part of what a path in a pattern names: a struct, or a
// variant of an enum.
func (in *infer) partOf(path Path, t Type, name string) Type {
	last := path.Segs[len(path.Segs)-1]
	if known, of, ok := in.library(t); ok {
		if p, ok := in.unit.Crate.Package.Library(t.Extern, append(slices.Clip(known.Path), last, name)); ok {
			return in.under(in.unit.known(t.Extern, p.Returns, t, of), t.Cond)
		}
	}
	if t.Kind != OwnType {
		if t = in.pathType(path); t.Kind != OwnType && len(path.Segs) > 1 {
			t = in.pathType(Path{path.Segs[:len(path.Segs)-1], path.Global})
		}
	}
	if t.Kind != OwnType {
		return Type{}
	}
	if t.Own.enum {
		variant, _ := t.Own.part(last)
		return in.under(t.Own.partType(variant.parts[name], t.Args), t.Cond)
	}
	p, _ := t.Own.part(name)
	return in.under(t.Own.partType(p, t.Args), t.Cond)
}

// pathType is the type that a path in the scope at hand names.
func (in *infer) pathType(path Path) Type {
	r := *in.head
	r.scope, r.budget = in.scope, nil
	return r.resolve(path, nil)
}

// item is what going through a value gives.
func (in *infer) item(t Type) Type {
	for range maxDerefs {
		if t.Kind != ExternType {
			return Type{}
		}
		known, of, ok := in.library(t)
		if !ok {
			return Type{}
		}
		if known.Each != "" {
			return in.under(in.unit.known(t.Extern, known.Each, t, of), t.Cond)
		}
		if t = in.deref(t); t.Kind == UnknownType {
			break
		}
	}
	return Type{}
}

// library is what is known of an extern type, with what its parameters stand for.
func (in *infer) library(t Type) (LibraryItem, meanings, bool) {
	if t.Kind != ExternType || in.unit.Crate.Package.Library == nil {
		return LibraryItem{}, nil, false
	}
	known, ok := in.unit.Crate.Package.Library(t.Extern, t.Path)
	return known, arguments(known, t), ok
}

func arguments(known LibraryItem, t Type) meanings {
	var of meanings
	for i, name := range known.Generics {
		of.set(name, t.arg(i))
	}
	return of
}
