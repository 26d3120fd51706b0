package rust

import (
	"slices"
	"strings"
)

// UseDecl is a whole use declaration, as edits of it need it.
type UseDecl struct {
	Span         // from its first attribute to the semicolon
	Head  string // its attributes and visibility, as written, up to use
	Scope int32
	// Leaves are what it brings, in order.
	Leaves []UseLeaf
}

// UseLeaf is one path of a use declaration.
type UseLeaf struct {
	Path
	Ref  Span   // that of the Ref
	Name string // under which it is brought, "" for a glob, "_" for none
	Glob bool
}

// Text writes the leaf's path as a use declaration has it.
func (l UseLeaf) Text() string {
	path := strings.Join(l.Segs, "::")
	if l.Global {
		path = "::" + path
	}
	switch {
	case l.Glob:
		return path + "::*"
	case l.Name != l.Segs[len(l.Segs)-1]:
		return path + " as " + l.Name
	}
	return path
}

// Public reports whether others than the module itself see what it brings.
func (d UseDecl) Public() bool {
	return slices.Contains(strings.FieldsFunc(d.Head, func(r rune) bool { return r == ' ' || r == '(' || r == ']' || r == '\n' }), "pub")
}

// Of is the leaf whose Ref stands at a place.
func (d UseDecl) Of(ref Span) UseLeaf {
	i := slices.IndexFunc(d.Leaves, func(l UseLeaf) bool { return l.Ref == ref })
	if i < 0 {
		return UseLeaf{}
	}
	return d.Leaves[i]
}

// UseDeclAt is the use declaration that the Ref of a leaf stands in. It is false
// where comments stand between its parts, or something is half-typed.
func (u *Unit) UseDeclAt(leaf Span) (UseDecl, bool) {
	b := u.tokens()
	if b == nil {
		return UseDecl{}, false
	}
	use, found := b.token(leaf.Start)
	for found && use >= 0 && !b.keyword(use, "use") {
		if b.is(use, ';') || b.is(use, ')') || b.is(use, ']') {
			return UseDecl{}, false
		}
		use--
	}
	end := use
	for found && end < len(b.toks) && !b.is(end, ';') {
		end++
	}
	if !found || use < 0 || end >= len(b.toks) {
		return UseDecl{}, false
	}
	first := b.headOf(use)
	d := UseDecl{Span: b.span(first, end+1)}
	d.Head = u.Source.Text[d.Start:b.toks[use].Start]
	if strings.Contains(d.Span.Text().In(u.Source.Text), "//") || strings.Contains(d.Span.Text().In(u.Source.Text), "/*") {
		return UseDecl{}, false
	}
	for i := range u.Source.Refs {
		r := &u.Source.Refs[i]
		if r.Start < b.toks[use].Start || r.End > b.toks[end].End || r.Kind != UseRef && r.Kind != GlobRef {
			continue
		}
		if r.Open {
			return UseDecl{}, false
		}
		l := UseLeaf{Path: r.Path, Ref: r.Span, Glob: r.Kind == GlobRef}
		if r.Kind == UseRef {
			if l.Name = "_"; r.Name >= 0 {
				l.Name = u.Source.Names[r.Name].Name
			}
		}
		d.Scope = r.Scope
		d.Leaves = append(d.Leaves, l)
	}
	return d, len(d.Leaves) > 0
}

// headOf is the first token of the attributes and the visibility before an item.
func (b *bodies) headOf(i int) int {
	if b.is(i-1, ')') {
		if open := b.partner(i - 1); open > 0 && b.keyword(open-1, "pub") {
			i = open - 1
		}
	} else if b.keyword(i-1, "pub") {
		i--
	}
	for b.is(i-1, ']') {
		open := b.partner(i - 1)
		if open < 1 || !b.is(open-1, '#') {
			break
		}
		i = open - 1
	}
	return i
}
