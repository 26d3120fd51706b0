package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// featuresFile writes all releases, newest first, and then each features table
// with the range of versions that have it.
func featuresFile(header []string, releases []release) string {
	var b strings.Builder
	for _, h := range header {
		b.WriteString("# " + h + "\n")
	}
	for _, r := range slices.Backward(releases) {
		fmt.Fprintf(&b, "version %s", r.Vers)
		if r.Published != "" {
			b.WriteString(" " + r.Published)
		}
		if r.RustVersion != "" {
			b.WriteString(" rust " + r.RustVersion)
		}
		if r.Yanked {
			b.WriteString(" yanked")
		}
		b.WriteString("\n")
	}
	for last := len(releases) - 1; last >= 0; {
		first := last
		for first > 0 && sameFeatures(releases[first-1], releases[last]) {
			first--
		}
		fmt.Fprintf(&b, "features %s..%s\n", releases[first].Vers, releases[last].Vers)
		for _, f := range slices.Sorted(maps.Keys(releases[last].Features)) {
			b.WriteString("  " + f + " =")
			for _, on := range releases[last].Features[f] {
				b.WriteString(" " + on)
			}
			b.WriteString("\n")
		}
		last = first - 1
	}
	return b.String()
}

func sameFeatures(a, b release) bool {
	return maps.EqualFunc(a.Features, b.Features, slices.Equal)
}
