//go:build oracle

package diagnostics

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/tools/txtar"

	"reactorls/engine"
	"reactorls/engine/text"
)

// The programs in testdata/oracle/panics are small, and each tells what becomes of
// it: it ends, panics, or hangs. README.md of testdata/oracle describes them.

// runRules are the rules that say what a program does when it runs.
var runRules = []string{"blocking-call", "driver-disabled", "flavor-mismatch", "nested-runtime", "no-reactor"}

// pinned are the versions with which the programs were measured, with all features
// that any of them asks for.
const pinned = `tokio = { version = "=1.54.1", features = ["full"] }
smol = "=2.0.2"
async-std = { version = "=1.13.2", features = ["attributes"] }
futures = { version = "=0.3.34", features = ["thread-pool"] }
pollster = "=1.0.1"
async-compat = "=0.2.6"
async-io = "=2.6.0"
async-global-executor = "=3.1.0"
`

// apart are the features that change what programs without them do: a program that
// asks for one is built in a workspace of its own kind.
var apart = regexp.MustCompile(`"(tokio1|tokio|multi-thread)"`)

// namedBefore is how many marks each rule has named. Silence is no error, for users
// forgive it; falling back is one.
var namedBefore = map[string]int{"driver-disabled": 12, "flavor-mismatch": 14, "nested-runtime": 29, "no-reactor": 77}

const patience = 5 * time.Second // how long a program may run before it is said to hang

// program is one of the archives.
type program struct {
	name, outcome, report string
	silent                string // why the rules cannot see what is wrong
	dir                   string // where it stands with a lockfile of its own
	files                 map[string]string
	marks                 []mark

	// Of one that was mended: the program that it was, the titles of the fixes, and
	// the rules of the diagnostics that offered the first.
	origin        string
	fixes, mended []string
}

// mark is a place where a rule has to say something, or, if it may, can.
type mark struct {
	expectation
	may bool
}

var runMarker = regexp.MustCompile(`^[ \t]*(?:#|//)(~|\?) (\w+)\[([\w-]+)\] (.*?)(?:: (.*))?$`)

func readProgram(t *testing.T, path string) program {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(data)
	p := program{name: strings.TrimSuffix(filepath.Base(path), ".txtar"), files: map[string]string{}}
	rule := ""
	about := ""
	for line := range strings.Lines(string(archive.Comment)) {
		line = strings.TrimSpace(line)
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "outcome":
			p.outcome = value
		case "rule":
			rule = value
		case "report":
			p.report = value
		case "silent":
			p.silent = value
		default:
			about += line
		}
	}
	var codes []string
	for _, file := range archive.Files {
		var kept strings.Builder
		line := 0
		for l := range strings.Lines(string(file.Data)) {
			m := runMarker.FindStringSubmatch(strings.TrimRight(l, "\n"))
			if m == nil {
				kept.WriteString(l)
				line++
				continue
			}
			p.marks = append(p.marks, mark{expectation{file.Name, m[2], m[3], m[4], m[5], line}, m[1] == "?"})
			if m[1] == "~" {
				codes = append(codes, m[3])
			}
			if !slices.Contains(runRules, m[3]) {
				t.Errorf("%s: %s is none of the rules about running", p.name, m[3])
			}
		}
		p.files[file.Name] = kept.String()
	}
	slices.Sort(codes)
	if want := cmp.Or(strings.Join(slices.Compact(codes), ", "), "none"); rule != want {
		t.Errorf("%s: the rule is %s by its markers, %s by its comment", p.name, want, rule)
	}
	kind, _, _ := strings.Cut(p.outcome, " ")
	if about == "" || !slices.Contains([]string{"ok", "panic", "hang"}, kind) {
		t.Errorf("%s says not what it is about or what becomes of it", p.name)
	}
	if kind != "ok" && rule == "none" {
		t.Errorf("%s goes wrong, and no line of it is marked", p.name)
	}
	return p
}

// TestPanics runs the programs and compares what becomes of them with what they
// tell. PANICS is a regular expression for the names of the programs to take.
func TestPanics(t *testing.T) {
	checkOutcomes(t, chosenPrograms(t))
}

// TestPanicVerdicts compares what the rules say with the marks, applies each fix
// alone, and runs the programs again, which must then come to their end.
func TestPanicVerdicts(t *testing.T) {
	fixed := checkVerdicts(t, chosenPrograms(t))
	if len(fixed) == 0 {
		return
	}
	results := buildAndRun(t, "fixed", fixed)
	ran, further := map[string]int{}, 0
	origins := map[string]bool{}
	for _, p := range fixed {
		if got := results[p.name]; got.what != "ok" {
			t.Errorf("%s: does not run to its end after %q: %s\n%s", p.name, p.fixes, got.what, p.listing())
			continue
		}
		for _, rule := range p.mended {
			ran[rule]++
		}
		origins[p.origin] = true
		if len(p.fixes) > 1 {
			further++
		}
	}
	for _, rule := range runRules {
		if os.Getenv("PANICS") == "" && ran[rule] < fixedBefore[rule] {
			t.Errorf("%s: %d fixes run to the end, and %d did before", rule, ran[rule], fixedBefore[rule])
		}
	}
	t.Logf("fixes: of %d programs; by rule %v were offered, applied, built and run to the end, as %d programs, of which %d needed a further one",
		len(origins), ran, len(fixed), further)
}

