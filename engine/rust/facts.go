package rust

import (
	"slices"
	"strings"

	"reactorls/engine/cfg"
	"reactorls/engine/text"
)

// maxNesting bounds how deep scopes nest. Braces below are still read, but
// belong to the last scope: no real code comes near, and hostile input must not
// exhaust the stack.
const maxNesting = 400

// Parse reads the facts of one file. It accepts any text.
func Parse(src string) *Source {
	toks, closed := Lex(src, make([]Token, 0, len(src)/5))
	if !closed {
		toks = recoverString(src, toks)
	}
	s := &Source{
		Text:   src,
		Scopes: []Scope{{Span: Span{0, uint32(len(src))}, Parent: -1}},
		Conds:  []Cond{{Parent: -1, Expr: cfg.True}},
		Broken: !closed,
	}
	w := walker{Source: s}
	w.separateDocs(toks)
	w.pairBrackets()
	w.globs = w.hasGlob()
	w.walk(0, len(w.toks), ctx{})
	if closed {
		s.toks, s.close = w.toks, w.close
	}
	return s
}

// recoverString reads the file again as if the string that made everything
// behind it slip had ended with its line. Which string that is, is a guess: the
// first that spans lines and whose removal lets the last literal close.
func recoverString(src string, toks []Token) []Token {
	const tries = 8
	n := 0
	for _, t := range toks {
		if t.Kind != Str && t.Kind != ByteStr && t.Kind != CStr || !strings.Contains(src[t.Start:t.End], "\n") {
			continue
		}
		end := int(t.Start) + strings.IndexByte(src[t.Start:t.End], '\n')
		blanked := src[:t.Start] + strings.Repeat(" ", end-int(t.Start)) + src[end:]
		if again, closed := Lex(blanked, nil); closed {
			return again
		}
		if n++; n == tries {
			break
		}
	}
	return toks
}

// ctx is what holds at the place being read.
type ctx struct {
	scope, cond int32
	depth       int
	// members tells that the items here belong to a type (impl, trait), and so
	// bring no names into scope.
	members bool
	item    itemAttrs
}

// itemAttrs is what the attributes in front of an item mean for it alone.
type itemAttrs struct {
	paths    []ModPath
	macroUse bool
	exported bool
}

type walker struct {
	*Source
	toks  []Token
	close []int32  // for an opening bracket: the index of its partner
	segs  []string // the path being read
	arena []string // where finished paths are kept
	globs bool     // the file has a glob import
	// imported holds the hashes of the names that use declarations brought so far.
	imported [32]uint64
}

// separateDocs takes the doc comments out of the token stream; runs of them
// become Docs.
func (w *walker) separateDocs(toks []Token) {
	kept := toks[:0]
	run := false
	for _, t := range toks {
		if t.Kind != Doc {
			kept = append(kept, t)
			run = false
			continue
		}
		if run {
			w.Docs[len(w.Docs)-1].End = int(t.End)
		} else {
			w.Docs = append(w.Docs, text.Span{Start: int(t.Start), End: int(t.End)})
		}
		run = true
	}
	w.toks = kept
	w.Docs = slices.DeleteFunc(w.Docs, func(s text.Span) bool {
		return !strings.Contains(s.In(w.Text), "```") && !strings.Contains(s.In(w.Text), "~~~")
	})
}

// pairBrackets finds the partner of each bracket. A closing bracket that fits no
// open one is ignored; one that fits an outer one closes all in between.
func (w *walker) pairBrackets() {
	w.close = make([]int32, len(w.toks))
	type open struct {
		at     int
		closer byte
	}
	var stack []open
	var waiting [128]int // open brackets by their closer, so that no search is in vain
	for i, t := range w.toks {
		if t.Kind != Punct {
			continue
		}
		switch c := w.Text[t.Start]; c {
		case '(', '[', '{':
			closer := c + 2 // ASCII: [ ] and { } are two apart
			if c == '(' {
				closer = ')'
			}
			stack = append(stack, open{i, closer})
			waiting[closer]++
		case ')', ']', '}':
			if waiting[c] == 0 {
				w.Broken = true
				continue
			}
			for {
				top := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				waiting[top.closer]--
				w.close[top.at] = int32(i)
				if top.closer == c {
					break
				}
				w.Broken = true
			}
		}
	}
	for _, o := range stack {
		w.close[o.at] = int32(len(w.toks))
		w.Broken = true
	}
}

