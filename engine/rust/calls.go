package rust

import "slices"

// maxDerefs bounds how many pointers are followed to a field or method.
const maxDerefs = 8

// deref is what a value dereferences to, unknown where it is no pointer.
func (in *infer) deref(t Type) Type {
	switch t.Kind {
	case ExternType:
		if known, of, ok := in.library(t); ok && known.Deref != "" {
			return in.under(in.unit.known(t.Extern, known.Deref, t, of), t.Cond)
		}
	case OwnType:
		if target, ok := t.Own.Unit.Crate.typeIndex().derefs[t.Own.Name]; ok {
			at, tokens := target[0].(place), target[1].([2]int)
			b := at.unit.tokens()
			r := &typeReader{walker: &b.walker, unit: at.unit, scope: at.scope, self: t}
			to, _ := r.read(tokens[0], tokens[1])
			return in.under(to, t.Cond)
		}
	}
	return Type{}
}

// under is the type where a condition holds as well.
func (in *infer) under(t Type, cond CondID) Type { return in.unit.Crate.Package.under(t, cond) }

// field is the type of a field, found through pointers.
func (in *infer) field(t Type, name string) Type {
	for range maxDerefs {
		switch t.Kind {
		case TupleType:
			if len(name) == 1 && name[0] >= '0' && name[0] <= '9' {
				return t.arg(int(name[0] - '0'))
			}
			return Type{}
		case OwnType:
			if p, ok := t.Own.part(name); ok {
				return in.under(t.Own.partType(p, t.Args), t.Cond)
			}
		case ExternType:
			if in.unit.Crate.Package.Library != nil {
				path := append(slices.Clip(t.Path), name)
				if known, ok := in.unit.Crate.Package.Library(t.Extern, path); ok && !known.Type && known.Returns != "" {
					return in.under(in.unit.known(t.Extern, known.Returns, t, nil), t.Cond)
				}
			}
		}
		if t = in.deref(t); t.Kind == UnknownType {
			break
		}
	}
	return Type{}
}

// args reads the arguments in the bracket at open; closures get the parameter types
// that expect gives for their position.
func (in *infer) args(open, end int, expect func(n int) []Type) []Type {
	stop := in.inner(open, end)
	var args []Type
	for i, n := open+1, 0; i < stop && in.steps > 0; n++ {
		from := i
		for in.keyword(from, "move") {
			from++
		}
		var t Type
		next := i
		if expect != nil && in.is(from, '|') {
			t, next = in.closure(from, stop, expect(n))
		} else {
			t, next = in.expr(i, stop, true)
		}
		args = append(args, t)
		if next < stop && !in.is(next, ',') {
			next = max(next, i+1)
			for next < stop && !in.is(next, ',') { // what could not be read
				_, next = in.statement(next, stop)
			}
		}
		i = next + 1
	}
	return args
}

// statement reads on where an expression was left in the middle.
func (in *infer) statement(i, end int) (Type, int) {
	t, next := in.expr(i, end, true)
	return t, max(next, i+1)
}

// pathExpr reads an expression that starts with a path: a variable, a call, a struct
// or a macro.
func (in *infer) pathExpr(i, end int, braces bool) (Type, int) {
	if !in.ident(i) {
		return Type{}, i + 1
	}
	path, next := in.pathAt(i, end)
	generics := in.turbofish(i, next)
	switch {
	case in.is(next, '!') && in.opens(next+1) && next+1 < end:
		return in.macro(path, next+1, end), in.after(next+1, end)
	case in.is(next, '(') && next < end:
		return in.call(path, generics, next, end), in.after(next, end)
	case braces && in.is(next, '{') && next < end && startsUpper(path):
		return in.structLiteral(path, next, end), in.after(next, end)
	}
	if len(path.Segs) == 1 && !path.Global {
		if t, ok := in.local(path.Segs[0]); ok {
			return t, next
		}
	}
	return in.value(path), next
}

