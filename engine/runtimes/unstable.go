package runtimes

import (
	"sync"

	"reactorls/engine/semver"
)

// InertFeature is a feature that changes nothing unless a cfg flag is set as well.
type InertFeature struct {
	Crate  string `toml:"crate"`
	Name   string `toml:"name"`
	Flag   string `toml:"flag"`
	From   string `toml:"from"` // the oldest version that was looked at
	Source string `toml:"source"`
}

var inert = sync.OnceValue(func() []InertFeature {
	var file struct {
		Feature []InertFeature `toml:"feature"`
	}
	mustDecode("unstable.toml", &file)
	return file.Feature
})

// FindInert finds the entry of a feature for a version of its crate; nil when it
// works without a flag, or that is not known.
func FindInert(crate, version, feature string) *InertFeature {
	v, err := semver.Parse(version)
	if err != nil {
		return nil
	}
	for i := range inert() {
		f := &inert()[i]
		if f.Crate != crate || f.Name != feature {
			continue
		}
		if from, err := semver.Parse(f.From); err == nil && from.Compare(v) <= 0 {
			return f
		}
	}
	return nil
}
