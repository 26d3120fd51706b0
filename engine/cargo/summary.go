package cargo

import (
	"maps"
	"slices"
	"strings"
)

// Summary is what resolution has to know of one version of a package, be it read
// from an index or from a manifest.
type Summary struct {
	Name, Version string
	Deps          []Dep
	// Features are those that the package lists and the implicit ones of its
	// optional dependencies.
	Features map[string][]FeatureValue
	Links    string
	Yanked   bool

	names  []string       // of Features, sorted
	places map[string]int // in names
}

// Dep is a dependency of a Summary with all that it inherits.
type Dep struct {
	// Key is the name in the manifest, Package that of the package depended on.
	Key, Package string
	Req          string // "" for any version
	Kind         Kind
	Target       string // a triple or cfg(…), "" for all targets
	Optional     bool
	Default      bool // default features are asked
	Features     []string
}

// Equal reports whether two summaries say the same.
func (s *Summary) Equal(o *Summary) bool {
	return s.Name == o.Name && s.Version == o.Version && s.Links == o.Links && s.Yanked == o.Yanked &&
		slices.EqualFunc(s.Deps, o.Deps, Dep.equal) && maps.EqualFunc(s.Features, o.Features, slices.Equal)
}

func (d Dep) equal(o Dep) bool {
	return d.Key == o.Key && d.Package == o.Package && d.Req == o.Req && d.Kind == o.Kind && d.Target == o.Target &&
		d.Optional == o.Optional && d.Default == o.Default && slices.Equal(d.Features, o.Features)
}

// NewSummary makes a summary from what a package lists under [features], and adds
// the features that optional dependencies make of themselves: each does, as long
// as no feature speaks of it as dep:name.
func NewSummary(name, version string, deps []Dep, listed map[string][]string) *Summary {
	s := &Summary{Name: name, Version: version, Deps: deps, Features: make(map[string][]FeatureValue, len(listed))}
	named := map[string]bool{}
	for feature, raw := range listed {
		values := make([]FeatureValue, len(raw))
		for i, r := range raw {
			values[i] = parseFeatureValue(Text{Value: r})
			if v := values[i]; v.Dependency != "" && v.Feature == "" {
				named[v.Dependency] = true
			}
		}
		s.Features[feature] = values
	}
	for _, d := range deps {
		if _, known := s.Features[d.Key]; d.Optional && !known && !named[d.Key] {
			s.Features[d.Key] = []FeatureValue{{Raw: "dep:" + d.Key, Dependency: d.Key}}
		}
	}
	s.names = slices.Sorted(maps.Keys(s.Features))
	s.places = make(map[string]int, len(s.names))
	for i, name := range s.names {
		s.places[name] = i
	}
	return s
}

// Summarise gives the summary of a manifest whose dependencies have been resolved
// against its workspace.
func (m *Manifest) Summarise(name, version string, deps []Dep) *Summary {
	listed := map[string][]string{}
	for _, f := range m.Features {
		listed[f.Name] = []string{}
		for _, v := range f.Values {
			listed[f.Name] = append(listed[f.Name], v.Raw)
		}
	}
	return NewSummary(name, version, deps, listed)
}

// FeatureNames lists the features, sorted.
func (s *Summary) FeatureNames() []string { return slices.Clone(s.names) }

// IsProcMacro reports whether the text of a manifest that cargo has normalised
// makes its library a procedural macro. Only a text that may is parsed.
func IsProcMacro(manifest string) bool {
	if !strings.Contains(manifest, "proc-macro") && !strings.Contains(manifest, "proc_macro") {
		return false
	}
	m := ParseManifest(manifest)
	return m.Lib != nil && m.Lib.ProcMacro
}
