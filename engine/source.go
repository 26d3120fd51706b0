package engine

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
	"reactorls/engine/text"
)

// sources is the linked source of one package: its crates, and what they mention
// of the runtime crates that it depends on.
type sources struct {
	pkg    *Package
	named  map[string]named // by import name
	rust   *rust.Package
	crates []crateSource
	paths  []string // of all files that were looked for
	// doubts are why mentions may have been missed, with the condition under
	// which that matters.
	doubts []doubt
	// customs is the text of the build script, which may set cfg names.
	customs string
	// foreign are the attributes of crates that are not known: what code they
	// make, only the compiler sees.
	foreign []rust.Site

	triesMu sync.Mutex // held while the builds that were tried are looked at
	tried   map[buildKey]build
	needs   map[needsKey]*needs // see Use.needs

	preferMu  sync.Mutex
	preferred build // see prefers

	furtherOnce sync.Once
	furthers    map[*rust.Crate][]rust.Site // see further
}

// named is what is known of a dependency by its name in code.
type named struct {
	pkg    string
	know   *runtimes.Knowledge // of the newest version; nil where its items are not known
	idioms bool                // see hasIdioms
}

// nameDependencies gathers what is known of each dependency: it is asked for every path.
func (s *sources) nameDependencies() {
	s.named = map[string]named{}
	for _, d := range s.pkg.Dependencies {
		name := d.Import()
		n, seen := s.named[name]
		if !seen {
			n = named{pkg: d.Package, idioms: runtimes.HasIdioms(d.Package)}
		}
		if c := runtimes.Lookup(d.Package); c != nil && n.know == nil {
			n.know = c.At("")
		}
		s.named[name] = n
	}
}

// crateSource is one target with its mentions.
type crateSource struct {
	target  cargo.Target
	crate   *rust.Crate
	sites   []rust.Site
	named   []rust.Site // of crates of which only some items are known
	methods []methodSite
	names   []string               // of those methods, each once
	byName  map[string]int32       // where in names
	asking  map[string][]rust.Site // by the name of the use: see readAsking
	errors  []rust.CondID          // where compile_error! stands
	wants   []rust.Want            // without which it does not compile
}

type methodSite struct {
	name int32 // in crateSource.names
	unit *rust.Unit
	span rust.Span
	cond rust.CondID
}

type doubt struct {
	reason string
	crate  int // index in crates, -1 for all
	cond   rust.CondID
}

// readSources links every target of a package.
func readSources(r *Reader, p *Package) *sources {
	s := &sources{pkg: p}
	s.nameDependencies()
	edition, _ := strconv.Atoi(p.Edition)
	s.rust = &rust.Package{
		Edition: edition,
		Load: func(path string) *rust.Source {
			f := r.File(path)
			s.paths = append(s.paths, path)
			switch {
			case f == nil:
				return nil
			case f.Problem != "":
				s.doubts = append(s.doubts, doubt{fmt.Sprintf("%s: %s", p.relative(path), f.Problem), -1, 0})
				return rust.Parse("")
			}
			return f.Source()
		},
		Has: func(extern string, path []string) bool {
			k := s.knowledge(extern)
			return k != nil && len(k.Items(strings.Join(path, "::"))) > 0
		},
		Library: s.library,
		Prefers: s.prefers,
	}
	var lib *rust.Crate
	for _, t := range p.Targets {
		kinds := []cargo.Kind{cargo.Normal, cargo.Dev}
		if t.Kind == cargo.BuildScript {
			kinds = []cargo.Kind{cargo.Build}
		}
		path := filepath.Join(p.Dir, filepath.FromSlash(t.Path))
		c := s.rust.AddCrate(t.Import(), path, append(p.externs(kinds...), "std"), lib)
		switch t.Kind {
		case cargo.Lib:
			lib = c
		case cargo.BuildScript:
			if f := r.File(path); f != nil {
				s.customs = f.Text
			}
		}
		s.crates = append(s.crates, crateSource{target: t, crate: c})
	}
	s.readCrates()
	s.readDocs(r, lib)
	s.readLoose(r, lib)
	if s.rust.GaveUp() {
		s.doubts = append(s.doubts, doubt{"some imports are too entangled to follow", -1, 0})
	}
	return s
}

