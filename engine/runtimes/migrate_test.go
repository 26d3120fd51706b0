package runtimes

import (
	"slices"
	"strings"
	"testing"
)

var moveForms = []MoveForm{ByName, Awaited, Pause, StartTask, Joined, Block, Start, ForTraits}

// TestMoves holds that the table of moves names items that there are, and forms that
// mean something.
func TestMoves(t *testing.T) {
	from := Lookup(Abandoned).At("")
	for _, d := range Destinations() {
		to := Lookup(d.Crate).At("")
		for _, m := range d.Moves() {
			if !slices.Contains(moveForms, m.Form) {
				t.Errorf("%s: no form %q", m.From, m.Form)
			}
			if _, ok := from.Item(m.From); !ok && !m.Std {
				t.Errorf("%s has no %s", Abandoned, m.From)
			}
			if _, ok := to.Item(m.Path); !ok && !m.Std && m.Path != "main" && m.Path != "test" {
				t.Errorf("%s: %s has no %s", m.From, d.Crate, m.Path)
			}
			for _, trait := range m.Traits {
				if _, rest := d.Find(from, trait); rest != "" {
					t.Errorf("%s: the trait %s", m.From, trait)
				}
			}
		}
		for _, g := range d.Groups {
			if !slices.ContainsFunc(d.Moves(), func(m *Move) bool { return g.Holds(m.From) }) {
				t.Errorf("nothing of %s is moved to %s", strings.Join(g.Under, ", "), d.Crate)
			}
		}
	}
}
