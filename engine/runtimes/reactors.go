package runtimes

import (
	"cmp"
	"slices"
	"sync"

	"reactorls/engine/semver"
)

// Reactor is what waits for the operating system and wakes tasks.
type Reactor struct {
	Name  string `toml:"name"`
	About string `toml:"about"`
	// Context tells that its I/O and timers panic outside of its own runtime.
	Context bool `toml:"context"`
	// On is the reactor that it stands on and whose context it gives too.
	On string `toml:"on"`
	// Beside tells that it is made to live beside another.
	Beside bool   `toml:"beside"`
	Cost   string `toml:"cost"` // of having it besides another
	Source string `toml:"source"`

	Crates []ReactorCrate `toml:"crate"`
}

// ReactorCrate is a crate of a reactor's family: who depends on it, and asks one
// of the features where there are any, drives the reactor.
type ReactorCrate struct {
	Name     string   `toml:"name"`
	Versions string   `toml:"versions"` // a requirement; "" is all
	Features []string `toml:"features"`
	// Starts are the paths of what starts the runtime: an attribute, a function,
	// or a type whose methods do.
	Starts []string `toml:"starts"`
}

// Bridge is a crate that brings the context of a reactor to code which another
// executor runs.
type Bridge struct {
	Name    string `toml:"name"`
	Feature string `toml:"feature"` // that has to be on, "" for none
	Gives   string `toml:"gives"`   // a reactor
	How     string `toml:"how"`
	// Wraps is the function that gives a future the context, Least the version from
	// which that holds, where it is no feature that does.
	Wraps  []string `toml:"wraps"`
	Least  string   `toml:"least"`
	Source string   `toml:"source"`
}

type reactorsFile struct {
	Reactors []Reactor `toml:"reactor"`
	Bridges  []Bridge  `toml:"bridge"`
}

var reactors = sync.OnceValue(func() *reactorsFile {
	file := new(reactorsFile)
	mustDecode("reactors.toml", file)
	return file
})

// Reactors lists all reactors, in the order of the data.
func Reactors() []Reactor { return reactors().Reactors }

// FindReactor finds a reactor by name; nil when there is none.
func FindReactor(name string) *Reactor {
	for i := range reactors().Reactors {
		if r := &reactors().Reactors[i]; r.Name == name {
			return r
		}
	}
	return nil
}

// Bridges lists all bridges, in the order of the data.
func Bridges() []Bridge { return reactors().Bridges }

// ReactorOf finds the reactor whose family a crate's version belongs to, and the
// features of which one has to be asked to drive it: any, where there are none. It is asked
// for every package of a graph.
func ReactorOf(crate, version string) (*Reactor, []string) {
	of := families()[crate]
	if of == nil {
		return nil, nil
	}
	v, err := semver.Parse(version)
	if err != nil {
		return nil, nil
	}
	for _, m := range of {
		if m.crate.Versions == "" || matches(m.crate.Versions, v) {
			return m.reactor, m.crate.Features
		}
	}
	return nil, nil
}

// member is a crate of a reactor's family.
type member struct {
	reactor *Reactor
	crate   *ReactorCrate
}

// families are, by the name of a crate, those that versions of it belong to.
var families = sync.OnceValue(func() map[string][]member {
	all := map[string][]member{}
	for i := range reactors().Reactors {
		r := &reactors().Reactors[i]
		for j := range r.Crates {
			all[r.Crates[j].Name] = append(all[r.Crates[j].Name], member{r, &r.Crates[j]})
		}
	}
	return all
})

// Root is the reactor that one stands on, its own name where it stands on none.
func (r *Reactor) Root() string { return cmp.Or(r.On, r.Name) }

// Starts lists the paths below a crate of what starts a runtime: it does so itself, or
// what is below it does.
func Starts(crate string) []string {
	var starts []string
	for _, r := range Reactors() {
		for _, c := range r.Crates {
			if c.Name == crate {
				starts = append(starts, c.Starts...)
			}
		}
	}
	return starts
}

// IsBridge reports whether the crate brings a reactor's context to others, whatever
// its features.
func (r *Reactor) IsBridge(crate string) bool {
	return slices.ContainsFunc(Bridges(), func(b Bridge) bool { return b.Name == crate && b.Gives == r.Name })
}
