package diagnostics

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/runtimes"
)

//go:embed entrypoint-feature.md
var entrypointFeaturePage string

var entrypointFeature = &Rule{
	Code: "entrypoint-feature", Severity: Error, Page: entrypointFeaturePage,
	each: func(p *pass, pkg *engine.Package) {
		for _, u := range p.known(pkg).uses {
			for _, m := range u.MissingAnywhere() {
				if isEntrypoint(p, u, m) {
					d := missingDiagnostic(u, m)
					d.Message = fmt.Sprintf("`#[%s]` needs the feature `%s` of %s, and nothing asks for it", m.Places[0].Item, m.Feature, u.Name)
					d.Label = "does not compile without it"
					d.Fixes = append(d.Fixes, p.otherArguments(u, m)...)
					p.report(d)
				}
			}
			for _, a := range u.Entrypoints() {
				p.contradiction(u, a)
			}
		}
	},
}

// isEntrypoint reports whether a missing feature is one that an entry attribute
// needs and that nothing else in the build can turn on, so that the package
// surely does not compile.
func isEntrypoint(p *pass, u *engine.Use, m engine.Missing) bool {
	if m.Build || !slices.ContainsFunc(u.Entrypoints(), func(a engine.Entrypoint) bool { return slices.Contains(m.Places, a.Place) }) {
		return false
	}
	tests := u.Know.Closure(u.Dev.Declared()...)
	return alone(p, u) && !slices.Contains(tests, m.Feature)
}

// alone reports whether the package is the only one in the build that depends on
// the crate.
func alone(p *pass, u *engine.Use) bool {
	if lock := p.workspace.Lock; lock != nil && u.Locked {
		return lock.Dependents(u.Crate) == 1
	}
	return len(p.workspace.Packages) == 1 && !slices.ContainsFunc(u.Package.Dependencies, func(d *engine.Dependency) bool { return d.Package != u.Crate })
}

// otherArguments offers the values of an attribute's arguments with which its code
// does without what is missing, where none are written yet.
func (p *pass) otherArguments(u *engine.Use, m engine.Missing) []Fix {
	var fixes []Fix
	for _, a := range u.Entrypoints() {
		if a.Place != m.Places[0] || strings.TrimSpace(a.Arguments) != "" {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(a.Entry.Defaults)) {
			for _, value := range slices.Sorted(maps.Keys(a.Entry.Arguments[name].Values)) {
				argument := fmt.Sprintf("%s = %q", name, value)
				missing := func(f string) bool {
					return slices.ContainsFunc(u.MissingAnywhere(), func(m engine.Missing) bool { return m.Feature == f })
				}
				if u.Know.Offers(a.Entry, argument) && !slices.ContainsFunc(u.Know.AttributeNeeds(a.Entry.Path, argument), missing) {
					fixes = append(fixes, Fix{Title: "Write " + argument, Edits: edits(a.Place.Path, a.AddArgument(argument))})
				}
			}
		}
	}
	return fixes
}

// contradiction reports arguments of an entry attribute that its macro refuses.
func (p *pass) contradiction(u *engine.Use, a engine.Entrypoint) {
	written := runtimes.ParseArguments(a.Arguments)
	value := func(name string) string {
		if v, ok := written[name]; ok {
			return v
		}
		return a.Entry.Defaults[name]
	}
	for _, name := range slices.Sorted(maps.Keys(written)) {
		for other, allowed := range a.Entry.Arguments[name].Only {
			if slices.Contains(allowed, value(other)) {
				continue
			}
			d := Diagnostic{
				Path: a.Place.Path, Span: a.ArgumentsSpan,
				Message: fmt.Sprintf("`%s` is only allowed with %s = %s", name, other, strings.Join(allowed, " or ")),
				Label:   "the macro refuses this",
			}
			if _, ok := written[other]; !ok && len(allowed) > 0 {
				d.Fixes = []Fix{{
					Title: fmt.Sprintf("Add %s = \"%s\"", other, allowed[0]),
					Edits: edits(a.Place.Path, a.AddArgument(fmt.Sprintf("%s = %q", other, allowed[0]))),
				}}
			}
			p.report(d)
		}
	}
}