// hasGlob reports whether what looks like the leaf * of a use declaration stands
// somewhere.
func (w *walker) hasGlob() bool {
	for i := range w.toks {
		if !w.is(i, '*') {
			continue
		}
		if w.is(i-1, ':') && w.is(i-2, ':') || w.keyword(i-1, "use") {
			return true
		}
		if (w.is(i-1, '{') || w.is(i-1, ',')) && (w.is(i+1, ',') || w.is(i+1, '}')) {
			return true
		}
	}
	return false
}

// is reports whether token i is the punctuation c.
func (w *walker) is(i int, c byte) bool {
	return i >= 0 && i < len(w.toks) && w.toks[i].Kind == Punct && w.Text[w.toks[i].Start] == c
}

// adjacent reports whether tokens i and i+1 touch.
func (w *walker) adjacent(i int) bool { return w.toks[i].End == w.toks[i+1].Start }

// colons reports whether a :: starts at token i.
func (w *walker) colons(i int) bool { return w.is(i, ':') && w.is(i+1, ':') && w.adjacent(i) }

// arrow reports whether token i is the > of -> or =>.
func (w *walker) arrow(i int) bool {
	return (w.is(i-1, '-') || w.is(i-1, '=')) && w.adjacent(i-1)
}

func (w *walker) ident(i int) bool {
	return i >= 0 && i < len(w.toks) && (w.toks[i].Kind == Ident || w.toks[i].Kind == RawIdent)
}

// word is the identifier at i without its r#, or "".
func (w *walker) word(i int) string {
	if !w.ident(i) {
		return ""
	}
	t := w.toks[i]
	if t.Kind == RawIdent {
		return w.Text[t.Start+2 : t.End]
	}
	return w.Text[t.Start:t.End]
}

// keyword reports whether token i is the word k, and not r#k.
func (w *walker) keyword(i int, k string) bool {
	return i >= 0 && i < len(w.toks) && w.toks[i].Kind == Ident && w.Text[w.toks[i].Start:w.toks[i].End] == k
}

func (w *walker) text(i, end int) string {
	if i >= end {
		return ""
	}
	return w.Text[w.toks[i].Start:w.toks[end-1].End]
}

// span covers the tokens from i to before end.
func (w *walker) span(i, end int) Span {
	end = max(i+1, min(end, len(w.toks)))
	return Span{w.toks[i].Start, w.toks[end-1].End}
}

// opens reports whether token i opens a bracket.
func (w *walker) opens(i int) bool { return w.is(i, '(') || w.is(i, '[') || w.is(i, '{') }

func (w *walker) closes(i int) bool { return w.is(i, ')') || w.is(i, ']') || w.is(i, '}') }

// after is the index behind the bracket that opens at i, at most end; where none
// opens, it is behind i.
func (w *walker) after(i, end int) int {
	if !w.opens(i) {
		return min(i+1, end)
	}
	return min(int(w.close[i])+1, end)
}

// inner is the end of what stands in the bracket that opens at i.
func (w *walker) inner(i, end int) int { return min(int(w.close[i]), end) }

// angle is the index of the > that closes the < at i, or -1. The search is
// bounded: what is longer is no list of generic arguments.
func (w *walker) angle(i, end int) int {
	const longest = 1000
	depth := 0
	for n := 0; i < end && n < longest; n++ {
		switch {
		case w.opens(i):
			i = w.after(i, end)
			continue
		case w.is(i, '<'):
			depth++
		case w.is(i, '>') && !w.arrow(i):
			if depth--; depth == 0 {
				return i
			}
		case w.is(i, ';') || w.closes(i):
			return -1
		}
		i++
	}
	return -1
}

func (w *walker) newCond(c ctx, cond Cond) int32 {
	cond.Parent = c.cond
	w.Conds = append(w.Conds, cond)
	return int32(len(w.Conds) - 1)
}

