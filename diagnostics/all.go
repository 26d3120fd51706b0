package diagnostics

import (
	"slices"
	"strings"
)

// Rules are all rules, in the order of their codes.
var Rules = []*Rule{
	bloatedFeature,
	blockingCall,
	deprecatedRuntime,
	deprecatedRuntimeTransitive,
	devOnlyFeature,
	driverDisabled,
	duplicateRuntime,
	embeddedRuntime,
	entrypointFeature,
	flavorMismatch,
	libraryForcesRuntime,
	missingFeature,
	mixedReactors,
	nestedRuntime,
	noReactor,
	runtimeTuning,
	staleAllow,
	unknownFeature,
	unstableAPI,
	unusedFeature,
	unusedRuntime,
	vulnerableRuntime,
	wrongRuntimeFeature,
}

// Codes are the codes of all rules.
func Codes() []string {
	var codes []string
	for _, r := range Rules {
		codes = append(codes, r.Code)
	}
	return codes
}

// Find gives the rule of a code; nil when there is none.
func Find(code string) *Rule {
	for _, r := range Rules {
		if r.Code == code {
			return r
		}
	}
	return nil
}

// Nearest gives the name of list that is most like name, "" when none is.
func Nearest(name string, list []string) string {
	best, least := "", max(2, len(name)/3)+1
	for _, candidate := range slices.Sorted(slices.Values(list)) {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the letters to insert, drop, change or swap between two words.
func distance(a, b string) int {
	before := make([]int, len(b)+1)
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		now := make([]int, len(b)+1)
		now[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			now[j+1] = min(last[j]+cost, last[j+1]+1, now[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				now[j+1] = min(now[j+1], before[j-1]+1)
			}
		}
		before, last = last, now
	}
	return last[len(b)]
}
