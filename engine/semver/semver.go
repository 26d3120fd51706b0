// Package semver holds versions and requirements as cargo understands them:
// the rules of Rust's semver crate, to the letter.
package semver

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Version is one published version.
type Version struct {
	Major, Minor, Patch uint64
	Pre, Build          string // without the leading - and +
}

// Parse reads a full version: 1.2.3, 1.2.3-rc.1, 1.2.3+build.
func Parse(s string) (Version, error) {
	p := parser{rest: s}
	var v Version
	for i, part := range []*uint64{&v.Major, &v.Minor, &v.Patch} {
		if i > 0 {
			p.expect('.')
		}
		*part = p.number()
	}
	v.Pre, v.Build = p.suffixes()
	if p.err == nil && p.rest != "" {
		p.fail("unexpected %q", p.rest)
	}
	if p.err != nil {
		return Version{}, fmt.Errorf("version %q: %w", s, p.err)
	}
	return v, nil
}

// String writes the version as it was read.
func (v Version) String() string {
	s := fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
	if v.Pre != "" {
		s += "-" + v.Pre
	}
	if v.Build != "" {
		s += "+" + v.Build
	}
	return s
}

// Compare orders versions as cargo does when it looks for the newest: a
// pre-release stands before its release, and build metadata breaks ties.
func (v Version) Compare(o Version) int {
	return cmp.Or(
		cmp.Compare(v.Major, o.Major),
		cmp.Compare(v.Minor, o.Minor),
		cmp.Compare(v.Patch, o.Patch),
		comparePre(v.Pre, o.Pre),
		compareIdentifiers(v.Build, o.Build),
	)
}

// comparePre puts the release (no pre-release) last.
func comparePre(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	return compareIdentifiers(a, b)
}

// compareIdentifiers compares dotted lists part by part: numbers by value and
// before words, then the shorter list first.
func compareIdentifiers(a, b string) int {
	for a != "" && b != "" {
		x, restA, _ := strings.Cut(a, ".")
		y, restB, _ := strings.Cut(b, ".")
		if c := compareIdentifier(x, y); c != 0 {
			return c
		}
		a, b = restA, restB
	}
	return cmp.Compare(len(a), len(b))
}

func compareIdentifier(x, y string) int {
	switch digitsX, digitsY := allDigits(x), allDigits(y); {
	case digitsX && !digitsY:
		return -1
	case !digitsX && digitsY:
		return 1
	case !digitsX:
		return strings.Compare(x, y)
	}
	valueX, valueY := strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
	return cmp.Or(
		cmp.Compare(len(valueX), len(valueY)),
		strings.Compare(valueX, valueY),
		cmp.Compare(len(x), len(y)), // only build metadata may have leading zeros
	)
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// parser eats its text from the left and keeps the first error.
type parser struct {
	rest string
	err  error
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

func (p *parser) eat(prefix string) bool {
	var ok bool
	if p.err == nil {
		p.rest, ok = strings.CutPrefix(p.rest, prefix)
	}
	return ok
}

func (p *parser) expect(c byte) {
	if !p.eat(string(c)) {
		p.fail("expected %q before %q", c, p.rest)
	}
}

func (p *parser) number() uint64 {
	if p.err != nil {
		return 0
	}
	end := 0
	for end < len(p.rest) && p.rest[end]-'0' <= 9 {
		end++
	}
	digits := p.rest[:end]
	if end > 1 && digits[0] == '0' {
		p.fail("%s has a leading zero", digits)
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		p.fail("expected a number before %q", p.rest)
	}
	p.rest = p.rest[end:]
	return n
}

// suffixes reads -pre and +build.
func (p *parser) suffixes() (pre, build string) {
	if p.eat("-") {
		pre = p.identifiers(false)
	}
	if p.eat("+") {
		build = p.identifiers(true)
	}
	return pre, build
}

func (p *parser) identifiers(leadingZeros bool) string {
	end := 0
	for end < len(p.rest) && isIdentifier(p.rest[end]) {
		end++
	}
	s := p.rest[:end]
	for part := range strings.SplitSeq(s, ".") {
		switch {
		case part == "":
			p.fail("empty identifier in %q", p.rest)
		case !leadingZeros && len(part) > 1 && part[0] == '0' && allDigits(part):
			p.fail("%s has a leading zero", part)
		}
	}
	p.rest = p.rest[end:]
	return s
}

func isIdentifier(c byte) bool {
	return c-'0' <= 9 || c|0x20-'a' < 26 || c == '-' || c == '.'
}

// Series is the shortest requirement that allows the version and all that are
// compatible with it: 1 for 1.54.1, 0.4 for 0.4.2.
func (v Version) Series() string {
	switch {
	case v.Pre != "":
		return v.String()
	case v.Major > 0:
		return strconv.FormatUint(v.Major, 10)
	case v.Minor > 0:
		return fmt.Sprintf("0.%d", v.Minor)
	}
	return fmt.Sprintf("0.0.%d", v.Patch)
}
