package toml

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"reactorls/engine/text"
)

var (
	integer = regexp.MustCompile(`^(?:[+-]?(?:0|[1-9](?:_?[0-9])*)|0x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*)$`)
	float   = regexp.MustCompile(`^[+-]?(?:inf|nan|(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?)$`)
	date    = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)$`)
	clock   = regexp.MustCompile(`^(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?$`)
	offset  = regexp.MustCompile(`(?:[Zz]|[+-](\d\d):(\d\d))$`)
)

// scalarKind says what an unquoted value is, Invalid when it is none.
func scalarKind(raw string) Kind {
	switch {
	case raw == "true" || raw == "false":
		return Boolean
	case integer.MatchString(raw):
		if !fits(raw) {
			return Invalid
		}
		return Integer
	case float.MatchString(raw):
		return Float
	case isDatetime(raw):
		return Datetime
	}
	return Invalid
}

// fits reports whether an integer has 64 bits, as TOML promises.
func fits(raw string) bool {
	raw = strings.ReplaceAll(raw, "_", "")
	base := 10
	if len(raw) > 2 && raw[0] == '0' {
		base = 0
	}
	_, err := strconv.ParseInt(raw, base, 64)
	return err == nil
}

// isDatetime reports whether raw is a date, a time, or both with or without an
// offset.
func isDatetime(raw string) bool {
	day, rest, both := raw, "", false
	if i := strings.IndexAny(raw, "Tt "); i >= 0 {
		day, rest, both = raw[:i], raw[i+1:], true
	}
	if !both {
		return isDate(raw) || isClock(raw)
	}
	if m := offset.FindStringSubmatch(rest); m != nil {
		if m[1] > "23" || m[2] > "59" {
			return false
		}
		rest = rest[:len(rest)-len(m[0])]
	}
	return isDate(day) && isClock(rest)
}

func isDate(s string) bool {
	m := date.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	year, _ := strconv.Atoi(m[1])
	month, _ := strconv.Atoi(m[2])
	day, _ := strconv.Atoi(m[3])
	if month < 1 || month > 12 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if leap := year%4 == 0 && (year%100 != 0 || year%400 == 0); month == 2 && leap {
		days = 29
	}
	return day >= 1 && day <= days
}

func isClock(s string) bool {
	m := clock.FindStringSubmatch(s)
	return m != nil && m[1] <= "23" && m[2] <= "59" && m[3] <= "60"
}

// oneLine reads "…" or '…'. One that is not closed ends with its line.
func (p *parser) oneLine() *Value {
	v := &Value{Span: text.Span{Start: p.i}, Kind: String, Closed: true}
	quote := p.src[p.i]
	p.i++
	body := p.i
	escaped := false
	for !p.is(quote) {
		if p.atEOL() {
			v.Closed = false
			break
		}
		if p.is('\\') && quote == '"' {
			escaped = true
			p.i++
			if p.atEOL() {
				continue
			}
		}
		p.i++
	}
	v.Str = p.src[body:p.i]
	p.noControls(body, p.i)
	if escaped {
		v.Str = p.unescape(body, v.Str)
	}
	if v.Closed {
		p.i++
	} else {
		p.fail(text.Span{Start: v.Start, End: p.i}, "this string is never closed")
	}
	v.End = p.i
	return v
}

// multiLine reads """…""" or ”'…”'.
func (p *parser) multiLine() *Value {
	v := &Value{Span: text.Span{Start: p.i}, Kind: String, Closed: true}
	quotes := p.src[p.i : p.i+3]
	p.i += 3
	body := p.i
	for !strings.HasPrefix(p.src[p.i:], quotes) {
		if p.i >= len(p.src) {
			v.Closed = false
			break
		}
		if p.is('\\') && quotes[0] == '"' && p.i+1 < len(p.src) {
			p.i++
		}
		p.i++
	}
	if v.Closed {
		// Up to two more quotes belong to the text: """a"""" is a".
		for n := 0; n < 2 && strings.HasPrefix(p.src[p.i+1:], quotes); n++ {
			p.i++
		}
	} else {
		p.fail(text.Span{Start: v.Start, End: body}, "this string is never closed")
	}
	raw := p.src[body:p.i]
	p.noControls(body, p.i)
	if v.Closed {
		p.i += 3
	}
	v.End = p.i
	// A line end right behind the quotes is not part of the text.
	first := strings.TrimPrefix(strings.TrimPrefix(raw, "\r"), "\n")
	if !strings.HasPrefix(raw, "\n") && !strings.HasPrefix(raw, "\r\n") {
		first = raw
	}
	if quotes[0] == '"' && strings.Contains(first, `\`) {
		v.Str = p.unescape(body+len(raw)-len(first), first)
	} else {
		v.Str = strings.ReplaceAll(first, "\r\n", "\n")
	}
	return v
}

// unescape decodes the body of a basic string that starts at the offset at.
func (p *parser) unescape(at int, s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			if !strings.HasPrefix(s[i:], "\r\n") {
				b.WriteByte(s[i])
			}
			i++
			continue
		}
		n, r, ok := escape(s[i:])
		switch {
		case !ok:
			p.fail(text.Span{Start: at + i, End: at + min(i+2, len(s))}, "no such escape")
			b.WriteString(s[i : i+n])
		case r >= 0:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

// escape reads the escape at the start of s: its length and its character, which
// is -1 for a line end that is left out.
func escape(s string) (length int, r rune, ok bool) {
	if len(s) < 2 {
		return len(s), 0, false
	}
	if k := strings.IndexByte(`btnfre"\`, s[1]); k >= 0 {
		return 2, rune("\b\t\n\f\r\x1b\"\\"[k]), true
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[1]]
	if digits > 0 {
		if len(s) < 2+digits {
			return 2, 0, false
		}
		code, err := strconv.ParseUint(s[2:2+digits], 16, 32)
		if err != nil || !utf8.ValidRune(rune(code)) || code > utf8.MaxRune {
			return 2, 0, false
		}
		return 2 + digits, rune(code), true
	}
	// A line that ends with a backslash goes on at the next word.
	trimmed := strings.TrimLeft(s[1:], " \t")
	if strings.HasPrefix(trimmed, "\n") || strings.HasPrefix(trimmed, "\r\n") {
		return len(s) - len(strings.TrimLeft(trimmed, " \t\r\n")), -1, true
	}
	return 2, 0, false
}
