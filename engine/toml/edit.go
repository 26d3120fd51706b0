package toml

import (
	"slices"
	"strings"

	"reactorls/engine/text"
)

// All edits are the smallest that do it: comments, order, spacing, line ends and
// the form in which a table is written stay.

// Quote writes a basic string.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < ' ' && r != '\t' || r == 0x7f:
			const hex = "0123456789abcdef"
			b.WriteString(`\u00` + string(hex[r>>4]) + string(hex[r&15]))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// QuoteKey writes a key, bare where it can be, else in single quotes, as people
// write 'cfg(unix)'.
func QuoteKey(s string) string {
	switch {
	case s != "" && strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 || !isBare(byte(r)) }) < 0:
		return s
	case s != "" && strings.IndexFunc(s, func(r rune) bool { return r == '\'' || r < ' ' || r == 0x7f }) < 0:
		return "'" + s + "'"
	}
	return Quote(s)
}

// trim makes one replacement as small as it can be, and none when nothing
// changes.
func (d *Document) trim(at text.Span, content string) []text.Edit {
	old := at.In(d.Src)
	if old == content {
		return nil
	}
	n := 0
	for n < len(old) && n < len(content) && old[n] == content[n] {
		n++
	}
	for n > 0 && n < len(old) && old[n]&0xC0 == 0x80 { // never split a character
		n--
	}
	m := 0
	for m < len(old)-n && m < len(content)-n && old[len(old)-1-m] == content[len(content)-1-m] {
		m++
	}
	for m > 0 && old[len(old)-m]&0xC0 == 0x80 {
		m--
	}
	return []text.Edit{{Span: text.Span{Start: at.Start + n, End: at.End - m}, New: content[n : len(content)-m]}}
}

// Become makes the whole text another, by one edit as small as it can be.
func (d *Document) Become(src string) []text.Edit {
	return d.trim(text.Span{End: len(d.Src)}, src)
}

// Replace gives a value another text.
func (d *Document) Replace(n *Node, raw string) []text.Edit {
	return d.trim(n.Value.Span, raw)
}

// ReplaceString gives a string another value in its own kind of quotes.
func (d *Document) ReplaceString(n *Node, value string) []text.Edit {
	if d.Src[n.Value.Start] == '\'' && n.Value.Closed && !strings.ContainsAny(value, "'\n\r") {
		return d.trim(n.Value.Span, "'"+value+"'")
	}
	return d.trim(n.Value.Span, Quote(value))
}

// SetKey sets key to raw in a table, however the table is written, or adds it in
// the table's own style: in sorted place where the keys are sorted, else last.
// A table that only headers of its own sub-tables imply has no place for it:
// then there are no edits.
func (d *Document) SetKey(table *Node, key, raw string) []text.Edit {
	if c := table.child(key); c != nil {
		if c.Value == nil {
			return nil
		}
		return d.Replace(c, raw)
	}
	switch {
	case table.Value != nil:
		return d.insertInline(table.Value, key, raw)
	case len(table.sections) > 0:
		return d.insertEntry(table.sections[len(table.sections)-1], QuoteKey(key), raw)
	case len(table.entries) > 0:
		return d.insertDotted(table, key, raw)
	case table.Parent == nil:
		return d.insertEntry(d.Sections[0], QuoteKey(key), raw)
	}
	return nil
}

// insertInline adds an entry at the end of { … }.
func (d *Document) insertInline(v *Value, key, raw string) []text.Edit {
	n := len(v.Entries)
	if n == 0 {
		return d.trim(v.Span, "{ "+QuoteKey(key)+" = "+raw+" }")
	}
	last := v.Entries[n-1]
	eq := " = "
	if last.Eq > 0 {
		eq = d.Src[last.Keys[len(last.Keys)-1].End:last.Value.Start]
	}
	lead := " "
	if n > 1 {
		lead = d.Src[v.Entries[n-2].Comma+1 : last.Start]
	} else if start := text.LineStart(d.Src, last.Start); start > v.Start {
		lead = text.Newline(d.Src, last.Start) + d.Src[start:last.Start]
	} else if eq == "=" {
		lead = ""
	}
	if strings.Contains(lead, "#") { // a comment of its own stands in front
		lead = text.Newline(d.Src, last.Start) + d.Src[text.LineStart(d.Src, last.Start):last.Start]
	}
	return []text.Edit{{Span: text.Span{Start: last.End, End: last.End}, New: "," + lead + QuoteKey(key) + eq + raw}}
}

