package advise

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// project is a well-known one of testdata/advise/projects.toml.
type project struct {
	Name, Is, Instead, Source, Says string
	Answers                         map[string]any
	Uses                            []string
}

// TestProjects holds that docs/recommendations.md says what is recommended to well-known
// projects, and that a difference to what they use is spoken of. UPDATE=1 writes it.
func TestProjects(t *testing.T) {
	data, err := os.ReadFile("../../testdata/advise/projects.toml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Project []project }
	if err := toml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Project) < 20 {
		t.Errorf("only %d projects", len(file.Project))
	}
	var table, details strings.Builder
	counts := map[string]int{}
	for _, p := range file.Project {
		r, err := Recommend(Case{Answers: p.answers(t)}, nil)
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		agrees := "another"
		switch {
		case slices.Contains(p.Uses, r.Primary.Name):
			agrees = "the same"
		case slices.Contains(p.Uses, r.Fallback.Name):
			agrees = "the fallback"
		}
		counts[agrees]++
		if agrees == "another" && p.Says == "" {
			t.Errorf("%s uses %v, is recommended %s and %s, and nothing is said of that", p.Name, p.Uses, r.Primary.Name, r.Fallback.Name)
		}
		uses := p.Instead
		if uses == "" {
			uses = titles(p.Uses)
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s | %s |\n", p.Name, r.Primary.Title, r.Fallback.Title, uses, agrees)
		fmt.Fprintf(&details, "\n### %s\n\n%s\n\n- Answers: %s.\n- Recommended: %s; fallback %s.\n- In use: %s (%s).\n", p.Name, p.Is, p.asked(), r.Primary.Title, r.Fallback.Title, uses, p.Source)
		if p.Says != "" {
			fmt.Fprintf(&details, "\n%s\n", p.Says)
		}
	}
	t.Logf("%d projects: %v", len(file.Project), counts)
	page := fmt.Sprintf(projectsPage, len(file.Project), counts["the same"], counts["the fallback"], counts["another"], table.String(), details.String())
	const path = "../../docs/recommendations.md"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if old, err := os.ReadFile(path); err != nil || string(old) != page {
		t.Errorf("%s is not what is recommended now; UPDATE=1 writes it", path)
	}
}

const projectsPage = `# Recommendations beside what is in use

What ` + "`reactorls recommend`" + ` says to projects whose choice is public: the answers are taken from their public
descriptions, without a look at what they chose. Of %d projects %d use what is recommended first, %d the fallback, and
%d something else, of which is said why. Read on 2026-11-23; made of testdata/advise/projects.toml.

| project | recommended | fallback | in use | that is |
|---|---|---|---|---|
%s
## One by one
%s`

// answers are those of the description; nobody is asked for the others.
func (p project) answers(t *testing.T) Answers {
	given := map[string][]string{}
	for id, v := range p.Answers {
		if list, ok := v.([]any); ok {
			for _, v := range list {
				given[id] = append(given[id], v.(string))
			}
			continue
		}
		given[id] = []string{v.(string)}
	}
	a, err := ParseAnswers(given)
	if err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	return a.Complete()
}

func (p project) asked() string {
	var parts []string
	for _, id := range QuestionIDs() {
		if v, ok := p.Answers[id]; ok {
			parts = append(parts, fmt.Sprintf("%s = %s", id, strings.Trim(fmt.Sprint(v), "[]")))
		}
	}
	return strings.Join(parts, ", ")
}

// titles are what candidates are called.
func titles(names []string) string {
	var ts []string
	for _, n := range names {
		ts = append(ts, FindCandidate(n).Title)
	}
	return strings.Join(ts, "; ")
}
