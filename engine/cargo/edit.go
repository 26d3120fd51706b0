package cargo

import (
	"slices"
	"strings"

	"reactorls/engine/semver"
	"reactorls/engine/text"
	"reactorls/engine/toml"
)

// list writes an array of strings on one line.
func list(items []string) string {
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = toml.Quote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// SetFeatures makes an entry ask exactly these features, in the form that it is
// written in.
func (m *Manifest) SetFeatures(d *Dependency, features []string) []text.Edit {
	n := d.Node
	switch array := n.Get("features"); {
	case n.Kind == toml.String && len(features) > 0:
		return m.Doc.Replace(n, "{ version = "+n.Value.In(m.Doc.Src)+", features = "+list(features)+" }")
	case array != nil && len(features) > 0:
		return m.Doc.SetArray(array, features)
	case array != nil:
		if version := n.Get("version"); n.Value != nil && version != nil && version.Value != nil && len(n.Members()) == 2 {
			return m.Doc.Replace(n, version.Value.In(m.Doc.Src))
		}
		return m.Doc.RemoveKey(n, "features")
	case n.Kind == toml.Table && len(features) > 0:
		return m.Doc.SetKey(n, "features", list(features))
	}
	return nil
}

// AddFeatures makes an entry ask more features.
func (m *Manifest) AddFeatures(d *Dependency, features []string) []text.Edit {
	all := values(d.Features)
	for _, f := range features {
		if !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	return m.SetFeatures(d, all)
}

func values(ts []Text) []string {
	var vs []string
	for _, t := range ts {
		vs = append(vs, t.Value)
	}
	return vs
}

// Remove takes an entry out.
func (m *Manifest) Remove(d *Dependency) []text.Edit {
	return m.Doc.RemoveKey(d.Node.Parent, d.Name)
}

// AddAs adds an entry like d, from the same source, with these features, to the
// table of another kind for the same target. An entry that is there already gets
// the features added.
func (m *Manifest) AddAs(d *Dependency, kind Kind, features []string) []text.Edit {
	like := Dependency{Kind: kind, Target: d.Target}
	path := like.Section()
	for _, e := range m.Dependencies {
		if e.Kind == kind && e.Target == d.Target && e.Name == d.Name {
			return m.AddFeatures(e, features)
		}
	}
	if d.Node.Kind != toml.String && d.Node.Kind != toml.Table {
		return nil // no dependency: cargo refuses it, and a copy would be no better
	}
	return m.Doc.AddTable(path, d.Name, m.copy(d, features), m.lastOf(d))
}

// copy writes an entry from the same source as d, which leaves its default
// features out if d does, with these features, in the shortest form.
func (m *Manifest) copy(d *Dependency, features []string) string {
	var parts []string
	for _, c := range d.Node.Members() {
		if c.Key.Name != "features" && c.Key.Name != "optional" && c.Value != nil {
			parts = append(parts, toml.QuoteKey(c.Key.Name)+" = "+c.Value.In(m.Doc.Src))
		}
	}
	if version := d.Version.Span; len(parts) == 0 && d.Node.Kind == toml.String || len(parts) == 1 && d.Version.Value != "" {
		if len(features) == 0 {
			return version.In(m.Doc.Src)
		}
		parts = []string{"version = " + version.In(m.Doc.Src)}
	}
	if len(features) > 0 {
		parts = append(parts, "features = "+list(features))
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// lastOf is the section that a new table goes behind: the last that belongs to
// the table that d stands in.
func (m *Manifest) lastOf(d *Dependency) *toml.Section {
	table := d.Node.Parent
	var last *toml.Section
	var visit func(n *toml.Node)
	visit = func(n *toml.Node) {
		for _, s := range n.Sections() {
			if last == nil || s.End > last.End {
				last = s
			}
		}
		for _, c := range n.Members() {
			visit(c)
		}
	}
	visit(table)
	return last
}

// AddDependency adds an entry with a value, raw, for all targets.
func (m *Manifest) AddDependency(kind Kind, name, raw string) []text.Edit {
	var after *toml.Section
	if len(m.Dependencies) > 0 {
		after = m.lastOf(m.Dependencies[len(m.Dependencies)-1])
	}
	return m.Doc.AddTable((&Dependency{Kind: kind}).Section(), name, raw, after)
}

// AddToFeature makes a feature of the package turn on more.
func (m *Manifest) AddToFeature(f *Feature, more ...string) []text.Edit {
	var all []string
	for _, v := range f.Values {
		all = append(all, v.Raw)
	}
	return m.Doc.SetArray(f.Node, append(all, more...))
}

// Exchange makes an entry depend on another package, without the features that it
// asked of the old one. An entry that inherits goes on to do so. Where that package is asked for already, the entry
// only goes.
func (m *Manifest) Exchange(d *Dependency, successor, version string) []text.Edit {
	table := d.Node.Parent
	if successor == d.Package { // a newer version of the same
		if d.Version.Span == (text.Span{}) {
			return nil
		}
		return []text.Edit{{Span: d.Version.Span, New: toml.Quote(version)}}
	}
	if table.Get(successor) != nil {
		return m.Remove(d)
	}
	value := toml.Quote(version)
	switch {
	case d.Workspace && d.Optional:
		value = "{ workspace = true, optional = true }"
	case d.Workspace:
		value = "{ workspace = true }"
	case d.Optional:
		value = "{ version = " + value + ", optional = true }"
	}
	if d.Node.Value != nil && d.Node.Parent.Value == nil {
		return []text.Edit{{Span: d.NameSpan, New: successor}, {Span: d.Node.Value.Span, New: value}}
	}
	// Written over several lines or in a table of its own: out with it, then in with
	// the other where it belongs in what is left.
	without, err := text.Apply(m.Doc.Src, m.Remove(d))
	if err != nil {
		return nil
	}
	left := ParseManifest(without)
	exchanged, err := text.Apply(without, left.Doc.AddTable(d.Section(), successor, value, nil))
	if err != nil {
		return nil
	}
	return m.Doc.Become(exchanged)
}

// WithoutDefault makes an entry leave the default features out and ask exactly
// these instead.
func (m *Manifest) WithoutDefault(d *Dependency, features []string) []text.Edit {
	n := d.Node
	if n.Kind == toml.String {
		raw := "{ version = " + n.Value.In(m.Doc.Src) + ", default-features = false"
		if len(features) > 0 {
			raw += ", features = " + list(features)
		}
		return m.Doc.Replace(n, raw+" }")
	}
	key := "default-features"
	if n.Get("default_features") != nil {
		key = "default_features"
	}
	return m.inSteps(d, func(m *Manifest, d *Dependency) []text.Edit {
		return m.Doc.SetKey(d.Node, key, "false")
	}, func(m *Manifest, d *Dependency) []text.Edit {
		return m.SetFeatures(d, features)
	})
}

// inSteps makes edits of an entry one after the other, each in the text that the
// one before has left, and gives what they come to as one edit.
func (m *Manifest) inSteps(d *Dependency, steps ...func(*Manifest, *Dependency) []text.Edit) []text.Edit {
	src, now := m.Doc.Src, m
	for _, step := range steps {
		e := now.like(d)
		if e == nil {
			return nil
		}
		content, err := text.Apply(now.Doc.Src, step(now, e))
		if err != nil {
			return nil
		}
		now = ParseManifest(content)
	}
	content := now.Doc.Src
	if content == src {
		return nil
	}
	start := 0
	for start < min(len(src), len(content)) && src[start] == content[start] {
		start++
	}
	end := 0
	for end < min(len(src), len(content))-start && src[len(src)-1-end] == content[len(content)-1-end] {
		end++
	}
	return []text.Edit{{Span: text.Span{Start: start, End: len(src) - end}, New: content[start : len(content)-end]}}
}

// like finds the entry that stands where d stands in another state of the text.
func (m *Manifest) like(d *Dependency) *Dependency {
	all := m.Dependencies
	if d.Kind == Shared && m.Workspace != nil {
		all = m.Workspace.Dependencies
	}
	for _, e := range all {
		if e.Name == d.Name && e.Kind == d.Kind && e.Target == d.Target {
			return e
		}
	}
	return nil
}

// Raise makes an entry require at least a version, in the way that it requires one
// now. It gives nothing for a requirement of several parts, or none.
func (m *Manifest) Raise(d *Dependency, least string) []text.Edit {
	if d.Version.Span == (text.Span{}) {
		return nil
	}
	operator := d.Version.Value[:len(d.Version.Value)-len(strings.TrimLeft(d.Version.Value, "=^~>< "))]
	if _, err := semver.ParseReq(d.Version.Value); err != nil || strings.ContainsAny(d.Version.Value, ",*<") || strings.TrimSpace(operator) == ">" {
		return nil
	}
	n := d.Node
	if n.Kind != toml.String {
		n = n.Get("version")
	}
	return m.Doc.ReplaceString(n, operator+least)
}
