package main

import (
	"path/filepath"
	"regexp"
	"strings"

	"reactorls/testdata/oracle/crates"
	"reactorls/testdata/oracle/gates"
)

// reports are the uses of marked items that rustc reported: in the library and the binaries, and in all targets.
type reports struct {
	Maker       string
	Builds      Builds
	Seconds     int
	Normal, All []diagnostic
}

// A diagnostic is one report of a use.
type diagnostic struct {
	Target string // the kind of cargo target: lib, bin, test, example, bench, custom-build, proc-macro
	What   string // rustc's word for the item: struct, function, method, macro …
	Item   string
	Gate   gates.Gate
	Holder gates.Gate    // the gate of the type, trait or module that holds the item
	Spans  []crates.Span // the primary span, then the calls of the macros that it comes from, outwards
}

var deprecated = regexp.MustCompile("^use of deprecated ([a-z ]+) `(.*)`: " + gates.Prefix + "(.*);(.*)$")

// diagnostics picks the reports about the package in dir from cargo's output.
func diagnostics(out []byte, dir string) ([]diagnostic, error) {
	all, err := crates.Messages(out)
	if err != nil {
		return nil, err
	}
	var list []diagnostic
	for _, m := range all {
		parts := deprecated.FindStringSubmatch(m.Message.Message)
		if parts == nil || m.Manifest != filepath.Join(dir, "Cargo.toml") {
			continue
		}
		d := diagnostic{
			Target: m.Target.Kind[0], What: parts[1], Item: strings.TrimPrefix(parts[2], "::"),
			Gate: gates.ParseGate(parts[3]), Holder: gates.ParseGate(parts[4]),
		}
		for _, s := range m.Message.Spans {
			if s.IsPrimary {
				d.follow(&s)
			}
		}
		if len(d.Spans) > 0 {
			list = append(list, d)
		}
	}
	return list, nil
}

// follow notes a span and those of the macro calls around it.
func (d *diagnostic) follow(s *crates.Span) {
	for s != nil {
		outer := s.Expansion
		s.Expansion = nil
		d.Spans = append(d.Spans, *s)
		if s = nil; outer != nil {
			s = &outer.Span
		}
	}
}

// errorsIn shows the compile errors in cargo's output.
func errorsIn(out []byte) string {
	const most = 2000
	var b strings.Builder
	list, _ := crates.Messages(out)
	for _, e := range crates.Errors(list) {
		if b.Len() < most {
			b.WriteString(e.Rendered)
		}
	}
	return b.String()
}
