package diagnostics

import (
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
)

// Why a place stays.
const (
	unmatched = "no certain counterpart"
	unlike    = "it does something else there"
	together  = "it belongs to what stays"
)

// judge finds what has to stay.
func (m *mover) judge() {
	for _, n := range m.named {
		if reason := m.obstacle(n); reason != "" {
			m.stays[n.Place] = reason
		}
	}
	m.judgeMethods()
	for _, g := range m.to.Groups {
		if m.inPlay(g) {
			m.judgeValues(g)
		}
	}
	for changed := true; changed; {
		changed = false
		for _, g := range m.to.Groups {
			changed = m.holdTogether(g) || changed
		}
		changed = m.holdImports() || changed
	}
}

func (m *mover) stay(p engine.Place, reason string) bool {
	if m.stays[p] != "" {
		return false
	}
	m.stays[p] = reason
	return true
}

// obstacle is why a place cannot be moved, whatever becomes of the others.
func (m *mover) obstacle(n engine.Named) string {
	move, rest := m.to.Find(m.use.Know, n.Item)
	item, known := m.use.Know.Item(n.Item)
	switch {
	case n.Fixed != "":
		return n.Fixed
	case n.Script:
		return "in the build script"
	case n.Kind == rust.UseRef || n.Kind == rust.GlobRef:
		return m.importObstacle(n, move, known && item.Kind == runtimes.Module)
	case move == nil:
		return unmatched
	case rest != "" && !move.Std:
		if _, ok := m.use.Know.Item(move.From + "::" + rest); !ok && !slices.Contains(move.Variants, rest) {
			return unmatched
		}
		if keeps, _ := m.to.Keeps(m.use.Know, move, move.From, rest, m.have); !keeps {
			return unlike
		}
	}
	if !move.Generic && strings.Contains(n.Span.Text().In(n.Unit.Source.Text), "<") && known && item.Kind == runtimes.Function {
		return "its generic arguments are written out"
	}
	if m.to.Context && !move.Lazy && known && item.Kind == runtimes.Function && move.Form != runtimes.Block && (n.Fn == nil || !n.Fn.AsyncAt(n.Span)) {
		return "only async code is sure to run in " + m.to.Crate
	}
	return m.formObstacle(n, move)
}

func (m *mover) importObstacle(n engine.Named, move *runtimes.Move, module bool) string {
	_, ok := n.Unit.UseDeclAt(n.Span)
	switch {
	case len(n.Path) == 0:
		return "the crate as a whole"
	case n.Pub:
		return "re-exported"
	case !ok:
		return "in an import that cannot be taken apart"
	case n.Kind == rust.GlobRef && (move == nil || len(move.Traits) == 0):
		return "all that is in it"
	case move == nil && !module:
		return unmatched
	}
	return ""
}

// formObstacle is why a place does not have the form in which the item can be moved.
func (m *mover) formObstacle(n engine.Named, move *runtimes.Move) string {
	if move.Form == runtimes.ByName {
		return ""
	}
	switch move.Form {
	case runtimes.ForTraits:
		return unmatched
	case runtimes.Start:
		if _, ok := m.startEdits(n, move); !ok {
			return unmatched
		}
		return ""
	}
	s, ok := n.Unit.SettingOf(n.Span)
	if !ok || n.Fn == nil {
		return "not called where it is named"
	}
	switch move.Form {
	case runtimes.Awaited, runtimes.Joined:
		ok = s.Await > 0
	case runtimes.Pause:
		ok = s.Statement
	case runtimes.StartTask:
		ok = s.Dropped || s.Await > 0 || len(s.Awaits) > 0 && (s.Sure || move.Dropped == "")
	case runtimes.Block:
		ok = m.blocksAlone(n, s)
	}
	if !ok {
		return "what it gives is used in another way"
	}
	return ""
}

// blocksAlone reports whether a call that blocks on a future is the only one of a
// program or a test, and nothing is done behind it that tasks could outlive.
func (m *mover) blocksAlone(n engine.Named, s rust.Setting) bool {
	isTest := slices.ContainsFunc(n.Fn.Attrs, func(a int32) bool {
		return slices.Equal(n.Unit.Source.Refs[a].Segs, []string{"test"})
	})
	if n.Fn.Async || n.Fn.Around(n.Span) != nil || n.Fn.Name != "main" && !isTest {
		return false
	}
	spawns := false
	for _, o := range m.named {
		if o.Item == n.Item && o.Kind != rust.UseRef && o.Place != n.Place && (!isTest || o.Fn == n.Fn) && o.Unit.Crate == n.Unit.Crate {
			return false
		}
		spawns = spawns || strings.HasPrefix(o.Item, "task::spawn")
	}
	return !spawns || n.Unit.LastIn(n.Fn, s.Span)
}

// inPlay reports whether the code names something of a group.
func (m *mover) inPlay(g runtimes.Group) bool {
	return slices.ContainsFunc(m.named, func(n engine.Named) bool { return g.Holds(n.Item) })
}

