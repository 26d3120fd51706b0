package rust

// signature is what the head of a function tells.
type signature struct {
	reader     *typeReader
	params     [][2]int // tokens: pattern and type
	self       bool     // it takes self
	returns    [2]int   // tokens
	open, stop int      // of the body
}

// signature reads the head of a function, self being the type that it belongs to.
func (f *CrateFn) signature(self Type) (signature, bool) {
	b := f.Unit.tokens()
	if b == nil {
		return signature{}, false
	}
	start, ok := b.token(f.Span.Start)
	if !ok {
		return signature{}, false
	}
	end := len(b.toks)
	s := signature{reader: &typeReader{walker: &b.walker, unit: f.Unit, scope: f.Scope}}
	f.holder(s.reader, self)
	i := start + 2
	if b.is(i, '<') {
		close := b.angle(i, end)
		if close < 0 {
			return s, false
		}
		s.reader.parameters(i, end)
		i = close + 1
	}
	if !b.is(i, '(') {
		return s, false
	}
	stop := b.inner(i, end)
	for p := i + 1; p < stop; {
		next := b.typeEnd(p, stop)
		for b.is(p, '#') && b.is(p+1, '[') {
			p = b.after(p+1, next)
		}
		if len(s.params) == 0 && !s.self && b.takesSelf(p, next) {
			s.self = true
		} else {
			s.params = append(s.params, [2]int{p, next})
		}
		p = next + 1
	}
	i = b.after(i, end)
	s.open = b.signatureEnd(i, end)
	where := i
	for where < s.open && !b.keyword(where, "where") {
		where++
	}
	if b.is(i, '-') && b.is(i+1, '>') {
		s.returns = [2]int{i + 2, where}
	}
	if where < s.open {
		s.reader.where(where+1, s.open)
	}
	s.stop = s.open
	if b.is(s.open, '{') {
		s.stop = b.inner(s.open, end)
	}
	return s, true
}

// takesSelf reports whether a parameter is self, &self, mut self or self: Type.
func (b *bodies) takesSelf(i, end int) bool {
	for i < end && (b.is(i, '&') || b.keyword(i, "mut") || b.toks[i].Kind == Lifetime) {
		i++
	}
	return b.keyword(i, "self")
}

// holder reads the head of the impl or trait that a function stands in: its
// parameters and Self. Where Self is known, it fills the parameters in.
func (f *CrateFn) holder(r *typeReader, self Type) {
	scope := f.Unit.Source.Scopes[f.Scope].Parent
	for scope >= 0 && f.Unit.Source.Scopes[scope].Kind != ImplScope && f.Unit.Source.Scopes[scope].Kind != TraitScope {
		if k := f.Unit.Source.Scopes[scope].Kind; k == FileScope || k == ModScope {
			return
		}
		scope = f.Unit.Source.Scopes[scope].Parent
	}
	if scope < 0 {
		return
	}
	b := f.Unit.tokens()
	open, ok := b.token(f.Unit.Source.Scopes[scope].Start)
	if !ok {
		return
	}
	if f.Unit.Source.Scopes[scope].Kind == TraitScope {
		r.self = self
		if self.Kind == UnknownType {
			if d := typeIn(place{f.Unit, f.Unit.Source.Scopes[scope].Parent}, f.Unit.Source.Scopes[scope].Name, 1); d != nil {
				r.self = Type{Kind: BoundType, Bounds: []Type{{Kind: OwnType, Own: d}}}
			}
		}
		return
	}
	i := open - 1
	for i >= 0 && !(b.keyword(i, "impl") && b.startsItem(i)) {
		if b.is(i, ';') || b.is(i, '{') || b.is(i, '}') {
			return
		}
		i--
	}
	if i < 0 {
		return
	}
	i++
	if b.is(i, '<') {
		close := b.angle(i, open)
		if close < 0 {
			return
		}
		r.parameters(i, open)
		i = close + 1
	}
	typ, where := i, open
	for depth := 0; i < open; i++ {
		switch {
		case b.is(i, '<'):
			depth++
		case b.is(i, '>') && !b.arrow(i):
			depth--
		case depth == 0 && b.keyword(i, "for"):
			typ = i + 1
		case depth == 0 && b.keyword(i, "where"):
			where, i = i, open
		}
	}
	if where < open {
		r.where(where+1, open)
	}
	written, _ := r.read(typ, where)
	if self.Kind == written.Kind && len(self.Args) > 0 {
		var of meanings
		unify(written, self, &of)
		for _, m := range of {
			r.generics.set(m.name, m.Type)
		}
		written = self
	}
	r.self = written
}

// returned is what calling the function gives, with what is known of its type and
// its arguments. An async one gives a future.
func (f *CrateFn) returned(self Type, args []Type) Type {
	if len(self.Args) == 0 && f.isPlain() {
		return f.plain
	}
	s, ok := f.signature(self)
	if !ok {
		return Type{}
	}
	var of meanings
	for i, p := range s.params {
		if i >= len(args) {
			break
		}
		if pattern, ok := s.paramType(p); ok {
			unify(pattern, args[i], &of)
		}
	}
	return f.output(s.output().substitute(of))
}

// isPlain reports whether the function gives the same type whatever it is called on and with:
// neither it nor what it belongs to has parameters. Most functions are plain.
func (f *CrateFn) isPlain() bool {
	f.plainOnce.Do(func() {
		inTrait := func(scope int32) bool {
			for ; scope >= 0; scope = f.Unit.Source.Scopes[scope].Parent {
				if f.Unit.Source.Scopes[scope].Kind == TraitScope {
					return true
				}
			}
			return false
		}
		if s, ok := f.signature(Type{}); ok && len(s.reader.generics) == 0 && !inTrait(f.Scope) {
			f.always, f.plain = true, f.output(s.output())
		}
	})
	return f.always
}

// output is the type that is written for what the function gives.
func (s *signature) output() Type {
	if s.returns == [2]int{} {
		return Type{Kind: TupleType}
	}
	t, _ := s.reader.read(s.returns[0], s.returns[1])
	return t
}

// output is what a call gives when the body gives t.
func (f *CrateFn) output(t Type) Type {
	if f.Async {
		return future(t)
	}
	return t
}

// paramType is the type that is written for a parameter.
func (s *signature) paramType(p [2]int) (Type, bool) {
	r := s.reader
	for i := p[0]; i < p[1]; i++ {
		switch {
		case r.opens(i):
			i = int(r.close[i])
		case r.is(i, ':') && !r.colons(i):
			t, _ := r.read(i+1, p[1])
			return t, true
		case r.colons(i):
			i++
		}
	}
	return Type{}, false
}

// Parameters are the names of the parameters behind self, in order: "" for a pattern,
// and for a name that the body binds anew.
func (f *CrateFn) Parameters() []string {
	f.parametersOnce.Do(func() { f.parameters = f.readParameters() })
	return f.parameters
}

func (f *CrateFn) readParameters() []string {
	s, ok := f.signature(Type{})
	if !ok {
		return nil
	}
	b := f.Unit.tokens()
	rebound := b.locals(s.open, s.open, s.stop)
	var names []string
	for _, p := range s.params {
		i, name := p[0], ""
		if b.keyword(i, "mut") {
			i++
		}
		if b.ident(i) && b.is(i+1, ':') && !rebound[b.word(i)] {
			name = b.word(i)
		}
		names = append(names, name)
	}
	return names
}
