package lsp

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
	"reactorls/engine/text"
)

// manifestAt explains the dependency, the feature or the rule at a place of a
// manifest.
func (s *server) manifestAt(out *page, v view, f *engine.File, offset int) text.Span {
	at := dependencyAt(f.Manifest(), offset)
	switch {
	case at.feature != "":
		s.featurePage(out, v, v.entriesOf(f, at.entry), at.entry, at.feature)
		return at.span
	case at.entry != nil:
		s.dependencyPage(out, v, v.entriesOf(f, at.entry), at.entry)
		return at.span
	}
	node := f.Manifest().Doc.NodeAt(offset)
	if word, ok := node.Text(); ok {
		if r := diagnostics.Find(word); r != nil {
			out.write("%s", r.Page)
		}
	}
	return node.At()
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

// dependencyPage writes what is known of a dependency that is or drives a runtime.
func (s *server) dependencyPage(out *page, v view, entries []owned, d *cargo.Dependency) {
	known := runtimes.Known(d.Package)
	if known != nil {
		s.runtimeHead(out, entries, d, known)
	}
	if len(entries) == 0 {
		return
	}
	o := entries[0]
	card := cardFor(o)
	if card == nil {
		s.drivesPage(out, v, o)
		return
	}
	fit, others := v.fit(o)
	cards := append([]*runtimes.Card{card}, card.Alternatives(fit, maxAlternatives)...)
	c := runtimes.Compare(cards...)
	out.write("\n")
	out.table(c)
	if len(others) > 0 {
		out.write("\nOthers here drive a runtime of their own (%s), so only what gives them its context is compared.\n", strings.Join(others, ", "))
	}
	out.write("\nRead: %s.\n", strings.Join(c.Read(), "; "))
}

// maxAlternatives bounds how many columns a table in a hover has beside the first;
// the command line compares as many as one likes.
const maxAlternatives = 2

// runtimeHead writes what a crate of the field is, how it is kept, and how much of
// it is used.
func (s *server) runtimeHead(out *page, entries []owned, d *cargo.Dependency, known *runtimes.Runtime) {
	version := ""
	if len(entries) > 0 {
		version = entries[0].pkg.VersionOf(entries[0].dep)
	}
	out.write("**%s** · %s\n\n%s.\n", strings.TrimSpace(d.Package+" "+version), known.Kind, strings.TrimSuffix(known.About, "."))
	if at, err := semver.Parse(cmp.Or(version, known.Latest)); err == nil {
		if status, ok := known.Status(at); ok {
			out.write("\n**%s**: %s", upperFirst(status.Is), status.Reason)
			if len(status.Successors) > 0 {
				out.write("; use %s", strings.Join(status.Successors, " or "))
			}
			out.write(". Source: %s.\n", status.Source)
		}
		for _, advisory := range runtimes.AdvisoriesFor(d.Package, at) {
			out.write("\n**%s** (%s): %s\n", advisory.ID, advisory.Kind, advisory.Title)
		}
	}
	for _, o := range entries {
		if text := tallyText(o); text != "" && len(entries) == 1 {
			out.write("\n%s.\n", upperFirst(text))
		}
	}
	if len(runtimes.CardsOf(d.Package)) == 0 {
		out.write("\nLatest: %s, %s; licence: %s.\n", cmp.Or(known.Latest, known.Prerelease), known.Released, known.Licence)
	}
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// tallyText says how many of the features that an entry turns on are used; "" where
// that is not certain.
func tallyText(o owned) string {
	if o.use == nil || !o.use.Certain() {
		return ""
	}
	used, on := o.use.Tally(o.dep)
	if on == 0 {
		return ""
	}
	return fmt.Sprintf("uses %d of %d %s", used, on, plural(on, "feature"))
}

func plural(n int, what string) string {
	if n == 1 {
		return what
	}
	return what + "s"
}

// cardFor is the card of the runtime that a dependency is: of the way that the
// package's entry points start it, or else the first that its features allow; nil
// where no card speaks of it.
func cardFor(o owned) *runtimes.Card {
	cards := runtimes.CardsOf(o.dep.Package)
	switch {
	case len(cards) == 0 || o.use == nil:
		return cardOf(o.dep.Package, "")
	case o.use.Know.Vague():
		return nil // of another series than the cards
	}
	if c := cardOf(o.dep.Package, cmp.Or(o.use.EntryFlavor(), "?")); c != nil {
		return c
	}
	on := o.use.Know.Closure(o.dep.Asked()...)
	for _, c := range cards {
		if !slices.ContainsFunc(c.Features, func(f string) bool { return !slices.Contains(on, f) }) {
			return c
		}
	}
	return cards[0]
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

// maxDrivers bounds how many ways to a reactor are listed.
const maxDrivers = 4

// drivesPage says which reactors a dependency drives, and through whom.
func (s *server) drivesPage(out *page, v view, o owned) {
	g := v.snapshot.Graph(v.workspace)
	tree, reach := v.below(g, o)
	if reach == nil {
		return
	}
	drivers := engine.Drivers(tree, reach.Nodes)
	drivers = slices.DeleteFunc(drivers, func(d engine.Driver) bool { return d.Reactor.Beside })
	if len(drivers) == 0 {
		return
	}
	if out.b.Len() == 0 {
		out.write("**%s**\n", tree.Package(reach.Nodes[0]))
	}
	var said []*runtimes.Reactor
	for _, d := range drivers {
		if !slices.Contains(said, d.Reactor) {
			said = append(said, d.Reactor)
		}
	}
	for _, r := range said {
		out.write("\nDrives **%s**", r.Name)
		if r.Context {
			out.write(": panics outside of its runtime")
		} else {
			out.write(": works under any executor")
		}
		out.write(".\n\n")
		n := 0
		for _, d := range drivers {
			if d.Reactor != r {
				continue
			}
			if n++; n > maxDrivers {
				continue
			}
			var names []string
			for _, node := range reach.Path(d.Node) {
				names = append(names, fmt.Sprintf("`%s`", tree.Package(node)))
			}
			out.write("- %s", strings.Join(names, " → "))
			if len(d.Asks) > 0 {
				out.write(" asks %s of %s", listed(d.Asks, maxItems), d.Crate)
			}
			out.write("\n")
		}
		if n > maxDrivers {
			out.write("- and %d more\n", n-maxDrivers)
		}
	}
	if !g.Complete() {
		out.write("\nWhat is built is not known exactly: %s.\n", g.Because[0])
	}
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

// maxItems bounds how many names stand in one line.
const maxItems = 8

// listed writes names as code, at most so many.
func listed(names []string, most int) string {
	var marked []string
	for _, n := range names[:min(len(names), most)] {
		marked = append(marked, "`"+n+"`")
	}
	text := strings.Join(marked, ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// featurePage says what a feature turns on and gates, what it costs, and where the
// packages at hand use it.
func (s *server) featurePage(out *page, v view, entries []owned, d *cargo.Dependency, feature string) {
	added := v.added(entries, feature)
	crate := runtimes.Lookup(d.Package)
	if crate == nil {
		if len(added) > 0 {
			out.write("**%s/%s**\n\nBrings in %s.\n", d.Package, feature, listed(added, maxItems))
		}
		return
	}
	know := crate.At("")
	if len(entries) > 0 && entries[0].use != nil {
		know = entries[0].use.Know
	}
	if !know.Has(feature) {
		return
	}
	out.write("**%s/%s** · a feature of %s %s\n", d.Package, feature, d.Package, know.Version)
	aboutFeature(out, know, d.Package, feature)
	if len(added) > 0 {
		out.write("\nBrings in %s.\n", listed(added, maxItems))
	}
	if below := know.Closure(feature); !know.Gates(feature) && len(below) > 1 {
		used := slices.DeleteFunc(below, func(f string) bool { return len(placesOf(entries, f)) == 0 })
		if len(used) > 0 {
			out.write("\nThe code here needs %s of it.\n", listed(used, maxFeatures))
		}
		return
	}
	s.neededAt(out, v, entries, feature)
}

// aboutFeature writes what a feature turns on and gates.
func aboutFeature(out *page, know *runtimes.Knowledge, crate, feature string) {
	if on := slices.DeleteFunc(slices.Clone(know.Implies(feature)), func(f string) bool { return !know.Has(f) || implicit(know, f) }); len(on) > 0 {
		out.write("\nTurns on %s.\n", listed(on, maxFeatures))
	}
	switch gated := know.GatedBy(feature); {
	case len(gated) > 0:
		for i := range gated {
			gated[i] = strings.ReplaceAll(crate, "-", "_") + "::" + gated[i]
		}
		out.write("\nNeeded for %s.\n", listed(gated, maxItems))
	case know.Gateless(feature):
		out.write("\nIt gates no item: it changes how the crate behaves, so no source can tell whether it is used.\n")
	}
}

// implicit reports whether a feature is only an optional dependency that nobody gave a
// feature of its own.
func implicit(know *runtimes.Knowledge, feature string) bool {
	return slices.Equal(know.Implies(feature), []string{"dep:" + feature})
}

// maxFeatures bounds a list of features, which full makes long.
const maxFeatures = 12

// added names the packages that would not be built if the entries did not ask the
// feature; none where the graph is not known exactly.
func (v view) added(entries []owned, feature string) []string {
	if len(entries) != 1 || !slices.Contains(entries[0].dep.Features, feature) {
		return nil
	}
	g := v.snapshot.Graph(v.workspace)
	if !g.Complete() {
		return nil
	}
	kinds := []cargo.Kind{cargo.Normal}
	if kind := entries[0].dep.Kind; kind != cargo.Normal {
		kinds = append(kinds, kind)
	}
	with := g.Tree(v.options.Selection, v.options.Platform, kinds...)
	without := g.Without(entries[0].pkg, entries[0].dep, feature).Tree(v.options.Selection, v.options.Platform, kinds...)
	left := map[string]bool{}
	for i := range without.Nodes {
		left[without.Package(i).String()] = true
	}
	var names []string
	for i := range with.Nodes {
		if name := with.Package(i).String(); !left[name] && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// maxPlaces bounds how many places are linked.
const maxPlaces = 8

// neededAt lists the places that need a feature, or says that there are none.
func (s *server) neededAt(out *page, v view, entries []owned, feature string) {
	places := placesOf(entries, feature)
	if len(places) == 0 {
		may := slices.ContainsFunc(entries, func(o owned) bool {
			return o.use == nil || slices.ContainsFunc([]*engine.Part{&o.use.Normal, &o.use.Dev, &o.use.Build}, func(p *engine.Part) bool { return o.use.May(p, feature) })
		})
		if may {
			out.write("\nNo code here surely needs it.\n")
		} else {
			out.write("\nNothing here needs it.\n")
		}
		return
	}
	out.write("\nNeeded here at:\n\n")
	for _, p := range places[:min(maxPlaces, len(places))] {
		if f := v.snapshot.File(p.Path); f != nil {
			line := s.position(f, p.Span.Start).Line + 1
			name := filepath.Base(filepath.Dir(p.Path)) + "/" + filepath.Base(p.Path)
			out.write("- [%s:%d](%s#L%d) `%s`\n", name, line, s.uriOf(p.Path), line, p.Item)
		}
	}
	if more := len(places) - maxPlaces; more > 0 {
		out.write("- and %d more\n", more)
	}
}

// placesOf are the places that need a feature in any part of the packages that have
// a dependency, in order of file and place.
func placesOf(entries []owned, feature string) []engine.Place {
	var places []engine.Place
	for _, o := range entries {
		if o.use == nil {
			continue
		}
		for _, part := range []*engine.Part{&o.use.Normal, &o.use.Dev, &o.use.Build} {
			if n := part.Find(feature); n != nil {
				places = append(places, n.Places...)
			}
		}
	}
	places = slices.DeleteFunc(places, func(p engine.Place) bool { return p.Path == "" })
	slices.SortFunc(places, engine.ComparePlaces)
	return slices.Compact(places)
}
