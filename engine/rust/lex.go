// Package rust reads Rust source without a compiler: tokens, the names that
// items and imports bring into scopes, the paths and methods that code mentions,
// and the conditions under which each is compiled. It sees the inside of macro
// calls as the compiler's lexer does, for half of async code lives there.
package rust

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is the kind of a token, named as rustc's lexer names them.
type Kind uint8

// The kinds. White space and plain comments are no tokens; doc comments are.
const (
	Ident Kind = iota + 1
	RawIdent
	Lifetime
	RawLifetime
	Char
	Byte
	Str
	ByteStr
	CStr
	RawStr
	RawByteStr
	RawCStr
	Int
	Float
	Punct // one character
	Doc
	Frontmatter
	Unknown
)

// Token is one token of a file; Start and End are byte offsets.
type Token struct {
	Start, End uint32
	Kind       Kind
}

const (
	space = 1 << iota
	identStart
	identContinue
	digit
)

var class = func() (t [256]uint8) {
	for _, c := range "\t\n\v\f\r " {
		t[c] |= space
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c] |= identStart | identContinue
		t[c-0x20] |= identStart | identContinue
	}
	t['_'] |= identStart | identContinue
	for c := '0'; c <= '9'; c++ {
		t[c] |= digit | identContinue
	}
	return t
}()

func isIdentStart(r rune) bool {
	return unicode.IsLetter(r) || unicode.Is(unicode.Nl, r) || unicode.Is(unicode.Other_ID_Start, r)
}

func isIdentContinue(r rune) bool {
	return isIdentStart(r) || unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)
}

// isWideSpace reports the white space outside ASCII that Rust knows.
func isWideSpace(r rune) bool {
	return r == 0x85 || r == 0x200E || r == 0x200F || r == 0x2028 || r == 0x2029
}

// Lex splits src into tokens as rustc's lexer does, in any state of the text. It
// appends to toks[:0]; closed is false when the last literal or comment runs
// into the end of the file.
func Lex(src string, toks []Token) (tokens []Token, closed bool) {
	l := lexer{s: src, toks: toks[:0], closed: true}
	if strings.HasPrefix(src, "\ufeff") {
		l.i = len("\ufeff")
	}
	l.shebang()
	l.frontmatter()
	for l.next() {
	}
	return l.toks, l.closed
}

type lexer struct {
	s      string
	i      int
	toks   []Token
	closed bool
}

// at is the byte at i, or 0 behind the end.
func (l *lexer) at(i int) byte {
	if i < len(l.s) {
		return l.s[i]
	}
	return 0
}

func (l *lexer) emit(k Kind, start, end int) bool {
	l.toks = append(l.toks, Token{uint32(start), uint32(end), k})
	l.i = end
	return true
}

func (l *lexer) shebang() {
	rest := l.s[l.i:]
	if !strings.HasPrefix(rest, "#!") {
		return
	}
	// "#!" followed by "[" is an inner attribute, whatever trivia is between.
	t := lexer{s: rest, i: 2, closed: true}
	for t.next() {
		if k := t.toks[len(t.toks)-1]; k.Kind != Doc {
			if rest[k.Start] == '[' {
				return
			}
			break
		}
	}
	l.i += lineLength(rest)
}

// frontmatter is the "---" block that a cargo script starts with.
func (l *lexer) frontmatter() {
	start := l.i
	for class[l.at(start)]&space != 0 {
		start++
	}
	dashes := 0
	for l.at(start+dashes) == '-' {
		dashes++
	}
	atLineStart := start == l.i || l.s[start-1] == '\n'
	if dashes < 3 || !atLineStart {
		return
	}
	body := start + lineLength(l.s[start:])
	k := strings.Index(l.s[body:], "\n"+l.s[start:start+dashes])
	if k >= 0 {
		l.emit(Frontmatter, start, body+k+1+dashes)
	}
}

func lineLength(s string) int {
	if k := strings.IndexByte(s, '\n'); k >= 0 {
		return k
	}
	return len(s)
}

