package toml

import (
	"strings"
	"unicode/utf8"

	"reactorls/engine/text"
)

// maxNesting bounds how deep values may nest, so that hostile text cannot
// exhaust the stack.
const maxNesting = 128

// Parse reads a text. It never fails: what is wrong is in Errors, and all that
// could be read is in the tree.
//
// A text that is right is read by the book. One that is not is read again with
// guesses about what the person was going to type.
func Parse(src string) *Document {
	d := parse(src, false)
	if len(d.Errors) > 0 {
		d = parse(src, true)
	}
	return d
}

func parse(src string, guess bool) *Document {
	d := &Document{Src: src}
	p := &parser{src: src, doc: d, guess: guess}
	p.i = len(src) - len(strings.TrimPrefix(src, "\ufeff"))
	d.Sections = []*Section{{Header: text.Span{Start: p.i, End: p.i}, End: p.i}}
	for p.i < len(src) {
		p.line()
	}
	if !utf8.ValidString(src) {
		p.fail(text.Span{}, "not valid UTF-8")
	}
	d.Root = link(d)
	sortErrors(d.Errors)
	return d
}

type parser struct {
	src   string
	i     int
	doc   *Document
	guess bool // an open bracket ends where a line looks like an entry or header
}

func (p *parser) fail(at text.Span, msg string) {
	at.End = min(max(at.Start, at.End), len(p.src))
	p.doc.Errors = append(p.doc.Errors, Error{at, msg})
}

// here is the character at the reading place, or the place alone at the end of
// a line.
func (p *parser) here() text.Span {
	if p.atEOL() {
		return text.Span{Start: p.i, End: p.i}
	}
	_, n := utf8.DecodeRuneInString(p.src[p.i:])
	return text.Span{Start: p.i, End: p.i + n}
}

func (p *parser) is(c byte) bool { return p.i < len(p.src) && p.src[p.i] == c }

func (p *parser) spaces() {
	for p.is(' ') || p.is('\t') {
		p.i++
	}
}

func (p *parser) atEOL() bool {
	return p.i >= len(p.src) || p.src[p.i] == '\n' || strings.HasPrefix(p.src[p.i:], "\r\n")
}

func (p *parser) toEOL() { p.i = text.LineEnd(p.src, p.i) }

// line reads one header or entry with what stands behind it on its line.
func (p *parser) line() {
	p.spaces()
	section := p.doc.Sections[len(p.doc.Sections)-1]
	switch {
	case p.atEOL():
	case p.is('#'):
		p.comment()
	case p.is('['):
		section = p.header()
		p.doc.Sections = append(p.doc.Sections, section)
		p.rest()
		section.End = p.i
	default:
		e := p.entry(0)
		section.Entries = append(section.Entries, e)
		e.Comment = p.rest()
		section.End = p.i
	}
	p.i = text.NextLine(p.src, p.i)
}

// rest reads what may stand behind a header or entry: a comment.
func (p *parser) rest() (comment text.Span) {
	end := p.i
	p.spaces()
	switch {
	case p.atEOL():
		p.i = end // spaces at the end of a line belong to nobody
	case p.is('#'):
		return p.comment()
	default:
		start := p.i
		p.toEOL()
		p.fail(text.Span{Start: start, End: p.i}, "unexpected text")
	}
	return text.Span{}
}

func (p *parser) comment() text.Span {
	start := p.i
	p.toEOL()
	p.noControls(start, p.i)
	return text.Span{Start: start, End: p.i}
}

// noControls refuses the control characters that TOML allows nowhere.
func (p *parser) noControls(start, end int) {
	for i := start; i < end; i++ {
		if c := p.src[i]; c < ' ' && c != '\t' && c != '\n' && !strings.HasPrefix(p.src[i:], "\r\n") || c == 0x7f {
			p.fail(text.Span{Start: i, End: i + 1}, "control character")
			return
		}
	}
}

func (p *parser) header() *Section {
	s := &Section{Header: text.Span{Start: p.i}}
	p.i++
	closing := "]"
	if p.is('[') {
		p.i++
		s.Array = true
		closing = "]]"
	}
	s.Keys = p.keys()
	p.spaces()
	if strings.HasPrefix(p.src[p.i:], closing) {
		p.i += len(closing)
	} else {
		p.fail(p.here(), "expected "+closing)
		if p.is(']') {
			p.i++
		}
	}
	s.Header.End = p.i
	return s
}

// keys reads a.b."c".
func (p *parser) keys() []Key {
	var keys []Key
	for {
		p.spaces()
		k, ok := p.key()
		if !ok {
			p.fail(p.here(), "expected a key")
			return keys
		}
		keys = append(keys, k)
		end := p.i
		p.spaces()
		if !p.is('.') {
			p.i = end
			return keys
		}
		p.i++
	}
}

