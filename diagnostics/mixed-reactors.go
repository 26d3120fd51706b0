package diagnostics

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
)

//go:embed mixed-reactors.md
var mixedReactorsPage string

var mixedReactors = &Rule{
	Code: "mixed-reactors", Severity: Warning, Page: mixedReactorsPage,
	built: func(p *pass) {
		found := p.survey().Normal
		t := found.Tree
		if len(sidesOf(found.Drivers)) < 2 {
			return
		}
		mix := map[int]bool{}
		mixes := func(member int) bool {
			known, ok := mix[member]
			if !ok {
				known = len(drives(found, t.Reach(member))) > 1
				mix[member] = known
			}
			return known
		}
		p.eachMember(t, func(int) bool { return false }, func(p *pass, pkg *engine.Package, reach *cargo.Reach) {
			sides := drives(found, reach)
			// What a package of the workspace already mixes is that one's to tell.
			if len(sides) > 1 && !slices.ContainsFunc(reach.Nodes[1:], func(n int) bool {
				return t.Package(n).Member && t.Node(t.Nodes[n].Package) == n && mixes(n)
			}) {
				p.mixed(pkg, t, reach, sides)
			}
		})
	},
}

// side is one reactor with those who drive it.
type side struct {
	reactor string
	context bool
	cost    string
	drivers []engine.Driver
}

// drives gathers who drives what below a package, by reactor, without those that
// are made to live beside another.
func drives(found engine.Found, reach *cargo.Reach) []side {
	return sidesOf(found.DriversOf(reach.Nodes))
}

func sidesOf(drivers []engine.Driver) []side {
	var sides []side
	for _, d := range drivers {
		name := d.Reactor.Root()
		i := slices.IndexFunc(sides, func(s side) bool { return s.reactor == name })
		if d.Reactor.Beside {
			continue
		}
		if i < 0 {
			i = len(sides)
			sides = append(sides, side{reactor: name, context: d.Reactor.Context, cost: d.Reactor.Cost})
		}
		sides[i].drivers = append(sides[i].drivers, d)
	}
	return sides
}

// mixed reports the reactors of a package besides its main one: that which it
// starts itself, else drives itself, else which most of what it is built of drives.
func (p *pass) mixed(pkg *engine.Package, t *cargo.Tree, reach *cargo.Reach, sides []side) {
	runs := p.known(pkg).facts.starts
	first := func(a, b bool) int { // those of which it is true come first
		switch {
		case a == b:
			return 0
		case a:
			return -1
		}
		return 1
	}
	starts := func(s side) bool { return len(runs) == 1 && runs[0] == s.reactor }
	own := func(s side) bool { return s.drivers[0].Node == reach.Nodes[0] }
	slices.SortStableFunc(sides, func(a, b side) int {
		return cmp.Or(first(starts(a), starts(b)), first(own(a), own(b)), len(b.drivers)-len(a.drivers))
	})
	main := sides[0]
	for _, s := range sides[1:] {
		c, ok := p.chainTo(pkg, t, reach, s.drivers[0].Node)
		if !ok { // the package itself drives it
			if c, ok = p.ownChain(pkg, t, reach, s.drivers[0]); !ok {
				continue
			}
		}
		if !slices.ContainsFunc(p.offers(pkg, t, reach), func(o offer) bool { return o.nodes[1] == c.nodes[1] && o.wrong(main.reactor) }) || len(runs) != 1 {
			p.reportMixed(c, t, reach, main, s)
		}
	}
}

// ownChain is the way from a package to the reactor's crate that it depends on.
func (s *state) ownChain(pkg *engine.Package, t *cargo.Tree, reach *cargo.Reach, d engine.Driver) (chain, bool) {
	for _, e := range t.Nodes[d.Node].Edges {
		if t.Package(e.To).Name == d.Crate {
			if entry := s.graph().Entry(pkg, e.Dep); entry != nil {
				return chain{pkg: pkg, tree: t, nodes: []int{d.Node, e.To}, entry: entry}, true
			}
		}
	}
	return chain{}, false
}

func (p *pass) reportMixed(c chain, t *cargo.Tree, reach *cargo.Reach, main, other side) {
	d := c.at()
	d.Message = fmt.Sprintf("two reactors run in %s: %s and %s", c.pkg.Name, main.reactor, other.reactor)
	if c.nodes[0] != other.drivers[0].Node {
		d.Message += ", which comes in through " + c.entry.Name
	}
	d.Label = "drives " + other.reactor
	d.Notes = []string{p.driversNote(c.pkg, t, reach, main), p.driversNote(c.pkg, t, reach, other)}
	switch {
	case main.context && other.context:
		d.Notes = append(d.Notes, "I/O and timers of each panic where the other's runtime runs them")
	case main.context:
		d.Notes = append(d.Notes, fmt.Sprintf("%s works under %s, and costs %s", other.reactor, main.reactor, other.cost))
	case other.context:
		d.Notes = append(d.Notes, fmt.Sprintf("I/O and timers of %s panic outside of its runtime, such as under an executor of %s", other.reactor, main.reactor))
	}
	for _, b := range engine.BridgesIn(t, reach.Nodes) {
		if b.Gives == other.reactor || b.Gives == main.reactor {
			d.Severity = Information
			d.Notes = append(d.Notes, fmt.Sprintf("%s is there as a bridge: %s", b.Name, b.How))
		}
	}
	if runs := p.known(c.pkg).facts.starts; slices.Contains(runs, main.reactor) && slices.Contains(runs, other.reactor) {
		d.Severity = Information
		d.Notes = append(d.Notes, fmt.Sprintf("%s starts both itself: what needs one can be handed to its runtime", c.pkg.Name))
	}
	for _, driver := range other.drivers[1:] {
		also, ok := p.chainTo(c.pkg, t, reach, driver.Node)
		if r := (Related{c.pkg.File.Path, c.entry.NameSpan, "also drives " + other.reactor}); ok && also.entry != c.entry {
			r.Span = also.entry.NameSpan
			if !slices.Contains(d.Related, r) && len(d.Related) < maxRelated {
				d.Related = append(d.Related, r)
			}
		}
	}
	for _, o := range p.offers(c.pkg, t, reach) {
		if o.nodes[1] == c.nodes[1] && o.wrong(main.reactor) {
			if fix, ok := o.exchange(main.reactor, nil); ok {
				d.Fixes = append(d.Fixes, fix)
			}
		}
	}
	p.lowerUnlessComplete(&d)
	p.report(d)
}

// maxDrivers bounds how many drivers a note names.
const maxDrivers = 3

func (p *pass) driversNote(pkg *engine.Package, t *cargo.Tree, reach *cargo.Reach, s side) string {
	var names []string
	for _, d := range s.drivers[:min(len(s.drivers), maxDrivers)] {
		name := t.Package(d.Node).String()
		if c, ok := p.chainTo(pkg, t, reach, d.Node); ok {
			name = c.String()
		}
		if len(d.Asks) > 0 {
			name += " (" + strings.Join(d.Asks, ", ") + ")"
		}
		names = append(names, name)
	}
	if more := len(s.drivers) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return fmt.Sprintf("%s is driven by %s", s.reactor, strings.Join(names, "; "))
}
