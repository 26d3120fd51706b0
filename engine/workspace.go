package engine

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"reactorls/engine/cargo"
	"reactorls/engine/text"
)

// ManifestName is the file that makes a directory a package or a workspace.
const ManifestName = "Cargo.toml"

const lockName = "Cargo.lock"

// Workspace is a set of packages that share a root manifest, or one package that
// stands alone.
type Workspace struct {
	Dir      string
	Root     *File // the root manifest
	Manifest *cargo.Manifest
	// Packages are the members, the root package first.
	Packages []*Package
	Lock     *cargo.Lock // nil without a readable Cargo.lock
	// Problems are what could not be read; the rest is there.
	Problems []Problem

	places map[*Package]int // in Packages
}

// Place is where a package stands in Packages, -1 for one of another workspace.
func (w *Workspace) Place(p *Package) int {
	if i, ok := w.places[p]; ok {
		return i
	}
	return -1
}

// Problem is a file that could not be used, or not all of it.
type Problem struct {
	Path string
	Span text.Span
	Msg  string
}

// String names the file and what is wrong with it.
func (p Problem) String() string { return p.Path + ": " + p.Msg }

// Package is one Cargo package with all that it inherits from its workspace.
type Package struct {
	Workspace *Workspace
	File      *File
	Manifest  *cargo.Manifest
	Dir       string
	Name      string
	Version   string
	Edition   string
	// Dependencies are those of the manifest, in its order.
	Dependencies []*Dependency
	Targets      []cargo.Target

	listed  map[string][]Entry    // the directories that Targets were looked for in
	summary func() *cargo.Summary // what the resolution knows of it
	worked  *Worked               // what was worked out of its manifest and its dependencies, while somebody keeps its code
}

// Dependency is a dependency of a package with what it inherits.
type Dependency struct {
	*cargo.Dependency
	// Shared is the entry of [workspace.dependencies] that it inherits, or nil.
	Shared *cargo.Dependency
	// Package is the name of the package depended on; Requirement what versions
	// of it will do, "" for any.
	Package, Requirement string
	// FromRegistry tells that it is what the registry calls by that name, and
	// not a path or a git repository.
	FromRegistry bool
	// Dir is the directory that a path leads to, "" without one.
	Dir string
	// Features are all that are asked, inherited ones included; DefaultFeatures
	// whether the default ones are.
	Features        []string
	DefaultFeatures bool
}

// Asked are all features that the dependency asks, "default" among them where it
// does not leave the default ones out.
func (d *Dependency) Asked() []string {
	if d.DefaultFeatures {
		return append(slices.Clone(d.Features), "default")
	}
	return d.Features
}

// ErrNoManifest tells that a path belongs to no package.
var ErrNoManifest = errors.New("no " + ManifestName + " here or above")

// Workspace finds the workspace that a directory, a manifest or any other file
// belongs to, by the nearest manifest above it.
func (s *Snapshot) Workspace(path string) (*Workspace, error) {
	manifest := s.nearestManifest(path)
	if manifest == "" {
		return nil, fmt.Errorf("%s: %w", path, ErrNoManifest)
	}
	if f := s.File(manifest); f.Problem != "" {
		return nil, fmt.Errorf("%s: %s", manifest, f.Problem)
	}
	root := memoise(s, nil, "root "+manifest, func(r *Reader) string { return workspaceRoot(r, manifest) })
	return s.workspaceAt(root), nil
}

// PackageOf is the innermost package of the workspace whose directory holds a file;
// nil when there is none.
func (w *Workspace) PackageOf(path string) *Package {
	var best *Package
	for _, p := range w.Packages {
		if strings.HasPrefix(path, p.Dir+string(filepath.Separator)) && (best == nil || len(p.Dir) > len(best.Dir)) {
			best = p
		}
	}
	return best
}

