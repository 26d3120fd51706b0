package engine

import (
	"maps"
	"slices"
	"strings"

	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/rust"
)

// Waste is a declared feature that the normal code of a package does not need,
// or, for one that stands for several such as full, of which it needs a part.
type Waste struct {
	Feature cargo.Text
	// Unused are the features concerned that nothing needs here, DevOnly those
	// that tests, examples and benches alone need and do not ask for themselves.
	Unused, DevOnly []string
	// Group tells that the feature gates nothing itself and stands for others.
	Group bool
}

// Verdict is what is to be said of one list of features.
type Verdict struct {
	Wastes []Waste
	// Keep is the list without waste; Move is what belongs to the development
	// dependencies instead.
	Keep, Move []string
}

// OnlyDev tells that test-level code needs what is wasted here, and nothing is
// unused.
func (w Waste) OnlyDev() bool {
	if w.Group {
		return len(w.Unused) == 0
	}
	return slices.Contains(w.DevOnly, w.Feature.Value)
}

// Judge compares a list of features with what code may need. base is what is
// asked besides the list. dev is the part that only tests build, nil where it is
// no matter.
func (u *Use) Judge(list []cargo.Text, base []string, needed func(feature string) bool, dev *Part) Verdict {
	var v Verdict
	var extra, move, devHas []string
	if dev != nil {
		devHas = u.Know.Closure(dev.Declared()...)
	}
	for _, f := range list {
		w := Waste{Feature: f, Group: !u.Know.Gates(f.Value)}
		if !u.Know.Has(f.Value) || u.Know.Gateless(f.Value) || !w.Group && needed(f.Value) {
			v.Keep = append(v.Keep, f.Value)
			continue
		}
		var used []string
		for _, g := range u.Know.Closure(f.Value) {
			switch {
			case !u.Know.Gates(g):
			case g == f.Value && !u.Know.GatesItems(g) && len(u.Know.Closure(g)) > 1:
				// It is asked for what it turns on.
			case needed(g):
				used = append(used, g)
			case dev != nil && u.May(dev, g) && !slices.Contains(devHas, g):
				w.DevOnly = append(w.DevOnly, g)
			default:
				w.Unused = append(w.Unused, g)
			}
		}
		if len(w.Unused)+len(w.DevOnly) == 0 {
			v.Keep = append(v.Keep, f.Value)
			continue
		}
		v.Wastes = append(v.Wastes, w)
		extra = append(extra, used...)
		move = append(move, w.DevOnly...)
	}
	have := u.Know.Closure(slices.Concat(v.Keep, base)...)
	extra = slices.DeleteFunc(extra, func(f string) bool { return slices.Contains(have, f) })
	v.Keep = append(v.Keep, u.Know.Reduce(extra...)...)
	v.Move = u.Know.Reduce(move...)
	return v
}

// JudgeEntry judges what one entry itself asks, without what it inherits.
// Features that keep names count as needed.
func (u *Use) JudgeEntry(e *Dependency, keep func(feature string) bool) Verdict {
	part := u.PartOf(e)
	var dev *Part
	var normal []string // what tests have anyway, of what normal code needs
	switch part {
	case &u.Normal:
		dev = &u.Dev
	case &u.Dev:
		normal = u.asked(u.Package.Manifest.Activate(), nil, &u.Normal)
	}
	needed := func(f string) bool {
		return u.May(part, f) || keep(f) || part == &u.Dev && u.May(&u.Normal, f) && !slices.Contains(normal, f)
	}
	return u.Judge(e.Dependency.Features, e.Base(), needed, dev)
}

// PartOf is the part of the package's code that an entry serves.
func (u *Use) PartOf(e *Dependency) *Part {
	switch e.Kind {
	case cargo.Dev:
		return &u.Dev
	case cargo.Build:
		return &u.Build
	}
	return &u.Normal
}

// Missing is a feature that code must have and the package does not ask for, so
// that it builds only when something else asks.
type Missing struct {
	Feature string
	// Any are the features of which any one would do; Feature is the first.
	Any    []string
	Dev    bool // only test-level code needs it
	Build  bool // the build script needs it
	Places []Place
	// With are the package's features that have to be on for it to be missing,
	// NoDefault tells that the default ones need not be.
	With      []string
	NoDefault bool
	// On is the target for which it is missing, "" when the host's will do.
	On string
}

// MissingUnder lists what is missing under a selection, on the host.
func (u *Use) MissingUnder(sel Selection) []Missing {
	src := u.src()
	src.triesMu.Lock()
	defer src.triesMu.Unlock()
	var all []Missing
	for _, a := range u.activations(sel) {
		all = u.missing(all, a, cargo.Host(), Missing{}, func(Missing) bool { return true })
	}
	sortMissing(all)
	return all
}

