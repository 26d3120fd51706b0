package diagnostics

import (
	_ "embed"
	"fmt"

	"reactorls/engine"
)

//go:embed unused-feature.md
var unusedFeaturePage string

var unusedFeature = &Rule{
	Code: "unused-feature", Severity: Warning, Page: unusedFeaturePage,
	run: func(p *pass) {
		p.reportWastes(func(w engine.Waste) bool { return !w.OnlyDev() }, func(l *wasteList, w engine.Waste, d *Diagnostic) {
			d.Message = fmt.Sprintf("feature `%s` of %s is not used", w.Feature.Value, l.entry.Name)
			d.Label = "nothing here needs it"
			if w.Group {
				all := countGating(l.use, w.Feature.Value)
				d.Message = fmt.Sprintf("`%s` turns on %d features of %s, of which %d are used", w.Feature.Value, all, l.entry.Name, all-len(w.Unused)-len(w.DevOnly))
				d.Label = "more than is needed"
				d.Notes = append(d.Notes, "not used: "+quoted(w.Unused))
				if len(w.DevOnly) > 0 {
					d.Notes = append(d.Notes, "used by tests, examples and benches alone: "+quoted(w.DevOnly))
				}
			}
		})
	},
}

// countGating counts the features that one turns on and that gate something.
func countGating(u *engine.Use, feature string) int {
	n := 0
	for _, f := range u.Know.Closure(feature) {
		if u.Know.Gates(f) {
			n++
		}
	}
	return n
}
