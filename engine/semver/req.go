package semver

import (
	"fmt"
	"strings"
)

// Req is a requirement: a list of comparators that must all hold. The zero
// value is "*".
type Req struct{ comparators []comparator }

// comparator is one part of a requirement. parts tells how many of major,
// minor and patch were written.
type comparator struct {
	op    op
	parts int
	v     Version
}

type op string

const (
	exact     op = "="
	greater   op = ">"
	greaterEq op = ">="
	less      op = "<"
	lessEq    op = "<="
	tilde     op = "~"
	caret     op = "^"
	wildcard  op = "*"
)

// operators are tried in this order, so that the longer win.
var operators = []op{exact, greaterEq, greater, lessEq, less, tilde, caret}

// maxComparators is the limit of Rust's semver crate.
const maxComparators = 32

// ParseReq reads a requirement as it stands in a manifest: "1.2", "~0.7.3",
// ">=1.5.1, <1.6", "1.*".
func ParseReq(s string) (Req, error) {
	p := parser{rest: s}
	p.spaces()
	var r Req
	if p.wildcard() {
		if p.spaces(); p.rest != "" {
			p.fail("unexpected %q after a wildcard", p.rest)
		}
	} else {
		r.comparators = append(r.comparators, p.comparator())
		for p.err == nil && p.rest != "" {
			p.expect(',')
			p.spaces()
			r.comparators = append(r.comparators, p.comparator())
		}
		if len(r.comparators) > maxComparators {
			p.fail("more than %d comparators", maxComparators)
		}
	}
	if p.err != nil {
		return Req{}, fmt.Errorf("requirement %q: %w", s, p.err)
	}
	return r, nil
}

func (p *parser) spaces() { p.rest = strings.TrimLeft(p.rest, " ") }

func (p *parser) wildcard() bool { return p.eat("*") || p.eat("x") || p.eat("X") }

func (p *parser) comparator() comparator {
	c := comparator{op: caret, parts: 1}
	written := false
	for _, o := range operators {
		if p.eat(string(o)) {
			c.op, written = o, true
			break
		}
	}
	p.spaces()
	c.v.Major = p.number()
	open := true // whether another number may follow
	for _, part := range []*uint64{&c.v.Minor, &c.v.Patch} {
		if !p.eat(".") {
			break
		}
		switch {
		case p.wildcard():
			if open = false; !written {
				c.op = wildcard
			}
		case !open:
			p.fail("unexpected %q after a wildcard", p.rest)
		default:
			*part = p.number()
			c.parts++
		}
	}
	if c.parts == 3 {
		c.v.Pre, _ = p.suffixes()
	}
	p.spaces()
	return c
}

// String writes the requirement in its plain form: "1.2" as "^1.2".
func (r Req) String() string {
	if len(r.comparators) == 0 {
		return "*"
	}
	parts := make([]string, len(r.comparators))
	for i, c := range r.comparators {
		parts[i] = c.String()
	}
	return strings.Join(parts, ", ")
}

func (c comparator) String() string {
	s := c.v.String()
	if c.parts < 3 {
		s = strings.Join(strings.Split(s, ".")[:c.parts], ".")
	}
	if c.op == wildcard {
		return s + ".*"
	}
	return string(c.op) + s
}

// Matches reports whether cargo would take the version for the requirement. A
// pre-release is only taken where a comparator names one of the same version.
func (r Req) Matches(v Version) bool {
	pre := v.Pre == ""
	for _, c := range r.comparators {
		if !c.matches(v) {
			return false
		}
		pre = pre || c.parts == 3 && c.v.Pre != "" &&
			c.v.Major == v.Major && c.v.Minor == v.Minor && c.v.Patch == v.Patch
	}
	return pre
}

func (c comparator) matches(v Version) bool {
	at, order := c.compare(v)
	// A pre-release never equals a shortened version: 1.2.3-rc.1 is not "=1.2".
	equal := order == 0 && (c.parts == 3 || v.Pre == "")
	switch c.op {
	case exact, wildcard:
		return equal
	case greater:
		return order > 0
	case greaterEq:
		return order > 0 || equal
	case less:
		return order < 0
	case lessEq:
		return order < 0 || equal
	case tilde:
		return equal || order > 0 && at >= atPatch
	default: // caret
		return order == 0 || order > 0 && at > c.held()
	}
}

// The places at which two versions can first differ.
const (
	atMajor = iota
	atMinor
	atPatch
	atPre
)

// compare tells how v stands to the numbers that were written, and where the
// two first differ.
func (c comparator) compare(v Version) (at, order int) {
	want := c.v
	if c.parts < 3 {
		v.Patch, v.Pre = 0, ""
	}
	if c.parts < 2 {
		v.Minor = 0
	}
	want.Build, v.Build = "", ""
	switch {
	case v.Major != want.Major:
		at = atMajor
	case v.Minor != want.Minor:
		at = atMinor
	case v.Patch != want.Patch:
		at = atPatch
	default:
		at = atPre
	}
	return at, v.Compare(want)
}

// held is the place of the number that a caret holds fast: the first that is
// not zero.
func (c comparator) held() int {
	switch {
	case c.v.Major > 0:
		return atMajor
	case c.v.Minor > 0 || c.parts < 3:
		return atMinor
	default:
		return atPatch
	}
}