// foreignAttribute is one that may make any code, "" when there is none.
func (s *sources) foreignAttribute() string {
	if len(s.foreign) == 0 {
		return ""
	}
	return strings.Join(append([]string{s.foreign[0].Extern}, s.foreign[0].Path...), "::")
}

// externs are the import names of the dependencies of some kinds.
func (p *Package) externs(kinds ...cargo.Kind) []string {
	var names []string
	for _, d := range p.Dependencies {
		if slices.Contains(kinds, d.Kind) {
			names = append(names, d.Import())
		}
	}
	return names
}

// knowledge is what is known of the runtime crate behind an import name; nil for
// any other crate. Which version it is matters little here: only names are
// asked for.
func (s *sources) knowledge(extern string) *runtimes.Knowledge {
	return s.named[extern].know
}

// readCrates reads the targets: the others lead to the library, and not to each other.
func (s *sources) readCrates() {
	found := make([]remarks, len(s.crates))
	lib := slices.IndexFunc(s.crates, func(c crateSource) bool { return c.target.Kind == cargo.Lib })
	if lib >= 0 {
		found[lib] = s.readCrate(lib)
	}
	sideBySide(len(s.crates), func(i int) {
		if i != lib {
			found[i] = s.readCrate(i)
		}
	})
	for _, r := range found {
		s.remark(r)
	}
}

// remarks are what a crate adds to what is known of its package.
type remarks struct {
	foreign []rust.Site
	doubts  []doubt
}

func (s *sources) remark(r remarks) {
	s.foreign, s.doubts = append(s.foreign, r.foreign...), append(s.doubts, r.doubts...)
}

func (s *sources) readCrate(i int) remarks {
	var r remarks
	c := &s.crates[i]
	c.asking = map[string][]rust.Site{}
	for site := range c.crate.Sites() {
		switch {
		case s.knowledge(site.Extern) != nil:
			c.sites = append(c.sites, site)
		case site.Kind == rust.AttrRef:
			r.foreign = append(r.foreign, site)
		}
		if s.knowledge(site.Extern) == nil && s.hasIdioms(site.Extern) {
			c.named = append(c.named, site)
		}
	}
	for _, u := range c.crate.Units {
		c.readMethods(u)
		for _, ref := range u.Source.Refs {
			if ref.Kind == rust.MacroRef && ref.Segs[len(ref.Segs)-1] == "compile_error" {
				c.errors = append(c.errors, u.Cond(ref.Cond))
			}
		}
	}
	if c.target.Kind == looseCrate {
		return r
	}
	for _, problem := range c.crate.Problems {
		reason := problem.Msg
		if problem.Unit != nil {
			reason = s.pkg.relative(problem.Unit.Path)
			if problem.Span != (text.Span{}) {
				reason += fmt.Sprintf(":%d", 1+strings.Count(problem.Unit.Source.Text[:problem.Span.Start], "\n"))
			}
			reason += ": " + problem.Msg
		}
		r.doubts = append(r.doubts, doubt{reason, i, problem.Cond})
	}
	if !c.pretended() {
		c.wants = c.crate.Wants()
	}
	return r
}

// readMethods gathers the method calls of a file. Many have the same few names, which rules
// ask for.
func (c *crateSource) readMethods(u *rust.Unit) {
	if c.byName == nil {
		c.byName = map[string]int32{}
	}
	c.methods = slices.Grow(c.methods, len(u.Source.Methods))
	for _, m := range u.Source.Methods {
		name := m.Span.Text().In(u.Source.Text)
		i, known := c.byName[name]
		if !known {
			i = int32(len(c.names))
			c.byName[name], c.names = i, append(c.names, name)
		}
		c.methods = append(c.methods, methodSite{i, u, m.Span, u.Cond(m.Cond)})
	}
}

