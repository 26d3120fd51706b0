// Command strict checks truths in another way, without marks: it builds crates against a tokio that nobody else shares.
//
//	go run ./testdata/oracle/strict -list testdata/oracle/crates.txt [-cache DIR] [-jobs N] [-only REGEXP]
//
// In a normal build cargo gives a crate every tokio feature that any crate of the graph asks for. Here the crate under
// test gets a copy of tokio of its own, with exactly the features under test, while the rest of the graph keeps the
// published one. Where the crate exchanges tokio types with others that is a type error, so each build is compared with
// one that has all features: only further errors count. For each truth in DIR/truth (see command truth; entries with
// --all-targets are left out) it is checked that
//
//   - the features that own_need asks for suffice,
//   - none of them can be left out,
//   - the declared features suffice, unless the truth calls one missing.
//
// What holds is printed as "ok ENTRY (N builds)"; what does not as "differs ENTRY: …" with the new errors. The check can
// differ from a right truth where values from other crates are at play: a missing method on a foreign value is a type
// error already.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"reactorls/testdata/oracle/crates"
	"reactorls/testdata/oracle/gates"
)

func main() {
	cache, err := crates.Cache()
	if err != nil {
		cache = os.TempDir()
	}
	list := flag.String("list", "testdata/oracle/crates.txt", "the list of crates")
	flag.StringVar(&cache, "cache", cache, "the cache of command truth")
	jobs := flag.Int("jobs", 1, "compilers at once")
	only := flag.String("only", "", "regular expression for the entries to check")
	flag.Parse()
	if err := run(*list, cache, *jobs, *only); err != nil {
		fmt.Fprintln(os.Stderr, "strict:", err)
		os.Exit(1)
	}
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
	if cache, err = filepath.Abs(cache); err != nil {
		return err
	}
	host, _, err := crates.Host()
	if err != nil {
		return err
	}
	cargo := crates.Cargo{Host: host, Target: filepath.Join(cache, "target"), Jobs: jobs, Limit: 15 * time.Minute}
	differ := 0
	for _, e := range entries {
		if e.AllTargets || !pattern.MatchString(e.String()) {
			continue
		}
		c := checker{cargo: cargo, cache: cache, entry: e}
		differences, err := c.check()
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", e, err)
		case len(differences) == 0:
			fmt.Printf("ok %s (%d builds)\n", e, c.builds)
		default:
			differ++
			fmt.Printf("differs %s:\n\t%s\n", e, strings.Join(differences, "\n\t"))
		}
	}
	if differ > 0 {
		return fmt.Errorf("%d entries differ", differ)
	}
	return nil
}

// truth is what this check needs of a truth.
type truth struct {
	DeclaredClosure []string `json:"declared_closure"`
	OwnNeed         []string `json:"own_need"`
	Missing         []string
	Error           string
}

type checker struct {
	cargo  crates.Cargo
	cache  string
	entry  crates.Entry
	truth  truth
	root   crates.Package
	tokio  crates.Package
	work   string
	all    map[string]bool // the errors with all features
	builds int
}