// insertEntry adds a line to a section.
func (d *Document) insertEntry(s *Section, key, raw string) []text.Edit {
	insert := func(at int, line string) []text.Edit {
		return []text.Edit{{Span: text.Span{Start: at, End: at}, New: line}}
	}
	headless := s.Header.Start == s.Header.End
	line := key + " = " + raw
	if len(s.Entries) == 0 && headless {
		return insert(s.End, line+text.Newline(d.Src, s.End))
	}
	at := s.End
	sorted := slices.IsSortedFunc(s.Entries, func(a, b *Entry) int { return strings.Compare(a.name(), b.name()) })
	if sorted && len(s.Entries) != 1 { // one entry shows no order
		at = text.LineEnd(d.Src, s.Header.End)
		for i, e := range s.Entries {
			if e.name() > firstName(key) {
				if i == 0 && headless {
					return insert(e.Start, line+text.Newline(d.Src, e.Start)+d.indent(e))
				}
				break
			}
			at = max(e.End, e.Comment.End)
		}
	}
	if len(s.Entries) > 0 {
		line = d.indent(s.Entries[0]) + line
	}
	return insert(at, text.Newline(d.Src, at)+line)
}

// indent is the white space in front of an entry on its line.
func (d *Document) indent(e *Entry) string {
	return strings.TrimPrefix(d.Src[text.LineStart(d.Src, e.Start):e.Start], "\ufeff")
}

// firstName is the first part of a key as written.
func firstName(key string) string {
	p := &parser{src: key, doc: &Document{}}
	k, _ := p.key()
	return k.Name
}

func (e *Entry) name() string {
	if len(e.Keys) == 0 {
		return ""
	}
	return e.Keys[0].Name
}

// insertDotted adds prefix.key = raw below the last entry that has the prefix.
func (d *Document) insertDotted(table *Node, key, raw string) []text.Edit {
	last := table.entries[len(table.entries)-1]
	depth := table.depthIn(last)
	prefix := d.Src[last.Start:last.Keys[depth].End]
	at := max(last.End, last.Comment.End)
	if last.Comma >= 0 || d.inInline(last) {
		return []text.Edit{{Span: text.Span{Start: last.End, End: last.End}, New: ", " + prefix + "." + QuoteKey(key) + " = " + raw}}
	}
	indent := d.indent(last)
	return []text.Edit{{Span: text.Span{Start: at, End: at}, New: text.Newline(d.Src, at) + indent + prefix + "." + QuoteKey(key) + " = " + raw}}
}

// depthIn is the index in an entry's dotted key of the part that names the table.
func (n *Node) depthIn(e *Entry) int {
	for i := len(e.Keys) - 2; i > 0; i-- {
		up := n
		j := i
		for ; j >= 0 && up != nil && up.Key.Name == e.Keys[j].Name; j-- {
			up = up.Parent
		}
		if j < 0 {
			return i
		}
	}
	return 0
}

// inInline reports whether an entry belongs to an inline table.
func (d *Document) inInline(e *Entry) bool {
	for _, s := range d.Sections {
		if slices.Contains(s.Entries, e) {
			return false
		}
	}
	return true
}

// RemoveKey takes a key out of a table: its entry with its line and the comment
// behind it, all its dotted entries, or its [header] sections. Comments on lines
// of their own stay.
func (d *Document) RemoveKey(table *Node, key string) []text.Edit {
	c := table.child(key)
	if c == nil {
		return nil
	}
	var edits []text.Edit
	if table.Value != nil {
		return d.removeInline(table.Value, c)
	}
	for _, e := range c.entries {
		edits = append(edits, d.removeLines(e.Start, max(e.End, e.Comment.End)))
	}
	for _, s := range d.Sections[1:] {
		if !d.below(s, c) {
			continue
		}
		e := d.removeSection(s)
		if n := len(edits); n > 0 && e.Start < edits[n-1].End { // both take the blank lines between them
			e.Start = edits[n-1].End
		}
		edits = append(edits, e)
	}
	return edits
}

