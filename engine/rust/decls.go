package rust

import (
	"sort"
	"sync"

	"reactorls/engine/cfg"
)

// TypeDecl is the declaration of a type or trait of the package.
type TypeDecl struct {
	Name  string
	Trait bool
	Unit  *Unit

	at    place
	alias [2]int // the tokens of what an alias stands for
	// head is the token behind the name, body the one of the bracket that opens the
	// fields or variants, 0 when there is none.
	head, body int
	enum       bool
	once       sync.Once
	parts      map[string]part
}

// part is a field, by its name or number, or a variant of an enum.
type part struct {
	tokens [2]int // of a field's type
	parts  map[string]part
	// others are those of the same name that other builds have, cond what must hold for it
	// to be this one, where there are any.
	others []part
	cond   CondID
}

// typeIndex finds the types of a crate.
type typeIndex struct {
	byPlace map[fnKey]*TypeDecl
	byName  map[string][]*TypeDecl
	derefs  map[string][2]any // by the name of the type: unit and tokens of Deref's Target
	consts  map[fnKey]constant
	methods map[[2]string]*CrateFn // of traits, with or without a body
}

// constant is a const or static: the tokens of its type.
type constant struct {
	unit   *Unit
	scope  int32
	tokens [2]int
}

// tokens is the text of the unit as tokens.
func (u *Unit) tokens() *bodies {
	u.tokensOnce.Do(func() { u.tokensRead = u.Source.bodies() })
	return u.tokensRead
}

func (c *Crate) typeIndex() *typeIndex {
	c.typesOnce.Do(func() {
		x := &typeIndex{byPlace: map[fnKey]*TypeDecl{}, byName: map[string][]*TypeDecl{}, derefs: map[string][2]any{}, consts: map[fnKey]constant{}, methods: map[[2]string]*CrateFn{}}
		for _, u := range c.Units {
			x.read(u)
		}
		for _, f := range c.fnIndex().all {
			if s := f.Unit.Source.Scopes[f.Scope].Parent; s >= 0 && f.Unit.Source.Scopes[s].Kind == TraitScope {
				x.methods[[2]string{f.Unit.Source.Scopes[s].Name, f.Name}] = f
			}
		}
		c.types = x
	})
	return c.types
}

// scopesInOrder tells the innermost scope of each token as they are gone through.
type scopesInOrder struct {
	source *Source
	order  []int32
	next   int
	stack  []int32
}

func newScopesInOrder(s *Source) *scopesInOrder {
	o := &scopesInOrder{source: s, stack: []int32{0}}
	for i := 1; i < len(s.Scopes); i++ {
		o.order = append(o.order, int32(i))
	}
	sort.SliceStable(o.order, func(a, b int) bool { return s.Scopes[o.order[a]].Start < s.Scopes[o.order[b]].Start })
	return o
}

func (o *scopesInOrder) at(offset uint32) int32 {
	for o.next < len(o.order) && o.source.Scopes[o.order[o.next]].Start <= offset {
		o.stack = append(o.stack, o.order[o.next])
		o.next++
	}
	for len(o.stack) > 1 && o.source.Scopes[o.stack[len(o.stack)-1]].End <= offset {
		o.stack = o.stack[:len(o.stack)-1]
	}
	for i := len(o.stack) - 1; i > 0; i-- {
		if s := &o.source.Scopes[o.stack[i]]; s.Start <= offset && offset < s.End {
			return o.stack[i]
		}
	}
	return 0
}

// read gathers what a file declares.
func (x *typeIndex) read(u *Unit) {
	b := u.tokens()
	if b == nil {
		return
	}
	scopes := newScopesInOrder(u.Source)
	end := len(b.toks)
	for i := 0; i < end; i++ {
		if b.toks[i].Kind != Ident || !b.ident(i+1) {
			continue
		}
		switch word := b.word(i); word {
		case "struct", "enum", "union", "trait", "type":
			x.declare(u, b, word, i, scopes.at(b.toks[i].Start))
		case "const", "static":
			name := i + 1
			if b.keyword(name, "mut") || b.keyword(name, "ref") {
				name++
			}
			if b.ident(name) && b.is(name+1, ':') && !b.colons(name+1) {
				stop := name + 2
				for stop < end && !b.is(stop, '=') && !b.is(stop, ';') && !b.closes(stop) {
					if b.opens(stop) {
						stop = b.after(stop, end)
					} else {
						stop++
					}
				}
				scope := scopes.at(b.toks[i].Start)
				x.consts[fnKey{place{u, scope}, b.word(name)}] = constant{u, scope, [2]int{name + 2, stop}}
			}
		}
	}
}

func (x *typeIndex) declare(u *Unit, b *bodies, word string, i int, scope int32) {
	end := len(b.toks)
	d := &TypeDecl{Name: b.word(i + 1), Trait: word == "trait", Unit: u, at: place{u, scope}, head: i + 2, enum: word == "enum"}
	parent := &u.Source.Scopes[scope]
	switch {
	case word == "type":
		next := i + 2
		if b.is(next, '<') {
			if close := b.angle(next, end); close > 0 {
				next = close + 1
			}
		}
		if !b.is(next, '=') {
			return
		}
		stop := next + 1
		for stop < end && !b.is(stop, ';') && !b.closes(stop) {
			if b.opens(stop) {
				stop = b.after(stop, end)
			} else {
				stop++
			}
		}
		if parent.Kind == ImplScope {
			if name := b.implOf(scope); name != "" && d.Name == "Target" {
				x.derefs[name] = [2]any{place{u, scope}, [2]int{next + 1, stop}}
			}
			return
		}
		if parent.Kind == TraitScope {
			return
		}
		d.alias = [2]int{next + 1, stop}
	case word != "trait":
		if open := b.declBody(i+2, end); open > 0 {
			d.body = open
		}
	}
	x.byPlace[fnKey{d.at, d.Name}] = d
	x.byName[d.Name] = append(x.byName[d.Name], d)
}

