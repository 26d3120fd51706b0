// Command peers measures reactorls check beside what people use today, on real workspaces,
// and the language server, and writes docs/benchmarks.md:
//
//	go run ./testdata/bench/peers
//
// It installs the peers with cargo below .cache/bench, and puts the workspaces together of
// published crates there. Each tool runs once to warm up; then all of them run in turn, five
// times, so that what disturbs the machine disturbs all. What is told are medians.
package main

import (
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"reactorls/testdata/oracle/crates"
)

// peers are what is installed.
var peers = []string{"cargo-machete@0.9.2", "cargo-shear@1.6.0", "cargo-features-manager@0.12.0"}

const rounds = 5

// tool is a command that is run in a workspace.
type tool struct {
	name string
	args []string
}

type run struct {
	wall, cpu time.Duration
	memory    int64 // kB
}

func main() {
	log.SetFlags(0)
	root, err := crates.Root()
	check(err)
	cache := filepath.Join(root, ".cache", "bench")
	bin := filepath.Join(cache, "tools", "bin")
	for _, p := range peers {
		command(root, "cargo", "install", "--quiet", "--locked", "--root", filepath.Join(cache, "tools"), p)
	}
	command(root, "make", "-s", "build")
	reactorls := filepath.Join(root, "bin", "reactorls")

	var page strings.Builder
	fmt.Fprintf(&page, head, time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), strings.Join(peers, ", "), rounds)
	for _, w := range []struct {
		name, list string
		crates     []string
	}{
		{"small", "", []string{"mini-redis 0.4.1"}},
		{"medium", "", []string{"axum 0.8.9", "axum-core 0.5.6", "hyper-util 0.1.21", "tower-http 0.7.1", "tonic 0.14.9"}},
		{"large", "large.txt", nil},
	} {
		if w.list != "" {
			list, err := crates.Read(filepath.Join(root, "testdata", "bench", w.list))
			check(err)
			for _, e := range list {
				w.crates = append(w.crates, e.Name+" "+e.Version)
			}
		}
		dir := workspace(filepath.Join(cache, w.name), w.crates)
		lines, files := size(dir)
		fmt.Fprintf(&page, "\n## %s: %d packages, %d locked, %d files, %d lines\n\n", w.name, len(w.crates), locked(dir), files, lines)
		tools := []tool{
			{"reactorls check --no-cache", []string{reactorls, "check", "--no-cache", "--deny", "error", "."}},
			{"reactorls check", []string{reactorls, "check", "--deny", "error", "."}},
			{"cargo machete", []string{filepath.Join(bin, "cargo-machete"), "."}},
			{"cargo shear", []string{filepath.Join(bin, "cargo-shear"), "shear"}},
			{"cargo metadata --offline", []string{"cargo", "metadata", "--offline", "--format-version", "1"}},
			{"cargo tree -e features", []string{"cargo", "tree", "--offline", "--workspace", "-e", "features"}},
			{"a plain read of the files", []string{"sh", "-c", `find . \( -name '*.rs' -o -name '*.toml' \) -print0 | xargs -0 cat | wc -c`}},
		}
		if w.name == "small" {
			tools = append(tools, tool{"cargo features prune --dry-run", []string{filepath.Join(bin, "cargo-features"), "features", "prune", "--dry-run"}})
		}
		table(&page, dir, tools)
		served(&page, reactorls, dir)
	}
	check(os.WriteFile(filepath.Join(root, "docs", "benchmarks.md"), []byte(page.String()), 0o644))
	fmt.Print(page.String())
}

const head = `# Speed beside other tools

Made by ` + "`make bench-peers`" + ` on %s, on a machine with %d processors, whose times are noisy: compare the columns of one
table. The peers are %s. All run in turn, %d times after one run to warm up; medians are shown. What they answer
differs: ` + "`reactorls check`" + ` tells what it told the time before, once it has seen that nothing has changed; machete and
shear look for dependencies that nothing names; ` + "`cargo metadata`" + ` and ` + "`cargo tree`" + ` resolve, and judge nothing;
 ` + "`cargo features prune`" + ` rebuilds the package for each feature, and is run once.
`

