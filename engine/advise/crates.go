package advise

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
)

// Fitness is how an async crate goes with a runtime.
type Fitness string

// How crates go with runtimes.
const (
	Works     Fitness = "works"
	Feature   Fitness = "needs a feature"
	Bridge    Fitness = "needs a bridge"
	Conflicts Fitness = "conflicts"
	Unknown   Fitness = "unknown"
)

// Compatibility is what is known of one crate under a runtime.
type Compatibility struct {
	Crate string
	Fit   Fitness
	How   Statement
}

// need is what is known of the reactors that a crate drives.
type need struct {
	drives []string
	choice *runtimes.Choice // it lets one choose
	std    bool             // it needs the standard library
	beside []string         // platforms on which it drives nothing
	source string           // "" where nothing is known
}

// needOf looks a crate up: first what the project shows, then what is known of crates
// that give a choice, then of those that give none.
func (c Case) needOf(name string) need {
	shown, inProject := c.Crates[name]
	fixed, known := fixedCrates()[name]
	n := need{std: !known || fixed.Std == nil || *fixed.Std, beside: fixed.Beside}
	if n.choice = runtimes.NewestChoice(name); n.choice != nil {
		n.source = "choices.toml: the manifest of " + name + " " + n.choice.Versions
	}
	if v, err := semver.Parse(shown.Version); err == nil {
		n.choice = cmp.Or(runtimes.FindChoice(name, v), n.choice)
	}
	switch {
	case inProject && shown.Drives != nil:
		n.drives, n.source = shown.Drives, "the project's Cargo.lock and Cargo.toml"
	case n.choice != nil && inProject:
		n.drives = picked(n.choice, shown.Features)
	case known:
		n.drives, n.source = fixed.Drives, fixed.Source
	}
	return n
}

// picked are the reactors that the features asked pick.
func picked(choice *runtimes.Choice, features []string) []string {
	var drives []string
	for _, f := range features {
		for _, d := range choice.Features[f].Drives {
			if !slices.Contains(drives, d) {
				drives = append(drives, d)
			}
		}
	}
	return drives
}

// gives reports whether what a reactor drives works under the candidate: it needs no
// context, or finds its own.
func (c *Candidate) gives(reactor string) bool {
	driven := runtimes.FindReactor(reactor)
	if driven == nil || !driven.Context {
		return c.Bare != "only"
	}
	own := runtimes.FindReactor(c.card.Drives)
	return own != nil && (own.Name == driven.Name || own.Root() == driven.Root())
}

// compatibility judges one crate under a candidate.
func (c Case) compatibility(name string, candidate *Candidate) Compatibility {
	n := c.needOf(name)
	if n.source == "" {
		n.source = "neither the project nor crates.toml and choices.toml tell"
		return n.says(name, Unknown, "it is not known which reactor it drives")
	}
	says := func(fit Fitness, format string, args ...any) Compatibility { return n.says(name, fit, format, args...) }
	platform := c.Answers.answer("platform")
	if c.Answers.bare() && n.std {
		return says(Conflicts, "it needs the standard library")
	}
	if slices.Contains(n.beside, platform) {
		return says(Works, "it has another way on this platform")
	}
	missing := slices.DeleteFunc(slices.Clone(n.drives), candidate.gives)
	if len(missing) == 0 && (n.choice == nil || len(n.drives) > 0) {
		if len(n.drives) == 0 {
			return says(Works, "it drives no reactor")
		}
		return says(Works, "it drives %s", strings.Join(n.drives, " and "))
	}
	if n.choice != nil {
		if f := featureFor(n.choice, candidate); f != "" {
			return says(Feature, "feature `%s`", f)
		}
		if len(n.drives) == 0 { // nothing is picked yet
			missing = offered(n.choice)
		}
	}
	return c.bridged(name, n, missing, candidate)
}

// says makes a statement of a crate, with what is known of it as its source.
func (n need) says(name string, fit Fitness, format string, args ...any) Compatibility {
	return Compatibility{name, fit, stated(fmt.Sprintf(format, args...), n.source)}
}

