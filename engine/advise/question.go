package advise

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"reactorls/engine/cargo"
	"reactorls/engine/semver"
)

// Question is one thing that is asked before a runtime is recommended.
type Question struct {
	ID            string    `toml:"id"`
	Title         string    `toml:"title"`
	Phrase        string    `toml:"phrase"` // how an answer reads in prose; % is the answer
	Choices       []Choice  `toml:"choice"`
	Default       string    `toml:"default"`
	Otherwise     []altered `toml:"otherwise"`
	Unconstrained string    `toml:"unconstrained"` // the value that asks nothing, "" where each asks something
	Many          bool      `toml:"many"`          // several values may be given
	Free          string    `toml:"free"`          // of which form values beyond the choices are, "" for none
	When          []Match   `toml:"when"`          // it is asked where one of these holds; none: always
}

// altered is a default where something holds.
type altered struct {
	When    Match  `toml:"when"`
	Default string `toml:"default"`
}

// Choice is one answer to a question.
type Choice struct {
	Value  string `toml:"value"`
	Label  string `toml:"label"`
	Detail string `toml:"detail"`
	Shown  string `toml:"shown"` // a number that stands for it in prose
	Least  *int   `toml:"least"` // the smallest number that stands for it
}

var questions = sync.OnceValue(func() []*Question {
	var file struct {
		Question []*Question `toml:"question"`
	}
	mustDecode("questions.toml", &file)
	return file.Question
})

// Questions lists all questions, in the order in which they are asked.
func Questions() []*Question { return questions() }

// FindQuestion finds a question; nil when there is none of that id.
func FindQuestion(id string) *Question {
	for _, q := range questions() {
		if q.ID == id {
			return q
		}
	}
	return nil
}

// QuestionIDs lists the ids of all questions.
func QuestionIDs() []string {
	var ids []string
	for _, q := range questions() {
		ids = append(ids, q.ID)
	}
	return ids
}

// Values lists the values of a question's choices.
func (q *Question) Values() []string {
	var values []string
	for _, c := range q.Choices {
		values = append(values, c.Value)
	}
	return values
}

// Answers are values by the ids of questions: one, or several where a question takes
// them.
type Answers map[string][]string

// UnknownError tells that a name is none of those there are.
type UnknownError struct {
	What  string // "question", or "answer to …"
	Name  string
	Known []string
}

// Error names what is not known.
func (e *UnknownError) Error() string { return fmt.Sprintf("%q is no %s", e.Name, e.What) }

// Parse reads the values that were given to a question: each of a choice, or of the
// question's free form.
func (q *Question) Parse(given []string) ([]string, error) {
	var values []string
	for _, g := range given {
		v, err := q.value(strings.TrimSpace(g))
		if err != nil {
			return nil, err
		}
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	if len(values) > 1 && !q.Many {
		return nil, fmt.Errorf("%s takes one answer, not %s", q.ID, strings.Join(values, " and "))
	}
	if len(values) > 1 && slices.Contains(values, q.Unconstrained) {
		return nil, fmt.Errorf("%s: %s goes with no other answer", q.ID, q.Unconstrained)
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("%s: no answer", q.ID)
	}
	slices.Sort(values)
	return values, nil
}

func (q *Question) value(given string) (string, error) {
	if slices.Contains(q.Values(), given) {
		return given, nil
	}
	unknown := &UnknownError{What: "answer to " + q.ID, Name: given, Known: q.Values()}
	switch q.Free {
	case "number":
		return q.classOf(given, unknown)
	case "triple":
		if cargo.PlatformOf(given) == nil {
			unknown.Known = append(unknown.Known, cargo.Triples()...)
			return "", unknown
		}
		return given, nil
	case "version":
		if _, err := semver.Parse(padded(given)); err != nil {
			return "", unknown
		}
		return given, nil
	case "crate":
		if !isCrateName(given) {
			return "", unknown
		}
		return given, nil
	}
	return "", unknown
}

// classOf finds the choice that a number belongs to.
func (q *Question) classOf(given string, unknown error) (string, error) {
	n, err := strconv.Atoi(strings.NewReplacer("_", "", ",", "").Replace(given))
	if err != nil || n < 0 {
		return "", unknown
	}
	class := ""
	for _, c := range q.Choices {
		if c.Least != nil && n >= *c.Least {
			class = c.Value
		}
	}
	return class, nil
}

func isCrateName(s string) bool {
	return s != "" && len(s) <= 64 && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}) < 0
}

// padded is a Rust version with all three numbers.
func padded(rust string) string {
	return rust + strings.Repeat(".0", max(0, 2-strings.Count(rust, ".")))
}

// Holds reports whether the answers match.
func (m Match) Holds(a Answers) bool {
	for id, values := range m {
		if !slices.ContainsFunc(a[id], func(v string) bool { return slices.Contains(values, v) }) {
			return false
		}
	}
	return true
}

// applies reports whether the question is to be asked, given the answers before it.
func (q *Question) applies(a Answers) bool {
	return len(q.When) == 0 || slices.ContainsFunc(q.When, func(m Match) bool { return m.Holds(a) })
}

// DefaultFor is what is taken where nobody answers, given the answers before it.
func (q *Question) DefaultFor(a Answers) string {
	for _, o := range q.Otherwise {
		if o.When.Holds(a) {
			return o.Default
		}
	}
	return q.Default
}

// Next is the first question that applies and has no answer; nil when all are
// answered.
func (a Answers) Next() *Question {
	for _, q := range questions() {
		if len(a[q.ID]) == 0 && q.applies(a) {
			return q
		}
	}
	return nil
}

// Complete adds the defaults where there is no answer and the question applies.
func (a Answers) Complete() Answers {
	all := Answers{}
	for _, q := range questions() {
		switch {
		case len(a[q.ID]) > 0:
			all[q.ID] = a[q.ID]
		case q.applies(all):
			all[q.ID] = []string{q.DefaultFor(all)}
		}
	}
	return all
}

// applying are the answers to the questions that apply: what is said of connections
// decides nothing where there is no network.
func (a Answers) applying() Answers {
	all := Answers{}
	for _, q := range questions() {
		if len(a[q.ID]) > 0 && q.applies(all) {
			all[q.ID] = a[q.ID]
		}
	}
	return all
}

// label is how an answer reads in prose.
func (q *Question) label(value string) string {
	for _, c := range q.Choices {
		if c.Value != value {
			continue
		}
		if c.Shown != "" {
			return c.Shown
		}
		return c.Label
	}
	return value
}
