package engine

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
)

// Graph is all that a workspace is built of, by its lockfile and by what cargo has
// cached of the packages there.
type Graph struct {
	*cargo.Graph
	Workspace *Workspace
	Config    *cargo.Config
	// Because is why packages, versions or features may be missing or others
	// than cargo's; empty when the graph is cargo's own.
	Because []string

	members map[*Package]int
}

// Complete tells that the graph is cargo's own.
func (g *Graph) Complete() bool { return len(g.Because) == 0 }

// Graph reads the graph of a workspace.
func (s *Snapshot) Graph(w *Workspace) *Graph {
	return memoise(s, nil, "graph "+w.Root.Path, func(r *Reader) *Graph {
		l := &loader{
			Reader: r, workspace: r.workspaceAt(w.Root.Path), config: readConfig(r, w.Dir, s.cargoHome()),
			graph: &cargo.Graph{}, paths: map[string]*Package{},
		}
		return l.load()
	})
}

// cargoHome is where cargo's caches are, "" where there is no disk.
func (s *Snapshot) cargoHome() string {
	if s.disk == nil {
		return ""
	}
	return CargoHome()
}

// readConfig merges cargo's configuration of a directory and those above it.
func readConfig(r *Reader, dir, home string) *cargo.Config {
	all := &cargo.Config{}
	read := func(dir, base string) {
		for _, name := range []string{"config", "config.toml"} {
			f := r.File(filepath.Join(dir, name))
			if f == nil || f.Problem != "" {
				continue
			}
			// A config that cannot be read stops cargo itself, which says why.
			if c, err := cargo.ParseConfig(f.Text, base); err == nil {
				all = all.Under(c)
			}
			return
		}
	}
	for d := dir; ; d = filepath.Dir(d) {
		if c := filepath.Join(d, ".cargo"); c != home {
			read(c, d)
		}
		if d == filepath.Dir(d) {
			break
		}
	}
	if home != "" {
		read(home, filepath.Dir(home))
	}
	return all
}

// loader puts a graph together.
type loader struct {
	*Reader
	workspace *Workspace
	config    *cargo.Config
	graph     *cargo.Graph
	because   []string
	paths     map[string]*Package // by manifest: members, and what they name by path
	order     []*Package          // the same in the order found
	// loose tells that versions had to be chosen without a lockfile.
	loose bool
}

func (l *loader) doubt(format string, args ...any) {
	if why := fmt.Sprintf(format, args...); !slices.Contains(l.because, why) {
		l.because = append(l.because, why)
	}
}

func (l *loader) load() *Graph {
	l.findPaths()
	lock := l.workspace.Lock
	if lock == nil {
		l.doubt("there is no Cargo.lock that can be read; versions are the newest that cargo has cached")
		lock = &cargo.Lock{}
	}
	locked := l.locked(lock)
	l.graph.Packages = slices.Clone(locked.packages)
	for _, why := range locked.because {
		l.doubt("%s", why)
	}
	members := l.placePaths(lock)
	for _, p := range l.order {
		l.connect(members[p], p, lock)
	}
	g := &Graph{Graph: l.graph, Workspace: l.workspace, Config: l.config, members: members}
	if l.loose {
		l.settle(g)
	}
	g.Because = l.because
	return g
}

// findPaths finds the packages that are named by path: the members, and what
// they, or patches, lead to.
func (l *loader) findPaths() {
	add := func(p *Package) {
		if p != nil && l.paths[p.File.Path] == nil {
			l.paths[p.File.Path] = p
			l.order = append(l.order, p)
		}
	}
	for _, p := range l.workspace.Packages {
		add(p)
	}
	root := l.workspace.Manifest
	for _, patch := range root.Patches {
		if patch.Path.Value != "" {
			add(l.packageAt(filepath.Join(l.workspace.Dir, filepath.FromSlash(patch.Path.Value))))
		}
	}
	for _, dir := range l.config.Patches {
		add(l.packageAt(dir))
	}
	for i := 0; i < len(l.order); i++ {
		p := l.order[i]
		for _, d := range p.Dependencies {
			if d.Dir != "" {
				add(l.packageAt(d.Dir))
			}
		}
	}
}

