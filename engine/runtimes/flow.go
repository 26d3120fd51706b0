package runtimes

import "sync"

// Runner is a function that runs a future or a closure.
type Runner struct {
	Crate    string `toml:"crate"`
	Path     string `toml:"path"`
	Argument int    `toml:"argument"`
	As       string `toml:"as"` // as in the file's head
	// Wraps tells that it only makes a future, which runs the argument so.
	Wraps bool `toml:"wraps"`
}

// flow is the decoded flow.toml.
type flow struct {
	runners  map[string]*Runner  // by package::path
	families map[string][]string // the executors by the name for any of them
}

var flows = sync.OnceValue(func() flow {
	var file struct {
		Run []Runner `toml:"run"`
		Any []struct {
			Name string   `toml:"name"`
			Of   []string `toml:"of"`
		} `toml:"any"`
	}
	mustDecode("flow.toml", &file)
	all := flow{map[string]*Runner{}, map[string][]string{}}
	for i := range file.Run {
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
