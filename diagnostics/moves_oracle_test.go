//go:build oracle

package diagnostics

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"reactorls/engine"
	"reactorls/engine/runtimes"
	"reactorls/testdata/oracle/crates"
)

// The programs in testdata/oracle/migrate use async-std, and each tells how far it can
// be moved to each runtime: "whole", "leaves 2" places, or "none".

// readMoved reads one of the programs, with what it tells by runtime.
func readMoved(t *testing.T, path string) (program, map[string]string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := program{name: strings.TrimSuffix(filepath.Base(path), ".txtar"), files: map[string]string{}}
	told := map[string]string{}
	for line := range strings.Lines(string(archive.Comment)) {
		if to, how, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && (to == "smol" || to == "tokio") {
			told[to] = how
		}
	}
	for _, f := range archive.Files {
		p.files[f.Name] = string(f.Data)
	}
	return p, told
}

var leaves = regexp.MustCompile(`^Move from async-std to (\w+)(?:, which leaves (\d+) places?)?$`)

// TestMoves moves the programs, and has cargo build, test and run them before and after,
// with the features that their own manifests ask and no more. MOVES is a regular
// expression for the names of the programs to take.
func TestMoves(t *testing.T) {
	paths, err := filepath.Glob("../testdata/oracle/migrate/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no programs", err)
	}
	chosen := regexp.MustCompile(os.Getenv("MOVES"))
	moved := map[string]map[string]bool{"smol": {}, "tokio": {}}
	counts := map[string]int{}
	var all []program
	for _, path := range paths {
		p, told := readMoved(t, path)
		if !chosen.MatchString(p.name) {
			continue
		}
		p.lock(t)
		all = append(all, p)
		offered, notes, use := p.moves(t)
		for _, to := range runtimes.Destinations() {
			how := "none"
			var now program
			for _, f := range offered {
				if m := leaves.FindStringSubmatch(f.Title); m != nil && m[1] == to.Crate {
					now, how = p.apply(t, f), "whole"
					if m[2] != "" {
						how = "leaves " + m[2]
					}
				}
			}
			if how != told[to.Crate] {
				t.Errorf("%s: %s: %q, but what is offered: %q\n%s", p.name, to.Crate, told[to.Crate], how, strings.Join(notes, "\n"))
			}
			if how == "none" {
				continue
			}
			now.name = p.name + "-" + to.Crate
			all = append(all, now)
			counts[to.Crate+" "+strings.TrimRight(how, " 0123456789")]++
			again, _, _ := now.moves(t)
			if how == "whole" && len(again) > 0 || slices.ContainsFunc(again, func(f Fix) bool { return strings.HasPrefix(f.Title, "Move from async-std to "+to.Crate) }) {
				t.Errorf("%s: is to be moved again\n%s", now.name, now.listing())
			}
			for _, n := range use.Named() {
				if move, _ := to.Find(use.Know, n.Item); move != nil {
					moved[to.Crate][move.From] = true
				}
			}
		}
	}
	buildAndTest(t, all)
	if os.Getenv("MOVES") != "" {
		return
	}
	for _, to := range runtimes.Destinations() {
		for _, m := range to.Moves() {
			if !moved[to.Crate][m.From] {
				t.Errorf("no program that is moved to %s names async_std::%s", to.Crate, m.From)
			}
		}
	}
	t.Logf("%d programs, moved: %v", len(paths), counts)
}

var mends = regexp.MustCompile(`^Move to tokio 1(?:, which leaves (\d+) places? to mend)?$`)

// TestRenewals moves the programs in testdata/oracle/renew from old series of tokio to
// that of today, and has cargo build, test and run those that are moved whole before and
// after. Each tells how far it is moved: "whole", "leaves 2" places, or "none".
func TestRenewals(t *testing.T) {
	paths, err := filepath.Glob("../testdata/oracle/renew/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no programs", err)
	}
	counts := map[string]int{}
	var all []program
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p := program{name: "renew-" + strings.TrimSuffix(filepath.Base(path), ".txtar"), files: map[string]string{}}
		_, told, _ := strings.Cut(string(archive.Comment), "moved: ")
		for _, f := range archive.Files {
			p.files[f.Name] = string(f.Data)
		}
		p.lock(t)
		all = append(all, p)
		offered, notes, _ := p.moves(t)
		how, now := "none", p
		for _, f := range offered {
			if m := mends.FindStringSubmatch(f.Title); m != nil {
				now, how = p.apply(t, f), "whole"
				if m[1] != "" {
					how = "leaves " + m[1]
				}
			}
		}
		if told = strings.TrimSpace(told); how != told {
			t.Errorf("%s: %q, but what is offered: %q\n%s", p.name, told, how, strings.Join(notes, "\n"))
		}
		counts[strings.TrimRight(how, " 0123456789")]++
		if how == "whole" {
			now.name = p.name + "-moved"
			all = append(all, now)
			if again, _, _ := now.moves(t); len(again) > 0 {
				t.Errorf("%s: is to be moved again\n%s", now.name, now.listing())
			}
		}
	}
	buildAndTest(t, all)
	t.Logf("%d programs, moved: %v", len(paths), counts)
}

