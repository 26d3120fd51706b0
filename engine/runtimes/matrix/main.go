// Matrix makes data/matrix.txt anew: it runs every operation that its harness knows
// under every executor that it knows, each pair in a process of its own, and writes
// down how each went.
//
//	go run ./matrix                      # from engine/runtimes
//	go run ./matrix -only time::sleep    # prints these, writes nothing
package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pelletier/go-toml/v2"
)

func main() {
	log.SetFlags(0)
	only := flag.String("only", "", "measure the operations whose names contain the `text` and print them")
	out := flag.String("out", "data/matrix.txt", "the data `file`")
	harness := flag.String("harness", "matrix/harness", "the `directory` of the harness")
	cache := flag.String("cache", filepath.Join(os.TempDir(), "reactorls-matrix"), "`directory` that keeps cargo's output for the next run")
	jobs := flag.Int("jobs", 4, "`how many` processes run at once")
	flag.Parse()
	if err := run(*only, *out, *harness, *cache, *jobs); err != nil {
		log.Fatal(err)
	}
}

func run(only, out, harness, cache string, jobs int) error {
	versions, err := readVersions(filepath.Join(harness, "Cargo.toml"))
	if err != nil {
		return err
	}
	m := &matrix{versions: versions}
	// The second build has the executors that other features make another of.
	for _, features := range []string{"", "variants"} {
		binary, err := build(harness, cache, features)
		if err != nil {
			return err
		}
		if err := m.list(binary); err != nil {
			return err
		}
	}
	m.operations = slices.DeleteFunc(m.operations, func(o operation) bool { return !strings.Contains(o.name, only) })
	m.measure(jobs)
	header, err := header()
	if err != nil {
		return err
	}
	text := m.format(header)
	if only != "" {
		fmt.Print(text)
		return nil
	}
	return os.WriteFile(out, []byte(text), 0o666)
}

// readVersions gives what the harness depends on, as "NAME VERSION".
func readVersions(manifest string) ([]string, error) {
	text, err := os.ReadFile(manifest)
	if err != nil {
		return nil, err
	}
	var m struct{ Dependencies map[string]any }
	if err := toml.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", manifest, err)
	}
	var versions []string
	for name, d := range m.Dependencies {
		if table, ok := d.(map[string]any); ok {
			d = table["version"]
		}
		version, ok := strings.CutPrefix(fmt.Sprint(d), "=")
		if !ok {
			return nil, fmt.Errorf("%s: the version of %s is not exact", manifest, name)
		}
		versions = append(versions, name+" "+version)
	}
	slices.Sort(versions)
	return versions, nil
}

// build builds the harness and keeps the program under a name of its own.
func build(harness, cache, features string) (string, error) {
	target := filepath.Join(cache, "target")
	c := exec.Command("cargo", "build", "--locked", "--features", features)
	c.Dir = harness
	c.Env = append(os.Environ(), "CARGO_TARGET_DIR="+target)
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("cargo build: %w", err)
	}
	program, err := os.ReadFile(filepath.Join(target, "debug", "harness"))
	if err != nil {
		return "", err
	}
	binary := filepath.Join(cache, cmp.Or(features, "plain"))
	os.Remove(binary) // One that still runs cannot be written to.
	return binary, os.WriteFile(binary, program, 0o777)
}

// header says when and where the cells were measured.
func header() ([]string, error) {
	rustc, err := exec.Command("rustc", "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("rustc: %w", err)
	}
	host := runtime.GOOS + " " + runtime.GOARCH
	if kernel, err := exec.Command("uname", "-r").Output(); err == nil {
		host += ", kernel " + strings.TrimSpace(string(kernel))
	}
	return []string{
		"reactorls matrix 1",
		"source: measured by engine/runtimes/matrix, " + time.Now().UTC().Format(time.DateOnly),
		"host: " + host + ", " + strings.TrimSpace(string(rustc)) + ", profile dev",
	}, nil
}

// A matrix has a cell for each operation under each executor.
type matrix struct {
	versions   []string
	executors  []executor
	operations []operation
	cells      [][]cell // by operation, by executor
}

type executor struct {
	code, name string
	line       string // as the data has it
	binary     string
}

type operation struct {
	kind, name string
}

// list asks a build of the harness for its executors and operations.
func (m *matrix) list(binary string) error {
	text, err := exec.Command(binary).Output()
	if err != nil {
		return fmt.Errorf("%s: %w", binary, err)
	}
	m.operations = nil // All builds have the same.
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		what, rest, _ := strings.Cut(line, " ")
		first, rest, _ := strings.Cut(rest, " ")
		if what == "operation" {
			m.operations = append(m.operations, operation{first, rest})
			continue
		}
		name, _, _ := strings.Cut(rest, " ")
		m.executors = append(m.executors, executor{first, name, line, binary})
	}
	return nil
}