func (w *walker) under(c ctx, e cfg.Expr) ctx {
	if !e.IsTrue() {
		c.cond = w.newCond(c, Cond{Kind: CfgCond, Expr: e})
	}
	return c
}

func (w *walker) newScope(c ctx, s Scope) ctx {
	s.Parent, s.Cond = c.scope, c.cond
	w.Scopes = append(w.Scopes, s)
	c.scope = int32(len(w.Scopes) - 1)
	c.members = s.Kind == ImplScope || s.Kind == TraitScope
	c.item = itemAttrs{}
	c.depth++
	return c
}

// define brings an item of the file into scope.
func (w *walker) define(c ctx, i int, space Space) {
	if !c.members {
		w.Names = append(w.Names, Name{Name: w.word(i), Scope: c.scope, Cond: c.cond, Space: space})
	}
}

// keep copies segments to where they can stay.
func (w *walker) keep(segs []string) []string {
	const least, most = 16, 512 // examples in documentation are small, and many
	if cap(w.arena)-len(w.arena) < len(segs) {
		w.arena = make([]string, 0, max(min(len(w.toks)/8, most), least, len(segs)))
	}
	start := len(w.arena)
	w.arena = append(w.arena, segs...)
	return w.arena[start:len(w.arena):len(w.arena)]
}

// walk reads the tokens from i to before end.
func (w *walker) walk(i, end int, c ctx) {
	for i < end {
		next := w.step(i, end, &c)
		if next <= i {
			next = i + 1
		}
		i = next
	}
}

// step reads what starts at token i and returns the index behind it.
func (w *walker) step(i, end int, c *ctx) int {
	switch w.toks[i].Kind {
	case Ident:
		return w.item(i, end, *c)
	case RawIdent:
		return w.path(i, end, *c, false)
	case Punct:
	default:
		return i + 1
	}
	switch w.Text[w.toks[i].Start] {
	case '#':
		return w.attributes(i, end, c)
	case '{':
		return w.block(i, end, *c, Scope{Kind: BlockScope})
	case '.':
		return w.method(i, *c)
	case '$':
		return w.placeholder(i, end, *c)
	case '<':
		return w.qualified(i, end, *c)
	case ':':
		if !w.colons(i) {
			return i + 1
		}
		if w.ident(i+2) && !w.endsPath(i-1) {
			return w.path(i+2, end, *c, true)
		}
		return i + 2
	}
	return i + 1
}

// endsPath reports whether token i can stand in front of a :: that continues
// it, in contrast to one that starts a path at the crate roots.
func (w *walker) endsPath(i int) bool {
	return w.ident(i) && !beforePath[w.word(i)] || w.is(i, '>') && !w.arrow(i) && w.adjacent(i)
}

// beforePath are the keywords that a path may follow.
var beforePath = set("as async await box break const crate dyn else extern for if impl in let loop match move mut pub ref return static unsafe use where while yield")

// keywords never start a path. Those that do (crate, self, super, Self) are left out.
var keywords = set("as async await break const continue dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return static struct trait true type unsafe use where while yield")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, s := range strings.Fields(words) {
		m[s] = true
	}
	return m
}

// block reads a {…} in a scope of its own.
func (w *walker) block(i, end int, c ctx, s Scope) int {
	if c.depth >= maxNesting {
		return i + 1
	}
	s.Span = w.span(i, w.after(i, end))
	w.walk(i+1, w.inner(i, end), w.newScope(c, s))
	return w.after(i, end)
}

