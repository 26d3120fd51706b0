package diagnostics

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
	"reactorls/engine/text"
)

//go:embed vulnerable-runtime.md
var vulnerableRuntimePage string

var vulnerableRuntime = &Rule{
	Code: "vulnerable-runtime", Severity: Warning, Page: vulnerableRuntimePage,
	built: func(p *pass) {
		if p.workspace.Lock == nil {
			return // cargo would not choose an old version
		}
		survey := p.survey()
		for _, found := range []engine.Found{survey.Normal, survey.Dev} {
			t := found.Tree
			type byNode struct{}
			advised := engine.WorkedOut(found.Worked, byNode{}, func() map[int][]runtimes.Advisory { return p.advised(t) })
			if len(advised) == 0 {
				continue
			}
			p.eachMember(t, member(t), func(p *pass, pkg *engine.Package, reach *cargo.Reach) {
				for _, n := range reach.Nodes {
					if advised[n] == nil {
						continue
					}
					if c, ok := p.chainTo(pkg, t, reach, n); ok {
						p.vulnerable(c, advised[n])
					}
				}
			})
		}
		p.found = once(p.found)
	},
}

// advised are the nodes of a tree that advisories speak of.
func (p *pass) advised(t *cargo.Tree) map[int][]runtimes.Advisory {
	all := map[int][]runtimes.Advisory{}
	for n := range t.Nodes {
		if as := p.advisories(t.Package(n)); len(as) > 0 {
			all[n] = as
		}
	}
	return all
}

// once leaves out what is said twice of one place, as of an entry that many inherit.
func once(all []Diagnostic) []Diagnostic {
	type said struct {
		path, message string
		span          text.Span
	}
	told := map[said]bool{}
	return slices.DeleteFunc(all, func(d Diagnostic) bool {
		key := said{d.Path, d.Message, d.Span}
		again := told[key]
		told[key] = true
		return again
	})
}

// advisories are those that tell of a fault in the version, on the target.
func (p *pass) advisories(g *cargo.GraphPackage) []runtimes.Advisory {
	if g.Source == "" || !runtimes.HasAdvisories(g.Name) {
		return nil
	}
	v, err := semver.Parse(g.Version)
	if err != nil {
		return nil
	}
	if _, gone := engine.Gone(g.Name, g.Version); gone {
		return nil // deprecated-runtime has more to say
	}
	platform := cmp.Or(p.options.Platform, cargo.Host())
	return slices.DeleteFunc(runtimes.AdvisoriesFor(g.Name, v), func(a runtimes.Advisory) bool {
		elsewhere := len(a.OS) > 0 && !slices.ContainsFunc(a.OS, func(os string) bool { return platform.Applies(`cfg(target_os = "` + os + `")`) })
		return elsewhere || a.Kind != "vulnerability" && a.Kind != "unsound"
	})
}

// vulnerable reports a version that advisories speak of: at its own entry, where
// there is one, else where it comes in.
func (p *pass) vulnerable(c chain, advisories []runtimes.Advisory) {
	file, entry := c.written()
	last := c.last()
	span := entry.NameSpan
	if len(c.nodes) == 2 && entry.Version.Value != "" {
		span = entry.Version.Span
	}
	d := Diagnostic{Path: file.Path, Span: span, Label: "locked at " + last.Version}
	d.Message = fmt.Sprintf("%s has a known fault: %s", last, advisories[0].Title)
	for _, a := range advisories {
		d.Notes = append(d.Notes, fmt.Sprintf("%s of %s: %s; fixed in %s", a.ID, a.Date, a.Title, strings.Join(a.Patched, " or ")))
	}
	if len(c.nodes) > 2 {
		d.Notes = append(d.Notes, c.String())
	}
	better := p.patched(last)
	switch {
	case better == "":
		d.Help = []string{"no compatible version without the fault is known"}
	case len(c.nodes) == 2:
		if raised := file.Manifest().Raise(entry, better); len(raised) > 0 {
			d.Fixes = []Fix{{Title: fmt.Sprintf("Require %s %s", last.Name, better), Edits: edits(file.Path, raised)}}
		}
		fallthrough
	default:
		d.Help = []string{fmt.Sprintf("`cargo update -p %s@%s` takes a version without the fault, %s or later", last.Name, last.Version, better)}
	}
	p.report(d)
}

// patched is the least compatible version above a package's that no advisory
// speaks of; "" when none is known.
func (p *pass) patched(g *cargo.GraphPackage) string {
	best := ""
	for _, version := range p.versions(g.Name) {
		o := cargo.GraphPackage{Summary: &cargo.Summary{Name: g.Name, Version: version}, Source: g.Source}
		v, err := semver.Parse(version)
		if err != nil || v.Pre != "" || !newer(version, g.Version) || series(&o) != series(g) || len(p.advisories(&o)) > 0 {
			continue
		}
		if best == "" || newer(best, version) {
			best = version
		}
	}
	return best
}

// versions are those that cargo knows of a crate here, or, where it knows none,
// those that are embedded.
func (p *pass) versions(name string) []string {
	versions := p.snapshot.VersionsKnown(p.graph(), name)
	if crate := runtimes.Lookup(name); len(versions) == 0 && crate != nil {
		for _, r := range crate.Releases() {
			if !r.Yanked {
				versions = append(versions, r.Version.String())
			}
		}
	}
	return versions
}