// packageAt is the package whose manifest lies in a directory, nil for none.
func (l *loader) packageAt(dir string) *Package {
	manifest := filepath.Join(dir, ManifestName)
	if p := l.paths[manifest]; p != nil {
		return p
	}
	if f := l.File(manifest); f == nil || f.Problem != "" || f.Manifest().Package == nil {
		l.doubt("%s: no package here", manifest)
		return nil
	}
	return l.packageOf(manifest)
}

// lockedPackages are the packages of a lockfile that are not named by path, with
// the edges between them. Those that are have a place without content.
type lockedPackages struct {
	packages []cargo.GraphPackage
	because  []string
}

// locked reads the packages of the lockfile; which ones depends on that file and
// on cargo's caches alone, and not on any manifest that is being edited.
func (l *loader) locked(lock *cargo.Lock) *lockedPackages {
	dir := l.workspace.Dir
	return memoise(l.s, l.Reader, "locked "+dir, func(r *Reader) *lockedPackages {
		r.File(filepath.Join(dir, lockName)) // what lock was made of
		c := &cache{r, l.s.cargoHome(), readConfig(r, dir, l.s.cargoHome())}
		all := &lockedPackages{packages: make([]cargo.GraphPackage, len(lock.Packages))}
		for i, p := range lock.Packages {
			g := &all.packages[i]
			g.Source = p.Source
			g.Summary = &cargo.Summary{Name: p.Name, Version: p.Version}
			if p.Source == "" {
				continue
			}
			found, procMacro, why := c.find(p)
			if found == nil {
				all.because = append(all.because, why)
				continue
			}
			g.Summary, g.ProcMacro = found, procMacro
		}
		for i := range lock.Packages {
			if g := &all.packages[i]; g.Source != "" {
				g.Edges = edges(g.Summary, lock.Packages, lock.Dependencies(i))
			}
		}
		return all
	})
}

// edges matches the dependencies of a package with the locked packages that its
// lock entry names. What is not locked is not part of any build.
func edges(s *cargo.Summary, packages []cargo.LockedPackage, named []int) []cargo.Edge {
	wants := map[string]int{}
	for _, d := range s.Deps {
		wants[d.Package]++
	}
	var es []cargo.Edge
	for i := range s.Deps {
		d := &s.Deps[i]
		if d.Kind == cargo.Dev {
			continue // of a package that is no member
		}
		best := -1
		for _, j := range named {
			p := &packages[j]
			if p.Name != d.Package || wants[d.Package] > 1 && !accepts(d.Req, p.Version) {
				continue
			}
			if best < 0 || newer(p.Version, packages[best].Version) {
				best = j
			}
		}
		if best >= 0 {
			es = append(es, cargo.Edge{Dep: d, To: best})
		}
	}
	return es
}

func accepts(req, version string) bool {
	r, err := semver.ParseReq(cmp.Or(req, "*"))
	return err == nil && matches(r, version)
}

// placePaths gives each package that is named by path its place in the graph.
func (l *loader) placePaths(lock *cargo.Lock) map[*Package]int {
	places := map[*Package]int{}
	taken := map[int]bool{}
	place := func(p *Package, i int) {
		g := &l.graph.Packages[i]
		*g = cargo.GraphPackage{
			Summary: p.summary(), Dir: p.Dir, Member: p.Workspace == l.workspace,
			ProcMacro: p.procMacro(),
		}
		places[p] = i
		taken[i] = true
	}
	for _, exact := range []bool{true, false} { // a version may have been changed since
		for _, p := range l.order {
			if _, placed := places[p]; placed {
				continue
			}
			for i, e := range lock.Packages {
				if e.Source == "" && !taken[i] && e.Name == p.Name && (!exact || e.Version == cmp.Or(p.Version, "0.0.0")) {
					place(p, i)
					break
				}
			}
		}
	}
	for _, p := range l.order {
		if _, placed := places[p]; !placed {
			l.graph.Packages = append(l.graph.Packages, cargo.GraphPackage{})
			place(p, len(l.graph.Packages)-1)
			if l.workspace.Lock != nil && p.Workspace == l.workspace {
				l.doubt("Cargo.lock does not have %s", p.Name)
			}
		}
	}
	for i, p := range l.graph.Packages {
		if p.Source == "" && !taken[i] && p.Dir == "" && l.needed(lock, i) {
			l.doubt("%s %s is in Cargo.lock and at no known path", p.Name, p.Version)
		}
	}
	return places
}

