package advise

import (
	"slices"
	"strings"
	"testing"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
)

// TestDataIsWellFormed holds the data to the names that it uses, and each row to a
// reason and a source.
func TestDataIsWellFormed(t *testing.T) {
	holds := func(what string, m Match) {
		for id, values := range m {
			q := FindQuestion(id)
			if q == nil {
				t.Errorf("%s: no question %s", what, id)
				continue
			}
			for _, v := range values {
				if _, err := q.value(v); err != nil || v != q.Unconstrained && !slices.Contains(q.Values(), v) && q.Free != "crate" {
					t.Errorf("%s: %s has no answer %s", what, id, v)
				}
			}
		}
	}
	names := func(what string, list []string) {
		for _, name := range list {
			if FindCandidate(name) == nil {
				t.Errorf("%s: no candidate %s", what, name)
			}
		}
	}
	for _, q := range Questions() {
		for _, m := range q.When {
			holds(q.ID, m)
		}
		for _, o := range q.Otherwise {
			holds(q.ID, o.When)
		}
		if _, err := q.value(q.Default); err != nil || q.Title == "" {
			t.Errorf("%s: default %q", q.ID, q.Default)
		}
		for _, c := range q.Choices {
			if _, err := q.value(c.Value); err != nil || c.Label == "" {
				t.Errorf("%s: %+v", q.ID, c)
			}
		}
	}
	for _, row := range decision().Exclude {
		holds(row.Reason, row.When)
		names(row.Reason, row.Candidates)
		if (row.By == "") == (row.Reason == "" || row.Source == "") {
			t.Errorf("%+v", row)
		}
		for id, values := range row.When {
			if u := FindQuestion(id).Unconstrained; u != "" && slices.Contains(values, u) {
				t.Errorf("%s: what asks nothing excludes", row.Reason)
			}
		}
	}
	for _, row := range decision().Weigh {
		holds(row.Reason, row.When)
		names(row.Reason, row.Candidates)
		if row.Reason == "" || row.Source == "" || row.Points == 0 || len(row.Candidates) == 0 {
			t.Errorf("%+v", row)
		}
	}
	for _, row := range contradictions() {
		holds(row.Reason, row.When)
		if row.Reason == "" || row.Source == "" || row.When[row.Between[0]] == nil || row.When[row.Between[1]] == nil {
			t.Errorf("%+v", row)
		}
	}
	for _, p := range platforms() {
		on, err := cfg.Parse(p.On)
		for _, triple := range p.Targets {
			if target := cargo.PlatformOf(triple); err != nil || target == nil || on.Eval(envOf(target)) != cfg.Yes {
				t.Errorf("%s: %s", p.Value, triple)
			}
		}
		if !slices.Contains(FindQuestion("platform").Values(), p.Value) {
			t.Errorf("platform %s is no answer", p.Value)
		}
	}
	for _, c := range fixedCrates() {
		for _, r := range c.Drives {
			if runtimes.FindReactor(r) == nil || c.Source == "" {
				t.Errorf("%+v", c)
			}
		}
		holds(c.Name, func() Match {
			m := Match{"platform": c.Beside}
			for id, v := range c.Says {
				m[id] = append(m[id], v)
			}
			return m
		}())
	}
	for _, c := range Candidates() {
		for _, s := range []Stated{c.Note, c.Licence} {
			if s.Is == "" || s.Source == "" {
				t.Errorf("%s: %+v", c.Name, c)
			}
		}
		if c.Title == "" || c.Crate != "" && c.Version == "" {
			t.Errorf("%s: %+v", c.Name, c)
		}
	}
}

// TestNoneIsGivenUp holds that nothing is recommended that is given up or that an
// advisory calls unmaintained.
func TestNoneIsGivenUp(t *testing.T) {
	for _, c := range Candidates() {
		known := runtimes.Known(c.Crate)
		if known == nil {
			continue
		}
		latest, err := semver.Parse(known.Latest)
		if err != nil {
			t.Fatal(err)
		}
		_, gone := engine.Gone(c.Crate, known.Latest)
		_, excluded := givenUp(c)
		if open := runtimes.AdvisoriesFor(c.Crate, latest); (gone || len(open) > 0) != excluded {
			t.Errorf("%s: gone %v, advisories %v, excluded %v", c.Name, gone, open, excluded)
		}
	}
	for _, gone := range []*Candidate{{Name: "async-std", Crate: "async-std"}, {Name: "tokio-core", Crate: "tokio-core"}} {
		if r, excluded := givenUp(gone); !excluded || r.Source == "" {
			t.Errorf("%s is not excluded", gone.Name)
		}
	}
}

