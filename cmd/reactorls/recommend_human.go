package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"reactorls/engine/advise"
)

// writeRecommendation writes for people: each section under a heading, the sources in
// a list at the end.
func writeRecommendation(out io.Writer, r *advise.Recommendation) error {
	bold := ansi.NewStyle().Bold()
	faint := ansi.NewStyle().Faint()
	width := terminalWidth(out)
	numbers := map[string]int{}
	for i, s := range r.Sections[len(r.Sections)-1].Statements {
		numbers[s.Source] = i + 1
	}
	var b strings.Builder
	b.WriteString(bold.Styled(r.Title) + "\n")
	for _, s := range r.Sections {
		b.WriteString("\n" + bold.Styled(s.Title) + "\n")
		for i, st := range s.Statements {
			if s.ID == "sources" {
				fmt.Fprintf(&b, "  %s\n", faint.Styled(fmt.Sprintf("[%d] %s (%s)", i+1, st.Is, st.Basis)))
				continue
			}
			fmt.Fprintf(&b, "  %s %s\n", plainMarks(st.Is), faint.Styled(fmt.Sprintf("[%d]", numbers[st.Source])))
		}
		for _, c := range s.Crates {
			fmt.Fprintf(&b, "  %s %s: %s %s\n", bold.Styled(c.Crate), c.Fit, plainMarks(c.How.Is), faint.Styled(fmt.Sprintf("[%d]", numbers[c.How.Source])))
		}
		if s.Compared != nil {
			b.WriteString(indented(s.Compared.Text(width - 2)))
		}
		for _, f := range s.Files {
			fmt.Fprintf(&b, "  %s\n%s", faint.Styled("--- "+f.Path), indented(f.Text))
		}
	}
	_, err := io.WriteString(colorprofile.NewWriter(out, os.Environ()), b.String())
	return err
}

// explainChoice writes every row that speaks for, against or out of each candidate.
func explainChoice(out io.Writer, r *advise.Recommendation) error {
	bold := ansi.NewStyle().Bold()
	var b strings.Builder
	for _, j := range r.All {
		head := fmt.Sprintf("%3d  %s", j.Points, j.Title)
		if len(j.Excluded) > 0 {
			head = "  -  " + j.Title
		}
		b.WriteString(bold.Styled(head) + "\n")
		for _, reason := range j.Excluded {
			fmt.Fprintf(&b, "       excluded: %s (%s)\n", plainMarks(reason.Is), reason.Source)
		}
		for _, reason := range j.Reasons {
			fmt.Fprintf(&b, "  %+4d %s (%s)\n", reason.Points, plainMarks(reason.Is), reason.Source)
		}
	}
	for _, c := range r.Changes {
		b.WriteString(c.String() + "\n")
	}
	_, err := io.WriteString(colorprofile.NewWriter(out, os.Environ()), b.String())
	return err
}

// plainMarks is a statement without the marks of Markdown.
func plainMarks(s string) string { return strings.NewReplacer("`", "", "**", "").Replace(s) }

// indented sets a text off from the margin.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}
