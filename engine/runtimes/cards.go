package runtimes

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"reactorls/engine/cfg"
	"reactorls/engine/semver"
)

// Card is one way to run async code and how it does what every runtime has to do.
// A crate may have several: Tokio is another runtime on one thread.
type Card struct {
	Name     string   `toml:"name"`
	Also     []string `toml:"also"`     // other names of it
	Crate    string   `toml:"crate"`    // the package
	Title    string   `toml:"title"`    // how it is shown
	Features []string `toml:"features"` // of the crate, that it needs
	Flavor   string   `toml:"flavor"`   // by which an attribute asks for it
	Since    string   `toml:"since"`    // the version of the crate that had it first, "" for all
	Read     string   `toml:"read"`     // the versions that the values are of, and the date
	Drives   string   `toml:"drives"`   // a reactor, "" for none that is known
	On       string   `toml:"on"`       // a cfg expression of the targets, "" for all with std
	Bare     string   `toml:"bare"`     // "yes" or "only": it runs without std
	// Parallel tells that tasks run on as many threads as the machine can run at
	// once, unless told otherwise; BlockingThreads bounds those for blocking work.
	Parallel        bool `toml:"parallel"`
	BlockingThreads int  `toml:"blocking_threads"` // 0: there is no pool, or its bound is not known

	Scheduler       Value `toml:"scheduler"`
	Reactor         Value `toml:"reactor"`
	Blocking        Value `toml:"blocking"` // where blocking work goes
	Workers         Value `toml:"workers"`  // how many by default
	Env             Value `toml:"env"`      // the variables that change that
	Stack           Value `toml:"stack"`    // what sets the size of stacks
	Local           Value `toml:"local"`    // where tasks that are not Send go
	NoStd           Value `toml:"no_std"`
	Instrumentation Value `toml:"instrumentation"`
	Fallback        Value `toml:"fallback"` // what else there is
}

// Value is a statement, made to be shown, and where it is from. Code in it stands
// between backquotes.
type Value struct {
	Is     string `toml:"is"`
	Source string `toml:"source"`
	Date   string `toml:"date"` // that of the card, where nothing is said
}

var cards = sync.OnceValue(func() []*Card {
	var file struct {
		Card []*Card `toml:"card"`
	}
	mustDecode("cards.toml", &file)
	for _, c := range file.Card {
		c.Title = cmp.Or(c.Title, c.Name)
		date := c.Read[strings.LastIndex(c.Read, " ")+1:]
		for _, v := range c.values() {
			v.Date = cmp.Or(v.Date, date)
		}
	}
	return file.Card
})

// Cards lists all cards, in the order of the data.
func Cards() []*Card { return cards() }

// CardsOf lists the cards of a crate.
func CardsOf(crate string) []*Card {
	var of []*Card
	for _, c := range cards() {
		if c.Crate == crate {
			of = append(of, c)
		}
	}
	return of
}

// FindCard finds a card by one of its names; nil when there is none.
func FindCard(name string) *Card {
	for _, c := range cards() {
		if strings.EqualFold(c.Name, name) || slices.ContainsFunc(c.Also, func(a string) bool { return strings.EqualFold(a, name) }) {
			return c
		}
	}
	return nil
}

// CardNames lists the names that FindCard knows, sorted.
func CardNames() []string {
	var names []string
	for _, c := range cards() {
		names = append(append(names, c.Name), c.Also...)
	}
	slices.Sort(names)
	return names
}

func (c *Card) values() []*Value {
	return []*Value{
		&c.Scheduler, &c.Reactor, &c.Blocking, &c.Workers, &c.Env, &c.Stack, &c.Local, &c.NoStd, &c.Instrumentation, &c.Fallback,
	}
}

// Known is what is known of the card's crate: its releases and how it is kept.
func (c *Card) Known() *Runtime { return Known(c.Crate) }

// Status gives how the newest version of the crate is kept, if not as usual.
func (c *Card) Status() (Status, bool) {
	known := c.Known()
	v, err := semver.Parse(cmp.Or(known.Latest, known.Prerelease))
	if err != nil {
		return Status{}, false
	}
	return known.Status(v)
}

// Fit is what a package asks of whatever runs it.
type Fit struct {
	// Target judges cfg atoms that the target decides; nil when any will do.
	Target cfg.Env
	Bare   bool // there is no standard library
	// Drives are the reactors that other crates in its program drive, whatever it
	// picks itself.
	Drives []string
	Rust   string // the oldest Rust version that it is to be built with, "" for any
}

// Fits reports whether the card's runtime could run such a package.
func (c *Card) Fits(f Fit) bool {
	if f.Bare && c.Bare == "" || !f.Bare && c.Bare == "only" {
		return false
	}
	if on, err := cfg.Parse(c.On); c.On != "" && f.Target != nil && (err != nil || on.Eval(f.Target) == cfg.No) {
		return false
	}
	for _, name := range f.Drives {
		if driven := FindReactor(name); driven != nil && driven.Context && !driven.Beside && !c.gives(driven) {
			return false
		}
	}
	return !newerRust(c.Known().Rust, f.Rust)
}

// gives reports whether what the reactor drives has its context under the card's
// runtime.
func (c *Card) gives(driven *Reactor) bool {
	own := FindReactor(c.Drives)
	return own != nil && (own.Name == driven.Name || own.Root() == driven.Root())
}

// newerRust reports whether one Rust version, 1.85 or 1.85.0, is newer than another.
func newerRust(a, b string) bool {
	parse := func(s string) (semver.Version, error) {
		return semver.Parse(s + strings.Repeat(".0", max(0, 2-strings.Count(s, "."))))
	}
	va, errA := parse(a)
	vb, errB := parse(b)
	return errA == nil && errB == nil && va.Compare(vb) > 0
}

// Alternatives lists other cards that fit, at most so many: of other crates of the
// same kind first, in the order of the data, then other ways of the same crate. What
// is no longer kept, and what is made to live beside another, is left out.
func (c *Card) Alternatives(f Fit, most int) []*Card {
	beside := func(c *Card) bool { r := FindReactor(c.Drives); return r != nil && r.Beside }
	browser := f.Target != nil && f.Target(cfg.Expr{Name: "target_family", Value: "wasm", Valued: true}) == cfg.Yes
	var own, others []*Card
	for _, o := range cards() {
		if o == c || o.Known().Kind != c.Known().Kind || !o.Fits(f) {
			continue
		}
		if _, kept := o.Status(); kept || beside(o) && !(beside(c) || f.Bare || browser) {
			continue
		}
		if o.Crate == c.Crate {
			own = append(own, o)
		} else {
			others = append(others, o)
		}
	}
	left := max(0, most-min(1, len(own))) // one place for another way of the same crate
	first := others[:min(len(others), left)]
	return slices.Concat(first, own[:min(len(own), most-len(first))])
}
