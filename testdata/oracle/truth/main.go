// Command truth makes rustc say which tokio features a published crate needs:
//
//	go run ./testdata/oracle/truth -list testdata/oracle/crates.txt [-cache DIR] [-jobs N] [-only REGEXP]
//
// For each entry of the list it fetches the crate, checks that it builds as published, and then compiles it against a
// copy of its locked tokio in which each feature-gated item is marked as deprecated, the note naming the features
// (package gates). rustc reports each use of such an item, resolved by type and after macro expansion. From these
// reports, and from a reading of the code that was not compiled, come the labels (type Truth).
//
// Results are one JSON file for each entry in DIR/truth; a result made by the same truth maker and rustc is kept, and so
// are rustc's reports in DIR/reports, from which labels can be made again in no time. For each entry one line is
// printed, without labels, so that a blind list stays blind.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"reactorls/testdata/oracle/crates"
)

// The versions are raised whenever a change of this program, or of package gates, can change what rustc reports, or what
// is made of it.
const (
	compileVersion = "1"
	labelVersion   = "2"
)

// wrapperVariable makes this program act as the wrapper that cargo puts before rustc for the crate under test.
const wrapperVariable = "REACTORLS_TRUTH_WRAPPER"

// targetLimit is the size at which the shared target directory is emptied.
const targetLimit = 9 << 30

func main() {
	if os.Getenv(wrapperVariable) != "" {
		os.Exit(wrap(os.Args[1:]))
	}
	cache, err := crates.Cache()
	if err != nil {
		cache = os.TempDir()
	}
	list := flag.String("list", "testdata/oracle/crates.txt", "the list of crates")
	flag.StringVar(&cache, "cache", cache, "where sources, builds and results are kept")
	jobs := flag.Int("jobs", 1, "compilers at once")
	only := flag.String("only", "", "regular expression for the entries to judge")
	flag.Parse()
	if err := run(*list, cache, *jobs, *only); err != nil {
		fmt.Fprintln(os.Stderr, "truth:", err)
		os.Exit(1)
	}
}

// wrap runs rustc so that it reports deprecations whatever the crate allows or denies.
func wrap(args []string) int {
	cmd := exec.Command(args[0], append(args[1:], "--cap-lints", "warn", "--force-warn", "deprecated")...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return exit.ExitCode()
		}
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func run(list, cache string, jobs int, only string) error {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	entries, err := crates.Read(list)
	if err != nil {
		return err
	}
	judge, err := newJudge(cache, jobs)
	if err != nil {
		return err
	}
	var total tally
	for _, e := range entries {
		if !pattern.MatchString(e.String()) {
			continue
		}
		if err := one(judge, cache, e, &total); err != nil {
			return err
		}
	}
	fmt.Println(total)
	if total.failed > 0 {
		return fmt.Errorf("%d entries failed", total.failed)
	}
	return nil
}

// one judges an entry, unless its truth is kept already.
func one(judge *judge, cache string, e crates.Entry, total *tally) error {
	path := filepath.Join(cache, "truth", e.ID()+".json")
	if old, err := read[Truth](path); err == nil && old.Maker == judge.maker && old.Error == "" {
		total.add(old)
		fmt.Println("kept", e)
		return nil
	}
	truth := judge.entry(e)
	total.add(truth)
	if truth.Error != "" {
		fmt.Printf("failed %s: %s\n", e, truth.Error)
	} else {
		fmt.Printf("ok %s (%d s)\n", e, truth.Seconds)
	}
	if err := write(path, truth); err != nil {
		return err
	}
	return prune(judge.cargo.Target)
}

func read[T any](path string) (T, error) {
	var t T
	text, err := os.ReadFile(path)
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal(text, &t)
}

func write(path string, v any) error {
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// prune empties the target directory when it has grown too large.
func prune(target string) error {
	var size int64
	err := filepath.WalkDir(target, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		size += info.Size()
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && size > targetLimit {
		err = os.RemoveAll(target)
	}
	return err
}

// A tally sums up a run.
type tally struct {
	entries, failed, libBins, allTargets, sites, devSites int
	features                                              map[string]bool
}

func (t *tally) add(truth Truth) {
	t.entries++
	if truth.Error != "" {
		t.failed++
	}
	if truth.Builds.LibBins {
		t.libBins++
	}
	if truth.Builds.AllTargets {
		t.allTargets++
	}
	if t.features == nil {
		t.features = map[string]bool{}
	}
	for _, site := range truth.Sites {
		t.sites++
		if site.Dev {
			t.devSites++
		}
		for _, clause := range strings.Split(site.Feature, " & ") {
			t.features[clause] = true
		}
	}
}

func (t tally) String() string {
	return fmt.Sprintf("%d entries, %d failed; as published %d build their library and binaries, %d all targets; %d sites, %d of them in test-level code; %d different gates",
		t.entries, t.failed, t.libBins, t.allTargets, t.sites, t.devSites, len(t.features))
}
