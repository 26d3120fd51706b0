package engine

import (
	"cmp"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"reactorls/engine/cargo"
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

	basis   *basis
	members map[string]int // by the path of the manifest
	surveys *surveys
	// Worked is what others worked out of the graph alone.
	Worked *Worked
}

// Complete tells that the graph is cargo's own.
func (g *Graph) Complete() bool { return len(g.Because) == 0 }

// Graph reads the graph of a workspace.
func (s *Snapshot) Graph(w *Workspace) *Graph {
	key := "graph " + w.Root.Path
	last, reads := s.memo.last(key)
	before, _ := last.(*Graph)
	return memoise(s, nil, key, func(r *Reader) *Graph { return newLoader(r, w.Root.Path).load(before, reads) })
}

// basis is what a graph is settled from. What is typed in a manifest seldom makes another
// one, and much is worked out of a graph.
type basis struct {
	config   *cargo.Config
	resolver int
	packages []cargo.GraphPackage
	entries  map[int]*Package // by place
	doubts   [][]string
}

func (l *loader) basis() *basis {
	doubts := [][]string{l.because, l.unknown, l.embedded}
	for _, who := range l.unlockedOrder {
		doubts = append(doubts, append([]string{who}, l.unlocked[who]...))
	}
	return &basis{l.config, l.workspace.Resolver(), slices.Clone(l.graph.Packages), l.entries, doubts}
}

func (b *basis) equal(o *basis) bool {
	return b.resolver == o.resolver && slices.EqualFunc(b.doubts, o.doubts, slices.Equal) && reflect.DeepEqual(b.config, o.config) &&
		maps.EqualFunc(b.entries, o.entries, (*Package).from) && slices.EqualFunc(b.packages, o.packages, cargo.GraphPackage.Equal)
}

// from reports whether two readings of a manifest take their dependencies from the same
// places.
func (p *Package) from(o *Package) bool {
	return p == o || p.File.Path == o.File.Path && slices.EqualFunc(p.Dependencies, o.Dependencies, func(d, e *Dependency) bool {
		return d.Dir == e.Dir && d.git() == e.git()
	})
}

// Member is the place of a package of the workspace in the graph.
func (g *Graph) Member(p *Package) (int, bool) {
	i, ok := g.members[p.File.Path]
	return i, ok
}

// Entry is the entry of a member's manifest behind one of its dependencies.
func (g *Graph) Entry(p *Package, d *cargo.Dep) *Dependency {
	i, ok := g.Member(p) // p may be a later reading of the manifest than the graph's
	if !ok {
		return nil
	}
	return entryOf(p, &g.Packages[i], d)
}

// NewestCached is the newest version of a package that cargo knows here, nil when
// it knows none.
func (s *Snapshot) NewestCached(g *Graph, name string) *cargo.Summary {
	if newest := newCache(s.reader(), g.Config).newest(name, "*"); newest != nil {
		return newest.Summary
	}
	return nil
}

// VersionsKnown are the versions of a package that cargo has cached the index of,
// without yanked ones, the newest first.
func (s *Snapshot) VersionsKnown(g *Graph, name string) []string {
	c := newCache(s.reader(), g.Config)
	for _, index := range c.indexesOf(cargo.CratesIO) {
		if versions := c.versions(index, name); len(versions) > 0 {
			return versions
		}
	}
	return nil
}

// Accepts reports whether a requirement accepts a version.
func Accepts(req, version string) bool {
	r, err := semver.ParseReq(cmp.Or(req, "*"))
	return err == nil && matches(r, version)
}

// cargoHome is where cargo's caches are, "" where there is no disk.
func (s *Snapshot) cargoHome() string {
	if s.disk == nil {
		return ""
	}
	return s.disk.cargoHome
}