// item reads what starts with the word at i: an item, or a path.
func (w *walker) item(i, end int, c ctx) int {
	switch w.word(i) {
	case "use":
		if w.is(i+1, '<') { // impl Trait + use<'a>
			return i + 1
		}
		return w.useTree(i+1, end, len(w.segs), false, use{c, w.keyword(i-1, "pub"), w.private(i)})
	case "extern":
		if w.keyword(i+1, "crate") && w.ident(i+2) {
			return w.externCrate(i, c)
		}
	case "mod":
		if w.ident(i+1) && (w.is(i+2, ';') || w.is(i+2, '{')) {
			return w.module(i, end, c)
		}
	case "fn":
		if w.ident(i + 1) {
			return w.fn(i, end, c)
		}
	case "impl":
		if w.startsItem(i) {
			return w.body(i+1, end, c, Scope{Kind: ImplScope})
		}
	case "trait":
		if w.ident(i + 1) {
			w.define(c, i+1, TypeSpace)
			return w.body(i+2, end, c, Scope{Kind: TraitScope, Name: w.word(i + 1)})
		}
	case "struct":
		if w.ident(i + 1) {
			w.define(c, i+1, TypeSpace|ValueSpace)
			return i + 2
		}
	case "enum", "union":
		if w.ident(i+1) && (w.is(i+2, '{') || w.is(i+2, '<') || w.keyword(i+2, "where")) {
			w.define(c, i+1, TypeSpace)
			return i + 2
		}
	case "type":
		return w.typeAlias(i, end, c)
	case "const", "static":
		name := i + 1
		if w.keyword(name, "mut") {
			name++
		}
		if w.ident(name) && w.is(name+1, ':') && !w.colons(name+1) {
			w.define(c, name, ValueSpace)
			return name + 1
		}
	case "async":
		open := i + 1
		if w.keyword(open, "move") {
			open++
		}
		if w.is(open, '{') {
			return w.block(open, end, c, Scope{Kind: AsyncScope})
		}
	case "macro_rules":
		if w.is(i+1, '!') && w.ident(i+2) && w.opens(i+3) {
			return w.macroRules(i+2, end, c)
		}
	}
	if keywords[w.word(i)] {
		return i + 1
	}
	return w.path(i, end, c, false)
}

// startsItem reports whether token i can be the first of an item, in contrast to
// one in the middle of a type.
func (w *walker) startsItem(i int) bool {
	return i == 0 || w.is(i-1, ';') || w.is(i-1, '{') || w.is(i-1, '}') || w.is(i-1, ']') ||
		w.keyword(i-1, "unsafe") || w.keyword(i-1, "default")
}

// signatureEnd is the index of the { that opens the body of the item whose head
// goes on at i, or of the ; that ends it.
func (w *walker) signatureEnd(i, end int) int {
	angles := 0
	for i < end {
		switch {
		case w.is(i, '<'):
			angles++
		case w.is(i, '>') && !w.arrow(i):
			angles--
		case w.is(i, ';'), w.is(i, '{') && angles <= 0, w.closes(i), w.is(i, '#') && w.is(i+1, '['):
			return i
		case w.opens(i):
			i = w.after(i, end)
			continue
		}
		i++
	}
	return end
}

// body reads the head of an item and its {…} as a scope.
func (w *walker) body(i, end int, c ctx, s Scope) int {
	open := w.signatureEnd(i, end)
	head := c
	head.item = itemAttrs{}
	w.walk(i, open, head)
	if open < end && w.is(open, '{') {
		return w.block(open, end, c, s)
	}
	return open
}

// fn reads a function. Its signature belongs to its scope, as its body does.
func (w *walker) fn(i, end int, c ctx) int {
	w.define(c, i+1, ValueSpace)
	open := w.signatureEnd(i+2, end)
	if c.depth >= maxNesting {
		return i + 2
	}
	stop := open
	if open < end && w.is(open, '{') {
		stop = w.after(open, end)
	}
	in := w.newScope(c, Scope{Kind: FnScope, Span: w.span(i, stop), Name: w.word(i + 1), Async: w.isAsync(i)})
	w.walk(i+2, open, in)
	if stop > open {
		w.walk(open+1, w.inner(open, end), in)
	}
	return stop
}

// isAsync reports whether the fn at i is an async one.
func (w *walker) isAsync(i int) bool {
	for i--; i >= 0; i-- {
		switch {
		case w.keyword(i, "async"):
			return true
		case w.keyword(i, "unsafe"), w.keyword(i, "extern"), w.keyword(i, "const"), w.keyword(i, "safe"), w.toks[i].Kind == Str:
		default:
			return false
		}
	}
	return false
}

