package main

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"reactorls/testdata/oracle/gates"
	"reactorls/testdata/oracle/tokens"
)

// An origin says through which dependency a written path reaches tokio.
type origin string

// The origins.
const (
	viaOwn     origin = "own"     // the package's own dependency on tokio
	viaForeign origin = "foreign" // another crate's re-export or macro
	viaLocal   origin = "local"   // a name that the package declares or re-exports elsewhere
)

// sources reads the package's files.
type sources struct {
	dir    string
	dep    dependency
	marked gates.Marked
	files  map[string]*source
}

// A source is one file with its imports.
type source struct {
	toks    []tokens.Token
	imports []imported
	modules []region // the bodies of inline modules
}

// A region is a range of tokens.
type region struct{ from, to int }

func (r region) holds(i int) bool { return r.from <= i && i < r.to }

// imported is one leaf of a use declaration, or an extern crate.
type imported struct {
	name   string // the name that it binds; "*" for a glob
	path   []string
	scope  region
	public bool
}

func newSources(dir string, dep dependency, marked gates.Marked) *sources {
	return &sources{dir: dir, dep: dep, marked: marked, files: map[string]*source{}}
}

// file reads a file, by its path from the package's directory or from the root. An unreadable file is empty.
func (s *sources) file(path string) *source {
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.dir, path)
	}
	if f, ok := s.files[path]; ok {
		return f
	}
	text, _ := os.ReadFile(path)
	f := newSource(string(text))
	s.files[path] = f
	return f
}

func newSource(text string) *source {
	f := &source{toks: tokens.Scan(text)}
	scopes := []region{{0, len(f.toks)}}
	for i, t := range f.toks {
		for len(scopes) > 1 && !scopes[len(scopes)-1].holds(i) {
			scopes = scopes[:len(scopes)-1]
		}
		scope := scopes[len(scopes)-1]
		switch {
		case t.Is("{") && t.Mate > 0:
			body := region{i, t.Mate}
			scopes = append(scopes, body)
			if i >= 2 && f.toks[i-2].Is("mod") {
				f.modules = append(f.modules, body)
			}
		case t.Is("use"):
			f.tree(i+1, f.statementEnd(i), nil, imported{scope: scope, public: i > 0 && f.toks[i-1].Is("pub")})
		case t.Is("extern") && i+2 < len(f.toks) && f.toks[i+1].Is("crate"):
			name := f.toks[i+2].Name()
			leaf := imported{name: name, path: []string{name}, scope: scope, public: i > 0 && f.toks[i-1].Is("pub")}
			if i+4 < len(f.toks) && f.toks[i+3].Is("as") {
				leaf.name = f.toks[i+4].Name()
			}
			f.imports = append(f.imports, leaf)
		}
	}
	return f
}

// statementEnd is the index of the next semicolon.
func (f *source) statementEnd(i int) int {
	for i < len(f.toks) && !f.toks[i].Is(";") {
		i++
	}
	return i
}

// tree adds the leaves of a use tree that stands between two tokens, after a prefix.
func (f *source) tree(i, end int, prefix []string, leaf imported) {
	path := prefix
	for ; i < end; i++ {
		switch t := f.toks[i]; {
		case t.Is("{"):
			start := i + 1
			for k := start; k <= t.Mate; k++ {
				if f.toks[k].Is("{") {
					k = f.toks[k].Mate
				} else if f.toks[k].Is(",") || k == t.Mate {
					if k > start { // there may be a comma at the end
						f.tree(start, k, path, leaf)
					}
					start = k + 1
				}
			}
			return
		case t.Is("as") && i+1 < end:
			i++
			leaf.name = f.toks[i].Name()
		case t.Is("*"):
			leaf.name = "*"
		case t.Is("self") && len(path) > 0:
		case t.Kind == tokens.Ident:
			path = append(path[:len(path):len(path)], t.Name())
		}
	}
	if len(path) == 0 {
		return
	}
	leaf.path = path
	if leaf.name == "" {
		leaf.name = path[len(path)-1]
	}
	f.imports = append(f.imports, leaf)
}

// at is the index of the token that starts at a byte offset, or of the first one after it.
func (f *source) at(offset int) int {
	i, _ := slices.BinarySearchFunc(f.toks, offset, func(t tokens.Token, offset int) int { return cmp.Compare(t.Start, offset) })
	return min(i, len(f.toks)-1)
}

// written is the path whose last segment is token i, as the code writes it: through the prefixes of a use tree, without
// generic arguments, and for <T>::name with the path of T. A leading "::" is kept as an empty segment.
func (f *source) written(i int) []string {
	var path []string
	if !f.toks[i].Is("self") || i == 0 || !f.toks[i-1].Is("{") && !f.toks[i-1].Is(",") {
		path = []string{f.toks[i].Name()}
	}
	for i > 0 {
		prev := f.toks[i-1]
		switch {
		case prev.Is("$"):
			path[0] = "$crate"
			return path
		case prev.Is("::"):
			i--
			if i == 0 {
				return append([]string{""}, path...)
			}
			i = f.segment(i - 1)
			if i < 0 {
				return append([]string{""}, path...)
			}
			path = append([]string{f.toks[i].Name()}, path...)
		case prev.Is("{") || prev.Is(","):
			open := f.enclosing(i - 1)
			if open < 1 || !f.toks[open].Is("{") || !f.toks[open-1].Is("::") {
				return path
			}
			i = open
		default:
			return path
		}
	}
	return path
}