// needed reports whether any locked package names the one at i.
func (l *loader) needed(lock *cargo.Lock, i int) bool {
	for j := range lock.Packages {
		if slices.Contains(lock.Dependencies(j), i) {
			return true
		}
	}
	return false
}

func (p *Package) procMacro() bool {
	return slices.ContainsFunc(p.Targets, func(t cargo.Target) bool { return t.Kind == cargo.Lib && t.ProcMacro })
}

// summary is what the resolution knows of a package that is named by path.
func (p *Package) summary() *cargo.Summary {
	var deps []cargo.Dep
	for _, d := range p.Dependencies {
		deps = append(deps, cargo.Dep{
			Key: d.Name, Package: d.Package, Req: d.Requirement, Kind: d.Kind, Target: d.Target,
			Optional: d.Optional, Default: d.DefaultFeatures, Features: d.Features,
		})
	}
	return p.Manifest.Summarise(p.Name, cmp.Or(p.Version, "0.0.0"), deps)
}

// connect finds what serves the dependencies of a package that is named by path.
func (l *loader) connect(i int, p *Package, lock *cargo.Lock) {
	s := l.graph.Packages[i].Summary
	var named []int
	if i < len(lock.Packages) {
		named = lock.Dependencies(i)
	}
	var es []cargo.Edge
	for k := range s.Deps {
		d, from := &s.Deps[k], p.Dependencies[k]
		if d.Kind == cargo.Dev && p.Workspace != l.workspace {
			continue
		}
		to := l.serves(d, from, named)
		if to < 0 {
			// An optional dependency that no feature names is never locked.
			if d.Optional {
				l.loose = l.loose || l.workspace.Lock == nil
				continue
			}
			if l.workspace.Lock != nil {
				l.doubt("Cargo.lock is older than %s: it does not have %s", p.relativeTo(l.workspace), d.Package)
			}
			if to = l.choose(d); to < 0 {
				continue
			}
		}
		es = append(es, cargo.Edge{Dep: d, To: to})
	}
	l.graph.Packages[i].Edges = es
}

// relativeTo is the manifest as it is named in the workspace.
func (p *Package) relativeTo(w *Workspace) string {
	if rel, err := filepath.Rel(w.Dir, p.File.Path); err == nil {
		return filepath.ToSlash(rel)
	}
	return p.File.Path
}

// serves finds a dependency among those that the lock entry names, or at its
// path.
func (l *loader) serves(d *cargo.Dep, from *Dependency, named []int) int {
	if from.Dir != "" {
		for i, p := range l.graph.Packages {
			if p.Dir == from.Dir && p.Name == d.Package {
				return i
			}
		}
	}
	best := -1
	for _, i := range named {
		p := &l.graph.Packages[i]
		if p.Name == d.Package && accepts(d.Req, p.Version) && (best < 0 || newer(p.Version, l.graph.Packages[best].Version)) {
			best = i
		}
	}
	return best
}

// choose finds a version for a dependency that is not locked: one that is in the
// graph already, or the newest that is cached, or known.
func (l *loader) choose(d *cargo.Dep) int {
	l.loose = true
	best := -1
	for i, p := range l.graph.Packages {
		if p.Name == d.Package && accepts(d.Req, p.Version) && (best < 0 || newer(p.Version, l.graph.Packages[best].Version)) {
			best = i
		}
	}
	if best >= 0 {
		return best
	}
	c := &cache{l.Reader, l.s.cargoHome(), l.config}
	s, procMacro := c.newest(d.Package, d.Req)
	if s == nil {
		l.doubt("%s %s is not in cargo's cache", d.Package, cmp.Or(d.Req, "*"))
		return -1
	}
	to := len(l.graph.Packages)
	l.graph.Packages = append(l.graph.Packages, cargo.GraphPackage{
		Summary: s, Source: "registry+https://github.com/rust-lang/crates.io-index", ProcMacro: procMacro,
	})
	var es []cargo.Edge
	for i := range s.Deps {
		d := &s.Deps[i]
		if d.Kind == cargo.Dev || d.Optional {
			continue
		}
		if next := l.choose(d); next >= 0 {
			es = append(es, cargo.Edge{Dep: d, To: next})
		}
	}
	l.graph.Packages[to].Edges = es
	return to
}