// check returns what does not hold.
func (c *checker) check() ([]string, error) {
	text, err := os.ReadFile(filepath.Join(c.cache, "truth", c.entry.ID()+".json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &c.truth); err != nil {
		return nil, err
	}
	if c.truth.Error != "" {
		return nil, errors.New("there is no truth")
	}
	c.work = filepath.Join(c.cache, "work", "strict-"+c.entry.ID())
	if err := os.RemoveAll(c.work); err != nil {
		return nil, err
	}
	defer os.RemoveAll(c.work)
	if err := c.prepare(); err != nil {
		return nil, err
	}
	every := slices.Collect(maps.Keys(gates.Closure(c.tokio.Features, []string{"full", "test-util"})))
	if c.all, err = c.errors(every); err != nil {
		return nil, err
	}
	var out []string
	need := c.need()
	further, err := c.further(need)
	if err != nil {
		return nil, err
	}
	if len(further) > 0 {
		out = append(out, fmt.Sprintf("%v do not suffice: %s", need, further))
	}
	for _, f := range need {
		rest := slices.DeleteFunc(slices.Clone(need), func(other string) bool {
			return gates.Closure(c.tokio.Features, []string{other})[f]
		})
		further, err := c.further(rest)
		if err != nil {
			return nil, err
		}
		if len(further) == 0 {
			out = append(out, fmt.Sprintf("%s is not needed beside %v", f, rest))
		}
	}
	further, err = c.further(c.truth.DeclaredClosure)
	if err != nil {
		return nil, err
	}
	if (len(further) > 0) != (len(c.truth.Missing) > 0) {
		out = append(out, fmt.Sprintf("missing is %v, but the declared features have these errors: %s", c.truth.Missing, further))
	}
	return out, nil
}

// need is a smallest list of features for own_need: one of each clause, a declared one if there is, and none that another
// one turns on.
func (c *checker) need() []string {
	chosen := map[string]bool{}
	for _, clause := range c.truth.OwnNeed {
		choice := strings.Split(clause, "|")
		if slices.ContainsFunc(choice, func(f string) bool { return chosen[f] || slices.Contains(c.truth.OwnNeed, f) }) && len(choice) > 1 {
			continue
		}
		pick := choice[0]
		if i := slices.IndexFunc(choice, func(f string) bool { return slices.Contains(c.truth.DeclaredClosure, f) }); i >= 0 {
			pick = choice[i]
		}
		chosen[pick] = true
	}
	list := slices.Sorted(maps.Keys(chosen))
	return slices.DeleteFunc(list, func(f string) bool {
		return slices.ContainsFunc(list, func(other string) bool {
			return other != f && gates.Closure(c.tokio.Features, []string{other})[f]
		})
	})
}

// further are the errors of a build with some features that one with all features does not have.
func (c *checker) further(features []string) ([]string, error) {
	found, err := c.errors(features)
	if err != nil {
		return nil, err
	}
	for e := range c.all {
		delete(found, e)
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// prepare copies the crate and finds its tokio.
func (c *checker) prepare() error {
	dir, err := c.cargo.Fetch(filepath.Join(c.cache, "src"), c.entry)
	if err != nil {
		return err
	}
	meta, err := c.cargo.Metadata(dir, append([]string{"--locked"}, c.entry.Flags...)...)
	if err != nil {
		return err
	}
	c.root = meta.Root()
	for _, p := range meta.Packages {
		if p.Name == "tokio" && strings.HasPrefix(p.Version, "1.") {
			c.tokio = p
		}
	}
	return crates.Copy(dir, c.work)
}

// errors builds the crate with a tokio of its own that has these features, and what they turn on.
func (c *checker) errors(features []string) (map[string]bool, error) {
	c.builds++
	on := gates.Closure(c.tokio.Features, features)
	copied, err := c.copyTokio(on)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(copied)
	manifest, err := os.ReadFile(filepath.Join(c.cache, "src", c.entry.Name+"-"+c.entry.Version, "Cargo.toml"))
	if err != nil {
		return nil, err
	}
	for _, d := range c.root.Dependencies {
		if d.Name == "tokio" {
			header := regexp.MustCompile(`(?m)^\[.*dependencies\.` + regexp.QuoteMeta(d.Key()) + `\]$`)
			manifest = header.ReplaceAll(manifest, fmt.Appendf(nil, "$0\npath = %q", copied))
			manifest = bytes.ReplaceAll(manifest, fmt.Appendf(nil, "path = %q\npath = %q\n", copied, copied), fmt.Appendf(nil, "path = %q\n", copied))
		}
	}
	if err := os.WriteFile(filepath.Join(c.work, "Cargo.toml"), manifest, 0o644); err != nil {
		return nil, err
	}
	args := append([]string{"check", "--quiet", "--message-format=json"}, c.entry.Flags...)
	args = append(args, crates.LibBins(c.root)...)
	out, failure := c.cargo.Run(c.work, nil, args...)
	found, err := errorsIn(out)
	if err == nil && failure != nil && len(found) == 0 {
		err = failure
	}
	return found, err
}

var (
	feature  = regexp.MustCompile(`\bfeature\s*=\s*"([^"]+)"`)
	table    = regexp.MustCompile(`(?ms)^\[features\]\n.*?\n\[`)
	optional = regexp.MustCompile(`(?m)^optional = true\n`)
	mio      = regexp.MustCompile(`(?m)^\[dependencies\.mio\]$`)
)

// copyTokio writes a copy of tokio in which features are decided in the source, where cargo can't turn others on. It
// depends on all that any feature could ask for.
func (c *checker) copyTokio(on map[string]bool) (string, error) {
	dir, err := os.MkdirTemp(filepath.Join(c.cache, "work"), "tokio-")
	if err != nil {
		return "", err
	}
	if err := crates.Copy(c.tokio.Dir(), dir); err != nil {
		return "", err
	}
	err = filepath.Walk(filepath.Join(dir, "src"), func(path string, info os.FileInfo, err error) error {
		if err != nil || filepath.Ext(path) != ".rs" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text = feature.ReplaceAllFunc(text, func(found []byte) []byte {
			name := string(feature.FindSubmatch(found)[1])
			if on[name] || c.isDependency(name) {
				return []byte("all()") // holds
			}
			return []byte("any()") // does not hold
		})
		return os.WriteFile(path, text, 0o644)
	})
	if err != nil {
		return "", err
	}
	manifest := filepath.Join(dir, "Cargo.toml")
	text, err := os.ReadFile(manifest)
	if err != nil {
		return "", err
	}
	names := "[features]\n"
	for _, name := range slices.Sorted(maps.Keys(c.tokio.Features)) {
		if !c.isDependency(name) {
			names += name + " = []\n"
		}
	}
	text = table.ReplaceAll(text, []byte(names+"\n["))
	text = optional.ReplaceAll(text, nil)
	text = mio.ReplaceAll(text, []byte("$0\nfeatures = [\"os-poll\", \"os-ext\", \"net\"]"))
	return dir, os.WriteFile(manifest, text, 0o644)
}

// isDependency reports whether a feature of tokio is only the name of an optional dependency.
func (c *checker) isDependency(name string) bool {
	return slices.Equal(c.tokio.Features[name], []string{"dep:" + name})
}

// errorsIn lists the compile errors in cargo's output.
func errorsIn(out []byte) (map[string]bool, error) {
	list, err := crates.Messages(out)
	found := map[string]bool{}
	for _, e := range crates.Errors(list) {
		found[fmt.Sprintf("%s:%d: %s", e.Spans[0].File, e.Spans[0].Line, e.Message)] = true
	}
	return found, err
}
