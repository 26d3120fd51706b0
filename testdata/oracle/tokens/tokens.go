// Package tokens splits Rust source into tokens for the compiler oracles.
//
// It is deliberately smaller than, and separate from, the product's lexer: an oracle must not share code with what it
// judges. Literals are one kind, numbers are approximate, and that is enough to find items, attributes and paths.
package tokens

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind says what a Token is.
type Kind uint8

// The kinds of token. Comments and white space yield no token, except doc comments.
const (
	Ident    Kind = iota // identifier or keyword; a raw identifier keeps its r#
	Lifetime             // 'a
	Literal              // string, character, byte or number
	Punct                // one character, but "::" is one token
	Open                 // ( [ {
	Close                // ) ] }
	Doc                  // doc comment, inner or outer
)

// A Token is a piece of a file. Offsets are bytes.
type Token struct {
	Kind       Kind
	Start, End int
	Text       string
	// Mate is the index of the other delimiter of an Open or Close token, or -1 where there is none.
	Mate int
}

// Is reports whether the token is the identifier or punctuation text.
func (t Token) Is(text string) bool {
	return t.Text == text && t.Kind != Literal && t.Kind != Doc
}

// Name is the token's text without the r# of a raw identifier.
func (t Token) Name() string { return strings.TrimPrefix(t.Text, "r#") }

// Scan splits src. It never fails: what is no Rust becomes punctuation.
func Scan(src string) []Token {
	s := scanner{src: src}
	s.shebang()
	for s.pos < len(src) {
		s.next()
	}
	match(s.out)
	return s.out
}

// match pairs the delimiters. A closing delimiter of the wrong shape pairs with nothing.
func match(toks []Token) {
	var open []int
	for i := range toks {
		switch toks[i].Kind {
		case Open:
			open = append(open, i)
		case Close:
			if n := len(open); n > 0 && strings.Index("([{", toks[open[n-1]].Text) == strings.Index(")]}", toks[i].Text) {
				toks[open[n-1]].Mate, toks[i].Mate = i, open[n-1]
				open = open[:n-1]
			}
		}
	}
}

type scanner struct {
	src string
	pos int
	out []Token
}

func (s *scanner) at(i int) byte {
	if i < len(s.src) {
		return s.src[i]
	}
	return 0
}

func (s *scanner) emit(kind Kind, end int) {
	s.out = append(s.out, Token{kind, s.pos, end, s.src[s.pos:end], -1})
	s.pos = end
}

// shebang skips a first line "#!…" that is not the inner attribute "#![".
func (s *scanner) shebang() {
	if strings.HasPrefix(s.src, "#!") && !strings.HasPrefix(strings.TrimLeft(s.src[2:], " \t\n"), "[") {
		s.pos = s.lineEnd(0)
	}
}

func (s *scanner) lineEnd(from int) int {
	if n := strings.IndexByte(s.src[from:], '\n'); n >= 0 {
		return from + n
	}
	return len(s.src)
}

func (s *scanner) next() {
	c := s.src[s.pos]
	switch {
	case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		s.pos++
	case c == '/' && s.at(s.pos+1) == '/':
		s.lineComment()
	case c == '/' && s.at(s.pos+1) == '*':
		s.blockComment()
	case c == '"':
		s.emit(Literal, s.quoted(s.pos, '"'))
	case c == '\'':
		s.quote()
	case c >= '0' && c <= '9':
		s.number()
	case c == ':' && s.at(s.pos+1) == ':':
		s.emit(Punct, s.pos+2)
	case strings.IndexByte("([{", c) >= 0:
		s.emit(Open, s.pos+1)
	case strings.IndexByte(")]}", c) >= 0:
		s.emit(Close, s.pos+1)
	case s.prefixedLiteral():
	default:
		s.word()
	}
}

func (s *scanner) lineComment() {
	end := s.lineEnd(s.pos)
	text := s.src[s.pos:end]
	if strings.HasPrefix(text, "//!") || strings.HasPrefix(text, "///") && !strings.HasPrefix(text, "////") {
		s.emit(Doc, end)
		return
	}
	s.pos = end
}

func (s *scanner) blockComment() {
	depth, i := 0, s.pos
	for i < len(s.src) {
		switch {
		case strings.HasPrefix(s.src[i:], "/*"):
			depth++
			i += 2
		case strings.HasPrefix(s.src[i:], "*/"):
			depth--
			i += 2
		default:
			i++
		}
		if depth == 0 {
			break
		}
	}
	text := s.src[s.pos:i]
	if strings.HasPrefix(text, "/*!") || strings.HasPrefix(text, "/**") && len(text) > 4 && text[3] != '*' {
		s.emit(Doc, i)
		return
	}
	s.pos = i
}

// quoted returns the end of the literal whose opening quote stands at from; a backslash escapes.
func (s *scanner) quoted(from int, quote byte) int {
	for i := from + 1; i < len(s.src); i++ {
		switch s.src[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return len(s.src)
}

// quote reads a character literal or a lifetime.
func (s *scanner) quote() {
	_, size := utf8.DecodeRuneInString(s.src[min(s.pos+1, len(s.src)):])
	if s.at(s.pos+1) == '\\' || s.at(s.pos+1+size) == '\'' && size > 0 {
		s.emit(Literal, s.quoted(s.pos, '\''))
		return
	}
	s.emit(Lifetime, max(s.wordEnd(s.pos+1), s.pos+1))
}

// number takes digits, suffixes and one fraction; an exponent's sign is left out, which no user of this package minds.
func (s *scanner) number() {
	end := s.wordEnd(s.pos)
	if s.at(end) == '.' && s.at(end+1) >= '0' && s.at(end+1) <= '9' {
		end = s.wordEnd(end + 1)
	}
	s.emit(Literal, end)
}

// prefixedLiteral reads b'x', b"x", c"x", r"x", br#"x"#, cr"x" and raw identifiers, if one starts here.
func (s *scanner) prefixedLiteral() bool {
	i := s.pos
	for i < len(s.src) && i < s.pos+2 && strings.IndexByte("bcr", s.src[i]) >= 0 {
		i++
	}
	prefix := s.src[s.pos:i]
	switch prefix {
	case "b", "c":
		if s.at(i) == '"' || prefix == "b" && s.at(i) == '\'' {
			s.emit(Literal, s.quoted(i, s.at(i)))
			return true
		}
	case "r", "br", "cr":
		hashes := i
		for s.at(hashes) == '#' {
			hashes++
		}
		if s.at(hashes) == '"' {
			closing := `"` + s.src[i:hashes]
			end := len(s.src)
			if n := strings.Index(s.src[hashes+1:], closing); n >= 0 {
				end = hashes + 1 + n + len(closing)
			}
			s.emit(Literal, end)
			return true
		}
		if end := s.wordEnd(i + 1); prefix == "r" && hashes == i+1 && end > i+1 {
			s.emit(Ident, end)
			return true
		}
	}
	return false
}

func (s *scanner) word() {
	if end := s.wordEnd(s.pos); end > s.pos {
		s.emit(Ident, end)
		return
	}
	r, size := utf8.DecodeRuneInString(s.src[s.pos:])
	if unicode.IsSpace(r) || r == '\uFEFF' {
		s.pos += size
		return
	}
	s.emit(Punct, s.pos+size)
}

func (s *scanner) wordEnd(from int) int {
	for i, r := range s.src[min(from, len(s.src)):] {
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) {
			return from + i
		}
	}
	return len(s.src)
}
