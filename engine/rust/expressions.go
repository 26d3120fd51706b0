package rust

import "strings"

// expr reads the expression that starts at i and returns the index behind it. braces
// tells that Path {…} may be a struct; it may not in front of a block.
func (in *infer) expr(i, end int, braces bool) (Type, int) {
	if in.depth++; in.depth > maxNesting {
		in.depth--
		return Type{}, i + 1
	}
	defer func() { in.depth-- }()
	t, start := Type{}, i
	operands, chained, ranged := 0, false, false
	for i < end && in.steps > 0 {
		in.steps--
		if in.endsExpr(i, braces) {
			break
		}
		if operator := in.operator(i); operator > 0 && operands > 0 {
			chained = chained || !in.keyword(i, "as")
			ranged = ranged || in.is(i, '.')
			if in.keyword(i, "as") {
				t, i = in.written(i+1, end)
				continue
			}
			i += operator
			continue
		}
		if operands > 0 && !chained && i > start && in.startsStatement(i) {
			break
		}
		before := i
		var given Type
		given, i = in.operand(i, end, braces)
		if operands == 0 {
			t = given
		}
		operands++
		if i <= before {
			i = before + 1
		}
		if i < end && (in.is(i-1, '}') && in.blockLike(before)) && !in.is(i, '.') && !in.is(i, '?') && operands == 1 && braces {
			break // a block ends its statement
		}
	}
	switch {
	case ranged:
		t = in.standard("Range", t)
	case chained:
		t = Type{}
	}
	return t, i
}

func (in *infer) blockLike(i int) bool {
	switch in.word(i) {
	case "if", "match", "loop", "while", "for", "unsafe":
		return true
	}
	return in.is(i, '{') || in.toks[i].Kind == Lifetime
}

// startsStatement reports whether what follows an operand without an operator can
// only be the next statement.
func (in *infer) startsStatement(i int) bool { return in.operator(i) == 0 && !in.is(i, '.') }

// endsExpr reports whether token i ends an expression.
func (in *infer) endsExpr(i int, braces bool) bool {
	switch {
	case in.is(i, ';'), in.is(i, ','), in.closes(i), in.is(i, '{') && !braces && i > 0, in.keyword(i, "else"):
		return true
	}
	return in.is(i, '=') && in.is(i+1, '>') && in.adjacent(i)
}

// operator is the number of tokens of the binary operator at i.
func (in *infer) operator(i int) int {
	if in.keyword(i, "as") {
		return 1
	}
	if in.toks[i].Kind != Punct {
		return 0
	}
	switch in.Text[in.toks[i].Start] {
	case '+', '-', '*', '/', '%', '^', '!', '&', '|', '<', '>', '=', ':':
		n := 1
		for i+n < len(in.toks) && in.adjacent(i+n-1) && (in.is(i+n, '=') || in.is(i+n, in.Text[in.toks[i].Start])) && n < 3 && !(in.is(i, '=') && in.is(i+n, '>')) {
			n++
		}
		return n
	case '.':
		if in.is(i+1, '.') {
			if in.is(i+2, '=') {
				return 3
			}
			return 2
		}
	}
	return 0
}

// operand reads what stands between operators, with all that follows its dots.
func (in *infer) operand(i, end int, braces bool) (Type, int) {
	for i < end && (in.is(i, '&') || in.is(i, '*') || in.is(i, '-') || in.is(i, '!') || in.keyword(i, "mut") || in.keyword(i, "raw") && in.is(i-1, '&') ||
		in.is(i, '.') && in.is(i+1, '.') || in.is(i, '#') && in.is(i+1, '[')) {
		switch {
		case in.is(i, '.'):
			i += 2
			if in.is(i, '=') {
				i++
			}
			if i >= end || in.endsExpr(i, braces) {
				return Type{}, i
			}
		case in.is(i, '#'):
			i = in.after(i+1, end)
		default:
			i++
		}
	}
	if i >= end {
		return Type{}, i
	}
	t, next := in.primary(i, end, braces)
	return in.postfix(t, max(next, i+1), end)
}

