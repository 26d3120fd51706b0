// Package text holds what every other package needs to speak about places in a
// file: byte spans, positions in the three encodings editors use, and edits.
package text

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Span is a half-open range of byte offsets into one file.
type Span struct{ Start, End int }

// Len is the number of bytes the span covers.
func (s Span) Len() int { return s.End - s.Start }

// Contains reports whether the byte offset lies in the span or directly at its
// end, as a cursor standing behind the last character still belongs to it.
func (s Span) Contains(offset int) bool { return s.Start <= offset && offset <= s.End }

// Covers reports whether other lies wholly inside s.
func (s Span) Covers(other Span) bool { return s.Start <= other.Start && other.End <= s.End }

// Overlaps reports whether the two spans touch or share a byte, which is what
// an editor asks when it wants everything about a selection.
func (s Span) Overlaps(other Span) bool { return s.Start <= other.End && other.Start <= s.End }

// In returns the text that the span covers.
func (s Span) In(src string) string { return src[s.Start:s.End] }

// Edit replaces the bytes of Span by New. An empty span inserts.
type Edit struct {
	Span
	New string
}

// Sort orders edits by place; insertions at one offset keep their order.
func Sort(edits []Edit) {
	slices.SortStableFunc(edits, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
}

// Disjoint reports whether no two of the edits claim the same byte. Several
// insertions at one place are disjoint: they are applied in their order.
func Disjoint(edits []Edit) bool {
	sorted := slices.Clone(edits)
	Sort(sorted)
	for i := 1; i < len(sorted); i++ {
		if sorted[i-1].End > sorted[i].Start {
			return false
		}
	}
	return true
}

// Apply returns src with all edits made. It fails, and changes nothing, when an
// edit lies outside src or two of them overlap.
func Apply(src string, edits []Edit) (string, error) {
	if len(edits) == 0 {
		return src, nil
	}
	sorted := slices.Clone(edits)
	Sort(sorted)
	var b strings.Builder
	at := 0
	for _, e := range sorted {
		if e.Start < at || e.End < e.Start || e.End > len(src) {
			return "", fmt.Errorf("edit of bytes %d to %d overlaps another or lies outside %d bytes", e.Start, e.End, len(src))
		}
		b.WriteString(src[at:e.Start])
		b.WriteString(e.New)
		at = e.End
	}
	b.WriteString(src[at:])
	return b.String(), nil
}

// LineStart is the offset of the first byte of the line that holds offset.
func LineStart(src string, offset int) int {
	return strings.LastIndexByte(src[:offset], '\n') + 1
}

// LineEnd is the offset behind the last byte of the line that holds offset,
// before its line end.
func LineEnd(src string, offset int) int {
	k := strings.IndexByte(src[offset:], '\n')
	if k < 0 {
		return len(src)
	}
	if end := offset + k; end > offset && src[end-1] == '\r' {
		return end - 1
	}
	return offset + k
}

// NextLine is the offset of the line after the one that holds offset, or the
// end of the file.
func NextLine(src string, offset int) int {
	k := strings.IndexByte(src[offset:], '\n')
	if k < 0 {
		return len(src)
	}
	return offset + k + 1
}

// Newline is the line end in use around offset: that of the line itself, else
// of the line before, else "\n". Inserted lines take it, so that a file with
// CRLF, or one that mixes both, keeps its habit.
func Newline(src string, offset int) string {
	if k := strings.IndexByte(src[offset:], '\n'); k >= 0 {
		if at := offset + k; at > 0 && src[at-1] == '\r' {
			return "\r\n"
		}
		return "\n"
	}
	if k := strings.LastIndexByte(src[:offset], '\n'); k > 0 && src[k-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
