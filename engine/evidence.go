package engine

import (
	"slices"

	"reactorls/engine/cargo"
	"reactorls/engine/rust"
)

// sites are the mentions of a crate that may ask something new: those by a path, and
// calls of methods that ask more than their types do.
func (u *Use) sites(c *crateSource) [][]rust.Site { return [][]rust.Site{c.sites, c.asking[u.Name]} }

// readAsking finds the methods that ask more than their types do. They are few, so that
// few functions need to be read for them.
func (u *Use) readAsking(s *sources) {
	for i := range s.crates {
		c := &s.crates[i]
		if c.pretended() {
			continue
		}
		c.asking[u.Name] = c.callsOf(func(name string) bool { return len(u.Know.MethodNeeds(name)) > 0 })
	}
}

// further are, for each crate, the mentions by a name that a use declaration brought,
// and the method calls. They take as long to find as all the rest.
func (s *sources) further(c *crateSource) []rust.Site {
	s.furtherOnce.Do(func() {
		s.furthers = map[*rust.Crate][]rust.Site{}
		for i := range s.crates {
			c := &s.crates[i]
			if c.pretended() {
				continue
			}
			for _, u := range c.crate.Units {
				for _, site := range u.ImportedSites() {
					if s.knowledge(site.Extern) != nil {
						s.furthers[c.crate] = append(s.furthers[c.crate], site)
					}
				}
			}
			s.furthers[c.crate] = append(s.furthers[c.crate], s.calls(c)...)
		}
	})
	return s.furthers[c.crate]
}

// calls are the methods and fields of runtime crates' types that a crate names, as
// far as the types of what they are called on can be told.
func (s *sources) calls(c *crateSource) []rust.Site {
	var sites []rust.Site
	for _, f := range c.crate.Fns() {
		for _, site := range f.CallSites() {
			if s.knowledge(site.Extern) != nil {
				sites = append(sites, site)
			}
		}
	}
	return sites
}

// Everywhere lists the needs of a part with each place that uses what a feature
// gates, method calls and imported names included.
func (u *Use) Everywhere(part *Part) []Need {
	all := Part{Needs: slices.Clone(part.Needs)}
	for i := range all.Needs {
		all.Needs[i].Places = slices.Clone(all.Needs[i].Places)
	}
	s := u.src()
	for _, a := range u.activations(u.judged) {
		normal, test := s.judge(&a.Activation, cargo.Host(), false), s.judge(&a.Activation, cargo.Host(), true)
		further := func(c *crateSource) []needy { return u.newNeeds(cargo.Host()).among([][]rust.Site{s.further(c)}) }
		u.collect(normal, test, further, func(p *Part, n needy) {
			if p == part {
				all.must(n.clauses, u.place(*n.site))
			}
		})
	}
	for i := range all.Needs {
		slices.SortStableFunc(all.Needs[i].Places, ComparePlaces)
	}
	return all.Needs
}
