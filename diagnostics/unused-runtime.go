package diagnostics

import (
	_ "embed"
	"fmt"
	"slices"

	"reactorls/engine"
	"reactorls/engine/cargo"
)

//go:embed unused-runtime.md
var unusedRuntimePage string

var unusedRuntime = &Rule{
	Code: "unused-runtime", Severity: Warning, Page: unusedRuntimePage,
	each: func(p *pass, pkg *engine.Package) {
		for _, u := range p.known(pkg).uses {
			if !u.Mentioned && u.Certain() {
				for _, part := range []*engine.Part{&u.Normal, &u.Dev, &u.Build} {
					for _, e := range part.Entries {
						p.unusedEntry(u, e)
					}
				}
			}
		}
	},
}

// unusedEntry reports an entry whose crate no code names.
//
// Removing it is certain only where it can be there for nothing else: one that
// turns on features may be there for other crates of the build, and one that a
// feature of the package speaks of is part of its interface.
func (p *pass) unusedEntry(u *engine.Use, e *engine.Dependency) {
	d := Diagnostic{
		Path: u.Package.File.Path, Span: e.NameSpan, Unnecessary: true,
		Message: fmt.Sprintf("%s is not used", u.Name),
		Label:   "no code names it",
	}
	fix := Fix{Title: fmt.Sprintf("Remove %s", u.Name), Edits: edits(u.Package.File.Path, u.Package.Manifest.Remove(e.Dependency))}
	if reason := p.otherPurpose(u, e); reason == "" {
		fix.Safe = true
	} else {
		d.Severity = Hint
		d.Notes = append(d.Notes, reason)
	}
	d.Fixes = []Fix{fix}
	p.report(d)
}

// otherPurpose says what else an entry may be for.
func (p *pass) otherPurpose(u *engine.Use, e *engine.Dependency) string {
	forwarded := slices.ContainsFunc(u.Package.Manifest.Features, func(f *cargo.Feature) bool {
		return slices.ContainsFunc(f.Values, func(v cargo.FeatureValue) bool { return v.Dependency == u.Name })
	})
	foreign := u.Foreign()
	switch {
	case foreign != "":
		return fmt.Sprintf("the code that `#[%s]` makes may name it", foreign)
	case forwarded || e.Optional:
		return "a feature of the package speaks of it"
	case len(e.Features) > 0 && !alone(p, u):
		return "it may be there to turn on features for another crate"
	}
	return ""
}