func chosenPrograms(t *testing.T) []program {
	paths, err := filepath.Glob("../testdata/oracle/panics/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no programs", err)
	}
	chosen := regexp.MustCompile(os.Getenv("PANICS"))
	var programs []program
	for _, path := range paths {
		if p := readProgram(t, path); chosen.MatchString(p.name) {
			programs = append(programs, p)
		}
	}
	return programs
}

// checkOutcomes holds the programs to what they tell.
func checkOutcomes(t *testing.T, programs []program) {
	results := buildAndRun(t, "programs", programs)
	outcomes := map[string]int{}
	reports := map[string]bool{}
	placed := 0
	for _, p := range programs {
		got := results[p.name]
		kind, _, _ := strings.Cut(p.outcome, " ")
		outcomes[kind]++
		if got.what != p.outcome && (kind != "panic" || !strings.HasPrefix(got.what, p.outcome)) {
			t.Errorf("%s: %q, but when run: %q", p.name, p.outcome, got.what)
		}
		if m := ownPlace.FindStringSubmatch(got.where); m != nil {
			placed++
			if !slices.ContainsFunc(p.marks, func(k mark) bool { return k.file == m[1] && fmt.Sprint(k.line) == m[2] }) {
				t.Errorf("%s: panics at %s, which is not marked", p.name, got.where)
			}
		}
		if p.report != "" {
			reports[p.report] = true
		}
	}
	t.Logf("%d programs were run: %d end, %d panic (%d tell which line), %d hang; %d are from reports",
		len(programs), outcomes["ok"], outcomes["panic"], placed, outcomes["hang"], len(reports))
}

// fixedBefore is how many fixes were offered, applied and seen to run to the end
// for each rule.
var fixedBefore = map[string]int{"driver-disabled": 8, "flavor-mismatch": 10, "nested-runtime": 5, "no-reactor": 77}

// tally counts what a rule says of the marks and besides.
type tally struct{ marks, named, unsure, silent, excused, alarms, doubts, unfixed int }

// checkVerdicts compares what the rules say with the marks. A hint, which is what a
// rule says when it is unsure, is counted and never wrong. What comes back are the
// programs with each of the offered fixes applied.
func checkVerdicts(t *testing.T, programs []program) []program {
	tallies := map[string]*tally{}
	for _, code := range runRules {
		tallies[code] = &tally{}
	}
	var fixed []program
	for _, p := range programs {
		p.lock(t)
		left := slices.Clone(p.marks)
		ds := p.verdict(t)
		for _, d := range ds {
			count := tallies[d.rule]
			i := slices.IndexFunc(left, func(m mark) bool {
				return m.file == d.file && m.line == d.line && m.rule == d.rule
			})
			switch {
			case i < 0 && d.severity == Hint.String():
				count.doubts++
				t.Logf("%s: unsure: %s", p.name, d.expectation)
			case i < 0:
				count.alarms++
				t.Errorf("%s: false alarm: %s", p.name, d.expectation)
			default:
				m := left[i]
				if len(d.Fixes) == 0 {
					count.unfixed++
				}
				left = slices.Delete(left, i, i+1)
				if m.span != d.span || !strings.HasPrefix(d.message, m.message) {
					t.Errorf("%s: %s, but it is said: %s", p.name, m.expectation, d.expectation)
				}
				if m.may {
					continue
				}
				count.marks++
				switch d.severity {
				case m.severity:
					count.named++
				case Hint.String():
					count.unsure++
					t.Logf("%s: unsure: %s", p.name, d.expectation)
				default:
					t.Errorf("%s: %s, but it is said: %s", p.name, m.expectation, d.expectation)
				}
			}
		}
		missed := 0
		for _, m := range left {
			if m.may || Find(m.rule) == nil {
				continue
			}
			missed++
			count := tallies[m.rule]
			count.marks++
			if p.silent != "" {
				count.excused++
				continue
			}
			count.silent++
			t.Logf("%s: nothing is said of %s", p.name, m.expectation)
		}
		known := slices.ContainsFunc(p.marks, func(m mark) bool { return Find(m.rule) != nil })
		if p.silent != "" && known && missed == 0 {
			t.Errorf("%s: all is named, although it is said that it cannot be: %s", p.name, p.silent)
		}
		fixed = append(fixed, p.fix(t, ds)...)
	}
	for _, code := range runRules {
		if Find(code) == nil {
			t.Logf("%-16s no such rule yet", code)
			continue
		}
		c := tallies[code]
		if os.Getenv("PANICS") == "" && c.named < namedBefore[code] {
			t.Errorf("%s names %d marks, and named %d before", code, c.named, namedBefore[code])
		}
		t.Logf("%-16s %d of %d marks named, %d more as unsure; silent: %d, and %d as explained; false alarms: %d, unsure ones: %d; without a fix: %d",
			code, c.named, c.marks, c.unsure, c.silent, c.excused, c.alarms, c.doubts, c.unfixed)
	}
	return fixed
}

