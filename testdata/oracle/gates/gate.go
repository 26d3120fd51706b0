package gates

import (
	"slices"
	"strings"

	"reactorls/testdata/oracle/tokens"
)

// A Gate says which features an item needs: all of its clauses, and of each clause any one feature. The empty gate is
// always open. Clauses and their features are sorted, and no clause contains another.
type Gate [][]string

// String writes a gate as the notes do: "rt & net|process|signal".
func (g Gate) String() string {
	clauses := make([]string, len(g))
	for i, c := range g {
		clauses[i] = strings.Join(c, "|")
	}
	return strings.Join(clauses, " & ")
}

// ParseGate reads what String wrote.
func ParseGate(s string) Gate {
	if s == "" {
		return nil
	}
	var g Gate
	for _, c := range strings.Split(s, " & ") {
		g = append(g, strings.Split(c, "|"))
	}
	return g
}

// Open reports whether the features open the gate.
func (g Gate) Open(features map[string]bool) bool {
	for _, clause := range g {
		if !slices.ContainsFunc(clause, func(f string) bool { return features[f] }) {
			return false
		}
	}
	return true
}

// And is the gate that needs both.
func And(a, b Gate) Gate { return tidy(append(slices.Clone(a), b...)) }

// Or is the gate that needs either.
func Or(a, b Gate) Gate {
	var g Gate
	for _, x := range a {
		for _, y := range b {
			g = append(g, append(slices.Clone(x), y...))
		}
	}
	return tidy(g)
}

// tidy sorts, and drops each clause that a smaller one makes superfluous.
func tidy(g Gate) Gate {
	for i, c := range g {
		c = slices.Sorted(slices.Values(c))
		g[i] = slices.Compact(c)
	}
	slices.SortFunc(g, func(a, b []string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return slices.Compare(a, b)
	})
	var out Gate
	for _, c := range g {
		if !slices.ContainsFunc(out, func(small []string) bool { return subset(small, c) }) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

func subset(small, large []string) bool {
	for _, x := range small {
		if !slices.Contains(large, x) {
			return false
		}
	}
	return true
}

// A Config is what cfg predicates are judged against.
type Config struct {
	// Host holds rustc's own list of set predicates, as in "unix" and `target_os="linux"`.
	Host map[string]bool
	// Features holds the features that the marked tokio is built with; each is a variable of the gates, every other
	// feature is off.
	Features map[string]bool
}

// predicate evaluates one cfg predicate, starting at toks[i]. It returns the gate under which the predicate holds,
// whether it can hold at all, and the index after it.
//
// A negated feature counts as not holding, since the marked tokio is built with all of them: what exists only without
// a feature is not there to be marked.
func (c Config) predicate(toks []tokens.Token, i int) (g Gate, holds bool, next int) {
	name := toks[i].Text
	i++
	switch {
	case i < len(toks) && toks[i].Is("="):
		value := strings.Trim(toks[i+1].Text, `"`)
		if name == "feature" {
			if !c.Features[value] {
				return nil, false, i + 2
			}
			return Gate{{value}}, true, i + 2
		}
		return nil, c.Host[name+"=\""+value+"\""], i + 2
	case i < len(toks) && toks[i].Is("("):
		return c.operator(name, toks, i)
	}
	return nil, c.Host[name] || name == "true", i
}

// operator evaluates all(…), any(…) and not(…); i is the index of the parenthesis.
func (c Config) operator(name string, toks []tokens.Token, i int) (Gate, bool, int) {
	end := toks[i].Mate
	all, any := Gate(nil), Gate(nil)
	allHolds, anyHolds := true, false
	for i++; i < end; {
		if toks[i].Is(",") {
			i++
			continue
		}
		var g Gate
		var holds bool
		g, holds, i = c.predicate(toks, i)
		allHolds = allHolds && holds
		all = And(all, g)
		switch {
		case holds && !anyHolds:
			any = g
		case holds:
			any = Or(any, g)
		}
		anyHolds = anyHolds || holds
	}
	switch name {
	case "any":
		return any, anyHolds, end + 1
	case "not":
		return nil, !allHolds, end + 1
	}
	return all, allHolds, end + 1
}