// readConfig merges cargo's configuration: of the environment, of a directory and those
// above it, and of cargo's home.
func readConfig(r *Reader, dir string) *cargo.Config {
	all, home := &cargo.Config{}, r.s.cargoHome()
	if r.s.disk != nil {
		all = r.s.disk.environment
	}
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

// target is the chosen platform, else the one that cargo's configuration names;
// nil for the host.
func (g *Graph) target(chosen *cargo.Platform) *cargo.Platform {
	if chosen == nil && len(g.Config.Targets) > 0 {
		return cargo.PlatformOf(g.Config.Targets[0])
	}
	return chosen
}

// Platform is what the workspace's own code is compiled for, with the cfg flags that
// cargo's configuration adds; chosen nil means what cargo would build for.
func (g *Graph) Platform(chosen *cargo.Platform) *cargo.Platform {
	return g.Config.Platform(cmp.Or(g.target(chosen), cargo.Host()))
}

// request is what builds some members with a selection of features; platform nil
// means the target that cargo's configuration names, or the host.
func (g *Graph) request(members []*Package, sel Selection, platform *cargo.Platform) cargo.Request {
	request := cargo.Request{Resolver: g.Workspace.Resolver(), Host: cargo.Host()}
	if platform = g.target(platform); platform == nil { // as with no --target at all, the flags for rustc are for all
		request.Host = g.Config.Platform(request.Host)
		request.Target = request.Host
	} else {
		request.Target = g.Config.Platform(platform)
	}
	current := g.current(members)
	for _, p := range members {
		i, ok := g.Member(p)
		if !ok {
			continue
		}
		root := cargo.Root{Package: i, Default: !sel.NoDefault, All: sel.All}
		if current == nil || p == current {
			root.Features = g.selected(p, sel)
		} else {
			root.Default = true
			root.Features = ownFeatures(p, sel)
		}
		request.Roots = append(request.Roots, root)
	}
	return request
}

// current is the only member that a selection of features is about, nil for all
// of them: under the first resolver it is the one that cargo is called in, unless
// the workspace is a virtual one.
func (g *Graph) current(members []*Package) *Package {
	if g.Workspace.Manifest.Package == nil || g.Workspace.Resolver() > 1 {
		return nil
	}
	for _, p := range members {
		if p.File == g.Workspace.Root || len(members) == 1 {
			return p
		}
	}
	return g.Workspace.Packages[0]
}

// selected are the features of a selection that a member has: its own, those of
// its dependencies (dependency/feature), and those that are said to be its own
// (member/feature).
func (g *Graph) selected(p *Package, sel Selection) []string {
	i, _ := g.Member(p)
	s := g.Packages[i].Summary
	dependsOn := func(key string, optional bool) bool {
		return slices.ContainsFunc(s.Deps, func(d cargo.Dep) bool { return d.Key == key && (d.Optional || !optional) })
	}
	all := ownFeatures(p, sel)
	for _, f := range sel.Features {
		below, _, isBelow := strings.Cut(f, "/")
		_, has := s.Features[f]
		if isBelow && dependsOn(strings.TrimSuffix(below, "?"), false) || !isBelow && (has || dependsOn(f, true)) {
			all = append(all, f)
		}
	}
	return all
}

// ownFeatures are those that a selection names as member/feature.
func ownFeatures(p *Package, sel Selection) []string {
	var own []string
	for _, f := range sel.Features {
		if f, ok := strings.CutPrefix(f, p.Name+"/"); ok {
			own = append(own, f)
		}
	}
	return own
}

// Tree is what is built of the workspace with a selection of features over edges
// of the given kinds; platform nil means the target that cargo would take.
func (g *Graph) Tree(sel Selection, platform *cargo.Platform, kinds ...cargo.Kind) *cargo.Tree {
	return g.TreeOf(g.Workspace.Packages, sel, platform, kinds...)
}

// TreeOf is the Tree of some members: features depend on what is built together.
func (g *Graph) TreeOf(members []*Package, sel Selection, platform *cargo.Platform, kinds ...cargo.Kind) *cargo.Tree {
	request := g.request(members, sel, platform)
	request.Dev = slices.Contains(kinds, cargo.Dev)
	return g.Resolve(request).Tree(kinds...)
}

// DefaultMembers are what cargo builds in the directory of the workspace when no
// package is named.
func (s *Snapshot) DefaultMembers(w *Workspace) []*Package {
	if w.Manifest.Workspace != nil && len(w.Manifest.Workspace.DefaultMembers) > 0 {
		var members []*Package
		for _, pattern := range w.Manifest.Workspace.DefaultMembers {
			for _, dir := range glob(s.reader(), w.Dir, pattern.Value) {
				for _, p := range w.Packages {
					if p.Dir == dir && !slices.Contains(members, p) {
						members = append(members, p)
					}
				}
			}
		}
		return members
	}
	for _, p := range w.Packages {
		if p.File == w.Root {
			return []*Package{p}
		}
	}
	return w.Packages
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
