package lsp

import (
	"fmt"
	"slices"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/text"
)

// view is one workspace in one snapshot, for requests that need no findings.
type view struct {
	snapshot  *engine.Snapshot
	workspace *engine.Workspace
	options   diagnostics.Options
}

// view finds the workspace that a file belongs to.
func (s *server) view(snapshot *engine.Snapshot, path string) (view, error) {
	w, err := snapshot.Workspace(path)
	return view{snapshot, w, s.config.Load().options}, err
}

// useOf is a package's dependency on a runtime crate by its name in code; nil when
// nothing is known of the crate's items.
func (v view) useOf(p *engine.Package, name string) *engine.Use {
	for _, u := range v.snapshot.Uses(p, v.options.Selection) {
		if u.Import() == name {
			return u
		}
	}
	return nil
}

// mentioned is what of a dependency stands at a place of a manifest: its name, or one
// of its features.
type mentioned struct {
	entry   *cargo.Dependency
	feature string
	span    text.Span
}

// entriesIn are all entries of dependency tables in a manifest.
func entriesIn(m *cargo.Manifest) []*cargo.Dependency {
	if m.Workspace != nil {
		return slices.Concat(m.Dependencies, m.Workspace.Dependencies)
	}
	return m.Dependencies
}

func dependencyAt(m *cargo.Manifest, offset int) mentioned {
	entries := entriesIn(m)
	for _, d := range entries {
		if d.NameSpan.Contains(offset) {
			return mentioned{entry: d, span: d.NameSpan}
		}
		for _, feature := range d.Features {
			if feature.Span.Contains(offset) {
				return mentioned{d, feature.Value, feature.Span}
			}
		}
	}
	for _, feature := range m.Features {
		for _, value := range feature.Values {
			if !value.Span.Contains(offset) || value.Feature == "" {
				continue
			}
			if i := slices.IndexFunc(entries, func(d *cargo.Dependency) bool { return d.Name == value.Dependency }); i >= 0 {
				return mentioned{entries[i], value.Feature, value.Span}
			}
		}
	}
	return mentioned{}
}

// owned is a dependency with the package that has it.
type owned struct {
	pkg *engine.Package
	dep *engine.Dependency
	use *engine.Use // nil where the crate's items are not known
}

// entriesOf are the dependencies that an entry of a manifest makes: one, or as many
// as members inherit it.
func (v view) entriesOf(f *engine.File, d *cargo.Dependency) []owned {
	var all []owned
	same := func(o *cargo.Dependency) bool { return o != nil && o.Kind == d.Kind && o.NameSpan == d.NameSpan }
	for _, p := range v.workspace.Packages {
		for _, e := range p.Dependencies {
			if p.File.Path == f.Path && same(e.Dependency) || v.workspace.Root.Path == f.Path && same(e.Shared) {
				all = append(all, owned{p, e, v.useOf(p, e.Import())})
			}
		}
	}
	return all
}

// fit is what a package asks of whatever runs it, and the crates in its graph that
// bring a need of their own.
func (v view) fit(o owned) (fit runtimes.Fit, others []string) {
	g := v.snapshot.Graph(v.workspace)
	platform := v.platform(g)
	fit.Target = func(atom cfg.Expr) cfg.Tri {
		if cargo.Decides(atom) {
			return platform.Eval(atom)
		}
		return cfg.Maybe
	}
	fit.Bare = v.snapshot.NoStd(o.pkg, v.options.Selection) || fit.Target(cfg.Expr{Name: "target_os", Value: "none", Valued: true}) == cfg.Yes
	if fit.Bare && platform == cargo.Host() {
		fit.Target = nil // nobody said which chip it is for
	}
	if p := o.pkg.Manifest.Package; p != nil {
		fit.Rust = p.RustVersion.Value
	}
	tree := g.Survey(v.options.Selection, v.options.Platform).Normal.Tree
	root := memberNode(g, tree, o.pkg)
	if root < 0 {
		return fit, nil
	}
	for _, d := range engine.Drivers(tree, tree.Reach(root).Nodes) {
		if d.Node == root || d.Reactor.Beside || !d.Reactor.Context {
			continue
		}
		fit.Drives = append(fit.Drives, d.Reactor.Name)
		name := fmt.Sprintf("`%s`", tree.Package(d.Node).Name)
		if most := 3; len(others) < most && !slices.Contains(others, name) {
			others = append(others, name)
		}
	}
	return fit, others
}

// platform is the target that is looked at.
func (v view) platform(g *engine.Graph) *cargo.Platform {
	if v.options.Platform != nil {
		return v.options.Platform
	}
	if len(g.Config.Targets) > 0 {
		if p := cargo.PlatformOf(g.Config.Targets[0]); p != nil {
			return p
		}
	}
	return cargo.Host()
}

func memberNode(g *engine.Graph, t *cargo.Tree, p *engine.Package) int {
	member, ok := g.Member(p)
	if !ok {
		return -1
	}
	return t.Node(member)
}

// below is what a dependency is built of, nil where the build at hand leaves it out.
func (v view) below(g *engine.Graph, o owned) (*cargo.Tree, *cargo.Reach) {
	survey := g.Survey(v.options.Selection, v.options.Platform)
	tree := survey.Normal.Tree
	if o.dep.Kind == cargo.Dev {
		tree = survey.Dev.Tree
	}
	root := memberNode(g, tree, o.pkg)
	if root < 0 {
		return nil, nil
	}
	for _, e := range tree.Nodes[root].Edges {
		if g.Entry(o.pkg, e.Dep) == o.dep {
			return tree, tree.Reach(e.To)
		}
	}
	return nil, nil
}
