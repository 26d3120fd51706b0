package runtimes

import (
	"slices"
	"sync"
)

// Runner is a function that runs a future or a closure.
type Runner struct {
	Crate string `toml:"crate"`
	Path  string `toml:"path"`
	// Arguments are those that it runs, the first where none is told.
	Arguments []int  `toml:"arguments"`
	As        string `toml:"as"` // as in the file's head
	// Receiver tells that it is a method, which runs what it is called on.
	Receiver bool `toml:"receiver"`
	// Each tells that what it is given holds futures, which it runs one and all.
	Each bool `toml:"each"`
	// Wraps tells that it only makes a future, which runs the argument so.
	Wraps bool `toml:"wraps"`
}

// Unless is a feature that makes another of an executor than was measured.
type Unless struct {
	Executor string `toml:"executor"`
	Crate    string `toml:"crate"`
	Feature  string `toml:"feature"`
}

// flow is the decoded flow.toml.
type flow struct {
	unless   []Unless
	runners  map[string]*Runner  // by package::path
	families map[string][]string // the executors by the name for any of them
}

var flows = sync.OnceValue(func() flow {
	var file struct {
		Unless []Unless `toml:"unless"`
		Run    []Runner `toml:"run"`
		Any    []struct {
			Name string   `toml:"name"`
			Of   []string `toml:"of"`
		} `toml:"any"`
	}
	mustDecode("flow.toml", &file)
	all := flow{file.Unless, map[string]*Runner{}, map[string][]string{}}
	for i := range file.Run {
		if r := &file.Run[i]; r.Arguments == nil && !r.Receiver {
			r.Arguments = []int{0}
		}
		all.runners[file.Run[i].Crate+"::"+file.Run[i].Path] = &file.Run[i]
	}
	for _, a := range file.Any {
		all.families[a.Name] = a.Of
	}
	return all
})

// FindRunner finds the function at a path of a package; nil when it is none that
// is known to run anything.
func FindRunner(pkg, path string) *Runner { return flows().runners[pkg+"::"+path] }

// FindUnless lists the features that make another of an executor than was measured.
func FindUnless(executor string) []Unless {
	return slices.Collect(func(yield func(Unless) bool) {
		for _, u := range flows().unless {
			if u.Executor == executor && !yield(u) {
				return
			}
		}
	})
}
