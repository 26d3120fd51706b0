//go:build oracle

package advise

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestStartsBuild has cargo build each distinct pair of manifest and text that the grid
// leads to, as primary or as fallback, and runs it to success where it runs here. What
// is for another target is checked when ADVISE_BUILD_STD names a rustc whose sources are
// there (see the head of otherTarget); otherwise it is named and left out.
func TestStartsBuild(t *testing.T) {
	cache := os.Getenv("ADVISE_CACHE")
	if cache == "" {
		_, here, _, _ := runtime.Caller(0)
		cache = filepath.Join(filepath.Dir(here), "..", "..", ".cache", "advise")
	}
	pairs := distinct()
	t.Logf("%d distinct pairs", len(pairs))
	built, left := 0, 0
	for _, p := range pairs {
		if only := os.Getenv("ADVISE_ONLY"); only != "" && !strings.Contains(p.name, only) {
			continue
		}
		dir := filepath.Join(cache, p.name)
		for path, content := range p.start.Files {
			write(t, filepath.Join(dir, filepath.FromSlash(path)), content)
		}
		cargo := p.cargo()
		if cargo == nil {
			left++
			t.Logf("LEFT OUT %s: no toolchain for %s here", p.name, p.target)
			continue
		}
		cmd := exec.Command(cargo[0], cargo[1:]...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CARGO_TARGET_DIR="+filepath.Join(cache, "target"), "CARGO_PROFILE_DEV_DEBUG=0", "CARGO_TERM_COLOR=never", "CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback")
		if p.bare() {
			cmd.Env = append(cmd.Env, "RUSTC="+os.Getenv("ADVISE_BUILD_STD"), "RUSTC_BOOTSTRAP=1")
			if strings.HasPrefix(p.target, "avr") { // which has no code without a chip
				cmd.Env = append(cmd.Env, "RUSTFLAGS=-C target-cpu=atmega328p")
			}
		}
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Run(); err != nil {
			t.Errorf("%s: %s: %v\n%s", p.name, strings.Join(cargo, " "), err, out.String())
			continue
		}
		if strings.Contains(out.String(), "warning:") && strings.Contains(out.String(), "--> src/") {
			t.Errorf("%s: warnings\n%s", p.name, out.String())
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		t.Logf("ok %s: %s: %s", p.name, cargo[1], lines[len(lines)-1])
		built++
	}
	t.Logf("%d built, %d left out", built, left)
}

// pair is one manifest and text of the grid.
type pair struct {
	name   string
	target string // "" for the host
	start  Start
}

// distinct goes through the grid, with a few Rust versions besides, and gives each pair
// once.
func distinct() []pair {
	seen := map[[32]byte]bool{}
	var pairs []pair
	visit := func(a Answers) {
		c := Case{Answers: a}
		d, err := Decide(c)
		if err != nil {
			return
		}
		for _, j := range []*Judged{d.Primary, d.Fallback} {
			s := c.StartOf(j)
			if s.Root == "" {
				continue
			}
			p := pair{target: otherTarget(a), start: s}
			all := p.target
			for _, path := range s.Paths() {
				all += path + s.Files[path]
			}
			sum := sha256.Sum256([]byte(all))
			if seen[sum] {
				continue
			}
			seen[sum] = true
			p.name = fmt.Sprintf("%s-%x", j.Name, sum[:4])
			pairs = append(pairs, p)
		}
	}
	grid(wide(), visit)
	grid(map[string][]string{"kind": FindQuestion("kind").Values(), "platform": FindQuestion("platform").Values(), "work": FindQuestion("work").Values(), "msrv": {"1.71", "1.63"}, "crates": {"none", "actix-web", "monoio", "glommio"}}, visit)
	slices.SortFunc(pairs, func(a, b pair) int { return strings.Compare(a.name, b.name) })
	return pairs
}

// otherTarget is the target where it is not the host's kind. Such pairs are checked with
// a core library that is built on the spot: ADVISE_BUILD_STD is a rustc that finds its
// own sources, as in Debian's packages rustc-web and rust-web-src.
func otherTarget(a Answers) string {
	for _, p := range []string{"browser", "wasi", "bare-metal"} {
		if a.has("platform", p) {
			return a.targets()[0]
		}
	}
	if a.bare() {
		return "thumbv7em-none-eabihf"
	}
	return ""
}

func (p pair) bare() bool { return p.target != "" }

// cargo is the command for a pair; nil where it cannot be built here.
func (p pair) cargo() []string {
	switch {
	case p.target == "" && p.start.Lib:
		return []string{"cargo", "build"}
	case p.target == "":
		return []string{"cargo", "run"}
	case os.Getenv("ADVISE_BUILD_STD") == "":
		return nil
	case strings.HasPrefix(p.target, "wasm"):
		return []string{"cargo", "check", "-Zbuild-std=std,panic_abort", "--target", p.target}
	}
	return []string{"cargo", "check", "-Zbuild-std=core,alloc", "--target", p.target}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
