package diagnostics

import (
	"slices"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
	"reactorls/engine/toml"
)

// This file makes a manifest ask for what an edit of the source needs.

// use is the package's dependency on a runtime crate, nil where there is none or
// more than one.
func (s *state) use(pkg *engine.Package, crate string) *engine.Use {
	var found *engine.Use
	for _, u := range s.known(pkg).uses {
		if u.Crate == crate {
			if found != nil {
				return nil
			}
			found = u
		}
	}
	return found
}

// asked are the features of a crate that the code of the package, or with dev that
// of its tests, can count on.
func asked(u *engine.Use, dev bool) []string {
	features := u.Normal.Declared()
	entries := u.Normal.Entries
	if dev {
		features = append(features, u.Dev.Declared()...)
		entries = slices.Concat(entries, u.Dev.Entries)
	}
	if slices.ContainsFunc(entries, func(e *engine.Dependency) bool { return e.DefaultFeatures }) {
		features = append(features, "default")
	}
	return u.Know.Closure(features...)
}

// ask makes the manifest ask for features of a runtime crate. It is false where
// there is no entry that surely serves the code.
func (p *pass) ask(u *engine.Use, dev bool, features ...string) ([]FileEdit, bool) {
	has := asked(u, dev)
	return p.askOf(u.Package, u.Crate, dev, slices.DeleteFunc(features, func(f string) bool { return slices.Contains(has, f) }))
}

// askOf does so for any crate.
func (p *pass) askOf(pkg *engine.Package, crate string, dev bool, features []string) ([]FileEdit, bool) {
	var normal, own *engine.Dependency
	for _, d := range pkg.Dependencies {
		switch {
		case d.Package != crate || d.Target != "" || d.Optional:
		case d.Kind == cargo.Normal:
			normal = d
		case d.Kind == cargo.Dev && dev:
			own = d
		}
	}
	manifest, path := pkg.Manifest, pkg.File.Path
	switch {
	case normal == nil && own == nil:
		return nil, false
	case len(features) == 0:
		return nil, true
	case own != nil:
		return edits(path, manifest.AddFeatures(own.Dependency, features)), true
	case dev:
		return edits(path, manifest.AddAs(normal.Dependency, cargo.Dev, features)), true
	}
	return edits(path, manifest.AddFeatures(normal.Dependency, features)), true
}

// bridge is a dependency on a crate that gives a future a context.
type bridge struct {
	runtimes.Bridge
	name  string     // in the manifest
	edits []FileEdit // that make the package depend on it, none where it does
}

// bridgeTo finds the crate that gives futures the context of a reactor, and makes
// the package depend on it.
func (p *pass) bridgeTo(reactor string, pkg *engine.Package, dev bool) (bridge, bool) {
	i := slices.IndexFunc(runtimes.Bridges(), func(b runtimes.Bridge) bool { return b.Gives == reactor && len(b.Wraps) > 0 })
	if i < 0 {
		return bridge{}, false
	}
	b := bridge{Bridge: runtimes.Bridges()[i]}
	b.name = b.Name
	for _, d := range pkg.Dependencies {
		if d.Package != b.Name || d.Kind != cargo.Normal && !(dev && d.Kind == cargo.Dev) {
			continue
		}
		b.name = d.Name
		switch {
		case d.Optional || d.Target != "":
			return bridge{}, false
		case b.recent(pkg.VersionOf(d)):
			return b, true
		case d.Shared != nil:
			return bridge{}, false
		}
		b.edits = edits(pkg.File.Path, pkg.Manifest.Raise(d.Dependency, b.Least))
		return b, len(b.edits) > 0
	}
	kind, value := cargo.Normal, toml.Quote(b.Least)
	if dev {
		kind = cargo.Dev
	}
	if p.shares(b) {
		value = "{ workspace = true }"
	}
	b.edits = edits(pkg.File.Path, pkg.Manifest.AddDependency(kind, b.Name, value))
	return b, len(b.edits) > 0
}

// shares reports whether members can inherit the bridge from the workspace.
func (s *state) shares(b bridge) bool {
	root := s.workspace.Manifest.Workspace
	return root != nil &&
		slices.ContainsFunc(root.Dependencies, func(d *cargo.Dependency) bool { return d.Name == b.Name && !d.Renamed() }) &&
		slices.ContainsFunc(s.workspace.Lock.Named(b.Name), func(l cargo.LockedPackage) bool { return b.recent(l.Version) })
}

// recent reports whether a version does what the bridge promises.
func (b bridge) recent(version string) bool {
	least, err := semver.Parse(b.Least)
	if err != nil {
		return false
	}
	v, err := semver.Parse(version)
	return err == nil && v.Compare(least) >= 0
}
