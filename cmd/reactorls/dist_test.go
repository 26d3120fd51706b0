//go:build dist

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra/doc"
)

// TestDist writes what comes with a release besides the binaries, into the directory that
// DIST names: a page of the manual for each command, completions for shells, and the
// licences of what is built in.
func TestDist(t *testing.T) {
	dir := os.Getenv("DIST")
	root := rootCommand()
	root.InitDefaultCompletionCmd()
	man, completions := filepath.Join(dir, "man"), filepath.Join(dir, "completions")
	for _, d := range []string{man, completions} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	root.DisableAutoGenTag = true
	if err := doc.GenManTree(root, &doc.GenManHeader{Title: "REACTORLS", Section: "1", Source: "reactorls " + versionText()}, man); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "THIRD-PARTY-NOTICES"), []byte(notices(t)), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, write := range map[string]func(string) error{
		"reactorls.bash": func(f string) error { return root.GenBashCompletionFileV2(f, true) },
		"_reactorls":     root.GenZshCompletionFile,
		"reactorls.fish": func(f string) error { return root.GenFishCompletionFile(f, true) },
		"reactorls.ps1":  root.GenPowerShellCompletionFileWithDesc,
	} {
		if err := write(filepath.Join(completions, name)); err != nil {
			t.Fatal(err)
		}
	}
}