func (w *walker) externCrate(i int, c ctx) int {
	name, next := i+2, i+3
	n := Name{
		Name: w.word(name), Path: Path{Segs: []string{w.word(name)}, Global: true},
		Scope: c.scope, Cond: c.cond, Space: TypeSpace, Use: true, Pub: w.keyword(i-1, "pub"),
	}
	if n.Path.Segs[0] == "self" {
		n.Path = Path{Segs: []string{"crate"}}
	}
	if w.keyword(next, "as") && w.ident(next+1) {
		n.Name = w.word(next + 1)
		next += 2
	}
	w.Refs = append(w.Refs, Ref{Path: n.Path, Span: w.span(name, name+1), Scope: c.scope, Cond: c.cond, Kind: UseRef, Pub: n.Pub, Name: int32(len(w.Names))})
	w.Names = append(w.Names, n)
	if c.item.macroUse {
		w.Globs = append(w.Globs, Glob{Path: n.Path, Scope: 0, Cond: c.cond, Space: MacroSpace})
	}
	return next
}

func (w *walker) module(i, end int, c ctx) int {
	m := Mod{
		Name: w.word(i + 1), Span: w.span(i+1, i+2), Scope: c.scope, Cond: c.cond, Body: -1,
		Paths: c.item.paths, Pub: w.keyword(i-1, "pub"),
	}
	at := len(w.Mods)
	w.Mods = append(w.Mods, m)
	if w.is(i+2, ';') || c.depth >= maxNesting {
		return i + 3
	}
	in := w.newScope(c, Scope{Kind: ModScope, Span: w.span(i+2, w.after(i+2, end)), Name: m.Name})
	w.Mods[at].Body = in.scope
	w.walk(i+3, w.inner(i+2, end), in)
	return w.after(i+2, end)
}

// typeAlias reads type Name<…> = path; the type on the right is walked as any.
func (w *walker) typeAlias(i, end int, c ctx) int {
	if !w.ident(i + 1) {
		return i + 1
	}
	next := i + 2
	if w.is(next, '<') {
		if close := w.angle(next, end); close > 0 {
			next = close + 1
		}
	}
	n := Name{Name: w.word(i + 1), Scope: c.scope, Cond: c.cond, Space: TypeSpace}
	if w.is(next, '=') {
		p := next + 1
		if w.colons(p) {
			n.Path.Global = true
			p += 2
		}
		for w.ident(p) && !keywords[w.word(p)] {
			n.Path.Segs = append(n.Path.Segs, w.word(p))
			if !w.colons(p+1) || !w.ident(p+3) {
				break
			}
			p += 3
		}
	}
	if !c.members {
		w.Names = append(w.Names, n)
	}
	return i + 2
}

// use is what all leaves of one use declaration share.
type use struct {
	ctx
	pub, private bool
}

// private reports whether nothing that could be a visibility stands before the
// item at i.
func (w *walker) private(i int) bool {
	return i == 0 || w.is(i-1, ';') || w.is(i-1, '{') || w.is(i-1, '}') || w.is(i-1, ']')
}

// useTree reads one tree of a use declaration whose prefix is the segments from
// base on, and returns the index behind it.
func (w *walker) useTree(i, end, base int, global bool, u use) int {
	mark := len(w.segs)
	restore := func() { w.segs = w.segs[:mark] }
	start := i
	if w.colons(i) {
		global = true
		i += 2
	}
	if w.is(i, '$') && w.keyword(i+1, "crate") {
		i++
	}
	for i < end {
		switch {
		case w.ident(i) && !(keywords[w.word(i)] && w.toks[i].Kind == Ident):
			w.segs = append(w.segs, w.word(i))
			if w.colons(i + 1) {
				i += 3
				continue
			}
			i = w.useLeaf(start, i, base, global, u)
			restore()
			return i
		case w.is(i, '*'):
			path := Path{w.keep(w.segs[base:]), global}
			if len(path.Segs) == 0 { // the crate's own root, before the 2018 edition
				path = Path{Segs: []string{"crate"}}
			}
			w.Refs = append(w.Refs, Ref{Path: path, Span: w.span(start, i+1), Scope: u.scope, Cond: u.cond, Kind: GlobRef, Pub: u.pub})
			w.Globs = append(w.Globs, Glob{Path: path, Scope: u.scope, Cond: u.cond, Space: AnySpace, Private: u.private})
			restore()
			return i + 1
		case w.is(i, '{'):
			stop := w.inner(i, end)
			for j := i + 1; j < stop && !w.is(j, ';'); {
				next := w.useTree(j, stop, base, global, u)
				if w.is(next, ',') {
					next++
				}
				if next <= j { // half-typed: what follows is no tree, but may be code
					restore()
					return j
				}
				j = next
			}
			restore()
			return w.after(i, end)
		default: // half-typed, or a macro's placeholder: what is there is an open path
			if len(w.segs) > mark {
				w.Refs = append(w.Refs, Ref{Path: Path{w.keep(w.segs[base:]), global}, Span: w.span(start, i), Scope: u.scope, Cond: u.cond, Kind: UseRef, Open: true, Pub: u.pub, Name: -1})
			}
			restore()
			return i
		}
	}
	restore()
	return i
}