// settle finds versions for the optional dependencies that features turn on,
// until no more are turned on.
func (l *loader) settle(g *Graph) {
	const rounds = 50
	for range rounds {
		request := g.request(Selection{}, nil)
		request.Dev = true
		missing := g.Resolve(request).Unserved()
		if len(missing) == 0 {
			return
		}
		found := false
		for _, m := range missing {
			to := -1
			if from := l.pathOf(g, m.Package, m.Dep); from != nil && from.Dir != "" {
				to = l.serves(m.Dep, from, nil)
			}
			if to < 0 {
				to = l.choose(m.Dep)
			}
			if to >= 0 {
				p := &l.graph.Packages[m.Package]
				p.Edges = append(slices.Clip(p.Edges), cargo.Edge{Dep: m.Dep, To: to})
				found = true
			}
		}
		if !found {
			return
		}
	}
}

// pathOf is the manifest's entry behind a dependency of a package named by path.
func (l *loader) pathOf(g *Graph, i int, d *cargo.Dep) *Dependency {
	for p, at := range g.members {
		if at == i {
			for _, e := range p.Dependencies {
				if e.Name == d.Key && e.Kind == d.Kind && e.Target == d.Target {
					return e
				}
			}
		}
	}
	return nil
}

// request is what builds the members with a selection of features; platform nil
// means the target that cargo's configuration names, or the host.
func (g *Graph) request(sel Selection, platform *cargo.Platform) cargo.Request {
	host := cargo.Host()
	if platform == nil {
		platform = host
		if len(g.Config.Targets) > 0 {
			if p := cargo.PlatformOf(g.Config.Targets[0]); p != nil {
				platform = p
			}
		}
	}
	request := cargo.Request{
		Resolver: g.Workspace.Resolver(), Host: g.Config.Platform(host), Target: g.Config.Platform(platform),
	}
	for _, p := range g.Workspace.Packages {
		i, ok := g.members[p]
		if !ok {
			continue
		}
		root := cargo.Root{Package: i, Default: !sel.NoDefault, All: sel.All}
		for _, f := range sel.Features {
			name, below, isBelow := strings.Cut(f, "/")
			switch _, has := g.Packages[i].Features[name]; {
			case isBelow && name == p.Name:
				root.Features = append(root.Features, below)
			case has || isBelow:
				root.Features = append(root.Features, f)
			}
		}
		request.Roots = append(request.Roots, root)
	}
	return request
}

// Tree is what is built of the members with a selection of features over edges
// of the given kinds; platform nil means the target that cargo would take.
func (g *Graph) Tree(sel Selection, platform *cargo.Platform, kinds ...cargo.Kind) *cargo.Tree {
	request := g.request(sel, platform)
	request.Dev = slices.Contains(kinds, cargo.Dev)
	return g.Resolve(request).Tree(kinds...)
}

// Resolver is the version of the feature resolver that the workspace uses.
func (w *Workspace) Resolver() int {
	edition := ""
	if w.Manifest.Package != nil {
		edition = "2015"
		for _, p := range w.Packages {
			if p.File == w.Root {
				edition = p.Edition
			}
		}
	}
	return cargo.ResolverOf(w.Manifest, edition)
}

// cache is what cargo has fetched.
type cache struct {
	*Reader
	home   string
	config *cargo.Config
}