// turbofish reads the last generic arguments of the path between two tokens.
func (in *infer) turbofish(i, end int) []Type {
	var args []Type
	for ; i < end; i++ {
		if in.is(i, '<') {
			close := in.angle(i, end)
			if close < 0 {
				return nil
			}
			r := *in.head
			r.scope, r.budget = in.scope, nil
			args = r.arguments(i+1, close, &meanings{})
			i = close
		}
	}
	return args
}

// startsUpper reports whether a path ends in a name that can be a type's.
func startsUpper(path Path) bool {
	c := path.Segs[len(path.Segs)-1][0]
	return c >= 'A' && c <= 'Z'
}

func (in *infer) structLiteral(path Path, open, end int) Type {
	stop := in.inner(open, end)
	for i := open + 1; i < stop && in.steps > 0; {
		for in.is(i, '#') && in.is(i+1, '[') {
			i = in.after(i+1, stop)
		}
		if in.ident(i) && in.is(i+1, ':') && !in.colons(i+1) {
			i += 2
		}
		_, next := in.expr(i, stop, true)
		i = max(next, i) + 1
	}
	t := in.pathType(path)
	if t.Kind == UnknownType && len(path.Segs) > 1 { // a variant
		t = in.pathType(Path{path.Segs[:len(path.Segs)-1], path.Global})
	}
	return t
}

// value is the type of a path that is no variable and not called.
func (in *infer) value(path Path) Type {
	at := place{in.unit, in.scope}
	if len(path.Segs) == 1 {
		for at.unit != nil {
			if c, ok := at.unit.Crate.typeIndex().consts[fnKey{at, path.Segs[0]}]; ok {
				return c.typ()
			}
			if at.scope = at.unit.Source.Scopes[at.scope].Parent; at.scope < 0 {
				break
			}
		}
		return in.unitStruct(path)
	}
	prefix := Path{path.Segs[:len(path.Segs)-1], path.Global}
	if targets := in.unit.Resolve(prefix, in.scope, TypeSpace, false, nil); len(targets) == 1 && targets[0].module != nil {
		if m := targets[0].module; m.unit != nil {
			if c, ok := m.unit.Crate.typeIndex().consts[fnKey{m.place, path.Segs[len(path.Segs)-1]}]; ok {
				return c.typ()
			}
		}
		return in.unitStruct(path)
	}
	if t := in.pathType(prefix); t.Kind == OwnType { // a variant
		if _, ok := t.Own.part(path.Segs[len(path.Segs)-1]); ok {
			return t
		}
	}
	return Type{}
}

// unitStruct is the type of a path that names a struct without fields, which is its
// only value too.
func (in *infer) unitStruct(path Path) Type {
	if t := in.pathType(path); t.Kind == OwnType && !t.Own.Trait && !t.Own.enum && t.Own.body == 0 && t.Own.alias == [2]int{} {
		return t
	}
	return Type{}
}

func (c constant) typ() Type {
	b := c.unit.tokens()
	r := &typeReader{walker: &b.walker, unit: c.unit, scope: c.scope}
	t, _ := r.read(c.tokens[0], c.tokens[1])
	return t
}

