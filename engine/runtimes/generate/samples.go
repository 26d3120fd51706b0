package main

import (
	"fmt"
	"slices"
	"strings"
)

// reach is the run of samples over which a line holds; both ends are indexes.
type reach struct{ first, last int }

// gatesFile writes the entries of all samples as one sorted text: a line for
// each run of samples in which an entry reads the same.
func gatesFile(header []string, samples []string, versions []entries) string {
	var lines []string
	keys := map[string]bool{}
	for _, es := range versions {
		for key := range es {
			keys[key] = true
		}
	}
	for key := range keys {
		for i := 0; i < len(samples); i++ {
			e, ok := versions[i][key]
			if !ok {
				continue
			}
			r := reach{i, i}
			for r.last+1 < len(samples) {
				next, ok := versions[r.last+1][key]
				if !ok || !next.reads(e) {
					break
				}
				e = next // the newest signature stands for the run
				r.last++
			}
			lines = append(lines, e.text(r, samples))
			i = r.last
		}
	}
	slices.SortFunc(lines, compareLines)
	var b strings.Builder
	for _, h := range header {
		b.WriteString("# " + h + "\n")
	}
	for _, l := range lines {
		b.WriteString(l + "\n")
	}
	return b.String()
}

// reads reports whether both entries would be the same line, signatures aside.
func (e entry) reads(o entry) bool {
	return e.of == o.of && e.async == o.async && e.gate.Gate() == o.gate.Gate()
}

func (e entry) text(r reach, samples []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.kind, e.path)
	if e.of != "" {
		b.WriteString(" = " + e.of)
	}
	if !e.gate.IsTrue() {
		b.WriteString(" if " + e.gate.Gate())
	}
	switch last := len(samples) - 1; {
	case r.first == 0 && r.last == last:
	case r.last == last:
		b.WriteString(" @" + samples[r.first])
	case r.first == 0:
		b.WriteString(" @.." + samples[r.last])
	default:
		b.WriteString(" @" + samples[r.first] + ".." + samples[r.last])
	}
	if e.async {
		b.WriteString(" async")
	}
	if e.returns != "" {
		b.WriteString(" -> " + e.returns)
	}
	return b.String()
}

// compareLines sorts by path first, so that a type stands before its members.
func compareLines(a, b string) int {
	kindA, restA, _ := strings.Cut(a, " ")
	kindB, restB, _ := strings.Cut(b, " ")
	if (kindA == "impl") != (kindB == "impl") {
		if kindA == "impl" {
			return 1
		}
		return -1
	}
	if c := strings.Compare(restA, restB); c != 0 {
		return c
	}
	return strings.Compare(kindA, kindB)
}