// below reports whether a section writes the table n or one inside it.
func (d *Document) below(s *Section, n *Node) bool {
	if slices.Contains(n.sections, s) {
		return true
	}
	return slices.ContainsFunc(n.children, func(c *Node) bool { return c.Value == nil && d.below(s, c) }) ||
		n.Value == nil && slices.ContainsFunc(n.elems, func(c *Node) bool { return d.below(s, c) })
}

// removeLines takes out the lines from start to end, when nothing else stands on
// them.
func (d *Document) removeLines(start, end int) text.Edit {
	return text.Edit{Span: text.Span{Start: text.LineStart(d.Src, start), End: text.NextLine(d.Src, end)}}
}

// removeSection takes out a header with its entries, and the blank lines behind
// it, or, at the end of the file, those before it.
func (d *Document) removeSection(s *Section) text.Edit {
	e := d.removeLines(s.Header.Start, s.End)
	for e.End < len(d.Src) && strings.TrimSpace(d.Src[e.End:text.LineEnd(d.Src, e.End)]) == "" {
		e.End = text.NextLine(d.Src, e.End)
	}
	if e.End == len(d.Src) {
		for e.Start > 0 && strings.TrimSpace(d.Src[text.LineStart(d.Src, e.Start-1):e.Start]) == "" {
			e.Start = text.LineStart(d.Src, e.Start-1)
		}
	}
	return e
}

// removeInline takes the entries of a key out of { … }, each with one comma.
func (d *Document) removeInline(v *Value, c *Node) []text.Edit {
	gone := func(e *Entry) bool { return slices.Contains(c.entries, e) }
	left := slices.DeleteFunc(slices.Clone(v.Entries), gone)
	if len(left) == 0 {
		return d.trim(v.Span, "{}")
	}
	var edits []text.Edit
	for i, e := range v.Entries {
		if !gone(e) {
			continue
		}
		if i+1 < len(v.Entries) {
			edits = append(edits, text.Edit{Span: text.Span{Start: e.Start, End: v.Entries[i+1].Start}})
			continue
		}
		// The last: with the comma before it, and before all that go with it.
		j := i
		for j > 0 && gone(v.Entries[j-1]) {
			j--
			edits = edits[:len(edits)-1]
		}
		edits = append(edits, text.Edit{Span: text.Span{Start: v.Entries[j-1].End, End: e.End}})
	}
	return edits
}

// AddTable sets key to raw in the table that path names, and makes the table as
// a [header] below the section after, or at the end, when there is none.
func (d *Document) AddTable(path []string, key, raw string, after *Section) []text.Edit {
	if table := d.Root.Get(path...); table != nil {
		if edits := d.SetKey(table, key, raw); edits != nil || table.child(key) != nil {
			return edits
		}
	}
	if after == nil {
		after = d.Sections[len(d.Sections)-1]
	}
	at := after.End
	if after == d.Sections[len(d.Sections)-1] && len(after.Entries) == 0 && after.Header.Start == after.Header.End {
		at = len(d.Src) // a file of comments alone
	}
	nl := text.Newline(d.Src, at)
	var parts []string
	for _, p := range path {
		parts = append(parts, QuoteKey(p))
	}
	table := "[" + strings.Join(parts, ".") + "]" + nl + QuoteKey(key) + " = " + raw
	switch {
	case strings.Trim(d.Src[:at], "\ufeff \t\r\n") == "":
		return []text.Edit{{Span: text.Span{Start: at, End: at}, New: table + nl}}
	case at == len(d.Src) && strings.HasSuffix(d.Src, "\n"):
		return []text.Edit{{Span: text.Span{Start: at, End: at}, New: nl + table + nl}}
	}
	return []text.Edit{{Span: text.Span{Start: at, End: at}, New: nl + nl + table}}
}