// next reads one token; it is false at the end.
func (l *lexer) next() bool {
	s, i := l.s, l.i
	for i < len(s) {
		c := s[i]
		switch {
		case class[c]&space != 0:
			i++
			continue
		case class[c]&identStart != 0:
			return l.word(i)
		case class[c]&digit != 0:
			return l.number(i)
		case c == '/' && l.at(i+1) == '/':
			end := i + lineLength(s[i:])
			if c2, c3 := l.at(i+2), l.at(i+3); c2 == '!' || c2 == '/' && c3 != '/' {
				return l.emit(Doc, i, end)
			}
			i = end
			continue
		case c == '/' && l.at(i+1) == '*':
			end := l.blockComment(i)
			if c2, c3 := l.at(i+2), l.at(i+3); c2 == '!' || c2 == '*' && c3 != '*' && c3 != '/' {
				return l.emit(Doc, i, end)
			}
			i = end
			continue
		case c == '"':
			return l.emit(Str, i, l.suffix(l.str(i+1)))
		case c == '\'':
			return l.quote(i)
		case c < utf8.RuneSelf:
			return l.emit(Punct, i, i+1)
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case isWideSpace(r):
			i += n
		case isIdentStart(r):
			return l.emit(Ident, i, l.identEnd(i+n))
		default:
			return l.emit(Unknown, i, i+n)
		}
	}
	l.i = i
	return false
}

// word reads what starts with a letter: an identifier or a prefixed literal.
func (l *lexer) word(i int) bool {
	c1, c2 := l.at(i+1), l.at(i+2)
	switch l.s[i] {
	case 'r':
		switch {
		case c1 == '"', c1 == '#' && (c2 == '"' || c2 == '#'):
			return l.emit(RawStr, i, l.suffix(l.rawStr(i+1)))
		case c1 == '#' && l.startsIdent(i+2):
			return l.emit(RawIdent, i, l.identEnd(i+2))
		}
	case 'b':
		switch {
		case c1 == '\'':
			return l.emit(Byte, i, l.charEnd(i+2))
		case c1 == '"':
			return l.emit(ByteStr, i, l.suffix(l.str(i+2)))
		case c1 == 'r' && (c2 == '"' || c2 == '#'):
			return l.emit(RawByteStr, i, l.suffix(l.rawStr(i+2)))
		}
	case 'c':
		switch {
		case c1 == '"':
			return l.emit(CStr, i, l.suffix(l.str(i+2)))
		case c1 == 'r' && (c2 == '"' || c2 == '#'):
			return l.emit(RawCStr, i, l.suffix(l.rawStr(i+2)))
		}
	}
	return l.emit(Ident, i, l.identEnd(i+1))
}

func (l *lexer) startsIdent(i int) bool {
	if i >= len(l.s) {
		return false
	}
	if c := l.s[i]; c < utf8.RuneSelf {
		return class[c]&identStart != 0
	}
	r, _ := utf8.DecodeRuneInString(l.s[i:])
	return isIdentStart(r)
}

