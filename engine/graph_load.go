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
)

// loader puts a graph together. Nothing in it may take more than time in
// proportion to the packages: a lockfile may have many thousands.
type loader struct {
	*Reader
	workspace *Workspace
	config    *cargo.Config
	cache     *cache
	lock      *cargo.Lock // empty where there is none
	graph     *cargo.Graph
	because   []string
	// What was not locked, by who asks for it, in the order found.
	unlocked      map[string][]string
	unlockedOrder []string
	// What is neither locked nor cached: nothing is known of it, or only what is
	// embedded.
	unknown, embedded []string

	paths map[string]*Package // by manifest: members, and what they name by path
	order []*Package          // the same in the order found
	// elsewhere are the packages that [patch] or [replace] take from somewhere
	// else than the dependencies on them say.
	elsewhere map[string]bool
	places    map[*Package]int
	entries   map[int]*Package // by place
	connected map[int]bool
	byName    map[string][]int // places in the graph; see named
	accepted  *accepted
	byDir     map[string]int
}

func newLoader(r *Reader, root string) *loader {
	w := r.workspaceAt(root)
	config := readConfig(r, w.Dir)
	return &loader{
		Reader: r, workspace: w, config: config, cache: newCache(r, config), lock: w.Lock, graph: &cargo.Graph{},
		unlocked: map[string][]string{}, paths: map[string]*Package{}, elsewhere: map[string]bool{},
		places: map[*Package]int{}, entries: map[int]*Package{}, connected: map[int]bool{}, byDir: map[string]int{},
	}
}

func (l *loader) doubt(format string, args ...any) {
	if why := fmt.Sprintf(format, args...); !slices.Contains(l.because, why) {
		l.because = append(l.because, why)
	}
}

// enumerate writes a list that may be long.
func enumerate(list []string) string {
	const most = 5
	if len(list) > most+1 {
		list = append(slices.Clone(list[:most]), fmt.Sprintf("%d more", len(list)-most))
	}
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return strings.Join(list, "")
}

// load puts the graph together, or takes it from before, where that was made of the same;
// reads is what before looked at.
func (l *loader) load(before *Graph, reads *Reader) *Graph {
	l.findPaths()
	if l.lock == nil {
		l.doubt("%s; versions are the newest that cargo has cached", l.workspace.noLock())
		l.lock = &cargo.Lock{}
	}
	for _, p := range l.lock.Packages {
		if p.Replace != "" {
			l.elsewhere[p.Name] = true
		}
	}
	locked := l.locked()
	l.graph.Packages = slices.Clone(locked.packages)
	for _, why := range locked.because {
		l.doubt("%s", why)
	}
	l.placePaths()
	l.accepted = &locked.accepted
	for _, p := range l.order {
		if i := l.places[p]; p.Workspace == l.workspace || i < len(l.lock.Packages) {
			l.reach(i)
		}
	}
	g := &Graph{Graph: l.graph, Workspace: l.workspace, Config: l.config, basis: l.basis(), members: map[string]int{}, surveys: newSurveys(), Worked: &Worked{}}
	for p, i := range l.places {
		g.members[p.File.Path] = i
	}
	if before != nil && g.basis.equal(before.basis) && l.goesOn(reads) {
		g.Graph, g.Because, g.surveys, g.Worked = before.Graph, before.Because, before.surveys, before.Worked
		return g
	}
	l.settle(g)
	for _, who := range l.unlockedOrder {
		l.doubt("Cargo.lock is older than %s: it does not have %s", who, enumerate(l.unlocked[who]))
	}
	if len(l.unknown) > 0 {
		l.doubt("cargo has not cached %s", enumerate(l.unknown))
	}
	if len(l.embedded) > 0 {
		l.doubt("cargo has not cached %s: what it depends on is not known", enumerate(l.embedded))
	}
	l.judgeUnread(g)
	for _, t := range l.config.Targets {
		if cargo.PlatformOf(t) == nil {
			l.doubt("the target %s of cargo's configuration is not known here", t)
		}
	}
	if l.config.Overrides {
		l.doubt("paths in cargo's configuration put packages in the place of others")
	}
	g.Because = l.because
	return g
}