// find reads a locked package from where its source is kept; why says what is
// missing.
func (c *cache) find(p cargo.LockedPackage) (s *cargo.Summary, procMacro bool, why string) {
	if dir := c.config.Directory(p.Source); dir != "" {
		if m := c.vendored(dir, p.Name, p.Version); m != nil {
			return m.summary, m.procMacro, ""
		}
		return nil, false, fmt.Sprintf("%s is not in %s", p, dir)
	}
	if strings.HasPrefix(p.Source, "git+") {
		if m := c.checkout(p); m != nil {
			return m.summary, m.procMacro, ""
		}
		return nil, false, fmt.Sprintf("%s is not in cargo's git checkouts", p)
	}
	for _, index := range c.indexes(p.Source) {
		e := c.entry(index, p.Name, p.Version)
		if e == nil || p.Checksum != "" && e.checksum != "" && e.checksum != p.Checksum {
			continue
		}
		procMacro, why := c.procMacro(filepath.Base(index), e.Summary)
		return e.Summary, procMacro, why
	}
	if m := c.unpacked(p.Name, p.Version); m != nil {
		return m.summary, m.procMacro, ""
	}
	return nil, false, fmt.Sprintf("%s is not in cargo's cache", p)
}

// indexes are the directories of the cached indexes that may be a source's, the
// likeliest first. A mirror's is as good: the checksum tells.
func (c *cache) indexes(source string) []string {
	if c.home == "" {
		return nil
	}
	dir := filepath.Join(c.home, "registry", "index")
	host := "index.crates.io-"
	if !cargo.FromCratesIO(source) {
		_, url, _ := strings.Cut(source, "://")
		host, _, _ = strings.Cut(url, "/")
		host += "-"
	}
	var likely, others []string
	for _, e := range c.List(dir) {
		switch path := filepath.Join(dir, e.Name); {
		case !e.Dir:
		case strings.HasPrefix(e.Name, host):
			likely = append(likely, path)
		default:
			others = append(others, path)
		}
	}
	return append(likely, others...)
}

// entry is one version in a cached index; nil when it is not there.
type entry struct {
	*cargo.Summary
	checksum string
}

func (c *cache) entry(index, name, version string) *entry {
	path := filepath.Join(index, ".cache", filepath.FromSlash(cargo.IndexPath(name)))
	e, _ := c.derive(path, version, func(text string) any {
		s, checksum, err := cargo.IndexedSummary(text, version)
		if err != nil || s == nil {
			return nil
		}
		return &entry{s, checksum}
	}).(*entry)
	return e
}

// procMacro reports whether a registry's package is a procedural macro, which only
// its own manifest tells.
func (c *cache) procMacro(registry string, s *cargo.Summary) (is bool, why string) {
	path := filepath.Join(c.home, "registry", "src", registry, s.Name+"-"+s.Version, ManifestName)
	is, _ = c.derive(path, "proc-macro", func(text string) any { return cargo.IsProcMacro(text) }).(bool)
	return is, ""
}

// manifestSummary is what a manifest that inherits nothing says.
type manifestSummary struct {
	summary   *cargo.Summary
	procMacro bool
}

func (c *cache) manifest(path string) *manifestSummary {
	compute := func(text string) any {
		m := cargo.ParseManifest(text)
		if m.Package == nil {
			return nil
		}
		p := &Package{Manifest: m, Name: m.Package.Name.Value, Version: m.Package.Version.Value}
		for _, d := range m.Dependencies {
			p.Dependencies = append(p.Dependencies, inheritDependency(d, m))
		}
		return &manifestSummary{p.summary(), m.Lib != nil && m.Lib.ProcMacro}
	}
	if c.s.disk == nil {
		if f := c.File(path); f != nil {
			m, _ := compute(f.Text).(*manifestSummary)
			return m
		}
		return nil
	}
	m, _ := c.derive(path, "summary", compute).(*manifestSummary)
	return m
}

// vendored finds a package in a directory that stands in for its source.
func (c *cache) vendored(dir, name, version string) *manifestSummary {
	for _, folder := range []string{name, name + "-" + version} {
		if m := c.manifest(filepath.Join(dir, folder, ManifestName)); m != nil && m.summary.Name == name && m.summary.Version == version {
			return m
		}
	}
	return nil
}

