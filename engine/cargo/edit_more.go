package cargo

import (
	"strings"

	"reactorls/engine/semver"
	"reactorls/engine/text"
	"reactorls/engine/toml"
)

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
	at := d.Version.Span
	quote := m.Doc.Src[at.Start : at.Start+1]
	return []text.Edit{{Span: at, New: quote + operator + least + quote}}
}
