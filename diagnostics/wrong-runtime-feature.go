package diagnostics

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
	"reactorls/engine/text"
)

//go:embed wrong-runtime-feature.md
var wrongRuntimeFeaturePage string

var wrongRuntimeFeature = &Rule{
	Code: "wrong-runtime-feature", Severity: Warning, Page: wrongRuntimeFeaturePage,
	built: func(p *pass) {
		t := p.survey().Normal.Tree
		if !slices.ContainsFunc(t.All(), func(n int) bool {
			v, err := semver.Parse(t.Package(n).Version)
			return err == nil && runtimes.FindChoice(t.Package(n).Name, v) != nil
		}) {
			return
		}
		p.eachMember(t, member(t), func(p *pass, pkg *engine.Package, reach *cargo.Reach) {
			runs := p.known(pkg).facts.starts
			if len(runs) != 1 {
				return // it runs none, or several: there is no telling which is wrong
			}
			for _, o := range p.offers(pkg, t, reach) {
				if o.wrong(runs[0]) {
					p.wrongFeature(o, runs[0])
				}
			}
		})
	},
}

// runs are the reactors whose runtimes the normal code of a package starts.
func (s *state) runs(pkg *engine.Package) []string {
	var reactors []string
	for _, u := range s.known(pkg).uses {
		reactor, _ := runtimes.ReactorOf(u.Crate, u.Version)
		if reactor == nil || !u.MayName(runtimes.Starts(u.Crate)) {
			continue
		}
		if name := reactor.Root(); !slices.Contains(reactors, name) {
			reactors = append(reactors, name)
		}
	}
	return reactors
}

// offer is a direct dependency on a crate that offers several runtimes.
type offer struct {
	chain
	choice *runtimes.Choice
	// picks are the features asked here that pick a runtime; all those that are
	// asked, with what they turn on.
	picks, asks []string
}

// offers are those of a package.
func (s *state) offers(pkg *engine.Package, t *cargo.Tree, reach *cargo.Reach) []offer {
	var all []offer
	root := reach.Nodes[0]
	for _, e := range t.Nodes[root].Edges {
		to := t.Package(e.To)
		v, err := semver.Parse(to.Version)
		if err != nil || t.Nodes[e.To].Host {
			continue
		}
		choice := runtimes.FindChoice(to.Name, v)
		if choice == nil {
			continue
		}
		c, ok := s.chainTo(pkg, t, reach, e.To)
		if !ok || len(c.nodes) != 2 {
			continue
		}
		o := offer{chain: c, choice: choice, asks: t.Asks(root, e)}
		for _, f := range to.Closure(o.asks...) {
			if _, picks := choice.Features[f]; picks {
				o.picks = append(o.picks, f)
			}
		}
		all = append(all, o)
	}
	return all
}

// wrong reports whether all that is picked is another runtime, though this one is
// offered.
func (o offer) wrong(reactor string) bool {
	return len(o.picks) > 0 && o.choice.Offers(reactor) && !slices.ContainsFunc(o.picks, func(f string) bool {
		return slices.Contains(o.choice.Features[f].Drives, reactor)
	})
}

func (p *pass) wrongFeature(o offer, reactor string) {
	file, entry := o.written()
	d := Diagnostic{Path: file.Path, Span: entry.NameSpan}
	drives := map[string]bool{}
	for _, f := range o.picks {
		for _, r := range o.choice.Features[f].Drives {
			drives[r] = true
		}
	}
	others := strings.Join(slices.Sorted(maps.Keys(drives)), " and ")
	d.Message = fmt.Sprintf("%s is set to %s, and %s runs on %s", o.entry.Name, others, o.pkg.Name, reactor)
	d.Label = "picks " + others
	var listed []string
	for _, f := range entry.Features {
		if slices.Contains(o.picks, f.Value) {
			listed = append(listed, f.Value)
			d.Span = f.Span
		}
	}
	if len(listed) == 0 {
		d.Notes = append(d.Notes, "its default features pick it")
	}
	if fix, ok := o.exchange(reactor, nil); ok {
		d.Fixes = []Fix{fix}
	}
	p.lowerUnlessComplete(&d)
	p.report(d)
}

// exchange makes the entry pick another runtime; gone are crates that it must not
// bring in.
func (o offer) exchange(reactor string, gone []string) (Fix, bool) {
	file, entry := o.written()
	var features, added []string
	take := func(f string) {
		if !slices.Contains(features, f) {
			features = append(features, f)
		}
	}
	for _, f := range entry.Features {
		if !slices.Contains(o.picks, f.Value) {
			take(f.Value)
			continue
		}
		other := o.choice.Counterpart(f.Value, reactor, gone)
		if other == "" {
			return Fix{}, false
		}
		take(other)
		added = append(added, other)
	}
	var es []text.Edit
	if byDefault := o.defaultPicks(); len(byDefault) > 0 && o.entry.DefaultFeatures {
		// What else the default features turn on is asked by name.
		for _, v := range o.last().Features["default"] {
			if v.Dependency == "" && !slices.Contains(byDefault, v.Feature) {
				take(v.Feature)
			}
		}
		other := ""
		for _, f := range byDefault {
			if other = o.choice.Counterpart(f, reactor, gone); other != "" {
				break
			}
		}
		if other == "" {
			other = o.choice.Plain(reactor)
		}
		if other == "" {
			return Fix{}, false
		}
		take(other)
		added = append(added, other)
		if o.entry.Shared != nil && o.entry.Shared.DefaultFeatures == nil && o.entry.Dependency.DefaultFeatures != nil {
			return Fix{}, false
		}
		es = file.Manifest().WithoutDefault(entry, features)
	} else {
		es = file.Manifest().SetFeatures(entry, features)
	}
	if len(es) == 0 || len(added) == 0 {
		return Fix{}, false
	}
	return Fix{Title: fmt.Sprintf("Set %s to %s: %s", o.entry.Name, reactor, strings.Join(added, ", ")), Edits: edits(file.Path, es)}, true
}

// defaultPicks are the features among the default ones that pick a runtime.
func (o offer) defaultPicks() []string {
	var picks []string
	for _, f := range o.last().Closure("default") {
		if _, is := o.choice.Features[f]; is && f != "default" && slices.Contains(o.asks, "default") {
			picks = append(picks, f)
		}
	}
	return picks
}

// exchanges are the ways to make the first package on the way pick what does not
// lead to the last.
func (p *pass) exchanges(c chain) []Fix {
	t := c.tree
	var fixes []Fix
	reach := t.Reach(c.nodes[0])
	for _, o := range p.offers(c.pkg, t, reach) {
		if o.nodes[1] != c.nodes[1] {
			continue
		}
		last := c.last().Name
		if !slices.ContainsFunc(o.picks, func(f string) bool { return slices.Contains(o.choice.Features[f].Gone, last) }) {
			continue
		}
		wanted := p.known(c.pkg).facts.starts
		for _, reactor := range []string{"tokio", "async-io"} {
			if len(wanted) == 1 && wanted[0] != reactor {
				continue
			}
			if fix, ok := o.exchange(reactor, []string{last}); ok {
				fixes = append(fixes, fix)
			}
		}
	}
	return fixes
}
