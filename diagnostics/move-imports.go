package diagnostics

import (
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
	"reactorls/engine/text"
)

// leaf is one path that a use declaration brings from the old runtime.
type leaf struct {
	engine.Named
	rust.UseLeaf
	decl rust.UseDecl
	move *runtimes.Move // of what it names itself, nil where that is not moved
	// module tells that it names a module.
	module bool
	// users are the places of the package that may say what they say by its name.
	users []engine.Named
}

// leaves are the imports of the old runtime.
func (m *mover) leaves() []leaf {
	if m.imports != nil {
		return m.imports
	}
	seen := map[engine.Place]bool{}
	for _, n := range m.named {
		if n.Kind != rust.UseRef && n.Kind != rust.GlobRef || seen[n.Place] {
			continue
		}
		seen[n.Place] = true
		decl, ok := n.Unit.UseDeclAt(n.Span)
		if !ok {
			continue
		}
		l := leaf{Named: n, UseLeaf: decl.Of(n.Span), decl: decl}
		if move, rest := m.to.Find(m.use.Know, n.Item); rest == "" || move != nil && move.Std {
			l.move = move
		}
		item, known := m.use.Know.Item(n.Item)
		l.module = known && item.Kind == runtimes.Module
		m.imports = append(m.imports, l)
	}
	for i := range m.imports {
		l := &m.imports[i]
		for _, n := range m.named {
			if n.Kind != rust.UseRef && n.Kind != rust.GlobRef && !m.direct(n) && m.brings(l, n) {
				l.users = append(l.users, n)
			}
		}
	}
	return m.imports
}

// brings reports whether an import may be what brings the name that a place starts with.
func (m *mover) brings(l *leaf, n engine.Named) bool {
	here := func(o *leaf) bool {
		return o.Named.Unit.Path == n.Unit.Path && !o.Glob && o.UseLeaf.Name == written(n)[0] && below(n.Item, o.Item)
	}
	if l.Glob {
		return below(n.Item, l.Item) && !slices.ContainsFunc(m.imports, func(o leaf) bool { return here(&o) })
	}
	if here(l) {
		return true
	}
	// It is brought by way of another module.
	return below(n.Item, l.Item) && !slices.ContainsFunc(m.imports, func(o leaf) bool { return here(&o) })
}

// below reports whether a path is another or below it.
func below(path, of string) bool { return path == of || strings.HasPrefix(path, of+"::") }

// usersStay reports whether some user of an import stays.
func (m *mover) usersStay(l leaf) bool {
	return slices.ContainsFunc(l.users, func(n engine.Named) bool { return m.stays[n.Place] != "" })
}

// holdImports leaves what an import brings by its own name where it is when the import
// stays, and the other way round.
func (m *mover) holdImports() (changed bool) {
	for _, l := range m.leaves() {
		if !l.itself() || m.stays[l.Place] == "" && !m.usersStay(l) {
			continue
		}
		changed = m.stay(l.Place, together) || changed
		for _, n := range l.users {
			changed = m.stay(n.Place, together) || changed
		}
	}
	return changed
}

// itself reports whether the import brings an item that is moved by its name alone, so
// that what uses it can stay as it is written.
func (l leaf) itself() bool {
	return l.move != nil && l.move.Form == runtimes.ByName && !l.Glob && !l.module
}

// renames reports whether an import goes on bringing the same name, of the new runtime,
// and what uses it stays as it is written.
func (m *mover) renames(l leaf) bool {
	if l.move == nil || l.move.Form != runtimes.ByName || l.Glob || m.stays[l.Place] != "" || m.usersStay(l) {
		return false
	}
	if !l.module {
		return true
	}
	return !slices.ContainsFunc(l.users, func(n engine.Named) bool {
		move, _ := m.to.Find(m.use.Know, n.Item)
		own := strings.TrimPrefix(move.From, l.Item)
		return move.Form != runtimes.ByName || m.to.Item(move) != m.to.Item(l.move)+own
	}) && len(l.users) > 0
}

// renamedImport reports whether a place starts with a name that an import of its file
// goes on bringing.
func (m *mover) renamedImport(n engine.Named) bool {
	if m.direct(n) {
		return false
	}
	return slices.ContainsFunc(m.leaves(), func(l leaf) bool {
		return l.Named.Unit.Path == n.Unit.Path && l.UseLeaf.Name == written(n)[0] && below(n.Item, l.Item) && m.renames(l)
	})
}

