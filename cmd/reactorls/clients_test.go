//go:build clients

package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// TestPytest builds the server and lets testdata/clients/pytest talk to it. What
// that needs is installed below .cache once.
func TestPytest(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	tests := filepath.Join(root, "testdata", "clients", "pytest")
	python := virtualEnv(t, filepath.Join(root, ".cache"), filepath.Join(tests, "requirements.txt"))
	server := filepath.Join(t.TempDir(), "reactorls"+exeSuffix())
	if out, err := exec.Command("go", "build", "-o", server, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	home := t.TempDir() // what is on this machine must not count
	cmd := exec.Command(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests)
	cmd.Dir = tests
	cmd.Env = append(os.Environ(), "REACTORLS="+server, "PYTHONDONTWRITEBYTECODE=1", "HOME="+home, "CARGO_HOME="+home, "XDG_CACHE_HOME="+home)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

// virtualEnv is the Python of an environment that has the required packages. Where
// it cannot be made the test is skipped, but not on CI, where nobody would see.
func virtualEnv(t *testing.T, cache, requirements string) string {
	t.Helper()
	without := func(format string, args ...any) {
		t.Helper()
		if os.Getenv("CI") == "true" {
			t.Fatalf(format, args...)
		}
		t.Skipf(format, args...)
	}
	wanted, err := os.ReadFile(requirements)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, fmt.Sprintf("pytest-%x", sha256.Sum256(wanted))[:20])
	python := filepath.Join(dir, "bin", "python")
	if runtime.GOOS == "windows" {
		python = filepath.Join(dir, "Scripts", "python.exe")
	}
	complete := filepath.Join(dir, "complete")
	if _, err := os.Stat(complete); err == nil {
		return python
	}
	if err := os.RemoveAll(dir); err != nil { // half of one
		t.Fatal(err)
	}
	system, err := exec.LookPath("python3")
	if err != nil {
		if system, err = exec.LookPath("python"); err != nil {
			without("there is no Python: %v", err)
		}
	}
	for _, args := range [][]string{
		{system, "-m", "venv", dir},
		{python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			without("%v: %v\n%s", args, err, out)
		}
	}
	if err := os.WriteFile(complete, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return python
}

func exeSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
