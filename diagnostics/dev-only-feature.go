package diagnostics

import (
	_ "embed"
	"fmt"

	"reactorls/engine"
)

//go:embed dev-only-feature.md
var devOnlyFeaturePage string

var devOnlyFeature = &Rule{
	Code: "dev-only-feature", Severity: Warning, Page: devOnlyFeaturePage,
	run: func(p *pass) {
		p.reportWastes(engine.Waste.OnlyDev, func(l *wasteList, w engine.Waste, d *Diagnostic) {
			d.Message = fmt.Sprintf("feature `%s` of %s is used by tests, examples and benches alone", w.Feature.Value, l.entry.Name)
			d.Label = "belongs to [dev-dependencies]"
			if w.Group {
				d.Message = fmt.Sprintf("`%s` turns on features of %s that tests, examples and benches alone use: %s", w.Feature.Value, l.entry.Name, quoted(w.DevOnly))
			}
			for _, f := range w.DevOnly {
				if n := l.use.Dev.Find(f); n != nil {
					d.Related = append(d.Related, related(n.Places, fmt.Sprintf("`%s` is used here", f))...)
				}
			}
		})
	},
}

// maxRelated bounds how many places a diagnostic points at.
const maxRelated = 5

// related points at the first places.
func related(places []engine.Place, message string) []Related {
	var rs []Related
	for _, place := range places[:min(len(places), maxRelated)] {
		if place.Path != "" {
			rs = append(rs, Related{place.Path, place.Span, message + ": " + place.Item})
		}
	}
	return rs
}