// changeImports writes the use declarations anew.
func (m *mover) changeImports() bool {
	type at struct {
		path  string
		start uint32
	}
	done := map[at]bool{}
	brought := map[string]bool{}
	for _, l := range m.leaves() {
		key := at{l.Place.Path, l.decl.Start}
		if done[key] {
			continue
		}
		done[key] = true
		var paths []string
		changed := false
		for _, u := range l.decl.Leaves {
			now, ok := m.imported(l, u, brought)
			changed = changed || ok
			paths = append(paths, now...)
		}
		if changed {
			m.rewrite(l, paths)
		}
	}
	return true
}

// imported are the paths that stand for one of a use declaration; false where it stays
// as it is.
func (m *mover) imported(of leaf, u rust.UseLeaf, brought map[string]bool) ([]string, bool) {
	i := slices.IndexFunc(m.leaves(), func(l leaf) bool { return l.Place.Path == of.Place.Path && l.Ref == u.Ref })
	if i < 0 {
		return []string{u.Text()}, false
	}
	l := m.leaves()[i]
	var paths []string
	add := func(path, suffix string, move *runtimes.Move) {
		key := fmt.Sprint(l.Place.Path, l.decl.Scope, path)
		if !brought[key] {
			brought[key] = true
			m.need(l.Named, move, "")
			paths = append(paths, path+suffix)
		}
	}
	switch {
	case m.stays[l.Place] != "":
		return []string{u.Text()}, false
	case m.renames(l):
		path := m.to.Item(l.move)
		if rest := strings.TrimPrefix(strings.TrimPrefix(l.Item, l.move.From), "::"); rest != "" {
			path += "::" + rest
		}
		suffix := ""
		if name := u.Name; name == "_" || name != last(path) && len(l.users) > 0 {
			suffix = " as " + name
		}
		add(path, suffix, l.move)
	case l.Glob && l.move != nil && l.move.Form == runtimes.ByName:
		add(m.to.Item(l.move), "::*", l.move)
	case l.move != nil && l.move.Form == runtimes.ForTraits:
		for _, t := range append(slices.Clone(l.move.Traits), l.Item) {
			move, _ := m.to.Find(m.use.Know, t)
			if move != nil && move.Form == runtimes.ForTraits && len(move.Traits) == 0 && m.calls(l.Named.Unit, t) {
				add(m.to.Item(move), "", move)
			}
		}
	case m.usersStay(l):
		return []string{u.Text()}, false
	}
	return paths, true
}

// calls reports whether a file calls a method by the name of one of a trait's.
func (m *mover) calls(unit *rust.Unit, trait string) bool {
	for name := range m.use.Know.Under(trait) {
		if slices.ContainsFunc(unit.Source.Methods, func(c rust.Method) bool { return c.Span.Text().In(unit.Source.Text) == name }) {
			return true
		}
	}
	return false
}

// rewrite writes a use declaration that brings other paths: one for each crate, none
// where nothing is left.
func (m *mover) rewrite(l leaf, paths []string) {
	src := l.Named.Unit.Source.Text
	at := l.decl.Span.Text()
	line := text.LineStart(src, at.Start)
	before := src[line:at.Start]
	if len(paths) == 0 {
		if strings.TrimSpace(before) == "" && text.LineEnd(src, at.End) == at.End {
			at = text.Span{Start: line, End: text.NextLine(src, at.End)}
		}
		m.edits = append(m.edits, FileEdit{l.Place.Path, text.Edit{Span: at}})
		return
	}
	var roots []string
	byRoot := map[string][]string{}
	for _, p := range paths {
		root, _, _ := strings.Cut(strings.TrimPrefix(p, "::"), "::")
		if byRoot[root] == nil {
			roots = append(roots, root)
		}
		byRoot[root] = append(byRoot[root], p)
	}
	var decls []string
	for _, root := range roots {
		decls = append(decls, l.decl.Head+"use "+tree(byRoot[root])+";")
	}
	joined := strings.Join(decls, text.Newline(src, at.Start)+before[:len(before)-len(strings.TrimLeft(before, " \t"))])
	m.edits = append(m.edits, FileEdit{l.Place.Path, text.Edit{Span: at, New: joined}})
}

// tree writes paths that start alike as one tree.
func tree(paths []string) string {
	var heads []string
	below := map[string][]string{}
	for _, p := range paths {
		head, rest, ok := strings.Cut(p, "::")
		if !ok {
			name, as, renamed := strings.Cut(p, " as ")
			if head, rest = name, "self"; renamed {
				rest += " as " + as
			}
		}
		if below[head] == nil {
			heads = append(heads, head)
		}
		below[head] = append(below[head], rest)
	}
	var parts []string
	for _, head := range heads {
		rests := below[head]
		switch {
		case len(rests) > 1:
			parts = append(parts, head+"::"+tree(rests))
		case strings.HasPrefix(rests[0], "self"):
			parts = append(parts, head+strings.TrimPrefix(rests[0], "self"))
		default:
			parts = append(parts, head+"::"+rests[0])
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