// primary reads what an operand starts with.
func (in *infer) primary(i, end int, braces bool) (Type, int) {
	switch tok := in.toks[i]; {
	case tok.Kind == Lifetime: // a label
		if in.is(i+1, ':') {
			return in.afterWord(i+2, end, braces)
		}
		return Type{}, i + 1
	case tok.Kind == Str || tok.Kind == RawStr:
		return in.standard("str"), i + 1
	case in.is(i, '('):
		var args []Type
		stop := in.inner(i, end)
		for j := i + 1; j < stop; {
			var t Type
			t, j = in.expr(j, stop, true)
			args = append(args, t)
			if j < stop && !in.is(j, ',') {
				j++
			}
			j++
		}
		if len(args) == 1 && !in.is(stop-1, ',') {
			return args[0], in.after(i, end)
		}
		return Type{Kind: TupleType, Args: args}, in.after(i, end)
	case in.is(i, '['):
		stop := in.inner(i, end)
		item := Type{}
		for j := i + 1; j < stop; {
			t, next := in.expr(j, stop, true)
			if item.Kind == UnknownType {
				item = t
			}
			j = max(next, j) + 1
		}
		return in.standard("slice", item), in.after(i, end)
	case in.is(i, '{'):
		return in.block(i, end), in.after(i, end)
	case in.is(i, '|'):
		return in.closure(i, end, nil)
	case in.is(i, '<'):
		if close := in.angle(i, end); close > 0 && in.colons(close+1) && in.ident(close+3) {
			return in.qualified(i, close, end)
		}
		return Type{}, i + 1
	case in.colons(i):
		return in.pathExpr(i+2, end, braces)
	case in.ident(i):
		return in.afterWord(i, end, braces)
	}
	return Type{}, i + 1
}

// afterWord reads an operand that starts with a word.
func (in *infer) afterWord(i, end int, braces bool) (Type, int) {
	if i >= end {
		return Type{}, i
	}
	if in.is(i, '{') {
		return in.block(i, end), in.after(i, end)
	}
	if in.toks[i].Kind != Ident || !keywords[in.word(i)] {
		return in.pathExpr(i, end, braces)
	}
	switch in.word(i) {
	case "if":
		return in.branch(i, end)
	case "match":
		return in.match(i, end)
	case "loop":
		if in.is(i+1, '{') {
			in.block(i+1, end)
			return Type{}, in.after(i+1, end)
		}
	case "unsafe", "const":
		if in.is(i+1, '{') {
			return in.block(i+1, end), in.after(i+1, end)
		}
	case "while":
		mark := len(in.vars)
		next := in.condition(i+1, end)
		if in.is(next, '{') {
			in.block(next, end)
			next = in.after(next, end)
		}
		in.vars = in.vars[:mark]
		return Type{}, next
	case "for":
		return in.forLoop(i, end)
	case "async", "move", "static":
		open := i + 1
		for in.keyword(open, "move") || in.keyword(open, "async") {
			open++
		}
		switch {
		case in.is(open, '{') && in.keyword(i, "async"):
			return future(in.block(open, end)), in.after(open, end)
		case in.is(open, '|'):
			t, next := in.closure(open, end, nil)
			if in.keyword(i, "async") {
				t = closure(future(t.arg(0)))
			}
			return t, next
		}
	case "return", "break", "yield":
		next := i + 1
		if in.toksKind(next) == Lifetime {
			next++
		}
		if next < end && !in.endsExpr(next, braces) {
			_, next = in.expr(next, end, braces)
		}
		return Type{}, next
	}
	return Type{}, i + 1
}

// branch reads if … {…} else ….
func (in *infer) branch(i, end int) (Type, int) {
	mark := len(in.vars)
	next := in.condition(i+1, end)
	t := Type{}
	if in.is(next, '{') {
		t = in.block(next, end)
		next = in.after(next, end)
	}
	in.vars = in.vars[:mark]
	if in.keyword(next, "else") {
		var other Type
		switch {
		case in.keyword(next+1, "if"):
			other, next = in.branch(next+1, end)
		case in.is(next+1, '{'):
			other, next = in.block(next+1, end), in.after(next+1, end)
		}
		if t.Kind == UnknownType {
			t = other
		}
	}
	return t, next
}