// table measures the tools in one workspace.
func table(page *strings.Builder, dir string, tools []tool) {
	measured := map[string][]run{}
	for round := range rounds + 1 {
		for _, t := range tools {
			slow := strings.Contains(t.name, "prune")
			if slow && round > 0 {
				continue
			}
			log.Printf("%s: %s, round %d", filepath.Base(dir), t.name, round)
			r := measure(dir, t)
			if round > 0 || slow {
				measured[t.name] = append(measured[t.name], r)
			}
			if slow {
				time.Sleep(5 * time.Second) // it edits the manifest, and puts it back: let that be long ago
			}
		}
	}
	median := func(name string, of func(run) float64) float64 {
		var values []float64
		for _, r := range measured[name] {
			values = append(values, of(r))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	fmt.Fprintf(page, "| tool | wall | CPU | memory | wall, of the first |\n|---|---|---|---|---|\n")
	wall := func(r run) float64 { return r.wall.Seconds() }
	for _, t := range tools {
		fmt.Fprintf(page, "| `%s` | %.3f s | %.3f s | %.0f MB | %.2f × |\n", t.name, median(t.name, wall),
			median(t.name, func(r run) float64 { return r.cpu.Seconds() }),
			median(t.name, func(r run) float64 { return float64(r.memory) / 1024 }), median(t.name, wall)/median(tools[0].name, wall))
	}
}

func measure(dir string, t tool) run {
	cmd := exec.Command(t.args[0], t.args[1:]...)
	cmd.Dir = dir
	start := time.Now()
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		log.Fatalf("%s: %v", t.name, err)
	}
	r := run{wall: time.Since(start), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.memory = usage.Maxrss
	}
	return r
}

var (
	ownWorkspace = regexp.MustCompile(`(?m)^\[workspace\]\n`)
	profiles     = regexp.MustCompile(`(?ms)^\[profile\..*?(\n\[|\z)`)
)

// workspace puts crates together as one, and has cargo lock and fetch what they need.
func workspace(dir string, list []string) string {
	if _, err := os.Stat(filepath.Join(dir, "Cargo.lock")); err == nil {
		return dir
	}
	host, _, err := crates.Host()
	check(err)
	cache, err := crates.Cache()
	check(err)
	cargo := crates.Cargo{Host: host, Target: filepath.Join(cache, "target"), Jobs: crates.Jobs(), Limit: 15 * time.Minute}
	check(os.RemoveAll(dir))
	for _, l := range list {
		name, version, _ := strings.Cut(l, " ")
		from, err := cargo.Fetch(filepath.Join(cache, "src"), crates.Entry{Name: name, Version: version})
		check(err)
		to := filepath.Join(dir, "members", name)
		check(crates.Copy(from, to))
		check(os.RemoveAll(filepath.Join(to, "Cargo.lock")))
		manifest := filepath.Join(to, "Cargo.toml")
		text, err := os.ReadFile(manifest)
		check(err)
		text = ownWorkspace.ReplaceAll(text, nil)
		text = profiles.ReplaceAll(text, []byte("$1"))
		check(os.WriteFile(manifest, text, 0o644))
	}
	check(os.WriteFile(filepath.Join(dir, "Cargo.toml"), []byte("[workspace]\nresolver = \"2\"\nmembers = [\"members/*\"]\n"), 0o644))
	command(dir, "cargo", "generate-lockfile", "--quiet")
	command(dir, "cargo", "fetch", "--quiet")
	return dir
}

func locked(dir string) int {
	text, err := os.ReadFile(filepath.Join(dir, "Cargo.lock"))
	check(err)
	return strings.Count(string(text), "[[package]]")
}

func size(dir string) (lines, files int) {
	check(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".rs" {
			return err
		}
		text, err := os.ReadFile(path)
		lines, files = lines+strings.Count(string(text), "\n"), files+1
		return err
	}))
	return lines, files
}

func command(dir, name string, args ...string) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		log.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
