package advise

import (
	"fmt"
	"slices"
	"strings"

	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
)

// Contradiction tells that two answers cannot both be fulfilled.
type Contradiction struct {
	// Between are the questions whose answers clash; the same one twice where two of
	// its answers do.
	Between [2]string
	Values  [2]string
	Statement
}

// Error names the two and tells why.
func (c *Contradiction) Error() string {
	return fmt.Sprintf("%s = %s and %s = %s contradict each other: %s (%s)", c.Between[0], c.Values[0], c.Between[1], c.Values[1], c.Is, c.Source)
}

// contradiction finds answers that the data knows to clash, or a target that does not
// belong to the platform.
func (c Case) contradiction() error {
	a := c.Answers
	for _, row := range contradictions() {
		if row.When.Holds(a) {
			values := [2]string{}
			for i, id := range row.Between {
				values[i] = strings.Join(slices.DeleteFunc(slices.Clone(a[id]), func(v string) bool { return !slices.Contains(row.When[id], v) }), ",")
			}
			return &Contradiction{row.Between, values, stated(row.Reason, row.Source)}
		}
	}
	p := findPlatform(a.answer("platform"))
	target := cargo.PlatformOf(a.answer("target"))
	if on, err := cfg.Parse(p.On); err == nil && target != nil && on.Eval(envOf(target)) == cfg.No {
		return &Contradiction{
			[2]string{"platform", "target"}, [2]string{p.Value, target.Triple},
			stated("this target is for another platform: it lacks `"+p.On+"`", "rustc's target specifications"),
		}
	}
	return nil
}

// clash names the two answers that leave less than a choice and a fallback: of all
// pairs the first that does so by itself, whatever the other answers.
func (c Case) clash(d *Decision) error {
	given := c.pairs()
	for i, a := range given {
		for _, b := range given[i+1:] {
			only := Case{Answers: Answers{"kind": c.Answers["kind"]}, Crates: c.Crates}
			only.Answers.set(a)
			only.Answers.set(b)
			only.Answers = only.Answers.Complete()
			if only.contradiction() != nil {
				continue
			}
			if alone := only.judge(); alone.Primary == nil || alone.Fallback == nil {
				return &Contradiction{[2]string{a[0], b[0]}, [2]string{a[1], b[1]}, d.nothingLeft()}
			}
		}
	}
	blamed := d.blamed()
	return &Contradiction{
		[2]string{blamed[0], blamed[1]}, [2]string{strings.Join(c.Answers[blamed[0]], ","), strings.Join(c.Answers[blamed[1]], ",")}, d.nothingLeft(),
	}
}

// pairs lists the answers one by one, as question and value.
func (c Case) pairs() [][2]string {
	var all [][2]string
	for _, q := range questions() {
		for _, v := range c.Answers[q.ID] {
			if v != q.Unconstrained {
				all = append(all, [2]string{q.ID, v})
			}
		}
	}
	return all
}

// set adds an answer beside others of a question that takes several.
func (a Answers) set(pair [2]string) {
	if q := FindQuestion(pair[0]); !q.Many {
		delete(a, pair[0])
	}
	a[pair[0]] = append(a[pair[0]], pair[1])
}

// blamed are the two questions whose answers exclude the most.
func (d *Decision) blamed() []string {
	counts := map[string]int{}
	for _, j := range d.All {
		for _, r := range j.Excluded {
			for _, q := range r.Questions {
				counts[q]++
			}
		}
	}
	ids := slices.DeleteFunc(QuestionIDs(), func(id string) bool { return len(d.Case.Answers[id]) == 0 })
	slices.SortStableFunc(ids, func(a, b string) int { return counts[b] - counts[a] })
	return ids[:2]
}

// nothingLeft tells what excludes the candidates.
func (d *Decision) nothingLeft() Statement {
	if d.Primary == nil {
		for _, j := range d.All {
			if len(j.Excluded) == 1 {
				r := j.Excluded[0]
				return Statement{fmt.Sprintf("no runtime is left; the last was %s: %s", j.Title, r.Is), r.Source, r.Basis}
			}
		}
		r := d.All[0].Excluded[0]
		return Statement{fmt.Sprintf("no runtime is left; %s: %s", d.All[0].Title, r.Is), r.Source, r.Basis}
	}
	return stated(fmt.Sprintf("%s alone is left, with nothing to fall back on", d.Primary.Title), "decision.toml")
}
