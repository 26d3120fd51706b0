package diagnostics

import (
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
	"reactorls/engine/text"
)

// written are the segments of a path as it stands in the source, without generic
// arguments at its end; the first is "" for one that starts with ::.
func written(n engine.Named) []string {
	path, _, _ := strings.Cut(n.Span.Text().In(n.Unit.Source.Text), "<")
	return strings.Split(strings.TrimSuffix(path, "::"), "::")
}

// direct reports whether a path starts with the crate's own name.
func (m *mover) direct(n engine.Named) bool {
	first := written(n)[0]
	return first == "" || first == m.use.Import()
}

// change makes the edits of the source. It is false where they would contradict each
// other.
func (m *mover) change() bool {
	at := map[engine.Place]string{}
	for _, n := range m.named {
		if n.Kind == rust.UseRef || n.Kind == rust.GlobRef || m.stays[n.Place] != "" {
			continue
		}
		if item, seen := at[n.Place]; seen {
			if item != n.Item {
				return false
			}
			continue
		}
		at[n.Place] = n.Item
		if !m.changeSite(n) {
			return false
		}
	}
	return m.changeImports()
}

// changeSite writes what a place says in the words of the new runtime.
func (m *mover) changeSite(n engine.Named) bool {
	move, rest := m.to.Find(m.use.Know, n.Item)
	m.need(n, move, rest)
	if move.Form == runtimes.Start {
		es, _ := m.startEdits(n, move)
		m.edits = append(m.edits, es...)
		return true
	}
	if !m.renamedImport(n) {
		segs := written(n)
		keep := 0
		if rest != "" {
			keep = 1 + strings.Count(rest, "::")
		}
		if keep >= len(segs) {
			return false
		}
		end := n.Span.Start + uint32(len(strings.Join(segs[:len(segs)-keep], "::")))
		m.replace(n, rust.Span{Start: n.Span.Start, End: end}, m.spelled(move))
	}
	if move.Form == runtimes.ByName {
		return true
	}
	s, _ := n.Unit.SettingOf(n.Span)
	if s.Dropped {
		m.insert(n, s.End, move.Dropped)
	}
	if s.Await > 0 {
		m.insert(n, s.Await, move.Awaited)
	}
	for _, end := range s.Awaits {
		m.insert(n, end, move.Awaited)
	}
	return true
}

// spelled is what stands for an item in an expression.
func (m *mover) spelled(move *runtimes.Move) string {
	if move.Form == runtimes.Block {
		return m.to.Item(move) + "::new().unwrap().block_on"
	}
	return m.to.Item(move)
}

func (m *mover) replace(n engine.Named, at rust.Span, new string) {
	m.edits = append(m.edits, FileEdit{n.Place.Path, text.Edit{Span: at.Text(), New: new}})
}

func (m *mover) insert(n engine.Named, at uint32, new string) {
	if new != "" {
		m.replace(n, rust.Span{Start: at, End: at}, new)
	}
}

// need notes what a place needs of the new runtime.
func (m *mover) need(n engine.Named, move *runtimes.Move, rest string) {
	if strings.HasPrefix(move.Path, "std::") {
		return
	}
	path := move.Path
	switch {
	case move.Form == runtimes.Block:
		path += "::new"
	case rest != "" && !move.Std:
		path += "::" + rest
	}
	kind := cargo.Normal
	if n.Dev || n.Kind == rust.AttrRef && n.Item == "test" {
		kind = cargo.Dev
	}
	m.needs[kind] = append(m.needs[kind], path)
}

// startEdits turn an attribute that starts the old runtime into one of the new one, or
// into a function that blocks on what was in it.
func (m *mover) startEdits(n engine.Named, move *runtimes.Move) ([]FileEdit, bool) {
	if n.Kind != rust.AttrRef || n.Args != (rust.Span{}) {
		return nil, false
	}
	var fn *rust.CrateFn
	for _, f := range n.Unit.Crate.Fns() {
		if f.Unit == n.Unit && slices.ContainsFunc(f.Attrs, func(a int32) bool { return n.Unit.Source.Refs[a].Span == n.Span }) {
			fn = f
		}
	}
	if fn == nil || !fn.Async {
		return nil, false
	}
	path := n.Place.Path
	if runtimes.FindEntry(m.to.Crate, move.Path) != nil {
		return []FileEdit{{path, text.Edit{Span: n.Span.Text(), New: m.to.Item(move)}}}, true
	}
	src := n.Unit.Source.Text
	start, end := int(n.Span.Start)-2, int(n.Span.End)+1
	head := strings.TrimRight(src[:fn.Span.Start], " ")
	body := fn.Inner
	if body == (rust.Span{}) || start < 0 || src[start:n.Span.Start] != "#[" || src[n.Span.End:end] != "]" || !strings.HasSuffix(head, "async") {
		return nil, false
	}
	var es []text.Edit
	if n.Item == "test" {
		es = append(es, text.Edit{Span: n.Span.Text(), New: "test"})
	} else {
		gone := text.Span{Start: start, End: end}
		for gone.End < len(src) && strings.ContainsRune(" \t\r\n", rune(src[gone.End])) {
			gone.End++
		}
		es = append(es, text.Edit{Span: gone})
	}
	es = append(es, text.Edit{Span: text.Span{Start: len(head) - len("async"), End: int(fn.Span.Start)}})
	es = append(es, m.blocking(n, body, move)...)
	return edits(path, es), true
}

// indent is one step of it, as rustfmt has it.
const indent = "    "

// blocking puts the body of a function into a call that blocks on it.
func (m *mover) blocking(n engine.Named, body rust.Span, move *runtimes.Move) []text.Edit {
	src := n.Unit.Source.Text
	inner := body.Text().In(src)
	open, close := m.to.Item(move)+"(async {", "})"
	if !strings.Contains(inner, "\n") {
		if strings.TrimSpace(inner) == "" {
			return []text.Edit{{Span: body.Text(), New: " " + open + close + " "}}
		}
		return []text.Edit{
			{Span: text.Span{Start: int(body.Start), End: int(body.Start)}, New: " " + open},
			{Span: text.Span{Start: int(body.End), End: int(body.End)}, New: close + " "},
		}
	}
	line := text.LineStart(src, int(body.End))
	outer := src[line:int(body.End)]
	if strings.TrimSpace(outer) != "" {
		outer = ""
		line = int(body.End)
	}
	newline := text.Newline(src, int(body.Start))
	es := []text.Edit{{Span: text.Span{Start: int(body.Start), End: int(body.Start)}, New: newline + outer + indent + open}}
	for _, start := range n.Unit.LinesIn(rust.Span{Start: body.Start, End: uint32(line)}) {
		es = append(es, text.Edit{Span: text.Span{Start: int(start), End: int(start)}, New: indent})
	}
	return append(es, text.Edit{Span: text.Span{Start: line, End: line}, New: outer + indent + close + newline})
}