// moves are what the rule offers for async-std, and how it is used.
func (p program) moves(t *testing.T) (fixes []Fix, notes []string, use *engine.Use) {
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
	for _, d := range r.Diagnostics {
		switch d.Rule.Code {
		case "deprecated-runtime":
			fixes, notes = append(fixes, d.Fixes...), append(notes, d.Notes...)
		case "missing-feature", "unused-feature", "unused-runtime", "no-reactor", "nested-runtime":
			if !strings.Contains(p.files[engine.ManifestName], "async-std") {
				t.Errorf("%s: what was moved is not well: %s: %s\n%s", p.name, d.Rule.Code, d.Message, p.listing())
			}
		}
	}
	for _, u := range r.Uses(w.Packages[0]) {
		if u.Crate == runtimes.Abandoned {
			return fixes, notes, u
		}
	}
	return fixes, notes, nil
}

// buildAndTest has cargo test each program, and run it if there is a main, with what its
// own manifest asks.
func buildAndTest(t *testing.T, programs []program) {
	root := panicsCache(t)
	dir := filepath.Join(root, "moves")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, engine.ManifestName), "[workspace]\nresolver = \"3\"\nmembers = [\"members/*\"]\n\n"+
		"[profile.dev]\nopt-level = 0\ndebug = false\nincremental = false\nstrip = true\n")
	write(t, filepath.Join(dir, "members", "pins", engine.ManifestName), "[package]\nname = \"pins\"\nedition = \"2024\"\n\n[dependencies]\n"+pinned)
	write(t, filepath.Join(dir, "members", "pins", "src", "lib.rs"), "")
	for _, p := range programs {
		for _, name := range slices.Sorted(maps.Keys(p.files)) {
			content := p.files[name]
			if name == engine.ManifestName {
				content = packageName.ReplaceAllString(content, "name = \""+p.name+"\"")
			}
			write(t, filepath.Join(dir, "members", p.name, filepath.FromSlash(name)), content)
		}
	}
	cargo := func(p program, args ...string) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, "cargo", append(args, "-q", "--all-targets", "-p", p.name)...)
		if args[0] == "run" {
			cmd = exec.CommandContext(ctx, "cargo", "run", "-q", "-p", p.name)
		}
		cmd.WaitDelay = time.Second // what it started may live on
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CARGO_TARGET_DIR="+filepath.Join(root, "target"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: cargo %s: %v\n%s\n%s", p.name, args[0], err, out, p.listing())
		}
	}
	for _, p := range programs {
		cargo(p, "test")
		if p.files["src/main.rs"] != "" {
			cargo(p, "run")
		}
	}
	t.Logf("%d programs were built, tested and run", len(programs))
}

// TestMovePublishedCrates moves copies of published crates, those of
// testdata/oracle/move-crates.txt, and lets cargo judge: what it could build before, it
// must be able to build after.
func TestMovePublishedCrates(t *testing.T) {
	list, err := crates.Read("../testdata/oracle/move-crates.txt")
	if err != nil {
		t.Fatal(err)
	}
	cache, err := crates.Cache()
	if err != nil {
		t.Fatal(err)
	}
	host, _, err := crates.Host()
	if err != nil {
		t.Fatal(err)
	}
	cargo := crates.Cargo{Host: host, Target: filepath.Join(cache, "target"), Jobs: crates.Jobs(), Limit: 15 * time.Minute}
	check := func(t *testing.T, dir string) error {
		_, err := cargo.Run(dir, nil, "check", "--all-targets")
		return err
	}
	offered, built := map[string]int{}, 0
	for _, e := range list {
		t.Run(e.ID(), func(t *testing.T) {
			from, err := cargo.Fetch(filepath.Join(cache, "src"), e)
			if err != nil {
				t.Fatal(err)
			}
			p := program{name: e.Name, dir: from, files: sources(t, from)}
			fixes, notes, _ := p.moves(t)
			t.Log(strings.Join(notes, "\n"))
			at := t.TempDir()
			if err := crates.Copy(from, at); err != nil {
				t.Fatal(err)
			}
			// What is locked may be older than what is added can be built with.
			if _, err := cargo.Run(at, nil, "update"); err != nil {
				t.Fatal(err)
			}
			if err := check(t, at); err != nil {
				t.Skip("does not build with the newest of what it asks")
			}
			for _, f := range fixes {
				m := leaves.FindStringSubmatch(f.Title)
				if m == nil {
					continue
				}
				now := p.apply(t, f)
				for name, content := range now.files {
					write(t, filepath.Join(at, filepath.FromSlash(name)), content)
				}
				offered[m[1]]++
				if err := check(t, at); err != nil {
					t.Errorf("%s breaks it: %v\n%s", f.Title, err, now.changed(p))
					continue
				}
				built++
			}
		})
	}
	t.Logf("of %d crates, moves %v were offered, of which %d build", len(list), offered, built)
}

// sources are the files of a package that a move may edit.
func sources(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".rs" && filepath.Base(path) != engine.ManifestName {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// changed lists the files that another version of the program has otherwise.
func (p program) changed(from program) string {
	p.files = maps.Clone(p.files)
	maps.DeleteFunc(p.files, func(name, content string) bool { return from.files[name] == content })
	return p.listing()
}
