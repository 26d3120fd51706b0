package diagnostics

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
)

//go:embed missing-feature.md
var missingFeaturePage string

var missingFeature = &Rule{
	Code: "missing-feature", Severity: Warning, Page: missingFeaturePage,
	each: func(p *pass, pkg *engine.Package) {
		for _, u := range p.known(pkg).uses {
			for _, m := range u.MissingAnywhere() {
				if !isEntrypoint(p, u, m) {
					d := missingDiagnostic(u, m)
					if names := p.turnedOnBy(u, m); len(names) > 0 {
						d.Notes = append(d.Notes, fmt.Sprintf("`%s` is on at present because %s", m.Feature, enumerate(names, "asks", "ask")))
					}
					p.report(d)
				}
			}
		}
	},
}

// turnedOnBy names the packages whose dependency on the crate asks for the missing
// feature, in the selected build.
func (p *pass) turnedOnBy(u *engine.Use, m engine.Missing) []string {
	found := p.survey().Normal
	if m.Dev {
		found = p.survey().Dev
	}
	t := found.Tree
	var names []string
	for _, n := range named(found)[u.Crate] {
		if t.Package(n).Version != u.Version || t.Nodes[n].Host {
			continue
		}
		for _, from := range askers(found, n)[m.Feature] {
			if from.dir != u.Package.Dir {
				names = append(names, from.name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// named are the nodes of a tree by the names of their packages.
func named(found engine.Found) map[string][]int {
	type named struct{}
	return engine.WorkedOut(found.Worked, named{}, func() map[string][]int {
		all := map[string][]int{}
		for n := range found.Tree.Nodes {
			name := found.Tree.Package(n).Name
			all[name] = append(all[name], n)
		}
		return all
	})
}

// asker is a package that asks for a feature.
type asker struct{ name, dir string }

// askers are the packages that ask for the features of a node, be it through others.
func askers(found engine.Found, node int) map[string][]asker {
	type askers struct{ of int }
	return engine.WorkedOut(found.Worked, askers{node}, func() map[string][]asker {
		t := found.Tree
		all := map[string][]asker{}
		turnedOn := map[string][]string{} // by what is asked: many ask the same
		for _, e := range t.Into(node) {
			asks := t.Asks(e.From, e.NodeEdge)
			key := strings.Join(asks, " ")
			features, known := turnedOn[key]
			if !known {
				features = t.Package(node).Closure(asks...)
				turnedOn[key] = features
			}
			from := asker{t.Package(e.From).String(), t.Package(e.From).Dir}
			for _, f := range features {
				all[f] = append(all[f], from)
			}
		}
		return all
	})
}

// enumerate joins the first names and counts the rest, with the verb that fits.
func enumerate(names []string, one, many string) string {
	const most = 3
	switch n := len(names); {
	case n == 1:
		return names[0] + " " + one + " for it"
	case n <= most:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1] + " " + many + " for it"
	default:
		return fmt.Sprintf("%s and %d more %s for it", strings.Join(names[:most], ", "), n-most, many)
	}
}

// missingDiagnostic says what is missing, at the entry that should ask for it.
func missingDiagnostic(u *engine.Use, m engine.Missing) Diagnostic {
	e := entryFor(u, m)
	d := Diagnostic{
		Path: u.Package.File.Path, Span: e.NameSpan,
		Message: fmt.Sprintf("`%s` is used, but its feature `%s` of %s is not asked for", m.Places[0].Item, m.Feature, u.Name),
		Label:   fmt.Sprintf("builds only where something else turns `%s` on", m.Feature),
		Related: related(m.Places, fmt.Sprintf("needs `%s`", m.Feature)),
	}
	if len(m.Any) > 1 {
		d.Message = fmt.Sprintf("`%s` is used, but none of the features of %s that bring it is asked for: %s", m.Places[0].Item, u.Name, quoted(m.Any))
		d.Label = "builds only where something else turns one of them on"
		d.Related = related(m.Places, "needs one of them")
	}
	switch {
	case len(m.With) > 0:
		d.Notes = append(d.Notes, "with the package's features "+quoted(m.With))
	case m.NoDefault:
		d.Notes = append(d.Notes, "without the package's default features")
	}
	if m.On != "" {
		d.Notes = append(d.Notes, "on "+m.On)
	}
	for _, f := range m.Any {
		fix := missingFix(u, m, f, e)
		fix.Safe = len(m.Any) == 1 // else it is for the person to choose
		d.Fixes = append(d.Fixes, fix)
	}
	return d
}

// entryFor is the entry that should ask for a missing feature.
func entryFor(u *engine.Use, m engine.Missing) *engine.Dependency {
	parts := []*engine.Part{&u.Normal, &u.Dev, &u.Build}
	switch {
	case m.Dev:
		parts = []*engine.Part{&u.Dev, &u.Normal}
	case m.Build:
		parts = []*engine.Part{&u.Build}
	}
	platform := cargo.Host()
	if m.On != "" {
		platform = cargo.PlatformOf(m.On)
	}
	var entries []*engine.Dependency
	for _, part := range parts {
		entries = append(entries, part.Entries...)
	}
	if i := slices.IndexFunc(entries, func(e *engine.Dependency) bool { return platform.Applies(e.Target) }); i >= 0 {
		return entries[i]
	}
	return entries[0]
}

// missingFix asks for the feature: under the one feature of the package that
// needs it, else in the entry.
func missingFix(u *engine.Use, m engine.Missing, feature string, e *engine.Dependency) Fix {
	manifest, path := u.Package.Manifest, u.Package.File.Path
	if f := soleFeature(u, m); f != nil {
		value := u.Name + "/" + feature
		if e.Optional && !manifest.Activate(f.Name).Dependencies[u.Name] {
			value = u.Name + "?/" + feature
		}
		return Fix{
			Title: fmt.Sprintf("Let the feature `%s` turn on `%s`", f.Name, value),
			Edits: edits(path, manifest.AddToFeature(f, value)),
		}
	}
	if m.Dev && e.Kind != cargo.Dev {
		return Fix{
			Title: fmt.Sprintf("Ask for `%s` in [dev-dependencies]", feature),
			Edits: edits(path, manifest.AddAs(e.Dependency, cargo.Dev, []string{feature})),
		}
	}
	return Fix{
		Title: fmt.Sprintf("Ask for the feature `%s` of %s", feature, u.Name),
		Edits: edits(path, manifest.AddFeatures(e.Dependency, []string{feature})),
	}
}

// soleFeature is the one feature of the package under which something is
// missing, when the package has it as an entry.
func soleFeature(u *engine.Use, m engine.Missing) *cargo.Feature {
	if m.Dev || m.Build {
		return nil
	}
	var sole *cargo.Feature
	for _, name := range m.With {
		f := u.Package.Manifest.Feature(name)
		if f == nil || sole != nil {
			return nil
		}
		sole = f
	}
	return sole
}