// condition reads what stands between if or while and its block, which may bind
// names.
func (in *infer) condition(i, end int) int {
	for i < end && !in.is(i, '{') && in.steps > 0 {
		if in.keyword(i, "let") {
			stop := in.patternEnd(i+1, end)
			t, next := Type{}, stop
			if in.is(stop, '=') {
				t, next = in.scrutinee(stop+1, end)
			}
			in.pattern(i+1, stop, t)
			i = max(next, i+1)
			continue
		}
		if in.is(i, '&') && in.is(i+1, '&') {
			i += 2
			continue
		}
		_, next := in.scrutinee(i, end)
		if next <= i || in.endsExpr(next, true) {
			return max(next, i)
		}
		i = next
	}
	return i
}

// scrutinee reads an expression up to && or the block behind it.
func (in *infer) scrutinee(i, end int) (Type, int) {
	stop := i
	for stop < end && !in.is(stop, '{') && !(in.is(stop, '&') && in.is(stop+1, '&') && in.adjacent(stop) && stop > i) {
		switch {
		case in.opens(stop):
			stop = in.after(stop, end)
		case in.keyword(stop, "match") || in.keyword(stop, "unsafe") || in.keyword(stop, "async"):
			for stop < end && !in.is(stop, '{') {
				stop++
			}
			stop = min(end, stop)
			if stop < end {
				stop = in.after(stop, end)
			}
		default:
			stop++
		}
	}
	t, next := in.expr(i, stop, false)
	return t, max(next, stop)
}

func (in *infer) forLoop(i, end int) (Type, int) {
	mark := len(in.vars)
	stop := in.patternEnd(i+1, end)
	if !in.keyword(stop, "in") {
		return Type{}, i + 1
	}
	t, next := in.expr(stop+1, end, false)
	in.pattern(i+1, stop, in.item(t))
	if in.is(next, '{') {
		in.block(next, end)
		next = in.after(next, end)
	}
	in.vars = in.vars[:mark]
	return Type{}, next
}

func (in *infer) match(i, end int) (Type, int) {
	on, open := in.expr(i+1, end, false)
	if !in.is(open, '{') {
		return Type{}, max(open, i+1)
	}
	return in.arms(open+1, in.inner(open, end), func(int, int) Type { return on }), in.after(open, end)
}

// arms reads pattern [if guard] => expression, … and gives the first type that is
// known.
func (in *infer) arms(i, end int, on func(from, to int) Type) Type {
	given := Type{}
	for i < end && in.steps > 0 {
		in.steps--
		for in.is(i, '#') && in.is(i+1, '[') {
			i = in.after(i+1, end)
		}
		arrow := i
		for arrow < end && !(in.is(arrow, '=') && in.is(arrow+1, '>') && in.adjacent(arrow)) {
			if in.opens(arrow) {
				arrow = in.after(arrow, end)
			} else {
				arrow++
			}
		}
		mark := len(in.vars)
		stop := in.armPattern(i, arrow)
		in.pattern(i, stop, on(i, arrow))
		if in.keyword(stop, "if") {
			in.condition(stop+1, arrow)
		}
		if arrow+2 >= end {
			in.vars = in.vars[:mark]
			return given
		}
		t, next := in.expr(arrow+2, end, true)
		if given.Kind == UnknownType {
			given = t
		}
		in.vars = in.vars[:mark]
		i = max(next, arrow+2)
		if in.is(i, ',') {
			i++
		} else if next <= arrow+2 {
			i++
		}
	}
	return given
}

// armPattern is the end of the pattern of an arm, which may have alternatives.
func (in *infer) armPattern(i, arrow int) int {
	for i < arrow && !in.keyword(i, "if") && !(in.is(i, '=') && !in.is(i-1, '.')) {
		if in.opens(i) {
			i = in.after(i, arrow)
		} else {
			i++
		}
	}
	return i
}