func (s *Snapshot) nearestManifest(path string) string {
	dir := path
	if filepath.Base(path) == ManifestName && s.File(path) != nil {
		dir = filepath.Dir(path)
	}
	for {
		if m := filepath.Join(dir, ManifestName); s.File(m) != nil {
			return m
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

func (s *Snapshot) workspaceAt(root string) *Workspace { return workspaceOf(s, nil, root) }

func (r *Reader) workspaceAt(root string) *Workspace { return workspaceOf(r.s, r, root) }

func workspaceOf(s *Snapshot, parent *Reader, root string) *Workspace {
	key := "workspace " + root
	last, _ := s.memo.last(key)
	before, _ := last.(*Workspace)
	return memoise(s, parent, key, func(r *Reader) *Workspace { return readWorkspace(r, root, before) })
}

// packageOf is the package of a manifest, with all that it inherits; nil when
// there is none.
func (r *Reader) packageOf(manifest string) *Package {
	root := memoise(r.s, r, "root "+manifest, func(r *Reader) string { return workspaceRoot(r, manifest) })
	for _, p := range r.workspaceAt(root).Packages {
		if p.File.Path == manifest {
			return p
		}
	}
	return nil
}

// workspaceRoot is the manifest whose workspace the package of a manifest
// belongs to, as cargo looks for it.
func workspaceRoot(r *Reader, path string) string {
	m := r.File(path).Manifest()
	if m.Workspace != nil {
		return path
	}
	if m.Package != nil && m.Package.Root.Value != "" {
		root := filepath.Join(filepath.Dir(path), filepath.FromSlash(m.Package.Root.Value), ManifestName)
		if f := r.File(root); f != nil {
			return root
		}
		return path
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		up := filepath.Join(filepath.Dir(dir), ManifestName)
		if dir == filepath.Dir(dir) {
			return path
		}
		f := r.File(up)
		if f == nil {
			continue
		}
		if w := f.Manifest().Workspace; w != nil {
			if members, _ := expandMembers(r, up, f.Manifest()); slices.Contains(members, path) {
				return up
			}
			return path // cargo stops at the first workspace that it meets
		}
	}
}

// maxMembers bounds a workspace; the largest that exist have some thousands.
const maxMembers = 20_000

// expandMembers lists the manifests of a workspace: its root package, the
// members that its patterns name, and the path dependencies of all of them that
// lie below it.
func expandMembers(r *Reader, root string, m *cargo.Manifest) (members []string, problems []Problem) {
	dir := filepath.Dir(root)
	seen := map[string]bool{}
	add := func(manifest string) bool {
		f := r.File(manifest)
		if f == nil || seen[manifest] || len(members) >= maxMembers {
			return f != nil
		}
		seen[manifest] = true
		members = append(members, manifest)
		return true
	}
	if m.Package != nil {
		add(root)
	}
	excluded := func(memberDir string) bool {
		return slices.ContainsFunc(m.Workspace.Exclude, func(e cargo.Text) bool {
			x := filepath.Join(dir, filepath.FromSlash(e.Value))
			return memberDir == x || strings.HasPrefix(memberDir, x+string(filepath.Separator))
		})
	}
	for _, pattern := range m.Workspace.Members {
		isGlob := strings.ContainsAny(pattern.Value, "*?[")
		for _, memberDir := range glob(r, dir, pattern.Value) {
			if isGlob && excluded(memberDir) {
				continue
			}
			if !add(filepath.Join(memberDir, ManifestName)) && !isGlob {
				problems = append(problems, Problem{root, pattern.Span, fmt.Sprintf("member %q has no %s", pattern.Value, ManifestName)})
			}
		}
	}
	for i := 0; i < len(members); i++ {
		for _, d := range pathDependencies(r.File(members[i]).Manifest(), m) {
			base := filepath.Dir(members[i])
			if d.Kind == cargo.Shared {
				base = dir
			}
			memberDir := filepath.Join(base, filepath.FromSlash(d.Path.Value))
			if strings.HasPrefix(memberDir, dir+string(filepath.Separator)) && !excluded(memberDir) {
				add(filepath.Join(memberDir, ManifestName))
			}
		}
	}
	return members, problems
}

// pathDependencies are the dependencies of m that name a path, also where they
// inherit it from root.
func pathDependencies(m, root *cargo.Manifest) []*cargo.Dependency {
	var ds []*cargo.Dependency
	for _, d := range m.Dependencies {
		if d.Workspace {
			d = sharedDependency(root, d.Name)
		}
		if d != nil && d.Path.Given() {
			ds = append(ds, d)
		}
	}
	return ds
}

func sharedDependency(root *cargo.Manifest, name string) *cargo.Dependency {
	if root.Workspace == nil {
		return nil
	}
	for _, d := range root.Workspace.Dependencies {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// glob expands a pattern of member directories; one without wildcards stands
// for itself.
func glob(r *Reader, dir, pattern string) []string {
	dirs := []string{dir}
	for _, part := range strings.Split(strings.Trim(filepath.ToSlash(pattern), "/"), "/") {
		var next []string
		for _, d := range dirs {
			if !strings.ContainsAny(part, "*?[") {
				next = append(next, filepath.Join(d, part))
				continue
			}
			for _, e := range r.List(d) {
				if ok, _ := filepath.Match(part, e.Name); ok && e.Dir && !strings.HasPrefix(e.Name, ".") {
					next = append(next, filepath.Join(d, e.Name))
				}
			}
		}
		dirs = next
	}
	return dirs
}

// readWorkspace reads a workspace; what it was before spares to look at manifests again that
// are the same.
func readWorkspace(r *Reader, root string, before *Workspace) *Workspace {
	f := r.File(root)
	known := map[*File]*Package{}
	if before != nil && before.Root == f {
		for _, p := range before.Packages {
			known[p.File] = p
		}
	}
	w := &Workspace{Dir: filepath.Dir(root), Root: f, Manifest: f.Manifest()}
	members := []string{root}
	if w.Manifest.Workspace != nil {
		members, w.Problems = expandMembers(r, root, w.Manifest)
	}
	for _, path := range slices.Compact(append([]string{root}, members...)) { // the root package is the first member
		if m := r.File(path); m.Problem == "" && len(m.Manifest().Doc.Errors) > 0 {
			e := m.Manifest().Doc.Errors[0]
			w.Problems = append(w.Problems, Problem{path, e.Span, e.Msg})
		}
	}
	for _, path := range members {
		member := r.File(path)
		switch m := member.Manifest(); {
		case member.Problem != "":
			w.Problems = append(w.Problems, Problem{Path: path, Msg: member.Problem})
		case m.Package == nil:
			w.Problems = append(w.Problems, Problem{Path: path, Msg: "no [package] here"})
		default:
			w.Packages = append(w.Packages, readPackage(r, w, member, known[member]))
		}
	}
	w.places = make(map[*Package]int, len(w.Packages))
	for i, p := range w.Packages {
		w.places[p] = i
	}
	w.readLock(r)
	return w
}

func (w *Workspace) readLock(r *Reader) {
	path := filepath.Join(w.Dir, lockName)
	f := r.File(path)
	switch {
	case f == nil:
		return
	case f.Problem != "":
		w.Problems = append(w.Problems, Problem{Path: path, Msg: f.Problem})
		return
	}
	lock, err := f.Lock()
	if err != nil {
		w.Problems = append(w.Problems, Problem{Path: path, Msg: err.Error()})
		return
	}
	w.Lock = lock
}

func readPackage(r *Reader, w *Workspace, f *File, known *Package) *Package {
	m := f.Manifest()
	p := &Package{Workspace: w, File: f, Manifest: m, Dir: f.Dir(), Name: m.Package.Name.Value}
	inherit := func(own cargo.Text, shared func(*cargo.Workspace) cargo.Text) string {
		if own.Workspace && w.Manifest.Workspace != nil {
			return shared(w.Manifest.Workspace).Value
		}
		return own.Value
	}
	p.Version = inherit(m.Package.Version, func(w *cargo.Workspace) cargo.Text { return w.Version })
	p.Edition = inherit(m.Package.Edition, func(w *cargo.Workspace) cargo.Text { return w.Edition })
	if p.Edition == "" {
		p.Edition = "2015"
	}
	if known != nil {
		p.Dependencies, p.summary, p.worked = known.Dependencies, known.summary, known.worked
		if r.lists(known.listed) {
			p.Targets, p.listed = known.Targets, known.listed
			return p
		}
	}
	p.readTargets(r)
	if known != nil {
		return p
	}
	for _, d := range m.Dependencies {
		e := inheritDependency(d, w.Manifest)
		switch {
		case d.Path.Given():
			e.Dir = filepath.Join(p.Dir, filepath.FromSlash(d.Path.Value))
		case e.Shared != nil && e.Shared.Path.Given():
			e.Dir = filepath.Join(w.Dir, filepath.FromSlash(e.Shared.Path.Value))
		}
		p.Dependencies = append(p.Dependencies, e)
	}
	p.summary, p.worked = sync.OnceValue(p.summarise), &Worked{}
	return p
}

func (p *Package) readTargets(r *Reader) {
	p.listed = map[string][]Entry{}
	p.Targets = p.Manifest.Targets(func(dir string) []string {
		at := filepath.Join(p.Dir, filepath.FromSlash(dir))
		p.listed[at] = r.List(at)
		var names []string
		for _, e := range p.listed[at] {
			if e.Dir {
				e.Name += "/"
			}
			names = append(names, e.Name)
		}
		return names
	})
}

// reread has a reader look at all that made the package what it is: its manifest, that of
// its workspace, the lockfile, and the directories of its targets. What else is in the
// workspace makes no difference to it.
func (p *Package) reread(r *Reader) {
	r.File(p.File.Path)
	r.File(p.Workspace.Root.Path)
	r.File(filepath.Join(p.Workspace.Dir, lockName))
	r.lists(p.listed)
}

// inheritDependency adds to a dependency what workspace = true brings: features
// add up, and the default ones are asked when either asks them.
func inheritDependency(d *cargo.Dependency, root *cargo.Manifest) *Dependency {
	e := &Dependency{
		Dependency: d, Package: d.Package, Requirement: d.Version.Value,
		FromRegistry:    !d.Path.Given() && d.Git.Value == "",
		DefaultFeatures: d.DefaultFeatures == nil || *d.DefaultFeatures,
	}
	for _, f := range d.Features {
		e.Features = append(e.Features, f.Value)
	}
	if !d.Workspace {
		return e
	}
	if e.Shared = sharedDependency(root, d.Name); e.Shared == nil {
		e.FromRegistry = false
		return e
	}
	s := e.Shared
	e.Package, e.Requirement = s.Package, s.Version.Value
	e.FromRegistry = !s.Path.Given() && s.Git.Value == ""
	e.DefaultFeatures = s.DefaultFeatures == nil || *s.DefaultFeatures || d.DefaultFeatures != nil && *d.DefaultFeatures
	for _, f := range s.Features {
		if !slices.Contains(e.Features, f.Value) {
			e.Features = append(e.Features, f.Value)
		}
	}
	return e
}

// Base are the features that are asked besides those that the entry itself lists:
// inherited ones, and the default ones.
func (d *Dependency) Base() []string {
	var base []string
	if d.Shared != nil {
		for _, f := range d.Shared.Features {
			base = append(base, f.Value)
		}
	}
	if d.DefaultFeatures {
		base = append(base, "default")
	}
	return base
}

// Broken reports whether the package's manifest, or that of its workspace, is no
// TOML as it stands, so that what it asks may not be all, or whether it has nothing to
// build, which cargo refuses: files may be on their way.
func (p *Package) Broken() bool {
	return len(p.Targets) == 0 || len(p.Manifest.Doc.Errors) > 0 || len(p.Workspace.Manifest.Doc.Errors) > 0
}

// Kind says what the package is built as: "app", "lib" or "both".
func (p *Package) Kind() string {
	has := func(k cargo.TargetKind) bool {
		return slices.ContainsFunc(p.Targets, func(t cargo.Target) bool { return t.Kind == k })
	}
	switch {
	case has(cargo.Lib) && has(cargo.Bin):
		return "both"
	case has(cargo.Lib):
		return "lib"
	}
	return "app"
}
