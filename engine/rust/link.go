package rust

import (
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"reactorls/engine/cfg"
	"reactorls/engine/text"
)

// Package is the source of one Cargo package: its crates, which share the
// conditions under which their parts are compiled.
type Package struct {
	// Load gives the source of a file by its path, nil when there is none.
	Load func(path string) *Source
	// Has tells whether an extern crate is known to hold a path, so that a glob
	// import of it brings the name. The path is without the crate's name.
	Has func(extern string, path []string) bool
	// Library tells what is known of an item of an extern crate, or of the standard
	// library, "std", whose well-known items are found by their names alone too. nil
	// when nobody asks for types.
	Library func(extern string, path []string) (LibraryItem, bool)

	// Prefers tells whether a condition holds in the build to go by where builds differ
	// in what a name means. It may be nil.
	Prefers func(CondID) bool
	// Edition is the Rust edition: 2015, 2018 …
	Edition int

	Crates  []*Crate
	defined []*macroUse // the macros that the package defines
	conds   conds
	gaveUp  atomic.Bool
}

// Crate is one compilation target: the module tree below its root file.
type Crate struct {
	Package *Package
	Name    string // import name, for a library
	Root    *Module
	Units   []*Unit
	// Problems are the places where source that belongs here was not seen.
	Problems []Problem
	// externs are the crates that paths of this one may start with: the names of
	// dependencies, and the package's own library.
	externs  map[string]*Crate
	macros   map[string]*macroUse
	mentions map[*Module]map[string]bool // see mentioned

	resolveOnce sync.Once
	fnsOnce     sync.Once
	fns         *fnIndex
	typesOnce   sync.Once
	types       *typeIndex
}

// Unit is one file in its place in a crate's module tree. A file that two
// modules include is two units of one Source.
type Unit struct {
	Path   string
	Source *Source
	Crate  *Crate
	Module *Module

	conds     []CondID          // of the package, for each of Source.Conds
	scopes    []scope           // for each of Source.Scopes
	names     [][]Target        // where each of Source.Names leads
	globs     [][]Target        // where each of Source.Globs leads
	including place             // for a file that include! brings: where
	dir       string            // where its child modules are looked for
	inline    map[int32]*Module // its modules with a body, by their scope

	tokensOnce sync.Once
	tokensRead *bodies
	traitsOnce sync.Once
	traits     map[int32][]Target // the traits that imports bring into scopes
}

// Module is a module of a crate.
type Module struct {
	Name   string
	Parent *Module
	Cond   CondID
	place
}

// Problem is a piece of source that could not be read.
type Problem struct {
	Unit *Unit
	Span text.Span
	Msg  string
	Cond CondID
}

// macroUse is what a crate says of a macro by one name: how it defines it, and
// where it calls it.
type macroUse struct {
	defined  bool
	number   int // in Package.defined, where it is
	exported bool
	wraps    []cfg.Expr
	partly   bool
	calls    []CondID
	lib      *macroUse // the library's macro of the name, for another crate
}

// macro gives what is known of a macro by its name; scopes do not matter.
func (c *Crate) macro(name string) *macroUse {
	m := c.macros[name]
	if m == nil {
		m = &macroUse{}
		c.macros[name] = m
		for _, lib := range c.externs {
			if lib != nil {
				m.lib = lib.macro(name)
			}
		}
	}
	return m
}

// definition is the macro that a call means: the crate's own, else the library's.
func (m *macroUse) definition() *macroUse {
	if !m.defined && m.lib != nil {
		return m.lib
	}
	return m
}

// limits keep hostile module trees finite.
const (
	maxModuleDepth = 100
	maxUnits       = 100_000
)

