package rust

import (
	"strings"
)

// DocSources are the examples in a piece of documentation, read once: many are asked for
// each time that anything changes.
func (s *Source) DocSources(doc int) []*Source {
	s.doctestsMu.Lock()
	defer s.doctestsMu.Unlock()
	if s.doctests == nil {
		s.doctests = make([][]*Source, len(s.Docs))
	}
	if s.doctests[doc] == nil {
		s.doctests[doc] = ParseDoctests(s.Docs[doc].In(s.Text))
	}
	return s.doctests[doc]
}

// ParseDoctests reads the examples of a documentation text.
func ParseDoctests(doc string) []*Source {
	sources := []*Source{}
	for _, code := range Doctests(doc) {
		sources = append(sources, Parse(code))
	}
	return sources
}

// Doctests returns the code blocks of a documentation text that rustdoc
// compiles, with hidden lines uncovered. A doc comment is given as it stands in
// the source, with its markers; a markdown page as it is.
func Doctests(doc string) []string {
	var blocks []string
	var code strings.Builder
	fence, compiled := "", false
	for line := range strings.Lines(doc) {
		line = strings.TrimRight(stripMarker(line), "\r\n")
		trimmed := strings.TrimLeft(line, " ")
		switch {
		case fence == "" && (strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~")):
			n := len(trimmed) - len(strings.TrimLeft(trimmed, trimmed[:1]))
			fence, compiled = trimmed[:n], compiles(trimmed[n:])
		case fence != "" && strings.HasPrefix(trimmed, fence) && strings.Trim(trimmed, fence[:1]+" \t") == "":
			if compiled {
				blocks = append(blocks, code.String())
			}
			code.Reset()
			fence = ""
		case fence != "" && compiled:
			code.WriteString(uncover(line))
			code.WriteByte('\n')
		}
	}
	return blocks
}

// stripMarker takes ///, //!, /** or a leading * off a line.
func stripMarker(line string) string {
	t := strings.TrimLeft(line, " \t")
	for _, marker := range []string{"///", "//!", "/**", "/*!", "*/", "* "} {
		if rest, ok := strings.CutPrefix(t, marker); ok {
			return rest
		}
	}
	if strings.TrimSpace(t) == "*" {
		return ""
	}
	return line
}

// uncover gives a line of a code block as it is compiled: "# use x;" hides a
// line from the reader only.
func uncover(line string) string {
	t := strings.TrimLeft(line, " \t")
	switch {
	case t == "#":
		return ""
	case strings.HasPrefix(t, "# "):
		return t[2:]
	case strings.HasPrefix(t, "##"):
		return t[1:]
	}
	return line
}

// compiles reports whether rustdoc compiles a block with this info string.
func compiles(info string) bool {
	for tag := range strings.FieldsFuncSeq(info, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '{' || r == '}' }) {
		switch {
		case tag == "rust", tag == "no_run", tag == "should_panic", tag == "test_harness", tag == "standalone_crate",
			strings.HasPrefix(tag, "edition"), strings.HasPrefix(tag, "."), strings.HasPrefix(tag, "ignore-"):
		default: // ignore, compile_fail, and every other language
			return false
		}
	}
	return true
}
