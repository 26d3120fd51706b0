package text

import (
	"testing"
	"unicode/utf8"
)

func TestApply(t *testing.T) {
	for _, c := range []struct {
		name, src string
		edits     []Edit
		want      string
		fails     bool
	}{
		{"none", "abc", nil, "abc", false},
		{"replace, out of order", "abcd", []Edit{{Span{3, 4}, "D"}, {Span{0, 1}, "A"}}, "AbcD", false},
		{"insertions keep their order", "ab", []Edit{{Span{1, 1}, "x"}, {Span{1, 1}, "y"}}, "axyb", false},
		{"insertion before a replacement", "ab", []Edit{{Span{1, 2}, "B"}, {Span{1, 1}, "x"}}, "axB", false},
		{"overlap", "abcd", []Edit{{Span{0, 2}, ""}, {Span{1, 3}, ""}}, "", true},
		{"outside", "ab", []Edit{{Span{1, 3}, ""}}, "", true},
		{"backwards", "ab", []Edit{{Span{2, 1}, ""}}, "", true},
	} {
		got, err := Apply(c.src, c.edits)
		if (err != nil) != c.fails || got != c.want {
			t.Errorf("%s: got %q, %v", c.name, got, err)
		}
		if Disjoint(c.edits) == c.fails && c.name == "overlap" {
			t.Errorf("%s: Disjoint disagrees with Apply", c.name)
		}
	}
}

func TestPositions(t *testing.T) {
	const src = "aé😀b\r\nx\ry\n" // 1, 2, 4, 1 bytes; CRLF; lone CR; LF
	for _, c := range []struct {
		offset int
		enc    Encoding
		want   Position
	}{
		{0, UTF8, Position{0, 0}},
		{3, UTF8, Position{0, 3}}, {3, UTF16, Position{0, 2}}, {3, UTF32, Position{0, 2}},
		{7, UTF8, Position{0, 7}}, {7, UTF16, Position{0, 4}}, {7, UTF32, Position{0, 3}},
		{5, UTF16, Position{0, 2}},                             // inside 😀
		{8, UTF16, Position{0, 5}}, {9, UTF16, Position{0, 5}}, // inside the CRLF
		{10, UTF16, Position{1, 0}}, {12, UTF16, Position{2, 0}}, {14, UTF16, Position{3, 0}},
		{99, UTF16, Position{3, 0}}, {-1, UTF16, Position{0, 0}},
	} {
		if got := NewMapper(src).Position(c.offset, c.enc); got != c.want {
			t.Errorf("offset %d in encoding %d: got %v, want %v", c.offset, c.enc, got, c.want)
		}
	}
	for _, c := range []struct {
		pos  Position
		enc  Encoding
		want int
	}{
		{Position{0, 3}, UTF16, 3}, // between the surrogates of 😀
		{Position{0, 4}, UTF16, 7}, {Position{0, 99}, UTF16, 8}, {Position{9, 0}, UTF16, 14}, {Position{-1, 4}, UTF16, 0},
		{Position{0, 2}, UTF8, 1}, // inside é
		{Position{0, -3}, UTF8, 0},
	} {
		if got := NewMapper(src).Offset(c.pos, c.enc); got != c.want {
			t.Errorf("position %v in encoding %d: got %d, want %d", c.pos, c.enc, got, c.want)
		}
	}
}

func FuzzMapper(f *testing.F) {
	f.Add("aé😀b\r\nx\ry\n", 5)
	f.Fuzz(func(t *testing.T, src string, offset int) {
		m := NewMapper(src)
		for _, enc := range []Encoding{UTF8, UTF16, UTF32} {
			p := m.Position(offset, enc)
			back := m.Offset(p, enc)
			if back < 0 || back > len(src) || m.Position(back, enc) != p {
				t.Fatalf("%q: %d -> %v -> %d", src, offset, p, back)
			}
			if utf8.ValidString(src) && back < len(src) && !utf8.RuneStart(src[back]) {
				t.Fatalf("%q: %d splits a character", src, back)
			}
		}
	})
}

func TestNewline(t *testing.T) {
	for _, c := range []struct {
		src    string
		offset int
		want   string
	}{
		{"", 0, "\n"}, {"a\r\nb", 0, "\r\n"}, {"a\r\nb", 3, "\r\n"}, {"a\nb\r\n", 0, "\n"}, {"a\nb", 2, "\n"},
	} {
		if got := Newline(c.src, c.offset); got != c.want {
			t.Errorf("%q at %d: got %q", c.src, c.offset, got)
		}
	}
}