// AddCrate links the crate whose root file is given. externs are the import
// names of its dependencies; lib, if not nil, is the package's library.
func (p *Package) AddCrate(name, root string, externs []string, lib *Crate) *Crate {
	c := &Crate{Package: p, Name: name, externs: map[string]*Crate{}, macros: map[string]*macroUse{}}
	for _, e := range externs {
		c.externs[e] = nil
	}
	if lib != nil {
		if _, isDependency := c.externs[lib.Name]; !isDependency {
			c.externs[lib.Name] = lib
		}
	}
	c.Root = &Module{Cond: always}
	p.Crates = append(p.Crates, c)
	if s := p.Load(root); s != nil {
		c.load(c.Root, s, root, filepath.Dir(root), always, place{}, 0)
	} else {
		c.Problems = append(c.Problems, Problem{Msg: "cannot read " + root, Cond: always})
	}
	return c
}

// load puts a file into the tree: at module m, or, where it is included, at the
// place that includes it.
func (c *Crate) load(m *Module, s *Source, path, dir string, cond CondID, including place, depth int) *Unit {
	u := &Unit{
		Path: path, Source: s, Crate: c, Module: m, dir: dir, including: including,
		scopes: make([]scope, len(s.Scopes)), names: make([][]Target, len(s.Names)), globs: make([][]Target, len(s.Globs)),
	}
	c.Units = append(c.Units, u)
	if m.unit == nil {
		m.place = place{u, 0}
	}
	u.conds = make([]CondID, len(s.Conds))
	for i, sc := range s.Conds {
		if i == 0 {
			u.conds[0] = cond
			continue
		}
		u.conds[i] = c.Package.conds.and(u.conds[sc.Parent], c.Package.conds.leaf(sc, c))
	}
	for i, g := range s.Globs {
		u.scopes[g.Scope].globs = append(u.scopes[g.Scope].globs, int32(i))
	}
	u.noteMacros()
	u.loadModules(depth)
	u.loadIncludes(depth)
	if s.Broken {
		c.problem(u, text.Span{}, "a string or bracket is never closed", always)
	}
	return u
}

func (c *Crate) problem(u *Unit, at text.Span, msg string, cond CondID) {
	c.Problems = append(c.Problems, Problem{u, at, msg, cond})
}

// noteMacros gathers the macro definitions of the file and who calls them.
func (u *Unit) noteMacros() {
	for _, d := range u.Source.Macros {
		m := u.Crate.macro(d.Name)
		if !m.defined {
			m.defined, m.number = true, len(u.Crate.Package.defined)
			u.Crate.Package.defined = append(u.Crate.Package.defined, m)
		}
		m.exported = m.exported || d.Exported
		if d.Wraps != nil {
			m.wraps, m.partly = append(m.wraps, *d.Wraps), m.partly || d.Partly
		}
	}
	for i := range u.Source.Refs {
		if r := &u.Source.Refs[i]; r.Kind == MacroRef {
			m := u.Crate.macro(r.Segs[len(r.Segs)-1])
			m.calls = append(m.calls, u.conds[r.Cond])
		}
	}
}

// moduleOf is the module that a scope of the unit belongs to.
func (u *Unit) moduleOf(s int32) *Module {
	for ; s >= 0; s = u.Source.Scopes[s].Parent {
		if u.Source.Scopes[s].Kind == ModScope {
			return u.inline[s]
		}
	}
	return u.Module
}

// dirOf is the directory in which the files of that module are looked for.
func (u *Unit) dirOf(s int32) string {
	dir := ""
	for ; s >= 0; s = u.Source.Scopes[s].Parent {
		if u.Source.Scopes[s].Kind == ModScope {
			dir = filepath.Join(u.Source.Scopes[s].Name, dir)
		}
	}
	return filepath.Join(u.dir, dir)
}