// TestRemovingAConstraint holds that whoever asks less never loses a runtime by it.
func TestRemovingAConstraint(t *testing.T) {
	axes := map[string][]string{
		"kind":        FindQuestion("kind").Values(),
		"platform":    FindQuestion("platform").Values(),
		"constraints": {"size", "memory"},
		"crates":      {"none", "reqwest", "actix-web", "zbus"},
		"send":        {"local"},
		"std":         {"std", "alloc", "no-alloc"},
		"msrv":        {"any", "1.71", "1.63"},
		"licence":     {"any", "permissive", "apache"},
		"change":      {"soon"},
	}
	compared := 0
	grid(axes, func(a Answers) {
		before := Case{Answers: a}
		if before.contradiction() != nil {
			return
		}
		left := remaining(before)
		for _, q := range Questions() {
			if q.Unconstrained == "" || len(a[q.ID]) == 0 || a.has(q.ID, q.Unconstrained) {
				continue
			}
			less := Answers{}
			for id, values := range a {
				less[id] = values
			}
			less[q.ID] = []string{q.Unconstrained}
			after := Case{Answers: less}
			if after.contradiction() != nil {
				continue
			}
			compared++
			now := remaining(after)
			for _, name := range left {
				if !slices.Contains(now, name) {
					t.Errorf("%v: without %s %s is excluded", a, q.ID, name)
				}
			}
		}
	})
	t.Logf("%d compared", compared)
}

func remaining(c Case) []string {
	var left []string
	for _, j := range c.judge().All {
		if len(j.Excluded) == 0 {
			left = append(left, j.Name)
		}
	}
	return left
}

// TestParse reads answers, and names the nearest of what is not known.
func TestParse(t *testing.T) {
	for _, c := range []struct{ id, given, want string }{
		{"connections", "50", "few"},
		{"connections", "100,000", "many"},
		{"connections", "-1", "no answer"},
		{"platform", "serverr", "no answer"},
		{"target", "thumbv7em-none-eabi", "thumbv7em-none-eabi"},
		{"target", "z80", "no answer"},
		{"msrv", "1.70", "1.70"},
		{"msrv", "soon", "no answer"},
		{"constraints", "size memory", "memory size"},
		{"constraints", "size none", "goes with no other"},
		{"kind", "library application", "takes one answer"},
		{"crates", "sqlx my-crate", "my-crate sqlx"},
		{"crates", "../x", "no answer"},
	} {
		values, err := FindQuestion(c.id).Parse(strings.Fields(c.given))
		got := strings.Join(values, " ")
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s %s: %s, want %s", c.id, c.given, got, c.want)
		}
	}
}

// TestEveryStatementHasASource looks at all that a recommendation says, over a grid of
// answers.
func TestEveryStatementHasASource(t *testing.T) {
	axes := map[string][]string{"crates": {"none", "reqwest", "my-crate"}}
	for _, id := range []string{"kind", "platform", "work"} {
		axes[id] = FindQuestion(id).Values()
	}
	want := []string{"workload", "choice", "comparison", "manifest", "entrypoint", "compatibility", "tuning", "instrumentation", "bloat", "migration", "sources"}
	said := 0
	grid(axes, func(a Answers) {
		r, err := Recommend(Case{Answers: a}, nil)
		if err != nil {
			return
		}
		for i, s := range r.Sections {
			if s.ID != want[i] || len(s.Statements)+len(s.Crates)+len(s.Files) == 0 {
				t.Errorf("%v: section %d is %s, with %d statements", a, i, s.ID, len(s.Statements))
			}
			statements := s.Statements
			for _, c := range s.Crates {
				statements = append(statements, c.How)
			}
			if s.Compared != nil {
				for _, row := range s.Compared.Rows {
					for _, v := range row.Cells {
						statements = append(statements, stated(v.Is, v.Source))
					}
				}
			}
			for _, st := range statements {
				said++
				if st.Is == "" || st.Source == "" || st.Basis == "" || strings.Contains(st.Is, "%!") {
					t.Fatalf("%v: %s: %+v", a, s.ID, st)
				}
			}
		}
	})
	t.Logf("%d statements", said)
}
