package runtimes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"reactorls/engine/semver"
)

// Comparison is what several cards say of the same things.
type Comparison struct {
	Cards []*Card
	Rows  []Row
}

// Row is one thing that cards are compared by: a cell for each card.
type Row struct {
	Key   string // for machines
	Label string
	Cells []Value
}

// compared are the things that cards are compared by, in the order of their rows.
var compared = []struct {
	key, label string
	value      func(*Card) Value
}{
	{"scheduler", "scheduler", func(c *Card) Value { return c.Scheduler }},
	{"reactor", "reactor", func(c *Card) Value { return c.Reactor }},
	{"blocking", "blocking work", func(c *Card) Value { return c.Blocking }},
	{"workers", "workers by default", func(c *Card) Value { return c.Workers }},
	{"env", "set by", func(c *Card) Value { return c.Env }},
	{"stack", "stack size", func(c *Card) Value { return c.Stack }},
	{"local", "`!Send` tasks", func(c *Card) Value { return c.Local }},
	{"no_std", "`no_std`", func(c *Card) Value { return c.NoStd }},
	{"instrumentation", "instrumentation", func(c *Card) Value { return c.Instrumentation }},
	{"licence", "licence", func(c *Card) Value { return fromRegistry(c.Known().Licence, "its Cargo.toml") }},
	{"rust", "Rust version", func(c *Card) Value { return fromRegistry(cmp.Or(c.Known().Rust, "not said"), "registry index") }},
	{"released", "last release", released},
	{"advisories", "advisories", advised},
	{"status", "status", status},
	{"fallback", "fallback", func(c *Card) Value { return c.Fallback }},
}

func fromRegistry(is, source string) Value { return Value{Is: is, Source: source} }

func released(c *Card) Value {
	k := c.Known()
	is := fmt.Sprintf("%s, %s", cmp.Or(k.Latest, k.Prerelease), k.Released)
	return fromRegistry(is, "registry index")
}

func advised(c *Card) Value { return Value{Is: Advised(c.Crate), Source: AdvisoriesFrom()} }

// Advised says which advisories there are against the newest version of a crate, and
// how many against older ones.
func Advised(crate string) string {
	all := advisories().of[crate]
	open := []string{}
	if known := Known(crate); known != nil {
		if latest, err := semver.Parse(known.Latest); err == nil {
			for _, a := range AdvisoriesFor(crate, latest) {
				open = append(open, a.ID)
			}
		}
	}
	switch {
	case len(open) > 0:
		return strings.Join(open, ", ")
	case len(all) > 0:
		return fmt.Sprintf("none; %d of older versions", len(all))
	}
	return "none"
}

// AdvisoriesFrom is where the advisories were taken from.
func AdvisoriesFrom() string { return advisories().Source }

func status(c *Card) Value {
	s, ok := c.Status()
	if !ok {
		return Value{Is: "kept", Source: "nothing says otherwise"}
	}
	is := s.Is
	if s.Since != "" {
		is += " since " + s.Since
	}
	if len(s.Successors) > 0 {
		is += "; use " + strings.Join(s.Successors, " or ")
	}
	return Value{Is: is, Source: s.Source}
}

// Compare puts cards beside each other.
func Compare(cards ...*Card) Comparison { return CompareBy(nil, cards...) }

// CompareBy puts cards beside each other by the rows with these keys; nil is all.
func CompareBy(keys []string, cards ...*Card) Comparison {
	c := Comparison{Cards: cards}
	for _, by := range compared {
		if keys != nil && !slices.Contains(keys, by.key) {
			continue
		}
		r := Row{Key: by.key, Label: by.label}
		for _, card := range cards {
			r.Cells = append(r.Cells, by.value(card))
		}
		if slices.ContainsFunc(r.Cells, func(v Value) bool { return v.Is != "" }) {
			c.Rows = append(c.Rows, r)
		}
	}
	return c
}

// alike reports whether all cells say the same.
func (r Row) alike() bool {
	return len(r.Cells) > 1 && !slices.ContainsFunc(r.Cells, func(v Value) bool { return v.Is != r.Cells[0].Is })
}

// Read are the sources of the comparison, one line a card.
func (c Comparison) Read() []string {
	var lines []string
	for _, card := range c.Cards {
		if !slices.Contains(lines, card.Read) {
			lines = append(lines, card.Read)
		}
	}
	return lines
}

// Markdown writes the comparison as a table, and what all have alike behind it.
func (c Comparison) Markdown() string {
	var b, alike strings.Builder
	b.WriteString("| |")
	for _, card := range c.Cards {
		fmt.Fprintf(&b, " %s |", card.Title)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(c.Cards)) + "\n")
	for _, r := range c.Rows {
		if r.alike() {
			fmt.Fprintf(&alike, "; %s: %s", r.Label, r.Cells[0].Is)
			continue
		}
		fmt.Fprintf(&b, "| %s |", r.Label)
		for _, v := range r.Cells {
			fmt.Fprintf(&b, " %s |", strings.ReplaceAll(cmp.Or(v.Is, "–"), "|", `\|`))
		}
		b.WriteString("\n")
	}
	if alike.Len() > 0 {
		fmt.Fprintf(&b, "\nAlike in all: %s.\n", strings.TrimPrefix(alike.String(), "; "))
	}
	return b.String()
}

// narrowest is the least width of a column of text.
const narrowest = 18

// Text writes the comparison as a table of plain text, as wide as asked where its
// columns do not need more.
func (c Comparison) Text(width int) string {
	labels := 0
	for _, r := range c.Rows {
		labels = max(labels, utf8.RuneCountInString(plainText(r.Label)))
	}
	column := narrowest
	if n := len(c.Cards); n > 0 {
		column = max(narrowest, (width-labels)/n-2)
	}
	var b strings.Builder
	line := func(label string, cells []string) {
		wrapped := [][]string{{label}}
		height := 1
		for _, cell := range cells {
			lines := wrap(cell, column)
			wrapped = append(wrapped, lines)
			height = max(height, len(lines))
		}
		for i := range height {
			var row strings.Builder
			for n, lines := range wrapped {
				text, pad := "", column+2
				if n == 0 {
					pad = labels + 2
				}
				if i < len(lines) {
					text = lines[i]
				}
				row.WriteString(text + strings.Repeat(" ", max(0, pad-utf8.RuneCountInString(text))))
			}
			b.WriteString(strings.TrimRight(row.String(), " ") + "\n")
		}
	}
	var titles []string
	for _, card := range c.Cards {
		titles = append(titles, card.Title)
	}
	line("", titles)
	for _, r := range c.Rows {
		var cells []string
		for _, v := range r.Cells {
			cells = append(cells, plainText(cmp.Or(v.Is, "-")))
		}
		line(plainText(r.Label), cells)
	}
	return b.String()
}

// plainText is a value without the marks of code.
func plainText(s string) string { return strings.ReplaceAll(s, "`", "") }

// wrap breaks a text into lines between its words; a word that is too long for a
// line is broken.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		for {
			glued := word
			if line != "" {
				glued = line + " " + word
			}
			if utf8.RuneCountInString(glued) <= width {
				line = glued
				break
			}
			if line != "" {
				lines = append(lines, line)
				line = ""
				continue
			}
			runes := []rune(word)
			lines = append(lines, string(runes[:width]))
			word = string(runes[width:])
		}
	}
	return append(lines, line)
}
