//go:build oracle

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reactorls/testdata/oracle/crates"
)

// judged are the rules about running code whose findings testdata/oracle/verdicts.txt
// lists.
var judged = []string{
	"no-reactor", "nested-runtime", "flavor-mismatch", "driver-disabled", "blocking-call", "unstable-api", "embedded-runtime",
	"library-forces-runtime", "runtime-tuning",
}

// TestVerdicts holds that these rules say of published crates what was read and judged,
// and nothing more.
func TestVerdicts(t *testing.T) {
	text, err := os.ReadFile("../../testdata/oracle/verdicts.txt")
	if err != nil {
		t.Fatal(err)
	}
	o := newFixOracle(t)
	found, wrong, read := 0, 0, 0
	var crate crates.Entry
	var want []string
	compare := func() {
		if crate.Name == "" {
			return
		}
		read++
		t.Run(crate.ID(), func(t *testing.T) {
			dir, err := o.cargo.Fetch(filepath.Join(o.cache, "src"), crate)
			if err != nil {
				t.Fatal(err)
			}
			got := o.verdicts(t, dir)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
	for l := range strings.Lines(string(text)) {
		fields := strings.Fields(l)
		switch {
		case len(fields) == 0 || fields[0] == "#" || strings.HasPrefix(l, "#"):
		case !strings.HasPrefix(l, " "):
			compare()
			crate, want = crates.Entry{Name: fields[0], Version: fields[1]}, nil
		case len(fields) < 5 || fields[3] != "true" && fields[3] != "false":
			t.Fatalf("not judged: %s", l)
		default:
			found++
			if fields[3] == "false" {
				wrong++
			}
			want = append(want, strings.Join(fields[:3], " "))
		}
	}
	compare()
	t.Logf("%d findings in %d crates, of which %d are wrong", found, read, wrong)
}

// verdicts lists what the judged rules find in a package.
func (o *fixOracle) verdicts(t *testing.T, dir string) []string {
	out, err := exec.Command(o.binary, "check", "--format", "json", dir).Output()
	var report struct {
		Diagnostics []struct {
			Rule, Severity, Path string
			Range                struct{ Start struct{ Line int } }
		}
	}
	if json.Unmarshal(out, &report) != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var all []string
	for _, d := range report.Diagnostics {
		if !slices.Contains(judged, d.Rule) {
			continue
		}
		path, err := filepath.Rel(dir, d.Path)
		if !filepath.IsAbs(d.Path) {
			path, err = d.Path, nil
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s %s %s:%d", d.Rule, d.Severity, filepath.ToSlash(path), d.Range.Start.Line))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
