// Package cfg holds Rust's conditional compilation expressions, as they stand
// in attributes, in target tables of manifests and in the gates of items.
package cfg

import (
	"fmt"
	"slices"
	"strings"
)

// Op says what an Expr is made of.
type Op uint8

// An Atom is a name or a name with a value; the others combine expressions.
const (
	Atom Op = iota
	All
	Any
	Not
)

// Expr is one expression. An All without arguments is true, an Any without
// arguments is false; Not has exactly one argument.
type Expr struct {
	Op    Op
	Name  string // Atom: unix, feature, target_os …
	Value string // Atom: the value behind "=", where Valued
	// Valued tells name = "" from a bare name.
	Valued bool
	Args   []Expr
}

// True and False are the constant expressions.
var (
	True  = Expr{Op: All}
	False = Expr{Op: Any}
)

// Feature is the atom feature = "name".
func Feature(name string) Expr { return Expr{Name: "feature", Value: name, Valued: true} }

// Tri is the outcome of an expression when not all is known.
type Tri uint8

// The three outcomes, ordered so that and is min and or is max.
const (
	No Tri = iota
	Maybe
	Yes
)

// Not turns Yes into No and back; Maybe stays.
func (t Tri) Not() Tri { return Yes - t }

// Of is Yes for true and No for false.
func Of(b bool) Tri {
	if b {
		return Yes
	}
	return No
}

// Env answers for one atom.
type Env func(atom Expr) Tri

// Eval evaluates the expression.
func (e Expr) Eval(env Env) Tri {
	switch e.Op {
	case Atom:
		return env(e)
	case Not:
		return e.Args[0].Eval(env).Not()
	case All:
		r := Yes
		for _, a := range e.Args {
			if r = min(r, a.Eval(env)); r == No {
				break
			}
		}
		return r
	default:
		r := No
		for _, a := range e.Args {
			if r = max(r, a.Eval(env)); r == Yes {
				break
			}
		}
		return r
	}
}

// Atoms calls f for each atom; negated tells whether it stands under an odd
// number of nots.
func (e Expr) Atoms(f func(atom Expr, negated bool)) { e.atoms(f, false) }

func (e Expr) atoms(f func(Expr, bool), negated bool) {
	if e.Op == Atom {
		f(e, negated)
		return
	}
	for _, a := range e.Args {
		a.atoms(f, negated != (e.Op == Not))
	}
}

// Features are the values of the atoms called feature that do not stand under an odd
// number of nots, in order of place.
func (e Expr) Features() []string {
	var features []string
	if !e.IsTrue() {
		e.Atoms(func(a Expr, negated bool) {
			if a.Name == "feature" && !negated {
				features = append(features, a.Value)
			}
		})
	}
	return features
}

// And joins the expressions; constants and doubles fall out.
func And(es ...Expr) Expr { return join(All, es) }

// Or offers the expressions as alternatives; constants and doubles fall out.
func Or(es ...Expr) Expr { return join(Any, es) }

func join(op Op, es []Expr) Expr {
	other := Any + All - op
	var args []Expr
	for _, e := range es {
		switch {
		case e.Op == op:
			for _, a := range e.Args {
				args = appendNew(args, a)
			}
		case e.Op == other && len(e.Args) == 0:
			return e
		default:
			args = appendNew(args, e)
		}
	}
	if len(args) == 1 {
		return args[0]
	}
	return Expr{Op: op, Args: args}
}

func appendNew(args []Expr, e Expr) []Expr {
	if slices.ContainsFunc(args, e.Equal) {
		return args
	}
	return append(args, e)
}

// Equal reports whether both are written alike.
func (e Expr) Equal(o Expr) bool {
	return e.Op == o.Op && e.Name == o.Name && e.Value == o.Value && e.Valued == o.Valued &&
		slices.EqualFunc(e.Args, o.Args, Expr.Equal)
}

// Simplify evaluates what env knows and returns what is left.
func (e Expr) Simplify(env Env) Expr {
	switch e.Op {
	case Atom:
		switch env(e) {
		case Yes:
			return True
		case No:
			return False
		}
		return e
	case Not:
		a := e.Args[0].Simplify(env)
		switch {
		case a.Op == All && len(a.Args) == 0:
			return False
		case a.Op == Any && len(a.Args) == 0:
			return True
		}
		return Expr{Op: Not, Args: []Expr{a}}
	}
	args := make([]Expr, len(e.Args))
	for i, a := range e.Args {
		args[i] = a.Simplify(env)
	}
	return join(e.Op, args)
}

// IsTrue and IsFalse report the constants.
func (e Expr) IsTrue() bool { return e.Op == All && len(e.Args) == 0 }