// measure runs all cells, several at once: most time is spent waiting for hangs.
func (m *matrix) measure(jobs int) {
	m.cells = make([][]cell, len(m.operations))
	for i := range m.cells {
		m.cells[i] = make([]cell, len(m.executors))
	}
	slots := make(chan bool, jobs)
	var all sync.WaitGroup
	for i, o := range m.operations {
		for j, e := range m.executors {
			slots <- true
			all.Go(func() {
				m.cells[i][j] = measure(e, o)
				<-slots
			})
		}
		log.Printf("%d of %d: %s", i+1, len(m.operations), o.name)
	}
	all.Wait()
}

// cell is how one operation went under one executor.
type cell struct {
	outcome outcome
	called  bool   // there was a future by then
	text    string // of the panic or the error
}

type outcome byte

const (
	ok        outcome = '.'
	unawaited outcome = '-'
	unsteady  outcome = '?' // not the same in all tries
	panicked  outcome = 'P'
	hung      outcome = 'H'
	failed    outcome = 'E'
)

// limit is how long a cell may take; those that end take milliseconds.
const limit = 5 * time.Second

// tries is how often a cell is run. Some are a matter of which thread comes first.
const tries = 3

// measure runs one cell.
func measure(e executor, o operation) cell {
	first := try(e, o)
	for range tries - 1 {
		if c := try(e, o); c != first {
			log.Printf("%s under %s: %c, then %c", o.name, e.name, first.outcome, c.outcome)
			if first.called != c.called {
				log.Fatal("the call itself is unsteady")
			}
			return cell{outcome: unsteady}
		}
	}
	return first
}

// try reads what the harness says; its head tells the words.
func try(e executor, o operation) cell {
	directory, err := os.MkdirTemp("", "matrix")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(directory)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	process := exec.CommandContext(ctx, e.binary, e.name, o.name)
	process.Env = append(os.Environ(), "TMPDIR="+directory)
	process.WaitDelay = time.Second
	text, err := process.Output()
	c := cell{outcome: panicked}
	if ctx.Err() != nil {
		c.outcome = hung
	}
	for line := range bytes.Lines(text) {
		what, text, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		switch what {
		case "called":
			c.called = true
		case "panic":
			c.text = cmp.Or(c.text, text)
		case "ok":
			return cell{ok, c.called, ""}
		case "unawaited":
			return cell{unawaited, c.called, ""}
		case "error":
			return cell{failed, c.called, text}
		}
	}
	if c.outcome == panicked && c.text == "" {
		log.Fatalf("%s under %s ended without a word: %v", o.name, e.name, cmp.Or(err, errors.New("no error")))
	}
	return c
}

// format writes the data file. Texts are numbered as they come.
func (m *matrix) format(header []string) string {
	var rows strings.Builder
	texts := map[outcome][]string{}
	width := 0
	for _, o := range m.operations {
		width = max(width, len(o.kind)+1+len(o.name))
	}
	row := func(head string, cells []string) {
		line := fmt.Sprintf("%-*s |", width, head)
		for _, c := range cells {
			line += fmt.Sprintf(" %-3s", c)
		}
		rows.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	var codes []string
	for _, e := range m.executors {
		codes = append(codes, e.code)
	}
	for i, o := range m.operations {
		if i%20 == 0 {
			row("columns", codes)
		}
		var cells []string
		for _, c := range m.cells[i] {
			cells = append(cells, c.format(texts))
		}
		row(o.kind+" "+o.name, cells)
	}

	var b strings.Builder
	for _, line := range header {
		b.WriteString("# " + line + "\n")
	}
	for _, v := range m.versions {
		b.WriteString("crate " + v + "\n")
	}
	for _, e := range m.executors {
		b.WriteString(e.line + "\n")
	}
	for _, kind := range []outcome{panicked, failed} {
		for i, text := range texts[kind] {
			fmt.Fprintf(&b, "text %c%d %s\n", kind, i+1, text)
		}
	}
	return b.String() + rows.String()
}

// format writes one cell, and numbers its text.
func (c cell) format(texts map[outcome][]string) string {
	s := string(c.outcome)
	if c.called {
		s = strings.ToLower(s)
	}
	if c.text == "" {
		return s
	}
	kind := c.outcome
	if kind == hung {
		kind = panicked // in another thread
	}
	i := slices.Index(texts[kind], c.text)
	if i < 0 {
		i = len(texts[kind])
		texts[kind] = append(texts[kind], c.text)
	}
	return fmt.Sprintf("%s%d", s, i+1)
}
