package main

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/text"
)

// demo is the sample project that check --demo looks at.
//
//go:embed demo
var demo embed.FS

// checker is one run of the check command.
type checker struct {
	format    string
	deny      string
	allow     []string
	fix, diff bool
	demo      bool
	afresh    bool
	build     build

	out, errOut io.Writer
	level       diagnostics.Severity
	printer     printer
}

// checked is one target with what was found there.
type checked struct {
	snapshot  *engine.Snapshot
	workspace *engine.Workspace
	target    target
	result    diagnostics.Result
}

// printer writes what was found in one form.
type printer interface {
	// print is told of each target as soon as it is checked.
	print(checked) error
	// close comes after the last one; complete tells that all paths could be checked.
	close(complete bool) error
}

// formats are the forms that check can print.
var formats = []string{"human", "json", "sarif", "github"}

func checkCommand() *cobra.Command {
	c := &checker{out: os.Stdout, errOut: os.Stderr}
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Report what is wrong with the runtimes of the packages at the paths",
		Long: `Report what is wrong with the runtimes of the packages at the paths, by default
of the one in the current directory. A path to a workspace stands for all its
members.

Exit codes: 0 nothing at or above the --deny level, 1 something, 2 the command
could not do its work.`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if c.demo || c.fix || c.diff || c.afresh {
				_, err := c.run(cmd.Context(), paths)
				return err
			}
			return again(os.Stdout, os.Stderr, func(out, errOut io.Writer) (*engine.Session, error) {
				c.out, c.errOut = out, errOut
				return c.run(cmd.Context(), paths)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&c.format, "format", "", "how to print: human, json, sarif or github (default human, and github in GitHub Actions)")
	flags.StringVar(&c.deny, "deny", "warning", "the least `level` that makes the exit code 1: hint, info, warning or error")
	flags.StringSliceVar(&c.allow, "allow", nil, "a `rule` not to report; may be repeated")
	flags.BoolVar(&c.fix, "fix", false, "apply the fixes that are certain")
	flags.BoolVar(&c.diff, "diff", false, "print what --fix would change, and change nothing")
	flags.BoolVar(&c.afresh, "no-cache", false, "look at all files anew, and keep nothing for the next run")
	flags.BoolVar(&c.demo, "demo", false, "check a sample project that is built in")
	c.build.flags(flags)
	return cmd
}

// run checks the paths, and gives the session in which it did.
func (c *checker) run(ctx context.Context, paths []string) (*engine.Session, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	session := engine.NewSession()
	if c.demo {
		var err error
		if session, paths, err = demoSession(); err != nil {
			return nil, err
		}
	}
	return session, c.checkAll(ctx, session, paths)
}

func (c *checker) checkAll(ctx context.Context, session *engine.Session, paths []string) error {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	worst, failed := diagnostics.Severity(0), false
	seen := map[string]bool{}
	for _, path := range paths {
		target, err := targetOf(session, path, c.demo)
		if err != nil {
			fmt.Fprintln(c.errOut, "reactorls:", err)
			failed = true
			continue
		}
		if seen[target.key()] {
			continue
		}
		seen[target.key()] = true
		found, err := c.check(ctx, session, target)
		switch {
		case errors.Is(err, errBroken):
			failed = true // why is told
		case err != nil:
			return err
		}
		worst = max(worst, found)
	}
	if err := c.printer.close(!failed); err != nil {
		return err
	}
	switch {
	case failed:
		return exitCode(exitFailed)
	case worst >= c.level:
		return exitCode(exitFound)
	}
	return nil
}

func (c *checker) validate() (err error) {
	if c.level, err = diagnostics.ParseSeverity(c.deny); err != nil {
		return fmt.Errorf("--deny: %w", err)
	}
	if c.printer, err = c.newPrinter(); err != nil {
		return err
	}
	if err := c.build.validate(); err != nil {
		return err
	}
	for _, rule := range c.allow {
		if diagnostics.Find(rule) == nil {
			err := fmt.Errorf("--allow: no rule is called %q", rule)
			if near := diagnostics.Nearest(rule, diagnostics.Codes()); near != "" {
				err = fmt.Errorf("%w; the nearest is %q", err, near)
			}
			return err
		}
	}
	return nil
}

// newPrinter chooses by --format; without it, GitHub's runner is spoken to in its own
// language.
func (c *checker) newPrinter() (printer, error) {
	format := c.format
	if format == "" {
		format = "human"
		if os.Getenv("GITHUB_ACTIONS") == "true" && !c.demo {
			format = "github"
		}
	}
	switch {
	case !slices.Contains(formats, format):
		return nil, fmt.Errorf("--format: unknown format %q: %s or %s", format, strings.Join(formats[:len(formats)-1], ", "), formats[len(formats)-1])
	case c.diff:
		return silent{}, nil // the diff is the answer
	case format == "json":
		return jsonPrinter{c.out, c.build}, nil
	case format == "sarif":
		return newSARIF(c.out), nil
	case format == "github":
		return &github{out: c.out}, nil
	}
	return humanPrinter{c.out, c.demo}, nil
}

// silent prints nothing.
type silent struct{}

func (silent) print(checked) error { return nil }
func (silent) close(bool) error    { return nil }

// demoSession holds the sample project in memory.
func demoSession() (*engine.Session, []string, error) {
	root, err := filepath.Abs("demo")
	if err != nil {
		return nil, nil, err
	}
	files := map[string]string{}
	err = fs.WalkDir(demo, "demo", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := demo.ReadFile(path)
		files[filepath.Join(filepath.Dir(root), filepath.FromSlash(path))] = string(content)
		return err
	})
	return engine.NewMemorySession(files), []string{root}, err
}