// call reads path(…).
func (in *infer) call(path Path, generics []Type, open, end int) Type {
	n := len(path.Segs)
	if n == 1 && !path.Global {
		if t, ok := in.local(path.Segs[0]); ok {
			in.args(open, end, nil)
			if t.Kind == ClosureType {
				return t.Args[0]
			}
			return Type{}
		}
	}
	args := in.args(open, end, nil)
	fn := in.unit.Own(path, in.scope, in.fn.Impl)
	if fn == nil && n == 1 {
		fn = in.unit.globFn(path.Segs[0], in.scope)
	}
	if fn != nil {
		self := Type{}
		if n > 1 {
			self = in.pathType(Path{path.Segs[:n-1], path.Global})
		}
		return in.unit.Crate.Package.given(fn, self, args)
	}
	name := path.Segs[n-1]
	if n > 1 {
		holder := in.pathType(Path{path.Segs[:n-1], path.Global})
		switch holder.Kind {
		case ExternType:
			if len(holder.Args) == 0 && len(generics) > 0 {
				holder.Args = generics
			}
			if path.Segs[0] == "Self" {
				in.note(open-1, holder, name)
			}
			return in.under(in.libraryCall(holder.Extern, append(slices.Clip(holder.Path), name), holder, generics, args), holder.Cond)
		case OwnType:
			if fn := holder.Own.Unit.Crate.Method(holder.Own.Name, name); fn != nil {
				return in.under(in.unit.Crate.Package.given(fn, holder, args), holder.Cond)
			}
			if _, ok := holder.Own.part(name); ok && holder.Own.enum {
				return holder
			}
			if name == "default" {
				return holder
			}
			return Type{}
		}
	}
	if t := in.pathType(path); t.Kind == OwnType { // a struct like Name(…)
		return t
	}
	targets := in.unit.Resolve(path, in.scope, ValueSpace, false, nil)
	switch {
	case len(targets) == 1 && targets[0].module == nil && len(targets[0].Path) > 0:
		return in.libraryCall(targets[0].Extern, targets[0].Path, Type{}, generics, args)
	case len(targets) == 0 && n == 1:
		return in.libraryCall("std", path.Segs, Type{}, generics, args)
	}
	return Type{}
}

// globFn finds a function that a glob of an own module brings into a scope.
func (u *Unit) globFn(name string, scope int32) *CrateFn {
	for ; scope >= 0; scope = u.Source.Scopes[scope].Parent {
		if fns := u.globFns(name, scope, 4); len(fns) > 0 {
			return u.Crate.Package.sole(fns)
		}
		if u.Source.Scopes[scope].Kind == ModScope {
			break
		}
	}
	return nil
}

// globFns are the functions that globs bring into a scope, through each other too.
func (u *Unit) globFns(name string, scope int32, steps int) []*CrateFn {
	var all []*CrateFn
	for _, i := range u.scopes[scope].globs {
		for _, t := range u.globs[i] {
			if t.module == nil || t.module.unit == nil || steps == 0 {
				continue
			}
			at := t.module.place
			fns := at.unit.Crate.fnIndex().free[fnKey{at, name}]
			if len(fns) == 0 {
				if f := u.within(at, name, "", 2); f != nil {
					fns = []*CrateFn{f}
				} else {
					fns = at.unit.globFns(name, at.scope, steps-1)
				}
			}
			for _, f := range fns {
				if !slices.Contains(all, f) {
					all = append(all, f)
				}
			}
		}
	}
	return all
}

// note keeps that the name at a token means a member of an extern crate's type.
func (in *infer) note(token int, holder Type, name string) {
	path := append(slices.Clip(holder.Path), name)
	in.calls[in.toks[token].Start] = MethodCall{Receiver: holder, Extern: holder.Extern, Path: path, Sure: true, Scope: in.scope, Cond: holder.Cond}
}

// libraryCall is what calling a function of an extern crate gives.
func (in *infer) libraryCall(extern string, path []string, self Type, generics, args []Type) Type {
	library := in.unit.Crate.Package.Library
	if library == nil {
		return Type{}
	}
	known, ok := library(extern, path)
	if !ok || known.Type {
		return Type{}
	}
	var of meanings
	if holder, ok := library(extern, path[:len(path)-1]); ok && self.Kind != UnknownType {
		for i, name := range holder.Generics {
			if a := self.arg(i); a.Kind != UnknownType {
				of.set(name, a)
			}
		}
	} else if len(generics) == 1 {
		of.set("T", generics[0])
	}
	return in.returned(extern, known, self, of, args)
}