// useLeaf records the leaf whose last segment is at i.
func (w *walker) useLeaf(start, i, base int, global bool, u use) int {
	segs := w.segs[base:]
	if n := len(segs); n > 1 && segs[n-1] == "self" {
		segs = segs[:n-1]
	}
	segs = w.keep(segs)
	path := Path{segs, global}
	name := segs[len(segs)-1]
	next := i + 1
	if w.keyword(next, "as") && w.ident(next+1) {
		name = w.word(next + 1)
		next += 2
	}
	r := Ref{Path: path, Span: w.span(start, i+1), Scope: u.scope, Cond: u.cond, Kind: UseRef, Pub: u.pub, Name: -1}
	if name != "_" {
		r.Name = int32(len(w.Names))
		w.Names = append(w.Names, Name{Name: name, Path: path, Scope: u.scope, Cond: u.cond, Space: AnySpace, Use: true, Pub: u.pub, Private: u.private})
		h := nameHash(name)
		w.imported[h>>6] |= 1 << (h & 63)
	}
	w.Refs = append(w.Refs, r)
	return next
}

// path reads a path whose first word is at i and returns the index behind it.
// A single word is recorded only when it calls a macro.
func (w *walker) path(i, end int, c ctx, global bool) int {
	start, base := i, len(w.segs)
	w.segs = append(w.segs, w.word(i))
	open := false
	i++
more:
	for i < end && w.colons(i) {
		switch {
		case w.ident(i + 2):
			w.segs = append(w.segs, w.word(i+2))
			i += 3
		case w.is(i+2, '<'):
			close := w.angle(i+2, end)
			if close < 0 {
				i += 2
				break more
			}
			w.walk(i+3, close, c)
			i = close + 1
		case w.is(i+2, '$'):
			open = true
			i += 4
			break more
		default:
			i += 2
			break more
		}
	}
	i = min(i, end)
	ref := Ref{Path: Path{w.segs[base:], global}, Span: w.span(start, i), Scope: c.scope, Cond: c.cond, Open: open}
	if w.is(i, '!') && w.opens(i+1) && i+1 < end {
		ref.Kind = MacroRef
		return w.macroCall(ref, i+1, end, c)
	}
	if len(ref.Segs) > 1 || global || open {
		w.record(ref)
	} else {
		w.segs = w.segs[:base]
		w.bareName(start, c)
	}
	return i
}

// nameHash tells most names apart, in 11 bits.
func nameHash(name string) uint32 {
	h := uint32(len(name))
	for i := range min(len(name), 12) {
		h = h*31 + uint32(name[i])
	}
	return (h ^ h>>11) & 2047
}

