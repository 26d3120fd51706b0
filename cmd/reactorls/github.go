package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/text"
)

// github prints workflow commands, which GitHub's runner shows at the code.
type github struct {
	out      io.Writer
	counts   map[diagnostics.Severity]int
	packages int
}

// githubCommands are the names of the commands by severity.
var githubCommands = map[diagnostics.Severity]string{
	diagnostics.Error: "error", diagnostics.Warning: "warning", diagnostics.Information: "notice", diagnostics.Hint: "notice",
}

func (g *github) print(c checked) error {
	if g.counts == nil {
		g.counts = map[diagnostics.Severity]int{}
	}
	g.packages += len(c.workspace.Packages)
	root := repositoryOf(c.workspace.Dir)
	for _, d := range c.result.Diagnostics {
		g.counts[d.Severity]++
		if _, err := fmt.Fprintln(g.out, githubCommand(c.snapshot, root, d)); err != nil {
			return err
		}
	}
	return nil
}

// close writes a line that is no command, so that the log tells the sum.
func (g *github) close(bool) error {
	_, err := fmt.Fprintln(g.out, countsText(g.counts, g.packages, func(_ diagnostics.Severity, count string) string { return count }))
	return err
}

func githubCommand(s *engine.Snapshot, root string, d diagnostics.Diagnostic) string {
	properties := "file=" + githubProperty(relativeTo(root, d.Path))
	if f := s.File(d.Path); f != nil {
		start, end := f.Mapper().Position(d.Span.Start, text.UTF32), f.Mapper().Position(d.Span.End, text.UTF32)
		properties += fmt.Sprintf(",line=%d,endLine=%d", start.Line+1, end.Line+1)
		if start.Line == end.Line { // GitHub takes columns only there
			properties += fmt.Sprintf(",col=%d,endColumn=%d", start.Column+1, end.Column+1)
		}
	}
	return fmt.Sprintf("::%s %s,title=%s::%s", githubCommands[d.Severity], properties, githubProperty(d.Rule.Code), githubData(plain(d)))
}

// githubData escapes what follows a command, githubProperty a value in it.
func githubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func githubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubData(s))
}

// plain is all that a diagnostic says, a line each.
func plain(d diagnostics.Diagnostic) string {
	lines := []string{d.Message}
	for _, n := range d.Notes {
		lines = append(lines, "note: "+n)
	}
	for _, n := range d.Help {
		lines = append(lines, "help: "+n)
	}
	for _, f := range d.Fixes {
		lines = append(lines, "help: "+lowerFirst(f.Title))
	}
	return strings.Join(lines, "\n")
}

// repositoryOf is the directory that the paths in reports for others start from: the
// checkout that holds a directory, or that directory where there is none.
func repositoryOf(dir string) string {
	if checkout := os.Getenv("GITHUB_WORKSPACE"); checkout != "" && within(dir, filepath.Clean(checkout)) {
		return filepath.Clean(checkout)
	}
	for d := dir; d != filepath.Dir(d); d = filepath.Dir(d) {
		if engine.Exists(filepath.Join(d, ".git")) {
			return d
		}
	}
	return dir
}

// relativeTo writes a path below root from there, and others in full, with slashes.
func relativeTo(root, path string) string {
	if within(path, root) {
		if rel, err := filepath.Rel(root, path); err == nil {
			path = rel
		}
	}
	return filepath.ToSlash(path)
}
