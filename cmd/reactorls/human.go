package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/text"
)

// humanPrinter prints for people, one workspace after another.
type humanPrinter struct {
	out  io.Writer
	demo bool
}

func (h humanPrinter) close(bool) error { return nil }

func (h humanPrinter) print(c checked) error {
	return newHuman(h.out, c.snapshot, h.demo).write(c.workspace, c.result.Diagnostics)
}

// human prints diagnostics as rustc does.
type human struct {
	out      io.Writer
	snapshot *engine.Snapshot
	demo     bool

	bold, frame ansi.Style
	severity    map[diagnostics.Severity]ansi.Style
}

// newHuman styles for the writer: colours appear on terminals only, and not where
// NO_COLOR is set.
func newHuman(out io.Writer, s *engine.Snapshot, demo bool) *human {
	bold := ansi.NewStyle().Bold()
	colour := func(c ansi.BasicColor) ansi.Style { return ansi.NewStyle().Bold().ForegroundColor(c) }
	return &human{
		out: colorprofile.NewWriter(out, os.Environ()), snapshot: s, demo: demo, bold: bold, frame: colour(ansi.BrightBlue),
		severity: map[diagnostics.Severity]ansi.Style{
			diagnostics.Error: colour(ansi.BrightRed), diagnostics.Warning: colour(ansi.BrightYellow), diagnostics.Information: colour(ansi.BrightCyan), diagnostics.Hint: colour(ansi.BrightGreen),
		},
	}
}

func (h *human) write(w *engine.Workspace, ds []diagnostics.Diagnostic) error {
	counts := map[diagnostics.Severity]int{}
	fixable := 0
	for _, d := range ds {
		counts[d.Severity]++
		if d.SafeFix() != nil {
			fixable++
		}
		if _, err := io.WriteString(h.out, h.diagnostic(d)+"\n"); err != nil {
			return err
		}
	}
	_, err := io.WriteString(h.out, h.summary(w, counts, fixable))
	return err
}

func (h *human) summary(w *engine.Workspace, counts map[diagnostics.Severity]int, fixable int) string {
	line := countsText(counts, len(w.Packages), func(s diagnostics.Severity, count string) string { return h.severity[s].Styled(count) })
	if fixable > 0 && !h.demo {
		line += fmt.Sprintf("; `reactorls check --fix` mends %d", fixable)
	}
	return line + "\n"
}

// countsText sums up: 1 error, 2 warnings in 3 packages.
func countsText(counts map[diagnostics.Severity]int, packages int, style func(s diagnostics.Severity, count string) string) string {
	var parts []string
	for _, s := range []diagnostics.Severity{diagnostics.Error, diagnostics.Warning, diagnostics.Information, diagnostics.Hint} {
		if n := counts[s]; n > 0 {
			parts = append(parts, style(s, plural(n, s.String())))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no problems"}
	}
	return fmt.Sprintf("%s in %s", strings.Join(parts, ", "), plural(packages, "package"))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// diagnostic writes one finding with its code.
func (h *human) diagnostic(d diagnostics.Diagnostic) string {
	var b strings.Builder
	style := h.severity[d.Severity]
	fmt.Fprintf(&b, "%s%s\n", style.Styled(fmt.Sprintf("%s[%s]", d.Severity, d.Rule.Code)), h.bold.Styled(": "+d.Message))
	h.snippet(&b, d.Path, d.Span, d.Label, style)
	for _, r := range d.Related {
		fmt.Fprintf(&b, "   %s %s: %s\n", h.frame.Styled("= at"), h.place(r.Path, r.Span), r.Message)
	}
	for _, n := range d.Notes {
		fmt.Fprintf(&b, "   %s %s\n", h.frame.Styled("="), h.bold.Styled("note")+": "+n)
	}
	for _, n := range d.Help {
		fmt.Fprintf(&b, "   %s %s\n", h.frame.Styled("="), h.bold.Styled("help")+": "+n)
	}
	for _, f := range d.Fixes {
		fmt.Fprintf(&b, "   %s %s\n", h.frame.Styled("="), h.bold.Styled("help")+": "+lowerFirst(f.Title))
	}
	return b.String()
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func (h *human) place(path string, span text.Span) string {
	f := h.snapshot.File(path)
	if f == nil {
		return shown(path)
	}
	p := f.Mapper().Position(span.Start, text.UTF32)
	return fmt.Sprintf("%s:%d:%d", shown(path), p.Line+1, p.Column+1)
}

// snippet shows the first line of a span with the span marked.
func (h *human) snippet(b *strings.Builder, path string, span text.Span, label string, style ansi.Style) {
	f := h.snapshot.File(path)
	if f == nil {
		return
	}
	m := f.Mapper()
	at := m.Position(span.Start, text.UTF32)
	line := m.Line(at.Line)
	number := fmt.Sprint(at.Line + 1)
	margin := strings.Repeat(" ", max(2, len(number)))
	code := strings.ReplaceAll(line.In(f.Text), "\t", "    ")
	lead := strings.ReplaceAll(f.Text[line.Start:max(line.Start, min(span.Start, line.End))], "\t", "    ")
	marked := f.Text[min(span.Start, line.End):max(min(span.Start, line.End), min(span.End, line.End))]
	carets := strings.Repeat("^", max(1, utf8.RuneCountInString(marked)))
	fmt.Fprintf(b, "%s%s %s\n", margin, h.frame.Styled("-->"), h.place(path, span))
	fmt.Fprintf(b, "%s %s\n", margin, h.frame.Styled("|"))
	fmt.Fprintf(b, "%s %s\n", h.frame.Styled(fmt.Sprintf("%*s", len(margin), number)+" |"), code)
	fmt.Fprintf(b, "%s %s %s%s\n", margin, h.frame.Styled("|"), strings.Repeat(" ", utf8.RuneCountInString(lead)), style.Styled(strings.TrimSpace(carets+" "+label)))
	fmt.Fprintf(b, "%s %s\n", margin, h.frame.Styled("|"))
}