// finding is what a rule says of a program, as expected and as it is.
type finding struct {
	expectation
	Diagnostic
}

// lock puts the program down as a package with a lockfile, as most are when they
// are looked at.
func (p *program) lock(t *testing.T) {
	p.dir = filepath.Join(panicsCache(t), "alone", p.name)
	manifest := filepath.Join(p.dir, engine.ManifestName)
	before, _ := os.ReadFile(manifest)
	for name, content := range p.files {
		write(t, filepath.Join(p.dir, filepath.FromSlash(name)), content)
	}
	if _, err := os.Stat(filepath.Join(p.dir, "Cargo.lock")); err != nil || string(before) != p.files[engine.ManifestName] {
		runCargo(t, p.dir, "generate-lockfile", "--offline")
	}
}

// verdict is what the rules about running say of a program. What a fix changed is
// as if it were not saved.
func (p program) verdict(t *testing.T) []finding {
	session := engine.NewSession()
	for name, content := range p.files {
		session.Open(filepath.Join(p.dir, filepath.FromSlash(name)), content, 1)
	}
	s := session.Snapshot()
	w, err := s.Workspace(p.dir)
	if err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	r, err := Run(context.Background(), s, w, Options{})
	if err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	var found []finding
	for _, d := range r.Diagnostics {
		if !slices.Contains(runRules, d.Rule.Code) {
			continue
		}
		file := s.File(d.Path)
		name, _ := filepath.Rel(p.dir, d.Path)
		found = append(found, finding{expectation{
			filepath.ToSlash(name), d.Severity.String(), d.Rule.Code, d.Span.In(file.Text), d.Message,
			file.Mapper().Position(d.Span.Start, text.UTF8).Line + 1,
		}, d})
	}
	return found
}

// fix gives the program once for each fix that is offered, after which nothing may
// be said of the place any more. Where more is wrong then, the first fix of that is
// applied, and so on.
func (p program) fix(t *testing.T, ds []finding) []program {
	var fixed []program
	at := map[string]int{}
	for i, d := range ds {
		for j, f := range d.Fixes {
			now := p.apply(t, f)
			left := now.verdict(t)
			if slices.ContainsFunc(left, func(o finding) bool { return o.rule == d.rule && o.Path == d.Path && o.Span == moved(d.Diagnostic, f) }) {
				t.Errorf("%s: %q mends nothing of %s\n%s", p.name, f.Title, d.expectation, now.listing())
			}
			for range len(p.marks) {
				k := slices.IndexFunc(left, func(d finding) bool { return len(d.Fixes) > 0 })
				if k < 0 {
					break
				}
				now = now.apply(t, left[k].Fixes[0])
				left = now.verdict(t)
			}
			now.origin, now.name = p.name, fmt.Sprintf("%s-%d-%d", p.name, i, j)
			k, seen := at[now.listing()]
			if !seen {
				k = len(fixed)
				at[now.listing()] = k
				fixed = append(fixed, now)
			}
			fixed[k].mended = append(fixed[k].mended, d.rule)
		}
	}
	return fixed
}

// moved is where the span of a diagnostic is after a fix.
func moved(d Diagnostic, f Fix) text.Span {
	by := 0
	for _, e := range f.Edits {
		if e.Path == d.Path && e.End <= d.Span.Start {
			by += len(e.New) - e.Len()
		}
	}
	return text.Span{Start: d.Span.Start + by, End: d.Span.End + by}
}

func (p program) apply(t *testing.T, f Fix) program {
	byFile := map[string][]text.Edit{}
	for _, e := range f.Edits {
		name, _ := filepath.Rel(p.dir, e.Path)
		byFile[filepath.ToSlash(name)] = append(byFile[filepath.ToSlash(name)], e.Edit)
	}
	p.files = maps.Clone(p.files)
	p.fixes = append(slices.Clip(p.fixes), f.Title)
	for name, edits := range byFile {
		content, err := text.Apply(p.files[name], edits)
		if err != nil {
			t.Errorf("%s: %q: %v", p.name, f.Title, err)
		}
		p.files[name] = content
	}
	return p
}

