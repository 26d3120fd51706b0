package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"strings"

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
	Holder gates.Gate // the gate of the type, trait or module that holds the item
	Spans  []span     // the primary span, then the calls of the macros that it comes from, outwards
}

// A span is rustc's. Files are relative to the package, or absolute outside of it.
type span struct {
	File      string               `json:"file_name"`
	Start     int                  `json:"byte_start"`
	End       int                  `json:"byte_end"`
	Line      int                  `json:"line_start"`
	Column    int                  `json:"column_start"`
	IsPrimary bool                 `json:"is_primary"`
	Expansion *struct{ Span span } `json:",omitempty"`
}

// message is what cargo writes for each diagnostic of rustc.
type message struct {
	Reason string
	Target struct{ Kind []string }
	// Manifest tells the package under test from the path dependencies.
	Manifest string `json:"manifest_path"`
	Message  struct {
		Message  string
		Level    string
		Rendered string
		Code     *struct{ Code string }
		Spans    []span
	}
}

func messages(out []byte) ([]message, error) {
	var list []message
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var m message
		err := decoder.Decode(&m)
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		if m.Reason == "compiler-message" {
			list = append(list, m)
		}
	}
}

var deprecated = regexp.MustCompile("^use of deprecated ([a-z ]+) `(.*)`: " + gates.Prefix + "(.*);(.*)$")

// diagnostics picks the reports about the package in dir from cargo's output.
func diagnostics(out []byte, dir string) ([]diagnostic, error) {
	all, err := messages(out)
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
func (d *diagnostic) follow(s *span) {
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
	var b strings.Builder
	list, _ := messages(out)
	for _, m := range list {
		if m.Message.Level == "error" && b.Len() < 2000 {
			b.WriteString(m.Message.Rendered)
		}
	}
	return b.String()
}
