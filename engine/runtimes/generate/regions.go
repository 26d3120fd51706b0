package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"reactorls/engine/cfg"
)

// The compiler forgets a cfg attribute that stands on a macro call once the
// call is expanded, and with it the condition of everything that the call
// makes:
//
//	cfg_macros! { cfg_rt! { pub use tokio_macros::main; } }
//
// leaves a trace of the inner macro alone. Items keep the place at which they
// were written, though, so what is lost is read from the source: regions are
// the calls that stand under a condition, by their own attribute, by a macro
// that does nothing but put one before each item, or by cfg_if!.

// region is a part of a source file with the condition of what it holds.
type region struct {
	begin, end position
	cond       cfg.Expr
}

// block is where an inline module stands.
type block struct{ begin, end position }

// sources is what was read from the source files of one crate.
type sources struct {
	regions map[string][]region
	// blocks are the inline modules, from "mod" to the closing brace.
	blocks map[string][]block
	// places are those of "mod name;" and of "macro_rules! name", by file and
	// then as "mod name" and "macro name".
	places map[string]map[string][]position
}

// readSources reads all Rust files below a crate's root file's directory.
func readSources(rootFile string) (*sources, error) {
	files := map[string][]token{}
	err := filepath.WalkDir(filepath.Dir(rootFile), func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(name) != ".rs" {
			return err
		}
		data, err := os.ReadFile(name)
		files[name] = lex(string(data))
		return err
	})
	if err != nil {
		return nil, err
	}
	gates := map[string]cfg.Expr{}
	for _, ts := range files {
		for i := range ts {
			if name, cond, ok := gateMacro(ts[i:]); ok {
				if old, twice := gates[name]; twice {
					cond = cfg.Or(old, cond)
				}
				gates[name] = cond
			}
		}
	}
	s := &sources{map[string][]region{}, map[string][]block{}, map[string]map[string][]position{}}
	for name, ts := range files {
		s.places[name] = map[string][]position{}
		s.scan(name, ts, gates)
	}
	return s, nil
}

// condition is that of all regions round a place.
func (s *sources) condition(file string, at position) cfg.Expr {
	cond := cfg.True
	for _, r := range s.regions[file] {
		if !at.before(r.begin) && !r.end.before(at) {
			cond = cfg.And(cond, r.cond)
		}
	}
	return cond
}

// declared is the condition of the places in a file at which a module or a
// macro is declared: of either, where there are several.
func (s *sources) declared(file, what string) cfg.Expr {
	places := s.places[file][what]
	if len(places) == 0 {
		return cfg.True
	}
	cond := cfg.False
	for _, at := range places {
		cond = cfg.Or(cond, s.condition(file, at))
	}
	return cond
}

// blockEnd is where the inline module ends whose head is at the span.
func (s *sources) blockEnd(head *span) position {
	for _, b := range s.blocks[head.File] {
		if !b.begin.before(head.Begin) && b.begin.before(head.End) {
			return b.end
		}
	}
	return head.End // made by a macro
}

// scan finds the regions of one file, its inline modules and its declarations.
func (s *sources) scan(file string, ts []token, gates map[string]cfg.Expr) {
	places := s.places[file]
	regions := func(rs ...region) { s.regions[file] = append(s.regions[file], rs...) }
	attrs := cfg.True // of the item that begins here
	for i := 0; i < len(ts); {
		t := ts[i:]
		switch {
		case is(t, "macro_rules", "!", "", "{"):
			places["macro "+t[2].text] = append(places["macro "+t[2].text], t[0].at)
			i += 3 + t[3].size
			attrs = cfg.True
		case is(t, "#", "["):
			if cond, ok := cfgAttr(t); ok {
				attrs = cfg.And(attrs, cond)
			}
			i += 1 + t[1].size
		case is(t, "cfg_if", "!") && len(t) > 2 && t[2].size > 0:
			regions(branches(t[3 : 1+t[2].size])...)
			i += 3
			attrs = cfg.True
		case t[0].word && is(t[1:], "!") && len(t) > 2 && t[2].size > 0:
			cond := attrs
			if gate, ok := gates[t[0].text]; ok {
				cond = cfg.And(cond, gate)
			}
			if !cond.IsTrue() {
				regions(region{t[0].at, t[1+t[2].size].at, cond})
			}
			i += 3
			attrs = cfg.True
		case is(t, "mod", "", ";"):
			places["mod "+t[1].text] = append(places["mod "+t[1].text], t[0].at)
			i += 3
			attrs = cfg.True
		case is(t, "mod", "", "{") && t[2].size > 0:
			s.blocks[file] = append(s.blocks[file], block{t[0].at, t[1+t[2].size].at})
			i += 3
			attrs = cfg.True
		case t[0].word && is(t[1:], "::") || t[0].text == "::" || t[0].text == "$":
			i++ // the path of a macro
		default:
			i++
			attrs = cfg.True
		}
	}
}

// branches reads the inside of cfg_if!: a branch holds where its own condition
// does and none before it.
func branches(ts []token) []region {
	var regions []region
	none := cfg.True
	for len(ts) > 0 {
		cond := none
		switch {
		case is(ts, "if", "#", "["):
			own, ok := cfgAttr(ts[1:])
			if !ok {
				return regions
			}
			cond = cfg.And(none, own)
			none = cfg.And(none, cfg.Expr{Op: cfg.Not, Args: []cfg.Expr{own}})
			ts = ts[2+ts[2].size:]
		case ts[0].text == "else":
			ts = ts[1:]
			if is(ts, "if") {
				continue
			}
		}
		if !is(ts, "{") {
			return regions
		}
		regions = append(regions, region{ts[0].at, ts[ts[0].size-1].at, cond})
		ts = ts[ts[0].size:]
	}
	return regions
}