// IsFalse reports the constant false.
func (e Expr) IsFalse() bool { return e.Op == Any && len(e.Args) == 0 }

// String writes the expression as Rust does: all(unix, feature = "net").
func (e Expr) String() string { return e.text(false) }

// Gate writes the expression in the short form of the data files, in which a
// feature is its quoted name alone: all("net", unix).
func (e Expr) Gate() string { return e.text(true) }

func (e Expr) text(short bool) string {
	if e.Op == Atom {
		switch {
		case short && e.Name == "feature" && e.Valued:
			return `"` + e.Value + `"`
		case e.Valued:
			return e.Name + ` = "` + e.Value + `"`
		}
		return e.Name
	}
	parts := make([]string, len(e.Args))
	for i, a := range e.Args {
		parts[i] = a.text(short)
	}
	return [...]string{All: "all", Any: "any", Not: "not"}[e.Op] + "(" + strings.Join(parts, ", ") + ")"
}

// maxDepth bounds nesting, so that hostile input cannot exhaust the stack.
const maxDepth = 64

// Parse reads the inside of a cfg(…): all(unix, feature = "net"). A bare
// string, as the data files write it, is a feature. Comments count as space.
func Parse(s string) (Expr, error) {
	p := parser{s: s}
	e, err := p.expr(0)
	if err == nil && p.space() < len(s) {
		err = fmt.Errorf("unexpected %q at byte %d", s[p.i:min(len(s), p.i+10)], p.i)
	}
	return e, err
}

type parser struct {
	s string
	i int
}

func (p *parser) space() int {
	for p.i < len(p.s) {
		switch rest := p.s[p.i:]; {
		case strings.ContainsRune(" \t\r\n", rune(rest[0])):
			p.i++
		case strings.HasPrefix(rest, "//"):
			p.skip(rest, "\n")
		case strings.HasPrefix(rest, "/*"):
			p.skip(rest, "*/")
		default:
			return p.i
		}
	}
	return p.i
}

func (p *parser) skip(rest, end string) {
	if k := strings.Index(rest, end); k >= 0 {
		p.i += k + len(end)
	} else {
		p.i = len(p.s)
	}
}

func (p *parser) eat(c byte) bool {
	if p.space() < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *parser) expr(depth int) (Expr, error) {
	if depth > maxDepth {
		return Expr{}, fmt.Errorf("nested too deeply at byte %d", p.i)
	}
	if p.space() < len(p.s) && p.s[p.i] == '"' {
		name, err := p.str()
		return Feature(name), err
	}
	name := p.ident()
	if name == "" {
		return Expr{}, fmt.Errorf("expected a name at byte %d", p.i)
	}
	if p.eat('=') {
		if p.space(); strings.HasPrefix(p.s[p.i:], `r"`) {
			p.i++ // a raw string has the same value
		}
		value, err := p.str()
		return Expr{Name: name, Value: value, Valued: true}, err
	}
	if !p.eat('(') {
		switch name {
		case "true":
			return True, nil
		case "false":
			return False, nil
		}
		return Expr{Name: name}, nil
	}
	var args []Expr
	for !p.eat(')') {
		a, err := p.expr(depth + 1)
		if err != nil {
			return Expr{}, err
		}
		args = append(args, a)
		if !p.eat(',') && (p.i >= len(p.s) || p.s[p.i] != ')') {
			return Expr{}, fmt.Errorf("expected , or ) at byte %d", p.i)
		}
	}
	switch name {
	case "all":
		return Expr{Op: All, Args: args}, nil
	case "any":
		return Expr{Op: Any, Args: args}, nil
	case "not":
		if len(args) != 1 {
			return Expr{}, fmt.Errorf("not() takes one argument, got %d", len(args))
		}
		return Expr{Op: Not, Args: args}, nil
	}
	// version("1.80"), accessible(path) and what may come: unknown to every Env.
	return Expr{Name: name + "()"}, nil
}

func (p *parser) ident() string {
	start := p.i
	for p.i < len(p.s) {
		c := p.s[p.i]
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c < 0x80 {
			break
		}
		p.i++
	}
	return strings.TrimPrefix(p.s[start:p.i], "r#")
}

func (p *parser) str() (string, error) {
	if p.i >= len(p.s) || p.s[p.i] != '"' {
		return "", fmt.Errorf("expected a string at byte %d", p.i)
	}
	end := strings.IndexByte(p.s[p.i+1:], '"')
	if end < 0 {
		return "", fmt.Errorf("unterminated string at byte %d", p.i)
	}
	v := p.s[p.i+1 : p.i+1+end]
	p.i += end + 2
	return v, nil
}