// declBody is the index of the bracket with the fields of the type whose head goes
// on at i; 0 when there is none.
func (b *bodies) declBody(i, end int) int {
	for i < end {
		switch {
		case b.is(i, '{'), b.is(i, '('):
			return i
		case b.is(i, '<'):
			close := b.angle(i, end)
			if close < 0 {
				return 0
			}
			i = close + 1
		case b.is(i, ';'), b.closes(i):
			return 0
		case b.keyword(i, "where"):
			for i < end && !b.is(i, '{') && !b.is(i, ';') {
				i++
			}
		default:
			i++
		}
	}
	return 0
}

// part finds a field or variant by its name.
func (d *TypeDecl) part(name string) (part, bool) {
	d.once.Do(func() {
		if d.body > 0 {
			d.parts = d.Unit.tokens().fields(d.Unit.Crate.Package, d.body, d.enum)
		}
	})
	p, ok := d.parts[name]
	return p, ok
}

// fields reads name: type, …, or variants, or types alone, in the bracket at open.
func (b *bodies) fields(p *Package, open int, enum bool) map[string]part {
	parts := map[string]part{}
	stop := b.inner(open, len(b.toks))
	put := func(name string, new part, cond CondID) {
		new.cond = cond
		if first, several := parts[name]; several {
			first.others = append(first.others, new)
			new = first
		}
		parts[name] = new
	}
	for i, n := open+1, 0; i < stop; n++ {
		cond := always
		for i < stop && (b.is(i, '#') && b.is(i+1, '[') || b.keyword(i, "pub")) {
			if b.is(i, '#') {
				if e, err := cfg.Parse(b.argument(i+3, stop)); err == nil && b.keyword(i+2, "cfg") {
					cond = p.conds.and(cond, p.conds.leaf(Cond{Kind: CfgCond, Expr: e}, nil))
				}
				i = b.after(i+1, stop)
			} else if i++; b.is(i, '(') {
				i = b.after(i, stop)
			}
		}
		end := b.typeEnd(i, stop)
		switch {
		case enum:
			variant := part{}
			if b.is(i+1, '(') || b.is(i+1, '{') {
				variant.parts = b.fields(p, i+1, false)
			}
			put(b.word(i), variant, cond)
		case b.is(open, '('):
			put(number(n), part{tokens: [2]int{i, end}}, cond)
		case b.ident(i) && b.is(i+1, ':'):
			put(b.word(i), part{tokens: [2]int{i + 2, end}}, cond)
		}
		i = end + 1
	}
	return parts
}

// typeEnd is the index of the comma that ends what starts at i, or end; commas
// between angles do not.
func (b *bodies) typeEnd(i, end int) int {
	for i < end {
		switch {
		case b.opens(i):
			i = b.after(i, end)
		case b.is(i, '<'):
			if close := b.angle(i, end); close > 0 {
				i = close
			}
			i++
		case b.is(i, ','):
			return i
		default:
			i++
		}
	}
	return end
}

func number(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return ""
}

// ownType finds the declaration that a path means; nil when it is none of the
// crate's, or there is no telling.
func (u *Unit) ownType(path Path, at place, steps int) *TypeDecl {
	n := len(path.Segs)
	if n == 0 || steps == 0 || path.Global {
		return nil
	}
	p := u.Crate.Package
	name := path.Segs[n-1]
	if n > 1 {
		targets := p.resolve(Path{Segs: path.Segs[:n-1]}, at, TypeSpace, false, nil)
		if len(targets) != 1 || targets[0].module == nil {
			return nil
		}
		return typeIn(targets[0].module.place, name, steps)
	}
	for at.unit != nil {
		if d := typeIn(at, name, steps); d != nil {
			return d
		}
		s := &at.unit.Source.Scopes[at.scope]
		switch {
		case len(at.unit.Source.named(at.scope)[name]) > 0:
			return at.unit.viaGlobs(at, name)
		case s.Kind == FileScope && at.unit.including.unit != nil:
			at = at.unit.including
		case s.Kind == FileScope || s.Kind == ModScope:
			return at.unit.viaGlobs(at, name)
		default:
			at.scope = s.Parent
		}
	}
	return nil
}

// viaGlobs finds a type that a glob brings: the crate's only one of the name, if a
// glob of an own module is there.
func (u *Unit) viaGlobs(at place, name string) *TypeDecl {
	for _, i := range u.scopes[at.scope].globs {
		for _, t := range u.globs[i] {
			if t.module != nil {
				if d := typeIn(t.module.place, name, 4); d != nil {
					return d
				}
			}
		}
	}
	return nil
}

// typeIn finds a type among the items and imports of a scope.
func typeIn(at place, name string, steps int) *TypeDecl {
	if at.unit == nil {
		return nil
	}
	if d := at.unit.Crate.typeIndex().byPlace[fnKey{at, name}]; d != nil {
		return d
	}
	var uses []*Name
	var conds []CondID
	for _, i := range at.unit.Source.named(at.scope)[name] {
		n := &at.unit.Source.Names[i]
		if n.Use && len(n.Path.Segs) > 0 && !(len(n.Path.Segs) == 1 && n.Path.Segs[0] == name) {
			uses, conds = append(uses, n), append(conds, at.unit.conds[n.Cond])
		}
	}
	i := 0
	if len(uses) > 1 {
		i = at.unit.Crate.Package.chosen(conds)
	}
	if i < 0 || len(uses) == 0 {
		return nil
	}
	return at.unit.ownType(uses[i].Path, place{at.unit, uses[i].Scope}, steps-1)
}
