package text

import (
	"sort"
	"unicode/utf8"
)

// Encoding is the unit in which a client counts the columns of a line.
type Encoding uint8

// The encodings that the Language Server Protocol knows. UTF32 counts Unicode
// code points, which is also what people call characters on a command line.
const (
	UTF8 Encoding = iota
	UTF16
	UTF32
)

// Position is a place as editors name it. Both fields start at 0; Column counts
// units of the Encoding that goes with it.
type Position struct{ Line, Column int }

// Mapper converts between byte offsets and positions of one immutable text.
//
// Four coordinate systems meet here and nowhere else: byte offsets (all of the
// engine), and line and column in UTF-8, UTF-16 and UTF-32 units (editors and
// people). Lines end at "\n", "\r\n" and a lone "\r", as the protocol says.
type Mapper struct {
	src   string
	lines []int // offset of the first byte of each line
}

// NewMapper indexes the lines of src.
func NewMapper(src string) *Mapper {
	m := &Mapper{src: src, lines: []int{0}}
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '\n':
			m.lines = append(m.lines, i+1)
		case '\r':
			if i+1 < len(src) && src[i+1] == '\n' {
				i++
			}
			m.lines = append(m.lines, i+1)
		}
	}
	return m
}

// Lines is the number of lines; a text that ends with a line end has an empty
// last one.
func (m *Mapper) Lines() int { return len(m.lines) }

// Line is the span of line i (from 0) without its line end. An i outside the
// text gives the nearest line.
func (m *Mapper) Line(i int) Span {
	i = max(0, min(i, len(m.lines)-1))
	start, end := m.lines[i], len(m.src)
	if i+1 < len(m.lines) {
		end = m.lines[i+1]
	}
	for end > start && (m.src[end-1] == '\n' || m.src[end-1] == '\r') {
		end--
	}
	return Span{start, end}
}

// Position converts a byte offset. An offset outside the text is clamped; one
// inside a character or a line end counts as the start of it.
func (m *Mapper) Position(offset int, enc Encoding) Position {
	offset = max(0, min(offset, len(m.src)))
	line := sort.SearchInts(m.lines, offset+1) - 1
	span := m.Line(line)
	offset = min(offset, span.End)
	column := 0
	for i := span.Start; i < offset; {
		width, units := m.unit(i, enc)
		if i+width > offset {
			break
		}
		i += width
		column += units
	}
	return Position{line, column}
}

// Offset converts a position to a byte offset. A line or column outside the
// text is clamped to its end; a column in the middle of a character counts as
// its start, so no answer ever splits one.
func (m *Mapper) Offset(p Position, enc Encoding) int {
	if p.Line < 0 {
		return 0
	}
	if p.Line >= len(m.lines) {
		return len(m.src)
	}
	span := m.Line(p.Line)
	i, column := span.Start, 0
	for i < span.End {
		width, units := m.unit(i, enc)
		if column+units > p.Column {
			break
		}
		i += width
		column += units
	}
	return i
}

// unit gives the bytes of the character at i and its size in the encoding.
func (m *Mapper) unit(i int, enc Encoding) (width, units int) {
	if m.src[i] < utf8.RuneSelf {
		return 1, 1
	}
	r, width := utf8.DecodeRuneInString(m.src[i:])
	switch {
	case enc == UTF8:
		return width, width
	case enc == UTF16 && r > 0xFFFF:
		return width, 2
	}
	return width, 1
}
