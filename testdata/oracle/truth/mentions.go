package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"reactorls/testdata/oracle/tokens"
)

// mentions lists the features of what the package's files name anywhere: under other features and targets, in tests, in
// macros that nothing calls, in documentation. It errs on the side of a mention. It also reports whether the package
// offers all of tokio to its own users.
func (s *sources) mentions() (features map[string]bool, reexports bool) {
	m := mentioner{s, map[string]bool{}}
	filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && filepath.Ext(path) == ".rs" {
			reexports = m.source(path) || reexports
		}
		return nil
	})
	return m.features, reexports
}

type mentioner struct {
	*sources
	features map[string]bool
}

// source notes what one file names, and reports whether it re-exports tokio as a whole.
func (m mentioner) source(path string) (reexports bool) {
	f := m.file(path)
	for _, leaf := range f.imports {
		from, full := m.resolve(f, leaf.path, leaf.scope.from)
		if from != viaOwn {
			continue
		}
		reexports = reexports || leaf.public && len(full) == 1
		m.path(full)
		if leaf.name == "*" {
			m.below(full)
		}
	}
	for i, t := range f.toks {
		switch {
		case t.Kind == tokens.Doc:
			m.text(t.Text)
		case t.Is("include_str") && i+3 < len(f.toks):
			text, _ := os.ReadFile(filepath.Join(filepath.Dir(path), strings.Trim(f.toks[i+3].Text, `"`)))
			m.text(string(text))
		case t.Kind != tokens.Ident:
		case i > 0 && f.toks[i-1].Is("."):
			m.clauses(m.marked.Methods[t.Name()])
		case i+1 < len(f.toks) && !f.toks[i+1].Is("::"):
			written := f.written(i)
			if from, full := m.resolve(f, written, i); from == viaOwn {
				m.path(full)
				m.entry(full, f, i)
			}
		}
	}
	return reexports
}

// path notes the features of each item along a path.
func (m mentioner) path(full []string) {
	for n := 2; n <= len(full); n++ {
		m.clauses(m.marked.Public[strings.Join(full[:n], "::")])
	}
}

// below notes the features of all that a module holds.
func (m mentioner) below(module []string) {
	prefix := strings.Join(module, "::") + "::"
	for path, gate := range m.marked.Public {
		if strings.HasPrefix(path, prefix) {
			m.clauses(gate)
		}
	}
}

func (m mentioner) clauses(gate [][]string) {
	for _, f := range slices.Concat(gate...) {
		m.features[f] = true
	}
}

// entry notes what the arguments of #[tokio::main] and #[tokio::test], whose last path segment is token i, ask for.
func (m mentioner) entry(full []string, f *source, i int) {
	arguments := ""
	if f.toks[i+1].Is("(") && f.toks[i+1].Mate > 0 {
		for _, t := range f.toks[i+1 : f.toks[i+1].Mate] {
			arguments += t.Text
		}
	}
	m.flavor(strings.Join(full, "::"), arguments)
}

func (m mentioner) flavor(attribute, arguments string) {
	single := strings.Contains(arguments, "current_thread") || strings.Contains(arguments, "local")
	multi := strings.Contains(arguments, "multi_thread") || strings.Contains(arguments, "worker_threads")
	if attribute == "tokio::main" && !single || attribute == "tokio::test" && multi {
		m.features["rt-multi-thread"] = true
	}
	if strings.Contains(arguments, "start_paused") && (attribute == "tokio::main" || attribute == "tokio::test") {
		m.features["test-util"] = true
	}
}

// In documentation, paths are found by their look: group 1 is the path after tokio, group 2 a brace of a use tree, group
// 3 the arguments of an attribute.
var (
	inText = regexp.MustCompile(`\btokio((?:::\w+)+)(?:::\{([^}]*)\})?(\([^)]*\))?`)
	word   = regexp.MustCompile(`\w+`)
	method = regexp.MustCompile(`\.(\w+)\(`)
)

// text notes what a piece of documentation names.
func (m mentioner) text(text string) {
	for _, found := range inText.FindAllStringSubmatch(text, -1) {
		full := strings.Split("tokio"+found[1], "::")
		m.path(full)
		for _, leaf := range word.FindAllString(found[2], -1) {
			m.path(append(full[:len(full):len(full)], leaf))
		}
		m.flavor(strings.Join(full, "::"), found[3])
	}
	for _, found := range method.FindAllStringSubmatch(text, -1) {
		m.clauses(m.marked.Methods[found[1]])
	}
}
