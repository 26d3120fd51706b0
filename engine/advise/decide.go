package advise

import (
	"cmp"
	"slices"
)

// Case is what a recommendation is for.
type Case struct {
	// Answers has a value for each question that applies.
	Answers Answers
	// Crates tells of the crates among the answers what the project shows.
	Crates map[string]Crate
	// Taken are the questions whose answers are defaults that nobody gave.
	Taken []string
}

// Crate is what a project shows of an async crate that it uses.
type Crate struct {
	Version  string
	Features []string
	// Drives are the reactors that it and what it depends on drive; nil where the
	// graph cannot tell.
	Drives []string
}

// Reason is why something was decided: a row of the table, or what is known of a
// runtime.
type Reason struct {
	Statement
	Points int
	// Questions are those whose answers it depends on.
	Questions []string
	by        string // the kind of an exclusion that is judged, "" for a row
}

// Judged is one candidate with all that speaks for and against it.
type Judged struct {
	*Candidate
	Excluded []Reason
	Reasons  []Reason
	Points   int
	// Requirement is the version to ask, for the Rust version at hand; OlderNote
	// tells why, where it is not the newest.
	Requirement string
	OlderNote   Statement
}

// Decision is the outcome of the table.
type Decision struct {
	Case     Case
	Primary  *Judged
	Fallback *Judged
	// Moved tells that the fallback drives another reactor than the crates do,
	// because none is left that drives the same.
	Moved bool
	All   []*Judged // in the order of the points, those excluded last
}

// Decide goes through the table. The error is a *Contradiction where the answers
// cannot be fulfilled together.
func Decide(c Case) (*Decision, error) {
	if err := c.contradiction(); err != nil {
		return nil, err
	}
	c.Answers = c.Answers.applying()
	d := c.judge()
	if d.Primary == nil || d.Fallback == nil {
		return nil, c.clash(d)
	}
	return d, nil
}

// judge applies the rows to all candidates.
func (c Case) judge() *Decision {
	d := &Decision{Case: c}
	for _, candidate := range candidates() {
		d.All = append(d.All, c.judged(candidate))
	}
	slices.SortStableFunc(d.All, func(a, b *Judged) int {
		if (len(a.Excluded) > 0) != (len(b.Excluded) > 0) {
			return cmp.Compare(min(1, len(a.Excluded)), min(1, len(b.Excluded)))
		}
		return cmp.Compare(b.Points, a.Points)
	})
	left := slices.DeleteFunc(slices.Clone(d.All), func(j *Judged) bool { return len(j.Excluded) > 0 })
	if len(left) > 0 {
		d.Primary = left[0]
	}
	if len(left) > 1 {
		d.Fallback = left[1]
	}
	if len(left) == 1 {
		d.Fallback = d.without("reactor")
		d.Moved = d.Fallback != nil
	}
	return d
}

// without finds the best of the candidates that one kind of exclusion alone keeps
// out; nil when there is none.
func (d *Decision) without(by string) *Judged {
	for _, j := range d.All {
		if len(j.Excluded) > 0 && !slices.ContainsFunc(j.Excluded, func(r Reason) bool { return r.by != by }) {
			return j
		}
	}
	return nil
}

func (c Case) judged(candidate *Candidate) *Judged {
	j := &Judged{Candidate: candidate, Requirement: candidate.Version}
	for _, row := range decision().Exclude {
		if row.By != "" {
			if r, excluded := c.excludedBy(row.By, j); excluded {
				r.by = row.By
				j.Excluded = append(j.Excluded, r)
			}
			continue
		}
		if slices.Contains(row.Candidates, candidate.Name) && row.When.Holds(c.Answers) {
			j.Excluded = append(j.Excluded, Reason{Statement: stated(row.Reason, row.Source), Questions: asked(row.When)})
		}
	}
	for _, row := range decision().Weigh {
		if slices.Contains(row.Candidates, candidate.Name) && row.When.Holds(c.Answers) {
			j.Points += row.Points
			j.Reasons = append(j.Reasons, Reason{Statement: stated(row.Reason, row.Source), Points: row.Points, Questions: asked(row.When)})
		}
	}
	slices.SortStableFunc(j.Reasons, func(a, b Reason) int { return cmp.Compare(b.Points, a.Points) })
	return j
}

// asked lists the questions of a condition, in their order.
func asked(m Match) []string {
	var ids []string
	for _, q := range questions() {
		if _, ok := m[q.ID]; ok {
			ids = append(ids, q.ID)
		}
	}
	return ids
}

// answer is the one value of a question that takes one, "" where it has none.
func (a Answers) answer(id string) string {
	if len(a[id]) == 0 {
		return ""
	}
	return a[id][0]
}

// has reports whether a value is among the answers to a question.
func (a Answers) has(id, value string) bool { return slices.Contains(a[id], value) }
