package rust

import "slices"

// Call is a call with all that belongs to it, as edits of it need it.
type Call struct {
	Span // from the path or the receiver to the closing parenthesis
	// Receiver is what a method is called on, empty for a function; Dot is where
	// the dot behind it stands.
	Receiver Span
	Dot      uint32
	Args     []Span
}

// CallAt reads the call whose path or method name is at a place.
func (s *Source) CallAt(name Span) (Call, bool) {
	b := s.bodies()
	if b == nil {
		return Call{}, false
	}
	i, found := b.token(name.Start)
	if !found {
		return Call{}, false
	}
	last := i
	for last < len(b.toks) && b.toks[last].End < name.End {
		last++
	}
	open := b.callOpen(last+1, len(b.toks))
	if open < 0 {
		return Call{}, false
	}
	stop := b.inner(open, len(b.toks))
	if stop <= open { // it is never closed
		return Call{}, false
	}
	start := i
	c := Call{Span: b.span(i, stop+1)}
	if b.is(i-1, '.') {
		if start = b.receiverStart(i - 1); start < 0 {
			return Call{}, false
		}
		c.Start = b.toks[start].Start
		c.Receiver, c.Dot = b.span(start, i-1), b.toks[i-1].Start
	}
	for a := open + 1; a < stop; {
		next := b.argumentEnd(a, stop)
		c.Args = append(c.Args, b.span(a, next))
		a = next + 1
	}
	return c, true
}

// startsStatement reports whether what starts at token i starts a statement.
func (b *bodies) startsStatement(i int) bool {
	return b.is(i-1, '{') || b.is(i-1, '}') || b.is(i-1, ';')
}

// receiverStart is the first token of what the method behind the dot is called on,
// -1 where that is more than calls, fields, paths and brackets.
func (b *bodies) receiverStart(dot int) int {
	for i := dot - 1; i >= 0; {
		for b.is(i, '?') {
			i--
		}
		for b.is(i, ')') || b.is(i, ']') {
			if i = b.partner(i); i < 1 || !b.ident(i-1) || keywords[b.word(i-1)] {
				return -1 // an expression in parentheses, or generic arguments
			}
			i--
		}
		if !b.ident(i) || keywords[b.word(i)] && b.word(i) != "self" && b.word(i) != "await" && b.word(i) != "crate" && b.word(i) != "Self" {
			return -1
		}
		for b.colons(i-2) && b.ident(i-3) {
			i -= 3
		}
		if b.colons(i - 2) {
			i -= 2
			return i
		}
		if !b.is(i-1, '.') {
			return i
		}
		i -= 2
	}
	return -1
}

// partner is the bracket that the one at token i closes, -1 when there is none.
func (b *bodies) partner(i int) int {
	for open := i - 1; open >= 0; open-- {
		if b.opens(open) && int(b.close[open]) == i {
			return open
		}
	}
	return -1
}

// Leaves reports whether a piece of the text has a ?, a return or the like, which
// mean something else in a block or closure of its own, or an await, which only
// async code may have.
func (s *Source) Leaves(at Span) bool {
	b := s.bodies()
	if b == nil {
		return true
	}
	return slices.ContainsFunc(b.toks, func(t Token) bool {
		if t.Start < at.Start || t.End > at.End {
			return false
		}
		return t.Kind == Punct && s.Text[t.Start] == '?' || t.Kind == Ident && slices.Contains(leaving, s.Text[t.Start:t.End])
	})
}

var leaving = []string{"return", "break", "continue", "await", "yield"}

// Operand reports whether a piece of the text binds as closely as a call, so that a
// method can be called on it without parentheses.
func (s *Source) Operand(at Span) bool {
	b := s.bodies()
	if b == nil {
		return false
	}
	i, found := b.token(at.Start)
	if !found {
		return false
	}
	last := i
	for last < len(b.toks) && b.toks[last].End < at.End {
		last++
	}
	if b.keyword(i, "async") && b.is(last, '}') {
		return true
	}
	return (b.ident(last) || b.is(last, ')')) && b.receiverStart(last+1) == i
}

// Mentions lists where a piece of the text has a name.
func (s *Source) Mentions(name string, at Span) []Span {
	b := s.bodies()
	if b == nil {
		return nil
	}
	var found []Span
	for i, t := range b.toks {
		if t.Start >= at.Start && t.End <= at.End && b.word(i) == name {
			found = append(found, Span{t.Start, t.End})
		}
	}
	return found
}

// endless are the words with which a body may never come to its end, or values may
// never be dropped.
var endless = []string{"loop", "while", "move", "forget", "leak", "exit", "abort", "pending", "ManuallyDrop"}

// Dropped reports whether the variable that a let makes in a body surely lives until
// the end of its block: all that is done with it is to call the methods that are told,
// which borrow it.
func (s *Source) Dropped(name string, body Span, borrowing []string) bool {
	b := s.bodies()
	if b == nil {
		return false
	}
	for i, t := range b.toks {
		if t.Start >= body.Start && t.End <= body.End && slices.Contains(endless, b.word(i)) {
			return false
		}
	}
	mentions := s.Mentions(name, body)
	if len(mentions) == 0 {
		return false
	}
	if _, ok := s.LetOf(mentions[0]); !ok {
		return false
	}
	for _, at := range mentions[1:] {
		if i, _ := b.token(at.Start); !b.is(i+1, '.') || !b.is(i+3, '(') || !slices.Contains(borrowing, b.word(i+2)) {
			return false
		}
	}
	return true
}

// LetOf is the whole let statement that makes the variable whose name is at a
// place, where it makes nothing else.
func (s *Source) LetOf(name Span) (Span, bool) {
	b := s.bodies()
	if b == nil {
		return Span{}, false
	}
	i, found := b.token(name.Start)
	if !found {
		return Span{}, false
	}
	let := i - 1
	if b.keyword(let, "mut") {
		let--
	}
	if !b.keyword(let, "let") || !b.startsStatement(let) || !b.is(i+1, '=') && !b.is(i+1, ':') {
		return Span{}, false
	}
	end := i
	for end < len(b.toks) && !b.is(end, ';') && !b.closes(end) {
		if b.opens(end) {
			end = b.after(end, len(b.toks))
			continue
		}
		end++
	}
	return b.span(let, end+1), b.is(end, ';')
}

// Around is the innermost async block or closure of the function around a place,
// nil where there is none.
func (f *Fn) Around(at Span) *Node {
	var around *Node
	var visit func(nodes []*Node)
	visit = func(nodes []*Node) {
		for _, n := range nodes {
			if (n.Kind == AsyncNode || n.Kind == ClosureNode) && at.Start >= n.Start && at.End <= n.End {
				around = n
			}
			visit(n.Body)
			for _, a := range n.Args {
				visit(a)
			}
		}
	}
	visit(f.Body)
	return around
}

// AsyncAt reports whether an await may stand at a place of the function.
func (f *Fn) AsyncAt(at Span) bool {
	around := f.Around(at)
	return around == nil && f.Async || around != nil && (around.Kind == AsyncNode || around.Async)
}
