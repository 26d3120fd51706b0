package diagnostics

import (
	_ "embed"
	"fmt"
	"slices"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
)

//go:embed duplicate-runtime.md
var duplicateRuntimePage string

var duplicateRuntime = &Rule{
	Code: "duplicate-runtime", Severity: Warning, Page: duplicateRuntimePage,
	built: func(p *pass) {
		t := p.survey().Normal.Tree
		several := several(t)
		if len(several) == 0 {
			return
		}
		p.eachMember(t, member(t), func(p *pass, pkg *engine.Package, reach *cargo.Reach) {
			newest := map[string]int{}
			for _, n := range reach.Nodes {
				at, known := newest[t.Package(n).Name]
				if several[t.Package(n).Name] && !t.Nodes[n].Host && (!known || newer(t.Package(n).Version, t.Package(at).Version)) {
					newest[t.Package(n).Name] = n
				}
			}
			for _, n := range reach.Nodes {
				at, known := newest[t.Package(n).Name]
				if !t.Nodes[n].Host && known && isRuntime(t.Package(n)) && series(t.Package(n)) != series(t.Package(at)) {
					p.duplicate(pkg, t, reach, n, at)
				}
			}
		})
	},
}

// several are the names of the packages of which a tree has several versions.
func several(t *cargo.Tree) map[string]bool {
	versions := map[string]string{}
	several := map[string]bool{}
	for n := range t.Nodes {
		g := t.Package(n)
		if first, seen := versions[g.Name]; seen && first != g.Version {
			several[g.Name] = true
		} else if !seen {
			versions[g.Name] = g.Version
		}
	}
	return several
}

// isRuntime reports whether a package waits for the operating system or hands out
// the types of one that does.
func isRuntime(p *cargo.GraphPackage) bool {
	reactor, _ := runtimes.ReactorOf(p.Name, p.Version)
	return reactor != nil
}

// series is what versions that are compatible share.
func series(p *cargo.GraphPackage) string {
	v, _ := semver.Parse(p.Version)
	return v.Series()
}

// duplicate reports the older of two incompatible versions.
func (p *pass) duplicate(pkg *engine.Package, t *cargo.Tree, reach *cargo.Reach, older, newest int) {
	c, ok := p.chainTo(pkg, t, reach, older)
	if !ok || slices.ContainsFunc(c.nodes[1:len(c.nodes)-1], func(n int) bool {
		_, gone := engine.Gone(t.Package(n).Name, t.Package(n).Version)
		return gone
	}) {
		return // what is below a crate that is gone goes with it
	}
	old, latest := t.Package(older), t.Package(newest)
	d := c.at()
	d.Message = fmt.Sprintf("%s and %s are both built, and know nothing of each other", old, latest)
	d.Label = "brings in " + old.String()
	d.Notes = []string{c.String()}
	if other, ok := p.chainTo(pkg, t, reach, newest); ok {
		d.Notes = append(d.Notes, other.String())
		if other.entry.NameSpan != c.entry.NameSpan {
			d.Related = []Related{{other.pkg.File.Path, other.entry.NameSpan, "brings in " + latest.String()}}
		}
	}
	file, entry := c.written()
	switch way := p.avoided(c); {
	case len(c.nodes) == 2:
		if raised := file.Manifest().Raise(entry, series(latest)); len(raised) > 0 {
			d.Fixes = []Fix{{Title: fmt.Sprintf("Require %s %s", old.Name, series(latest)), Edits: edits(file.Path, raised)}}
		}
	case way != "":
		d.Help = []string{way}
	default:
		d.Severity = Hint
		d.Notes = append(d.Notes, "no version of what is in between is known to avoid it")
	}
	p.lowerUnlessComplete(&d)
	p.report(d)
}