// relative is a path as it is shown: from the package's directory.
func (p *Package) relative(path string) string {
	if rel, err := filepath.Rel(p.Dir, path); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(path)
}

// Pretended targets: those that hold an example in documentation, and files below
// tests/ that belong to no target, for tests may have them compiled.
const (
	docCrate cargo.TargetKind = 100 + iota
	looseCrate
)

func (c *crateSource) pretended() bool { return c.target.Kind >= docCrate }

// readLoose adds the Rust files below tests/ that no target reaches. Those of other
// packages, which have a manifest of their own, are left out.
func (s *sources) readLoose(r *Reader, lib *rust.Crate) {
	reached := map[string]bool{}
	for _, c := range s.crates {
		for _, u := range c.crate.Units {
			reached[u.Path] = true
		}
	}
	externs := s.pkg.externs(cargo.Normal, cargo.Dev)
	var visit func(dir string, depth int)
	visit = func(dir string, depth int) {
		entries := r.List(dir)
		if depth > maxLooseDepth || slices.ContainsFunc(entries, func(e Entry) bool { return e.Name == ManifestName }) {
			return
		}
		for _, e := range entries {
			path := filepath.Join(dir, e.Name)
			switch {
			case e.Dir:
				visit(path, depth+1)
			case strings.HasSuffix(e.Name, ".rs") && !reached[path]:
				c := s.rust.AddCrate("", path, externs, lib)
				s.crates = append(s.crates, crateSource{target: cargo.Target{Kind: looseCrate}, crate: c})
				s.remark(s.readCrate(len(s.crates) - 1))
			}
		}
	}
	visit(filepath.Join(s.pkg.Dir, "tests"), 0)
}

// maxLooseDepth bounds how deep below tests/ is looked; links may lead round.
const maxLooseDepth = 8

// readDocs adds the examples in the library's documentation, each a crate of its
// own to rustdoc, as one more test-level target.
func (s *sources) readDocs(r *Reader, lib *rust.Crate) {
	i := slices.IndexFunc(s.crates, func(c crateSource) bool { return c.target.Kind == cargo.Lib })
	if i < 0 || !s.crates[i].target.Doctests {
		return
	}
	externs := s.pkg.externs(cargo.Normal, cargo.Dev)
	n := 0
	add := func(doc string, examples func() []*rust.Source) {
		if !s.mentions(doc, externs, lib.Name) {
			return
		}
		for _, source := range examples() {
			path := fmt.Sprintf("%s#%d", s.pkg.Dir, n)
			n++
			load := s.rust.Load
			s.rust.Load = func(p string) *rust.Source {
				if p == path {
					return source
				}
				return load(p)
			}
			c := s.rust.AddCrate("", path, externs, lib)
			s.rust.Load = load
			s.crates = append(s.crates, crateSource{target: cargo.Target{Kind: docCrate}, crate: c})
			s.remark(s.readCrate(len(s.crates) - 1))
		}
	}
	for _, u := range lib.Units {
		for i, d := range u.Source.Docs {
			add(d.In(u.Source.Text), func() []*rust.Source { return u.Source.DocSources(i) })
		}
	}
	for _, page := range lib.DocPages() {
		if f := r.File(page); f != nil {
			add(f.Text, f.examples)
		}
	}
}

// mentions reports whether a documentation text may lead to a runtime crate.
func (s *sources) mentions(doc string, externs []string, lib string) bool {
	if !strings.Contains(doc, "```") && !strings.Contains(doc, "~~~") {
		return false
	}
	return strings.Contains(doc, lib+"::") || slices.ContainsFunc(externs, func(e string) bool {
		return strings.Contains(doc, e) && s.knowledge(e) != nil
	})
}

