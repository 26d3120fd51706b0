package runtimes

import "sync"

// Setting is a method that tunes a runtime, with the arguments and builders on which
// it makes no sense; as measured.
type Setting struct {
	Crate  string `toml:"crate"`
	Method string `toml:"method"` // below the crate
	Zero   string `toml:"zero"`   // how it panics when it is given 0, "" where it does not
	Idle   string `toml:"idle"`   // the constructor on whose builder it does nothing
}

// Settings are those that are known.
var Settings = sync.OnceValue(func() []Setting {
	var file struct {
		Setting []Setting `toml:"setting"`
	}
	mustDecode("tuning.toml", &file)
	return file.Setting
})
