package diagnostics

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
)

//go:embed deprecated-runtime-transitive.md
var deprecatedRuntimeTransitivePage string

var deprecatedRuntimeTransitive = &Rule{
	Code: "deprecated-runtime-transitive", Severity: Warning, Page: deprecatedRuntimeTransitivePage,
	built: func(p *pass) {
		survey := p.survey()
		p.goneBelow(survey.Normal)
		p.goneBelow(survey.Dev)
	},
}

// goneBelow reports the crates that are gone and come in through others: the
// outermost on each way, for what is below that goes with it.
func (p *pass) goneBelow(found engine.Found) {
	if len(found.Gone) == 0 {
		return
	}
	t := found.Tree
	isGone := func(n int) bool { return slices.Contains(found.Gone, n) }
	p.eachMember(t, func(n int) bool { return isGone(n) || t.Package(n).Member }, func(p *pass, pkg *engine.Package, reach *cargo.Reach) {
		for _, n := range reach.Nodes {
			if !isGone(n) {
				continue
			}
			c, ok := p.chainTo(pkg, t, reach, n)
			if !ok || len(c.nodes) < 3 || replacedBeside(t, reach, n) {
				continue // a direct one is deprecated-runtime's
			}
			p.reportGone(c)
		}
	})
}

// replacedBeside reports whether a newer version of the package is there too:
// duplicate-runtime speaks of that.
func replacedBeside(t *cargo.Tree, reach *cargo.Reach, node int) bool {
	p := t.Package(node)
	return slices.ContainsFunc(reach.Nodes, func(n int) bool {
		o := t.Package(n)
		return o.Name == p.Name && newer(o.Version, p.Version)
	})
}

func (p *pass) reportGone(c chain) {
	last := c.last()
	status, _ := engine.Gone(last.Name, last.Version)
	d := c.at()
	name := last.Name
	if status.Is == "superseded" {
		name = last.String()
	}
	d.Deprecated = true
	d.Message = fmt.Sprintf("%s is %s, and comes in through %s", name, status.Is, c.entry.Name)
	d.Label = "brings it in"
	d.Notes = []string{c.String(), status.Reason}
	if len(status.Advisories) > 0 {
		d.Notes = append(d.Notes, "advisory "+strings.Join(status.Advisories, ", "))
	}
	d.Fixes = p.exchanges(c)
	if way := p.avoided(c); way != "" {
		d.Help = append(d.Help, way)
	}
	if len(d.Fixes)+len(d.Help) == 0 {
		d.Severity = Hint
		d.Notes = append(d.Notes, "no version and no feature of what is in between is known to avoid it")
	}
	p.lowerUnlessComplete(&d)
	p.report(d)
}
