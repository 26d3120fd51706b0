package engine

import (
	"slices"

	"reactorls/engine/cargo"
	"reactorls/engine/rust"
)

// named are the mentions by a path.
func named(c *crateSource) []rust.Site { return c.sites }

// calls are the methods of runtime crates that a crate calls, as far as the types
// of what they are called on can be told.
func (s *sources) calls(c *crateSource) []rust.Site {
	var sites []rust.Site
	for _, u := range c.crate.Units {
		for _, m := range u.Source.Methods {
			call, ok := u.Call(m)
			if !ok || call.Extern == "" || s.knowledge(call.Extern) == nil {
				continue
			}
			sites = append(sites, rust.Site{Extern: call.Extern, Path: call.Path, Unit: u, Span: m.Span, Kind: rust.PathRef, Cond: u.Cond(m.Cond), Unsure: !call.Sure})
		}
	}
	return sites
}

// Everywhere lists the needs of a part with each place that uses what a feature
// gates, method calls and imported names included.
func (u *Use) Everywhere(part *Part, sel Selection) []Need {
	all := Part{Needs: slices.Clone(part.Needs)}
	for i := range all.Needs {
		all.Needs[i].Places = slices.Clone(all.Needs[i].Places)
	}
	s := u.sources
	for _, a := range u.activations(sel) {
		normal, test := s.judge(&a.Activation, cargo.Host(), false), s.judge(&a.Activation, cargo.Host(), true)
		u.collect(normal, test, s.calls, func(p *Part, site rust.Site, clauses [][]string) {
			if p == part {
				all.must(clauses, u.place(site))
			}
		})
	}
	return all.Needs
}
