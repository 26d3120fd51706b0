package lsp

import (
	"path/filepath"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
)

// featurePage says what a feature turns on and gates, what it costs, and where the
// packages at hand use it.
func (s *server) featurePage(out *page, v view, entries []owned, d *cargo.Dependency, feature string) {
	added := v.added(entries, feature)
	crate := runtimes.Lookup(d.Package)
	if crate == nil {
		if len(added) > 0 {
			out.write("**%s/%s**\n\nBrings in %s.\n", d.Package, feature, listed(added, maxItems))
		}
		return
	}
	know := crate.At("")
	if len(entries) > 0 && entries[0].use != nil {
		know = entries[0].use.Know
	}
	if !know.Has(feature) {
		return
	}
	out.write("**%s/%s** · a feature of %s %s\n", d.Package, feature, d.Package, know.Version)
	aboutFeature(out, know, d.Package, feature)
	if len(added) > 0 {
		out.write("\nBrings in %s.\n", listed(added, maxItems))
	}
	if below := know.Closure(feature); !know.Gates(feature) && len(below) > 1 {
		used := slices.DeleteFunc(below, func(f string) bool { return len(placesOf(entries, f)) == 0 })
		if len(used) > 0 {
			out.write("\nThe code here needs %s of it.\n", listed(used, maxFeatures))
		}
		return
	}
	s.neededAt(out, v, entries, feature)
}

// aboutFeature writes what a feature turns on and gates.
func aboutFeature(out *page, know *runtimes.Knowledge, crate, feature string) {
	if on := slices.DeleteFunc(slices.Clone(know.Implies(feature)), func(f string) bool { return !know.Has(f) || implicit(know, f) }); len(on) > 0 {
		out.write("\nTurns on %s.\n", listed(on, maxFeatures))
	}
	switch gated := know.GatedBy(feature); {
	case len(gated) > 0:
		for i := range gated {
			gated[i] = strings.ReplaceAll(crate, "-", "_") + "::" + gated[i]
		}
		out.write("\nNeeded for %s.\n", listed(gated, maxItems))
	case know.Gateless(feature):
		out.write("\nIt gates no item: it changes how the crate behaves, so no source can tell whether it is used.\n")
	}
}

// implicit reports whether a feature is only an optional dependency that nobody gave a
// feature of its own.
func implicit(know *runtimes.Knowledge, feature string) bool {
	return slices.Equal(know.Implies(feature), []string{"dep:" + feature})
}

// maxFeatures bounds a list of features, which full makes long.
const maxFeatures = 12

// added names the packages that would not be built if the entries did not ask the
// feature; none where the graph is not known exactly.
func (v view) added(entries []owned, feature string) []string {
	if len(entries) != 1 || !slices.Contains(entries[0].dep.Features, feature) {
		return nil
	}
	g := v.snapshot.Graph(v.workspace)
	if !g.Complete() {
		return nil
	}
	kinds := []cargo.Kind{cargo.Normal}
	if kind := entries[0].dep.Kind; kind != cargo.Normal {
		kinds = append(kinds, kind)
	}
	with := g.Tree(v.options.Selection, v.options.Platform, kinds...)
	without := g.Without(entries[0].pkg, entries[0].dep, feature).Tree(v.options.Selection, v.options.Platform, kinds...)
	left := map[string]bool{}
	for i := range without.Nodes {
		left[without.Package(i).String()] = true
	}
	var names []string
	for i := range with.Nodes {
		if name := with.Package(i).String(); !left[name] && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// maxPlaces bounds how many places are linked.
const maxPlaces = 8

// neededAt lists the places that need a feature, or says that there are none.
func (s *server) neededAt(out *page, v view, entries []owned, feature string) {
	places := placesOf(entries, feature)
	if len(places) == 0 {
		may := slices.ContainsFunc(entries, func(o owned) bool {
			return o.use == nil || slices.ContainsFunc([]*engine.Part{&o.use.Normal, &o.use.Dev, &o.use.Build}, func(p *engine.Part) bool { return o.use.May(p, feature) })
		})
		if may {
			out.write("\nNo code here surely needs it.\n")
		} else {
			out.write("\nNothing here needs it.\n")
		}
		return
	}
	out.write("\nNeeded here at:\n\n")
	for _, p := range places[:min(maxPlaces, len(places))] {
		if f := v.snapshot.File(p.Path); f != nil {
			line := s.position(f, p.Span.Start).Line + 1
			name := filepath.Base(filepath.Dir(p.Path)) + "/" + filepath.Base(p.Path)
			out.write("- [%s:%d](%s#L%d) `%s`\n", name, line, s.uriOf(p.Path), line, p.Item)
		}
	}
	if more := len(places) - maxPlaces; more > 0 {
		out.write("- and %d more\n", more)
	}
}

// placesOf are the places that need a feature in any part of the packages that have
// a dependency, in order of file and place.
func placesOf(entries []owned, feature string) []engine.Place {
	var places []engine.Place
	for _, o := range entries {
		if o.use == nil {
			continue
		}
		for _, part := range []*engine.Part{&o.use.Normal, &o.use.Dev, &o.use.Build} {
			if part.Find(feature) == nil {
				continue // nothing more can be there
			}
			for _, n := range o.use.Everywhere(part) {
				if n.Feature == feature {
					places = append(places, n.Places...)
				}
			}
		}
	}
	places = slices.DeleteFunc(places, func(p engine.Place) bool { return p.Path == "" })
	slices.SortStableFunc(places, engine.ComparePlaces)
	return slices.Compact(places)
}
