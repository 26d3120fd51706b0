package advise

import (
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/text"
)

// Plan is what applying a recommendation would write.
type Plan struct {
	Changes []Planned
	// Left tells of what stays as it is, and why.
	Left []string
}

// Planned is one file to be written: new, or an edit of what was there.
type Planned struct {
	Path  string // below the package, with slashes
	Edits []text.Edit
	New   bool
	Old   string
	Text  string
}

// Applicable reports whether there is anything to write that builds by itself.
func (r *Recommendation) Applicable() bool { return r.Start.Root != "" }

// Plan tells what to write into the directory of a package, or, where p is nil, into a
// directory of this name that has none. What is there already stays: a manifest only
// gets the dependencies and features that it lacks.
func (r *Recommendation) Plan(p *engine.Package, name string, exists func(path string) bool) Plan {
	var plan Plan
	for _, path := range r.Start.Paths() {
		switch {
		case path == engine.ManifestName && p != nil:
			r.extend(&plan, p)
		case exists(path):
			plan.Left = append(plan.Left, path+" is there already: left as it is")
		case path == r.Start.Root && p != nil && hasRoot(p, r.Start.Lib):
			plan.Left = append(plan.Left, "the package has its root file elsewhere: no "+path+" is written")
		default:
			content := r.Start.Files[path]
			if path == engine.ManifestName {
				content = strings.Replace(content, packageName, validName(name), 1)
			}
			plan.Changes = append(plan.Changes, Planned{Path: path, New: true, Text: content})
		}
	}
	return plan
}

// hasRoot reports whether a package has a library, or else a program.
func hasRoot(p *engine.Package, lib bool) bool {
	kind := cargo.Bin
	if lib {
		kind = cargo.Lib
	}
	return slices.ContainsFunc(p.Targets, func(t cargo.Target) bool { return t.Kind == kind })
}

// extend adds to a manifest what it lacks.
func (r *Recommendation) extend(plan *Plan, p *engine.Package) {
	if len(p.Manifest.Doc.Errors) > 0 {
		plan.Left = append(plan.Left, engine.ManifestName+" is no TOML as it stands: left as it is")
		return
	}
	src := p.File.Text
	for _, d := range r.Start.Dependencies {
		m := cargo.ParseManifest(src)
		edits := added(m, d)
		if len(edits) == 0 {
			plan.Left = append(plan.Left, fmt.Sprintf("%s asks `%s` already", engine.ManifestName, d.Name))
			continue
		}
		changed, err := text.Apply(src, edits)
		if err != nil {
			plan.Left = append(plan.Left, fmt.Sprintf("%s: `%s` could not be added", engine.ManifestName, d.Name))
			continue
		}
		src = changed
	}
	if src != p.File.Text {
		edits := cargo.ParseManifest(p.File.Text).Doc.Become(src)
		plan.Changes = append(plan.Changes, Planned{Path: engine.ManifestName, Edits: edits, Old: p.File.Text, Text: src})
	}
}

// added are the edits that make a manifest ask a dependency with its features.
func added(m *cargo.Manifest, d Dependency) []text.Edit {
	for _, e := range m.Dependencies {
		if e.Kind != cargo.Normal || e.Target != "" || e.Package != d.Name {
			continue
		}
		asked := func(f string) bool {
			return slices.ContainsFunc(e.Features, func(t cargo.Text) bool { return t.Value == f || t.Value == "full" })
		}
		lacking := slices.DeleteFunc(slices.Clone(d.Features), asked)
		if len(lacking) == 0 {
			return nil
		}
		return m.AddFeatures(e, lacking)
	}
	return m.AddDependency(cargo.Normal, d.Name, d.Raw())
}

// validName makes the name of a directory one of a package.
func validName(name string) string {
	valid := strings.Trim(strings.Map(func(r rune) rune {
		if isCrateName(string(r)) {
			return r
		}
		return '-'
	}, strings.ToLower(name)), "-")
	if valid == "" || valid[0] >= '0' && valid[0] <= '9' || !isCrateName(valid) {
		return packageName
	}
	return valid
}