// returned is what a known function gives, of being what parameters stand for.
func (in *infer) returned(extern string, known LibraryItem, self Type, of meanings, args []Type) Type {
	if known.On != "" {
		unify(in.unit.known(extern, known.On, self, nil), self, &of)
	}
	if known.Arguments != "" {
		r := in.unit.knownReader(extern, known.Arguments, self, nil)
		for i, pattern := range r.list(0, len(r.toks)) {
			if i < len(args) {
				unify(pattern, args[i], &of)
			}
		}
	}
	t := Type{}
	if known.Returns != "" {
		t = in.unit.known(extern, known.Returns, self, of)
	}
	if known.Async {
		return future(t)
	}
	return t
}

// qualified reads <Type as Trait>::name(…) and <Type>::name(…).
func (in *infer) qualified(i, close, end int) (Type, int) {
	t, _ := in.written(i+1, close)
	name, next := in.word(close+3), close+4
	open := in.callOpen(next, end)
	if open < 0 {
		return Type{}, next
	}
	args := in.args(open, end, nil)
	given := Type{}
	switch t.Kind {
	case ExternType:
		given = in.libraryCall(t.Extern, append(slices.Clip(t.Path), name), t, nil, args)
	case OwnType:
		if fn := t.Own.Unit.Crate.Method(t.Own.Name, name); fn != nil {
			given = in.unit.Crate.Package.given(fn, t, args)
		}
	}
	return given, in.after(open, end)
}

// macro goes through the arguments of a macro call. Arms such as those of select!
// are read as such.
func (in *infer) macro(path Path, open, end int) Type {
	i, stop := open+1, in.inner(open, end)
	mark, scope := len(in.vars), in.scope
	defer func() { in.vars, in.scope = in.vars[:mark], scope }()
	in.scope = in.inside(open, scope)
	if in.hasArms(i, stop) {
		return in.selectArms(i, stop)
	}
	switch name := path.Segs[len(path.Segs)-1]; {
	case in.is(open, '{'), name == "stream", name == "try_stream":
		return in.statements(i, stop)
	case name == "vec":
		return in.standard("Vec", firstOf(in.args(open, end, nil)))
	case name == "join", name == "try_join":
		var outs []Type
		for _, a := range in.args(open, end, nil) {
			out := in.await(a)
			if name == "try_join" {
				out = in.try(out)
			}
			outs = append(outs, out)
		}
		t := Type{Kind: TupleType, Args: outs}
		if name == "try_join" {
			return in.standard("Result", t)
		}
		return t
	default:
		return in.libraryCall("std", []string{name}, Type{}, nil, in.args(open, end, nil))
	}
}

func firstOf(ts []Type) Type {
	if len(ts) > 0 {
		return ts[0]
	}
	return Type{}
}

// hasArms reports whether some pattern = expression => stands between the tokens.
func (in *infer) hasArms(i, end int) bool {
	assigned := false
	for i < end {
		switch {
		case in.opens(i):
			i = in.after(i, end)
			continue
		case in.is(i, ','):
			assigned = false
		case in.is(i, '=') && in.is(i+1, '>') && in.adjacent(i):
			if assigned {
				return true
			}
		case in.is(i, '=') && !in.is(i-1, '=') && !in.is(i+1, '='):
			assigned = true
		}
		i++
	}
	return false
}

// selectArms reads pattern = future [, if condition] => expression, ….
func (in *infer) selectArms(i, end int) Type {
	if in.keyword(i, "biased") && in.is(i+1, ';') {
		i += 2
	}
	return in.arms(i, end, func(from, to int) Type {
		eq := in.armPattern(from, to)
		if !in.is(eq, '=') {
			return Type{}
		}
		t, next := in.expr(eq+1, to, true)
		if in.is(next, ',') && in.keyword(next+1, "if") {
			in.expr(next+2, to, true)
		}
		return in.await(t)
	})
}

