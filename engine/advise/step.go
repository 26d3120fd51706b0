package advise

import "slices"

// ParseAnswers reads what was given to the questions, by their ids.
func ParseAnswers(given map[string][]string) (Answers, error) {
	a := Answers{}
	for _, id := range sortedIDs(given) {
		q := FindQuestion(id)
		if q == nil {
			return nil, &UnknownError{What: "question", Name: id, Known: QuestionIDs()}
		}
		values, err := q.Parse(given[id])
		if err != nil {
			return nil, err
		}
		a[id] = values
	}
	return a, nil
}

// sortedIDs lists the ids that are given: those of questions in their order, others
// behind.
func sortedIDs(given map[string][]string) []string {
	var ids []string
	for id := range given {
		ids = append(ids, id)
	}
	rank := func(id string) int {
		if i := slices.Index(QuestionIDs(), id); i >= 0 {
			return i
		}
		return len(QuestionIDs())
	}
	slices.SortFunc(ids, func(a, b string) int {
		if r := rank(a) - rank(b); r != 0 {
			return r
		}
		if a < b {
			return -1
		}
		return 1
	})
	return ids
}

// Over are the answers with those of others where it has none.
func (a Answers) Over(others Answers) Answers {
	all := Answers{}
	for id, values := range others {
		all[id] = values
	}
	for id, values := range a {
		all[id] = values
	}
	return all
}

// Step is one turn of a conversation: the next question, or the recommendation when
// all are answered.
type Step struct {
	Question *Question
	// Default is the answer that is taken for want of another.
	Default        string
	Recommendation *Recommendation
}

// Next takes the answers given so far and what the project shows, which may be nil, and
// asks what is left, or recommends. Taken are the questions whose answers are defaults
// that nobody gave. The error is a *Contradiction where the answers
// cannot be fulfilled together.
func Next(given Answers, shown *Shown, taken ...string) (*Step, error) {
	if shown == nil {
		shown = &Shown{Answers: Answers{}}
	}
	a := given.Over(shown.Answers)
	if err := (Case{Answers: a}).contradiction(); err != nil {
		return nil, err
	}
	if q := a.Next(); q != nil {
		return &Step{Question: q, Default: q.DefaultFor(a)}, nil
	}
	r, err := Recommend(Case{Answers: a, Crates: shown.Crates, Taken: taken}, shown.Seen)
	if err != nil {
		return nil, err
	}
	return &Step{Recommendation: r}, nil
}
