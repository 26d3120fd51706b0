package advise

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"reactorls/engine/runtimes"
)

// Recommendation is a decision with all that is said of it.
type Recommendation struct {
	*Decision
	Title    string
	Sections []Section
	Start    Start
	Changes  []Change
}

// Section is one part of a recommendation.
type Section struct {
	ID, Title  string
	Statements []Statement
	// Compared is the table of the comparison, Files what stands in files: nil where
	// there is none.
	Compared *runtimes.Comparison
	Crates   []Compatibility
	Files    []File
}

// File is one file that is shown.
type File struct{ Path, Language, Text string }

// Recommend decides, and says all that there is to say of the choice. Seen are
// statements of what the project shows.
func Recommend(c Case, seen []Statement) (*Recommendation, error) {
	d, err := Decide(c)
	if err != nil {
		return nil, err
	}
	r := &Recommendation{Decision: d, Title: "Async runtime: " + d.Primary.Title, Start: c.StartOf(d.Primary), Changes: d.changes()}
	r.Sections = []Section{
		r.workload(seen), r.choice(), r.comparison(), r.manifest(), r.entry(), r.compatible(),
		r.said("tuning", "Tuning"), r.said("instrumentation", "Instrumentation"), r.said("bloat", "Bloat"), r.migration(),
	}
	r.Sections = append(r.Sections, r.sources())
	return r, nil
}

// workload is what the recommendation is for: what the project shows, what was
// answered, and what was taken for want of an answer.
func (r *Recommendation) workload(seen []Statement) Section {
	s := Section{ID: "workload", Title: "Workload", Statements: seen}
	for _, q := range questions() {
		if len(r.Case.Answers[q.ID]) == 0 {
			continue
		}
		var labels []string
		for _, v := range r.Case.Answers[q.ID] {
			labels = append(labels, q.label(v))
		}
		st := Statement{fmt.Sprintf("%s: %s", q.ID, strings.Join(labels, "; ")), "the answer to: " + q.Title, Answered}
		if slices.Contains(r.Case.Taken, q.ID) {
			st.Source, st.Basis = "the default, for want of an answer to: "+q.Title, Default
		}
		s.Statements = append(s.Statements, st)
	}
	return s
}

// most bounds how many reasons for one candidate are shown.
const most = 6

func (r *Recommendation) choice() Section {
	s := Section{ID: "choice", Title: "Choice"}
	say := func(what string, j *Judged) {
		s.Statements = append(s.Statements, stated(fmt.Sprintf("%s: **%s**, %s", what, j.Title, points(j.Points)), "decision.toml: the sum of the rows below"))
		for _, reason := range j.Reasons[:min(most, len(j.Reasons))] {
			is := fmt.Sprintf("%s (%+d)", reason.Is, reason.Points)
			s.Statements = append(s.Statements, Statement{is, reason.Source, reason.Basis})
		}
	}
	say("first choice", r.Primary)
	say("fallback", r.Fallback)
	if r.Moved {
		because := r.Fallback.Excluded[0]
		s.Statements = append(s.Statements, Statement{"the fallback asks another crate in place of one: " + because.Is, because.Source, because.Basis})
	}
	for _, j := range r.All {
		if len(j.Excluded) > 0 {
			first := j.Excluded[0]
			s.Statements = append(s.Statements, Statement{fmt.Sprintf("excluded: %s: %s", j.Title, first.Is), first.Source, first.Basis})
		}
	}
	s.Statements = append(s.Statements, offLimits()...)
	for _, a := range asides() {
		s.Statements = append(s.Statements, stated("not weighed: "+a.Name+": "+a.Reason, a.Source))
	}
	for _, c := range r.Changes {
		s.Statements = append(s.Statements, Statement{c.String(), "decision.toml, decided anew with this answer", Generated})
	}
	return s
}

func points(n int) string {
	if n == 1 {
		return "1 point"
	}
	return fmt.Sprintf("%d points", n)
}

// offLimits tells of runtimes that are given up, or have had no release for long, and
// that are no candidates.
func offLimits() []Statement {
	var all []Statement
	for _, card := range runtimes.Cards() {
		status, ok := card.Status()
		if !ok || slices.ContainsFunc(candidates(), func(c *Candidate) bool { return c.card == card }) {
			continue
		}
		is := fmt.Sprintf("off limits: %s: %s", card.Title, status.Reason)
		if len(status.Successors) > 0 {
			is += "; in its place " + strings.Join(status.Successors, " or ")
		}
		all = append(all, stated(is, status.Source))
	}
	return all
}

// comparedBy are the rows of the comparison.
var comparedBy = []string{"scheduler", "reactor", "blocking", "workers", "local"}

func (r *Recommendation) comparison() Section {
	c := runtimes.CompareBy(comparedBy, r.Primary.card, r.Fallback.card)
	s := Section{ID: "comparison", Title: "Comparison", Compared: &c}
	for _, j := range []*Judged{r.Primary, r.Fallback} {
		source := j.Scheduler.Source
		if j.CardOf != "" {
			source = "its card: " + j.card.Read + ", " + j.card.Scheduler.Source
		}
		s.Statements = append(s.Statements, stated(j.Title+": "+j.Way, source))
	}
	return s
}