func (u *Unit) loadModules(depth int) {
	u.inline = map[int32]*Module{}
	for i := range u.Source.Mods {
		d := &u.Source.Mods[i]
		parent, dir := u.moduleOf(d.Scope), u.dirOf(d.Scope)
		m := &Module{Name: d.Name, Parent: parent, Cond: u.conds[d.Cond]}
		sc := &u.scopes[d.Scope]
		if sc.mods == nil {
			sc.mods = map[string][]*Module{}
		}
		if d.Body >= 0 {
			m.place = place{u, d.Body}
			u.inline[d.Body] = m
			sc.mods[d.Name] = append(sc.mods[d.Name], m)
			continue
		}
		for _, file := range u.moduleFiles(d, dir) {
			m := &Module{Name: d.Name, Parent: parent, Cond: file.cond}
			if u.loadFile(m, file, depth) {
				sc.mods[d.Name] = append(sc.mods[d.Name], m)
			} else {
				u.Crate.problem(u, d.Span.Text(), "no file for module "+d.Name, file.cond)
			}
		}
	}
}

// moduleFile is where a module may be: the first path that exists.
type moduleFile struct {
	paths []string
	cond  CondID
	// owner tells that the file's child modules live beside it, as for mod.rs.
	owner bool
}

// moduleFiles lists the files that a declaration without a body may mean, one
// for each #[path] that may hold, and the default where none surely does.
func (u *Unit) moduleFiles(d *Mod, dir string) []moduleFile {
	var files []moduleFile
	for _, p := range d.Paths {
		base := filepath.Dir(u.Path)
		if u.Source.Scopes[d.Scope].Kind != FileScope {
			base = dir
		}
		files = append(files, moduleFile{[]string{filepath.Join(base, filepath.FromSlash(p.Path))}, u.conds[p.Cond], true})
		if u.conds[p.Cond] == u.conds[d.Cond] {
			return files
		}
	}
	standard := moduleFile{[]string{filepath.Join(dir, d.Name+".rs"), filepath.Join(dir, d.Name, "mod.rs")}, u.conds[d.Cond], false}
	if len(files) > 0 && !u.exists(standard) {
		return files
	}
	return append(files, standard)
}

func (u *Unit) exists(f moduleFile) bool {
	for _, p := range f.paths {
		if u.Crate.Package.Load(p) != nil {
			return true
		}
	}
	return false
}

func (u *Unit) loadFile(m *Module, f moduleFile, depth int) bool {
	if depth >= maxModuleDepth || len(u.Crate.Units) >= maxUnits {
		return false
	}
	for _, path := range f.paths {
		s := u.Crate.Package.Load(path)
		if s == nil {
			continue
		}
		dir := filepath.Dir(path)
		if base := filepath.Base(path); !f.owner && base != "mod.rs" {
			dir = filepath.Join(dir, strings.TrimSuffix(base, ".rs"))
		}
		u.Crate.load(m, s, path, dir, f.cond, place{}, depth+1)
		return true
	}
	return false
}

func (u *Unit) loadIncludes(depth int) {
	for _, inc := range u.Source.Includes {
		if inc.Kind != CodeInclude {
			continue
		}
		cond := u.conds[inc.Cond]
		path := filepath.Join(filepath.Dir(u.Path), filepath.FromSlash(inc.Path))
		var s *Source
		if inc.Path != "" && depth < maxModuleDepth && len(u.Crate.Units) < maxUnits {
			s = u.Crate.Package.Load(path)
		}
		if s == nil {
			u.Crate.problem(u, inc.Span.Text(), "included code is not there before a build", cond)
			continue
		}
		in := u.Crate.load(u.moduleOf(inc.Scope), s, path, filepath.Dir(path), cond, place{u, inc.Scope}, depth+1)
		sc := &u.scopes[inc.Scope]
		sc.included = append(sc.included, in)
	}
}

// DocPages are the files that doc = include_str!(…) attributes of the crate
// name.
func (c *Crate) DocPages() []string {
	var pages []string
	for _, u := range c.Units {
		for _, inc := range u.Source.Includes {
			if inc.Kind == DocInclude && inc.Path != "" {
				pages = append(pages, filepath.Join(filepath.Dir(u.Path), filepath.FromSlash(inc.Path)))
			}
		}
	}
	return pages
}
