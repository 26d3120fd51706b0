package rust

import "slices"

// Setting is what is done with the value of a call.
type Setting struct {
	Call
	// Dropped tells that nobody has the value: the call is a statement, or is given to _.
	Dropped bool
	// Await is where the await directly behind the call ends, 0 without one; Statement
	// tells that the two are a whole statement.
	Await     uint32
	Statement bool
	// Awaits are where the awaits of the variable end that the value is given to, Sure
	// tells that each way through the function comes to one. There are none where it is
	// used for anything else.
	Awaits []uint32
	Sure   bool
}

// SettingOf is what is done with the value of the call whose path is at a place.
func (u *Unit) SettingOf(name Span) (Setting, bool) {
	c, ok := u.Source.CallAt(name)
	b := u.tokens()
	if !ok || b == nil {
		return Setting{}, false
	}
	i, _ := b.token(c.Start)
	end, _ := b.token(c.End - 1)
	s := Setting{Call: c}
	starts := b.startsStatement(i)
	let := i - 1 // of let _ =
	ignored := b.is(let, '=') && b.keyword(let-1, "_") && b.keyword(let-2, "let")
	s.Dropped = (starts || ignored) && b.is(end+1, ';')
	if b.is(end+1, '.') && b.keyword(end+2, "await") {
		s.Await = b.toks[end+2].End
		s.Statement = starts && b.is(end+3, ';')
	}
	if b.is(end+1, ';') && b.is(i-1, '=') {
		b.awaits(&s, i-2, end+2)
	}
	return s, true
}

// awaits finds where the variable at a token, to which a call is given that ends
// before another, is awaited.
func (b *bodies) awaits(s *Setting, name, i int) {
	before := name - 1
	if b.keyword(before, "mut") {
		before--
	}
	if !b.ident(name) || keywords[b.word(name)] || !b.keyword(before, "let") || !b.startsStatement(before) {
		return
	}
	s.Sure = true
	depth := 0
	for ; i < len(b.toks) && depth >= 0; i++ {
		switch {
		case b.is(i, '{'):
			depth++
		case b.is(i, '}'):
			depth--
		case b.word(i) == b.word(name) && b.is(i+1, '.') && b.keyword(i+2, "await") && !b.is(i-1, '.'):
			s.Awaits = append(s.Awaits, b.toks[i+2].End)
			s.Sure = s.Sure && depth == 0 && !b.is(i-1, '&') && !b.is(i-1, '|')
		case b.word(i) == b.word(name) && b.is(i+1, ':') && b.is(i+2, ':'):
			// a module of the same name
		case b.word(i) == b.word(name):
			s.Awaits = nil
			return
		case len(s.Awaits) == 0 && (b.is(i, '?') || b.ident(i) && slices.Contains(leavingWords, b.word(i))):
			s.Sure = false
		}
	}
}

// leavingWords leave what is around them.
var leavingWords = []string{"return", "break", "continue"}

// LastIn reports whether a place is in the last statement of the function, so that
// nothing is done behind it.
func (u *Unit) LastIn(f *CrateFn, c Span) bool {
	body := f.Inner
	b := u.tokens()
	if b == nil || c.End > body.End {
		return false
	}
	last, _ := b.token(c.End - 1)
	for i := last + 1; i < len(b.toks) && b.toks[i].Start < body.End; i++ {
		if !b.is(i, ';') && !b.is(i, '?') {
			return false
		}
	}
	return true
}

// LinesIn are the starts of the lines of a piece of the text that are not empty and
// do not start within a literal.
func (u *Unit) LinesIn(at Span) []uint32 {
	b := u.tokens()
	if b == nil {
		return nil
	}
	var lines []uint32
	text := u.Source.Text
	t := 0
	for i := at.Start; i < at.End; i++ {
		if i == 0 || text[i-1] != '\n' || text[i] == '\n' || text[i] == '\r' {
			continue
		}
		for t < len(b.toks) && b.toks[t].End <= i {
			t++
		}
		if t == len(b.toks) || b.toks[t].Start >= i {
			lines = append(lines, i)
		}
	}
	return lines
}
