package lsp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/cargo"
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
