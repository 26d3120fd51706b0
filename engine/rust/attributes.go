package rust

import (
	"slices"
	"strings"

	"reactorls/engine/cfg"
)

// attributes reads the run of attributes that starts at i, and, when they say
// something of it, the thing they stand in front of. Inner attributes change c
// for the rest of the block.
func (w *walker) attributes(i, end int, c *ctx) int {
	open := i + 1
	inner := w.is(open, '!')
	if inner {
		open++
	}
	if !w.is(open, '[') || open >= end {
		return i + 1
	}
	if inner {
		run := w.readRun(open, end, *c, true)
		c.cond = run.ctx.cond
		return run.next
	}
	run := w.readRun(open, end, *c, false)
	if !run.matters {
		return run.next
	}
	stop := w.thingEnd(run.next, end)
	w.walk(run.next, stop, run.ctx)
	return stop
}

// attrRun is what a run of attributes says about the thing behind it.
type attrRun struct {
	ctx     ctx // for the thing
	next    int
	matters bool // the thing is to be read in ctx, not in what surrounds it
	test    bool
	refs    []attr
}

// attr is one attribute, possibly out of a cfg_attr.
type attr struct {
	start, end int // tokens, without brackets
	pred       cfg.Expr
}

// readRun reads the attributes from the bracket at open on; an inner one stands
// alone.
func (w *walker) readRun(open, end int, c ctx, inner bool) attrRun {
	run := attrRun{ctx: c}
	run.ctx.item = itemAttrs{}
	for {
		w.readAttr(attr{open + 1, w.inner(open, end), cfg.True}, &run, 0)
		run.next = w.after(open, end)
		if inner || !w.is(run.next, '#') || !w.is(run.next+1, '[') || run.next+1 >= end {
			break
		}
		open = run.next + 1
	}
	// The attributes themselves are resolved wherever the item is, also those of
	// a #[tokio::test] whose function only a test build keeps.
	for _, a := range run.refs {
		w.attrRef(a, w.under(run.ctx, a.pred))
	}
	if run.test {
		run.ctx = w.under(run.ctx, cfg.Expr{Name: "test"})
	}
	run.matters = run.ctx.cond != c.cond || run.ctx.item.paths != nil || run.ctx.item.macroUse || run.ctx.item.exported
	return run
}

// readAttr notes what one attribute means for the thing behind it.
func (w *walker) readAttr(a attr, run *attrRun, depth int) {
	name := w.word(a.start)
	if w.colons(a.start + 1) {
		if testAttrs[w.lastSegment(a)] {
			run.test = true
		}
		run.refs = append(run.refs, a)
		return
	}
	arg := a.start + 1
	switch name {
	case "cfg":
		if e, err := cfg.Parse(w.argument(arg, a.end)); err == nil {
			run.ctx = w.under(run.ctx, cfg.Or(not(a.pred), e))
		}
	case "cfg_attr":
		if depth < 8 && w.is(arg, '(') && arg < a.end {
			w.cfgAttr(arg+1, w.inner(arg, a.end), a.pred, run, depth)
		}
	case "path":
		if w.is(arg, '=') && arg+1 < a.end {
			run.ctx.item.paths = append(run.ctx.item.paths, ModPath{w.under(run.ctx, a.pred).cond, unquote(w.text(arg+1, arg+2))})
		}
	case "macro_use":
		run.ctx.item.macroUse = true
	case "macro_export":
		run.ctx.item.exported = true
	case "doc":
		if w.is(arg, '=') && w.keyword(arg+1, "include_str") {
			w.include(DocInclude, arg+2, a.end, w.under(run.ctx, a.pred))
		}
	case "allow", "warn", "deny", "forbid", "expect", "inline", "repr", "must_use", "deprecated", "feature", "non_exhaustive", "cold", "track_caller", "automatically_derived", "ignore", "should_panic":
	default:
		run.test = run.test || testAttrs[name]
		run.refs = append(run.refs, a)
	}
}

// testAttrs are the attributes, by their last segment, whose functions exist in
// test builds only: the built-in ones, and those that expand to them.
var testAttrs = set("test bench rstest test_case quickcheck wasm_bindgen_test proptest")

