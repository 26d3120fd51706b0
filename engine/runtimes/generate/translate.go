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
	for _, r := range crates {
		for _, d := range r.Deps {
			if crates[d.pkg()] == nil || d.Kind == "dev" {
				continue
			}
			asked := d.Features
			if d.DefaultFeatures {
				asked = append([]string{"default"}, asked...)
			}
			for _, f := range asked {
				turnOn(d.pkg(), f, crates, t.always)
			}
		}
	}
	for f := range t.own.Features {
		on := map[string]bool{}
		turnOn(pkg, f, crates, on)
		t.turns[f] = slices.Sorted(maps.Keys(on))
	}
	return t
}

// turnOn adds the crate's feature and all that follows from it.
func turnOn(pkg, feature string, crates map[string]*release, on map[string]bool) {
	node := pkg + "/" + feature
	if on[node] {
		return
	}
	on[node] = true
	r := crates[pkg]
	for _, x := range r.Features[feature] {
		name, of, foreign := strings.Cut(x, "/")
		if _, own := r.Features[name]; own {
			turnOn(pkg, name, crates, on)
		}
		if !foreign {
			continue
		}
		name = strings.TrimSuffix(name, "?")
		for _, d := range r.Deps {
			if d.Name == name && d.Kind != "dev" && crates[d.pkg()] != nil {
				turnOn(d.pkg(), of, crates, on)
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