// unpacked finds the sources of a registry's package whose index entry is gone.
func (c *cache) unpacked(name, version string) *manifestSummary {
	if c.home == "" {
		return nil
	}
	dir := filepath.Join(c.home, "registry", "src")
	for _, registry := range c.List(dir) {
		if m := c.manifest(filepath.Join(dir, registry.Name, name+"-"+version, ManifestName)); m != nil {
			return m
		}
	}
	return nil
}

// checkout finds a package in the clones that cargo has made of git repositories:
// git/checkouts/<repository>-<hash>/<short commit>.
func (c *cache) checkout(p cargo.LockedPackage) *manifestSummary {
	url, commit, _ := strings.Cut(strings.TrimPrefix(p.Source, "git+"), "#")
	url, _, _ = strings.Cut(url, "?")
	repository := strings.TrimSuffix(url[strings.LastIndexByte(url, '/')+1:], ".git")
	dir := filepath.Join(c.home, "git", "checkouts")
	for _, clone := range c.List(dir) {
		if c.home == "" || !strings.HasPrefix(clone.Name, repository+"-") {
			continue
		}
		for _, at := range c.List(filepath.Join(dir, clone.Name)) {
			if len(at.Name) < 7 || !strings.HasPrefix(commit, at.Name) {
				continue
			}
			if m := c.inCheckout(filepath.Join(dir, clone.Name, at.Name), p); m != nil {
				return m
			}
		}
	}
	return nil
}

// inCheckout looks for a package's manifest anywhere in a checkout, as cargo does.
func (c *cache) inCheckout(dir string, p cargo.LockedPackage) *manifestSummary {
	const deepest = 8
	var search func(dir string, depth int) *manifestSummary
	search = func(dir string, depth int) *manifestSummary {
		manifest := filepath.Join(dir, ManifestName)
		if f := c.File(manifest); f != nil && f.Manifest().Package != nil && f.Manifest().Package.Name.Value == p.Name {
			if found := c.packageOf(manifest); found != nil && found.Version == p.Version {
				return &manifestSummary{found.summary(), found.procMacro()}
			}
		}
		for _, e := range c.List(dir) {
			if e.Dir && depth < deepest && !strings.HasPrefix(e.Name, ".") && e.Name != "target" {
				if m := search(filepath.Join(dir, e.Name), depth+1); m != nil {
					return m
				}
			}
		}
		return nil
	}
	return search(dir, 0)
}

// newest finds the newest version that a requirement accepts in what cargo has
// cached, else in what is known of a runtime crate.
func (c *cache) newest(name, req string) (s *cargo.Summary, procMacro bool) {
	r, err := semver.ParseReq(cmp.Or(req, "*"))
	if err != nil {
		return nil, false
	}
	for _, index := range c.indexes("") {
		path := filepath.Join(index, ".cache", filepath.FromSlash(cargo.IndexPath(name)))
		list, _ := c.derive(path, "versions", func(text string) any {
			versions, _ := cargo.IndexedVersions(text) // of a damaged file, those before the damage
			return strings.Join(versions, " ")
		}).(string)
		versions := strings.Fields(list)
		slices.SortFunc(versions, func(a, b string) int { return compareVersions(b, a) })
		for _, v := range versions {
			if !matches(r, v) {
				continue
			}
			if e := c.entry(index, name, v); e != nil && !e.Yanked {
				is, _ := c.procMacro(filepath.Base(index), e.Summary)
				return e.Summary, is
			}
		}
	}
	return known(name, r), false
}

// known makes a summary of what is embedded about a runtime crate: its features,
// without its own dependencies.
func known(name string, req semver.Req) *cargo.Summary {
	crate := runtimes.Lookup(name)
	if crate == nil {
		return nil
	}
	for _, release := range crate.Releases() {
		if release.Yanked || !req.Matches(release.Version) {
			continue
		}
		version := release.Version.String()
		k := crate.At(version)
		listed := map[string][]string{}
		for _, f := range k.Features() {
			listed[f] = k.Implies(f)
		}
		return cargo.NewSummary(name, version, nil, listed)
	}
	return nil
}

func compareVersions(a, b string) int {
	v, _ := semver.Parse(a)
	w, _ := semver.Parse(b)
	return v.Compare(w)
}
