package rust

import "slices"

// Holders are the names of variables, fields and functions that may hold or give a
// value of some types: rather too many than too few. It goes by the text alone.
// seeds are the names of the types and of what gives their values; giving are the
// methods whose result may be the value that they are called on, or part of it.
func (u *Unit) Holders(seeds map[string]bool, giving []string) {
	b := u.tokens()
	if b == nil {
		return
	}
	for changed := true; changed; {
		before := len(seeds)
		for i := range b.toks {
			switch {
			case b.keyword(i, "let"), b.keyword(i, "for"):
				b.binding(i, seeds, giving)
			case b.keyword(i, "match"):
				b.arms(i, seeds, giving)
			case b.ident(i) && b.is(i+1, ':') && !b.colons(i+1) && !b.is(i-1, ':'):
				if b.holds(i+2, b.annotationEnd(i+2), seeds, giving) {
					seeds[b.word(i)] = true
				}
			case b.keyword(i, "fn") && b.ident(i+1):
				open := b.signatureEnd(i+2, len(b.toks))
				for j := i + 2; j < open; j++ {
					if b.is(j, '-') && b.is(j+1, '>') && b.holds(j+2, open, seeds, giving) {
						seeds[b.word(i+1)] = true
					}
				}
			case b.closure(i):
				b.parameters(i, seeds, giving)
			}
		}
		changed = len(seeds) > before
	}
}

// holds reports whether a piece of the text names a seed whose value it may give.
func (b *bodies) holds(i, end int, seeds map[string]bool, giving []string) bool {
	for ; i < end; i++ {
		if b.ident(i) && seeds[b.word(i)] && (!b.is(i+1, '.') || slices.Contains(giving, b.word(i+2)) || !b.is(i+3, '(')) {
			return true
		}
	}
	return false
}

// bind makes the names of a pattern seeds.
func (b *bodies) bind(i, end int, seeds map[string]bool) {
	for ; i < end; i++ {
		if b.ident(i) && !keywords[b.word(i)] && b.word(i) != "self" && !b.is(i+1, '(') && !b.colons(i+1) && b.word(i) != "_" && b.word(i) != "None" {
			seeds[b.word(i)] = true
		}
	}
}

// binding reads the let or for at a token.
func (b *bodies) binding(i int, seeds map[string]bool, giving []string) {
	equals := i + 1
	for equals < len(b.toks) && !b.is(equals, '=') && !b.is(equals, ';') && !b.keyword(equals, "in") {
		equals++
	}
	if equals == len(b.toks) || b.is(equals, ';') {
		return
	}
	end := equals + 1
	for end < len(b.toks) && !b.is(end, ';') && !b.closes(end) {
		if b.is(end, '{') && (b.keyword(i, "for") || b.keyword(i-1, "if") || b.keyword(i-1, "while")) {
			break
		}
		if b.opens(end) {
			end = b.after(end, len(b.toks))
			continue
		}
		end++
	}
	if b.holds(i+1, end, seeds, giving) {
		pattern := equals
		for j := i + 1; j < equals; j++ {
			if b.is(j, ':') && !b.colons(j) && !b.colons(j-1) {
				pattern = j
				break
			}
		}
		b.bind(i+1, pattern, seeds)
	}
}

// arms reads the match at a token.
func (b *bodies) arms(i int, seeds map[string]bool, giving []string) {
	open := i + 1
	for open < len(b.toks) && !b.is(open, '{') {
		if b.is(open, ';') || b.closes(open) {
			return
		}
		if b.opens(open) {
			open = b.after(open, len(b.toks))
			continue
		}
		open++
	}
	if open == len(b.toks) || !b.holds(i+1, open, seeds, giving) {
		return
	}
	stop := b.inner(open, len(b.toks))
	start := open + 1
	for j := open + 1; j < stop; j++ {
		switch {
		case b.is(j, '=') && b.is(j+1, '>'):
			b.bind(start, j, seeds)
		case b.is(j, ','), b.is(j, '}'):
			start = j + 1
		case b.is(j, '{'):
			j = b.after(j, stop) - 1
			start = j + 1
		}
	}
}

// parameters reads the closure at a token: what is given to it may come from what
// the method is called on that it is an argument of.
func (b *bodies) parameters(i int, seeds map[string]bool, giving []string) {
	start := i
	for start > 0 && !b.is(start-1, ';') && !b.is(start-1, '{') && !b.is(start-1, '}') {
		start--
	}
	if !b.holds(start, i, seeds, giving) {
		return
	}
	end := b.closureBody(i, len(b.toks)) - 1
	for j := i + 1; j < end; j++ {
		if b.is(j, ':') && !b.colons(j) {
			j = b.annotationEnd(j+1) - 1
			continue
		}
		b.bind(j, j+1, seeds)
	}
}

// annotationEnd is the end of the type, or of the expression of a field, that starts at a
// token.
func (b *bodies) annotationEnd(i int) int {
	for i < len(b.toks) && !b.is(i, ',') && !b.is(i, ';') && !b.is(i, '=') && !b.is(i, '|') && !b.closes(i) {
		if close := -1; b.is(i, '<') {
			if close = b.angle(i, len(b.toks)); close > 0 {
				i = close
			}
		}
		if b.opens(i) {
			i = b.after(i, len(b.toks))
			continue
		}
		i++
	}
	return i
}

// Shared are the places where a shared reference is made to one of the names, or to
// a type of one of the names.
func (u *Unit) Shared(names map[string]bool) []Span {
	b := u.tokens()
	if b == nil {
		return nil
	}
	var found []Span
	for i := range b.toks {
		if !b.is(i, '&') || b.is(i+1, '&') || b.keyword(i+1, "mut") {
			continue
		}
		at := i + 1
		if at < len(b.toks) && b.toks[at].Kind == Lifetime {
			at++
		}
		for b.ident(at) && (b.is(at+1, '.') && b.ident(at+2) && !b.is(at+3, '(') || b.colons(at+1) && b.ident(at+3)) {
			if at += 2; b.is(at, ':') {
				at++
			}
		}
		if b.ident(at) && names[b.word(at)] && !(b.is(at+1, '.') && b.is(at+3, '(')) {
			found = append(found, b.span(i, at+1))
		}
	}
	return found
}

// CalledOn are the places where a method of a name is called on one of the names.
func (u *Unit) CalledOn(names map[string]bool, method string) []Span {
	b := u.tokens()
	if b == nil {
		return nil
	}
	var found []Span
	for i := range b.toks {
		if b.is(i-1, '.') && b.word(i) == method && b.is(i+1, '(') && (!b.ident(i-2) || names[b.word(i-2)]) {
			found = append(found, b.span(i, i+1))
		}
	}
	return found
}