func (p program) listing() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p.files)) {
		fmt.Fprintf(&b, "-- %s --\n%s", name, p.files[name])
	}
	return b.String()
}

// result is what becomes of a program: ok, hang, panic with its message, or how
// else it ends; and the place at which it says that it panics.
type result struct{ what, where string }

// ownPlace is a place in a program's own source.
var ownPlace = regexp.MustCompile(`^members/[^/]+/(.*):(\d+):\d+:$`)

// buildAndRun says by name what becomes of each program. All are members of a few
// workspaces, so that their dependencies are built once.
func buildAndRun(t *testing.T, kind string, programs []program) map[string]result {
	root := panicsCache(t)
	groups := map[string][]program{}
	for _, p := range programs {
		group := kind
		for _, m := range apart.FindAllStringSubmatch(p.files[engine.ManifestName], -1) {
			group += "-" + m[1]
		}
		groups[group] = append(groups[group], p)
	}
	results := map[string]result{}
	var mu sync.Mutex
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		built, problems := build(t, filepath.Join(root, group), filepath.Join(root, "target"), groups[group])
		var running errgroup.Group
		running.SetLimit(max(2, runtime.GOMAXPROCS(0)))
		for _, p := range groups[group] {
			running.Go(func() error {
				outcome := result{what: "does not build: " + problems[p.name]}
				if path := built[p.name]; path != "" {
					outcome = run(path)
				}
				mu.Lock()
				defer mu.Unlock()
				results[p.name] = outcome
				return nil
			})
		}
		_ = running.Wait()
	}
	return results
}

// panicsCache is the directory that keeps what is built from one run to the next.
func panicsCache(t *testing.T) string {
	dir, err := filepath.Abs(filepath.Join(cmp.Or(os.Getenv("ORACLE_CACHE"), filepath.Join("..", ".cache", "oracle")), "panics"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var packageName = regexp.MustCompile(`(?m)^name = "p"$`)

// build has cargo build the programs in dir and gives the executables, and what the
// compiler says of those that do not build.
func build(t *testing.T, dir, target string, programs []program) (built, problems map[string]string) {
	if err := os.RemoveAll(filepath.Join(dir, "members")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, engine.ManifestName), "[workspace]\nresolver = \"3\"\nmembers = [\"members/*\"]\n\n"+
		"[profile.dev]\nopt-level = 0\ndebug = false\nincremental = false\nstrip = true\n")
	write(t, filepath.Join(dir, "members", "pins", engine.ManifestName), "[package]\nname = \"pins\"\nedition = \"2024\"\n\n[dependencies]\n"+pinned)
	write(t, filepath.Join(dir, "members", "pins", "src", "lib.rs"), "")
	for _, p := range programs {
		for name, content := range p.files {
			if name == engine.ManifestName {
				content = packageName.ReplaceAllString(content, "name = \""+p.name+"\"")
			}
			write(t, filepath.Join(dir, "members", p.name, filepath.FromSlash(name)), content)
		}
	}
	cmd := exec.Command("cargo", "build", "--workspace", "--keep-going", "--message-format", "json")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CARGO_TARGET_DIR="+target)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	built, problems = map[string]string{}, map[string]string{}
	for line := range bytes.Lines(out) {
		var m struct {
			Reason, Executable string
			Target             struct{ Name string }
			Message            struct{ Level, Rendered string }
		}
		if json.Unmarshal(line, &m) != nil {
			continue
		}
		if m.Reason == "compiler-artifact" && m.Executable != "" {
			built[m.Target.Name] = m.Executable
		}
		if m.Message.Level == "error" {
			problems[m.Target.Name] += m.Message.Rendered
		}
	}
	if err != nil && len(problems) == 0 {
		t.Fatalf("cargo build: %v\n%s", err, stderr.String())
	}
	return built, problems
}

// run says what becomes of an executable. One that hangs is given a second chance.
func run(path string) result {
	r := runOnce(path)
	if r.what == "hang" {
		r = runOnce(path)
	}
	return r
}

func runOnce(path string) result {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path)
	cmd.Dir = os.TempDir()
	cmd.Env = append(os.Environ(), "RUST_BACKTRACE=0", "TOKIO_WORKER_THREADS=2")
	cmd.WaitDelay = time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	lines := bufio.NewScanner(&stderr)
	for lines.Scan() {
		if _, where, ok := strings.Cut(lines.Text(), "panicked at "); ok && lines.Scan() {
			return result{"panic " + lines.Text(), where}
		}
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return result{what: "hang"}
	case err != nil:
		return result{what: err.Error()}
	}
	return result{what: "ok"}
}
