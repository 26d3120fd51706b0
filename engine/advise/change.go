package advise

import (
	"fmt"
	"slices"
	"strings"
)

// Change is one other answer by which the first choice would be another.
type Change struct {
	Question string
	From, To []string
	Primary  *Candidate
}

// String says it: with 50 connections instead of 50,000: Tokio on one thread.
func (c Change) String() string {
	q := FindQuestion(c.Question)
	label := func(values []string) string {
		var all []string
		for _, v := range values {
			all = append(all, q.label(v))
		}
		return strings.Join(all, " and ")
	}
	return fmt.Sprintf("%s instead of %s: %s", strings.Replace(q.Phrase, "%", label(c.To), 1), label(c.From), c.Primary.Title)
}

// changes decides anew with each other answer to each question.
func (d *Decision) changes() []Change {
	var all []Change
	for _, q := range questions() {
		given := d.Case.Answers[q.ID]
		if len(given) == 0 {
			continue
		}
		for _, other := range others(q, given) {
			answers := Answers{}
			for id, values := range d.Case.Answers {
				answers[id] = values
			}
			answers[q.ID] = other
			changed, err := Decide(Case{Answers: answers.applying().Complete(), Crates: d.Case.Crates})
			if err == nil && changed.Primary.Name != d.Primary.Name {
				all = append(all, Change{q.ID, given, other, changed.Primary.Candidate})
			}
		}
	}
	return all
}

// others are the answers that differ from the given one in a single choice: of
// questions that take several, one more or one less.
func others(q *Question, given []string) [][]string {
	var all [][]string
	for _, v := range q.Values() {
		switch {
		case !q.Many || v == q.Unconstrained || slices.Contains(given, q.Unconstrained):
			if !slices.Equal(given, []string{v}) {
				all = append(all, []string{v})
			}
		case !slices.Contains(given, v):
			more := append(slices.Clone(given), v)
			slices.Sort(more)
			all = append(all, more)
		}
	}
	for _, v := range given {
		if q.Many && len(given) > 1 {
			all = append(all, slices.DeleteFunc(slices.Clone(given), func(g string) bool { return g == v }))
		}
	}
	return all
}