// noLock says why there is no lockfile.
func (w *Workspace) noLock() string {
	for _, p := range w.Problems {
		if filepath.Base(p.Path) == lockName {
			return lockName + " cannot be read: " + p.Msg
		}
	}
	return "there is no " + lockName
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
	patch := func(dir string) {
		p := l.packageAt(dir)
		if p == nil {
			l.doubt("%s: no package here", filepath.Join(dir, ManifestName))
			return
		}
		l.elsewhere[p.Name] = true
		add(p)
	}
	for _, d := range l.workspace.Manifest.Patches {
		if d.Path.Given() {
			patch(filepath.Join(l.workspace.Dir, filepath.FromSlash(d.Path.Value)))
		} else {
			l.elsewhere[d.Package] = true
		}
	}
	for _, dir := range l.config.Patches {
		patch(dir)
	}
	for _, name := range l.config.Patched {
		l.elsewhere[name] = true
	}
	for i := 0; i < len(l.order); i++ {
		p := l.order[i]
		for _, d := range p.Dependencies {
			if d.Dir != "" && (d.Kind != cargo.Dev || p.Workspace == l.workspace) {
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
		return nil
	}
	return l.packageOf(manifest)
}

// lockedPackages are the packages of a lockfile that are not named by path, with
// the edges between them. Those that are have a place without content.
type lockedPackages struct {
	packages []cargo.GraphPackage
	because  []string
	accepted accepted
}

// accepted keeps what Accepts said: a manifest that is typed in asks for the same again.
type accepted struct {
	mu   sync.Mutex
	said map[[2]string]bool
}

func (a *accepted) accepts(req, version string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := [2]string{req, version}
	said, known := a.said[key]
	if !known {
		if a.said == nil {
			a.said = map[[2]string]bool{}
		}
		said = Accepts(req, version)
		a.said[key] = said
	}
	return said
}

// locked reads the packages of the lockfile; which ones depends on that file and
// on cargo's caches alone, and not on any manifest that is being edited.
func (l *loader) locked() *lockedPackages {
	dir, lock := l.workspace.Dir, l.lock
	return memoise(l.s, l.Reader, "locked "+dir, func(r *Reader) *lockedPackages {
		r.File(filepath.Join(dir, lockName)) // what lock was made of
		c := newCache(r, readConfig(r, dir))
		all := &lockedPackages{packages: make([]cargo.GraphPackage, len(lock.Packages))}
		missing := map[string][]string{} // by where
		for i, p := range lock.Packages {
			g := &all.packages[i]
			g.Summary, g.Source = &cargo.Summary{Name: p.Name, Version: p.Version}, p.Source
			if p.Source == "" {
				continue
			}
			found, where := c.find(p)
			if found == nil {
				missing[where] = append(missing[where], p.String())
				if s := known(p.Name, "="+p.Version); s != nil {
					g.Summary = s
				}
				continue
			}
			g.Summary, g.ProcMacro, g.Unread = found.Summary, found.kind == procMacro, found.kind == unread
		}
		for _, where := range slices.Sorted(maps.Keys(missing)) {
			is := "is"
			if len(missing[where]) > 1 {
				is = "are"
			}
			all.because = append(all.because, fmt.Sprintf("%s %s not in %s", enumerate(missing[where]), is, where))
		}
		for i := range lock.Packages {
			if g := &all.packages[i]; g.Source != "" {
				g.Edges = edges(g, lock.Packages, lock.Dependencies(i))
			}
		}
		return all
	})
}

// edges matches the dependencies of a locked package with the packages that its
// lock entry names. What is not locked is not part of any build.
func edges(g *cargo.GraphPackage, packages []cargo.LockedPackage, named []int) []cargo.Edge {
	byName := make(map[string][]int, len(named))
	for _, j := range named {
		byName[packages[j].Name] = append(byName[packages[j].Name], j)
	}
	es := make([]cargo.Edge, 0, len(named))
	for i := range g.Deps {
		d := &g.Deps[i]
		if d.Kind == cargo.Dev {
			continue // of a package that is no member
		}
		candidates := byName[d.Package]
		to := -1
		if len(candidates) == 1 {
			to = candidates[0]
		} else {
			to = lowest(candidates, func(j int) (string, bool) {
				return packages[j].Version, Accepts(d.Req, packages[j].Version)
			})
		}
		if to >= 0 {
			es = append(es, cargo.Edge{Dep: d, To: to})
		}
	}
	return es
}

// lowest picks among candidates that will do the one of the lowest version: of
// several that are locked, cargo takes the first. It gives -1 where none will do.
func lowest(candidates []int, look func(i int) (version string, ok bool)) int {
	best, lowest := -1, ""
	for _, i := range candidates {
		if v, ok := look(i); ok && (best < 0 || newer(lowest, v)) {
			best, lowest = i, v
		}
	}
	return best
}

// placePaths gives each package that is named by path its place in the graph.
func (l *loader) placePaths() {
	free := map[string][]int{} // lock entries without a source, by name
	for i, e := range l.lock.Packages {
		if e.Source == "" {
			free[e.Name] = append(free[e.Name], i)
		}
	}
	place := func(p *Package, i int) {
		l.graph.Packages[i] = cargo.GraphPackage{
			Summary: p.summary(), Dir: p.Dir, Member: p.Workspace == l.workspace, ProcMacro: p.procMacro(),
		}
		l.places[p], l.entries[i], l.byDir[p.Dir] = i, p, i
	}
	for _, exact := range []bool{true, false} { // a version may have been changed since
		for _, p := range l.order {
			if _, placed := l.places[p]; placed {
				continue
			}
			entries := free[p.Name]
			k := slices.IndexFunc(entries, func(i int) bool {
				return !exact || l.lock.Packages[i].Version == cmp.Or(p.Version, "0.0.0")
			})
			if k >= 0 {
				place(p, entries[k])
				free[p.Name] = slices.Delete(entries, k, k+1)
			}
		}
	}
	var absent []string
	for _, p := range l.order {
		if _, placed := l.places[p]; placed {
			continue
		}
		l.graph.Packages = append(l.graph.Packages, cargo.GraphPackage{})
		place(p, len(l.graph.Packages)-1)
		if l.workspace.Lock != nil && p.Workspace == l.workspace {
			absent = append(absent, p.Name)
		}
	}
	if len(absent) > 0 {
		l.doubt("%s does not have %s", lockName, enumerate(absent))
	}
}

func (p *Package) procMacro() bool {
	return slices.ContainsFunc(p.Targets, func(t cargo.Target) bool { return t.Kind == cargo.Lib && t.ProcMacro })
}

// summarise is what the resolution knows of a package that is named by path.
func (p *Package) summarise() *cargo.Summary {
	deps := make([]cargo.Dep, len(p.Dependencies))
	for i, d := range p.Dependencies {
		deps[i] = cargo.Dep{
			Key: d.Name, Package: d.Package, Req: d.Requirement, Kind: d.Kind, Target: d.Target,
			Optional: d.Optional, Default: d.DefaultFeatures, Features: d.Features,
		}
	}
	return p.Manifest.Summarise(p.Name, cmp.Or(p.Version, "0.0.0"), deps)
}

// reach connects a package that is named by path when something is known to lead
// to it; others may be there that no build ever comes to.
func (l *loader) reach(i int) {
	if p := l.entries[i]; p != nil && !l.connected[i] {
		l.connected[i] = true
		l.connect(i, p)
	}
}

// connect finds what serves the dependencies of a package that is named by path.
func (l *loader) connect(i int, p *Package) {
	s := l.graph.Packages[i].Summary
	named := map[string][]int{}
	if i < len(l.lock.Packages) {
		for _, j := range l.lock.Dependencies(i) {
			name := l.graph.Packages[j].Name
			named[name] = append(named[name], j)
		}
	}
	for k := range s.Deps {
		d, from := &s.Deps[k], p.Dependencies[k]
		if d.Kind == cargo.Dev && p.Workspace != l.workspace {
			continue
		}
		to := l.serves(d, from, named[d.Package])
		if to < 0 && !d.Optional { // for those that are, see settle
			to = l.choose(d, from, p.relativeTo(l.workspace))
		}
		if to >= 0 {
			l.graph.Packages[i].Edges = append(l.graph.Packages[i].Edges, cargo.Edge{Dep: d, To: to})
			l.reach(to)
		}
	}
}

// relativeTo is the manifest as it is named in the workspace.
func (p *Package) relativeTo(w *Workspace) string {
	if rel, err := filepath.Rel(w.Dir, p.File.Path); err == nil {
		return filepath.ToSlash(rel)
	}
	return p.File.Path
}

// git is the repository that a dependency is taken from, "" for none.
func (d *Dependency) git() string {
	if d.Shared != nil {
		return d.Shared.Git.Value
	}
	return d.Git.Value
}

// fits reports whether a package in the graph may serve a dependency: it has the
// version and comes from where the dependency says. from is the manifest's entry,
// nil for a dependency of a package that is not named by path.
func (l *loader) fits(i int, d *cargo.Dep, from *Dependency) bool {
	p := &l.graph.Packages[i]
	if !l.accepted.accepts(d.Req, p.Version) {
		return false
	}
	switch {
	case l.elsewhere[p.Name] || from == nil && p.Source != "":
		return true
	case from != nil && from.Dir != "":
		return p.Dir == from.Dir
	case from != nil && from.git() != "":
		return sameRepository(p.Source, from.git())
	}
	return p.Source != "" && !strings.HasPrefix(p.Source, "git+")
}

// sameRepository reports whether a source of Cargo.lock is a git repository.
func sameRepository(source, url string) bool {
	source, isGit := strings.CutPrefix(source, "git+")
	source, _, _ = strings.Cut(source, "#")
	source, _, _ = strings.Cut(source, "?")
	plain := func(url string) string {
		return strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(url, "/"), ".git"))
	}
	return isGit && plain(source) == plain(url)
}

