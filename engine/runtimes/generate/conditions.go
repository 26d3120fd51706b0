package main

import (
	"fmt"
	"strconv"
	"strings"

	"reactorls/engine/cfg"
)

// conditions reads the cfg conditions among an item's attributes, as the
// compiler evaluated them. What #[doc(cfg(…))] tells the reader is not used: it
// is written by hand and often names only the usual feature of several.
func conditions(attrs []attr) (cfg.Expr, error) {
	e := cfg.True
	for _, a := range attrs {
		if list, ok := cutAround(string(a), "#[attr = CfgTrace(", ")]"); ok {
			p := traceParser{rest: list}
			e = cfg.And(e, cfg.And(p.list()...))
			if p.err == nil && p.rest != "" {
				p.fail("the end")
			}
			if p.err != nil {
				return e, fmt.Errorf("%s: %w", a, p.err)
			}
		}
	}
	return e, nil
}

func cutAround(s, before, after string) (string, bool) {
	s, ok := strings.CutPrefix(s, before)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(s, after)
}

// mark writes the crate's name before each feature: tokio/net.
func mark(e cfg.Expr, crate string) cfg.Expr {
	return mapFeatures(e, func(f string) cfg.Expr { return cfg.Feature(crate + "/" + f) })
}

// mapFeatures puts something else in each feature's place.
func mapFeatures(e cfg.Expr, to func(feature string) cfg.Expr) cfg.Expr {
	if e.Op == cfg.Atom {
		if e.Name == "feature" && e.Valued {
			return to(e.Value)
		}
		return e
	}
	args := make([]cfg.Expr, len(e.Args))
	for i, a := range e.Args {
		args[i] = mapFeatures(a, to)
	}
	return cfg.Expr{Op: e.Op, Args: args}
}

// traceParser reads the debug text of the compiler's parsed cfg attribute:
// [Any([NameValue { name: "unix", value: None, span: … (#0) }], … (#0))].
type traceParser struct {
	rest string
	err  error
}

func (p *traceParser) fail(wanted string) {
	if p.err == nil {
		p.err = fmt.Errorf("wanted %s before %.40q", wanted, p.rest)
	}
	p.rest = ""
}

func (p *traceParser) eat(token string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(p.rest, " \n"), token)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *traceParser) expect(tokens ...string) {
	for _, t := range tokens {
		if !p.eat(t) {
			p.fail(t)
		}
	}
}

func (p *traceParser) list() []cfg.Expr {
	var es []cfg.Expr
	p.expect("[")
	for p.err == nil && !p.eat("]") {
		es = append(es, p.entry())
		p.eat(",")
	}
	return es
}

func (p *traceParser) entry() cfg.Expr {
	var e cfg.Expr
	switch {
	case p.eat("NameValue {"):
		p.expect("name:")
		e.Name = p.string()
		p.expect(",", "value:")
		if !p.eat("None") {
			p.expect("Some(")
			e.Value, e.Valued = p.string(), true
			p.expect(")")
		}
		p.expect(",", "span:")
		p.span()
		p.expect("}")
		return e
	case p.eat("All("):
		e = cfg.And(p.list()...)
	case p.eat("Any("):
		e = cfg.Or(p.list()...)
	case p.eat("Not("):
		e = cfg.Expr{Op: cfg.Not, Args: []cfg.Expr{p.entry()}}
	case p.eat("Bool(true"):
		e = cfg.True
	case p.eat("Bool(false"):
		e = cfg.False
	default:
		p.fail("a cfg entry")
	}
	p.expect(",")
	p.span()
	p.expect(")")
	return e
}

func (p *traceParser) string() string {
	p.rest = strings.TrimLeft(p.rest, " ")
	quoted, err := strconv.QuotedPrefix(p.rest)
	if err != nil {
		p.fail("a string")
		return ""
	}
	p.rest = p.rest[len(quoted):]
	s, err := strconv.Unquote(quoted)
	if err != nil {
		p.fail("a plain string")
	}
	return s
}

// span skips "file:1:2: 3:4 (#5)".
func (p *traceParser) span() {
	_, rest, ok := strings.Cut(p.rest, "(#")
	if ok {
		_, rest, ok = strings.Cut(rest, ")")
	}
	if !ok {
		p.fail("a span")
		return
	}
	p.rest = rest
}
