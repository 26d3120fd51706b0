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

var runners = sync.OnceValue(func() map[string]*Runner {
	var file struct {
		Run []Runner `toml:"run"`
	}
	mustDecode("flow.toml", &file)
	all := map[string]*Runner{}
	for i := range file.Run {
		all[file.Run[i].Crate+"::"+file.Run[i].Path] = &file.Run[i]
	}
	return all
})

// FindRunner finds the function at a path of a package; nil when it is none that
// is known to run anything.
func FindRunner(pkg, path string) *Runner { return runners()[pkg+"::"+path] }
