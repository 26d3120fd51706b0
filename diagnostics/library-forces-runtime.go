package diagnostics

import (
	_ "embed"
	"fmt"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
)

//go:embed library-forces-runtime.md
var libraryForcesRuntimePage string

var libraryForcesRuntime = &Rule{
	Code: "library-forces-runtime", Severity: Hint, Page: libraryForcesRuntimePage,
	code: func(p *pass, pkg *engine.Package) {
		for _, u := range p.known(pkg).uses {
			if pkg.Kind() != "lib" || runtimes.Known(pkg.Name) != nil || pkg.Broken() || pkg.Manifest.Package == nil || pkg.Manifest.Package.Unpublished || pkg.Manifest.Lib != nil && pkg.Manifest.Lib.ProcMacro {
				continue
			}
			p.forcesAll(u)
			p.startsRuntime(u)
		}
	},
}

// forcesAll reports a request for all features where what is used cannot be told,
// else unused-feature says which are too many.
func (p *pass) forcesAll(u *engine.Use) {
	if u.Certain() {
		return
	}
	for _, e := range u.Normal.Entries {
		for _, f := range e.Dependency.Features {
			if f.Value != "full" || e.Optional || !u.Know.Has("full") || u.Know.Gates("full") {
				continue
			}
			p.report(Diagnostic{
				Path: u.Package.File.Path, Span: f.Span,
				Message: fmt.Sprintf("everything that depends on this library gets all features of %s", u.Crate),
				Notes:   append([]string{"which of them it needs cannot be told here"}, u.Because...),
			})
		}
	}
}

// startsRuntime reports a runtime that the library makes for itself, whatever
// features are chosen.
func (p *pass) startsRuntime(u *engine.Use) {
	if u.Normal.Entries == nil || u.Normal.Entries[0].Kind != cargo.Normal || u.Normal.Entries[0].Optional {
		return
	}
	places := u.Mentions(cargo.Lib, engine.Selection{NoDefault: true}, runtimes.Starts(u.Crate))
	if len(places) == 0 {
		return
	}
	p.report(Diagnostic{
		Path: places[0].Path, Span: places[0].Span,
		Message: fmt.Sprintf("the library makes a runtime of its own with `%s`, whatever its user runs", places[0].Item),
		Notes: []string{
			"it runs a reactor beside that of the program",
			"called from async code, blocking on it panics",
		},
		Help:    []string{"leave the choice to the user: offer async functions, and what blocks behind a feature of its own"},
		Related: related(places[1:], "here too"),
	})
}