// bridged judges a crate that drives what the candidate does not give.
func (c Case) bridged(name string, n need, missing []string, candidate *Candidate) Compatibility {
	says := func(fit Fitness, format string, args ...any) Compatibility { return n.says(name, fit, format, args...) }
	besideAll := !slices.ContainsFunc(missing, func(r string) bool { k := runtimes.FindReactor(r); return k == nil || !k.Beside })
	runs := strings.Join(missing, " and ")
	switch {
	case besideAll:
		return says(Bridge, "it drives %s, whose own loop has to run beside", runs)
	case !candidate.runsFutures():
		return says(Conflicts, "it drives %s, and nothing here runs its futures", runs)
	case candidate.Hosts && findPlatform(c.Answers.answer("platform")).Threads:
		return says(Bridge, "it drives %s: a runtime for it on a thread of its own", runs)
	}
	for _, b := range runtimes.Bridges() {
		if slices.Equal(missing, []string{b.Gives}) && b.Feature == "" && candidate.Bare == "" {
			n.source = b.Source
			return says(Bridge, "it drives %s; `%s` gives it: %s", runs, b.Name, b.How)
		}
	}
	return says(Conflicts, "it drives %s, which panics here", runs)
}

// featureFor finds the feature of a crate that goes with a candidate; "" when it has
// none.
func featureFor(choice *runtimes.Choice, candidate *Candidate) string {
	wanted := []string{}
	if own := runtimes.FindReactor(candidate.card.Drives); own != nil {
		wanted = append(wanted, own.Name, own.Root())
	}
	for _, r := range runtimes.Reactors() {
		if !r.Context && candidate.gives(r.Name) {
			wanted = append(wanted, r.Name)
		}
	}
	for _, reactor := range wanted {
		if f := plainest(choice, reactor); f != "" {
			return f
		}
	}
	return ""
}

// plainest finds the shortest feature that picks a reactor alone and brings in nothing
// that is no longer kept, best one that is called like the reactor or its runtime; ""
// when there is none.
func plainest(choice *runtimes.Choice, reactor string) string {
	best, bestRank := "", 0
	for name, p := range choice.Features {
		if !slices.Equal(p.Drives, []string{reactor}) || len(p.Gone) > 0 || name == "default" {
			continue
		}
		rank := len(name)
		if !strings.Contains(name, reactor) && !strings.Contains(name, "smol") {
			rank += maxFeature
		}
		if best == "" || rank < bestRank || rank == bestRank && name < best {
			best, bestRank = name, rank
		}
	}
	return best
}

// maxFeature is longer than any feature's name.
const maxFeature = 100

// offered lists the reactors that a crate lets one choose from.
func offered(choice *runtimes.Choice) []string {
	var all []string
	for _, p := range choice.Features {
		for _, r := range p.Drives {
			if !slices.Contains(all, r) {
				all = append(all, r)
			}
		}
	}
	slices.Sort(all)
	return all
}

// otherReactor tells that a crate drives a reactor that the candidate does not give,
// with no feature to change that and no room for it beside. A crate of which nothing
// is known excludes nobody.
func (c Case) otherReactor(candidate *Candidate) (Reason, bool) {
	for _, name := range c.Answers["crates"] {
		if name == FindQuestion("crates").Unconstrained {
			continue
		}
		fit := c.compatibility(name, candidate)
		besideOnly := fit.Fit == Bridge && (candidate.Hosts || c.drivesBesideAlone(name))
		if fit.Fit == Conflicts || fit.Fit == Bridge && !besideOnly {
			r := Reason{Statement: fit.How, Questions: []string{"crates"}}
			r.Is = fmt.Sprintf("`%s`: %s", name, fit.How.Is)
			return r, true
		}
	}
	return Reason{}, false
}

// drivesBesideAlone reports whether a crate drives only reactors that are made to live
// beside another.
func (c Case) drivesBesideAlone(name string) bool {
	return !slices.ContainsFunc(c.needOf(name).drives, func(r string) bool {
		k := runtimes.FindReactor(r)
		return k == nil || k.Context && !k.Beside
	})
}