// target is what one path stands for: a workspace, or one member of it.
type target struct {
	path   string
	dir    string // of the workspace
	member string // the manifest of the one member meant, "" for all
}

func (t target) key() string { return t.dir + "|" + t.member }

func targetOf(session *engine.Session, path string, demo bool) (target, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return target{}, err
	}
	if !demo && !engine.Exists(abs) {
		return target{}, fmt.Errorf("%s: no such file or directory", path)
	}
	session.Snapshot().File(abs) // that it is there is part of what was seen
	w, err := session.Snapshot().Workspace(abs)
	if errors.Is(err, engine.ErrNoManifest) {
		return target{}, fmt.Errorf("%s: %w", path, engine.ErrNoManifest)
	}
	if err != nil {
		return target{}, err
	}
	t := target{path: abs, dir: w.Dir}
	deepest := w.Dir
	for _, p := range w.Packages {
		if within(abs, p.Dir) && len(p.Dir) > len(deepest) {
			deepest, t.member = p.Dir, p.File.Path
		}
	}
	return t, nil
}

func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, dir+string(filepath.Separator))
}

// includes reports whether a diagnostic's file belongs to the target.
func (t target) includes(w *engine.Workspace, path string) bool {
	if t.member == "" {
		return true
	}
	owner := ""
	for _, p := range w.Packages {
		if within(path, p.Dir) && len(p.Dir) > len(owner) {
			owner = p.Dir
		}
	}
	return owner == filepath.Dir(t.member)
}