// serves finds a dependency among those that the lock entry names, or, if it is
// not optional, at its path.
func (l *loader) serves(d *cargo.Dep, from *Dependency, named []int) int {
	if i, ok := l.byDir[from.Dir]; ok && from.Dir != "" && l.graph.Packages[i].Name == d.Package && (!d.Optional || slices.Contains(named, i)) {
		return i
	}
	return lowest(named, func(i int) (string, bool) { return l.graph.Packages[i].Version, l.fits(i, d, from) })
}

// named are the packages of a name.
func (l *loader) named(name string) []int {
	if l.byName == nil {
		l.byName = map[string][]int{}
		for i, p := range l.graph.Packages {
			l.byName[p.Name] = append(l.byName[p.Name], i)
		}
	}
	return l.byName[name]
}

// choose finds what serves a dependency that the lock entry of its package does
// not name: a package that is locked for others, as cargo would, else the newest
// that is cached, or known. who is what is newer than the lockfile then.
func (l *loader) choose(d *cargo.Dep, from *Dependency, who string) int {
	fitting := slices.DeleteFunc(slices.Clone(l.named(d.Package)), func(i int) bool { return !l.fits(i, d, from) })
	if len(fitting) > 0 {
		version := func(i int) (string, bool) { return l.graph.Packages[i].Version, true }
		if l.workspace.Lock != nil {
			return lowest(fitting, version)
		}
		return slices.MaxFunc(fitting, func(i, j int) int {
			return compareVersions(l.graph.Packages[i].Version, l.graph.Packages[j].Version)
		})
	}
	switch {
	case from != nil && from.Dir != "":
		l.doubt("%s: no package %s here", filepath.Join(from.Dir, ManifestName), d.Package)
		return -1
	case from != nil && from.git() != "":
		l.doubt("no commit is locked for %s from %s", d.Package, from.git())
		return -1
	}
	what := strings.TrimSpace(d.Package + " " + d.Req)
	if l.workspace.Lock != nil {
		if l.unlocked[who] == nil {
			l.unlockedOrder = append(l.unlockedOrder, who)
		}
		if !slices.Contains(l.unlocked[who], what) {
			l.unlocked[who] = append(l.unlocked[who], what)
		}
	}
	found := l.cache.newest(d.Package, d.Req)
	switch {
	case found == nil:
		if !slices.Contains(l.unknown, what) {
			l.unknown = append(l.unknown, what)
		}
		return -1
	case found.kind == embedded:
		l.embedded = append(l.embedded, found.Name)
	}
	to := len(l.graph.Packages)
	l.graph.Packages = append(l.graph.Packages, cargo.GraphPackage{
		Summary: found.Summary, Source: cargo.CratesIO, ProcMacro: found.kind == procMacro, Unread: found.kind == unread,
	})
	l.byName[d.Package] = append(l.named(d.Package), to)
	var es []cargo.Edge
	for i := range found.Deps {
		d := &found.Deps[i]
		if d.Kind == cargo.Dev || d.Optional {
			continue
		}
		if next := l.choose(d, nil, who); next >= 0 {
			es = append(es, cargo.Edge{Dep: d, To: next})
			l.reach(next)
		}
	}
	l.graph.Packages[to].Edges = es
	return to
}

