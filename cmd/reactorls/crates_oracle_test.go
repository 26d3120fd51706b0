//go:build oracle

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aymanbagabas/go-udiff"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"reactorls/testdata/oracle/crates"
)

// TestFixPublishedCrates fixes copies of published crates, those of
// testdata/oracle/fix-crates.txt, and lets cargo judge: what it could build before,
// it must be able to build after.
func TestFixPublishedCrates(t *testing.T) {
	o := newFixOracle(t)
	list, err := crates.Read("../../testdata/oracle/fix-crates.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		t.Run(e.ID(), func(t *testing.T) { o.judge(t, e) })
	}
	t.Logf("%d crates, %d of them fixed; %d diagnostics, %d of them mended; %d lines taken out, %d put in", o.crates, o.fixed, o.found, o.mended, o.removed, o.added)
	t.Logf("%d of %d builds pass before, %d of those after", o.before, len(judgements())*o.crates, o.after)
}

// judgement is one way in which cargo judges.
type judgement struct {
	name      string
	env, args []string
}

// judgements are the three choices of features, without linking, and, if ORACLE_DOCS is
// set, the examples in documentation too. rustdoc builds those without running
// them only when told that it may do what is unstable.
func judgements() []judgement {
	list := []judgement{
		{"default features", nil, []string{"check", "--all-targets"}},
		{"no default features", nil, []string{"check", "--all-targets", "--no-default-features"}},
		{"all features", nil, []string{"check", "--all-targets", "--all-features"}},
	}
	if os.Getenv("ORACLE_DOCS") != "" {
		env := []string{"RUSTC_BOOTSTRAP=1", "RUSTDOCFLAGS=-Zunstable-options --no-run"}
		list = append(list, judgement{"documentation", env, []string{"test", "--doc"}})
	}
	return list
}

type fixOracle struct {
	cargo  crates.Cargo
	cache  string
	binary string
	schema *jsonschema.Schema

	crates, fixed, found, mended, removed, added, before, after int
}

func newFixOracle(t *testing.T) *fixOracle {
	cache, err := crates.Cache()
	if err != nil {
		t.Fatal(err)
	}
	host, _, err := crates.Host()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile("check.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "reactorls")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return &fixOracle{
		cargo: crates.Cargo{Host: host, Target: filepath.Join(cache, "target"), Jobs: crates.Jobs(), Limit: 15 * time.Minute},
		cache: cache, binary: binary, schema: schema,
	}
}

// judge fixes one crate.
func (o *fixOracle) judge(t *testing.T, e crates.Entry) {
	start := time.Now()
	from, err := o.cargo.Fetch(filepath.Join(o.cache, "src"), e)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), e.Name)
	if err := crates.Copy(from, dir); err != nil {
		t.Fatal(err)
	}
	o.crates++
	old := o.files(t, dir)
	report := o.check(t, dir)
	var passing []judgement
	var results []string
	for _, b := range judgements() {
		if _, err := o.cargo.Run(dir, b.env, b.args...); err != nil {
			results = append(results, b.name+" fail as published")
			continue
		}
		passing = append(passing, b)
	}
	o.before += len(passing)

	left := o.check(t, dir, "--fix")
	if again := o.check(t, dir, "--fix"); len(again.Diagnostics) != len(left.Diagnostics) {
		t.Errorf("a second --fix changes more: %v, then %v", left, again)
	}
	diff, removed, added := o.diff(old, o.files(t, dir))

	for _, b := range passing {
		if diff != "" {
			if _, err := o.cargo.Run(dir, b.env, b.args...); err != nil {
				results = append(results, b.name+" BREAK")
				t.Errorf("--fix breaks it, %s: %v", b.name, err)
				continue
			}
		}
		o.after++
		results = append(results, b.name+" pass")
	}
	if t.Failed() {
		t.Log(diff)
	}
	mended := len(report.Diagnostics) - len(left.Diagnostics)
	o.found += len(report.Diagnostics)
	o.mended += mended
	o.removed += removed
	o.added += added
	if diff != "" {
		o.fixed++
	}
	t.Logf("%v: %d mended, lines -%d +%d; %s (%.0f s)", report, mended, removed, added, strings.Join(results, ", "), time.Since(start).Seconds())
}

// check runs reactorls on the directory.
func (o *fixOracle) check(t *testing.T, dir string, flags ...string) fixReport {
	cmd := exec.Command(o.binary, append([]string{"check", "--format", "json", dir}, flags...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != exitFound) {
		t.Fatalf("reactorls %v: %v\n%s", flags, err, &stderr)
	}
	for line := range strings.Lines(stderr.String()) {
		if !strings.HasPrefix(line, "fixed ") {
			t.Errorf("reactorls %v says %s", flags, line)
		}
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(stdout.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := o.schema.Validate(document); err != nil {
		t.Error(err)
	}
	var r fixReport
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// fixReport is a report of check --format json.
type fixReport struct{ Diagnostics []jsonDiagnostic }

// String counts the diagnostics of each rule.
func (r fixReport) String() string {
	rules := map[string]int{}
	for _, d := range r.Diagnostics {
		rules[d.Rule]++
	}
	words := []string{fmt.Sprintf("%d diagnostics", len(r.Diagnostics))}
	for _, rule := range slices.Sorted(maps.Keys(rules)) {
		words = append(words, fmt.Sprintf("%d %s", rules[rule], rule))
	}
	return strings.Join(words, ", ")
}

// files are the texts that a fix may change.
func (o *fixOracle) files(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".rs" && d.Name() != "Cargo.toml" {
			return err
		}
		text, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[rel] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// diff shows what changed, and counts its lines.
func (o *fixOracle) diff(old, new map[string]string) (diff string, removed, added int) {
	for _, path := range slices.Sorted(maps.Keys(old)) {
		unified := udiff.Unified(path, path, old[path], new[path])
		diff += unified
		for line := range strings.Lines(unified) {
			switch {
			case strings.HasPrefix(line, "-") && !strings.HasPrefix(line, "--- "):
				removed++
			case strings.HasPrefix(line, "+") && !strings.HasPrefix(line, "+++ "):
				added++
			}
		}
	}
	return diff, removed, added
}
