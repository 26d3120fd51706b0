package diagnostics

import (
	_ "embed"
	"fmt"
	"slices"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
)

//go:embed embedded-runtime.md
var embeddedRuntimePage string

var embeddedRuntime = &Rule{
	Code: "embedded-runtime", Severity: Error, Page: embeddedRuntimePage,
	built: (*pass).withoutStd,
	each: func(p *pass, pkg *engine.Package) {
		for _, u := range p.known(pkg).uses {
			for _, d := range runtimes.Drivers() {
				if d.Crate == u.Crate && u.Version != "" && !newer(d.From, u.Version) {
					p.withoutDriver(u, d)
				}
			}
		}
	},
}

// bare knows targets that have no standard library.
var bare = cfg.Expr{Op: cfg.Atom, Name: "target_os", Valued: true, Value: "none"}

// withoutStd reports runtimes that need the standard library in packages that are
// built without it for a target that has none.
func (p *pass) withoutStd() {
	platform := p.graph().Platform(p.options.Platform)
	if platform.Eval(bare) != cfg.Yes {
		return
	}
	t := p.survey().Normal.Tree
	p.eachMember(t, member(t), func(p *pass, pkg *engine.Package, reach *cargo.Reach) {
		if !p.known(pkg).facts.noStd {
			return
		}
		told := map[*engine.Dependency]bool{}
		for _, n := range reach.Nodes {
			if !runtimes.NeedsStd(t.Package(n).Name) {
				continue
			}
			c, ok := p.chainTo(pkg, t, reach, n)
			if !ok || told[c.entry] || c.ofBuild() {
				continue
			}
			told[c.entry] = true
			d := c.at()
			d.Message = fmt.Sprintf("%s needs the standard library, which %s does not have", c.last(), platform.Triple)
			d.Label = "does not compile for this target"
			if len(c.nodes) > 2 {
				d.Notes = append(d.Notes, "it comes in this way: "+c.String())
			}
			d.Notes = append(d.Notes, "cargo's configuration builds for this target, and the package is `#![no_std]`")
			d.Help = append(d.Help, "embassy-executor runs without it")
			p.lowerUnlessComplete(&d)
			p.report(d)
		}
	})
}

// ofBuild reports whether a way leads through what runs while the program is built.
func (c chain) ofBuild() bool {
	for i, n := range c.nodes {
		if c.tree.Nodes[n].Host || c.tree.Package(n).ProcMacro {
			return true
		}
		if i > 0 && slices.ContainsFunc(c.tree.Nodes[c.nodes[i-1]].Edges, func(e cargo.NodeEdge) bool { return e.To == n && e.Dep.Kind == cargo.Build }) {
			return true
		}
	}
	return false
}

// withoutDriver reports calls that need what nothing in the program provides.
func (p *pass) withoutDriver(u *engine.Use, d runtimes.Driver) {
	calls := u.Mentions(cargo.Bin, p.options.Selection, d.Calls)
	if len(calls) == 0 || !p.graph().Complete() {
		return
	}
	t := p.survey().Normal.Tree
	for n := range t.Nodes {
		name := t.Package(n).Name
		if name == d.Crate && slices.ContainsFunc(d.Own, func(f string) bool { return slices.Contains(t.Nodes[n].Features, f) }) {
			return
		}
		if !slices.Contains(d.Users, name) && slices.ContainsFunc(t.Nodes[n].Edges, func(e cargo.NodeEdge) bool { return t.Package(e.To).Name == d.Seam }) {
			return
		}
	}
	p.report(Diagnostic{
		Path: u.Package.File.Path, Span: u.Normal.Entries[0].NameSpan,
		Message: fmt.Sprintf("nothing in this program provides the driver that %s needs", u.Crate),
		Label:   "does not link: undefined symbol " + d.Symbol,
		Notes:   []string{fmt.Sprintf("no crate of it depends on %s, as a driver must", d.Seam)},
		Help:    []string{d.Help},
		Related: related(calls, "needs it"),
	})
}
