package main

import (
	"bufio"
	"strings"
	"testing"

	"reactorls/engine/advise"
)

// TestPrompt answers questions by number, by name, by a number that is none of a choice,
// and by an empty line.
func TestPrompt(t *testing.T) {
	for _, c := range []struct{ question, typed, want, shows string }{
		{"kind", "2\n", "library", "What is being built?"},
		{"platform", "browser\n", "browser", "1  server: a Linux server"},
		{"connections", "50000\n", "many", "or a number"},
		{"connections", "\n", "few", "[few]"},
		{"constraints", "2, 5\n", "memory size", "several with commas"},
		{"platform", "serve\n1\n", "server", `the nearest is "server"`},
		{"kind", "", "no more answers", ""},
	} {
		var out strings.Builder
		q := advise.FindQuestion(c.question)
		values, err := prompt{bufio.NewScanner(strings.NewReader(c.typed)), &out}.ask(q, q.Default)
		got := strings.Join(values, " ")
		if err != nil {
			got = err.Error()
		}
		if got != c.want || !strings.Contains(out.String(), c.shows) {
			t.Errorf("%s %q: %s, shown\n%s", c.question, c.typed, got, out.String())
		}
	}
}