// segment is the index of the path segment that ends at token i, before a "::": past generic arguments, and into <T>.
// It is negative where the "::" starts a path.
func (f *source) segment(i int) int {
	if f.toks[i].Kind == tokens.Ident && !f.toks[i].Is("use") && !f.toks[i].Is("in") && !f.toks[i].Is("for") && !f.toks[i].Is("as") {
		return i
	}
	if !f.toks[i].Is(">") {
		return -1
	}
	depth := 0
	for k := i; k >= 0; k-- {
		switch {
		case f.toks[k].Is(">") && !f.toks[k-1].Is("-"):
			depth++
		case f.toks[k].Is("<"):
			depth--
		}
		if depth > 0 {
			continue
		}
		switch {
		case k > 0 && f.toks[k-1].Is("::"): // turbofish
			return f.segment(k - 2)
		case k > 0 && f.toks[k-1].Kind == tokens.Ident: // generic arguments
			return k - 1
		}
		last := -1 // the last segment of T in <T> or <T as Trait>
		for m := k + 1; m < i && !f.toks[m].Is("as"); m++ {
			if f.toks[m].Is("<") {
				break
			}
			if f.toks[m].Kind == tokens.Ident {
				last = m
			}
		}
		return last
	}
	return -1
}

// enclosing is the index of the delimiter that is open at token i, or -1.
func (f *source) enclosing(i int) int {
	for ; i >= 0; i-- {
		switch f.toks[i].Kind {
		case tokens.Close:
			if i = f.toks[i].Mate; i < 0 {
				return -1
			}
		case tokens.Open:
			return i
		}
	}
	return -1
}

// resolve finds out through which dependency a path reaches tokio, seen from token i, and spells it out from tokio on.
func (s *sources) resolve(f *source, path []string, i int) (origin, []string) {
	from, full := s.named(f, path, i, nil)
	if from != viaLocal || len(path) == 0 {
		return from, full
	}
	for k := range f.imports {
		glob := &f.imports[k]
		if glob.name != "*" || !glob.scope.holds(i) {
			continue
		}
		from, module := s.named(f, glob.path, i, nil)
		full := append(module[:len(module):len(module)], path...)
		if _, known := s.marked.Public[strings.Join(full, "::")]; from == viaOwn && known {
			return viaOwn, full
		}
	}
	return viaLocal, path
}

// named resolves a path by the names that imports bind, but not by globs; seen are the imports followed already.
func (s *sources) named(f *source, path []string, i int, seen []*imported) (origin, []string) {
	if len(path) == 0 {
		return viaLocal, path
	}
	if path[0] == "" {
		return s.crate(path[1:])
	}
	if path[0] == "self" && len(path) > 1 {
		path = path[1:]
	}
	bindings := f.bindings(path[0], i)
	if len(bindings) == 0 || slices.Contains(seen, bindings[0]) {
		return s.crate(path)
	}
	// Several imports of one name stand under different cfgs. Which one is compiled is not known here, but it is one that
	// leads to tokio; where they lead there in different ways, it stays open.
	ways := map[origin][]string{}
	for _, leaf := range bindings {
		full := append(leaf.path[:len(leaf.path):len(leaf.path)], path[1:]...)
		from, full := s.named(f, full, leaf.scope.from, append(seen[:len(seen):len(seen)], bindings...))
		ways[from] = full
	}
	for _, way := range []struct{ is, not origin }{{viaOwn, viaForeign}, {viaForeign, viaOwn}} {
		if ways[way.is] != nil && ways[way.not] == nil {
			return way.is, ways[way.is]
		}
	}
	return viaLocal, path
}

// crate judges a path by its first segment alone.
func (s *sources) crate(path []string) (origin, []string) {
	switch {
	case len(path) == 0:
		return viaLocal, path
	case s.dep.names[path[0]]:
		return viaOwn, append([]string{"tokio"}, path[1:]...)
	case s.dep.foreign[path[0]]:
		return viaForeign, path
	}
	return viaLocal, path
}

// bindings are the imports of a name that are in force at token i: the innermost ones, but none from around the inline
// module that holds the token.
func (f *source) bindings(name string, i int) []*imported {
	module := region{0, len(f.toks)}
	for _, m := range f.modules {
		if m.holds(i) && m.from >= module.from {
			module = m
		}
	}
	var found []*imported
	for k := range f.imports {
		leaf := &f.imports[k]
		if leaf.name != name || !leaf.scope.holds(i) || leaf.scope.from < module.from {
			continue
		}
		if len(found) > 0 && leaf.scope.from > found[0].scope.from {
			found = nil
		}
		if len(found) == 0 || leaf.scope.from == found[0].scope.from {
			found = append(found, leaf)
		}
	}
	return found
}
