//go:build clients && linux

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestFaults has the built command meet what goes wrong on machines: it says so, loses
// nothing and leaves nothing behind.
func TestFaults(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "reactorls")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	const manifest = "[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\ntokio = { version = \"1\", features = [\"full\"] } # kept\n"
	project := func(t *testing.T) string {
		dir := t.TempDir()
		for name, content := range map[string]string{
			"Cargo.toml":  manifest,
			"src/main.rs": "#[tokio::main]\nasync fn main() { tokio::time::sleep(std::time::Duration::ZERO).await; }\n",
		} {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	read := func(t *testing.T, dir string) string {
		text, err := os.ReadFile(filepath.Join(dir, "Cargo.toml"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, c := range []struct {
		name, script string // run by sh in the project, with $R
		code         int
		says         string
		fixed        bool
	}{
		{"standard output is full", `"$R" check . >/dev/full`, exitFailed, "no space left", false},
		{"standard output is closed", `"$R" check . >&-`, exitClean, "", false},
		{"the disk is full", `ulimit -f 0; "$R" check --fix .`, exitFailed, "not fixed", false},
		{"home is not there", `HOME=/nonexistent CARGO_HOME=/nonexistent "$R" check --fix .`, exitClean, "", true},
		{"the file is a directory", `mkdir x.rs; echo 'mod x;' >>src/main.rs; mkdir src/x.rs; "$R" check .`, exitClean, "", false},
		{"a file is no text", `head -c 100000 /dev/urandom >src/x.rs; echo 'mod x;' >>src/main.rs; "$R" check .`, exitClean, "", false},
		{"a pipe for a source", `mkfifo src/x.rs; echo 'mod x;' >>src/main.rs; "$R" check .`, exitClean, "", false},
		{"modules in a circle of links", `ln -s . src/x; echo 'mod x;' >>src/main.rs; echo 'mod x;' >src/mod.rs; "$R" check .`, exitClean, "", false},
		{"a lock that is held", `echo 'version = 4' >Cargo.lock; flock Cargo.lock "$R" check --fix .`, exitClean, "", true},
		{"little memory", `GOMEMLIMIT=8MiB "$R" check --fix .`, exitClean, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := project(t)
			cmd := exec.Command("sh", "-c", c.script)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "R="+binary, "CARGO_HOME="+dir)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			err := cmd.Run()
			code := 0
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
				code = exit.ExitCode()
			}
			if code != c.code && !(c.code == exitClean && code == exitFound) || !strings.Contains(out.String(), c.says) || strings.Contains(out.String(), "goroutine") {
				t.Errorf("exit code %d:\n%s", code, &out)
			}
			if now := read(t, dir); (now != manifest) != c.fixed || !strings.Contains(now, "# kept") {
				t.Errorf("the manifest is\n%s", now)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".*.tmp")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	t.Run("two at once", func(t *testing.T) {
		dir := project(t)
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if out, err := exec.Command(binary, "check", "--fix", dir).CombinedOutput(); bytes.Contains(out, []byte("goroutine")) {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
		both.Wait()
		if now := read(t, dir); strings.Contains(now, "full") || !strings.Contains(now, "# kept") {
			t.Errorf("the manifest is\n%s", now)
		}
	})
	t.Run("the server is told to end", func(t *testing.T) {
		cmd := exec.Command(binary)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Error("it does not")
			_ = cmd.Process.Kill()
		}
	})
}
