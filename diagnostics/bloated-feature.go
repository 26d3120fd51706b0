package diagnostics

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
)

//go:embed bloated-feature.md
var bloatedFeaturePage string

var bloatedFeature = &Rule{
	Code: "bloated-feature", Severity: Information, Page: bloatedFeaturePage,
	each: func(p *pass, pkg *engine.Package) {
		if !p.graph().Complete() {
			return
		}
		for _, u := range p.known(pkg).uses {
			for _, e := range u.Normal.Entries {
				if e.DefaultFeatures && e.Shared == nil && u.Mentioned && u.Certain() {
					p.bloated(u, e)
				}
			}
		}
	},
}

// bloated reports default features of a runtime crate that nothing needs and that
// bring in crates. A feature that gates nothing may change how others behave, so
// that none of those is given up.
func (p *pass) bloated(u *engine.Use, e *engine.Dependency) {
	var unused, keep []string
	for _, f := range u.Know.Closure("default") {
		switch {
		case !u.Know.Gates(f):
		case u.May(&u.Normal, f):
			keep = append(keep, f)
		default:
			unused = append(unused, f)
		}
	}
	keep = append(keep, gateless(u, unused)...)
	if len(unused) == 0 {
		return
	}
	features := slices.Clone(keep)
	for _, f := range e.Features {
		if !slices.Contains(features, f) {
			features = append(features, f)
		}
	}
	features = u.Know.Reduce(features...)
	fewer := p.fewer(u.Package, e, features)
	if fewer <= 0 {
		return
	}
	fix := u.Package.Manifest.WithoutDefault(e.Dependency, features)
	if len(fix) == 0 {
		return
	}
	d := Diagnostic{
		Path: u.Package.File.Path, Span: e.NameSpan, Label: "asks the default features",
		Message: fmt.Sprintf("default features of %s that nothing uses bring in %d crates", u.Name, fewer),
		Notes:   []string{"not used: " + quoted(unused)},
		Fixes: []Fix{{
			Title: fmt.Sprintf("Leave the default features of %s out", u.Name), Edits: edits(u.Package.File.Path, fix),
			Safe: !slices.ContainsFunc(unused, func(f string) bool { return u.May(&u.Dev, f) }),
		}},
	}
	if fewer == 1 {
		d.Message = fmt.Sprintf("default features of %s that nothing uses bring in 1 crate", u.Name)
	}
	p.report(d)
}

// gateless are the default features that gate nothing and that others than the
// unused ones turn on.
func gateless(u *engine.Use, unused []string) []string {
	var found []string
	seen := map[string]bool{}
	var visit func(f string)
	visit = func(f string) {
		if seen[f] || slices.Contains(unused, f) || !u.Know.Has(f) {
			return
		}
		seen[f] = true
		if u.Know.Gateless(f) {
			found = append(found, f)
		}
		for _, implied := range u.Know.Implies(f) {
			name, _, _ := strings.Cut(implied, "/")
			visit(name)
		}
	}
	visit("default")
	return found
}

// fewer counts the crates that are no longer built when an entry asks these
// features and not the default ones.
func (p *pass) fewer(pkg *engine.Package, e *engine.Dependency, features []string) int {
	// Of the whole graph; asked for each dependency, each time that something is typed.
	type without struct{ manifest, entry, features, built string }
	g := p.graph()
	built := fmt.Sprint(p.options.Selection, g.Platform(p.options.Platform).Triple)
	key := without{pkg.File.Path, fmt.Sprint(e.Name, e.Kind, e.Target), strings.Join(features, " "), built}
	return engine.WorkedOut(g.Worked, key, func() int {
		t := p.survey().Built
		if g.AskedAnyway(t, pkg, e, features) {
			return 0
		}
		return len(t.Nodes) - len(g.With(pkg, e, features).Tree(p.options.Selection, p.options.Platform, cargo.Normal, cargo.Build).Nodes)
	})
}
