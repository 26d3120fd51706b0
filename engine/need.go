package engine

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
	"reactorls/engine/semver"
	"reactorls/engine/text"
)

// Use is a package's dependency on one runtime crate: what it asks of the crate,
// and what its sources need.
//
// Two sets are computed for each part of the package. What it must have is
// named by code that is surely compiled and surely means the crate. What it may
// have is all that cannot be excluded: it decides whether a feature is unused.
// Where source was not seen, everything may be needed.
type Use struct {
	Package *Package
	Name    string // the key in the manifest
	Crate   string // the crate's package name
	Version string // the one that is locked, or the newest that will do
	Locked  bool
	Know    *runtimes.Knowledge

	// Normal is the code that everybody builds, Dev what only tests, examples
	// and benches build, Build the build script.
	Normal, Dev, Build Part
	// Mentioned tells that some code, compiled or not, names the crate.
	Mentioned bool
	// Because is why the sources may need more than is seen; empty when all is
	// certain.
	Because []string

	imported string
	code     *code
	judged   Selection

	// Each is computed once. The first takes as long as all the rest.
	anywhere    func() []Missing
	entrypoints func() []Entrypoint
	places      func() []Place
	files       func() []string

	// Worked is what others worked out of the use, the package's files and its lockfile.
	Worked Worked

	mu         sync.Mutex
	unstable   []Unstable // on that platform: runs of the rules over the same code ask for the same
	unstableOn *cargo.Platform
}

// Part is one part of a package's code and the dependency entries that serve it
// alone.
type Part struct {
	Entries []*Dependency
	Needs   []Need // what it must have, by feature, under the selection
	may     map[string]bool
	// choices are gates that any one of several features opens.
	choices [][]string
}

// Need is one feature that code must have.
type Need struct {
	Feature string
	Places  []Place // in order of file and place
}

// Place is where code names an item.
type Place struct {
	Path string
	Span text.Span
	Item string // with the crate in front
}

// Foreign names an attribute of another crate on the package's code, which may
// write the crate's name there; "" when there is none.
func (u *Use) Foreign() string { return u.code.foreign }

// Certain tells that nothing was left unseen.
func (u *Use) Certain() bool { return len(u.Because) == 0 }

// Import is the name of the crate in code.
func (u *Use) Import() string { return u.imported }