// check reports one target and gives the worst severity found.
func (c *checker) check(ctx context.Context, session *engine.Session, t target) (diagnostics.Severity, error) {
	options := diagnostics.Options{Selection: c.build.selection, Platform: c.build.platform, Progress: progress(os.Stderr)}
	before := session.Snapshot()
	if c.fix || c.diff {
		wanted := func(d diagnostics.Diagnostic) bool {
			w, _ := before.Workspace(t.path)
			return !slices.Contains(c.allow, d.Rule.Code) && t.includes(w, d.Path)
		}
		fixing := session
		if c.diff { // the exit code is that of the files as they are
			fixing = before.Fork()
		}
		changed, err := diagnostics.FixAll(ctx, fixing, t.path, options, wanted)
		if err != nil {
			return 0, err
		}
		if err := c.deliver(before, changed); err != nil {
			return 0, err
		}
	}
	s := session.Snapshot()
	w, err := s.Workspace(t.path)
	if err != nil {
		return 0, err
	}
	result, err := diagnostics.Run(ctx, s, w, options)
	if err != nil {
		return 0, err
	}
	result.Diagnostics = slices.DeleteFunc(result.Diagnostics, func(d diagnostics.Diagnostic) bool {
		return slices.Contains(c.allow, d.Rule.Code) || !t.includes(w, d.Path)
	})
	worst := diagnostics.Severity(0)
	for _, d := range result.Diagnostics {
		worst = max(worst, d.Severity)
	}
	problems(c.errOut, s, w)
	if err := c.printer.print(checked{s, w, t, result}); err != nil {
		return 0, err
	}
	if len(w.Packages) > 0 && !slices.ContainsFunc(w.Packages, func(p *engine.Package) bool { return !p.Broken() }) {
		return worst, errBroken
	}
	return worst, nil
}

// errBroken tells that no manifest could be read as TOML, so that what was found is
// not all.
var errBroken = errors.New("no manifest could be read")

// problems tells what could not be read, and where; the rest was analysed.
func problems(errOut io.Writer, s *engine.Snapshot, w *engine.Workspace) {
	for _, p := range w.Problems {
		at := p.Path
		if f := s.File(p.Path); f != nil && p.Span != (text.Span{}) {
			position := f.Mapper().Position(p.Span.Start, text.UTF32)
			at = fmt.Sprintf("%s:%d:%d", p.Path, position.Line+1, position.Column+1)
		}
		fmt.Fprintf(errOut, "reactorls: %s: %s\n", at, p.Msg)
	}
}

// deliver prints or writes the texts that fixing made.
func (c *checker) deliver(before *engine.Snapshot, changed map[string]string) error {
	for _, path := range slices.Sorted(maps.Keys(changed)) {
		old, content := before.File(path).Text, changed[path]
		if c.diff {
			name := filepath.ToSlash(shown(path))
			if _, err := io.WriteString(c.out, udiff.Unified("a/"+name, "b/"+name, old, content)); err != nil {
				return err
			}
			continue
		}
		if c.demo {
			continue // the sample is in memory alone
		}
		if err := engine.Replace(path, old, content); err != nil {
			return fmt.Errorf("%s: not fixed: %w", shown(path), err)
		}
		fmt.Fprintf(c.errOut, "fixed %s\n", shown(path))
	}
	return nil
}

// shown is a path as people write it: from the current directory, if below.
func shown(path string) string {
	cwd, err := os.Getwd()
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(cwd, path)
	if err != nil || strings.HasPrefix(rel, "..") {
		return path
	}
	return rel
}

// progress shows a line on a terminal when the work takes long.
func progress(f *os.File) func(done, total int) {
	if !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	var mu sync.Mutex
	start := time.Now()
	return func(done, total int) {
		mu.Lock()
		defer mu.Unlock()
		const patience = 300 * time.Millisecond
		if time.Since(start) < patience {
			return
		}
		line := fmt.Sprintf("reading packages: %d of %d", done, total)
		if done == total {
			line = strings.Repeat(" ", len(line))
		}
		fmt.Fprint(f, "\r"+line+"\r")
	}
}

// sortedBy is a copy of list in the order of key.
func sortedBy[T any, K cmp.Ordered](list []T, key func(T) K) []T {
	// By place: what sorts the elements themselves is compiled for each type, and large for
	// large ones.
	keys, order := make([]K, len(list)), make([]int, len(list))
	for i, e := range list {
		keys[i], order[i] = key(e), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(keys[a], keys[b]) })
	sorted := make([]T, len(list))
	for i, from := range order {
		sorted[i] = list[from]
	}
	return sorted
}
