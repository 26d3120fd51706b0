package diagnostics

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"reactorls/engine"
	"reactorls/engine/text"
)

// A fixture is a txtar archive in testdata/rules/<rule>. Its files are a project;
// below a line stands what is expected there:
//
//	tokio = { version = "1", features = ["full"] }
//	#~ warning[unused-feature] "full": `full` turns on 11 features
//
// that is, severity, rule, the text of the span, and how the message starts. What
// is not expected must not be found. Files under fixed/ are the project after
// every safe fix, those under offered/2/ the project after the second of all offered
// fixes alone, safe or not. The archive's comment says what the fixture is about; a line
// crlf in it gives all files the line ends of Windows, a line bom puts a byte order
// mark in front of them.

// fixture is one such archive, with the expectations taken out of the files.
type fixture struct {
	path     string
	comment  string
	files    map[string]string // by path below root
	fixed    map[string]string
	offered  map[int]map[string]string // by the number of the fix, from 1
	expected []expectation
}

type expectation struct {
	file, severity, rule, span, message string
	line                                int // from 1, in the file as it is analysed
}

func (e expectation) String() string {
	return fmt.Sprintf("%s:%d: %s[%s] %s: %s", e.file, e.line, e.severity, e.rule, e.span, e.message)
}

var marker = regexp.MustCompile("^[ \t]*(?:#|//)~ (\\w+)\\[([\\w-]+)\\] (.*?): (.*)$")

const fixtureRoot = "/p"

func readFixture(t testing.TB, path string) fixture {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(data)
	f := fixture{path: path, comment: string(archive.Comment), files: map[string]string{}, fixed: map[string]string{}, offered: map[int]map[string]string{}}
	encode := encoder(f.comment)
	for _, file := range archive.Files {
		if name, ok := strings.CutPrefix(file.Name, "fixed/"); ok {
			f.fixed[name] = encode(string(file.Data))
			continue
		}
		if rest, ok := strings.CutPrefix(file.Name, "offered/"); ok {
			number, name, _ := strings.Cut(rest, "/")
			n, err := strconv.Atoi(number)
			if err != nil {
				t.Fatalf("%s: %s: %v", path, file.Name, err)
			}
			if f.offered[n] == nil {
				f.offered[n] = map[string]string{}
			}
			f.offered[n][name] = encode(string(file.Data))
			continue
		}
		var kept strings.Builder
		line := 0
		for l := range strings.Lines(string(file.Data)) {
			m := marker.FindStringSubmatch(strings.TrimRight(l, "\r\n"))
			if m == nil {
				kept.WriteString(l)
				line++
				continue
			}
			f.expected = append(f.expected, expectation{file.Name, m[1], m[2], m[3], m[4], line})
		}
		f.files[file.Name] = encode(kept.String())
	}
	return f
}

// encoder writes files as the flags in a fixture's comment say.
func encoder(comment string) func(string) string {
	flags := strings.Split(comment, "\n")
	return func(s string) string {
		if slices.Contains(flags, "crlf") {
			s = strings.ReplaceAll(s, "\n", "\r\n")
		}
		if slices.Contains(flags, "bom") {
			s = "\ufeff" + s
		}
		return s
	}
}

// name is the rule and the fixture's own name.
func (f fixture) name() string {
	return strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(f.path), "../testdata/rules/"), ".txtar")
}

func (f fixture) session() *engine.Session {
	files := map[string]string{}
	for name, content := range f.files {
		files[filepath.Join(fixtureRoot, name)] = content
	}
	return engine.NewMemorySession(files)
}

func fixtures(t testing.TB) []fixture {
	paths, err := filepath.Glob("../testdata/rules/*/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no fixtures", err)
	}
	var fs []fixture
	for _, p := range paths {
		fs = append(fs, readFixture(t, p))
	}
	return fs
}

func TestFixtures(t *testing.T) {
	for _, f := range fixtures(t) {
		t.Run(f.name(), func(t *testing.T) {
			session := f.session()
			s := session.Snapshot()
			w, err := s.Workspace(fixtureRoot)
			if err != nil {
				t.Fatal(err)
			}
			r, err := Run(context.Background(), s, w, Options{})
			if err != nil {
				t.Fatal(err)
			}
			f.compare(t, s, r.Diagnostics)
			f.checkFixes(t, s, r.Diagnostics)
			f.compareFixed(t, session)
		})
	}
}

