package advise

import (
	"fmt"
	"strings"
)

// Markdown writes the recommendation; each statement has the number of its source.
func (r *Recommendation) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", r.Title)
	numbers := r.numbers()
	for _, s := range r.Sections {
		fmt.Fprintf(&b, "\n## %s\n\n", s.Title)
		if s.ID == "sources" {
			for i, st := range s.Statements {
				fmt.Fprintf(&b, "%d. %s (%s)\n", i+1, st.Is, st.Basis)
			}
			continue
		}
		for _, st := range s.Statements {
			fmt.Fprintf(&b, "- %s [%d]\n", st.Is, numbers[st.Source])
		}
		s.crates(&b, numbers)
		if s.Compared != nil {
			b.WriteString("\n" + s.Compared.Markdown())
		}
		for _, f := range s.Files {
			fmt.Fprintf(&b, "\n`%s`:\n\n```%s\n%s```\n", f.Path, f.Language, f.Text)
		}
	}
	return b.String()
}

func (s Section) crates(b *strings.Builder, numbers map[string]int) {
	if len(s.Crates) == 0 {
		return
	}
	if len(s.Statements) > 0 {
		b.WriteString("\n")
	}
	b.WriteString("| crate | | |\n|---|---|---|\n")
	for _, c := range s.Crates {
		fmt.Fprintf(b, "| `%s` | %s | %s [%d] |\n", c.Crate, c.Fit, c.How.Is, numbers[c.How.Source])
	}
}

// numbers counts the sources, in the order of the section that lists them.
func (r *Recommendation) numbers() map[string]int {
	numbers := map[string]int{}
	for i, st := range r.Sections[len(r.Sections)-1].Statements {
		numbers[st.Source] = i + 1
	}
	return numbers
}

// ExplainMarkdown writes every row that speaks for, against or out of each candidate.
func (r *Recommendation) ExplainMarkdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", r.Title)
	for _, j := range r.All {
		sum := points(j.Points)
		if len(j.Excluded) > 0 {
			sum = "excluded"
		}
		fmt.Fprintf(&b, "\n## %s: %s\n\n", j.Title, sum)
		for _, reason := range j.Excluded {
			fmt.Fprintf(&b, "- excluded: %s (%s)\n", reason.Is, reason.Source)
		}
		for _, reason := range j.Reasons {
			fmt.Fprintf(&b, "- %+d: %s (%s)\n", reason.Points, reason.Is, reason.Source)
		}
	}
	if len(r.Changes) > 0 {
		b.WriteString("\n## Other answers\n\n")
	}
	for _, c := range r.Changes {
		fmt.Fprintf(&b, "- %s\n", c)
	}
	return b.String()
}