// bareName notes a name of one segment: one that a use declaration may have brought,
// and in files where a glob import may be what brings it, any.
func (w *walker) bareName(i int, c ctx) {
	h := nameHash(w.word(i))
	imported := w.imported[h>>6]&(1<<(h&63)) != 0
	if !w.globs && !imported {
		return
	}
	called := w.is(i+1, '(') || w.colons(i+1) // a turbofish: the path ended before it
	isType := class[w.Text[w.toks[i].Start]]&identStart != 0 && w.Text[w.toks[i].Start]&0x20 == 0 && w.Text[w.toks[i].Start] != '_'
	fieldOrPattern := w.is(i+1, ':') && !w.colons(i+1) || w.keyword(i-1, "let") || w.keyword(i-1, "mut")
	if fieldOrPattern && !called && !isType {
		return
	}
	b := Bare{Span: w.span(i, i+1), Scope: c.scope, Cond: c.cond, Sure: called || isType}
	if w.globs {
		w.Bare = append(w.Bare, b)
	}
	if imported {
		w.Imported = append(w.Imported, b)
	}
}

// record keeps a ref whose segments are the last ones read, and drops those.
func (w *walker) record(r Ref) {
	w.segs = w.segs[:len(w.segs)-len(r.Segs)]
	r.Segs = w.keep(r.Segs)
	w.Refs = append(w.Refs, r)
}

// placeholder reads what follows a $: $crate starts a path, $name stands for
// something unknown that may go on as a path.
func (w *walker) placeholder(i, end int, c ctx) int {
	if w.keyword(i+1, "crate") {
		return w.path(i+1, end, c, false)
	}
	if !w.ident(i + 1) {
		return i + 1
	}
	i += 2
	for i < end && w.colons(i) && w.ident(i+2) {
		i += 3
	}
	return i
}

// qualified reads <Type>::name and <Type as Trait>::name, whose last part would
// otherwise be lost.
func (w *walker) qualified(i, end int, c ctx) int {
	if w.endsPath(i-1) || w.colons(i-2) || w.is(i-1, ')') || w.toksKind(i-1) == Int {
		return i + 1 // generic arguments, or a comparison
	}
	close := w.angle(i, min(end, i+64))
	if close < 0 || !w.colons(close+1) || !w.ident(close+3) {
		return i + 1
	}
	w.walk(i+1, close, c)
	if w.keyword(i-1, "impl") || w.keyword(i-1, "for") { // parameters: impl<T> ::path
		return w.path(close+3, end, c, true)
	}
	return w.member(w.holder(i, close), close, end, c)
}

// holder is the index of the path whose member <…>::name is: that of the trait,
// where there is one, else of the type.
func (w *walker) holder(i, close int) int {
	from := i + 1
	for w.is(from, '&') || w.keyword(from, "mut") || w.toksKind(from) == Lifetime {
		from++
	}
	for j := from; j < close; j++ {
		switch {
		case w.opens(j):
			j = int(w.close[j])
		case w.is(j, '<'):
			if j = w.angle(j, close); j < 0 {
				return from
			}
		case w.keyword(j, "as"):
			from = j + 1
		}
	}
	return from
}

// member records the path at i, which may end in generic arguments before the >
// at close, together with the names behind that, and returns the index behind them.
func (w *walker) member(i, close, end int, c ctx) int {
	base := len(w.segs)
	global := w.colons(i)
	if global {
		i += 2
	}
	start := i
	for w.ident(i) && !keywords[w.word(i)] && w.word(i) != "_" && i < close {
		w.segs = append(w.segs, w.word(i))
		i++
		if !w.colons(i) || !w.ident(i+2) {
			break
		}
		i += 2
	}
	named := len(w.segs) > base && (i == close || w.is(i, '<') && w.angle(i, close) == close-1)
	for i = close + 1; i < end && w.colons(i) && w.ident(i+2); i += 3 {
		w.segs = append(w.segs, w.word(i+2))
	}
	if !named {
		w.segs = w.segs[:base]
		return i
	}
	w.record(Ref{Path: Path{w.segs[base:], global}, Span: w.span(start, i), Scope: c.scope, Cond: c.cond})
	return i
}

// method reads what follows a dot. Fields are skipped, so that their names start
// no path.
func (w *walker) method(i int, c ctx) int {
	if !w.ident(i+1) || w.is(i-1, '.') {
		return i + 1
	}
	if w.is(i+2, '(') || w.colons(i+2) && w.is(i+4, '<') {
		w.Methods = append(w.Methods, Method{Span: w.span(i+1, i+2), Scope: c.scope, Cond: c.cond})
	}
	return i + 2
}
