package advise

import (
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
)

// Shown is what a project tells by itself.
type Shown struct {
	Answers Answers
	Crates  map[string]Crate
	Seen    []Statement
}

// see notes an answer and where it is to be seen; what is seen first stays.
func (s *Shown) see(id, value, is, where string) {
	if len(s.Answers[id]) > 0 {
		return
	}
	s.Answers[id] = []string{value}
	s.Seen = append(s.Seen, Statement{fmt.Sprintf("%s: %s", where, is), "seen in " + where, Project})
}

// Look sees what a package answers by itself: what it is, which target its
// configuration names, the Rust version and the async crates.
func Look(s *engine.Snapshot, p *engine.Package, sel engine.Selection) *Shown {
	shown := &Shown{Answers: Answers{}, Crates: map[string]Crate{}}
	switch p.Kind() {
	case "lib":
		shown.see("kind", "library", "library", "Cargo.toml")
	case "both":
		shown.see("kind", "application", "application beside a library", "Cargo.toml")
	default:
		shown.see("kind", "application", "application", "Cargo.toml")
	}
	g := s.Graph(p.Workspace)
	for _, triple := range g.Config.Targets {
		shown.target(triple)
	}
	if s.NoStd(p, sel) && (shown.Answers.has("kind", "library") || shown.Answers.has("platform", "bare-metal")) {
		shown.see("std", "alloc", "`#![no_std]`; an allocator is assumed", "the crate's root file")
	}
	if rust := rustVersion(p); rust != "" {
		shown.see("msrv", rust, "rust-version "+rust, "Cargo.toml")
	}
	shown.crates(g, p, sel)
	return shown
}

// rustVersion is the oldest Rust version that the package names, be it for all of its
// workspace; "" where it names none or no version.
func rustVersion(p *engine.Package) string {
	version := p.Manifest.Package.RustVersion
	if w := p.Workspace.Manifest.Workspace; version.Workspace && w != nil {
		version = w.RustVersion
	}
	if _, err := semver.Parse(padded(version.Value)); err != nil {
		return ""
	}
	return version.Value
}

// target sees the platform in the target of cargo's configuration, where it leaves no
// doubt.
func (s *Shown) target(triple string) {
	target := cargo.PlatformOf(triple)
	if target == nil {
		return
	}
	for _, p := range platforms() {
		on, err := cfg.Parse(p.On)
		if err != nil || !p.Infer || on.Eval(envOf(target)) != cfg.Yes {
			continue
		}
		s.see("platform", p.Value, "target "+triple, ".cargo/config.toml")
		if p.Value == "bare-metal" {
			s.see("target", triple, "target "+triple, ".cargo/config.toml")
		}
		return
	}
}

// crates sees the async crates among the normal dependencies, and which reactors they
// drive. The runtimes themselves are left out: they are what is to be chosen.
func (s *Shown) crates(g *engine.Graph, p *engine.Package, sel engine.Selection) {
	tree := g.Survey(sel, nil).Normal.Tree
	var names, own []string
	for _, d := range p.Dependencies {
		if d.Kind != cargo.Normal || !d.FromRegistry || slices.Contains(names, d.Package) {
			continue
		}
		crate := Crate{Features: d.Asked()}
		crate.Version, crate.Drives = drivenBy(g, tree, p, d)
		fixed, known := fixedCrates()[d.Package]
		if known {
			for _, id := range asked(sayable(fixed.Says)) {
				s.see(id, fixed.Says[id], "`"+d.Package+"`", "Cargo.toml")
			}
		}
		if isRuntime(d.Package) {
			own = append(own, d.Package)
			continue
		}
		if !known && runtimes.NewestChoice(d.Package) == nil && len(crate.Drives) == 0 || known && len(fixed.Drives) == 0 && len(crate.Drives) == 0 {
			continue
		}
		names = append(names, d.Package)
		s.Crates[d.Package] = crate
	}
	if len(own) > 0 {
		s.Seen = append(s.Seen, Statement{"Cargo.toml: today it depends on " + strings.Join(own, ", "), "seen in Cargo.toml", Project})
	}
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	s.Answers["crates"] = names
	for _, sentence := range s.driving(names) {
		s.Seen = append(s.Seen, Statement{"Cargo.toml: " + sentence, "seen in Cargo.toml and what cargo has cached", Project})
	}
}

// driving sums up who drives what: reqwest and sqlx drive tokio.
func (s *Shown) driving(names []string) []string {
	by := map[string][]string{}
	var order []string
	for _, name := range names {
		n := Case{Crates: s.Crates}.needOf(name)
		what := strings.Join(n.drives, " and ")
		if what == "" {
			what = "no reactor as it is asked for"
		}
		if by[what] == nil {
			order = append(order, what)
		}
		by[what] = append(by[what], name)
	}
	var sentences []string
	for _, what := range order {
		verb := "drives"
		if len(by[what]) > 1 {
			verb = "drive"
		}
		sentences = append(sentences, fmt.Sprintf("%s %s %s", joined(by[what]), verb, what))
	}
	return sentences
}

// joined lists names as prose does.
func joined(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func sayable(says map[string]string) Match {
	m := Match{}
	for id, v := range says {
		m[id] = []string{v}
	}
	return m
}

// isRuntime reports whether a crate is a runtime or a part of one.
func isRuntime(name string) bool {
	known := runtimes.Known(name)
	return known != nil && known.Kind != "framework"
}

// drivenBy finds the locked version of a dependency and the reactors that it and what it
// depends on drive; nil where the graph is not cargo's own.
func drivenBy(g *engine.Graph, t *cargo.Tree, p *engine.Package, d *engine.Dependency) (version string, drives []string) {
	member, ok := g.Member(p)
	root := -1
	if ok {
		root = t.Node(member)
	}
	if root < 0 || !g.Complete() {
		return "", nil
	}
	for _, e := range t.Nodes[root].Edges {
		if t.Package(e.To).Name != d.Package || t.Nodes[e.To].Host {
			continue
		}
		drives = []string{}
		for _, driver := range engine.Drivers(t, t.Reach(e.To).Nodes) {
			if !slices.Contains(drives, driver.Reactor.Name) {
				drives = append(drives, driver.Reactor.Name)
			}
		}
		slices.Sort(drives)
		return t.Package(e.To).Version, drives
	}
	return "", nil
}
