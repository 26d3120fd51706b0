package main

import (
	"slices"
	"strings"

	"reactorls/testdata/oracle/gates"
)

// label derives the lists of a truth from its sites and from the code that was not compiled.
func label(t *Truth, src *sources, table map[string][]string) {
	var need, devNeed gates.Gate
	unsure := map[string]bool{}
	for _, site := range t.Sites {
		switch {
		case site.TargetKind == buildScript:
		case site.Own && site.Dev:
			devNeed = gates.And(devNeed, site.gate)
		case site.Own:
			need = gates.And(need, site.gate)
		case !site.Dev:
			for _, clause := range site.gate {
				for _, feature := range clause {
					unsure[feature] = true
				}
			}
		}
	}
	t.OwnNeed, t.DevNeed = clauses(need), clauses(devNeed)
	mentions, reexports := src.mentions()
	t.Reexports = reexports

	judged := src.marked.Features()
	for _, feature := range behaviour {
		delete(judged, feature)
	}
	needed := met(need, t.DeclaredClosure, table)
	rest := func(features map[string]bool) []string {
		out := map[string]bool{}
		for f := range gates.Closure(table, sorted(features)) {
			if judged[f] && !needed[f] {
				out[f] = true
			}
		}
		return sorted(out)
	}
	if reexports {
		mentions = judged
	}
	t.UncompiledMentions = rest(mentions)
	for f := range mentions {
		unsure[f] = true
	}
	t.Neutral = rest(unsure)
	unneeded := map[string]bool{}
	for _, f := range t.DeclaredClosure {
		if judged[f] && !needed[f] {
			unneeded[f] = true
		}
	}
	t.Unneeded = sorted(unneeded)
	t.UnusedHere, t.UnusedFirm = []string{}, []string{}
	for _, f := range t.Declared {
		members := gates.Closure(table, []string{f})
		if f != "full" {
			members = map[string]bool{f: true}
		}
		if slices.ContainsFunc(t.Unneeded, func(f string) bool { return members[f] }) {
			t.UnusedHere = append(t.UnusedHere, f)
		}
		if slices.ContainsFunc(t.Unneeded, func(f string) bool { return members[f] && !slices.Contains(t.Neutral, f) }) {
			t.UnusedFirm = append(t.UnusedFirm, f)
		}
	}
	t.Missing = []string{}
	for _, clause := range need {
		if !slices.ContainsFunc(clause, func(f string) bool { return slices.Contains(t.DeclaredClosure, f) || !judged[f] }) {
			t.Missing = append(t.Missing, strings.Join(clause, "|"))
		}
	}
}

// clauses writes a gate as a list.
func clauses(g gates.Gate) []string {
	out := []string{}
	for _, clause := range g {
		out = append(out, strings.Join(clause, "|"))
	}
	slices.Sort(out)
	return out
}

// met is the features that a gate keeps in use: those that it asks for by themselves, with all that these turn on, and
// where any one of several will do and none of them is in use yet, all those that are declared.
func met(need gates.Gate, declared []string, table map[string][]string) map[string]bool {
	var sure []string
	for _, clause := range need {
		if len(clause) == 1 {
			sure = append(sure, clause[0])
		}
	}
	used := gates.Closure(table, sure)
	for _, clause := range need {
		if slices.ContainsFunc(clause, func(f string) bool { return used[f] }) {
			continue
		}
		for _, f := range clause {
			if slices.Contains(declared, f) {
				sure = append(sure, f)
			}
		}
	}
	return gates.Closure(table, sure)
}
