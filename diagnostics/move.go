package diagnostics

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
	"reactorls/engine/semver"
)

// This file moves a package from a runtime that is no longer kept to another one: the
// manifest and the sources together, as far as it is certain. What is not stays, and is
// listed.

// mover moves one package.
type mover struct {
	*pass
	use   *engine.Use
	to    *runtimes.Destination
	named []engine.Named
	have  []string // the features of the old runtime that are on
	// stays are the places that are not moved, and why.
	stays map[engine.Place]string
	edits []FileEdit
	// needs are the items of the new runtime that are named, normal and of tests.
	needs   map[cargo.Kind][]string
	imports []leaf
}

// moveFix moves a package to a runtime; false where nothing
// certain can be done.
func (p *pass) moveFix(u *engine.Use, to *runtimes.Destination) (Fix, bool) {
	if u.Crate != runtimes.Abandoned || !u.Certain() || u.Package.Edition == "2015" || !p.movable(u, to) {
		return Fix{}, false
	}
	m := &mover{
		pass: p, use: u, to: to, named: u.Named(), have: u.Know.Closure(asked(u, true)...),
		stays: map[engine.Place]string{}, needs: map[cargo.Kind][]string{},
	}
	m.judge()
	if m.mostStays() || to.Context && (m.executorStays() || m.foreignExecutor() || m.inLibrary()) {
		return Fix{}, false
	}
	if !m.change() || len(m.edits) == 0 {
		return Fix{}, false
	}
	manifest, ok := m.manifest(len(m.stays) == 0)
	if !ok {
		return Fix{}, false
	}
	var notes []string
	title := fmt.Sprintf("Move from %s to %s", u.Crate, to.Crate)
	if n := len(m.stays); n > 0 {
		title += fmt.Sprintf(", which leaves %d %s", n, plural(n, "place"))
		notes = m.left()
	}
	return Fix{Title: title, Edits: append(m.edits, manifest...), Remains: notes}, true
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// movable reports whether the manifest says plainly where the runtime is asked for, and
// nothing else is called as the new one is.
func (p *pass) movable(u *engine.Use, to *runtimes.Destination) bool {
	for _, e := range slices.Concat(u.Normal.Entries, u.Dev.Entries, u.Build.Entries) {
		if e.Shared != nil || e.Target != "" || e.Optional || e.Kind == cargo.Build {
			return false
		}
	}
	for _, f := range u.Package.Manifest.Features {
		for _, v := range f.Values {
			if v.Dependency == u.Name {
				return false
			}
		}
	}
	for _, d := range u.Package.Dependencies {
		if d.Package == to.Crate && (d.Renamed() || d.Shared != nil || d.Target != "" || d.Optional || d.Kind == cargo.Build || !p.current(u.Package, d)) {
			return false
		}
		if d.Package != to.Crate && d.Import() == to.Crate {
			return false
		}
	}
	for _, unit := range u.Units() {
		for _, m := range unit.Source.Mods {
			if m.Name == to.Crate {
				return false
			}
		}
		for _, n := range unit.Source.Names {
			if n.Name == to.Crate && !(n.Use && slices.Equal(n.Path.Segs, []string{to.Crate})) {
				return false
			}
		}
	}
	return !to.Context || !p.inherited(u.Package)
}

// current reports whether a dependency is of the series that the table of moves is
// about.
func (p *pass) current(pkg *engine.Package, d *engine.Dependency) bool {
	latest := runtimes.Known(d.Package).Latest
	v, err := semver.Parse(pkg.VersionOf(d))
	newest, _ := semver.Parse(latest)
	return d.FromRegistry && err == nil && v.Series() == newest.Series()
}

// inherited reports whether another member of the workspace depends on a package, and so
// would have to run it as the new runtime wants.
func (p *pass) inherited(pkg *engine.Package) bool {
	return slices.ContainsFunc(p.others().takers[pkg.Name], func(dir string) bool { return dir != pkg.Dir })
}

// executorStays reports whether something goes on running code in the old runtime.
func (m *mover) executorStays() bool {
	return slices.ContainsFunc(m.named, func(n engine.Named) bool {
		_, stays := m.stays[n.Place]
		return stays && slices.ContainsFunc(m.to.Executors, func(e string) bool { return n.Item == e || strings.HasPrefix(n.Item, e+"::") })
	})
}

// foreignExecutor reports whether the code runs something in a further runtime.
func (m *mover) foreignExecutor() bool {
	return m.use.OtherRunners(func(as string) bool { return !root{as: as}.executes() })
}

// maxPlaces bounds how many places a note lists; all are in the diagnostic's related ones.
const maxPlaces = 8

// mostStays reports whether more stays than is moved: then nothing would be gained but a
// second runtime.
func (m *mover) mostStays() bool {
	stays := 0
	for _, n := range m.named {
		if _, is := m.stays[n.Place]; is {
			stays++
		}
	}
	return 2*stays > len(m.named)
}

// inLibrary reports whether a library would need the new runtime wherever it is used.
// Who uses it may run anything.
func (m *mover) inLibrary() bool {
	return slices.ContainsFunc(m.named, func(n engine.Named) bool {
		if _, stays := m.stays[n.Place]; stays || !n.Lib || n.Kind == rust.UseRef || n.Kind == rust.GlobRef {
			return false
		}
		move, _ := m.to.Find(m.use.Know, n.Item)
		return !move.Std && !move.Anywhere
	})
}

// left tells what stays, and where.
func (m *mover) left() []string {
	byReason := map[string][]string{}
	var reasons []string
	for _, place := range slices.SortedStableFunc(maps.Keys(m.stays), engine.ComparePlaces) {
		reason := m.stays[place]
		if byReason[reason] == nil {
			reasons = append(reasons, reason)
		}
		byReason[reason] = append(byReason[reason], m.where(place))
	}
	var notes []string
	for _, r := range reasons {
		places := byReason[r]
		if more := len(places) - maxPlaces; more > 0 {
			places = append(slices.Clip(places[:maxPlaces]), fmt.Sprintf("and %d more", more))
		}
		notes = append(notes, fmt.Sprintf("not moved to %s: %s (%s)", m.to.Crate, strings.Join(places, ", "), r))
	}
	return notes
}

// where is a place as a note tells it: `async_std::stream::interval` in src/main.rs:4.
func (m *mover) where(p engine.Place) string {
	name, err := filepath.Rel(m.use.Package.Dir, p.Path)
	if err != nil {
		name = p.Path
	}
	if p.Path == m.use.Package.File.Path { // documentation is nowhere in particular
		return fmt.Sprintf("`%s`", p.Item)
	}
	line := 1 + strings.Count(m.snapshot.File(p.Path).Text[:p.Span.Start], "\n")
	return fmt.Sprintf("`%s` in %s:%d", p.Item, filepath.ToSlash(name), line)
}
