package diagnostics

import (
	"slices"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
	"reactorls/engine/text"
	"reactorls/engine/toml"
)

// manifest makes the package depend on the new runtime, with the features that its code
// needs, and, where nothing of the old one stays, no longer on that.
func (m *mover) manifest(whole bool) ([]FileEdit, bool) {
	version, err := semver.Parse(runtimes.Known(m.to.Crate).Latest)
	if err != nil {
		return nil, false
	}
	know := runtimes.Lookup(m.to.Crate).At("")
	normal := m.features(know, cargo.Normal)
	dev := know.Reduce(append(m.features(know, cargo.Dev), normal...)...)
	pkg := m.use.Package
	s := steps{text: pkg.Manifest.Doc.Src}
	for _, kind := range []cargo.Kind{cargo.Normal, cargo.Dev} {
		features := normal
		if kind == cargo.Dev {
			features = dev
		}
		old := slices.ContainsFunc(pkg.Dependencies, func(d *engine.Dependency) bool { return d.Name == m.use.Name && d.Kind == kind })
		served := kind == cargo.Dev && s.find(m.to.Crate, cargo.Normal) != nil && slices.Equal(know.Closure(dev...), know.Closure(normal...))
		needed := len(m.needs[kind]) > 0 && !served
		s.settle(m, kind, needed, whole && old, version.Series(), features)
	}
	return edits(pkg.File.Path, pkg.Manifest.Doc.Become(s.text)), !s.failed
}

// features are those that the items which a part of the code names need.
func (m *mover) features(know *runtimes.Knowledge, kind cargo.Kind) []string {
	var features []string
	for _, path := range m.needs[kind] {
		if entry := runtimes.FindEntry(m.to.Crate, path); entry != nil {
			features = append(features, know.EntryNeeds(entry, "")...)
			continue
		}
		features = append(features, know.Needs(path)...)
	}
	return know.Reduce(features...)
}

// steps are edits of a manifest, each made in the text that the one before has left.
type steps struct {
	text   string
	failed bool
}

func (s *steps) apply(es []text.Edit) {
	content, err := text.Apply(s.text, es)
	if err != nil {
		s.failed = true
		return
	}
	s.text = content
}

// find is the entry of a dependency as the manifest is now.
func (s *steps) find(name string, kind cargo.Kind) *cargo.Dependency {
	for _, d := range cargo.ParseManifest(s.text).Dependencies {
		if d.Name == name && d.Kind == kind && d.Target == "" {
			return d
		}
	}
	return nil
}

// settle makes one table of dependencies ask for the new runtime where it is needed, and
// not for the old one where that goes.
func (s *steps) settle(m *mover, kind cargo.Kind, needed, gone bool, version string, features []string) {
	has := s.find(m.to.Crate, kind) != nil
	manifest := func() *cargo.Manifest { return cargo.ParseManifest(s.text) }
	switch old := s.find(m.use.Name, kind); {
	case gone && needed && !has:
		s.apply(manifest().Exchange(old, m.to.Crate, version))
	case gone:
		s.apply(manifest().Remove(old))
	case needed && !has:
		s.apply(manifest().AddDependency(kind, m.to.Crate, toml.Quote(version)))
	}
	d := s.find(m.to.Crate, kind)
	if !needed || d == nil {
		s.failed = s.failed || needed
		return
	}
	know := runtimes.Lookup(m.to.Crate).At("")
	asked := know.Closure(values(d.Features)...)
	features = slices.DeleteFunc(slices.Clone(features), func(f string) bool { return slices.Contains(asked, f) })
	if len(features) > 0 {
		s.apply(manifest().AddFeatures(d, features))
	}
}

func values(ts []cargo.Text) []string {
	var vs []string
	for _, t := range ts {
		vs = append(vs, t.Value)
	}
	return vs
}
