// Package crates reads the oracles' lists of published crates, and fetches, unpacks and checks them with cargo.
package crates

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// An Entry is one line of a list: a published crate under a choice of features.
type Entry struct {
	Name, Version string
	// Flags are cargo's own feature flags, as in "--no-default-features --features a,b".
	Flags []string
	// AllTargets asks for tests, benches and examples too.
	AllTargets bool
}

// String is the entry's line in a list.
func (e Entry) String() string {
	words := append([]string{e.Name, e.Version}, e.Flags...)
	if e.AllTargets {
		words = append(words, allTargets)
	}
	return strings.Join(words, " ")
}

var notInNames = regexp.MustCompile(`[^a-zA-Z0-9.]+`)

// ID names the entry; it can be a file name, and is unique in a list.
func (e Entry) ID() string {
	id := e.Name + "-" + e.Version
	for _, word := range strings.Fields(e.String())[2:] {
		id += "_" + strings.Trim(notInNames.ReplaceAllString(word, "-"), "-")
	}
	return id
}

const allTargets = "--all-targets"

// Read reads a list. Each line is
//
//	NAME VERSION [FEATURE FLAGS] [--all-targets]
//
// and # starts a comment.
func Read(path string) ([]Entry, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []Entry
	seen := map[string]bool{}
	for i, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) < 2 {
			return nil, fmt.Errorf("%s:%d: no version", path, i+1)
		}
		e := Entry{Name: words[0], Version: words[1], Flags: words[2:]}
		if n := slices.Index(e.Flags, allTargets); n >= 0 {
			e.AllTargets = true
			e.Flags = slices.Delete(e.Flags, n, n+1)
		}
		if seen[e.ID()] {
			return nil, fmt.Errorf("%s:%d: %s is there twice", path, i+1, e.ID())
		}
		seen[e.ID()] = true
		list = append(list, e)
	}
	return list, nil
}