// compare matches what was found with what is expected, both ways.
func (f fixture) compare(t *testing.T, s *engine.Snapshot, ds []Diagnostic) {
	left := slices.Clone(f.expected)
	for _, d := range ds {
		file := s.File(d.Path)
		name, _ := filepath.Rel(fixtureRoot, d.Path)
		got := expectation{
			name, d.Severity.String(), d.Rule.Code, d.Span.In(file.Text), d.Message,
			file.Mapper().Position(d.Span.Start, text.UTF8).Line + 1,
		}
		i := slices.IndexFunc(left, func(e expectation) bool {
			message := e.message
			e.message = got.message
			return e == got && strings.HasPrefix(got.message, message)
		})
		if i < 0 {
			t.Errorf("not expected: %s %v", got, d.Notes)
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, e := range left {
		t.Errorf("not found: %s", e)
	}
}

// checkFixes holds every fix, safe or not, to what all promise: its edits are
// disjoint and leave a manifest that reads. Those that the fixture has the result of
// are compared with it.
func (f fixture) checkFixes(t *testing.T, s *engine.Snapshot, ds []Diagnostic) {
	n := 0
	for _, d := range ds {
		for _, fix := range d.Fixes {
			n++
			left := maps.Clone(f.offered[n])
			byFile := map[string][]text.Edit{}
			for _, e := range fix.Edits {
				byFile[e.Path] = append(byFile[e.Path], e.Edit)
			}
			if len(byFile) == 0 {
				t.Errorf("%s: %q edits nothing", d.Rule.Code, fix.Title)
			}
			for path, edits := range byFile {
				content, err := text.Apply(s.File(path).Text, edits)
				if err != nil {
					t.Errorf("%s: %q: %v", d.Rule.Code, fix.Title, err)
				}
				if filepath.Base(path) == engine.ManifestName {
					before, after := s.File(path).Manifest().Doc, engine.NewFile(path, content).Manifest().Doc
					if len(before.Errors) == 0 && len(after.Errors) > 0 {
						t.Errorf("%s: %q leaves %v:\n%s", d.Rule.Code, fix.Title, after.Errors, content)
					}
				}
				name, _ := filepath.Rel(fixtureRoot, path)
				if want, ok := left[filepath.ToSlash(name)]; len(f.offered[n]) > 0 && (!ok || content != want) {
					t.Errorf("fix %d, %q, leaves in %s:\n%s", n, fix.Title, name, content)
				}
				delete(left, filepath.ToSlash(name))
			}
			for name := range left {
				t.Errorf("fix %d, %q, does not change %s", n, fix.Title, name)
			}
		}
	}
	for number := range f.offered {
		if number > n {
			t.Errorf("%d fixes are offered, and the fixture has the result of fix %d", n, number)
		}
	}
}

// compareFixed applies every safe fix. What is left must be what the fixture says,
// have no safe fix any more, and stay as it is when fixed again.
func (f fixture) compareFixed(t *testing.T, session *engine.Session) {
	all := func(Diagnostic) bool { return true }
	changed, err := FixAll(context.Background(), session, fixtureRoot, Options{}, all)
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range changed {
		name, _ := filepath.Rel(fixtureRoot, path)
		if want, ok := f.fixed[filepath.ToSlash(name)]; !ok {
			t.Errorf("fixed/%s is not in the fixture:\n%s", name, content)
		} else if content != want {
			t.Errorf("fixed %s: got\n%s\nwant\n%s", name, content, want)
		}
	}
	for name := range f.fixed {
		if _, ok := changed[filepath.Join(fixtureRoot, name)]; !ok {
			t.Errorf("%s was not changed", name)
		}
	}
	again, err := FixAll(context.Background(), session, fixtureRoot, Options{}, all)
	if err != nil || len(again) > 0 {
		t.Errorf("fixing again changes %v, %v", slices.Collect(maps.Keys(again)), err)
	}
}

// TestEachRuleHasFixtures wants of every rule one that fires and one that is
// silent.
func TestEachRuleHasFixtures(t *testing.T) {
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, f := range fixtures(t) {
		rule := filepath.Base(filepath.Dir(f.path))
		if Find(rule) == nil {
			t.Errorf("%s: no rule is called %s", f.path, rule)
		}
		if strings.TrimSpace(f.comment) == "" {
			t.Errorf("%s says not what it is about", f.path)
		}
		mine := slices.ContainsFunc(f.expected, func(e expectation) bool { return e.rule == rule })
		fires[rule] = fires[rule] || mine
		silent[rule] = silent[rule] || !mine
	}
	for _, r := range Rules {
		if !fires[r.Code] || !silent[r.Code] {
			t.Errorf("%s: fires in a fixture: %t, is silent in one: %t", r.Code, fires[r.Code], silent[r.Code])
		}
	}
}
