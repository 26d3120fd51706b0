//go:build oracle

package diagnostics

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"reactorls/engine"
)

// TestFixedFixturesBuild has real cargo check every fixture after its safe fixes:
// all members and targets, with the default features and with all. It needs cargo
// and its registry; the dependencies are built once for all fixtures, in
// FIXTURE_TARGET_DIR if that is set.
func TestFixedFixturesBuild(t *testing.T) {
	target := os.Getenv("FIXTURE_TARGET_DIR")
	if target == "" {
		target = t.TempDir()
	}
	for _, f := range fixtures(t) {
		if len(f.fixed) == 0 {
			continue
		}
		t.Run(f.name(), func(t *testing.T) {
			dir := t.TempDir()
			files := maps.Clone(f.files)
			maps.Copy(files, f.fixed)
			features := false
			for name, content := range files {
				// What fixtures have instead of cargo's cache is no source of real crates.
				if strings.HasPrefix(name, "vendor/") || strings.HasPrefix(name, ".cargo/") || filepath.Base(name) == "Cargo.lock" {
					continue
				}
				path := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
				if filepath.Base(name) == engine.ManifestName {
					features = features || len(engine.NewFile(path, content).Manifest().FeatureNames()) > 0
				}
			}
			checks := [][]string{nil}
			if features {
				checks = append(checks, []string{"--all-features"})
			}
			for _, flags := range checks {
				args := append([]string{"check", "--quiet", "--workspace", "--all-targets"}, flags...)
				cmd := exec.Command("cargo", args...)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "CARGO_TARGET_DIR="+target)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("cargo %s: %v\n%s", strings.Join(args, " "), err, out)
				}
			}
		})
	}
}
