package diagnostics

import (
	"slices"
	"strings"
	"testing"
)

// TestPages holds every rule's page to one form, so that hover, the command line
// and editors can show it anywhere.
func TestPages(t *testing.T) {
	want := []string{"What it does", "Why is this bad", "Example", "Use instead", "Fix safety"}
	for _, r := range Rules {
		lines := strings.Split(r.Page, "\n")
		if lines[0] != "# "+r.Code {
			t.Errorf("%s: starts with %q", r.Code, lines[0])
		}
		if s := r.Summary(); !strings.HasSuffix(s, ".") || strings.Contains(s, "\n\n") || strings.HasPrefix(s, "#") {
			t.Errorf("%s: summary %q", r.Code, s)
		}
		var headings []string
		fenced := false
		for _, l := range lines {
			fenced = fenced != strings.HasPrefix(l, "```")
			if h, ok := strings.CutPrefix(l, "## "); ok && !fenced {
				headings = append(headings, h)
			}
			if len([]rune(l)) > 120 {
				t.Errorf("%s: a line of %d characters", r.Code, len([]rune(l)))
			}
		}
		if !slices.Equal(headings, want) {
			t.Errorf("%s: headings %v", r.Code, headings)
		}
	}
}

func TestRulesAreSorted(t *testing.T) {
	if !slices.IsSortedFunc(Rules, func(a, b *Rule) int { return strings.Compare(a.Code, b.Code) }) {
		t.Error("all.go lists the rules in another order than that of their codes")
	}
}

func TestNearest(t *testing.T) {
	list := []string{"rt", "rt-multi-thread", "net", "time", "test-util"}
	for name, want := range map[string]string{"rt-multithread": "rt-multi-thread", "nett": "net", "tiem": "time", "nonsense": "", "test_util": "test-util"} {
		if got := Nearest(name, list); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