// closure reads |…| expression whose first bar is at i; given are the types of its
// parameters, where they follow from what it is given to.
func (in *infer) closure(i, end int, given []Type) (Type, int) {
	mark := len(in.vars)
	from := in.closureBody(i, end)
	if from > i+2 {
		in.each(i+1, from-1, func(n, a, b int) {
			stop := in.patternEnd(a, b)
			t := Type{}
			if n < len(given) {
				t = given[n]
			}
			if in.is(stop, ':') {
				t, _ = in.written(stop+1, b)
			}
			in.pattern(a, stop, t)
		})
	}
	result := Type{}
	if in.is(from, '-') && in.is(from+1, '>') {
		result, from = in.written(from+2, end)
	}
	t, next := in.expr(from, end, true)
	in.vars = in.vars[:mark]
	if result.Kind == UnknownType {
		result = t
	}
	return closure(result), max(next, from)
}

func (in *infer) standard(name string, args ...Type) Type {
	return in.unit.extern("std", []string{name}, args)
}

// postfix reads what follows an operand: fields, calls, .await and ?.
func (in *infer) postfix(t Type, i, end int) (Type, int) {
	for i < end && in.steps > 0 {
		in.steps--
		switch {
		case in.is(i, '?'):
			t = in.try(t)
			i++
		case in.is(i, '.') && in.keyword(i+1, "await"):
			t = in.await(t)
			i += 2
		case in.is(i, '.') && in.ident(i+1):
			if open := in.callOpen(i+2, end); open >= 0 {
				t = in.methodCall(t, i+1, open, end)
				i = in.after(open, end)
				continue
			}
			if holder := in.holderOf(t, in.word(i+1)); holder.Kind == ExternType {
				in.note(i+1, holder, in.word(i+1))
			}
			t = in.field(t, in.word(i+1))
			i += 2
		case in.is(i, '.') && in.toksKind(i+1) == Int:
			t = in.field(t, in.text(i+1, i+2))
			i += 2
		case in.is(i, '.') && in.toksKind(i+1) == Float: // x.0.1
			first, second, _ := strings.Cut(in.text(i+1, i+2), ".")
			t = in.field(in.field(t, first), second)
			i += 2
		case in.is(i, '('):
			in.args(i, end, nil)
			if t.Kind == ClosureType {
				t = t.Args[0]
			} else {
				t = Type{}
			}
			i = in.after(i, end)
		case in.is(i, '['):
			in.args(i, end, nil)
			t = in.item(t)
			i = in.after(i, end)
		default:
			return t, i
		}
	}
	return t, i
}

// holderOf is the type of an extern crate that a field of a value belongs to. What
// points to one may itself have the field.
func (in *infer) holderOf(t Type, name string) Type {
	for range maxDerefs {
		if t.Kind == OwnType {
			if _, ok := t.Own.part(name); ok {
				return t
			}
		}
		next := in.deref(t)
		if next.Kind == UnknownType {
			break
		}
		t = next
	}
	return t
}

// try is what ? gives.
func (in *infer) try(t Type) Type {
	switch {
	case t.Is("std", "result", "Result"), t.Is("std", "option", "Option"):
		return in.under(t.arg(0), t.Cond)
	case t.Is("std", "task", "Poll"):
		return in.unit.extern("std", t.Path, []Type{in.try(t.arg(0))})
	}
	return Type{}
}

// await is what awaiting a value gives.
func (in *infer) await(t Type) Type {
	for range maxDerefs {
		if out, ok := t.future(); ok {
			return in.under(out, t.Cond)
		}
		if known, of, ok := in.library(t); ok && known.Output != "" {
			return in.under(in.unit.known(t.Extern, known.Output, t, of), t.Cond)
		}
		if t = in.deref(t); t.Kind == UnknownType {
			break
		}
	}
	return Type{}
}
