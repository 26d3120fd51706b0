package rust

import (
	"strings"

	"reactorls/engine/cfg"
)

// macroCall reads name!(…). The arguments are read like any code: they usually
// end up as code.
func (w *walker) macroCall(ref Ref, open, end int, c ctx) int {
	name := ref.Segs[len(ref.Segs)-1]
	w.record(ref)
	stop, next := w.inner(open, end), w.after(open, end)
	if c.depth >= maxNesting {
		return open + 1
	}
	c.item = itemAttrs{}
	c.depth++
	switch {
	case name == "cfg_if":
		w.cfgIf(open+1, stop, c)
		return next
	case name == "cfg_select":
		w.cfgSelect(open+1, stop, c)
		return next
	case name == "include" && (len(ref.Segs) == 1 || ref.Segs[0] == "std" || ref.Segs[0] == "core"):
		w.include(CodeInclude, open-1, end, c)
	case strings.Contains(name, "quote") || name == "stringify":
		c.cond = w.newCond(c, Cond{Kind: QuotedCond, Name: name})
	case w.is(open, '{'):
		c.cond = w.newCond(c, Cond{Kind: CallCond, Name: name})
	}
	w.walk(open+1, stop, c)
	return next
}

// include records include!("path") whose ! is at i.
func (w *walker) include(kind IncludeKind, i, end int, c ctx) {
	open := i + 1
	if !w.opens(open) || open >= end {
		return
	}
	inc := Include{Kind: kind, Span: w.span(open, w.after(open, end)), Scope: c.scope, Cond: c.cond}
	if w.inner(open, end) == open+2 || w.is(open+2, ',') {
		inc.Path = unquote(w.text(open+1, open+2))
	}
	w.Includes = append(w.Includes, inc)
}

// cfgIf reads if #[cfg(a)] {…} else if #[cfg(b)] {…} else {…}. What is in the
// braces belongs to the scope around, as items do there.
func (w *walker) cfgIf(i, end int, c ctx) {
	before := cfg.True // no earlier branch was taken
	for i < end {
		branch := before
		if w.is(i, '#') && w.is(i+1, '[') {
			if e, err := cfg.Parse(w.argument(i+3, end)); err == nil && w.keyword(i+2, "cfg") {
				branch = cfg.And(before, e)
				before = cfg.And(before, not(e))
			}
			i = w.after(i+1, end)
		}
		if w.is(i, '{') {
			w.walk(i+1, w.inner(i, end), w.under(c, branch))
			i = w.after(i, end)
			continue
		}
		i++
	}
}

// cfgSelect reads a => {…} b => expression, _ => {…}.
func (w *walker) cfgSelect(i, end int, c ctx) {
	before := cfg.True
	for i < end {
		arrow := i
		for arrow < end && !(w.is(arrow, '=') && w.is(arrow+1, '>')) {
			arrow++
		}
		if arrow >= end {
			return
		}
		branch := before
		if e, err := cfg.Parse(w.text(i, arrow)); err == nil && !w.keyword(i, "_") {
			branch = cfg.And(before, e)
			before = cfg.And(before, not(e))
		}
		body := arrow + 2
		stop := w.comma(body, end)
		if w.is(body, '{') {
			stop = w.after(body, end)
			w.walk(body+1, w.inner(body, end), w.under(c, branch))
		} else {
			w.walk(body, stop, w.under(c, branch))
		}
		if i = stop; w.is(i, ',') {
			i++
		}
	}
}

// macroRules reads the definition whose name is at i. Only the right-hand sides
// are code.
func (w *walker) macroRules(i, end int, c ctx) int {
	m := Macro{Name: w.word(i), Cond: c.cond, Exported: c.item.exported}
	open := i + 1
	stop := w.inner(open, end)
	c.cond = w.newCond(c, Cond{Kind: MacroCond, Name: m.Name})
	var wraps []cfg.Expr
	for j := open + 1; j < stop; {
		if !w.opens(j) {
			j++
			continue
		}
		body := w.after(j, stop)
		if !w.is(body, '=') || !w.is(body+1, '>') || !w.opens(body+2) || body+2 >= stop {
			j = body
			continue
		}
		body += 2
		inner := w.inner(body, stop)
		if e, ok := w.wrapsItems(body+1, inner); ok {
			wraps = append(wraps, e)
			m.Partly = m.Partly || w.variables(j, body-2) > 1
		}
		if c.depth < maxNesting {
			w.walk(body+1, inner, w.newScope(c, Scope{Kind: MacroScope, Span: w.span(body, inner), Name: m.Name}))
		}
		j = w.after(body, stop)
	}
	if len(wraps) == 1 {
		m.Wraps = &wraps[0]
	}
	w.Macros = append(w.Macros, m)
	return w.after(open, end)
}

// variables counts those that the pattern between two tokens has, such as $item:item.
func (w *walker) variables(i, end int) int {
	n := 0
	for ; i < end; i++ {
		if w.is(i, '$') && w.ident(i+1) && w.is(i+2, ':') {
			n++
		}
	}
	return n
}

// wrapsItems finds #[cfg(…)] in front of a placeholder: the mark of a macro that
// puts a condition on the items it is given.
func (w *walker) wrapsItems(i, end int) (cfg.Expr, bool) {
	for ; i < end; i++ {
		if !w.is(i, '#') || !w.is(i+1, '[') || !w.keyword(i+2, "cfg") {
			continue
		}
		e, err := cfg.Parse(w.argument(i+3, end))
		next := w.after(i+1, end)
		for w.is(next, '#') && w.is(next+1, '[') && next < end {
			next = w.after(next+1, end)
		}
		if err == nil && w.is(next, '$') && next < end {
			return e, true
		}
	}
	return cfg.Expr{}, false
}
