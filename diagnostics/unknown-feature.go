package diagnostics

import (
	_ "embed"
	"fmt"
	"slices"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/text"
)

//go:embed unknown-feature.md
var unknownFeaturePage string

var unknownFeature = &Rule{
	Code: "unknown-feature", Severity: Error, Page: unknownFeaturePage,
	code: func(p *pass, pkg *engine.Package) {
		for _, u := range p.known(pkg).uses {
			if !judgeable(u) {
				continue
			}
			for _, part := range []*engine.Part{&u.Normal, &u.Dev, &u.Build} {
				for _, e := range part.Entries {
					for _, f := range e.Dependency.Features {
						p.unknown(u, u.Package.File, f)
					}
				}
			}
			for _, f := range u.Package.Manifest.Features {
				for _, v := range f.Values {
					if v.Dependency == u.Name && v.Feature != "" {
						p.unknown(u, u.Package.File, cargo.Text{Value: v.Feature, Span: v.Span})
					}
				}
			}
		}
	},
	run: func(p *pass) {
		for _, s := range p.shared() {
			if i := slices.IndexFunc(s.users, judgeable); i >= 0 {
				for _, f := range s.entry.Features {
					p.unknown(s.users[i], p.workspace.Root, f)
				}
			}
		}
	},
}

// unknown reports a feature that the version does not have.
// judgeable reports whether a feature that is not known is none: a version that we do not
// know may have any, and a name may be half-typed.
func judgeable(u *engine.Use) bool {
	return u.Version != "" && u.Know.Published() && !u.Package.Broken()
}

func (p *pass) unknown(u *engine.Use, file *engine.File, f cargo.Text) {
	if u.Know.Has(f.Value) {
		return
	}
	d := Diagnostic{
		Path: file.Path, Span: f.Span,
		Message: fmt.Sprintf("%s %s has no feature `%s`", u.Crate, u.Version, f.Value),
		Label:   "cargo refuses this",
	}
	if versions, ok := runtimes.Lookup(u.Crate).FeatureIn(f.Value); ok {
		d.Notes = append(d.Notes, fmt.Sprintf("%s has it from %s", u.Crate, versions))
	}
	// The name ends the string, before its closing quote.
	name := text.Span{Start: f.Span.End - 1 - len(f.Value), End: f.Span.End - 1}
	if near := Nearest(f.Value, u.Know.Features()); near != "" && name.In(file.Text) == f.Value {
		d.Fixes = []Fix{{
			Title: fmt.Sprintf("Change to `%s`", near),
			Edits: edits(file.Path, []text.Edit{{Span: name, New: near}}),
		}}
	}
	p.report(d)
}
