package lsp

import (
	"context"
	"path/filepath"
	"slices"

	"go.lsp.dev/protocol"

	"reactorls/engine"
	"reactorls/engine/cargo"
)

// References lists the places that need the feature at a place of a manifest, or
// that name the runtime crate there; in Rust, the features in the manifest that turn
// on what the place names.
func (s *server) References(_ context.Context, p *protocol.ReferenceParams) ([]protocol.Location, error) {
	snapshot := s.session.Snapshot()
	path := pathOf(p.TextDocument.URI)
	f := snapshot.File(path)
	if f == nil {
		return nil, nil
	}
	v, err := s.view(snapshot, path)
	if err != nil {
		return nil, ignoreNoManifest(err)
	}
	offset := s.offset(f, p.Position)
	if filepath.Base(path) != engine.ManifestName {
		return s.locations(snapshot, v.askedFor(f, offset)), nil
	}
	at := dependencyAt(f.Manifest(), offset)
	if at.entry == nil {
		return nil, nil
	}
	var places []engine.Place
	entries := v.entriesOf(f, at.entry)
	if at.feature != "" {
		places = placesOf(entries, at.feature)
	} else {
		for _, o := range entries {
			if o.use != nil {
				places = append(places, o.use.Places()...)
			}
		}
	}
	if p.Context.IncludeDeclaration && len(places) > 0 {
		places = append([]engine.Place{{Path: path, Span: at.span}}, places...)
	}
	return s.locations(snapshot, places), nil
}

func (s *server) locations(snapshot *engine.Snapshot, places []engine.Place) []protocol.Location {
	var found []protocol.Location
	for _, p := range places {
		if f := snapshot.File(p.Path); f != nil {
			found = append(found, protocol.Location{URI: s.uriOf(p.Path), Range: s.rangeOf(f, p.Span)})
		}
	}
	return found
}

// Definition leads from a feature in a manifest to the places that need it, and from
// such a place in Rust, if the settings want it, to the feature in the manifest that
// asks for it. Where the item itself is defined others know.
func (s *server) Definition(_ context.Context, p *protocol.DefinitionParams) (protocol.DefinitionResult, error) {
	snapshot := s.session.Snapshot()
	path := pathOf(p.TextDocument.URI)
	f := snapshot.File(path)
	if f == nil {
		return nil, nil
	}
	v, err := s.view(snapshot, path)
	if err != nil {
		return nil, ignoreNoManifest(err)
	}
	offset := s.offset(f, p.Position)
	var places []engine.Place
	if filepath.Base(path) == engine.ManifestName {
		if at := dependencyAt(f.Manifest(), offset); at.feature != "" {
			places = placesOf(v.entriesOf(f, at.entry), at.feature)
		}
	} else if s.config.Load().RustDefinition {
		places = v.askedFor(f, offset)
	}
	if len(places) == 0 {
		return nil, nil
	}
	return protocol.LocationSlice(s.locations(snapshot, places)), nil
}

// askedFor are the features in manifests that turn on what a place in Rust needs.
func (v view) askedFor(f *engine.File, offset int) []engine.Place {
	pkg := v.workspace.PackageOf(f.Path)
	if pkg == nil {
		return nil
	}
	var places []engine.Place
	for _, u := range v.snapshot.Uses(pkg, v.options.Selection) {
		for _, part := range []*engine.Part{&u.Normal, &u.Dev, &u.Build} {
			for _, n := range u.Everywhere(part) {
				if slices.ContainsFunc(n.Places, func(p engine.Place) bool { return p.Path == f.Path && p.Span.Contains(offset) }) {
					places = append(places, asking(u, n.Feature)...)
				}
			}
		}
	}
	slices.SortStableFunc(places, engine.ComparePlaces)
	return slices.Compact(places)
}

// asking are the places in manifests that ask for a feature of a crate, by itself or
// by one that turns it on.
func asking(u *engine.Use, feature string) []engine.Place {
	var places []engine.Place
	add := func(path string, d *cargo.Dependency) {
		for _, f := range d.Features {
			if slices.Contains(u.Know.Closure(f.Value), feature) {
				places = append(places, engine.Place{Path: path, Span: f.Span})
			}
		}
	}
	for _, e := range slices.Concat(u.Normal.Entries, u.Dev.Entries, u.Build.Entries) {
		add(u.Package.File.Path, e.Dependency)
		if e.Shared != nil {
			add(u.Package.Workspace.Root.Path, e.Shared)
		}
	}
	return places
}