// MissingAnywhere lists what is missing under the default features, and else
// under some other features or on another target.
//
// Which builds to try is read off the conditions in the source: for each of
// them the smallest selection of features under which it can hold. Whatever such
// a build shows is true of it, so a build that is not tried costs a finding and
// never makes a false one.
func (u *Use) MissingAnywhere() []Missing { return u.anywhere() }

func (u *Use) missingAnywhere() []Missing {
	src := u.src()
	src.triesMu.Lock()
	defer src.triesMu.Unlock()
	if u.Package.Broken() || u.asksUnknown() {
		return nil
	}
	var all []Missing
	host := cargo.Host()
	for _, platform := range u.platforms() {
		for i, names := range u.selections() {
			try := func(sel Selection, wanted func(Missing) bool) {
				for _, a := range u.activations(sel) {
					if !u.mayLack(a, platform) || i > 0 && !src.valid(src.try(&a.Activation, platform, false)) {
						continue
					}
					like := Missing{With: a.with, NoDefault: sel.NoDefault}
					if platform != host {
						like.On = platform.Triple
					}
					all = u.missing(all, a, platform, like, wanted)
				}
			}
			if i == 0 {
				try(Selection{}, func(Missing) bool { return true })
				continue
			}
			// Others build the package with as little as they can, but its tests are run
			// with the default features at least.
			try(Selection{Features: names, NoDefault: true}, func(m Missing) bool { return !m.Dev })
			if len(names) > 0 {
				try(Selection{Features: names}, func(m Missing) bool { return m.Dev })
			}
		}
	}
	sortMissing(all)
	return all
}

// asksUnknown reports whether the package asks for features that are not known:
// of a newer version, where they may turn on anything, or mistyped.
func (u *Use) asksUnknown() bool {
	return slices.ContainsFunc(u.declared(), func(f string) bool { return !u.Know.Has(f) })
}

func sortMissing(all []Missing) {
	slices.SortStableFunc(all, func(a, b Missing) int { return strings.Compare(a.Feature, b.Feature) })
}

// platforms are the targets to try: the host, and where the source or the
// manifest tells targets apart, one of each common kind.
func (u *Use) platforms() []*cargo.Platform {
	ps := []*cargo.Platform{cargo.Host()}
	apart := slices.ContainsFunc(u.Package.Dependencies, func(d *Dependency) bool { return d.Target != "" })
	u.conditions(func(e cfg.Expr) {
		e.Atoms(func(a cfg.Expr, _ bool) { apart = apart || cargo.Decides(a) })
	})
	if !apart {
		return ps
	}
	for _, triple := range []string{"x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"} {
		if p := cargo.PlatformOf(triple); p.Triple != ps[0].Triple {
			ps = append(ps, p)
		}
	}
	return ps
}

// conditions goes through the cfg expressions that mentions of the crate stand
// under.
func (u *Use) conditions(f func(cfg.Expr)) {
	src := u.src()
	seen := map[rust.CondID]bool{}
	for _, c := range src.crates {
		for _, site := range c.sites {
			if site.Extern == u.Import() && !seen[site.Cond] {
				seen[site.Cond] = true
				src.rust.Exprs(site.Cond, f)
			}
		}
	}
}

// maxSelections bounds how many selections of features are tried.
const maxSelections = 100

// selections are the sets of features to try: first the default ones, then
// none, then what each condition in the source names.
func (u *Use) selections() [][]string {
	src := u.src()
	m := u.Package.Manifest
	if len(m.FeatureNames()) == 0 {
		return [][]string{nil}
	}
	sets := [][]string{nil, nil}
	known := m.FeatureNames()
	seen := map[rust.CondID]bool{}
	for _, c := range src.crates {
		for _, site := range c.sites {
			if site.Extern != u.Import() || seen[site.Cond] {
				continue
			}
			seen[site.Cond] = true
			var together []string
			src.rust.Exprs(site.Cond, func(e cfg.Expr) {
				e.Atoms(func(a cfg.Expr, negated bool) {
					if a.Name == "feature" && !negated && slices.Contains(known, a.Value) && !slices.Contains(together, a.Value) {
						together = append(together, a.Value)
					}
				})
			})
			slices.Sort(together)
			sets = appendSet(sets, together)
			for _, one := range together {
				sets = appendSet(sets, []string{one})
			}
		}
	}
	return sets[:min(len(sets), maxSelections)]
}

func appendSet(sets [][]string, set []string) [][]string {
	if len(set) == 0 || slices.ContainsFunc(sets, func(s []string) bool { return slices.Equal(s, set) }) {
		return sets
	}
	return append(sets, set)
}

// mayLack reports whether any mention, compiled in the build or not, needs what the package
// does not ask for in it. In most builds none does. triesMu must be held.
func (u *Use) mayLack(a *activation, platform *cargo.Platform) bool {
	return slices.Contains(u.lacking(u.demand(a, platform), platform), true)
}

