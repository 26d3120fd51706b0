package engine

import (
	"fmt"
	"slices"
	"strings"

	"reactorls/engine/cargo"
)

// Selection is which features of a package are built, as cargo's flags say it.
type Selection struct {
	Features  []string
	NoDefault bool
	All       bool
}

// activate is what a selection turns on in the package. It is asked for the same few by each
// dependency.
func (p *Package) activate(sel Selection) cargo.Activation {
	names := slices.Clone(sel.Features)
	if !sel.NoDefault {
		names = append(names, "default")
	}
	if sel.All {
		names = append(names, p.Manifest.FeatureNames()...)
	}
	type activating struct{ names string }
	return WorkedOut(p.worked, activating{strings.Join(names, ",")}, func() cargo.Activation { return p.Manifest.Activate(names...) })
}

// activation is a selection of features that builds a dependency.
type activation struct {
	cargo.Activation
	// with are the features that are selected beside the default ones.
	with   []string
	worked Worked
}

// activations are the selections to judge under: the given one, or, when that
// leaves the dependency out, the given one with each feature that brings it in.
func (u *Use) activations(sel Selection) []*activation {
	type activations struct{ use, selection string }
	return WorkedOut(u.Package.worked, activations{u.Name, fmt.Sprint(sel)}, func() []*activation {
		a := u.Package.activate(sel)
		if u.active(a) {
			return []*activation{{Activation: a, with: sel.Features}}
		}
		var as []*activation
		for _, f := range u.Package.Manifest.FeatureNames() {
			with := sel
			with.Features = append(slices.Clone(sel.Features), f)
			if b := u.Package.activate(with); u.active(b) {
				as = append(as, &activation{Activation: b, with: with.Features})
			}
		}
		return as
	})
}

// active reports whether a selection of features builds the dependency.
func (u *Use) active(a cargo.Activation) bool {
	for _, e := range slices.Concat(u.Normal.Entries, u.Dev.Entries, u.Build.Entries) {
		if !e.Optional || a.Dependencies[u.Name] {
			return true
		}
	}
	return false
}

// asked is what the package's own entries ask of the crate in a build, with all
// that it turns on; without a platform, what they ask on all.
func (u *Use) asked(a cargo.Activation, platform *cargo.Platform, parts ...*Part) []string {
	var features []string
	for _, part := range parts {
		for _, e := range part.Entries {
			if e.Optional && !a.Dependencies[u.Name] || e.Target != "" && (platform == nil || !platform.Applies(e.Target)) {
				continue
			}
			features = append(features, e.Features...)
			if e.DefaultFeatures {
				features = append(features, "default")
			}
		}
	}
	for f := range a.Forwards[u.Name] {
		features = append(features, f)
	}
	return u.Know.Closure(features...)
}

// there reports whether the part has the dependency at all in a build. Code that
// names it nevertheless is another mistake, which the compiler tells.
func (u *Use) there(part *Part, a cargo.Activation, platform *cargo.Platform) bool {
	parts := []*Part{part}
	if part == &u.Dev {
		parts = append(parts, &u.Normal)
	}
	for _, p := range parts {
		for _, e := range p.Entries {
			if (!e.Optional || a.Dependencies[u.Name]) && platform.Applies(e.Target) {
				return true
			}
		}
	}
	return false
}

// parts are those of the package's code that entries serve.
func (u *Use) parts() [3]*Part { return [3]*Part{&u.Normal, &u.Dev, &u.Build} }

// demand is what a package asks of a crate in a build, by the place in Use.parts; nil for
// one that does not have the dependency there.
type demand [3][]string

// demand is kept: a build is looked at for each change of the code. The platform is one that
// its triple alone tells.
func (u *Use) demand(a *activation, platform *cargo.Platform) demand {
	type on struct{ version, triple string }
	return WorkedOut(&a.worked, on{u.Version, platform.Triple}, func() demand {
		var all demand
		for i, with := range [3][]*Part{{&u.Normal}, {&u.Normal, &u.Dev}, {&u.Build}} {
			if u.there(u.parts()[i], a.Activation, platform) {
				all[i] = append([]string{}, u.asked(a.Activation, platform, with...)...)
			}
		}
		return all
	})
}
