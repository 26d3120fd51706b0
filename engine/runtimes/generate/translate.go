package main

import (
	"maps"
	"slices"
	"strings"

	"reactorls/engine/cfg"
)

// A translator says a gate that names features of several crates in the
// features of the one crate that a user asks for. Nodes are marked features,
// such as futures-util/std.
type translator struct {
	pkg    string
	own    *release
	always map[string]bool     // on whenever the crate is there
	turns  map[string][]string // per own feature, all it turns on, in all crates
}

// newTranslator knows the crates that pkg's gates may speak of.
func newTranslator(pkg string, crates map[string]*release) *translator {
	t := &translator{pkg: pkg, own: crates[pkg], always: map[string]bool{}, turns: map[string][]string{}}
	switches{crates, t.always}.crate(pkg)
	for f := range t.own.Features {
		s := switches{crates, map[string]bool{}}
		s.feature(pkg, f)
		t.turns[f] = slices.Sorted(maps.Keys(s.on))
	}
	return t
}

// switches finds all that follows when something is turned on.
type switches struct {
	crates map[string]*release
	on     map[string]bool // features and, as pkg/, crates
}

// crate turns on a crate, and with it what its dependency lines ask.
func (s switches) crate(pkg string) {
	if node := pkg + "/"; !s.on[node] {
		s.on[node] = true
		for _, d := range s.crates[pkg].Deps {
			if !d.Optional {
				s.dependency(d)
			}
		}
	}
}

// dependency turns on what a dependency line asks.
func (s switches) dependency(d dependency) {
	if s.crates[d.pkg()] == nil || d.Kind == "dev" {
		return
	}
	s.crate(d.pkg())
	if d.DefaultFeatures {
		s.feature(d.pkg(), "default")
	}
	for _, f := range d.Features {
		s.feature(d.pkg(), f)
	}
}

// feature turns on a feature of a crate.
func (s switches) feature(pkg, feature string) {
	node := pkg + "/" + feature
	if s.on[node] {
		return
	}
	s.on[node] = true
	r := s.crates[pkg]
	for _, x := range r.Features[feature] {
		name, of, foreign := strings.Cut(x, "/")
		name, isDep := strings.CutPrefix(name, "dep:")
		name, weak := strings.CutSuffix(name, "?")
		if _, own := r.Features[name]; own && !isDep && !weak {
			s.feature(pkg, name)
		}
		for _, d := range r.Deps {
			if d.Name != name || d.Kind == "dev" || s.crates[d.pkg()] == nil {
				continue
			}
			if isDep || foreign && !weak {
				s.dependency(d)
			}
			if foreign {
				s.feature(d.pkg(), of)
			}
		}
	}
}

// translate removes the marks: own features stay, a foreign one becomes those
// own features that turn it on.
func (t *translator) translate(e cfg.Expr) cfg.Expr {
	e = mapFeatures(e, func(node string) cfg.Expr {
		if f, own := strings.CutPrefix(node, t.pkg+"/"); own {
			if _, exists := t.own.Features[f]; !exists {
				return cfg.False
			}
			return cfg.Feature(f)
		}
		if t.always[node] {
			return cfg.True
		}
		var by []cfg.Expr
		for f, on := range t.turns {
			if slices.Contains(on, node) {
				by = append(by, cfg.Feature(f))
			}
		}
		return cfg.Or(by...)
	})
	return simplify(e, t.own.implied)
}
