package lsp

import (
	"fmt"
	"strings"

	"reactorls/engine/runtimes"
)

// page is a text for a person, in markdown where the client takes it, and else
// plain.
type page struct {
	markdown bool
	b        strings.Builder
}

// write adds a piece that is written in markdown.
func (p *page) write(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !p.markdown {
		text = plain(text)
	}
	p.b.WriteString(text)
}

// plainWidth is how wide a table is for clients that take no markdown.
const plainWidth = 100

func (p *page) table(c runtimes.Comparison) {
	if p.markdown {
		p.b.WriteString(c.Markdown())
		return
	}
	p.b.WriteString(c.Text(plainWidth))
}

func (p *page) String() string { return strings.Trim(p.b.String(), "\n") + "\n" }

// plain takes the marks out of markdown that we wrote: emphasis, code, headings, and
// the targets of links.
func plain(markdown string) string {
	var b strings.Builder
	for line := range strings.Lines(markdown) {
		if title := strings.TrimLeft(line, "#"); title != line && strings.HasPrefix(title, " ") {
			line = title[1:]
		}
		for {
			before, rest, open := strings.Cut(line, "[")
			name, target, link := strings.Cut(rest, "](")
			if !open || !link {
				break
			}
			_, after, closed := strings.Cut(target, ")")
			if !closed {
				break
			}
			b.WriteString(unmarked(before) + name)
			line = after
		}
		b.WriteString(unmarked(line))
	}
	return b.String()
}

func unmarked(s string) string { return strings.NewReplacer("**", "", "`", "").Replace(s) }