// lastSegment is the last word of the attribute's path.
func (w *walker) lastSegment(a attr) string {
	i := a.start
	for i+3 < a.end && w.colons(i+1) && w.ident(i+3) {
		i += 3
	}
	return w.word(i)
}

// argument is the text in the parentheses at i.
func (w *walker) argument(i, end int) string {
	if !w.is(i, '(') || i >= end {
		return ""
	}
	return w.text(i+1, w.inner(i, end))
}

// cfgAttr reads predicate, attribute, attribute … of a cfg_attr.
func (w *walker) cfgAttr(i, end int, outer cfg.Expr, run *attrRun, depth int) {
	next := w.comma(i, end)
	pred, err := cfg.Parse(w.text(i, next))
	if err != nil {
		return
	}
	pred = cfg.And(outer, pred)
	for i = next + 1; i < end; i = next + 1 {
		next = w.comma(i, end)
		if next > i {
			w.readAttr(attr{i, next, pred}, run, depth+1)
		}
	}
}

// comma is the index of the next comma outside brackets, or end.
func (w *walker) comma(i, end int) int {
	for i < end && !w.is(i, ',') {
		if w.opens(i) {
			i = w.after(i, end)
		} else {
			i++
		}
	}
	return min(i, end)
}

func not(e cfg.Expr) cfg.Expr {
	switch {
	case e.IsTrue():
		return cfg.False
	case e.IsFalse():
		return cfg.True
	}
	return cfg.Expr{Op: cfg.Not, Args: []cfg.Expr{e}}
}

// attrRef records the path of an attribute and what its arguments mention.
func (w *walker) attrRef(a attr, c ctx) {
	i, base := a.start, len(w.segs)
	global := w.colons(i)
	if global {
		i += 2
	}
	start := i
	for w.ident(i) && i < a.end {
		w.segs = append(w.segs, w.word(i))
		i++
		if !w.colons(i) {
			break
		}
		i += 2
	}
	if len(w.segs) > base {
		r := Ref{Path: Path{w.segs[base:], global}, Span: w.span(start, i), Scope: c.scope, Cond: c.cond, Kind: AttrRef}
		if w.opens(i) && i < a.end {
			r.Args = Span{w.toks[i].End, w.toks[i].End}
			if stop := w.inner(i, a.end); stop > i+1 {
				r.Args.End = w.toks[stop-1].End
			}
		}
		w.record(r)
	}
	w.walk(i, a.end, c)
	w.quotedPaths(i, a.end, c)
}

// quotedPaths reads the strings of an attribute that may be paths, as in
// #[serde(with = "a::b")]. Whether they end up as code, the attribute decides.
func (w *walker) quotedPaths(i, end int, c ctx) {
	for ; i < end; i++ {
		if w.toks[i].Kind != Str {
			continue
		}
		segs := strings.Split(strings.TrimPrefix(unquote(w.text(i, i+1)), "::"), "::")
		if len(segs) > 1 && !slices.ContainsFunc(segs, func(s string) bool { return !isName(s) }) {
			cond := w.newCond(c, Cond{Kind: QuotedCond})
			w.Refs = append(w.Refs, Ref{Path: Path{Segs: w.keep(segs)}, Span: w.span(i, i+1), Scope: c.scope, Cond: cond})
		}
	}
}

// isName reports whether s can be a segment of a path.
func isName(s string) bool {
	if s == "" || class[s[0]]&identStart == 0 {
		return false
	}
	for i := range len(s) {
		if class[s[i]]&identContinue == 0 {
			return false
		}
	}
	return true
}

// thingEnd is the index behind the item, statement, field, variant, match arm,
// parameter or expression that starts at i.
func (w *walker) thingEnd(i, end int) int {
	for w.keyword(i, "pub") {
		if i++; w.is(i, '(') {
			i = w.after(i, end)
		}
	}
	switch w.word(i) {
	case "use", "let", "type", "static":
		return w.semicolon(i, end)
	case "const":
		if !w.keyword(i+1, "fn") && !w.keyword(i+1, "unsafe") && !w.keyword(i+1, "async") && !w.keyword(i+1, "extern") && !w.is(i+1, '{') {
			return w.semicolon(i, end)
		}
		return w.bodyEnd(i+1, end)
	case "extern":
		if w.keyword(i+1, "crate") {
			return w.semicolon(i, end)
		}
		return w.bodyEnd(i, end)
	case "fn", "mod", "struct", "enum", "union", "trait", "impl", "unsafe", "async", "auto", "default", "macro_rules", "macro":
		// Contextual words may also be plain names: default: 1, union.x()
		if w.ident(i+1) || w.is(i+1, '{') || w.is(i+1, '<') || w.is(i+1, '!') || w.toksKind(i+1) == Str {
			return w.bodyEnd(i, end)
		}
	case "if", "match", "for", "while", "loop":
		return w.controlEnd(i, end)
	}
	if w.is(i, '{') {
		return w.controlEnd(i, end)
	}
	return w.elementEnd(i, end)
}

