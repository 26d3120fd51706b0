package runtimes

import "sync"

// Driver is what a crate leaves to another to provide, found by the linker.
type Driver struct {
	Crate  string   `toml:"crate"`
	From   string   `toml:"from"`  // the oldest version that this is true of
	Seam   string   `toml:"seam"`  // the crate that whoever provides it depends on
	Own    []string `toml:"own"`   // features by which the crate itself provides it
	Users  []string `toml:"users"` // who depend on the seam without providing it
	Calls  []string `toml:"calls"` // functions that cannot do without it
	Symbol string   `toml:"symbol"`
	Help   string   `toml:"help"`
}

// Drivers are those that are known.
var Drivers = sync.OnceValue(func() []Driver {
	var file struct {
		Driver []Driver `toml:"driver"`
	}
	mustDecode("embedded.toml", &file)
	return file.Driver
})

// NeedsStd reports whether a crate is the one of a runtime that cannot do without the
// standard library.
func NeedsStd(crate string) bool {
	for _, c := range Cards() {
		if c.Crate == crate {
			return c.Bare == "" && c.NoStd.Is == "no"
		}
	}
	return false
}
