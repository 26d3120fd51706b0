package runtimes

import (
	"fmt"
	"slices"
	"strings"

	"reactorls/engine/cfg"
	"reactorls/engine/semver"
)

// Kind says what stands at a path.
type Kind string

// The kinds of items. A ForeignCrate is another crate offered under a name of
// this one, of which nothing more is known here; a Method is a type's own, a
// TraitMethod a trait's.
const (
	Module       Kind = "mod"
	ForeignCrate Kind = "crate"
	Struct       Kind = "struct"
	Enum         Kind = "enum"
	Union        Kind = "union"
	Trait        Kind = "trait"
	TypeAlias    Kind = "type"
	Function     Kind = "fn"
	Constant     Kind = "const"
	Static       Kind = "static"
	Macro        Kind = "macro"
	Attribute    Kind = "attr"
	Derive       Kind = "derive"
	Variant      Kind = "variant"
	Field        Kind = "field"
	Method       Kind = "method"
	TraitMethod  Kind = "tmethod"

	alias    Kind = "alias" // another path of an item
	implLine Kind = "impl"
)

var kinds = []Kind{
	Module, ForeignCrate, Struct, Enum, Union, Trait, TypeAlias, Function, Constant, Static, Macro, Attribute, Derive,
	Variant, Field, Method, TraitMethod, alias, implLine,
}

// gateTable is a decoded .gates file: lines such as
//
//	method net::TcpStream::connect if "net" @1.20.0 async -> io::Result<crate::net::TcpStream>
//	alias task::spawn = spawn if "rt"
//	impl crate::net::ToSocketAddrs for str if "net"
//
// @1.20.0 is present from that sample on, @..1.19.2 up to it, @1.5.0..1.19.2
// from the one to the other; without, in all samples.
type gateTable struct {
	exprs []cfg.Expr // each different gate once
	items []line     // by path
	impls []line
}

type line struct {
	kind        Kind
	path        string
	of          string // of an alias: the path that it stands for
	gate        int    // index in exprs
	first, last int    // samples
	async       bool
	returns     string
}

// gateParser fills a crate's table.
type gateParser struct {
	*Crate
	gateIndex   map[string]int
	sampleIndex map[string]int
}

func (c *Crate) parseGates(text string) error {
	p := gateParser{c, map[string]int{"": 0}, map[string]int{}}
	c.gates.exprs = []cfg.Expr{cfg.True}
	c.gates.items = make([]line, 0, strings.Count(text, "\n"))
	number := 0
	for l := range strings.Lines(text) {
		number++
		l = strings.TrimSuffix(l, "\n")
		err := error(nil)
		if comment, ok := strings.CutPrefix(l, "# "); ok {
			err = p.header(comment)
		} else {
			err = p.line(l)
		}
		if err != nil {
			return fmt.Errorf("%s.gates:%d: %w", c.Name, number, err)
		}
	}
	return nil
}

// header reads "samples: 1.0.3 1.8.5"; the other headers are for people.
func (p *gateParser) header(comment string) error {
	list, ok := strings.CutPrefix(comment, "samples: ")
	if !ok {
		return nil
	}
	for i, s := range strings.Fields(list) {
		v, err := semver.Parse(s)
		if err != nil {
			return err
		}
		p.samples = append(p.samples, v)
		p.sampleIndex[s] = i
	}
	return nil
}

func (p *gateParser) line(text string) error {
	kind, rest, _ := strings.Cut(text, " ")
	l := line{kind: Kind(kind)}
	if i := slices.Index(kinds, l.kind); i >= 0 {
		l.kind = kinds[i] // so that the line's text is not kept for it
	} else {
		return fmt.Errorf("unknown kind %q", kind)
	}
	rest, l.returns, _ = strings.Cut(rest, " -> ")
	rest, l.async = strings.CutSuffix(rest, " async")
	rest, samples, _ := strings.Cut(rest, " @")
	var err error
	if l.first, l.last, err = p.reach(samples); err != nil {
		return err
	}
	rest, gate, _ := strings.Cut(rest, " if ")
	if l.gate, err = p.expr(gate); err != nil {
		return err
	}
	if l.path = rest; l.kind == alias {
		l.path, l.of, _ = strings.Cut(rest, " = ")
	}
	if l.kind == implLine {
		p.gates.impls = append(p.gates.impls, l)
		return nil
	}
	// Look-ups search the file's own order.
	if items := p.gates.items; len(items) > 0 && l.path < items[len(items)-1].path {
		return fmt.Errorf("%s does not stand in order", l.path)
	}
	p.gates.items = append(p.gates.items, l)
	return nil
}

func (p *gateParser) expr(gate string) (int, error) {
	i, ok := p.gateIndex[gate]
	if !ok {
		e, err := cfg.Parse(gate)
		if err != nil {
			return 0, err
		}
		i = len(p.gates.exprs)
		p.gates.exprs = append(p.gates.exprs, e)
		p.gateIndex[gate] = i
	}
	return i, nil
}

func (p *gateParser) reach(text string) (first, last int, err error) {
	last = len(p.samples) - 1
	if text == "" {
		return first, last, nil
	}
	from, to, both := strings.Cut(text, "..")
	ok := true
	if from != "" {
		first, ok = p.sampleIndex[from]
	}
	if both && ok {
		last, ok = p.sampleIndex[to]
	}
	if !ok || last < first {
		return 0, 0, fmt.Errorf("%q is no range of samples", text)
	}
	return first, last, nil
}

// at gives the lines of one path.
func (t *gateTable) at(path string) []line {
	i, _ := slices.BinarySearchFunc(t.items, path, func(l line, path string) int { return strings.Compare(l.path, path) })
	end := i
	for end < len(t.items) && t.items[end].path == path {
		end++
	}
	return t.items[i:end]
}

// under gives the lines of all paths below one.
func (t *gateTable) under(path string) []line {
	prefix := path + "::"
	if path == "" {
		return t.items
	}
	i, _ := slices.BinarySearchFunc(t.items, prefix, func(l line, prefix string) int { return strings.Compare(l.path, prefix) })
	end := i
	for end < len(t.items) && strings.HasPrefix(t.items[end].path, prefix) {
		end++
	}
	return t.items[i:end]
}
