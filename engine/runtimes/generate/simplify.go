package main

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"reactorls/engine/cfg"
)

// never are the atoms that no user's build has: they are set by documentation
// builds, by a crate's own tests, or by tools.
var never = []string{"doc", "docsrs", "test", "doctest", "rustdoc", "loom", "miri", "clippy", "fuzzing", "docs"}

// simplify writes a gate in one canonical and short form, whatever the way it
// was put together, so that equal gates of two versions have equal texts.
// implied gives what a feature turns on besides itself.
func simplify(e cfg.Expr, implied func(feature string) []string) cfg.Expr {
	e = e.Simplify(func(a cfg.Expr) cfg.Tri {
		if !a.Valued && slices.Contains(never, a.Name) {
			return cfg.No
		}
		return cfg.Maybe
	})
	a := newAtoms(e, implied)
	if a == nil {
		return e
	}
	sum, okSum := a.terms(e, false)
	product, okProduct := a.terms(e, true)
	if !okSum || !okProduct {
		return e
	}
	anyOf := a.factored(sum, cfg.Any)
	allOf := a.factored(product, cfg.All)
	// Alternatives read better than conditions, unless they are many.
	if len(anyOf.Gate()) <= len(allOf.Gate())*3/2 {
		return anyOf
	}
	return allOf
}

// implies reports whether b holds wherever a does.
func implies(a, b cfg.Expr, implied func(string) []string) bool {
	return simplify(cfg.And(a, cfg.Expr{Op: cfg.Not, Args: []cfg.Expr{b}}), implied).IsFalse()
}

// A term is a set of atoms that must hold and one of those that must not.
type term struct{ pos, neg uint64 }

func (t term) size() int { return bits.OnesCount64(t.pos) + bits.OnesCount64(t.neg) }

// within reports whether t asks nothing that o does not ask.
func (t term) within(o term) bool { return t.pos&^o.pos == 0 && t.neg&^o.neg == 0 }

// maxTerms bounds the work on one expression.
const maxTerms = 1024

// atoms numbers the atoms of one expression.
type atoms struct {
	list []cfg.Expr
	// up and down hold, per atom, what its being true makes true and what its
	// being false makes false; out what its being true makes false.
	up, down, out []uint64
}

// newAtoms gives nil where there are more atoms than a term can hold.
func newAtoms(e cfg.Expr, implied func(string) []string) *atoms {
	a := &atoms{}
	e.Atoms(func(atom cfg.Expr, _ bool) {
		if !slices.ContainsFunc(a.list, atom.Equal) {
			a.list = append(a.list, atom)
		}
	})
	if len(a.list) > 64 {
		return nil
	}
	slices.SortFunc(a.list, compareAtoms)
	a.up, a.down, a.out = make([]uint64, len(a.list)), make([]uint64, len(a.list)), make([]uint64, len(a.list))
	for i, x := range a.list {
		a.up[i] |= 1 << i
		a.down[i] |= 1 << i
		var on []string
		if x.Name == "feature" {
			on = implied(x.Value)
		}
		for j, y := range a.list {
			switch fact := targetImplies(x, y); {
			case i == j:
			case fact == cfg.Yes, y.Name == "feature" && slices.Contains(on, y.Value):
				a.up[i] |= 1 << j
				a.down[j] |= 1 << i
			case fact == cfg.No:
				a.out[i] |= 1 << j
			}
		}
	}
	return a
}

