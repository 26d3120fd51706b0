package diagnostics

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
)

//go:embed deprecated-runtime.md
var deprecatedRuntimePage string

var deprecatedRuntime = &Rule{
	Code: "deprecated-runtime", Severity: Warning, Page: deprecatedRuntimePage,
	each: func(p *pass, pkg *engine.Package) {
		type deprecated struct{ inherited bool } // what it depends on besides the package
		p.found = engine.WorkedOut(p.snapshot.Worked(pkg, p.options.Selection), deprecated{p.inherited(pkg)}, func() []Diagnostic {
			for _, d := range pkg.Dependencies {
				if d.Shared == nil {
					p.deprecated(pkg, d, pkg.File, d.Dependency)
				}
			}
			return p.found
		})
	},
	run: func(p *pass) { // what members inherit is reported once
		if w := p.workspace.Manifest.Workspace; w == nil || len(w.Dependencies) == 0 {
			return
		}
		seen := map[*cargo.Dependency]bool{}
		for _, pkg := range p.workspace.Packages {
			for _, d := range pkg.Dependencies {
				if d.Shared != nil && !seen[d.Shared] {
					seen[d.Shared] = true
					p.deprecated(pkg, d, p.workspace.Root, d.Shared)
				}
			}
		}
	},
}

// deprecated reports a dependency on a crate that is no longer kept, at the
// entry that names its version.
func (p *pass) deprecated(pkg *engine.Package, d *engine.Dependency, file *engine.File, entry *cargo.Dependency) {
	if !d.FromRegistry {
		return
	}
	version, err := semver.Parse(pkg.VersionOf(d))
	if err != nil {
		return
	}
	status, ok := engine.Gone(d.Package, version.String())
	if !ok {
		return
	}
	name := d.Package
	if status.Versions != "" {
		name = fmt.Sprintf("%s %s", d.Package, version)
	}
	diagnostic := Diagnostic{
		Path: file.Path, Span: entry.NameSpan, Deprecated: true,
		Message: fmt.Sprintf("%s is %s", name, status.Is),
		Label:   status.Is,
		Notes:   []string{status.Reason},
	}
	if len(status.Advisories) > 0 {
		diagnostic.Notes = append(diagnostic.Notes, "advisory "+strings.Join(status.Advisories, ", "))
	}
	if status.Since != "" {
		diagnostic.Notes = append(diagnostic.Notes, "since "+status.Since)
	}
	if len(status.Successors) > 0 {
		diagnostic.Message += "; use " + strings.Join(status.Successors, " or ")
	}
	var use *engine.Use
	if i := slices.IndexFunc(p.known(pkg).uses, func(u *engine.Use) bool { return u.Name == d.Name }); i >= 0 {
		use = p.known(pkg).uses[i]
		diagnostic.Related = related(use.Places(), "to be changed")
	}
	moved := map[string]bool{}
	// To move a package takes longer than all the rest.
	type move struct {
		to        string
		renewed   bool
		lock      *cargo.Lock
		inherited bool
	}
	type offered struct {
		fix Fix
		ok  bool
	}
	offer := func(to string, renewed bool, make func() (Fix, bool)) {
		o := engine.WorkedOut(&use.Worked, move{to, renewed, p.workspace.Lock, p.inherited(pkg)}, func() offered {
			fix, ok := make()
			return offered{fix, ok}
		})
		if o.ok {
			moved[to] = true
			diagnostic.Fixes = append(diagnostic.Fixes, o.fix)
			diagnostic.Notes = append(diagnostic.Notes, o.fix.Remains...)
		}
	}
	for _, to := range runtimes.Destinations() {
		if use == nil {
			break
		}
		offer(to.Crate, false, func() (Fix, bool) { return p.moveFix(use, to) })
	}
	if use != nil && file == pkg.File {
		offer(use.Crate, true, func() (Fix, bool) { return p.renewFix(use, entry) })
	}
	for _, successor := range status.Successors {
		if moved[successor] {
			continue
		}
		if fix, ok := p.replaceRuntime(file, entry, successor, use); ok {
			diagnostic.Fixes = append(diagnostic.Fixes, fix)
		}
	}
	p.report(diagnostic)
}

// replaceRuntime exchanges the dependency alone, in every member that inherits it.
// What the source says of the old crate is left to the person, and counted.
func (p *pass) replaceRuntime(file *engine.File, entry *cargo.Dependency, successor string, use *engine.Use) (Fix, bool) {
	known := runtimes.Known(successor)
	if known == nil || known.Latest == "" {
		return Fix{}, false
	}
	version, err := semver.Parse(known.Latest)
	if err != nil {
		return Fix{}, false
	}
	title := fmt.Sprintf("Depend on %s %s instead", successor, version.Series())
	if use != nil {
		if n := len(use.Places()); n > 0 {
			title += fmt.Sprintf(" (%d places in the source are left to change)", n)
		}
	}
	changes := edits(file.Path, file.Manifest().Exchange(entry, successor, version.Series()))
	for _, pkg := range p.workspace.Packages {
		for _, d := range pkg.Dependencies {
			if d.Shared == entry {
				changes = append(changes, edits(pkg.File.Path, pkg.Manifest.Exchange(d.Dependency, successor, version.Series()))...)
			}
		}
	}
	return Fix{Title: title, Edits: changes}, true
}
