package toml

import (
	"slices"
	"strings"

	"reactorls/engine/text"
)

// piece is an element of an array with all the text that belongs to it:
//
//	lead "element" tail
//
// lead goes back to the piece before, tail has the comma and, where a line ends
// behind it, the comment.
type piece struct {
	lead, elem, tail string
	comma            int // where in tail, or -1
	value            string
}

// withComma is the tail with or without its comma.
func (p piece) withComma(wanted bool) string {
	switch {
	case wanted == (p.comma >= 0):
		return p.tail
	case wanted:
		return "," + p.tail
	}
	return p.tail[:p.comma] + p.tail[p.comma+1:]
}

// ownLine reports whether the element starts a line.
func (p piece) ownLine() bool { return strings.Contains(p.lead, "\n") }

// SetArray makes an array of strings hold exactly the wanted ones. Those that
// stay keep their place and comments. New ones go where they belong when the
// array is sorted, else to its end in the order wanted; when none of the old
// ones stays, all stand in the order wanted.
func (d *Document) SetArray(array *Node, want []string) []text.Edit {
	if array.Value == nil || array.Kind != Array {
		return nil
	}
	v := array.Value
	pieces, closing := d.pieces(v)
	trailing := len(pieces) > 0 && pieces[len(pieces)-1].comma >= 0
	sorted := slices.IsSortedFunc(pieces, func(a, b piece) int { return strings.Compare(a.value, b.value) })
	style := newStyle(pieces, closing)

	pieces, comments := keepPieces(pieces, want)
	anyKept := len(pieces) > 0
	for _, w := range want {
		if slices.ContainsFunc(pieces, func(p piece) bool { return p.value == w }) {
			continue
		}
		at := len(pieces)
		if anyKept && sorted {
			at = 0
			for at < len(pieces) && pieces[at].value < w {
				at++
			}
		}
		pieces = insertPiece(pieces, at, w, style)
	}
	if len(pieces) == 0 {
		if strings.Contains(comments+closing, "#") {
			return d.trim(v.Span, "["+comments+closing+"]")
		}
		return d.trim(v.Span, "[]")
	}
	var b strings.Builder
	b.WriteByte('[')
	for i, p := range pieces {
		if i > 0 && strings.Contains(pieces[i-1].tail, "#") && !p.ownLine() {
			b.WriteByte('\n') // a comment takes the rest of its line
		}
		b.WriteString(p.lead + p.elem + p.withComma(i < len(pieces)-1 || trailing))
	}
	b.WriteString(comments + closing)
	if v.Closed {
		b.WriteByte(']')
	}
	return d.trim(v.Span, b.String())
}

// pieces cuts an array up; closing is the text before the ].
func (d *Document) pieces(v *Value) (pieces []piece, closing string) {
	end := v.End
	if v.Closed {
		end--
	}
	at := v.Start + 1
	for i, e := range v.Elems {
		next := end
		if i+1 < len(v.Elems) {
			next = v.Elems[i+1].Start
		}
		p := piece{lead: d.Src[at:e.Start], elem: e.In(d.Src), value: e.Str, comma: -1}
		at = e.End
		if e.Comma >= 0 {
			p.comma = e.Comma - at
			at = e.Comma + 1
		}
		if eol := text.LineEnd(d.Src, at); eol < next { // the rest of the line
			at = eol
		}
		p.tail = d.Src[e.End:at]
		pieces = append(pieces, p)
	}
	return pieces, d.Src[at:end]
}

// style is how new pieces are written.
type style struct {
	first, lead string
}

func newStyle(pieces []piece, closing string) style {
	s := style{"", " "}
	if len(pieces) == 0 && strings.Contains(closing, "\n") {
		s.first = withoutComments(closing) + "    "
		s.lead = s.first
	}
	if len(pieces) > 0 {
		s.first = withoutComments(pieces[0].lead)
		if pieces[0].ownLine() {
			s.lead = s.first
		}
	}
	if len(pieces) > 1 {
		s.lead = withoutComments(pieces[1].lead)
	}
	return s
}

// withoutComments keeps of a lead only its last line end and the indent.
func withoutComments(lead string) string {
	k := strings.LastIndexByte(lead, '\n')
	switch {
	case k < 0:
		return lead
	case k > 0 && lead[k-1] == '\r':
		return lead[k-1:]
	}
	return lead[k:]
}

// keepPieces drops the pieces that are not wanted, and doubles. Comments on lines
// of their own above a dropped one stay, in front of what follows.
func keepPieces(pieces []piece, want []string) (kept []piece, comments string) {
	carried := ""     // text of dropped pieces, to stand before the next
	var moved *string // how a dropped piece started its line or the list: so shall the next
	for _, p := range pieces {
		isDouble := slices.ContainsFunc(kept, func(k piece) bool { return k.value == p.value })
		if slices.Contains(want, p.value) && !isDouble {
			if moved != nil && !p.ownLine() {
				p.lead = *moved
			}
			if carried != "" {
				p.lead = carried + p.lead
			}
			kept = append(kept, p)
			carried, moved = "", nil
			continue
		}
		if strings.Contains(p.lead, "#") {
			carried += strings.TrimSuffix(p.lead, withoutComments(p.lead))
		}
		if moved == nil && (p.ownLine() || len(kept) == 0) {
			lead := withoutComments(p.lead)
			moved = &lead
		}
	}
	return kept, carried
}

func insertPiece(pieces []piece, at int, value string, s style) []piece {
	p := piece{lead: s.lead, elem: Quote(value), value: value, comma: -1}
	if at == 0 {
		p.lead = s.first
		if len(pieces) > 0 && !pieces[0].ownLine() {
			pieces[0].lead = s.lead
		}
	}
	return slices.Insert(pieces, at, p)
}