// methodCall reads .name(…), notes what the method is, and gives what it returns.
func (in *infer) methodCall(on Type, name, open, end int) Type {
	generics := in.turbofish(name+1, open)
	call, holder := in.method(on, in.word(name))
	call.Scope, call.Cond = in.scope, holder.Cond
	in.calls[in.toks[name].Start] = call
	return in.under(in.methodResult(on, name, open, end, generics, call, holder), holder.Cond)
}

// methodResult is what a method gives, holder being the type that has it.
func (in *infer) methodResult(on Type, name, open, end int, generics []Type, call MethodCall, holder Type) Type {
	if call.Fn != nil {
		return in.unit.Crate.Package.given(call.Fn, holder, in.args(open, end, nil))
	}
	library := in.unit.Crate.Package.Library
	if call.Extern == "" || library == nil {
		args := in.args(open, end, nil)
		return in.anyMethod(on, in.word(name), args)
	}
	known, _ := library(call.Extern, call.Path)
	var of meanings
	if holder.Kind == ExternType && holder.Extern == call.Extern {
		item, _ := library(holder.Extern, holder.Path)
		of = arguments(item, holder)
	}
	if len(generics) == 1 && len(of) == 0 {
		of.set("T", generics[0])
	}
	args := in.args(open, end, func(n int) []Type { return in.closureParameters(call.Extern, known, holder, of, n) })
	return in.returned(call.Extern, known, holder, of, args)
}

// closureParameters are the types that the nth argument of a known method, a
// closure, is called with.
func (in *infer) closureParameters(extern string, known LibraryItem, self Type, of meanings, n int) []Type {
	if known.Arguments == "" {
		return nil
	}
	r := in.unit.knownReader(extern, known.Arguments, self, of)
	for i := 0; i < len(r.toks); n-- {
		if n == 0 {
			if !r.is(i, '|') {
				return nil
			}
			stop := i + 1
			for stop < len(r.toks) && !r.is(stop, '|') {
				stop++
			}
			return r.list(i+1, stop)
		}
		_, i = r.read(i, len(r.toks))
		for i < len(r.toks) && !r.is(i, ',') {
			i++
		}
		i++
	}
	return nil
}

// anyMethod is what methods give that nearly every type has.
func (in *infer) anyMethod(on Type, name string, args []Type) Type {
	switch name {
	case "clone", "by_ref", "to_owned", "as_mut", "as_ref", "get_mut", "get_pin_mut", "borrow", "borrow_mut", "into_iter":
		if on.Kind == OwnType || on.Kind == ExternType || on.Kind == BoundType {
			return on
		}
	case "poll", "poll_unpin", "try_poll":
		if out := in.await(on); out.Kind != UnknownType {
			return in.standard("Poll", out)
		}
	case "project", "project_ref": // what pin_project makes has the fields of the type
		if on.Kind == OwnType {
			return on
		}
	}
	return Type{}
}

// method finds what .name on a value means, and the type that has it.
func (in *infer) method(on Type, name string) (MethodCall, Type) {
	library := in.unit.Crate.Package.Library
	t := on
	for n := 0; n < maxDerefs && t.Kind != UnknownType; n++ {
		switch t.Kind {
		case OwnType:
			crate := t.Own.Unit.Crate
			if fn := crate.Method(t.Own.Name, name); fn != nil {
				return MethodCall{Receiver: t, Fn: fn, Sure: true}, t
			}
			if len(crate.fnIndex().methods[[2]string{t.Own.Name, name}]) > 0 {
				return MethodCall{Receiver: t}, t
			}
		case ExternType:
			path := append(slices.Clip(t.Path), name)
			if library != nil {
				if item, ok := library(t.Extern, path); ok && !item.Type {
					return MethodCall{Receiver: t, Extern: t.Extern, Path: item.Path, Sure: true}, t
				}
			}
		case BoundType:
			for _, b := range t.Bounds {
				if call, ok := in.boundMethod(t, b, name); ok {
					if call.Extern != "" {
						return call, b // whose arguments are what the trait is for
					}
					return call, t
				}
			}
		}
		t = in.deref(t)
	}
	if call, ok := in.traitMethod(on, name); ok {
		return call, on
	}
	return MethodCall{Receiver: on}, on
}