// Declared lists the features that the entries of a part ask, sorted.
func (p *Part) Declared() []string {
	set := map[string]bool{}
	for _, e := range p.Entries {
		for _, f := range e.Features {
			set[f] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// Features lists what the part must have, sorted.
func (p *Part) Features() []string {
	var fs []string
	for _, n := range p.Needs {
		fs = append(fs, n.Feature)
	}
	return fs
}

// Find gives the need of a feature, nil when there is none.
func (p *Part) Find(feature string) *Need {
	for i := range p.Needs {
		if p.Needs[i].Feature == feature {
			return &p.Needs[i]
		}
	}
	return nil
}

// May reports whether the code of the part may need the feature, be it because a
// needed one turns it on.
func (u *Use) May(part *Part, feature string) bool {
	return !u.Certain() || part.may[feature]
}

// Uses are the package's dependencies on runtime crates, judged under a
// selection of its features.
func (s *Snapshot) Uses(p *Package, sel Selection) []*Use { return s.code(p, sel).uses }

// code is what a package's sources were read for. What it was read from takes much more
// room: that is let go when nobody keeps it, and read again when it is asked for.
type code struct {
	uses   []*Use
	worked Worked

	// Entries of dependencies are told apart by where they were read: these are the
	// manifests that they are of.
	file, root *File
	foreign    string // see Use.Foreign
	noStd      bool   // see Snapshot.NoStd

	mu   sync.Mutex
	kept int       // by how many
	of   *Snapshot // the newest one that it is true of
	read *read     // nil where it was let go
	load func() *read
}

// read is the source of a package, and what was found there by place.
type read struct {
	runs     []Run
	blocking []Blocking
	sources  *sources // nil for a package without a runtime crate
}

// source gives what was read.
func (c *code) source() *read {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read == nil {
		c.read = c.load()
	}
	return c.read
}

// src is the source that the use is in.
func (u *Use) src() *sources { return u.code.source().sources }

// Keep has the source of a package stay in memory until release is called, and what is
// read of it be one and the same. After that it stays where an editor holds a file of
// the package.
func (s *Snapshot) Keep(p *Package, sel Selection) (release func()) {
	c := s.code(p, sel)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.kept--
		if c.kept > 0 || c.read == nil || s.edits(p.Dir) {
			return
		}
		if s.disk != nil && c.read.sources != nil {
			for _, path := range c.read.sources.paths {
				s.disk.leave(path)
			}
		}
		c.read = nil
		p.worked.forget()
	}
}

// Effort guesses how long the package takes to read, by the number of its source files; 0
// where it was read before.
func (s *Snapshot) Effort(p *Package, sel Selection) int {
	if known, _ := s.memo.last(keyOf(p, sel)); s.disk == nil || known != nil {
		return 0
	}
	return weigh(filepath.Join(p.Dir, "src"), 0)
}

// Worked is a place for what is worked out of a package's code and manifest alone.
func (s *Snapshot) Worked(p *Package, sel Selection) *Worked { return &s.code(p, sel).worked }

type codeKey struct{ manifest, root, selection string }

func keyOf(p *Package, sel Selection) codeKey {
	key := codeKey{p.File.Path, p.Workspace.Root.Path, ""}
	if sel.All || sel.NoDefault || len(sel.Features) > 0 {
		key.selection = fmt.Sprint(sel)
	}
	return key
}

func (s *Snapshot) code(p *Package, sel Selection) *code {
	key := keyOf(p, sel)
	c := s.codeBy(key, p, sel)
	if c.file != p.File || c.root != p.Workspace.Root {
		s.memo.drop(key)
		c = s.codeBy(key, p, sel)
	}
	c.mu.Lock()
	if c.of == nil || c.of.id < s.id {
		c.of = s
	}
	c.mu.Unlock()
	return c
}

func (s *Snapshot) codeBy(key codeKey, p *Package, sel Selection) *code {
	return memoise(s, nil, key, func(r *Reader) *code {
		readers.Add(1)
		defer readers.Add(-1)
		p.reread(r)
		if !slices.ContainsFunc(p.Dependencies, func(d *Dependency) bool {
			return runtimes.Lookup(d.Package) != nil || runtimes.Known(d.Package) != nil
		}) {
			return &code{file: p.File, root: p.Workspace.Root, load: func() *read { return &read{} }}
		}
		c := &code{file: p.File, root: p.Workspace.Root}
		c.read = &read{sources: readSources(r, p)}
		c.load = func() *read { return c.reread(c.of.reader(), p) }
		c.foreign, c.noStd = c.read.sources.foreignAttribute(), c.read.sources.noStd(sel)
		for _, d := range p.Dependencies {
			if runtimes.Lookup(d.Package) != nil && !slices.ContainsFunc(c.uses, func(u *Use) bool { return u.Name == d.Name }) {
				c.uses = append(c.uses, newUse(p, d, c))
			}
		}
		sideBySide(2, func(i int) {
			if i == 0 {
				c.read.find(p)
				return
			}
			for _, u := range c.uses {
				u.judge(sel)
			}
		})
		return c
	})
}

// reread reads the source again that was let go.
func (c *code) reread(r *Reader, p *Package) *read {
	again := &read{sources: readSources(r, p)}
	for _, u := range c.uses {
		u.readAsking(again.sources)
	}
	again.find(p)
	return again
}

// find finds what is run where.
func (r *read) find(p *Package) {
	r.runs, r.blocking = readRuns(p, r.sources), readBlocking(p, r.sources)
}

func newUse(p *Package, d *Dependency, c *code) *Use {
	u := &Use{Package: p, Name: d.Name, Crate: d.Package, imported: d.Import(), code: c}
	u.anywhere, u.entrypoints = sync.OnceValue(u.missingAnywhere), sync.OnceValue(u.readEntrypoints)
	u.places, u.files = sync.OnceValue(u.readPlaces), sync.OnceValue(u.readFiles)
	for _, e := range p.Dependencies {
		if e.Name != d.Name {
			continue
		}
		part := map[cargo.Kind]*Part{cargo.Normal: &u.Normal, cargo.Dev: &u.Dev, cargo.Build: &u.Build}[e.Kind]
		part.Entries = append(part.Entries, e)
	}
	if p.Broken() {
		u.Because = append(u.Because, "the manifest has errors")
	}
	u.Version, u.Locked = p.versionOf(d, u.declared())
	if u.Version == "" {
		u.Because = append(u.Because, fmt.Sprintf("the version of %s is not known", d.Name))
		u.Know = runtimes.Lookup(d.Package).At("?")
	} else {
		u.Know = runtimes.Lookup(d.Package).At(u.Version)
		if u.Know.Vague() {
			u.Because = append(u.Because, fmt.Sprintf("what the features of %s %s bring is not known", d.Package, u.Version))
		}
	}
	return u
}

// declared are all features that the package asks of the crate, in its entries and
// in its own features.
func (u *Use) declared() []string {
	features := slices.Concat(u.Normal.Declared(), u.Dev.Declared(), u.Build.Declared())
	for _, f := range u.Package.Manifest.Features {
		for _, v := range f.Values {
			if v.Dependency == u.Name && v.Feature != "" {
				features = append(features, v.Feature)
			}
		}
	}
	return features
}

// versionOf is the version of a runtime crate that the lockfile has for a
// dependency, or the newest published one that its requirement allows and that has
// the features; "" when it is not the registry's crate, or nothing fits.
func (p *Package) versionOf(d *Dependency, features []string) (version string, locked bool) {
	req, err := semver.ParseReq(cmp.Or(d.Requirement, "*"))
	if err != nil || !d.FromRegistry {
		return "", false
	}
	for _, own := range p.Workspace.Lock.Named(p.Name) {
		if own.Version != p.Version || own.Source != "" {
			continue
		}
		if l, ok := p.Workspace.Lock.Dependency(own, d.Package); ok && matches(req, l.Version) {
			return l.Version, true
		}
	}
	// A lockfile that has not caught up with the manifest still holds what cargo
	// would keep.
	best := ""
	for _, l := range p.Workspace.Lock.Named(d.Package) {
		if matches(req, l.Version) && (best == "" || newer(l.Version, best)) {
			best = l.Version
		}
	}
	if best != "" {
		return best, true
	}
	newest := ""
	if known := runtimes.Lookup(d.Package); known != nil {
		for _, r := range known.Releases() {
			if r.Yanked || !req.Matches(r.Version) {
				continue
			}
			// Cargo takes an older one when the newer lack a feature.
			k := known.At(r.Version.String())
			if !slices.ContainsFunc(features, func(f string) bool { return !k.Has(f) }) {
				return r.Version.String(), false
			}
			newest = cmp.Or(newest, r.Version.String())
		}
	}
	return newest, false
}

func matches(req semver.Req, version string) bool {
	v, err := semver.Parse(version)
	return err == nil && req.Matches(v)
}

func newer(a, b string) bool { return compareVersions(a, b) > 0 }

// judge fills in what the parts must and may have.
func (u *Use) judge(sel Selection) {
	s := u.src()
	u.judged = sel
	u.readAsking(s)
	anyNormal, anyTest := s.judge(nil, nil, false), s.judge(nil, nil, true)
	u.judgeMay(anyNormal, anyTest)
	u.judgeDoubts(anyNormal, anyTest)
	for _, a := range u.activations(sel) {
		normal, test := s.judge(&a.Activation, cargo.Host(), false), s.judge(&a.Activation, cargo.Host(), true)
		u.collect(normal, test, u.needs(s, cargo.Host()).of, func(part *Part, n needy) {
			part.must(n.clauses, u.place(*n.site))
		})
	}
	for _, part := range u.parts() {
		part.settle(u)
	}
}

// part is the part that a crate of the package belongs to in a build of it, and
// nil where the build leaves it out.
func (u *Use) part(c *crateSource, b build) *Part {
	for _, f := range c.target.RequiredFeatures {
		if b.activation != nil && !b.activation.Features[f] {
			return nil
		}
	}
	switch c.target.Kind {
	case cargo.BuildScript:
		return &u.Build
	case cargo.Lib, cargo.Bin:
		return &u.Normal
	}
	return &u.Dev
}

// needy is a mention that needs features.
type needy struct {
	site *rust.Site
	// clauses are what it needs, one of each list; group tells where they are in needs.
	clauses [][]string
	group   int
	// ofTests tells that a build that is no test leaves out what needs them.
	ofTests bool
}

// needs are the mentions of a crate by a path, and calls, that need features on a platform.
type needs struct {
	use      *Use
	platform *cargo.Platform
	groups   [][][]string // what is needed, each once
	numbers  map[string]int
	found    map[*crateSource][]needy
}

func (u *Use) newNeeds(platform *cargo.Platform) *needs {
	return &needs{use: u, platform: platform, numbers: map[string]int{}, found: map[*crateSource][]needy{}}
}

// needs are kept: they are gone through for each build that is tried.
func (u *Use) needs(src *sources, platform *cargo.Platform) *needs {
	key := needsKey{u.Name, platform.Triple}
	if src.needs == nil {
		src.needs = map[needsKey]*needs{}
	}
	if src.needs[key] == nil {
		src.needs[key] = u.newNeeds(platform)
	}
	return src.needs[key]
}

type needsKey struct{ use, triple string }

// of are those of one crate of the package.
func (n *needs) of(c *crateSource) []needy {
	known, ok := n.found[c]
	if !ok {
		known = n.among(n.use.sites(c))
		n.found[c] = known
	}
	return known
}

// among are those of some mentions.
func (n *needs) among(lists [][]rust.Site) []needy {
	var all []needy
	u, name := n.use, n.use.Import()
	type needed struct {
		clauses [][]string
		group   int
	}
	known := map[string]needed{}
	for _, list := range lists {
		for i := range list {
			site := &list[i]
			if site.Extern != name || site.Unsure {
				continue
			}
			path := strings.Join(site.Path, "::")
			by, ok := known[path]
			if !ok {
				by.clauses = u.clauses(path, n.platform)
				by.group = n.number(by.clauses)
				known[path] = by
			}
			if len(by.clauses) > 0 {
				all = append(all, needy{site, by.clauses, by.group, false})
			}
			if made, entry := u.attributeNeeds(*site); entry != nil && len(made) > 0 {
				clauses := each(made)
				all = append(all, needy{site, clauses, n.number(clauses), entry.OfTests()})
			}
		}
	}
	return all
}

// number tells what is needed from other such.
func (n *needs) number(clauses [][]string) int {
	key := fmt.Sprint(clauses)
	number, known := n.numbers[key]
	if !known {
		number = len(n.groups)
		n.numbers[key], n.groups = number, append(n.groups, clauses)
	}
	return number
}

// collect goes through the mentions that are surely compiled and need features.
func (u *Use) collect(normal, test build, needing func(*crateSource) []needy, f func(*Part, needy)) {
	u.eachCrate(normal, test, func(c *crateSource, partOf func(rust.CondID, bool) *Part) {
		for _, n := range needing(c) {
			if to := partOf(n.site.Cond, n.ofTests); to != nil {
				f(to, n)
			}
		}
	})
}

// eachCompiled goes through the sites of the crate that may surely be compiled:
// part tells the part that one counts for, first in a normal build, then in what
// only a test build has, and nil where neither has it.
func (u *Use) eachCompiled(normal, test build, sites func(*crateSource) [][]rust.Site, f func(site rust.Site, part func(onlyTest bool) *Part)) {
	name := u.Import()
	u.eachCrate(normal, test, func(c *crateSource, partOf func(rust.CondID, bool) *Part) {
		var site *rust.Site // one function for all of them: they are many
		tell := func(onlyTest bool) *Part { return partOf(site.Cond, onlyTest) }
		for _, list := range sites(c) {
			for i := range list {
				if site = &list[i]; site.Extern == name && !site.Unsure {
					f(*site, tell)
				}
			}
		}
	})
}

// eachCrate goes through the crates that are surely compiled, with what tells the part
// that a condition counts for. A crate that names what a build leaves out of the package is
// not compiled in it.
func (u *Use) eachCrate(normal, test build, f func(c *crateSource, partOf func(cond rust.CondID, onlyTest bool) *Part)) {
	src := u.src()
	if !src.hasLib(normal) {
		return
	}
	var c *crateSource // at hand
	var part *Part     // of it
	var inNormal, inTest, asked bool
	partOf := func(cond rust.CondID, onlyTest bool) *Part { // one function for all of them: they are many
		if !asked { // many crates have nothing to ask of
			inNormal = c.target.Kind != cargo.Test && c.target.Kind != cargo.Bench && normal.has(c)
			inTest = part != &u.Build && test.has(c)
			asked = true
		}
		switch {
		case inNormal && !onlyTest && normal.Holds(cond) == cfg.Yes:
			return part
		case inTest && test.Holds(cond) == cfg.Yes:
			return &u.Dev
		}
		return nil
	}
	for i := range src.crates {
		c = &src.crates[i]
		if c.pretended() { // no cargo build compiles it
			continue
		}
		if part = u.part(c, normal); part == nil {
			continue
		}
		asked = false
		f(c, partOf)
	}
}

// each makes every feature a clause of its own.
func each(features []string) [][]string {
	var clauses [][]string
	for _, f := range features {
		clauses = append(clauses, []string{f})
	}
	return clauses
}

// judgeMay gathers what each part may need, in any build.
func (u *Use) judgeMay(anyNormal, anyTest build) {
	src := u.src()
	normal, dev, script := newMay(u.Know), newMay(u.Know), newMay(u.Know)
	for i := range src.crates {
		c := &src.crates[i]
		may := dev
		switch c.target.Kind {
		case cargo.BuildScript:
			may = script
		case cargo.Lib, cargo.Bin:
			may = normal
		}
		named := map[string]bool{}
		for _, site := range c.sites {
			if site.Extern != u.Import() {
				continue
			}
			u.Mentioned = true
			to := may
			if may == normal && anyNormal.Holds(site.Cond) == cfg.No {
				if anyTest.Holds(site.Cond) == cfg.No {
					continue
				}
				to = dev
			}
			u.maySite(to, site, named, c.target.Kind == cargo.Lib && to == normal)
		}
		u.mayImpls(may, named)
		needs := make([][]string, len(c.names))
		for n, name := range c.names {
			needs[n] = u.Know.MethodNeeds(name)
		}
		for _, m := range c.methods {
			if len(needs[m.name]) == 0 {
				continue
			}
			to := may
			if may == normal && anyNormal.Holds(m.cond) == cfg.No {
				to = dev
			}
			for _, f := range needs[m.name] {
				to.features[f] = true
			}
		}
	}
	u.Normal.may, u.Dev.may, u.Build.may = normal.close(), dev.close(), script.close()
}

// maySite notes what one mention may need. named gathers the types and traits
// that the crate names, whose methods it may call.
func (u *Use) maySite(to *may, site rust.Site, named map[string]bool, library bool) {
	path := strings.Join(site.Path, "::")
	item, rest := u.Know.Prefix(path)
	to.open(item.Gate)
	for p := path; p != ""; p = p[:max(0, strings.LastIndex(p, "::"))] {
		for _, i := range u.Know.Items(p) {
			to.open(i.Gate)
			named[i.Path] = true
		}
	}
	if rest != "" && item.Kind == runtimes.Module && !u.Know.Complete {
		u.doubt(fmt.Sprintf("%s %s is not known to have %s", u.Crate, u.Version, path))
	}
	reexported := site.Pub && library
	switch {
	case reexported && path == "":
		u.doubt(fmt.Sprintf("%s is re-exported as a whole: %s", u.Name, u.where(site)))
	case reexported || site.Open:
		for _, below := range u.Know.Under(path) {
			to.open(below.Gate)
		}
	}
	if site.Kind == rust.GlobRef || site.Open {
		for _, below := range u.Know.Under(path) {
			if below.Kind == runtimes.Trait {
				to.open(below.Gate)
				named[below.Path] = true
			}
		}
	}
	made, _ := u.attributeNeeds(site)
	for _, f := range made {
		to.features[f] = true
	}
}

// mayImpls notes the trait impls that code may rely on without a word: those of
// traits and types that it names.
func (u *Use) mayImpls(to *may, named map[string]bool) {
	if len(named) == 0 {
		return
	}
	for _, impl := range u.Know.Impls() {
		for _, side := range []string{impl.Trait, impl.Type} {
			if path, own := strings.CutPrefix(side, "crate::"); own && named[path] {
				to.open(impl.Gate)
			}
		}
	}
}

func (u *Use) doubt(reason string) {
	if !slices.Contains(u.Because, reason) {
		u.Because = append(u.Because, reason)
	}
}

// judgeDoubts says why more may be needed than is seen.
func (u *Use) judgeDoubts(anyNormal, anyTest build) {
	for _, d := range u.src().doubts {
		if anyNormal.Holds(d.cond) != cfg.No || anyTest.Holds(d.cond) != cfg.No {
			u.doubt(d.reason)
		}
	}
}

func (u *Use) where(site rust.Site) string {
	return fmt.Sprintf("%s:%d", u.Package.relative(site.Unit.Path), 1+strings.Count(site.Unit.Source.Text[:site.Span.Start], "\n"))
}

func (u *Use) place(site rust.Site) Place {
	return Place{site.Unit.Path, site.Span.Text(), strings.Join(append([]string{u.Import()}, site.Path...), "::")}
}

// clauses are the features that a path must have on a platform: one of each
// list. Every known step of its path counts, for each is a name of its own to
// the compiler.
func (u *Use) clauses(path string, platform *cargo.Platform) [][]string {
	var all [][]string
	for p := path; ; p = p[:max(0, strings.LastIndex(p, "::"))] {
		if items := u.Know.Items(p); len(items) == 1 && items[0].Certain {
			all = append(all, conjuncts(items[0].Gate.Simplify(onPlatform(platform)))...)
		}
		if p == "" {
			break
		}
	}
	return all
}

// onPlatform knows the platform, and that flags which nobody sets are not set.
func onPlatform(platform *cargo.Platform) cfg.Env {
	return func(atom cfg.Expr) cfg.Tri {
		switch {
		case atom.Name == "feature":
			return cfg.Maybe
		case cargo.Decides(atom):
			return platform.Eval(atom)
		}
		return cfg.No
	}
}

// conjuncts writes a gate that has features alone as lists of which one each is
// needed. A gate that cannot be opened gives none.
func conjuncts(gate cfg.Expr) [][]string {
	switch {
	case gate.Op == cfg.Atom:
		return [][]string{{gate.Value}}
	case gate.Op == cfg.All:
		var all [][]string
		for _, a := range gate.Args {
			all = append(all, conjuncts(a)...)
		}
		return all
	case gate.Op == cfg.Any && len(gate.Args) > 0:
		// any(a, all(b, c)) is any(a, b) and any(a, c)
		all := conjuncts(gate.Args[0])
		for _, a := range gate.Args[1:] {
			var product [][]string
			for _, right := range conjuncts(a) {
				for _, left := range all {
					product = append(product, slices.Compact(slices.Sorted(slices.Values(slices.Concat(left, right)))))
				}
			}
			if all = product; len(all) > 64 {
				return nil
			}
		}
		return all
	}
	return nil // not(feature): turning one on never helps
}

// attributeNeeds are the features that the code which an attribute such as
// #[tokio::main(flavor = "…")] makes asks for, by its arguments. entry is the
// attribute, nil where it is none of the crate's or its code names the crate by
// another way.
func (u *Use) attributeNeeds(site rust.Site) (features []string, entry *runtimes.Entry) {
	if site.Kind != rust.AttrRef {
		return nil, nil
	}
	item, ok := u.Know.Item(strings.Join(site.Path, "::"))
	if !ok {
		return nil, nil
	}
	arguments := site.Args.Text().In(site.Unit.Source.Text)
	features = u.Know.AttributeNeeds(item.Path, arguments)
	entry = runtimes.FindEntry(u.Crate, item.Path)
	if entry != nil {
		if path, ok := entry.CratePath(runtimes.ParseArguments(arguments)); ok && strings.TrimPrefix(path, "::") != u.Import() {
			entry = nil
		}
	}
	return features, entry
}

// must notes what a place must have.
func (p *Part) must(clauses [][]string, place Place) {
	for _, clause := range clauses {
		if len(clause) > 1 {
			if !slices.ContainsFunc(p.choices, func(c []string) bool { return slices.Equal(c, clause) }) {
				p.choices = append(p.choices, clause)
			}
			continue
		}
		n := p.Find(clause[0])
		if n == nil {
			p.Needs = append(p.Needs, Need{Feature: clause[0]})
			n = &p.Needs[len(p.Needs)-1]
		}
		n.Places = append(n.Places, place)
	}
}

// settle sorts the needs. Where any one of several features will do and none is
// needed anyway, it is the one that the entries ask, else the first.
func (p *Part) settle(u *Use) {
	for _, choice := range p.choices {
		asked := u.Know.Closure(append(p.Features(), p.Declared()...)...)
		if i := slices.IndexFunc(choice, func(f string) bool { return slices.Contains(asked, f) }); i >= 0 {
			if !slices.Contains(u.Know.Closure(p.Features()...), choice[i]) {
				p.must([][]string{{choice[i]}}, Place{})
			}
		} else {
			p.must([][]string{{choice[0]}}, Place{})
		}
	}
	slices.SortStableFunc(p.Needs, func(a, b Need) int { return strings.Compare(a.Feature, b.Feature) })
	for i := range p.Needs {
		slices.SortStableFunc(p.Needs[i].Places, ComparePlaces)
		p.Needs[i].Places = slices.Compact(p.Needs[i].Places)
	}
}

// may gathers the features that cannot be excluded.
type may struct {
	know     *runtimes.Knowledge
	features map[string]bool
}

func newMay(k *runtimes.Knowledge) *may {
	return &may{k, map[string]bool{}}
}

// open notes all features that a gate names.
func (m *may) open(gate cfg.Expr) {
	for _, f := range gate.Features() {
		m.features[f] = true
	}
}

// close adds what the features turn on.
func (m *may) close() map[string]bool {
	all := map[string]bool{}
	for _, f := range m.know.Closure(slices.Collect(maps.Keys(m.features))...) {
		all[f] = true
	}
	return all
}

// Places lists every mention of the crate that some build compiles, in order of
// file and place.
func (u *Use) Places() []Place { return u.places() }

func (u *Use) readPlaces() []Place {
	places := map[Place]bool{}
	for _, c := range u.src().crates {
		if c.pretended() {
			continue
		}
		for _, site := range c.sites {
			if site.Extern == u.Import() {
				places[u.place(site)] = true
			}
		}
	}
	return slices.SortedStableFunc(maps.Keys(places), ComparePlaces)
}

// Files lists the source files of the package, sorted.
func (u *Use) Files() []string { return u.files() }

func (u *Use) readFiles() []string {
	files := map[string]bool{}
	for _, c := range u.src().crates {
		if c.pretended() {
			continue
		}
		for _, unit := range c.crate.Units {
			files[unit.Path] = true
		}
	}
	return slices.Sorted(maps.Keys(files))
}

// ComparePlaces orders places by file, then by where they start.
func ComparePlaces(a, b Place) int {
	return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End), strings.Compare(a.Item, b.Item))
}

// VersionOf is the version of a dependency that the lockfile has, else the newest
// known one that its requirement allows, else the least that it names; "" when
// nothing is known.
func (p *Package) VersionOf(d *Dependency) string {
	if v, _ := p.versionOf(d, d.Features); v != "" {
		return v
	}
	least := strings.TrimLeft(d.Requirement, "=^~>< ")
	least, _, _ = strings.Cut(least, ",")
	least = strings.TrimSpace(least)
	for n := strings.Count(least, "."); least != "" && n < 2 && !strings.ContainsAny(least, "-+*"); n++ {
		least += ".0"
	}
	return least
}