func (r *Recommendation) manifest() Section {
	s := Section{ID: "manifest", Title: "Cargo.toml", Files: []File{{"Cargo.toml", "toml", r.Start.Files["Cargo.toml"]}}}
	for _, d := range r.Start.Dependencies {
		s.Statements = append(s.Statements, stated(fmt.Sprintf("`%s`: %s", d.Name, d.Why), "the entry point below, which is built with exactly these features"))
	}
	if r.Primary.OlderNote.Is != "" {
		s.Statements = append(s.Statements, r.Primary.OlderNote)
	}
	s.Statements = append(s.Statements, stated(r.Primary.Note.Is, r.Primary.Note.Source))
	return s
}

func (r *Recommendation) entry() Section {
	s := Section{ID: "entrypoint", Title: "Entrypoint"}
	if r.Start.Root == "" {
		s.Statements = []Statement{stated("no text: "+r.Start.Lacking, "entrypoints.toml")}
		return s
	}
	for _, path := range r.Start.Paths()[1:] {
		language := "toml"
		switch {
		case strings.HasSuffix(path, ".rs"):
			language = "rust"
		case strings.HasSuffix(path, ".x"):
			language = "ld"
		}
		s.Files = append(s.Files, File{path, language, r.Start.Files[path]})
	}
	return s
}

func (r *Recommendation) compatible() Section {
	s := Section{ID: "compatibility", Title: "Compatibility"}
	for _, name := range r.Case.Answers["crates"] {
		if name == FindQuestion("crates").Unconstrained {
			continue
		}
		s.Crates = append(s.Crates, r.Case.compatibility(name, r.Primary.Candidate))
		if known := runtimes.Known(name); known != nil {
			c := Candidate{Crate: name}
			if reason, gone := givenUp(&c); gone {
				s.Statements = append(s.Statements, Statement{fmt.Sprintf("`%s` is to be replaced: %s", name, reason.Is), reason.Source, reason.Basis})
			}
		}
	}
	if len(s.Crates) == 0 {
		s.Statements = append(s.Statements, Statement{"no async crate is named", "the answer to: " + FindQuestion("crates").Title, Answered})
	}
	if r.Case.Answers.has("kind", "library") {
		s.Statements = append(s.Statements, agnosticCrates())
	}
	return s
}

// agnosticCrates names the crates that run under any executor.
func agnosticCrates() Statement {
	var names []string
	for name, c := range fixedCrates() {
		if len(c.Drives) == 0 {
			names = append(names, "`"+name+"`")
		}
	}
	slices.Sort(names)
	return stated("under any runtime: "+strings.Join(names, ", "), "crates.toml: the manifest of each")
}

// said are the rows of one section that hold for the first choice.
func (r *Recommendation) said(id, title string) Section {
	s := Section{ID: id, Title: title}
	for _, row := range sayings() {
		if row.Section == id && slices.Contains(row.Candidates, r.Primary.Name) && row.When.Holds(r.Case.Answers) {
			s.Statements = append(s.Statements, stated(row.Is, row.Source))
		}
	}
	return s
}

func (r *Recommendation) migration() Section {
	s := r.said("migration", "Migration and risk")
	licence := fmt.Sprintf("licence: %s; Rust: %s", r.Primary.Licence.Is, cmp.Or(r.Primary.Rust.Is, "not said"))
	s.Statements = append(s.Statements, stated(licence, r.Primary.Licence.Source))
	if known := runtimes.Known(r.Primary.Crate); known != nil {
		health := fmt.Sprintf("maintenance: %s, released on %s", cmp.Or(known.Latest, known.Prerelease), known.Released)
		if status, ok := r.Primary.card.Status(); ok {
			health += "; " + status.Is
		}
		s.Statements = append(s.Statements, stated(health, "registry index, "+readOn))
	}
	s.Statements = append(s.Statements, Statement{"advisories: " + runtimes.Advised(r.Primary.Crate), runtimes.AdvisoriesFrom(), Generated})
	for _, b := range boundaries() {
		if slices.Contains(b.Candidates, r.Primary.Name) {
			path := "src/runtime.rs"
			s.Statements = append(s.Statements, stated(fmt.Sprintf("a boundary, where another runtime may be needed: `%s` is all that names it", path), "measured: it is built with the manifest above and "+b.asks()))
			s.Files = append(s.Files, File{path, "rust", startText(b.File)})
		}
	}
	return s
}

// sources gathers what all statements rest on.
func (r *Recommendation) sources() Section {
	s := Section{ID: "sources", Title: "Sources"}
	seen := map[string]bool{}
	add := func(from string, basis Basis) {
		if !seen[from] {
			seen[from] = true
			s.Statements = append(s.Statements, Statement{from, from, basis})
		}
	}
	for _, section := range r.Sections {
		for _, st := range section.Statements {
			add(st.Source, st.Basis)
		}
		for _, c := range section.Crates {
			add(c.How.Source, c.How.Basis)
		}
		if section.Compared != nil {
			for _, line := range section.Compared.Read() {
				add("runtimes' cards: "+line, Cited)
			}
		}
	}
	return s
}