// boundMethod finds a method of a trait that a type is known to have.
func (in *infer) boundMethod(t, bound Type, name string) (MethodCall, bool) {
	switch bound.Kind {
	case OwnType:
		if fn := bound.Own.Unit.Crate.typeIndex().methods[[2]string{bound.Own.Name, name}]; fn != nil {
			return MethodCall{Receiver: t, Fn: fn, Sure: true}, true
		}
	case ExternType:
		if library := in.unit.Crate.Package.Library; library != nil {
			if item, ok := library(bound.Extern, append(slices.Clip(bound.Path), name)); ok && !item.Type {
				return MethodCall{Receiver: t, Extern: bound.Extern, Path: item.Path, Sure: true}, true
			}
		}
	}
	return MethodCall{}, false
}

// traitMethod finds a method in the traits in scope. Where the type is not known
// well, it may have one of the same name itself.
func (in *infer) traitMethod(on Type, name string) (MethodCall, bool) {
	var found []MethodCall
	for _, t := range in.unit.traitsAt(in.scope) {
		item, ok := in.unit.Crate.Package.Library(t.Extern, append(slices.Clip(t.Path), name))
		if ok && !item.Type && !slices.ContainsFunc(found, func(c MethodCall) bool { return slices.Equal(c.Path, item.Path) }) {
			found = append(found, MethodCall{Receiver: on, Extern: t.Extern, Path: item.Path, Sure: !t.Unsure})
		}
	}
	if len(found) == 0 {
		return MethodCall{}, false
	}
	call := found[0]
	call.Sure = call.Sure && len(found) == 1 && in.wellKnown(on)
	return call, true
}

// wellKnown reports whether all methods of the type itself are known.
func (in *infer) wellKnown(t Type) bool {
	for range maxDerefs {
		switch t.Kind {
		case OwnType, TupleType, FutureType, ClosureType:
		case ExternType:
			if _, _, ok := in.library(t); !ok {
				return false
			}
		case BoundType:
			if slices.ContainsFunc(t.Bounds, func(b Type) bool { return b.Kind == UnknownType }) {
				return false
			}
		default:
			return false
		}
		next := in.deref(t)
		if next.Kind == UnknownType {
			known, _, ok := in.library(t)
			return !ok || known.Deref == ""
		}
		t = next
	}
	return false
}

// traitsAt lists the traits of extern crates that imports bring into a scope and
// those round it.
func (u *Unit) traitsAt(scope int32) []Target {
	u.traitsOnce.Do(func() {
		u.traits = map[int32][]Target{}
		library := u.Crate.Package.Library
		if library == nil {
			return
		}
		add := func(scope int32, ts []Target) {
			for _, t := range ts {
				if t.module != nil || len(t.Path) == 0 {
					continue
				}
				if item, ok := library(t.Extern, t.Path); ok && item.Trait {
					u.traits[scope] = append(u.traits[scope], t)
				}
			}
		}
		for i := range u.Source.Refs {
			r := &u.Source.Refs[i]
			if r.Kind != UseRef {
				continue
			}
			var own *Name
			if r.Name >= 0 {
				own = &u.Source.Names[r.Name]
			}
			add(r.Scope, u.Resolve(r.Path, r.Scope, TypeSpace, true, own))
		}
		for scope := range u.scopes {
			for _, ts := range u.scopes[scope].viaGlob {
				add(int32(scope), ts)
			}
		}
	})
	var all []Target
	for ; scope >= 0; scope = u.Source.Scopes[scope].Parent {
		all = append(all, u.traits[scope]...)
		if u.Source.Scopes[scope].Kind == ModScope {
			break
		}
	}
	return all
}