// compareAtoms puts features first, and the rest by name.
func compareAtoms(x, y cfg.Expr) int {
	rank := func(e cfg.Expr) int {
		if e.Name == "feature" {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(rank(x), rank(y)), strings.Compare(x.Gate(), y.Gate()))
}

// terms gives the alternatives under which e (or its opposite) holds.
func (a *atoms) terms(e cfg.Expr, negated bool) ([]term, bool) {
	switch e.Op {
	case cfg.Atom:
		bit := uint64(1) << slices.IndexFunc(a.list, e.Equal)
		if negated {
			return []term{{neg: bit}}, true
		}
		return []term{{pos: bit}}, true
	case cfg.Not:
		return a.terms(e.Args[0], !negated)
	}
	if (e.Op == cfg.All) == negated {
		var sum []term
		for _, x := range e.Args {
			ts, ok := a.terms(x, negated)
			if !ok {
				return nil, false
			}
			sum = append(sum, ts...)
		}
		sum = a.minimal(sum)
		return sum, len(sum) <= maxTerms
	}
	product := []term{{}}
	for _, x := range e.Args {
		ts, ok := a.terms(x, negated)
		if !ok || len(ts)*len(product) > maxTerms {
			return nil, false
		}
		var next []term
		for _, p := range product {
			for _, t := range ts {
				next = append(next, term{p.pos | t.pos, p.neg | t.neg})
			}
		}
		product = a.minimal(next)
	}
	return product, true
}

// minimal drops terms that cannot hold and terms that another one covers, and
// from each term what the others make needless.
func (a *atoms) minimal(ts []term) []term {
	for changed := true; changed; {
		changed = false
		for i := range ts {
			for bit := uint64(1); bit != 0 && bit < 1<<len(a.list); bit <<= 1 {
				if t, ok := a.without(ts, i, bit); ok {
					ts[i], changed = t, true
				}
			}
		}
	}
	var kept []term
	slices.SortFunc(ts, func(x, y term) int { return cmp.Compare(x.size(), y.size()) })
	for _, t := range ts {
		c := a.closed(t)
		if c.pos&c.neg == 0 && !slices.ContainsFunc(kept, func(k term) bool { return k.within(c) }) {
			kept = append(kept, t)
		}
	}
	for i, t := range kept {
		kept[i] = a.bare(t)
	}
	return kept
}

// without drops the literal at bit from term i where another term holds
// whenever the literal fails and the rest of term i holds.
func (a *atoms) without(ts []term, i int, bit uint64) (term, bool) {
	t := ts[i]
	rest := term{t.pos &^ bit, t.neg &^ bit}
	if rest == t {
		return t, false
	}
	flipped := a.closed(term{rest.pos | t.neg&bit, rest.neg | t.pos&bit})
	for j, o := range ts {
		if j != i && o.within(flipped) {
			return rest, true
		}
	}
	return t, false
}

// closed adds what the literals of the term imply.
func (a *atoms) closed(t term) term {
	c := t
	for i := range a.list {
		if t.pos>>i&1 == 1 {
			c.pos |= a.up[i]
			c.neg |= a.out[i]
		}
		if t.neg>>i&1 == 1 {
			c.neg |= a.down[i]
		}
	}
	return c
}

// bare drops the literals that the others of the term imply.
func (a *atoms) bare(t term) term {
	for i := range a.list {
		bit := uint64(1) << i
		if rest := (term{t.pos &^ bit, t.neg}); t.pos&bit != 0 && a.closed(rest).pos&bit != 0 {
			t = rest
		}
		if rest := (term{t.pos, t.neg &^ bit}); t.neg&bit != 0 && a.closed(rest).neg&bit != 0 {
			t = rest
		}
	}
	return t
}

// factored writes the terms as alternatives (Any), or, where they are those
// of the opposite, as conditions (All), with what all share in front.
func (a *atoms) factored(ts []term, op cfg.Op) cfg.Expr {
	if len(ts) == 0 {
		return cfg.Expr{Op: op}
	}
	inner := cfg.Any + cfg.All - op
	shared := ts[0]
	for _, t := range ts {
		shared.pos &= t.pos
		shared.neg &= t.neg
	}
	var rest []cfg.Expr
	for _, t := range ts {
		rest = append(rest, cfg.Expr{Op: inner, Args: a.literals(term{t.pos &^ shared.pos, t.neg &^ shared.neg}, op == cfg.All)})
	}
	for i, r := range rest {
		if len(r.Args) == 1 {
			rest[i] = r.Args[0]
		}
	}
	slices.SortFunc(rest, compareGates)
	all := append(a.literals(shared, op == cfg.All), join(op, rest))
	return join(inner, all)
}

func join(op cfg.Op, es []cfg.Expr) cfg.Expr {
	if op == cfg.All {
		return cfg.And(es...)
	}
	return cfg.Or(es...)
}

// compareGates puts single features first, then other atoms, then the rest.
func compareGates(x, y cfg.Expr) int {
	if x.Op == cfg.Atom && y.Op == cfg.Atom {
		return compareAtoms(x, y)
	}
	rank := func(e cfg.Expr) int {
		if e.Op == cfg.Atom {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(rank(x), rank(y)), strings.Compare(x.Gate(), y.Gate()))
}

// literals gives the members of a term, those that must hold first; of the
// opposite's terms each literal is turned round.
func (a *atoms) literals(t term, opposite bool) []cfg.Expr {
	if opposite {
		t.pos, t.neg = t.neg, t.pos
	}
	var es []cfg.Expr
	for i, x := range a.list {
		if t.pos>>i&1 == 1 {
			es = append(es, x)
		}
	}
	for i, x := range a.list {
		if t.neg>>i&1 == 1 {
			es = append(es, cfg.Expr{Op: cfg.Not, Args: []cfg.Expr{x}})
		}
	}
	return es
}