// build is one way to compile the package's crates.
type build struct {
	activation *cargo.Activation // nil: any
	platform   *cargo.Platform   // nil: any
	test       bool
	*rust.Build
	whole map[*crateSource]bool // see has
}

// prefers tells whether a condition holds in the build to go by where builds differ: the
// one of cargo build for the host.
func (s *sources) prefers(cond rust.CondID) bool {
	s.preferMu.Lock()
	defer s.preferMu.Unlock()
	if s.preferred.Build == nil {
		activation := s.pkg.activate(Selection{})
		s.preferred = s.judge(&activation, cargo.Host(), false)
	}
	return s.preferred.Holds(cond) == cfg.Yes
}

// judge prepares a way to compile. Atoms that neither the manifest nor the
// platform decides are set by nobody, unless the build script speaks of them.
func (s *sources) judge(a *cargo.Activation, platform *cargo.Platform, test bool) build {
	b := build{activation: a, platform: platform, test: test, whole: map[*crateSource]bool{}}
	b.Build = s.rust.Build(func(atom cfg.Expr) cfg.Tri {
		switch {
		case atom.Name == "test" && !atom.Valued:
			return cfg.Of(test)
		case atom.Name == "feature":
			if a == nil {
				return cfg.Maybe
			}
			return cfg.Of(a.Features[atom.Value])
		case platform == nil:
			return cfg.Maybe
		case cargo.Decides(atom):
			return platform.Eval(atom)
		case atom.Name == "debug_assertions":
			return cfg.Maybe
		case strings.Contains(s.customs, atom.Name):
			return cfg.Maybe
		}
		return cfg.No
	})
	return b
}

// buildKey tells builds apart.
type buildKey struct {
	features, triple string
	test             bool
}

// try is judge, which gives the same build where it was tried before: the dependencies of
// a package are looked at in the same builds, one after the other. The platform is one that
// its triple alone tells: the host, or of cargo.PlatformOf. triesMu must be held.
func (s *sources) try(a *cargo.Activation, platform *cargo.Platform, test bool) build {
	key := buildKey{strings.Join(slices.Sorted(maps.Keys(a.Features)), ","), platform.Triple, test}
	if b, ok := s.tried[key]; ok {
		b.activation = a
		return b
	}
	if s.tried == nil {
		s.tried = map[buildKey]build{}
	}
	b := s.judge(a, platform, test)
	s.tried[key] = b
	return b
}

// has reports whether a build has all that the crate names of the package. Tests
// that need features are often built by nobody without them.
func (b build) has(c *crateSource) bool {
	if len(c.wants) == 0 {
		return true
	}
	whole, known := b.whole[c]
	if !known {
		whole = b.hasAll(c.wants)
		b.whole[c] = whole
	}
	return whole
}

func (b build) hasAll(wants []rust.Want) bool {
	return !slices.ContainsFunc(wants, func(w rust.Want) bool {
		return b.Holds(w.Mention) == cfg.Yes && !slices.ContainsFunc(w.Declarations, func(d rust.CondID) bool { return b.Holds(d) != cfg.No })
	})
}

// hasLib reports whether a build has all that the library names, without which
// no other crate of the package is compiled either.
func (s *sources) hasLib(b build) bool {
	i := slices.IndexFunc(s.crates, func(c crateSource) bool { return c.target.Kind == cargo.Lib })
	return i < 0 || b.has(&s.crates[i])
}

// valid reports whether a build gets past its own compile_error!s.
func (s *sources) valid(b build) bool {
	for _, c := range s.crates {
		if c.target.Kind != cargo.Lib && c.target.Kind != cargo.Bin {
			continue
		}
		for _, e := range c.errors {
			if b.Holds(e) != cfg.No {
				return false
			}
		}
	}
	return true
}