// lacking tells by needy.group what some part does not ask for.
func (u *Use) lacking(demand demand, platform *cargo.Platform) []bool {
	src := u.src()
	needs := u.needs(src, platform)
	for i := range src.crates {
		if c := &src.crates[i]; !c.pretended() {
			needs.of(c)
		}
	}
	lacks := make([]bool, len(needs.groups))
	for i, clauses := range needs.groups {
		for _, asked := range demand {
			lacks[i] = lacks[i] || asked != nil && slices.ContainsFunc(clauses, func(clause []string) bool { return !meets(asked, clause) })
		}
	}
	return lacks
}

// meets reports whether one of the features of a clause is asked for.
func meets(asked, clause []string) bool {
	return slices.ContainsFunc(clause, func(f string) bool { return slices.Contains(asked, f) })
}

// missing adds what is missing in one build, and wanted, to what is known to be;
// like says which build it is. triesMu must be held.
func (u *Use) missing(all []Missing, a *activation, platform *cargo.Platform, like Missing, wanted func(Missing) bool) []Missing {
	src := u.src()
	normal, test := src.try(&a.Activation, platform, false), src.try(&a.Activation, platform, true)
	demand := u.demand(a, platform)
	lacking := u.lacking(demand, platform)
	needing := func(c *crateSource) []needy {
		return slices.DeleteFunc(slices.Clone(u.needs(src, platform).of(c)), func(n needy) bool { return !lacking[n.group] })
	}
	first := len(all)
	u.collect(normal, test, needing, func(part *Part, n needy) {
		parts := u.parts()
		asked := demand[slices.Index(parts[:], part)]
		if asked == nil {
			return
		}
		for _, clause := range n.clauses {
			if meets(asked, clause) {
				continue
			}
			m := like
			m.Feature, m.Any, m.Dev, m.Build = clause[0], clause, part == &u.Dev, part == &u.Build
			i := slices.IndexFunc(all, func(o Missing) bool { return slices.Equal(o.Any, m.Any) && o.Dev == m.Dev && o.Build == m.Build })
			switch {
			case !wanted(m):
				continue
			case i < 0:
				i = len(all)
				all = append(all, m)
			case i < first:
				continue // known from an earlier build
			}
			if p := u.place(*n.site); !slices.Contains(all[i].Places, p) {
				all[i].Places = append(all[i].Places, p)
			}
		}
	})
	var kept []Missing
	for i, m := range all {
		if i >= first && slices.ContainsFunc(all, func(o Missing) bool { return u.covers(o, m) }) {
			continue
		}
		kept = append(kept, m)
	}
	all = kept
	for i := range all {
		slices.SortStableFunc(all[i].Places, ComparePlaces)
	}
	return all
}

// covers reports whether asking for what o misses also mends m: o turns it on, or
// is the same in normal code, on which tests build.
func (u *Use) covers(o, m Missing) bool {
	if o.Build != m.Build || o.Dev && !m.Dev {
		return false
	}
	switch {
	case slices.Equal(o.Any, m.Any):
		return m.Dev && !o.Dev
	case len(o.Any) > 1:
		return false
	case len(m.Any) > 1:
		return slices.ContainsFunc(u.Know.Closure(o.Feature), func(f string) bool { return slices.Contains(m.Any, f) })
	}
	return slices.Contains(u.Know.Closure(o.Feature), m.Feature) && !slices.Contains(u.Know.Closure(m.Feature), o.Feature)
}

// Tally counts the features that gate something and that an entry turns on in the
// crate, and those of them that the code it serves may need.
func (u *Use) Tally(e *Dependency) (used, on int) {
	part := u.PartOf(e)
	for _, f := range u.Know.Closure(e.Asked()...) {
		if !u.Know.Gates(f) {
			continue
		}
		on++
		if u.May(part, f) || part == &u.Normal && u.May(&u.Dev, f) || part == &u.Dev && u.May(&u.Normal, f) {
			used++
		}
	}
	return used, on
}

// UnusedFeatures lists, sorted, the features that the entries of normal code ask
// themselves and nothing needs, and those that only test-level code needs. A
// feature that stands for several is given as those.
func (u *Use) UnusedFeatures() (unused, devOnly []string) {
	un, dev := map[string]bool{}, map[string]bool{}
	for _, e := range u.Normal.Entries {
		for _, w := range u.JudgeEntry(e, func(string) bool { return false }).Wastes {
			for _, f := range w.own() {
				switch {
				case slices.Contains(w.DevOnly, f):
					dev[f] = true
				default:
					un[f] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(un)), slices.Sorted(maps.Keys(dev))
}

// own are the features that a waste speaks of: the one that is written, or, where
// it stands for several, those of them that are not needed.
func (w Waste) own() []string {
	if !w.Group {
		return []string{w.Feature.Value}
	}
	return slices.Concat(w.Unused, w.DevOnly)
}