func isBare(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

func (p *parser) key() (Key, bool) {
	start := p.i
	if p.is('"') || p.is('\'') {
		if strings.HasPrefix(p.src[p.i:], `"""`) || strings.HasPrefix(p.src[p.i:], "'''") {
			p.fail(text.Span{Start: p.i, End: p.i + 3}, "a key cannot span lines")
		}
		v := p.oneLine()
		return Key{v.Span, v.Str}, true
	}
	for p.i < len(p.src) && isBare(p.src[p.i]) {
		p.i++
	}
	return Key{text.Span{Start: start, End: p.i}, p.src[start:p.i]}, p.i > start
}

// entry reads key = value; what is missing of it is an error and stays empty.
func (p *parser) entry(depth int) *Entry {
	e := &Entry{Span: text.Span{Start: p.i, End: p.i}, Eq: -1, Comma: -1}
	e.Keys = p.keys()
	e.End = p.i
	p.spaces()
	if !p.is('=') {
		p.fail(text.Span{Start: e.End, End: e.End}, "expected =")
		e.Value = &Value{Span: text.Span{Start: e.End, End: e.End}}
		p.i = e.End
		if len(e.Keys) == 0 { // nothing of it is a key: leave it to the caller to skip
			p.spaces()
		}
		return e
	}
	e.Eq = p.i
	p.i++
	p.spaces()
	e.Value = p.value(depth)
	e.End = max(e.Value.End, e.Eq+1)
	return e
}

func (p *parser) value(depth int) *Value {
	start := p.i
	switch {
	case p.atEOL() || p.is('#') || p.is(',') || p.is(']') || p.is('}'):
		p.fail(text.Span{Start: start, End: start}, "expected a value")
		return &Value{Span: text.Span{Start: start, End: start}}
	case strings.HasPrefix(p.src[p.i:], `"""`) || strings.HasPrefix(p.src[p.i:], "'''"):
		return p.multiLine()
	case p.is('"') || p.is('\''):
		return p.oneLine()
	case depth >= maxNesting && (p.is('[') || p.is('{')):
		p.toEOL()
		v := &Value{Span: text.Span{Start: start, End: p.i}}
		p.fail(v.Span, "nested too deeply")
		return v
	case p.is('['):
		return p.array(depth)
	case p.is('{'):
		return p.inline(depth)
	}
	return p.scalar()
}

// scalar reads a number, a date or a boolean.
func (p *parser) scalar() *Value {
	start := p.i
	for !p.atEOL() && !strings.ContainsRune(",]}#", rune(p.src[p.i])) {
		p.i++
	}
	raw := strings.TrimRight(p.src[start:p.i], " \t")
	p.i = start + len(raw)
	v := &Value{Span: text.Span{Start: start, End: p.i}, Kind: scalarKind(raw), Str: raw, Closed: true}
	if v.Kind == Invalid {
		p.fail(v.Span, "not a value")
	}
	return v
}

// trivia skips white space, line ends and comments inside brackets.
func (p *parser) trivia() {
	for p.i < len(p.src) {
		switch {
		case p.is(' ') || p.is('\t') || p.is('\n') || strings.HasPrefix(p.src[p.i:], "\r\n"):
			p.i++
		case p.is('\r'):
			p.fail(p.here(), "control character")
			p.i++
		case p.is('#'):
			p.comment()
		default:
			return
		}
	}
}

// startsLine reports whether a new entry or header starts here, inside a bracket
// that is not closed yet. In a half-typed text that is the likelier reading.
func (p *parser) startsLine() bool {
	if !p.guess {
		return false
	}
	start := text.LineStart(p.src, p.i)
	if strings.Trim(p.src[start:p.i], " \t") != "" {
		return false
	}
	line := p.src[p.i:text.LineEnd(p.src, p.i)]
	if p.is('[') { // [table], in contrast to a nested array
		close := strings.IndexByte(line, ']')
		return p.i == start && close > 1 && !strings.ContainsAny(line[:close], ",\"") && !strings.Contains(line[close:], ",")
	}
	n := 0
	for n < len(line) && (isBare(line[n]) || line[n] == '.') {
		n++
	}
	return n > 0 && strings.HasPrefix(strings.TrimLeft(line[n:], " \t"), "=")
}

func (p *parser) array(depth int) *Value {
	v := &Value{Span: text.Span{Start: p.i}, Kind: Array}
	p.i++
	end := p.i // behind the last thing that belongs to it
	for {
		p.trivia()
		switch {
		case p.i >= len(p.src) || p.startsLine() || p.is('}'):
			p.fail(text.Span{Start: v.Start, End: v.Start + 1}, "this [ is never closed")
			p.i, v.End = end, end
			return v
		case p.is(']'):
			p.i++
			v.End, v.Closed = p.i, true
			return v
		case p.is(','):
			p.fail(p.here(), "expected a value")
			p.i++
		default:
			e := &Elem{Value: p.value(depth + 1), Comma: -1}
			v.Elems = append(v.Elems, e)
			e.Comma = p.comma(']')
		}
		end = p.i
	}
}

// comma reads the comma behind an element; it may be missing at the end.
func (p *parser) comma(closing byte) int {
	end := p.i
	p.trivia()
	if p.is(',') {
		p.i++
		return p.i - 1
	}
	if p.i < len(p.src) && !p.is(closing) && !p.startsLine() {
		p.fail(text.Span{Start: end, End: end}, "expected ,")
		if p.i == end && (p.is('}') || p.is(']') || p.is('=')) { // go on behind what cannot be read
			p.i++
			return -1
		}
	}
	p.i = end
	return -1
}

func (p *parser) inline(depth int) *Value {
	v := &Value{Span: text.Span{Start: p.i}, Kind: Table}
	p.i++
	end := p.i
	for {
		p.trivia()
		switch {
		case p.i >= len(p.src) || p.startsLine():
			p.fail(text.Span{Start: v.Start, End: v.Start + 1}, "this { is never closed")
			p.i, v.End = end, end
			return v
		case p.is('}'):
			p.i++
			v.End, v.Closed = p.i, true
			return v
		case p.is(',') || p.is(']') || p.is('[') || p.is('{') || p.is('='):
			p.fail(p.here(), "expected a key")
			p.i++
		default:
			start := p.i
			e := p.entry(depth + 1)
			if p.i == start { // not even a key
				p.i = p.here().End
				break
			}
			v.Entries = append(v.Entries, e)
			e.Comma = p.comma('}')
		}
		end = p.i
	}
}