// holdTogether leaves all of a group where it is when some of it stays.
func (m *mover) holdTogether(g runtimes.Group) (changed bool) {
	if !slices.ContainsFunc(m.named, func(n engine.Named) bool { return g.Holds(n.Item) && m.stays[n.Place] != "" }) {
		return false
	}
	for _, n := range m.named {
		if g.Holds(n.Item) {
			changed = m.stay(n.Place, together) || changed
		}
	}
	return changed
}

// holdsBack leaves a group where it is because of a place.
func (m *mover) holdsBack(g runtimes.Group, p engine.Place, reason string) {
	m.stay(p, reason)
	for _, n := range m.named {
		if g.Holds(n.Item) {
			m.stay(n.Place, together)
		}
	}
}

// judgeMethods looks for calls of methods that are not the same on what is moved.
func (m *mover) judgeMethods() {
	type method struct {
		group  runtimes.Group
		on     string
		future bool
	}
	unlikes := map[string][]method{}
	look := func(g runtimes.Group, path string, move *runtimes.Move) {
		names := map[string]bool{}
		for name := range m.use.Know.Under(path) {
			names[name] = true
		}
		if move != nil {
			for _, name := range move.Methods {
				names[name] = true
			}
		}
		for name := range names {
			keeps, future := m.to.Keeps(m.use.Know, move, path, name, m.have)
			// A stream that nothing takes from does not matter.
			if !keeps && (move != nil || future) {
				unlikes[name] = append(unlikes[name], method{g, path, future})
			}
		}
	}
	for _, g := range m.to.Groups {
		if !m.inPlay(g) {
			continue
		}
		for _, move := range m.to.Moves() {
			if i, ok := m.use.Know.Item(move.From); ok && g.Holds(move.From) && i.Kind != runtimes.Module && i.Kind != runtimes.Function && !move.Std {
				look(g, move.From, move)
			}
			for _, t := range move.Traits {
				if g.Holds(move.From) && !g.Holds(t) {
					of, _ := m.to.Find(m.use.Know, t)
					look(g, t, of)
				}
			}
		}
	}
	for _, c := range m.use.Called(func(name string) bool { return len(unlikes[name]) > 0 }) {
		for _, u := range unlikes[c.Name] {
			other := c.Extern != "" && (c.Extern != m.use.Import() || c.On != u.on+"::"+c.Name)
			if !other && (!u.future || c.Awaited) {
				m.holdsBack(u.group, c.Place, unlike)
			}
		}
	}
}

// giving are the methods whose result may be what they are called on, or from it.
var giving = []string{
	"accept", "as_mut", "as_ref", "by_ref", "clone", "context", "expect", "get_mut", "get_ref", "incoming", "into_inner", "into_iter",
	"iter", "iter_mut", "lock", "map", "map_err", "next", "ok", "pop", "remove", "take", "unwrap", "unwrap_or_else", "values", "values_mut",
}

// judgeValues looks for what is done with values of a group that those of the new types
// cannot have done with them.
func (m *mover) judgeValues(g runtimes.Group) {
	if g.Foreign && m.to.Foreign != "" && m.reaches(m.to.Foreign) || g.Types && m.reaches(m.use.Crate) {
		for _, n := range m.named {
			if g.Holds(n.Item) {
				m.stay(n.Place, "other crates may take or give it")
			}
		}
	}
	if !g.Shared && !g.Cloned {
		return
	}
	names := map[string]bool{}
	for _, v := range g.Values {
		names[v] = true
	}
	for _, n := range m.named {
		if d, ok := n.Unit.UseDeclAt(n.Span); ok && n.Kind == rust.UseRef && names[last(n.Item)] {
			names[d.Of(n.Span).Name] = true
		}
	}
	for grown := -1; grown < len(names); {
		grown = len(names)
		for _, unit := range m.use.Units() {
			unit.Holders(names, giving)
		}
	}
	for _, unit := range m.use.Units() {
		if g.Shared {
			for _, at := range unit.Shared(names) {
				m.holdsBack(g, engine.Place{Path: unit.Path, Span: at.Text(), Item: at.Text().In(unit.Source.Text)}, "a shared reference does less there")
			}
		}
		if g.Cloned {
			for _, at := range unit.CalledOn(names, "clone") {
				m.holdsBack(g, engine.Place{Path: unit.Path, Span: at.Text(), Item: "clone"}, "it cannot be cloned there")
			}
		}
	}
}

// last is the last name of a path.
func last(path string) string { return path[strings.LastIndex(path, ":")+1:] }

// reaches reports whether a crate that the package depends on may know another one, and
// so its types and traits.
func (m *mover) reaches(crate string) bool {
	lock := m.workspace.Lock
	for _, d := range m.use.Package.Dependencies {
		if d.Package == m.use.Crate || d.Package == m.to.Crate {
			continue
		}
		locked := lock.Named(d.Package)
		if len(locked) == 0 || slices.ContainsFunc(locked, func(l cargo.LockedPackage) bool { return lock.Reaches(l, crate) }) {
			return true
		}
	}
	return false
}