// identEnd is the end of the identifier that goes on at i.
func (l *lexer) identEnd(i int) int {
	for i < len(l.s) {
		if c := l.s[i]; c < utf8.RuneSelf {
			if class[c]&identContinue == 0 {
				break
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(l.s[i:])
		if !isIdentContinue(r) {
			break
		}
		i += n
	}
	return i
}

// suffix is the end of the identifier that may follow a literal directly.
func (l *lexer) suffix(i int) int {
	if l.startsIdent(i) {
		return l.identEnd(i)
	}
	return i
}

// blockComment is the end of the nested comment that starts at i.
func (l *lexer) blockComment(i int) int {
	depth := 0
	for i < len(l.s) {
		k := strings.IndexAny(l.s[i:], "/*")
		if k < 0 {
			break
		}
		i += k
		switch {
		case l.s[i] == '/' && l.at(i+1) == '*':
			depth++
			i += 2
		case l.s[i] == '*' && l.at(i+1) == '/':
			depth--
			i += 2
			if depth == 0 {
				return i
			}
		default:
			i++
		}
	}
	l.closed = false
	return len(l.s)
}

// str is the end of the string whose first character is at i.
func (l *lexer) str(i int) int {
	for i < len(l.s) {
		switch l.s[i] {
		case '"':
			return i + 1
		case '\\':
			if c := l.at(i + 1); c == '\\' || c == '"' {
				i++
			}
		}
		i++
	}
	l.closed = false
	return len(l.s)
}

// rawStr is the end of the raw string whose first # or quote is at i.
func (l *lexer) rawStr(i int) int {
	hashes := 0
	for l.at(i) == '#' {
		hashes++
		i++
	}
	if l.at(i) != '"' {
		return i + l.width(i) // not a string after all; rustc reports it here
	}
	for i++; ; {
		k := strings.IndexByte(l.s[i:], '"')
		if k < 0 {
			l.closed = false
			return len(l.s)
		}
		i += k + 1
		n := 0
		for n < hashes && l.at(i+n) == '#' {
			n++
		}
		if n == hashes {
			return i + n
		}
	}
}

// width is the number of bytes of the character at i, 0 behind the end.
func (l *lexer) width(i int) int {
	if i >= len(l.s) {
		return 0
	}
	if l.s[i] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(l.s[i:])
	return n
}

// quote reads a character literal or a lifetime.
func (l *lexer) quote(i int) bool {
	n := l.width(i + 1)
	isLifetime := n > 0 && l.at(i+1+n) != '\'' && (l.startsIdent(i+1) || class[l.s[i+1]]&digit != 0)
	if !isLifetime {
		return l.emit(Char, i, l.charEnd(i+1))
	}
	if l.s[i+1] == 'r' && l.at(i+2) == '#' && l.startsIdent(i+3) {
		return l.emit(RawLifetime, i, l.identEnd(i+3))
	}
	end := l.identEnd(i + 1 + n)
	if l.at(end) == '\'' {
		return l.emit(Char, i, end+1) // 'ab': too long, but a character to rustc
	}
	return l.emit(Lifetime, i, end)
}

// charEnd is the end of the character literal whose first character is at i.
// One that never closes ends where rustc gives up: at the line's end, or at a
// slash that may start a comment.
func (l *lexer) charEnd(i int) int {
	n := l.width(i)
	if n > 0 && l.s[i] != '\\' && l.at(i+n) == '\'' {
		return l.suffix(i + n + 1)
	}
	for i < len(l.s) {
		switch l.s[i] {
		case '\'':
			return l.suffix(i + 1)
		case '/':
			return i
		case '\n':
			if l.at(i+1) != '\'' {
				return i
			}
			i++
		case '\\':
			i++
			i += l.width(i)
		default:
			i += l.width(i)
		}
	}
	return len(l.s)
}

func (l *lexer) digits(i int) int {
	for class[l.at(i)]&digit != 0 || l.at(i) == '_' {
		i++
	}
	return i
}

func (l *lexer) number(i int) bool {
	j := i + 1
	if l.s[i] == '0' {
		switch c := l.at(j); {
		case c == 'b' || c == 'o':
			digits := j + 1
			j = l.digits(digits)
			if !strings.ContainsAny(l.s[digits:j], "0123456789") {
				return l.emit(Int, i, l.suffix(j))
			}
		case c == 'x':
			digits := j + 1
			for j = digits; class[l.at(j)]&digit != 0 || l.at(j) == '_' || l.at(j)|0x20 >= 'a' && l.at(j)|0x20 <= 'f'; {
				j++
			}
			if strings.Trim(l.s[digits:j], "_") == "" {
				return l.emit(Int, i, l.suffix(j))
			}
		case class[c]&digit != 0 || c == '_':
			j = l.digits(j)
		case c != '.' && c != 'e' && c != 'E':
			return l.emit(Int, i, l.suffix(j))
		}
	} else {
		j = l.digits(j)
	}
	kind := Int
	if l.at(j) == '.' && l.at(j+1) != '.' && !l.startsIdent(j+1) {
		kind = Float
		j++
		if class[l.at(j)]&digit == 0 {
			return l.emit(kind, i, l.suffix(j))
		}
		j = l.digits(j)
	}
	if c := l.at(j); c == 'e' || c == 'E' {
		kind = Float
		if j++; l.at(j) == '+' || l.at(j) == '-' {
			j++
		}
		j = l.digits(j)
	}
	return l.emit(kind, i, l.suffix(j))
}

// BetweenTokens reports whether an offset lies in white space or in a comment that
// is no documentation.
func BetweenTokens(src string, offset int) bool {
	toks, _ := Lex(src, nil)
	i, _ := slices.BinarySearchFunc(toks, offset, func(t Token, at int) int { return int(t.End) - 1 - at })
	return i == len(toks) || int(toks[i].Start) > offset
}