// cfgAttr reads #[cfg(…)].
func cfgAttr(t []token) (cfg.Expr, bool) {
	if !is(t, "#", "[", "cfg", "(") {
		return cfg.True, false
	}
	e, err := cfg.Parse(t[3].inside)
	return e, err == nil
}

// gateMacro reads the definition of a macro that only puts a condition before
// each item it is given:
//
//	macro_rules! name { ($($item:item)*) => { $( #[cfg(…)] $item )* } }
func gateMacro(t []token) (name string, cond cfg.Expr, ok bool) {
	if !is(t, "macro_rules", "!", "", "{", "(") {
		return "", cfg.True, false
	}
	name = t[2].text
	arm := t[4 : 2+t[3].size] // without the braces
	arm = arm[min(len(arm), arm[0].size):]
	if !is(arm, "=", ">", "{") || !only(arm[2+arm[2].size:], ";") {
		return "", cfg.True, false
	}
	body := arm[3 : 1+arm[2].size]
	if is(body, "$", "(") && only(body[1+body[1].size:], "*") {
		body = body[2:body[1].size]
	}
	cond = cfg.True
	for is(body, "#", "[") {
		if own, ok := cfgAttr(body); ok {
			cond = cfg.And(cond, own)
		}
		body = body[1+body[1].size:]
	}
	return name, cond, is(body, "$", "") && len(body) == 2 && !cond.IsTrue()
}

// only reports whether there is nothing but, perhaps, the one token.
func only(t []token, text string) bool { return len(t) == 0 || len(t) == 1 && t[0].text == text }

// is reports whether the tokens begin with these texts; "" stands for a word.
func is(t []token, texts ...string) bool {
	if len(t) < len(texts) {
		return false
	}
	for i, text := range texts {
		if text == "" && !t[i].word || text != "" && t[i].text != text {
			return false
		}
	}
	return true
}

// token is a word, a literal or a single punctuation mark of Rust source.
type token struct {
	text string
	word bool
	at   position
	// size is, of an opening delimiter that is closed, the number of tokens to
	// its partner, both counted; inside is the text between.
	size   int
	inside string
}

// lex cuts Rust source into tokens. Comments are left out.
func lex(s string) []token {
	var ts []token
	var starts []int // of the tokens, in bytes
	var open []int
	line, lineStart := 1, 0
	for i := 0; i < len(s); {
		n := tokenLength(s[i:])
		text := s[i : i+n]
		if !strings.HasPrefix(text, "//") && !strings.HasPrefix(text, "/*") && strings.TrimSpace(text) != "" {
			at := position{line, utf8.RuneCountInString(s[lineStart:i]) + 1}
			ts = append(ts, token{text: text, word: isWord(text[0]) && text[len(text)-1] != '"', at: at})
			starts = append(starts, i)
			switch last := len(ts) - 1; text {
			case "(", "[", "{":
				open = append(open, last)
			case ")", "]", "}":
				if k := len(open) - 1; k >= 0 {
					o := open[k]
					open = open[:k]
					ts[o].size = last - o + 1
					ts[o].inside = s[starts[o]+1 : i]
				}
			}
		}
		if k := strings.LastIndexByte(text, '\n'); k >= 0 {
			line += strings.Count(text, "\n")
			lineStart = i + k + 1
		}
		i += n
	}
	return ts
}

func isWord(c byte) bool {
	return c == '_' || c-'0' <= 9 || c|0x20-'a' < 26 || c >= utf8.RuneSelf
}

// tokenLength is the length of the token, comment or space at the beginning.
func tokenLength(s string) int {
	switch {
	case strings.HasPrefix(s, "//"):
		return behind(s, 2, "\n")
	case strings.HasPrefix(s, "/*"):
		return blockComment(s)
	case s[0] == '"':
		return quoted(s, 0)
	case s[0] == '\'':
		return quote(s)
	case strings.HasPrefix(s, "::"):
		return 2
	case isWord(s[0]):
		n := 1
		for n < len(s) && isWord(s[n]) {
			n++
		}
		// r"…", r#"…"#, b"…", br#"…"#, c"…"; but not r#word
		if hashes := len(s[n:]) - len(strings.TrimLeft(s[n:], "#")); n+hashes < len(s) && s[n+hashes] == '"' && slices.Contains([]string{"r", "b", "c", "br", "cr"}, s[:n]) {
			if strings.HasSuffix(s[:n], "r") {
				return behind(s, n+hashes+1, `"`+strings.Repeat("#", hashes))
			}
			if hashes == 0 {
				return quoted(s, n)
			}
		}
		return n
	}
	return 1
}

// behind is the place right after the next mark, or the end.
func behind(s string, from int, mark string) int {
	if k := strings.Index(s[from:], mark); k >= 0 {
		return from + k + len(mark)
	}
	return len(s)
}

func blockComment(s string) int {
	depth := 0
	for i := 0; i+1 < len(s); i++ {
		switch s[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			i++
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

// quoted is the end of the string that begins at from.
func quoted(s string, from int) int {
	for i := from + 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// quote is the length of a character, or of the mark of a lifetime.
func quote(s string) int {
	if strings.HasPrefix(s, `'\`) {
		if k := strings.IndexByte(s[3:], '\''); k >= 0 {
			return k + 4
		}
		return 1
	}
	_, n := utf8.DecodeRuneInString(s[1:])
	if 1+n < len(s) && s[1+n] == '\'' {
		return n + 2
	}
	return 1
}