func (w *walker) toksKind(i int) Kind {
	if i >= 0 && i < len(w.toks) {
		return w.toks[i].Kind
	}
	return 0
}

func (w *walker) semicolon(i, end int) int {
	for i < end && !w.closes(i) {
		switch {
		case w.is(i, ';'):
			return i + 1
		case w.opens(i):
			i = w.after(i, end)
		case w.is(i, '#') && w.is(i+1, '['):
			return i
		default:
			i++
		}
	}
	return min(i, end)
}

// bodyEnd is the index behind an item that ends with a body or a semicolon.
func (w *walker) bodyEnd(i, end int) int {
	if w.keyword(i, "macro_rules") {
		for i < end && !w.opens(i) {
			i++
		}
		if i >= end {
			return end
		}
		i = w.after(i, end)
		if w.is(i, ';') {
			i++
		}
		return min(i, end)
	}
	at := w.signatureEnd(i, end)
	switch {
	case at < end && w.is(at, '{'):
		return w.after(at, end)
	case at < end && w.is(at, ';'):
		return at + 1
	}
	return at
}

// controlEnd is the index behind if … {} else {}, match … {} and their like.
func (w *walker) controlEnd(i, end int) int {
	for i < end {
		switch {
		case w.is(i, '{'):
			i = w.after(i, end)
			// A brace in front of these was a pattern (if let A {} = x), or is not
			// the last.
			if w.keyword(i, "else") || w.keyword(i, "in") || w.is(i, '.') || w.is(i, '?') || w.is(i, '=') || w.is(i, '|') {
				i++
				continue
			}
			if w.is(i, ';') || w.is(i, ',') {
				i++
			}
			return min(i, end)
		case w.is(i, ';'):
			return i + 1
		case w.is(i, ','):
			return i + 1
		case w.closes(i), w.is(i, '#') && w.is(i+1, '['):
			return i
		case w.opens(i):
			i = w.after(i, end)
		default:
			i++
		}
	}
	return min(i, end)
}

// elementEnd is the index behind an element of a list, or a plain statement.
func (w *walker) elementEnd(i, end int) int {
	typed := w.ident(i) && w.is(i+1, ':') && !w.colons(i+1) // name: Type<A, B>,
	angles := 0
	for start := i; i < end; {
		switch {
		case w.is(i, ';'), w.is(i, ',') && angles <= 0:
			return i + 1
		case w.closes(i), w.is(i, '#') && w.is(i+1, '[') && i > start:
			return i
		case w.is(i, '=') && w.is(i+1, '>') && w.is(i+2, '{'): // an arm with a block
			i = w.after(i+2, end)
			if w.is(i, ',') {
				i++
			}
			return min(i, end)
		case w.is(i, '!') && w.is(i+1, '{') && w.ident(i-1): // a macro called like an item
			i = w.after(i+1, end)
			if !w.is(i, '.') && !w.is(i, '?') && !w.is(i, ',') && !w.is(i, ';') {
				return i
			}
		case w.opens(i):
			i = w.after(i, end)
		case typed && w.is(i, '<'):
			angles++
			i++
		case typed && w.is(i, '>') && !w.arrow(i):
			angles--
			i++
		default:
			i++
		}
	}
	return min(i, end)
}

// unquote is the value of a string literal without escapes, or "".
func unquote(s string) string {
	s = strings.TrimLeft(s, "rcb#")
	s = strings.TrimRight(s, "#")
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return ""
	}
	return strings.ReplaceAll(s[1:len(s)-1], `\\`, `\`)
}
