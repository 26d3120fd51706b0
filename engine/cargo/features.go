package cargo

import "slices"

// Activation is what a selection of a package's features turns on.
type Activation struct {
	// Features of the package itself.
	Features map[string]bool
	// Dependencies that are optional and on, by key.
	Dependencies map[string]bool
	// Forwards are the features that are asked of dependencies, by key, whether
	// or not the dependency itself is on.
	Forwards map[string]map[string]bool
}

// Feature gives the entry of [features], nil where there is none.
func (m *Manifest) Feature(name string) *Feature {
	for _, f := range m.Features {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Implicit reports whether an optional dependency makes a feature of its own
// name: it does unless some feature speaks of it as dep:name.
func (m *Manifest) Implicit(dependency string) bool {
	for _, f := range m.Features {
		for _, v := range f.Values {
			if v.Dependency == dependency && v.Feature == "" {
				return false
			}
		}
	}
	return m.optional(dependency)
}

func (m *Manifest) optional(dependency string) bool {
	return slices.ContainsFunc(m.Dependencies, func(d *Dependency) bool { return d.Name == dependency && d.Optional })
}

// FeatureNames lists all features that can be selected, implicit ones included,
// in the order of the manifest.
func (m *Manifest) FeatureNames() []string {
	var names []string
	for _, f := range m.Features {
		names = append(names, f.Name)
	}
	for _, d := range m.Dependencies {
		if d.Optional && m.Implicit(d.Name) && !slices.Contains(names, d.Name) {
			names = append(names, d.Name)
		}
	}
	return names
}

// Activate turns on features and all that they imply. Names that are no
// features are ignored.
func (m *Manifest) Activate(features ...string) Activation {
	a := Activation{Features: map[string]bool{}, Dependencies: map[string]bool{}, Forwards: map[string]map[string]bool{}}
	todo := slices.Clone(features)
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if a.Features[name] {
			continue
		}
		f := m.Feature(name)
		if f == nil {
			if m.Implicit(name) {
				a.Features[name] = true
				a.Dependencies[name] = true
			}
			continue
		}
		a.Features[name] = true
		for _, v := range f.Values {
			switch {
			case v.Dependency == "":
				todo = append(todo, v.Feature)
			case v.Feature == "":
				a.Dependencies[v.Dependency] = true
			default:
				if a.Forwards[v.Dependency] == nil {
					a.Forwards[v.Dependency] = map[string]bool{}
				}
				a.Forwards[v.Dependency][v.Feature] = true
				if !v.Weak && m.optional(v.Dependency) {
					a.Dependencies[v.Dependency] = true
					todo = append(todo, v.Dependency) // the implicit feature, if it is one
				}
			}
		}
	}
	return a
}