// settle finds what serves the optional dependencies that features turn on, until
// no more are turned on. With a lockfile that is not older than the manifests
// there are none to be found.
func (l *loader) settle(g *Graph) {
	request := g.request(l.workspace.Packages, Selection{All: true}, nil)
	request.Resolver, request.Dev = 1, true // what is locked is locked for all targets
	tried := map[*cargo.Dep]bool{}
	const deepest = 100 // chains of features that turn dependencies on
	for range deepest {
		found := false
		for _, m := range g.Resolve(request).Unserved() {
			if tried[m.Dep] {
				continue
			}
			tried[m.Dep] = true
			p := &l.graph.Packages[m.Package]
			var from *Dependency
			who := fmt.Sprintf("the features that are asked of %s", p)
			if own := l.entries[m.Package]; own != nil {
				from, who = entryOf(own, p, m.Dep), own.relativeTo(l.workspace)
			}
			to := l.choose(m.Dep, from, who)
			if to < 0 {
				continue
			}
			p = &l.graph.Packages[m.Package] // which may have moved
			p.Edges = append(slices.Clip(p.Edges), cargo.Edge{Dep: m.Dep, To: to})
			l.reach(to)
			found = true
		}
		if !found {
			return
		}
	}
}

// entryOf is the manifest's entry behind a dependency of a package that is named
// by path: they are in the same order.
func entryOf(p *Package, g *cargo.GraphPackage, d *cargo.Dep) *Dependency {
	for k := range g.Deps {
		if &g.Deps[k] == d {
			return p.Dependencies[k]
		}
	}
	return nil
}

// judgeUnread says of which packages that are built by default it is not known
// whether they are procedural macros, where that decides features.
func (l *loader) judgeUnread(g *Graph) {
	isUnread := func(p cargo.GraphPackage) bool { return p.Unread }
	if g.Workspace.Resolver() < 2 || !slices.ContainsFunc(g.Packages, isUnread) {
		return
	}
	var names []string
	seen := map[int]bool{}
	for _, n := range g.Tree(Selection{}, nil, cargo.Normal, cargo.Build).Nodes {
		if p := &g.Packages[n.Package]; p.Unread && !seen[n.Package] {
			seen[n.Package] = true
			names = append(names, p.String())
		}
	}
	if len(names) > 0 {
		l.doubt("cargo has not fetched %s: what of it is a procedural macro is not known", enumerate(names))
	}
}
